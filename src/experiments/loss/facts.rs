//! All that the settings come to, computed once when an experiment starts.

use super::rows::{self, Row, mean};
use super::settings::Settings;
use super::study::Study;
use super::sweep::Sweep;
use crate::data::{Library, PIXELS, SIDE};
use crate::experiments::SettingsError;
use crate::math::loss::sigmoid;
use serde::Serialize;
use std::sync::Arc;

/// How many predictions are shown of the first images, and of the last.
const SHOWN: usize = 3;

/// What the settings come to. Cloning it copies a few hundred numbers and shares the rest.
#[derive(Clone, Debug, Serialize)]
pub struct Facts {
    /// `mnist_loss` of each row of the table.
    pub distances: Vec<f64>,
    /// Their mean.
    pub loss: f64,
    /// The predictions, as given.
    pub predictions: Vec<f64>,
    /// The targets, each 0 or 1.
    pub targets: Vec<u8>,
    /// Whether the predictions go through the sigmoid before they are compared with the targets.
    pub sigmoid: bool,
    /// The sigmoid of each prediction, whether it is used or not.
    pub sigmoid_values: Vec<f64>,
    /// Cross-entropy of each row; none where it is not a finite number.
    pub cross_entropies: Vec<Option<f64>>,
    /// Their mean.
    pub cross_entropy: Option<f64>,
    /// How each row's loss changes with its raw output.
    pub gradients: Gradients,
    /// The seed of the weights and the bias.
    pub seed: u64,
    /// Training images of 3s and 7s.
    pub samples: usize,
    /// `train_x @ weights + bias` for the first three images and the last three.
    pub first_predictions: Vec<f64>,
    /// The bias.
    pub bias: f32,
    /// Images that these weights call right.
    pub correct: usize,
    /// The same as a share of all.
    pub accuracy: f64,
    /// The mean of `mnist_loss`, with the sigmoid, over all images.
    pub samples_loss: f64,
    /// Pixels that have ink in no image.
    pub never_inked: usize,
    /// The image that is looked at.
    pub image: Image,
    /// The weight that is turned.
    pub pixel: Pixel,
    /// The table, row by row.
    #[serde(skip)]
    pub rows: Vec<Row>,
    /// All images under these weights.
    #[serde(skip)]
    pub study: Arc<Study>,
    /// What every factor of the turned weight comes to.
    #[serde(skip)]
    pub sweep: Arc<Sweep>,
}

/// The derivative of each row's loss by its raw output, which is the number before the sigmoid.
#[derive(Clone, Debug, Serialize)]
pub struct Gradients {
    /// Of `mnist_loss`: minus or plus `p (1 - p)`.
    pub mnist_loss: Vec<Option<f64>>,
    /// Of cross-entropy: `p - target`.
    pub cross_entropy: Vec<Option<f64>>,
}

/// One image and its prediction.
#[derive(Clone, Debug, Serialize)]
pub struct Image {
    /// Its place among the threes and then the sevens.
    pub place: usize,
    /// Where it comes from, as `train/3/10.png`.
    pub source: String,
    /// Its digit.
    pub digit: u8,
    /// 1 for a 3, 0 for a 7.
    pub target: u8,
    /// The sum of its products, and the bias.
    pub prediction: f64,
    /// The sigmoid of that.
    pub sigmoid: f64,
    /// What it is called: a 3 if the prediction is above 0.
    pub called: u8,
    /// The sum of the products above 0.
    pub positive: f64,
    /// The sum of the products below 0.
    pub negative: f64,
    /// Its pixels, 0 to 1.
    #[serde(skip)]
    pub pixels: Arc<[f32]>,
    /// Each pixel times its weight.
    #[serde(skip)]
    pub products: Arc<[f32]>,
}

