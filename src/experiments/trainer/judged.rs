//! The held-out images with the model's answers: what it took for what, how sure it was, and where it went wrong most.

use super::{Snapshot, Validation};
use crate::compute::Samples;
use crate::math::loss::Loss;

/// Bars of [`Judged::histogram`].
pub const BINS: usize = 20;

/// The answers to all held-out images after an epoch. Places are those of the task's held-out samples.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    /// The epoch after which the images were read; 0 is before training.
    pub epoch: u64,
    /// Each image's class.
    pub actual: Vec<u8>,
    /// The class that the model answered.
    pub predictions: Vec<u8>,
    /// How sure it was of its answer, 0 to 1.
    pub confidences: Vec<f32>,
    /// How sure it was of class 0, 0 to 1; only of models with one logit.
    pub firsts: Option<Vec<f32>>,
    /// Each image's loss.
    pub losses: Vec<f32>,
    /// How many classes there are.
    classes: usize,
    /// All places by loss, the largest first.
    order: Vec<u32>,
}

impl Judged {
    /// Judges what a validation found.
    #[must_use]
    pub fn new(validation: &Validation, samples: &Samples, loss: Loss, classes: usize) -> Self {
        let width = loss.logits(classes).max(1);
        let actual = samples.classes().to_vec();
        let count = actual.len();
        let (mut predictions, mut confidences, mut losses) = (Vec::new(), Vec::new(), Vec::new());
        let mut firsts = (width == 1).then(Vec::new);
        let (mut probabilities, mut d_logits) = (vec![0.0; width], vec![0.0; width]);
        for (logits, &class) in validation.logits.chunks_exact(width).zip(&actual) {
            loss.probabilities(logits, &mut probabilities);
            let prediction = loss.predict(logits);
            losses.push(loss.differentiate(logits, class, &mut d_logits));
            predictions.push(prediction);
            let said = probabilities.get(usize::from(prediction)).copied();
            confidences.push(if let Some(firsts) = &mut firsts {
                let first = probabilities[0];
                firsts.push(first);
                if prediction == 0 { first } else { 1.0 - first }
            } else {
                said.unwrap_or_default()
            });
        }
        // What is no number is worse than any loss.
        let key = |place: &u32| losses.get(*place as usize).copied().filter(|loss| !loss.is_nan()).unwrap_or(f32::MAX);
        let mut order: Vec<u32> = (0..).take(count.min(losses.len())).collect();
        order.sort_by(|a, b| key(b).total_cmp(&key(a)).then(a.cmp(b)));
        Self { epoch: validation.epoch, actual, predictions, confidences, firsts, losses, classes, order }
    }

    /// The judgement of what a snapshot shows; none before anything was measured.
    #[must_use]
    pub fn of(snapshot: &Snapshot) -> Option<Self> {
        let validation = snapshot.validation.as_ref()?;
        Some(Self::new(validation, &snapshot.task.valid, snapshot.architecture.loss, snapshot.digits.len()))
    }

    /// All places by loss, the largest first; of equal ones in their order.
    #[must_use]
    pub fn top_losses(&self) -> &[u32] {
        &self.order
    }

    /// The places of the images of one class that were taken for another, or for itself; the largest loss first.
    #[must_use]
    pub fn cell(&self, actual: u8, said: u8) -> Vec<u32> {
        self.chosen(|pair| pair == (actual, said))
    }

    /// The places of all mistakes, the largest loss first.
    #[must_use]
    pub fn mistakes(&self) -> Vec<u32> {
        self.chosen(|(actual, said)| actual != said)
    }

    fn chosen(&self, wanted: impl Fn((u8, u8)) -> bool) -> Vec<u32> {
        let is_wanted = |place: &&u32| {
            let place = **place as usize;
            self.actual.get(place).copied().zip(self.predictions.get(place).copied()).is_some_and(&wanted)
        };
        self.order.iter().filter(is_wanted).copied().collect()
    }

    /// How often an image of each class (row) was taken for each class (column).
    #[must_use]
    pub fn confusion(&self) -> Vec<Vec<u32>> {
        let mut confusion = vec![vec![0; self.classes]; self.classes];
        for (&actual, &said) in self.actual.iter().zip(&self.predictions) {
            let row = confusion.get_mut(usize::from(actual));
            if let Some(cell) = row.and_then(|row: &mut Vec<u32>| row.get_mut(usize::from(said))) {
                *cell += 1;
            }
        }
        confusion
    }

    /// How many answers were right.
    #[must_use]
    pub fn right(&self) -> usize {
        self.actual.iter().zip(&self.predictions).filter(|(actual, said)| actual == said).count()
    }

