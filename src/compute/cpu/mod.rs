//! The processor: loops over bytes, run by rayon's threads.
//!
//! - A batch is cut into chunks of a fixed length, each chunk sums in its own memory, and chunks are added up in order.
//!   So the number of threads changes nothing, to the bit.
//! - Sums run side by side, sixteen in a lane of [`lanes`] or 32, whatever the machine's [`vectors`] hold, and with fused
//!   multiply-add, which rounds alike everywhere. (A processor without it, as before 2013, gets the same bits slowly.)
//! - A pixel counts as `byte / 255`. Networks look that up in a table, the linear model divides once at the end of a sum.
//! - A training step allocates nothing: working memory is kept from batch to batch, and grows to the largest.

mod conv;
mod dense;
mod lanes;
mod linear;
mod scoring;
#[cfg(test)]
mod testing;
mod vectors;
mod weights;

use super::{Backend, BatchScore, Task};
use crate::math::loss::Loss;
use crate::math::model::{Layer, Model};
use std::sync::Arc;

/// Puts `model` on the processor; `None` if there are no kernels for its layers in their order.
pub fn open(model: Arc<Model>, task: Arc<Task>) -> Option<Box<dyn Backend>> {
    Some(match (&*model.layers, model.loss) {
        ([Layer::Linear { outputs: 1, .. }], Loss::Mnist) => Box::new(linear::Linear::new(model, task)),
        ([Layer::Unflatten, ..], _) => Box::new(conv::Conv::new(model, task)),
        _ => Box::new(dense::Dense::new(model, task)?),
    })
}

/// Adds up a batch's losses in the order of its images, in double precision.
fn score(losses: &[f32], correct: usize) -> BatchScore {
    let loss_sum = losses.iter().copied().map(f64::from).sum::<f64>();
    BatchScore { count: losses.len(), loss_sum, correct, is_finite: loss_sum.is_finite() }
}
