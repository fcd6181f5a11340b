//! What a reader can choose in the pixel viewer.

use crate::data::{Invert, Split, Steps};
use crate::experiments::Source;
use crate::{choice, settings};
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

choice! {
    Dtype { Uint8 = "uint8", Float = "float" }
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
}

settings! {
    /// What decides the stack, and what becomes of a picture.
    pub struct Settings {
        /// Which images you look through: those to train on, or those held out.
        split: Split = Split::Train;
        /// The digit whose images you see.
        digit: u8 = 3, in 0..=9;
        /// A picture of yours to look at instead; it is made 28 x 28 for you.
        file: Source = Source::none();
        /// Which is ink in your picture: auto looks at the border, yes takes the dark, no the light.
        invert: Invert = Invert::Auto;
        /// Stretch the greys of your picture, from 0 for paper to 255 for the strongest ink.
        levels: bool = true;
        /// Cut your picture to the smallest box around its ink.
        crop: bool = true;
        /// Fit the ink into 20 x 20 with its proportions kept; off: squeeze it to 28 x 28.
        fit: bool = true;
        /// Put the ink's centre of mass into the middle of 28 x 28; off: the middle of its box.
        centre: bool = true;
        /// A folder of your own images to use instead of MNIST; empty for MNIST.
        data: Source = Source::none();
    }
}

impl crate::experiments::Settings for Settings {}

impl Settings {
    /// The steps of a picture's way to 28 x 28.
    #[must_use]
    pub const fn steps(&self) -> Steps {
        Steps { invert: self.invert, levels: self.levels, crop: self.crop, fit: self.fit, centre: self.centre }
    }

    /// Takes these steps.
    pub const fn set_steps(&mut self, steps: Steps) {
        let Steps { invert, levels, crop, fit, centre } = steps;
        (self.invert, self.levels, self.crop, self.fit, self.centre) = (invert, levels, crop, fit, centre);
    }
}
