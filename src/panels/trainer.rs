//! The trainer: a mini-batch, what the model says of it, the gradient, the step; and the curves of the whole run.

mod batch;
mod curves;
mod weights;

use super::{Scene, View};
use crate::engine::Goal;
use crate::experiments::trainer::Trainer;
use crate::experiments::{Experiment, Phase};
use crate::widgets::form::Form;
use crate::widgets::readout;
use egui::{Ui, Vec2};

/// The view of [`Trainer`].
#[derive(Default)]
pub struct TrainerView {
    batch: batch::BatchView,
    weights: weights::WeightsView,
}

impl View for TrainerView {
    type Experiment = Trainer;

    fn controls(&mut self, ui: &mut Ui, form: &mut Form<'_>) {
        form.field(ui, "digits", "Digits");
        form.field(ui, "init", "Start from");
        form.log_slider(ui, "lr", "Learning rate", 1e-3, 100.0);
        form.field(ui, "batch_size", "Batch size");
        form.field(ui, "epochs", "Epochs");
        form.field(ui, "shuffle", "Shuffle");
        form.field(ui, "zero_grad", "Zero gradients");
        form.field(ui, "seed", "Seed");
    }

    fn figure(&mut self, ui: &mut Ui, scene: &mut Scene<'_, Trainer>) {
        let (snapshot, phase) = (scene.snapshot, scene.phase);
        let all = ui.available_width();
        if phase.is_none() {
            ui.label(format!(
                "{} training images and {} held-out ones are ready. Press Step to draw the first parameters.",
                snapshot.samples, snapshot.valid_samples
            ));
            return;
        }
        let gap = 16.0;
        // In a low window the curves must still be seen without scrolling.
        let is_low = ui.available_height() < 480.0;
        let maps = (all * 0.42).clamp(200.0, if is_low { 260.0 } else { 380.0 });
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = gap;
            ui.vertical(|ui| {
                ui.set_width(all - maps - gap);
                self.batch.show(ui, snapshot, phase, is_low);
            });
            ui.vertical(|ui| {
                ui.set_width(maps);
                self.weights.show(ui, snapshot, phase == Some(Phase::Step));
            });
        });
        ui.add_space(8.0);
        let height = (ui.available_height() - 10.0).clamp(if is_low { 130.0 } else { 150.0 }, 230.0);
        let half = ((all - gap) / 2.0).floor();
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = gap;
            curves::loss(ui, snapshot, Vec2::new(half, height));
            curves::accuracy(ui, snapshot, Vec2::new(half, height));
        });
        ui.add_space(6.0);
        for table in Trainer::tables(snapshot) {
            readout::table(ui, "epochs", &table, 240.0);
        }
    }

    /// Other settings are another run: it begins at its beginning.
    fn after_change(_position: u64) -> Goal {
        Goal::Opening
    }
}
