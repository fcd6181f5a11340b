//! An earlier run, drawn faintly behind the present one.

use crate::experiments::coaster::{Scale, Snapshot};
use crate::experiments::report::number;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Points of the loss curve that are kept.
const POINTS: usize = 200;
/// Letters of a label that are kept.
const LABEL: usize = 120;

/// A run that was pinned.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Ghost {
    /// The settings that it ran with.
    pub label: String,
    /// Where it stood, in original units.
    pub params: [f64; 3],
    /// Step and loss.
    pub losses: Vec<[f64; 2]>,
}

impl Ghost {
    /// What is on the screen, if anything was measured yet.
    pub(super) fn of(snapshot: &Snapshot) -> Option<Self> {
        let losses = losses(snapshot, POINTS);
        let params = snapshot.params_original.filter(|params| params.iter().all(|value| value.is_finite()))?;
        let time = if snapshot.scale == Scale::NONE { "" } else { ", time rescaled" };
        let label = format!("seed {}, rate {}{time}, {} steps", snapshot.seed, number(snapshot.lr), snapshot.taken);
        (!losses.is_empty()).then_some(Self { label, params, losses })
    }

    /// What [`super::CoasterView`] saved, bounded and finite.
    pub(super) fn restore(saved: &Value) -> Option<Self> {
        let mut ghost: Self = serde_json::from_value(saved.clone()).ok()?;
        ghost.label = ghost.label.chars().take(LABEL).collect();
        ghost.losses.truncate(2 * POINTS);
        ghost.losses.retain(|[step, loss]| step.is_finite() && *loss > 0.0 && loss.is_finite());
        ghost.params.iter().all(|value| value.is_finite()).then_some(ghost)
    }
}

/// Step and loss of each place so far where the loss is known and can stand on a log scale; about `most` of them.
pub(super) fn losses(snapshot: &Snapshot, most: usize) -> Vec<[f64; 2]> {
    let known = snapshot.trace.sampled(most).filter_map(|(step, visit)| Some([step as f64, f64::from(visit.loss?)]));
    known.filter(|[_, loss]| *loss > 0.0 && loss.is_finite()).collect()
}
