//! Experiments: deterministic sequences of named phases.
//!
//! `Settings` (seed included), a *position*, how many phases have run, and a `Look`, what the reader looks at, say everything
//! about what is on the screen. Settings and position decide what is computed: the snapshot. The look decides what of it is
//! examined: what is `Seen`. An experiment never reads a clock to decide anything, never draws and never knows about a window
//! or a thread; [`Tape`] gives every one of them stepping, running, stepping back and scrubbing.
//!
//! A new experiment is one file here and one line in [`registry`].

pub mod answers;
pub mod baseline;
pub mod coaster;
pub mod descent;
mod export;
pub mod graph;
pub mod loss;
pub mod lr_find;
mod page;
mod phase;
pub mod pixels;
pub mod registry;
pub mod report;
pub mod sample;
mod seen;
pub mod settings;
mod tape;
mod trail;
pub mod trainer;
pub mod walk;

pub use export::Export;
pub use page::Page;
pub use phase::{Phase, Stop, Unit};
pub use registry::{AnyTape, Entry, REGISTRY};
pub use report::{Table, Values};
pub use seen::{Part, Same, Sight};
pub use settings::{
    Checked, Choice, Digits, Field, Fields, Kind, Look, NoLook, Saved, Settings, SettingsError, Slice, Source,
};
pub use tape::Tape;
pub use trail::Trail;

use crate::data::Library;
use serde::Serialize;
use std::sync::Arc;

/// What the house says about an experiment before it starts.
#[derive(Clone, Copy, Debug)]
pub struct Info {
    /// The name on the command line and in a saved state.
    pub name: &'static str,
    /// The name a reader sees.
    pub title: &'static str,
    /// One sentence: what it shows.
    pub summary: &'static str,
    /// The phases of one turn, in the order in which they run.
    pub phases: &'static [Phase],
    /// Spans longer than a phase that a reader may jump over at once, shortest first.
    pub units: &'static [Unit],
}

/// A deterministic sequence of phases.
///
/// Two experiments started from equal settings pass through equal states, bit for bit, whatever the number of threads.
pub trait Experiment: Clone + Send + 'static {
    /// Name, title, phases and units.
    const INFO: Info;
    /// What decides its course.
    type Settings: Settings;
    /// What the reader looks at, and how.
    type Look: Look;
    /// All that its state says, whatever the reader looks at.
    type Snapshot: Serialize + Send + Sync + 'static;
    /// What is computed from a snapshot for a look. With the snapshot it is all that a panel draws, `run --json` prints and
    /// the lesson tells. Cloning it is cheap: what is large is shared.
    type Seen: Clone + Default + Serialize + Send + Sync + 'static;

    /// Builds the state before the first phase.
    ///
    /// # Errors
    /// Settings that do not go together or with the data, or data that cannot be had.
    fn start(settings: &Checked<Self::Settings>, data: &Library) -> Result<Self, SettingsError>;

    /// Runs one phase and says which. Not called once [`Experiment::stopped`] gives a reason.
    fn advance(&mut self) -> Phase;

    /// Runs up to `phases` phases and returns how many ran: fewer only when the experiment stopped.
    ///
    /// Ends in the same state, bit for bit, as that many calls of [`Experiment::advance`].
    fn stride(&mut self, phases: u64) -> u64 {
        let mut ran = 0;
        while ran < phases && self.stopped().is_none() {
            self.advance();
            ran += 1;
        }
        ran
    }

    /// The phase that ran last; `None` before the first.
    fn phase(&self) -> Option<Phase>;

    /// Why the experiment ended; `None` while it can go on.
    fn stopped(&self) -> Option<Stop>;

    /// The position of the last phase, where that is known beforehand.
    fn end(&self) -> Option<u64>;

    /// The first position after `position` at which a unit of [`Info::units`] (by its place there) is complete.
    fn unit_end(&self, position: u64, unit: usize) -> u64;

    /// The position that `run --steps N` ends at; without `N`, the one a plain `run` ends at.
    fn position_after(&self, steps: Option<u64>) -> u64;

    /// Where a panel that opens for the first time stands.
    fn opening(&self) -> u64 {
        1
    }

    /// Raises whatever limit in `settings` would stop the experiment before `steps` optimiser steps.
    fn allow_steps(_settings: &mut Self::Settings, _steps: u64) {}

    /// The state as it is now.
    fn snapshot(&self) -> Self::Snapshot;

    /// Whether the data have what this look is at. A look that reaches too far still shows something: the nearest there is.
    ///
    /// # Errors
    /// The first thing that is not there, with the nearest that is.
    fn check_look(&self, _look: &Self::Look) -> Result<(), SettingsError> {
        Ok(())
    }

    /// Brings `seen`, of an earlier snapshot or look, up to date with these: for some milliseconds at most. Returns whether
    /// it is; until then it is called again. What did not change is kept ([`Part`]).
    fn see(_snapshot: &Arc<Self::Snapshot>, _look: &Self::Look, _seen: &mut Self::Seen) -> bool {
        true
    }

    /// What can be seen, as tables for a terminal.
    fn tables(sight: &Sight<'_, Self>) -> Vec<Table>;

    /// What can be seen, as named values for the lesson's text.
    fn values(sight: &Sight<'_, Self>) -> Values;

    /// The files that it can write about itself.
    const EXPORTS: &'static [Export] = &[];

    /// The bytes of one of [`Experiment::EXPORTS`]; `None` while there is nothing to write yet.
    fn export(_snapshot: &Self::Snapshot, _export: Export) -> Option<Vec<u8>> {
        None
    }
}
