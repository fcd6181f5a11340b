use super::*;
use crate::shot::headless::{Canvas, Headless};
use egui::{Event, Key, Modifiers, Theme};

fn window() -> Headless {
    let canvas = Canvas { size: [700.0, 900.0], pixels_per_point: 1.0, theme: Theme::Light };
    Headless::new(canvas, theme::install)
}

fn texts(bench: &TensorBench) -> Vec<&str> {
    bench.cells.iter().map(Cell::text).collect()
}

fn key(key: Key) -> Event {
    Event::Key { key, physical_key: None, pressed: true, repeat: false, modifiers: Modifiers::NONE }
}

#[test]
fn what_is_saved_comes_back() {
    let mut bench = TensorBench::default();
    let saved = Map::from_iter([
        ("cells".to_owned(), Value::from(vec!["t + 1", "t @"])),
        ("shelf".to_owned(), Value::from(99)),
    ]);
    bench.restore(&saved);
    assert_eq!(texts(&bench), ["t + 1", "t @"]);
    assert_eq!(bench.shelf, SHELVES.len() - 1);
    let mut other = TensorBench::default();
    other.restore(&bench.save());
    assert_eq!(other.save(), bench.save());
    other.restore(&Map::from_iter([("cells".to_owned(), Value::from(vec!["t"; 1000]))]));
    assert_eq!(other.cells.len(), MAX_CELLS);
    other.restore(&Map::from_iter([("cells".to_owned(), Value::from(Vec::<&str>::new()))]));
    assert_eq!(texts(&other), [""]);
}

#[test]
fn an_example_never_replaces_what_was_typed() {
    let mut bench = TensorBench::default();
    bench.take_example("t.shape");
    assert_eq!(texts(&bench), ["t.shape", OPENING[1], OPENING[2]]);
    bench.restore(&Map::from_iter([("cells".to_owned(), Value::from(vec!["t * 7"]))]));
    bench.take_example("t.T");
    assert_eq!(texts(&bench), ["t * 7", "t.T"]);
    bench.take_example("t[1]");
    assert_eq!(texts(&bench), ["t * 7", "t[1]"]);
}

#[test]
fn cells_come_and_go_but_one_stays() {
    let mut bench = TensorBench::default();
    for _ in 0..30 {
        bench.answer(bench.cells.len() - 1, Ask::Next);
    }
    assert_eq!(bench.cells.len(), MAX_CELLS);
    for _ in 0..30 {
        bench.answer(0, Ask::Remove);
    }
    assert_eq!(bench.cells.len(), 1);
}

/// Every example but the one that shows an error has an answer with the small tensors, or names an image.
#[test]
fn every_example_on_the_shelf_can_be_read() {
    use crate::math::expression::{Budget, evaluate};
    for example in SHELVES.iter().flat_map(|shelf| shelf.examples) {
        let answer = evaluate(example.text, &Environment::default(), Budget::full());
        if let Err(error) = answer {
            assert!(
                example.text == "t + m" || error.message.starts_with("nothing here is called"),
                "{}: {error}",
                example.text
            );
        }
        assert!(examples::is_example(example.text) && !example.meaning.is_empty());
    }
}

/// Tab to the first cell, type, go down with Enter: all by keyboard.
#[test]
fn it_can_be_worked_by_keyboard() {
    let mut bench = TensorBench::default();
    bench.restore(&Map::from_iter([("cells".to_owned(), Value::from(vec![""]))]));
    let environment = Environment::default();
    let mut window = window();
    window.settle(|ui| bench.ui(ui, &environment));
    bench.focus(0);
    window.settle(|ui| bench.ui(ui, &environment));
    window.frame(vec![Event::Text("t + 1".to_owned())], |ui| bench.ui(ui, &environment));
    window.frame(vec![key(Key::Enter)], |ui| bench.ui(ui, &environment));
    window.settle(|ui| bench.ui(ui, &environment));
    window.frame(vec![Event::Text("t[9]".to_owned())], |ui| bench.ui(ui, &environment));
    window.settle(|ui| bench.ui(ui, &environment));
    assert_eq!(texts(&bench), ["t + 1", "t[9]"]);
    window.frame(vec![key(Key::ArrowUp)], |ui| bench.ui(ui, &environment));
    window.settle(|ui| bench.ui(ui, &environment));
    window.frame(vec![Event::Text("0".to_owned())], |ui| bench.ui(ui, &environment));
    assert_eq!(texts(&bench)[1], "t[9]", "what is typed goes to the first cell again");
    assert!(texts(&bench)[0].contains('0'));
}
