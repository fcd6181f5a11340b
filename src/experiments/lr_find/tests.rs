use super::*;
use crate::experiments::trainer::{self, Trainer};
use crate::experiments::{Saved, Tape};
use std::sync::LazyLock;

static DATA: LazyLock<Library> = LazyLock::new(Library::new);

fn tape(pairs: &[&str]) -> Tape<LrFind> {
    let (settings, _) = Saved::from_pairs(pairs).unwrap().read::<LrFind>().unwrap();
    Tape::new(LrFind::start(&settings, &DATA).unwrap())
}

fn ended(pairs: &[&str]) -> Snapshot {
    let mut tape = tape(pairs);
    tape.seek(u64::MAX);
    tape.now().snapshot()
}

/// Places, rates, losses and smoothed losses as PyTorch has them.
#[track_caller]
fn assert_points(found: &Snapshot, expected: &[(usize, f64, f64, f64)]) {
    for &(at, lr, loss, smoothed) in expected {
        let point = found.points.get(at).unwrap();
        assert!((point.lr / lr - 1.0).abs() < 1e-8, "rate {at}: {} instead of {lr}", point.lr);
        assert!((point.loss - loss).abs() < 2e-5, "loss {at}: {} instead of {loss}", point.loss);
        assert!((point.smoothed - smoothed).abs() < 1e-5, "smoothed {at}: {} instead of {smoothed}", point.smoothed);
    }
}

/// ```python
/// # x, y: threes then sevens in name order, x / 255, y 0 for a three; net and its draws as in the trainer's tests
/// def find(net, loss, bs=256, start=1e-4, end=100., n=100, **sgd):       # after torch.manual_seed(42) and net's draws
///     points, total, best, i = [], 0., math.inf, 0
///     o = torch.optim.SGD(net.parameters(), lr=start, **sgd)
///     while True:
///         p = torch.randperm(len(x))
///         for at in range(0, len(x), bs):
///             o.param_groups[0]['lr'] = lr = start * (end / start) ** (i / (n - 1))
///             l = loss(net(x[p[at:at+bs]]), y[p[at:at+bs]]); o.zero_grad(); l.backward(); i += 1
///             total = .98 * total + .02 * l.item(); smoothed = total / (1 - .98 ** i)
///             points.append((lr, l.item(), smoothed)); best = min(best, smoothed); o.step()
///             if i == n or smoothed > 4 * best: return points
/// ```
/// and fastai's `minimum`, `valley` and `steep` on `points[10:-5]`. Here `find(linear, mnist_loss)`.
#[test]
fn the_linear_model_is_swept_as_pytorch_sweeps_it() {
    let found = ended(&[]);
    assert_points(
        &found,
        &[
            (0, 0.0001, 0.436_620_1, 0.436_620_1),
            (1, 0.000_114_975_7, 0.431_438_3, 0.434_003_0),
            (2, 0.000_132_194_115, 0.520_966_1, 0.463_578_3),
            (48, 0.081_113_083_1, 0.517_834_1, 0.461_842_3),
            (49, 0.093_260_334_7, 0.469_074_4, 0.462_069_8),
            (60, 0.432_876_128, 0.450_776_3, 0.455_890_8),
        ],
    );
    assert_eq!((found.points.len(), found.stopped), (100, Some(Stop::Done)));
    let expected = Suggestions {
        tenth: 4.977_023_564_332_112,
        lowest: 49.770_235_643_321_12,
        steepest: 10.722_672_220_103_226,
        valley: 1.149_756_995_397_736_5,
        is_falling: true,
    };
    assert_close(found.suggestions.unwrap(), expected);
}

/// `find(simple_net, mnist_loss)`
#[test]
fn so_is_simple_net() {
    let found = ended(&["model=simple-net"]);
    assert_points(
        &found,
        &[
            (0, 0.0001, 0.513_887_4, 0.513_887_4),
            (1, 0.000_114_975_7, 0.509_249_6, 0.511_545_1),
            (49, 0.093_260_334_7, 0.480_158_4, 0.504_605_8),
            (60, 0.432_876_128, 0.206_838_1, 0.469_120_3),
        ],
    );
    let expected = Suggestions {
        tenth: 2.154_434_690_031_882,
        lowest: 21.544_346_900_318_82,
        steepest: 0.756_463_327_554_629_5,
        valley: 0.107_226_722_201_032_37,
        is_falling: false,
    };
    assert_close(found.suggestions.unwrap(), expected);
}

