//! Sixteen sums side by side, and the dispatch to the widest vectors that this machine has.

#![expect(clippy::inline_always, reason = "only what is inlined into a dispatched kernel is built for its vectors")]

use crate::data::PIXELS;
use pulp::{Arch, Simd, WithSimd};

/// Numbers in a lane: one register of AVX-512, two of AVX2, four of NEON.
pub const WIDTH: usize = 16;
/// Lanes in an image.
pub const COUNT: usize = PIXELS / WIDTH;
/// Sixteen numbers.
pub type Lane = [f32; WIDTH];
/// A number for each pixel of an image.
pub type Map = [Lane; COUNT];
/// An image of all zeros.
pub const ZERO: Map = [[0.0; WIDTH]; COUNT];

/// A piece of work that the compiler is to build for every kind of vector.
///
/// Implement `run` with `#[inline(always)]`, and so all that it calls: only what is inlined is built anew.
pub trait Kernel {
    /// What comes out.
    type Output;
    /// Does the work.
    fn run(self) -> Self::Output;
}

struct Dispatched<K>(K);

impl<K: Kernel> WithSimd for Dispatched<K> {
    type Output = K::Output;
    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> K::Output {
        self.0.run()
    }
}

/// Runs the build of `kernel` for the widest vectors of this machine.
pub fn dispatch<K: Kernel>(kernel: K) -> K::Output {
    Arch::new().dispatch(Dispatched(kernel))
}

/// The sixteen pixels of an image from `lane * 16` on, 0 to 255.
#[inline(always)]
pub fn pixels(image: &[u8; PIXELS], lane: usize) -> Lane {
    let bytes = &image.as_chunks::<WIDTH>().0[lane];
    std::array::from_fn(|at| f32::from(bytes[at]))
}

/// `sum += x * y`, number by number.
#[inline(always)]
pub fn add_product(sum: &mut Lane, x: &Lane, y: &Lane) {
    for at in 0..WIDTH {
        sum[at] = x[at].mul_add(y[at], sum[at]);
    }
}

/// `sum += x * factor`, number by number.
#[inline(always)]
pub fn add_scaled(sum: &mut Lane, x: &Lane, factor: f32) {
    for at in 0..WIDTH {
        sum[at] = x[at].mul_add(factor, sum[at]);
    }
}

/// The sum of a lane: halves are added to each other until one number is left.
#[inline(always)]
pub fn total(lane: &Lane) -> f32 {
    let eight: [f32; 8] = std::array::from_fn(|at| lane[at] + lane[at + 8]);
    let four: [f32; 4] = std::array::from_fn(|at| eight[at] + eight[at + 4]);
    (four[0] + four[2]) + (four[1] + four[3])
}