    /// Counts in [`BINS`] equal parts of 0 to 1. Of a model with one logit: the probability of the first digit, and each
    /// part's images of the first and of the second digit. Of others: how sure it was of its answer, and each part's right
    /// and wrong answers. What is no number is not counted.
    #[must_use]
    pub fn histogram(&self) -> [[u32; 2]; BINS] {
        let mut bins = [[0; 2]; BINS];
        let values = self.firsts.as_ref().unwrap_or(&self.confidences);
        for ((&value, &actual), &said) in values.iter().zip(&self.actual).zip(&self.predictions) {
            if !(0.0..=1.0).contains(&value) {
                continue;
            }
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and BINS")]
            let bin = ((value * BINS as f32) as usize).min(BINS - 1);
            let is_second = if self.firsts.is_some() { actual != 0 } else { actual != said };
            bins[bin][usize::from(is_second)] += 1;
        }
        bins
    }

    /// How sure it was of its answers, on average, 0 to 1.
    #[must_use]
    pub fn mean_confidence(&self) -> f64 {
        self.confidences.iter().copied().map(f64::from).sum::<f64>() / self.confidences.len().max(1) as f64
    }

    /// Of the answers that it was surer of than `threshold`: how many were right, and how many there were.
    #[must_use]
    pub fn sure(&self, threshold: f32) -> (usize, usize) {
        let sure = self.confidences.iter().enumerate().filter(|(_, confidence)| **confidence > threshold);
        sure.fold((0, 0), |(right, all), (place, _)| {
            (right + usize::from(self.actual.get(place) == self.predictions.get(place)), all + 1)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compute::Task;
    use crate::data::Library;
    use crate::experiments::trainer::{Settings, Trainer};
    use crate::experiments::{Experiment as _, Tape};

    fn samples(digits: Vec<u8>) -> Task {
        Task::new(&Library::new().builtin().unwrap(), digits)
    }

    #[test]
    fn the_worst_comes_first_and_every_cell_is_in_that_order() {
        let task = samples(vec![3, 7]);
        // Logits that fall along the images: the later a three and the earlier a seven, the worse.
        let logits = (0..task.valid.len()).map(|place| 1.0 - 0.001 * place as f32).collect();
        let judged = Judged::new(&Validation { epoch: 4, logits }, &task.valid, Loss::Mnist, 2);
        assert_eq!(judged.epoch, 4);
        let losses: Vec<f32> = judged.top_losses().iter().map(|place| judged.losses[*place as usize]).collect();
        assert!(losses.is_sorted_by(|a, b| a >= b));
        assert_eq!(losses.len(), task.valid.len());
        // sigmoid(1 - 0.001 place) > 0.5 up to place 999.
        assert_eq!(judged.confusion(), [[1000, 10], [0, 1028]]);
        let missed = judged.cell(0, 1);
        assert_eq!((missed.len(), missed[0]), (10, 1009));
        assert_eq!(judged.mistakes(), missed);
        assert_eq!(judged.right(), 2028);
        assert!(judged.cell(1, 0).is_empty());
    }

    #[test]
    fn a_loss_that_is_no_number_is_the_worst() {
        let task = samples(vec![3, 7]);
        let mut logits = vec![2.0; task.valid.len()];
        logits[9] = -f32::NAN;
        let logits = logits.into();
        let judged = Judged::new(&Validation { epoch: 0, logits }, &task.valid, Loss::Mnist, 2);
        assert_eq!(judged.top_losses()[0], 9);
        assert_eq!(judged.histogram().iter().flatten().sum::<u32>() as usize, task.valid.len() - 1);
    }

    #[test]
    fn histograms_count_every_image_on_its_side() {
        let task = samples(vec![0, 1, 2]);
        let count = task.valid.len();
        // Softmax of (0, 0, ln 8) is 0.1, 0.1, 0.8: all are called a 2, with 0.8.
        let logits = (0..count).flat_map(|_| [0.0, 0.0, 8.0_f32.ln() + 1e-3]).collect();
        let judged = Judged::new(&Validation { epoch: 1, logits }, &task.valid, Loss::CrossEntropy, 3);
        let bins = judged.histogram();
        assert_eq!(bins[16], [1032, 980 + 1135]);
        assert_eq!(bins.iter().flatten().sum::<u32>() as usize, count);
        assert_eq!((judged.sure(0.75), judged.sure(0.9)), ((1032, count), (0, 0)));
        assert!(judged.firsts.is_none());
    }

    /// The trained linear model's counts are those of the run's own table.
    #[test]
    fn a_run_s_judgement_agrees_with_its_accuracy() {
        let mut tape = Tape::new(Trainer::start(&Settings::default(), &Library::new()).unwrap());
        tape.seek(393);
        let snapshot = tape.now().snapshot();
        let (judged, epoch) = (Judged::of(&snapshot).unwrap(), *snapshot.epochs.last().unwrap());
        assert_eq!(judged.epoch, 2);
        assert_eq!(judged.right() as f64 / 2038.0, epoch.accuracy);
        let mean = judged.losses.iter().copied().map(f64::from).sum::<f64>() / 2038.0;
        assert!((mean - epoch.valid_loss).abs() < 1e-6, "{mean} {}", epoch.valid_loss);
        let bins = judged.histogram();
        let first: u32 = bins.iter().map(|bin| bin[0]).sum();
        assert_eq!(first, 1010);
    }
}
