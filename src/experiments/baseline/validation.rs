//! Every validation image against every mean.

use crate::compute::Meter;
use crate::data::{Dataset, Split};
use crate::experiments::answers::Answers;
use crate::math::distance::{Metric, Template, nearest};

/// Every validation image of the chosen digits, with its distance to each mean.
///
/// Images are in the order of the chosen digits, and in name order within a digit; a *class* is a digit's index among
/// the chosen ones.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Validation {
    /// Each image's index in its split.
    pub indices: Vec<u32>,
    /// Each image's class, and the class of the nearest mean.
    pub answers: Answers,
    /// The distances, `[images, classes]`, row by row.
    pub distances: Vec<f64>,
    /// How often an image of each class (row) was taken for each class (column).
    pub confusion: Vec<Vec<u32>>,
    /// The mean distance of each class's images to its own mean.
    own_distances: Vec<Option<f64>>,
}

impl Validation {
    /// Compares the validation images of these digits with the means of these digits.
    #[must_use]
    pub fn measure(
        meter: &dyn Meter,
        dataset: &Dataset,
        digits: &[u8],
        templates: &[Template],
        metric: Metric,
    ) -> Self {
        let mut measuring = Measuring::new(dataset, digits);
        measuring.advance(meter, templates, metric, usize::MAX);
        measuring.complete(templates.len())
    }

    /// The distances of an image to each mean; empty past the last.
    #[must_use]
    pub fn row(&self, index: usize) -> &[f64] {
        let classes = self.answers.classes;
        self.distances.get(index * classes..(index + 1) * classes).unwrap_or_default()
    }

    /// How much nearer an image is to its own mean than to the nearest other: negative for a mistake.
    #[must_use]
    pub fn margin(&self, index: usize) -> Option<f64> {
        let (row, own) = (self.row(index), usize::from(*self.answers.actual.get(index)?));
        let others = row.iter().enumerate().filter(|(class, _)| *class != own).map(|(_, distance)| *distance);
        Some(others.min_by(f64::total_cmp)? - row.get(own)?)
    }

    /// The mean distance of a class's images to its own mean; `None` if it has none.
    #[must_use]
    pub fn mean_distance(&self, class: usize) -> Option<f64> {
        self.own_distances.get(class).copied().flatten()
    }

    /// The class of an image, and its index among that class's images.
    #[must_use]
    pub fn origin(&self, index: usize) -> Option<(u8, usize)> {
        let class = *self.answers.actual.get(index)?;
        // A class's images stand together, in the order of their names.
        let first = self.answers.actual.iter().position(|actual| *actual == class)?;
        Some((class, index - first))
    }

    /// The indices of the images of one class (`actual`) that were taken for another (`predicted`), by margin: of
    /// mistakes the worst first, of right answers the narrowest first.
    #[must_use]
    pub fn cell(&self, actual: u8, predicted: u8) -> Vec<usize> {
        self.by_margin(self.answers.cell(actual, predicted))
    }

    /// The indices of all images called wrong, the worst first.
    #[must_use]
    pub fn mistakes(&self) -> Vec<usize> {
        self.by_margin(self.answers.mistakes())
    }

    /// The smallest margin first; equal ones in their order.
    fn by_margin(&self, mut indices: Vec<usize>) -> Vec<usize> {
        let margin = |index: &usize| self.margin(*index).unwrap_or(f64::INFINITY);
        indices.sort_by(|a, b| margin(a).total_cmp(&margin(b)));
        indices
    }
}

/// A validation under way.
#[derive(Debug, Default)]
pub(super) struct Measuring {
    indices: Vec<u32>,
    actual: Vec<u8>,
    distances: Vec<f64>,
    /// Images measured.
    done: usize,
}

impl Measuring {
    /// The validation images of these digits, none of them measured.
    pub(super) fn new(dataset: &Dataset, digits: &[u8]) -> Self {
        let images = &dataset.valid;
        let indices = digits.iter().flat_map(|&digit| images.of_digit(digit)).copied().collect();
        let actual =
            (0..).zip(digits).flat_map(|(class, &digit)| images.of_digit(digit).iter().map(move |_| class)).collect();
        Self { indices, actual, distances: Vec::new(), done: 0 }
    }

    /// Measures so many images more, and returns whether that was the last.
    pub(super) fn advance(&mut self, meter: &dyn Meter, templates: &[Template], metric: Metric, images: usize) -> bool {
        let end = self.done.saturating_add(images).min(self.indices.len());
        let next = self.indices.get(self.done..end).unwrap_or_default();
        self.distances.extend(meter.distances(Split::Valid, next, templates, metric));
        self.done = end;
        end == self.indices.len()
    }

    /// The validation, once the last image is measured.
    pub(super) fn complete(self, classes: usize) -> Validation {
        let Self { indices, actual, distances, .. } = self;
        let predict = |row| nearest(row).and_then(|class| u8::try_from(class).ok()).unwrap_or_default();
        let predicted = distances.chunks_exact(classes.max(1)).map(predict).collect();
        let mut own = vec![(0.0, 0_u32); classes];
        for (row, &class) in distances.chunks_exact(classes.max(1)).zip(&actual) {
            let class = usize::from(class);
            if let (Some((sum, count)), Some(distance)) = (own.get_mut(class), row.get(class)) {
                *sum += distance;
                *count += 1;
            }
        }
        let own_distances = own.into_iter().map(|(sum, count)| (count > 0).then(|| sum / f64::from(count))).collect();
        let answers = Answers { actual, predicted, classes };
        Validation { confusion: answers.confusion(), indices, answers, distances, own_distances }
    }
}
