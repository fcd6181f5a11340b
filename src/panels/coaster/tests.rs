use super::*;
use crate::data::Library;
use crate::experiments::coaster::Seen;
use crate::experiments::{Checked, Choice as _, Experiment as _, Phase, Tape};
use crate::shot::{Canvas, Headless};
use crate::widgets::theme;
use egui::{Event, Modifiers, PointerButton, Pos2, Theme};
use std::path::PathBuf;
use std::sync::Arc;

const CANVAS: Canvas = Canvas { size: [560.0, 420.0], pixels_per_point: 1.0, theme: Theme::Light };

/// A view with its settings and its look, drawn without a desk.
struct Stage {
    headless: Headless,
    view: CoasterView,
    settings: Settings,
    look: Look,
    position: u64,
}

impl Stage {
    fn new(look: Look) -> Self {
        let headless = Headless::new(CANVAS, theme::install);
        Self { headless, view: CoasterView::default(), settings: Settings::default(), look, position: 16 }
    }

    fn snapshot(&self) -> (Arc<Snapshot>, Option<Phase>) {
        let settings = Checked::new(self.settings.clone()).unwrap();
        let mut tape = Tape::new(Coaster::start(&settings, &Library::default()).unwrap());
        tape.seek(self.position);
        (Arc::new(tape.now().snapshot()), tape.phase())
    }

    fn frame(&mut self, events: Vec<Event>) {
        let (snapshot, phase) = self.snapshot();
        let (seen_look, mut seen) = (self.look.clone(), Seen::default());
        assert!(Coaster::see(&snapshot, &seen_look, &mut seen), "one slice is enough");
        let Self { headless, view, settings, look, .. } = self;
        headless.frame(events, |ui| {
            egui::CentralPanel::default().show(ui, |ui| {
                let mut scene = Scene {
                    snapshot: &*snapshot,
                    seen: &seen,
                    seen_look: &seen_look,
                    look,
                    phase,
                    form: Form::new(settings),
                    moves: Vec::new(),
                    wishes: Vec::new(),
                };
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
    for tab in [Tab::Hand, Tab::Descent] {
        let mut stage = Stage::new(Look { tab, close: true, ..Look::default() });
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
        assert_eq!(moved, [12], "{tab:?}: {}", stage.settings.moved);
        assert!(after.speed[12] > before.speed[12] + 5.0);
        assert_ne!(before.least_squares, after.least_squares);
        // The dot is where the mouse let go, on a plot whose range stood still meanwhile.
        stage.frame(vec![Event::PointerGone]);
        assert!(stage.settings.moved.to_string().starts_with("12:"));
    }
}

#[test]
fn a_press_beside_the_dots_moves_none() {
    let mut stage = Stage::new(Look::default());
    stage.frame(vec![]);
    stage.frame(vec![]);
    let at = stage.view.dots.places[10] + egui::vec2(0.0, 40.0);
    stage.button(at, true);
    stage.frame(vec![Event::PointerMoved(at + egui::vec2(0.0, 30.0))]);
    stage.button(at + egui::vec2(0.0, 30.0), false);
    assert!(stage.settings.moved.is_empty());
}

#[test]
fn every_tab_draws_every_phase_of_every_kind_of_run() {
    let usual = Settings::default;
    for settings in [
        usual(),
        Settings { lr: 1.0, ..usual() },
        Settings { rescale_time: true, lr: 0.3, ..usual() },
        Settings { data: Data::Curve, lr: 0.0, ..usual() },
        Settings { noise: 0.0, ..usual() },
    ] {
        for &tab in Tab::ALL {
            let mut stage = Stage::new(Look { tab, ..Look::default() });
            stage.settings = settings.clone();
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
    let mut settings = Settings { moved: "3:1".parse().unwrap(), ..Settings::default() };
    let mut take = |name: &str| {
        let file = Incoming::Other(PathBuf::from(name));
        view.take_file(&file, &mut Form::new(&mut settings), &mut Look::default())
    };
    assert_eq!(take("three.png"), Taken::No);
    assert_eq!(take("Ride.CSV"), Taken::ToRun);
    assert!(settings.rescale_time && settings.csv.as_str() == "Ride.CSV" && settings.moved.is_empty());
}
