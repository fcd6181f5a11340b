//! What decides the ride.

use super::super::walk::MAX_STEPS;
use super::super::{Settings as Decides, Source};
use super::moved::Moved;
use crate::{choice, settings};
use serde::{Deserialize, Serialize};

/// Made-up measurements.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Data {
    /// Twenty speeds of the coaster.
    Coaster,
    /// Twenty points around 3x^2 + 2x + 1.
    Curve,
}

choice! {
    Data { Coaster = "coaster", Curve = "curve" }
}

settings! {
    /// What decides the ride.
    pub struct Settings {
        /// Where the random numbers begin: the noise in the speeds and the first parameters.
        seed: u64 = 42, in 0..=u64::from(u32::MAX);
        /// The learning rate: how much of its gradient each step takes away from a parameter.
        /// Try 0.1 or more once time is rescaled.
        lr: f64 = 1e-5, in 0.0..=10.0;
        /// How many steps you take before you stop.
        steps: u64 = 10, in 0..=MAX_STEPS;
        /// How far the measured speeds scatter around the true curve (standard deviation).
        noise: f64 = 3.0, in 0.0..=100.0;
        /// Let the model see time shifted and scaled to mean 0 and standard deviation 1.
        rescale_time: bool = false;
        /// The measurements: twenty speeds of the coaster, or twenty points around 3x² + 2x + 1 for x from -2 to 2.
        data: Data = Data::Coaster;
        /// Points that you moved: the place of each, counted from 0, and its new height.
        moved: Moved = Moved::default();
        /// A CSV file of your own with two columns, x and y; at most 10,000 rows. It takes the place of the data above.
        csv: Source = Source::none();
    }
}

impl Decides for Settings {
    fn seed(&mut self) -> Option<&mut u64> {
        Some(&mut self.seed)
    }
}
