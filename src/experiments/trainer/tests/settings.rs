//! Momentum, weight decay, wrong labels, odd starts and losses, and every way to stop early.

use super::*;
use crate::data::{Cancel, DataError};

/// A run that may stop early: its epochs and why it ended. Striding and stepping must agree on both.
fn run(pairs: &[&str]) -> (Vec<Epoch>, Stop) {
    let mut tape = Tape::new(trainer(pairs));
    tape.run(u64::MAX);
    let (position, stopped) = (tape.position(), tape.stopped().unwrap());
    let mut stepped = trainer(pairs);
    for _ in 0..position {
        stepped.advance();
    }
    assert_eq!(stepped.stopped().as_ref(), Some(&stopped));
    assert_eq!(view(&stepped), view(tape.now()));
    (tape.now().snapshot().epochs.iter().copied().collect(), stopped)
}

fn assert_close(found: &[Epoch], expected: &[(f64, f64)]) {
    assert_eq!(found.len(), expected.len() + 1);
    for (epoch, (valid_loss, accuracy)) in found[1..].iter().zip(expected) {
        assert!((epoch.valid_loss - valid_loss).abs() < 1e-4, "{epoch:?} {valid_loss}");
        assert!((epoch.accuracy - accuracy).abs() < 0.001, "{epoch:?} {accuracy}");
    }
}

/// `torch.optim.SGD([w, b], lr=0.1, momentum=0.9, weight_decay=0.01)` in the loop of [`the_books_run`].
#[test]
fn momentum_and_weight_decay_are_pytorchs() {
    let (found, _) = run(&["lr=0.1", "momentum=0.9", "weight_decay=0.01", "epochs=3"]);
    assert_close(&found, &[(0.444_083, 0.546_124), (0.412_434, 0.577_036), (0.117_599, 0.891_070)]);
}

/// ```python
/// g = torch.Generator().manual_seed(42); wrong = torch.rand(12396, generator=g) < .1; y[wrong] = 1 - y[wrong]
/// ```
/// and then as [`the_books_run`]. The held-out labels stay right.
#[test]
fn one_label_in_ten_is_wrong() {
    assert_eq!(trainer(&["wrong_labels=0.1"]).snapshot().mislabelled, 1238);
    assert_eq!(trainer(&["wrong_labels=1"]).snapshot().mislabelled, 12_396);
    let (found, _) = run(&["wrong_labels=0.1", "epochs=3"]);
    assert_close(&found, &[(0.262_805, 0.740_922), (0.149_636, 0.854_760), (0.103_234, 0.898_430)]);
}

#[test]
fn it_stops_at_the_accuracy_that_was_asked_for() {
    let (found, stopped) = run(&["target=0.9"]);
    assert_eq!(stopped, Stop::Target);
    let accuracies: Vec<bool> = found.iter().map(|epoch| epoch.accuracy >= 0.9).collect();
    assert_eq!(accuracies, [false, false, false, true]);
    assert_eq!(run(&["target=0.99", "epochs=2"]).1, Stop::Done);
}

#[test]
fn it_stops_when_the_validation_loss_no_longer_falls() {
    let pairs = ["init=uniform", "shuffle=true", "batch_size=2000", "lr=100", "patience=2", "epochs=200"];
    let (found, stopped) = run(&pairs);
    assert_eq!(stopped, Stop::Patience);
    let losses: Vec<f64> = found[1..].iter().map(|epoch| epoch.valid_loss).collect();
    let best = losses.iter().copied().fold(f64::INFINITY, f64::min);
    assert_eq!(losses.iter().position(|loss| *loss == best), Some(losses.len() - 3));
}

#[test]
fn accuracy_as_the_loss_teaches_nothing() {
    let (found, _) = run(&["loss=accuracy", "epochs=2"]);
    assert!(found.iter().all(|epoch| epoch.accuracy == found[0].accuracy));
    assert!((found[0].valid_loss - (1.0 - found[0].accuracy)).abs() < 1e-9);
}

