//! The losses: how wrong one image's prediction is, and which way its logits should move.
//!
//! A *logit* is what a model puts out before any squashing. Each function gives the loss of a single image; a batch's
//! loss is their mean, so a batch's gradient is the mean of theirs. Generic over `f32` and `f64`: the first trains,
//! with the same bits on every machine; the second is for checking gradients against finite differences.

use super::elementary::Elementary;
use serde::{Deserialize, Serialize};

/// `sigmoid(x) = 1 / (1 + exp(-x))`: any number to one between 0 and 1.
#[must_use]
#[inline(always)]
pub fn sigmoid<F: Elementary>(x: F) -> F {
    F::one() / (F::one() + (-x).exponential())
}

/// What drives the training.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Loss {
    /// The book's loss for two classes: with `p = sigmoid(logit)`, the distance of `p` from its target, `1 - p` for
    /// class 0 (target 1) and `p` for class 1 (target 0). Its derivative, `p (1 - p)` in size, is never above 1/4 and
    /// vanishes where the model is sure, even if it is wrong.
    Mnist,
    /// `F.cross_entropy`, for two classes or more: with `p = softmax(logits)`, `-ln p[class]`.
    CrossEntropy,
    /// The share of wrong answers, for two classes: 1 for a mistake, else 0. It steps and is flat in between, so its
    /// derivative is 0 and nothing is learned. Kept to be tried.
    Accuracy,
}

impl Loss {
    /// How many logits an image has for so many classes.
    #[must_use]
    pub const fn logits(self, classes: usize) -> usize {
        match self {
            Self::Mnist | Self::Accuracy => 1,
            Self::CrossEntropy => classes,
        }
    }

    /// The name on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Mnist => "mnist",
            Self::CrossEntropy => "cross-entropy",
            Self::Accuracy => "accuracy",
        }
    }

    /// The loss of one image of `class` (below the number of classes), and in `d_logits` the loss's derivative by each
    /// logit. `logits` and `d_logits` are as long as [`Loss::logits`] says.
    #[inline(always)]
    pub fn differentiate<F: Elementary>(self, logits: &[F], class: u8, d_logits: &mut [F]) -> F {
        match self {
            Self::Mnist => {
                let image = mnist(logits.first().copied().unwrap_or_else(F::zero), class);
                d_logits.fill(image.d_logit);
                image.loss
            }
            Self::CrossEntropy => cross_entropy(logits, class, d_logits),
            Self::Accuracy => {
                d_logits.fill(F::zero());
                let logit = logits.first().copied().unwrap_or_else(F::zero);
                // What is no number must not pass for a right answer or a wrong one.
                let nothing = if logit.is_finite() { F::zero() } else { F::nan() };
                if mnist(logit, class).predicted() == class { nothing } else { F::one() + nothing }
            }
        }
    }

    /// The losses of many images, as [`Loss::differentiate`] has them to the bit; returned is how many of the images
    /// [`Loss::predict`] gets right. `logits` has an image's logits after another's, and `scratch` is as long.
    ///
    /// Each step is taken for all images before the next, so that its numbers go side by side in registers.
    #[inline(always)]
    pub fn score(self, logits: &[f32], classes: &[u8], losses: &mut [f32], scratch: &mut [f32]) -> usize {
        let outputs = (logits.len() / classes.len().max(1)).max(1);
        let is_right = |(logits, class): (&[f32], &u8)| usize::from(self.predict(logits) == *class);
        match self {
            Self::Mnist => {
                for (p, &logit) in scratch.iter_mut().zip(logits) {
                    *p = sigmoid(logit);
                }
                let mut correct = 0;
                for ((loss, &p), &class) in losses.iter_mut().zip(&*scratch).zip(classes) {
                    let image = Mnist::of(p, class);
                    *loss = image.loss;
                    correct += usize::from(image.predicted() == class);
                }
                correct
            }
            Self::CrossEntropy => {
                let shifted = scratch.chunks_exact_mut(outputs).zip(logits.chunks_exact(outputs));
                for ((shifted, logits), (loss, &class)) in shifted.zip(losses.iter_mut().zip(classes)) {
                    let largest = largest(logits);
                    for (shifted, &logit) in shifted.iter_mut().zip(logits) {
                        *shifted = logit - largest;
                    }
                    // Kept here until the sum is known.
                    *loss = shifted.get(usize::from(class)).copied().unwrap_or_default();
                }
                for shifted in &mut *scratch {
                    *shifted = shifted.exponential();
                }
                for (loss, shares) in losses.iter_mut().zip(scratch.chunks_exact(outputs)) {
                    *loss = shares.iter().fold(0.0, |sum, &share| sum + share).logarithm() - *loss;
                }
                logits.chunks_exact(outputs).zip(classes).map(is_right).sum()
            }
            Self::Accuracy => {
                for ((loss, &class), logits) in losses.iter_mut().zip(classes).zip(logits.chunks_exact(outputs)) {
                    *loss = self.differentiate(logits, class, &mut scratch[..outputs]);
                }
                logits.chunks_exact(outputs).zip(classes).map(is_right).sum()
            }
        }
    }

    /// What a reader calls the predictions, into `probabilities`, which is as long as `logits`: `sigmoid(logit)`, how sure
    /// the model is of class 0; or `softmax(logits)`, how sure it is of each.
    pub fn probabilities(self, logits: &[f32], probabilities: &mut [f32]) {
        match self {
            Self::Mnist | Self::Accuracy => {
                for (p, &logit) in probabilities.iter_mut().zip(logits) {
                    *p = sigmoid(logit);
                }
            }
            // No class has this number, so nothing is taken away.
            Self::CrossEntropy => {
                cross_entropy(logits, u8::MAX, probabilities);
            }
        }
    }

    /// The class that the logits stand for: class 0 if `sigmoid(logit) > 0.5`, or the class of the largest logit, the
    /// first of equals.
    #[must_use]
    #[inline]
    pub fn predict(self, logits: &[f32]) -> u8 {
        match self {
            Self::Mnist | Self::Accuracy => logits.first().map_or(1, |&logit| mnist(logit, 0).predicted()),
            Self::CrossEntropy => {
                let best = (0..).zip(logits).reduce(|best, next| if next.1 > best.1 { next } else { best });
                best.map_or(0, |(class, _)| class)
            }
        }
    }
}

