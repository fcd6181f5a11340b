use super::*;
use crate::experiments::{Choice as _, Saved, Tape, walk::BOUND};
use std::time::{Duration, Instant};

/// What PyTorch 2.15 prints for one seed.
struct Reference {
    seed: u64,
    speed: [f32; 20],
    params: [f32; 3],
    gradient: [f32; 3],
    losses: [f32; 11],
    last: [f32; 3],
}

/// ```python
/// import torch
/// for seed in (42, 0, 7):
///     torch.manual_seed(seed)
///     time = torch.arange(0, 20).float()
///     speed = torch.randn(20)*3 + 0.75*(time-9.5)**2 + 1
///     params = torch.randn(3).requires_grad_()
///     print(speed, params)
///     for i in range(11):
///         a, b, c = params
///         loss = ((a*(time**2) + b*time + c - speed)**2).mean()
///         loss.backward()
///         print(loss.item(), params.grad)
///         if i == 10: print(params)
///         params.data -= 1e-5*params.grad.data
///         params.grad = None
/// ```
const PYTORCH: [Reference; 3] = [
    Reference {
        seed: 42,
        speed: [
            74.468_25,
            59.649_353,
            45.889_652,
            26.370_937,
            21.413_107,
            19.422_453,
            12.589_902,
            10.729_362,
            3.755_079_7,
            -0.872_368_8,
            -0.292_569_04,
            3.411_963_5,
            4.992_627,
            10.312_778,
            15.432_775,
            26.267_075,
            31.758_32,
            42.000_37,
            57.597_73,
            66.822_716,
        ],
        params: [-0.765_838_6, -0.750_622_33, 1.352_547_8],
        gradient: [-53_195.863, -3_419.714_8, -253.890_82],
        losses: [
            25_823.809,
            5_435.535_6,
            1_577.449_2,
            847.377_8,
            709.222_53,
            683.075_8,
            678.124_4,
            677.183_9,
            677.002_4,
            676.964_54,
            676.953_74,
        ],
        last: [0.175_425_51, -0.689_637_24, 1.358_700_6],
    },
    Reference {
        seed: 0,
        speed: [
            65.309_98,
            51.730_42,
            42.435_764,
            31.385_864,
            25.484_018,
            11.522_215,
            9.163_419,
            11.246_518,
            4.091_789_2,
            0.714_362_7,
            5.518_480_3,
            3.485_648_2,
            9.855_598,
            14.946_503,
            19.026_396,
            21.156_47,
            35.482_98,
            46.964_527,
            61.202_442,
            68.848_71,
        ],
        params: [-0.891_995_3, -1.509_107_7, 0.370_393_54],
        gradient: [-63_860.832, -4_118.703_6, -302.212_3],
        losses: [
            36_827.145,
            7_443.519_5,
            1_883.230_1,
            831.046_9,
            631.934_45,
            594.249_15,
            587.110_9,
            585.752_87,
            585.488_9,
            585.431_76,
            585.413_76,
        ],
        last: [0.237_908_75, -1.434_562_6, 0.377_521_57],
    },
    Reference {
        seed: 7,
        speed: [
            66.227_1,
            56.374_393,
            45.884_224,
            28.522_29,
            24.282_835,
            18.533_718,
            13.304_823,
            3.513_967_8,
            0.140_774_25,
            -2.463_288_3,
            0.944_435_24,
            6.771_955_5,
            -0.496_933_94,
            12.209_803,
            12.217_463,
            19.608_192,
            30.087_395,
            41.495_48,
            49.018_112,
            67.617_33,
        ],
        params: [2.450_541_3, 2.025_601_9, 1.779_155],
        gradient: [138_484.75, 8_924.316, 597.949_04],
        losses: [
            171_081.3,
            32_904.332,
            6_757.036_6,
            1_809.156_2,
            872.854_1,
            695.665_3,
            662.123_9,
            655.764_95,
            654.549_9,
            654.308_1,
            654.250_55,
        ],
        last: [0.000_240_934_9, 1.864_668, 1.769_438],
    },
];

fn tape(settings: Settings) -> Tape<Coaster> {
    Tape::new(Coaster::start(&Checked::new(settings).unwrap(), &Library::default()).unwrap())
}

/// A plain run: as many steps as the settings say.
pub(super) fn run(settings: Settings) -> Snapshot {
    let mut tape = tape(settings);
    tape.seek(tape.now().position_after(None));
    tape.now().snapshot()
}

