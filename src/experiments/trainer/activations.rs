//! The image that is looked at, and what it sets off in the model, layer by layer.

use super::{Chosen, Snapshot};
use crate::data::{PIXELS, Split, unit};
use ndarray::Array2;

impl Chosen {
    /// The same index if there is one, else the last; held-out images while there is no mini-batch.
    #[must_use]
    pub fn fit(self, snapshot: &Snapshot) -> Self {
        let batch = snapshot.batch.as_ref().map_or(0, |batch| batch.indices.len());
        let held = snapshot.task.valid.len().saturating_sub(1);
        match self {
            Self::Batch(_) if batch == 0 => Self::Held(0),
            Self::Batch(index) => Self::Batch(index.min(batch - 1)),
            Self::Held(index) => Self::Held(index.min(held)),
        }
    }
}

/// An image as the model takes it.
#[derive(Clone, Debug, PartialEq)]
pub struct Image {
    /// The split that it is of.
    pub split: Split,
    /// Its index in its split.
    pub index: u32,
    /// Its class as the data has it: with wrong labels, not always its digit.
    pub class: u8,
    /// Its pixels, paper 0 to ink 1.
    pub pixels: Vec<f32>,
}

impl Image {
    /// The chosen image; `None` of a data set without any.
    #[must_use]
    pub fn of(snapshot: &Snapshot, chosen: Chosen) -> Option<Self> {
        let (split, index, class) = match chosen.fit(snapshot) {
            Chosen::Batch(index) => {
                let batch = snapshot.batch.as_ref()?;
                (Split::Train, *batch.indices.get(index)?, *batch.classes.get(index)?)
            }
            Chosen::Held(index) => {
                let held = &snapshot.task.valid;
                (Split::Valid, *held.indices().get(index)?, *held.classes().get(index)?)
            }
        };
        let bytes = snapshot.dataset.split(split).image(index as usize);
        Some(Self { split, index, class, pixels: bytes.iter().copied().map(unit).collect() })
    }

    /// Its name, as `train/3/10000.png`.
    #[must_use]
    pub fn source(&self, snapshot: &Snapshot) -> String {
        snapshot.dataset.split(self.split).source(self.index as usize)
    }
}

/// What an image sets off.
#[derive(Clone, Debug, PartialEq)]
pub struct Activations {
    /// The image.
    pub image: Image,
    /// What goes into each layer, and the logits at the end.
    layers: Vec<Vec<f32>>,
    /// The logits as probabilities.
    pub probabilities: Vec<f32>,
}

impl Activations {
    /// Looks at the chosen image through the parameters as they are; `None` before there are any.
    #[must_use]
    pub fn of(snapshot: &Snapshot, chosen: Chosen) -> Option<Self> {
        let image = Image::of(snapshot, chosen)?;
        let (model, parameters) = (&snapshot.architecture, snapshot.state.as_ref()?);
        let x = Array2::from_shape_vec((1, PIXELS), image.pixels.clone()).ok()?;
        let layers = model.forward(parameters, x).ok()?;
        let layers: Vec<Vec<f32>> = layers.into_iter().map(|numbers| numbers.into_iter().collect()).collect();
        let logits = layers.last()?;
        let mut probabilities = vec![0.0; logits.len()];
        model.loss.probabilities(logits, &mut probabilities);
        Some(Self { image, layers, probabilities })
    }

    /// What the last layer puts out.
    #[must_use]
    pub fn logits(&self) -> &[f32] {
        self.layers.last().map_or(&[], Vec::as_slice)
    }

    /// What the layer at `index` puts out.
    #[must_use]
    pub fn output(&self, index: usize) -> &[f32] {
        self.layers.get(index + 1).map_or(&[], Vec::as_slice)
    }
}
