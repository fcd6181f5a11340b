//! The page Inside.

use serde::{Deserialize, Serialize};

/// Layers of convolutions whose feature maps are shown.
pub const MAP_LAYERS: usize = 3;

/// What is chosen on the page Inside. An index beyond the last means the last.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ModelLook {
    /// The image that is looked at.
    #[serde(alias = "looked at")]
    pub looked_at: Chosen,
    /// Of a single layer, the class whose logit is looked at.
    pub logit: usize,
    /// The hidden unit that is looked at.
    pub hidden: usize,
    /// Whether the hidden units stand with the largest contribution first.
    pub largest: bool,
    /// The class whose sum of hidden units is shown; `None` for the one with the largest logit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output: Option<usize>,
    /// The feature map that is looked at: its convolution, and its index there.
    pub map: (usize, usize),
}

impl ModelLook {
    /// Brings it within its bounds.
    pub fn sanitise(&mut self) {
        self.map.0 = self.map.0.min(MAP_LAYERS - 1);
    }
}

/// Which image: by its index in the present mini-batch, or among the held-out ones. In a file it is 5, or -6 for the held-out
/// image 5.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "i64", into = "i64")]
pub enum Chosen {
    /// One of the mini-batch.
    Batch(usize),
    /// A held-out one.
    Held(usize),
}

impl Default for Chosen {
    fn default() -> Self {
        Self::Batch(0)
    }
}

impl From<i64> for Chosen {
    fn from(number: i64) -> Self {
        let index = |number: i64| usize::try_from(number).unwrap_or(usize::MAX);
        if number < 0 { Self::Held(index(-1 - number)) } else { Self::Batch(index(number)) }
    }
}

impl From<Chosen> for i64 {
    fn from(chosen: Chosen) -> Self {
        let number = |index: usize| Self::try_from(index).unwrap_or(Self::MAX);
        match chosen {
            Chosen::Batch(index) => number(index),
            Chosen::Held(index) => -1 - number(index),
        }
    }
}
