//! What is computed from a state for a look: each page its own part.

mod breaks;
mod loader;
mod model;
mod nonlinearity;
mod test;
mod train;

pub use breaks::BreaksSeen;
pub use loader::{LoaderSeen, ToySeen};
pub use model::{FeatureMaps, Hidden, ModelSeen, Weighted};
pub use nonlinearity::{NonlinearitySeen, SumSeen, samples};
pub use test::TestSeen;
pub use train::{BatchSeen, TrainSeen};

use super::{Look, Snapshot, Tab};
use serde::Serialize;
use std::sync::Arc;

/// What is seen of a run: the open page's part is up to date, the others are as they were when they were open.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Seen {
    /// On the page Train.
    #[serde(skip)]
    pub train: TrainSeen,
    /// On the page DataLoader.
    #[serde(skip)]
    pub loader: LoaderSeen,
    /// On the page Inside.
    #[serde(skip)]
    pub model: ModelSeen,
    /// On the page Test it.
    #[serde(skip)]
    pub test: TestSeen,
    /// On the page Break it.
    #[serde(skip)]
    pub breaks: BreaksSeen,
    /// On the page Why ReLU.
    #[serde(skip)]
    pub nonlinearity: NonlinearitySeen,
}

impl Seen {
    /// Brings the open page's part up to date; returns whether it is.
    pub(super) fn see(&mut self, snapshot: &Arc<Snapshot>, look: &Look) -> bool {
        match look.tab {
            Tab::Train => self.train.see(snapshot, look),
            Tab::Loader => self.loader.see(snapshot, look),
            Tab::Model => self.model.see(snapshot, look),
            Tab::Test => self.test.see(snapshot, look),
            Tab::Breaks => self.breaks.see(snapshot, look),
            Tab::Nonlinearity => self.nonlinearity.see(snapshot, look),
        }
    }
}
