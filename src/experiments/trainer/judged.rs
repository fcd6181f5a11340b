//! The held-out images with the model's answers: what it took for what, how sure it was, and where it went wrong most.

use super::{Snapshot, Validation};
use crate::compute::Samples;
use crate::experiments::answers::Answers;
use crate::math::loss::Loss;

/// Bars of [`Judged::histogram`].
pub const BINS: usize = 20;
/// Surer than this is very sure.
const VERY_SURE: f32 = 0.9;

/// The answers to all held-out images after an epoch. An index is that of an image among the task's held-out samples.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Judged {
    /// The epoch after which the images were read; 0 is before training.
    pub epoch: u64,
    /// Each image's class, and the one that the model answered.
    pub answers: Answers,
    /// How sure it was of each answer, 0 to 1.
    pub confidences: Vec<f32>,
    /// Each image's loss.
    pub losses: Vec<f32>,
    /// All indices by loss, the largest first; of equal ones in their order.
    pub top_losses: Vec<usize>,
    /// How often an image of each class (row) was taken for each class (column).
    pub confusion: Vec<Vec<u32>>,
    /// How many answers were right.
    pub correct: usize,
    /// Whether the model has one logit, and the histogram is of how sure it was of class 0.
    pub is_of_first: bool,
    /// Counts in [`BINS`] equal parts of 0 to 1. Of a model with one logit: how sure it was of class 0, and each part's images
    /// of the first and of the second digit. Of others: how sure it was of its answer, and each part's right and wrong
    /// answers. What is no number is not counted.
    pub histogram: [[u32; 2]; BINS],
    /// How sure it was of its answers, on average, 0 to 1.
    pub mean_confidence: f64,
    /// Of the answers that it was over 90 % sure of: how many were right, and how many there were.
    pub very_sure: (usize, usize),
}

/// What the model answered to each held-out image when it was last measured.
pub(super) fn answers(snapshot: &Snapshot, validation: &Validation) -> Answers {
    let (loss, classes) = (snapshot.architecture.loss, snapshot.digits.len());
    let logits = validation.logits.chunks_exact(loss.logits(classes).max(1));
    let predicted = logits.map(|logits| loss.predict(logits)).collect();
    Answers { actual: snapshot.task.valid.classes().to_vec(), predicted, classes }
}

/// The judgement of a validation under way: some images after others.
#[derive(Debug)]
pub(super) struct Judging {
    judged: Judged,
    loss: Loss,
    /// What the logits are made into, and what a loss needs to be taken.
    probabilities: Vec<f32>,
    d_logits: Vec<f32>,
}

impl Judging {
    /// Nothing judged yet.
    pub(super) fn new(epoch: u64, loss: Loss, classes: usize) -> Self {
        let width = loss.logits(classes).max(1);
        let answers = Answers { classes, ..Answers::default() };
        let judged = Judged { epoch, answers, is_of_first: width == 1, ..Judged::default() };
        Self { judged, loss, probabilities: vec![0.0; width], d_logits: vec![0.0; width] }
    }

    /// The same for what a snapshot shows.
    pub(super) fn of(snapshot: &Snapshot, validation: &Validation) -> Self {
        Self::new(validation.epoch, snapshot.architecture.loss, snapshot.digits.len())
    }

    /// Judges so many more images; returns the judgement once it has judged all.
    pub(super) fn advance(&mut self, validation: &Validation, samples: &Samples, images: usize) -> Option<Judged> {
        let logits = validation.logits.chunks_exact(self.probabilities.len());
        let done = self.judged.losses.len();
        for (logits, &class) in logits.zip(samples.classes()).skip(done).take(images) {
            self.judge(logits, class);
        }
        let is_done = self.judged.losses.len() < done + images;
        is_done.then(|| std::mem::take(&mut self.judged).complete())
    }

    fn judge(&mut self, logits: &[f32], class: u8) {
        let Self { judged, loss, probabilities, d_logits } = self;
        loss.probabilities(logits, probabilities);
        let prediction = loss.predict(logits);
        let said = probabilities.get(usize::from(prediction)).copied().unwrap_or_default();
        judged.losses.push(loss.differentiate(logits, class, d_logits));
        judged.answers.actual.push(class);
        judged.answers.predicted.push(prediction);
        let first = probabilities.first().copied().unwrap_or_default();
        let confidence = match (judged.is_of_first, prediction) {
            (false, _) => said,
            (true, 0) => first,
            (true, _) => 1.0 - first,
        };
        judged.confidences.push(confidence);
        let (value, is_second) =
            if judged.is_of_first { (first, class != 0) } else { (confidence, class != prediction) };
        if (0.0..=1.0).contains(&value) {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and BINS")]
            let bin = ((value * BINS as f32) as usize).min(BINS - 1);
            judged.histogram[bin][usize::from(is_second)] += 1;
        }
    }
}

impl Judged {
    /// The indices of the images of one class that were taken for another, or for itself; the largest loss first.
    #[must_use]
    pub fn cell(&self, actual: u8, predicted: u8) -> Vec<usize> {
        self.worst_first(self.answers.cell(actual, predicted))
    }

    /// The indices of all mistakes, the largest loss first.
    #[must_use]
    pub fn mistakes(&self) -> Vec<usize> {
        self.worst_first(self.answers.mistakes())
    }

    /// What follows from all answers together.
    fn complete(mut self) -> Self {
        self.top_losses = self.worst_first((0..self.losses.len()).collect());
        self.confusion = self.answers.confusion();
        self.correct = self.answers.correct();
        let sum: f64 = self.confidences.iter().copied().map(f64::from).sum();
        self.mean_confidence = sum / self.confidences.len().max(1) as f64;
        self.very_sure = self.sure(VERY_SURE);
        self
    }

