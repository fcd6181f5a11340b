//! Convolutions: the processor's stages and their lists of links, as tables.

use super::gpu::{Argument, Fault, Gpu};
use super::memory::Array;
use super::network::{CONTROL, Network, THREADS, Work, number, word};
use crate::compute::cpu::{GROUP, Links, PARTS, Stage, part_len, stages};
use crate::data::PIXELS;
use crate::math::loss::Loss;
use crate::math::model::{Model, Parameter};
use std::ops::Range;
use std::sync::Arc;

/// Channels that are summed up together, `TOGETHER` in conv.cu.
const TOGETHER: usize = 4;

/// Any model that begins with convolutions.
#[derive(Debug)]
pub struct Conv {
    loss: Loss,
    depth: usize,
    /// For each stage, what conv.cu's `Stage` has.
    stages: Array<u32>,
    /// All lists of links.
    tables: Array<u32>,
    /// Numbers of an image's activations, its pixels among them.
    len: usize,
    parameters: usize,
    /// Lanes that the largest stage puts out for a group, a few channels at a time.
    widest: usize,
}

impl Conv {
    /// The layers of `model` as stages.
    pub fn new(gpu: &Arc<dyn Gpu>, model: &Model) -> Result<Self, Fault> {
        let (mut words, mut tables) = (Vec::new(), Tables::default());
        let (mut len, mut parameters, mut widest) = (PIXELS, 0, PIXELS);
        let stages = stages(&model.layers);
        for stage in &stages {
            let &Stage { inputs, outputs, places_in, places_out, taps, is_rectified, .. } = stage;
            let weights = outputs * inputs * taps;
            let (x, y) = (len - inputs * places_in, len);
            words.extend([inputs, outputs, places_in, places_out, taps, usize::from(is_rectified), x, y].map(word));
            words.extend([parameters, parameters + weights].map(word));
            words.extend(tables.add(&[&stage.forward]));
            words.extend(tables.add(&[&stage.backward]));
            words.push(word(stage.strips.len()));
            words.extend(tables.add(&stage.strips.iter().collect::<Vec<_>>()));
            widest = widest.max(outputs.div_ceil(TOGETHER) * places_out);
            (len, parameters) = (len + stage.len_out(), parameters + weights + outputs);
        }
        let (depth, loss) = (stages.len(), model.loss);
        let (stages, tables) = (Array::of(gpu, &words)?, Array::of(gpu, &tables.0)?);
        Ok(Self { loss, depth, stages, tables, len, parameters, widest })
    }

    /// The most groups that are under way at once, one of each part, in mini-batches of up to so many images.
    fn groups(images: usize) -> usize {
        images.div_ceil(GROUP).clamp(1, PARTS)
    }
}

/// Lists of links, one after the other.
#[derive(Default)]
struct Tables(Vec<u32>);

impl Tables {
    /// Adds lists that follow each other. Returns where their ends begin, and where their pairs.
    fn add(&mut self, lists: &[&Links]) -> [u32; 2] {
        let (ends, mut before) = (word(self.0.len()), 0);
        for links in lists {
            self.0.extend(links.ends().iter().map(|end| word(before + end)));
            before += links.pairs().len();
        }
        let pairs = word(self.0.len());
        for links in lists {
            self.0.extend(links.pairs().as_flattened().iter().copied().map(word));
        }
        [ends, pairs]
    }
}

impl Network for Conv {
    fn trains(&self) -> &'static str {
        "conv_train"
    }

    fn predicts(&self) -> (&'static str, bool) {
        ("conv_predict", true)
    }

    fn count(&self) -> usize {
        self.parameters
    }

    fn pack(&self, tensors: &[Parameter]) -> Vec<f32> {
        tensors.iter().flat_map(|tensor| &tensor.values).copied().collect()
    }

    fn unpack(&self, numbers: &[f32], model: &Model) -> Vec<Parameter> {
        let mut rest = numbers;
        let lens = model.shapes().into_iter().map(|(_, shape)| shape.iter().product());
        model.tensors(lens.map(|len: usize| {
            let own;
            (own, rest) = rest.split_at(len);
            own.to_vec()
        }))
    }

    fn bounds(&self, batches: &[Range<usize>]) -> Vec<u32> {
        let words = batches.iter().map(|batch| [batch.start, batch.end, part_len(batch.len())].map(word));
        words.flatten().collect()
    }

    fn blocks(&self, images: usize) -> usize {
        (Self::groups(images) * self.widest * GROUP).div_ceil(THREADS as usize)
    }

    fn work(&self, gpu: &Arc<dyn Gpu>, images: usize) -> Result<Work, Fault> {
        let groups = Self::groups(images);
        let (lanes, parts) = (groups * self.len * GROUP, groups * self.parameters);
        let arrays = [lanes, lanes, parts].map(|len| Array::new(gpu, len));
        Ok(Work { images, arrays: arrays.into_iter().collect::<Result<_, _>>()?, control: Array::new(gpu, CONTROL)? })
    }

    fn own(&self, work: &Work) -> Vec<Argument> {
        let mut own = vec![
            self.stages.argument(),
            Argument::Whole(word(self.depth)),
            Argument::Whole(number(self.loss)),
            self.tables.argument(),
            Argument::Whole(word(self.len)),
            Argument::Whole(word(self.parameters)),
        ];
        own.extend(work.arrays.iter().map(Array::argument));
        own
    }

    fn own_predicting(&self, work: &Work) -> Vec<Argument> {
        vec![
            self.stages.argument(),
            Argument::Whole(word(self.depth)),
            self.tables.argument(),
            Argument::Whole(word(self.len)),
            Argument::Whole(word(Self::groups(work.images))),
            work.arrays[0].argument(),
            work.control.argument(),
        ]
    }
}
