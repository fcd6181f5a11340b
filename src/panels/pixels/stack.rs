//! Images on one another: a tensor of rank 3 that grows.

use super::{Scene, bytes_text, source_controls};
use crate::data::{PIXELS, SIDE, unit};
use crate::experiments::Choice as _;
use crate::experiments::pixels::{Dtype, Look, Pixels, Seen, Settings, Snapshot};
use crate::widgets::form::Form;
use crate::widgets::heatmap::{Heatmap, Scale};
use crate::widgets::{readout, theme};
use egui::{
    Color32, ColorImage, Rect, RichText, Sense, Stroke, StrokeKind, TextureHandle, TextureOptions, Ui, Vec2, pos2,
};

/// Side of one of the newest images, in points.
const THUMBNAIL: f32 = 52.0;
/// How far an image of the pile lies from the one below it, in points.
const SHIFT: Vec2 = Vec2::new(13.0, -10.0);
/// Images of the pile that are drawn; those below can no longer be seen.
const PILE: usize = 12;

/// The page.
#[derive(Default)]
pub(super) struct StackPage {
    newest: Vec<Heatmap>,
    pile: Vec<(u32, TextureHandle)>,
}

/// Which digit is stacked, and as what.
pub(super) fn controls(ui: &mut Ui, form: &mut Form<'_, Settings>, look: &mut Look) {
    source_controls(ui, form, look);
    Form::new(look).field(ui, Look::dtype(), "Numbers");
}

impl StackPage {
    pub(super) fn show(&mut self, ui: &mut Ui, scene: &Scene<'_, Pixels>) {
        let (snapshot, seen) = (scene.snapshot, scene.seen);
        let all = ui.available_width();
        let pile = Vec2::new(if all > 560.0 { all * 0.5 } else { all }, 300.0);
        if all > 560.0 {
            ui.horizontal_top(|ui| {
                ui.spacing_mut().item_spacing.x = 18.0;
                ui.vertical(|ui| self.pile(ui, snapshot, pile));
                ui.vertical(|ui| numbers(ui, snapshot, seen));
            });
        } else {
            self.pile(ui, snapshot, pile);
            numbers(ui, snapshot, seen);
        }
        ui.add_space(8.0);
        memory(ui, snapshot, seen.dtype);
        ui.add_space(8.0);
        self.newest(ui, snapshot);
    }

    /// The images laid on last, lying on one another; each keeps its texture while it is among them.
    fn pile(&mut self, ui: &mut Ui, snapshot: &Snapshot, size: Vec2) {
        let tokens = theme::tokens(ui);
        let images = snapshot.data.split(snapshot.split);
        let wanted = &snapshot.recent[snapshot.recent.len().saturating_sub(PILE)..];
        let mut old = std::mem::take(&mut self.pile);
        for &index in wanted {
            let kept = old.iter().position(|(of, _)| *of == index).map(|index| old.swap_remove(index).1);
            let texture = kept.unwrap_or_else(|| {
                let pixels = images.image(index as usize).iter().map(|&byte| theme::ink(unit(byte))).collect();
                ui.ctx().load_texture("pile", ColorImage::new([SIDE, SIDE], pixels), TextureOptions::NEAREST)
            });
            self.pile.push((index, texture));
        }
        let (area, response) = ui.allocate_exact_size(size, Sense::hover());
        let label = format!("A pile of {} images", snapshot.stacked);
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, &label));
        let room = size - SHIFT.abs() * (PILE - 1) as f32 - Vec2::new(34.0, 26.0);
        let side = room.min_elem().max(60.0);
        let base = pos2(area.left() + 22.0, area.bottom() - side - 18.0);
        let painter = ui.painter();
        if self.pile.is_empty() {
            let rect = Rect::from_min_size(base, Vec2::splat(side));
            painter.rect_stroke(rect, 0, Stroke::new(1.0, tokens.line), StrokeKind::Inside);
            let font = egui::TextStyle::Body.resolve(ui.style());
            painter.text(rect.center(), egui::Align2::CENTER_CENTER, "Press Step", font, tokens.text_weak);
        }
        let uv = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
        // The first lies at the back; the newest is whole, in front.
        let count = self.pile.len();
        for (index, (_, texture)) in self.pile.iter().enumerate() {
            let rect = Rect::from_min_size(base + SHIFT * (count - 1 - index) as f32, Vec2::splat(side));
            painter.image(texture.id(), rect, uv, Color32::WHITE);
            painter.rect_stroke(rect, 0, Stroke::new(1.0, tokens.line), StrokeKind::Outside);
        }
        let small = egui::TextStyle::Small.resolve(ui.style());
        let front = Rect::from_min_size(base, Vec2::splat(side));
        painter.text(
            front.center_bottom() + Vec2::new(0.0, 3.0),
            egui::Align2::CENTER_TOP,
            "28 rows of 28 columns",
            small.clone(),
            tokens.text_weak,
        );
        if count > 0 {
            let corner = front.right_bottom() + SHIFT * (count - 1) as f32 / 2.0 + Vec2::new(12.0, 0.0);
            let text = format!("{} images", snapshot.stacked);
            painter.text(corner, egui::Align2::LEFT_CENTER, text, small, tokens.accent);
        }
    }

    fn newest(&mut self, ui: &mut Ui, snapshot: &Snapshot) {
        if snapshot.recent.is_empty() {
            return;
        }
        ui.strong("Laid on last");
        self.newest.resize_with(snapshot.recent.len(), Heatmap::default);
        let images = snapshot.data.split(snapshot.split);
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = Vec2::splat(5.0);
            for (picture, &index) in self.newest.iter_mut().zip(&snapshot.recent) {
                let pixels: Vec<f32> = images.image(index as usize).iter().map(|&byte| f32::from(byte)).collect();
                let source = images.source(index as usize);
                let cell = picture.show(ui, &source, &pixels, SIDE, Scale::Ink { max: 255.0 }, THUMBNAIL);
                cell.response.on_hover_text(source);
            }
        });
    }
}