    fn worst_first(&self, mut indices: Vec<usize>) -> Vec<usize> {
        // What is no number is worse than any loss.
        let loss = |index: usize| self.losses.get(index).copied().filter(|loss| !loss.is_nan()).unwrap_or(f32::MAX);
        indices.sort_by(|&left, &right| loss(right).total_cmp(&loss(left)));
        indices
    }

    /// Of the answers that it was surer of than `threshold`: how many were right, and how many there were.
    fn sure(&self, threshold: f32) -> (usize, usize) {
        let sure = self.confidences.iter().zip(self.answers.pairs()).filter(|(confidence, _)| **confidence > threshold);
        sure.fold((0, 0), |(right, all), (_, (actual, predicted))| (right + usize::from(actual == predicted), all + 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compute::Task;
    use crate::data::Library;
    use crate::experiments::trainer::{Settings, Trainer};
    use crate::experiments::{Checked, Experiment as _, Tape};

    fn samples(digits: Vec<u8>) -> Task {
        Task::new(&Library::new().builtin().unwrap(), digits)
    }

    fn judged(validation: &Validation, samples: &Samples, loss: Loss, classes: usize) -> Judged {
        let mut work = Judging::new(validation.epoch, loss, classes);
        loop {
            if let Some(judged) = work.advance(validation, samples, 300) {
                return judged;
            }
        }
    }

    #[test]
    fn the_worst_comes_first_and_every_cell_is_in_that_order() {
        let task = samples(vec![3, 7]);
        // Logits that fall along the images: the later a three and the earlier a seven, the worse.
        let logits = (0..task.valid.len()).map(|index| 1.0 - 0.001 * index as f32).collect();
        let judged = judged(&Validation { epoch: 4, logits }, &task.valid, Loss::Mnist, 2);
        assert_eq!(judged.epoch, 4);
        let losses: Vec<f32> = judged.top_losses.iter().map(|&index| judged.losses[index]).collect();
        assert!(losses.is_sorted_by(|a, b| a >= b));
        assert_eq!(losses.len(), task.valid.len());
        // sigmoid(1 - 0.001 index) > 0.5 up to image 999.
        assert_eq!(judged.confusion, [[1000, 10], [0, 1028]]);
        let missed = judged.cell(0, 1);
        assert_eq!((missed.len(), missed[0]), (10, 1009));
        assert_eq!(judged.mistakes(), missed);
        assert_eq!(judged.correct, 2028);
        assert!(judged.cell(1, 0).is_empty());
    }

    #[test]
    fn images_judged_some_at_a_time_are_judged_the_same() {
        let task = samples(vec![3, 7]);
        let logits = (0..task.valid.len()).map(|index| (0.1 * index as f32).sin()).collect();
        let validation = Validation { epoch: 1, logits };
        let all = judged(&validation, &task.valid, Loss::Mnist, 2);
        for images in [1, 1019, 2038, 5000] {
            let mut work = Judging::new(1, Loss::Mnist, 2);
            let mut steps = 1;
            let some = loop {
                match work.advance(&validation, &task.valid, images) {
                    Some(judged) => break judged,
                    None => steps += 1,
                }
            };
            assert_eq!((some, steps), (all.clone(), 2038 / images + 1));
        }
    }

    #[test]
    fn a_loss_that_is_no_number_is_the_worst() {
        let task = samples(vec![3, 7]);
        let mut logits = vec![2.0; task.valid.len()];
        logits[9] = -f32::NAN;
        let logits = logits.into();
        let judged = judged(&Validation { epoch: 0, logits }, &task.valid, Loss::Mnist, 2);
        assert_eq!(judged.top_losses[0], 9);
        assert_eq!(judged.histogram.iter().flatten().sum::<u32>() as usize, task.valid.len() - 1);
    }

    #[test]
    fn histograms_count_every_image_on_its_side() {
        let task = samples(vec![0, 1, 2]);
        let count = task.valid.len();
        // Softmax of (0, 0, ln 8) is 0.1, 0.1, 0.8: all are called a 2, with 0.8.
        let logits = (0..count).flat_map(|_| [0.0, 0.0, 8.0_f32.ln() + 1e-3]).collect();
        let judged = judged(&Validation { epoch: 1, logits }, &task.valid, Loss::CrossEntropy, 3);
        let bins = judged.histogram;
        assert_eq!(bins[16], [1032, 980 + 1135]);
        assert_eq!(bins.iter().flatten().sum::<u32>() as usize, count);
        assert_eq!((judged.sure(0.75), judged.sure(0.9)), ((1032, count), (0, 0)));
        assert!(!judged.is_of_first);
        assert_eq!(judged.very_sure, judged.sure(0.9));
    }

    /// The trained linear model's counts are those of the run's own table.
    #[test]
    fn a_run_s_judgement_agrees_with_its_accuracy() {
        let mut tape = Tape::new(Trainer::start(&Checked::<Settings>::default(), &Library::new()).unwrap());
        tape.seek(393);
        let snapshot = tape.now().snapshot();
        let validation = snapshot.validation.as_ref().unwrap();
        let judged = judged(validation, &snapshot.task.valid, snapshot.architecture.loss, snapshot.digits.len());
        let epoch = *snapshot.epochs.last().unwrap();
        assert_eq!(judged.epoch, 2);
        assert_eq!(judged.correct as f64 / 2038.0, epoch.accuracy);
        let mean = judged.losses.iter().copied().map(f64::from).sum::<f64>() / 2038.0;
        assert!((mean - epoch.valid_loss).abs() < 1e-6, "{mean} {}", epoch.valid_loss);
        let bins = judged.histogram;
        let first: u32 = bins.iter().map(|bin| bin[0]).sum();
        assert_eq!(first, 1010);
    }
}
