//! The trainer: a page for each way to look at the same run.

mod bars;
mod breaks;
mod controls;
mod files;
mod loader;
mod maps;
mod model;
mod nonlinearity;
mod test;
mod train;
mod trouble;

use super::{Incoming, Scene, Taken, View, device};
use crate::engine::Goal;
use crate::experiments::trainer::{Chosen, Look, Settings, Tab, Trainer};
use crate::widgets::form::Form;
use crate::widgets::pages;
use egui::{Align, Layout, Ui};

/// One way to look at a run.
trait Page {
    /// Draws it. The first phase may not have run yet.
    fn show(&mut self, ui: &mut Ui, scene: &mut Scene<'_, Trainer>);
}

/// The view of [`Trainer`].
#[derive(Default)]
pub struct TrainerView {
    controls: controls::Controls,
    train: train::Train,
    loader: loader::Loader,
    model: model::ModelPage,
    test: test::Test,
    breaks: breaks::Breaks,
    nonlinearity: nonlinearity::Nonlinearity,
}

impl TrainerView {
    fn page(&mut self, tab: Tab) -> &mut dyn Page {
        match tab {
            Tab::Train => &mut self.train,
            Tab::Loader => &mut self.loader,
            Tab::Model => &mut self.model,
            Tab::Test => &mut self.test,
            Tab::Breaks => &mut self.breaks,
            Tab::Nonlinearity => &mut self.nonlinearity,
        }
    }
}

impl View for TrainerView {
    type Experiment = Trainer;

    fn controls(&mut self, ui: &mut Ui, form: &mut Form<'_, Settings>, _look: &mut Look) {
        self.controls.show(ui, form);
        files::loaded(ui, form);
    }

    fn figure(&mut self, ui: &mut Ui, scene: &mut Scene<'_, Trainer>) {
        ui.horizontal(|ui| {
            // In a narrow window too, all names and the menu at their right stand in one row.
            if ui.available_width() < 580.0 {
                ui.spacing_mut().button_padding.x = 5.0;
            }
            pages::show(ui, &mut scene.look.tab);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                files::menu(ui, scene);
                let tip = "Try every learning rate for one mini-batch, with these settings, and see which suits";
                if ui.button("Find a rate").on_hover_text(tip).clicked() {
                    scene.wishes.extend(super::lr_find::open(&scene.form));
                }
            });
        });
        device::notice(ui, scene.snapshot.notice.as_deref());
        trouble::show(ui, scene);
        self.page(scene.look.tab).show(ui, scene);
        follow(scene.look);
    }

    /// Other settings are another run: it begins at its beginning.
    fn after_change(_position: u64) -> Goal {
        Goal::Opening
    }

    fn take_file(&mut self, file: &Incoming, form: &mut Form<'_, Settings>, look: &mut Look) -> Taken {
        match file {
            Incoming::Weights(about, path) => {
                let settings = about.settings(path, form);
                form.edit(|now| *now = settings);
                Taken::ToRun
            }
            Incoming::Other(path) if look.tab == Tab::Test && self.test.take_picture(path, look) => Taken::ToLookAt,
            Incoming::Other(_) => Taken::No,
        }
    }
}

/// The image that is looked at on the page Train is looked at on Inside too, unless that shows a held-out one.
const fn follow(look: &mut Look) {
    match (look.tab, look.model.looked_at) {
        (Tab::Train, Chosen::Batch(_)) => look.model.looked_at = Chosen::Batch(look.train.image),
        (Tab::Model, Chosen::Batch(index)) => look.train.image = index,
        _ => {}
    }
}
