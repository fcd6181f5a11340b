//! The panel of the loss, driven by the mouse, by the names of its controls and by keys.

use std::collections::BTreeSet;

use digit_lab::engine::Goal;
use digit_lab::lesson;
use egui::{Key, Pos2, Rect};
use egui_kittest::kittest::Queryable as _;
use serde_json::{Map, Value, json};

use crate::harness::window::{Bench, click, json as facts, lab, lab_at, look, setting, shows_part as shows, small};

const TABS: [(&str, &str); 5] = [
    ("one", "One prediction"),
    ("product", "Matrix product"),
    ("table", "mnist_loss"),
    ("sigmoid", "Sigmoid"),
    ("flat", "Accuracy is flat"),
];

/// The panel at a position, with settings and a look.
fn at(position: u64, settings: &Value, look: &Value) -> Bench {
    small(lab_at("loss", settings, Goal::Position(position), look))
}

fn place(bench: &Bench, label: &str) -> Rect {
    bench.get_by_label(label).rect()
}

fn click_at(bench: &mut Bench, at: Pos2) {
    bench.hover_at(at);
    bench.run();
    bench.drag_at(at);
    bench.run();
    bench.drop_at(at);
    bench.run();
}

#[test]
fn space_alone_walks_the_lesson_and_turns_the_pages() {
    let mut bench = small(lab("loss"));
    bench.key_press(Key::Home);
    bench.run();
    let lesson = lesson::load("loss").unwrap().unwrap();
    let mut seen = BTreeSet::new();
    // What each page shows and no other does.
    let pages = [
        "Weights",
        "Weights",
        "Products",
        "A [3, 4] @ B [4, 2]",
        "Add a row",
        "Gradient by the output",
        "Accuracy: 44 steps",
        "Gradient by the output",
        "Gradient by the output",
    ];
    for (position, page) in pages.into_iter().enumerate() {
        assert_eq!(bench.state_mut().panel().state().position, position as u64);
        assert!(shows(&bench, page), "{page} at {position}");
        seen.extend(lesson.phases.iter().filter(|text| shows(&bench, &text.title)).map(|text| text.title.clone()));
        bench.key_press(Key::Space);
        bench.run();
    }
    assert!(lesson.phases.iter().all(|text| seen.contains(&text.title)), "{seen:?}");
    assert_eq!(facts(&mut bench)["stopped"], "done");
}

#[test]
fn a_tab_stays_until_the_reader_moves_on() {
    let mut bench = at(2, &json!({}), &json!({}));
    click(&mut bench, "mnist_loss");
    click(&mut bench, "Add a row");
    assert_eq!(setting(&mut bench, "predictions"), "0.9,0.4,0.2,0.5");
    assert!(shows(&bench, "Add a row"), "a change keeps the page");
    let state = bench.state_mut().panel().state();
    assert_eq!((&state.look["tab"], state.position), (&json!("table"), 2));
    bench.key_press(Key::Space);
    bench.run();
    assert!(shows(&bench, "A [3, 4] @ B [4, 2]"));
    bench.state_mut().open_state(&state).unwrap();
    bench.run();
    assert!(shows(&bench, "Add a row"), "a saved state brings the page back");
}

#[test]
fn a_setting_that_is_changed_keeps_the_page_of_its_phase() {
    let mut bench = at(6, &json!({}), &json!({}));
    click(&mut bench, "\u{d7}2");
    assert_eq!(look(&mut bench, "factor"), 2.0);
    assert_eq!(facts(&mut bench)["pixel"]["flipped"], 11);
    assert!(shows(&bench, "Accuracy: 44 steps") && shows(&bench, "-0.001086"));
    click(&mut bench, "Corner");
    assert!(shows(&bench, "ink in none of the 12396 images") && shows(&bench, "There are 144 such pixels"));
    click(&mut bench, "Close");
    click(&mut bench, "Live pixel");
    click(&mut bench, "\u{d7}1.0001");
    assert!(shows(&bench, "not one of the 12396 answers changes") && shows(&bench, "-1.377e-7"));
    assert!(shows(&bench, "Loss: its slope here is -0.001377"));
    assert_eq!(bench.state_mut().panel().state().look["zoom"], "close");
}

#[test]
fn a_weight_is_chosen_on_its_map_by_mouse_and_by_arrows() {
    let mut bench = at(6, &json!({}), &json!({}));
    let map = maps(&bench, "Row 13, column 14: 1.3947");
    let cell = map.width() / 28.0;
    click_at(&mut bench, map.min + egui::vec2(10.5, 12.5) * cell);
    assert_eq!(look(&mut bench, "pixel"), 12 * 28 + 10);
    let before = bench.state_mut().panel().state().position;
    for key in [Key::ArrowRight, Key::ArrowDown, Key::ArrowDown, Key::ArrowLeft] {
        bench.key_press(key);
        bench.run();
    }
    assert_eq!(look(&mut bench, "pixel"), 14 * 28 + 10);
    assert_eq!(bench.state_mut().panel().state().position, before, "the arrows moved the pixel, not the tape");
}

#[test]
fn a_pixel_of_the_image_shows_its_line_of_arithmetic() {
    let mut bench = at(2, &json!({"image": 1}), &json!({}));
    let all = facts(&mut bench);
    assert!(shows(&bench, &format!("= {:.4}", all["image"]["prediction"].as_f64().unwrap())));
    assert!(shows(&bench, "train/3/10000.png"));
    bench.hover_at(maps(&bench, "Products").center());
    bench.run();
    assert!(shows(&bench, "row 14, column 14: pixel"));
    click(&mut bench, "First 7");
    assert_eq!(look(&mut bench, "image"), 6131);
    click(&mut bench, "Previous");
    assert!(shows(&bench, "image 6130 of 12396"));
}

