//! The training itself: a mini-batch, what the model says of it, the gradient, the step; and the curves of the run.

mod answers;
mod arithmetic;
mod curves;
mod losses;
mod maps;
mod pins;
mod runs;
mod strip;

use super::Page;
use super::looked::{Choice, Image};
use crate::experiments::trainer::Trainer;
use crate::experiments::{Experiment, Phase};
use crate::panels::Scene;
use crate::widgets::readout;
use curves::Measure;
use egui::{Ui, Vec2};
use serde_json::{Map, Value};

/// Points between the halves of the page.
const GAP: f32 = 16.0;

/// The page that is shown first.
#[derive(Default)]
pub(super) struct Train {
    strip: strip::Strip,
    maps: maps::Maps,
    pins: Vec<pins::Pin>,
    /// The place of the chosen image in its mini-batch.
    place: usize,
}

impl Train {
    /// The image that is looked at.
    pub(super) const fn choice(&self) -> Choice {
        Choice::Batch(self.place)
    }

    /// Looks at another image, if it is one of the mini-batch.
    pub(super) const fn choose(&mut self, choice: Choice) {
        if let Choice::Batch(place) = choice {
            self.place = place;
        }
    }

    /// The batch on the left, the pictures with a pixel in common on the right.
    fn batch(&mut self, ui: &mut Ui, scene: &Scene<'_, Trainer>, is_low: bool) {
        let snapshot = scene.snapshot;
        let all = ui.available_width();
        let maps = (all * 0.44).clamp(200.0, if is_low { 280.0 } else { 380.0 });
        let Some(batch) = &snapshot.batch else {
            ui.strong("No mini-batch yet");
            ui.label("Press Step: the model looks at the first mini-batch.");
            self.maps.show(ui, snapshot, None, false, None);
            return;
        };
        self.place = self.place.min(batch.indices.len().saturating_sub(1));
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = GAP;
            let pointed = ui
                .vertical(|ui| {
                    ui.set_width(all - maps - GAP);
                    ui.spacing_mut().item_spacing.y = 4.0;
                    let rows = if is_low { 1 } else { 2 };
                    let pointed = self.strip.show(ui, snapshot, batch, rows, &mut self.place);
                    let order = self.strip.order(batch).to_vec();
                    losses::show(ui, snapshot, batch, &order, &mut self.place, if is_low { 26.0 } else { 34.0 });
                    let looked = pointed.map_or(self.place, |pointed| pointed.place);
                    answers::show(ui, snapshot, batch, looked, if is_low { 90.0 } else { 130.0 });
                    pointed
                })
                .inner;
            ui.vertical(|ui| {
                ui.set_width(maps);
                let looked = pointed.map_or(self.place, |pointed| pointed.place);
                let image = Image::of(snapshot, Choice::Batch(looked));
                let pixels = image.as_ref().map(|image| &image.pixels[..]);
                let after_step = scene.phase == Some(Phase::Step);
                self.maps.show(ui, snapshot, pixels, after_step, pointed.map(|pointed| pointed.pixel));
            });
        });
    }
}

impl Page for Train {
    fn show(&mut self, ui: &mut Ui, scene: &mut Scene<'_, Trainer>) {
        let snapshot = scene.snapshot;
        let all = ui.available_width();
        // In a low window the curves must still be seen without scrolling.
        let is_low = ui.available_height() < 480.0;
        self.batch(ui, scene, is_low);
        ui.add_space(4.0);
        runs::show(ui, scene, &mut self.pins);
        let height = (ui.available_height() - 8.0).clamp(if is_low { 112.0 } else { 150.0 }, 250.0);
        let half = ((all - GAP) / 2.0).floor();
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = GAP;
            for measure in [Measure::Loss, Measure::Accuracy] {
                curves::show(ui, snapshot, &self.pins, measure, Vec2::new(half, height));
            }
        });
        ui.add_space(6.0);
        for table in Trainer::tables(snapshot) {
            readout::table(ui, "epochs", &table, 240.0);
        }
    }

    fn save(&self, saved: &mut Map<String, Value>) {
        saved.insert("image".to_owned(), self.place.into());
        saved.insert("unit".to_owned(), self.maps.unit.into());
        saved.insert("worst".to_owned(), self.strip.worst_first.into());
        saved.insert("pins".to_owned(), pins::save(&self.pins));
    }

    fn restore(&mut self, saved: &Map<String, Value>) {
        let number = |name: &str| saved.get(name).and_then(Value::as_u64).and_then(|at| usize::try_from(at).ok());
        self.place = number("image").unwrap_or(0);
        self.maps.unit = number("unit").unwrap_or(0);
        self.strip.worst_first = saved.get("worst").and_then(Value::as_bool).unwrap_or(false);
        // A figure of the lesson has none, and is there to be compared with.
        if let Some(pins) = saved.get("pins") {
            self.pins = pins::restore(pins);
        }
    }
}