/// What [`mnist`] finds for one image.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mnist<F> {
    /// `p = sigmoid(logit)`: how sure the model is of class 0, 0 to 1.
    pub p: F,
    /// The distance of `p` from its target.
    pub loss: F,
    /// The derivative of the loss by the logit.
    pub d_logit: F,
}

impl<F: Elementary> Mnist<F> {
    /// Of an image with this `p`.
    #[inline(always)]
    fn of(p: F, class: u8) -> Self {
        let slope = p * (F::one() - p);
        let (loss, d_logit) = if class == 0 { (F::one() - p, -slope) } else { (p, slope) };
        Self { p, loss, d_logit }
    }

    /// The class that `p` stands for: class 0 above a half. (The book compares `p` and not the logit; just above a logit
    /// of 0 it rounds to a half.)
    #[inline]
    pub fn predicted(&self) -> u8 {
        let is_first = self.p + self.p > F::one();
        u8::from(!is_first)
    }
}

/// [`Loss::Mnist`] of one image.
#[inline(always)]
pub fn mnist<F: Elementary>(logit: F, class: u8) -> Mnist<F> {
    Mnist::of(sigmoid(logit), class)
}

/// The largest of an image's logits.
#[inline(always)]
fn largest<F: Elementary>(logits: &[F]) -> F {
    logits.iter().copied().fold(F::neg_infinity(), F::max)
}

