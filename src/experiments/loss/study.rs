//! Every image of a 3 or a 7 under one draw of weights: the predictions, how many are right, and the loss.

use super::recent::Recent;
use super::sweep::Sweep;
use crate::data::{DataError, Dataset, Library, PIXELS};
use crate::math::loss::mnist;
use crate::math::torch::Generator;
use rayon::prelude::*;
use std::convert::Infallible;
use std::sync::Arc;

/// The digits; the first has the target 1.
pub const DIGITS: [u8; 2] = [3, 7];
/// Images whose gradients one task adds up.
const PART: usize = 512;
/// Turned weights that are remembered.
const SWEEPS: usize = 16;

/// Draws that are remembered, so that turning a weight does not repeat 12,396 products of 784 numbers.
static STUDIES: Recent<u64, Study> = Recent::new(3);

/// The images, the weights, and what they come to. Images are the threes and then the sevens, each in name order; a
/// pixel is its byte divided by 255.
#[derive(Debug)]
pub struct Study {
    /// The weights, `randn(784, 1)`.
    pub weights: Vec<f32>,
    /// The bias, `randn(1)`.
    pub bias: f32,
    /// `train_x @ weights + bias`: above 0 means "3".
    pub predictions: Vec<f64>,
    /// Images that are called right.
    pub correct: usize,
    /// The mean of `mnist_loss` with the sigmoid over all images.
    pub loss: f64,
    /// The derivative of that loss by each weight.
    pub gradient: Vec<f64>,
    /// How many images have ink at each pixel.
    pub inked: Vec<u32>,
    /// How many of the images are threes; they come first.
    pub threes: usize,
    /// The index of each image in the training split.
    indices: Vec<u32>,
    data: Arc<Dataset>,
    sweeps: Recent<usize, Sweep>,
}

impl Study {
    /// The study of a seed. The first call for it takes some tens of milliseconds.
    ///
    /// # Errors
    /// Data that cannot be had.
    pub(super) fn of(seed: u64, data: &Library) -> Result<Arc<Self>, DataError> {
        let data = data.builtin()?;
        STUDIES.get(seed, || Ok(Self::new(seed, data)))
    }

    fn new(seed: u64, data: Arc<Dataset>) -> Self {
        let mut generator = Generator::new(seed);
        // The book draws the coaster's numbers first, in the same notebook.
        generator.randn(20);
        generator.randn(3);
        let weights = generator.randn(PIXELS);
        let bias = generator.randn(1).first().copied().unwrap_or_default();
        let [threes, sevens] = DIGITS.map(|digit| data.train.of_digit(digit));
        let indices = [threes, sevens].concat();
        let threes = threes.len();
        let (wide, levels): (Vec<f64>, _) = (weights.iter().map(|&weight| f64::from(weight)).collect(), levels());
        let predict = |&index: &u32| {
            let products = data.train.image(index as usize).iter().zip(&wide);
            products.map(|(&byte, weight)| levels[usize::from(byte)] * weight).sum::<f64>() + f64::from(bias)
        };
        let predictions: Vec<f64> = indices.par_iter().map(predict).collect();
        let count = indices.len() as f64;
        let (mut correct, mut loss) = (0, 0.0);
        for (place, &prediction) in predictions.iter().enumerate() {
            correct += usize::from((prediction > 0.0) == (place < threes));
            loss += mnist(prediction, u8::from(place >= threes)).loss;
        }
        // The same parts on any number of threads, added in their order: the same bits.
        let add = |(part, indices): (usize, &[u32])| {
            let (mut sums, mut inked) = (vec![0.0; PIXELS], vec![0; PIXELS]);
            for (place, &index) in (part * PART..).zip(indices) {
                let slope = mnist(predictions[place], u8::from(place >= threes)).d_logit;
                let pixels = data.train.image(index as usize);
                for ((&byte, sum), inked) in pixels.iter().zip(&mut sums).zip(&mut inked) {
                    *sum += levels[usize::from(byte)] * slope;
                    *inked += u32::from(byte > 0);
                }
            }
            (sums, inked)
        };
        let parts: Vec<(Vec<f64>, Vec<u32>)> = indices.par_chunks(PART).enumerate().map(add).collect();
        let mut gradient: Vec<f64> = (0..PIXELS).map(|pixel| parts.iter().map(|part| part.0[pixel]).sum()).collect();
        for sum in &mut gradient {
            *sum /= count;
        }
        let inked = (0..PIXELS).map(|pixel| parts.iter().map(|part| part.1[pixel]).sum()).collect();
        let sweeps = Recent::new(SWEEPS);
        Self { weights, bias, predictions, correct, loss: loss / count, gradient, inked, threes, indices, data, sweeps }
    }

    /// How many images there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.predictions.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.predictions.is_empty()
    }

    /// The 784 bytes of the image at a place; nothing past the last.
    #[must_use]
    pub fn image(&self, place: usize) -> &[u8] {
        self.indices.get(place).map_or(&[], |&index| self.data.train.image(index as usize))
    }

    /// Where that image comes from, as `train/3/10.png`.
    #[must_use]
    pub fn source(&self, place: usize) -> String {
        self.indices.get(place).map_or_else(String::new, |&index| self.data.train.source(index as usize))
    }

    /// The digit of the image at a place.
    #[must_use]
    pub const fn digit(&self, place: usize) -> u8 {
        DIGITS[(place >= self.threes) as usize]
    }

    /// The pixel whose factor moves the loss most, in either direction.
    #[must_use]
    pub fn steepest(&self) -> usize {
        let slopes = self.gradient.iter().zip(&self.weights).map(|(slope, &weight)| (slope * f64::from(weight)).abs());
        slopes.enumerate().max_by(|a, b| a.1.total_cmp(&b.1)).map_or(0, |(pixel, _)| pixel)
    }

    /// What turning the weight of a pixel does. The first call for a pixel takes up to some tens of milliseconds.
    #[must_use]
    pub(super) fn sweep(&self, pixel: usize) -> Arc<Sweep> {
        let Ok(sweep) = self.sweeps.get(pixel, || Ok::<_, Infallible>(Sweep::new(self, pixel)));
        sweep
    }
}

/// What each byte of an image is as a pixel from 0 to 1: divided by 255 in single precision, as PyTorch does.
pub(super) fn levels() -> [f64; 256] {
    let mut levels = [0.0; 256];
    for (byte, level) in (0_u8..=255).zip(&mut levels) {
        *level = f64::from(f32::from(byte) / 255.0);
    }
    levels
}
