mod cnn;
mod networks;
mod settings;

use super::*;
use crate::compute::{Device, gpus};
use crate::experiments::{Fields as _, Saved, Tape};

fn trainer(pairs: &[&str]) -> Trainer {
    let (settings, _) = Saved::from_pairs(pairs).unwrap().read::<Trainer>().unwrap();
    Trainer::start(&settings, &Library::new()).unwrap()
}

fn epochs(pairs: &[&str]) -> Vec<Epoch> {
    let mut tape = Tape::new(trainer(pairs));
    tape.run(u64::MAX);
    assert_eq!(tape.stopped(), Some(Stop::Done));
    tape.now().snapshot().epochs.iter().copied().collect()
}

/// Everything but the time must be equal.
fn view(trainer: &Trainer) -> String {
    let mut snapshot = serde_json::to_value(trainer.snapshot()).unwrap();
    for epoch in snapshot["epochs"].as_array_mut().unwrap() {
        epoch["seconds"] = serde_json::Value::Null;
    }
    let shown = trainer.snapshot();
    format!("{snapshot} {:?} {:?} {:?} {:?}", shown.batch, shown.state, shown.before, shown.gradient)
}

fn assert_trace(found: &[Epoch], expected: &[(f64, f64)], last_valid_loss: f64) {
    assert_eq!(found.len(), expected.len());
    for (epoch, (batch_accuracy, accuracy)) in found.iter().zip(expected) {
        assert!((epoch.batch_accuracy - batch_accuracy).abs() < 0.001, "{epoch:?}, expected {batch_accuracy}");
        assert!((epoch.accuracy - accuracy).abs() < 0.001, "{epoch:?}, expected {accuracy}");
    }
    let last = found.last().unwrap();
    assert!((last.valid_loss - last_valid_loss).abs() < 1e-4, "{last:?}");
}

/// From PyTorch 2.15. This, and the two tests that follow, by:
///
/// ```python
/// def run(seed, a, b, epochs, init, lr, bs, shuffle):
///     names = lambda Y, d: sorted(np.flatnonzero(Y == d).tolist(), key=lambda i: f'{i}.png')
///     pair = lambda X, Y: (X[names(Y, a) + names(Y, b)], torch.tensor([1.] * len(names(Y, a)) + [0.] * len(names(Y, b)))[:, None])
///     (x, y), (vx, vy) = pair(X, Y), pair(VX, VY)          # X = train images / 255, (60000, 784)
///     torch.manual_seed(seed)
///     if init == 'randn': w, c = torch.randn(784, 1).requires_grad_(), torch.randn(1).requires_grad_(); f = lambda x: x @ w + c
///     else: f = nn.Linear(784, 1); w, c = f.weight, f.bias
///     items = lambda p, t: torch.where(t == 1, 1 - p.sigmoid(), p.sigmoid())
///     for epoch in range(epochs + 1):
///         if epoch:
///             order = torch.randperm(len(x)) if shuffle else torch.arange(len(x))
///             for i in range(0, len(x), bs):
///                 items(f(x[order[i:i+bs]]), y[order[i:i+bs]]).mean().backward()
///                 with torch.no_grad():
///                     for p in (w, c): p -= p.grad * lr; p.grad.zero_()
///         with torch.no_grad():
///             ls = [items(f(vx[i:i+bs]), vy[i:i+bs]) for i in range(0, len(vx), bs)]
///             ac = [((f(vx[i:i+bs]).sigmoid() > .5) == vy[i:i+bs].bool()).float() for i in range(0, len(vx), bs)]
///         print(torch.cat(ls).mean().item(), np.mean([a.mean().item() for a in ac]), torch.cat(ac).mean().item())
/// ```
#[test]
fn the_books_run() {
    let found = epochs(&[]);
    let expected = [
        (0.5476, 0.545_633),
        (0.7304, 0.729_146),
        (0.8506, 0.849_853),
        (0.9009, 0.900_393),
        (0.9292, 0.928_852),
        (0.9389, 0.938_665),
        (0.9443, 0.944_063),
        (0.9526, 0.952_404),
        (0.9546, 0.954_367),
        (0.9589, 0.958_783),
        (0.9614, 0.961_236),
    ];
    assert_trace(&found, &expected, 0.042_280);
    assert_eq!(found[0].train_loss, None);
    assert!((found[1].train_loss.unwrap() - 0.249_938).abs() < 1e-4);
    assert!((found[10].train_loss.unwrap() - 0.034_897).abs() < 1e-4);
}

