//! How far an image is from a mean image.
//!
//! With image bytes b and a mean `s / c` (s the sum of the bytes of c images at that pixel), every difference is the
//! fraction `(c b - s) / (255 c)`. The numerators are whole numbers, so their absolute values and squares are summed
//! exactly and fast, in vector registers, and only the last division rounds. Means of more than 16,384 images are rounded to
//! 1/16,384 of a grey level first, which is what lets the sums of a whole image fit 32 bits.

use super::mean_image::ImageSum;
use crate::data::PIXELS;
use serde::{Deserialize, Serialize};

/// The largest denominator of a mean: `784 x 255 x 16,384` fits 32 bits.
const FINEST: u32 = 16_384;
/// Splits a numerator in two that fit 16 bits, and whose products with an image's bytes add up within 32.
const HALF: i32 = 4096;
/// Pixels of an image.
const COUNT: f64 = PIXELS as f64;

/// What "far" means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Metric {
    /// The mean absolute difference: every pixel counts by how much it differs.
    #[default]
    Mae,
    /// The root of the mean squared difference: a few large differences count more than many small ones.
    Rmse,
}

impl Metric {
    /// The names, as settings write them.
    pub const NAMES: [&str; 2] = ["mae", "rmse"];

    /// The name that a reader sees.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Mae => "mean absolute difference",
            Self::Rmse => "root mean squared difference",
        }
    }
}

/// The differences of one image from one mean, in every measure that the chapter names. Pixels are 0 paper to 1 ink.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Measures {
    /// The mean of the absolute differences, 0 to 1.
    pub mae: f64,
    /// The root of the mean of the squared differences, 0 to 1.
    pub rmse: f64,
    /// The sum of the absolute differences, 0 to 784: 784 times `mae`.
    pub l1_norm: f64,
    /// The root of the sum of the squared differences, 0 to 28: 28 times `rmse`.
    pub l2_norm: f64,
    /// The mean of the differences with their signs, -1 to 1. Signs cancel, so it does not measure distance.
    pub signed_mean: f64,
}

impl Measures {
    /// The one that a metric is about.
    #[must_use]
    pub const fn by(&self, metric: Metric) -> f64 {
        match metric {
            Metric::Mae => self.mae,
            Metric::Rmse => self.rmse,
        }
    }
}

/// A mean image to measure distances from.
#[derive(Clone, Debug)]
pub struct Template {
    /// Numerators of the mean, in bytes' units: each at most `255 x parts`.
    sums: Box<[i32; PIXELS]>,
    /// `sums / HALF`, at most 1,020. Products of 16 bits are what a processor multiplies and adds most of at a time.
    high: Box<[i16; PIXELS]>,
    /// `sums % HALF`.
    low: Box<[i16; PIXELS]>,
    /// The numerators' denominator: 1 to [`FINEST`].
    parts: i32,
    /// The sum of the squares of `sums`.
    square: u64,
}

