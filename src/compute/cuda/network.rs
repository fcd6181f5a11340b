//! What differs between the families of models: how their parameters lie, which kernels train them, and with what memory.

use super::gpu::{Argument, Fault, Gpu};
use super::memory::Array;
use crate::math::loss::Loss;
use crate::math::model::{Model, Parameter};
use std::fmt::Debug;
use std::ops::Range;
use std::sync::Arc;

/// Threads of every block.
pub const THREADS: u32 = 256;

/// A family's kernels for one model. The parameters of every kernel begin alike; [`Network::own`] has the rest.
pub trait Network: Send + Sync + Debug {
    /// The kernel that trains.
    fn trains(&self) -> &'static str;

    /// The kernel that finds logits, and whether its blocks wait for each other.
    fn predicts(&self) -> (&'static str, bool);

    /// How many numbers the parameters are as they lie on the GPU.
    fn count(&self) -> usize;

    /// PyTorch's tensors as they lie on the GPU.
    fn pack(&self, tensors: &[Parameter]) -> Vec<f32>;

    /// The reverse.
    fn unpack(&self, numbers: &[f32], model: &Model) -> Vec<Parameter>;

    /// What the kernel has to know of each mini-batch: places in the order.
    fn bounds(&self, batches: &[Range<usize>]) -> Vec<u32>;

    /// Blocks that would find work with so many images in a mini-batch.
    fn blocks(&self, images: usize) -> usize;

    /// Memory to work in, for mini-batches of up to so many images.
    ///
    /// # Errors
    /// A GPU that has not so much, or does not answer.
    fn work(&self, gpu: &Arc<dyn Gpu>, images: usize) -> Result<Work, Fault>;

    /// The last parameters of the kernel that trains.
    fn own(&self, work: &Work) -> Vec<Argument>;

    /// The last parameters of the kernel that finds logits.
    fn own_predicting(&self, work: &Work) -> Vec<Argument>;
}

/// Memory to work in.
#[derive(Debug)]
pub struct Work {
    /// Images of a mini-batch that there is room for.
    pub images: usize,
    /// What the family needs, in the order of its kernels' parameters.
    pub arrays: Vec<Array<f32>>,
    /// For the barrier and for what went wrong; see `common.cuh`.
    pub control: Array<u32>,
}

/// Words of [`Work::control`].
pub const CONTROL: usize = 6;

/// The number by which the kernels know a loss.
pub const fn number(loss: Loss) -> u32 {
    match loss {
        Loss::Mnist => 0,
        Loss::CrossEntropy => 1,
        Loss::Accuracy => 2,
    }
}

/// Sizes and places are small: a model has far fewer than 2^32 numbers, and so has a batch.
#[expect(clippy::cast_possible_truncation, reason = "see above")]
pub const fn word(size: usize) -> u32 {
    size as u32
}
