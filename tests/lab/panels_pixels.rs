//! The pixel viewer's controls: each is reached by Tab, has a name, and acts by keyboard.

use std::collections::BTreeSet;

use digit_lab::engine::Goal;
use egui::Key;
use egui_kittest::kittest::{AccessKitNode, By, NodeT as _, Queryable as _};
use image::{Rgb, RgbImage};
use serde_json::{Value, json};

use crate::harness::window::{Bench, lab_at, window};

fn bench(tab: &str, settings: &Value) -> Bench {
    window(lab_at("pixels", settings, Goal::Opening, &json!({"tab": tab})), [1280.0, 800.0], 16)
}

/// The names of all that Tab comes by.
fn reached(bench: &mut Bench) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for _ in 0..70 {
        bench.key_press(Key::Tab);
        bench.run();
        for node in bench.query_all(By::new().predicate(|node: &AccessKitNode<'_>| node.is_focused())) {
            names.extend(node.accesskit_node().label());
        }
    }
    names
}

fn assert_reached(bench: &mut Bench, wanted: &[&str]) {
    let names = reached(bench);
    for name in wanted {
        assert!(names.iter().any(|found| found.contains(name)), "{name} is not among {names:?}");
    }
}

const TABS: [&str; 4] = ["Image", "Your picture", "Draw", "Stack"];

#[test]
fn the_image_s_controls_are_reached_by_tab() {
    let mut bench = bench("image", &json!({}));
    assert_reached(&mut bench, &TABS);
    let controls =
        ["Next", "Stack: 0", "Shaded table", "All", "Whole", "28 rows of 28 numbers", "PyTorch", "NumPy", "Copy"];
    assert_reached(&mut bench, &controls);
}

#[test]
fn the_sheet_s_controls_are_reached_by_tab() {
    assert_reached(&mut bench("draw", &json!({})), &["Draw", "A sheet to draw a digit on", "Brush"]);
}

#[test]
fn a_picture_s_switches_are_reached_by_tab_and_space_switches_them() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("stroke.png");
    let colour = |x: u32, y: u32| if x.abs_diff(y) < 4 { [9, 9, 90] } else { [250, 240, 200] };
    RgbImage::from_fn(60, 40, |x, y| Rgb(colour(x, y))).save(&path).unwrap();
    let settings = json!({"file": path.to_str().unwrap()});
    let mut bench = bench("picture", &settings);
    let switches = ["Stretch greys", "Cut to the box", "Keep proportions", "By its mass"];
    assert_reached(&mut bench, &switches);
    assert_reached(
        &mut bench,
        &["Red channel", "Green channel", "Blue channel", "Open a picture", "Paste", "Back to MNIST"],
    );
    bench.get_by_label("Cut to the box").focus();
    bench.run();
    bench.key_press(Key::Space);
    bench.run();
    assert_eq!(bench.state_mut().panel().state().settings["crop"], Value::Bool(false));
    assert!(bench.query_all_by_label_contains("pixels differ from what all steps together give").next().is_some());
}