impl Template {
    /// The mean of these images; `None` if there are none.
    #[must_use]
    #[expect(
        clippy::cast_possible_wrap,
        clippy::cast_possible_truncation,
        reason = "a numerator is at most 255 x 16,384"
    )]
    pub fn new(images: &ImageSum) -> Option<Self> {
        let count = images.count();
        let parts = count.min(FINEST);
        let numerator = |sum: u32| {
            let (sum, count, parts) = (u64::from(sum), u64::from(count), u64::from(parts));
            ((2 * sum * parts + count) / (2 * count)) as i32 // The very sum where parts == count.
        };
        let sums = (count > 0).then(|| Box::new(images.sums().map(numerator)))?;
        let square = sums.iter().map(|&sum| u64::from(sum.unsigned_abs()).pow(2)).sum();
        let half = |pick: fn(i32) -> i32| Box::new(sums.map(|sum| pick(sum) as i16));
        let (high, low) = (half(|sum| sum / HALF), half(|sum| sum % HALF));
        Some(Self { sums, high, low, parts: parts as i32, square })
    }

    /// The mean's denominator `c`: 1 to 16,384.
    #[must_use]
    pub const fn parts(&self) -> u32 {
        self.parts.unsigned_abs()
    }

    /// The mean's numerators `s`: each at most `255 c`.
    #[must_use]
    pub const fn numerators(&self) -> &[i32; PIXELS] {
        &self.sums
    }

    /// The distance of an image whose `sum |c b - s|`, or for [`Metric::Rmse`] `sum (c b - s)^2`, is known.
    #[inline(always)]
    #[must_use]
    pub fn distance_of(&self, sum: u64, metric: Metric) -> f64 {
        match metric {
            // At most 784 x 255 x 16,384, so exact.
            Metric::Mae => sum as f64 / (COUNT * 255.0 * f64::from(self.parts)),
            Metric::Rmse => root_mean(sum, self.parts),
        }
    }

    /// The distance of `image`, in the metric's unit, 0 to 1.
    ///
    /// `sum |c b - s| / (784 x 255 c)`, or `sqrt(sum (c b - s)^2 / (784 c^2)) / 255`.
    #[must_use]
    pub fn distance(&self, image: &[u8; PIXELS], metric: Metric) -> f64 {
        let mut distance = [0.0];
        self.distances(std::slice::from_ref(image), &[0], metric, &mut distance, 1);
        distance[0]
    }

    /// The distances of the images at these places of `images`, written to every `stride`-th place of `out`, the first
    /// one first.
    ///
    /// # Panics
    /// If an index is past the end of `images`, as slices do.
    pub fn distances(&self, images: &[[u8; PIXELS]], indices: &[u32], metric: Metric, out: &mut [f64], stride: usize) {
        pulp::Arch::new().dispatch(Many { template: self, images, indices, metric, out, stride });
    }

    #[inline(always)]
    fn distance_inline(&self, image: &[u8; PIXELS], metric: Metric) -> f64 {
        let sum = match metric {
            Metric::Mae => u64::from(self.absolute(image)),
            Metric::Rmse => self.squared(image),
        };
        self.distance_of(sum, metric)
    }

    /// `sum |c b - s|`, exactly.
    #[inline(always)]
    fn absolute(&self, image: &[u8; PIXELS]) -> u32 {
        let parts = self.parts;
        let mut total = 0;
        for (&byte, &sum) in image.iter().zip(self.sums.iter()) {
            total += (i32::from(byte) * parts - sum).unsigned_abs();
        }
        total
    }

    /// `sum (c b - s)^2`, exactly: `c^2 sum b^2 - 2 c sum b s + sum s^2`, at most `784 x (255 x 16,384)^2 < 2^54`.
    #[inline(always)]
    fn squared(&self, image: &[u8; PIXELS]) -> u64 {
        let mut bytes = 0;
        for &byte in image {
            bytes += u32::from(byte) * u32::from(byte);
        }
        let cross = u64::from(HALF.unsigned_abs()) * dot(image, &self.high) + dot(image, &self.low);
        let parts = u64::from(self.parts.unsigned_abs());
        parts * parts * u64::from(bytes) + self.square - 2 * parts * cross
    }

    /// Every measure of `image` at once.
    #[must_use]
    pub fn measures(&self, image: &[u8; PIXELS]) -> Measures {
        let signed: i64 =
            image.iter().zip(self.sums.iter()).map(|(&byte, &sum)| i64::from(i32::from(byte) * self.parts - sum)).sum();
        let (mae, rmse) = (self.distance(image, Metric::Mae), self.distance(image, Metric::Rmse));
        let signed_mean = signed as f64 / (COUNT * 255.0 * f64::from(self.parts));
        Measures { mae, rmse, l1_norm: COUNT * mae, l2_norm: COUNT.sqrt() * rmse, signed_mean }
    }
}

/// The distances of many images from one mean, compiled once for each width of vector register that machines have.
///
/// A named struct, because a closure in its place is not always inlined and then has no vectors; for the same reason
/// everything that it calls is `inline(always)`.
struct Many<'a> {
    template: &'a Template,
    images: &'a [[u8; PIXELS]],
    indices: &'a [u32],
    metric: Metric,
    out: &'a mut [f64],
    stride: usize,
}

impl pulp::WithSimd for Many<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        for (&index, out) in self.indices.iter().zip(self.out.iter_mut().step_by(self.stride)) {
            *out = self.template.distance_inline(&self.images[index as usize], self.metric);
        }
    }
}

/// `sum b h`, where no `h` is negative and the sum fits 32 bits.
#[inline(always)]
fn dot(image: &[u8; PIXELS], half: &[i16; PIXELS]) -> u64 {
    let mut total = 0;
    for (&byte, &half) in image.iter().zip(half) {
        total += i32::from(byte) * i32::from(half);
    }
    u64::from(total.unsigned_abs())
}

