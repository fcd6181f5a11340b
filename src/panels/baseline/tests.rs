use super::*;
use crate::data::Library;
use crate::experiments::{Experiment as _, Settings as _, Tape, baseline::Settings, settings};
use crate::shot::{Canvas, Headless};
use crate::widgets::theme;
use egui::{Event, Modifiers, PointerButton, Pos2, Rect, UiBuilder, Vec2};
use std::time::{Duration, Instant};

/// A view on a snapshot, without a window or an engine.
struct Bench {
    view: BaselineView,
    snapshot: Snapshot,
    settings: Map<String, Value>,
    window: Headless,
    size: Vec2,
    /// How large the figure was in the last frame.
    drawn: Vec2,
    took: Duration,
}

impl Bench {
    fn new(digits: &str, position: u64, size: Vec2) -> Self {
        let chosen = Settings { digits: digits.to_owned(), ..Settings::default() };
        let mut tape = Tape::new(Baseline::start(&chosen, &Library::new()).unwrap());
        tape.seek(position);
        let canvas = Canvas { size: [1024.0, 700.0], pixels_per_point: 1.0, theme: egui::Theme::Light };
        Self {
            view: BaselineView::default(),
            snapshot: tape.now().snapshot(),
            settings: settings::to_map(&chosen),
            window: Headless::new(canvas, theme::install),
            size,
            drawn: Vec2::ZERO,
            took: Duration::ZERO,
        }
    }

    fn frame(&mut self, events: Vec<Event>) {
        let Self { view, snapshot, settings, window, size, drawn, took } = self;
        let area = Rect::from_min_size(Pos2::ZERO, *size);
        window.frame(events, |ui| {
            let start = Instant::now();
            ui.scope_builder(UiBuilder::new().max_rect(area), |ui| {
                let form = Form::new(Settings::FIELDS, settings);
                let mut scene =
                    Scene { snapshot: &*snapshot, phase: None, form, moves: Vec::new(), wishes: Vec::new() };
                view.figure(ui, &mut scene);
                *drawn = ui.min_rect().size();
            });
            *took = start.elapsed();
        });
    }

    fn settle(&mut self) {
        for _ in 0..4 {
            self.frame(Vec::new());
        }
    }

    fn click(&mut self, pos: Pos2) {
        let button = |pressed| Event::PointerButton {
            pos,
            button: PointerButton::Primary,
            pressed,
            modifiers: Modifiers::default(),
        };
        self.frame(vec![Event::PointerMoved(pos)]);
        self.frame(vec![button(true)]);
        self.frame(vec![button(false)]);
        self.frame(Vec::new());
    }
}

#[test]
fn every_tab_stays_inside_its_column() {
    for digits in ["3,7", "3,7,8", "all"] {
        for position in [0, 1, 6743] {
            let mut bench = Bench::new(digits, position, Vec2::new(530.0, 440.0));
            for tab in Tab::ALL {
                bench.view.tab = tab;
                bench.settle();
                assert!(bench.drawn.x <= 531.0, "{} of {digits} at {position} is {} wide", tab.name(), bench.drawn.x);
            }
        }
    }
}

#[test]
fn a_chosen_place_names_its_image() {
    let mut bench = Bench::new("7,3", 6266, Vec2::new(530.0, 440.0));
    let all = bench.snapshot.validation.clone().unwrap();
    for place in [0, 1027, 1028, 2037] {
        let form = Form::new(Settings::FIELDS, &mut bench.settings);
        let mut scene = Scene { snapshot: &bench.snapshot, phase: None, form, moves: Vec::new(), wishes: Vec::new() };
        choose(&mut scene, place);
        let (digit, nth) = (scene.form.number("digit"), scene.form.number("nth"));
        assert_eq!((digit, scene.form.text("split")), (if place < 1028 { 7.0 } else { 3.0 }, "valid"));
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small whole numbers")]
        let index = bench.snapshot.data.valid.of_digit(digit as u8)[nth as usize];
        assert_eq!(index, all.indices[place]);
    }
}

#[test]
fn a_click_in_the_cloud_makes_its_dot_the_sample() {
    let mut bench = Bench::new("3,7", 6266, Vec2::new(530.0, 440.0));
    bench.view.tab = Tab::Scatter;
    bench.settle();
    assert_eq!(bench.settings["split"], "train");
    // Where the dots are dense: left of the middle.
    for x in [200.0, 220.0, 240.0, 260.0] {
        bench.click(Pos2::new(x, 200.0));
    }
    assert_eq!(bench.settings["split"], "valid");
    assert!([3, 7].map(Value::from).contains(&bench.settings["digit"]));
}

#[test]
fn a_cell_and_a_tab_survive_in_a_saved_state() {
    let mut view = BaselineView::default();
    let saved = serde_json::json!({"tab": "mistakes", "cell": [3, 7], "axes": "7,3", "only": true, "absolute": true, "right": "1010"});
    let saved = saved.as_object().unwrap();
    view.restore(saved);
    assert_eq!(&view.save(), saved);
    view.restore(&Map::new());
    assert_eq!(view.save()["tab"], "means");
    assert!(!view.save().contains_key("cell"));
}

#[test]
fn the_race_runs_beside_the_window() {
    let mut bench = Bench::new("3,7", 1, Vec2::new(530.0, 440.0));
    bench.view.tab = Tab::Speed;
    bench.settle();
    let mut waited = 0;
    // The button is the second row under the sentence: found by pressing down the left edge.
    for y in (40..140).step_by(6) {
        bench.click(Pos2::new(20.0, f32::from(u16::try_from(y).unwrap())));
        if bench.view.speed.is_running() {
            break;
        }
    }
    bench.view.tab = Tab::Speed;
    assert!(bench.view.speed.is_running(), "the button was pressed");
    while bench.view.speed.is_running() && waited < 600 {
        std::thread::sleep(Duration::from_millis(50));
        bench.frame(Vec::new());
        waited += 1;
    }
    assert!(bench.view.speed.has_result());
}
