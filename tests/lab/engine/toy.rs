//! A toy experiment: it counts, takes as long as it is told, breaks where it is told, and remembers who called it.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, LazyLock, Mutex};
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

use digit_lab::data::Library;
use digit_lab::experiments::{Experiment, Field, Info, Phase, Settings, SettingsError, Stop, Table, Unit, Values};
use serde::{Deserialize, Serialize};

/// What a toy should do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// Which [`Probe`] it reports to.
    pub probe: u64,
    /// How long a phase computes, in microseconds.
    pub phase_micros: u64,
    /// How long starting sleeps, in milliseconds.
    pub start_millis: u64,
    /// After how many phases it ends.
    pub length: u64,
    /// Where it breaks: "start", "error", "snapshot", "advance" (at the fifth phase) or nowhere.
    pub breaks: String,
}

impl Default for Plan {
    fn default() -> Self {
        Self { probe: Probe::fresh(), phase_micros: 0, start_millis: 0, length: u64::MAX, breaks: String::new() }
    }
}

impl Settings for Plan {
    const FIELDS: &'static [Field] = &[];
}

/// What all copies of one toy saw.
#[derive(Debug, Default)]
pub struct Probe {
    /// Toys that exist: the tape's and its checkpoints.
    pub toys: AtomicI64,
    /// Snapshots that exist.
    pub snapshots: AtomicI64,
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
pub struct Seen {
    /// The toy's probe: which toy this is.
    pub probe: u64,
    /// How many phases have run.
    pub count: u64,
    #[serde(skip)]
    _alive: Alive,
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
    type Snapshot = Seen;

    fn start(plan: &Plan, _data: &Library) -> Result<Self, SettingsError> {
        thread::sleep(Duration::from_millis(plan.start_millis));
        assert!(plan.breaks != "start", "no wind at the start");
        if plan.breaks == "error" {
            return Err(SettingsError::value("breaks", "error", "a toy that starts", "nothing"));
        }
        let probe = Probe::of(plan.probe);
        let alive = Alive::new(Arc::clone(&probe), |probe| &probe.toys);
        Ok(Self { plan: plan.clone(), probe, count: 0, _alive: alive })
    }

    fn advance(&mut self) -> Phase {
        self.probe.note_thread();
        let end = Instant::now() + Duration::from_micros(self.plan.phase_micros);
        while Instant::now() < end {
            std::hint::spin_loop();
        }
        self.count += 1;
        assert!(self.plan.breaks != "advance" || self.count < 5, "the spring broke at {}", self.count);
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

    fn snapshot(&self) -> Seen {
        assert!(self.plan.breaks != "snapshot", "nothing to be seen");
        let alive = Alive::new(Arc::clone(&self.probe), |probe| &probe.snapshots);
        Seen { probe: self.plan.probe, count: self.count, _alive: alive }
    }

    fn tables(_: &Seen) -> Vec<Table> {
        Vec::new()
    }

    fn values(_: &Seen) -> Values {
        Values::new()
    }
}
