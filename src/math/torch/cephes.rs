//! Logarithm, sine and cosine in single precision as PyTorch's vectorised `normal_` computes them.
//!
//! The polynomials are those of S. Moshier's Cephes library in the arrangement of J. Pommier's and G. Garberoglio's
//! `avx_mathfun`, which PyTorch includes. Where its compiler fuses a product and a sum, so does this (`mul_add`), so
//! the results are equal to the bit, and the same on every machine, which `f32::ln` and `f32::sin` do not promise.

#![expect(clippy::excessive_precision, reason = "the constants are written as their source has them")]

/// The natural logarithm of a normal `x` above 0.
#[expect(clippy::cast_precision_loss, reason = "an exponent fits exactly")]
pub(super) fn ln(x: f32) -> f32 {
    const COEFFICIENTS: [f32; 8] = [
        -1.151_461_031_0e-1,
        1.167_699_874_0e-1,
        -1.242_014_084_6e-1,
        1.424_932_278_7e-1,
        -1.666_805_766_5e-1,
        2.000_071_476_5e-1,
        -2.499_999_399_3e-1,
        3.333_333_117_4e-1,
    ];
    // x = mantissa * 2^exponent, the mantissa between sqrt(1/2) and sqrt(2), less 1.
    let bits = x.to_bits();
    let mut exponent = (bits >> 23) as f32 - 126.0;
    let mut mantissa = f32::from_bits(bits & 0x007f_ffff | 0x3f00_0000);
    if mantissa < std::f32::consts::FRAC_1_SQRT_2 {
        exponent -= 1.0;
        mantissa = mantissa - 1.0 + mantissa;
    } else {
        mantissa -= 1.0;
    }
    let square = mantissa * mantissa;
    let cubic = mantissa * polynomial(mantissa, 7.037_683_629_2e-2, &COEFFICIENTS);
    // ln 2 in two parts, so that the product with the large one is exact.
    let small = cubic.mul_add(square, exponent * -2.121_944_40e-4);
    let rest = (-square).mul_add(0.5, small);
    exponent.mul_add(0.693_359_375, mantissa + rest)
}

/// Sine and cosine of `x`, from 0 to 2 pi.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an octant is 0 to 8")]
pub(super) fn sin_cos(x: f32) -> (f32, f32) {
    /// pi/4 in three parts, negated, for an accurate remainder.
    const QUARTER: [f32; 3] = [-0.785_156_25, -2.418_756_484_985_351_562_5e-4, -3.774_894_977_445_941_08e-8];
    let octant = ((x * 1.273_239_544_735_16) as u8 + 1) & !1;
    let turns = f32::from(octant);
    let x = QUARTER.iter().fold(x, |x, part| turns.mul_add(*part, x));
    let square = x * x;
    let cosine =
        polynomial(square, 2.443_315_711_809_948e-5, &[-1.388_731_625_493_765e-3, 4.166_664_568_298_827e-2]) * square;
    let cosine = cosine.mul_add(square, -(square * 0.5)) + 1.0;
    let sine = polynomial(square, -1.951_529_589_1e-4, &[8.332_160_873_6e-3, -1.666_665_461_1e-1]) * square;
    let sine = sine.mul_add(x, x);
    match octant % 8 {
        0 => (sine, cosine),
        2 => (cosine, -sine),
        4 => (-sine, -cosine),
        _ => (-cosine, sine),
    }
}

/// `first` and then `rest` as coefficients, the highest power first.
fn polynomial(x: f32, first: f32, rest: &[f32]) -> f32 {
    rest.iter().fold(first, |sum, term| sum.mul_add(x, *term))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_the_functions_they_are_named_after() {
        for step in 1..=u16::MAX {
            let x = f32::from(step) / f32::from(u16::MAX);
            let exact = f64::from(x).ln();
            assert!((f64::from(ln(x)) - exact).abs() <= 1e-7 * (1.0 + exact.abs()), "ln {x}");
            let angle = x * std::f32::consts::TAU;
            let (sine, cosine) = sin_cos(angle);
            let (exact_sine, exact_cosine) = f64::from(angle).sin_cos();
            assert!((f64::from(sine) - exact_sine).abs() < 1.5e-7, "sin {angle}");
            assert!((f64::from(cosine) - exact_cosine).abs() < 1.5e-7, "cos {angle}");
        }
    }

    #[test]
    fn the_ends_are_exact() {
        assert!(ln(1.0).abs() <= 0.0);
        assert_eq!(sin_cos(0.0), (0.0, 1.0));
        assert!((ln(f32::EPSILON / 2.0) + 16.635_532).abs() < 1e-5);
    }
}
