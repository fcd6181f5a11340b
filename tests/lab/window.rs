//! The window, driven by the names of its controls and by keys, as a person or a screen reader drives it.

mod snapshots;

use std::sync::Arc;
use std::time::Duration;

use digit_lab::app::Lab;
use digit_lab::data::Library;
use digit_lab::engine::Goal;
use digit_lab::experiments::REGISTRY;
use digit_lab::panels::Home;
use digit_lab::session::{Look, PanelSession, Session};
use digit_lab::shot::{State, write_png};
use egui::{Key, Modifiers, Theme, Vec2, ViewportId};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use serde_json::{Map, Value, json};

use crate::harness::window::{Bench, lab, position, press, restored, saved, shows, small, wait};

const STEP: &str = "Step \u{25b6}";
const BACK: &str = "\u{25c0} Back";

fn click(bench: &mut Bench, label: &str) {
    bench.get_by_label(label).click();
    bench.run();
}

#[test]
fn a_click_on_step_runs_one_phase_and_the_numbers_follow() {
    let mut bench = small(lab("descent"));
    let before = position(&mut bench);
    assert!(!shows(&bench, "-0.6000"), "the first step is not taken yet");
    for clicks in 1..=4 {
        click(&mut bench, STEP);
        assert_eq!(position(&mut bench), before + clicks);
    }
    // Init, Predict, Loss, Gradient, Step: x = -1.5 + 0.3 * 3.
    assert!(shows(&bench, "-0.6000"), "x is on the screen");
    click(&mut bench, BACK);
    click(&mut bench, BACK);
    assert_eq!(position(&mut bench), before + 2);
    assert!(!shows(&bench, "-0.6000"), "the step and the gradient that it needs are taken back");
}

#[test]
fn keys_do_what_the_list_of_keys_says() {
    let mut bench = small(lab("descent"));
    let opening = position(&mut bench);
    press(&mut bench, Key::Space);
    press(&mut bench, Key::ArrowRight);
    assert_eq!(position(&mut bench), opening + 2);
    press(&mut bench, Key::ArrowLeft);
    assert_eq!(position(&mut bench), opening + 1);
    press(&mut bench, Key::Home);
    assert_eq!(position(&mut bench), 0);
    press(&mut bench, Key::End);
    let end = position(&mut bench);
    assert!(end > opening + 10, "{end}");
    press(&mut bench, Key::ArrowLeft);
    assert_eq!(position(&mut bench), end - 1, "back from the end");
    press(&mut bench, Key::Home);
    press(&mut bench, Key::B);
    assert!(position(&mut bench) > 1, "a whole unit");

    press(&mut bench, Key::Questionmark);
    assert!(shows(&bench, "run or pause"), "the list of keys is open");
    press(&mut bench, Key::Escape);
    assert!(!shows(&bench, "run or pause"));

    let filmstrip = bench.state().session().filmstrip;
    press(&mut bench, Key::F);
    assert_ne!(bench.state().session().filmstrip, filmstrip);
}

#[test]
fn r_runs_and_pauses() {
    let mut bench = small(lab("descent"));
    let opening = position(&mut bench);
    bench.key_press(Key::R);
    wait(&mut bench, "a running phase", |bench| position(bench) > opening + 2);
    assert!(shows(&bench, "\u{23f8} Pause") && !shows(&bench, "\u{23e9} Run"));
    press(&mut bench, Key::R);
    assert!(shows(&bench, "\u{23e9} Run"));
    let paused = position(&mut bench);
    std::thread::sleep(Duration::from_millis(300));
    bench.run();
    assert_eq!(position(&mut bench), paused);
}

#[test]
fn a_control_with_the_focus_keeps_its_keys() {
    let mut bench = small(lab("descent"));
    let opening = position(&mut bench);
    bench.get_by_label(BACK).focus();
    bench.run();
    press(&mut bench, Key::Space);
    assert!(position(&mut bench) < opening, "Space presses the button that has the focus");
    press(&mut bench, Key::Escape);
    press(&mut bench, Key::Space);
    assert_eq!(position(&mut bench), opening, "and steps again once the focus is given up");
}

#[test]
fn every_panel_opens_from_the_list_and_by_its_number() {
    const NUMBERS: [Key; 9] =
        [Key::Num1, Key::Num2, Key::Num3, Key::Num4, Key::Num5, Key::Num6, Key::Num7, Key::Num8, Key::Num9];
    let mut bench = small(lab("pixels"));
    for (place, entry) in REGISTRY.iter().enumerate() {
        click(&mut bench, &format!("{}  {}", place + 1, entry.info.title));
        assert_eq!(bench.state().session().current, entry.info.name);
        let failure = bench.state_mut().panel().failure().map(str::to_owned);
        assert_eq!(failure, None, "{}", entry.info.name);
        assert!(shows(&bench, STEP), "{}", entry.info.name);
        if place > 0 {
            press(&mut bench, NUMBERS[place - 1]);
            assert_eq!(bench.state().session().current, REGISTRY[place - 1].info.name);
        }
    }
}

