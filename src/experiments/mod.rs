//! Experiments: deterministic sequences of named phases.
//!
//! `Settings` (seed included) and a *position*, how many phases have run, say everything about what is on the screen.
//! An experiment never reads a clock to decide anything, never draws and never knows about a window or a thread;
//! [`Tape`] gives every one of them stepping, running, stepping back and scrubbing.
//!
//! A new experiment is one file here and one line in [`registry`].

pub mod baseline;
pub mod coaster;
pub mod descent;
mod export;
pub mod graph;
pub mod loss;
pub mod lr_find;
mod phase;
pub mod pixels;
pub mod registry;
pub mod report;
pub mod sample;
pub mod settings;
mod tape;
mod trail;
pub mod trainer;
pub mod walk;

pub use export::Export;
pub use phase::{Phase, Stop, Unit};
pub use registry::{AnyTape, Entry, REGISTRY};
pub use report::{Table, Values};
pub use settings::{Field, Kind, Settings, SettingsError};
pub use tape::Tape;
pub use trail::Trail;

use crate::data::Library;
use serde::Serialize;

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
    /// All that a reader can choose.
    type Settings: Settings;
    /// All that a panel draws and `run --json` prints.
    type Snapshot: Serialize + Send + Sync + 'static;

    /// Checks the settings and builds the state before the first phase.
    ///
    /// # Errors
    /// A setting outside its range, or data that cannot be had.
    fn start(settings: &Self::Settings, data: &Library) -> Result<Self, SettingsError>;

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

    /// What can be seen now.
    fn snapshot(&self) -> Self::Snapshot;

    /// The snapshot as tables for a terminal.
    fn tables(snapshot: &Self::Snapshot) -> Vec<Table>;

    /// The snapshot's named values, for the lesson's text.
    fn values(snapshot: &Self::Snapshot) -> Values;

    /// The files that it can write about itself.
    const EXPORTS: &'static [Export] = &[];

    /// The bytes of one of [`Experiment::EXPORTS`]; `None` while there is nothing to write yet.
    fn export(_snapshot: &Self::Snapshot, _export: Export) -> Option<Vec<u8>> {
        None
    }
}
