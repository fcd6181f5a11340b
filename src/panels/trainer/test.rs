//! What the model has learned: its answers on the held-out images, and on a digit that you draw.

use super::Page;
use crate::experiments::trainer::Trainer;
use crate::panels::Scene;
use egui::Ui;

/// The page.
#[derive(Default)]
pub(super) struct Test;

impl Page for Test {
    fn show(&mut self, ui: &mut Ui, _scene: &mut Scene<'_, Trainer>) {
        ui.label("");
    }
}
