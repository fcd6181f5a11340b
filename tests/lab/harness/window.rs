//! The lab in a window that is not there, driven by the names of its controls and by keys.

use std::time::{Duration, Instant};

use digit_lab::app::Lab;
use digit_lab::data::Library;
use digit_lab::engine::Goal;
use digit_lab::experiments::{Saved, registry};
use digit_lab::panels::Home;
use digit_lab::session::Session;
use digit_lab::shot::State;
use digit_lab::widgets::theme;
use egui::Key;
use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use serde_json::{Map, Value};

/// A window with the lab in it.
pub type Bench = Harness<'static, Lab>;

/// As small as the lab is meant to be used, in points.
pub const SMALL: [f32; 2] = [1024.0, 700.0];

/// The lab as a session left it. It computes at once.
pub fn restored(session: &Session) -> Lab {
    Lab::new(&Home { data: Library::new(), notify: None }, session)
}

/// A lab with one panel open and the filmstrip closed: its thumbnails are drawn in the background.
pub fn lab(experiment: &str) -> Lab {
    let mut lab = restored(&Session { filmstrip: false, ..Session::default() });
    assert!(lab.choose(experiment), "there is no panel on {experiment}");
    lab
}

/// The same with the panel at a position of its tape, with settings and a look.
pub fn lab_at(experiment: &str, settings: &Value, goal: Goal, look: &Value) -> Lab {
    let mut lab = lab(experiment);
    lab.panel().open(&saved(settings, look), goal).unwrap();
    lab
}

/// Settings and a look, each an object.
pub fn saved(settings: &Value, look: &Value) -> Saved {
    let map = |value: &Value| -> Map<String, Value> { value.as_object().unwrap().clone() };
    Saved { settings: map(settings), look: map(look) }
}

/// A small window, drawn until it has settled.
pub fn small(lab: Lab) -> Bench {
    window(lab, SMALL, 16)
}

/// A window of this size in points, drawn until it has settled, which takes at most so many frames.
pub fn window(lab: Lab, size: [f32; 2], most_frames: u64) -> Bench {
    let builder = Harness::builder().with_size(size).with_max_steps(most_frames).with_context_setup(theme::install);
    let mut bench = builder.build_ui_state(|ui, lab: &mut Lab| lab.ui(ui), lab);
    bench.run();
    bench
}

/// What a screenshot would carry.
pub fn state(bench: &mut Bench) -> State {
    bench.state_mut().panel().state()
}

/// A setting of the open panel.
pub fn setting(bench: &mut Bench, name: &str) -> Value {
    state(bench).settings[name].clone()
}

/// What is looked at in the open panel.
pub fn look(bench: &mut Bench, name: &str) -> Value {
    state(bench).look[name].clone()
}

/// Where the open panel's tape stands.
pub fn position(bench: &mut Bench) -> u64 {
    state(bench).position
}

/// The snapshot behind what is on the screen, as `run --json` would print it.
pub fn json(bench: &mut Bench) -> Value {
    let state = state(bench);
    let mut tape = (registry::find(&state.experiment).unwrap().open)(&state.saved(), &Library::new()).unwrap();
    tape.seek(state.position);
    tape.json().unwrap()
}

/// Whether something on the screen has this label.
pub fn shows(bench: &Bench, label: &str) -> bool {
    bench.query_all_by_label(label).next().is_some()
}

/// Whether this is part of some label on the screen.
pub fn shows_part(bench: &Bench, part: &str) -> bool {
    bench.query_all_by_label_contains(part).next().is_some()
}

/// Presses a key and draws what comes of it.
pub fn press(bench: &mut Bench, key: Key) {
    bench.key_press(key);
    bench.run();
}

/// Clicks a button and draws what comes of it. A lesson may name the button too.
pub fn click(bench: &mut Bench, label: &str) {
    bench.get_by_role_and_label(Role::Button, label).click();
    bench.run();
}

/// Draws frames until something has happened.
pub fn wait(bench: &mut Bench, what: &str, happened: impl Fn(&mut Bench) -> bool) {
    let start = Instant::now();
    loop {
        bench.step();
        if happened(bench) {
            return;
        }
        assert!(start.elapsed() < Duration::from_secs(20), "{what} did not come");
        std::thread::sleep(Duration::from_millis(5));
    }
}
