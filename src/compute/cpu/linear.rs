//! The linear model: one logit an image straight from its bytes, forwards and backwards in one pass.

#![expect(clippy::inline_always, reason = "only what is inlined into a dispatched kernel is built for its vectors")]

use super::lanes::{self, Map, WIDTH, ZERO};
use super::scoring::Scoring;
use super::vectors::{Kernel, Vectors, dispatch};
use super::weights::Rows;
use crate::compute::{self, Backend, BatchScore, Batches, Device, Diverged, Each, Score, Sgd, State, Task};
use crate::data::PIXELS;
use crate::math::loss::{self, Loss};
use crate::math::model::{Model, Parameter};
use pulp::Simd;
use rayon::prelude::*;
use std::ops::Range;
use std::sync::Arc;

/// Images that one chunk sums up. Results depend on it.
const CHUNK: usize = 64;
/// Images that run side by side, so that one's sums need not wait for themselves. Results do not depend on it.
const GROUP: usize = 8;

/// `logit = x . weight + bias`, trained by [`Loss::Mnist`].
#[derive(Clone, Debug)]
pub struct Linear {
    model: Arc<Model>,
    task: Arc<Task>,
    order: Arc<[u32]>,
    weight: Map,
    bias: f32,
    d_weight: Map,
    d_bias: f32,
    velocity: Map,
    bias_velocity: f32,
    outputs: Outputs,
    /// The held-out images' logits.
    validation: Vec<f32>,
    work: Work,
}

/// What the last batch's images came to.
#[derive(Clone, Debug, Default)]
struct Outputs {
    logits: Vec<f32>,
    losses: Vec<f32>,
}

/// Working memory: the sums of each chunk, and what scores the held-out images.
#[derive(Debug, Default)]
struct Work {
    sums: Vec<Sums>,
    scoring: Scoring,
}

impl Clone for Work {
    /// Nothing of it outlives a batch, so a copy starts empty.
    fn clone(&self) -> Self {
        Self::default()
    }
}

/// A chunk's part of the gradient, by pixels of 0 to 255, and how many of its images were classified rightly.
#[derive(Clone, Debug)]
struct Sums {
    d_weight: Map,
    d_bias: f32,
    correct: usize,
}

impl Sums {
    const ZERO: Self = Self { d_weight: ZERO, d_bias: 0.0, correct: 0 };
}

impl Linear {
    /// All parameters zero, the images in the task's order.
    pub fn new(model: Arc<Model>, task: Arc<Task>) -> Self {
        let order = (0..).take(task.train.len()).collect();
        let (outputs, work) = (Outputs::default(), Work::default());
        let (weight, d_weight, velocity) = (ZERO, ZERO, ZERO);
        let (bias, d_bias, bias_velocity, validation) = (0.0, 0.0, 0.0, Vec::new());
        Self { model, task, order, weight, bias, d_weight, d_bias, velocity, bias_velocity, outputs, validation, work }
    }
}

impl Backend for Linear {
    fn device(&self) -> Device {
        Device::Cpu
    }

    fn state(&self) -> State {
        let tensors = |weight: &Map, bias| self.model.tensors([weight.as_flattened().to_vec(), vec![bias]]);
        State {
            parameters: tensors(&self.weight, self.bias),
            gradient: tensors(&self.d_weight, self.d_bias),
            velocity: tensors(&self.velocity, self.bias_velocity),
        }
    }

    fn resume(&mut self, state: &State) {
        for (weight, bias, tensors) in [
            (&mut self.weight, &mut self.bias, &state.parameters),
            (&mut self.d_weight, &mut self.d_bias, &state.gradient),
            (&mut self.velocity, &mut self.bias_velocity, &state.velocity),
        ] {
            if let [of_weight, of_bias] = &tensors[..] {
                weight.as_flattened_mut().copy_from_slice(&of_weight.values);
                *bias = of_bias.values[0];
            }
        }
    }

    fn parameters(&self) -> Vec<Parameter> {
        self.model.tensors([self.weight.as_flattened().to_vec(), vec![self.bias]])
    }

    fn gradient(&self) -> Vec<Parameter> {
        self.model.tensors([self.d_weight.as_flattened().to_vec(), vec![self.d_bias]])
    }

