//! What is inside the model: its weights as pictures, and what an image sets off in them.

mod cnn;
mod detail;
mod head;
mod hidden;
mod linear;

use super::Page;
use crate::experiments::trainer::{Trainer, UnitKind, Units};
use crate::panels::Scene;
use egui::Ui;

/// The page.
#[derive(Default)]
pub(super) struct ModelPage {
    head: head::Head,
    linear: linear::Linear,
    hidden: hidden::HiddenUnits,
    cnn: cnn::Cnn,
}

impl Page for ModelPage {
    fn show(&mut self, ui: &mut Ui, scene: &mut Scene<'_, Trainer>) {
        let snapshot = scene.snapshot;
        if snapshot.state.is_none() {
            ui.strong("No parameters yet");
            ui.label("Press Step: the first ones are drawn.");
            return;
        }
        if snapshot.batch.is_none() && snapshot.task.valid.is_empty() {
            ui.label("There is no image to look at.");
            return;
        }
        let seen = &scene.seen.model;
        let Some(activations) = seen.activations() else { return };
        let look = &mut scene.look.model;
        self.head.show(ui, snapshot, seen, activations, &mut look.looked_at);
        ui.add_space(4.0);
        match Units::of(snapshot).kind {
            UnitKind::Only | UnitKind::Digit => self.linear.show(ui, snapshot, seen, activations, look),
            UnitKind::Hidden => self.hidden.show(ui, snapshot, seen, activations, look),
            UnitKind::Filter(_) => self.cnn.show(ui, snapshot, seen, activations, &mut look.map),
        }
    }
}
