//! The first layer's outputs one by one: a weight image each, by whatever name the model has for them.

use crate::data::SIDE;
use crate::experiments::trainer::Snapshot;
use crate::math::layer::conv2d::{Conv2d, KERNEL};
use crate::math::model::{Layer, Tensor};

/// What an output of the first layer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
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
pub(super) struct Units {
    pub kind: Kind,
    /// How many there are.
    pub count: usize,
    /// Rows, and columns, of each one's weight image.
    pub side: usize,
}

impl Units {
    pub(super) fn of(snapshot: &Snapshot) -> Self {
        let layers = &snapshot.architecture.layers;
        let first = layers.iter().find(|layer| layer.parameters().is_some());
        match first {
            Some(&Layer::Conv2d(conv)) => Self { kind: Kind::Filter(conv), count: conv.outputs, side: KERNEL },
            Some(&Layer::Linear { outputs, .. }) => {
                let kind = match (layers.len(), outputs) {
                    (1, 1) => Kind::Only,
                    (1, _) => Kind::Digit,
                    _ => Kind::Hidden,
                };
                Self { kind, count: outputs, side: SIDE }
            }
            _ => Self { kind: Kind::Only, count: 0, side: SIDE },
        }
    }

    /// The weight image of output `at` among the parameters, or among the derivatives by them.
    pub(super) fn weights(self, at: usize, tensors: Option<&[Tensor]>) -> Option<&[f32]> {
        let len = self.side * self.side;
        tensors?.first()?.values.get(at * len..(at + 1) * len)
    }

    /// The bias of output `at`, or the derivative by it.
    pub(super) fn bias(tensors: Option<&[Tensor]>, at: usize) -> Option<f32> {
        tensors?.get(1)?.values.get(at).copied()
    }

    /// Output `at` in words.
    pub(super) fn name(self, snapshot: &Snapshot, at: usize) -> String {
        match self.kind {
            Kind::Only => "weights".to_owned(),
            Kind::Digit => snapshot.digits.get(at).map_or_else(String::new, |digit| format!("weights for {digit}")),
            Kind::Hidden => format!("hidden unit {}", at + 1),
            Kind::Filter(_) => format!("filter {}", at + 1),
        }
    }
}
