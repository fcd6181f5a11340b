//! The panels of descent and of the computation graph, driven by the mouse, by the names of their controls and by keys.

use digit_lab::engine::Goal;
use digit_lab::experiments::{Phase, Saved};
use digit_lab::lesson;
use egui::Key;
use egui_kittest::kittest::Queryable as _;
use serde_json::Value;

use crate::harness::window::{Bench, click, json, lab, position, setting, shows, shows_part, small};

const POINT: &str = "The point: x";

fn bench(experiment: &str) -> Bench {
    small(lab(experiment))
}

#[test]
fn the_point_follows_the_mouse() {
    let mut bench = bench("descent");
    let from = bench.get_by_label(POINT).rect().center();
    let to = from + egui::vec2(70.0, 40.0);
    bench.drag_at(from);
    bench.run();
    bench.hover_at(to);
    bench.run();
    bench.drop_at(to);
    bench.run();
    let start = setting(&mut bench, "start").as_f64().unwrap();
    assert!(start > -1.3 && start < 0.0, "{start}");
    let point = bench.get_by_label(POINT).rect().center();
    assert!((point.x - to.x).abs() < 2.0, "the point is under the pointer: {} and {}", point.x, to.x);
    assert_eq!(json(&mut bench)["x"].as_f64().map(|x| (x * 100.0).round()), Some((start * 100.0).round()));
}

#[test]
fn dragging_in_the_middle_of_a_walk_starts_a_new_one_with_its_slope() {
    let mut bench = bench("descent");
    click(&mut bench, "Bouncing");
    let from = bench.get_by_label(POINT).rect().center();
    bench.drag_at(from);
    bench.run();
    bench.hover_at(from + egui::vec2(30.0, 0.0));
    bench.run();
    bench.drop_at(from + egui::vec2(30.0, 0.0));
    bench.run();
    assert_eq!(position(&mut bench), 4);
    assert!(shows_part(&bench, "raising x by 0.1 changes the loss by about"));
}

#[test]
fn the_point_moves_by_the_arrow_keys() {
    let mut bench = bench("descent");
    let before = position(&mut bench);
    bench.get_by_label(POINT).focus();
    bench.run();
    for _ in 0..3 {
        bench.key_press(Key::ArrowRight);
        bench.run();
    }
    bench.key_press(Key::ArrowLeft);
    bench.run();
    assert_eq!(setting(&mut bench, "start"), -1.3);
    assert_eq!(position(&mut bench), before, "the arrows moved the point, not the tape");
}

#[test]
fn each_preset_is_one_click() {
    let mut bench = bench("descent");
    for (title, x) in [("Good", "-1.6e-4"), ("Too low", "-0.2953"), ("Bouncing", "-0.8981"), ("Diverging", "1757")] {
        click(&mut bench, title);
        assert!(shows(&bench, x), "{title} ends at {x}");
    }
    assert!(shows_part(&bench, "multiplies the distance to the floor by -1.4"));
    click(&mut bench, "Try a tenth: 0.12");
    assert_eq!(setting(&mut bench, "lr"), 0.12);
    let after = json(&mut bench);
    assert!(after["loss"].as_f64().unwrap() < 1e-6, "{after}");
    assert!(!shows_part(&bench, "Try a tenth"));
}

#[test]
fn a_diverging_run_stops_by_itself() {
    let mut bench = bench("descent");
    click(&mut bench, "Diverging");
    bench.key_press(Key::Home);
    bench.run();
    for _ in 0..200 {
        bench.key_press(Key::Space);
        bench.step();
    }
    bench.run();
    assert!(shows_part(&bench, "The loss grew out of bounds") && shows(&bench, "Try a tenth: 0.12"));
    assert!(position(&mut bench) < 165, "before the 40 steps that were asked for");
}

#[test]
fn tabs_are_part_of_the_state() {
    let mut bench = bench("descent");
    click(&mut bench, "Rise over run");
    assert!(shows(&bench, "rise / h") && shows_part(&bench, "Rise over run is -2.5"));
    let state = bench.state_mut().panel().state();
    assert_eq!(state.look["tab"], "rise");
    click(&mut bench, "Learning rates");
    assert!(shows_part(&bench, "that is 0.4"));
    bench.state_mut().open_state(&state).unwrap();
    bench.run();
    assert!(shows(&bench, "rise / h"));
}

#[test]
fn a_nudge_too_small_is_called_so() {
    let mut bench = bench("descent");
    let open = |bench: &mut Bench, nudge: f64| {
        let saved = Saved::from_pairs(&[format!("nudge={nudge}"), "start=1.3".to_owned(), "tab=rise".to_owned()]);
        bench.state_mut().panel().open(&saved.unwrap(), Goal::Position(4)).unwrap();
        bench.run();
    };
    for (nudge, reason) in [(0.5, "bends away"), (1e-7, "rounding spoils"), (1e-12, "nothing rises")] {
        open(&mut bench, nudge);
        assert!(shows_part(&bench, reason), "h = {nudge}");
    }
}

/// Space, and nothing else, from before the first phase to the end: every phase has its words on the screen.
#[test]
fn the_lessons_are_walked_by_keyboard_alone() {
    for experiment in ["descent", "graph", "coaster"] {
        let mut bench = bench(experiment);
        bench.key_press(Key::Home);
        bench.run();
        let lesson = lesson::load(experiment).unwrap().unwrap();
        let mut phases: Vec<Option<Phase>> = vec![None];
        for text in &lesson.phases {
            // What the default settings do not come to is left out.
            if text.phase.is_some_and(|phase| phase != Phase::Zero) {
                phases.push(text.phase);
            }
        }
        let mut seen: Vec<Option<Phase>> = Vec::new();
        loop {
            let here = position(&mut bench);
            let found = lesson.phases.iter().find(|text| shows(&bench, &text.title)).map(|text| text.phase);
            seen.extend(found);
            bench.key_press(Key::Space);
            bench.run();
            if position(&mut bench) == here {
                break;
            }
        }
        assert!(phases.iter().all(|phase| seen.contains(phase)), "{experiment}: {seen:?}");
        assert_eq!(json(&mut bench)["stopped"], "done", "{experiment}");
    }
}

#[test]
fn a_second_backward_adds_until_it_is_zeroed() {
    let mut bench = bench("graph");
    bench.key_press(Key::End);
    bench.run();
    assert_eq!(json(&mut bench)["grad"], serde_json::json!([6.0, 8.0, 20.0]));
    bench.key_press(Key::Space);
    bench.run();
    // The words stand in the lesson too.
    bench.get_by_role_and_label(egui::accesskit::Role::Button, "Call backward again").click();
    bench.run();
    assert_eq!(json(&mut bench)["grad"], serde_json::json!([12.0, 16.0, 40.0]));
    assert!(shows_part(&bench, "holds 2 backwards, added up") && shows(&bench, "40"));
    let mut saved = bench.state_mut().panel().state().saved();
    saved.settings.insert("zero".to_owned(), Value::from(true));
    bench.state_mut().panel().open(&saved, Goal::Position(u64::MAX)).unwrap();
    bench.run();
    assert_eq!(json(&mut bench)["grad"], serde_json::json!([6.0, 8.0, 20.0]));
    assert!(shows_part(&bench, "zeroed before each"));
}
