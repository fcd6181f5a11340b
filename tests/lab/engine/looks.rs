//! Looking: it opens and moves nothing, and what is seen is always of the state and the look that it is shown with.

use super::{Bench, Checked, Look, PROMPT, Plan, Probe, SeqCst, Toy, best, paired, picture};
use digit_lab::data::Library;
use digit_lab::engine::{Engine as _, Goal, Inline, Move, Pace, Request, RunId, Status};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

fn at(nth: u64) -> Look {
    Look { nth, ..Look::default() }
}

#[test]
fn looking_opens_nothing_and_moves_nothing() {
    let plan = Plan::default();
    let mut bench = Bench::with(&plan);
    let before = bench.engine.latest();
    for nth in 1..=200 {
        bench.look(at(nth));
        let update = bench.until(|update| picture(update).look.nth == nth);
        assert_eq!(paired(&update), nth);
        assert_eq!((update.run, update.position, &update.status), (before.run, 1, &Status::Paused));
        assert!(Arc::ptr_eq(&picture(&update).snapshot, &picture(&before).snapshot), "the same state");
    }
    assert_eq!(Probe::of(plan.probe).starts.load(SeqCst), 1, "it was opened once");
    thread::sleep(Duration::from_millis(50)); // A notice follows its update.
    let notices = bench.notices.load(SeqCst);
    bench.look(at(200));
    thread::sleep(Duration::from_millis(50));
    assert_eq!(bench.notices.load(SeqCst), notices, "the same look is no news");
}

#[test]
fn of_many_looks_the_last_is_seen_and_few_of_the_others() {
    let plan = Plan::default();
    let mut bench = Bench::with(&plan);
    for nth in 1..=200 {
        bench.look(Look { micros: 5000, ..at(nth) });
    }
    bench.until(|update| picture(update).look.nth == 200);
    let slices = Probe::of(plan.probe).slices.load(SeqCst);
    assert!(slices < 150, "{slices} looks were seen");
}

#[test]
fn every_update_pairs_what_is_seen_with_its_state_and_look() {
    let mut bench = Bench::with(&Plan { phase_micros: 50, ..Plan::default() });
    bench.go(Move::Run(Pace::Flat));
    let (mut looks, mut states) = (BTreeSet::new(), BTreeSet::new());
    let start = Instant::now();
    let mut nth = 0;
    while looks.len() < 20 || states.len() < 20 {
        assert!(start.elapsed() < super::NEVER, "{} looks and {} states were shown", looks.len(), states.len());
        nth += 1;
        // Some need several slices, in which the tape goes on.
        bench.look(Look { slices: 1 + nth % 3, micros: 500, ..at(nth) });
        for _ in 0..20 {
            let update = bench.engine.latest();
            looks.insert(paired(&update));
            states.insert(update.position);
            thread::sleep(Duration::from_millis(1));
        }
    }
}

#[test]
fn what_takes_several_slices_is_published_when_it_is_complete() {
    let plan = Plan::default();
    let mut bench = Bench::with(&plan);
    let probe = Probe::of(plan.probe);
    thread::sleep(Duration::from_millis(50)); // A notice follows its update.
    let (before, notices) = (probe.slices.load(SeqCst), bench.notices.load(SeqCst));
    bench.look(Look { slices: 25, micros: 2000, ..at(1) });
    bench.until(|update| paired(update) == 1);
    thread::sleep(Duration::from_millis(50));
    assert_eq!(probe.slices.load(SeqCst) - before, 25);
    assert_eq!(bench.notices.load(SeqCst) - notices, 1, "nothing half-seen was published");
}

