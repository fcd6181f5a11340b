//! A sheet to draw a digit on, with a mouse, a pen or the keyboard.
//!
//! Strokes are kept as points, so that undo and redo draw the sheet anew and the same strokes give the same bytes.

use super::theme;
use egui::{
    ColorImage, Event, EventFilter, Key, Modifiers, PointerButton, Pos2, Rect, Response, Sense, Stroke, StrokeKind,
    TextureHandle, TextureOptions, Ui, Vec2, pos2,
};
use image::{GrayImage, Luma};

/// Rows and columns of the sheet: ten for each of a 28 x 28 image.
pub const SHEET: u16 = 280;
/// How thick the brush may be, in pixels of the sheet.
pub const BRUSHES: std::ops::RangeInclusive<f32> = 8.0..=48.0;
/// How wide the soft edge of a stroke is, as a part of its thickness.
const SOFT: f32 = 0.3;
/// Points nearer than this to the last one say nothing new, in pixels of the sheet.
const NEAREST: f32 = 0.75;
/// More points than a hand draws in one sitting; what is drawn beyond is left out.
const MAX_POINTS: usize = 50_000;
/// How far an arrow key moves the pen, in pixels of the sheet.
const KEY_STEP: f32 = 7.0;

/// What was done to the sheet.
#[derive(Clone, Debug, PartialEq)]
enum Mark {
    Stroke { brush: f32, points: Vec<Pos2> },
    Clear,
}

/// A sheet with its strokes.
pub struct DrawingPad {
    /// Thickness of the next stroke, in pixels of the sheet.
    pub brush: f32,
    marks: Vec<Mark>,
    undone: Vec<Mark>,
    points: usize,
    /// Whether the pen is down.
    drawing: bool,
    /// Where the keyboard's pen is, in pixels of the sheet.
    pen: Pos2,
    ink: Vec<u8>,
    revision: u64,
    texture: Option<(u64, TextureHandle)>,
}

/// What a drawing pad answers.
pub struct Drawn {
    /// Its response; its rectangle is the sheet.
    pub response: Response,
    /// A stroke was ended.
    pub finished: bool,
}

impl Default for DrawingPad {
    fn default() -> Self {
        let middle = f32::from(SHEET) / 2.0;
        Self {
            brush: 24.0,
            marks: Vec::new(),
            undone: Vec::new(),
            points: 0,
            drawing: false,
            pen: pos2(middle, middle),
            ink: blank(),
            revision: 0,
            texture: None,
        }
    }
}

