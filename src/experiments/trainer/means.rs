//! The baseline to beat: the nearest mean image, on the same digits.

use crate::compute::cpu_meter;
use crate::data::{Dataset, PIXELS, Split};
use crate::experiments::baseline::Validation;
use crate::math::distance::{Metric, Template};
use std::sync::Arc;

/// The mean image of each digit, and how well the nearest of them reads the held-out images.
#[derive(Clone, Debug)]
pub struct Means {
    templates: Vec<Template>,
    /// How far each held-out image is from its nearest mean, the smallest first.
    nearest: Vec<f64>,
    /// The share of the held-out images that is nearest to its own mean, 0 to 1.
    pub accuracy: f64,
}

impl Means {
    /// The means of the training images that show `digits`, with their true labels. They depend on nothing else, so the
    /// data set keeps them for the next run.
    #[must_use]
    pub fn of(dataset: &Arc<Dataset>, digits: &[u8]) -> Arc<Self> {
        dataset.memo.get(digits.to_vec(), || Self::new(dataset, digits))
    }

    fn new(dataset: &Arc<Dataset>, digits: &[u8]) -> Self {
        let meter = cpu_meter(dataset);
        let sums = digits.iter().map(|&digit| meter.sum(Split::Train, dataset.train.of_digit(digit)));
        let templates: Vec<Template> = sums.filter_map(|sum| Template::new(&sum)).collect();
        let found = Validation::measure(&*meter, dataset, digits, &templates, Metric::Mae);
        let rows = found.distances.chunks_exact(templates.len().max(1));
        let mut nearest: Vec<f64> = rows.map(|row| row.iter().copied().fold(f64::INFINITY, f64::min)).collect();
        nearest.sort_by(f64::total_cmp);
        Self { templates, nearest, accuracy: found.answers.accuracy() }
    }

    /// The mean absolute difference of an image to each mean, by class, each 0 to 1.
    #[must_use]
    pub fn distances(&self, image: &[u8; PIXELS]) -> Vec<f64> {
        self.templates.iter().map(|template| template.distance(image, Metric::Mae)).collect()
    }

    /// The share of the held-out images, 0 to 1, that are less than `distance` away from their nearest mean.
    #[must_use]
    pub fn farther_than(&self, distance: f64) -> f64 {
        let nearer = self.nearest.partition_point(|other| *other < distance);
        nearer as f64 / self.nearest.len().max(1) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Library;

    #[test]
    fn they_are_computed_once_for_the_same_digits() {
        let dir = tempfile::tempdir().unwrap();
        for (file, ink) in [("train/3/a", 9), ("train/7/a", 90), ("valid/3/a", 10), ("valid/7/a", 80)] {
            let file = dir.path().join(file).with_extension("png");
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            image::GrayImage::from_fn(28, 28, |x, _| image::Luma([if x < 9 { 0 } else { ink }])).save(file).unwrap();
        }
        // A data set of its own: what the built-in one keeps is shared with all tests.
        let data = Library::new().open(Some(dir.path())).unwrap();
        let means = Means::of(&data, &[3, 7]);
        assert_eq!(means.accuracy, 1.0);
        assert!(Arc::ptr_eq(&means, &Means::of(&data, &[3, 7])));
        assert!(!Arc::ptr_eq(&means, &Means::of(&data, &[7, 3])));
    }
}
