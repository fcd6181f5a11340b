//! Many small images side by side, on one texture; each can be pointed at, focused and clicked.

use super::theme;
use egui::{
    Color32, ColorImage, Rect, Response, Sense, Stroke, TextureHandle, TextureOptions, Ui, Vec2, WidgetInfo, pos2,
};

/// Images in a row of the texture, which the layout on the screen does not depend on.
const ATLAS_COLUMNS: usize = 16;

/// One image of a gallery.
pub struct Item<'a> {
    /// Its pixels row by row, paper 0 to ink 255; `side x side` of them.
    pub pixels: &'a [u8],
    /// What it is, for a tooltip and a screen reader.
    pub name: String,
    /// What stands under it.
    pub caption: String,
    /// Whether it is the one that is looked at elsewhere.
    pub chosen: bool,
}

/// The texture of a gallery, made anew only when its images change.
#[derive(Default)]
pub struct Gallery {
    texture: Option<TextureHandle>,
    bytes: Vec<u8>,
}

impl Gallery {
    /// Draws images of `side` x `side` pixels, each `width` points wide, in as many rows as they need; returns the index
    /// of the one that was clicked.
    pub fn show(&mut self, ui: &mut Ui, id: &str, items: &[Item<'_>], side: usize, width: f32) -> Option<usize> {
        self.upload(ui, id, items, side);
        let mut clicked = None;
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = Vec2::new(6.0, 6.0);
            for (index, item) in items.iter().enumerate() {
                let response = self.item(ui, index, item, items.len(), width);
                if response.clicked() {
                    clicked = Some(index);
                }
                response.on_hover_text(&item.name);
            }
        });
        clicked
    }

    fn item(&self, ui: &mut Ui, index: usize, item: &Item<'_>, count: usize, width: f32) -> Response {
        let tokens = theme::tokens(ui);
        let text_height = if item.caption.is_empty() { 0.0 } else { 14.0 };
        let (rect, response) = ui.allocate_exact_size(Vec2::new(width, width + text_height), Sense::click());
        response.widget_info(|| WidgetInfo::labeled(egui::Role::Button, true, &item.name));
        if !ui.is_rect_visible(rect) {
            return response;
        }
        let picture = Rect::from_min_size(rect.min, Vec2::splat(width));
        if let Some(texture) = &self.texture {
            ui.painter().image(texture.id(), picture, uv(index, count), Color32::WHITE);
        }
        let stroke = if item.chosen || response.has_focus() || response.hovered() {
            Stroke::new(2.0, tokens.accent)
        } else {
            Stroke::new(1.0, tokens.line)
        };
        ui.painter().rect_stroke(picture, 1, stroke, egui::StrokeKind::Outside);
        let font = egui::FontId::monospace(10.5);
        ui.painter().text(rect.center_bottom(), egui::Align2::CENTER_BOTTOM, &item.caption, font, tokens.text_weak);
        response
    }

    fn upload(&mut self, ui: &Ui, id: &str, items: &[Item<'_>], side: usize) {
        let same = self.bytes.len() == items.iter().map(|item| item.pixels.len()).sum::<usize>()
            && self.bytes.chunks(side * side).zip(items).all(|(bytes, item)| bytes == item.pixels);
        if same && self.texture.is_some() {
            return;
        }
        self.bytes = items.iter().flat_map(|item| item.pixels).copied().collect();
        let size = [ATLAS_COLUMNS * side, rows(items.len()) * side];
        let mut atlas = ColorImage::filled(size, Color32::WHITE);
        for (index, item) in items.iter().enumerate() {
            let (left, top) = (index % ATLAS_COLUMNS * side, index / ATLAS_COLUMNS * side);
            for (row, line) in item.pixels.chunks(side).enumerate() {
                let start = (top + row) * size[0] + left;
                for (pixel, &byte) in atlas.pixels.iter_mut().skip(start).zip(line) {
                    *pixel = theme::pixel([255 - byte; 3]);
                }
            }
        }
        match &mut self.texture {
            Some(texture) => texture.set(atlas, TextureOptions::NEAREST),
            None => self.texture = Some(ui.ctx().load_texture(id, atlas, TextureOptions::NEAREST)),
        }
    }
}

/// Rows of the texture for so many images; never none.
const fn rows(count: usize) -> usize {
    if count == 0 { 1 } else { count.div_ceil(ATLAS_COLUMNS) }
}

/// Where an image lies on the texture.
fn uv(index: usize, count: usize) -> Rect {
    let size = Vec2::new(1.0 / ATLAS_COLUMNS as f32, 1.0 / rows(count) as f32);
    let (column, row) = ((index % ATLAS_COLUMNS) as f32, (index / ATLAS_COLUMNS) as f32);
    Rect::from_min_size(pos2(column * size.x, row * size.y), size)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_image_has_its_own_part_of_the_texture() {
        assert_eq!(uv(0, 40).min, pos2(0.0, 0.0));
        let last = uv(47, 48);
        assert!((last.max - pos2(1.0, 1.0)).length() < 1e-6 && (last.min.y - 2.0 / 3.0).abs() < 1e-6);
        assert_eq!(rows(0), 1);
    }
}
