//! Networks of linear layers, their parameters in the processor's rows of 32 numbers.

use super::gpu::{Argument, Fault, Gpu};
use super::memory::Array;
use super::network::{CONTROL, Network, THREADS, Work, number, word};
use crate::compute::cpu::{SIZE, Shape, Tile};
use crate::math::loss::Loss;
use crate::math::model::{Model, Parameter};
use std::ops::Range;
use std::sync::Arc;

/// Rows that a block takes at a time: one a warp.
const WARPS: usize = THREADS as usize / 32;
/// Rows of activations that a block has room for, `SLOTS` in dense.cu.
const MOST_SLOTS: usize = 32;

/// Any model that [`Shape`] knows.
#[derive(Debug)]
pub struct Dense {
    shape: Shape,
    loss: Loss,
    /// For each layer, what dense.cu's `Layer` has.
    layers: Array<u32>,
}

impl Dense {
    /// `None` for a model of another kind.
    pub fn new(gpu: &Arc<dyn Gpu>, model: &Model) -> Result<Option<Self>, Fault> {
        let Some(shape) = Shape::of(model).filter(|shape| shape.slots <= MOST_SLOTS) else { return Ok(None) };
        let words = shape.layers.iter().flat_map(|layer| {
            [layer.outputs, layer.tiles_in, layer.tiles, layer.weight, layer.bias, layer.y, layer.d].map(word)
        });
        let layers = Array::of(gpu, &words.collect::<Vec<_>>())?;
        Ok(Some(Self { shape, loss: model.loss, layers }))
    }

    fn depth(&self) -> Argument {
        Argument::Whole(word(self.shape.layers.len()))
    }
}

impl Network for Dense {
    fn trains(&self) -> &'static str {
        "dense_train"
    }

    fn predicts(&self) -> (&'static str, bool) {
        ("dense_predict", false)
    }

    fn count(&self) -> usize {
        self.shape.rows * SIZE
    }

    fn pack(&self, tensors: &[Parameter]) -> Vec<f32> {
        let mut rows = vec![Tile::ZERO; self.shape.rows];
        self.shape.pack(tensors, &mut rows);
        rows.iter().flat_map(Tile::values).copied().collect()
    }

    fn unpack(&self, numbers: &[f32], model: &Model) -> Vec<Parameter> {
        let rows: Vec<Tile> = numbers.as_chunks().0.iter().copied().map(Tile::new).collect();
        self.shape.unpack(&rows, model)
    }

    fn bounds(&self, batches: &[Range<usize>]) -> Vec<u32> {
        batches.iter().flat_map(|batch| [word(batch.start), word(batch.end)]).collect()
    }

    fn blocks(&self, images: usize) -> usize {
        self.shape.rows.div_ceil(WARPS).max(images)
    }

    fn work(&self, gpu: &Arc<dyn Gpu>, images: usize) -> Result<Work, Fault> {
        let slots = Array::new(gpu, self.shape.slots * images * SIZE)?;
        Ok(Work { images, arrays: vec![slots], control: Array::new(gpu, CONTROL)? })
    }

    fn own(&self, work: &Work) -> Vec<Argument> {
        vec![
            self.layers.argument(),
            self.depth(),
            Argument::Whole(number(self.loss)),
            Argument::Whole(word(self.shape.rows)),
            Argument::Whole(word(self.shape.slots)),
            Argument::Whole(word(work.images)),
            work.arrays[0].argument(),
        ]
    }

    fn own_predicting(&self, _: &Work) -> Vec<Argument> {
        vec![self.layers.argument(), self.depth()]
    }
}
