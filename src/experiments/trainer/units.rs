//! The first layer's outputs one by one: a weight image each, by whatever name the model has for them.

use super::Snapshot;
use super::parameters::{learning, parameter};
use crate::data::SIDE;
use crate::math::layer::conv2d::{Conv2d, KERNEL};
use crate::math::model::{Layer, Parameter};

/// What an output of the first layer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnitKind {
    /// The model's only logit.
    Only,
    /// A digit's logit.
    Digit,
    /// A hidden number with a ReLU.
    Hidden,
    /// A channel: what a 3x3 filter answers all over the image.
    Filter(Conv2d),
}

/// The first layer's outputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Units {
    /// What they are.
    pub kind: UnitKind,
    /// How many there are.
    pub count: usize,
    /// Rows, and columns, of each one's weight image.
    pub side: usize,
    /// The index of the layer.
    layer: usize,
}

impl Units {
    /// Those of the model in training.
    #[must_use]
    pub fn of(snapshot: &Snapshot) -> Self {
        let model = &snapshot.architecture;
        let layer = learning(model).first().copied().unwrap_or(0);
        let (kind, count, side) = match model.layers.get(layer) {
            Some(&Layer::Conv2d(conv)) => (UnitKind::Filter(conv), conv.outputs, KERNEL),
            Some(&Layer::Linear { outputs, .. }) => match (model.layers.len(), outputs) {
                (1, 1) => (UnitKind::Only, 1, SIDE),
                (1, _) => (UnitKind::Digit, outputs, SIDE),
                _ => (UnitKind::Hidden, outputs, SIDE),
            },
            _ => (UnitKind::Only, 0, SIDE),
        };
        Self { kind, count, side, layer }
    }

    /// All weight images, one after the other.
    #[must_use]
    pub fn all_weights(self, tensors: Option<&[Parameter]>) -> &[f32] {
        tensors.and_then(|tensors| parameter(tensors, self.layer, "weight")).unwrap_or_default()
    }

    /// The weight image of the output at `index` among the parameters, or among the derivatives by them.
    #[must_use]
    pub fn weights(self, index: usize, tensors: Option<&[Parameter]>) -> Option<&[f32]> {
        let len = self.side * self.side;
        self.all_weights(tensors).get(index * len..(index + 1) * len)
    }

    /// The bias of the output at `index`, or the derivative by it.
    #[must_use]
    pub fn bias(self, index: usize, tensors: Option<&[Parameter]>) -> Option<f32> {
        parameter(tensors?, self.layer, "bias")?.get(index).copied()
    }

    /// The output at `index` in words.
    #[must_use]
    pub fn name(self, snapshot: &Snapshot, index: usize) -> String {
        match self.kind {
            UnitKind::Only => "weights".to_owned(),
            UnitKind::Digit => {
                snapshot.digits.get(index).map_or_else(String::new, |digit| format!("weights for {digit}"))
            }
            UnitKind::Hidden => format!("hidden unit {}", index + 1),
            UnitKind::Filter(_) => format!("filter {}", index + 1),
        }
    }
}
