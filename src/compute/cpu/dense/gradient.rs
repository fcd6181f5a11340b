//! What is done parameter by parameter: the sums over the images of a block.

#![expect(clippy::inline_always, reason = "only what is inlined into a dispatched kernel is built for its vectors")]

use super::ink::ByPixel;
use super::shape::Shape;
use super::tile::{SIZE, Tile, weighted_sum};
use crate::compute::cpu::lanes::Kernel;

/// Adds to a row of the gradient, which starts from zero if `zero` says so; whether it is finite then.
#[inline(always)]
fn put(row: &mut Tile, sum: &Tile, zero: bool) -> bool {
    *row = if zero { *sum } else { row.plus(sum) };
    row.is_finite()
}

/// The derivatives by the first layer's weight from some pixels to one tile.
pub struct Pixels<'a> {
    pub by_pixel: &'a ByPixel,
    /// The first of the pixels.
    pub first: usize,
    /// The block's memory, from the tile's slot of derivatives on.
    pub d: &'a [Tile],
    pub zero: bool,
    /// A row for each of the pixels.
    pub rows: &'a mut [Tile],
}

impl Kernel for Pixels<'_> {
    type Output = bool;

    #[inline(always)]
    fn run(self) -> bool {
        let mut is_finite = true;
        for (at, row) in self.rows.iter_mut().enumerate() {
            let (rows, bytes) = self.by_pixel.pixel(self.first + at);
            is_finite &= put(row, &weighted_sum(rows, bytes, self.d), self.zero);
        }
        is_finite
    }
}

/// The derivatives by all other parameters.
pub struct Others<'a> {
    pub shape: &'a Shape,
    /// The block's memory.
    pub slots: &'a [Tile],
    /// Images in the block.
    pub images: usize,
    pub zero: bool,
    /// Every row after those of the first layer's weight.
    pub rows: &'a mut [Tile],
}

impl Kernel for Others<'_> {
    type Output = bool;

    #[inline(always)]
    fn run(self) -> bool {
        let Self { shape, slots, images, zero, rows } = self;
        let (offset, mut is_finite) = (shape.first_weight(), true);
        for (at, layer) in shape.layers.iter().enumerate() {
            for tile in 0..layer.tiles {
                let mut sum = Tile::ZERO;
                for image in 0..images {
                    sum = sum.plus(&slots[shape.row(layer.d + tile, image)]);
                }
                is_finite &= put(&mut rows[layer.bias - offset + tile], &sum, zero);
            }
            let Some(before) = at.checked_sub(1).map(|at| &shape.layers[at]) else { continue };
            for output in 0..layer.outputs {
                for tile in 0..layer.tiles_in {
                    let mut sum = Tile::ZERO;
                    for image in 0..images {
                        let d_y = slots[shape.row(layer.d + output / SIZE, image)].values()[output % SIZE];
                        sum.add_scaled(&slots[shape.row(before.y + tile, image)], d_y);
                    }
                    is_finite &= put(&mut rows[layer.weight - offset + output * layer.tiles_in + tile], &sum, zero);
                }
            }
        }
        is_finite
    }
}
