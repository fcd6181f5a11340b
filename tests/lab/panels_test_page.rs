//! The trainer's "Test it" page, used as a reader does: strokes on the sheet, cells, galleries, keys, a picture file.

use std::time::Duration;

use digit_lab::engine::Goal;
use digit_lab::panels::Incoming;
use egui::{Event, Key, Modifiers, PointerButton, Pos2, Vec2, pos2};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use image::{GrayImage, Luma};
use serde_json::{Value, json};

use crate::harness::window::{Bench, lab_at, shows_part as has, state, window};

/// The linear model after one epoch, with this state of the page.
fn bench(test: &Value) -> Bench {
    let view = json!({"tab": "test", "test": test});
    window(lab_at("trainer", &json!({}), Goal::Position(197), &view), [1280.0, 1100.0], 16)
}

fn saved(bench: &mut Bench, name: &str) -> Value {
    state(bench).look["test"][name].clone()
}

/// A stroke through these points, in pixels of the sheet.
fn stroke(bench: &mut Bench, points: &[[f32; 2]]) {
    let sheet = bench.get_by_label_contains("A sheet to draw a digit on").rect();
    let at = |[x, y]: [f32; 2]| sheet.min + Vec2::new(x, y) / 280.0 * sheet.size();
    let button = |pos: Pos2, pressed| Event::PointerButton {
        pos,
        button: PointerButton::Primary,
        pressed,
        modifiers: Modifiers::NONE,
    };
    for &point in points {
        bench.event(Event::PointerMoved(at(point)));
        if point == points[0] {
            bench.run();
            bench.event(button(at(point), true));
        }
        bench.run();
    }
    bench.event(button(at(points[points.len() - 1]), false));
    bench.event(Event::PointerMoved(pos2(1.0, 1.0)));
    bench.run();
}

const SEVEN: [[f32; 2]; 4] = [[80.0, 60.0], [200.0, 60.0], [160.0, 140.0], [130.0, 230.0]];
const ZERO: [[f32; 2]; 9] = [
    [140.0, 40.0],
    [90.0, 80.0],
    [80.0, 140.0],
    [95.0, 205.0],
    [140.0, 240.0],
    [190.0, 205.0],
    [205.0, 140.0],
    [190.0, 80.0],
    [141.0, 40.0],
];

#[test]
fn a_drawing_is_answered_and_comes_back_with_its_state() {
    let mut bench = bench(&json!({"sample": "drawing"}));
    assert!(has(&bench, "Draw a digit on the sheet") && !has(&bench, "Baseline: "));
    stroke(&mut bench, &SEVEN);
    assert!(has(&bench, "Baseline: 7"), "the baseline reads the seven");
    assert!(has(&bench, "from the mean 7; the model is "));
    assert!(!has(&bench, "Unlike both"));
    let now = state(&mut bench);
    assert_eq!(now.look["test"]["strokes"].as_array().unwrap().len(), 1);
    let mut again = self::bench(&now.look["test"]);
    assert_eq!(state(&mut again).look, now.look);
    let said = |bench: &Bench| {
        let rows = bench.query_all_by_label_contains("from the mean");
        rows.filter_map(|row| row.accesskit_node().label().or_else(|| row.accesskit_node().value())).collect::<Vec<_>>()
    };
    assert_eq!(said(&again), said(&bench));
    assert_eq!(said(&again).len(), 2);
    bench.get_by_label("Clear").click();
    bench.run();
    assert!(has(&bench, "Draw a digit on the sheet") && !has(&bench, "Baseline: "));
}

#[test]
fn a_digit_that_the_model_does_not_know_is_said_to_be_unlike_both() {
    let mut bench = bench(&json!({"sample": "drawing"}));
    stroke(&mut bench, &ZERO);
    assert!(has(&bench, "Unlike both: neither a 3 nor a 7"));
    assert!(has(&bench, "The model still has to answer one of its digits."));
    assert!(has(&bench, "Model: "));
}

#[test]
fn a_cell_opens_its_images_and_an_image_becomes_the_sample() {
    let mut bench = bench(&json!({"sample": "drawing", "side": "confusion"}));
    bench.get_by_label_contains("7 called 3: ").click();
    bench.run();
    assert_eq!(saved(&mut bench, "cell"), json!([7, 3]));
    assert!(has(&bench, "of a 7 called 3"));
    let labels: Vec<String> = bench
        .query_all_by_label_contains("a 7 called a 3, loss ")
        .filter_map(|image| image.accesskit_node().label())
        .collect();
    let losses: Vec<f64> = labels
        .iter()
        .map(|label| label.split("loss ").nth(1).unwrap().split(',').next().unwrap().parse().unwrap())
        .collect();
    assert!(losses.len() > 2 && losses.is_sorted_by(|a, b| a >= b), "{losses:?}");
    bench.get_by_label(&labels[0]).click();
    bench.run();
    assert_eq!(saved(&mut bench, "sample"), "held out");
    // After its last step the model is the one that was measured: it is still wrong about this 7.
    assert!(has(&bench, "Model: 3") && has(&bench, ", a 7; "));
}

#[test]
fn the_arrow_keys_walk_among_the_held_out_images_and_tab_reaches_the_cells() {
    let mut bench = bench(&json!({"sample": "held out", "place": 5}));
    // The picture comes first, the line with its name below it.
    bench.query_all_by_label_contains("; 6 of 2038").next().unwrap().focus();
    bench.run();
    for (key, place) in [(Key::ArrowRight, 6), (Key::ArrowDown, 16), (Key::ArrowLeft, 15), (Key::ArrowUp, 5)] {
        bench.key_press(key);
        bench.run();
        assert_eq!(saved(&mut bench, "place"), place);
    }
    let mut is_reached = false;
    for _ in 0..60 {
        bench.key_press(Key::Tab);
        bench.run();
        is_reached |= bench.query_all_by_label_contains("3 called 7: ").any(|cell| cell.accesskit_node().is_focused());
    }
    assert!(is_reached, "Tab comes by the matrix");
}

#[test]
fn a_dropped_picture_is_read_and_the_run_stays_where_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mine.png");
    let ink = |x: u32, y: u32| if x.abs_diff(y) < 9 || y < 16 { 20 } else { 240 };
    GrayImage::from_fn(90, 120, |x, y| Luma([ink(x, y)])).save(&path).unwrap();
    let mut bench = bench(&json!({"sample": "drawing", "side": "pixels"}));
    assert!(bench.state_mut().panel().take_file(&Incoming::Other(path)));
    for _ in 0..200 {
        bench.step();
        if has(&bench, "mine.png") {
            break;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    bench.run();
    assert!(has(&bench, "mine.png") && has(&bench, "Baseline: "));
    assert!(has(&bench, "ink ") && has(&bench, "of the logit of 3"));
    assert_eq!((state(&mut bench).position, saved(&mut bench, "sample")), (197, json!("picture")));
    assert_eq!(saved(&mut bench, "pixels").as_str().unwrap().len(), 2 * 784);
    // What is no picture is for others.
    assert!(!bench.state_mut().panel().take_file(&Incoming::Other(folder.path().join("weights.bin"))));
}
