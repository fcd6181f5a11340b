//! The MNIST loss in five tabs, in the order of its phases: one prediction, all of them as a matrix product, their
//! distances from the targets, the sigmoid, and why accuracy is not a loss.

mod flat;
mod maps;
mod one;
mod product;
mod sigmoid;
mod table;

use super::{Scene, View};
use crate::experiments::loss::{Look, MnistLoss, Settings, Tab};
use crate::widgets::form::Form;
use crate::widgets::pages;
use egui::Ui;

/// The view of [`MnistLoss`].
#[derive(Default)]
pub struct LossView {
    /// The page that was drawn last.
    shown: Option<Tab>,
    one: one::One,
    product: product::ProductView,
    sigmoid: sigmoid::SigmoidView,
    flat: flat::Flat,
}

impl View for LossView {
    type Experiment = MnistLoss;

    fn controls(&mut self, ui: &mut Ui, form: &mut Form<'_, Settings>, look: &mut Look) {
        form.field(ui, Settings::seed(), "Seed");
        let mut looked = Form::new(look);
        looked.field(ui, Look::image(), "Image");
        looked.field(ui, Look::pixel(), "Pixel");
        looked.field(ui, Look::factor(), "Factor");
        form.field(ui, Settings::sigmoid(), "Sigmoid");
        self.stay(form, look);
    }

    fn figure(&mut self, ui: &mut Ui, scene: &mut Scene<'_, MnistLoss>) {
        let mut page = scene.look.page(scene.snapshot.act);
        if ui.horizontal(|ui| pages::show(ui, &mut page)).inner {
            scene.look.tab = Some(page);
        }
        self.shown = Some(page);
        match page {
            Tab::One => self.one.show(ui, scene),
            Tab::Product => self.product.show(ui, scene),
            Tab::Table => table::show(ui, scene),
            Tab::Sigmoid => self.sigmoid.show(ui, scene),
            Tab::Flat => self.flat.show(ui, scene),
        }
        self.stay(&scene.form, scene.look);
    }

    fn walked(&mut self, look: &mut Look) {
        look.tab = None;
    }
}

impl LossView {
    /// A changed setting starts a new run; until that has come to the phase of this one, the page must not follow it.
    fn stay(&self, form: &Form<'_, Settings>, look: &mut Look) {
        if form.changed() {
            look.tab = look.tab.or(self.shown);
        }
    }
}

#[cfg(test)]
mod tests;
