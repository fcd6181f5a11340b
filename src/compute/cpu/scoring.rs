//! The held-out images' logits become losses and a score.

use super::lanes::WIDTH;
use super::vectors::{Kernel, Vectors, dispatch};
use crate::compute::{BatchScore, Samples, Score};
use crate::data::batches;
use crate::math::loss::Loss;
use pulp::Simd;

/// The most logits that an image has.
const MOST_LOGITS: usize = 10;
/// Images that go through the loss step by step together. Results do not depend on it.
const GROUP: usize = 64;

/// Scores held-out images; its memory is kept from one check to the next.
#[derive(Debug, Default)]
pub struct Scoring {
    losses: Vec<f32>,
    scores: Vec<BatchScore>,
}

impl Scoring {
    /// Scores all of `samples` in batches, whose means the book averages. `logits` has an image's logits after another's.
    pub fn score(&mut self, loss: Loss, samples: &Samples, logits: &[f32], batch_size: usize) -> Score {
        let Self { losses, scores } = self;
        let outputs = logits.len() / samples.len().max(1);
        losses.resize(samples.len(), 0.0);
        scores.clear();
        for batch in batches(samples.len(), batch_size) {
            let logits = &logits[batch.start * outputs..batch.end * outputs];
            let (classes, losses) = (&samples.classes()[batch.clone()], &mut losses[batch]);
            let correct = dispatch(ScoreBatch { loss, logits, classes, losses, outputs });
            scores.push(BatchScore::of(losses, correct));
        }
        Score::of(scores)
    }
}

/// The losses of a batch; how many of its images are classified rightly.
struct ScoreBatch<'a> {
    loss: Loss,
    logits: &'a [f32],
    classes: &'a [u8],
    losses: &'a mut [f32],
    outputs: usize,
}

impl Kernel for ScoreBatch<'_> {
    type Output = usize;
    const NUMBERS: usize = WIDTH;

    #[inline(always)]
    fn run<S: Simd, const N: usize>(self, _: Vectors<S, N>) -> usize {
        let Self { loss, logits, classes, losses, outputs } = self;
        let mut scratch = [0.0; GROUP * MOST_LOGITS];
        let groups = logits.chunks(GROUP * outputs).zip(classes.chunks(GROUP)).zip(losses.chunks_mut(GROUP));
        groups
            .map(|((logits, classes), losses)| loss.score(logits, classes, losses, &mut scratch[..logits.len()]))
            .sum()
    }
}
