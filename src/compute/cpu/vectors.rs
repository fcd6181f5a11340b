//! Numbers side by side in registers, whatever vectors the machine has.
//!
//! These kernels name their registers. Plain loops over arrays become vectors only where the compiler sees fit, and the
//! same source has come out ten times slower in another build.

#![expect(clippy::inline_always, reason = "only what is inlined into a dispatched kernel is built for its vectors")]

use super::lanes::{self, WIDTH};
use pulp::{Arch, Simd, WithSimd};

/// A piece of work that is to be built for every kind of vector. Implement `run` with `#[inline(always)]`, and so all that
/// it calls.
pub trait Kernel {
    /// What comes out.
    type Output;
    /// How many numbers the kernel takes side by side: 16 or 32.
    const NUMBERS: usize;
    /// Does the work, with `N` registers to so many numbers.
    fn run<S: Simd, const N: usize>(self, vectors: Vectors<S, N>) -> Self::Output;
}

/// Runs the build of `kernel` for the widest vectors of this machine.
pub fn dispatch<K: Kernel>(kernel: K) -> K::Output {
    Arch::new().dispatch(Dispatched(kernel))
}

/// Runs the build of `kernel` for these vectors.
pub struct Dispatched<K>(pub K);

impl<K: Kernel> WithSimd for Dispatched<K> {
    type Output = K::Output;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> K::Output {
        match K::NUMBERS / S::F32_LANES {
            1 => self.0.run(Vectors::<S, 1>(simd)),
            2 => self.0.run(Vectors::<S, 2>(simd)),
            4 => self.0.run(Vectors::<S, 4>(simd)),
            8 => self.0.run(Vectors::<S, 8>(simd)),
            16 => self.0.run(Vectors::<S, 16>(simd)),
            _ => self.0.run(Vectors::<S, 32>(simd)),
        }
    }
}

/// Numbers in registers.
pub type Wide<S, const N: usize> = [<S as Simd>::f32s; N];

/// What can be done with them: everything number by number, so the bits do not depend on the vectors.
#[derive(Clone, Copy)]
pub struct Vectors<S, const N: usize>(S);

impl<S: Simd, const N: usize> Vectors<S, N> {
    /// All zeros.
    #[inline(always)]
    pub fn zero(self) -> Wide<S, N> {
        self.splat(0.0)
    }

    /// All the same.
    #[inline(always)]
    pub fn splat(self, x: f32) -> Wide<S, N> {
        [self.0.splat_f32s(x); N]
    }

    /// Out of memory.
    #[expect(clippy::unused_self, reason = "says which vectors, as in all that follow")]
    #[inline(always)]
    pub fn load(self, from: &impl AsRef<[f32]>) -> Wide<S, N> {
        S::as_simd_f32s(from.as_ref()).0.as_chunks().0[0]
    }

    /// Into memory.
    #[expect(clippy::unused_self, reason = "says which vectors, as in all that follow")]
    #[inline(always)]
    pub fn store(self, to: &mut impl AsMut<[f32]>, x: Wide<S, N>) {
        S::as_mut_simd_f32s(to.as_mut()).0.as_chunks_mut().0[0] = x;
    }

    /// `x + y`.
    #[inline(always)]
    pub fn add(self, mut x: Wide<S, N>, y: Wide<S, N>) -> Wide<S, N> {
        for at in 0..N {
            x[at] = self.0.add_f32s(x[at], y[at]);
        }
        x
    }

    /// `x - y`.
    #[inline(always)]
    pub fn subtract(self, mut x: Wide<S, N>, y: Wide<S, N>) -> Wide<S, N> {
        for at in 0..N {
            x[at] = self.0.sub_f32s(x[at], y[at]);
        }
        x
    }

    /// `x * factor`.
    #[inline(always)]
    pub fn scale(self, mut x: Wide<S, N>, factor: f32) -> Wide<S, N> {
        let factor = self.0.splat_f32s(factor);
        for x in &mut x {
            *x = self.0.mul_f32s(*x, factor);
        }
        x
    }

    /// `x / divisor`.
    #[inline(always)]
    pub fn divide(self, mut x: Wide<S, N>, divisor: f32) -> Wide<S, N> {
        let divisor = self.0.splat_f32s(divisor);
        for x in &mut x {
            *x = self.0.div_f32s(*x, divisor);
        }
        x
    }

    /// `sum + x * factor`, rounded once.
    #[inline(always)]
    pub fn add_scaled(self, mut sum: Wide<S, N>, x: Wide<S, N>, factor: f32) -> Wide<S, N> {
        let factor = self.0.splat_f32s(factor);
        for at in 0..N {
            sum[at] = self.0.mul_add_f32s(x[at], factor, sum[at]);
        }
        sum
    }

    /// `sum + x * y`, rounded once.
    #[inline(always)]
    pub fn add_product(self, mut sum: Wide<S, N>, x: Wide<S, N>, y: Wide<S, N>) -> Wide<S, N> {
        for at in 0..N {
            sum[at] = self.0.mul_add_f32s(x[at], y[at], sum[at]);
        }
        sum
    }

    /// `max(x, 0)`; a NaN stays one.
    #[inline(always)]
    pub fn relu(self, mut x: Wide<S, N>) -> Wide<S, N> {
        let zero = self.0.splat_f32s(0.0);
        for x in &mut x {
            *x = self.0.select_f32s(self.0.less_than_f32s(*x, zero), zero, *x);
        }
        x
    }

    /// `d` where `y`, which a `ReLU` put out, is above 0, and else 0.
    #[inline(always)]
    pub fn through_relu(self, y: Wide<S, N>, mut d: Wide<S, N>) -> Wide<S, N> {
        let zero = self.0.splat_f32s(0.0);
        for at in 0..N {
            d[at] = self.0.select_f32s(self.0.less_than_f32s(zero, y[at]), d[at], zero);
        }
        d
    }

    /// `trace`, but NaN where `x` is not finite: nothing finite times zero is anything but zero.
    #[inline(always)]
    pub fn trace(self, trace: Wide<S, N>, x: Wide<S, N>) -> Wide<S, N> {
        self.add_scaled(trace, x, 0.0)
    }

    /// Whether a trace that began with zeros met finite numbers only.
    #[inline(always)]
    pub fn is_clean(self, trace: Wide<S, N>) -> bool {
        self.total(trace) == 0.0
    }

    /// The sum of all 32: halves are added to each other until one number is left. The first time in registers: were `x`
    /// itself read number by number, the compiler might keep it so all along a loop that sums it up.
    #[inline(always)]
    pub fn total(self, x: Wide<S, N>) -> f32 {
        let mut sums = [0.0; WIDTH];
        let registers = S::as_mut_simd_f32s(&mut sums).0;
        for at in 0..N / 2 {
            registers[at] = self.0.add_f32s(x[at], x[at + N / 2]);
        }
        lanes::total(&sums)
    }

    /// The sum of all 16, in the same way.
    #[inline(always)]
    pub fn total_of_lane(self, x: Wide<S, N>) -> f32 {
        let mut eight = [0.0; WIDTH / 2];
        if N == 1 {
            let mut lane = [0.0; WIDTH];
            self.store(&mut lane, x);
            eight = lanes::halved(&lane);
        } else {
            let registers = S::as_mut_simd_f32s(&mut eight).0;
            for at in 0..N / 2 {
                registers[at] = self.0.add_f32s(x[at], x[at + N / 2]);
            }
        }
        lanes::total_of_eight(&eight)
    }
}
