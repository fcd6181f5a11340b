use super::*;
use crate::data::Library;
use crate::engine::{Goal, Move};
use crate::experiments::{Checked, Page as _, Saved, Slice};
use crate::panels::{Desk, Home, Panel as _, Wish};
use crate::shot::{Canvas, Headless};
use crate::widgets::theme;
use crate::widgets::transport::Action;
use egui::{Event, Key, Modifiers, PointerButton, Pos2, Theme, pos2};
use std::path::Path;

/// The pixel viewer in a window of its own.
struct Window {
    headless: Headless,
    desk: Desk<PixelsView>,
}

impl Window {
    fn open(tab: Tab, size: [f32; 2]) -> Self {
        let canvas = Canvas { size, pixels_per_point: 1.0, theme: Theme::Light };
        let headless = Headless::new(canvas, theme::install);
        let mut desk = Desk::<PixelsView>::new(&Home { data: Library::new(), notify: None });
        let saved = Saved::of(&Checked::<Settings>::default(), &Look { tab, ..Look::default() });
        desk.open(&saved, Goal::Opening).unwrap();
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

    /// What a saved state would bring back.
    fn chosen(&self) -> (Checked<Settings>, Look) {
        self.desk.state().saved().read::<Pixels>().unwrap()
    }

    fn look(&self) -> Look {
        self.chosen().1
    }

    fn take_file(&mut self, path: &Path) -> bool {
        self.desk.take_file(&Incoming::Other(path.to_owned()))
    }
}

const SIZE: [f32; 2] = [702.0, 740.0];
/// The middle of the image's cell in row 14, column 14, in a window of this size.
const INSIDE: Pos2 = pos2(250.0, 400.0);

#[test]
fn every_tab_is_drawn_and_kept() {
    for &tab in Tab::ALL {
        assert_eq!(Window::open(tab, SIZE).look().tab, tab);
        assert!(!tab.title().is_empty() && !tab.meaning().is_empty());
    }
}

#[test]
fn arrow_keys_walk_when_the_image_has_the_focus() {
    let mut window = Window::open(Tab::Image, SIZE);
    window.button(INSIDE, true);
    window.button(INSIDE, false);
    // The arrows are the image's from the frame after it got the focus.
    window.frame(Vec::new());
    window.frame(Vec::new());
    window.key(Key::ArrowRight);
    window.key(Key::ArrowRight);
    assert_eq!(window.look().nth, 3);
    window.key(Key::ArrowLeft);
    window.key(Key::ArrowUp);
    assert_eq!((window.look().nth, window.chosen().0.digit), (2, 4));
    for _ in 0..5 {
        window.key(Key::ArrowLeft);
    }
    assert_eq!(window.look().nth, 0, "and stop at the first");
}

#[test]
fn looking_at_another_image_or_slice_leaves_the_stack_as_it_is() {
    let mut window = Window::open(Tab::Image, SIZE);
    window.desk.act(Action::Move(Move::Step(3)));
    window.frame(Vec::new());
    window.button(INSIDE, true);
    window.button(INSIDE, false);
    window.frame(Vec::new());
    for _ in 0..200 {
        window.key(Key::ArrowRight);
    }
    window.drag(INSIDE, INSIDE + egui::vec2(40.0, 60.0));
    let (settings, look) = window.chosen();
    assert_eq!((settings, look.nth, window.desk.state().position), (Checked::default(), 201, 3));
    assert_eq!(window.desk.runs(), 1, "no other run was opened");
}

#[test]
fn a_digit_with_fewer_images_shows_its_last() {
    let mut window = Window::open(Tab::Image, SIZE);
    let settings = Checked::new(Settings { digit: 5, ..Settings::default() }).unwrap();
    let saved = Saved::of(&settings, &Look { nth: 6130, ..Look::default() });
    window.desk.open(&saved, Goal::Opening).unwrap();
    window.frame(Vec::new());
    window.frame(Vec::new());
    assert_eq!((window.look().nth, window.desk.failure()), (5420, None));
}

#[test]
fn dragging_over_the_image_chooses_a_slice() {
    let mut window = Window::open(Tab::Image, SIZE);
    window.drag(INSIDE, INSIDE + egui::vec2(40.0, 60.0));
    let Look { rows, columns, .. } = window.look();
    let length = |slice: Slice| slice.range().len();
    assert!(length(rows) > length(columns) && length(columns) >= 3, "{rows} {columns}");
}

#[test]
fn a_stroke_on_the_sheet_is_handed_over_when_the_pen_is_lifted() {
    let mut window = Window::open(Tab::Draw, SIZE);
    window.button(pos2(120.0, 300.0), true);
    window.frame(vec![Event::PointerMoved(pos2(220.0, 300.0))]);
    window.frame(vec![Event::PointerMoved(pos2(260.0, 420.0))]);
    assert!(window.desk.wishes().is_empty(), "not before");
    assert_eq!(window.look().strokes.strokes()[0].points.len(), 3, "but it is looked at as it is drawn");
    window.button(pos2(260.0, 420.0), false);
    let wishes = window.desk.wishes();
    let [Wish::Keep(picture)] = &wishes[..] else { panic!("{wishes:?}") };
    assert!(picture.to_luma8().contains(&0), "black ink");
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("drawing.png");
    picture.save(&path).unwrap();
    assert!(window.take_file(&path));
    window.frame(Vec::new());
    let (settings, look) = window.chosen();
    assert_eq!((look.tab, settings.file.path(), look.strokes.strokes().len()), (Tab::Draw, Some(&*path), 1));
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
    let mut window = Window::open(Tab::Image, SIZE);
    assert!(window.take_file(&path));
    for _ in 0..3 {
        window.frame(Vec::new());
    }
    assert_eq!((window.look().tab, window.desk.failure()), (Tab::Picture, None));
}
