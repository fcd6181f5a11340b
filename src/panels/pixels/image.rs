//! One image as 784 shaded numbers; a slice of them as Python prints it; how often each value occurs.

use super::{Scene, source_controls};
use crate::data::{SIDE, unit};
use crate::experiments::Slice;
use crate::experiments::pixels::{Look, Pixels, Seen, Settings, Tab};
use crate::widgets::arrows;
use crate::widgets::form::Form;
use crate::widgets::heatmap::Scale;
use crate::widgets::number_grid::{GridResponse, HEADINGS, NumberGrid};
use crate::widgets::{flow, histogram, readout, theme};
use egui::{Align, Rect, RichText, ScrollArea, Stroke, StrokeKind, Ui, Vec2};

/// The zooms, and their names.
const ZOOMS: [(f64, &str); 4] = [(1.0, "Whole"), (1.5, "1.5\u{d7}"), (2.0, "2\u{d7}"), (3.0, "3\u{d7}")];
/// The least room for the column beside the image, in points.
const BESIDE: f32 = 240.0;
/// The room below the image for the slice as text, in points.
const BELOW: f32 = 128.0;

/// The page.
#[derive(Default)]
pub(super) struct ImagePage {
    /// Where a selection by dragging began: row, column.
    drag_start: Option<(usize, usize)>,
    /// Scroll to the slice in the next frame.
    seek: bool,
}

/// Which image it is, and which slice of it.
pub(super) fn controls(ui: &mut Ui, form: &mut Form<'_, Settings>, look: &mut Look) {
    source_controls(ui, form, look);
    let mut form = Form::new(look);
    form.field(ui, Look::rows(), "Rows");
    form.field(ui, Look::columns(), "Columns");
    form.field(ui, Look::dtype(), "Numbers");
}

impl ImagePage {
    pub(super) fn show(&mut self, ui: &mut Ui, scene: &mut Scene<'_, Pixels>) {
        let (all, height) = (ui.available_width(), ui.available_height());
        let gap = 18.0;
        if all < BESIDE + 330.0 {
            let hovered = self.image(ui, scene, all);
            beside(ui, scene, hovered, all);
            slice(ui, scene, 260.0);
            return;
        }
        let side = (height - 34.0 - BELOW).min(all - BESIDE - gap).max(300.0);
        let top = ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = gap;
            let hovered = ui.vertical(|ui| self.image(ui, scene, side)).inner;
            ui.vertical(|ui| beside(ui, scene, hovered, ui.available_width()));
        });
        let left = height - top.response.rect.height() - 44.0;
        slice(ui, scene, left.max(BELOW - 40.0));
    }

    /// The image within `side` points a side, with its name and the ways to its neighbours above it.
    fn image(&mut self, ui: &mut Ui, scene: &mut Scene<'_, Pixels>, side: f32) -> Option<(usize, usize)> {
        let seen = scene.seen;
        ui.allocate_ui(Vec2::new(side, 26.0), |ui| {
            ui.horizontal(|ui| {
                ui.set_min_width(side);
                ui.add(egui::Label::new(RichText::new(name(seen)).strong()).truncate());
                ui.with_layout(egui::Layout::right_to_left(Align::Center), |ui| self.zooms(ui, scene.look));
            });
        });
        let pixels: Vec<f32> = seen.sample.pixels.iter().map(|&byte| f32::from(byte)).collect();
        let fit = ((side - HEADINGS.x) / SIDE as f32).floor().max(8.0);
        #[expect(clippy::cast_possible_truncation, reason = "from 1 to 3")]
        let zoom = scene.look.zoom as f32;
        let cell = Vec2::splat((fit * zoom).floor());
        let label = format!("The image {}, 28 rows of 28 numbers; drag to choose a slice", seen.source);
        let grid = NumberGrid::new(&label, &pixels, SIDE, cell, Scale::Ink { max: 255.0 }).headings();
        let shown = fit * SIDE as f32;
        let area =
            ScrollArea::both().id_salt("grid").max_width(shown + HEADINGS.x + 2.0).max_height(shown + HEADINGS.y + 2.0);
        area.show(ui, |ui| {
            let grid = grid.show(ui, |value| format!("{value:.0}"));
            self.marks(ui, scene.look, &grid, cell);
            self.select(ui, scene, &grid);
            grid.hovered
        })
        .inner
    }

    fn zooms(&mut self, ui: &mut Ui, look: &mut Look) {
        ui.spacing_mut().item_spacing.x = 3.0;
        ui.spacing_mut().button_padding.x = 6.0;
        for (zoom, name) in ZOOMS.into_iter().rev() {
            let tip = if zoom > 1.0 { "Larger cells; scroll to see the rest" } else { "All 784 pixels" };
            if ui.selectable_label(look.zoom == zoom, name).on_hover_text(tip).clicked() {
                look.zoom = zoom;
                self.seek = true;
            }
        }
        ui.label(RichText::new("Zoom").color(theme::tokens(ui).text_weak));
    }

    /// The slice, and the cell under the pointer.
    fn marks(&mut self, ui: &Ui, look: &Look, grid: &GridResponse, cell: Vec2) {
        let tokens = theme::tokens(ui);
        let corner =
            |row: usize, column: usize| grid.response.rect.min + Vec2::new(column as f32 * cell.x, row as f32 * cell.y);
        let (rows, columns) = (look.rows, look.columns);
        let chosen = Rect::from_min_max(corner(rows.start(), columns.start()), corner(rows.end(), columns.end()));
        ui.painter().rect_stroke(chosen, 2, Stroke::new(2.0, tokens.accent), StrokeKind::Middle);
        if let Some((row, column)) = grid.hovered {
            let under = Rect::from_min_size(corner(row, column), cell);
            ui.painter().rect_stroke(under, 0, Stroke::new(2.0, tokens.prediction), StrokeKind::Middle);
        }
        if std::mem::take(&mut self.seek) {
            ui.scroll_to_rect(chosen, Some(Align::Center));
        }
    }

    /// A slice by dragging; another image by the arrow keys.
    fn select(&mut self, ui: &Ui, scene: &mut Scene<'_, Pixels>, grid: &GridResponse) {
        let response = &grid.response;
        if response.drag_started() {
            response.request_focus();
        }
        let [right, down] = arrows::steps(ui, response);
        walk(scene, right);
        turn(scene, -down);
        if response.drag_started() {
            let origin = ui.input(|input| input.pointer.press_origin());
            let size = [SIDE, SIDE];
            self.drag_start = origin.and_then(|pos| crate::widgets::heatmap::cell_at(response.rect, size, pos));
        }
        if let (true, Some((first_row, first_column)), Some((row, column))) =
            (response.dragged(), self.drag_start, grid.hovered)
        {
            let slice = |a: usize, b: usize| Slice::new(a.min(b), a.max(b) + 1);
            scene.look.rows = slice(first_row, row);
            scene.look.columns = slice(first_column, column);
        }
        if response.drag_stopped() {
            self.drag_start = None;
        }
    }
}