#[test]
fn it_prints_pytorch_s_numbers() {
    for reference in PYTORCH {
        let snapshot = run(Settings { seed: reference.seed, ..Settings::default() });
        let losses: Vec<f32> = snapshot.trace.iter().filter_map(|visit| visit.loss).collect();
        let first = snapshot.trace.get(0).unwrap();
        // Not only to the book's digits: to the last bit.
        assert_eq!(snapshot.speed, reference.speed);
        assert_eq!((first.at, first.gradient), (reference.params, Some(reference.gradient)));
        assert_eq!(losses, reference.losses);
        assert_eq!(snapshot.params, Some(reference.last));
    }
}

#[test]
fn the_plateau_is_not_the_floor() {
    let snapshot = run(Settings::default());
    let near =
        |left: f64, right: f64, relative: f64| assert!((left / right - 1.0).abs() < relative, "{left} is not {right}");
    near(snapshot.least_squares.loss, 7.304_97, 1e-5);
    for (left, right) in snapshot.least_squares.params.into_iter().zip([0.768_143, -14.742_102, 71.770_334]) {
        near(left, right, 1e-6);
    }
    for (left, right) in snapshot.eigenvalues.into_iter().zip([0.258_636_762, 15.978_772_4, 56_499.362_6]) {
        near(left, right, 1e-8);
    }
    near(snapshot.stable_lr, 3.539_862_94e-5, 1e-8);
    assert!(f64::from(snapshot.loss.unwrap()) > 90.0 * snapshot.least_squares.loss);
}

#[test]
fn the_limit_is_where_it_says() {
    let limit = run(Settings::default()).stable_lr;
    let loss = |factor: f64| run(Settings { lr: limit * factor, steps: 2000, ..Settings::default() });
    let (below, above) = (loss(0.99), loss(1.01));
    assert!(below.loss < below.trace.get(0).unwrap().loss && below.taken == 2000);
    let mut beyond = tape(Settings { lr: limit * 1.01, steps: 2000, ..Settings::default() });
    beyond.seek(u64::MAX);
    assert_eq!(beyond.stopped(), Some(Stop::Diverged));
    assert!(above.loss.is_some_and(|loss| f64::from(loss) > BOUND * 25_823.0));
}

#[test]
fn on_a_rescaled_axis_plain_descent_reaches_the_floor() {
    let plain = run(Settings::default());
    let rescaled = run(Settings { rescale_time: true, lr: plain.best_lr, ..Settings::default() });
    let snapshot = run(Settings { rescale_time: true, lr: rescaled.best_lr, steps: 100, ..Settings::default() });
    assert!((rescaled.best_lr - 0.357_912).abs() < 1e-6 && (rescaled.stable_lr - 0.404_382).abs() < 1e-6);
    assert!((f64::from(snapshot.loss.unwrap()) / plain.least_squares.loss - 1.0).abs() < 1e-6);
    let fits = [snapshot.params_original.unwrap(), snapshot.least_squares.params];
    for fit in fits {
        for (left, right) in fit.into_iter().zip(plain.least_squares.params) {
            assert!((left / right - 1.0).abs() < 1e-5, "{fit:?}");
        }
    }
    assert_eq!(snapshot.speed, plain.speed);
}

#[test]
fn a_million_steps_are_pytorch_s_and_a_plain_loop_s_to_the_bit() {
    let begun = Instant::now();
    let snapshot = run(Settings { steps: 1_000_000, ..Settings::default() });
    let took = begun.elapsed();
    assert!(cfg!(debug_assertions) || took < Duration::from_secs(1), "{took:?}");

    let times: [f32; 20] = TIMES;
    let sum = |values: [f32; 20]| {
        let rest = values[16] + values[17] + values[18] + values[19];
        (0..8).fold(rest, |sum, lane| sum + (values[lane] + values[lane + 8]))
    };
    let [mut a, mut b, mut c] = snapshot.trace.get(0).unwrap().at;
    for step in 0..=1_000_000 {
        let off = std::array::from_fn(|i| a * (times[i] * times[i]) + b * times[i] + c - snapshot.speed[i]);
        let pull = off.map(|off: f32| 0.05 * (2.0 * off));
        if step == 1_000_000 {
            assert_eq!(snapshot.loss, Some(sum(off.map(|off| off * off)) / 20.0));
            break;
        }
        a -= 1e-5 * sum(std::array::from_fn(|i| pull[i] * (times[i] * times[i])));
        b -= 1e-5 * sum(std::array::from_fn(|i| pull[i] * times[i]));
        c -= 1e-5 * sum(pull);
    }
    assert_eq!((snapshot.params, snapshot.taken), (Some([a, b, c]), 1_000_000));
    // The loop of `PYTORCH` ends here too, after a million steps; exact arithmetic would have got a little further.
    assert_eq!((snapshot.loss, snapshot.params), (Some(11.246_587), Some([0.719_427_35, -13.613_072, 66.366_41])));
    let first = snapshot.trace.get(0).unwrap().at.map(f64::from);
    assert!((snapshot.bowl.loss_after(first, 1e-5, 1e6) - 11.084_511).abs() < 1e-5);
}

