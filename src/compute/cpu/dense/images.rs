//! What is done image by image: forwards to the logits and the loss, and backwards to each layer's outputs.

#![expect(clippy::inline_always, reason = "only what is inlined into a dispatched kernel is built for its vectors")]

use super::GROUP;
use super::ink::{BAND, Fetched, Pair};
use super::shape::Shape;
use super::tile::{SIZE, Tile};
use crate::compute::cpu::vectors::{Kernel, Vectors, Wide};
use crate::data::PIXELS;
use crate::math::loss::Loss;
use pulp::Simd;

/// The logits of a group of samples, at most [`GROUP`].
pub struct Predict<'a> {
    pub shape: &'a Shape,
    pub parameters: &'a [Tile],
    pub fetched: &'a Fetched,
    /// The group's memory.
    pub slots: &'a mut [Tile],
    pub logits: &'a mut [f32],
}

impl Kernel for Predict<'_> {
    type Output = ();
    const NUMBERS: usize = SIZE;

    #[inline(always)]
    fn run<S: Simd, const N: usize>(self, vectors: Vectors<S, N>) {
        let Self { shape, parameters, fetched, slots, logits } = self;
        let (first, last) = (&shape.layers[0], shape.layers.len() - 1);
        for tile in 0..first.tiles {
            let (weight, bias) = (&parameters[tile * PIXELS..][..PIXELS], vectors.load(&parameters[first.bias + tile]));
            let y = &mut slots[(first.y + tile) * GROUP..][..fetched.len()];
            y.fill(Tile::ZERO);
            for (band, weight) in weight.as_chunks::<BAND>().0.iter().enumerate() {
                for (image, y) in y.iter_mut().enumerate() {
                    vectors.store(y, weighted_sum(vectors, vectors.load(y), fetched.band(image, band), weight));
                }
            }
            for y in y {
                let sum = vectors.add(vectors.load(y), bias);
                vectors.store(y, if last > 0 { vectors.relu(sum) } else { sum });
            }
        }
        for (image, logits) in logits.chunks_exact_mut(shape.logits()).enumerate() {
            for at in 1..=last {
                let (layer, before) = (&shape.layers[at], &shape.layers[at - 1]);
                let weight = parameters[layer.weight..].chunks_exact(layer.tiles_in);
                for (output, weight) in weight.take(layer.outputs).enumerate() {
                    let mut sum = vectors.zero();
                    for (tile, weight) in weight.iter().enumerate() {
                        let x = vectors.load(&slots[(before.y + tile) * GROUP + image]);
                        sum = vectors.add_product(sum, x, vectors.load(weight));
                    }
                    let (tile, place) = (output / SIZE, output % SIZE);
                    let value = vectors.total(sum) + parameters[layer.bias + tile].values()[place];
                    let value = if at == last || value >= 0.0 || value.is_nan() { value } else { 0.0 };
                    slots[(layer.y + tile) * GROUP + image].values_mut()[place] = value;
                }
            }
            let y = &slots[shape.layers[last].y * GROUP + image];
            logits.copy_from_slice(&y.values()[..shape.logits()]);
        }
    }
}

/// `start` and the sum of each pixel's value times its row of the table: those at even places and those at odd places by
/// themselves, so that one sum need not wait for the other.
#[inline(always)]
fn weighted_sum<S: Simd, const N: usize>(
    vectors: Vectors<S, N>,
    start: Wide<S, N>,
    list: &[Pair],
    table: &[Tile; BAND],
) -> Wide<S, N> {
    let (mut even, mut odd) = (start, vectors.zero());
    for [a, b] in list {
        even = vectors.add_scaled(even, vectors.load(&table[usize::from(a.row)]), a.value());
        odd = vectors.add_scaled(odd, vectors.load(&table[usize::from(b.row)]), b.value());
    }
    vectors.add(even, odd)
}

/// The same, and the losses and the derivatives of the batch's mean loss by the outputs of each layer. Returns how many
/// images were classified rightly.
pub struct Differentiate<'a> {
    pub predict: Predict<'a>,
    pub loss: Loss,
    /// The group's samples.
    pub samples: &'a [u32],
    /// The class of every sample.
    pub classes: &'a [u8],
    /// An image's share in the mean.
    pub share: f32,
    pub losses: &'a mut [f32],
}

impl Kernel for Differentiate<'_> {
    type Output = usize;
    const NUMBERS: usize = SIZE;

    #[inline(always)]
    fn run<S: Simd, const N: usize>(self, vectors: Vectors<S, N>) -> usize {
        let Self { predict, loss, samples, classes, share, losses } = self;
        let Predict { shape, parameters, fetched, slots, logits } = predict;
        Predict { shape, parameters, fetched, slots, logits }.run(vectors);
        let last = &shape.layers[shape.layers.len() - 1];
        let mut correct = 0;
        let images = samples.iter().zip(logits.chunks_exact(shape.logits())).zip(losses).enumerate();
        for (image, ((&sample, logits), image_loss)) in images {
            let class = classes[sample as usize];
            let mut d_logits = Tile::ZERO;
            *image_loss = loss.differentiate(logits, class, &mut d_logits.values_mut()[..logits.len()]);
            correct += usize::from(loss.predict(logits) == class);
            vectors.store(&mut slots[last.d * GROUP + image], vectors.scale(vectors.load(&d_logits), share));
            for pair in shape.layers.windows(2).rev() {
                let [before, layer] = pair else { continue };
                for tile in 0..before.tiles {
                    let mut d_x = vectors.zero();
                    for output in 0..layer.outputs {
                        let d_y = slots[(layer.d + output / SIZE) * GROUP + image].values()[output % SIZE];
                        let weight = &parameters[layer.weight + output * layer.tiles_in + tile];
                        d_x = vectors.add_scaled(d_x, vectors.load(weight), d_y);
                    }
                    let y = vectors.load(&slots[(before.y + tile) * GROUP + image]);
                    vectors.store(&mut slots[(before.d + tile) * GROUP + image], vectors.through_relu(y, d_x));
                }
            }
        }
        correct
    }
}
