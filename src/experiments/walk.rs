//! Plain gradient descent, phase by phase: what the quadratic and the roller coaster have in common.

use super::report::number;
use super::{Phase, Stop, Trail};
use serde::{Serialize, Serializer, ser::SerializeStruct};

/// The most steps a walk may be asked for.
pub const MAX_STEPS: u64 = 1_000_000;
/// A walk has diverged once its loss is this many times the first one (or 1, if that is more).
pub const BOUND: f64 = 1e6;
/// A walk ends early after this many steps in a row that changed nothing. Fewer are all taken, so that a script that
/// asks for ten steps gets ten.
pub const PATIENCE: u64 = 100;
/// Rows that a table of the trace has at most, about.
pub(super) const ROWS: usize = 40;
/// Phases from one step to the next.
pub const TURN: u64 = 4;

/// What is walked down: a loss of some parameters.
pub trait Objective: Clone + Send + 'static {
    /// The parameters; the gradient has the same form.
    type Params: Params;

    /// The loss and its gradient at some parameters.
    fn look(&self, at: Self::Params) -> (f32, Self::Params);
}

/// One number or a few, in single precision as PyTorch has them.
pub trait Params: Copy + Serialize + Send + Sync + 'static {
    /// What a trace calls them in JSON.
    const NAME: &'static str;

    /// One optimiser step: `self - lr * gradient`, each operation rounded as PyTorch's `params.data -= lr * params.grad`.
    #[must_use]
    fn step(self, lr: f32, gradient: Self) -> Self;

    /// Whether every one is finite.
    fn is_finite(self) -> bool;

    /// Whether they are equal to the bit.
    fn is_same(self, other: Self) -> bool;
}

impl Params for f32 {
    const NAME: &'static str = "x";

    fn step(self, lr: f32, gradient: Self) -> Self {
        self - lr * gradient
    }

    fn is_finite(self) -> bool {
        self.is_finite()
    }

    fn is_same(self, other: Self) -> bool {
        self.to_bits() == other.to_bits()
    }
}

impl Params for [f32; 3] {
    const NAME: &'static str = "params";

    fn step(self, lr: f32, gradient: Self) -> Self {
        std::array::from_fn(|i| self[i].step(lr, gradient[i]))
    }

    fn is_finite(self) -> bool {
        self.into_iter().all(f32::is_finite)
    }

    fn is_same(self, other: Self) -> bool {
        self.into_iter().zip(other).all(|(left, right)| left.is_same(right))
    }
}

/// One place that a walk came to, as far as its phases have revealed it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Visit<P> {
    /// The parameters.
    pub at: P,
    /// The loss, from its phase on.
    pub loss: Option<f32>,
    /// The gradient, from its phase on.
    pub gradient: Option<P>,
}

impl<P: Params> Serialize for Visit<P> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_struct("Visit", 3)?;
        map.serialize_field(P::NAME, &self.at)?;
        map.serialize_field("loss", &self.loss)?;
        map.serialize_field("gradient", &self.gradient)?;
        map.end()
    }
}

/// Gradient descent on an [`Objective`]: `Init`, then `Predict Loss Gradient Step` again and again, and after the last
/// step once more `Predict Loss Gradient`, then `Stop`.
///
/// `n` steps so end at position 1 + 4n, everything about them is known at 4n + 4, and `Stop` is at 4n + 5.
#[derive(Clone, Debug)]
pub struct Walk<O: Objective> {
    objective: O,
    first: O::Params,
    lr: f32,
    steps: u64,
    trace: Trail<Visit<O::Params>>,
    phase: Option<Phase>,
    /// The largest size of loss that still counts as bounded; known from the first loss on.
    bound: f64,
    /// How many steps in a row changed nothing.
    idle: u64,
    stopped: Option<Stop>,
}

impl<O: Objective> Walk<O> {
    /// A walk of at most `steps` steps from `first`, before its first phase.
    pub fn new(objective: O, first: O::Params, lr: f32, steps: u64) -> Self {
        Self { objective, first, lr, steps, trace: Trail::default(), phase: None, bound: 0.0, idle: 0, stopped: None }
    }

    /// What is walked down.
    pub const fn objective(&self) -> &O {
        &self.objective
    }

    /// The learning rate, as it multiplies the gradient.
    pub const fn lr(&self) -> f32 {
        self.lr
    }

    /// Every place so far, the one it stands at last; empty before `Init`.
    pub const fn trace(&self) -> &Trail<Visit<O::Params>> {
        &self.trace
    }

    /// The place that was last predicted from: what a program's `prediction`, `loss` and `gradient` variables still hold
    /// after the parameters have stepped on.
    pub fn predicted(&self) -> Option<&Visit<O::Params>> {
        match self.phase? {
            Phase::Init => None,
            Phase::Step => self.trace.len().checked_sub(2).and_then(|index| self.trace.get(index)),
            _ => self.trace.last(),
        }
    }

