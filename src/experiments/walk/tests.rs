use super::*;

/// x^2 / 2.
#[derive(Clone, Debug)]
struct Half;

impl Objective for Half {
    type Params = f32;
    fn look(&self, x: f32) -> (f32, f32) {
        (x * x / 2.0, x)
    }
}

fn stop_of(first: f32, lr: f32, steps: u64) -> (Option<Stop>, u64) {
    let mut walk = Walk::new(Half, first, lr, steps);
    let ran = walk.stride(u64::MAX);
    assert_eq!(ran, walk.end());
    (walk.stopped(), walk.taken())
}

#[test]
fn the_phases_are_the_chapter_s() {
    let mut walk = Walk::new(Half, 1.0, 0.5, 1);
    let names: Vec<&str> = (0..walk.end()).map(|_| walk.advance().title()).collect();
    assert_eq!(names.join(" "), "Init Predict Loss Gradient Step Predict Loss Gradient Stop");
    assert_eq!((walk.stopped(), walk.stride(1)), (Some(Stop::Done), 0));
}

#[test]
fn it_says_why_it_stopped() {
    assert_eq!(stop_of(1.0, 0.5, 10), (Some(Stop::Done), 10));
    assert_eq!(stop_of(1.0, 0.5, 0), (Some(Stop::Done), 0));
    // One step to the floor, the other nine change nothing; but all are taken.
    assert_eq!(stop_of(1.0, 1.0, 10), (Some(Stop::Plateau), 10));
    assert_eq!(stop_of(1.0, 1.0, 1000), (Some(Stop::Plateau), 1 + PATIENCE));
    assert_eq!(stop_of(1.0, 0.0, 1000), (Some(Stop::Plateau), PATIENCE));
    // The loss is multiplied by 4 each time.
    assert_eq!(stop_of(1.0, 3.0, 1000), (Some(Stop::Diverged), 11));
    assert_eq!(stop_of(1e30, 0.5, 10), (Some(Stop::Diverged), 0));
    assert_eq!(stop_of(f32::NAN, 0.5, 10), (Some(Stop::Diverged), 0));
}

#[test]
fn any_strides_end_where_single_phases_end() {
    for lr in [0.3, 1.0, 2.1] {
        for lengths in [[1, 1], [3, 5], [4, 4], [7, 100]] {
            let (mut stepped, mut strode) = (Walk::new(Half, 1.5, lr, 300), Walk::new(Half, 1.5, lr, 300));
            for length in lengths.into_iter().cycle().take(40) {
                let ran = strode.stride(length);
                for _ in 0..ran {
                    stepped.advance();
                }
                assert!(strode.trace().iter().eq(stepped.trace().iter()));
                assert_eq!((strode.phase(), strode.stopped()), (stepped.phase(), stepped.stopped()));
            }
        }
    }
}

#[test]
fn a_step_ends_after_its_turn() {
    for (position, end) in [(0, 5), (1, 5), (4, 5), (5, 9), (8, 9), (9, 13)] {
        assert_eq!(Walk::<Half>::step_end(position), end);
    }
}

#[test]
fn after_a_step_the_old_loss_is_still_the_last_one_computed() {
    let mut walk = Walk::new(Half, 2.0, 0.5, 9);
    walk.stride(4);
    assert_eq!((walk.next(), walk.taken()), (Some(1.0), 0));
    walk.advance();
    assert_eq!((walk.next(), walk.taken()), (None, 1));
    assert_eq!(walk.predicted().and_then(|visit| visit.loss), Some(2.0));
    walk.advance();
    assert_eq!(walk.predicted().map(|visit| (visit.at, visit.loss)), Some((1.0, None)));
}
