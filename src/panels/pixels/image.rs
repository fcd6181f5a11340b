//! One image as 784 shaded numbers; a slice of them as Python prints it; how often each value occurs.

use super::{Page, Scene, go, source_controls};
use crate::data::SIDE;
use crate::experiments::pixels::{Cells, Pixels, Snapshot, array_text, tensor_text};
use crate::widgets::form::Form;
use crate::widgets::heatmap::Scale;
use crate::widgets::number_grid::{GridResponse, HEADINGS, NumberGrid};
use crate::widgets::{flow, histogram, readout, theme};
use egui::{Align, EventFilter, Key, Modifiers, Rect, RichText, ScrollArea, Stroke, StrokeKind, Ui, Vec2};

/// The zooms, and their names.
const ZOOMS: [(f32, &str); 4] = [(1.0, "Whole"), (1.5, "1.5\u{d7}"), (2.0, "2\u{d7}"), (3.0, "3\u{d7}")];
/// The least room for the column beside the image, in points.
const BESIDE: f32 = 240.0;
/// The room below the image for the slice as text, in points.
const BELOW: f32 = 128.0;

/// The page.
pub(super) struct ImagePage {
    /// Where a selection by dragging began: row, column.
    drag_start: Option<(usize, usize)>,
    zoom: f32,
    /// Scroll to the slice in the next frame.
    seek: bool,
    numpy: bool,
    /// The slice as text, and what it is the text of.
    text: Option<(Cells, bool, String)>,
}

impl Default for ImagePage {
    fn default() -> Self {
        Self { drag_start: None, zoom: 1.0, seek: false, numpy: false, text: None }
    }
}

impl Page for ImagePage {
    fn name(&self) -> &'static str {
        "image"
    }

    fn title(&self) -> &'static str {
        "Image"
    }

    fn tip(&self) -> &'static str {
        "One image as 28 rows of 28 numbers"
    }

    fn controls(&mut self, ui: &mut Ui, form: &mut Form<'_>) {
        source_controls(ui, form);
        form.field(ui, "rows", "Rows");
        form.field(ui, "columns", "Columns");
        form.field(ui, "dtype", "Numbers");
    }

    fn figure(&mut self, ui: &mut Ui, scene: &mut Scene<'_, Pixels>) {
        let (all, height) = (ui.available_width(), ui.available_height());
        let gap = 18.0;
        if all < BESIDE + 330.0 {
            let hovered = self.image(ui, scene, all);
            beside(ui, scene, hovered, all);
            self.slice(ui, scene.snapshot, 260.0);
            return;
        }
        let side = (height - 34.0 - BELOW).min(all - BESIDE - gap).max(300.0);
        let top = ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = gap;
            let hovered = ui.vertical(|ui| self.image(ui, scene, side)).inner;
            ui.vertical(|ui| beside(ui, scene, hovered, ui.available_width()));
        });
        let left = height - top.response.rect.height() - 44.0;
        self.slice(ui, scene.snapshot, left.max(BELOW - 40.0));
    }
}

impl ImagePage {
    /// The image within `side` points a side, with its name and the ways to its neighbours above it.
    fn image(&mut self, ui: &mut Ui, scene: &mut Scene<'_, Pixels>, side: f32) -> Option<(usize, usize)> {
        let snapshot = scene.snapshot;
        ui.allocate_ui(Vec2::new(side, 26.0), |ui| {
            ui.horizontal(|ui| {
                ui.set_min_width(side);
                ui.add(egui::Label::new(RichText::new(name(snapshot)).strong()).truncate());
                ui.with_layout(egui::Layout::right_to_left(Align::Center), |ui| self.zooms(ui));
            });
        });
        let pixels: Vec<f32> = snapshot.sample.pixels.iter().map(|&byte| f32::from(byte)).collect();
        let fit = ((side - HEADINGS.x) / SIDE as f32).floor().max(8.0);
        let cell = Vec2::splat((fit * self.zoom).floor());
        let label = format!("The image {}, 28 rows of 28 numbers; drag to choose a slice", snapshot.source);
        let grid = NumberGrid::new(&label, &pixels, SIDE, cell, Scale::Ink { max: 255.0 }).headings();
        let shown = fit * SIDE as f32;
        let area =
            ScrollArea::both().id_salt("grid").max_width(shown + HEADINGS.x + 2.0).max_height(shown + HEADINGS.y + 2.0);
        area.show(ui, |ui| {
            let grid = grid.show(ui, |value| format!("{value:.0}"));
            self.marks(ui, snapshot, &grid, cell);
            self.select(ui, scene, &grid);
            grid.hovered
        })
        .inner
    }

