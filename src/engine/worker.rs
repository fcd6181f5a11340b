//! The engine's state machine, with no thread and no channel in it.

use super::{Goal, Move, Pace, Request, RunId, Status, Update};
use crate::data::Library;
use crate::experiments::{Experiment, Tape};
use std::any::Any;
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The longest a worker computes before it looks for requests, if the phases allow it.
pub(super) const SLICE: Duration = Duration::from_millis(8);
/// Between two published updates of a running experiment: about 30 a second.
pub(super) const PUBLISH_EVERY: Duration = Duration::from_millis(33);
/// A pause in painting longer than this is not made up for.
const MAX_CATCH_UP: Duration = Duration::from_millis(250);

/// The outcome of opening an experiment.
pub(super) type Opened<E> = Result<E, String>;

/// Opens an experiment; a panic becomes an error.
pub(super) fn open<E: Experiment>(settings: &E::Settings, data: &Library) -> Opened<E> {
    guard(|| E::start(settings, data)).and_then(|started| started.map_err(|error| error.to_string()))
}

/// Runs `work`; a panic becomes a sentence.
fn guard<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    // The experiment inside is dropped after a panic, so a broken invariant of it cannot be seen.
    catch_unwind(AssertUnwindSafe(work)).map_err(|panic| format!("This experiment broke down: {}.", panic_text(&*panic)))
}

fn panic_text(panic: &(dyn Any + Send)) -> &str {
    panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no reason was given")
}

/// What the worker is on its way to.
enum Drive {
    Rest,
    Toward(u64),
    Run { pace: Pace, since: Instant, due: f64 },
}

pub(super) struct Worker<E: Experiment> {
    run: RunId,
    status: Status,
    tape: Option<Tape<E>>,
    goal: Goal,
    waiting: VecDeque<Move>,
    drive: Drive,
    /// Measured cost of a phase, which sets how many fit in a slice.
    secs_per_phase: f64,
    phases_per_second: f64,
}

impl<E: Experiment> Worker<E> {
    pub(super) const fn new() -> Self {
        Self {
            run: RunId(0),
            status: Status::Empty,
            tape: None,
            goal: Goal::Opening,
            waiting: VecDeque::new(),
            drive: Drive::Rest,
            secs_per_phase: 0.0,
            phases_per_second: 0.0,
        }
    }

    /// Takes a request. For an opening it returns what has to be opened (by [`open`], wherever the caller likes) and
    /// handed to [`Worker::opened`].
    pub(super) fn take(&mut self, request: Request<E::Settings>, now: Instant) -> Option<(RunId, E::Settings)> {
        match request {
            Request::Open { run, settings, goal } => {
                self.run = run;
                self.goal = goal;
                self.status = Status::Loading;
                self.tape = None;
                self.drive = Drive::Rest;
                self.waiting.clear();
                self.secs_per_phase = 0.0;
                Some((run, settings))
            }
            Request::Move(to) => {
                match self.status {
                    Status::Loading => self.waiting.push_back(to),
                    Status::Empty | Status::Failed(_) => {}
                    _ => self.go(to, now),
                }
                None
            }
        }
    }

    /// Takes an opened experiment; ignored when another run was asked for in the meantime.
    pub(super) fn opened(&mut self, run: RunId, opened: Opened<E>, now: Instant) {
        if run != self.run || self.status != Status::Loading {
            return;
        }
        match opened {
            Ok(experiment) => {
                let goal = match self.goal {
                    Goal::Opening => experiment.opening(),
                    Goal::Position(position) => position,
                    Goal::Steps(steps) => experiment.position_after(steps),
                };
                self.tape = Some(Tape::new(experiment));
                self.status = Status::Paused;
                self.toward(goal);
                for to in std::mem::take(&mut self.waiting) {
                    self.go(to, now);
                }
            }
            Err(message) => self.fail(message),
        }
    }

    fn fail(&mut self, message: String) {
        self.status = Status::Failed(message);
        self.tape = None;
        self.drive = Drive::Rest;
    }

    /// Where the tape stands, or is on its way to: moves add up even if they come faster than they are done.
    fn aim(&self) -> u64 {
        match self.drive {
            Drive::Toward(goal) => goal,
            _ => self.tape.as_ref().map_or(0, Tape::position),
        }
    }

    fn go(&mut self, to: Move, now: Instant) {
        let Some(tape) = &self.tape else { return };
        match to {
            Move::Step(phases) => self.toward(self.aim().saturating_add(phases)),
            Move::Back(phases) => self.toward(self.aim().saturating_sub(phases)),
            Move::Unit(unit) => self.toward(tape.now().unit_end(self.aim(), unit)),
            Move::Seek(position) => self.toward(position),
            Move::End => self.toward(tape.now().end().unwrap_or_else(|| tape.now().position_after(None))),
            Move::Pause => {
                self.drive = Drive::Rest;
                self.settle();
            }
            Move::Run(pace) => {
                self.drive = Drive::Run { pace, since: now, due: 0.0 };
                self.phases_per_second = 0.0;
                self.status = Status::Running;
                self.settle();
            }
        }
    }

