//! Many small maps on one texture, as one picture with a cell for each: hidden units, filters, feature maps.

use crate::experiments::Same;
use crate::experiments::trainer::Activations;
use crate::widgets::arrows;
use crate::widgets::heatmap::{Scale, cell_at};
use crate::widgets::theme;
use egui::{
    Align2, Color32, ColorImage, FontId, Painter, Rect, Role, Sense, Stroke, StrokeKind, TextureHandle, TextureOptions,
    Ui, Vec2, WidgetInfo, pos2,
};
use std::sync::Arc;

/// Points between two maps.
const GAP: f32 = 6.0;
/// Room for a caption under a map, in points.
const CAPTION: f32 = 13.0;
/// Maps in a row of the texture.
const ATLAS: usize = 16;

/// One map.
pub(super) struct Map<'a> {
    /// Its values, row by row, as many rows as columns.
    pub values: &'a [f32],
    /// Short text under it, in this colour; none for no caption.
    pub caption: String,
    /// The colour of its frame, where that says something.
    pub frame: Option<Color32>,
}

/// What a picture of maps answers.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Answer {
    /// The map that was clicked or walked to.
    pub chosen: Option<usize>,
    /// The map under the pointer.
    pub hovered: Option<usize>,
}

/// How maps are laid out and coloured.
#[derive(Clone, Copy, Debug)]
pub(super) struct Layout {
    /// Rows, and columns, of each map.
    pub side: usize,
    /// Points along each map.
    pub width: f32,
    /// Colours of the values.
    pub scale: Scale,
}

/// The texture of a picture of maps, made anew only when what it is of changes.
#[derive(Default)]
pub(super) struct Atlas {
    texture: Option<TextureHandle>,
    shown: Option<(Same<Activations>, u64, Scale)>,
}

impl Atlas {
    /// Draws the maps in as many rows as they need. `label` is what a screen reader says; The values are those of
    /// what an image sets off, and of the order of the maps as a number.
    pub(super) fn show(
        &mut self,
        ui: &mut Ui,
        label: &str,
        maps: &[Map<'_>],
        layout: Layout,
        (of, order): (&Arc<Activations>, u64),
        chosen: Option<usize>,
    ) -> Answer {
        let caption = if maps.iter().any(|map| !map.caption.is_empty()) { CAPTION } else { 0.0 };
        let pitch = Vec2::new(layout.width + GAP, layout.width + GAP + caption);
        let columns = columns(ui.available_width(), layout.width);
        let rows = maps.len().div_ceil(columns).max(1);
        let size = Vec2::new(columns.min(maps.len()).max(1) as f32 * pitch.x, rows as f32 * pitch.y);
        let (rect, response) = ui.allocate_exact_size(size, Sense::click());
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, label));
        if maps.is_empty() || !ui.is_rect_visible(rect) {
            return Answer::default();
        }
        self.upload(ui, label, maps, layout, (Same(Arc::clone(of)), order, layout.scale));
        let grid = Rect::from_min_size(rect.min, Vec2::new(columns as f32 * pitch.x, rows as f32 * pitch.y));
        let under = |pos| {
            cell_at(grid, [columns, rows], pos)
                .map(|(row, column)| row * columns + column)
                .filter(|at| *at < maps.len())
        };
        let hovered = response.hover_pos().and_then(under);
        for (at, map) in maps.iter().enumerate() {
            let corner = rect.min + Vec2::new((at % columns) as f32 * pitch.x, (at / columns) as f32 * pitch.y);
            let picture = Rect::from_min_size(corner + Vec2::splat(2.0), Vec2::splat(layout.width));
            let is_marked = chosen == Some(at) || (response.has_focus() && chosen.is_none() && at == 0);
            self.paint(ui, picture, map, [at, maps.len()], is_marked, hovered == Some(at));
        }
        let clicked = if response.clicked() { response.interact_pointer_pos().and_then(under) } else { None };
        let [right, down] = arrows::steps(ui, &response);
        let steps = right + down * i64::try_from(columns).unwrap_or(1);
        let walked = (steps != 0).then(|| arrows::moved(chosen.unwrap_or(0), steps, maps.len()));
        Answer { chosen: clicked.or(walked), hovered }
    }

    fn paint(&self, ui: &Ui, picture: Rect, map: &Map<'_>, [at, count]: [usize; 2], is_chosen: bool, is_hovered: bool) {
        let tokens = theme::tokens(ui);
        let painter: &Painter = ui.painter();
        if let Some(texture) = &self.texture {
            painter.image(texture.id(), picture, uv(at, count), Color32::WHITE);
        }
        let stroke = if is_chosen || is_hovered {
            Stroke::new(2.0, tokens.accent)
        } else {
            map.frame.map_or_else(|| Stroke::new(1.0, tokens.line), |color| Stroke::new(1.5, color))
        };
        painter.rect_stroke(picture, 1, stroke, StrokeKind::Outside);
        let below = pos2(picture.center().x, picture.bottom() + 2.0);
        painter.text(below, Align2::CENTER_TOP, &map.caption, FontId::monospace(10.0), tokens.text_weak);
    }

    fn upload(&mut self, ui: &Ui, label: &str, maps: &[Map<'_>], layout: Layout, of: (Same<Activations>, u64, Scale)) {
        if self.shown.as_ref() == Some(&of) {
            return;
        }
        self.shown = Some(of);
        let side = layout.side;
        let size = [ATLAS * side, maps.len().div_ceil(ATLAS) * side];
        let mut atlas = ColorImage::filled(size, Color32::WHITE);
        for (at, map) in maps.iter().enumerate() {
            let (left, top) = (at % ATLAS * side, at / ATLAS * side);
            for (row, line) in map.values.chunks(side).take(side).enumerate() {
                let start = (top + row) * size[0] + left;
                for (pixel, &value) in atlas.pixels.iter_mut().skip(start).zip(line) {
                    *pixel = layout.scale.color(value);
                }
            }
        }
        match &mut self.texture {
            Some(texture) => texture.set(atlas, TextureOptions::NEAREST),
            None => self.texture = Some(ui.ctx().load_texture(label, atlas, TextureOptions::NEAREST)),
        }
    }
}

/// Maps that fit beside each other.
fn columns(available: f32, width: f32) -> usize {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small positive number")]
    let columns = (available / (width + GAP)) as usize;
    columns.max(1)
}

/// Where a map lies on the texture.
fn uv(at: usize, count: usize) -> Rect {
    let size = Vec2::new(1.0 / ATLAS as f32, 1.0 / count.div_ceil(ATLAS).max(1) as f32);
    Rect::from_min_size(pos2((at % ATLAS) as f32 * size.x, (at / ATLAS) as f32 * size.y), size)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_map_has_its_own_part_of_the_texture() {
        assert_eq!(uv(0, 30).min, pos2(0.0, 0.0));
        assert_eq!(uv(17, 30).min, pos2(1.0 / 16.0, 0.5));
        assert_eq!((columns(500.0, 44.0), columns(10.0, 44.0)), (10, 1));
    }
}
