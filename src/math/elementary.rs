//! The exponential function and the natural logarithm, with the same bits on every machine.
//!
//! `f32::exp` and `f32::ln` are what a machine's C library makes of them, and a graphics card has its own opinion.
//! These are made of additions, subtractions, multiplications, comparisons and whole numbers only, which IEEE 754
//! defines to the last bit; no product is fused with a sum. The CUDA kernels take the same steps in `elementary.cuh`.
//!
//! The polynomials are the lab's own: minimax by Remez's exchange in 40 digits, weighted so that the result's largest
//! relative error is the least possible; then each coefficient, the lowest power first, rounded to `f32` and the rest
//! fitted anew to what it left over. They are exact to 2^-31.2 (exponential) and 2^-30.2 (logarithm), so the errors
//! stated below, found by trying all numbers, are those of rounding.

use ndarray::NdFloat;

/// Numbers that losses are made of: `f32`, whose bits are the same everywhere, and `f64`, which is for checking and
/// takes the C library's functions.
pub trait Elementary: NdFloat {
    /// `e^self`.
    #[must_use]
    fn exponential(self) -> Self;

    /// The natural logarithm of `self`.
    #[must_use]
    fn logarithm(self) -> Self;
}

impl Elementary for f32 {
    #[inline(always)]
    fn exponential(self) -> Self {
        exponential(self)
    }

    #[inline(always)]
    fn logarithm(self) -> Self {
        logarithm(self)
    }
}

impl Elementary for f64 {
    #[inline]
    fn exponential(self) -> Self {
        self.exp()
    }

    #[inline]
    fn logarithm(self) -> Self {
        self.ln()
    }
}

/// ln 2 in two parts: 15 bits, whose product with a whole number below 2^9 is exact, and the rest.
const LN_2: f32 = 0.693_145_75;
/// See [`LN_2`].
const LN_2_REST: f32 = 1.428_606_8e-6;
/// 1.5 * 2^23: added to a number of up to 2^22 and taken away again, it leaves the nearest whole number, which stands
/// in the sum's last bits meanwhile.
const WHOLE: f32 = 12_582_912.0;

/// `e^x`, off by at most 0.530 of a unit in the last place, and 0.753 where it is subnormal. Infinite above 88.7228,
/// 0 below -103.972, 1 at 0; NaN of NaN.
#[must_use]
#[inline(always)]
pub fn exponential(x: f32) -> f32 {
    /// `(e^r - 1 - r - r^2 / 2) / r^3` for `r` of up to ln 2 / 2 in size, the lowest power first.
    const POLYNOMIAL: [f32; 5] = [0.166_666_48, 0.041_666_48, 0.008_337_869, 0.001_393_326_2, 0.000_173_392_11];
    // Beyond these, the steps below give infinity and 0 as they are.
    let bounded = if x > 89.0 { 89.0 } else { x };
    let bounded = if bounded < -104.0 { -104.0 } else { bounded };
    // x = power ln 2 + r, and what rounding took from r.
    let shifted = bounded * std::f32::consts::LOG2_E + WHOLE;
    let power = shifted - WHOLE;
    let (high, low) = (bounded - power * LN_2, power * LN_2_REST);
    let r = high - low;
    let r_rest = (high - r) - low;
    let curve = r * r * r * horner(r, &POLYNOMIAL);
    // r^2 / 2: of the head, whose 12 bits have an exact square, and the rest of it.
    let head = f32::from_bits(r.to_bits() & 0xffff_f000);
    let half_square = 0.5 * head * head;
    let square_rest = 0.5 * (r - head) * (r + head);
    // 1 + r + r^2 / 2 in two steps, and what rounding took at each. The terms that are left are so small that their own
    // rounding hardly shows.
    let one_and_r = 1.0 + r;
    let sum = one_and_r + half_square;
    let rest = ((1.0 - one_and_r) + r) + ((one_and_r - sum) + half_square);
    let mantissa = sum + (rest + (curve + (square_rest + r_rest * one_and_r)));
    // 2^power is no f32 at either end, so it is put on in halves.
    let power = shifted.to_bits().wrapping_sub(WHOLE.to_bits()).cast_signed();
    let half = power >> 1;
    let result = mantissa * power_of_two(half) * power_of_two(power - half);
    if x.is_nan() { f32::NAN } else { result }
}