/// One weight, and what multiplying it by a factor does to all images.
#[derive(Clone, Debug, Serialize)]
pub struct Pixel {
    /// Its pixel.
    pub pixel: usize,
    /// That pixel's row.
    pub row: usize,
    /// That pixel's column.
    pub column: usize,
    /// The weight as it was drawn.
    pub weight: f32,
    /// Images that have ink there; for all others the weight is multiplied by 0.
    pub inked: usize,
    /// What the weight is multiplied by.
    pub factor: f64,
    /// Images that are called otherwise than with the factor 1.
    pub flipped: usize,
    /// Images that are called right.
    pub correct: usize,
    /// The same as a share of all.
    pub accuracy: f64,
    /// The mean loss over all images.
    pub loss: f64,
    /// How much that is more than with the factor 1.
    pub loss_change: f64,
    /// How fast the loss changes with the factor.
    pub slope: f64,
    /// How fast the loss changes with the weight: its gradient.
    pub gradient: f64,
    /// The factor nearest to 1 at which a prediction changes its side.
    pub nearest_flip: Option<f64>,
}

impl Facts {
    pub(super) fn of(settings: &Settings, data: &Library) -> Result<Self, SettingsError> {
        let rows = rows::read(&settings.predictions, &settings.targets, settings.sigmoid)?;
        let study = Study::of(settings.seed, data)?;
        let at = |setting: u64, end: usize| usize::try_from(setting).unwrap_or(usize::MAX).min(end.saturating_sub(1));
        let sweep = study.sweep(at(settings.pixel, PIXELS));
        let samples = study.len();
        let distances: Vec<f64> = rows.iter().map(|row| row.distance).collect();
        let (head, tail) = (study.predictions.iter().take(SHOWN), study.predictions.iter().skip(samples - SHOWN));
        Ok(Self {
            loss: mean(distances.iter().copied().map(Some)).unwrap_or_default(),
            distances,
            predictions: rows.iter().map(|row| row.prediction).collect(),
            targets: rows.iter().map(|row| u8::from(row.is_one)).collect(),
            sigmoid: settings.sigmoid,
            sigmoid_values: rows.iter().map(|row| sigmoid(row.prediction)).collect(),
            cross_entropies: rows.iter().map(|row| row.cross_entropy).collect(),
            cross_entropy: mean(rows.iter().map(|row| row.cross_entropy)),
            gradients: Gradients {
                mnist_loss: rows.iter().map(|row| row.gradient).collect(),
                cross_entropy: rows.iter().map(|row| row.cross_entropy_gradient).collect(),
            },
            seed: settings.seed,
            samples,
            first_predictions: head.chain(tail).copied().collect(),
            bias: study.bias,
            correct: study.correct,
            accuracy: study.correct as f64 / samples as f64,
            samples_loss: study.loss,
            never_inked: study.inked.iter().filter(|count| **count == 0).count(),
            image: Image::of(&study, at(settings.image, samples)),
            pixel: Pixel::of(&study, &sweep, at(settings.pixel, PIXELS), settings.factor),
            rows,
            study,
            sweep,
        })
    }
}

impl Image {
    fn of(study: &Study, place: usize) -> Self {
        let pixels: Arc<[f32]> = study.image(place).iter().map(|&byte| f32::from(byte) / 255.0).collect();
        let products: Arc<[f32]> = pixels.iter().zip(&study.weights).map(|(pixel, weight)| pixel * weight).collect();
        let sum = |sign: f32| products.iter().filter(|at| **at * sign > 0.0).map(|&at| f64::from(at)).sum();
        let prediction = study.predictions.get(place).copied().unwrap_or_default();
        let digit = study.digit(place);
        Self {
            place,
            source: study.source(place),
            digit,
            target: u8::from(digit == super::DIGITS[0]),
            prediction,
            sigmoid: sigmoid(prediction),
            called: super::DIGITS[usize::from(prediction <= 0.0)],
            positive: sum(1.0),
            negative: sum(-1.0),
            pixels,
            products,
        }
    }
}

impl Pixel {
    fn of(study: &Study, sweep: &Sweep, pixel: usize, factor: f64) -> Self {
        let at = sweep.at(factor);
        Self {
            pixel,
            row: pixel / SIDE,
            column: pixel % SIDE,
            weight: study.weights.get(pixel).copied().unwrap_or_default(),
            inked: sweep.inked(),
            factor,
            flipped: at.flipped,
            correct: at.correct,
            accuracy: at.correct as f64 / study.len() as f64,
            loss: at.loss,
            loss_change: at.loss_change,
            slope: at.slope,
            gradient: at.gradient,
            nearest_flip: sweep.nearest_flip,
        }
    }
}
