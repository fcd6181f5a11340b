//! What the model is fed: the order of the images, mini-batch by mini-batch.

use super::Page;
use crate::experiments::trainer::Trainer;
use crate::panels::Scene;
use egui::Ui;

/// The page.
#[derive(Default)]
pub(super) struct Loader;

impl Page for Loader {
    fn show(&mut self, ui: &mut Ui, _scene: &mut Scene<'_, Trainer>) {
        ui.label("");
    }
}
