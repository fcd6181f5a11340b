//! What `src/engine` promises, sentence by sentence, shown with a toy experiment.

mod looks;
mod openings;
mod threadless;
mod toy;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::thread;
use std::time::{Duration, Instant};

use digit_lab::data::Library;
use digit_lab::engine::{Engine, Failure, Goal, Move, Notify, Pace, Picture, Request, RunId, Status, Threaded};
use digit_lab::experiments::{Checked, Stop};
use toy::{Breaks, Look, Of, Plan, Probe, Toy};

type Update = digit_lab::engine::Update<Toy>;

/// What a request may take at most, whatever is running.
const PROMPT: Duration = Duration::from_millis(50);
/// What nothing takes on any machine that works.
const NEVER: Duration = Duration::from_secs(20);
/// The machine may be busy with other tests; a promise about the engine is kept when it is kept in one of these.
const TRIES: usize = 8;

/// A threaded engine with a count of its notices.
struct Bench {
    engine: Threaded<Toy>,
    notices: Arc<AtomicU64>,
    run: u64,
}

impl Bench {
    fn new() -> Self {
        let notices = Arc::new(AtomicU64::new(0));
        let notify: Notify = {
            let notices = Arc::clone(&notices);
            Arc::new(move || {
                notices.fetch_add(1, SeqCst);
            })
        };
        Self { engine: Threaded::new(Library::new(), notify), notices, run: 0 }
    }

    /// A bench with a toy open at position 1.
    fn with(plan: &Plan) -> Self {
        let mut bench = Self::new();
        bench.open(plan, Goal::Opening);
        bench.until(|update| update.status == Status::Paused);
        bench
    }

    fn open(&mut self, plan: &Plan, goal: Goal) {
        self.run += 1;
        self.engine.send(Request::Open { run: RunId(self.run), settings: Checked::new(plan.clone()).unwrap(), goal });
    }

    fn look(&mut self, look: Look) {
        self.engine.send(Request::Look(look));
    }

    fn go(&mut self, to: Move) {
        self.engine.send(Request::Move(to));
    }

    /// Looks until the update is as wanted.
    fn until(&mut self, wanted: impl Fn(&Update) -> bool) -> Arc<Update> {
        let start = Instant::now();
        loop {
            let update = self.engine.latest();
            if wanted(&update) {
                return update;
            }
            assert!(start.elapsed() < NEVER, "still {update:?}");
            thread::sleep(Duration::from_micros(200));
        }
    }

    /// The update once nothing is going on any more.
    fn rest(&mut self) -> Arc<Update> {
        let run = RunId(self.run);
        self.until(|update| update.run == run && !update.status.is_busy())
    }

    /// Waits until something went wrong; the sentence about it.
    fn rest_failed(&mut self) -> String {
        let update = self.until(|update| matches!(update.status, Status::Failed(_)));
        let Status::Failed(failure) = &update.status else { unreachable!("as waited for") };
        assert!(update.picture.is_none(), "nothing half-broken is shown");
        failure.sentence.clone()
    }

    /// Sends `request` and waits for `done`; how long that took.
    fn time(&mut self, request: impl FnOnce(&mut Self), done: impl Fn(&Update) -> bool) -> Duration {
        let start = Instant::now();
        request(self);
        self.until(done);
        start.elapsed()
    }
}

/// The shortest of [`TRIES`] times.
fn best(mut time: impl FnMut() -> Duration) -> Duration {
    (0..TRIES).map(|_| time()).min().unwrap()
}

/// The picture of an update that has one.
fn picture(update: &Update) -> &Picture<Toy> {
    update.picture.as_ref().unwrap()
}

/// How many phases have run, as the snapshot has it.
fn count(update: &Update) -> u64 {
    picture(update).snapshot.count
}

/// Shows that what is seen is of the very state and look that it stands with; returns the look's number.
#[track_caller]
fn paired(update: &Update) -> u64 {
    let Picture { snapshot, look, seen } = picture(update);
    assert_eq!(snapshot.count, update.position, "a snapshot is of the position that it is shown with");
    assert_eq!(seen.of(), Some(Of { probe: snapshot.probe, count: snapshot.count, nth: look.nth }));
    look.nth
}

fn slow() -> Plan {
    Plan { phase_micros: 1000, ..Plan::default() }
}

