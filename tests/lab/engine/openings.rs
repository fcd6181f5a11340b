//! Many requests to open, as fast as a slider that is dragged sends them.

use super::{Bench, NEVER, Plan, Probe, SeqCst, picture};
use digit_lab::engine::{Engine as _, Goal, RunId, Status};
use std::collections::BTreeSet;
use std::thread;
use std::time::{Duration, Instant};

/// Changes of a setting, and the time between two of them: two seconds of dragging.
const CHANGES: u64 = 120;
const EVERY: Duration = Duration::from_micros(16_667);
/// How long a start takes: longer than the next change is away.
const START: u64 = 30;

#[test]
fn a_dragged_slider_leaves_one_opener_alive_and_shows_its_last_value() {
    for deaf in [false, true] {
        let mut bench = Bench::new();
        let plan = Plan { start_millis: START, deaf, ..Plan::default() };
        let probe = Probe::of(plan.probe);
        let mut sent = Vec::new();
        let mut shown = BTreeSet::new();
        let start = Instant::now();
        for mark in 1..=CHANGES {
            bench.open(&Plan { mark, ..plan.clone() }, Goal::Position(3));
            sent.push(Instant::now());
            while start.elapsed() < EVERY * u32::try_from(mark).unwrap() {
                if let Some(picture) = &bench.engine.latest().picture {
                    shown.insert(picture.snapshot.mark);
                }
                thread::sleep(Duration::from_micros(500));
            }
        }
        let update = bench.until(|update| update.run == RunId(CHANGES) && update.status == Status::Paused);
        let delay = sent[sent.len() - 1].elapsed();
        assert_eq!((picture(&update).snapshot.mark, update.position), (CHANGES, 3), "the last value");
        for mark in shown {
            // A run is superseded when the next is asked for before it can have opened.
            let index = usize::try_from(mark).unwrap();
            let had = sent.get(index).map_or(START, |next| (*next - sent[index - 1]).as_millis().try_into().unwrap());
            assert!(had >= START, "run {mark} was shown, though the next was asked for {had} ms later");
        }
        let (starts, most) = (probe.starts.load(SeqCst), probe.most_starting.load(SeqCst));
        assert_eq!(most, 1, "openers alive at once");
        assert_eq!(probe.toys.load(SeqCst), 2, "the tape's and its first checkpoint: none else is left");
        eprintln!(
            "deaf {deaf}: {starts} starts for {CHANGES} requests; the last was shown {delay:?} after it was sent"
        );
    }
}

#[test]
fn an_engine_that_is_dropped_gives_up_its_opening() {
    let mut bench = Bench::new();
    let plan = Plan { start_millis: 10_000, ..Plan::default() };
    let probe = Probe::of(plan.probe);
    bench.open(&plan, Goal::Opening);
    bench.until(|update| update.status == Status::Loading);
    let end = Instant::now() + NEVER;
    while probe.starting.load(SeqCst) == 0 {
        assert!(Instant::now() < end, "it never began");
        thread::sleep(Duration::from_millis(1));
    }
    let start = Instant::now();
    drop(bench);
    while probe.starting.load(SeqCst) > 0 {
        assert!(start.elapsed() < Duration::from_secs(5), "it goes on for nobody");
        thread::sleep(Duration::from_millis(1));
    }
}
