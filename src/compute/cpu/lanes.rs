//! Sixteen numbers side by side in memory; [`super::vectors`] takes them into registers.

#![expect(clippy::inline_always, reason = "only what is inlined into a dispatched kernel is built for its vectors")]

use crate::data::PIXELS;

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

/// The sixteen pixels of an image from `lane * 16` on, 0 to 255.
#[inline(always)]
pub fn pixels(image: &[u8; PIXELS], lane: usize) -> Lane {
    let bytes = &image.as_chunks::<WIDTH>().0[lane];
    std::array::from_fn(|at| f32::from(bytes[at]))
}

/// The sum of a lane: halves are added to each other until one number is left.
#[inline(always)]
pub fn total(lane: &Lane) -> f32 {
    total_of_eight(&halved(lane))
}

/// The sums of the halves of a lane.
#[inline(always)]
pub fn halved(lane: &Lane) -> [f32; WIDTH / 2] {
    std::array::from_fn(|at| lane[at] + lane[at + WIDTH / 2])
}

/// What is left of [`total`] after [`halved`].
#[inline(always)]
pub fn total_of_eight(eight: &[f32; WIDTH / 2]) -> f32 {
    let four: [f32; 4] = std::array::from_fn(|at| eight[at] + eight[at + 4]);
    (four[0] + four[2]) + (four[1] + four[3])
}
