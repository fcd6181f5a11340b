//! The list of keys.

use super::keys::KEYS;
use egui::{Context, Grid, Id, Modal, RichText};

/// Shows the list until it is closed; returns whether it stays open.
pub(super) fn show(ctx: &Context) -> bool {
    let modal = Modal::new(Id::unique("help")).show(ctx, |ui| {
        ui.set_max_width(440.0);
        ui.heading("Keys");
        ui.add_space(6.0);
        Grid::new("keys").num_columns(2).spacing([24.0, 6.0]).striped(true).show(ui, |ui| {
            for row in KEYS {
                ui.label(RichText::new(row.name).monospace());
                ui.label(row.meaning);
                ui.end_row();
            }
        });
        ui.add_space(6.0);
        ui.label("You can also drop a screenshot of the lab, or any picture of a digit, on the window.");
        ui.add_space(6.0);
        ui.button("Close").clicked()
    });
    !(modal.inner || modal.should_close())
}