/// The picture among what has this name: its title has it too.
fn maps(bench: &Bench, label: &str) -> Rect {
    bench.get_by_role_and_label(egui::accesskit::Role::Image, label).rect()
}

#[test]
fn row_meets_column_under_the_pointer_and_under_the_focus() {
    let mut bench = at(3, &json!({}), &json!({}));
    let cell = place(&bench, "row 2, column 1 of A @ B: 3");
    bench.hover_at(cell.center());
    bench.run();
    assert!(shows(&bench, "row 2 with column 1: 2\u{b7}2 + 1\u{b7}(-1) + 0\u{b7}1 + 4\u{b7}0 = 3"));
    bench.hover_at(Pos2::new(2.0, 2.0));
    bench.get_by_label("row 1, column 0 of A @ B: 5").focus();
    bench.run();
    assert!(shows(&bench, "row 1 with column 0:"));
    let label = "image 12395: prediction 28.6816";
    bench.hover_at(place(&bench, label).center());
    bench.run();
    assert!(shows(&bench, "Image 12395: a 7"));
    click(&mut bench, label);
    assert_eq!(look(&mut bench, "image"), 12_395);
}

#[test]
fn the_table_is_edited_by_its_buttons_and_by_typing() {
    let mut bench = at(4, &json!({}), &json!({}));
    assert!(shows(&bench, "0.4333"));
    bench.get_by_role_and_label(egui::accesskit::Role::Button, "0  a 7").click();
    bench.run();
    assert_eq!(setting(&mut bench, "targets"), "1,1,1");
    click(&mut bench, "Remove 2");
    assert_eq!((setting(&mut bench, "predictions"), setting(&mut bench, "targets")), (json!("0.9,0.2"), json!("1,1")));
    for rows in 3..=12 {
        click(&mut bench, "Add a row");
        assert_eq!(facts(&mut bench)["predictions"].as_array().unwrap().len(), rows);
    }
    click(&mut bench, "The first three");
    assert_eq!(facts(&mut bench)["distances"].as_array().unwrap().len(), 3);
    bench.get_by_role_and_label(egui::accesskit::Role::CheckBox, "Through the sigmoid").click();
    bench.run();
    assert_eq!(setting(&mut bench, "sigmoid"), true);
    let loss = facts(&mut bench)["loss"].as_f64().unwrap();
    assert!(shows(&bench, &format!("{loss:.4}")) && (loss - 0.4333).abs() > 0.01);
}

#[test]
fn a_confident_mistake_has_its_numbers_and_its_point_is_dragged() {
    let mut bench = at(7, &json!({}), &json!({}));
    click(&mut bench, "A confident mistake");
    assert_eq!(setting(&mut bench, "predictions"), "-8,-2,0,2");
    assert!(shows(&bench, "mnist_loss 0.9997, gradient -0.000335; cross-entropy 8.0003, gradient -0.9997"));
    assert!(shows(&bench, "Sure and wrong"));
    let plot = maps(&bench, "Sigmoid: 1 / (1 + exp(-x))");
    // The third row's point is at an output of 0: in the middle of what is to the right of and above the axes' words.
    let from = plot.center();
    bench.hover_at(from);
    bench.run();
    bench.drag_at(from);
    bench.run();
    bench.hover_at(from + egui::vec2(60.0, 0.0));
    bench.run();
    bench.drop_at(from + egui::vec2(60.0, 0.0));
    bench.run();
    let moved = setting(&mut bench, "predictions");
    let moved: Vec<f64> = moved.as_str().unwrap().split(',').map(|part| part.parse().unwrap()).collect();
    assert_eq!((moved[0], moved[1], moved[3]), (-8.0, -2.0, 2.0), "{moved:?}");
    assert!(moved[2] > 0.5, "the third point went to the right: {moved:?}");
}

#[test]
fn every_tab_opens_at_every_position_with_any_table() {
    for settings in [
        json!({}),
        json!({"predictions": "1e30,-1e30,0", "targets": "0,1,1", "sigmoid": true, "pixel": 783, "factor": -10.0}),
        json!({"predictions": "1.5", "targets": "1", "pixel": 349, "factor": 0.0, "seed": 7, "image": 12_395}),
        json!({"predictions": vec!["0.25"; 100].join(","), "targets": vec!["0"; 100].join(",")}),
    ] {
        for (tab, title) in TABS {
            for zoom in ["wide", "close"] {
                let mut bench = at(0, &settings, &json!({"tab": tab, "zoom": zoom}));
                assert!(shows(&bench, title), "{tab}");
                assert_eq!(bench.state_mut().panel().failure(), None, "{tab}: {settings}");
                assert_eq!(bench.state_mut().panel().state().look["tab"], tab);
            }
        }
    }
}

#[test]
fn a_look_that_does_not_fit_is_ignored() {
    let look = json!({"tab": 3, "zoom": "x", "cell": [9, -1], "row": 99, "looked_at": 1e9});
    let mut bench = at(3, &json!({}), &look);
    assert!(shows(&bench, "row 0 with column 0"));
    let saved: Map<String, Value> = bench.state_mut().panel().state().look;
    assert!(!saved.contains_key("tab"));
    assert_eq!((&saved["zoom"], &saved["cell"], &saved["row"]), (&json!("usual"), &json!([0, 0]), &json!(0)));
}
