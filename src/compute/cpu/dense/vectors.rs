//! Tiles in registers, whatever vectors the machine has.
//!
//! These kernels name their registers. Plain loops over arrays become vectors only where the compiler sees fit, and the
//! same source has come out ten times slower in another build.

#![expect(clippy::inline_always, reason = "only what is inlined into a dispatched kernel is built for its vectors")]

use super::tile::{SIZE, Tile};
use crate::compute::cpu::lanes;
use pulp::{Arch, Simd, WithSimd};

/// A piece of work that is to be built for every kind of vector. Implement `run` with `#[inline(always)]`, and so all that
/// it calls.
pub trait Kernel {
    /// What comes out.
    type Output;
    /// Does the work, with `N` registers to a tile.
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
        match S::F32_LANES {
            16 => self.0.run(Vectors::<S, { SIZE / 16 }>(simd)),
            8 => self.0.run(Vectors::<S, { SIZE / 8 }>(simd)),
            4 => self.0.run(Vectors::<S, { SIZE / 4 }>(simd)),
            _ => self.0.run(Vectors::<S, SIZE>(simd)),
        }
    }
}

/// A tile in registers.
pub type Wide<S, const N: usize> = [<S as Simd>::f32s; N];

/// What can be done with tiles in registers: everything number by number, so the bits do not depend on the vectors.
#[derive(Clone, Copy)]
pub struct Vectors<S, const N: usize>(S);

impl<S: Simd, const N: usize> Vectors<S, N> {
    /// All zeros.
    #[inline(always)]
    pub fn zero(self) -> Wide<S, N> {
        [self.0.splat_f32s(0.0); N]
    }

    /// Out of memory.
    #[expect(clippy::unused_self, reason = "says which vectors, as in all that follow")]
    #[inline(always)]
    pub fn load(self, tile: &Tile) -> Wide<S, N> {
        S::as_simd_f32s(tile.values()).0.as_chunks().0[0]
    }

    /// Into memory.
    #[expect(clippy::unused_self, reason = "says which vectors, as in all that follow")]
    #[inline(always)]
    pub fn store(self, tile: &mut Tile, x: Wide<S, N>) {
        S::as_mut_simd_f32s(tile.values_mut()).0.as_chunks_mut().0[0] = x;
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

    /// The sum of all: halves are added to each other until one number is left. The first time in registers: were `x` itself
    /// read number by number, the compiler might keep it so all along a loop that sums it up.
    #[inline(always)]
    pub fn total(self, x: Wide<S, N>) -> f32 {
        let mut sums = [0.0; SIZE / 2];
        let registers = S::as_mut_simd_f32s(&mut sums).0;
        for at in 0..N / 2 {
            registers[at] = self.0.add_f32s(x[at], x[at + N / 2]);
        }
        lanes::total(&sums)
    }
}
