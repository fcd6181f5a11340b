//! The loss of a classifier of 3s and 7s, from one prediction to the gradient: all that stands between the pixels and
//! the training.

mod example;
mod facts;
mod look;
pub mod rows;
mod seen;
mod settings;
mod study;
mod sweep;
mod table;
mod train_x;
mod words;

pub use example::Product;
pub use facts::{Facts, Gradients};
pub use look::{FACTORS, LAST_IMAGE, Look, Tab, Zoom};
pub use rows::Row;
pub use seen::{Image, Pixel, Seen};
pub use settings::Settings;
pub use study::Study;
pub use sweep::{At, Curve, Sweep};
pub use table::{Predictions, Targets};
pub use train_x::{DIGITS, TrainX};

use super::{Checked, Choice, Experiment, Info, Phase, SettingsError, Sight, Stop, Table, Values};
use crate::data::Library;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What one phase shows; some phases have more than one thing to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Act {
    /// The weights and the bias are drawn.
    Draw,
    /// One image's products add up to its prediction.
    OneImage,
    /// All images at once, as a matrix product.
    AllImages,
    /// The distances from the targets, and their mean.
    Distances,
    /// The sigmoid, which keeps every distance between 0 and 1.
    Sigmoid,
    /// Accuracy over the factor of a weight: a staircase without a slope.
    Accuracy,
    /// The slopes of two losses: why confident mistakes stop learning under one of them.
    Slopes,
    /// The end.
    End,
}

crate::choice! {
    Act {
        Draw = "draw",
        OneImage = "one-image",
        AllImages = "all-images",
        Distances = "distances",
        Sigmoid = "sigmoid",
        Accuracy = "accuracy",
        Slopes = "slopes",
        End = "end",
    }
}

impl Act {
    /// Its phase.
    #[must_use]
    pub const fn phase(self) -> Phase {
        match self {
            Self::Draw => Phase::Init,
            Self::OneImage | Self::AllImages => Phase::Predict,
            Self::Distances | Self::Sigmoid => Phase::Loss,
            Self::Accuracy | Self::Slopes => Phase::Gradient,
            Self::End => Phase::Stop,
        }
    }
}

/// Predictions of random weights, and how wrong they are by accuracy, `mnist_loss` and cross-entropy.
///
/// Everything is computed when it starts; the phases show it in turn.
#[derive(Clone, Debug)]
pub struct MnistLoss {
    facts: Arc<Facts>,
    position: usize,
}

/// The loss as it can be seen now.
#[derive(Clone, Debug, Serialize)]
pub struct Snapshot {
    /// All that the settings come to.
    #[serde(flatten)]
    pub facts: Facts,
    /// What is being shown.
    pub act: Option<Act>,
    /// The phase that ran last.
    pub phase: Option<Phase>,
    /// Why it ended.
    pub stopped: Option<Stop>,
}

impl MnistLoss {
    fn act(&self) -> Option<Act> {
        self.position.checked_sub(1).and_then(|last| Act::ALL.get(last)).copied()
    }
}

impl Experiment for MnistLoss {
    const INFO: Info = Info {
        name: "loss",
        title: "The MNIST loss",
        summary: "From one prediction to one number that says how wrong all of them are, and why accuracy is not it.",
        phases: &[Phase::Init, Phase::Predict, Phase::Loss, Phase::Gradient, Phase::Stop],
        units: &[],
    };
    type Settings = Settings;
    type Look = Look;
    type Snapshot = Snapshot;
    type Seen = Seen;

    fn start(settings: &Checked<Settings>, data: &Library) -> Result<Self, SettingsError> {
        Ok(Self { facts: Arc::new(Facts::of(settings, data)?), position: 0 })
    }

    fn advance(&mut self) -> Phase {
        self.position = (self.position + 1).min(Act::ALL.len());
        self.act().map_or(Phase::Stop, Act::phase)
    }

    fn phase(&self) -> Option<Phase> {
        self.act().map(Act::phase)
    }

    fn stopped(&self) -> Option<Stop> {
        (self.act() == Some(Act::End)).then_some(Stop::Done)
    }

    fn end(&self) -> Option<u64> {
        Some(Act::ALL.len() as u64)
    }

    fn unit_end(&self, _position: u64, _unit: usize) -> u64 {
        Act::ALL.len() as u64
    }

    /// A plain `run` shows everything; `--steps N` shows N things.
    fn position_after(&self, steps: Option<u64>) -> u64 {
        steps.unwrap_or(u64::MAX).min(Act::ALL.len() as u64)
    }

    fn snapshot(&self) -> Snapshot {
        Snapshot { facts: (*self.facts).clone(), act: self.act(), phase: self.phase(), stopped: self.stopped() }
    }

    fn see(snapshot: &Arc<Snapshot>, look: &Look, seen: &mut Seen) -> bool {
        seen.renew(&snapshot.facts, snapshot.act, look)
    }

    fn tables(&Sight { snapshot, seen, .. }: &Sight<'_, Self>) -> Vec<Table> {
        words::tables(&snapshot.facts, seen)
    }

    fn values(&Sight { snapshot, seen, .. }: &Sight<'_, Self>) -> Values {
        let mut values = words::values(&snapshot.facts, seen);
        // A phase that shows two things has words for each.
        values.insert("act", snapshot.act.map_or("", Act::word).to_owned());
        values
    }
}

#[cfg(test)]
mod tests;