/// `run(7, 4, 9, 5, 'randn', 1, 256, False)`
#[test]
fn another_seed_and_other_digits() {
    let expected = [
        (0.516_648, 0.512_305),
        (0.578_802, 0.575_088),
        (0.572_614, 0.560_522),
        (0.589_216, 0.577_599),
        (0.638_044, 0.627_826),
        (0.680_176, 0.671_020),
    ];
    assert_trace(&epochs(&["digits=4,9", "seed=7", "epochs=5"]), &expected, 0.328_702);
}

/// `run(7, 8, 1, 5, 'uniform', 0.5, 100, True)`: the permutations are PyTorch's too.
#[test]
fn shuffled_batches_are_pytorchs() {
    let expected = [
        (0.552_424, 0.561_878),
        (0.984_545, 0.983_879),
        (0.985_909, 0.985_301),
        (0.985_909, 0.985_301),
        (0.986_818, 0.986_249),
        (0.986_364, 0.985_775),
    ];
    let pairs = ["digits=8,1", "seed=7", "epochs=5", "init=uniform", "lr=0.5", "batch_size=100", "shuffle=true"];
    assert_trace(&epochs(&pairs), &expected, 0.019_069);
}

/// The same with `run(3, 3, 7, 1, 'uniform', 0.1, 256, False)` and without `p.grad.zero_()`.
#[test]
fn gradients_that_are_not_zeroed_ruin_the_run() {
    let expected = [(0.604_877, 0.604_514), (0.493_164, 0.495_584)];
    let pairs = ["seed=3", "epochs=1", "init=uniform", "lr=0.1", "zero_grad=false"];
    assert_trace(&epochs(&pairs), &expected, 0.504_416);
}

#[test]
fn one_mini_batch_of_the_books_order_is_mixed() {
    let mut tape = Tape::new(trainer(&[]));
    let mut mixed = Vec::new();
    for number in 0..49 {
        tape.seek(1 + 4 * number + 1);
        let batch = tape.now().snapshot().batch.unwrap();
        assert_eq!((batch.epoch, batch.number), (1, number + 1));
        if batch.composition.iter().all(|&count| count > 0) {
            mixed.push((number, batch.composition));
        }
    }
    assert_eq!(mixed, [(23, vec![243, 13])]);
}

#[test]
fn phases_reveal_in_turn() {
    let mut trainer = trainer(&["epochs=1", "batch_size=6200"]);
    assert!(trainer.snapshot().state.is_none());
    let mut seen = Vec::new();
    while trainer.stopped().is_none() {
        let phase = trainer.advance();
        let snapshot = trainer.snapshot();
        let loss = snapshot.batch.as_ref().and_then(|batch| batch.loss);
        seen.push((
            phase,
            snapshot.batch.is_some(),
            loss.is_some(),
            snapshot.gradient.is_some(),
            snapshot.before.is_some(),
            snapshot.epochs.len(),
        ));
    }
    let turn = |rows| {
        [
            (Phase::Predict, true, false, false, false, 1),
            (Phase::Loss, true, true, false, false, 1),
            (Phase::Gradient, true, true, true, false, 1),
            (Phase::Step, true, true, true, true, rows),
        ]
    };
    let mut expected = vec![(Phase::Init, false, false, false, false, 1)];
    expected.extend(turn(1).into_iter().chain(turn(2)));
    expected.push((Phase::Stop, true, true, true, false, 2));
    assert_eq!(seen, expected);
    assert_eq!(trainer.end(), Some(seen.len() as u64));
    assert_eq!(trainer.stopped(), Some(Stop::Done));
}

