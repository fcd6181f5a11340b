//! The trainer's controls and pages, driven by the names of what is on the screen, and by keys.

use digit_lab::engine::Goal;
use egui::accesskit::Role;
use egui::{Key, Vec2};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use serde_json::{Value, json};

use crate::harness::window::{Bench, click, lab_at, look, position, setting, shows_part as shows, window};

fn bench(settings: Value, position: u64, view: Value) -> Bench {
    // Tall, so that nothing has to be scrolled to.
    window(lab_at("trainer", &settings, Goal::Position(position), &view), [1280.0, 1400.0], 64)
}

#[test]
fn the_rest_of_the_settings_unfolds_and_says_how_many_are_changed() {
    let mut bench = bench(json!({"momentum": 0.5, "patience": 3}), 1, json!({}));
    assert!(!shows(&bench, "Weight decay"));
    click(&mut bench, "More (2 changed)");
    for label in [
        "Loss",
        "Start from",
        "Momentum",
        "Weight decay",
        "Zero gradients",
        "Wrong labels",
        "Stop at accuracy",
        "Patience",
        "Weights file",
        "Data folder",
    ] {
        assert!(bench.query_all_by_label(label).next().is_some(), "{label}");
    }
    click(&mut bench, "As usual");
    assert_eq!((setting(&mut bench, "momentum"), setting(&mut bench, "patience")), (json!(0.0), json!(0)));
    click(&mut bench, "Less");
    assert!(shows(&bench, "More") && !shows(&bench, "Weight decay"));
}

#[test]
fn digits_are_chosen_by_buttons_and_never_fewer_than_two() {
    let mut bench = bench(json!({"loss": "mnist"}), 1, json!({}));
    click(&mut bench, "Digits: 3 and 7");
    click(&mut bench, "Swap");
    assert_eq!(setting(&mut bench, "digits"), "7,3");
    click(&mut bench, "Digit 3");
    assert_eq!(setting(&mut bench, "digits"), "7,3", "two are the least");
    click(&mut bench, "Digit 8");
    assert_eq!((setting(&mut bench, "digits"), setting(&mut bench, "loss")), (json!("3,7,8"), json!("auto")));
    click(&mut bench, "Digit 3");
    click(&mut bench, "all ten");
    assert_eq!(setting(&mut bench, "digits"), "all");
    assert_eq!(bench.state_mut().panel().failure(), None);
}

#[test]
fn a_run_that_broke_down_offers_a_tenth_of_its_rate() {
    let mut bench = bench(json!({"model": "cnn", "lr": 1000, "epochs": 1}), 40, json!({}));
    assert!(shows(&bench, "at a learning rate of 1000 the steps overshoot"));
    assert!(shows(&bench, "It failed at 1000."));
    bench.get_by_role_and_label(Role::Button, "Try a rate of 100").click();
    bench.step();
    bench.step();
    assert_eq!(setting(&mut bench, "lr"), 100.0);
    assert!(!shows(&bench, "It failed at 1000."));
}

#[test]
fn a_pinned_run_is_kept_and_found_again() {
    let mut bench = bench(json!({"epochs": 1}), 197, json!({"tab": "train"}));
    click(&mut bench, "Pin this run");
    let pins = look(&mut bench, "pins");
    assert_eq!(pins.as_array().map(Vec::len), Some(1));
    assert_eq!(pins[0]["epochs"].as_array().map(Vec::len), Some(2), "before training and after an epoch");
    let accuracy = pins[0]["epochs"][1][2].as_f64().unwrap();
    assert!((accuracy - 0.7291).abs() < 5e-5, "{accuracy}");
    // Pinned already: the button waits for something new.
    assert!(bench.get_by_role_and_label(Role::Button, "Pin this run").accesskit_node().is_disabled());
    click(&mut bench, "Digits: 3 and 7");
    click(&mut bench, "4 and 9");
    bench.key_press(Key::Escape);
    bench.run();
    assert_eq!(setting(&mut bench, "digits"), "4,9");
    assert_eq!(look(&mut bench, "pins"), pins, "another run leaves it");
    let list = bench.get_by_role_and_label(Role::Button, "1 pinned \u{23f7}");
    list.click();
    bench.run();
    assert!(shows(&bench, "linear, 1 epoch: 0.7291"));
    click(&mut bench, "Go back");
    assert_eq!(setting(&mut bench, "digits"), "3,7");
    click(&mut bench, "Unpin");
    assert_eq!(look(&mut bench, "pins"), json!([]));
}

