//! A matrix as shaded numbers.

use super::heatmap::{Scale, cell_at};
use super::theme;
use egui::{Align2, FontId, Pos2, Rect, Response, Sense, Stroke, StrokeKind, Ui, Vec2};
use std::ops::Range;

/// Room for the row and column numbers beside a grid, in points.
pub const HEADINGS: Vec2 = Vec2::new(20.0, 14.0);
/// Smaller than this nobody reads it, in points.
const SMALLEST: f32 = 6.0;

/// What a number grid answers.
pub struct GridResponse {
    /// Its response; its rectangle is that of the cells.
    pub response: Response,
    /// The cell under the pointer: row, column of the whole matrix.
    pub hovered: Option<(usize, usize)>,
}

/// A window on a matrix.
#[derive(Clone, Debug)]
pub struct NumberGrid<'a> {
    label: &'a str,
    values: &'a [f32],
    stride: usize,
    rows: Range<usize>,
    columns: Range<usize>,
    cell: Vec2,
    scale: Scale,
    headings: bool,
}

impl<'a> NumberGrid<'a> {
    /// The whole of a matrix `stride` wide, in cells of `cell` points; `label` is what a screen reader says.
    #[must_use]
    pub fn new(label: &'a str, values: &'a [f32], stride: usize, cell: Vec2, scale: Scale) -> Self {
        let stride = stride.max(1);
        Self { label, values, stride, rows: 0..values.len() / stride, columns: 0..stride, cell, scale, headings: false }
    }

    /// Only these rows and columns.
    #[must_use]
    pub const fn window(mut self, rows: Range<usize>, columns: Range<usize>) -> Self {
        self.rows = rows;
        self.columns = columns;
        self
    }

    /// With row and column numbers, which take [`HEADINGS`] more room.
    #[must_use]
    pub const fn headings(mut self) -> Self {
        self.headings = true;
        self
    }

    /// Draws it; the numbers, written by `text`, appear when cells are large enough to read them.
    pub fn show(&self, ui: &mut Ui, text: impl Fn(f32) -> String) -> GridResponse {
        let size = Vec2::new(self.columns.len() as f32 * self.cell.x, self.rows.len() as f32 * self.cell.y);
        let margin = if self.headings { HEADINGS } else { Vec2::ZERO };
        let (id, all) = ui.allocate_space(margin + size);
        let rect = Rect::from_min_size(all.min + margin, size);
        let response = ui.interact(rect, id, Sense::click_and_drag());
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, self.label));
        if ui.is_rect_visible(all) {
            if self.headings {
                self.paint_headings(ui, rect);
            }
            self.paint(ui, rect, text);
            let (line, tokens) = (response.has_focus(), theme::tokens(ui));
            let stroke = if line { Stroke::new(2.0, tokens.accent) } else { Stroke::new(1.0, tokens.line) };
            ui.painter().rect_stroke(rect, 0, stroke, StrokeKind::Outside);
        }
        let pos = response.hover_pos().or_else(|| response.interact_pointer_pos());
        let hovered = pos.and_then(|pos| cell_at(rect, [self.columns.len(), self.rows.len()], pos));
        let hovered = hovered.map(|(row, column)| (row + self.rows.start, column + self.columns.start));
        GridResponse { response, hovered }
    }

    fn min_of(&self, rect: Rect, row: usize, column: usize) -> Pos2 {
        rect.min + Vec2::new(column as f32 * self.cell.x, row as f32 * self.cell.y)
    }

    fn paint(&self, ui: &Ui, rect: Rect, text: impl Fn(f32) -> String) {
        let painter = ui.painter_at(rect);
        let font = FontId::monospace((self.cell.y * 0.62).min(self.cell.x * 0.48).min(15.0));
        let readable = font.size >= SMALLEST;
        for (i, row) in self.rows.clone().enumerate() {
            for (j, column) in self.columns.clone().enumerate() {
                let area = Rect::from_min_size(self.min_of(rect, i, j), self.cell);
                // A zoomed grid shows a part of itself; what is outside costs nothing.
                if !ui.clip_rect().intersects(area) {
                    continue;
                }
                let Some(&value) = self.values.get(row * self.stride + column) else { continue };
                let color = self.scale.color(value);
                painter.rect_filled(area, 0, color);
                if readable {
                    let ink = theme::text_on(color);
                    painter.text(area.center(), Align2::CENTER_CENTER, text(value), font.clone(), ink);
                }
            }
        }
    }

    /// Row and column numbers, as many as fit without touching.
    fn paint_headings(&self, ui: &Ui, rect: Rect) {
        let (font, color) = (FontId::monospace(9.0), theme::tokens(ui).text_weak);
        let every = |cell: f32, room: f32| if cell >= room { 1 } else { 2 };
        for (i, row) in self.rows.clone().enumerate().step_by(every(self.cell.y, 10.0)) {
            let at = self.min_of(rect, i, 0) + Vec2::new(-4.0, self.cell.y / 2.0);
            ui.painter().text(at, Align2::RIGHT_CENTER, row, font.clone(), color);
        }
        for (j, column) in self.columns.clone().enumerate().step_by(every(self.cell.x, 13.0)) {
            let at = self.min_of(rect, 0, j) + Vec2::new(self.cell.x / 2.0, -2.0);
            ui.painter().text(at, Align2::CENTER_BOTTOM, column, font.clone(), color);
        }
    }
}