/// The slice as a Python session prints it.
fn slice(ui: &mut Ui, scene: &mut Scene<'_, Pixels>, height: f32) {
    let tokens = theme::tokens(ui);
    let seen = scene.seen;
    let Some(printed) = seen.printed.get() else { return };
    let numpy = scene.look.numpy;
    let text = if numpy { &printed.numpy } else { &printed.torch };
    ui.horizontal_wrapped(|ui| {
        let [rows, columns] = seen.slice_shape;
        ui.label(RichText::new(format!("im[{}, {}]", seen.rows, seen.columns)).monospace().strong());
        ui.label(RichText::new(format!("shape [{rows}, {columns}]")).color(tokens.text_weak));
        flow::group(ui, "form", |ui| {
            ui.selectable_value(&mut scene.look.numpy, false, "PyTorch").on_hover_text("As PyTorch prints it");
            ui.selectable_value(&mut scene.look.numpy, true, "NumPy").on_hover_text("As NumPy prints it");
            if ui.button("Copy").on_hover_text("Copy this text to the clipboard").clicked() {
                ui.ctx().copy_text(text.clone());
            }
        });
    });
    let code = egui::Frame::new().fill(tokens.code).corner_radius(6).inner_margin(8);
    code.show(ui, |ui| {
        let area = ScrollArea::both().id_salt("slice").auto_shrink([false, true]).max_height(height - 18.0);
        area.show(ui, |ui| {
            let text = RichText::new(text).monospace().size(12.0);
            ui.add(egui::Label::new(text).extend().selectable(true));
        });
    });
}

