use super::*;
use crate::data::Library;
use crate::engine::Goal;
use crate::panels::{Desk, Home, Panel, Wish};
use crate::shot::{Canvas, Headless};
use crate::widgets::theme;
use egui::{Event, Key, Modifiers, PointerButton, Pos2, Theme, pos2};
use serde_json::json;

/// The pixel viewer in a window of its own.
struct Window {
    headless: Headless,
    desk: Desk<PixelsView>,
}

impl Window {
    fn open(tab: &str, size: [f32; 2]) -> Self {
        let canvas = Canvas { size, pixels_per_point: 1.0, theme: Theme::Light };
        let headless = Headless::new(canvas, theme::install);
        let mut desk = Desk::<PixelsView>::new(&Home { data: Library::new(), notify: None });
        let view = Map::from_iter([("tab".to_owned(), Value::from(tab))]);
        desk.open(&Map::new(), Goal::Opening, &view).unwrap();
        let mut window = Self { headless, desk };
        for _ in 0..4 {
            window.frame(Vec::new());
        }
        window
    }

    fn frame(&mut self, events: Vec<Event>) {
        let desk = &mut self.desk;
        self.headless.frame(events, |ui| {
            desk.refresh();
            desk.ui(ui);
        });
    }

    fn key(&mut self, key: Key) {
        let event =
            |pressed| Event::Key { key, physical_key: None, pressed, repeat: false, modifiers: Modifiers::NONE };
        self.frame(vec![event(true), event(false)]);
        self.frame(Vec::new());
    }

    fn button(&mut self, pos: Pos2, pressed: bool) {
        let modifiers = Modifiers::NONE;
        self.frame(vec![Event::PointerMoved(pos)]);
        self.frame(vec![Event::PointerButton { pos, button: PointerButton::Primary, pressed, modifiers }]);
    }

    fn drag(&mut self, from: Pos2, to: Pos2) {
        self.button(from, true);
        for step in 1_u8..=8 {
            self.frame(vec![Event::PointerMoved(from + (to - from) * (f32::from(step) / 8.0))]);
        }
        self.button(to, false);
        self.frame(Vec::new());
    }

    fn setting(&self, name: &str) -> Value {
        self.desk.state().settings[name].clone()
    }

    fn tab(&self) -> Value {
        self.desk.state().view["tab"].clone()
    }
}

const SIZE: [f32; 2] = [702.0, 740.0];
/// The middle of the image's cell in row 14, column 14, in a window of this size.
const INSIDE: Pos2 = pos2(250.0, 400.0);

#[test]
fn every_tab_is_saved_and_restored_and_the_first_is_where_nothing_was_saved() {
    for page in pages() {
        let window = Window::open(page.name(), SIZE);
        assert_eq!(window.tab(), json!(page.name()));
        assert!(!page.title().is_empty() && !page.tip().is_empty());
    }
    assert_eq!(Window::open("no such tab", SIZE).tab(), json!("image"));
}

#[test]
fn arrow_keys_walk_when_the_image_has_the_focus() {
    let mut window = Window::open("image", SIZE);
    window.button(INSIDE, true);
    window.button(INSIDE, false);
    // The arrows are the image's from the frame after it got the focus.
    window.frame(Vec::new());
    window.frame(Vec::new());
    window.key(Key::ArrowRight);
    window.key(Key::ArrowRight);
    assert_eq!(window.setting("nth"), json!(3));
    window.key(Key::ArrowLeft);
    window.key(Key::ArrowUp);
    assert_eq!((window.setting("nth"), window.setting("digit")), (json!(2), json!(4)));
    for _ in 0..5 {
        window.key(Key::ArrowLeft);
    }
    assert_eq!(window.setting("nth"), json!(0), "and stop at the first");
}

#[test]
fn dragging_over_the_image_chooses_a_slice() {
    let mut window = Window::open("image", SIZE);
    window.drag(INSIDE, INSIDE + egui::vec2(40.0, 60.0));
    let (rows, columns) = (window.setting("rows"), window.setting("columns"));
    let length = |slice: &Value| {
        let range = crate::experiments::settings::parse_slice(slice.as_str().unwrap(), 28).unwrap();
        range.len()
    };
    assert!(length(&rows) > length(&columns) && length(&columns) >= 3, "{rows} {columns}");
}

#[test]
fn a_stroke_on_the_sheet_is_handed_over_when_the_pen_is_lifted() {
    let mut window = Window::open("draw", SIZE);
    window.button(pos2(120.0, 300.0), true);
    window.frame(vec![Event::PointerMoved(pos2(220.0, 300.0))]);
    window.frame(vec![Event::PointerMoved(pos2(260.0, 420.0))]);
    assert!(window.desk.wishes().is_empty(), "not before");
    window.button(pos2(260.0, 420.0), false);
    let wishes = window.desk.wishes();
    let [Wish::Keep(picture)] = &wishes[..] else { panic!("{wishes:?}") };
    assert!(picture.to_luma8().contains(&0), "black ink");
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("drawing.png");
    picture.save(&path).unwrap();
    assert!(window.desk.take_file(&path));
    window.frame(Vec::new());
    assert_eq!((window.tab(), window.setting("file")), (json!("draw"), json!(path.to_str().unwrap())));
}

#[test]
fn a_picture_from_outside_opens_its_tab() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("colour.png");
    ::image::RgbImage::from_fn(60, 40, |x, y| {
        ::image::Rgb(if x.abs_diff(y) < 4 { [9, 9, 90] } else { [250, 240, 200] })
    })
    .save(&path)
    .unwrap();
    let mut window = Window::open("image", SIZE);
    assert!(window.desk.take_file(&path));
    for _ in 0..3 {
        window.frame(Vec::new());
    }
    assert_eq!((window.tab(), window.desk.failure()), (json!("picture"), None));
}
