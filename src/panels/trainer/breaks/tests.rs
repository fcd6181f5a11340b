//! Every claim of a card is found in the run that it makes.

use super::card::Run;
use super::*;
use crate::data::Library;
use crate::engine::{Engine, Goal, Inline, Move, Request, RunId};
use crate::experiments::trainer::{Architecture, Guess, Look, Settings, Snapshot, Start, Tab};
use crate::experiments::{Checked, Experiment as _, Phase, Tape, Values};
use crate::math::loss::Loss;
use crate::shot::{Canvas, Headless};
use crate::widgets::form::Form;
use egui::{Event, Modifiers, PointerButton, Pos2, Theme};
use ndarray::Array2;
use std::sync::LazyLock;

static DATA: LazyLock<Library> = LazyLock::new(Library::new);

fn card(name: &str) -> Card {
    Breaks::default().cards.into_iter().find(|card| card.text.name == name).unwrap()
}

fn started(settings: Settings) -> Tape<Trainer> {
    Tape::new(Trainer::start(&Checked::new(settings).unwrap(), &DATA).unwrap())
}

fn tape(name: &str, run: Run) -> Tape<Trainer> {
    started(card(name).settings(run).clone())
}

/// The end of a card's run.
fn end(name: &str, run: Run) -> Snapshot {
    end_with(name, run, |_| {})
}

/// The same with some settings changed.
fn end_with(name: &str, run: Run, change: impl FnOnce(&mut Settings)) -> Snapshot {
    let card = card(name);
    let mut settings = card.settings(run).clone();
    change(&mut settings);
    let mut tape = started(settings);
    for _ in 0..card.text.epochs {
        tape.seek(tape.now().unit_end(tape.position().max(1), Trainer::EPOCH));
    }
    tape.now().snapshot()
}

fn number(values: &Values, name: &str) -> f64 {
    values[name].parse().unwrap_or_else(|_| panic!("{name} is {}", values[name]))
}

fn accuracy(snapshot: &Snapshot) -> f64 {
    snapshot.epochs.last().unwrap().accuracy
}

/// How near to PyTorch's, for the accuracies below: one image of 2,038 is 0.0005.
#[track_caller]
fn assert_near(found: f64, expected: f64) {
    assert!((found - expected).abs() < 0.0011, "{found} instead of {expected}");
}

/// The shelf has six cards that the trainer takes, and every live value of their words exists.
#[test]
fn every_card_can_be_played_and_its_words_are_filled() {
    let shelf = Breaks::default();
    assert_eq!(shelf.cards.len(), 6);
    let values = started(Settings::default()).now().snapshot().evidence();
    for card in &shelf.cards {
        for text in [&card.text.happened, &card.text.repaired] {
            for name in lesson::names(text).unwrap() {
                assert!(values.contains_key(name), "{}: there is no value {{{name}}}", card.text.name);
            }
        }
    }
}

#[test]
fn gradients_that_are_never_zeroed_carry_on_towards_the_threes() {
    let (broken, healthy) = (end("zero-grad", Run::Broken), end("zero-grad", Run::Healthy));
    let values = broken.evidence();
    assert_eq!(values["read_as_first"], "1.0000");
    assert_near(accuracy(&broken), 0.4956);
    assert_near(accuracy(&healthy), 0.7291);
    // The sevens' own gradients hardly count against the sum.
    assert!(number(&values, "mean_slope") < 0.01 && number(&values, "gradient_norm") > 1.0, "{values:?}");
    // Shuffled, the mistake is milder than no mistake at all.
    let [with, without] = [Run::Broken, Run::Healthy]
        .map(|run| accuracy(&end_with("zero-grad", run, |settings| settings.shuffle = true)));
    assert_near(with, 0.9573);
    assert!(with > without);
}

#[test]
fn a_rate_too_high_ends_where_nothing_moves() {
    let broken = end("rate", Run::Broken);
    let values = broken.evidence();
    assert_eq!((values["gradient_norm"].as_str(), values["mean_slope"].as_str()), ("0", "0"));
    assert!([0.4956, 0.5044].iter().any(|half| (accuracy(&broken) - half).abs() < 1e-4), "{}", accuracy(&broken));
    assert!(number(&values, "logit_low").signum() == number(&values, "logit_high").signum());
    assert_near(accuracy(&end("rate", Run::Healthy)), 0.9681);
    // Under cross-entropy the loss has no bound.
    let mut tape = started(Settings { lr: 100.0, ..Settings::usual_for(Architecture::Mlp) });
    let reached = (1..=10).find(|steps| {
        tape.seek(1 + 4 * steps);
        tape.now().snapshot().batch.is_some_and(|batch| batch.loss.is_some_and(|loss| loss > 1000.0))
    });
    assert!(reached.is_some());
}

