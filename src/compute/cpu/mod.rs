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
pub mod means;
mod scoring;
#[cfg(test)]
mod testing;
mod vectors;
mod weights;

// What a GPU, which has the same bits, has to lie and to sum alike.
#[cfg(feature = "cuda")]
pub use conv::{
    PARTS, part_len,
    stage::{Links, Stage, stages},
};
#[cfg(feature = "cuda")]
pub use dense::{
    shape::Shape,
    tile::{SIZE, Tile},
};
#[cfg(feature = "cuda")]
pub use lanes::WIDTH as GROUP;
#[cfg(feature = "cuda")]
pub use {scoring::Scoring, weights::step};

use super::{Backend, Task};
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
