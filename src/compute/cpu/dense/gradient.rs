//! What is done parameter by parameter: the sums over the images of a block.

#![expect(clippy::inline_always, reason = "only what is inlined into a dispatched kernel is built for its vectors")]

use super::GROUP;
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
            is_finite &= put(row, &weighted_sum(self.by_pixel.pixel(self.first + at), self.d), self.zero);
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
                let sum = sum(shape, slots, images, layer.d + tile, layer.d + tile, |_| 1.0);
                is_finite &= put(&mut rows[layer.bias - offset + tile], &sum, zero);
            }
            let Some(before) = at.checked_sub(1).map(|at| &shape.layers[at]) else { continue };
            for output in 0..layer.outputs {
                for tile in 0..layer.tiles_in {
                    let (d, x, place) = (layer.d + output / SIZE, before.y + tile, output % SIZE);
                    let sum = sum(shape, slots, images, x, d, |d| d.values()[place]);
                    is_finite &= put(&mut rows[layer.weight - offset + output * layer.tiles_in + tile], &sum, zero);
                }
            }
        }
        is_finite
    }
}

/// The sum over a block's images of what is in slot `x`, times what `factor` makes of slot `d`; images at even and at odd
/// places of their group by themselves, so that one sum need not wait for the other.
#[inline(always)]
fn sum(shape: &Shape, slots: &[Tile], images: usize, x: usize, d: usize, factor: impl Fn(&Tile) -> f32) -> Tile {
    let mut sums = [Tile::ZERO; 2];
    for group in 0..images.div_ceil(GROUP) {
        let count = GROUP.min(images - group * GROUP);
        let [x, d] = [x, d].map(|slot| &slots[(group * shape.slots + slot) * GROUP..][..count]);
        let ((x_pairs, x_last), (d_pairs, d_last)) = (x.as_chunks::<2>(), d.as_chunks::<2>());
        for (x, d) in x_pairs.iter().zip(d_pairs) {
            sums[0].add_scaled(&x[0], factor(&d[0]));
            sums[1].add_scaled(&x[1], factor(&d[1]));
        }
        if let ([x], [d]) = (x_last, d_last) {
            sums[0].add_scaled(x, factor(d));
        }
    }
    sums[0].plus(&sums[1])
}