    fn set_order(&mut self, order: Arc<[u32]>) {
        self.order = order;
    }

    fn differentiate(&mut self, batch: Range<usize>, sgd: Sgd) -> BatchScore {
        let Self { task, order, weight, bias, outputs: Outputs { logits, losses }, work, .. } = self;
        let places = &order[batch];
        logits.resize(places.len(), 0.0);
        losses.resize(places.len(), 0.0);
        work.sums.resize(places.len().div_ceil(CHUNK), Sums::ZERO);
        #[expect(clippy::cast_precision_loss, reason = "a batch is far smaller than 2^24")]
        let share = 1.0 / places.len() as f32;
        let (task, weight, bias) = (&**task, &*weight, *bias);
        let pieces = places.par_chunks(CHUNK).zip(logits.par_chunks_mut(CHUNK)).zip(losses.par_chunks_mut(CHUNK));
        pieces.zip(&mut work.sums).for_each(|(((places, logits), losses), sums)| {
            *sums = Sums::ZERO;
            dispatch(Differentiate { task, places, weight, bias, share, logits, losses, sums });
        });
        if sgd.zero_grad {
            (self.d_weight, self.d_bias) = (ZERO, 0.0);
        }
        dispatch(AddUp { sums: &work.sums, d_weight: &mut self.d_weight, d_bias: &mut self.d_bias });
        let mut score = BatchScore::of(losses, work.sums.iter().map(|sums| sums.correct).sum());
        score.is_finite &= self.d_bias.is_finite() && self.d_weight.as_flattened().iter().all(|d| d.is_finite());
        score
    }

    fn step(&mut self, sgd: Sgd) -> bool {
        let (bias, bias_velocity) = sgd.moved(self.bias, self.d_bias, self.bias_velocity);
        let Self { weight, d_weight, velocity, .. } = self;
        let is_made = bias.is_finite() && Rows { values: weight, d_values: d_weight, velocity }.try_step(sgd);
        if is_made {
            self.bias = bias;
            if !sgd.is_plain() {
                self.bias_velocity = bias_velocity;
            }
        }
        is_made
    }

    fn train(&mut self, batches: &mut Batches<'_>, sgd: Sgd, each: &mut Each<'_>) -> Result<(), Diverged> {
        // On a thread of the pool from the first batch to the last: to enter it costs more than a batch.
        rayon::scope(|_| compute::train(self, batches, sgd, each))
    }

    fn outputs(&self) -> (&[f32], &[f32]) {
        (&self.outputs.logits, &self.outputs.losses)
    }

    fn validate(&mut self, batch_size: usize) -> Score {
        let Self { task, weight, bias, validation: logits, work, .. } = self;
        let samples = &task.valid;
        logits.resize(samples.len(), 0.0);
        let chunks = samples.indices().par_chunks(CHUNK).zip(logits.par_chunks_mut(CHUNK));
        chunks.for_each(|(indices, logits)| {
            dispatch(Predict { pixels: samples.pixels(), indices, weight, bias: *bias, logits });
        });
        work.scoring.score(Loss::Mnist, samples, logits, batch_size)
    }

    fn validation(&self) -> &[f32] {
        &self.validation
    }

    fn duplicate(&self) -> Box<dyn Backend> {
        Box::new(self.clone())
    }
}

/// Logits, losses and the gradient's sums of one chunk.
struct Differentiate<'a> {
    task: &'a Task,
    places: &'a [u32],
    weight: &'a Map,
    bias: f32,
    share: f32,
    logits: &'a mut [f32],
    losses: &'a mut [f32],
    sums: &'a mut Sums,
}

