//! What a reader can choose in the pixel viewer.

use crate::data::{Invert, SIDE, Split, Steps};
use crate::experiments::{Field, Kind, sample::MAX_NTH};
use serde::{Deserialize, Serialize};

/// What a number of a tensor is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Dtype {
    /// A byte: 0 paper to 255 ink.
    #[default]
    Uint8,
    /// Single precision, `byte / 255`: 0 paper to 1 ink.
    Float,
}

impl Dtype {
    /// Bytes of memory that one number takes.
    #[must_use]
    pub const fn size(self) -> u64 {
        match self {
            Self::Uint8 => 1,
            Self::Float => 4,
        }
    }

    /// The name, as settings write it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Uint8 => "uint8",
            Self::Float => "float",
        }
    }
}

/// What a reader can choose.
#[expect(clippy::struct_excessive_bools, reason = "each is a switch that a reader sets on its own")]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// The split.
    pub split: Split,
    /// The digit, 0 to 9.
    pub digit: u8,
    /// The place among the digit's images, from 0.
    pub nth: u64,
    /// A picture to look at instead; empty for none.
    pub file: String,
    /// Which of a picture's light and dark is ink.
    pub invert: Invert,
    /// Whether a picture is stretched from paper 0 to ink 255.
    pub levels: bool,
    /// Whether a picture is cut to its ink.
    pub crop: bool,
    /// Whether a picture is fitted into 20 x 20 with its proportions kept.
    pub fit: bool,
    /// Whether a picture is placed by its centre of mass.
    pub centre: bool,
    /// The rows of the slice, `a:b`.
    pub rows: String,
    /// The columns of the slice, `a:b`.
    pub columns: String,
    /// What the numbers are.
    pub dtype: Dtype,
    /// A folder of images; empty for MNIST.
    pub data: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            split: Split::Train,
            digit: 3,
            nth: 1,
            file: String::new(),
            invert: Invert::Auto,
            levels: true,
            crop: true,
            fit: true,
            centre: true,
            rows: "4:10".to_owned(),
            columns: "4:10".to_owned(),
            dtype: Dtype::Uint8,
            data: String::new(),
        }
    }
}

impl crate::experiments::Settings for Settings {
    const FIELDS: &'static [Field] = &[
        Field {
            name: "split",
            kind: Kind::Choice(&["train", "valid"]),
            meaning: "Which images you look through: those to train on, or those held out.",
        },
        Field { name: "digit", kind: Kind::Integer { min: 0, max: 9 }, meaning: "The digit whose images you see." },
        Field {
            name: "nth",
            kind: Kind::Integer { min: 0, max: MAX_NTH },
            meaning: "The image's place among that digit's, from 0, sorted by file name.",
        },
        Field {
            name: "file",
            kind: Kind::Path,
            meaning: "A picture of yours to look at instead; it is made 28 x 28 for you.",
        },
        Field {
            name: "invert",
            kind: Kind::Choice(&["auto", "yes", "no"]),
            meaning: "Which is ink in your picture: auto looks at the border, yes takes the dark, no the light.",
        },
        Field {
            name: "levels",
            kind: Kind::Switch,
            meaning: "Stretch the greys of your picture, from 0 for paper to 255 for the strongest ink.",
        },
        Field { name: "crop", kind: Kind::Switch, meaning: "Cut your picture to the smallest box around its ink." },
        Field {
            name: "fit",
            kind: Kind::Switch,
            meaning: "Fit the ink into 20 x 20 with its proportions kept; off: squeeze it to 28 x 28.",
        },
        Field {
            name: "centre",
            kind: Kind::Switch,
            meaning: "Put the ink's centre of mass into the middle of 28 x 28; off: the middle of its box.",
        },
        Field {
            name: "rows",
            kind: Kind::Slice { len: SIDE },
            meaning: "The rows you print, a:b: from a up to, but without, b.",
        },
        Field { name: "columns", kind: Kind::Slice { len: SIDE }, meaning: "The columns you print, a:b." },
        Field {
            name: "dtype",
            kind: Kind::Choice(&["uint8", "float"]),
            meaning: "Whole numbers from 0 to 255, or those divided by 255.",
        },
        Field {
            name: "data",
            kind: Kind::Path,
            meaning: "A folder of your own images to use instead of MNIST; empty for MNIST.",
        },
    ];
}

impl Settings {
    /// The steps of a picture's way to 28 x 28.
    #[must_use]
    pub const fn steps(&self) -> Steps {
        Steps { invert: self.invert, levels: self.levels, crop: self.crop, fit: self.fit, centre: self.centre }
    }
}
