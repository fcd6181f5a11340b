use super::*;
use crate::experiments::{Saved, Tape};

fn tape(settings: &Settings) -> Tape<Descent> {
    let settings = Checked::new(settings.clone()).unwrap();
    Tape::new(Descent::start(&settings, &Library::default()).unwrap())
}

/// What is to be seen of a tape with this nudge.
fn seen(tape: &Tape<Descent>, nudge: f64) -> (Snapshot, Look, Seen) {
    let (snapshot, look, mut seen) =
        (Arc::new(tape.now().snapshot()), Look { nudge, ..Look::default() }, Seen::default());
    assert!(Descent::see(&snapshot, &look, &mut seen), "one slice is enough");
    (Arc::into_inner(snapshot).unwrap(), look, seen)
}

fn values(tape: &Tape<Descent>) -> Values {
    let (snapshot, look, seen) = seen(tape, 0.5);
    Descent::values(&Sight { snapshot: &snapshot, look: &look, seen: &seen })
}

/// Every (x, loss, gradient) of a plain run.
fn run(settings: &Settings) -> Vec<(f32, f32, f32)> {
    let mut tape = tape(settings);
    tape.seek(tape.now().position_after(None));
    let trace = tape.now().snapshot().trace;
    trace.iter().map(|visit| (visit.at, visit.loss.unwrap(), visit.gradient.unwrap())).collect()
}

/// ```python
/// import torch
/// fs = dict(square=lambda x: x**2, tilted=lambda x: x**2+x, abs=lambda x: x.abs(),
///           valleys=lambda x: x**4/4-x**2/2+x/8)
/// def run(f, lr, n, start=-1.5):
///     x = torch.tensor(start).requires_grad_(); out = []
///     for _ in range(n + 1):
///         l = fs[f](x); l.backward(); out.append((x.item(), l.item(), x.grad.item()))
///         x.data -= lr * x.grad.data; x.grad = None
///     return out
/// for lr in (.3, .075, .975, 1.2): print(run('square', lr, 10)[10])
/// for f in fs: print(run(f, .3, 3)[3])
/// ```
#[test]
fn it_goes_where_pytorch_goes() {
    let presets = [
        (-0.000_157_286_31, 2.473_898_4e-8, -0.000_314_572_62),
        (-0.295_311_6, 0.087_208_94, -0.590_623_2),
        (-0.898_105_86, 0.806_594_13, -1.796_211_7),
        (-43.388_226, 1_882.538_1, -86.776_45),
    ];
    for (preset, expected) in PRESETS.into_iter().zip(presets) {
        let trace = run(&Settings { lr: preset.lr, ..Settings::default() });
        assert_eq!((trace.len(), trace[0], trace[10]), (11, (-1.5, 2.25, -3.0), expected));
    }
    let functions = [
        (-0.095_999_986, 0.009_215_997_5, -0.191_999_97),
        (-0.564, -0.245_904, -0.128_000_02),
        (-0.6, 0.6, -1.0),
        (-1.047_617_7, -0.378_575_53, 0.022_854_328),
    ];
    for (function, expected) in Function::ALL.into_iter().zip(functions) {
        assert_eq!(run(&Settings { function, steps: 3, ..Settings::default() })[3], expected);
    }
}

#[test]
fn on_the_square_each_step_multiplies_the_distance() {
    for lr in [0.3, 0.075, 0.975, 1.2, 0.5, 1.0] {
        let trace = run(&Settings { lr, ..Settings::default() });
        for pair in trace.windows(2) {
            assert!((f64::from(pair[1].0) - (1.0 - 2.0 * lr) * f64::from(pair[0].0)).abs() < 1e-5 * lr);
        }
    }
    let halved = run(&Settings { lr: 0.5, ..Settings::default() });
    assert!(halved.len() == 11 && halved[1..].iter().all(|visit| visit.0 == 0.0));
}

#[test]
fn a_diverging_run_stops_by_itself() {
    let mut tape = tape(&Settings { lr: 1.2, steps: 1000, ..Settings::default() });
    tape.seek(u64::MAX);
    assert_eq!(tape.stopped(), Some(Stop::Diverged));
    assert!((10..40).contains(&tape.now().snapshot().taken));
    assert_eq!(Some(tape.position()), tape.now().end());
}

