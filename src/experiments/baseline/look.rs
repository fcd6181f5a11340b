//! What can be chosen of the baseline: what is averaged, and what of it is looked at.

use super::Snapshot;
use crate::compute::Device;
use crate::data::Split;
use crate::experiments::sample::MAX_NTH;
use crate::experiments::{Digits, Source, trainer};
use crate::math::distance::Metric;
use crate::{experiments, pages, settings};

/// The most characters of a shape that is typed.
pub const LONGEST_SHAPE: usize = 80;

settings! {
    /// What decides the means.
    pub struct Settings {
        /// The digits you tell apart; where two means are equally near, the earlier one wins.
        digits: Digits = Digits::threes_and_sevens(), in 2..;
        /// A picture of yours to take as the sample; it is made 28 x 28 for you.
        file: Source = Source::none();
        /// What does the arithmetic.
        device: Device = Device::Auto, as trainer::Settings::device();
        /// A folder of your own images to use instead of MNIST; empty for MNIST.
        data: Source = Source::none();
    }
}

settings! {
    /// What you look at.
    pub struct Look {
        /// The open page.
        tab: Tab = Tab::default();
        /// How you measure distance: mean absolute difference, or root of the mean squared difference.
        metric: Metric = Metric::Mae;
        /// Where your sample comes from: the images averaged, or those held out.
        split: Split = Split::Train;
        /// Your sample's digit.
        digit: u8 = 3, in 0..=9;
        /// Your sample's place among that digit's images, from 0, sorted by file name.
        nth: u64 = 1, in 0..=MAX_NTH;
        saved {
            /// Whether differences are drawn without their signs.
            absolute: bool = false;
            /// The digits of the scatter's two axes; the first two told apart where these are not among them.
            #[serde(skip_serializing_if = "Option::is_none")]
            axes: Option<Digits> = None;
            /// Whether only images of these two digits are drawn.
            only: bool = false;
            /// The open cell of the confusion matrix, as digits: what the images are, and what they were called. None
            /// for all mistakes.
            #[serde(skip_serializing_if = "Option::is_none")]
            cell: Option<(u8, u8)> = None;
            /// The first shape to be broadcast, as it was typed; none for the one that the lab uses.
            #[serde(skip_serializing_if = "Option::is_none")]
            left: Option<String> = None;
            /// The second, likewise.
            #[serde(skip_serializing_if = "Option::is_none")]
            right: Option<String> = None;
        }
    }
}

pages! {
    /// What the figure shows.
    pub enum Tab {
        /// The mean images, and your sample against each of them
        Means = "means", "Means";
        /// Every held-out image as a dot: how far from one mean, how far from another
        Scatter = "scatter", "Scatter";
        /// How many are called right, and the images that are not
        Mistakes = "mistakes", "Mistakes";
        /// How one mean is subtracted from a thousand images without a loop
        Broadcasting = "broadcasting", "Broadcasting";
        /// The array operation against a loop over pixels, timed on your machine
        Speed = "speed", "Speed";
    }
}

impl experiments::Settings for Settings {}

impl experiments::Look for Look {
    fn sanitise(&mut self) {
        for shape in [&mut self.left, &mut self.right].into_iter().flatten() {
            if let Some((end, _)) = shape.char_indices().nth(LONGEST_SHAPE) {
                shape.truncate(end);
            }
        }
    }
}

impl Look {
    /// The classes of the scatter's axes: across, and up.
    #[must_use]
    pub fn axis_classes(&self, snapshot: &Snapshot) -> (usize, usize) {
        let class = |at: usize| self.axes.as_ref()?.get(at).and_then(|digit| snapshot.class(*digit)).map(usize::from);
        class(0).zip(class(1)).unwrap_or((0, 1))
    }

    /// The open cell, if both of its digits are told apart.
    #[must_use]
    pub fn open_cell(&self, snapshot: &Snapshot) -> Option<(u8, u8)> {
        let (actual, predicted) = self.cell?;
        snapshot.class(actual).zip(snapshot.class(predicted)).and(self.cell)
    }
}
