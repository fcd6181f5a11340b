//! Every validation image against every mean.

use crate::compute::Meter;
use crate::data::{Dataset, Split};
use crate::math::distance::{Metric, Template, nearest};

/// Every validation image of the chosen digits, with its distance to each mean.
///
/// Images are in the order of the chosen digits, and in name order within a digit; a *class* is a digit's place among the
/// chosen ones.
#[derive(Clone, Debug, PartialEq)]
pub struct Validation {
    /// Each image's index in its split.
    pub indices: Vec<u32>,
    /// Each image's class.
    pub actual: Vec<u8>,
    /// The class of the nearest mean.
    pub predicted: Vec<u8>,
    /// The distances, `[images, classes]`, row by row.
    pub distances: Vec<f64>,
    /// How many classes there are, 2 to 10.
    pub classes: usize,
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
        let images = &dataset.valid;
        let indices: Vec<u32> = digits.iter().flat_map(|&digit| images.of_digit(digit)).copied().collect();
        let actual =
            (0..).zip(digits).flat_map(|(class, &digit)| images.of_digit(digit).iter().map(move |_| class)).collect();
        let distances = meter.distances(Split::Valid, &indices, templates, metric);
        let predict = |row| nearest(row).and_then(|class| u8::try_from(class).ok()).unwrap_or_default();
        let predicted = distances.chunks_exact(templates.len().max(1)).map(predict).collect();
        Self { indices, actual, predicted, distances, classes: templates.len() }
    }

    /// The distances of the image at `place` to each mean; empty past the end.
    #[must_use]
    pub fn row(&self, place: usize) -> &[f64] {
        self.distances.get(place * self.classes..(place + 1) * self.classes).unwrap_or_default()
    }

    /// How much nearer the image at `place` is to its own mean than to the nearest other: negative for a mistake.
    #[must_use]
    pub fn margin(&self, place: usize) -> Option<f64> {
        let (row, own) = (self.row(place), usize::from(*self.actual.get(place)?));
        let others = row.iter().enumerate().filter(|(class, _)| *class != own).map(|(_, distance)| *distance);
        Some(others.min_by(f64::total_cmp)? - row.get(own)?)
    }

    /// The mean distance of a class's images to its own mean; `None` if it has none.
    #[must_use]
    pub fn mean_distance(&self, class: usize) -> Option<f64> {
        let of_class = self.actual.iter().enumerate().filter(|(_, actual)| usize::from(**actual) == class);
        let (sum, count) = of_class
            .filter_map(|(place, _)| self.row(place).get(class))
            .fold((0.0, 0_u32), |(sum, count), distance| (sum + distance, count + 1));
        (count > 0).then(|| sum / f64::from(count))
    }

    /// How often an image of each class (row) was taken for each class (column).
    #[must_use]
    pub fn confusion(&self) -> Vec<Vec<u32>> {
        let mut confusion = vec![vec![0; self.classes]; self.classes];
        for (&actual, &predicted) in self.actual.iter().zip(&self.predicted) {
            let row = confusion.get_mut(usize::from(actual));
            if let Some(cell) = row.and_then(|row: &mut Vec<u32>| row.get_mut(usize::from(predicted))) {
                *cell += 1;
            }
        }
        confusion
    }

    /// The places of the images of one class (`actual`) that were taken for another (`said`), by margin: of mistakes the
    /// worst first, of right answers the narrowest first.
    #[must_use]
    pub fn cell(&self, actual: u8, said: u8) -> Vec<usize> {
        self.by_margin(|pair| pair == (actual, said))
    }

    /// The places of all images called wrong, the worst first.
    #[must_use]
    pub fn mistakes(&self) -> Vec<usize> {
        self.by_margin(|(actual, said)| actual != said)
    }

    /// The places whose actual and predicted classes are wanted, the smallest margin first; equal ones in their order.
    fn by_margin(&self, wanted: impl Fn((u8, u8)) -> bool) -> Vec<usize> {
        let pairs = self.actual.iter().copied().zip(self.predicted.iter().copied()).enumerate();
        let mut places: Vec<(f64, usize)> = pairs
            .filter(|(_, pair)| wanted(*pair))
            .map(|(place, _)| (self.margin(place).unwrap_or(f64::INFINITY), place))
            .collect();
        places.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        places.into_iter().map(|(_, place)| place).collect()
    }
}
