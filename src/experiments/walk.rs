//! Plain gradient descent, phase by phase: what the quadratic and the roller coaster have in common.

use super::{Phase, Stop, Trail};
use serde::{Serialize, Serializer, ser::SerializeStruct};

/// The most steps a walk may be asked for.
pub const MAX_STEPS: u64 = 1_000_000;
/// A walk has diverged once its loss is this many times the first one (or 1, if that is more).
pub const BOUND: f64 = 1e6;
/// A walk ends early after this many steps in a row that changed nothing. Fewer are all taken, so that a script that
/// asks for ten steps gets ten.
pub const PATIENCE: u64 = 100;
/// Phases from one step to the next.
const TURN: u64 = 4;

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
    pub const fn position_after(steps: u64) -> u64 {
        steps.saturating_mul(TURN).saturating_add(TURN)
    }

    /// The first position after `position` at which a step has just been taken.
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
            Phase::Predict | Phase::Repeat | Phase::Stack => {}
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

#[cfg(test)]
mod tests {
    use super::*;

    /// x^2 / 2.
    #[derive(Clone, Debug)]
    struct Half;

    impl Objective for Half {
        type Params = f32;
        fn look(&self, x: f32) -> (f32, f32) {
            (x * x / 2.0, x)
        }
    }

    fn stop_of(first: f32, lr: f32, steps: u64) -> (Option<Stop>, u64) {
        let mut walk = Walk::new(Half, first, lr, steps);
        let ran = walk.stride(u64::MAX);
        assert_eq!(ran, walk.end());
        (walk.stopped(), walk.taken())
    }

    #[test]
    fn the_phases_are_the_chapter_s() {
        let mut walk = Walk::new(Half, 1.0, 0.5, 1);
        let names: Vec<&str> = (0..walk.end()).map(|_| walk.advance().title()).collect();
        assert_eq!(names.join(" "), "Init Predict Loss Gradient Step Predict Loss Gradient Stop");
        assert_eq!((walk.stopped(), walk.stride(1)), (Some(Stop::Done), 0));
    }

    #[test]
    fn it_says_why_it_stopped() {
        assert_eq!(stop_of(1.0, 0.5, 10), (Some(Stop::Done), 10));
        assert_eq!(stop_of(1.0, 0.5, 0), (Some(Stop::Done), 0));
        // One step to the floor, the other nine change nothing; but all are taken.
        assert_eq!(stop_of(1.0, 1.0, 10), (Some(Stop::Plateau), 10));
        assert_eq!(stop_of(1.0, 1.0, 1000), (Some(Stop::Plateau), 1 + PATIENCE));
        assert_eq!(stop_of(1.0, 0.0, 1000), (Some(Stop::Plateau), PATIENCE));
        // The loss is multiplied by 4 each time.
        assert_eq!(stop_of(1.0, 3.0, 1000), (Some(Stop::Diverged), 11));
        assert_eq!(stop_of(1e30, 0.5, 10), (Some(Stop::Diverged), 0));
        assert_eq!(stop_of(f32::NAN, 0.5, 10), (Some(Stop::Diverged), 0));
    }

    #[test]
    fn any_strides_end_where_single_phases_end() {
        for lr in [0.3, 1.0, 2.1] {
            for lengths in [[1, 1], [3, 5], [4, 4], [7, 100]] {
                let (mut stepped, mut strode) = (Walk::new(Half, 1.5, lr, 300), Walk::new(Half, 1.5, lr, 300));
                for length in lengths.into_iter().cycle().take(40) {
                    let ran = strode.stride(length);
                    (0..ran).for_each(|_| drop(stepped.advance()));
                    assert!(strode.trace().iter().eq(stepped.trace().iter()));
                    assert_eq!((strode.phase(), strode.stopped()), (stepped.phase(), stepped.stopped()));
                }
            }
        }
    }

    #[test]
    fn a_step_ends_after_its_turn() {
        for (position, end) in [(0, 5), (1, 5), (4, 5), (5, 9), (8, 9), (9, 13)] {
            assert_eq!(Walk::<Half>::step_end(position), end);
        }
    }

    #[test]
    fn after_a_step_the_old_loss_is_still_the_last_one_computed() {
        let mut walk = Walk::new(Half, 2.0, 0.5, 9);
        walk.stride(4);
        assert_eq!((walk.next(), walk.taken()), (Some(1.0), 0));
        walk.advance();
        assert_eq!((walk.next(), walk.taken()), (None, 1));
        assert_eq!(walk.predicted().and_then(|visit| visit.loss), Some(2.0));
        walk.advance();
        assert_eq!(walk.predicted().map(|visit| (visit.at, visit.loss)), Some((1.0, None)));
    }
}