/// The column beside the image, `width` points wide.
fn beside(ui: &mut Ui, scene: &mut Scene<'_, Pixels>, hovered: Option<(usize, usize)>, width: f32) {
    let seen = scene.seen;
    let tokens = theme::tokens(ui);
    neighbours(ui, scene);
    ui.add_space(4.0);
    let byte = hovered.and_then(|(row, column)| seen.sample.pixels.get(row * SIDE + column).copied());
    let or_dash = |text: Option<String>| text.unwrap_or_else(|| "\u{2013}".to_owned());
    let values = [
        ("row", or_dash(hovered.map(|(row, _)| row.to_string()))),
        ("column", or_dash(hovered.map(|(_, column)| column.to_string()))),
        ("uint8", or_dash(byte.map(|byte| byte.to_string()))),
        ("float, / 255", or_dash(byte.map(|byte| format!("{:.4}", unit(byte))))),
    ];
    ui.strong("Under the pointer");
    readout::values(ui, "pixel", &values);
    ui.add_space(6.0);
    ui.strong("Slice").on_hover_text("Drag over the image, or type rows and columns above");
    ui.horizontal_wrapped(|ui| {
        let table = "Rows 4:15 and columns 4:22, the part that the chapter prints as a table";
        for (name, rows, columns, tip) in [
            ("Shaded table", Slice::new(4, 15), Slice::new(4, 22), table),
            ("All", Slice::ALL, Slice::ALL, "Every row and column"),
        ] {
            let chosen = scene.look.rows == rows && scene.look.columns == columns;
            if ui.add(egui::Button::new(name).selected(chosen)).on_hover_text(tip).clicked() {
                (scene.look.rows, scene.look.columns) = (rows, columns);
            }
        }
    });
    ui.add_space(6.0);
    ui.strong("How many pixels have which value");
    let label = "Histogram of the 784 values, counts on a logarithmic scale";
    histogram::bytes(ui, label, &seen.sample.pixels, Vec2::new(width, 112.0));
    ui.label(
        RichText::new("value, 0 paper to 255 ink; each line ten times the one below").small().color(tokens.text_weak),
    );
}

/// The ways to the images beside this one, and to the stack.
fn neighbours(ui: &mut Ui, scene: &mut Scene<'_, Pixels>) {
    let tokens = theme::tokens(ui);
    let nth = scene.seen.nth;
    let last = scene.snapshot.digit_count.saturating_sub(1);
    let in_mnist = scene.form.file.is_none();
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        let back = egui::Button::new("\u{25c0} Previous");
        let tip = "The image before it (Left arrow, when the image has the focus; Up and Down for another digit)";
        if ui.add_enabled(in_mnist && nth > 0, back).on_hover_text(tip).clicked() {
            walk(scene, -1);
        }
        let on = egui::Button::new("Next \u{25b6}");
        let tip = "The image after it (Right arrow, when the image has the focus; Up and Down for another digit)";
        if ui.add_enabled(in_mnist && nth < last, on).on_hover_text(tip).clicked() {
            walk(scene, 1);
        }
        let tip = "The images that Step lays on one another";
        if ui.button(format!("Stack: {}", scene.snapshot.stacked)).on_hover_text(tip).clicked() {
            scene.look.tab = Tab::Stack;
        }
    });
    let place = if in_mnist { format!("place {nth} of 0 to {last}") } else { "made 28 \u{d7} 28".to_owned() };
    ui.label(RichText::new(place).small().color(tokens.text_weak));
}

/// Goes on among the digit's images.
fn walk(scene: &mut Scene<'_, Pixels>, steps: i64) {
    if steps != 0 && scene.form.file.is_none() {
        let last = scene.snapshot.digit_count.saturating_sub(1);
        scene.look.nth = scene.look.nth.min(last).saturating_add_signed(steps).min(last);
    }
}

/// Goes to another digit, and as far among its images as there are any.
fn turn(scene: &mut Scene<'_, Pixels>, steps: i64) {
    if steps == 0 || !scene.form.file.is_none() {
        return;
    }
    let digit = u8::try_from((i64::from(scene.form.digit) + steps).clamp(0, 9)).unwrap_or_default();
    if let Some(last) = scene.snapshot.data.split(scene.form.split).of_digit(digit).len().checked_sub(1) {
        scene.form.edit(|settings| settings.digit = digit);
        scene.look.nth = scene.look.nth.min(last as u64);
    }
}

/// Its name and its label; of a picture's path, the file's name.
fn name(seen: &Seen) -> String {
    if let Some(label) = seen.label {
        format!("{}, labelled {label}", seen.source)
    } else {
        let file = std::path::Path::new(&seen.source).file_name().unwrap_or_default().to_string_lossy();
        format!("Your picture, {file}")
    }
}