#[test]
fn forward_and_back_show_the_same() {
    for settings in
        [Settings { steps: 60, ..Settings::default() }, Settings { lr: 1e-4, steps: 60, ..Settings::default() }]
    {
        let mut there = tape(settings);
        let text = |tape: &Tape<Coaster>| serde_json::to_string(&tape.now().snapshot()).unwrap();
        let mut seen = vec![text(&there)];
        while there.step().is_some() {
            seen.push(text(&there));
        }
        assert_eq!(Some(there.position()), there.now().end());
        for position in (0..seen.len()).rev() {
            there.seek(position as u64);
            assert_eq!(text(&there), seen[position]);
        }
    }
}

#[test]
fn phases_reveal_one_thing_each() {
    let mut tape = tape(Settings::default());
    assert!(tape.now().snapshot().params.is_none() && tape.now().snapshot().speed.len() == 20);
    let mut seen = Vec::new();
    for _ in 0..6 {
        tape.step();
        let now = tape.now().snapshot();
        seen.push([now.predictions.is_some(), now.loss.is_some(), now.gradient.is_some(), now.next_params.is_some()]);
    }
    assert_eq!(seen[0], [false; 4]); // Init
    assert_eq!(seen[1], [true, false, false, false]); // Predict
    assert_eq!(seen[2], [true, true, false, false]); // Loss
    assert_eq!(seen[3], [true; 4]); // Gradient
    assert_eq!(seen[4], [true, true, true, false]); // Step: all of the place before it.
    assert_eq!(seen[5], [true, false, false, false]); // Predict
}

#[test]
fn a_lesson_always_has_the_same_values() {
    let mut tape = tape(Settings { steps: 1, ..Settings::default() });
    let values = |tape: &Tape<Coaster>| {
        let (snapshot, look, seen) = (tape.now().snapshot(), Look::default(), Seen::default());
        Coaster::values(&Sight { snapshot: &snapshot, look: &look, seen: &seen })
    };
    let keys = |tape: &Tape<Coaster>| values(tape).into_keys().collect::<Vec<_>>();
    let first = keys(&tape);
    while tape.step().is_some() {
        assert_eq!(keys(&tape), first);
    }
    tape.seek(4);
    let values = values(&tape);
    let expected = [
        ("loss", "25823.8"),
        ("gradient_c", "-253.891"),
        ("advice_a", "raise"),
        ("stable_lr", "3.540e-5"),
        ("best_a", "0.7681"),
    ];
    for (key, text) in expected {
        assert_eq!(values[key], text);
    }
}

#[test]
fn settings_out_of_range_are_refused() {
    for settings in [Settings { lr: f64::NAN, ..Settings::default() }, Settings { noise: -1.0, ..Settings::default() }]
    {
        assert!(Checked::new(settings).is_err());
    }
    let read = |pairs: &[&str]| Saved::from_pairs(pairs).unwrap().read::<Coaster>();
    let (settings, look) = read(&["lr=1e-4", "rescale_time=yes", "tab=ravine"]).unwrap();
    assert_eq!((settings.lr, settings.rescale_time, look.tab), (1e-4, true, Tab::Ravine));
    let (moved, _) = read(&["moved=25:1"]).unwrap();
    let sentence = Coaster::start(&moved, &Library::default()).unwrap_err().to_string();
    assert!(sentence.ends_with("the nearest valid value is 19:1"), "{sentence}");
}

