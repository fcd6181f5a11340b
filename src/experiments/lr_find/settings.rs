//! What a reader can choose about a sweep over the learning rates.

use crate::compute::Device;
use crate::experiments::settings::{Digits, SettingsError, Source};
use crate::experiments::trainer::{self, LossChoice};
use crate::experiments::walk::TURN;
use crate::math::model::{Architecture, Start};
use crate::settings;

/// The most mini-batches of a sweep.
pub(super) const MAX_ITERATIONS: u64 = 2000;
/// The fewest: with less, nothing would be left once the ends are taken away.
const MIN_ITERATIONS: u64 = 20;

settings! {
    /// What a reader can choose. What has the trainer's names means the same there.
    pub struct Settings {
        /// The digits to tell apart.
        digits: Digits = Digits::threes_and_sevens(), in 2.., as trainer::Settings::digits();
        /// What turns an image into a prediction: each model has learning rates of its own that suit it.
        model: Architecture = Architecture::Linear;
        /// What the training makes small.
        loss: LossChoice = LossChoice::Auto, as trainer::Settings::loss();
        /// How the first parameters are drawn.
        init: Start = Start::Randn, as trainer::Settings::init();
        /// The first learning rate: so low that it changes next to nothing.
        start: f64 = 1e-4, in 1e-8..=500.0;
        /// The last learning rate: high enough to do harm. The sweep stops before it if the loss gets out of hand.
        end: f64 = 100.0, in 1e-7..=1000.0;
        /// How many rates are tried, each for one mini-batch.
        iterations: u64 = 100, in MIN_ITERATIONS..=MAX_ITERATIONS;
        /// How much of the last step goes on in the next.
        momentum: f64 = 0.0, in 0.0..=0.999, as trainer::Settings::momentum();
        /// How much of each parameter is added to its derivative.
        weight_decay: f64 = 0.0, in 0.0..=1.0, as trainer::Settings::weight_decay();
        /// Images in a mini-batch.
        batch_size: usize = 256, in 1..=60_000, as trainer::Settings::batch_size();
        /// Whether the images come in random order. If not, the first mini-batches show one digit only, and mislead.
        shuffle: bool = true;
        /// Where the random numbers start. The same seed gives the same sweep, and PyTorch's numbers.
        seed: u64 = 42, in 0..=u64::from(u32::MAX);
        /// What computes.
        device: Device = Device::Auto, as trainer::Settings::device();
        /// A folder of the reader's own, or nothing.
        data: Source = Source::none(), as trainer::Settings::data();
    }
}

impl crate::experiments::Settings for Settings {
    fn usual(given: &Self) -> Self {
        Self::of(&trainer::Settings::usual_for(given.model))
    }

    fn seed(&mut self) -> Option<&mut u64> {
        Some(&mut self.seed)
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
            momentum: run.momentum,
            weight_decay: run.weight_decay,
            batch_size: run.batch_size,
            seed: run.seed,
            device: run.device,
            data: run.data,
            ..Self::default()
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

    /// The position of the last phase, where no loss gets out of hand: there a sweep opens.
    #[must_use]
    pub const fn end_position(&self) -> u64 {
        self.after(self.iterations) + 1
    }

    /// The position after so many steps.
    pub(super) const fn after(&self, steps: u64) -> u64 {
        let steps = if steps < self.iterations { steps } else { self.iterations };
        1 + TURN * steps
    }

    /// That the rate grows.
    pub(super) fn check(&self) -> Result<(), SettingsError> {
        if self.end > self.start {
            return Ok(());
        }
        let expected = format!("a rate above start, which is {}", self.start);
        Err(SettingsError::value("end", self.end, expected, (self.start * 1e6).min(1000.0)))
    }
}