    /// Where the next step leads, once the gradient is known and until the step is taken.
    pub fn next(&self) -> Option<O::Params> {
        let here = self.trace.last()?;
        here.gradient.map(|gradient| here.at.step(self.lr, gradient))
    }

    /// How many steps have been taken.
    pub const fn taken(&self) -> u64 {
        self.trace.len().saturating_sub(1) as u64
    }

    /// The phase that ran last.
    pub const fn phase(&self) -> Option<Phase> {
        self.phase
    }

    /// Why it ended, once its `Stop` has run.
    pub fn stopped(&self) -> Option<Stop> {
        self.stopped.clone()
    }

    /// The position of `Stop`: as planned while it walks, as it came once it has stopped.
    pub const fn end(&self) -> u64 {
        let steps = if self.stopped.is_some() { self.taken() } else { self.steps };
        Self::position_after(steps) + 1
    }

    /// The position at which `steps` steps are taken and the last place is known, loss and gradient included.
    #[must_use]
    pub const fn position_after(steps: u64) -> u64 {
        steps.saturating_mul(TURN).saturating_add(TURN)
    }

    /// The first position after `position` at which a step has just been taken.
    #[must_use]
    pub const fn step_end(position: u64) -> u64 {
        (position.saturating_sub(1) / TURN).saturating_add(1).saturating_mul(TURN).saturating_add(1)
    }

    /// Runs one phase and says which.
    pub fn advance(&mut self) -> Phase {
        let phase = self.upcoming();
        match phase {
            Phase::Init => self.trace.push(Visit { at: self.first, loss: None, gradient: None }),
            Phase::Loss => self.reveal(|visit, (loss, _)| visit.loss = Some(loss)),
            Phase::Gradient => self.reveal(|visit, (_, gradient)| visit.gradient = Some(gradient)),
            Phase::Step => {
                if let Some(at) = self.step() {
                    self.trace.push(Visit { at, loss: None, gradient: None });
                }
            }
            Phase::Stop => self.stopped = self.verdict(),
            Phase::Predict | Phase::Repeat | Phase::Stack | Phase::Zero => {}
        }
        self.phase = Some(phase);
        phase
    }

    /// Runs up to `phases` phases and returns how many ran; whole turns are taken at once.
    pub fn stride(&mut self, phases: u64) -> u64 {
        let mut ran = 0;
        while ran < phases && self.stopped.is_none() {
            if phases - ran >= TURN && self.upcoming() == Phase::Step {
                self.turn();
                ran += TURN;
            } else {
                self.advance();
                ran += 1;
            }
        }
        ran
    }

    fn upcoming(&self) -> Phase {
        match self.phase {
            None => Phase::Init,
            Some(Phase::Init | Phase::Step) => Phase::Predict,
            Some(Phase::Predict) => Phase::Loss,
            Some(Phase::Loss) => Phase::Gradient,
            Some(Phase::Gradient) if self.verdict().is_none() => Phase::Step,
            Some(_) => Phase::Stop,
        }
    }

    /// `Step`, `Predict`, `Loss` and `Gradient` at once.
    fn turn(&mut self) {
        if let Some(at) = self.step() {
            let (loss, gradient) = self.objective.look(at);
            self.trace.push(Visit { at, loss: Some(loss), gradient: Some(gradient) });
        }
    }

    /// Where the step leads, counting those that lead nowhere.
    fn step(&mut self) -> Option<O::Params> {
        let (from, to) = (self.trace.last()?.at, self.next()?);
        self.idle = if from.is_same(to) { self.idle + 1 } else { 0 };
        Some(to)
    }

    fn reveal(&mut self, write: impl FnOnce(&mut Visit<O::Params>, (f32, O::Params))) {
        let first = self.trace.len() == 1;
        if let Some(visit) = self.trace.last_mut() {
            let seen = self.objective.look(visit.at);
            write(visit, seen);
            if first {
                self.bound = BOUND * f64::from(seen.0).abs().max(1.0);
            }
        }
    }

    /// Why no further step is to be taken from the place it stands at, if so.
    fn verdict(&self) -> Option<Stop> {
        let here = self.trace.last()?;
        let bounded = here.loss.is_some_and(|loss| loss.is_finite() && f64::from(loss).abs() <= self.bound);
        let last = self.taken() >= self.steps;
        if !bounded || !here.at.is_finite() {
            Some(Stop::Diverged)
        } else if self.idle >= if last { 1 } else { PATIENCE } {
            Some(Stop::Plateau)
        } else {
            last.then_some(Stop::Done)
        }
    }
}

/// A number as a reader sees it, or a dash while it is not known.
pub(super) fn shown(value: Option<impl Into<f64>>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| number(value.into()))
}

/// A setting in the precision that the arithmetic has.
#[expect(clippy::cast_possible_truncation, reason = "rounding to single precision is what PyTorch does too")]
pub(super) const fn single(setting: f64) -> f32 {
    setting as f32
}

#[cfg(test)]
mod tests;