#[test]
fn requests_between_the_slices_are_served() {
    let plan = Plan::default();
    let mut bench = Bench::with(&plan);
    let probe = Probe::of(plan.probe);
    let endless = Look { slices: u64::MAX, micros: 2000, ..at(0) };
    let mut nth = 0;
    let mut begin = |bench: &mut Bench| {
        nth += 2;
        let before = probe.slices.load(SeqCst);
        bench.look(Look { nth, ..endless.clone() });
        while probe.slices.load(SeqCst) < before + 3 {
            thread::sleep(Duration::from_micros(200));
        }
        nth + 1
    };
    let another = best(|| {
        let next = begin(&mut bench);
        bench.time(|bench| bench.look(at(next)), |update| paired(update) == next)
    });
    assert!(another < PROMPT, "another look took {another:?}");
    let open = best(|| {
        begin(&mut bench);
        let run = RunId(bench.run + 1);
        bench.time(|bench| bench.open(&plan, Goal::Opening), |update| update.run == run)
    });
    assert!(open < PROMPT, "another run took {open:?}");
    begin(&mut bench);
    let start = Instant::now();
    drop(bench);
    assert!(start.elapsed() < Duration::from_secs(2), "the end took {:?}", start.elapsed());
}

#[test]
fn a_tape_that_runs_is_not_held_up_by_what_is_seen_of_it() {
    let mut bench = Bench::with(&Plan { phase_micros: 100, ..Plan::default() });
    bench.look(Look { slices: 10, micros: 2000, ..at(1) });
    bench.go(Move::Run(Pace::Flat));
    let start = Instant::now();
    let first = bench.until(|update| update.status == Status::Running && update.position > 1).position;
    let later = bench.until(|update| update.position > first + 100);
    assert_eq!(paired(&later), 1);
    assert!(start.elapsed() < super::NEVER);
}

#[test]
fn a_look_that_breaks_becomes_a_sentence_and_the_thread_lives() {
    let plan = Plan::default();
    let mut bench = Bench::with(&plan);
    let probe = Probe::of(plan.probe);
    bench.go(Move::Step(1));
    bench.until(|update| update.position == 2);
    let (_, thread, _) = probe.last_thread();
    bench.look(Look { breaks: true, ..at(1) });
    let sentence = bench.rest_failed();
    assert_eq!(sentence, "This experiment broke down: a blind spot.");
    assert_eq!(probe.toys.load(SeqCst), 0, "what broke is dropped");
    bench.look(at(2));
    bench.open(&plan, Goal::Position(4));
    let update = bench.rest();
    assert_eq!((&update.status, paired(&update)), (&Status::Paused, 2), "a way to go on");
    assert_eq!(probe.last_thread().1, thread, "one and the same thread");
}

#[test]
fn a_look_while_an_experiment_opens_is_the_one_it_is_seen_with() {
    let plan = Plan { start_millis: 60, ..Plan::default() };
    let mut bench = Bench::new();
    bench.look(at(3));
    bench.open(&plan, Goal::Position(4));
    bench.until(|update| update.status == Status::Loading);
    bench.look(at(7));
    let update = bench.until(|update| update.picture.is_some());
    assert_eq!((paired(&update), update.position), (7, 4), "the first picture is of the last look");
    bench.open(&plan, Goal::Position(2));
    assert_eq!(paired(&bench.rest()), 7, "and so is that of the next run");
    assert_eq!(Probe::of(plan.probe).starts.load(SeqCst), 2);
}

#[test]
fn without_a_thread_it_is_the_same() {
    let plan = Plan::default();
    let mut engine = Inline::<Toy>::new(Library::new());
    engine.send(Request::Look(at(3)));
    let settings = Checked::new(plan.clone()).unwrap();
    engine.send(Request::Open { run: RunId(1), settings, goal: Goal::Opening });
    assert_eq!(paired(&engine.latest()), 3);
    engine.send(Request::Look(Look { slices: 9, ..at(4) }));
    assert_eq!(paired(&engine.latest()), 4, "all slices at once");
    engine.send(Request::Move(Move::Run(Pace::Flat)));
    engine.send(Request::Look(at(5)));
    assert_eq!(paired(&engine.latest()), 5);
    engine.send(Request::Move(Move::Pause));
    engine.send(Request::Look(Look { breaks: true, ..at(6) }));
    assert!(matches!(&engine.latest().status, Status::Failed(failure) if failure.sentence.contains("a blind spot")));
    assert_eq!(Probe::of(plan.probe).starts.load(SeqCst), 1);
}
