//! With a thread and without one the same comes out.

use super::{Bench, Checked, Look, Plan, Toy, Update, count, paired};
use digit_lab::data::Library;
use digit_lab::engine::{Engine as _, Goal, Inline, Move, Request, RunId};
use proptest::prelude::*;
use std::time::{Duration, Instant};

/// What leads to one place, however fast it is worked off.
#[derive(Clone, Copy, Debug)]
enum Ask {
    Move(Move),
    Look(u64),
}

fn asks() -> impl Strategy<Value = Vec<Ask>> {
    let one = prop_oneof![
        (0..40_u64).prop_map(Move::Step).prop_map(Ask::Move),
        (0..40_u64).prop_map(Move::Back).prop_map(Ask::Move),
        (0..250_u64).prop_map(Move::Seek).prop_map(Ask::Move),
        Just(Ask::Move(Move::Unit(0))),
        Just(Ask::Move(Move::End)),
        (0..9_u64).prop_map(Ask::Look),
    ];
    proptest::collection::vec(one, 0..12)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn with_and_without_a_thread_the_same_comes_out(asks in asks(), goal in 0..250_u64) {
        let plan = Plan { length: 200, ..Plan::default() };
        let mut bench = Bench::new();
        let mut inline = Inline::<Toy>::new(Library::new());
        bench.open(&plan, Goal::Position(goal));
        let settings = Checked::new(plan).unwrap();
        inline.send(Request::Open { run: RunId(1), settings, goal: Goal::Position(goal) });
        for ask in asks {
            let request = || match ask {
                Ask::Move(to) => Request::Move(to),
                Ask::Look(nth) => Request::Look(Look { nth, slices: 3, ..Look::default() }),
            };
            bench.engine.send(request());
            inline.send(request());
        }
        let wanted = inline.latest();
        let start = Instant::now();
        let nth = paired(&wanted);
        let same = |update: &Update| {
            let is_seen = update.picture.as_ref().is_some_and(|picture| picture.look.nth == nth);
            is_seen && (update.position, &update.status) == (wanted.position, &wanted.status)
        };
        let got = bench.until(|update| same(update) || start.elapsed() > Duration::from_secs(1));
        prop_assert_eq!((got.position, &got.status), (wanted.position, &wanted.status));
        prop_assert_eq!((got.end, got.phase), (wanted.end, wanted.phase));
        prop_assert_eq!((count(&got), paired(&got)), (count(&wanted), nth));
    }
}
