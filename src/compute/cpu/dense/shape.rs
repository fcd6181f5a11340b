//! Where a network's numbers lie: its parameters as rows of tiles, its activations as slots of rows.

use super::tile::{SIZE, Tile};
use crate::data::PIXELS;
use crate::math::model::{self, Model, Parameter};

/// One linear layer. Its parameters count in rows of the parameters, its activations in slots of a group's memory.
#[derive(Clone, Debug)]
pub struct Layer {
    inputs: usize,
    /// Numbers it puts out.
    pub outputs: usize,
    /// Tiles that hold its inputs; of the first layer, which takes pixels, none.
    pub tiles_in: usize,
    /// Tiles that hold its outputs.
    pub tiles: usize,
    /// The weight's first row. In the first layer a tile has a row for each pixel, `[tile][784]`; in the others an output
    /// has one for each tile of inputs, `[outputs][tiles_in]`.
    pub weight: usize,
    /// The bias's first row, of `tiles`.
    pub bias: usize,
    /// The first slot of what it puts out (after the `ReLU`, where one follows), of `tiles`.
    pub y: usize,
    /// The first slot of the derivatives by its outputs (before the `ReLU`).
    pub d: usize,
}

/// All layers.
#[derive(Clone, Debug)]
pub struct Shape {
    /// First to last.
    pub layers: Vec<Layer>,
    /// Rows of parameters.
    pub rows: usize,
    /// Slots of a group.
    pub slots: usize,
}

impl Shape {
    /// That of a model whose layers are linear with `ReLU`s between, on 784 pixels, with at most 32 logits; no other.
    pub fn of(model: &Model) -> Option<Self> {
        let linear = |layer: &model::Layer| match *layer {
            model::Layer::Linear { inputs, outputs } => Some((inputs, outputs)),
            _ => None,
        };
        let (first, rest) = model.layers.split_first()?;
        let mut sizes = vec![linear(first)?];
        for pair in rest.chunks(2) {
            let [model::Layer::Relu, layer] = pair else { return None };
            sizes.push(linear(layer)?);
        }
        let (mut layers, mut slots) = (Vec::<Layer>::new(), 0);
        let mut rows = sizes[0].1.div_ceil(SIZE) * PIXELS;
        for (inputs, outputs) in sizes {
            let (tiles, tiles_in) = (outputs.div_ceil(SIZE), layers.last().map_or(0, |layer| layer.tiles));
            let weight = if layers.is_empty() { 0 } else { rows };
            let bias = rows + outputs * tiles_in;
            layers.push(Layer { inputs, outputs, tiles_in, tiles, weight, bias, y: slots, d: slots + tiles });
            (rows, slots) = (bias + tiles, slots + 2 * tiles);
        }
        let is_ours = layers[0].inputs == PIXELS && layers.last()?.tiles == 1;
        is_ours.then_some(Self { layers, rows, slots })
    }

    /// How many logits an image has.
    pub fn logits(&self) -> usize {
        self.layers.last().map_or(0, |layer| layer.outputs)
    }

    /// Rows of the first layer's weight, the first of all.
    pub fn first_weight(&self) -> usize {
        self.layers[0].bias
    }

    /// Calls `each` with tensor, place in it, row and place in that, for every parameter.
    fn places(&self, mut each: impl FnMut(usize, usize, usize, usize)) {
        for (at, layer) in self.layers.iter().enumerate() {
            for output in 0..layer.outputs {
                for input in 0..layer.inputs {
                    let (row, column) = if at == 0 {
                        (output / SIZE * PIXELS + input, output % SIZE)
                    } else {
                        (output * layer.tiles_in + input / SIZE, input % SIZE)
                    };
                    each(2 * at, output * layer.inputs + input, layer.weight + row, column);
                }
                each(2 * at + 1, output, layer.bias + output / SIZE, output % SIZE);
            }
        }
    }

    /// PyTorch's tensors as rows; what only fills the last tile up is 0.
    pub fn pack(&self, tensors: &[Parameter], rows: &mut [Tile]) {
        rows.fill(Tile::ZERO);
        self.places(|tensor, place, row, column| rows[row].values_mut()[column] = tensors[tensor].values[place]);
    }

    /// The rows as PyTorch's tensors.
    pub fn unpack(&self, rows: &[Tile], model: &Model) -> Vec<Parameter> {
        let lengths = model.shapes().into_iter().map(|(_, shape)| shape.iter().product());
        let mut tensors = model.tensors(lengths.map(|length| vec![0.0; length]));
        self.places(|tensor, place, row, column| tensors[tensor].values[place] = rows[row].values()[column]);
        tensors
    }
}
