//! What is known of the image that is looked at, worked out only when the image or the model changed.

use crate::data::PIXELS;
use crate::experiments::trainer::{Likeness, Means, Reading, Snapshot};
use crate::math::model::Tensor;
use std::sync::Arc;

/// The image with everything that is said of it.
#[derive(Default)]
pub(super) struct Looked {
    /// Its pixels; none of an empty page.
    pub pixels: Option<[u8; PIXELS]>,
    /// What the model makes of it; none before the first parameters.
    pub reading: Option<Reading>,
    /// How far it is from each mean.
    pub distances: Vec<f64>,
    /// Whether it is like the model's digits.
    pub likeness: Option<Likeness>,
    /// What [`Looked::reading`] is of: the parameters, and the class that was asked for.
    state: Option<(Arc<[Tensor]>, Option<usize>)>,
    /// What the distances are to.
    means: Option<Arc<Means>>,
}

impl Looked {
    /// Looks at `pixels`, and at the logit of `class` if one is asked for.
    pub(super) fn update(&mut self, snapshot: &Snapshot, pixels: Option<&[u8; PIXELS]>, class: Option<usize>) {
        let is_new = pixels != self.pixels.as_ref();
        self.pixels = pixels.copied();
        if is_new || !self.means.as_ref().is_some_and(|means| Arc::ptr_eq(means, &snapshot.means)) {
            self.means = Some(Arc::clone(&snapshot.means));
            self.distances = pixels.map_or_else(Vec::new, |pixels| snapshot.means.distances(pixels));
            self.likeness =
                pixels.map(|pixels| Likeness::of(pixels, &snapshot.dataset, &snapshot.digits, &snapshot.means));
        }
        let is_known = match (&self.state, &snapshot.state) {
            (Some((state, of)), Some(now)) => Arc::ptr_eq(state, now) && *of == class,
            (None, None) => true,
            _ => false,
        };
        if is_new || !is_known {
            self.state = snapshot.state.clone().map(|state| (state, class));
            self.reading = pixels
                .zip(snapshot.state.as_ref())
                .and_then(|(pixels, parameters)| Reading::of(&snapshot.architecture, parameters, pixels, class));
        }
    }
}
