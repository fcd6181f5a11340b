//! What is done parameter by parameter: the sums over the images of a block, and the step.

#![expect(clippy::inline_always, reason = "only what is inlined into a dispatched kernel is built for its vectors")]

use super::GROUP;
use super::ink::{BAND, Fetched};
use super::shape::Shape;
use super::tile::{SIZE, Tile};
use crate::compute::Sgd;
use crate::compute::cpu::vectors::{Kernel, Vectors, Wide};
use pulp::Simd;

/// The derivatives by the first layer's weight from one band of pixels to one tile; whether they are finite.
pub struct Pixels<'a> {
    /// The block's images.
    pub fetched: &'a [Fetched],
    /// The block's memory, a chunk for each group.
    pub slots: &'a [Tile],
    pub shape: &'a Shape,
    pub band: usize,
    /// The tile's slot of derivatives.
    pub d: usize,
    /// Whether the gradient starts from zero.
    pub zero: bool,
    /// A row for each of the band's pixels.
    pub rows: &'a mut [Tile],
}

impl Kernel for Pixels<'_> {
    type Output = bool;
    const NUMBERS: usize = SIZE;

    #[inline(always)]
    fn run<S: Simd, const N: usize>(self, vectors: Vectors<S, N>) -> bool {
        let Self { fetched, slots, shape, band, d, zero, rows } = self;
        #[expect(clippy::large_stack_arrays, reason = "25 KB, which stay in the fastest cache")]
        let mut sums = [Tile::ZERO; BAND];
        for (fetched, slots) in fetched.iter().zip(slots.chunks_exact(shape.slots * GROUP)) {
            for (image, d) in slots[d * GROUP..][..fetched.len()].iter().enumerate() {
                let d = vectors.load(d);
                for inked in fetched.band(image, band).as_flattened() {
                    let sum = &mut sums[usize::from(inked.row)];
                    vectors.store(sum, vectors.add_scaled(vectors.load(sum), d, inked.value()));
                }
            }
        }
        let mut trace = vectors.zero();
        for (row, sum) in rows.iter_mut().zip(&sums) {
            put(vectors, &mut trace, row, vectors.load(sum), zero);
        }
        vectors.is_clean(trace)
    }
}

/// Adds to a row of the gradient, which starts from zero if `zero` says so.
#[inline(always)]
fn put<S: Simd, const N: usize>(
    vectors: Vectors<S, N>,
    trace: &mut Wide<S, N>,
    row: &mut Tile,
    sum: Wide<S, N>,
    zero: bool,
) {
    let sum = if zero { sum } else { vectors.add(vectors.load(row), sum) };
    *trace = vectors.trace(*trace, sum);
    vectors.store(row, sum);
}

/// The derivatives by all other parameters; whether they are finite.
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
    const NUMBERS: usize = SIZE;

    #[inline(always)]
    fn run<S: Simd, const N: usize>(self, vectors: Vectors<S, N>) -> bool {
        let Self { shape, slots, images, zero, rows } = self;
        let (offset, mut trace) = (shape.first_weight(), vectors.zero());
        for (at, layer) in shape.layers.iter().enumerate() {
            for tile in 0..layer.tiles {
                let sum = sum(vectors, shape, slots, images, [layer.d + tile, layer.d + tile], |_| 1.0);
                put(vectors, &mut trace, &mut rows[layer.bias - offset + tile], sum, zero);
            }
            let Some(before) = at.checked_sub(1).map(|at| &shape.layers[at]) else { continue };
            for output in 0..layer.outputs {
                for tile in 0..layer.tiles_in {
                    let (x, d, place) = (before.y + tile, layer.d + output / SIZE, output % SIZE);
                    let sum = sum(vectors, shape, slots, images, [x, d], |d| d.values()[place]);
                    let row = layer.weight - offset + output * layer.tiles_in + tile;
                    put(vectors, &mut trace, &mut rows[row], sum, zero);
                }
            }
        }
        vectors.is_clean(trace)
    }
}

/// The sum over a block's images of what is in slot `x`, times what `factor` makes of slot `d`; images at even and at odd
/// places of their group by themselves, so that one sum need not wait for the other.
#[inline(always)]
fn sum<S: Simd, const N: usize>(
    vectors: Vectors<S, N>,
    shape: &Shape,
    slots: &[Tile],
    images: usize,
    [x, d]: [usize; 2],
    factor: impl Fn(&Tile) -> f32,
) -> Wide<S, N> {
    let (mut even, mut odd) = (vectors.zero(), vectors.zero());
    for (group, slots) in slots.chunks_exact(shape.slots * GROUP).take(images.div_ceil(GROUP)).enumerate() {
        let count = GROUP.min(images - group * GROUP);
        let (x, d) = (&slots[x * GROUP..][..count], &slots[d * GROUP..][..count]);
        let ((x_pairs, x_last), (d_pairs, d_last)) = (x.as_chunks::<2>(), d.as_chunks::<2>());
        for (x, d) in x_pairs.iter().zip(d_pairs) {
            even = vectors.add_scaled(even, vectors.load(&x[0]), factor(&d[0]));
            odd = vectors.add_scaled(odd, vectors.load(&x[1]), factor(&d[1]));
        }
        if let ([x], [d]) = (x_last, d_last) {
            even = vectors.add_scaled(even, vectors.load(x), factor(d));
        }
    }
    vectors.add(even, odd)
}

/// Where parameters and velocity go; whether every parameter stays a finite number. They themselves stay as they are, so
/// that a step out of the numbers need only be left out.
pub struct Step<'a> {
    pub sgd: Sgd,
    pub values: &'a [Tile],
    pub d_values: &'a [Tile],
    pub velocity: &'a [Tile],
    pub next_values: &'a mut [Tile],
    /// Not written for the book's optimiser, which has none.
    pub next_velocity: &'a mut [Tile],
}

impl Kernel for Step<'_> {
    type Output = bool;
    const NUMBERS: usize = SIZE;

    #[inline(always)]
    fn run<S: Simd, const N: usize>(self, vectors: Vectors<S, N>) -> bool {
        let Self { sgd, values, d_values, velocity, next_values, next_velocity } = self;
        let mut trace = vectors.zero();
        let rows = values.iter().zip(d_values).zip(next_values);
        // As `Sgd::moved` has it.
        if sgd.is_plain() {
            for ((value, d), next) in rows {
                let moved = vectors.subtract(vectors.load(value), vectors.scale(vectors.load(d), sgd.rate));
                trace = vectors.trace(trace, moved);
                vectors.store(next, moved);
            }
        } else {
            for (((value, d), next), (velocity, next_velocity)) in rows.zip(velocity.iter().zip(next_velocity)) {
                let value = vectors.load(value);
                let mut moved = vectors.load(d);
                if sgd.weight_decay != 0.0 {
                    moved = vectors.add(moved, vectors.scale(value, sgd.weight_decay));
                }
                if sgd.momentum != 0.0 {
                    moved = vectors.add(vectors.scale(vectors.load(velocity), sgd.momentum), moved);
                }
                let velocity = moved;
                let moved = vectors.subtract(value, vectors.scale(velocity, sgd.rate));
                trace = vectors.trace(trace, moved);
                vectors.store(next, moved);
                vectors.store(next_velocity, velocity);
            }
        }
        vectors.is_clean(trace)
    }
}
