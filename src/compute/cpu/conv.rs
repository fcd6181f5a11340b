//! Convolutions: sixteen images side by side through every layer, and back.
//!
//! Sixteen images are a *group*. Each number of an activation is a lane that holds it for every image of the group, so a
//! weight is multiplied with sixteen numbers at once however few channels a layer has, and nothing is ever shuffled
//! between lanes. A group's activations (230 kB) stay in a core's own cache from the first layer to the last; on the way
//! back each activation is replaced by the derivative of the loss by it. Pixels are divided by 255 one by one here, as in
//! PyTorch.
//!
//! All layers with weights are [`Stage`]s, the linear one too: it is a convolution whose filter covers the whole image.

mod kernels;
pub mod stage;

use super::lanes::WIDTH as GROUP;
use super::scoring::Scoring;
use super::vectors::dispatch;
use super::weights::Weights;
use crate::compute::{self, Backend, BatchScore, Batches, Device, Diverged, Each, Score, Sgd, State, Task};
use crate::data::PIXELS;
use crate::math::loss::Loss;
use crate::math::model::{Model, Parameter};
use kernels::{Differentiate, Predict, Sixteen};
use rayon::prelude::*;
use stage::{Stage, stages};
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

/// Parts that a batch is cut into, at most; each sums up its own gradient. Results depend on it.
pub const PARTS: usize = 64;

/// Images of each part of a mini-batch of so many, but for the last: whole groups.
pub const fn part_len(images: usize) -> usize {
    let groups = images.div_ceil(GROUP).div_ceil(PARTS);
    if groups > 0 { groups * GROUP } else { GROUP }
}

/// A model of convolutions, ReLUs and linear layers.
#[derive(Clone, Debug)]
pub struct Conv {
    model: Arc<Model>,
    task: Arc<Task>,
    order: Arc<[u32]>,
    weights: Weights,
    net: Net,
    /// The last batch's logits and losses.
    logits: Vec<f32>,
    losses: Vec<f32>,
    /// The held-out images' logits.
    validation: Vec<f32>,
    work: Work,
}

/// What the threads read.
#[derive(Clone, Debug)]
struct Net {
    stages: Vec<Stage>,
    loss: Loss,
    /// Logits of an image.
    outputs: usize,
}

/// Working memory.
#[derive(Debug, Default)]
struct Work {
    /// A group's activations, for each thread.
    groups: Vec<Group>,
    parts: Vec<Sums>,
    scoring: Scoring,
}

impl Clone for Work {
    /// Nothing of it outlives a batch, so a copy starts empty.
    fn clone(&self) -> Self {
        Self::default()
    }
}

/// A group on its way through the network: the images, then what each stage made of them; on the way back, derivatives.
#[derive(Debug)]
struct Group {
    activations: Vec<Vec<Sixteen>>,
    d_logits: Vec<f32>,
}

/// A part's gradient, and how many of its images were classified rightly.
#[derive(Debug)]
struct Sums {
    gradient: Vec<f32>,
    correct: usize,
}

impl Conv {
    /// All parameters zero, the images in the task's order.
    pub fn new(model: Arc<Model>, task: Arc<Task>) -> Self {
        let (order, weights) = ((0..).take(task.train.len()).collect(), Weights::new(&model));
        let (stages, loss) = (stages(&model.layers), model.loss);
        let net = Net { stages, loss, outputs: loss.logits(task.digits.len()) };
        let (logits, losses, validation, work) = (Vec::new(), Vec::new(), Vec::new(), Work::default());
        Self { model, task, order, weights, net, logits, losses, validation, work }
    }
}

impl Net {
    /// Lays the parameters out as the kernels read them.
    fn take(&mut self, weights: &Weights) {
        for (at, stage) in self.stages.iter_mut().enumerate() {
            stage.take(weights.tensor(2 * at), weights.tensor(2 * at + 1));
        }
    }

    fn group(&self) -> Group {
        let lens = std::iter::once(PIXELS).chain(self.stages.iter().map(Stage::len_out));
        Group { activations: lens.map(|len| vec![Sixteen::ZERO; len]).collect(), d_logits: vec![0.0; self.outputs] }
    }
}