#[test]
fn several_classes_need_a_loss_for_several() {
    let expected = "loss is \"mnist\"; expected auto or cross-entropy for 3 digits, since mnist is for two; the nearest \
                    valid value is cross-entropy";
    let settings = Settings { digits: "1,2,3".parse().unwrap(), loss: LossChoice::Mnist, ..Settings::default() };
    let settings = Checked::new(settings).unwrap();
    assert_eq!(Trainer::start(&settings, &Library::new()).err().unwrap().to_string(), expected);
    let shown = trainer(&["digits=1,2,3"]).snapshot();
    assert_eq!((shown.parameters, shown.digits), (3 * 785, vec![1, 2, 3]));
}

#[test]
fn a_model_brings_its_usual_settings_along() {
    let usual = |pairs: &[&str]| trainer(pairs).plan.settings.clone().into_inner();
    assert_eq!(usual(&[]), Settings::default());
    let mlp = usual(&["model=mlp", "lr=0.3"]);
    assert_eq!((mlp.digits.to_string().as_str(), mlp.lr, mlp.shuffle), ("all", 0.3, true));
    assert_eq!([&["model=cnn"][..], &["model=cnn", "digits=all"]].map(|pairs| usual(pairs).lr), [0.1, 0.05]);
    assert_eq!(usual(&["model=simple-net"]).lr, 0.1);
}

#[test]
fn trouble_is_named_with_a_way_out() {
    let mut broken = trainer(&["batch_size=600", "init=uniform"]);
    let mut plan = Plan::new(&broken.plan.settings, &Library::new()).unwrap();
    plan.sgd.rate = f32::INFINITY;
    broken.plan = Arc::new(plan);
    broken.stride(u64::MAX);
    let trouble = broken.snapshot().trouble.unwrap();
    assert_eq!((trouble.cause, trouble.epoch, trouble.batch), (Cause::Step, 1, 1));
    assert!(trouble.sentence().starts_with("In epoch 1, mini-batch 1, the step would have made a weight infinite"));
    assert_eq!(Trouble { lr: 0.3, ..trouble }.suggestion(), 0.03);
}

/// The built-in data are shared by all tests at once, so these are a folder of their own.
#[test]
fn another_rate_finds_the_means_where_the_last_run_left_them() {
    let folder = tempfile::tempdir().unwrap();
    for split in ["train", "valid"] {
        for digit in [3, 7] {
            let dir = folder.path().join(split).join(digit.to_string());
            std::fs::create_dir_all(&dir).unwrap();
            let image = image::GrayImage::from_fn(28, 28, |x, y| image::Luma([if x > y { 30 * digit } else { 0 }]));
            image.save(dir.join("1.png")).unwrap();
        }
    }
    let library = Library::new();
    let means = |change: &dyn Fn(&mut Settings)| {
        let mut settings = Settings { data: folder.path().into(), ..Settings::default() };
        change(&mut settings);
        Plan::new(&Checked::new(settings).unwrap(), &library).unwrap().means
    };
    let first = means(&|_| {});
    assert!(Arc::ptr_eq(
        &first,
        &means(&|settings| (settings.lr, settings.wrong_labels, settings.seed) = (0.2, 0.1, 3))
    ));
    let swapped = means(&|settings| settings.digits = "7,3".parse().unwrap());
    assert!(!Arc::ptr_eq(&first, &swapped), "another order is another class for each");
}

#[test]
fn a_start_that_nobody_waits_for_is_given_up() {
    let cancel = Cancel::default();
    let library = Library::new().cancelled_by(&cancel);
    cancel.cancel();
    let Err(error) = Trainer::start(&Checked::default(), &library) else { panic!("it started") };
    assert!(matches!(error, SettingsError::Data(DataError::Cancelled)), "{error}");
}
