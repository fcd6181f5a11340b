//! A matrix as colours: images, mean images, differences, weights.

use super::theme;
use egui::{Align2, Color32, ColorImage, Rect, Response, Sense, TextureHandle, TextureOptions, Ui, Vec2, pos2};

/// How values become colours.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scale {
    /// Ink on paper: 0 is white, `max` is black.
    Ink {
        /// The value drawn black.
        max: f32,
    },
    /// Signed values: orange at `-max`, white at zero, blue at `max`.
    Signed {
        /// The value at the map's blue end.
        max: f32,
    },
}

impl Scale {
    /// A signed scale that reaches the largest size in `values` (1 when all are zero).
    #[must_use]
    pub fn signed(values: &[f32]) -> Self {
        let max = values.iter().fold(0.0_f32, |max, value| max.max(value.abs()));
        Self::Signed { max: if max > 0.0 && max.is_finite() { max } else { 1.0 } }
    }

    /// The colour of a value.
    #[must_use]
    pub fn color(self, value: f32) -> Color32 {
        match self {
            Self::Ink { max } => theme::ink(value / max),
            Self::Signed { max } => theme::diverging(value / max),
        }
    }
}

/// The texture of one heat map, made anew only when its pixels change.
#[derive(Default)]
pub struct Heatmap {
    texture: Option<TextureHandle>,
    pixels: Vec<Color32>,
}

impl Heatmap {
    /// Draws `values` (row-major, `columns` wide) as a picture `width` points wide, and returns the cell under the pointer.
    ///
    /// `label` is what a screen reader says.
    pub fn show(&mut self, ui: &mut Ui, label: &str, values: &[f32], columns: usize, scale: Scale, width: f32) -> Cell {
        let rows = values.len() / columns.max(1);
        let size = Vec2::new(width, width * rows as f32 / columns.max(1) as f32);
        let (rect, response) = ui.allocate_exact_size(size, Sense::click_and_drag());
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, label));
        if ui.is_rect_visible(rect) && rows > 0 {
            self.upload(ui, label, values.iter().map(|&value| scale.color(value)), [columns, rows]);
            if let Some(texture) = &self.texture {
                let uv = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
                ui.painter().image(texture.id(), rect, uv, Color32::WHITE);
            }
            let line = theme::tokens(ui).line;
            ui.painter().rect_stroke(rect, 0, (1.0, line), egui::StrokeKind::Outside);
        }
        let at = response
            .hover_pos()
            .or_else(|| response.interact_pointer_pos())
            .and_then(|pos| cell_at(rect, [columns, rows], pos));
        Cell { response, rect, at }
    }

    fn upload(&mut self, ui: &Ui, name: &str, colors: impl Iterator<Item = Color32>, size: [usize; 2]) {
        let same_size = self.texture.as_ref().is_some_and(|texture| texture.size() == size);
        let mut changed = !same_size;
        let mut count = 0;
        self.pixels.resize(size[0] * size[1], Color32::TRANSPARENT);
        for (pixel, color) in self.pixels.iter_mut().zip(colors) {
            changed |= *pixel != color;
            *pixel = color;
            count += 1;
        }
        if !changed || count != self.pixels.len() {
            return;
        }
        let image = ColorImage::new(size, self.pixels.clone());
        match &mut self.texture {
            Some(texture) => texture.set(image, TextureOptions::NEAREST),
            None => self.texture = Some(ui.ctx().load_texture(name, image, TextureOptions::NEAREST)),
        }
    }
}

/// What a heat map answers.
pub struct Cell {
    /// Its response.
    pub response: Response,
    /// Where it was drawn.
    pub rect: Rect,
    /// The cell under the pointer: row, column.
    pub at: Option<(usize, usize)>,
}

/// The cell of a grid of `[columns, rows]` that covers `rect`, at `pos`: row, column.
#[must_use]
pub fn cell_at(rect: Rect, [columns, rows]: [usize; 2], pos: egui::Pos2) -> Option<(usize, usize)> {
    if !rect.contains(pos) || rows == 0 || columns == 0 {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "inside the rectangle")]
    let place = |offset: f32, extent: f32, count: usize| ((offset / extent * count as f32) as usize).min(count - 1);
    Some((place(pos.y - rect.top(), rect.height(), rows), place(pos.x - rect.left(), rect.width(), columns)))
}

/// Below this width, in points, the two ends of a colour bar do not fit beside each other.
const NARROW: f32 = 130.0;

/// A colour bar `width` points wide with its ends written under it: what the colours of a map mean.
pub fn legend(ui: &mut Ui, scale: Scale, width: f32) {
    const STEPS: u8 = 32;
    let (low, max) = match scale {
        Scale::Ink { max } => (0.0, max),
        Scale::Signed { max } => (-max, max),
    };
    let (rect, response) = ui.allocate_exact_size(Vec2::new(width, 22.0), Sense::hover());
    let bar = rect.with_max_y(rect.top() + 7.0);
    for i in 0..STEPS {
        let t = |i: u8| f32::from(i) / f32::from(STEPS);
        let (left, right) = (egui::lerp(bar.x_range(), t(i)), egui::lerp(bar.x_range(), t(i + 1)));
        let value = egui::lerp(low..=max, f32::midpoint(t(i), t(i + 1)));
        ui.painter().rect_filled(Rect::from_x_y_ranges(left..=right, bar.y_range()), 0, scale.color(value));
    }
    let tokens = theme::tokens(ui);
    ui.painter().rect_stroke(bar, 0, (1.0, tokens.line), egui::StrokeKind::Outside);
    let font = egui::FontId::monospace(11.0);
    let text = |at, align, text: String| ui.painter().text(at, align, text, font.clone(), tokens.text_weak);
    if let (Scale::Signed { .. }, true) = (scale, width < NARROW) {
        text(rect.center_bottom(), Align2::CENTER_BOTTOM, format!("\u{b1} {}", short(max)));
    } else {
        text(rect.left_bottom(), Align2::LEFT_BOTTOM, short(low));
        text(rect.right_bottom(), Align2::RIGHT_BOTTOM, short(max));
    }
    response.on_hover_text(format!("Colours from {} to {}", short(low), short(max)));
}

fn short(value: f32) -> String {
    crate::experiments::report::number(f64::from(value))
}