#[test]
fn from_zeros_only_the_last_bias_of_a_network_moves() {
    let broken = end("zeros", Run::Broken);
    let state = broken.state.clone().unwrap();
    assert_eq!(broken.evidence()["nonzero"], "1");
    assert!(state.iter().any(|tensor| tensor.name == "2.bias" && tensor.values[0] != 0.0));
    assert_near(accuracy(&broken), 0.5044);
    assert_near(accuracy(&end("zeros", Run::Healthy)), 0.9681);
    // The linear model learns from zeros as well as from small numbers.
    let from = |init: Start| {
        let change = |now: &mut Settings| *now = Settings { model: Architecture::Linear, lr: 1.0, init, ..now.clone() };
        accuracy(&end_with("zeros", Run::Healthy, change))
    };
    assert_near(from(Start::Zeros), 0.973);
    assert_near(from(Start::Uniform), 0.972);
}

#[test]
fn units_that_start_alike_stay_alike() {
    let model = Architecture::SimpleNet.model(2, Loss::Mnist);
    let lengths = model.shapes().into_iter().map(|(_, shape)| shape.iter().product::<usize>());
    let parameters: Vec<Vec<f64>> = lengths.map(|len| vec![0.01; len]).collect();
    let x = Array2::from_shape_fn((6, 784), |(row, pixel)| ((row * 31 + pixel * 7) % 11) as f64 / 10.0);
    let found = model.differentiate(&parameters, &x, &[0, 1, 0, 0, 1, 0]).unwrap();
    let first = &found.gradient[0][..784];
    assert!(first.iter().any(|slope| *slope != 0.0), "they move");
    assert!(found.gradient[0].chunks(784).all(|unit| unit == first), "and all alike");
    assert!(found.gradient[2].iter().all(|slope| *slope == found.gradient[2][0]));
}

#[test]
fn accuracy_as_the_loss_moves_nothing() {
    let broken = end("accuracy", Run::Broken);
    let mut start = tape("accuracy", Run::Broken);
    start.seek(1);
    assert_eq!(broken.state, start.now().snapshot().state);
    let values = broken.evidence();
    assert_eq!((values["gradient_norm"].as_str(), &values["first_accuracy"]), ("0", &values["accuracy"]));
    assert_near(accuracy(&broken), 0.4863);
    assert_near(accuracy(&end("accuracy", Run::Healthy)), 0.972);
}

#[test]
fn unshuffled_everything_reads_three_and_the_sevens_hardly_teach() {
    let mut tape = tape("order", Run::Broken);
    let at = |tape: &mut Tape<Trainer>, batch: u64| {
        tape.seek(1 + 4 * (batch - 1) + 3);
        let snapshot = tape.now().snapshot();
        assert_eq!(snapshot.phase, Some(Phase::Gradient));
        (snapshot.gradient_norm.unwrap(), snapshot.batch.unwrap().loss.unwrap())
    };
    // PyTorch: 1.79, then at the first batch of sevens alone 0.00610 at a loss of 0.999.
    let first = at(&mut tape, 1);
    assert!((first.0 - 1.79).abs() < 0.01, "{first:?}");
    let second = at(&mut tape, 2);
    assert!(second.1 < 0.01, "the loss falls to almost 0 with the first step: {second:?}");
    let sevens = at(&mut tape, 26);
    assert!((sevens.0 - 0.0061).abs() < 1e-3 && sevens.1 > 0.99, "{sevens:?}");
    let broken = end("order", Run::Broken);
    let values = broken.evidence();
    assert_eq!(values["read_as_first"], "1.0000");
    assert!(number(&values, "loss") > 0.99 && number(&values, "mean_slope") < 0.01, "{values:?}");
    assert!(first.0 > 50.0 * broken.gradient_norm.unwrap());
    assert_near(accuracy(&broken), 0.4956);
    assert_near(accuracy(&end("order", Run::Healthy)), 0.972);
}

#[test]
fn one_wrong_label_in_ten_does_little_harm_but_to_the_training_loss() {
    let (broken, healthy) = (end("labels", Run::Broken), end("labels", Run::Healthy));
    let values = broken.evidence();
    assert_eq!((values["mislabelled"].as_str(), broken.samples), ("1238", 12_396));
    let fallen = accuracy(&healthy) - accuracy(&broken);
    assert!((0.0..0.01).contains(&fallen), "{fallen}");
    let last = *broken.epochs.last().unwrap();
    assert!(last.train_loss.unwrap() > number(&values, "wrong_share") && last.valid_loss < 0.04);
    assert!(healthy.epochs.last().unwrap().train_loss.unwrap() < 0.03);
    // Of the images that it gets most wrong, most have a wrong label.
    let batch = broken.batch.unwrap();
    let losses = batch.losses.unwrap();
    let wrong = losses.iter().zip(&*batch.indices).zip(&*batch.classes).filter(|((loss, _), _)| **loss > 0.5);
    let labels = broken.dataset.train.labels();
    let lies: Vec<bool> =
        wrong.map(|((_, index), class)| labels[*index as usize] != broken.digits[usize::from(*class)]).collect();
    let share = lies.iter().filter(|lie| **lie).count() as f64 / lies.len() as f64;
    assert!(lies.len() >= 5 && share > 0.5, "{share} of {}", lies.len());
}

