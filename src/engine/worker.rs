//! The engine's state machine, with no thread and no channel in it.

use super::{Failure, Goal, Move, Pace, Picture, Request, RunId, Status, Update};
use crate::data::Library;
use crate::experiments::{Checked, Experiment, Phase, Tape};
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
pub(super) type Opened<E> = Result<E, Failure>;

/// Opens an experiment; a panic becomes an error.
pub(super) fn open<E: Experiment>(settings: &Checked<E::Settings>, data: &Library) -> Opened<E> {
    guard(|| E::start(settings, data))?.map_err(Failure::from)
}

/// Runs `work`; a panic becomes a sentence.
fn guard<T>(work: impl FnOnce() -> T) -> Result<T, Failure> {
    // The experiment inside is dropped after a panic, so a broken invariant of it cannot be seen.
    catch_unwind(AssertUnwindSafe(work))
        .map_err(|panic| format!("This experiment broke down: {}.", panic_text(&*panic)).into())
}

fn panic_text(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no reason was given")
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
    look: Arc<E::Look>,
    /// The newest state that was taken, and whether the tape has moved since.
    snapshot: Option<Arc<E::Snapshot>>,
    moved: bool,
    /// The position of that state and the phase that ran last; the tape may be further on.
    stand: (u64, Option<Phase>),
    /// What was seen of that state, and whether there is more of it to see.
    seen: E::Seen,
    behind: bool,
    goal: Goal,
    waiting: VecDeque<Move>,
    drive: Drive,
    /// Measured cost of a phase, which sets how many fit in a slice.
    secs_per_phase: f64,
    phases_per_second: f64,
}

impl<E: Experiment> Worker<E> {
    pub(super) fn new() -> Self {
        Self {
            run: RunId(0),
            status: Status::Empty,
            tape: None,
            look: Arc::default(),
            snapshot: None,
            moved: false,
            stand: (0, None),
            seen: E::Seen::default(),
            behind: false,
            goal: Goal::Opening,
            waiting: VecDeque::new(),
            drive: Drive::Rest,
            secs_per_phase: 0.0,
            phases_per_second: 0.0,
        }
    }

    /// Takes a request. For an opening it returns what has to be opened (by [`open`], wherever the caller likes) and
    /// handed to [`Worker::opened`].
    pub(super) fn take(&mut self, request: Request<E>, now: Instant) -> Option<(RunId, Checked<E::Settings>)> {
        match request {
            Request::Open { run, settings, goal } => {
                self.run = run;
                self.goal = goal;
                self.status = Status::Loading;
                self.forget();
                self.waiting.clear();
                self.secs_per_phase = 0.0;
                Some((run, settings))
            }
            Request::Look(look) => {
                if *self.look != look {
                    self.look = Arc::new(look);
                    self.behind = self.snapshot.is_some();
                }
                None
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
                self.moved = true;
                self.status = Status::Paused;
                self.toward(goal);
                for to in std::mem::take(&mut self.waiting) {
                    self.go(to, now);
                }
            }
            Err(failure) => self.fail(failure),
        }
    }

    fn fail(&mut self, failure: Failure) {
        self.status = Status::Failed(failure);
        self.forget();
    }

    /// Forgets the run; what was seen of it may be of use to the next.
    fn forget(&mut self) {
        self.tape = None;
        self.snapshot = None;
        self.stand = (0, None);
        self.behind = false;
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
            self.moved = true;
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

    /// Whether this is what is looked at already.
    pub(super) fn looks_at(&self, look: &E::Look) -> bool {
        *self.look == *look
    }

    /// Whether the tape is to move.
    pub(super) const fn is_driving(&self) -> bool {
        !matches!(self.drive, Drive::Rest)
    }

    /// Whether there is more to see of the newest state.
    pub(super) const fn is_behind(&self) -> bool {
        self.behind
    }

    /// Whether there is anything to do.
    pub(super) const fn is_busy(&self) -> bool {
        self.is_driving() || self.behind
    }

    /// How long there is nothing to do yet, while running at a pace.
    pub(super) fn idle_for(&self) -> Duration {
        match self.drive {
            _ if self.behind => Duration::ZERO,
            Drive::Run { pace: Pace::PhasesPerSecond(rate), due, .. } if due < 1.0 => {
                Duration::from_secs_f64(((1.0 - due) / f64::from(rate.max(0.01))).min(10.0))
            }
            _ => Duration::ZERO,
        }
    }

    /// Works for about [`SLICE`], on the tape and on what is seen of it.
    pub(super) fn slice(&mut self, now: Instant) {
        if self.behind {
            self.see();
        }
        self.drive(now);
    }

    fn drive(&mut self, now: Instant) {
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
            self.moved = true;
            let started = Instant::now();
            match guard(|| tape.run(count)) {
                Ok(ran) if ran > 0 => {
                    #[expect(clippy::cast_precision_loss, reason = "a rate")]
                    let secs = started.elapsed().as_secs_f64() / ran as f64;
                    // Never more than twice as many phases as last time: costs may grow along the tape.
                    self.secs_per_phase =
                        if self.secs_per_phase > 0.0 { secs.max(self.secs_per_phase / 2.0) } else { secs };
                    self.phases_per_second = 1.0 / secs.max(1e-9);
                }
                Ok(_) => {}
                Err(message) => return self.fail(message),
            }
        }
        self.settle();
    }

    /// Takes the state as it is now, and sees of it what fits into one slice. A state that is not seen to its end is taken
    /// anew only when the tape rests: else nothing would ever be seen whole.
    pub(super) fn refresh(&mut self) {
        let Some(tape) = &self.tape else { return };
        if self.moved && !(self.behind && self.is_driving()) {
            match guard(|| tape.now().snapshot()) {
                Ok(snapshot) => {
                    self.snapshot = Some(Arc::new(snapshot));
                    self.stand = (tape.position(), tape.phase());
                    self.moved = false;
                    self.behind = true;
                }
                Err(failure) => return self.fail(failure),
            }
        }
        if self.behind {
            self.see();
        }
    }

    fn see(&mut self) {
        let Some(snapshot) = &self.snapshot else { return };
        let (look, seen) = (&self.look, &mut self.seen);
        match guard(|| E::see(snapshot, look, seen)) {
            Ok(is_complete) => self.behind = !is_complete,
            Err(failure) => {
                self.seen = E::Seen::default();
                self.fail(failure);
            }
        }
    }

    /// What there is to see. Call it when [`Worker::is_behind`] is false: else the parts may be of different looks.
    pub(super) fn update(&self) -> Update<E> {
        let picture = |snapshot: &Arc<E::Snapshot>| Picture {
            snapshot: Arc::clone(snapshot),
            look: Arc::clone(&self.look),
            seen: Arc::new(self.seen.clone()),
        };
        let tape = self.tape.as_ref();
        let (position, phase) = self.stand;
        Update {
            run: self.run,
            status: self.status.clone(),
            position,
            furthest: tape.map_or(0, Tape::furthest),
            end: tape.and_then(|tape| tape.now().end()),
            phase,
            phases_per_second: self.phases_per_second,
            picture: self.snapshot.as_ref().map(picture),
        }
    }
}

/// A whole number of phases; huge and negative values saturate.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "`as` saturates, which is what is wanted")]
const fn phases(count: f64) -> u64 {
    count as u64
}
