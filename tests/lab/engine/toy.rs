//! A toy experiment: it counts, takes as long as it is told, breaks where it is told, and remembers who called it.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, LazyLock, Mutex};
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

use digit_lab::data::Library;
use digit_lab::experiments::{
    self, Checked, Experiment, Info, Part, Phase, SettingsError, Sight, Stop, Table, Unit, Values,
};
use digit_lab::{choice, settings};
use serde::{Deserialize, Serialize};

settings! {
    /// What a toy should do.
    pub struct Plan {
        /// Which [`Probe`] it reports to.
        probe: u64 = Probe::fresh(), in 0..=u64::MAX;
        /// A number that its snapshots repeat.
        mark: u64 = 0, in 0..=u64::MAX;
        /// How long a phase computes, in microseconds.
        phase_micros: u64 = 0, in 0..=u64::MAX;
        /// How long starting sleeps, in milliseconds.
        start_millis: u64 = 0, in 0..=u64::MAX;
        /// Whether a start goes on although nobody waits for it any more.
        deaf: bool = false;
        /// After how many phases it ends.
        length: u64 = u64::MAX, in 0..=u64::MAX;
        /// Where it breaks.
        breaks: Breaks = Breaks::Nowhere;
    }
}

settings! {
    /// What is looked at.
    pub struct Look {
        /// A number that what is seen repeats.
        nth: u64 = 0, in 0..=u64::MAX;
        /// How many slices it takes to see it.
        slices: u64 = 1, in 1..=u64::MAX;
        /// How long each slice computes, in microseconds.
        micros: u64 = 0, in 0..=u64::MAX;
        /// Whether looking breaks.
        breaks: bool = false;
    }
}

/// Where a toy breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Breaks {
    /// It does not.
    Nowhere,
    /// With a panic at its start.
    Start,
    /// With an error at its start.
    Error,
    /// At its first snapshot.
    Snapshot,
    /// At the fifth phase.
    Advance,
}

choice! {
    Breaks { Nowhere = "nowhere", Start = "start", Error = "error", Snapshot = "snapshot", Advance = "advance" }
}

impl experiments::Settings for Plan {}

impl experiments::Look for Look {}

/// What all copies of one toy saw.
#[derive(Debug, Default)]
pub struct Probe {
    /// Toys that exist: the tape's and its checkpoints.
    pub toys: AtomicI64,
    /// Snapshots that exist.
    pub snapshots: AtomicI64,
    /// How often a start began.
    pub starts: AtomicU64,
    /// Starts that have not ended.
    pub starting: AtomicI64,
    /// The most that there were of them at once.
    pub most_starting: AtomicI64,
    /// Slices of looking.
    pub slices: AtomicU64,
    /// The thread that ran the last phase: its name, its id and, on Linux, its directory under `/proc`.
    pub thread: Mutex<Option<(String, ThreadId, String)>>,
}

static PROBES: LazyLock<Mutex<BTreeMap<u64, Arc<Probe>>>> = LazyLock::new(Mutex::default);
static NEXT_PROBE: AtomicU64 = AtomicU64::new(1);

impl Probe {
    fn fresh() -> u64 {
        NEXT_PROBE.fetch_add(1, SeqCst)
    }

    /// The probe of that number.
    pub fn of(number: u64) -> Arc<Self> {
        Arc::clone(PROBES.lock().unwrap().entry(number).or_default())
    }

    /// The thread that ran the last phase.
    pub fn last_thread(&self) -> (String, ThreadId, String) {
        self.thread.lock().unwrap().clone().expect("a phase has run")
    }

    fn note_thread(&self) {
        let current = thread::current();
        let folder = std::fs::read_link("/proc/thread-self").unwrap_or_default();
        let name = current.name().unwrap_or_default().to_owned();
        *self.thread.lock().unwrap() = Some((name, current.id(), folder.display().to_string()));
    }
}

/// One more of something for as long as it lives.
#[derive(Debug)]
struct Alive(Arc<Probe>, fn(&Probe) -> &AtomicI64);

impl Alive {
    fn new(probe: Arc<Probe>, count: fn(&Probe) -> &AtomicI64) -> Self {
        count(&probe).fetch_add(1, SeqCst);
        Self(probe, count)
    }
}

impl Clone for Alive {
    fn clone(&self) -> Self {
        Self::new(Arc::clone(&self.0), self.1)
    }
}

impl Drop for Alive {
    fn drop(&mut self) {
        (self.1)(&self.0).fetch_sub(1, SeqCst);
    }
}

