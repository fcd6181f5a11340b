//! The pixel viewer: an image as shaded numbers, a slice of them, and a stack of images.

use super::{Scene, View};
use crate::experiments::pixels::{Dtype, Pixels, Snapshot, tensor_text};
use crate::widgets::form::Form;
use crate::widgets::heatmap::{Heatmap, Scale};
use crate::widgets::theme;
use crate::widgets::{number_grid, readout};
use crate::data::SIDE;
use egui::{Rect, RichText, Stroke, StrokeKind, Ui, Vec2};
use serde_json::{Map, Value};
use std::path::Path;

/// Side of a stacked image's picture, in points.
const THUMBNAIL: f32 = 42.0;

/// The view of [`Pixels`].
#[derive(Default)]
pub struct PixelsView {
    /// Where a selection by dragging began: row, column.
    drag_start: Option<(usize, usize)>,
    stack: Vec<Heatmap>,
}

impl View for PixelsView {
    type Experiment = Pixels;

    fn controls(&mut self, ui: &mut Ui, form: &mut Form<'_>) {
        if form.text("file").is_empty() {
            form.field(ui, "split", "Split");
            form.field(ui, "digit", "Digit");
            form.field(ui, "nth", "Place");
        } else if ui.button("Back to MNIST").on_hover_text("Close your picture").clicked() {
            form.set("file", "");
        }
        form.field(ui, "rows", "Rows");
        form.field(ui, "columns", "Columns");
        form.field(ui, "dtype", "Numbers");
    }

    fn figure(&mut self, ui: &mut Ui, scene: &mut Scene<'_, Pixels>) {
        let snapshot = scene.snapshot;
        let all = ui.available_width();
        let height = ui.available_height().max(320.0);
        let wide = all > 660.0;
        let side = if wide { (height - 28.0).min((all * 0.62).min(all - 260.0)) } else { all.min(height * 0.8) };
        let cell = Vec2::splat((side / SIDE as f32).floor().max(8.0));
        let hovered = if wide {
            ui.horizontal_top(|ui| {
                ui.spacing_mut().item_spacing.x = 18.0;
                let hovered = ui.vertical(|ui| self.image(ui, scene, cell)).inner;
                ui.vertical(|ui| self.beside(ui, snapshot, hovered));
                hovered
            })
            .inner
        } else {
            let hovered = self.image(ui, scene, cell);
            self.beside(ui, snapshot, hovered);
            hovered
        };
        if hovered.is_none() {
            self.drag_start = None;
        }
    }

    fn take_file(&mut self, path: &Path) -> Option<Map<String, Value>> {
        let is_table = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csv"));
        (!is_table).then(|| Map::from_iter([("file".to_owned(), Value::from(path.display().to_string()))]))
    }
}

impl PixelsView {
    fn image(&mut self, ui: &mut Ui, scene: &mut Scene<'_, Pixels>, cell: Vec2) -> Option<(usize, usize)> {
        let snapshot = scene.snapshot;
        ui.horizontal(|ui| {
            ui.strong(&snapshot.source);
            let label = snapshot.label.map_or_else(|| "your picture".to_owned(), |label| format!("labelled {label}"));
            ui.label(RichText::new(label).color(theme::tokens(ui).text_weak));
        });
        let pixels: Vec<f32> = snapshot.sample.pixels.iter().map(|&byte| f32::from(byte)).collect();
        let label = format!("The image {}, 28 rows of 28 numbers; drag to choose a slice", snapshot.source);
        let text = |value: f32| cell_text(value, Dtype::Uint8);
        let grid = number_grid::show(ui, &label, &pixels, SIDE, 0..SIDE, 0..SIDE, cell, Scale::Ink { max: 255.0 }, text);
        let corner = |row: usize, column: usize| grid.response.rect.min + Vec2::new(column as f32 * cell.x, row as f32 * cell.y);
        let (rows, columns) = (&snapshot.row_range, &snapshot.column_range);
        let chosen = Rect::from_min_max(corner(rows.start, columns.start), corner(rows.end, columns.end));
        ui.painter().rect_stroke(chosen, 2, Stroke::new(2.0, theme::tokens(ui).accent), StrokeKind::Outside);
        if let Some((row, column)) = grid.hovered {
            let under = Rect::from_min_size(corner(row, column), cell);
            ui.painter().rect_stroke(under, 0, Stroke::new(1.5, theme::tokens(ui).prediction), StrokeKind::Inside);
        }
        self.select(scene, &grid);
        grid.hovered
    }

