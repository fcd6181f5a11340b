//! The held-out images' logits become losses and a score.

use crate::compute::{BatchScore, Samples, Score};
use crate::data::batches;
use crate::math::loss::Loss;

/// The most logits that an image has.
const MOST_LOGITS: usize = 10;

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
        let mut d_logits = [0.0; MOST_LOGITS];
        losses.resize(samples.len(), 0.0);
        scores.clear();
        for batch in batches(samples.len(), batch_size) {
            let mut correct = 0;
            for place in batch.clone() {
                let (class, logits) = (samples.classes()[place], &logits[place * outputs..][..outputs]);
                losses[place] = loss.differentiate(logits, class, &mut d_logits[..outputs]);
                correct += usize::from(loss.predict(logits) == class);
            }
            scores.push(BatchScore::of(&losses[batch], correct));
        }
        Score::of(scores)
    }
}