/// [`Loss::CrossEntropy`]: the loss of one image; its derivative is `softmax(logits)`, less 1 at `class`.
#[inline(always)]
fn cross_entropy<F: Elementary>(logits: &[F], class: u8, d_logits: &mut [F]) -> F {
    // Shifted by the largest, so that no exponential overflows.
    let largest = largest(logits);
    for (d_logit, &logit) in d_logits.iter_mut().zip(logits) {
        *d_logit = (logit - largest).exponential();
    }
    let sum = d_logits.iter().fold(F::zero(), |sum, &d_logit| sum + d_logit);
    for d_logit in &mut *d_logits {
        *d_logit /= sum;
    }
    let class = usize::from(class);
    if let Some(d_logit) = d_logits.get_mut(class) {
        *d_logit -= F::one();
    }
    sum.logarithm() - logits.get(class).map_or_else(F::zero, |&logit| logit - largest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_books_example() {
        let logit = |p: f64| (p / (1.0 - p)).ln();
        let mean = |predictions: [f64; 3]| {
            let classes = [0, 1, 0]; // targets 1, 0, 1
            predictions.iter().zip(classes).map(|(&p, class)| mnist(logit(p), class).loss).sum::<f64>() / 3.0
        };
        assert!((mean([0.9, 0.4, 0.2]) - 13.0 / 30.0).abs() < 1e-15);
        assert!((mean([0.9, 0.4, 0.8]) - 7.0 / 30.0).abs() < 1e-15);
    }

    #[test]
    fn confident_mistakes_stop_learning_under_one_loss_only() {
        let Mnist { loss, d_logit, .. } = mnist(20.0_f64, 1);
        assert!(loss > 0.999 && d_logit < 1e-8);
        let mut d_logits = [0.0; 2];
        let loss = Loss::CrossEntropy.differentiate(&[20.0_f64, 0.0], 1, &mut d_logits);
        assert!((loss - 20.0).abs() < 1e-8 && d_logits[0] > 0.999);
    }

    #[test]
    fn accuracy_has_no_slope() {
        let mut d_logits = [1.0];
        assert_eq!(Loss::Accuracy.differentiate(&[0.3_f64], 0, &mut d_logits), 0.0);
        assert_eq!(Loss::Accuracy.differentiate(&[0.3_f64], 1, &mut d_logits), 1.0);
        assert_eq!(d_logits, [0.0]);
        assert!(Loss::Accuracy.differentiate(&[f64::NAN], 1, &mut d_logits).is_nan());
    }

    #[test]
    fn nothing_overflows() {
        for logit in [1e30_f32, -1e30] {
            let Mnist { loss, d_logit, .. } = mnist(logit, 0);
            assert!(loss.is_finite() && d_logit == 0.0);
            let mut d_logits = [0.0; 2];
            assert!(Loss::CrossEntropy.differentiate(&[logit, 0.0], 0, &mut d_logits).is_finite());
        }
        assert!(mnist(f32::NAN, 0).loss.is_nan());
    }

    #[test]
    fn a_tie_is_not_the_first_class() {
        assert_eq!([0.1, 0.0, 1e-9, -0.1].map(|logit| Loss::Mnist.predict(&[logit])), [0, 1, 1, 1]);
        assert_eq!(Loss::CrossEntropy.predict(&[0.5, 2.0, 2.0]), 1);
    }

    proptest! {
        #[test]
        fn many_images_are_scored_as_one_is(
            mut logits in prop::collection::vec(-30.0_f32..30.0, 170),
            strange in prop::sample::select(vec![0.0, f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 1e38]),
            place in 0_usize..170,
            classes in prop::collection::vec(0_u8..10, 17),
        ) {
            logits[place] = strange;
            for loss in [Loss::Mnist, Loss::CrossEntropy, Loss::Accuracy] {
                let outputs = loss.logits(10);
                let logits = &logits[logits.len() - 17 * outputs..];
                let (mut losses, mut scratch) = ([0.0; 17], vec![0.0; logits.len()]);
                let correct = loss.score(logits, &classes, &mut losses, &mut scratch);
                let mut expected = 0;
                for ((logits, &class), found) in logits.chunks(outputs).zip(&classes).zip(losses) {
                    let one = loss.differentiate(logits, class, &mut vec![0.0; outputs]);
                    let is_same = one.to_bits() == found.to_bits() || one.is_nan() && found.is_nan();
                    prop_assert!(is_same, "{loss:?} {one} {found}");
                    expected += usize::from(loss.predict(logits) == class);
                }
                prop_assert_eq!(correct, expected);
            }
        }

        #[test]
        fn derivatives_are_slopes(logits in prop::collection::vec(-6.0_f64..6.0, 4), class in 0_u8..4) {
            for (loss, logits, class) in [(Loss::Mnist, &logits[..1], class % 2), (Loss::CrossEntropy, &logits[..], class)] {
                let mut d_logits = vec![0.0; logits.len()];
                loss.differentiate(logits, class, &mut d_logits);
                for (at, d_logit) in d_logits.iter().enumerate() {
                    let h = 1e-6;
                    let moved = |by: f64| {
                        let mut logits = logits.to_vec();
                        logits[at] += by;
                        loss.differentiate(&logits, class, &mut vec![0.0; logits.len()])
                    };
                    let slope = (moved(h) - moved(-h)) / (2.0 * h);
                    prop_assert!((slope - d_logit).abs() < 1e-8, "{loss:?} {at}: {slope} {d_logit}");
                }
            }
        }
    }
}
