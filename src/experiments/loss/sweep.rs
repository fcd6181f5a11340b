//! One weight multiplied by every factor in turn: accuracy moves in steps, the loss moves smoothly.

use super::look::Zoom;
use super::study::Study;
use super::train_x::TrainX;
use crate::data::unit;
use crate::math::loss::mnist;
use rayon::prelude::*;

/// Points of the loss that are computed at once: some milliseconds' work.
const AT_ONCE: u32 = 40;
/// With more steps than this in a range, the staircase is drawn by so many samples instead.
const STEPS: u32 = 400;

/// An image that has ink at the pixel; turning the weight changes nothing for the others.
#[derive(Clone, Copy, Debug)]
struct Inked {
    /// The pixel, above 0 and up to 1.
    x: f64,
    /// The prediction with the weight as it was drawn, and its loss.
    prediction: f64,
    loss: f64,
    is_three: bool,
}

impl Inked {
    /// The prediction once the weight has grown by `growth`.
    fn moved(self, growth: f64) -> f64 {
        self.prediction + self.x * growth
    }

    const fn class(self) -> u8 {
        !self.is_three as u8
    }
}

/// A weight of one pixel, and the images on which its factor has any effect.
#[derive(Debug)]
pub struct Sweep {
    /// The weight as it was drawn.
    pub weight: f64,
    /// The factor nearest to 1, on either side, at which a prediction changes.
    pub nearest_flip: Option<f64>,
    inked: Vec<Inked>,
    /// The factors at which a prediction crosses zero, in their order, and whether accuracy rises there or falls.
    flips: Vec<(f64, i32)>,
    /// Images in all, and those that are right and have no ink here.
    count: usize,
    others_right: usize,
    loss: f64,
}

/// Accuracy and loss over a range of factors.
#[derive(Debug, Default)]
pub struct Curve {
    /// The first and the last factor.
    pub range: [f64; 2],
    /// The corners of the staircase: factor, accuracy.
    pub accuracy: Vec<[f64; 2]>,
    /// Points of the smooth curve: factor, mean loss.
    pub loss: Vec<[f64; 2]>,
    /// How many predictions change their side inside the range.
    pub flips: usize,
}

/// All images with the weight multiplied by one factor.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct At {
    /// Images called otherwise than with the factor 1.
    pub flipped: usize,
    /// Images called right.
    pub correct: usize,
    /// The mean of `mnist_loss` over all images.
    pub loss: f64,
    /// How much that is more than with the factor 1.
    pub loss_change: f64,
    /// The derivative of the loss by the factor.
    pub slope: f64,
    /// The derivative of the loss by the weight.
    pub gradient: f64,
}

impl Sweep {
    pub(super) fn new(train_x: &TrainX, study: &Study, pixel: usize) -> Self {
        let threes = train_x.threes();
        let (mut inked, mut others_right) = (Vec::new(), 0);
        for (index, (image, &prediction)) in train_x.images().zip(&study.predictions).enumerate() {
            let is_three = index < threes;
            match image.get(pixel) {
                Some(&byte) if byte > 0 => {
                    let loss = mnist(prediction, u8::from(!is_three)).loss;
                    inked.push(Inked { x: f64::from(unit(byte)), prediction, loss, is_three });
                }
                _ => others_right += usize::from((prediction > 0.0) == is_three),
            }
        }
        let weight = f64::from(study.weights.get(pixel).copied().unwrap_or_default());
        let crossing = |image: &Inked| {
            let factor = 1.0 - image.prediction / (image.x * weight);
            (factor, if image.is_three == (weight > 0.0) { 1 } else { -1 })
        };
        let mut flips: Vec<(f64, i32)> = inked.iter().map(crossing).filter(|flip| flip.0.is_finite()).collect();
        flips.sort_by(|a, b| a.0.total_cmp(&b.0));
        let nearest_flip = flips.iter().map(|flip| flip.0).min_by(|a, b| (a - 1.0).abs().total_cmp(&(b - 1.0).abs()));
        Self { weight, nearest_flip, inked, flips, count: study.predictions.len(), others_right, loss: study.loss }
    }