#[track_caller]
fn assert_close(found: Suggestions, expected: Suggestions) {
    let numbers = |all: Suggestions| [all.tenth, all.lowest, all.steepest, all.valley];
    for (found, expected) in numbers(found).into_iter().zip(numbers(expected)) {
        assert!((found / expected - 1.0).abs() < 1e-9, "{found} instead of {expected}");
    }
    assert_eq!(found.is_falling, expected.is_falling);
}

#[test]
fn a_loss_that_gets_out_of_hand_ends_the_sweep() {
    let found = ended(&["model=mlp", "digits=3,7", "batch_size=64", "momentum=0.9", "weight_decay=0"]);
    assert_eq!(found.stopped, Some(Stop::Diverged));
    assert_eq!(found.phase, Some(Phase::Stop));
    let last = *found.points.last().unwrap();
    assert!(found.points.len() < 100 && last.smoothed > 4.0 * found.lowest().unwrap().smoothed);
    let before = found.points.get(found.points.len() - 2).unwrap();
    assert!(before.smoothed <= 4.0 * found.lowest().unwrap().smoothed, "it ends at the first that is too much");
    assert!(found.suggestions.is_some());
}

#[test]
fn the_suggested_rate_trains_well() {
    for model in ["linear", "simple-net"] {
        let found = ended(&[&format!("model={model}")]);
        let chosen = trainer::Settings { epochs: 1, ..found.settings.trainer(found.suggestion.unwrap()) };
        let mut run = Tape::new(Trainer::start(&Checked::new(chosen.clone()).unwrap(), &DATA).unwrap());
        run.seek(u64::MAX);
        let accuracy = run.now().snapshot().epochs.last().unwrap().accuracy;
        assert!(accuracy > 0.95, "{model} at {}: {accuracy}", chosen.lr);
    }
}

#[test]
fn strides_and_steps_back_end_in_the_same_bits() {
    let pairs = ["batch_size=512", "iterations=30"];
    let json = |tape: &Tape<LrFind>| serde_json::to_value(tape.now().snapshot()).unwrap();
    let mut single = tape(&pairs);
    for _ in 0..57 {
        assert_eq!(single.run(1), 1);
    }
    let mut stride = tape(&pairs);
    stride.run(57);
    assert_eq!(json(&single), json(&stride));
    stride.run(40);
    stride.back(40);
    assert_eq!(json(&single), json(&stride));
    let (mut one, mut other) = (tape(&pairs), tape(&pairs));
    one.seek(u64::MAX);
    other.seek(u64::MAX);
    assert_eq!(json(&one), json(&other), "two sweeps with equal settings are equal");
}

#[test]
fn rates_grow_by_equal_factors_from_the_first_to_the_last() {
    let settings = Settings { start: 1e-3, end: 10.0, iterations: 41, ..Settings::default() };
    assert!((settings.rate(0) - 1e-3).abs() < 1e-15 && (settings.rate(40) - 10.0).abs() < 1e-12);
    for step in 0..40 {
        assert!((settings.rate(step + 1) / settings.rate(step) - 10_f64.powf(0.1)).abs() < 1e-12);
    }
}

#[test]
fn rates_that_fall_are_refused_in_one_sentence() {
    let settings = Checked::new(Settings { start: 10.0, end: 0.1, ..Settings::default() }).unwrap();
    let Err(error) = LrFind::start(&settings, &DATA) else { panic!("it started") };
    let expected = "end is \"0.1\"; expected a rate above start, which is 10; the nearest valid value is 1000";
    assert_eq!(error.to_string(), expected);
}

#[test]
fn the_book_order_misleads() {
    // All threes: the smoothed loss falls further than any rate deserves.
    let (ordered, shuffled) = (ended(&["shuffle=false"]), ended(&[]));
    let at = |snapshot: &Snapshot| snapshot.points.get(22).unwrap().loss;
    assert!(ordered.points.iter().take(23).all(|point| point.lr < 0.003));
    assert!((at(&ordered) - at(&shuffled)).abs() > 0.1, "{} {}", at(&ordered), at(&shuffled));
}