/// `sqrt(squares / (784 parts^2)) / 255`.
#[inline(always)]
fn root_mean(squares: u64, parts: i32) -> f64 {
    let parts = f64::from(parts);
    let mean = squares as f64 / (COUNT * parts * parts);
    mean.sqrt() / 255.0
}

/// The place of the smallest distance, the first of equal ones; `None` of no distances.
#[must_use]
pub fn nearest(distances: &[f64]) -> Option<usize> {
    let (first, rest) = distances.split_first()?;
    let closer = |best: (usize, f64), (place, &distance): (usize, &f64)| {
        if distance < best.1 { (place, distance) } else { best }
    };
    Some((1..).zip(rest).fold((0, *first), closer).0)
}

#[cfg(test)]
#[expect(clippy::cast_possible_truncation, reason = "small numbers")]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn image(seed: u32) -> [u8; PIXELS] {
        // Four of five pixels empty, as in a digit.
        let byte = |i: usize| (i as u32 ^ seed).wrapping_mul(2_654_435_761) >> 16;
        std::array::from_fn(|i| if byte(i) % 5 == 0 { byte(i + 1) as u8 } else { 0 })
    }

    fn sum(images: &[[u8; PIXELS]]) -> ImageSum {
        ImageSum::of(images, &(0..images.len() as u32).collect::<Vec<_>>())
    }

    #[test]
    fn black_and_white_are_as_far_as_can_be() {
        let white = Template::new(&sum(&[[255; PIXELS]; 3])).unwrap();
        let measures = white.measures(&[0; PIXELS]);
        assert_eq!(measures, Measures { mae: 1.0, rmse: 1.0, l1_norm: 784.0, l2_norm: 28.0, signed_mean: -1.0 });
        assert_eq!(white.distance(&[255; PIXELS], Metric::Rmse), 0.0);
        assert!(Template::new(&ImageSum::default()).is_none());
    }

    #[test]
    fn the_largest_stack_stays_in_range() {
        // More images than the finest denominator, at the extremes: nothing overflows and the answer is exact.
        let mut white = sum(&[[255; PIXELS]]);
        for _ in 0..18 {
            white = white.clone().and(&white);
        }
        assert_eq!(white.count(), 1 << 18);
        let white = Template::new(&white).unwrap();
        assert_eq!(white.distance(&[0; PIXELS], Metric::Mae), 1.0);
        assert_eq!(white.distance(&[0; PIXELS], Metric::Rmse), 1.0);
    }

    #[test]
    fn ties_go_to_the_first() {
        assert_eq!(nearest(&[0.2, 0.1, 0.1]), Some(1));
        assert_eq!(nearest(&[0.1, 0.1]), Some(0));
        assert_eq!(nearest(&[]), None);
    }

    #[test]
    fn many_at_once_are_the_same_as_one_by_one() {
        let images: Vec<_> = (0..9).map(image).collect();
        let template = Template::new(&sum(&images)).unwrap();
        let mut out = [0.0; 18];
        template.distances(&images, &[8, 0, 4], Metric::Rmse, &mut out[1..], 6);
        for (place, index) in [(1, 8), (7, 0), (13, 4)] {
            assert_eq!(out[place], template.distance(&images[index], Metric::Rmse));
        }
    }

    proptest! {
        #[test]
        fn it_is_the_textbook_formula(count in 1_u32..40, seed: u32) {
            let images: Vec<_> = (0..count).map(|i| image(seed.wrapping_add(i * 977))).collect();
            let stack = sum(&images);
            let mean = stack.sums().map(|sum| f64::from(sum) / (255.0 * f64::from(count)));
            let sample = image(!seed);
            let differences: Vec<f64> = sample.iter().zip(mean).map(|(&byte, mean)| f64::from(byte) / 255.0 - mean).collect();
            let mae = differences.iter().map(|difference| difference.abs()).sum::<f64>() / COUNT;
            let rmse = (differences.iter().map(|difference| difference * difference).sum::<f64>() / COUNT).sqrt();
            let measures = Template::new(&stack).unwrap().measures(&sample);
            prop_assert!((measures.mae - mae).abs() < 1e-13 && (measures.rmse - rmse).abs() < 1e-13);
            prop_assert!((measures.signed_mean - differences.iter().sum::<f64>() / COUNT).abs() < 1e-13);
        }
    }
}