    fn zooms(&mut self, ui: &mut Ui) {
        ui.spacing_mut().item_spacing.x = 3.0;
        ui.spacing_mut().button_padding.x = 6.0;
        for (zoom, name) in ZOOMS.into_iter().rev() {
            let tip = if zoom > 1.0 { "Larger cells; scroll to see the rest" } else { "All 784 pixels" };
            if ui.selectable_label(self.zoom == zoom, name).on_hover_text(tip).clicked() {
                self.zoom = zoom;
                self.seek = true;
            }
        }
        ui.label(RichText::new("Zoom").color(theme::tokens(ui).text_weak));
    }

    /// The slice, and the cell under the pointer.
    fn marks(&mut self, ui: &Ui, snapshot: &Snapshot, grid: &GridResponse, cell: Vec2) {
        let tokens = theme::tokens(ui);
        let corner =
            |row: usize, column: usize| grid.response.rect.min + Vec2::new(column as f32 * cell.x, row as f32 * cell.y);
        let (rows, columns) = (&snapshot.row_range, &snapshot.column_range);
        let chosen = Rect::from_min_max(corner(rows.start, columns.start), corner(rows.end, columns.end));
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
        if response.clicked() || response.drag_started() {
            response.request_focus();
        }
        if response.has_focus() {
            let arrows = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
            ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, arrows));
            let pressed = |key| ui.input_mut(|input| input.count_and_consume_key(Modifiers::NONE, key)) as u64;
            let (next, previous) = (pressed(Key::ArrowRight), pressed(Key::ArrowLeft));
            let (more, less) = (pressed(Key::ArrowUp), pressed(Key::ArrowDown));
            walk(scene, next, previous);
            turn(scene, more, less);
        }
        if response.drag_started() {
            let origin = ui.input(|input| input.pointer.press_origin());
            let size = [SIDE, SIDE];
            self.drag_start = origin.and_then(|pos| crate::widgets::heatmap::cell_at(response.rect, size, pos));
        }
        if let (true, Some((first_row, first_column)), Some((row, column))) =
            (response.dragged(), self.drag_start, grid.hovered)
        {
            let slice = |a: usize, b: usize| format!("{}:{}", a.min(b), a.max(b) + 1);
            scene.form.set("rows", slice(first_row, row));
            scene.form.set("columns", slice(first_column, column));
        }
        if response.drag_stopped() {
            self.drag_start = None;
        }
    }

    /// The slice as a Python session prints it.
    fn slice(&mut self, ui: &mut Ui, snapshot: &Snapshot, height: f32) {
        let tokens = theme::tokens(ui);
        let stale =
            self.text.as_ref().is_none_or(|(cells, numpy, _)| *cells != snapshot.values || *numpy != self.numpy);
        if stale {
            let text = if self.numpy { array_text(&snapshot.values) } else { tensor_text(&snapshot.values) };
            self.text = Some((snapshot.values.clone(), self.numpy, text));
        }
        let Some((_, _, text)) = &self.text else { return };
        ui.horizontal_wrapped(|ui| {
            let [rows, columns] = snapshot.slice_shape;
            ui.label(RichText::new(format!("im[{}, {}]", snapshot.rows, snapshot.columns)).monospace().strong());
            ui.label(RichText::new(format!("shape [{rows}, {columns}]")).color(tokens.text_weak));
            flow::group(ui, "form", |ui| {
                let torch = ui.selectable_label(!self.numpy, "PyTorch").on_hover_text("As PyTorch prints it");
                let numpy = ui.selectable_label(self.numpy, "NumPy").on_hover_text("As NumPy prints it");
                if torch.clicked() || numpy.clicked() {
                    self.numpy = numpy.clicked();
                }
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
}

/// The column beside the image, `width` points wide.
fn beside(ui: &mut Ui, scene: &mut Scene<'_, Pixels>, hovered: Option<(usize, usize)>, width: f32) {
    let snapshot = scene.snapshot;
    let tokens = theme::tokens(ui);
    neighbours(ui, scene);
    ui.add_space(4.0);
    let byte = hovered.and_then(|(row, column)| snapshot.sample.pixels.get(row * SIDE + column).copied());
    let or_dash = |text: Option<String>| text.unwrap_or_else(|| "\u{2013}".to_owned());
    let values = [
        ("row", or_dash(hovered.map(|(row, _)| row.to_string()))),
        ("column", or_dash(hovered.map(|(_, column)| column.to_string()))),
        ("uint8", or_dash(byte.map(|byte| byte.to_string()))),
        ("float, / 255", or_dash(byte.map(|byte| format!("{:.4}", f32::from(byte) / 255.0)))),
    ];
    ui.strong("Under the pointer");
    readout::values(ui, "pixel", &values);
    ui.add_space(6.0);
    ui.strong("Slice").on_hover_text("Drag over the image, or type rows and columns above");
    ui.horizontal_wrapped(|ui| {
        let rows_columns = [
            ("Shaded table", "4:15", "4:22", "Rows 4:15 and columns 4:22, the part that the chapter prints as a table"),
            ("All", "0:28", "0:28", "Every row and column"),
        ];
        for (name, rows, columns, tip) in rows_columns {
            let chosen = snapshot.rows == rows && snapshot.columns == columns;
            if ui.add(egui::Button::new(name).selected(chosen)).on_hover_text(tip).clicked() {
                scene.form.set("rows", rows);
                scene.form.set("columns", columns);
            }
        }
    });
    ui.add_space(6.0);
    ui.strong("How many pixels have which value");
    let label = "Histogram of the 784 values, counts on a logarithmic scale";
    histogram::bytes(ui, label, &snapshot.sample.pixels, Vec2::new(width, 112.0));
    ui.label(
        RichText::new("value, 0 paper to 255 ink; each line ten times the one below").small().color(tokens.text_weak),
    );
}

/// The ways to the images beside this one, and to the stack.
fn neighbours(ui: &mut Ui, scene: &mut Scene<'_, Pixels>) {
    let tokens = theme::tokens(ui);
    let snapshot = scene.snapshot;
    let last = snapshot.digit_count.saturating_sub(1);
    let in_mnist = scene.form.text("file").is_empty();
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        let back = egui::Button::new("\u{25c0} Previous");
        let tip = "The image before it (Left arrow, when the image has the focus; Up and Down for another digit)";
        if ui.add_enabled(in_mnist && snapshot.nth > 0, back).on_hover_text(tip).clicked() {
            walk(scene, 0, 1);
        }
        let on = egui::Button::new("Next \u{25b6}");
        let tip = "The image after it (Right arrow, when the image has the focus; Up and Down for another digit)";
        if ui.add_enabled(in_mnist && snapshot.nth < last, on).on_hover_text(tip).clicked() {
            walk(scene, 1, 0);
        }
        let tip = "The images that Step lays on one another";
        if ui.button(format!("Stack: {}", snapshot.stacked)).on_hover_text(tip).clicked() {
            go(ui, "stack");
        }
    });
    let place =
        if in_mnist { format!("place {} of 0 to {last}", snapshot.nth) } else { "made 28 \u{d7} 28".to_owned() };
    ui.label(RichText::new(place).small().color(tokens.text_weak));
}

/// Goes on among the digit's images.
fn walk(scene: &mut Scene<'_, Pixels>, next: u64, previous: u64) {
    if next == previous || !scene.form.text("file").is_empty() {
        return;
    }
    let last = scene.snapshot.digit_count.saturating_sub(1);
    scene.form.set("nth", (scene.snapshot.nth + next).saturating_sub(previous).min(last));
}

/// Goes to another digit, and as far among its images as there are any.
fn turn(scene: &mut Scene<'_, Pixels>, more: u64, less: u64) {
    if more == less || !scene.form.text("file").is_empty() {
        return;
    }
    let now = scene.form.get("digit").and_then(serde_json::Value::as_u64).unwrap_or(0);
    let images = scene.snapshot.data.split(scene.snapshot.split);
    let digit = (now + more).saturating_sub(less).min(9);
    let count = u8::try_from(digit).map_or(0, |digit| images.of_digit(digit).len() as u64);
    if count > 0 {
        scene.form.set("digit", digit);
        scene.form.set("nth", scene.snapshot.nth.min(count - 1));
    }
}

/// Its name and its label; of a picture's path, the file's name.
fn name(snapshot: &Snapshot) -> String {
    if let Some(label) = snapshot.label {
        format!("{}, labelled {label}", snapshot.source)
    } else {
        let file = std::path::Path::new(&snapshot.source).file_name().unwrap_or_default().to_string_lossy();
        format!("Your picture, {file}")
    }
}
