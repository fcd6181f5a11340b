//! Any model, by the reading copy of its layers.

use super::score;
use super::weights::Weights;
use crate::compute::{Backend, BatchScore, Score, Sgd, Task};
use crate::data::{PIXELS, batches};
use crate::math::model::{Model, Tensor};
use ndarray::Array2;
use std::ops::Range;
use std::sync::Arc;

/// [`Model::differentiate`] as a backend.
#[derive(Clone)]
pub struct Plain {
    model: Arc<Model>,
    task: Arc<Task>,
    order: Arc<[u32]>,
    weights: Weights,
    logits: Vec<f32>,
    losses: Vec<f32>,
    validation: Vec<f32>,
}

impl Plain {
    /// All parameters zero, the images in the task's order.
    pub fn new(model: Arc<Model>, task: Arc<Task>) -> Self {
        let (order, weights) = ((0..).take(task.train.len()).collect(), Weights::new(&model));
        Self { model, task, order, weights, logits: Vec::new(), losses: Vec::new(), validation: Vec::new() }
    }
}

impl Backend for Plain {
    fn device(&self) -> &'static str {
        "cpu"
    }

    fn load(&mut self, parameters: &[Tensor]) {
        self.weights.load(parameters);
    }

    fn parameters(&self) -> Vec<Tensor> {
        self.weights.parameters(&self.model)
    }

    fn gradient(&self) -> Vec<Tensor> {
        self.weights.gradient(&self.model)
    }

    fn set_order(&mut self, order: Arc<[u32]>) {
        self.order = order;
    }

    fn differentiate(&mut self, batch: Range<usize>, sgd: Sgd) -> BatchScore {
        let samples = &self.task.train;
        let places = &self.order[batch];
        let classes: Vec<u8> = places.iter().map(|&place| samples.classes()[place as usize]).collect();
        let x = Array2::from_shape_fn((places.len(), PIXELS), |(row, pixel)| {
            f32::from(samples.pixels()[samples.indices()[places[row] as usize] as usize][pixel]) / 255.0
        });
        let Ok(found) = self.model.differentiate(&self.weights.tensors(), &x, &classes) else {
            return BatchScore::default();
        };
        self.weights.add(&found.gradient, sgd.zero_grad);
        self.logits = found.logits.iter().copied().collect();
        self.losses = found.losses.to_vec();
        let rows = found.logits.rows().into_iter().zip(&classes);
        let correct = rows.filter(|(row, class)| self.model.loss.predict(&row.to_vec()) == **class).count();
        let mut score = score(&self.losses, correct);
        score.is_finite &= self.weights.is_gradient_finite();
        score
    }

    fn step(&mut self, sgd: Sgd) -> bool {
        self.weights.step(sgd)
    }

    fn outputs(&self) -> (&[f32], &[f32]) {
        (&self.logits, &self.losses)
    }

    fn validate(&mut self, batch_size: usize) -> Score {
        let samples = &self.task.valid;
        self.validation.clear();
        let mut scores = Vec::new();
        for batch in batches(samples.len(), batch_size) {
            let x = Array2::from_shape_fn((batch.len(), PIXELS), |(row, pixel)| {
                f32::from(samples.pixels()[samples.indices()[batch.start + row] as usize][pixel]) / 255.0
            });
            let Ok(logits) = self.model.forward(&self.weights.tensors(), x) else { continue };
            let (mut correct, mut losses) = (0, Vec::new());
            for (row, &class) in logits[logits.len() - 1].rows().into_iter().zip(&samples.classes()[batch]) {
                let row = row.to_vec();
                losses.push(self.model.loss.differentiate(&row, class, &mut row.clone()));
                correct += usize::from(self.model.loss.predict(&row) == class);
                self.validation.extend(row);
            }
            scores.push(score(&losses, correct));
        }
        Score::of(&scores)
    }

    fn validation(&self) -> &[f32] {
        &self.validation
    }

    fn duplicate(&self) -> Box<dyn Backend> {
        Box::new(self.clone())
    }
}
