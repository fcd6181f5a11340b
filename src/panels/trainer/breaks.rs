//! The break-it shelf: mistakes worth making, one click each.

use super::Page;
use crate::experiments::trainer::Trainer;
use crate::panels::Scene;
use egui::Ui;

/// The page.
#[derive(Default)]
pub(super) struct Breaks;

impl Page for Breaks {
    fn show(&mut self, ui: &mut Ui, _scene: &mut Scene<'_, Trainer>) {
        ui.label("");
    }
}
