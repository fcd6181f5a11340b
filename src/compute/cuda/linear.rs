//! The linear model: 784 weights and a bias.

use super::gpu::{Argument, Fault, Gpu};
use super::memory::Array;
use super::network::{CONTROL, Network, THREADS, Work, word};
use crate::data::PIXELS;
use crate::math::model::{Model, Parameter};
use std::ops::Range;
use std::sync::Arc;

/// Threads that find an image's logit.
const HALF: usize = 16;
/// Parameters that a block sums up at a time.
const TOGETHER: usize = 32;

/// Trained by [`crate::math::loss::Loss::Mnist`].
#[derive(Debug)]
pub struct Linear;

impl Network for Linear {
    fn trains(&self) -> &'static str {
        "linear_train"
    }

    fn predicts(&self) -> (&'static str, bool) {
        ("linear_predict", false)
    }

    fn count(&self) -> usize {
        PIXELS + 1
    }

    fn pack(&self, tensors: &[Parameter]) -> Vec<f32> {
        tensors.iter().flat_map(|tensor| &tensor.values).copied().collect()
    }

    fn unpack(&self, numbers: &[f32], model: &Model) -> Vec<Parameter> {
        let (weight, bias) = numbers.split_at(PIXELS);
        model.tensors([weight.to_vec(), bias.to_vec()])
    }

    fn bounds(&self, batches: &[Range<usize>]) -> Vec<u32> {
        batches.iter().flat_map(|batch| [word(batch.start), word(batch.end)]).collect()
    }

    fn blocks(&self, images: usize) -> usize {
        self.count().div_ceil(TOGETHER).max(images.div_ceil(THREADS as usize / HALF))
    }

    fn work(&self, gpu: &Arc<dyn Gpu>, images: usize) -> Result<Work, Fault> {
        Ok(Work { images, arrays: vec![Array::new(gpu, images)?], control: Array::new(gpu, CONTROL)? })
    }

    fn own(&self, work: &Work) -> Vec<Argument> {
        vec![work.arrays[0].argument()]
    }

    fn own_predicting(&self, _: &Work) -> Vec<Argument> {
        Vec::new()
    }
}