#[test]
fn every_request_matters_and_they_keep_their_order() {
    let mut bench = Bench::with(&Plan::default());
    for _ in 0..1000 {
        bench.go(Move::Step(1));
    }
    bench.until(|update| update.position == 1001);
    for (moves, position) in [
        ([Move::Seek(500), Move::Back(1), Move::Step(3)], 502),
        ([Move::Back(1), Move::Step(3), Move::Seek(500)], 500),
        ([Move::Step(1), Move::Unit(0), Move::Unit(0)], 520),
        ([Move::Seek(0), Move::Back(7), Move::Step(2)], 2),
        ([Move::Back(400), Move::End, Move::Back(1)], 99),
    ] {
        for to in moves {
            bench.go(to);
        }
        let update = bench.until(|update| update.position == position && update.status == Status::Paused);
        assert_eq!(count(&update), position, "{moves:?}");
    }
}

#[test]
fn moves_wait_while_an_experiment_opens() {
    let mut bench = Bench::new();
    bench.open(&Plan { start_millis: 60, ..Plan::default() }, Goal::Position(10));
    bench.go(Move::Step(7));
    bench.go(Move::Back(2));
    assert_eq!(bench.rest().position, 15);
}

#[test]
fn goals_are_reached() {
    let plan = Plan { length: 300, ..Plan::default() };
    for (goal, position) in [
        (Goal::Opening, 1),
        (Goal::Position(0), 0),
        (Goal::Position(77), 77),
        (Goal::Position(u64::MAX), 300),
        (Goal::Steps(Some(20)), 40),
        (Goal::Steps(None), 100),
    ] {
        let mut bench = Bench::new();
        bench.open(&plan, goal);
        let update = bench.rest();
        let status = if position == 300 { Status::Stopped(Stop::Done) } else { Status::Paused };
        assert_eq!((update.position, &update.status), (position, &status), "{goal:?}");
    }
}

#[test]
fn only_the_newest_result_is_kept() {
    let plan = Plan { length: 5_000, phase_micros: 100, ..Plan::default() };
    let mut bench = Bench::with(&plan);
    bench.go(Move::Run(Pace::Flat));
    // Nobody looks meanwhile: results do not pile up.
    while bench.engine.latest().status != Status::Stopped(Stop::Done) {
        thread::sleep(Duration::from_millis(100));
        let kept = Probe::of(plan.probe).snapshots.load(SeqCst);
        assert!(kept <= 3, "{kept} snapshots are kept: at most the shown one, the one in the slot and the next");
    }
    let last = bench.engine.latest();
    assert_eq!(count(&last), 5_000);
    assert!(Arc::ptr_eq(&last, &bench.engine.latest()), "the same update until there is a newer one");
    thread::sleep(Duration::from_millis(50));
    assert_eq!(Probe::of(plan.probe).snapshots.load(SeqCst), 1, "older snapshots are dropped");
}

#[test]
fn looking_never_waits() {
    // Sixty looks while a phase of a third of a second is computed.
    let mut bench = Bench::with(&Plan { phase_micros: 300_000, ..Plan::default() });
    let time = best(|| {
        bench.go(Move::Step(1));
        let start = Instant::now();
        for _ in 0..60 {
            bench.engine.latest();
        }
        start.elapsed()
    });
    assert!(time < Duration::from_millis(20), "{time:?}");
}

#[test]
fn an_old_run_is_never_shown_after_a_newer_one() {
    let plans: Vec<Plan> =
        (0..20).map(|i| Plan { phase_micros: 200, start_millis: i % 3 * 4, ..Plan::default() }).collect();
    let mut bench = Bench::new();
    let mut shown = RunId(0);
    for plan in &plans {
        bench.open(plan, Goal::Position(3));
        bench.go(Move::Run(Pace::Flat));
        let start = Instant::now();
        while start.elapsed() < Duration::from_millis(30) {
            let update = bench.engine.latest();
            assert!(update.run >= shown, "{:?} was shown after {shown:?}", update.run);
            shown = update.run;
            if let Some(Picture { snapshot, .. }) = &update.picture {
                let index = usize::try_from(update.run.0).unwrap() - 1;
                assert_eq!(snapshot.probe, plans[index].probe, "a run shows its own snapshots");
                paired(&update);
            }
        }
    }
    let last = RunId(bench.run);
    bench.until(|update| update.run == last && update.position > 3);
}