/// The toy.
#[derive(Clone, Debug)]
pub struct Toy {
    plan: Plan,
    probe: Arc<Probe>,
    count: u64,
    _alive: Alive,
}

/// What a toy shows.
#[derive(Debug, Serialize)]
pub struct Snapshot {
    /// The toy's probe: which toy this is.
    pub probe: u64,
    /// The number of its plan.
    pub mark: u64,
    /// How many phases have run.
    pub count: u64,
    #[serde(skip)]
    alive: Alive,
}

/// What is seen of a toy.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Seen {
    #[serde(skip)]
    part: Part<Of, Of, u64>,
}

/// The numbers of the state and of the look that something was seen of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Of {
    /// [`Snapshot::probe`].
    pub probe: u64,
    /// [`Snapshot::count`].
    pub count: u64,
    /// [`Look::nth`].
    pub nth: u64,
}

impl Seen {
    /// What it was seen of.
    pub fn of(&self) -> Option<Of> {
        self.part.get().map(|of| **of)
    }
}

fn compute(micros: u64) {
    let end = Instant::now() + Duration::from_micros(micros);
    while Instant::now() < end {
        std::hint::spin_loop();
    }
}

impl Experiment for Toy {
    const INFO: Info = Info {
        name: "toy",
        title: "Toy",
        summary: "It counts.",
        phases: &[Phase::Predict, Phase::Step],
        units: &[Unit { title: "Ten", meaning: "Ten phases" }],
    };
    type Settings = Plan;
    type Look = Look;
    type Snapshot = Snapshot;
    type Seen = Seen;

    fn start(plan: &Checked<Plan>, data: &Library) -> Result<Self, SettingsError> {
        let probe = Probe::of(plan.probe);
        probe.starts.fetch_add(1, SeqCst);
        let starting = Alive::new(Arc::clone(&probe), |probe| &probe.starting);
        probe.most_starting.fetch_max(probe.starting.load(SeqCst), SeqCst);
        let end = Instant::now() + Duration::from_millis(plan.start_millis);
        while Instant::now() < end {
            if !plan.deaf {
                data.wanted()?;
            }
            thread::sleep(Duration::from_millis(1));
        }
        drop(starting);
        assert!(plan.breaks != Breaks::Start, "no wind at the start");
        if plan.breaks == Breaks::Error {
            return Err(SettingsError::value("breaks", "error", "a toy that starts", "nothing"));
        }
        let alive = Alive::new(Arc::clone(&probe), |probe| &probe.toys);
        Ok(Self { plan: plan.clone().into_inner(), probe, count: 0, _alive: alive })
    }

    fn advance(&mut self) -> Phase {
        self.probe.note_thread();
        compute(self.plan.phase_micros);
        self.count += 1;
        assert!(self.plan.breaks != Breaks::Advance || self.count < 5, "the spring broke at {}", self.count);
        self.phase().unwrap()
    }

    fn phase(&self) -> Option<Phase> {
        (self.count > 0).then(|| if self.count.is_multiple_of(2) { Phase::Step } else { Phase::Predict })
    }

    fn stopped(&self) -> Option<Stop> {
        (self.count >= self.plan.length).then_some(Stop::Done)
    }

    fn end(&self) -> Option<u64> {
        (self.plan.length < u64::MAX).then_some(self.plan.length)
    }

    fn unit_end(&self, position: u64, _unit: usize) -> u64 {
        (position / 10 + 1) * 10
    }

    fn position_after(&self, steps: Option<u64>) -> u64 {
        steps.map_or(100, |steps| 2 * steps)
    }

    fn snapshot(&self) -> Snapshot {
        assert!(self.plan.breaks != Breaks::Snapshot, "nothing to be seen");
        let alive = Alive::new(Arc::clone(&self.probe), |probe| &probe.snapshots);
        Snapshot { probe: self.plan.probe, mark: self.plan.mark, count: self.count, alive }
    }

    fn see(snapshot: &Arc<Snapshot>, look: &Look, seen: &mut Seen) -> bool {
        assert!(!look.breaks, "a blind spot");
        let of = Of { probe: snapshot.probe, count: snapshot.count, nth: look.nth };
        seen.part.work_on(
            &of,
            || 0,
            |slices| {
                snapshot.alive.0.slices.fetch_add(1, SeqCst);
                compute(look.micros);
                *slices += 1;
                (*slices >= look.slices).then_some(of)
            },
        )
    }

    fn tables(_: &Sight<'_, Self>) -> Vec<Table> {
        Vec::new()
    }

    fn values(_: &Sight<'_, Self>) -> Values {
        Values::new()
    }
}
