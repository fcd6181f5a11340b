//! Networks of linear layers with `ReLU`s between them, on images that are mostly empty.
//!
//! # The idea
//!
//! Four of five pixels of a digit are 0 and add nothing, forwards or backwards. So the first layer, nearly all of the
//! work, goes through lists of inked pixels ([`ink`]), made once for a task. Its weight is held transposed, a row of
//! hidden numbers for each pixel, and both directions go through an image's list:
//!
//! - forwards, the image's hidden numbers are the sum of the weight's rows, each times its pixel;
//! - backwards, the image's derivatives, times each pixel, are added to the gradient's rows.
//!
//! Rows are cut into tiles of 32 numbers and images into bands of pixels, so that a band's rows of one tile fit into the
//! fastest cache. A batch is worked through in blocks of 256 images: forwards image by image, in groups ([`images`]), and
//! then the gradient tile by tile and band by band ([`gradient`]), each over all images of the block. Every number is thus
//! summed by one thread in one order, however many threads there are. Blocks are added up in order.

mod gradient;
mod images;
mod ink;
pub mod shape;
pub mod tile;

use super::scoring::Scoring;
use super::vectors::dispatch;
use crate::compute::{self, Backend, BatchScore, Batches, Device, Diverged, Each, Score, Sgd, State, Task};
use crate::data::batches;
use crate::math::model::{Model, Parameter};
use gradient::{Others, Pixels, Step};
use images::{Differentiate, Predict};
use ink::{BAND, BANDS, Fetched, Ink};
use rayon::prelude::*;
use shape::Shape;
use std::mem::swap;
use std::ops::Range;
use std::sync::{Arc, OnceLock};
use tile::Tile;

/// Images whose derivatives are summed before they are added to the gradient. Results depend on it.
const BLOCK: usize = 256;
/// Images that one thread takes at a time. Results do not depend on it.
const GROUP: usize = 32;
/// Rows that one thread moves at a time.
const STEP: usize = 1024;
/// Blocks with fewer images are not worth waking another thread for.
const WORTH_SHARING: usize = 64;
/// Parts that the held-out images are measured in.
const PARTS: usize = BLOCK / GROUP;

/// Any model that [`Shape`] knows.
#[derive(Clone, Debug)]
pub struct Dense {
    model: Arc<Model>,
    task: Arc<Task>,
    shape: Arc<Shape>,
    inks: Arc<Inks>,
    order: Arc<[u32]>,
    parameters: Vec<Tile>,
    gradient: Vec<Tile>,
    velocity: Vec<Tile>,
    logits: Vec<f32>,
    losses: Vec<f32>,
    /// The held-out images' logits.
    validation: Vec<f32>,
    work: Work,
}

/// The inked pixels of a task, found when they are first needed.
#[derive(Debug, Default)]
struct Inks {
    train: OnceLock<Ink>,
    valid: OnceLock<Ink>,
}

/// Working memory.
#[derive(Debug, Default)]
struct Work {
    /// What each image of a block comes to, group by group.
    slots: Vec<Tile>,
    /// The inked pixels of the images of each group.
    fetched: Vec<Fetched>,
    /// Where a step would go.
    next: Vec<Tile>,
    next_velocity: Vec<Tile>,
    scoring: Scoring,
}

impl Work {
    /// Grows to so many groups, each of so many rows.
    fn make_room(&mut self, groups: usize, rows: usize) {
        if self.fetched.len() < groups {
            self.fetched.resize_with(groups, Fetched::new);
            self.slots.resize(groups * rows, Tile::ZERO);
        }
    }
}

impl Clone for Work {
    /// Nothing of it outlives a batch, so a copy starts empty.
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl Dense {
    /// All parameters zero, the images in the task's order; none for a model of another kind.
    pub fn new(model: Arc<Model>, task: Arc<Task>) -> Option<Self> {
        let shape = Arc::new(Shape::of(&model)?);
        let order = (0..).take(task.train.len()).collect();
        let rows = vec![Tile::ZERO; shape.rows];
        Some(Self {
            model,
            task,
            shape,
            inks: Arc::default(),
            order,
            parameters: rows.clone(),
            gradient: rows.clone(),
            velocity: rows,
            logits: Vec::new(),
            losses: Vec::new(),
            validation: Vec::new(),
            work: Work::default(),
        })
    }

    /// Logits, losses and gradient of a block: the images at these places of the batch. Returns how many were classified
    /// rightly, and whether the gradient is finite.
    fn block(&mut self, samples: &[u32], places: Range<usize>, share: f32, zero: bool) -> (usize, bool) {
        let Self { model, task, shape, parameters, gradient, work, .. } = self;
        let (shape, loss, classes) = (&**shape, model.loss, task.train.classes());
        let ink = self.inks.train.get_or_init(|| Ink::of(&task.train));
        let is_shared = samples.len() >= WORTH_SHARING;
        let all_or_one = if is_shared { 1 } else { usize::MAX };
        let (group, images) = (shape.slots * GROUP, samples.len());
        work.make_room(images.div_ceil(GROUP), group);

        let groups = samples.par_chunks(GROUP).zip(&mut work.fetched).zip(work.slots.par_chunks_mut(group));
        let groups = groups.zip(self.logits[places.start * shape.logits()..].par_chunks_mut(GROUP * shape.logits()));
        let groups = groups.zip(self.losses[places].par_chunks_mut(GROUP)).with_min_len(all_or_one);
        let correct = groups.map(|((((samples, fetched), slots), logits), losses)| {
            fetched.fetch(ink, samples.iter().map(|&sample| sample as usize));
            let logits = &mut logits[..samples.len() * shape.logits()];
            let predict = Predict { shape, parameters, fetched, slots, logits };
            dispatch(Differentiate { predict, loss, samples, classes, share, losses })
        });
        let correct = correct.sum();

        let (slots, fetched) = (&*work.slots, &work.fetched[..images.div_ceil(GROUP)]);
        let (weight, others) = gradient.split_at_mut(shape.first_weight());
        let pixels = || {
            let bands = weight.par_chunks_mut(BAND).enumerate().with_min_len(all_or_one);
            let are_finite = bands.map(|(at, rows)| {
                let (d, band) = (shape.layers[0].d + at / BANDS, at % BANDS);
                dispatch(Pixels { fetched, slots, shape, band, d, zero, rows })
            });
            are_finite.reduce(|| true, |a, b| a & b)
        };
        let others = || dispatch(Others { shape, slots, images, zero, rows: others });
        let (pixels, others) = if is_shared { rayon::join(pixels, others) } else { both(pixels, others) };
        (correct, pixels & others)
    }
}

/// `rayon::join` without another thread.
fn both<A, B>(a: impl FnOnce() -> A, b: impl FnOnce() -> B) -> (A, B) {
    (a(), b())
}

impl Backend for Dense {
    fn device(&self) -> Device {
        Device::Cpu
    }

