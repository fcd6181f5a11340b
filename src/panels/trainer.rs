//! The trainer: a page for each way to look at the same run.

mod bars;
mod breaks;
mod controls;
mod files;
mod keys;
mod loader;
mod looked;
mod maps;
mod model;
mod nonlinearity;
mod test;
mod train;
mod trouble;
mod units;

use super::{Scene, View, device};
use crate::engine::Goal;
use crate::experiments::trainer::Trainer;
use crate::widgets::form::Form;
use egui::{Align, Layout, Ui};
use serde_json::{Map, Value};
use std::path::Path;

/// One way to look at a run.
trait Page {
    /// Draws it. The first phase may not have run yet.
    fn show(&mut self, ui: &mut Ui, scene: &mut Scene<'_, Trainer>);

    /// Adds to a saved state what it shows beside the run's own state, under names of its own.
    fn save(&self, _saved: &mut Map<String, Value>) {}

    /// Takes up what [`Page::save`] gave; what does not fit is ignored.
    fn restore(&mut self, _saved: &Map<String, Value>) {}
}

/// The pages, by their names in a saved state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Tab {
    #[default]
    Train,
    Loader,
    Model,
    Test,
    Breaks,
    Nonlinearity,
}

impl Tab {
    const ALL: [(Self, &'static str, &'static str, &'static str); 6] = [
        (Self::Train, "train", "Train", "The phases of each mini-batch, and the curves of the run"),
        (Self::Loader, "loader", "DataLoader", "The order in which the images come, batch by batch"),
        (Self::Model, "model", "Inside", "Weights and filters as pictures, and what an image sets off in them"),
        (Self::Test, "test", "Test it", "Its mistakes on the held-out images, and its answer to a digit that you draw"),
        (Self::Breaks, "breaks", "Break it", "Mistakes worth making: guess what happens, then see"),
        (Self::Nonlinearity, "relu", "Why ReLU", "What the step between two layers is for"),
    ];
}

/// The view of [`Trainer`].
#[derive(Default)]
pub struct TrainerView {
    tab: Tab,
    controls: controls::Controls,
    train: train::Train,
    loader: loader::Loader,
    model: model::ModelPage,
    test: test::Test,
    breaks: breaks::Breaks,
    nonlinearity: nonlinearity::Nonlinearity,
}

impl TrainerView {
    fn pages(&self) -> [&dyn Page; 6] {
        [&self.train, &self.loader, &self.model, &self.test, &self.breaks, &self.nonlinearity]
    }

    fn pages_mut(&mut self) -> [&mut dyn Page; 6] {
        [&mut self.train, &mut self.loader, &mut self.model, &mut self.test, &mut self.breaks, &mut self.nonlinearity]
    }
}

impl View for TrainerView {
    type Experiment = Trainer;

    fn controls(&mut self, ui: &mut Ui, form: &mut Form<'_>) {
        self.controls.show(ui, form);
        files::loaded(ui, form);
    }

    fn figure(&mut self, ui: &mut Ui, scene: &mut Scene<'_, Trainer>) {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            // In a narrow window too, all names and the menu at their right stand in one row.
            if ui.available_width() < 580.0 {
                ui.spacing_mut().button_padding.x = 5.0;
            }
            for (tab, _, title, tip) in Tab::ALL {
                if ui.selectable_label(self.tab == tab, title).on_hover_text(tip).clicked() {
                    self.tab = tab;
                }
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                files::menu(ui, scene);
                let tip = "Try every learning rate for one mini-batch, with these settings, and see which suits";
                if ui.button("Find a rate").on_hover_text(tip).clicked() {
                    scene.wishes.extend(super::lr_find::open(&scene.form));
                }
            });
        });
        let at = Tab::ALL.iter().position(|entry| entry.0 == self.tab).unwrap_or_default();
        device::notice(ui, scene.snapshot.notice.as_deref());
        trouble::show(ui, scene);
        self.pages_mut()[at].show(ui, scene);
        // The image that is looked at on one page is looked at on the other.
        match self.tab {
            Tab::Train => self.model.choose(self.train.choice()),
            Tab::Model => self.train.choose(self.model.choice()),
            _ => {}
        }
    }

    /// Other settings are another run: it begins at its beginning.
    fn after_change(_position: u64) -> Goal {
        Goal::Opening
    }

    fn save(&self) -> Map<String, Value> {
        let mut saved = Map::new();
        let name = Tab::ALL.iter().find(|entry| entry.0 == self.tab).map_or("", |entry| entry.1);
        saved.insert("tab".to_owned(), name.into());
        self.pages().into_iter().for_each(|page| page.save(&mut saved));
        saved
    }

    fn take_file(&mut self, path: &Path) -> Option<Map<String, Value>> {
        (self.tab == Tab::Test && self.test.take_picture(path)).then(Map::new)
    }

    fn restore(&mut self, saved: &Map<String, Value>) {
        let tab = saved.get("tab").and_then(Value::as_str);
        self.tab = Tab::ALL.iter().find(|entry| tab == Some(entry.1)).map_or(Tab::default(), |entry| entry.0);
        self.pages_mut().into_iter().for_each(|page| page.restore(saved));
    }
}
