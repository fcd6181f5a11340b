//! Why there is a ReLU between the layers.

use super::Page;
use crate::experiments::trainer::Trainer;
use crate::panels::Scene;
use egui::Ui;

/// The page.
#[derive(Default)]
pub(super) struct Nonlinearity;

impl Page for Nonlinearity {
    fn show(&mut self, ui: &mut Ui, _scene: &mut Scene<'_, Trainer>) {
        ui.label("");
    }
}