    fn state(&self) -> State {
        let tensors = |rows: &[Tile]| self.shape.unpack(rows, &self.model);
        State {
            parameters: tensors(&self.parameters),
            gradient: tensors(&self.gradient),
            velocity: tensors(&self.velocity),
        }
    }

    fn resume(&mut self, state: &State) {
        let Self { shape, parameters, gradient, velocity, .. } = self;
        for (rows, tensors) in
            [(parameters, &state.parameters), (gradient, &state.gradient), (velocity, &state.velocity)]
        {
            shape.pack(tensors, rows);
        }
    }

    fn parameters(&self) -> Vec<Parameter> {
        self.shape.unpack(&self.parameters, &self.model)
    }

    fn gradient(&self) -> Vec<Parameter> {
        self.shape.unpack(&self.gradient, &self.model)
    }

    fn set_order(&mut self, order: Arc<[u32]>) {
        self.order = order;
    }

    fn differentiate(&mut self, batch: Range<usize>, sgd: Sgd) -> BatchScore {
        let (order, count) = (Arc::clone(&self.order), batch.len());
        self.logits.resize(count * self.shape.logits(), 0.0);
        self.losses.resize(count, 0.0);
        #[expect(clippy::cast_precision_loss, reason = "a batch is far smaller than 2^24")]
        let share = 1.0 / count as f32;
        let (mut correct, mut is_finite) = (0, true);
        for block in batches(count, BLOCK) {
            let samples = &order[batch.start + block.start..batch.start + block.end];
            let zero = sgd.zero_grad && block.start == 0;
            let (correct_here, is_finite_here) = self.block(samples, block, share, zero);
            correct += correct_here;
            is_finite &= is_finite_here;
        }
        let mut score = BatchScore::of(&self.losses, correct);
        score.is_finite &= is_finite;
        score
    }

    fn step(&mut self, sgd: Sgd) -> bool {
        let Self { parameters, gradient, velocity, work: Work { next, next_velocity, .. }, .. } = self;
        next.resize(parameters.len(), Tile::ZERO);
        next_velocity.resize(parameters.len(), Tile::ZERO);
        let rows = parameters.par_chunks(STEP).zip(gradient.par_chunks(STEP)).zip(velocity.par_chunks(STEP));
        let steps = rows.zip(next.par_chunks_mut(STEP)).zip(next_velocity.par_chunks_mut(STEP));
        let are_finite = steps.map(|((((values, d_values), velocity), next_values), next_velocity)| {
            dispatch(Step { sgd, values, d_values, velocity, next_values, next_velocity })
        });
        let is_made = are_finite.reduce(|| true, |a, b| a & b);
        if is_made {
            swap(parameters, next);
            if !sgd.is_plain() {
                swap(velocity, next_velocity);
            }
        }
        is_made
    }

    fn train(&mut self, batches: &mut Batches<'_>, sgd: Sgd, each: &mut Each<'_>) -> Result<(), Diverged> {
        // On a thread of the pool from the first batch to the last: to enter it costs as much as a small batch.
        rayon::scope(|_| compute::train(self, batches, sgd, each))
    }

    fn outputs(&self) -> (&[f32], &[f32]) {
        (&self.logits, &self.losses)
    }

    fn validate(&mut self, batch_size: usize) -> Score {
        let Self { model, task, shape, parameters, validation, work, .. } = self;
        let (shape, samples, ink) = (&**shape, &task.valid, self.inks.valid.get_or_init(|| Ink::of(&task.valid)));
        let (group, logits) = (shape.slots * GROUP, shape.logits());
        work.make_room(PARTS, group);
        let Work { slots, fetched, scoring, .. } = work;
        validation.resize(samples.len() * logits, 0.0);
        let part = samples.len().div_ceil(PARTS).max(1);
        let parts = validation.par_chunks_mut(part * logits).zip(fetched).zip(slots.par_chunks_mut(group)).enumerate();
        parts.for_each(|(at, ((all, fetched), slots))| {
            for (group, logits_here) in all.chunks_mut(GROUP * logits).enumerate() {
                let start = at * part + group * GROUP;
                fetched.fetch(ink, start..start + logits_here.len() / logits);
                dispatch(Predict { shape, parameters, fetched, slots, logits: logits_here });
            }
        });
        scoring.score(model.loss, samples, validation, batch_size)
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
