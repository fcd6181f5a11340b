//! Maps of 28 x 28 numbers on which a pixel is pointed at, clicked, or walked to with the arrow keys.

use crate::data::SIDE;
use crate::widgets::heatmap::{self, Heatmap, Scale};
use crate::widgets::{arrows, theme};
use egui::{Color32, Rect, Stroke, StrokeKind, Ui, Vec2};

/// Room for a colour bar, in points.
pub(super) const LEGEND: f32 = 26.0;

/// One map.
#[derive(Default)]
pub(super) struct PixelMap(Heatmap);

/// What a map answers.
pub(super) struct Pointed {
    /// Where it was drawn.
    pub(super) rect: Rect,
    /// The pixel under the pointer.
    pub(super) hovered: Option<usize>,
    /// The pixel that was clicked or walked to.
    pub(super) chosen: Option<usize>,
}

impl PixelMap {
    /// Draws `values` (784, row by row) `side` points wide under a title, with a colour bar below. `chosen` is the pixel
    /// from which the arrow keys walk.
    pub(super) fn show(
        &mut self,
        ui: &mut Ui,
        title: &str,
        values: &[f32],
        scale: Scale,
        side: f32,
        chosen: usize,
    ) -> Pointed {
        ui.vertical(|ui| {
            ui.set_width(side);
            ui.spacing_mut().item_spacing.y = 4.0;
            ui.strong(title);
            let cell = self.0.show(ui, title, values, SIDE, scale, side);
            heatmap::legend(ui, scale, side);
            let pixel = cell.at.map(|(row, column)| row * SIDE + column);
            let response = cell.response;
            let [right, down] = arrows::steps(ui, &response);
            let pressed = response.clicked() || response.dragged();
            if response.has_focus() {
                let stroke = Stroke::new(2.0, theme::tokens(ui).accent);
                ui.painter().rect_stroke(cell.rect, 0, stroke, StrokeKind::Outside);
            }
            let row = arrows::moved(chosen / SIDE, down, SIDE);
            let walked = Some(row * SIDE + arrows::moved(chosen % SIDE, right, SIDE)).filter(|to| *to != chosen);
            let hovered = pixel.filter(|_| response.hovered());
            Pointed { rect: cell.rect, hovered, chosen: pixel.filter(|_| pressed).or(walked) }
        })
        .inner
    }
}

/// Outlines a pixel of a map that covers `rect`.
pub(super) fn mark(ui: &Ui, rect: Rect, pixel: usize, color: Color32) {
    let cell = rect.width() / SIDE as f32;
    let corner = rect.min + Vec2::new((pixel % SIDE) as f32, (pixel / SIDE) as f32) * cell;
    let area = Rect::from_min_size(corner, Vec2::splat(cell)).expand(1.5);
    ui.painter().rect_stroke(area, 1, Stroke::new(2.0, color), StrokeKind::Outside);
}
