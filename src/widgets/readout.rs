//! Numbers with their names, and tables of numbers: monospaced, right-aligned, still.

use super::theme;
use crate::experiments::Table;
use egui::{Align, Grid, Label, Layout, RichText, Ui};
use egui_extras::{Column, TableBuilder};

/// Named values below each other.
pub fn values(ui: &mut Ui, id: &str, rows: &[(&str, String)]) {
    let tokens = theme::tokens(ui);
    Grid::new(id).num_columns(2).spacing([16.0, 4.0]).show(ui, |ui| {
        for (name, value) in rows {
            ui.label(RichText::new(*name).color(tokens.text_weak));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.add(Label::new(RichText::new(value).monospace()).selectable(true));
            });
            ui.end_row();
        }
    });
}

/// A table at most `height` points high; longer ones scroll, and stay at their end while they grow.
pub fn table(ui: &mut Ui, id: &str, table: &Table, height: f32) {
    let tokens = theme::tokens(ui);
    if !table.title.is_empty() {
        ui.strong(&table.title);
    }
    // Exact widths: numbers that grow by a digit must not push their neighbours about more than that.
    let digit = ui.text_style_height(&egui::TextStyle::Monospace) * 0.5;
    ui.push_id(id, |ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        let mut builder = TableBuilder::new(ui)
            .striped(true)
            .stick_to_bottom(true)
            .max_scroll_height(height)
            .min_scrolled_height(60.0);
        for (place, name) in table.columns.iter().enumerate() {
            let longest =
                table.rows.iter().filter_map(|row| row.get(place)).map(|cell| cell.chars().count()).max().unwrap_or(0);
            let width = (longest as f32 * digit).max(name.chars().count() as f32 * digit * 0.9).max(24.0) + 6.0;
            builder = builder.column(Column::exact(width));
        }
        let head = |ui: &mut Ui, text: &str| {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.add(Label::new(RichText::new(text).small().color(tokens.text_weak)).extend());
            });
        };
        builder
            .header(18.0, |mut row| {
                for name in &table.columns {
                    row.col(|ui| head(ui, name));
                }
            })
            .body(|body| {
                body.rows(18.0, table.rows.len(), |mut row| {
                    let Some(cells) = table.rows.get(row.index()) else { return };
                    for cell in cells {
                        row.col(|ui| {
                            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                                ui.add(Label::new(RichText::new(cell).monospace()).extend());
                            });
                        });
                    }
                });
            });
    });
}
