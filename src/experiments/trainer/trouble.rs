//! What went wrong when a run left the finite numbers, and what to try next.

use crate::compute::BatchScore;
use serde::Serialize;

/// Where the numbers ran out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Cause {
    /// The loss of a mini-batch.
    Loss,
    /// A derivative, though the loss itself was still a number.
    Gradient,
    /// A parameter, had the step been made.
    Step,
}

impl Cause {
    /// Why a mini-batch could not be learned from.
    pub(super) const fn of(score: &BatchScore) -> Self {
        if score.loss_sum.is_finite() { Self::Gradient } else { Self::Loss }
    }
}

/// A run that broke down. Its parameters are those from before the mini-batch: the last good ones.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Trouble {
    /// Where it showed.
    pub cause: Cause,
    /// The epoch, from 1.
    pub epoch: u64,
    /// The mini-batch in it, from 1.
    pub batch: u64,
    /// The learning rate it happened at.
    pub lr: f64,
}

impl Trouble {
    /// A learning rate that is worth a try: a tenth.
    #[must_use]
    pub fn suggestion(&self) -> f64 {
        // Of 0.3 / 10 a reader wants to see 0.03, not its nearest double's neighbour.
        format!("{:.3e}", self.lr / 10.0).parse().unwrap_or(self.lr / 10.0)
    }

    /// What happened, in one sentence.
    #[must_use]
    pub fn sentence(&self) -> String {
        let what = match self.cause {
            Cause::Loss => "the loss was no longer a finite number",
            Cause::Gradient => "the gradient was no longer finite",
            Cause::Step => "the step would have made a weight infinite",
        };
        let Self { epoch, batch, lr, .. } = self;
        format!(
            "In epoch {epoch}, mini-batch {batch}, {what}: at a learning rate of {lr} the steps overshoot and grow. You keep \
             the weights from before it."
        )
    }
}
