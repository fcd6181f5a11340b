//! The same distances by a plain loop over pixels and by the array operation, each timed on this machine.

use crate::compute::{distances, matrix, sum_images};
use crate::data::{Cancel, Dataset, PIXELS};
use crate::math::distance::{Metric, Template};
use crate::math::mean_image::ImageSum;
use std::hint::black_box;
use std::time::Instant;

/// Times that each is run; the fastest counts, as it was disturbed least.
const LAPS: usize = 5;

/// What was measured.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Race {
    /// Validation images compared.
    pub images: usize,
    /// Means that each was compared with.
    pub means: usize,
    /// Seconds of the plain loop on one core: the fastest of five.
    pub loop_seconds: f64,
    /// Seconds of the array operation on all cores: the fastest of five.
    pub array_seconds: f64,
    /// Cores that the array operation may use.
    pub cores: usize,
    /// The largest difference between a distance of the one and of the other: rounding.
    pub largest_difference: f64,
}

impl Race {
    /// How many times faster the array operation was.
    #[must_use]
    pub fn times_faster(&self) -> f64 {
        self.loop_seconds / self.array_seconds.max(f64::MIN_POSITIVE)
    }
}

/// Compares every validation image of these digits with the complete means of these digits, in both ways.
///
/// Takes some tenths of a second: to be called from a thread of its own. Once cancelled it ends early, having measured
/// less than it says.
#[must_use]
pub fn race(data: &Dataset, digits: &[u8], metric: Metric, cancel: &Cancel) -> Race {
    let stacks: Vec<ImageSum> =
        digits.iter().map(|&digit| sum_images(matrix(&data.train), data.train.of_digit(digit))).collect();
    let templates: Vec<Template> = stacks.iter().filter_map(Template::new).collect();
    let means: Vec<[f32; PIXELS]> = stacks.iter().filter_map(ImageSum::mean).collect();
    let images = matrix(&data.valid);
    let indices: Vec<u32> = digits.iter().flat_map(|&digit| data.valid.of_digit(digit)).copied().collect();
    let (loop_seconds, plain) = fastest(cancel, || by_pixel(images, &indices, &means, metric));
    let (array_seconds, array) = fastest(cancel, || distances(images, &indices, &templates, metric));
    Race {
        images: indices.len(),
        means: means.len(),
        loop_seconds,
        array_seconds,
        cores: rayon::current_num_threads(),
        largest_difference: plain.iter().zip(&array).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max),
    }
}

fn fastest(cancel: &Cancel, mut run: impl FnMut() -> Vec<f64>) -> (f64, Vec<f64>) {
    let mut best = (f64::INFINITY, Vec::new());
    for _ in 0..LAPS {
        if cancel.is_cancelled() {
            break;
        }
        let start = Instant::now();
        let result = black_box(run());
        best = (best.0.min(start.elapsed().as_secs_f64()), result);
    }
    best
}

/// One image, one mean and one pixel after another, as a loop is written by hand.
fn by_pixel(images: &[[u8; PIXELS]], indices: &[u32], means: &[[f32; PIXELS]], metric: Metric) -> Vec<f64> {
    let mut distances = Vec::with_capacity(indices.len() * means.len());
    for &index in indices {
        let Some(image) = images.get(index as usize) else { continue };
        for mean in means {
            let mut total = 0.0;
            for (&byte, &mean) in image.iter().zip(mean) {
                let difference = f64::from(byte) / 255.0 - f64::from(mean);
                total += match metric {
                    Metric::Mae => difference.abs(),
                    Metric::Rmse => difference * difference,
                };
            }
            let average = total / PIXELS as f64;
            distances.push(if metric == Metric::Rmse { average.sqrt() } else { average });
        }
    }
    distances
}
