//! A model's parameters, gradient and velocity: one flat array each, tensor after tensor.

#![expect(clippy::inline_always, reason = "only what is inlined into a dispatched kernel is built for its vectors")]

use super::lanes::WIDTH;
use super::vectors::{Kernel, Vectors, dispatch};
use crate::compute::{Sgd, State};
use crate::math::model::{Model, Parameter};
use pulp::Simd;
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

    /// Goes on from there.
    pub fn resume(&mut self, state: &State) {
        let Self { values, d_values, velocity, spans } = self;
        for (numbers, tensors) in
            [(values, &state.parameters), (d_values, &state.gradient), (velocity, &state.velocity)]
        {
            for (span, tensor) in spans.iter().zip(tensors) {
                numbers[span.clone()].copy_from_slice(&tensor.values);
            }
        }
    }

    /// What a run goes on from.
    pub fn state(&self, model: &Model) -> State {
        let tensors = |numbers: &[f32]| model.tensors(self.spans.iter().map(|span| numbers[span.clone()].to_vec()));
        State {
            parameters: tensors(&self.values),
            gradient: tensors(&self.d_values),
            velocity: tensors(&self.velocity),
        }
    }

    /// Where the `at`-th tensor's parameters are.
    pub fn tensor(&self, at: usize) -> &[f32] {
        &self.values[self.spans[at].clone()]
    }

    /// The parameters with their names.
    pub fn parameters(&self, model: &Model) -> Vec<Parameter> {
        model.tensors(self.spans.iter().map(|span| self.values[span.clone()].to_vec()))
    }

    /// The gradient with its names.
    pub fn gradient(&self, model: &Model) -> Vec<Parameter> {
        model.tensors(self.spans.iter().map(|span| self.d_values[span.clone()].to_vec()))
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

/// Moves parameters, as many as there are derivatives and velocities. `false`, and nothing moved, if one would leave the
/// finite numbers.
pub fn step(values: &mut [f32], d_values: &[f32], velocity: &mut [f32], sgd: Sgd) -> bool {
    let ((values, last), (d_values, last_d)) = (values.as_chunks_mut::<WIDTH>(), d_values.as_chunks::<WIDTH>());
    let (velocity, last_velocity) = velocity.as_chunks_mut::<WIDTH>();
    let (last, last_d) = (last.as_chunks_mut::<1>().0, last_d.as_chunks::<1>().0);
    let mut all = Rows { values, d_values, velocity };
    let mut rest = Rows { values: last, d_values: last_d, velocity: last_velocity.as_chunks_mut::<1>().0 };
    let is_made = all.stays_finite(sgd) && rest.stays_finite(sgd);
    if is_made {
        all.step(sgd);
        rest.step(sgd);
    }
    is_made
}

/// Parameters, gradient and velocity in rows of a fixed length.
pub struct Rows<'a, R> {
    /// The parameters.
    pub values: &'a mut [R],
    /// The gradient.
    pub d_values: &'a [R],
    /// The velocity.
    pub velocity: &'a mut [R],
}

impl<R: Copy + AsRef<[f32]> + AsMut<[f32]>> Rows<'_, R> {
    /// Moves the parameters. `false`, and nothing moved, if one would leave the finite numbers.
    pub fn try_step(&mut self, sgd: Sgd) -> bool {
        let is_made = self.stays_finite(sgd);
        if is_made {
            self.step(sgd);
        }
        is_made
    }

    /// Whether [`Rows::step`] leaves every parameter a finite number.
    pub fn stays_finite(&self, sgd: Sgd) -> bool {
        dispatch(StaysFinite(self, sgd))
    }

    /// Moves the parameters.
    pub fn step(&mut self, sgd: Sgd) {
        let Self { values, d_values, velocity } = self;
        dispatch(Step(Rows { values, d_values, velocity }, sgd));
    }
}

struct StaysFinite<'a, R>(&'a Rows<'a, R>, Sgd);

impl<R: Copy + AsRef<[f32]> + AsMut<[f32]>> Kernel for StaysFinite<'_, R> {
    type Output = bool;
    const NUMBERS: usize = WIDTH;

    // Number by number, each by itself: the compiler finds the vectors.
    #[inline(always)]
    fn run<S: Simd, const N: usize>(self, _: Vectors<S, N>) -> bool {
        let Self(rows, sgd) = self;
        // The book's optimiser with its zeros written out, so that the loop is built without what they switch off.
        if sgd.is_plain() { rows.are_finite_after(Sgd::plain(sgd.rate)) } else { rows.are_finite_after(sgd) }
    }
}

struct Step<'a, R>(Rows<'a, R>, Sgd);

impl<R: Copy + AsRef<[f32]> + AsMut<[f32]>> Kernel for Step<'_, R> {
    type Output = ();
    const NUMBERS: usize = WIDTH;

    #[inline(always)]
    fn run<S: Simd, const N: usize>(self, _: Vectors<S, N>) {
        let Self(mut rows, sgd) = self;
        if sgd.is_plain() { rows.move_all::<false>(Sgd::plain(sgd.rate)) } else { rows.move_all::<true>(sgd) }
    }
}

impl<R: Copy + AsRef<[f32]> + AsMut<[f32]>> Rows<'_, R> {
    #[inline(always)]
    fn are_finite_after(&self, sgd: Sgd) -> bool {
        let mut is_finite = true;
        for ((values, d_values), velocity) in self.values.iter().zip(self.d_values).zip(self.velocity.iter()) {
            // A loop and no `fold`, whose closure would not be built for the kernel's vectors.
            for ((&value, &d), &velocity) in values.as_ref().iter().zip(d_values.as_ref()).zip(velocity.as_ref()) {
                is_finite &= sgd.moved(value, d, velocity).0.is_finite();
            }
        }
        is_finite
    }

    #[inline(always)]
    fn move_all<const HAS_VELOCITY: bool>(&mut self, sgd: Sgd) {
        for ((values, d_values), velocity) in self.values.iter_mut().zip(self.d_values).zip(&mut *self.velocity) {
            // Copies of a row, so that the compiler knows that none lies in another and takes many numbers at a time.
            let (mut moved, d_values, mut gone_on) = (*values, *d_values, *velocity);
            let row = moved.as_mut().iter_mut().zip(d_values.as_ref()).zip(gone_on.as_mut());
            for ((value, &d), velocity) in row {
                (*value, *velocity) = sgd.moved(*value, d, *velocity);
            }
            *values = moved;
            if HAS_VELOCITY {
                *velocity = gone_on;
            }
        }
    }
}
