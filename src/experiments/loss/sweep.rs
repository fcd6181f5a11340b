//! One weight multiplied by every factor in turn: accuracy moves in steps, the loss moves smoothly.

use super::study::{Study, levels};
use crate::math::loss::mnist;
use rayon::prelude::*;

/// The ranges of factors that are drawn, with the number of points of the loss on each: everything, the usual, and so
/// close to 1 that hardly a prediction changes.
const RANGES: [([f64; 2], u32); 3] = [([-10.0, 10.0], 160), ([0.0, 4.0], 160), ([0.99, 1.01], 40)];
/// With more steps than this in a range, the staircase is drawn by so many samples instead.
const STEPS: u32 = 400;

/// An image that has ink at the pixel; turning the weight changes nothing for the others.
#[derive(Clone, Copy, Debug)]
struct Inked {
    /// The pixel, above 0 and up to 1.
    x: f64,
    /// The prediction with the weight as it was drawn.
    prediction: f64,
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

/// A weight of one pixel and all that its factor decides.
#[derive(Debug)]
pub struct Sweep {
    /// The weight as it was drawn.
    pub weight: f64,
    /// The curves over each range of factors: everything, the usual, and close to 1.
    pub curves: [Curve; 3],
    /// The factor nearest to 1, on either side, at which a prediction changes.
    pub nearest_flip: Option<f64>,
    inked: Vec<Inked>,
    /// Images in all, and those that are right and have no ink here.
    count: usize,
    others_right: usize,
    loss: f64,
}

/// Accuracy and loss over a range of factors.
#[derive(Debug)]
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
    pub(super) fn new(study: &Study, pixel: usize) -> Self {
        let levels = levels();
        let (mut inked, mut others_right) = (Vec::new(), 0);
        for (place, &prediction) in study.predictions.iter().enumerate() {
            let is_three = place < study.threes;
            match study.image(place).get(pixel) {
                Some(&byte) if byte > 0 => inked.push(Inked { x: levels[usize::from(byte)], prediction, is_three }),
                _ => others_right += usize::from((prediction > 0.0) == is_three),
            }
        }
        let weight = f64::from(study.weights.get(pixel).copied().unwrap_or_default());
        // The factor at which each prediction crosses zero, and whether accuracy rises there or falls.
        let crossing = |image: &Inked| {
            let factor = 1.0 - image.prediction / (image.x * weight);
            (factor, if image.is_three == (weight > 0.0) { 1 } else { -1 })
        };
        let mut flips: Vec<(f64, i32)> = inked.iter().map(crossing).filter(|flip| flip.0.is_finite()).collect();
        flips.sort_by(|a, b| a.0.total_cmp(&b.0));
        let nearest_flip = flips.iter().map(|flip| flip.0).min_by(|a, b| (a - 1.0).abs().total_cmp(&(b - 1.0).abs()));
        let curves = RANGES.map(|(range, _)| Curve { range, accuracy: Vec::new(), loss: Vec::new(), flips: 0 });
        let (count, loss) = (study.len(), study.loss);
        let mut sweep = Self { weight, curves, nearest_flip, inked, count, others_right, loss };
        sweep.curves = RANGES.map(|(range, points)| sweep.curve(range, points, &flips));
        sweep
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
            let (before, after) = (mnist(image.prediction, class), mnist(prediction, class));
            flipped += usize::from((prediction > 0.0) != (image.prediction > 0.0));
            correct += usize::from((prediction > 0.0) == image.is_three);
            // Differences are added up, not sums subtracted: a change of 1e-7 keeps its digits.
            change += after.loss - before.loss;
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
        let change = |image: &Inked| {
            mnist(image.moved(growth), image.class()).loss - mnist(image.prediction, image.class()).loss
        };
        self.loss + self.inked.iter().map(change).sum::<f64>() / self.count as f64
    }

    fn curve(&self, range: [f64; 2], points: u32, flips: &[(f64, i32)]) -> Curve {
        let [low, high] = range;
        let grid = |i: u32, count: u32| low + (high - low) * f64::from(i) / f64::from(count);
        let loss: Vec<[f64; 2]> = (0..=points)
            .into_par_iter()
            .map(|i| {
                let factor = grid(i, points);
                [factor, self.loss(factor)]
            })
            .collect();
        let inside: Vec<&(f64, i32)> = flips.iter().filter(|flip| flip.0 > low && flip.0 < high).collect();
        let share = |correct: f64| correct / self.count as f64;
        let mut corners = Vec::new();
        if inside.len() > STEPS as usize {
            let mut last: Option<f64> = None;
            for (factor, height) in (0..=STEPS).map(|i| (grid(i, STEPS), self.correct(grid(i, STEPS)) as f64)) {
                corners.extend(last.map(|before| [factor, share(before)]));
                corners.push([factor, share(height)]);
                last = Some(height);
            }
        } else {
            let mut height = self.correct(low) as f64;
            corners.push([low, share(height)]);
            for &&(factor, rise) in &inside {
                corners.push([factor, share(height)]);
                height += f64::from(rise);
                corners.push([factor, share(height)]);
            }
            corners.push([high, share(height)]);
        }
        Curve { range, accuracy: corners, loss, flips: inside.len() }
    }
}
