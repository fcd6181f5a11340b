//! Files of a run: its weights in and out, its table, and its script.

use crate::experiments::trainer::{Settings, Snapshot, Trainer};
use crate::experiments::{Experiment as _, Export, Source};
use crate::panels::{Scene, Wish};
use crate::widgets::flow;
use crate::widgets::form::Form;
use egui::{Button, Ui};

/// The kinds of file with their names in the menu, and what they are for.
const KINDS: [(Export, &str, &str); 3] = [
    (
        Export::Weights,
        "Weights (safetensors) \u{2026}",
        "Save the weights as they are now, with PyTorch's names and shapes. Drop the file on the lab to go on from it.",
    ),
    (Export::Table, "Table (CSV) \u{2026}", "Save the table of epochs, with all digits of every number."),
    (
        Export::Script,
        "As PyTorch script \u{2026}",
        "Save a Python program that trains the same model with PyTorch and prints the same table.",
    ),
];

/// The button at the right of the pages' names.
pub(super) fn menu(ui: &mut Ui, scene: &mut Scene<'_, Trainer>) {
    let Scene { snapshot, wishes, .. } = scene;
    let button = ui.menu_button("Save", |ui| {
        for (export, title, tip) in KINDS {
            // Before the first phase there are no weights yet.
            let is_there = !snapshot.epochs.is_empty() || export == Export::Script;
            let button = ui.add_enabled(is_there, Button::new(title)).on_hover_text(tip);
            let button = button.on_disabled_hover_text("There is nothing to save before the first phase.");
            if button.clicked()
                && let Some(bytes) = Trainer::export(snapshot, export)
            {
                wishes.push(Wish::Save { name: name(snapshot, export), bytes });
                ui.close();
            }
        }
        ui.separator();
        let load = ui.button("Load weights \u{2026}");
        let tip = "Start from a safetensors file, from this lab or from PyTorch. You can also drop one on the window.";
        if load.on_hover_text(tip).clicked() {
            wishes.push(Wish::ChooseFile);
            ui.close();
        }
    });
    button.response.on_hover_text("Save the weights, the table or a PyTorch script of this run, or load weights");
}

/// The file that the run starts from, if it starts from one, and the way back.
pub(super) fn loaded(ui: &mut Ui, form: &mut Form<'_, Settings>) {
    let source = form.weights.clone();
    let Some(path) = source.path() else { return };
    let name = path.file_name().map_or_else(|| source.to_string(), |name| name.to_string_lossy().into_owned());
    flow::group(ui, "weights", |ui| {
        ui.label(format!("Weights from {name}")).on_hover_text(source.as_str());
        if ui.button("Draw new ones").on_hover_text("Forget the file, and draw the first weights again").clicked() {
            form.edit(|settings| settings.weights = Source::none());
        }
    });
}

/// A name to suggest, such as `mlp-step-96.safetensors`.
fn name(snapshot: &Snapshot, export: Export) -> String {
    let (model, ending) = (snapshot.model, export.ending());
    match export {
        Export::Weights => format!("{model}-step-{}.{ending}", snapshot.steps),
        Export::Table | Export::Script => format!("{model}.{ending}"),
    }
}

#[cfg(test)]
mod tests;
