//! The training itself: a mini-batch, what the model says of it, the gradient, the step; and the curves of the run.

mod batch;
mod curves;
mod weights;

use super::Page;
use crate::experiments::trainer::Trainer;
use crate::experiments::{Experiment, Phase};
use crate::panels::Scene;
use crate::widgets::readout;
use egui::{Ui, Vec2};

/// The page that is shown first.
#[derive(Default)]
pub(super) struct Train {
    batch: batch::BatchView,
    weights: weights::WeightsView,
}

impl Page for Train {
    fn show(&mut self, ui: &mut Ui, scene: &mut Scene<'_, Trainer>) {
        let (snapshot, phase) = (scene.snapshot, scene.phase);
        let all = ui.available_width();
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
}