/// A page on a run, with an engine that computes at once.
struct Stage {
    page: Breaks,
    engine: Inline<Trainer>,
    settings: Settings,
    look: Look,
    run: u64,
    window: Headless,
}

impl Stage {
    fn new(card: &str) -> Self {
        let canvas = Canvas { size: [560.0, 900.0], pixels_per_point: 1.0, theme: Theme::Light };
        let mut look = Look { tab: Tab::Breaks, ..Look::default() };
        look.breaks.card = card.to_owned();
        let mut stage = Self {
            page: Breaks::default(),
            engine: Inline::new(DATA.clone()),
            settings: Settings::default(),
            look,
            run: 0,
            window: Headless::new(canvas, theme::install),
        };
        stage.engine.send(Request::Look(stage.look.clone()));
        stage.open();
        stage
    }

    fn open(&mut self) {
        self.run += 1;
        let settings = Checked::new(self.settings.clone()).unwrap();
        self.engine.send(Request::Open { run: RunId(self.run), settings, goal: Goal::Opening });
    }

    fn frame(&mut self, events: Vec<Event>) -> Vec<String> {
        let picture = self.engine.latest().picture.clone().unwrap();
        let (mut moves, mut changed) = (Vec::new(), false);
        let Self { page, settings, look, window, .. } = self;
        window.frame(events, |ui| {
            egui::CentralPanel::default().show(ui, |ui| {
                let mut scene = Scene {
                    snapshot: &*picture.snapshot,
                    seen: &*picture.seen,
                    seen_look: &*picture.look,
                    look,
                    phase: None,
                    form: Form::new(settings),
                    moves: Vec::new(),
                    wishes: Vec::new(),
                };
                page.show(ui, &mut scene);
                changed = scene.form.changed();
                moves = scene.moves;
            });
        });
        if changed {
            self.open();
        }
        let told = moves.iter().map(|to| format!("{to:?}")).collect();
        for to in moves {
            self.engine.send(Request::Move(to));
        }
        told
    }

    fn click(&mut self, pos: Pos2) -> Vec<String> {
        let button =
            |pressed| Event::PointerButton { pos, button: PointerButton::Primary, pressed, modifiers: Modifiers::NONE };
        self.frame(vec![Event::PointerMoved(pos)]);
        let mut told = self.frame(vec![button(true)]);
        told.extend(self.frame(vec![button(false)]));
        told
    }

    /// Presses down a column of points until a move is asked for.
    fn press_until_moved(&mut self, x: f32, ys: std::ops::Range<u16>) -> Vec<String> {
        for y in ys.step_by(8) {
            let told = self.click(Pos2::new(x, f32::from(y)));
            if !told.is_empty() {
                return told;
            }
        }
        Vec::new()
    }
}

#[test]
fn a_card_is_guessed_broken_and_repaired_with_clicks() {
    let mut stage = Stage::new("order");
    for _ in 0..3 {
        stage.frame(Vec::new());
    }
    // Down the left edge: the answers come first, and a guess makes the button work.
    let told = stage.press_until_moved(40.0, 100..500);
    assert_eq!(told, [Move::Seek(1), Move::Unit(Trainer::EPOCH)].map(|to| format!("{to:?}")));
    assert_eq!((stage.settings.shuffle, stage.settings.init), (false, Start::Uniform));
    stage.frame(Vec::new());
    stage.frame(Vec::new());
    assert_eq!(stage.engine.latest().position, 197);
    let order = stage.page.cards.iter().find(|card| card.text.name == "order").unwrap();
    // What was seen is in the look, and nothing else is needed to show it again.
    assert!(order.is_seen(&stage.look.breaks));
    assert_eq!(stage.look.breaks.guesses.keys().collect::<Vec<_>>(), ["order"]);
    assert_eq!(stage.look.breaks.card, "order");
    // The second button stands to the right of the first.
    let told = stage.press_until_moved(130.0, 100..500);
    assert!(!told.is_empty());
    assert!(stage.settings.shuffle);
}

#[test]
fn what_does_not_fit_a_card_is_as_if_it_were_not_there() {
    let page = Breaks::default();
    let mut look = BreaksLook { card: "no such".to_owned(), ..BreaksLook::default() };
    look.guesses.insert("order".to_owned(), Guess(9, true));
    let order = page.cards.iter().find(|card| card.text.name == "order").unwrap();
    assert_eq!((page.open(&look), order.guess(&look), order.is_seen(&look)), (0, None, false));
    look.guesses.insert("order".to_owned(), Guess(1, true));
    assert_eq!((order.guess(&look), order.is_seen(&look)), (Some(Guess(1, true)), true));
}
