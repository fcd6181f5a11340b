//! Every image of a 3 or a 7 under one draw of weights: the predictions, how many are right, and the loss.

use super::train_x::TrainX;
use crate::data::{PIXELS, unit};
use crate::math::loss::mnist;
use crate::math::torch::Generator;
use rayon::prelude::*;
use std::sync::Arc;

/// Images whose gradients one task adds up.
const PART: usize = 512;

/// The weights, and what they make of the images. A pixel is its byte divided by 255.
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
    /// The pixel whose factor moves the loss most, in either direction.
    pub steepest: usize,
}

impl Study {
    /// The study of a seed. The first call for it takes some tens of milliseconds.
    pub(super) fn of(seed: u64, train_x: &TrainX) -> Arc<Self> {
        train_x.dataset().memo.get(seed, || Self::new(seed, train_x))
    }

    fn new(seed: u64, train_x: &TrainX) -> Self {
        let mut generator = Generator::new(seed);
        // The book draws the coaster's numbers first, in the same notebook.
        generator.randn(20);
        generator.randn(3);
        let weights = generator.randn(PIXELS);
        let bias = generator.randn(1).first().copied().unwrap_or_default();
        let (wide, levels): (Vec<f64>, _) = (weights.iter().map(|&weight| f64::from(weight)).collect(), levels());
        let images: Vec<&[u8]> = train_x.images().collect();
        let predict = |image: &&[u8]| {
            let products = image.iter().zip(&wide).map(|(&byte, weight)| levels[usize::from(byte)] * weight);
            products.sum::<f64>() + f64::from(bias)
        };
        let predictions: Vec<f64> = images.par_iter().map(predict).collect();
        let (count, threes) = (images.len() as f64, train_x.threes());
        let (mut correct, mut loss) = (0, 0.0);
        for (index, &prediction) in predictions.iter().enumerate() {
            correct += usize::from((prediction > 0.0) == (index < threes));
            loss += mnist(prediction, u8::from(index >= threes)).loss;
        }
        // The same parts on any number of threads, added in their order: the same bits.
        let add = |(part, images): (usize, &[&[u8]])| {
            let (mut sums, mut inked) = (vec![0.0; PIXELS], vec![0; PIXELS]);
            for (index, pixels) in (part * PART..).zip(images) {
                let slope = mnist(predictions[index], u8::from(index >= threes)).d_logit;
                for ((&byte, sum), inked) in pixels.iter().zip(&mut sums).zip(&mut inked) {
                    *sum += levels[usize::from(byte)] * slope;
                    *inked += u32::from(byte > 0);
                }
            }
            (sums, inked)
        };
        let parts: Vec<(Vec<f64>, Vec<u32>)> = images.par_chunks(PART).enumerate().map(add).collect();
        let mut gradient: Vec<f64> = (0..PIXELS).map(|pixel| parts.iter().map(|part| part.0[pixel]).sum()).collect();
        for sum in &mut gradient {
            *sum /= count;
        }
        let inked = (0..PIXELS).map(|pixel| parts.iter().map(|part| part.1[pixel]).sum()).collect();
        let slopes = gradient.iter().zip(&wide).map(|(slope, weight)| (slope * weight).abs());
        let steepest = slopes.enumerate().max_by(|a, b| a.1.total_cmp(&b.1)).map_or(0, |(pixel, _)| pixel);
        Self { weights, bias, predictions, correct, loss: loss / count, gradient, inked, steepest }
    }
}

/// What each byte of an image is as a pixel from 0 to 1.
fn levels() -> [f64; 256] {
    let mut levels = [0.0; 256];
    for (byte, level) in (0_u8..=255).zip(&mut levels) {
        *level = f64::from(unit(byte));
    }
    levels
}
