//! What is computed of a ride for the open page.

use super::contours::Contours;
use super::look::{Ghost, Look, Tab};
use super::{Fit, Snapshot};
use serde::Serialize;
use std::sync::Arc;

/// Points that the loss curve is drawn with, at most about.
const POINTS: usize = 500;

/// What is seen of a ride. Each part is there while its page is open.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Seen {
    /// By hand.
    #[serde(skip)]
    pub hand: Option<ByHand>,
    /// Descent.
    #[serde(skip)]
    pub course: Option<Arc<Course>>,
    /// The ravine.
    #[serde(skip)]
    pub contours: Option<Arc<Contours>>,
}

/// Mean squared and mean absolute errors over all measurements.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ByHand {
    /// Those of the reader's curve.
    pub yours: [f64; 2],
    /// Those of the least-squares curve.
    pub best: [f64; 2],
}

/// How the loss went.
#[derive(Clone, Debug, PartialEq)]
pub struct Course {
    /// Step and loss, of some of the places so far.
    pub losses: Vec<[f64; 2]>,
    /// What is kept when this run is pinned.
    pub ghost: Option<Ghost>,
}

impl Seen {
    pub(super) fn of(snapshot: &Snapshot, look: &Look) -> Self {
        match look.tab {
            Tab::Hand => {
                let Fit { params: best, .. } = snapshot.least_squares;
                let [yours, best] = [look.hand.params, best].map(|params| snapshot.ride.errors(params));
                Self { hand: Some(ByHand { yours, best }), ..Self::default() }
            }
            Tab::Descent => {
                let course = Course { losses: losses(snapshot, POINTS), ghost: Ghost::of(snapshot) };
                Self { course: Some(Arc::new(course)), ..Self::default() }
            }
            Tab::Four => Self::default(),
            Tab::Ravine => Self { contours: Some(Arc::new(Contours::of(snapshot, look.ravine))), ..Self::default() },
        }
    }
}

/// Step and loss of each place so far where the loss is known and can stand on a log scale; about `most` of them.
pub(super) fn losses(snapshot: &Snapshot, most: usize) -> Vec<[f64; 2]> {
    let known = snapshot.trace.sampled(most).filter_map(|(step, visit)| Some([step as f64, f64::from(visit.loss?)]));
    known.filter(|[_, loss]| *loss > 0.0 && loss.is_finite()).collect()
}