/// One optimiser step is `w -= d_w * lr`, from what the snapshots of `Gradient` and `Step` show.
#[test]
fn a_step_goes_against_the_gradient() {
    let mut tape = Tape::new(trainer(&["lr=0.5"]));
    tape.seek(1 + 4 * 23 + 4);
    let shown = tape.now().snapshot();
    let (before, gradient, after) = (shown.before.unwrap(), shown.gradient.unwrap(), shown.state.unwrap());
    for ((before, gradient), after) in before.iter().zip(&*gradient).zip(&*after) {
        let moved = before.values.iter().zip(&gradient.values).map(|(w, d_w)| w - d_w * 0.5);
        assert!(moved.eq(after.values.iter().copied()));
    }
    assert!(shown.gradient_norm.unwrap() > 0.0);
}

#[test]
fn running_flat_out_ends_in_the_same_bits_as_stepping() {
    for pairs in
        [&["epochs=2", "batch_size=3000", "shuffle=true"][..], &["epochs=3", "batch_size=4000", "zero_grad=false"]]
    {
        let mut stepped = trainer(pairs);
        let end = stepped.end().unwrap();
        for position in 0..=end {
            let mut strode = trainer(pairs);
            assert_eq!(strode.stride(position), position);
            assert_eq!(view(&strode), view(&stepped), "{position}");
            if position < end {
                stepped.advance();
            }
        }
        assert_eq!(trainer(pairs).stride(u64::MAX), end);
    }
}

#[test]
fn going_back_is_as_if_never_gone() {
    let mut tape = Tape::new(trainer(&["shuffle=true", "epochs=4"]));
    tape.run(450);
    let at_450 = view(tape.now());
    tape.run(273);
    tape.back(273);
    assert_eq!(view(tape.now()), at_450);
}

/// However it is run, a run that diverges stops at the same place with parameters that are numbers.
#[test]
fn a_run_that_diverges_keeps_the_last_good_parameters() {
    for rate in [f32::INFINITY, 1e38, 3e38] {
        let broken = || {
            let mut trainer = trainer(&["batch_size=600", "shuffle=true", "init=uniform"]);
            let mut plan = Plan::new(&trainer.plan.settings, &Library::new()).unwrap();
            plan.sgd.rate = rate;
            trainer.plan = Arc::new(plan);
            trainer
        };
        let (mut stepped, mut strode, mut ran) = (broken(), broken(), 0);
        while stepped.stopped().is_none() {
            stepped.advance();
            ran += 1;
        }
        assert_eq!(strode.stride(u64::MAX), ran);
        assert_eq!(strode.stopped(), Some(Stop::Diverged));
        assert_eq!(view(&strode), view(&stepped));
        let state = strode.snapshot().state.unwrap();
        assert!(state.iter().flat_map(|tensor| &tensor.values).all(|value| value.is_finite()));
    }
}

#[test]
fn units_and_steps_find_their_positions() {
    let trainer = trainer(&["epochs=2"]);
    assert_eq!(trainer.end(), Some(1 + 4 * 98 + 1));
    assert_eq!(trainer.position_after(None), 394);
    assert_eq!([0, 1, 98, 5000].map(|steps| trainer.position_after(Some(steps))), [1, 5, 393, 393]);
    assert_eq!(
        [0, 1, 4, 5, 392, 393].map(|position| trainer.unit_end(position, Trainer::BATCH)),
        [5, 5, 5, 9, 393, 394]
    );
    assert_eq!(
        [0, 1, 196, 197, 393].map(|position| trainer.unit_end(position, Trainer::EPOCH)),
        [197, 197, 197, 393, 394]
    );
}

