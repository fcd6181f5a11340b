//! The page Train.

use super::Pins;
use serde::{Deserialize, Serialize};

/// What is chosen on the page Train.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TrainLook {
    /// The chosen image's index in its mini-batch; beyond the last, the last is meant.
    pub image: usize,
    /// Which output of the first layer is shown as a picture; beyond the last, the last is meant.
    pub unit: usize,
    /// Whether the images of the mini-batch stand with the largest loss first.
    pub worst: bool,
    /// Earlier runs, kept to be compared with.
    pub pins: Pins,
}
