//! What is seen of the loss: the image that is looked at, and the weight that is turned.

use super::Act;
use super::facts::Facts;
use super::look::{Look, Tab, Zoom};
use super::study::Study;
use super::sweep::{Curve, Sweep};
use super::train_x::DIGITS;
use crate::data::{SIDE, unit};
use crate::experiments::{Part, Same};
use crate::math::loss::sigmoid;
use serde::Serialize;
use std::sync::Arc;

/// What is computed for a look.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Seen {
    /// The image that is looked at.
    pub image: Image,
    /// The weight that is turned.
    pub pixel: Pixel,
    #[serde(skip)]
    sweep: Part<Weight, Sweep>,
    #[serde(skip)]
    curve: Part<(Weight, Zoom), Curve, Curve>,
}

/// A weight: the draw that it is of, and its pixel.
type Weight = (Same<Study>, usize);

/// One image and its prediction.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Image {
    /// Its index among the threes and then the sevens.
    #[serde(rename = "place")]
    pub index: usize,
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
#[derive(Clone, Debug, Default, Serialize)]
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

impl Seen {
    /// Accuracy and loss over a range of factors, once the page that draws them was open.
    #[must_use]
    pub fn curve(&self) -> Option<&Curve> {
        self.curve.get().map(|curve| &**curve)
    }

    pub(super) fn renew(&mut self, facts: &Facts, act: Option<Act>, look: &Look) -> bool {
        self.image = Image::of(facts, look.image.min(facts.samples.saturating_sub(1)));
        let weight = (Same(Arc::clone(&facts.study)), look.pixel);
        let sweep = self.sweep.renew(weight.clone(), || Sweep::new(&facts.train_x, &facts.study, look.pixel));
        self.pixel = Pixel::of(facts, sweep, look.pixel, look.factor);
        if look.page(act) != Tab::Flat {
            return true;
        }
        let zoom = look.zoom;
        let draw = |curve: &mut Curve| curve.go_on(sweep, zoom).then(|| std::mem::take(curve));
        self.curve.work_on(&(weight, zoom), || Curve::begin(sweep, zoom), draw)
    }
}

impl Image {
    fn of(facts: &Facts, index: usize) -> Self {
        let Facts { study, train_x, .. } = facts;
        let pixels: Arc<[f32]> = train_x.image(index).iter().map(|&byte| unit(byte)).collect();
        let products: Arc<[f32]> = pixels.iter().zip(&study.weights).map(|(pixel, weight)| pixel * weight).collect();
        let sum = |sign: f32| products.iter().filter(|at| **at * sign > 0.0).map(|&at| f64::from(at)).sum();
        let prediction = study.predictions.get(index).copied().unwrap_or_default();
        let digit = train_x.digit(index);
        Self {
            index,
            source: train_x.source(index),
            digit,
            target: u8::from(digit == DIGITS[0]),
            prediction,
            sigmoid: sigmoid(prediction),
            called: DIGITS[usize::from(prediction <= 0.0)],
            positive: sum(1.0),
            negative: sum(-1.0),
            pixels,
            products,
        }
    }
}

impl Pixel {
    fn of(facts: &Facts, sweep: &Sweep, pixel: usize, factor: f64) -> Self {
        let at = sweep.at(factor);
        Self {
            pixel,
            row: pixel / SIDE,
            column: pixel % SIDE,
            weight: facts.study.weights.get(pixel).copied().unwrap_or_default(),
            inked: sweep.inked(),
            factor,
            flipped: at.flipped,
            correct: at.correct,
            accuracy: at.correct as f64 / facts.samples as f64,
            loss: at.loss,
            loss_change: at.loss_change,
            slope: at.slope,
            gradient: at.gradient,
            nearest_flip: sweep.nearest_flip,
        }
    }
}
