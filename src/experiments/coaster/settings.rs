//! What a reader can choose about the ride.

use super::super::walk::MAX_STEPS;
use super::super::{Field, Kind, Settings as Checked};
use serde::{Deserialize, Serialize};

/// What a reader can choose.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// The seed of the data and of the first parameters.
    pub seed: u64,
    /// The learning rate.
    pub lr: f64,
    /// How many steps to take.
    pub steps: u64,
    /// The standard deviation of the noise in the speeds.
    pub noise: f64,
    /// Whether the model sees time with mean 0 and standard deviation 1.
    pub rescale_time: bool,
    /// Which made-up measurements: `coaster` or `curve`.
    pub data: String,
    /// Points moved by hand, as `index:value` with commas between.
    pub moved: String,
    /// A file with measurements of the reader's own; it takes the place of `data`.
    pub csv: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            seed: 42,
            lr: 1e-5,
            steps: 10,
            noise: 3.0,
            rescale_time: false,
            data: "coaster".to_owned(),
            moved: String::new(),
            csv: String::new(),
        }
    }
}

impl Checked for Settings {
    const FIELDS: &'static [Field] = &[
        Field {
            name: "seed",
            kind: Kind::Integer { min: 0, max: u32::MAX as u64 },
            meaning: "Where the random numbers begin: the noise in the speeds and the first parameters.",
        },
        Field {
            name: "lr",
            kind: Kind::Number { min: 0.0, max: 10.0 },
            meaning: "The learning rate: how much of its gradient each step takes away from a parameter. \
                      Try 0.1 or more once time is rescaled.",
        },
        Field {
            name: "steps",
            kind: Kind::Integer { min: 0, max: MAX_STEPS },
            meaning: "How many steps you take before you stop.",
        },
        Field {
            name: "noise",
            kind: Kind::Number { min: 0.0, max: 100.0 },
            meaning: "How far the measured speeds scatter around the true curve (standard deviation).",
        },
        Field {
            name: "rescale_time",
            kind: Kind::Switch,
            meaning: "Let the model see time shifted and scaled to mean 0 and standard deviation 1.",
        },
        Field {
            name: "data",
            kind: Kind::Choice(&["coaster", "curve"]),
            meaning: "The measurements: twenty speeds of the coaster, or twenty points around 3x\u{b2} + 2x + 1 for x from -2 to 2.",
        },
        Field {
            name: "moved",
            kind: Kind::Text(super::moved::EXPECTED),
            meaning: "Points that you moved: the place of each, counted from 0, and its new height.",
        },
        Field {
            name: "csv",
            kind: Kind::Path,
            meaning: "A CSV file of your own with two columns, x and y; at most 10,000 rows. It takes the place of the data above.",
        },
    ];
}
