//! What is to be learnt: which images of a data set, in which order, as which classes.

use crate::data::{Dataset, Images, PIXELS, Split};
use crate::math::torch::Generator;
use std::sync::Arc;

/// The images of one split that show one of the task's digits: digit after digit, each in name order.
#[derive(Clone, Debug)]
pub struct Samples {
    dataset: Arc<Dataset>,
    split: Split,
    indices: Vec<u32>,
    classes: Vec<u8>,
}

impl Samples {
    fn new(dataset: Arc<Dataset>, split: Split, digits: &[u8]) -> Self {
        let (mut indices, mut classes) = (Vec::new(), Vec::new());
        for (class, &digit) in (0..).zip(digits) {
            let of_digit = dataset.split(split).of_digit(digit);
            indices.extend_from_slice(of_digit);
            classes.resize(indices.len(), class);
        }
        Self { dataset, split, indices, classes }
    }

    /// The data set these are taken from.
    #[must_use]
    pub const fn dataset(&self) -> &Arc<Dataset> {
        &self.dataset
    }

    /// The whole split these are taken from.
    #[must_use]
    pub fn images(&self) -> &Images {
        self.dataset.split(self.split)
    }

    /// How many samples there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.indices.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.indices.is_empty()
    }

    /// Each sample's index among [`Samples::images`].
    #[must_use]
    pub fn indices(&self) -> &[u32] {
        &self.indices
    }

    /// Each sample's class: the place of its digit among the task's digits.
    #[must_use]
    pub fn classes(&self) -> &[u8] {
        &self.classes
    }

    /// Gives about `share` of the samples, 0 to 1, the wrong class: the next one, or the first after the last. Which, is
    /// drawn as `torch.rand(len) < share` by a generator of its own; returns how many it were.
    pub fn mislabel(&mut self, share: f32, classes: usize, generator: &mut Generator) -> usize {
        let drawn = generator.uniform(0.0, 1.0, self.classes.len());
        let mut count = 0;
        for (class, _) in self.classes.iter_mut().zip(drawn).filter(|(_, drawn)| *drawn < share) {
            *class = if usize::from(*class) + 1 < classes { *class + 1 } else { 0 };
            count += 1;
        }
        count
    }

    /// Every image of the split, to be looked up by [`Samples::indices`].
    #[must_use]
    pub fn pixels(&self) -> &[[u8; PIXELS]] {
        self.images().pixels().as_chunks().0
    }
}

/// Samples to train on and samples to measure with.
#[derive(Clone, Debug)]
pub struct Task {
    /// The digits; a digit's place here is its class.
    pub digits: Vec<u8>,
    /// Trained on.
    pub train: Samples,
    /// Held out.
    pub valid: Samples,
}

impl Task {
    /// Telling `digits` apart with the images of `dataset`.
    #[must_use]
    pub fn new(dataset: &Arc<Dataset>, digits: Vec<u8>) -> Self {
        let samples = |split| Samples::new(Arc::clone(dataset), split, &digits);
        Self { train: samples(Split::Train), valid: samples(Split::Valid), digits }
    }
}
