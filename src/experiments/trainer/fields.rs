//! The settings of a training run that other experiments on the same models offer too, in the same words.

use super::LossChoice;
use crate::experiments::settings::{Field, Kind};
use crate::math::model::Start;

/// `digits`.
pub const DIGITS: Field = Field {
    name: "digits",
    kind: Kind::Digits { least: 2 },
    meaning: "The digits to tell apart. Of two, the first has target 1 and the second target 0.",
};

/// `loss`.
pub const LOSS: Field = Field {
    name: "loss",
    kind: Kind::Choice(LossChoice::NAMES),
    meaning: "What training makes small. auto: the book's mnist_loss for its two models on two digits, else cross-entropy.",
};

/// `init`.
pub const INIT: Field = Field {
    name: "init",
    kind: Kind::Choice(Start::NAMES),
    meaning: "How the first parameters are drawn. randn: bell-shaped with spread 1. uniform: small, as nn.Linear does.",
};

/// `momentum`.
pub const MOMENTUM: Field = Field {
    name: "momentum",
    kind: Kind::Number { min: 0.0, max: 0.999 },
    meaning: "How much of the last step goes on in the next, as of a heavy ball; 0 for none.",
};

/// `weight_decay`.
pub const WEIGHT_DECAY: Field = Field {
    name: "weight_decay",
    kind: Kind::Number { min: 0.0, max: 1.0 },
    meaning: "How strongly every parameter is drawn towards zero; 0 for not at all.",
};

/// `batch_size`.
pub const BATCH_SIZE: Field = Field {
    name: "batch_size",
    kind: Kind::Integer { min: 1, max: 60_000 },
    meaning: "How many images you look at before each step. The last mini-batch of an epoch may be smaller.",
};

/// `data`.
pub const DATA: Field = Field {
    name: "data",
    kind: Kind::Path,
    meaning: "A folder of your own, with train/<digit>/*.png and valid/<digit>/*.png or four IDX files. Empty: MNIST.",
};