    fn select(&mut self, scene: &mut Scene<'_, Pixels>, grid: &number_grid::GridResponse) {
        let Some((row, column)) = grid.hovered else { return };
        if grid.response.drag_started() {
            self.drag_start = Some((row, column));
        }
        if let (true, Some((first_row, first_column))) = (grid.response.dragged(), self.drag_start) {
            let slice = |a: usize, b: usize| format!("{}:{}", a.min(b), a.max(b) + 1);
            scene.form.set("rows", slice(first_row, row));
            scene.form.set("columns", slice(first_column, column));
        }
    }

    fn beside(&mut self, ui: &mut Ui, snapshot: &Snapshot, hovered: Option<(usize, usize)>) {
        let tokens = theme::tokens(ui);
        let (row, column, value) = hovered.map_or_else(Default::default, |(row, column)| {
            let byte = snapshot.sample.pixels.get(row * SIDE + column).copied().unwrap_or_default();
            (row.to_string(), column.to_string(), format!("{byte}  =  {:.4}", f32::from(byte) / 255.0))
        });
        let value = if value.is_empty() { "point at a pixel".to_owned() } else { value };
        readout::values(ui, "pixel", &[("row", row), ("column", column), ("value", value)]);
        ui.add_space(8.0);
        ui.horizontal(|ui| {
            ui.strong(format!("Slice [{}, {}]", snapshot.rows, snapshot.columns));
            if ui.button("Copy").on_hover_text("Copy the slice as PyTorch prints it").clicked() {
                ui.ctx().copy_text(tensor_text(&snapshot.values));
            }
        });
        ui.label(RichText::new(format!("shape [{}, {}]", snapshot.slice_shape[0], snapshot.slice_shape[1])).color(tokens.text_weak));
        egui::ScrollArea::both().id_salt("slice").max_height(220.0).show(ui, |ui| {
            ui.add(egui::Label::new(RichText::new(tensor_text(&snapshot.values)).monospace().size(12.0)).extend().selectable(true));
        });
        ui.add_space(8.0);
        self.stack(ui, snapshot);
    }

    fn stack(&mut self, ui: &mut Ui, snapshot: &Snapshot) {
        let tokens = theme::tokens(ui);
        ui.strong(format!("Stack: {} of {} images", snapshot.stacked, snapshot.digit_count));
        if snapshot.stacked == 0 {
            ui.label(RichText::new("Press Step to lay the first image of this digit on the stack.").color(tokens.text_weak));
            return;
        }
        let [images, rows, columns] = snapshot.stack_shape;
        let bytes = bytes_text(snapshot.stack_bytes);
        ui.label(RichText::new(format!("shape [{images}, {rows}, {columns}], rank 3, {bytes}")).color(tokens.text_weak));
        self.stack.resize_with(snapshot.recent.len(), Heatmap::default);
        let images = snapshot.data.split(snapshot.split);
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = Vec2::splat(5.0);
            for (picture, &index) in self.stack.iter_mut().zip(&snapshot.recent) {
                let pixels: Vec<f32> = images.image(index as usize).iter().map(|&byte| f32::from(byte)).collect();
                let source = images.source(index as usize);
                let cell = picture.show(ui, &source, &pixels, SIDE, Scale::Ink { max: 255.0 }, THUMBNAIL);
                cell.response.on_hover_text(source);
            }
        });
    }
}

fn cell_text(value: f32, dtype: Dtype) -> String {
    match dtype {
        Dtype::Uint8 => format!("{value:.0}"),
        Dtype::Float => format!("{:.2}", value / 255.0),
    }
}

/// A number of bytes with a unit that fits.
fn bytes_text(bytes: u64) -> String {
    match bytes {
        0..10_000 => format!("{bytes} bytes"),
        10_000..10_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}