impl DrawingPad {
    /// Whether there is no ink.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        matches!(self.marks.last(), None | Some(Mark::Clear))
    }

    /// Changes with every change of the sheet.
    #[must_use]
    pub const fn revision(&self) -> u64 {
        self.revision
    }

    /// The ink, 0 none to 255 full, row by row.
    #[must_use]
    pub fn ink(&self) -> &[u8] {
        &self.ink
    }

    /// The sheet as a picture: black ink on white paper.
    #[must_use]
    pub fn picture(&self) -> GrayImage {
        let side = usize::from(SHEET);
        let at = |x: u32, y: u32| self.ink.get(y as usize * side + x as usize).copied().unwrap_or_default();
        GrayImage::from_fn(u32::from(SHEET), u32::from(SHEET), |x, y| Luma([255 - at(x, y)]))
    }

    /// The strokes since the sheet was last fresh: of each its thickness, then x and y of every point, in pixels of the
    /// sheet.
    #[must_use]
    pub fn strokes(&self) -> Vec<Vec<f32>> {
        let first = self.marks.iter().rposition(|mark| *mark == Mark::Clear).unwrap_or(0);
        let numbers = |mark: &Mark| match mark {
            Mark::Stroke { brush, points } => {
                Some(std::iter::once(*brush).chain(points.iter().flat_map(|at| [at.x, at.y])).collect())
            }
            Mark::Clear => None,
        };
        self.marks.iter().skip(first).filter_map(numbers).collect()
    }

    /// Takes a fresh sheet with these strokes, as [`DrawingPad::strokes`] gives them. They may come from anywhere: a
    /// stroke that is not all finite numbers is left out, points beside the sheet come to its edge, and there is an end
    /// to their number.
    pub fn draw(&mut self, strokes: &[Vec<f32>]) {
        self.marks.clear();
        self.undone.clear();
        self.drawing = false;
        self.points = 0;
        for stroke in strokes.iter().filter(|stroke| stroke.iter().all(|number| number.is_finite())) {
            let Some((brush, numbers)) = stroke.split_first() else { continue };
            let (pairs, _) = numbers.as_chunks();
            let room = MAX_POINTS - self.points;
            let points: Vec<Pos2> = pairs.iter().take(room).map(|&[x, y]| on_sheet(pos2(x, y))).collect();
            self.points += points.len();
            if !points.is_empty() {
                self.marks.push(Mark::Stroke { brush: brush.clamp(*BRUSHES.start(), *BRUSHES.end()), points });
            }
        }
        self.redraw();
    }

    /// Whether there is something to take back.
    #[must_use]
    pub const fn can_undo(&self) -> bool {
        !self.marks.is_empty() && !self.drawing
    }

    /// Whether there is something to do again.
    #[must_use]
    pub const fn can_redo(&self) -> bool {
        !self.undone.is_empty() && !self.drawing
    }

    /// Takes the last stroke, or the last clearing, back.
    pub fn undo(&mut self) {
        if self.can_undo() {
            self.undone.extend(self.marks.pop());
            self.redraw();
        }
    }

    /// Does again what was taken back last.
    pub fn redo(&mut self) {
        if self.can_redo() {
            self.marks.extend(self.undone.pop());
            self.redraw();
        }
    }

    /// Takes a fresh sheet; undo brings the old one back.
    pub fn clear(&mut self) {
        if !self.is_empty() && !self.drawing {
            self.undone.clear();
            self.marks.push(Mark::Clear);
            self.redraw();
        }
    }

    /// Draws the sheet, `side` points wide, and takes strokes on it. `label` is what a screen reader says.
    pub fn show(&mut self, ui: &mut Ui, label: &str, side: f32) -> Drawn {
        let (rect, response) = ui.allocate_exact_size(Vec2::splat(side), Sense::click_and_drag());
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Canvas, true, label));
        let finished = self.pointer(ui, rect, &response) | self.keyboard(ui, &response);
        if ui.is_rect_visible(rect) {
            self.paint(ui, rect, &response);
        }
        Drawn { response, finished }
    }

    /// Takes every position that the pointer passed since the last frame, since a quick stroke passes many.
    fn pointer(&mut self, ui: &Ui, rect: Rect, response: &Response) -> bool {
        let mut finished = false;
        for event in ui.input(|input| input.events.clone()) {
            match event {
                Event::PointerButton { pos, button: PointerButton::Primary, pressed: true, .. }
                    if rect.contains(pos) && response.contains_pointer() =>
                {
                    response.request_focus();
                    self.pen_down(to_sheet(rect, pos));
                }
                Event::PointerMoved(pos) if self.drawing && response.is_pointer_button_down_on() => {
                    self.pen_to(to_sheet(rect, pos));
                }
                Event::PointerButton { pos, button: PointerButton::Primary, pressed: false, .. } if self.drawing => {
                    self.pen_to(to_sheet(rect, pos));
                    finished |= self.pen_up();
                }
                Event::PointerGone if self.drawing => finished |= self.pen_up(),
                _ => {}
            }
        }
        finished
    }

    /// Arrows move the pen, Space sets it down and lifts it.
    fn keyboard(&mut self, ui: &Ui, response: &Response) -> bool {
        if !response.has_focus() {
            return false;
        }
        let arrows = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, arrows));
        let count = |key| ui.input_mut(|input| input.count_and_consume_key(Modifiers::NONE, key)) as f32;
        let step =
            Vec2::new(count(Key::ArrowRight) - count(Key::ArrowLeft), count(Key::ArrowDown) - count(Key::ArrowUp));
        if step != Vec2::ZERO {
            let side = f32::from(SHEET);
            self.pen = (self.pen + step * KEY_STEP).clamp(Pos2::ZERO, pos2(side, side));
            if self.drawing {
                self.pen_to(self.pen);
            }
        }
        if count(Key::Space) > 0.0 {
            if self.drawing {
                return self.pen_up();
            }
            self.pen_down(self.pen);
        }
        false
    }

    fn pen_down(&mut self, at: Pos2) {
        if self.drawing || self.points >= MAX_POINTS {
            return;
        }
        self.drawing = true;
        self.undone.clear();
        self.points += 1;
        self.marks.push(Mark::Stroke { brush: self.brush, points: vec![at] });
        stamp(&mut self.ink, self.brush, at, at);
        self.pen = at;
        self.revision += 1;
    }

    fn pen_to(&mut self, at: Pos2) {
        let Some(Mark::Stroke { brush, points }) = self.marks.last_mut() else { return };
        let last = points.last().copied().unwrap_or(at);
        if last.distance(at) < NEAREST || self.points >= MAX_POINTS {
            return;
        }
        points.push(at);
        stamp(&mut self.ink, *brush, last, at);
        self.points += 1;
        self.pen = at;
        self.revision += 1;
    }

    const fn pen_up(&mut self) -> bool {
        std::mem::replace(&mut self.drawing, false)
    }

    /// Draws all strokes since the last clearing anew.
    fn redraw(&mut self) {
        self.ink = blank();
        let first = self.marks.iter().rposition(|mark| *mark == Mark::Clear).unwrap_or(0);
        for mark in self.marks.iter().skip(first) {
            let Mark::Stroke { brush, points } = mark else { continue };
            let mut last = points.first().copied();
            for &at in points {
                stamp(&mut self.ink, *brush, last.unwrap_or(at), at);
                last = Some(at);
            }
        }
        self.revision += 1;
    }

    fn paint(&mut self, ui: &Ui, rect: Rect, response: &Response) {
        let tokens = theme::tokens(ui);
        let side = usize::from(SHEET);
        if self.texture.as_ref().is_none_or(|(revision, _)| *revision != self.revision) {
            let pixels = self.ink.iter().map(|&ink| theme::ink(f32::from(ink) / 255.0)).collect();
            let image = ColorImage::new([side, side], pixels);
            if let Some((revision, texture)) = &mut self.texture {
                texture.set(image, TextureOptions::LINEAR);
                *revision = self.revision;
            } else {
                let texture = ui.ctx().load_texture("drawing pad", image, TextureOptions::LINEAR);
                self.texture = Some((self.revision, texture));
            }
        }
        let painter = ui.painter();
        if let Some((_, texture)) = &self.texture {
            let uv = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
            painter.image(texture.id(), rect, uv, egui::Color32::WHITE);
        }
        let focused = response.has_focus();
        let line = if focused { Stroke::new(2.0, tokens.accent) } else { Stroke::new(1.0, tokens.line) };
        painter.rect_stroke(rect, 0, line, StrokeKind::Outside);
        let from_sheet = rect.width() / f32::from(SHEET);
        let tip = response.hover_pos().or_else(|| focused.then(|| rect.min + self.pen.to_vec2() * from_sheet));
        if let Some(tip) = tip {
            let color = if self.drawing { tokens.prediction } else { tokens.accent };
            painter.with_clip_rect(rect).circle_stroke(tip, self.brush / 2.0 * from_sheet, Stroke::new(1.0, color));
        }
    }
}