#[test]
fn asking_for_steps_raises_the_epochs_no_more_than_needed() {
    let raised = |steps| {
        let mut settings = Settings::default();
        Trainer::allow_steps(&mut settings, steps);
        settings.epochs
    };
    // At least 43 mini-batches of 256 in an epoch, whichever two digits.
    assert_eq!([10, 430, 431, 1000].map(raised), [10, 10, 11, 24]);
}

#[test]
fn bad_settings_are_one_sentence() {
    let refused = |change: &dyn Fn(&mut Settings)| {
        let mut settings = Settings::default();
        change(&mut settings);
        let started = Checked::new(settings).and_then(|settings| Trainer::start(&settings, &Library::new()));
        started.err().unwrap().to_string()
    };
    // With a GPU the run would begin; without, the sentence says why.
    if let Err(why) = gpus() {
        let expected = format!("device is \"cuda\"; expected cpu, since {why}; the nearest valid value is cpu");
        assert_eq!(refused(&|s| s.device = Device::Cuda(0)), expected);
    }
    let cases = [
        (
            refused(&|s| s.batch_size = 0),
            "batch_size is \"0\"; expected a whole number from 1 to 60000; the nearest valid value is 1",
        ),
        (
            refused(&|s| s.lr = f64::NAN),
            "lr is \"NaN\"; expected a number from 0 to 1000; the nearest valid value is 0",
        ),
    ];
    for (found, expected) in cases {
        assert_eq!(found, expected);
    }
    assert!(refused(&|s| s.data = "no-such-folder".into()).starts_with("there is no folder no-such-folder"));
}

#[test]
fn settings_have_a_field_each() {
    let map = serde_json::to_value(Settings::default()).unwrap();
    assert!(map.as_object().unwrap().keys().eq(Settings::FIELDS.iter().map(|field| field.name())));
}

#[test]
fn units_are_named() {
    let title = |unit: usize| Trainer::INFO.units[unit].title;
    assert_eq!((title(Trainer::BATCH), title(Trainer::EPOCH)), ("Batch", "Epoch"));
}

#[test]
fn the_json_is_the_contract() {
    let mut tape = Tape::new(trainer(&["epochs=1"]));
    tape.run(u64::MAX);
    let json = serde_json::to_value(tape.now().snapshot()).unwrap();
    assert_eq!((&json["device"], &json["parameters"]), (&"cpu".into(), &785.into()));
    let rows = json["epochs"].as_array().unwrap();
    assert!(rows[0]["train_loss"].is_null() && rows[1]["train_loss"].is_f64());
    let keys: Vec<_> = rows[1].as_object().unwrap().keys().collect();
    assert_eq!(keys, ["epoch", "train_loss", "valid_loss", "batch_accuracy", "accuracy", "seconds"]);
    let table = &tape.now().snapshot().tables()[0];
    assert_eq!((table.rows.len(), table.rows[1][3].as_str()), (2, "0.7304"));
}

#[test]
fn values_are_known_once_their_phase_has_run() {
    let mut trainer = trainer(&[]);
    let unknown = |trainer: &Trainer| {
        let values = trainer.snapshot().values();
        values.into_iter().filter(|(_, text)| text == "-").map(|(name, _)| name).collect::<Vec<_>>()
    };
    assert!(unknown(&trainer).contains(&"bias"));
    trainer.stride(4);
    assert_eq!(unknown(&trainer), ["bias_before", "train_loss"]);
    trainer.advance();
    assert_eq!(unknown(&trainer), ["train_loss"]);
    trainer.stride(4 * 48);
    assert_eq!(unknown(&trainer), [""; 0]);
    let values = trainer.snapshot().values();
    let expected = [
        ("epoch", "1"),
        ("batch", "49"),
        ("batches", "49"),
        ("batch_size", "108"),
        ("first_count", "0"),
        ("second_count", "108"),
        ("batch_accuracy", "0.7304"),
        ("parameters", "785"),
        ("image_digit", "7"),
    ];
    for (name, value) in expected {
        assert_eq!(values[name], value, "{name}");
    }
    assert!(values["image"].starts_with("train/7/"));
}