    /// How many images have ink at the pixel.
    #[must_use]
    pub fn inked(&self) -> usize {
        self.inked.len()
    }

    /// What a factor comes to.
    #[must_use]
    pub fn at(&self, factor: f64) -> At {
        let growth = self.weight * factor - self.weight;
        let (mut flipped, mut correct, mut change, mut slope) = (0, self.others_right, 0.0, 0.0);
        for image in &self.inked {
            let (prediction, class) = (image.moved(growth), image.class());
            let after = mnist(prediction, class);
            flipped += usize::from((prediction > 0.0) != (image.prediction > 0.0));
            correct += usize::from((prediction > 0.0) == image.is_three);
            // Differences are added up, not sums subtracted: a change of 1e-7 keeps its digits.
            change += after.loss - image.loss;
            slope += after.d_logit * image.x;
        }
        let count = self.count as f64;
        let (loss_change, gradient) = (change / count, slope / count);
        let loss = self.loss + loss_change;
        At { flipped, correct, loss, loss_change, slope: gradient * self.weight, gradient }
    }

    fn correct(&self, factor: f64) -> usize {
        let growth = self.weight * factor - self.weight;
        let right = |image: &&Inked| (image.moved(growth) > 0.0) == image.is_three;
        self.others_right + self.inked.iter().filter(right).count()
    }

    fn loss(&self, factor: f64) -> f64 {
        let growth = self.weight * factor - self.weight;
        let change = |image: &Inked| mnist(image.moved(growth), image.class()).loss - image.loss;
        self.loss + self.inked.iter().map(change).sum::<f64>() / self.count as f64
    }
}

impl Curve {
    /// The curves over a range, of which the loss is yet to be computed.
    pub(super) fn begin(sweep: &Sweep, zoom: Zoom) -> Self {
        let range = zoom.range();
        let [low, high] = range;
        let inside: Vec<&(f64, i32)> = sweep.flips.iter().filter(|flip| flip.0 > low && flip.0 < high).collect();
        let share = |correct: f64| correct / sweep.count as f64;
        let mut corners = Vec::new();
        if inside.len() > STEPS as usize {
            let mut last: Option<f64> = None;
            for factor in (0..=STEPS).map(|i| grid(range, i, STEPS)) {
                let height = sweep.correct(factor) as f64;
                corners.extend(last.map(|before| [factor, share(before)]));
                corners.push([factor, share(height)]);
                last = Some(height);
            }
        } else {
            let mut height = sweep.correct(low) as f64;
            corners.push([low, share(height)]);
            for &&(factor, rise) in &inside {
                corners.push([factor, share(height)]);
                height += f64::from(rise);
                corners.push([factor, share(height)]);
            }
            corners.push([high, share(height)]);
        }
        Self { range, accuracy: corners, loss: Vec::new(), flips: inside.len() }
    }

    /// Computes the next points of the loss; returns whether they are the last.
    pub(super) fn go_on(&mut self, sweep: &Sweep, zoom: Zoom) -> bool {
        // So close to 1 it is nearly a straight line.
        let last: u32 = if zoom == Zoom::Close { 40 } else { 160 };
        let from = u32::try_from(self.loss.len()).unwrap_or(last);
        let point = |i| {
            let factor = grid(self.range, i, last);
            [factor, sweep.loss(factor)]
        };
        let points: Vec<[f64; 2]> = (from..=last.min(from + AT_ONCE)).into_par_iter().map(point).collect();
        self.loss.extend(points);
        self.loss.len() > last as usize
    }
}

/// The factor number `i` of `count + 1` that cover a range.
fn grid([low, high]: [f64; 2], i: u32, count: u32) -> f64 {
    low + (high - low) * f64::from(i) / f64::from(count)
}
