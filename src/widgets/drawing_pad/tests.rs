use super::*;
use crate::data::Steps;
use crate::shot::{Canvas, Headless};
use egui::Theme;

/// A pad alone in a window, 280 points wide at (8, 8), so that a point is a pixel of the sheet.
struct Desk {
    headless: Headless,
    pad: DrawingPad,
    finished: usize,
}

impl Desk {
    fn new() -> Self {
        let canvas = Canvas { size: [300.0, 300.0], pixels_per_point: 1.0, theme: Theme::Light };
        let mut desk =
            Self { headless: Headless::new(canvas, theme::install), pad: DrawingPad::default(), finished: 0 };
        desk.frame(Vec::new());
        desk.frame(Vec::new());
        desk
    }

    fn frame(&mut self, events: Vec<Event>) {
        let (pad, finished) = (&mut self.pad, &mut self.finished);
        self.headless.frame(events, |ui| {
            let sheet = Rect::from_min_size(pos2(8.0, 8.0), Vec2::splat(280.0));
            ui.scope_builder(egui::UiBuilder::new().max_rect(sheet), |ui| {
                *finished += usize::from(pad.show(ui, "a sheet", 280.0).finished);
            });
        });
    }

    fn button(&mut self, at: [f32; 2], pressed: bool) {
        let pos = pos2(at[0] + 8.0, at[1] + 8.0);
        let modifiers = Modifiers::NONE;
        self.frame(vec![
            Event::PointerMoved(pos),
            Event::PointerButton { pos, button: PointerButton::Primary, pressed, modifiers },
        ]);
    }

    /// A stroke through these points, in pixels of the sheet, several positions a frame as a quick mouse gives them.
    fn stroke(&mut self, points: &[[f32; 2]]) {
        self.frame(vec![Event::PointerMoved(pos2(points[0][0] + 8.0, points[0][1] + 8.0))]);
        self.button(points[0], true);
        for pair in points[1..].chunks(2) {
            self.frame(pair.iter().map(|at| Event::PointerMoved(pos2(at[0] + 8.0, at[1] + 8.0))).collect());
        }
        self.button(points[points.len() - 1], false);
    }

    fn keys(&mut self, key: Key, times: usize) {
        for _ in 0..times {
            let event =
                |pressed| Event::Key { key, physical_key: None, pressed, repeat: false, modifiers: Modifiers::NONE };
            self.frame(vec![event(true), event(false)]);
        }
    }

    fn digit(&self) -> [u8; 784] {
        self.pad.drawing().stages(&Steps::default()).result
    }
}

const BAR: [[f32; 2]; 3] = [[80.0, 70.0], [140.0, 70.0], [200.0, 70.0]];
const LEG: [[f32; 2]; 4] = [[200.0, 70.0], [170.0, 120.0], [140.0, 170.0], [120.0, 220.0]];

/// Ink as a text of rows, so that a failure shows the picture.
fn rows(pixels: &[u8]) -> Vec<String> {
    let shade = |&byte: &u8| match byte {
        0 => '.',
        1..128 => '-',
        _ => '#',
    };
    pixels.chunks_exact(28).map(|row| row.iter().map(shade).collect()).collect()
}

#[test]
fn a_seven_drawn_with_the_mouse_becomes_these_784_bytes() {
    let mut desk = Desk::new();
    desk.stroke(&BAR);
    desk.stroke(&LEG);
    assert_eq!(desk.finished, 2);
    let digit = desk.digit();
    insta::assert_snapshot!(rows(&digit).join("\n"));
    insta::assert_debug_snapshot!(&digit[28 * 6..28 * 7]);
}

#[test]
fn a_stroke_is_soft_at_its_edge_and_full_in_its_middle() {
    let mut desk = Desk::new();
    desk.stroke(&BAR);
    let column: Vec<u8> = (50..90).map(|y| desk.pad.drawing().ink()[y * 280 + 140]).collect();
    assert_eq!(column[20], 255);
    assert!(column.iter().any(|&ink| ink > 0 && ink < 255));
    let inked = column.iter().filter(|&&ink| ink > 0).count();
    assert!((22..=24).contains(&inked), "24 pixels thick: {inked}");
}

#[test]
fn undo_redo_and_clear_bring_back_the_same_bytes() {
    let mut desk = Desk::new();
    desk.stroke(&BAR);
    let bar = desk.pad.drawing().ink().to_vec();
    desk.stroke(&LEG);
    let seven = desk.pad.drawing().ink().to_vec();
    assert_ne!(bar, seven);
    desk.pad.undo();
    assert_eq!(desk.pad.drawing().ink(), bar);
    desk.pad.redo();
    assert_eq!(desk.pad.drawing().ink(), seven);
    assert!(!desk.pad.can_redo());
    desk.pad.clear();
    assert!(desk.pad.drawing().is_empty() && desk.pad.drawing().ink().iter().all(|&ink| ink == 0));
    desk.pad.undo();
    assert_eq!(desk.pad.drawing().ink(), seven);
    desk.pad.undo();
    desk.stroke(&BAR);
    assert!(!desk.pad.can_redo(), "a new stroke is a new way on");
}

#[test]
fn a_click_leaves_a_dot_and_a_press_beside_the_sheet_nothing() {
    let mut desk = Desk::new();
    desk.stroke(&[[290.0, 100.0], [100.0, 100.0]]);
    assert!(desk.pad.drawing().is_empty() && desk.finished == 0);
    desk.stroke(&[[100.0, 100.0], [100.0, 100.0]]);
    assert_eq!((desk.finished, desk.pad.drawing().ink()[100 * 280 + 100]), (1, 255));
}

#[test]
fn the_keyboard_draws_as_well() {
    let mut desk = Desk::new();
    desk.keys(Key::Tab, 1);
    desk.keys(Key::ArrowUp, 5);
    assert!(desk.pad.drawing().is_empty());
    desk.keys(Key::Space, 1);
    desk.keys(Key::ArrowDown, 10);
    desk.keys(Key::Space, 1);
    assert_eq!(desk.finished, 1);
    let ink = |x: usize, y: usize| desk.pad.drawing().ink()[y * 280 + x];
    assert_eq!((ink(140, 105), ink(140, 140), ink(140, 175), ink(100, 140)), (255, 255, 255, 0));
}

#[test]
fn it_follows_another_drawing_and_keeps_its_own() {
    let mut desk = Desk::new();
    desk.stroke(&LEG);
    desk.pad.clear();
    desk.stroke(&BAR);
    desk.pad.brush = 13.7;
    desk.stroke(&LEG);
    let own = desk.pad.drawing().clone();
    let [bar, leg] = own.strokes() else { panic!("{own:?}") };
    assert_eq!((bar.brush, bar.points[0], leg.brush), (24.0, [80.0, 70.0], 13.7));
    desk.pad.follow(&own);
    desk.pad.undo();
    desk.pad.undo();
    desk.pad.undo();
    assert_eq!(desk.pad.drawing().strokes().len(), 1, "what was cleared is back");
    desk.pad.follow(&own);
    assert_eq!((desk.pad.drawing().ink(), desk.pad.can_redo()), (own.ink(), false));
}
