//! A matrix as shaded numbers.

use super::heatmap::{Scale, cell_at};
use super::theme;
use egui::{Align2, FontId, Rect, Response, Sense, Ui, Vec2};
use std::ops::Range;

/// What a number grid answers.
pub struct GridResponse {
    /// Its response.
    pub response: Response,
    /// The cell under the pointer: row, column of the whole matrix.
    pub hovered: Option<(usize, usize)>,
}

/// Draws the window `rows` x `columns` of a matrix `stride` wide, cells of `cell` points, each shaded by `scale`; the
/// numbers, written by `text`, appear when cells are large enough to read them.
#[expect(clippy::too_many_arguments, reason = "a matrix, a window on it and a look: each is one value")]
pub fn show(
    ui: &mut Ui,
    label: &str,
    values: &[f32],
    stride: usize,
    rows: Range<usize>,
    columns: Range<usize>,
    cell: Vec2,
    scale: Scale,
    text: impl Fn(f32) -> String,
) -> GridResponse {
    let size = Vec2::new(columns.len() as f32 * cell.x, rows.len() as f32 * cell.y);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click_and_drag());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, label));
    let font = FontId::monospace((cell.y * 0.62).min(cell.x * 0.48).min(14.0));
    let readable = font.size >= 6.5;
    if ui.is_rect_visible(rect) {
        let painter = ui.painter_at(rect.expand(1.0));
        for (i, row) in rows.clone().enumerate() {
            for (j, column) in columns.clone().enumerate() {
                let Some(&value) = values.get(row * stride + column) else { continue };
                let min = rect.min + Vec2::new(j as f32 * cell.x, i as f32 * cell.y);
                let area = Rect::from_min_size(min, cell);
                let color = scale.color(value);
                painter.rect_filled(area, 0, color);
                if readable {
                    painter.text(area.center(), Align2::CENTER_CENTER, text(value), font.clone(), theme::text_on(color));
                }
            }
        }
        painter.rect_stroke(rect, 0, (1.0, theme::tokens(ui).line), egui::StrokeKind::Outside);
    }
    let pos = response.hover_pos().or_else(|| response.interact_pointer_pos());
    let hovered = pos.and_then(|pos| cell_at(rect, [columns.len(), rows.len()], pos));
    GridResponse { hovered: hovered.map(|(row, column)| (row + rows.start, column + columns.start)), response }
}
