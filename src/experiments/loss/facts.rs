//! All that the settings come to, computed once when an experiment starts.

use super::look::SHOWN;
use super::rows::{self, Row, mean};
use super::settings::Settings;
use super::study::Study;
use super::train_x::TrainX;
use crate::data::Library;
use crate::experiments::{Checked, SettingsError};
use crate::math::loss::sigmoid;
use serde::Serialize;
use std::sync::Arc;

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
    /// The table, row by row.
    #[serde(skip)]
    pub rows: Vec<Row>,
    /// The images.
    #[serde(skip)]
    pub train_x: TrainX,
    /// What these weights make of them.
    #[serde(skip)]
    pub study: Arc<Study>,
}

/// The derivative of each row's loss by its raw output, which is the number before the sigmoid.
#[derive(Clone, Debug, Serialize)]
pub struct Gradients {
    /// Of `mnist_loss`: minus or plus `p (1 - p)`.
    pub mnist_loss: Vec<Option<f64>>,
    /// Of cross-entropy: `p - target`.
    pub cross_entropy: Vec<Option<f64>>,
}

impl Facts {
    pub(super) fn of(settings: &Checked<Settings>, data: &Library) -> Result<Self, SettingsError> {
        let rows = rows::of(&settings.predictions, &settings.targets, settings.sigmoid)?;
        let train_x = TrainX::of(data)?;
        data.wanted()?;
        let study = Study::of(settings.seed, &train_x);
        let samples = train_x.len();
        let distances: Vec<f64> = rows.iter().map(|row| row.distance).collect();
        let (head, tail) =
            (study.predictions.iter().take(SHOWN), study.predictions.iter().skip(samples.saturating_sub(SHOWN)));
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
            rows,
            train_x,
            study,
        })
    }
}
