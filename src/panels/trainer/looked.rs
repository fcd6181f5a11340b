//! The image that is looked at, and what it sets off in the model, layer by layer.

use crate::data::{PIXELS, Split};
use crate::experiments::trainer::Snapshot;
use crate::math::model::{Layer, Tensor};
use ndarray::Array2;
use serde_json::Value;
use std::sync::Arc;

/// Which image: by its place in the present mini-batch, or among the held-out ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Choice {
    Batch(usize),
    Held(usize),
}

impl Default for Choice {
    fn default() -> Self {
        Self::Batch(0)
    }
}

impl Choice {
    /// As it stands in a saved state: 5, or -6 for the held-out image at place 5.
    pub(super) fn to_value(self) -> Value {
        match self {
            Self::Batch(place) => place.into(),
            Self::Held(place) => (-1 - i64::try_from(place).unwrap_or(0)).into(),
        }
    }

    /// What [`Choice::to_value`] gave; places past the last are taken as the last when they are used.
    pub(super) fn from_value(value: &Value) -> Option<Self> {
        let number = value.as_i64()?;
        let place = |number: i64| usize::try_from(number).ok();
        if number < 0 { place(-1 - number).map(Self::Held) } else { place(number).map(Self::Batch) }
    }

    /// The same place if there is one, else the last; held-out images while there is no mini-batch.
    pub(super) fn fit(self, snapshot: &Snapshot) -> Self {
        let batch = snapshot.batch.as_ref().map_or(0, |batch| batch.indices.len());
        let held = snapshot.task.valid.len().saturating_sub(1);
        match self {
            Self::Batch(_) if batch == 0 => Self::Held(0),
            Self::Batch(place) => Self::Batch(place.min(batch - 1)),
            Self::Held(place) => Self::Held(place.min(held)),
        }
    }
}

/// An image as the model takes it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Image {
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
    pub(super) fn of(snapshot: &Snapshot, choice: Choice) -> Option<Self> {
        let (split, index, class) = match choice.fit(snapshot) {
            Choice::Batch(place) => {
                let batch = snapshot.batch.as_ref()?;
                (Split::Train, *batch.indices.get(place)?, *batch.classes.get(place)?)
            }
            Choice::Held(place) => {
                let held = &snapshot.task.valid;
                (Split::Valid, *held.indices().get(place)?, *held.classes().get(place)?)
            }
        };
        let bytes = snapshot.dataset.split(split).image(index as usize);
        let pixels = bytes.iter().map(|&byte| f32::from(byte) / 255.0).collect();
        Some(Self { split, index, class, pixels })
    }

    /// Its name, as `train/3/10000.png`.
    pub(super) fn source(&self, snapshot: &Snapshot) -> String {
        snapshot.dataset.split(self.split).source(self.index as usize)
    }
}

/// What an image sets off, kept until the image or the parameters change.
#[derive(Default)]
pub(super) struct Looked {
    of: Option<(Arc<[Tensor]>, Split, u32)>,
    image: Option<Image>,
    /// What goes into each layer, and the logits at the end.
    activations: Vec<Vec<f32>>,
    /// The logits as probabilities.
    probabilities: Vec<f32>,
    /// Grows whenever something changes.
    stamp: u64,
}

impl Looked {
    /// Looks at the chosen image through the parameters as they are. Cheap while neither changes.
    pub(super) fn look(&mut self, snapshot: &Snapshot, choice: Choice) {
        let image = Image::of(snapshot, choice);
        let of = image.as_ref().zip(snapshot.state.as_ref()).map(|(image, state)| (state, image.split, image.index));
        let same = match (&of, &self.of) {
            (Some((state, split, index)), Some(seen)) => {
                Arc::ptr_eq(state, &seen.0) && (*split, *index) == (seen.1, seen.2)
            }
            _ => false,
        };
        if same && self.image == image {
            return;
        }
        self.stamp += 1;
        self.of = of.map(|(state, split, index)| (Arc::clone(state), split, index));
        self.activations.clear();
        self.probabilities.clear();
        if let Some((image, state)) = image.as_ref().zip(snapshot.state.as_ref())
            && let Ok(x) = Array2::from_shape_vec((1, PIXELS), image.pixels.clone())
            && let Ok(found) = snapshot.architecture.forward(state, x)
        {
            self.activations = found.into_iter().map(|numbers| numbers.into_iter().collect()).collect();
            let logits = self.activations.last().cloned().unwrap_or_default();
            self.probabilities.resize(logits.len(), 0.0);
            snapshot.architecture.loss.probabilities(&logits, &mut self.probabilities);
        }
        self.image = image;
    }

    pub(super) const fn image(&self) -> Option<&Image> {
        self.image.as_ref()
    }

    pub(super) fn logits(&self) -> &[f32] {
        self.activations.last().map_or(&[], Vec::as_slice)
    }

    pub(super) fn probabilities(&self) -> &[f32] {
        &self.probabilities
    }

    /// What layer `at` puts out.
    pub(super) fn output(&self, at: usize) -> &[f32] {
        self.activations.get(at + 1).map_or(&[], Vec::as_slice)
    }

    pub(super) const fn stamp(&self) -> u64 {
        self.stamp
    }
}

/// The places of the layers that learn, in order.
pub(super) fn learning(layers: &[Layer]) -> Vec<usize> {
    (0..layers.len()).filter(|&at| layers[at].parameters().is_some()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_survives_in_a_saved_state() {
        for choice in [Choice::Batch(0), Choice::Batch(255), Choice::Held(0), Choice::Held(2037)] {
            assert_eq!(Choice::from_value(&choice.to_value()), Some(choice));
        }
        assert_eq!(Choice::from_value(&Value::from("3")), None);
        assert_eq!(Choice::from_value(&Value::from(i64::MIN)), Some(Choice::Held(usize::MAX >> 1)));
    }
}
