//! Thirty-two numbers side by side.

#![expect(clippy::inline_always, reason = "only what is inlined into a dispatched kernel is built for its vectors")]

use crate::compute::cpu::lanes::WIDTH;

/// Numbers in a tile.
pub const SIZE: usize = 2 * WIDTH;

/// Thirty-two numbers, such as the weights from one pixel to 32 hidden numbers. Alone on its cache lines.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C, align(64))]
pub struct Tile([f32; SIZE]);

impl Tile {
    /// All zeros.
    pub const ZERO: Self = Self([0.0; SIZE]);

    /// These numbers.
    #[cfg(feature = "cuda")]
    pub const fn new(numbers: [f32; SIZE]) -> Self {
        Self(numbers)
    }

    /// The numbers.
    #[inline]
    pub const fn values(&self) -> &[f32; SIZE] {
        &self.0
    }

    /// The numbers, to be changed.
    #[inline]
    pub const fn values_mut(&mut self) -> &mut [f32; SIZE] {
        &mut self.0
    }
}

impl AsRef<[f32]> for Tile {
    #[inline(always)]
    fn as_ref(&self) -> &[f32] {
        &self.0
    }
}

impl AsMut<[f32]> for Tile {
    #[inline(always)]
    fn as_mut(&mut self) -> &mut [f32] {
        &mut self.0
    }
}