/// The natural logarithm of `x`, off by at most 0.691 of a unit in the last place. Minus infinity at 0 of either sign,
/// 0 at 1, infinity at infinity; NaN of NaN and below 0.
#[must_use]
#[inline(always)]
pub fn logarithm(x: f32) -> f32 {
    /// `(ln(1 + f) - f + f^2 / 2) / f^3` for `1 + f` from sqrt(1/2) to sqrt(2), the lowest power first.
    const POLYNOMIAL: [f32; 9] = [
        0.333_333_13,
        -0.250_000_15,
        0.200_020_61,
        -0.166_677_56,
        0.142_205_01,
        -0.124_094_5,
        0.118_848_62,
        -0.116_545_014,
        0.067_302,
    ];
    const ROOT_OF_HALF: u32 = std::f32::consts::FRAC_1_SQRT_2.to_bits();
    let is_small = x < f32::MIN_POSITIVE;
    // 2^23 makes a subnormal number a normal one.
    let (normal, shift) = if is_small { (x * 8_388_608.0, 23) } else { (x, 0) };
    // x = 2^power (1 + f).
    let bits = normal.to_bits().wrapping_sub(ROOT_OF_HALF);
    let f = f32::from_bits((bits & 0x007f_ffff) + ROOT_OF_HALF) - 1.0;
    let power = (bits.cast_signed() >> 23) - shift;
    let power = f32::from_bits(WHOLE.to_bits().wrapping_add_signed(power)) - WHOLE;
    let square = f * f;
    let (half_square, cube) = (0.5 * square, f * square);
    // power ln 2 + f - f^2 / 2 in two steps, and what rounding took at each.
    let high = power * LN_2;
    let sum = high + f;
    let difference = sum - half_square;
    let rest = ((high - sum) + f) + ((sum - difference) - half_square);
    let result = difference + (cube * horner(f, &POLYNOMIAL) + (power * LN_2_REST + rest));
    let result = if x == 0.0 { f32::NEG_INFINITY } else { result };
    let result = if x == f32::INFINITY { x } else { result };
    if x >= 0.0 { result } else { f32::NAN }
}

/// 2^power, for -126 to 127.
#[inline(always)]
fn power_of_two(power: i32) -> f32 {
    f32::from_bits((power + 127).cast_unsigned() << 23)
}