#[test]
fn an_opening_that_comes_too_late_is_dropped() {
    let mut bench = Bench::new();
    let late = Plan { start_millis: 150, deaf: true, ..Plan::default() };
    bench.open(&late, Goal::Position(9));
    bench.until(|update| update.status == Status::Loading);
    let current = Plan { start_millis: 60, ..Plan::default() };
    bench.open(&current, Goal::Position(5));
    let end = Instant::now() + Duration::from_millis(400);
    while Instant::now() < end {
        let update = bench.engine.latest();
        assert!(update.picture.is_none() || picture(&update).snapshot.probe == current.probe, "the late one was taken");
        thread::sleep(Duration::from_millis(1));
    }
    let update = bench.rest();
    assert_eq!((update.run, update.position), (RunId(2), 5));
    assert_eq!(picture(&update).snapshot.probe, current.probe);
    let late = Probe::of(late.probe);
    assert_eq!(late.starts.load(SeqCst), 1, "it was opened");
    assert_eq!(late.toys.load(SeqCst), 0, "and dropped");
}

#[test]
fn a_request_takes_effect_within_50_ms_while_running_flat_out() {
    let mut bench = Bench::with(&slow());
    let pause = best(|| {
        bench.go(Move::Run(Pace::Flat));
        let from = bench.engine.latest().position;
        bench.until(|update| update.status == Status::Running && update.position > from + 20);
        bench.time(|bench| bench.go(Move::Pause), |update| update.status == Status::Paused)
    });
    assert!(pause < PROMPT, "a pause took {pause:?}");

    let open = best(|| {
        bench.go(Move::Run(Pace::Flat));
        bench.until(|update| update.status == Status::Running);
        let run = RunId(bench.run + 1);
        bench.time(
            |bench| bench.open(&slow(), Goal::Opening),
            |update| update.run == run && update.status == Status::Paused,
        )
    });
    assert!(open < PROMPT, "a new run took {open:?}");
}

#[test]
fn a_request_takes_effect_within_50_ms_on_the_way_to_a_far_position() {
    let mut bench = Bench::with(&slow());
    let time = best(|| {
        bench.go(Move::Step(1_000_000));
        bench.until(|update| update.status == Status::Seeking && update.position > 20);
        bench.time(|bench| bench.go(Move::Seek(0)), |update| update.status == Status::Paused && update.position == 0)
    });
    assert!(time < PROMPT, "turning back took {time:?}");
}

#[test]
fn a_request_takes_effect_within_50_ms_while_an_experiment_opens() {
    let mut bench = Bench::new();
    let time = best(|| {
        bench.open(&Plan { start_millis: 1500, ..Plan::default() }, Goal::Opening);
        bench.until(|update| update.status == Status::Loading);
        let run = RunId(bench.run + 1);
        bench.time(
            |bench| bench.open(&Plan::default(), Goal::Opening),
            |update| update.run == run && update.status == Status::Paused,
        )
    });
    assert!(time < PROMPT, "another run took {time:?}");
}

#[test]
fn a_request_wakes_a_run_that_waits_for_its_next_phase() {
    // The next phase would be due in ten seconds.
    let crawl = Move::Run(Pace::PhasesPerSecond(0.1));
    let mut bench = Bench::with(&Plan::default());
    let time = best(|| {
        bench.go(crawl);
        bench.until(|update| update.status == Status::Running);
        thread::sleep(Duration::from_millis(20));
        bench.time(|bench| bench.go(Move::Pause), |update| update.status == Status::Paused)
    });
    assert!(time < PROMPT, "a pause took {time:?}");

    bench.go(crawl);
    bench.until(|update| update.status == Status::Running);
    let from = bench.engine.latest().position;
    bench.go(Move::Step(1));
    assert_eq!(bench.rest().position, from + 1, "a step ends the run");

    bench.go(crawl);
    bench.until(|update| update.status == Status::Running);
    let start = Instant::now();
    drop(bench);
    assert!(start.elapsed() < Duration::from_secs(2), "the end took {:?}", start.elapsed());
}

#[test]
fn a_run_keeps_its_pace() {
    let mut bench = Bench::with(&Plan::default());
    let start = Instant::now();
    bench.go(Move::Run(Pace::PhasesPerSecond(50.0)));
    bench.until(|update| update.position >= 26);
    let secs = start.elapsed().as_secs_f64();
    assert!((0.4..5.0).contains(&secs), "25 phases at 50 a second took {secs} s");
}

