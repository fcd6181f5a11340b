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

/// A bench with these cells.
fn bench(cells: &[&str]) -> TensorBench {
    let mut bench = TensorBench::default();
    bench.follow(&cells.iter().map(ToString::to_string).collect::<Vec<_>>());
    bench
}

/// What a bench is drawn with.
struct Desk {
    bench: TensorBench,
    environment: Environment,
    cells: Vec<String>,
    shelf: Shelf,
    window: Headless,
}

impl Desk {
    fn new(cells: &[&str]) -> Self {
        let cells = cells.iter().map(ToString::to_string).collect();
        let (bench, environment) = (TensorBench::default(), Environment::default());
        let mut desk = Self { bench, environment, cells, shelf: Shelf::default(), window: window() };
        desk.settle();
        desk
    }

    fn settle(&mut self) {
        let Self { bench, environment, cells, shelf, window } = self;
        window.settle(|ui| bench.ui(ui, environment, cells, shelf));
    }

    fn frame(&mut self, events: Vec<Event>) {
        let Self { bench, environment, cells, shelf, window } = self;
        window.frame(events, |ui| bench.ui(ui, environment, cells, shelf));
    }
}

#[test]
fn it_shows_the_cells_that_it_is_given() {
    let mut desk = Desk::new(&["t + 1", "t @"]);
    assert_eq!(texts(&desk.bench), ["t + 1", "t @"]);
    desk.bench.focus(1);
    desk.settle();
    desk.frame(vec![key(Key::Enter)]);
    desk.settle();
    assert_eq!((texts(&desk.bench), desk.bench.active), (vec!["t + 1", "t @", ""], 2));
    assert_eq!(desk.cells, texts(&desk.bench), "and gives back what became of them");
    desk.cells = vec!["t".to_owned(); 1000];
    desk.settle();
    assert_eq!((desk.cells.len(), desk.bench.active), (MAX_CELLS, 0));
    desk.cells.clear();
    desk.settle();
    assert_eq!(desk.cells, [""]);
}

#[test]
fn an_example_never_replaces_what_was_typed() {
    let mut one = bench(&["t[1, 1:3]", "t * 1.5"]);
    one.take_example("t.shape");
    assert_eq!(texts(&one), ["t.shape", "t * 1.5"]);
    let mut other = bench(&["t * 7"]);
    other.take_example("t.T");
    assert_eq!(texts(&other), ["t * 7", "t.T"]);
    other.take_example("t[1]");
    assert_eq!(texts(&other), ["t * 7", "t[1]"]);
}

#[test]
fn cells_come_and_go_but_one_stays() {
    let mut bench = bench(&["t"]);
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
    for example in examples::all() {
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
    let mut desk = Desk::new(&[""]);
    desk.bench.focus(0);
    desk.settle();
    desk.frame(vec![Event::Text("t + 1".to_owned())]);
    desk.frame(vec![key(Key::Enter)]);
    desk.settle();
    desk.frame(vec![Event::Text("t[9]".to_owned())]);
    desk.settle();
    assert_eq!(desk.cells, ["t + 1", "t[9]"]);
    desk.frame(vec![key(Key::ArrowUp)]);
    desk.settle();
    desk.frame(vec![Event::Text("0".to_owned())]);
    assert_eq!(desk.cells[1], "t[9]", "what is typed goes to the first cell again");
    assert!(desk.cells[0].contains('0'));
}
