//! What a reader can choose about a sweep over the learning rates.

use crate::compute::Device;
use crate::experiments::settings::{DEVICE, Field, Kind, SettingsError};
use crate::experiments::trainer::{self, LossChoice, fields};
use crate::math::model::{Architecture, Start};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The most mini-batches of a sweep.
pub(super) const MAX_ITERATIONS: u64 = 2000;
/// The fewest: with less, nothing would be left once the ends are taken away.
const MIN_ITERATIONS: u64 = 20;

/// What a reader can choose. What has the trainer's names means the same there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// The digits to tell apart.
    pub digits: String,
    /// The model.
    pub model: Architecture,
    /// What the training makes small.
    pub loss: LossChoice,
    /// How the first parameters are drawn.
    pub init: Start,
    /// The first rate.
    pub start: f64,
    /// The last rate.
    pub end: f64,
    /// How many rates, and so mini-batches.
    pub iterations: u64,
    /// How much of the last step goes on in the next.
    pub momentum: f64,
    /// How much of each parameter is added to its derivative.
    pub weight_decay: f64,
    /// Images in a mini-batch.
    pub batch_size: usize,
    /// Whether the images come in random order.
    pub shuffle: bool,
    /// The seed of all that is random.
    pub seed: u64,
    /// What computes.
    pub device: Device,
    /// A folder of the reader's own, or nothing.
    pub data: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self::of(&trainer::Settings::default())
    }
}

impl Settings {
    /// The sweep for a run of the trainer: the same model on the same data, always shuffled. In the book's order the first
    /// mini-batches are all of one digit, and the loss would fall with no learning at all.
    #[must_use]
    pub fn of(run: &trainer::Settings) -> Self {
        let run = run.clone();
        Self {
            digits: run.digits,
            model: run.model,
            loss: run.loss,
            init: run.init,
            start: 1e-4,
            end: 100.0,
            iterations: 100,
            momentum: run.momentum,
            weight_decay: run.weight_decay,
            batch_size: run.batch_size,
            shuffle: true,
            seed: run.seed,
            device: run.device,
            data: run.data,
        }
    }

    /// The trainer's settings for the same run at one rate.
    #[must_use]
    pub fn trainer(&self, lr: f64) -> trainer::Settings {
        let chosen = self.clone();
        trainer::Settings {
            digits: chosen.digits,
            loss: chosen.loss,
            init: chosen.init,
            lr,
            momentum: chosen.momentum,
            weight_decay: chosen.weight_decay,
            batch_size: chosen.batch_size,
            shuffle: chosen.shuffle,
            seed: chosen.seed,
            device: chosen.device,
            data: chosen.data,
            ..trainer::Settings::usual_for(chosen.model)
        }
    }

    /// The rate of a mini-batch, counted from 0: from the first rate to the last by equal factors.
    #[must_use]
    pub fn rate(&self, step: u64) -> f64 {
        let part = step as f64 / self.iterations.saturating_sub(1).max(1) as f64;
        self.start * (self.end / self.start).powf(part)
    }

    /// The settings, if the rate grows.
    pub(super) fn checked(&self) -> Result<Self, SettingsError> {
        if self.end > self.start {
            return Ok(self.clone());
        }
        let expected = format!("a rate above start, which is {}", self.start);
        Err(SettingsError::value("end", self.end, expected, (self.start * 1e6).min(1000.0)))
    }
}

impl crate::experiments::Settings for Settings {
    const FIELDS: &'static [Field] = &[
        fields::DIGITS,
        Field {
            name: "model",
            kind: Kind::Choice(Architecture::NAMES),
            meaning: "What turns an image into a prediction: each model has learning rates of its own that suit it.",
        },
        fields::LOSS,
        fields::INIT,
        Field {
            name: "start",
            kind: Kind::Number { min: 1e-8, max: 500.0 },
            meaning: "The first learning rate: so low that it changes next to nothing.",
        },
        Field {
            name: "end",
            kind: Kind::Number { min: 1e-7, max: 1000.0 },
            meaning: "The last learning rate: high enough to do harm. The sweep stops before it if the loss gets out of hand.",
        },
        Field {
            name: "iterations",
            kind: Kind::Integer { min: MIN_ITERATIONS, max: MAX_ITERATIONS },
            meaning: "How many rates are tried, each for one mini-batch.",
        },
        fields::MOMENTUM,
        fields::WEIGHT_DECAY,
        fields::BATCH_SIZE,
        Field {
            name: "shuffle",
            kind: Kind::Switch,
            meaning: "Whether the images come in random order. If not, the first mini-batches show one digit only, and mislead.",
        },
        Field {
            name: "seed",
            kind: Kind::Integer { min: 0, max: u32::MAX as u64 },
            meaning: "Where the random numbers start. The same seed gives the same sweep, and PyTorch's numbers.",
        },
        DEVICE,
        fields::DATA,
    ];

    fn usual(given: &Map<String, Value>) -> Self {
        let model = given.get("model").and_then(|model| serde_json::from_value(model.clone()).ok());
        Self::of(&trainer::Settings::usual_for(model.unwrap_or_default()))
    }
}
