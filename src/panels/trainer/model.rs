//! What is inside the model: its weights as pictures, and what an image sets off in it.

use super::Page;
use crate::experiments::trainer::Trainer;
use crate::panels::Scene;
use egui::Ui;

/// The page.
#[derive(Default)]
pub(super) struct ModelPage;

impl Page for ModelPage {
    fn show(&mut self, ui: &mut Ui, _scene: &mut Scene<'_, Trainer>) {
        ui.label("");
    }
}