impl Kernel for Differentiate<'_> {
    type Output = ();
    const NUMBERS: usize = WIDTH;

    #[inline(always)]
    fn run<S: Simd, const N: usize>(self, vectors: Vectors<S, N>) {
        let Self { task, places, weight, bias, share, logits, losses, sums } = self;
        let (indices, classes, pixels) = (task.train.indices(), task.train.classes(), task.train.pixels());
        let mut d_logits = [0.0; GROUP];
        let groups = places.chunks(GROUP).zip(logits.chunks_mut(GROUP)).zip(losses.chunks_mut(GROUP));
        for ((places, logits), losses) in groups {
            // A group that is not full is filled up with its first image, whose derivative there is 0.
            let image = |at: usize| &pixels[indices[places[if at < places.len() { at } else { 0 }] as usize] as usize];
            let images: [&[u8; PIXELS]; GROUP] = std::array::from_fn(image);
            let sums_of_products = products(vectors, images, weight);
            d_logits.fill(0.0);
            for (at, &place) in places.iter().enumerate() {
                let class = classes[place as usize];
                logits[at] = sums_of_products[at] / 255.0 + bias;
                let found = loss::mnist(logits[at], class);
                losses[at] = found.loss;
                d_logits[at] = found.d_logit * share;
                sums.d_bias += d_logits[at];
                sums.correct += usize::from(found.predicted() == class);
            }
            add_scaled(vectors, &mut sums.d_weight, images, &d_logits);
        }
    }
}

/// Logits of one chunk.
struct Predict<'a> {
    pixels: &'a [[u8; PIXELS]],
    indices: &'a [u32],
    weight: &'a Map,
    bias: f32,
    logits: &'a mut [f32],
}

impl Kernel for Predict<'_> {
    type Output = ();
    const NUMBERS: usize = WIDTH;

    #[inline(always)]
    fn run<S: Simd, const N: usize>(self, vectors: Vectors<S, N>) {
        let Self { pixels, indices, weight, bias, logits } = self;
        for (indices, logits) in indices.chunks(GROUP).zip(logits.chunks_mut(GROUP)) {
            let image = |at: usize| &pixels[indices[if at < indices.len() { at } else { 0 }] as usize];
            let sums = products(vectors, std::array::from_fn(image), weight);
            for (logit, sum) in logits.iter_mut().zip(sums) {
                *logit = sum / 255.0 + bias;
            }
        }
    }
}

/// Each image's sum of byte times weight.
#[inline(always)]
fn products<S: Simd, const N: usize>(
    vectors: Vectors<S, N>,
    images: [&[u8; PIXELS]; GROUP],
    weight: &Map,
) -> [f32; GROUP] {
    let mut sums = [vectors.zero(); GROUP];
    for (lane, weight) in weight.iter().enumerate() {
        let weight = vectors.load(weight);
        for at in 0..GROUP {
            sums[at] = vectors.add_product(sums[at], vectors.load(&lanes::pixels(images[at], lane)), weight);
        }
    }
    let mut totals = [0.0; GROUP];
    for at in 0..GROUP {
        totals[at] = vectors.total_of_lane(sums[at]);
    }
    totals
}

/// Adds each image times its factor to `map`, the first image first.
#[inline(always)]
fn add_scaled<S: Simd, const N: usize>(
    vectors: Vectors<S, N>,
    map: &mut Map,
    images: [&[u8; PIXELS]; GROUP],
    factors: &[f32; GROUP],
) {
    for (lane, row) in map.iter_mut().enumerate() {
        let mut sum = vectors.load(row);
        for at in 0..GROUP {
            sum = vectors.add_scaled(sum, vectors.load(&lanes::pixels(images[at], lane)), factors[at]);
        }
        vectors.store(row, sum);
    }
}

/// Adds the chunks' sums to the gradient, the first chunk first.
struct AddUp<'a> {
    sums: &'a [Sums],
    d_weight: &'a mut Map,
    d_bias: &'a mut f32,
}

impl Kernel for AddUp<'_> {
    type Output = ();
    const NUMBERS: usize = WIDTH;

    #[inline(always)]
    fn run<S: Simd, const N: usize>(self, vectors: Vectors<S, N>) {
        for (lane, d_weight) in self.d_weight.iter_mut().enumerate() {
            let mut total = vectors.zero();
            for sums in self.sums {
                total = vectors.add(total, vectors.load(&sums.d_weight[lane]));
            }
            vectors.store(d_weight, vectors.add(vectors.load(d_weight), vectors.divide(total, 255.0)));
        }
        let d_bias: f32 = self.sums.iter().map(|sums| sums.d_bias).sum();
        *self.d_bias += d_bias;
    }
}

#[cfg(test)]
mod tests;
