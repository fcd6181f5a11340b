//! One layer with weights, as the kernels see it: which places of its input each place of its output is a sum of.

use crate::data::PIXELS;
use crate::math::layer::conv2d::{Conv2d, TAPS};
use crate::math::model::Layer;

/// Channels that a kernel sums up at once.
pub const BLOCK: usize = 4;

/// Places of a strip: of so many, a few channels that go in and come out fit the nearest cache. Results depend on it.
const STRIP: usize = 28;

/// A convolution, or a linear layer as one whose filter covers the whole image.
///
/// An activation lies channel after channel, place after place, as in PyTorch; so does a weight: output after output,
/// input after input, tap after tap.
#[derive(Clone, Debug)]
pub struct Stage {
    /// Channels that go in.
    pub inputs: usize,
    /// Channels that come out.
    pub outputs: usize,
    /// Numbers in a channel that goes in.
    pub places_in: usize,
    /// Numbers in a channel that comes out.
    pub places_out: usize,
    /// Weights of a filter for one channel.
    pub taps: usize,
    /// Whether a ReLU follows.
    pub is_rectified: bool,
    /// For each place that comes out: `[place that goes in, tap]`.
    pub forward: Links,
    /// For each place that goes in: `[place that comes out, tap]`.
    pub backward: Links,
    /// For each tap: `[place that goes in, place that comes out]`, strip by strip of places that come out.
    pub strips: Vec<Links>,
    /// The weights for the way forward, see [`Packed`].
    pub weight: Packed,
    /// The weights for the way back.
    pub transposed: Packed,
    /// The biases, block by block, filled up with zeros.
    pub bias: Vec<[f32; BLOCK]>,
}

/// For each target a list of pairs.
#[derive(Clone, Debug)]
pub struct Links {
    pairs: Vec<[usize; 2]>,
    ends: Vec<usize>,
}

impl Links {
    fn new(targets: usize, mut links: Vec<(usize, [usize; 2])>) -> Self {
        links.sort_unstable();
        let ends = (0..targets).map(|target| links.partition_point(|link| link.0 <= target)).collect();
        Self { pairs: links.into_iter().map(|(_, pair)| pair).collect(), ends }
    }

    /// All pairs, list after list.
    #[cfg(feature = "cuda")]
    pub fn pairs(&self) -> &[[usize; 2]] {
        &self.pairs
    }

    /// Where each list ends.
    #[cfg(feature = "cuda")]
    pub fn ends(&self) -> &[usize] {
        &self.ends
    }

    /// The lists, target by target.
    #[inline(always)]
    pub fn iter(&self) -> impl Iterator<Item = &[[usize; 2]]> {
        let mut start = 0;
        self.ends.iter().map(move |&end| &self.pairs[std::mem::replace(&mut start, end)..end])
    }
}

/// Weights in the order in which a kernel reads them: for a block of channels to be summed up, tap after tap, channel
/// after channel that is summed over, one weight for each of the block. The last block is filled up with zeros.
#[derive(Clone, Debug)]
pub struct Packed(pub Vec<[f32; BLOCK]>);

impl Packed {
    fn new(to: usize, taps: usize, from: usize) -> Self {
        Self(vec![[0.0; BLOCK]; to.div_ceil(BLOCK) * taps * from])
    }

    /// `weight` holds that of channels `to` and `from` and a tap at `to * strides[0] + from * strides[1] + tap`.
    fn take(&mut self, weight: &[f32], to: usize, taps: usize, from: usize, strides: [usize; 2]) {
        for (block, packed) in self.0.chunks_exact_mut(taps * from).enumerate() {
            for within in 0..BLOCK.min(to - block * BLOCK) {
                let weight = &weight[(block * BLOCK + within) * strides[0]..];
                for (tap, packed) in packed.chunks_exact_mut(from).enumerate() {
                    for (packed, weight) in packed.iter_mut().zip(weight[tap..].iter().step_by(strides[1])) {
                        packed[within] = *weight;
                    }
                }
            }
        }
    }
}

impl Stage {
    fn new(shape: [usize; 5], links: &[[usize; 3]]) -> Self {
        let [inputs, places_in, outputs, places_out, taps] = shape;
        let table = |targets, pick: fn([usize; 3]) -> (usize, [usize; 2])| {
            Links::new(targets, links.iter().copied().map(pick).collect())
        };
        let strip = |start: usize| {
            let links = links.iter().filter(|link| (start..start + STRIP).contains(&link[1]));
            Links::new(taps, links.map(|&[place_in, place_out, tap]| (tap, [place_in, place_out])).collect())
        };
        Self {
            inputs,
            outputs,
            places_in,
            places_out,
            taps,
            is_rectified: false,
            forward: table(places_out, |[place_in, place_out, tap]| (place_out, [place_in, tap])),
            backward: table(places_in, |[place_in, place_out, tap]| (place_in, [place_out, tap])),
            strips: (0..places_out).step_by(STRIP).map(strip).collect(),
            weight: Packed::new(outputs, taps, inputs),
            transposed: Packed::new(inputs, taps, outputs),
            bias: vec![[0.0; BLOCK]; outputs.div_ceil(BLOCK)],
        }
    }

    fn convolution(conv: Conv2d) -> Self {
        let (places_in, places_out) = (conv.side * conv.side, conv.side_out() * conv.side_out());
        let mut links = Vec::new();
        for place_out in 0..places_out {
            links.extend((0..TAPS).filter_map(|tap| Some([conv.under(place_out, tap)?, place_out, tap])));
        }
        Self::new([conv.inputs, places_in, conv.outputs, places_out, TAPS], &links)
    }

    /// `places` is how many numbers a channel of its input has.
    fn linear(inputs: usize, outputs: usize, places: usize) -> Self {
        let links: Vec<_> = (0..places).map(|place| [place, 0, place]).collect();
        Self::new([inputs / places, places, outputs, 1, places], &links)
    }

    /// Numbers of an image that come out.
    pub fn len_out(&self) -> usize {
        self.outputs * self.places_out
    }

    /// Lays new parameters out, given in PyTorch's order.
    pub fn take(&mut self, weight: &[f32], bias: &[f32]) {
        let Self { inputs, outputs, taps, .. } = *self;
        let strides = [inputs * taps, taps];
        self.weight.take(weight, outputs, taps, inputs, strides);
        self.transposed.take(weight, inputs, taps, outputs, [strides[1], strides[0]]);
        self.bias.as_flattened_mut()[..outputs].copy_from_slice(bias);
    }
}

/// A model's layers as stages. Unflatten and flatten only rename the same numbers.
pub fn stages(layers: &[Layer]) -> Vec<Stage> {
    let mut stages: Vec<Stage> = Vec::new();
    for layer in layers {
        match *layer {
            Layer::Conv2d(conv) => stages.push(Stage::convolution(conv)),
            Layer::Linear { inputs, outputs } => {
                let places = stages.last().map_or(PIXELS, |last| last.places_out);
                stages.push(Stage::linear(inputs, outputs, places));
            }
            Layer::Relu => {
                if let Some(last) = stages.last_mut() {
                    last.is_rectified = true;
                }
            }
            Layer::Unflatten | Layer::Flatten => {}
        }
    }
    stages
}