#[test]
fn what_breaks_becomes_a_sentence_and_the_thread_lives() {
    let mut bench = Bench::new();
    let sound = Plan::default();
    let mut threads = Vec::new();
    for (breaks, words) in [
        (Breaks::Start, "This experiment broke down: no wind at the start."),
        (Breaks::Advance, "This experiment broke down: the spring broke at 5."),
        (Breaks::Snapshot, "This experiment broke down: nothing to be seen."),
        (Breaks::Error, "breaks is \"error\"; expected a toy that starts; the nearest valid value is nothing"),
    ] {
        let plan = Plan { breaks, ..Plan::default() };
        // What is about a setting says so: another value may start.
        let setting = (breaks == Breaks::Error).then_some("breaks");
        let failed = Status::Failed(Failure { sentence: words.to_owned(), setting });
        bench.open(&plan, Goal::Position(9));
        let update = bench.rest();
        assert_eq!(update.status, failed);
        assert!(update.picture.is_none(), "nothing half-broken is shown");
        assert_eq!(Probe::of(plan.probe).toys.load(SeqCst), 0, "what broke is dropped");

        bench.go(Move::Step(3));
        bench.go(Move::Run(Pace::Flat));
        thread::sleep(Duration::from_millis(20));
        assert_eq!(bench.engine.latest().status, failed, "moves do not matter now");

        bench.open(&sound, Goal::Position(4));
        let update = bench.rest();
        assert_eq!((&update.status, update.position), (&Status::Paused, 4), "a way to go on, after {breaks:?}");
        threads.push(Probe::of(sound.probe).last_thread().1);
    }
    assert!(threads.iter().all(|thread| *thread == threads[0]), "one and the same thread");
}

#[test]
fn the_thread_has_a_name_and_ends_with_the_engine() {
    let plan = Plan { phase_micros: 30_000, ..Plan::default() };
    let probe = Probe::of(plan.probe);
    let mut bench = Bench::with(&plan);
    bench.go(Move::Run(Pace::Flat));
    bench.until(|update| update.position > 2);
    let (name, id, folder) = probe.last_thread();
    assert_eq!(name, "engine-toy");
    assert_ne!(id, thread::current().id());
    drop(bench);
    assert_eq!(probe.toys.load(SeqCst), 0, "toys and checkpoints are gone when the engine is");
    assert_eq!(probe.snapshots.load(SeqCst), 0);
    if cfg!(target_os = "linux") {
        // A joined thread leaves the table of the system within moments.
        let start = Instant::now();
        while std::path::Path::new("/proc").join(&folder).exists() {
            assert!(start.elapsed() < NEVER, "the thread is still there");
            thread::sleep(Duration::from_millis(1));
        }
    }
}

#[test]
fn an_engine_that_nobody_asks_has_no_thread_and_ends_at_once() {
    let mut bench = Bench::new();
    let update = bench.engine.latest();
    assert_eq!((update.run, &update.status, update.position), (RunId(0), &Status::Empty, 0));
    drop(bench);
}

#[test]
fn an_engine_with_nothing_to_do_sleeps() {
    let ended = Plan { length: 5, ..Plan::default() };
    let broken = Plan { breaks: Breaks::Advance, ..Plan::default() };
    let paused = Plan::default();
    let mut benches: Vec<Bench> = [&ended, &broken, &paused]
        .map(|plan| {
            let mut bench = Bench::new();
            bench.open(plan, Goal::Position(7));
            bench.rest();
            bench
        })
        .into();
    thread::sleep(Duration::from_millis(50));
    let notices = |benches: &[Bench]| -> Vec<u64> { benches.iter().map(|bench| bench.notices.load(SeqCst)).collect() };
    let busy_time = || [&ended, &broken, &paused].map(|plan| busy_time(&Probe::of(plan.probe).last_thread().2));
    let before = (notices(&benches), busy_time());
    thread::sleep(Duration::from_millis(300));
    assert_eq!((notices(&benches), busy_time()), before, "no notice, and not a nanosecond on a processor");
    for bench in &mut benches {
        bench.open(&paused, Goal::Position(3));
        assert_eq!(bench.rest().position, 3, "and it wakes");
    }
}

/// How long a thread has computed, in nanoseconds; zero where the system does not say.
fn busy_time(folder: &str) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{folder}/schedstat")).unwrap_or_default();
    stat.split_whitespace().next().and_then(|nanos| nanos.parse().ok()).unwrap_or(0)
}

#[test]
fn about_thirty_updates_a_second_are_published_at_most() {
    let mut bench = Bench::with(&Plan::default());
    bench.go(Move::Run(Pace::Flat));
    bench.until(|update| update.status == Status::Running);
    let (start, before) = (Instant::now(), bench.notices.load(SeqCst));
    thread::sleep(Duration::from_secs(1));
    let (count, secs) = (bench.notices.load(SeqCst) - before, start.elapsed().as_secs_f64());
    let rate = count as f64 / secs;
    assert!((3.0..=32.0).contains(&rate), "{rate} updates a second");

    // But a change of status is published at once, with the last position.
    bench.go(Move::Pause);
    let update = bench.rest();
    thread::sleep(Duration::from_millis(50));
    assert_eq!(update.position, bench.engine.latest().position);
}
