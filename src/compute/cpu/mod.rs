//! The processor: plain loops over bytes, run by rayon's threads.
//!
//! - A batch is cut into chunks of a fixed length, each chunk sums in its own memory, and chunks are added up in order.
//!   So the number of threads changes nothing, to the bit.
//! - Sums run in [`lanes`], sixteen side by side whatever the machine's vectors hold, and with fused multiply-add, which
//!   rounds alike everywhere. (A processor without it, as before 2013, gets the same bits slowly.)
//! - A pixel counts as `byte / 255`. That division is taken out of the sums and done once at their end, which spares it
//!   784 times an image and rounds once where PyTorch rounds each pixel.
//! - A training step allocates nothing: working memory is kept from batch to batch, and grows to the largest.

mod conv;
mod dense;
mod lanes;
mod linear;
mod plain;
mod weights;

use super::{Backend, BatchScore, Task};
use crate::math::loss::Loss;
use crate::math::model::{Layer, Model};
use std::sync::Arc;

/// Puts `model` on the processor.
pub fn open(model: Arc<Model>, task: Arc<Task>) -> Box<dyn Backend> {
    match (&*model.layers, model.loss) {
        ([Layer::Linear { outputs: 1, .. }], Loss::Mnist) => Box::new(linear::Linear::new(model, task)),
        ([Layer::Unflatten, ..], _) => Box::new(conv::Conv::new(model, task)),
        _ => match dense::Dense::new(Arc::clone(&model), Arc::clone(&task)) {
            Some(dense) => Box::new(dense),
            None => Box::new(plain::Plain::new(model, task)),
        },
    }
}

/// Adds up a batch's losses in the order of its images, in double precision.
fn score(losses: &[f32], correct: usize) -> BatchScore {
    let loss_sum = losses.iter().copied().map(f64::from).sum::<f64>();
    BatchScore { count: losses.len(), loss_sum, correct, is_finite: loss_sum.is_finite() }
}
