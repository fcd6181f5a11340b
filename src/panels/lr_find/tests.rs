use super::*;
use crate::data::Library;
use crate::experiments::Tape;
use crate::experiments::trainer::{Architecture, LossChoice};
use crate::shot::{Canvas, Headless};
use egui::{Event, Modifiers, PointerButton, Pos2, Theme};

/// A panel on a sweep, without a window or an engine.
struct Bench {
    view: LrFindView,
    snapshot: Snapshot,
    settings: Settings,
    window: Headless,
    wishes: Vec<Wish>,
}

impl Bench {
    fn new(position: u64) -> Self {
        let chosen = Settings { batch_size: 1024, iterations: 40, ..Settings::default() };
        let mut tape = Tape::new(LrFind::start(&Checked::new(chosen.clone()).unwrap(), &Library::new()).unwrap());
        tape.seek(position);
        let canvas = Canvas { size: [560.0, 520.0], pixels_per_point: 1.0, theme: Theme::Light };
        Self {
            view: LrFindView,
            snapshot: tape.now().snapshot(),
            settings: chosen,
            window: Headless::new(canvas, theme::install),
            wishes: Vec::new(),
        }
    }

    fn frame(&mut self, events: Vec<Event>) {
        let Self { view, snapshot, settings, window, wishes } = self;
        window.frame(events, |ui| {
            egui::CentralPanel::default().show(ui, |ui| {
                let mut scene = Scene {
                    snapshot: &*snapshot,
                    seen: &(),
                    seen_look: &NoLook {},
                    look: &mut NoLook {},
                    phase: snapshot.phase,
                    form: Form::new(settings),
                    moves: Vec::new(),
                    wishes: Vec::new(),
                };
                view.figure(ui, &mut scene);
                wishes.extend(scene.wishes);
            });
        });
    }
}

#[test]
fn it_draws_every_phase() {
    for position in [0, 1, 2, 3, 4, 5, 100, 162] {
        let mut bench = Bench::new(position);
        bench.frame(Vec::new());
        bench.frame(Vec::new());
        assert!(bench.wishes.is_empty());
    }
}

#[test]
fn a_suggested_rate_opens_the_trainer_with_the_same_settings() {
    let mut bench = Bench::new(162);
    bench.frame(Vec::new());
    for y in (300..520_u16).step_by(8) {
        let pos = Pos2::new(60.0, f32::from(y));
        let button =
            |pressed| Event::PointerButton { pos, button: PointerButton::Primary, pressed, modifiers: Modifiers::NONE };
        bench.frame(vec![Event::PointerMoved(pos)]);
        bench.frame(vec![button(true)]);
        bench.frame(vec![button(false)]);
    }
    let states: Vec<State> = bench
        .wishes
        .iter()
        .map(|wish| if let Wish::Open(state) = wish { state.clone() } else { panic!("another wish") })
        .collect();
    assert!(states.len() >= 3, "each of the three buttons was pressed: {}", states.len());
    let found = bench.snapshot.suggestions.unwrap();
    assert!(states.iter().all(|state| state.experiment == "trainer" && state.look.is_empty()));
    let (first, _) = states[0].saved().read::<Trainer>().unwrap();
    assert_eq!(*first, bench.snapshot.settings.trainer(rounded(found.tenth)));
    assert_eq!((first.batch_size, first.shuffle), (1024, true));
    assert!((first.lr / found.tenth - 1.0).abs() < 0.05);
}

#[test]
fn the_trainers_settings_open_the_sweep_that_is_for_them() {
    let run = trainer::Settings { batch_size: 100, ..trainer::Settings::usual_for(Architecture::Cnn) };
    let mut form = run.clone();
    let Some(Wish::Open(state)) = open(&Form::new(&mut form)) else { panic!("no wish") };
    let (sweep, _) = state.saved().read::<LrFind>().unwrap();
    assert_eq!((sweep.model, sweep.batch_size, sweep.weight_decay), (Architecture::Cnn, 100, run.weight_decay));
    assert_eq!(sweep.trainer(run.lr), run);
    let tape = Tape::new(LrFind::start(&sweep, &Library::new()).unwrap());
    assert_eq!(state.position, tape.now().opening());
}

#[test]
fn another_model_brings_along_what_it_learns_well_under() {
    let now = Settings { iterations: 50, end: 10.0, loss: LossChoice::Accuracy, ..Settings::default() };
    let mlp = with_usual(&Settings { model: Architecture::Mlp, ..now.clone() });
    let usual = trainer::Settings::usual_for(Architecture::Mlp);
    assert_eq!((mlp.digits, mlp.loss, mlp.batch_size), (usual.digits, usual.loss, usual.batch_size));
    assert_eq!((mlp.iterations, mlp.end), (50, 10.0));
}
