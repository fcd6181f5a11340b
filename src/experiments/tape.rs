//! Stepping, running, stepping back and scrubbing, once for every experiment.

use super::{Experiment, Phase, Stop};
use std::collections::BTreeMap;

/// How many checkpoints a tape keeps before it thins them.
const MAX_CHECKPOINTS: usize = 32;
/// Phases between the first checkpoints; doubled at every thinning.
const FIRST_SPACING: u64 = 64;

/// An experiment with a position that can go both ways.
///
/// Going back is replaying from the nearest checkpoint, a clone of the experiment; because an experiment is
/// deterministic, that gives the very same state. Checkpoints ahead of the position stay good for scrubbing forward.
#[derive(Clone, Debug)]
pub struct Tape<E> {
    now: E,
    position: u64,
    checkpoints: BTreeMap<u64, E>,
    spacing: u64,
    furthest: u64,
}

impl<E: Experiment> Tape<E> {
    /// A tape that stands before the first phase of `start`.
    pub fn new(start: E) -> Self {
        let checkpoints = BTreeMap::from([(0, start.clone())]);
        Self { now: start, position: 0, checkpoints, spacing: FIRST_SPACING, furthest: 0 }
    }

    /// The experiment as it stands.
    pub const fn now(&self) -> &E {
        &self.now
    }

    /// How many phases have run.
    pub const fn position(&self) -> u64 {
        self.position
    }

    /// The furthest position that was ever reached.
    pub const fn furthest(&self) -> u64 {
        self.furthest
    }

    /// The phase that ran last; `None` at the start.
    pub fn phase(&self) -> Option<Phase> {
        self.now.phase()
    }

    /// Why the experiment ended, if it stands at its end.
    pub fn stopped(&self) -> Option<Stop> {
        self.now.stopped()
    }

    /// Runs one phase; `None` at the end.
    pub fn step(&mut self) -> Option<Phase> {
        if self.run(1) == 1 { self.now.phase() } else { None }
    }

    /// Runs up to `phases` phases and returns how many ran.
    pub fn run(&mut self, phases: u64) -> u64 {
        let goal = self.position.saturating_add(phases);
        let from = self.position;
        while self.position < goal && self.now.stopped().is_none() {
            // A stride never jumps over the place of a checkpoint.
            let next_checkpoint = (self.position / self.spacing + 1).saturating_mul(self.spacing);
            let ran = self.now.stride(goal.min(next_checkpoint) - self.position);
            if ran == 0 {
                break;
            }
            self.position += ran;
            if self.position.is_multiple_of(self.spacing) {
                self.keep_checkpoint();
            }
        }
        self.furthest = self.furthest.max(self.position);
        self.position - from
    }

    /// Goes back `phases` phases, at most to the start.
    pub fn back(&mut self, phases: u64) {
        self.seek(self.position.saturating_sub(phases));
    }

    /// Goes to `position`, or to the end if that comes first.
    pub fn seek(&mut self, position: u64) {
        self.rewind(position);
        self.run(position - self.position);
    }

    /// Goes to the best place from which [`Tape::run`] reaches `position`: here, or a checkpoint at or before it.
    ///
    /// After it `self.position() <= position`, so that a caller may run the rest in slices.
    pub fn rewind(&mut self, position: u64) {
        let Some((&at, checkpoint)) = self.checkpoints.range(..=position).next_back() else {
            return; // Cannot be: position 0 is always kept.
        };
        if self.position > position || at > self.position {
            self.now.clone_from(checkpoint);
            self.position = at;
            self.furthest = self.furthest.max(at);
        }
    }

    fn keep_checkpoint(&mut self) {
        self.checkpoints.entry(self.position).or_insert_with(|| self.now.clone());
        if self.checkpoints.len() > MAX_CHECKPOINTS {
            self.spacing *= 2;
            let spacing = self.spacing;
            self.checkpoints.retain(|at, _| at.is_multiple_of(spacing));
        }
    }
}
