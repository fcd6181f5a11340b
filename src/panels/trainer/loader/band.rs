//! All images of an epoch as a band of colours: a column a mini-batch, a cell an image.

use crate::experiments::Same;
use crate::experiments::trainer::{Composition, Snapshot};
use crate::widgets::arrows::{moved, steps};
use crate::widgets::theme;
use egui::{
    Color32, ColorImage, Rect, Role, Sense, Stroke, StrokeKind, TextureHandle, TextureOptions, Ui, Vec2, WidgetInfo,
    pos2,
};
use std::sync::Arc;

/// Columns and rows of the texture at most: more mini-batches, or images in one, are sampled.
const MOST: [usize; 2] = [600, 128];

/// The band, made anew only when it shows another epoch.
#[derive(Default)]
pub(super) struct Band {
    texture: Option<TextureHandle>,
    drawn: Option<Same<Composition>>,
}

impl Band {
    /// Draws it with the present mini-batch lit and the one that is looked at framed; returns one that was clicked or
    /// walked to.
    pub(super) fn show(
        &mut self,
        ui: &mut Ui,
        snapshot: &Snapshot,
        epoch: &Arc<Composition>,
        present: Option<usize>,
        shown: usize,
        height: f32,
    ) -> Option<usize> {
        let count = epoch.counts.len().max(1);
        let (all, response) = ui.allocate_exact_size(Vec2::new(ui.available_width(), height), Sense::click());
        let label = "The images of the epoch in their order; the arrow keys choose a mini-batch";
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, label));
        let rect = all.shrink2(Vec2::new(2.0, 6.0));
        if ui.is_rect_visible(rect) {
            self.upload(ui, snapshot, epoch);
        }
        let tokens = theme::tokens(ui);
        if let Some(texture) = &self.texture {
            let uv = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
            ui.painter().image(texture.id(), rect, uv, Color32::WHITE);
        }
        let pitch = rect.width() / count as f32;
        let column = |at: usize| {
            let left = rect.left() + pitch * at as f32;
            // Where there are a thousand mini-batches, a mark of one would not be seen.
            Rect::from_x_y_ranges(left..=left + pitch, rect.y_range())
                .expand2(Vec2::new((2.0 - pitch / 2.0).max(0.0), 0.0))
        };
        if let Some(present) = present {
            let mark = column(present);
            for y in [rect.top() - 4.0, rect.bottom() + 4.0] {
                ui.painter().hline(mark.x_range(), y, Stroke::new(4.0, tokens.accent));
            }
        }
        ui.painter().rect_stroke(column(shown), 1, Stroke::new(2.0, tokens.accent), StrokeKind::Outside);
        let under = |pos: egui::Pos2| {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "inside the picture")]
            let at = ((pos.x - rect.left()) / pitch).max(0.0) as usize;
            at.min(count - 1)
        };
        let hovered = response.hover_pos().map(under);
        if let Some(at) = hovered {
            ui.painter().rect_stroke(column(at), 1, Stroke::new(1.5, tokens.text), StrokeKind::Outside);
        }
        let clicked = if response.clicked() { response.interact_pointer_pos().map(under) } else { None };
        let [right, down] = steps(ui, &response);
        let walked = (right + down != 0).then(|| moved(shown, right + 10 * down, count));
        if let Some(at) = hovered {
            response.on_hover_text_at_pointer(describe(snapshot, &epoch.counts, at));
        }
        clicked.or(walked)
    }

    fn upload(&mut self, ui: &Ui, snapshot: &Snapshot, epoch: &Arc<Composition>) {
        let of = Some(Same(Arc::clone(epoch)));
        if self.drawn == of {
            return;
        }
        self.drawn = of;
        let size = snapshot.settings.batch_size.clamp(1, snapshot.order.len().max(1));
        let [columns, rows] = [epoch.counts.len().clamp(1, MOST[0]), size.min(MOST[1])];
        let mut image = ColorImage::filled([columns, rows], Color32::TRANSPARENT);
        let classes = snapshot.task.train.classes();
        let colors: Vec<Color32> = snapshot.digits.iter().map(|&digit| theme::digit(digit)).collect();
        for (at, pixel) in image.pixels.iter_mut().enumerate() {
            let (batch, image) = (at % columns * epoch.counts.len() / columns, at / columns * size / rows);
            let class = snapshot.order.get(batch * size + image).and_then(|&sample| classes.get(sample as usize));
            if let Some(color) = class.and_then(|&class| colors.get(usize::from(class))) {
                *pixel = *color;
            }
        }
        match &mut self.texture {
            Some(texture) => texture.set(image, TextureOptions::NEAREST),
            None => self.texture = Some(ui.ctx().load_texture("order", image, TextureOptions::NEAREST)),
        }
    }
}

/// A mini-batch in words.
fn describe(snapshot: &Snapshot, counts: &[Vec<u32>], at: usize) -> String {
    let counts = counts.get(at).map_or(&[][..], Vec::as_slice);
    let parts = snapshot.digits.iter().zip(counts).filter(|(_, count)| **count > 0);
    let parts: Vec<String> = parts.map(|(digit, count)| format!("{count} \u{00d7} {digit}")).collect();
    format!("Mini-batch {}\n{}", at + 1, parts.join(", "))
}