#[test]
fn every_panel_can_be_stepped_there_and_back() {
    for entry in REGISTRY {
        let mut bench = small(lab(entry.info.name));
        press(&mut bench, Key::Home);
        let start = position(&mut bench);
        assert_eq!(start, 0, "{}", entry.info.name);
        let mut ahead = 0;
        // Some experiments have few phases; the others pass each of theirs at least once.
        while ahead < 8 && !bench.get_by_label(STEP).accesskit_node().is_disabled() {
            click(&mut bench, STEP);
            ahead += 1;
            assert_eq!(position(&mut bench), ahead, "{}", entry.info.name);
        }
        for left in (0..ahead).rev() {
            click(&mut bench, BACK);
            assert_eq!(position(&mut bench), left, "{}", entry.info.name);
        }
    }
}

#[test]
fn the_look_is_chosen_by_name_and_remembered() {
    let mut bench = small(lab("descent"));
    for (name, look, theme) in [("Dark", Look::Dark, Theme::Dark), ("Light", Look::Light, Theme::Light)] {
        click(&mut bench, name);
        assert_eq!((bench.ctx.theme(), bench.state().session().look), (theme, look));
    }
}

#[test]
fn every_control_has_a_name_in_every_phase() {
    for entry in REGISTRY {
        let mut bench = small(lab(entry.info.name));
        bench.state_mut().show_filmstrip(true);
        for phase in 0..8 {
            bench.run();
            assert_eq!(bench.unnamed_widgets(), [""; 0], "{} after {phase} phases", entry.info.name);
            bench.key_press(Key::Space);
        }
        bench.key_press(Key::F1);
        bench.run();
        assert_eq!(bench.unnamed_widgets(), [""; 0], "{} with the list of keys", entry.info.name);
    }
}

#[test]
fn the_transport_fits_small_and_large_windows() {
    for entry in REGISTRY {
        let mut bench = small(lab(entry.info.name));
        for size in [Vec2::new(1024.0, 700.0), Vec2::new(1280.0, 800.0), Vec2::new(3840.0, 2160.0)] {
            bench.set_size(size);
            bench.run();
            let window = egui::Rect::from_min_size(egui::Pos2::ZERO, size);
            for label in
                ["\u{23ee} Restart", BACK, STEP, "\u{23e9} Run", "Position on the tape", "Light", "Save screenshot"]
            {
                let place = bench.get_by_label(label).rect();
                assert!(window.contains_rect(place), "{}: {label} is at {place} in {size}", entry.info.name);
            }
        }
    }
}

#[test]
fn a_paused_lab_draws_nothing() {
    for entry in REGISTRY {
        let mut bench = small(lab(entry.info.name));
        press(&mut bench, Key::Space);
        let wait = bench.output().viewport_output[&ViewportId::ROOT].repaint_delay;
        assert!(wait > Duration::from_secs(1), "{} asks to be drawn again after {wait:?}", entry.info.name);
    }
}

#[test]
fn what_fails_is_said_in_the_panel_and_there_is_a_way_on() {
    let mut bench = small(lab("pixels"));
    let wrong = saved(&json!({"file": "no-such-picture.png"}), &json!({}));
    bench.state_mut().panel().open(&wrong, Goal::Opening).unwrap();
    bench.run();
    assert!(shows(&bench, "This did not work"));
    assert!(bench.query_all_by_label_contains("no-such-picture.png").next().is_some(), "the file is named");
    click(&mut bench, "Use the default settings");
    assert!(!shows(&bench, "This did not work"));
    assert!(bench.state_mut().panel().failure().is_none());
}

#[test]
fn a_setting_out_of_range_changes_nothing() {
    let mut bench = small(lab("descent"));
    press(&mut bench, Key::Space);
    let before = bench.state_mut().panel().state();
    for (name, value) in [("lr", Value::from(-1)), ("rate", Value::from(1)), ("steps", Value::from("many"))] {
        let error =
            bench.state_mut().panel().open(&saved(&json!({name: value}), &json!({})), Goal::Opening).unwrap_err();
        assert!(error.contains(name), "{error}");
    }
    bench.run();
    assert_eq!(bench.state_mut().panel().state(), before);
}

#[test]
fn a_session_brings_everything_back() {
    let mut bench = small(lab("descent"));
    for entry in REGISTRY {
        bench.state_mut().choose(entry.info.name);
        bench.run();
        press(&mut bench, Key::Space);
    }
    click(&mut bench, "Dark");
    let session = bench.state().session();
    let again = small(restored(&session));
    let mut restored = again.state().session();
    // Panels that were not shown yet wait with what they were given.
    assert_eq!(restored.panels.len(), session.panels.len());
    for (name, panel) in &session.panels {
        let got = restored.panels.remove(name).unwrap();
        assert_eq!(got.state, panel.state, "{name}");
        assert!(panel.seen.iter().all(|seen| got.seen.contains(seen)), "{name}");
    }
    assert_eq!((restored.look, restored.current), (session.look, session.current));
    assert_eq!(again.ctx.theme(), Theme::Dark);
}

