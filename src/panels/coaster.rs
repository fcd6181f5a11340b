//! The roller coaster: fitted by hand, then by descent, and the ravine that descent creeps along.

mod dots;
mod four;
mod hand;
mod loss;
mod ravine;
mod ride;

use super::{Incoming, Scene, Taken, View};
use crate::experiments::Source;
use crate::experiments::coaster::moved::Moved;
use crate::experiments::coaster::{Coaster, Data, Look, Settings, Snapshot, Tab};
use crate::widgets::form::Form;
use crate::widgets::{flow, pages};
use dots::Dots;
use egui::Ui;

/// The learning rates and the noise that suit the two kinds of made-up data.
const RATES: [(Data, &str, f64, f64); 2] =
    [(Data::Coaster, "Roller coaster", 1e-5, 3.0), (Data::Curve, "3x\u{b2} + 2x + 1", 0.05, 1.5)];
/// The learning rate that suits any data on a rescaled axis.
const RESCALED_RATE: f64 = 0.1;

/// The view of [`Coaster`].
#[derive(Default)]
pub struct CoasterView {
    dots: Dots,
    /// Whether the reader wants to name a file.
    wants_file: bool,
}

impl View for CoasterView {
    type Experiment = Coaster;

    fn controls(&mut self, ui: &mut Ui, form: &mut Form<'_, Settings>, look: &mut Look) {
        form.field(ui, Settings::seed(), "Seed");
        form.log_slider(ui, Settings::lr(), "Learning rate", 1e-7, 1.0);
        form.field(ui, Settings::steps(), "Steps");
        form.field(ui, Settings::noise(), "Noise");
        self.source(ui, form, look);
        if self.wants_file || !form.csv.is_none() {
            form.field(ui, Settings::csv(), "File");
        }
        let rescaled = form.rescale_time;
        flow::group(ui, "time", |ui| {
            ui.label("Time");
            if ui
                .selectable_label(!rescaled, "as it is")
                .on_hover_text("As measured: the loss has a deep ravine")
                .clicked()
            {
                form.edit(|settings| (settings.rescale_time, settings.lr) = (false, rate(settings.data)));
            }
            let tip =
                "With mean 0 and standard deviation 1: plain descent finds the best curve, at a learning rate of 0.1";
            if ui.selectable_label(rescaled, "rescaled").on_hover_text(tip).clicked() {
                form.edit(|settings| (settings.rescale_time, settings.lr) = (true, RESCALED_RATE));
            }
        });
    }

    fn figure(&mut self, ui: &mut Ui, scene: &mut Scene<'_, Coaster>) {
        ui.horizontal(|ui| pages::show(ui, &mut scene.look.tab));
        // A page is turned once there is something to be seen on it.
        match scene.seen_look.tab {
            Tab::Hand => hand::show(ui, scene, &mut self.dots),
            Tab::Descent => ride::show(ui, scene, &mut self.dots),
            Tab::Four => four::show(ui, scene.snapshot),
            Tab::Ravine => ravine::show(ui, scene),
        }
    }

    fn take_file(&mut self, file: &Incoming, form: &mut Form<'_, Settings>, _look: &mut Look) -> Taken {
        let Incoming::Other(path) = file else { return Taken::No };
        if path.extension().is_none_or(|extension| !extension.eq_ignore_ascii_case("csv")) {
            return Taken::No;
        }
        form.edit(|settings| {
            settings.csv = Source::from(path.as_path());
            settings.moved = Moved::default();
            // Nobody knows the scale of another's data; on a rescaled axis the same rates do for all.
            (settings.rescale_time, settings.lr) = (true, RESCALED_RATE);
        });
        Taken::ToRun
    }
}

impl CoasterView {
    /// The choice among the data.
    fn source(&mut self, ui: &mut Ui, form: &mut Form<'_, Settings>, look: &mut Look) {
        let from_file = self.wants_file || !form.csv.is_none();
        let chosen = RATES.iter().find(|(data, ..)| !from_file && *data == form.data);
        flow::group(ui, "data", |ui| {
            let label = ui.label("Data");
            let title = chosen.map_or("A CSV file", |(_, title, ..)| *title);
            let combo = egui::ComboBox::from_id_salt("coaster data").selected_text(title).width(112.0);
            let shown = combo.show_ui(ui, |ui| {
                for (data, title, lr, noise) in RATES {
                    let is_chosen = chosen.is_some_and(|entry| entry.0 == data);
                    if ui.selectable_label(is_chosen, title).clicked() && !is_chosen {
                        self.wants_file = false;
                        look.hand.absolute = data == Data::Curve;
                        form.edit(|settings| {
                            let Settings { seed, steps, .. } = *settings;
                            *settings = Settings { seed, lr, steps, noise, data, ..Settings::default() };
                        });
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

/// The usual learning rate of made-up data, with time as it is.
fn rate(data: Data) -> f64 {
    RATES.iter().find(|(other, ..)| *other == data).map_or(1e-5, |(_, _, lr, _)| *lr)
}

/// a, b and c of a visit, in original units.
fn original(snapshot: &Snapshot, params: [f32; 3]) -> [f64; 3] {
    snapshot.scale.original(params.map(f64::from))
}

#[cfg(test)]
mod tests;