#[test]
fn phases_reveal_one_thing_each() {
    let mut tape = tape(&Settings::default());
    let mut seen = Vec::new();
    for _ in 0..7 {
        tape.step();
        let json = serde_json::to_value(tape.now().snapshot()).unwrap();
        seen.push((
            json["trace"].as_array().unwrap().len(),
            json["loss"].is_null(),
            json["gradient"].is_null(),
            json["next_x"].is_null(),
        ));
    }
    assert_eq!(seen[0], (1, true, true, true)); // Init
    assert_eq!(seen[2], (1, false, true, true)); // Loss
    assert_eq!(seen[3], (1, false, false, false)); // Gradient
    assert_eq!(seen[4], (2, false, false, true)); // Step: loss and gradient are still the old ones.
    assert_eq!(seen[5], (2, true, true, true)); // Predict
}

#[test]
fn forward_and_back_show_the_same() {
    let mut there = tape(&Settings { steps: 200, lr: 0.01, ..Settings::default() });
    let text = |tape: &Tape<Descent>| serde_json::to_string(&tape.now().snapshot()).unwrap();
    let mut seen = vec![text(&there)];
    while there.step().is_some() {
        seen.push(text(&there));
    }
    assert_eq!(seen.len(), 4 * 200 + 6);
    for position in (0..seen.len()).rev() {
        there.seek(position as u64);
        assert_eq!(text(&there), seen[position]);
    }
}

#[test]
fn a_lesson_always_has_the_same_values() {
    let mut tape = tape(&Settings { steps: 1, ..Settings::default() });
    let keys = |tape: &Tape<Descent>| values(tape).into_keys().collect::<Vec<_>>();
    let first = keys(&tape);
    while tape.step().is_some() {
        assert_eq!(keys(&tape), first);
    }
    let values = values(&tape);
    assert_eq!((values["x"].as_str(), values["step_count"].as_str()), ("-0.6000", "1"));
    assert_eq!(
        (values["factor"].as_str(), values["behaviour"].as_str()),
        ("0.4000", "you come closer without crossing the floor")
    );
}

#[test]
fn settings_out_of_range_are_refused() {
    let wrong = |text: &str| Saved::from_pairs(&[text]).unwrap().read::<Descent>().unwrap_err().to_string();
    assert_eq!(wrong("lr=nan"), "lr is \"nan\"; expected a number from 0 to 10; the nearest valid value is 0");
    assert_eq!(
        wrong("function=sqare"),
        "function is \"sqare\"; expected one of square, tilted, abs, valleys; the nearest valid value is square"
    );
    for settings in
        [Settings { lr: f64::NAN, ..Settings::default() }, Settings { steps: 1_000_001, ..Settings::default() }]
    {
        assert!(Checked::new(settings).is_err());
    }
    let mut settings = Settings::default();
    Descent::allow_steps(&mut settings, 50);
    assert_eq!(settings.steps, 50);
}

#[test]
fn every_preset_shows_what_it_says() {
    let end = |preset: &Preset| {
        let mut tape =
            tape(&Settings { lr: preset.lr, start: Preset::START, steps: preset.steps, ..Settings::default() });
        tape.seek(u64::MAX);
        (tape.now().snapshot(), tape.stopped())
    };
    let expected = [Stop::Done, Stop::Done, Stop::Done, Stop::Diverged];
    for (preset, stop) in PRESETS.iter().zip(expected) {
        let (snapshot, stopped) = end(preset);
        assert_eq!(stopped, Some(stop), "{}", preset.title);
        assert!(snapshot.taken <= preset.steps);
        // A tenth of a diverging rate comes down again.
        if stopped == Some(Stop::Diverged) {
            let (after, _) = end(&Preset { lr: preset.lr / 10.0, ..*preset });
            assert!(after.loss.unwrap() < 1e-6);
        }
    }
}

#[test]
fn the_nudge_is_that_of_the_place_you_stand_at() {
    let mut tape = tape(&Settings { start: 3.0, ..Settings::default() });
    tape.seek(4);
    let (snapshot, _, Seen { nudge }) = seen(&tape, 0.001);
    assert_eq!((snapshot.loss, snapshot.gradient), (Some(9.0), Some(6.0)));
    assert_eq!((nudge.x, nudge.exact), (3.0, 6.0));
    // On x² the secant's slope is 2x + h.
    assert!((nudge.double.slope - 6.001).abs() < 1e-9);
    assert!((nudge.single.slope - 6.001).abs() < 1e-2);
    tape.seek(5);
    assert_eq!(Some(seen(&tape, 0.001).2.nudge.x), tape.now().snapshot().x, "and after the step, that of the next");
    tape.seek(0);
    assert_eq!(seen(&tape, 0.001).2.nudge.x, 3.0, "before the first phase, that of the start");
    let tiny = Nudge::new(Function::Square, 3.0, 1e-16);
    assert_eq!((tiny.single.slope, tiny.double.slope, tiny.double.error), (0.0, 0.0, 6.0));
}
