//! Thirty-two numbers side by side, and the one sum that the first layer needs in both directions.

#![expect(clippy::inline_always, reason = "only what is inlined into a dispatched kernel is built for its vectors")]

use super::ink::Inked;
use crate::compute::cpu::lanes::{self, Lane, WIDTH};

/// Lanes in a tile.
const LANES: usize = 2;
/// Numbers in a tile.
pub const SIZE: usize = LANES * WIDTH;

/// Thirty-two numbers, such as the weights from one pixel to 32 hidden numbers. Alone on its cache lines.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C, align(64))]
pub struct Tile([Lane; LANES]);

/// What a byte of an image counts as: `byte / 255`, as PyTorch rounds it.
static INK: [f32; 256] = {
    let mut ink = [0.0; 256];
    let mut byte = 0;
    while byte < 256 {
        #[expect(clippy::cast_precision_loss, reason = "a byte")]
        let value = byte as f32;
        ink[byte] = value / 255.0;
        byte += 1;
    }
    ink
};

impl Tile {
    /// All zeros.
    pub const ZERO: Self = Self([[0.0; WIDTH]; LANES]);

    /// The numbers.
    #[inline(always)]
    pub const fn values(&self) -> &[f32] {
        self.0.as_flattened()
    }

    /// The numbers, to be changed.
    #[inline(always)]
    pub const fn values_mut(&mut self) -> &mut [f32] {
        self.0.as_flattened_mut()
    }

    /// `self += x * factor`, number by number.
    #[inline(always)]
    pub fn add_scaled(&mut self, x: &Self, factor: f32) {
        for lane in 0..LANES {
            lanes::add_scaled(&mut self.0[lane], &x.0[lane], factor);
        }
    }

    /// `self += x * y`, number by number.
    #[inline(always)]
    pub fn add_product(&mut self, x: &Self, y: &Self) {
        for lane in 0..LANES {
            lanes::add_product(&mut self.0[lane], &x.0[lane], &y.0[lane]);
        }
    }

    /// `self + other`, number by number.
    #[inline(always)]
    pub fn plus(&self, other: &Self) -> Self {
        self.with(other, |a, b| a + b)
    }

    /// `f(self, other)`, number by number.
    #[inline(always)]
    pub fn with(&self, other: &Self, f: impl Fn(f32, f32) -> f32) -> Self {
        let mut result = Self::ZERO;
        for lane in 0..LANES {
            for at in 0..WIDTH {
                result.0[lane][at] = f(self.0[lane][at], other.0[lane][at]);
            }
        }
        result
    }

    /// The sum of all: lanes are added up, then halves of a lane.
    #[inline(always)]
    pub fn total(&self) -> f32 {
        let mut sum = self.0[0];
        for lane in &self.0[1..] {
            for (sum, value) in sum.iter_mut().zip(lane) {
                *sum += value;
            }
        }
        lanes::total(&sum)
    }

    /// Whether all are finite numbers.
    #[inline(always)]
    pub fn is_finite(&self) -> bool {
        let mut is_finite = true;
        for value in self.values() {
            is_finite &= value.is_finite();
        }
        is_finite
    }
}

impl AsRef<[f32]> for Tile {
    #[inline(always)]
    fn as_ref(&self) -> &[f32] {
        self.values()
    }
}

impl AsMut<[f32]> for Tile {
    #[inline(always)]
    fn as_mut(&mut self) -> &mut [f32] {
        self.values_mut()
    }
}

/// The sum of `table[row] * byte / 255` over a list: those at even places and those at odd places by themselves, so that
/// one sum need not wait for the other.
#[inline(always)]
pub fn weighted_sum(list: &[Inked], table: &[Tile]) -> Tile {
    let (mut even, mut odd) = (Tile::ZERO, Tile::ZERO);
    let (pairs, last) = list.as_chunks::<2>();
    for [a, b] in pairs {
        even.add_scaled(&table[usize::from(a.row)], INK[usize::from(a.byte)]);
        odd.add_scaled(&table[usize::from(b.row)], INK[usize::from(b.byte)]);
    }
    if let [a] = last {
        even.add_scaled(&table[usize::from(a.row)], INK[usize::from(a.byte)]);
    }
    even.plus(&odd)
}
