//! The list of keys.

use egui::{Context, Grid, Id, Modal, RichText};

const KEYS: &[(&str, &str)] = &[
    ("Space or Right", "one phase on"),
    ("Left", "one phase back"),
    ("R", "run or pause"),
    ("B", "to the end of this batch"),
    ("E", "to the end of this epoch"),
    ("Home / End", "to the start / to the end"),
    ("N", "start again with another seed"),
    ("1 \u{2026} 9", "open a lesson"),
    ("F", "show or hide the filmstrip"),
    ("Ctrl S", "save a screenshot that opens as this state"),
    ("Ctrl O", "open a screenshot or a picture"),
    ("Ctrl + / Ctrl \u{2212} / Ctrl 0", "larger / smaller / as before"),
    ("Tab, then Space or Enter", "reach and press any control"),
    ("Esc", "let go of a control, so that the keys above work"),
    ("? or F1", "this list"),
];

/// Shows the list until it is closed; returns whether it stays open.
pub(super) fn show(ctx: &Context) -> bool {
    let modal = Modal::new(Id::unique("help")).show(ctx, |ui| {
        ui.set_max_width(440.0);
        ui.heading("Keys");
        ui.add_space(6.0);
        Grid::new("keys").num_columns(2).spacing([24.0, 6.0]).striped(true).show(ui, |ui| {
            for (key, meaning) in KEYS {
                ui.label(RichText::new(*key).monospace());
                ui.label(*meaning);
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