#[test]
fn any_ride_and_rate_ends_with_a_reason() {
    for noise in [0.0, 100.0] {
        for lr in [0.0, 1e-6, 1e-3, 10.0] {
            let mut tape = tape(Settings { seed: 7, noise, lr, steps: 500, ..Settings::default() });
            tape.seek(u64::MAX);
            assert!(tape.stopped().is_some());
            serde_json::to_string(&tape.now().snapshot()).unwrap();
            let snapshot = tape.now().snapshot();
            for &tab in Tab::ALL {
                let look = Look { tab, ..Look::default() };
                let seen = Seen::of(&snapshot, &look);
                assert!(!Coaster::tables(&Sight { snapshot: &snapshot, look: &look, seen: &seen }).is_empty());
            }
        }
    }
}

#[test]
fn only_the_open_page_is_computed() {
    let snapshot = run(Settings::default());
    let parts = |tab| {
        let Seen { hand, course, contours } = Seen::of(&snapshot, &Look { tab, ..Look::default() });
        [hand.is_some(), course.is_some(), contours.is_some()]
    };
    assert_eq!(parts(Tab::Hand), [true, false, false]);
    assert_eq!(parts(Tab::Descent), [false, true, false]);
    assert_eq!(parts(Tab::Four), [false; 3]);
    assert_eq!(parts(Tab::Ravine), [false, false, true]);
}

#[test]
fn the_errors_by_hand_are_those_of_the_curve() {
    let snapshot = run(Settings::default());
    let (fit, now) = (snapshot.least_squares, snapshot.params_original.unwrap());
    let look = Look { tab: Tab::Hand, hand: Hand { params: now, ..Hand::default() }, ..Look::default() };
    let ByHand { yours, best } = Seen::of(&snapshot, &look).hand.unwrap();
    assert!((best[0] / fit.loss - 1.0).abs() < 1e-9);
    assert!((yours[0] / f64::from(snapshot.loss.unwrap()) - 1.0).abs() < 1e-5);
    assert!(yours[1] > best[1] && yours[1] < yours[0].sqrt());
}

#[test]
fn a_look_from_outside_is_bounded() {
    let saved = |look: serde_json::Value| Saved { look: look.as_object().unwrap().clone(), ..Saved::default() };
    let read = |look: serde_json::Value| saved(look).read::<Coaster>().unwrap().1;
    let of_version_1 = serde_json::json!({"tab": "ravine", "close": true, "hand": {"params": [1.0, -2.5, 3.0],
        "absolute": true, "best": true}, "ravine": {"pair": [0, 2], "held": true},
        "ghost": {"label": "seed 42", "params": [1.0, 2.0, 3.0], "losses": [[0.0, 25823.8], [1.0, 5435.5]]}});
    let look = read(of_version_1.clone());
    assert_eq!((look.tab, look.close, look.ravine), (Tab::Ravine, true, Ravine { pair: [0, 2], held: true }));
    assert_eq!(look.hand, Hand { params: [1.0, -2.5, 3.0], absolute: true, best: true });
    assert_eq!(look.ghost.as_ref().unwrap().losses, [[0.0, 25823.8], [1.0, 5435.5]]);
    assert_eq!(Saved::of(&Checked::<Settings>::default(), &look).look, *of_version_1.as_object().unwrap());

    let broken = read(serde_json::json!({"tab": "x", "ravine": {"pair": [2, 2]}, "hand": 3, "ghost": {"label": 1}}));
    assert_eq!(broken, Look::default());
    let long = serde_json::json!({"label": "l".repeat(500), "params": [0, 0, 0], "losses": vec![[1, -1]; 9]});
    let look = read(serde_json::json!({"ghost": long, "hand": {"params": [1e9, 0, -1e9]}}));
    let ghost = look.ghost.unwrap();
    assert_eq!((ghost.label.len(), ghost.losses.len(), look.hand.params), (120, 0, [1e7, 0.0, -1e7]));
    assert!(!Saved::of(&Checked::<Settings>::default(), &Look::default()).look.contains_key("ghost"));
}

#[test]
fn a_pinned_run_keeps_what_is_needed_to_draw_it() {
    let ghost = Ghost::of(&run(Settings { steps: 10_000, ..Settings::default() })).unwrap();
    assert_eq!(ghost.label, "seed 42, rate 1.000e-5, 10000 steps");
    assert!((150..=201).contains(&ghost.losses.len()) && ghost.losses[0][1] > 25_000.0);
    let mut tape = tape(Settings::default());
    tape.seek(2);
    assert_eq!(Ghost::of(&tape.now().snapshot()), None, "nothing is measured yet");
}