#[test]
fn the_worst_image_comes_first_and_arrow_keys_walk() {
    let mut bench = bench(json!({}), 99, json!({"tab": "train"}));
    click(&mut bench, "worst");
    let worst = look(&mut bench, "image");
    assert_ne!(worst, 0);
    let strip = "Images 1 to";
    bench.get_by_label_contains(strip).focus();
    bench.run();
    bench.run();
    bench.key_press(Key::ArrowRight);
    bench.run();
    assert_ne!(look(&mut bench, "image"), worst);
    assert_eq!(position(&mut bench), 99, "the arrows chose an image and left the tape");
    bench.key_press(Key::ArrowLeft);
    bench.run();
    assert_eq!(look(&mut bench, "image"), worst);
}

#[test]
fn a_pixel_shows_its_arithmetic() {
    let mut bench = bench(json!({}), 5, json!({"tab": "train"}));
    let weights = bench.get_by_role_and_label(Role::Image, "New weights").rect();
    assert!(!shows(&bench, "row 14, column 14"));
    bench.hover_at(weights.min + weights.size() * (14.5 / 28.0));
    bench.run();
    assert!(shows(&bench, "row 14, column 14"));
    assert!(shows(&bench, "\u{2212} 1 \u{00d7}"), "weight minus rate times gradient");
}

#[test]
fn gradients_that_pile_up_say_of_how_many_they_are_the_sum() {
    let bench = bench(json!({"zero_grad": false}), 12, json!({"tab": "train"}));
    assert!(shows(&bench, "sum of 3; this one"));
}

#[test]
fn the_loader_counts_what_stands_in_a_mini_batch() {
    let mut ordered = bench(json!({}), 94, json!({"tab": "loader"}));
    assert!(shows(&ordered, "Only number 24 has more than one digit."));
    assert!(shows(&ordered, "The last has the 108 that are left over."));
    assert!(shows(&ordered, "243 \u{00d7} 3, 13 \u{00d7} 7"));
    assert!(shows(&ordered, "sizes 5 5 5 and 6 6 6 6 2"));
    let band = ordered.get_by_label_contains("The images of the epoch").rect();
    let last = band.right_center() - Vec2::new(5.0, 0.0);
    ordered.hover_at(last);
    ordered.run();
    // Frames stand far apart in a test: a click takes two and no more.
    ordered.drag_at(last);
    ordered.step();
    ordered.drop_at(last);
    ordered.run();
    assert_eq!(look(&mut ordered, "mini_batch"), 48);
    assert!(shows(&ordered, "108 \u{00d7} 7"));
    let shuffled = bench(json!({"shuffle": true}), 2, json!({"tab": "loader"}));
    assert!(shows(&shuffled, "Every one has several digits."));
}

#[test]
fn every_model_is_drawn_inside_and_out_at_every_phase() {
    for settings in [
        json!({}),
        json!({"digits": "all"}),
        json!({"model": "simple-net"}),
        json!({"model": "simple-net", "digits": "1,2,3"}),
        json!({"model": "mlp"}),
        json!({"model": "mlp", "digits": "3,7"}),
        json!({"model": "cnn"}),
        json!({"model": "cnn", "digits": "0,1,2", "init": "zeros"}),
    ] {
        for tab in ["train", "loader", "model"] {
            let mut bench = bench(
                settings.clone(),
                0,
                json!({"tab": tab, "looked_at": -1, "image": 999_999_999, "hidden": 999, "map": [9, 999]}),
            );
            for phase in 0..6 {
                bench.key_press(Key::Space);
                bench.run();
                assert_eq!(
                    (position(&mut bench), bench.state_mut().panel().failure()),
                    (phase + 1, None),
                    "{settings} {tab}"
                );
            }
            assert_eq!(look(&mut bench, "tab"), tab);
        }
    }
}

#[test]
fn a_held_out_image_is_walked_to_by_keys_and_its_hidden_units_add_up() {
    let mut bench = bench(json!({"model": "simple-net"}), 9, json!({"tab": "model", "looked_at": -1}));
    bench.get_by_label_contains("the arrow keys choose another").focus();
    bench.run();
    bench.run();
    bench.key_press(Key::ArrowRight);
    bench.run();
    assert_eq!(look(&mut bench, "looked_at"), -2);
    assert!(shows(&bench, "of 30 hidden units are on"));
    let text = bench.get_by_label_contains("sum of activation").accesskit_node().value().unwrap();
    let numbers: Vec<f64> =
        text.replace('\u{2212}', "-").split_whitespace().filter_map(|word| word.parse().ok()).collect();
    let [sum, bias, logit] = numbers[..] else { panic!("{text}") };
    assert!((sum + bias - logit).abs() < 2e-3, "{text}");
}
