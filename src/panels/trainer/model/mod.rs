//! What is inside the model: its weights as pictures, and what an image sets off in them.

mod cnn;
mod detail;
mod head;
mod hidden;
mod linear;

use super::Page;
use super::looked::{Choice, Looked};
use super::units::{Kind, Units};
use crate::experiments::trainer::Trainer;
use crate::panels::Scene;
use egui::Ui;
use serde_json::{Map, Value};

/// The page.
#[derive(Default)]
pub(super) struct ModelPage {
    choice: Choice,
    looked: Looked,
    head: head::Head,
    linear: linear::Linear,
    hidden: hidden::Hidden,
    cnn: cnn::Cnn,
}

impl ModelPage {
    /// The image that is looked at.
    pub(super) const fn choice(&self) -> Choice {
        self.choice
    }

    /// Looks at an image of the mini-batch, unless a held-out one is looked at.
    pub(super) const fn choose(&mut self, choice: Choice) {
        if matches!(self.choice, Choice::Batch(_)) {
            self.choice = choice;
        }
    }
}

impl Page for ModelPage {
    fn show(&mut self, ui: &mut Ui, scene: &mut Scene<'_, Trainer>) {
        let snapshot = scene.snapshot;
        if snapshot.state.is_none() {
            ui.strong("No parameters yet");
            ui.label("Press Step: the first ones are drawn.");
            return;
        }
        self.looked.look(snapshot, self.choice.fit(snapshot));
        self.head.show(ui, snapshot, &self.looked, &mut self.choice);
        ui.add_space(4.0);
        match Units::of(snapshot).kind {
            Kind::Only | Kind::Digit => self.linear.show(ui, snapshot, &self.looked),
            Kind::Hidden => self.hidden.show(ui, snapshot, &self.looked),
            Kind::Filter(_) => self.cnn.show(ui, snapshot, &self.looked),
        }
    }

    fn save(&self, saved: &mut Map<String, Value>) {
        saved.insert("looked at".to_owned(), self.choice.to_value());
        self.linear.save(saved);
        self.hidden.save(saved);
        self.cnn.save(saved);
    }

    fn restore(&mut self, saved: &Map<String, Value>) {
        self.choice = saved.get("looked at").and_then(Choice::from_value).unwrap_or_default();
        self.linear.restore(saved);
        self.hidden.restore(saved);
        self.cnn.restore(saved);
    }
}

/// A place in a saved state; the first where there is none.
fn place(saved: &Map<String, Value>, name: &str) -> usize {
    saved.get(name).and_then(Value::as_u64).and_then(|at| usize::try_from(at).ok()).unwrap_or(0)
}