fn blank() -> Vec<u8> {
    vec![0; usize::from(SHEET) * usize::from(SHEET)]
}

fn to_sheet(rect: Rect, pos: Pos2) -> Pos2 {
    let at = (pos - rect.min) / rect.size() * f32::from(SHEET);
    // Eighths of a pixel are finer than any hand, and short to write down.
    on_sheet(((at * 8.0).round() / 8.0).to_pos2())
}

/// The nearest point of the sheet.
fn on_sheet(at: Pos2) -> Pos2 {
    let side = f32::from(SHEET);
    at.clamp(Pos2::ZERO, pos2(side, side))
}

/// Lays ink along the line from `from` to `to`: full in the middle, fading over the brush's soft edge.
fn stamp(ink: &mut [u8], brush: f32, from: Pos2, to: Pos2) {
    let radius = brush / 2.0;
    let soft = brush * SOFT;
    let reach = Rect::from_two_pos(from, to).expand(radius + 1.0);
    let along = to - from;
    let length = along.length_sq();
    let rows = ink.chunks_exact_mut(usize::from(SHEET));
    for (y, row) in (0..SHEET).zip(rows).filter(|(y, _)| reach.y_range().contains(f32::from(*y) + 0.5)) {
        for (x, pixel) in (0..SHEET).zip(row).filter(|(x, _)| reach.x_range().contains(f32::from(*x) + 0.5)) {
            let at = pos2(f32::from(x) + 0.5, f32::from(y) + 0.5);
            let part = if length > 0.0 { ((at - from).dot(along) / length).clamp(0.0, 1.0) } else { 0.0 };
            let distance = at.distance(from + along * part);
            let amount = ((radius - distance) / soft).clamp(0.0, 1.0);
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 255")]
            let byte = (amount * amount * (3.0 - 2.0 * amount) * 255.0).round() as u8;
            *pixel = (*pixel).max(byte);
        }
    }
}

#[cfg(test)]
mod tests;
