//! The background thread: requests in, the latest snapshot out.
//!
//! Requests ride a queue, because every one matters; results ride a single overwritten slot, because only the newest
//! does. A panel sees [`Engine`] and never knows whether a thread stands behind it ([`Threaded`]) or not ([`Inline`]).
//!
//! Invariants: the engine knows nothing of windows; a request takes effect within 50 ms, whatever is running (work is
//! done in slices of 8 ms, and opening an experiment, which may read many files, has a thread of its own);
//! of several requests to open, only the newest counts, and at most one opener lives at a time;
//! an update carries the id of the run that it belongs to, and a snapshot with what was [seen](Experiment::see) of that very
//! snapshot; a panic inside an experiment becomes [`Status::Failed`] and the thread lives on; an engine with nothing to do
//! sleeps; dropping it joins its thread.
//!
//! What belongs to no run (thumbnails, files, races) is a [`Job`].

mod inline;
mod job;
mod threaded;
mod worker;

pub use inline::Inline;
pub use job::{Job, Jobs};
pub use threaded::Threaded;

use crate::experiments::{Checked, Experiment, Phase, SettingsError, Stop};
use std::fmt;
use std::sync::Arc;

/// The name of one start of an experiment. Updates of older runs are ignored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct RunId(pub u64);

/// Where a newly opened experiment should stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goal {
    /// Where the experiment itself likes to open.
    Opening,
    /// After so many phases, or at the end if that comes first.
    Position(u64),
    /// After so many optimiser steps; without a number, where a plain `run` ends.
    Steps(Option<u64>),
}

/// How fast a run goes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Pace {
    /// So many phases a second.
    PhasesPerSecond(f32),
    /// As fast as the machine can.
    Flat,
}

/// A way to move on the tape.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Move {
    /// So many phases on.
    Step(u64),
    /// To the end of the current unit of [`crate::experiments::Info::units`], by its place there.
    Unit(usize),
    /// So many phases back.
    Back(u64),
    /// To a position.
    Seek(u64),
    /// To where a plain `run` ends.
    End,
    /// On and on, until paused or ended.
    Run(Pace),
    /// Stay here.
    Pause,
}

/// What an engine is asked to do.
#[derive(Clone, Debug)]
pub enum Request<E: Experiment> {
    /// Forget the current run and open a new one.
    Open {
        /// Its id, larger than every earlier one.
        run: RunId,
        /// The settings.
        settings: Checked<E::Settings>,
        /// Where it should stand.
        goal: Goal,
    },
    /// Look at something else. The run stays as it is, and where it is.
    Look(E::Look),
    /// Move the current run. While it is opening, moves wait.
    Move(Move),
}

/// What an engine is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// Nothing was opened yet.
    Empty,
    /// Reading data and checking settings.
    Loading,
    /// Waiting for a request.
    Paused,
    /// Running until paused or ended.
    Running,
    /// On its way to a position.
    Seeking,
    /// At the end, for this reason.
    Stopped(Stop),
    /// It could not start or broke down.
    Failed(Failure),
}

/// Why an experiment could not start, or broke down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// One sentence.
    pub sentence: String,
    /// The setting that it is about, if it is about one: with another value the experiment may start.
    pub setting: Option<&'static str>,
}

impl From<String> for Failure {
    fn from(sentence: String) -> Self {
        Self { sentence, setting: None }
    }
}

impl From<SettingsError> for Failure {
    fn from(error: SettingsError) -> Self {
        let setting = if let SettingsError::Value { name, .. } = &error { Some(*name) } else { None };
        Self { sentence: error.to_string(), setting }
    }
}

impl Status {
    /// Whether the engine is at work.
    #[must_use]
    pub const fn is_busy(&self) -> bool {
        matches!(self, Self::Loading | Self::Running | Self::Seeking)
    }
}

/// The newest result.
pub struct Update<E: Experiment> {
    /// The run that it belongs to.
    pub run: RunId,
    /// What the engine is doing.
    pub status: Status,
    /// How many phases have run.
    pub position: u64,
    /// The furthest position ever reached in this run.
    pub furthest: u64,
    /// The position of the last phase, where that is known.
    pub end: Option<u64>,
    /// The phase that ran last.
    pub phase: Option<Phase>,
    /// Phases a second over the current run, while running flat out.
    pub phases_per_second: f64,
    /// The state, and what was seen of it; `None` until the run has opened.
    pub picture: Option<Picture<E>>,
}

impl<E: Experiment> fmt::Debug for Update<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { run, status, position, .. } = self;
        f.debug_struct("Update")
            .field("run", run)
            .field("status", status)
            .field("position", position)
            .finish_non_exhaustive()
    }
}

/// A state, and what was computed from it for a look.
pub struct Picture<E: Experiment> {
    /// The state.
    pub snapshot: Arc<E::Snapshot>,
    /// What was looked at.
    pub look: Arc<E::Look>,
    /// What was computed for that.
    pub seen: Arc<E::Seen>,
}

impl<E: Experiment> Clone for Picture<E> {
    fn clone(&self) -> Self {
        Self { snapshot: Arc::clone(&self.snapshot), look: Arc::clone(&self.look), seen: Arc::clone(&self.seen) }
    }
}

impl<E: Experiment> Update<E> {
    /// The update before anything was opened.
    #[must_use]
    pub const fn empty() -> Self {
        Self {
            run: RunId(0),
            status: Status::Empty,
            position: 0,
            furthest: 0,
            end: None,
            phase: None,
            phases_per_second: 0.0,
            picture: None,
        }
    }
}

/// What a panel sees of an engine.
pub trait Engine<E: Experiment>: Send {
    /// Queues a request.
    fn send(&mut self, request: Request<E>);
    /// The newest update. Never waits.
    fn latest(&mut self) -> Arc<Update<E>>;
}

/// Called after every published update; it wakes whoever draws.
pub type Notify = Arc<dyn Fn() + Send + Sync>;