#[test]
fn a_session_that_does_not_fit_is_said_and_the_lab_opens() {
    let mut session = Session { current: "descent".to_owned(), ..Session::default() };
    let settings = Map::from_iter([("lr".to_owned(), Value::from(-7))]);
    let state =
        State { version: State::VERSION, experiment: "descent".into(), settings, position: 3, look: Map::new() };
    session.panels.insert("descent".to_owned(), PanelSession { state, seen: Vec::new() });
    let mut bench = small(restored(&session));
    assert!(bench.query_all_by_label_contains("starts with its defaults").next().is_some());
    click(&mut bench, "OK");
    assert!(bench.query_all_by_label_contains("starts with its defaults").next().is_none());
    assert!(shows(&bench, STEP));
}

#[derive(Debug)]
struct Dropped(std::path::PathBuf);

impl egui::DroppedFile for Dropped {
    fn path(&self) -> &std::path::Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        std::fs::read(&self.0).map_err(|error| error.to_string())
    }
}

#[test]
fn a_dropped_file_opens() {
    let folder = tempfile::tempdir().unwrap();
    let drop =
        |bench: &mut Bench, path: std::path::PathBuf| bench.input_mut().dropped_files.push(Arc::new(Dropped(path)));

    // A screenshot opens at its state, in whatever panel it was made.
    let mut bench = small(lab("pixels"));
    let settings = Map::from_iter([("start".to_owned(), Value::from(1.25))]);
    let state =
        State { version: State::VERSION, experiment: "descent".into(), settings, position: 9, look: Map::new() };
    let shot = folder.path().join("shot.png");
    write_png(&shot, &image::RgbaImage::new(4, 4), Some(&state)).unwrap();
    drop(&mut bench, shot);
    wait(&mut bench, "the screenshot's state", |bench| {
        bench.state().session().current == "descent" && position(bench) == 9
    });
    assert_eq!(bench.state_mut().panel().state().settings["start"], 1.25);

    // Any other picture opens in the pixel viewer.
    let picture = folder.path().join("digit.png");
    image::GrayImage::from_pixel(40, 50, image::Luma([200])).save(&picture).unwrap();
    drop(&mut bench, picture);
    wait(&mut bench, "the picture", |bench| bench.state().session().current == "pixels");
    assert!(bench.state_mut().panel().failure().is_none());

    // A model's weights open in the trainer, with the model that they are of.
    let weights = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/cnn.safetensors");
    drop(&mut bench, weights.into());
    wait(&mut bench, "the weights", |bench| bench.state().session().current == "trainer" && position(bench) == 1);
    let settings = bench.state_mut().panel().state().settings;
    assert_eq!((&settings["model"], &settings["weights"]), (&"cnn".into(), &weights.into()));
    assert_eq!(bench.state_mut().panel().failure(), None);

    // What cannot be opened is named, and nothing else changes.
    for name in ["gone.png", "gone.safetensors"] {
        drop(&mut bench, folder.path().join(name));
        wait(&mut bench, "a notice", |bench| bench.query_all_by_label_contains(name).next().is_some());
    }
    assert_eq!(bench.state_mut().panel().state().settings, settings);
}

#[test]
fn every_figure_opens_from_the_filmstrip() {
    for entry in REGISTRY {
        let mut bench = small(lab(entry.info.name));
        let figures = bench.state_mut().panel().lesson().unwrap().figures.clone();
        for figure in figures {
            bench.state_mut().panel().open_figure(&figure);
            bench.run();
            let panel = bench.state_mut().panel();
            assert_eq!((panel.failure(), panel.state().position), (None, figure.position), "{}", figure.name);
            assert!(bench.query_all_by_label(&figure.caption).next().is_some(), "the lesson shows its caption");
        }
    }
}

#[test]
fn with_a_background_engine_the_window_does_not_wait() {
    let notified = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let notify = {
        let notified = Arc::clone(&notified);
        Arc::new(move || notified.store(true, std::sync::atomic::Ordering::SeqCst))
    };
    let home = Home { data: Library::new(), notify: Some(notify) };
    let session = Session { current: "descent".to_owned(), filmstrip: false, ..Session::default() };
    let mut bench = small(Lab::new(&home, &session));
    wait(&mut bench, "the opening", |bench| position(bench) == 1);
    assert!(notified.load(std::sync::atomic::Ordering::SeqCst), "whoever draws is told");
    bench.key_press_modifiers(Modifiers::NONE, Key::Space);
    wait(&mut bench, "one phase", |bench| position(bench) == 2);
}
