//! The images of the chapter: the threes and then the sevens of the training set.

use crate::data::{DataError, Dataset, Library};
use std::sync::Arc;

/// The digits; the first has the target 1.
pub const DIGITS: [u8; 2] = [3, 7];

/// The training images of a 3 or a 7: the threes and then the sevens, each in name order. What the book calls `train_x`.
#[derive(Clone, Debug)]
pub struct TrainX {
    data: Arc<Dataset>,
}

impl TrainX {
    /// Those of the built-in MNIST.
    ///
    /// # Errors
    /// Data that cannot be had.
    pub(super) fn of(data: &Library) -> Result<Self, DataError> {
        Ok(Self { data: data.builtin()? })
    }

    /// The data set that they are of.
    pub(super) fn dataset(&self) -> &Dataset {
        &self.data
    }

    /// The index of each in the training set.
    pub(super) fn indices(&self) -> [&[u32]; 2] {
        DIGITS.map(|digit| self.data.train.of_digit(digit))
    }

    /// How many images there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.indices().iter().map(|indices| indices.len()).sum()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many of them are threes; they come first.
    #[must_use]
    pub fn threes(&self) -> usize {
        self.indices()[0].len()
    }

    fn at(&self, index: usize) -> Option<usize> {
        let [threes, sevens] = self.indices();
        threes.iter().chain(sevens).nth(index).map(|&at| at as usize)
    }

    /// The 784 bytes of an image; nothing past the last.
    #[must_use]
    pub fn image(&self, index: usize) -> &[u8] {
        self.at(index).map_or(&[], |at| self.data.train.image(at))
    }

    /// Where an image comes from, as `train/3/10.png`.
    #[must_use]
    pub fn source(&self, index: usize) -> String {
        self.at(index).map_or_else(String::new, |at| self.data.train.source(at))
    }

    /// The digit of an image.
    #[must_use]
    pub fn digit(&self, index: usize) -> u8 {
        DIGITS[usize::from(index >= self.threes())]
    }

    /// The images in their order.
    pub(super) fn images(&self) -> impl Iterator<Item = &[u8]> {
        let [threes, sevens] = self.indices();
        threes.iter().chain(sevens).map(|&at| self.data.train.image(at as usize))
    }
}
