//! What a lab that wrote version 1 left behind opens for ever, at the same place and with the same to look at.

use std::path::PathBuf;

use digit_lab::experiments::{REGISTRY, Saved};
use digit_lab::session::Session;
use digit_lab::shot::{State, read_state};
use serde_json::{Map, Value, json};

use crate::harness::window::{lab, restored, small, state};

fn fixture(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "tests", "fixtures", "v1", name].iter().collect()
}

/// The settings and the look of a state as one: which of the two a name belongs to may change with time.
fn all(state: &State) -> Map<String, Value> {
    let mut all = state.settings.clone();
    all.extend(state.look.clone());
    all
}

/// That everything in `old` is so in `new`, whatever `new` has besides.
fn assert_kept(name: &str, old: &Map<String, Value>, new: &Map<String, Value>) {
    for (key, value) in old {
        // Names that were not one word.
        let renamed = match key.as_str() {
            "looked at" => "looked_at",
            "mini-batch" => "mini_batch",
            key => key,
        };
        let found = new.get(renamed).unwrap_or_else(|| panic!("{name}: {key} is lost"));
        match (value, found) {
            (Value::Object(old), Value::Object(new)) => assert_kept(&format!("{name}: {key}"), old, new),
            // Shelves had numbers.
            (Value::Number(_), Value::String(found)) if key == "shelf" => {
                assert_eq!((value, found.as_str()), (&json!(1), "arithmetic"), "{name}");
            }
            _ => assert_eq!(value, found, "{name}: {key}"),
        }
    }
}

#[test]
fn five_pictures_open_at_their_state() {
    for (name, position) in [("pixels", 12), ("baseline", 6266), ("coaster", 24), ("loss", 6), ("trainer", 250)] {
        let found = read_state(&fixture(&format!("{name}.png"))).unwrap().unwrap();
        assert_eq!((found.version, found.experiment.as_str(), found.position), (State::VERSION, name, position));
        let mut lab = lab("descent");
        lab.open_state(&found).unwrap();
        let mut bench = small(lab);
        let shown = state(&mut bench);
        assert_eq!((shown.experiment.as_str(), shown.position), (name, position));
        assert_kept(name, &all(&found), &all(&shown));
        assert_eq!(bench.state_mut().panel().failure(), None, "{name}");
        // What it shows now is a state of the present version, which comes back as it is.
        let text = serde_json::to_string(&shown).unwrap();
        assert_eq!(State::from_json(&text).unwrap(), shown, "{name}");
    }
}

#[test]
fn a_session_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("session.json");
    std::fs::copy(fixture("session.json"), &path).unwrap();
    let session = Session::read(&path).unwrap();
    assert_eq!(session.panels.len(), REGISTRY.len());
    let again = restored(&session).session();
    assert_eq!((&again.current, again.look, again.filmstrip), (&session.current, session.look, session.filmstrip));
    for (name, panel) in &session.panels {
        let now = &again.panels[name];
        assert_eq!((&now.seen, now.state.position), (&panel.seen, panel.state.position), "{name}");
        assert_kept(name, &all(&panel.state), &all(&now.state));
    }
}

#[test]
fn names_that_moved_to_the_look_are_still_settings_to_the_command_line() {
    let moved = [
        ("pixels", "nth", json!(7)),
        ("pixels", "rows", json!("6:20")),
        ("pixels", "dtype", json!("float")),
        ("baseline", "metric", json!("rmse")),
        ("baseline", "split", json!("valid")),
        ("baseline", "digit", json!(7)),
        ("descent", "nudge", json!(0.25)),
        ("loss", "image", json!(5)),
        ("loss", "pixel", json!(400)),
        ("loss", "factor", json!(1.5)),
    ];
    for (experiment, name, value) in moved {
        let entry = REGISTRY.iter().find(|entry| entry.info.name == experiment).unwrap();
        let saved = Saved { settings: Map::from_iter([(name.to_owned(), value.clone())]), look: Map::new() };
        let checked = (entry.check)(&saved).unwrap();
        assert!(!checked.settings.contains_key(name), "{experiment} {name}");
        assert_eq!(checked.look[name], value, "{experiment} {name}");
        assert!((entry.specs)().iter().any(|spec| spec.name == name), "{experiment} {name}");
    }
}
