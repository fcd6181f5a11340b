//! What is done image by image: forwards to the logits and the loss, and backwards to each layer's outputs.

#![expect(clippy::inline_always, reason = "only what is inlined into a dispatched kernel is built for its vectors")]

use super::GROUP;
use super::ink::Fetched;
use super::shape::Shape;
use super::tile::{SIZE, Tile, weighted_sum};
use crate::compute::cpu::lanes::Kernel;
use crate::data::PIXELS;
use crate::math::loss::Loss;

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

    #[inline(always)]
    fn run(self) {
        let Self { shape, parameters, fetched, slots, logits } = self;
        let (first, last) = (&shape.layers[0], shape.layers.len() - 1);
        for tile in 0..first.tiles {
            let (weight, bias) = (&parameters[tile * PIXELS..][..PIXELS], &parameters[first.bias + tile]);
            let y = &mut slots[(first.y + tile) * GROUP..][..GROUP];
            for (image, y) in y.iter_mut().enumerate().take(logits.len() / shape.logits()) {
                let sum = weighted_sum(fetched.image(image), weight);
                *y = if last == 0 { sum.plus(bias) } else { relu(&sum.plus(bias)) };
            }
        }
        for (image, logits) in logits.chunks_exact_mut(shape.logits()).enumerate() {
            for at in 1..=last {
                let (layer, before) = (&shape.layers[at], &shape.layers[at - 1]);
                let weight = parameters[layer.weight..].chunks_exact(layer.tiles_in);
                for (output, weight) in weight.take(layer.outputs).enumerate() {
                    let mut sum = Tile::ZERO;
                    for (tile, weight) in weight.iter().enumerate() {
                        sum.add_product(&slots[(before.y + tile) * GROUP + image], weight);
                    }
                    let (tile, place) = (output / SIZE, output % SIZE);
                    let value = sum.total() + parameters[layer.bias + tile].values()[place];
                    let value = if at == last || value >= 0.0 || value.is_nan() { value } else { 0.0 };
                    slots[(layer.y + tile) * GROUP + image].values_mut()[place] = value;
                }
            }
            let y = &slots[shape.layers[last].y * GROUP + image];
            logits.copy_from_slice(&y.values()[..shape.logits()]);
        }
    }
}

/// `max(x, 0)`; a NaN stays one.
#[inline(always)]
fn relu(x: &Tile) -> Tile {
    x.with(&Tile::ZERO, |x, zero| if x < zero { zero } else { x })
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

    #[inline(always)]
    fn run(self) -> usize {
        let Self { predict, loss, samples, classes, share, losses } = self;
        let Predict { shape, parameters, fetched, slots, logits } = predict;
        Predict { shape, parameters, fetched, slots, logits }.run();
        let last = &shape.layers[shape.layers.len() - 1];
        let mut correct = 0;
        let images = samples.iter().zip(logits.chunks_exact(shape.logits())).zip(losses).enumerate();
        for (image, ((&sample, logits), image_loss)) in images {
            let class = classes[sample as usize];
            let mut d_logits = Tile::ZERO;
            *image_loss = loss.differentiate(logits, class, &mut d_logits.values_mut()[..logits.len()]);
            correct += usize::from(loss.predict(logits) == class);
            slots[last.d * GROUP + image] = d_logits.with(&d_logits, |d, _| d * share);
            for pair in shape.layers.windows(2).rev() {
                let [before, layer] = pair else { continue };
                for tile in 0..before.tiles {
                    let mut d_x = Tile::ZERO;
                    for output in 0..layer.outputs {
                        let d_y = slots[(layer.d + output / SIZE) * GROUP + image].values()[output % SIZE];
                        d_x.add_scaled(&parameters[layer.weight + output * layer.tiles_in + tile], d_y);
                    }
                    let x = &slots[(before.y + tile) * GROUP + image];
                    slots[(before.d + tile) * GROUP + image] = x.with(&d_x, |x, d| if x > 0.0 { d } else { 0.0 });
                }
            }
        }
        correct
    }
}
