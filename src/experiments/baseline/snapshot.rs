//! The state of the baseline: the stacks, and their means.

use super::Baseline;
use crate::compute::{Device, Meter};
use crate::data::{Dataset, PIXELS};
use crate::experiments::sample::Sample;
use crate::experiments::{Digits, Same};
use crate::math::distance::Template;
use crate::math::mean_image::ImageSum;
use serde::Serialize;
use std::sync::Arc;

/// The stacks as they are. Its numbers are in the [`Report`](super::Report), since most of them depend on the metric.
#[derive(Clone, Debug, Serialize)]
pub struct Snapshot {
    /// The digits told apart.
    #[serde(skip)]
    pub digits: Digits,
    /// Images on each digit's stack.
    #[serde(skip)]
    pub sizes: Vec<u32>,
    /// Images averaged of each digit that has so many.
    #[serde(skip)]
    pub stacked: u64,
    /// The means to measure distances from, one a class; empty while there are none.
    #[serde(skip)]
    pub templates: Arc<[Template]>,
    /// The mean images, one a class, paper 0 to ink 1; empty while there are none.
    #[serde(skip)]
    pub means: Arc<[[f32; PIXELS]]>,
    /// The reader's picture, if it is the sample.
    #[serde(skip)]
    pub picture: Option<Arc<Sample>>,
    /// Where all images are.
    #[serde(skip)]
    pub data: Arc<Dataset>,
    /// What sums and compares them.
    #[serde(skip)]
    pub(super) meter: Arc<dyn Meter>,
    /// What it computed on at first.
    #[serde(skip)]
    device: Device,
}

/// All that the means depend on: equal stacks have equal means, to the bit.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Stacks {
    data: Same<Dataset>,
    digits: Digits,
    stacked: u64,
    /// So that a reader who asks for another device sees it compute.
    device: Device,
}

impl Snapshot {
    pub(super) fn of(state: &Baseline) -> Self {
        Self {
            digits: state.digits.clone(),
            sizes: state.stacks.iter().map(ImageSum::count).collect(),
            stacked: state.stacked,
            // All stacks have an image or none has: the first phase lays one on each.
            templates: state.stacks.iter().filter_map(Template::new).collect(),
            means: state.stacks.iter().filter_map(ImageSum::mean).collect(),
            picture: state.picture.clone(),
            data: Arc::clone(&state.data),
            meter: Arc::clone(&state.meter),
            device: state.device,
        }
    }

    pub(super) fn stacks(&self) -> Stacks {
        let (data, digits) = (Same(Arc::clone(&self.data)), self.digits.clone());
        Stacks { data, digits, stacked: self.stacked, device: self.device }
    }

    /// The class of a digit, if it is among those told apart.
    #[must_use]
    pub fn class(&self, digit: u8) -> Option<u8> {
        (0..).zip(&*self.digits).find_map(|(class, other)| (*other == digit).then_some(class))
    }

    /// The digit of a class.
    #[must_use]
    pub fn digit(&self, class: usize) -> Option<u8> {
        self.digits.get(class).copied()
    }
}