/// Hands the pieces to the threads, each with a group's memory of its own. Which thread has which piece is left to
/// chance, so a piece must not depend on what is in that memory.
fn share_out<P: Send>(
    net: &Net,
    groups: &mut Vec<Group>,
    pieces: impl Iterator<Item = P> + Send,
    run: impl Fn(P, &mut Group) + Sync,
) {
    let threads = rayon::current_num_threads().max(groups.len());
    groups.resize_with(threads, || net.group());
    let pieces = Mutex::new(pieces);
    let next = || pieces.lock().unwrap_or_else(PoisonError::into_inner).next();
    groups.par_iter_mut().with_max_len(1).for_each(|group| {
        while let Some(piece) = next() {
            run(piece, group);
        }
    });
}

/// Adds the parts up in order, and their sum to the gradient, which starts from zero if `zero` says so.
fn add_up(parts: &mut [Sums], d_values: &mut [f32], zero: bool) {
    if zero {
        d_values.fill(0.0);
    }
    if let Some((total, rest)) = parts.split_first_mut() {
        for part in rest {
            for (total, d) in total.gradient.iter_mut().zip(&part.gradient) {
                *total += d;
            }
        }
        for (d_value, total) in d_values.iter_mut().zip(&total.gradient) {
            *d_value += total;
        }
    }
}

impl Backend for Conv {
    fn device(&self) -> Device {
        Device::Cpu
    }

    fn state(&self) -> State {
        self.weights.state(&self.model)
    }

    fn resume(&mut self, state: &State) {
        self.weights.resume(state);
    }

    fn parameters(&self) -> Vec<Parameter> {
        self.weights.parameters(&self.model)
    }

    fn gradient(&self) -> Vec<Parameter> {
        self.weights.gradient(&self.model)
    }

    fn set_order(&mut self, order: Arc<[u32]>) {
        self.order = order;
    }

    fn differentiate(&mut self, batch: Range<usize>, sgd: Sgd) -> BatchScore {
        let Self { task, order, weights, net, logits, losses, work, .. } = self;
        net.take(weights);
        let (net, places, samples) = (&*net, &order[batch], &task.train);
        logits.resize(places.len() * net.outputs, 0.0);
        losses.resize(places.len(), 0.0);
        let len = part_len(places.len());
        work.parts.resize_with(places.len().div_ceil(len), || Sums { gradient: Vec::new(), correct: 0 });
        let share = 1.0 / places.len() as f32;
        let pieces = places.chunks(len).zip(logits.chunks_mut(len * net.outputs)).zip(losses.chunks_mut(len));
        let count = weights.values.len();
        share_out(net, &mut work.groups, pieces.zip(&mut work.parts), |(((places, logits), losses), sums), group| {
            sums.gradient.clear();
            sums.gradient.resize(count, 0.0);
            sums.correct = 0;
            dispatch(Differentiate { net, samples, places, share, group, logits, losses, sums });
        });
        add_up(&mut work.parts, &mut weights.d_values, sgd.zero_grad);
        let mut score = BatchScore::of(losses, work.parts.iter().map(|sums| sums.correct).sum());
        score.is_finite &= weights.is_gradient_finite();
        score
    }

    fn step(&mut self, sgd: Sgd) -> bool {
        self.weights.step(sgd)
    }

    fn train(&mut self, batches: &mut Batches<'_>, sgd: Sgd, each: &mut Each<'_>) -> Result<(), Diverged> {
        // On a thread of the pool from the first batch to the last, so that none waits for another to wake up.
        rayon::scope(|_| compute::train(self, batches, sgd, each))
    }

    fn outputs(&self) -> (&[f32], &[f32]) {
        (&self.logits, &self.losses)
    }

    fn validate(&mut self, batch_size: usize) -> Score {
        let Self { task, weights, net, validation: logits, work: Work { groups, scoring, .. }, .. } = self;
        net.take(weights);
        let (net, samples) = (&*net, &task.valid);
        logits.resize(samples.len() * net.outputs, 0.0);
        let pieces = samples.indices().chunks(GROUP).zip(logits.chunks_mut(GROUP * net.outputs));
        share_out(net, groups, pieces, |(indices, logits), group| {
            dispatch(Predict { net, samples, indices, group, logits });
        });
        scoring.score(net.loss, samples, logits, batch_size)
    }

    fn validation(&self) -> &[f32] {
        &self.validation
    }

    fn duplicate(&self) -> Box<dyn Backend> {
        Box::new(self.clone())
    }
}

#[cfg(test)]
mod tests;