/// The polynomial with these coefficients, the lowest power first.
#[inline(always)]
fn horner<const N: usize>(x: f32, coefficients: &[f32; N]) -> f32 {
    let mut sum = coefficients[N - 1];
    for coefficient in coefficients[..N - 1].iter().rev() {
        sum = sum * x + coefficient;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use rayon::prelude::*;

    /// The largest errors over all `f32`, in units in the last place: found with [`no_number_is_off_by_more`].
    const EXPONENTIAL: f64 = 0.753;
    const EXPONENTIAL_ABOVE_SUBNORMAL: f64 = 0.530;
    const LOGARITHM: f64 = 0.691;

    /// By how many units in the last place `found` misses `exact`.
    fn error(found: f32, exact: f64) -> f64 {
        #[expect(clippy::cast_possible_truncation, reason = "what it overflows to is the question")]
        let nearest = exact as f32;
        if !(found.is_finite() && nearest.is_finite()) {
            return if found.to_bits() == nearest.to_bits() { 0.0 } else { f64::INFINITY };
        }
        let exponent = i32::try_from(exact.abs().to_bits() >> 52).unwrap() - 1023;
        (f64::from(found) - exact).abs() / 2_f64.powi(exponent.max(-126) - 23)
    }

    /// The largest errors of the exponential, of the same above the subnormal numbers, and of the logarithm.
    fn errors(bits: impl ParallelIterator<Item = u32>) -> [f64; 3] {
        let of_one = |bits| {
            let x = f32::from_bits(bits);
            let (e_to_x, ln) = (f64::from(x).exp(), f64::from(x).ln());
            // The sign of a NaN is the C library's.
            let ln = if ln.is_nan() { f64::from(f32::NAN) } else { ln };
            let e_to_x = if x.is_nan() { f64::from(f32::NAN) } else { e_to_x };
            let e_to_x_error = error(exponential(x), e_to_x);
            let is_normal = e_to_x.is_nan() || e_to_x >= f64::from(f32::MIN_POSITIVE);
            [e_to_x_error, if is_normal { e_to_x_error } else { 0.0 }, error(logarithm(x), ln)]
        };
        bits.map(of_one).reduce(|| [0.0; 3], |a, b| std::array::from_fn(|at| a[at].max(b[at])))
    }

    fn assert_bounded(found: [f64; 3]) {
        let bounds = [EXPONENTIAL, EXPONENTIAL_ABOVE_SUBNORMAL, LOGARITHM];
        assert!(found.iter().zip(bounds).all(|(&found, bound)| found <= bound), "{found:?} {bounds:?}");
    }

    #[test]
    fn errors_are_less_than_a_unit_in_the_last_place() {
        assert_bounded(errors((0..u32::MAX / 1499).into_par_iter().map(|place| place * 1499)));
        // Where they are largest, and both functions' ends.
        let near = [
            -87.517_16_f32,
            16.983_93,
            -16.949_919,
            1.403_173_8,
            0.702_951_5,
            88.722_84,
            -103.972_08,
            1.0,
            f32::MIN_POSITIVE,
            0.0,
        ];
        let around = near.into_par_iter().flat_map(|x| (0..2000).into_par_iter().map(move |by| x.to_bits() + by));
        assert_bounded(errors(around.map(|bits| bits.wrapping_sub(1000))));
    }

    #[test]
    #[ignore = "all 2^32 numbers take minutes"]
    fn no_number_is_off_by_more() {
        let found = errors((0..=u32::MAX).into_par_iter());
        assert_bounded(found);
        // And the bounds that the documentation states are tight.
        assert!(found[0] > 0.752 && found[1] > 0.529 && found[2] > 0.69, "{found:?}");
    }

    #[test]
    fn special_values_are_exact() {
        let (infinity, nan, least) = (f32::INFINITY, f32::NAN.to_bits(), f32::from_bits(1));
        for x in [0.0, -0.0, least, -least] {
            assert_eq!(exponential(x), 1.0);
        }
        assert_eq!([infinity, f32::MAX, 88.73].map(exponential), [infinity; 3]);
        assert_eq!([-infinity, f32::MIN, -104.0].map(|x| exponential(x).to_bits()), [0; 3]);
        assert_eq!([-103.0, 88.722_83].map(exponential), [least, 3.402_798_5e38]);
        assert_eq!([1.0, infinity, 0.0, -0.0].map(logarithm), [0.0, infinity, -infinity, -infinity]);
        assert_eq!([-infinity, -1.0, -least, f32::NAN, -f32::NAN].map(|x| logarithm(x).to_bits()), [nan; 5]);
        assert_eq!([f32::NAN, -f32::NAN].map(|x| exponential(x).to_bits()), [nan; 2]);
    }

    /// So that a machine which gets other bits is found out, whatever its C library says.
    #[test]
    fn bits_are_the_same_on_every_machine() {
        let exponentials =
            [-103.5_f32, -87.475_72, -10.0, -1.0, -0.1, 0.3, 1.0, 3.124_120_5, 50.0, 88.7].map(exponential);
        let bits = [
            0x0000_0001,
            0x006f_5e8b,
            0x383e_6bce,
            0x3ebc_5ab2,
            0x3f67_a36d,
            0x3fac_c82d,
            0x402d_f854,
            0x41b5_eb49,
            0x638c_881f,
            0x7f7a_37fc,
        ];
        assert_eq!(exponentials.map(f32::to_bits), bits, "{exponentials:?}");
        let logarithms =
            [1e-45_f32, 1e-38, 0.1, 0.5, 0.702_951_5, 0.999_999_94, 1.015_159, 2.0, 10.0, f32::MAX, 2.975_127_8e-36]
                .map(logarithm);
        let bits = [
            0xc2ce_8ed0,
            0xc2ae_ff18,
            0xc013_5d8e,
            0xbf31_7218,
            0xbeb4_769b,
            0xb380_0000,
            0x3c76_8066,
            0x3f31_7218,
            0x4013_5d8e,
            0x42b1_7218,
            0xc2a3_9b06,
        ];
        assert_eq!(logarithms.map(f32::to_bits), bits, "{logarithms:?}");
        // Of millions, which a fused product and sum would change somewhere.
        let mix = |sum: u64, bits: u32| (sum ^ u64::from(bits)).wrapping_mul(0x0100_0000_01b3);
        let digest = (0..u32::MAX / 1499)
            .map(|place| f32::from_bits(place * 1499))
            .fold([0; 2], |[e_to_x, ln], x| [mix(e_to_x, exponential(x).to_bits()), mix(ln, logarithm(x).to_bits())]);
        assert_eq!(digest, [0x02da_0e04_671b_aac5, 0x20fe_3c52_034e_3a8d], "{digest:x?}");
    }
}
