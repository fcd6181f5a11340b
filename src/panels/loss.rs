//! The MNIST loss in five tabs, in the order of its phases: one prediction, all of them as a matrix product, their
//! distances from the targets, the sigmoid, and why accuracy is not a loss.

mod flat;
mod maps;
mod one;
mod product;
mod sigmoid;
mod table;

use super::{Scene, View};
use crate::experiments::loss::{Act, MnistLoss};
use crate::widgets::form::Form;
use egui::Ui;
use serde_json::{Map, Value};

/// The tabs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tab {
    One,
    Product,
    Table,
    Sigmoid,
    Flat,
}

impl Tab {
    /// Each by its name in a saved state, its title and its meaning.
    const ALL: [(Self, &'static str, &'static str, &'static str); 5] = [
        (Self::One, "one", "One prediction", "784 products of pixels and weights add up to one number"),
        (Self::Product, "product", "Matrix product", "Row times column: every image's prediction at once"),
        (Self::Table, "table", "mnist_loss", "Predictions and targets that you edit, and how far off they are"),
        (Self::Sigmoid, "sigmoid", "Sigmoid", "Any number becomes one between 0 and 1; what that does to the gradient"),
        (Self::Flat, "flat", "Accuracy is flat", "Turn one weight: accuracy moves in steps, the loss moves smoothly"),
    ];

    /// The tab on which a phase shows what it did.
    const fn of(act: Option<Act>) -> Self {
        match act {
            None | Some(Act::Draw | Act::OneImage) => Self::One,
            Some(Act::AllImages) => Self::Product,
            Some(Act::Distances) => Self::Table,
            Some(Act::Sigmoid | Act::Slopes | Act::End) => Self::Sigmoid,
            Some(Act::Accuracy) => Self::Flat,
        }
    }
}

/// The view of [`MnistLoss`].
#[derive(Default)]
pub struct LossView {
    /// The tab that the reader chose; without a choice, that of the phase.
    chosen: Option<Tab>,
    /// The tab that was drawn last.
    shown: Option<Tab>,
    one: one::One,
    product: product::ProductView,
    sigmoid: sigmoid::SigmoidView,
    flat: flat::Flat,
}

impl View for LossView {
    type Experiment = MnistLoss;

    fn controls(&mut self, ui: &mut Ui, form: &mut Form<'_>) {
        form.field(ui, "seed", "Seed");
        form.field(ui, "image", "Image");
        form.field(ui, "pixel", "Pixel");
        form.field(ui, "factor", "Factor");
        form.field(ui, "sigmoid", "Sigmoid");
        self.stay(form);
    }

    fn figure(&mut self, ui: &mut Ui, scene: &mut Scene<'_, MnistLoss>) {
        let current = self.chosen.unwrap_or_else(|| Tab::of(scene.snapshot.act));
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            for (tab, _, title, tip) in Tab::ALL {
                if ui.selectable_label(current == tab, title).on_hover_text(tip).clicked() {
                    self.chosen = Some(tab);
                }
            }
        });
        let current = self.chosen.unwrap_or(current);
        self.shown = Some(current);
        match current {
            Tab::One => self.one.show(ui, scene),
            Tab::Product => self.product.show(ui, scene),
            Tab::Table => table::show(ui, scene),
            Tab::Sigmoid => self.sigmoid.show(ui, scene),
            Tab::Flat => self.flat.show(ui, scene),
        }
        self.stay(&scene.form);
    }

    fn walked(&mut self) {
        self.chosen = None;
    }

    fn save(&self) -> Map<String, Value> {
        let mut saved = Map::new();
        if let Some((_, name, ..)) = Tab::ALL.iter().find(|entry| Some(entry.0) == self.chosen) {
            saved.insert("tab".to_owned(), (*name).into());
        }
        self.product.save(&mut saved);
        self.sigmoid.save(&mut saved);
        self.flat.save(&mut saved);
        saved
    }

    fn restore(&mut self, saved: &Map<String, Value>) {
        let name = saved.get("tab").and_then(Value::as_str);
        self.chosen = Tab::ALL.iter().find(|entry| name == Some(entry.1)).map(|entry| entry.0);
        self.product.restore(saved);
        self.sigmoid.restore(saved);
        self.flat.restore(saved);
    }
}

impl LossView {
    /// A changed setting starts a new run; until that has come to the phase of this one, the tab must not follow it.
    fn stay(&mut self, form: &Form<'_>) {
        if form.changed() {
            self.chosen = self.chosen.or(self.shown);
        }
    }
}
