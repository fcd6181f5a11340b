//! What decides the loss.

use super::table::{Predictions, Targets};
use crate::experiments;
use crate::settings;

settings! {
    /// What decides the tape: a table, and the seed of the weights.
    pub struct Settings {
        /// The predictions of the table: how sure a model is that each image is a 3, or its raw outputs if the sigmoid is on.
        predictions: Predictions = Predictions::default();
        /// The target of each prediction: 1 for a 3, 0 for a 7.
        targets: Targets = Targets::default();
        /// Squash every prediction to a number between 0 and 1 before its distance is measured.
        sigmoid: bool = false;
        /// Where the random numbers begin: the 784 weights and the bias.
        seed: u64 = 42, in 0..=u64::from(u32::MAX);
    }
}

impl experiments::Settings for Settings {
    fn seed(&mut self) -> Option<&mut u64> {
        Some(&mut self.seed)
    }
}
