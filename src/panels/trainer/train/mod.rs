//! The training itself: a mini-batch, what the model says of it, the gradient, the step; and the curves of the run.

mod answers;
mod arithmetic;
mod curves;
mod losses;
mod pictures;
mod runs;
mod strip;

use super::Page;
use crate::data::unit;
use crate::experiments::Phase;
use crate::experiments::trainer::Trainer;
use crate::panels::Scene;
use crate::widgets::readout;
use curves::Measure;
use egui::{Ui, Vec2};

/// Points between the halves of the page.
const GAP: f32 = 16.0;

/// The page that is shown first.
#[derive(Default)]
pub(super) struct Train {
    strip: strip::BatchStrip,
    pictures: pictures::Pictures,
}

impl Train {
    /// The batch on the left, the pictures with a pixel in common on the right.
    fn batch(&mut self, ui: &mut Ui, scene: &mut Scene<'_, Trainer>, is_low: bool) {
        let (snapshot, look) = (scene.snapshot, &mut scene.look.train);
        let all = ui.available_width();
        let pictures = (all * 0.44).clamp(200.0, if is_low { 280.0 } else { 380.0 });
        let Some(batch) = &snapshot.batch else {
            ui.strong("No mini-batch yet");
            ui.label("Press Step: the model looks at the first mini-batch.");
            self.pictures.show(ui, snapshot, &mut look.unit, None, false, None);
            return;
        };
        let seen = scene.seen.train.batch(batch);
        look.image = look.image.min(batch.indices.len().saturating_sub(1));
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = GAP;
            let pointed = ui
                .vertical(|ui| {
                    ui.set_width(all - pictures - GAP);
                    ui.spacing_mut().item_spacing.y = 4.0;
                    let rows = if is_low { 1 } else { 2 };
                    let shown = strip::Shown { snapshot, batch, seen: &seen };
                    let pointed = self.strip.show(ui, shown, rows, look);
                    losses::show(ui, shown, &mut look.image, if is_low { 26.0 } else { 34.0 });
                    let looked_at = pointed.map_or(look.image, |pointed| pointed.index);
                    answers::show(ui, snapshot, batch, looked_at, if is_low { 90.0 } else { 130.0 });
                    pointed
                })
                .inner;
            ui.vertical(|ui| {
                ui.set_width(pictures);
                let looked_at = pointed.map_or(look.image, |pointed| pointed.index);
                let image = batch.indices.get(looked_at).map(|&index| snapshot.dataset.train.image(index as usize));
                let pixels: Option<Vec<f32>> = image.map(|bytes| bytes.iter().copied().map(unit).collect());
                let after_step = scene.phase == Some(Phase::Step);
                let pixel = pointed.map(|pointed| pointed.pixel);
                self.pictures.show(ui, snapshot, &mut look.unit, pixels.as_deref(), after_step, pixel);
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
        runs::show(ui, scene);
        let height = (ui.available_height() - 8.0).clamp(if is_low { 112.0 } else { 150.0 }, 250.0);
        let half = ((all - GAP) / 2.0).floor();
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = GAP;
            for measure in [Measure::Loss, Measure::Accuracy] {
                curves::show(ui, snapshot, &scene.look.train.pins, measure, Vec2::new(half, height));
            }
        });
        ui.add_space(6.0);
        for table in snapshot.tables() {
            readout::table(ui, "epochs", &table, 240.0);
        }
    }
}
