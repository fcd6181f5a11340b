use super::*;
use crate::data::Library;
use crate::experiments::coaster::Settings;
use crate::experiments::{AnyTape, Experiment as _, Settings as _, Tape, settings};
use crate::shot::{Canvas, Headless};
use crate::widgets::theme;
use egui::{Event, Modifiers, PointerButton, Pos2, Theme};

const CANVAS: Canvas = Canvas { size: [560.0, 420.0], pixels_per_point: 1.0, theme: Theme::Light };

/// A view with its settings, drawn without a desk.
struct Stage {
    headless: Headless,
    view: CoasterView,
    values: Map<String, Value>,
    position: u64,
}

impl Stage {
    fn new(saved: &Value) -> Self {
        let mut view = CoasterView::default();
        view.restore(saved.as_object().unwrap());
        Self {
            headless: Headless::new(CANVAS, theme::install),
            view,
            values: settings::to_map(&Settings::default()),
            position: 16,
        }
    }

    fn snapshot(&self) -> (Snapshot, Option<crate::experiments::Phase>) {
        let settings: Settings = settings::from_map("coaster", &self.values).unwrap();
        let mut tape = Tape::new(Coaster::start(&settings, &Library::default()).unwrap());
        AnyTape::seek(&mut tape, self.position);
        (tape.now().snapshot(), tape.now().phase())
    }

    fn frame(&mut self, events: Vec<Event>) {
        let (snapshot, phase) = self.snapshot();
        let (view, values) = (&mut self.view, &mut self.values);
        self.headless.frame(events, |ui| {
            egui::CentralPanel::default().show(ui, |ui| {
                let form = Form::new(Settings::FIELDS, values);
                let mut scene = Scene { snapshot: &snapshot, phase, form, moves: Vec::new(), wishes: Vec::new() };
                view.figure(ui, &mut scene);
            });
        });
    }

    fn button(&mut self, at: Pos2, pressed: bool) {
        self.frame(vec![
            Event::PointerMoved(at),
            Event::PointerButton { pos: at, button: PointerButton::Primary, pressed, modifiers: Modifiers::NONE },
        ]);
    }
}

#[test]
fn a_dot_follows_the_mouse_and_the_least_squares_curve_follows_the_dot() {
    for tab in ["hand", "descent"] {
        let mut stage = Stage::new(&json!({"tab": tab, "close": true}));
        stage.frame(vec![]);
        stage.frame(vec![]);
        let (before, at) = (stage.snapshot().0, stage.view.dots.places[12]);
        stage.button(at, true);
        for step in 1_i8..=5 {
            stage.frame(vec![Event::PointerMoved(at + egui::vec2(1.0, -8.0 * f32::from(step)))]);
        }
        stage.button(at + egui::vec2(1.0, -40.0), false);
        let after = stage.snapshot().0;
        let moved: Vec<usize> = (0..20).filter(|&i| before.speed[i].to_bits() != after.speed[i].to_bits()).collect();
        assert_eq!(moved, [12], "{tab}: {}", stage.values["moved"]);
        assert!(after.speed[12] > before.speed[12] + 5.0);
        assert_ne!(before.least_squares, after.least_squares);
        // The dot is where the mouse let go, on a plot whose range stood still meanwhile.
        stage.frame(vec![Event::PointerGone]);
        assert!(stage.values["moved"].as_str().unwrap().starts_with("12:"));
    }
}

#[test]
fn a_press_beside_the_dots_moves_none() {
    let mut stage = Stage::new(&json!({"tab": "descent"}));
    stage.frame(vec![]);
    stage.frame(vec![]);
    let at = stage.view.dots.places[10] + egui::vec2(0.0, 40.0);
    stage.button(at, true);
    stage.frame(vec![Event::PointerMoved(at + egui::vec2(0.0, 30.0))]);
    stage.button(at + egui::vec2(0.0, 30.0), false);
    assert_eq!(stage.values["moved"], "");
}

#[test]
fn what_the_view_saves_it_takes_up_again_and_nothing_else() {
    let mut stage = Stage::new(&json!({"tab": "ravine", "close": true, "ravine": {"pair": [0, 2], "held": true},
        "hand": {"params": [1.0, -2.5, 3.0], "absolute": true, "best": true}}));
    stage.view.ghost = Ghost::of(&stage.snapshot().0);
    let saved = stage.view.save();
    let mut other = CoasterView::default();
    other.restore(&saved);
    assert_eq!(other.save(), saved);
    assert_eq!(saved["ghost"]["losses"].as_array().unwrap().len(), 4);
    for broken in [
        json!({"tab": "x", "ravine": {"pair": [2, 2]}, "hand": 3, "ghost": {"label": 1}}),
        json!({"ghost": {"label": "l", "params": [0, 0, 0], "losses": [[0, -1]]}}),
    ] {
        other = CoasterView::default();
        other.restore(broken.as_object().unwrap());
        assert_eq!((other.tab, other.ravine_pair()), (Tab::Descent, json!([1, 2])));
    }
}

impl CoasterView {
    fn ravine_pair(&self) -> Value {
        self.save()["ravine"]["pair"].clone()
    }
}

#[test]
fn every_tab_draws_every_phase_of_every_kind_of_run() {
    for settings in [
        json!({}),
        json!({"lr": 1.0}),
        json!({"rescale_time": true, "lr": 0.3}),
        json!({"data": "curve", "lr": 0.0}),
        json!({"noise": 0.0}),
    ] {
        for (_, tab, ..) in Tab::ALL {
            let mut stage = Stage::new(&json!({"tab": tab}));
            stage.values.extend(settings.as_object().unwrap().clone());
            for position in [0, 1, 2, 3, 4, 5, 45] {
                stage.position = position;
                stage.frame(vec![]);
            }
        }
    }
}

#[test]
fn a_csv_file_is_taken_and_a_picture_is_not() {
    let mut view = CoasterView::default();
    assert!(view.take_file(Path::new("three.png")).is_none());
    let wanted = view.take_file(Path::new("Ride.CSV")).unwrap();
    let checked: Settings = settings::from_map("coaster", &wanted).unwrap();
    assert!(checked.rescale_time && checked.csv == "Ride.CSV");
}
