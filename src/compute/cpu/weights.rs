//! A model's parameters, gradient and velocity: one flat array each, tensor after tensor.

use crate::compute::Sgd;
use crate::math::model::{Model, Tensor};
use std::ops::Range;

/// All that a step reads and writes.
#[derive(Clone, Debug, PartialEq)]
pub struct Weights {
    /// The parameters, in the order of [`Model::shapes`].
    pub values: Vec<f32>,
    /// The gradient, in the same order.
    pub d_values: Vec<f32>,
    velocity: Vec<f32>,
    /// Where each tensor lies in them.
    pub spans: Vec<Range<usize>>,
}

impl Weights {
    /// All zero.
    pub fn new(model: &Model) -> Self {
        let mut spans: Vec<Range<usize>> = Vec::new();
        for (_, shape) in model.shapes() {
            let start = spans.last().map_or(0, |span| span.end);
            spans.push(start..start + shape.iter().product::<usize>());
        }
        let zeros = vec![0.0; spans.last().map_or(0, |span| span.end)];
        Self { values: zeros.clone(), d_values: zeros.clone(), velocity: zeros, spans }
    }

    /// Replaces the parameters and forgets gradient and velocity.
    pub fn load(&mut self, parameters: &[Tensor]) {
        for (span, tensor) in self.spans.iter().zip(parameters) {
            self.values[span.clone()].copy_from_slice(&tensor.values);
        }
        self.d_values.fill(0.0);
        self.velocity.fill(0.0);
    }

    /// Where the `at`-th tensor's parameters are.
    pub fn tensor(&self, at: usize) -> &[f32] {
        &self.values[self.spans[at].clone()]
    }

    /// The parameters, a slice a tensor.
    pub fn tensors(&self) -> Vec<&[f32]> {
        (0..self.spans.len()).map(|at| self.tensor(at)).collect()
    }

    /// The parameters with their names.
    pub fn parameters(&self, model: &Model) -> Vec<Tensor> {
        model.tensors(self.spans.iter().map(|span| self.values[span.clone()].to_vec()))
    }

    /// The gradient with its names.
    pub fn gradient(&self, model: &Model) -> Vec<Tensor> {
        model.tensors(self.spans.iter().map(|span| self.d_values[span.clone()].to_vec()))
    }

    /// Adds to the gradient, which starts from zero if `zero` says so.
    pub fn add(&mut self, gradient: &[Vec<f32>], zero: bool) {
        for (sum, d) in self.d_values.iter_mut().zip(gradient.iter().flatten()) {
            *sum = if zero { *d } else { *sum + d };
        }
    }

    /// Whether every derivative is a finite number.
    pub fn is_gradient_finite(&self) -> bool {
        self.d_values.iter().all(|d| d.is_finite())
    }

    /// Moves the parameters. `false`, and nothing moved, if one would leave the finite numbers.
    pub fn step(&mut self, sgd: Sgd) -> bool {
        step(&mut self.values, &self.d_values, &mut self.velocity, sgd)
    }
}

/// Moves `values`. `false`, and nothing moved, if one would leave the finite numbers.
pub fn step(values: &mut [f32], d_values: &[f32], velocity: &mut [f32], sgd: Sgd) -> bool {
    let all = values.iter().zip(d_values).zip(velocity.iter());
    if !all.fold(true, |is_finite, ((&value, &d), &velocity)| is_finite & sgd.moved(value, d, velocity).0.is_finite()) {
        return false;
    }
    for ((value, &d), velocity) in values.iter_mut().zip(d_values).zip(velocity) {
        (*value, *velocity) = sgd.moved(*value, d, *velocity);
    }
    true
}