    fn toward(&mut self, goal: u64) {
        // Beyond the end there is nothing to aim at: a step back from there begins at the end.
        let end = self.tape.as_ref().and_then(|tape| tape.now().end());
        let goal = end.map_or(goal, |end| goal.min(end));
        self.drive = Drive::Toward(goal);
        self.status = Status::Seeking;
        if let Some(tape) = &mut self.tape {
            tape.rewind(goal);
        }
        self.settle();
    }

    /// Ends the drive where it has arrived, and says so in the status.
    fn settle(&mut self) {
        let Some(tape) = &self.tape else { return };
        let arrived = match self.drive {
            Drive::Rest => true,
            Drive::Toward(goal) => tape.position() >= goal,
            Drive::Run { .. } => false,
        };
        if let Some(stop) = tape.stopped() {
            self.drive = Drive::Rest;
            self.status = Status::Stopped(stop);
        } else if arrived {
            self.drive = Drive::Rest;
            self.status = Status::Paused;
        }
    }

    /// What the worker is doing.
    pub(super) const fn status(&self) -> &Status {
        &self.status
    }

    /// Whether there is anything to do.
    pub(super) const fn is_busy(&self) -> bool {
        !matches!(self.drive, Drive::Rest)
    }

    /// How long there is nothing to do yet, while running at a pace.
    pub(super) fn idle_for(&self) -> Duration {
        match self.drive {
            Drive::Run { pace: Pace::PhasesPerSecond(rate), due, .. } if due < 1.0 => {
                Duration::from_secs_f64(((1.0 - due) / f64::from(rate.max(0.01))).min(10.0))
            }
            _ => Duration::ZERO,
        }
    }

    /// Works for about [`SLICE`].
    pub(super) fn slice(&mut self, now: Instant) {
        let Some(tape) = &mut self.tape else { return };
        let slice_secs = SLICE.as_secs_f64();
        // A first slice is one phase; from then on the measured cost decides.
        let fitting = if self.secs_per_phase > 0.0 { phases(slice_secs / self.secs_per_phase).max(1) } else { 1 };
        let wanted = match &mut self.drive {
            Drive::Rest => return,
            Drive::Toward(goal) => goal.saturating_sub(tape.position()),
            Drive::Run { pace: Pace::Flat, .. } => u64::MAX,
            Drive::Run { pace: Pace::PhasesPerSecond(rate), since, due } => {
                let passed = now.saturating_duration_since(*since).min(MAX_CATCH_UP);
                *since = now;
                *due += passed.as_secs_f64() * f64::from(*rate);
                let whole = phases(*due).min(fitting);
                #[expect(clippy::cast_precision_loss, reason = "a few phases")]
                {
                    *due -= whole as f64;
                }
                whole
            }
        };
        let count = wanted.min(fitting);
        if count > 0 {
            let started = Instant::now();
            match guard(|| tape.run(count)) {
                Ok(ran) if ran > 0 => {
                    #[expect(clippy::cast_precision_loss, reason = "a rate")]
                    let secs = started.elapsed().as_secs_f64() / ran as f64;
                    // Never more than twice as many phases as last time: costs may grow along the tape.
                    self.secs_per_phase = if self.secs_per_phase > 0.0 { secs.max(self.secs_per_phase / 2.0) } else { secs };
                    self.phases_per_second = 1.0 / secs.max(1e-9);
                }
                Ok(_) => {}
                Err(message) => return self.fail(message),
            }
        }
        self.settle();
    }

    /// The state as an update, with a fresh snapshot.
    pub(super) fn update(&mut self) -> Update<E::Snapshot> {
        let snapshot = match self.tape.as_ref().map(|tape| guard(|| tape.now().snapshot())) {
            Some(Ok(snapshot)) => Some(Arc::new(snapshot)),
            Some(Err(message)) => {
                self.fail(message);
                None
            }
            None => None,
        };
        let tape = self.tape.as_ref();
        Update {
            run: self.run,
            status: self.status.clone(),
            position: tape.map_or(0, Tape::position),
            furthest: tape.map_or(0, Tape::furthest),
            end: tape.and_then(|tape| tape.now().end()),
            phase: tape.and_then(Tape::phase),
            phases_per_second: self.phases_per_second,
            snapshot,
        }
    }
}

/// A whole number of phases; huge and negative values saturate.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "`as` saturates, which is what is wanted")]
const fn phases(count: f64) -> u64 {
    count as u64
}