fn numbers(ui: &mut Ui, snapshot: &Snapshot, seen: &Seen) {
    let tokens = theme::tokens(ui);
    let [images, rows, columns] = snapshot.stack_shape;
    ui.label(RichText::new(format!("[{images}, {rows}, {columns}]")).monospace().size(24.0).color(tokens.accent));
    ui.label(RichText::new("images, rows, columns").color(tokens.text_weak));
    ui.add_space(6.0);
    let values = [
        ("images", format!("{images} of {}", snapshot.digit_count)),
        ("rank", snapshot.stack_shape.len().to_string()),
        ("numbers", (images * rows * columns).to_string()),
        ("dtype", seen.dtype.word().to_owned()),
        ("bytes", seen.stack_bytes.to_string()),
    ];
    readout::values(ui, "stack", &values);
    ui.add_space(6.0);
    let size = seen.dtype.size();
    let text =
        format!("{images} \u{d7} {rows} \u{d7} {columns} numbers of {size} byte{}", if size == 1 { "" } else { "s" });
    ui.add(egui::Label::new(RichText::new(text).monospace().size(12.0)).wrap());
    if images == 0 {
        ui.add_space(6.0);
        let text = "Press Step (Space) to lay the first image of this digit on the stack, 10 images (B) or All (E) to go faster.";
        ui.add(egui::Label::new(RichText::new(text).color(tokens.text_weak)).wrap());
    }
}

/// The bytes of the stack as either type, on one scale: that of all images as fractions.
fn memory(ui: &mut Ui, snapshot: &Snapshot, chosen: Dtype) {
    let tokens = theme::tokens(ui);
    let full = snapshot.digit_count.max(1) * PIXELS as u64 * Dtype::Float.size();
    ui.strong("Bytes of memory").on_hover_text("The thin line is the whole digit");
    for &dtype in Dtype::ALL {
        let name = dtype.word();
        let now = snapshot.stacked * PIXELS as u64 * dtype.size();
        let all = snapshot.digit_count * PIXELS as u64 * dtype.size();
        ui.horizontal(|ui| {
            let (name_area, _) = ui.allocate_exact_size(Vec2::new(48.0, 20.0), Sense::hover());
            let font = egui::TextStyle::Monospace.resolve(ui.style());
            ui.painter().text(name_area.left_center(), egui::Align2::LEFT_CENTER, name, font, tokens.text);
            let width = (ui.available_width() - 170.0).max(80.0);
            let (bar, response) = ui.allocate_exact_size(Vec2::new(width, 16.0), Sense::hover());
            let label = format!("{name}: {now} of {all} bytes");
            response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, &label));
            let part = |bytes: u64| width * bytes as f32 / full as f32;
            let color = if dtype == chosen { tokens.accent } else { tokens.text_weak };
            ui.painter().rect_filled(bar, 3, tokens.code);
            ui.painter().rect_filled(bar.with_max_x(bar.left() + part(now)), 3, color);
            ui.painter().vline(
                bar.left() + part(all).min(width - 0.5),
                bar.y_range(),
                Stroke::new(1.0, tokens.text_weak),
            );
            response.on_hover_text(label);
            ui.label(RichText::new(format!("{} of {}", bytes_text(now), bytes_text(all))).monospace().size(12.0));
        });
    }
}
