//! The table of keys, walked: each key that it names is pressed, and does what its row says.

use digit_lab::app::{Deed, KEYS};
use digit_lab::engine::{Goal, Move};
use digit_lab::widgets::transport::Action;
use egui::{Event, Key, Modifiers};
use serde_json::json;

use crate::harness::window::{Bench, lab_at, position, setting, shows, shows_part, small};

/// Mini-batches of threes and sevens in an epoch: 12,396 images in batches of 256.
const BATCHES: u64 = 49;
/// After the first phase, which draws the weights, each mini-batch takes four.
const BATCH: u64 = 4;
/// Where the trainer stands when a key is pressed: in the middle of the second epoch's third mini-batch.
const START: u64 = 1 + BATCH * (BATCHES + 2) + 2;

fn trainer() -> Bench {
    small(lab_at("trainer", &json!({"epochs": 3}), Goal::Position(START), &json!({})))
}

fn press(bench: &mut Bench, modifiers: Modifiers, key: Key) {
    bench.key_press_modifiers(modifiers, key);
    bench.run();
}

#[test]
fn each_key_does_what_its_row_says() {
    for row in KEYS {
        for &(modifiers, key, deed) in row.keys {
            // A dialog of the system would wait for a person; what a wish for one does is tested where files are.
            if matches!(deed, Deed::Open | Deed::Save) {
                continue;
            }
            let what = format!("{} ({key:?}): {}", row.name, row.meaning);
            let mut bench = trainer();
            assert_eq!(position(&mut bench), START, "{what}");
            let filmstrip = bench.state().session().filmstrip;
            press(&mut bench, modifiers, key);
            let to = position(&mut bench);
            match deed {
                Deed::Transport(Action::Move(Move::Step(1))) => assert_eq!(to, START + 1, "{what}"),
                Deed::Transport(Action::Move(Move::Back(1))) => assert_eq!(to, START - 1, "{what}"),
                Deed::Transport(Action::Move(Move::Unit(0))) => assert_eq!(to, 1 + BATCH * (BATCHES + 3), "{what}"),
                Deed::Transport(Action::Move(Move::Unit(1))) => assert_eq!(to, 1 + BATCH * 2 * BATCHES, "{what}"),
                Deed::Transport(Action::Move(Move::End)) => assert_eq!(to, 2 + BATCH * 3 * BATCHES, "{what}"),
                Deed::Transport(Action::Restart) => {
                    assert_eq!((to, setting(&mut bench, "seed")), (0, json!(42)), "{what}");
                }
                Deed::Transport(Action::NewSeed) => assert_eq!(setting(&mut bench, "seed"), json!(43), "{what}"),
                Deed::Run => {
                    assert!(bench.state_mut().panel().is_busy() || to > START, "{what}");
                    press(&mut bench, modifiers, key);
                    assert!(!bench.state_mut().panel().is_busy(), "{what}: and pauses");
                }
                Deed::Lesson(index) => {
                    let names = digit_lab::experiments::REGISTRY.iter().map(|entry| entry.info.name);
                    let expected = names.clone().nth(index).unwrap_or("trainer");
                    assert_eq!(bench.state_mut().panel().info().name, expected, "{what}");
                }
                Deed::Filmstrip => assert_ne!(bench.state().session().filmstrip, filmstrip, "{what}"),
                Deed::Help => assert!(shows(&bench, "run or pause"), "{what}"),
                Deed::Transport(_) | Deed::Open | Deed::Save => panic!("{what}: nobody looked whether it does"),
            }
        }
    }
}

#[test]
fn no_two_rows_have_the_same_key() {
    let all: Vec<_> = KEYS.iter().flat_map(|row| row.keys).map(|&(modifiers, key, _)| (modifiers, key)).collect();
    for (index, key) in all.iter().enumerate() {
        assert!(!all[..index].contains(key), "{key:?}");
    }
}

#[test]
fn a_unit_that_an_experiment_lacks_has_no_key() {
    let mut bench = small(lab_at("descent", &json!({}), Goal::Position(6), &json!({})));
    press(&mut bench, Modifiers::NONE, Key::E);
    assert_eq!(position(&mut bench), 6, "a walk has no epochs");
}

#[test]
fn a_focused_control_keeps_its_keys_but_not_those_with_ctrl() {
    let mut bench = trainer();
    bench.event(Event::Key {
        key: Key::Tab,
        physical_key: None,
        pressed: true,
        repeat: false,
        modifiers: Modifiers::NONE,
    });
    bench.run();
    press(&mut bench, Modifiers::NONE, Key::E);
    assert_eq!(position(&mut bench), START, "the focus is on a control");
    press(&mut bench, Modifiers::NONE, Key::Escape);
    press(&mut bench, Modifiers::NONE, Key::E);
    assert_eq!(position(&mut bench), 1 + BATCH * 2 * BATCHES);
    assert!(!shows_part(&bench, "run or pause"));
}
