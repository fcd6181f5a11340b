//! A sheet to draw a digit on, with a mouse, a pen or the keyboard.
//!
//! It keeps what undo and redo need; the drawing itself belongs to whoever looks at it.

use super::theme;
use crate::data::{Drawing, SHEET, Stroke as Line, unit};
use egui::{
    ColorImage, Event, EventFilter, Key, Modifiers, PointerButton, Pos2, Rect, Response, Sense, Stroke, StrokeKind,
    TextureHandle, TextureOptions, Ui, Vec2, pos2,
};

/// How far an arrow key moves the pen, in pixels of the sheet.
const KEY_STEP: f32 = 7.0;

/// What was taken back.
enum Undone {
    Line(Line),
    Clear,
}

/// A sheet, and how it came to be as it is.
pub struct DrawingPad {
    /// Thickness of the next stroke, in pixels of the sheet.
    pub brush: f32,
    sheet: Drawing,
    /// The sheets that were cleared, the newest last.
    cleared: Vec<Drawing>,
    undone: Vec<Undone>,
    /// Whether the pen is down.
    drawing: bool,
    /// Where the keyboard's pen is, in pixels of the sheet.
    pen: Pos2,
    texture: Option<(Drawing, TextureHandle)>,
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
            sheet: Drawing::default(),
            cleared: Vec::new(),
            undone: Vec::new(),
            drawing: false,
            pen: pos2(middle, middle),
            texture: None,
        }
    }
}

impl DrawingPad {
    /// Takes a sheet with this drawing, unless it is the one that it has.
    pub fn follow(&mut self, drawing: &Drawing) {
        if self.sheet != *drawing {
            self.sheet = drawing.clone();
            self.cleared.clear();
            self.undone.clear();
            self.drawing = false;
        }
    }

    /// What is drawn.
    #[must_use]
    pub const fn drawing(&self) -> &Drawing {
        &self.sheet
    }

    /// Whether there is something to take back.
    #[must_use]
    pub fn can_undo(&self) -> bool {
        !(self.drawing || self.sheet.is_empty() && self.cleared.is_empty())
    }

    /// Whether there is something to do again.
    #[must_use]
    pub const fn can_redo(&self) -> bool {
        !self.undone.is_empty() && !self.drawing
    }

    /// Takes the last stroke, or the last clearing, back.
    pub fn undo(&mut self) {
        if !self.can_undo() {
        } else if let Some(line) = self.sheet.pop() {
            self.undone.push(Undone::Line(line));
        } else if let Some(sheet) = self.cleared.pop() {
            self.sheet = sheet;
            self.undone.push(Undone::Clear);
        }
    }

    /// Does again what was taken back last.
    pub fn redo(&mut self) {
        if !self.can_redo() {
            return;
        }
        match self.undone.pop() {
            Some(Undone::Line(line)) => {
                self.sheet.add(line);
            }
            Some(Undone::Clear) => self.cleared.push(std::mem::take(&mut self.sheet)),
            None => {}
        }
    }

    /// Takes a fresh sheet; undo brings the old one back.
    pub fn clear(&mut self) {
        if !self.sheet.is_empty() && !self.drawing {
            self.undone.clear();
            self.cleared.push(std::mem::take(&mut self.sheet));
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
        if self.drawing || !self.sheet.add(Line { brush: self.brush, points: vec![at.into()] }) {
            return;
        }
        self.drawing = true;
        self.undone.clear();
        self.pen = at;
    }

    fn pen_to(&mut self, at: Pos2) {
        self.sheet.extend(at.into());
        self.pen = at;
    }

    const fn pen_up(&mut self) -> bool {
        std::mem::replace(&mut self.drawing, false)
    }

    fn paint(&mut self, ui: &Ui, rect: Rect, response: &Response) {
        let tokens = theme::tokens(ui);
        if self.texture.as_ref().is_none_or(|(of, _)| *of != self.sheet) {
            let pixels = self.sheet.ink().iter().map(|&ink| theme::ink(unit(ink))).collect();
            let image = ColorImage::new([usize::from(SHEET); 2], pixels);
            if let Some((of, texture)) = &mut self.texture {
                texture.set(image, TextureOptions::LINEAR);
                *of = self.sheet.clone();
            } else {
                let texture = ui.ctx().load_texture("drawing pad", image, TextureOptions::LINEAR);
                self.texture = Some((self.sheet.clone(), texture));
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

fn to_sheet(rect: Rect, pos: Pos2) -> Pos2 {
    let at = (pos - rect.min) / rect.size() * f32::from(SHEET);
    let side = f32::from(SHEET);
    // Eighths of a pixel are finer than any hand, and short to write down.
    ((at * 8.0).round() / 8.0).to_pos2().clamp(Pos2::ZERO, pos2(side, side))
}

#[cfg(test)]
mod tests;
