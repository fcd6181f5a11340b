//! The roller coaster: fitted by hand, then by descent, and the ravine that descent creeps along.

mod dots;
mod four;
mod ghost;
mod hand;
mod loss;
mod ravine;
mod ride;

use super::{Scene, View};
use crate::experiments::coaster::{Coaster, Snapshot};
use crate::widgets::flow;
use crate::widgets::form::Form;
use dots::Dots;
use egui::Ui;
use ghost::Ghost;
use serde_json::{Map, Value, json};
use std::path::Path;

/// The learning rates that suit the two kinds of made-up data.
const RATES: [(&str, &str, f64, f64); 2] =
    [("coaster", "Roller coaster", 1e-5, 3.0), ("curve", "3x\u{b2} + 2x + 1", 0.05, 1.5)];

/// The tabs, by their names in a saved state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Tab {
    Hand,
    #[default]
    Descent,
    Four,
    Ravine,
}

impl Tab {
    const ALL: [(Self, &'static str, &'static str, &'static str); 4] = [
        (Self::Hand, "hand", "By hand", "Choose a, b and c yourself and watch the loss"),
        (Self::Descent, "descent", "Descent", "The seven steps choose a, b and c"),
        (Self::Four, "four", "Four steps", "The curves before steps 1, 2, 3 and 4, side by side"),
        (Self::Ravine, "ravine", "Ravine", "The loss from above: why descent stops short of the best curve"),
    ];
}

/// The view of [`Coaster`].
#[derive(Default)]
pub struct CoasterView {
    tab: Tab,
    hand: hand::Hand,
    ravine: ravine::Ravine,
    ghost: Option<Ghost>,
    dots: Dots,
    /// Whether the plots show the data closely instead of the whole run.
    close: bool,
    /// Whether the reader wants to name a file.
    wants_file: bool,
}

impl View for CoasterView {
    type Experiment = Coaster;

    fn controls(&mut self, ui: &mut Ui, form: &mut Form<'_>) {
        form.field(ui, "seed", "Seed");
        form.log_slider(ui, "lr", "Learning rate", 1e-7, 1.0);
        form.field(ui, "steps", "Steps");
        form.field(ui, "noise", "Noise");
        self.source(ui, form);
        if self.wants_file || !form.text("csv").is_empty() {
            form.field(ui, "csv", "File");
        }
        let rescaled = is_rescaled(form);
        flow::group(ui, "time", |ui| {
            ui.label("Time");
            if ui
                .selectable_label(!rescaled, "as it is")
                .on_hover_text("As measured: the loss has a deep ravine")
                .clicked()
            {
                form.set("rescale_time", false);
                form.set("lr", rate(form));
            }
            let tip =
                "With mean 0 and standard deviation 1: plain descent finds the best curve, at a learning rate of 0.1";
            if ui.selectable_label(rescaled, "rescaled").on_hover_text(tip).clicked() {
                form.set("rescale_time", true);
                form.set("lr", 0.1);
            }
        });
    }

    fn figure(&mut self, ui: &mut Ui, scene: &mut Scene<'_, Coaster>) {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            for (tab, _, title, tip) in Tab::ALL {
                if ui.selectable_label(self.tab == tab, title).on_hover_text(tip).clicked() {
                    self.tab = tab;
                }
            }
        });
        match self.tab {
            Tab::Hand => self.hand.show(ui, scene, &mut self.dots),
            Tab::Descent => ride::show(ui, scene, &mut self.dots, &mut self.close, &mut self.ghost),
            Tab::Four => four::show(ui, scene.snapshot),
            Tab::Ravine => self.ravine.show(ui, scene),
        }
    }

    fn save(&self) -> Map<String, Value> {
        let mut saved = Map::new();
        let name = Tab::ALL.iter().find(|entry| entry.0 == self.tab).map_or("", |entry| entry.1);
        saved.insert("tab".to_owned(), name.into());
        saved.insert("close".to_owned(), self.close.into());
        self.hand.save(&mut saved);
        self.ravine.save(&mut saved);
        if let Some(ghost) = &self.ghost {
            saved.insert("ghost".to_owned(), json!(ghost));
        }
        saved
    }

    fn restore(&mut self, saved: &Map<String, Value>) {
        let named = |key: &str| saved.get(key).and_then(Value::as_str);
        if let Some(entry) = Tab::ALL.iter().find(|entry| named("tab") == Some(entry.1)) {
            self.tab = entry.0;
        }
        self.close = saved.get("close").and_then(Value::as_bool).unwrap_or(self.close);
        self.hand.restore(saved);
        self.ravine.restore(saved);
        if let Some(ghost) = saved.get("ghost") {
            self.ghost = Ghost::restore(ghost);
        }
    }

    fn take_file(&mut self, path: &Path) -> Option<Map<String, Value>> {
        path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csv")).then(|| {
            // Nobody knows the scale of another's data; on a rescaled axis the same rates do for all.
            let wanted = json!({"csv": path.display().to_string(), "moved": "", "rescale_time": true, "lr": 0.1});
            wanted.as_object().cloned().unwrap_or_default()
        })
    }
}

impl CoasterView {
    /// The choice among the data.
    fn source(&mut self, ui: &mut Ui, form: &mut Form<'_>) {
        let from_file = self.wants_file || !form.text("csv").is_empty();
        let chosen = RATES.iter().find(|(name, ..)| !from_file && *name == form.text("data"));
        flow::group(ui, "data", |ui| {
            let label = ui.label("Data");
            let title = chosen.map_or("A CSV file", |(_, title, ..)| *title);
            let combo = egui::ComboBox::from_id_salt("coaster data").selected_text(title).width(112.0);
            let shown = combo.show_ui(ui, |ui| {
                for (name, title, lr, noise) in RATES {
                    let is_chosen = chosen.is_some_and(|entry| entry.0 == name);
                    if ui.selectable_label(is_chosen, title).clicked() && !is_chosen {
                        self.wants_file = false;
                        self.hand.absolute = name == "curve";
                        form.set("data", name);
                        form.set("csv", "");
                        form.set("moved", "");
                        form.set("rescale_time", false);
                        form.set("lr", lr);
                        form.set("noise", noise);
                    }
                }
                if ui.selectable_label(from_file, "A CSV file").clicked() {
                    self.wants_file = true;
                }
            });
            let tip = "What is measured: the coaster, points around 3x\u{b2} + 2x + 1, or a CSV file of yours (drop it on the window)";
            shown.response.labelled_by(label.id).on_hover_text(tip);
        });
    }
}

fn is_rescaled(form: &Form<'_>) -> bool {
    form.get("rescale_time").and_then(Value::as_bool).unwrap_or(false)
}

/// The usual learning rate of the chosen data, with time as it is.
fn rate(form: &Form<'_>) -> f64 {
    RATES.iter().find(|(name, ..)| *name == form.text("data")).map_or(1e-5, |(_, _, lr, _)| *lr)
}

/// a, b and c of a visit, in original units.
fn original(snapshot: &Snapshot, params: [f32; 3]) -> [f64; 3] {
    snapshot.scale.original(params.map(f64::from))
}

#[cfg(test)]
mod tests;
