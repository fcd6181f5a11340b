//! What is seen on the page Break it.

use crate::experiments::trainer::{Look, Snapshot};
use crate::experiments::{Part, Phase, Values};
use std::sync::Arc;

/// What is computed for the page Break it.
#[derive(Clone, Debug, Default)]
pub struct BreaksSeen {
    evidence: Part<(u64, Option<Phase>, String), Values>,
}

impl BreaksSeen {
    /// What this state shows of a mistake, for the words of the cards; `None` while it is another state's.
    #[must_use]
    pub fn evidence(&self, snapshot: &Snapshot) -> Option<&Values> {
        self.evidence.get().filter(|_| self.evidence.is_of(&key(snapshot))).map(|values| &**values)
    }

    /// Brings it up to date; returns whether it is.
    pub(super) fn see(&mut self, snapshot: &Arc<Snapshot>, _look: &Look) -> bool {
        self.evidence.renew(key(snapshot), || snapshot.evidence());
        true
    }
}

/// Where a run stands, and in which state it is.
fn key(snapshot: &Snapshot) -> (u64, Option<Phase>, String) {
    (snapshot.steps, snapshot.phase, snapshot.fingerprint.clone())
}
