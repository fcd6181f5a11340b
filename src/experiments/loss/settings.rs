//! What a reader can choose about the loss.

use super::super::{Field, Kind, Settings as Checked};
use super::rows;
use crate::data::PIXELS;
use serde::{Deserialize, Serialize};

/// The place of the last of MNIST's 12,396 threes and sevens.
pub const LAST_IMAGE: u64 = 12_395;
/// How far from zero a factor may be.
pub const FACTORS: f64 = 10.0;

/// What a reader can choose.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// The predictions of the table, with commas between them.
    pub predictions: String,
    /// Their targets, each 0 or 1.
    pub targets: String,
    /// Whether the predictions are raw outputs that the sigmoid squashes first.
    pub sigmoid: bool,
    /// The image that is looked at: its place among the threes and then the sevens, each in name order.
    pub image: u64,
    /// The weight that is turned, by its pixel.
    pub pixel: u64,
    /// What that weight is multiplied by.
    pub factor: f64,
    /// The seed of the weights and the bias.
    pub seed: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            predictions: "0.9,0.4,0.2".to_owned(),
            targets: "1,0,1".to_owned(),
            sigmoid: false,
            image: 0,
            pixel: 378,
            factor: 1.0,
            seed: 42,
        }
    }
}

impl Checked for Settings {
    const FIELDS: &'static [Field] = &[
        Field {
            name: "predictions",
            kind: Kind::Text(rows::PREDICTIONS),
            meaning: "The predictions of the table: how sure a model is that each image is a 3, or its raw outputs if the \
                      sigmoid is on.",
        },
        Field {
            name: "targets",
            kind: Kind::Text(rows::TARGETS),
            meaning: "The target of each prediction: 1 for a 3, 0 for a 7.",
        },
        Field {
            name: "sigmoid",
            kind: Kind::Switch,
            meaning: "Squash every prediction to a number between 0 and 1 before its distance is measured.",
        },
        Field {
            name: "image",
            kind: Kind::Integer { min: 0, max: LAST_IMAGE },
            meaning: "The image you look at: its place among the 6,131 threes and then the 6,265 sevens, from 0.",
        },
        Field {
            name: "pixel",
            kind: Kind::Integer { min: 0, max: PIXELS as u64 - 1 },
            meaning: "The pixel whose weight you turn: 28 times its row plus its column, both from 0.",
        },
        Field {
            name: "factor",
            kind: Kind::Number { min: -FACTORS, max: FACTORS },
            meaning: "What you multiply the weight of that pixel by.",
        },
        Field {
            name: "seed",
            kind: Kind::Integer { min: 0, max: u32::MAX as u64 },
            meaning: "Where the random numbers begin: the 784 weights and the bias.",
        },
    ];
}
