//! A colour picture as what it is: three matrices, red, green and blue.

use super::stages::shrink;
use crate::data::{Stages, unit};
use crate::widgets::arrows;
use crate::widgets::heatmap::Scale;
use crate::widgets::number_grid::NumberGrid;
use crate::widgets::theme;
use egui::{Color32, Rect, RichText, Sense, Stroke, StrokeKind, TextureHandle, TextureOptions, Ui, Vec2, pos2};
use std::sync::Arc;

/// Rows and columns of the part whose numbers are shown.
const PART: u32 = 6;
const NAMES: [&str; 3] = ["Red", "Green", "Blue"];

/// The three channels.
#[derive(Default)]
pub(super) struct Channels {
    shown: Option<Shown>,
}

struct Shown {
    stages: Arc<Stages>,
    textures: [TextureHandle; 3],
    colourless: bool,
}

impl Channels {
    /// Draws the channels of the picture behind `stages`: each as a picture, and the part that begins at this column and row
    /// as numbers.
    pub(super) fn show(&mut self, ui: &mut Ui, stages: &Arc<Stages>, part: &mut Option<[u32; 2]>) {
        if !self.shown.as_ref().is_some_and(|shown| Arc::ptr_eq(&shown.stages, stages)) {
            self.shown = Some(Shown::new(ui, stages));
        }
        let Some(shown) = &self.shown else { return };
        let tokens = theme::tokens(ui);
        ui.horizontal_wrapped(|ui| {
            ui.strong("Three channels, three matrices");
            let note = if shown.colourless {
                "No colour here: all three are equal. Drag the frame, or move it with the arrow keys."
            } else {
                "Each from 0 dark to 255 bright. Drag the frame, or move it with the arrow keys."
            };
            ui.label(RichText::new(note).small().color(tokens.text_weak));
        });
        let gap = 14.0;
        let width = ((ui.available_width() - 2.0 * gap) / 3.0).floor();
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = gap;
            for channel in 0..3 {
                ui.vertical(|ui| {
                    ui.set_width(width);
                    ui.spacing_mut().item_spacing.y = 4.0;
                    shown.picture(ui, channel, Vec2::new(width, 104.0), part);
                    shown.numbers(ui, channel, width, shown.corner(*part));
                });
            }
        });
    }
}

impl Shown {
    fn new(ui: &Ui, stages: &Arc<Stages>) -> Self {
        let original = &stages.original;
        let textures = std::array::from_fn(|channel| {
            let image = shrink(original.dimensions(), |x, y| {
                original
                    .get_pixel_checked(x, y)
                    .map_or(Color32::WHITE, |pixel| theme::ink(1.0 - unit(pixel.0[channel])))
            });
            ui.ctx().load_texture(NAMES[channel], image, TextureOptions::NEAREST)
        });
        let colourless = original.pixels().all(|pixel| pixel.0[0] == pixel.0[1] && pixel.0[1] == pixel.0[2]);
        Self { stages: Arc::clone(stages), textures, colourless }
    }

    /// Column and row of the part's left top corner: where the reader put it, or around the middle of the ink, which is where
    /// there is something to see.
    fn corner(&self, part: Option<[u32; 2]>) -> [u32; 2] {
        if let Some([x, y]) = part {
            return self.within(x.into(), y.into());
        }
        let (width, height) = self.stages.original_size;
        let ink = self.stages.ink_box;
        let middle = ink.map_or([width / 2, height / 2], |ink| [ink.x + ink.width / 2, ink.y + ink.height / 2]);
        let scaled = |at: u32, from: u32, to: u32| i64::from(at) * i64::from(to) / i64::from(from.max(1));
        let original = &self.stages.original;
        let [x, y] = [scaled(middle[0], width, original.width()), scaled(middle[1], height, original.height())];
        self.within(x - i64::from(PART / 2), y - i64::from(PART / 2))
    }

    /// The nearest corner of a part that lies within the picture.
    fn within(&self, x: i64, y: i64) -> [u32; 2] {
        let last = |side: u32| i64::from(side.saturating_sub(PART));
        let within = |at: i64, side: u32| u32::try_from(at.clamp(0, last(side))).unwrap_or(0);
        [within(x, self.stages.original.width()), within(y, self.stages.original.height())]
    }

    fn picture(&self, ui: &mut Ui, channel: usize, room: Vec2, part: &mut Option<[u32; 2]>) {
        let tokens = theme::tokens(ui);
        let sides =
            Vec2::new(self.stages.original.width() as f32, self.stages.original.height() as f32).max(Vec2::splat(1.0));
        let scale = (room.x / sides.x).min((room.y - 20.0) / sides.y);
        let (area, _) = ui.allocate_exact_size(room, Sense::hover());
        ui.painter().text(
            area.left_top(),
            egui::Align2::LEFT_TOP,
            NAMES[channel],
            egui::TextStyle::Body.resolve(ui.style()),
            tokens.text,
        );
        let rect = Rect::from_min_size(area.left_top() + Vec2::new(0.0, 20.0), sides * scale);
        let response = ui.interact(rect, ui.scope_id().with(("channel", channel)), Sense::click_and_drag());
        let label = format!("{} channel; arrow keys move the frame", NAMES[channel]);
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, &label));
        let uv = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
        ui.painter().image(self.textures[channel].id(), rect, uv, Color32::WHITE);
        let corner = self.corner(*part);
        let at = rect.min + Vec2::new(corner[0] as f32, corner[1] as f32) * scale;
        let frame = Rect::from_min_size(at, (Vec2::splat(PART as f32) * scale).max(Vec2::splat(5.0)));
        ui.painter().rect_stroke(frame, 0, Stroke::new(2.0, tokens.accent), StrokeKind::Outside);
        let line = if response.has_focus() { tokens.accent } else { tokens.line };
        ui.painter().rect_stroke(rect, 0, Stroke::new(1.0, line), StrokeKind::Outside);
        if let (true, Some(pos)) = (response.dragged() || response.clicked(), response.interact_pointer_pos()) {
            response.request_focus();
            let at = (pos - rect.min) / scale - Vec2::splat(PART as f32 / 2.0);
            #[expect(clippy::cast_possible_truncation, reason = "`as` saturates, and the rest is kept inside")]
            let corner = self.within(at.x.round() as i64, at.y.round() as i64);
            *part = Some(corner);
        }
        let [across, down] = arrows::steps(ui, &response);
        if [across, down] != [0, 0] {
            let [x, y] = self.corner(*part).map(i64::from);
            *part = Some(self.within(x + across, y + down));
        }
    }

    fn numbers(&self, ui: &mut Ui, channel: usize, width: f32, [left, top]: [u32; 2]) {
        let original = &self.stages.original;
        let (columns, rows) = (PART.min(original.width().max(1)), PART.min(original.height().max(1)));
        let value = |x: u32, y: u32| original.get_pixel_checked(x, y).map_or(0.0, |pixel| f32::from(pixel.0[channel]));
        // Drawn as light, where 255 is white; the grid's scale is one of ink.
        let dark: Vec<f32> =
            (top..top + rows).flat_map(|y| (left..left + columns).map(move |x| 255.0 - value(x, y))).collect();
        let cell = Vec2::new((width / PART as f32).floor().min(40.0), 17.0);
        let label =
            format!("{} of columns {left} to {}, rows {top} to {}", NAMES[channel], left + columns - 1, top + rows - 1);
        let grid = NumberGrid::new(&label, &dark, columns as usize, cell, Scale::Ink { max: 255.0 });
        grid.show(ui, |dark| format!("{:.0}", 255.0 - dark)).response.on_hover_text(label.as_str());
    }
}
