//! What the model has learned: its answer to a digit that you draw, and its mistakes on the held-out images.

mod answers;
mod confidence;
mod confusion;
mod images;
mod interpretation;
mod sample;
mod stages;

use super::Page;
use crate::experiments::trainer::{Look, Sample, Side, Tab, Trainer, arithmetic};
use crate::panels::Scene;
use crate::widgets::{pages, theme};
use egui::{Label, RichText, Ui};
use images::{Caption, Images};
use std::path::Path;

/// The page.
#[derive(Default)]
pub(super) struct Test {
    sample: sample::SampleView,
    alike: answers::Alike,
    strip: stages::Strip,
    confusion: confusion::Confusion,
    losses: Images,
    interpretation: interpretation::Interpretation,
}

impl Test {
    /// Takes a picture that was dropped on the window or chosen; false if it is not for this page.
    pub(super) fn take_picture(&mut self, path: &Path, look: &mut Look) -> bool {
        let extension = path.extension().map(|extension| extension.to_string_lossy().to_lowercase());
        let is_picture =
            extension.is_some_and(|name| ["png", "jpg", "jpeg", "bmp", "gif", "webp"].contains(&name.as_str()));
        if is_picture {
            self.sample.open(path.to_owned());
            look.test.sample = Sample::Picture;
        }
        is_picture
    }

    fn left(&mut self, ui: &mut Ui, scene: &mut Scene<'_, Trainer>, is_low: bool) {
        let (snapshot, seen) = (scene.snapshot, &scene.seen.test);
        ui.spacing_mut().item_spacing.y = 4.0;
        let words = |pixel| Some(arithmetic(snapshot, seen.reading()?, seen.image.as_ref()?, pixel));
        self.sample.show(ui, scene, is_low, words);
        if seen.image.is_none() {
            if scene.seen_look.tab == Tab::Test {
                let text = RichText::new(self.sample.invitation(&scene.seen_look.test));
                ui.add_space(4.0);
                ui.add(Label::new(text.color(theme::tokens(ui).text_weak)).wrap());
            }
            return;
        }
        let truth = sample::truth(scene);
        let clicked = ui.scope(|ui| answers::show(ui, snapshot, seen, truth)).inner;
        if let Some(class) = clicked {
            let look = &mut scene.look.test;
            look.class = if look.class == Some(class) { None } else { Some(class) };
            look.side = Side::Pixels;
        }
        if let Some(likeness) = seen.likeness() {
            answers::likeness(ui, snapshot, likeness);
        }
        if let Some(stages) = self.sample.stages(scene) {
            ui.add_space(2.0);
            self.strip.show(ui, &stages, 64.0);
        }
        ui.add_space(2.0);
        if let Some(likeness) = seen.likeness() {
            self.alike.show(ui, snapshot, likeness);
        }
    }

    fn right(&mut self, ui: &mut Ui, scene: &mut Scene<'_, Trainer>, is_low: bool) {
        let (snapshot, seen) = (scene.snapshot, &scene.seen.test);
        ui.spacing_mut().item_spacing.y = 4.0;
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = 1.0;
            ui.spacing_mut().button_padding.x = 5.0;
            pages::row(ui, &mut scene.look.test.side);
        });
        if scene.look.test.side == Side::Pixels {
            self.interpretation.show(ui, snapshot, seen, &mut scene.look.test.pixel);
            return;
        }
        let weak = theme::tokens(ui).text_weak;
        if snapshot.validation.is_none() {
            let text = "The model has no parameters yet. Press Step to draw them: the held-out images are read right away, and again after each epoch.";
            ui.add(Label::new(text).wrap());
            return;
        }
        let Some(judged) = seen.judged(snapshot) else { return };
        let when =
            if judged.epoch == 0 { "before training".to_owned() } else { format!("after epoch {}", judged.epoch) };
        let text = format!("Held-out images {when}: {} of {} right", judged.correct, judged.losses.len());
        ui.add(Label::new(RichText::new(text).small().color(weak)).wrap());
        let clicked = match scene.look.test.side {
            Side::Confusion => self.confusion.show(ui, scene, judged),
            Side::Losses => {
                let id = ("top losses", Caption::Long);
                self.losses.show(ui, id, snapshot, judged, &judged.top_losses, seen.held_out)
            }
            Side::Confidence | Side::Pixels => {
                confidence::show(ui, snapshot, judged, if is_low { 200.0 } else { 280.0 });
                None
            }
        };
        if let Some(index) = clicked {
            (scene.look.test.sample, scene.look.test.index) = (Sample::HeldOut, index);
            ui.ctx().request_repaint();
        }
    }
}

impl Page for Test {
    fn show(&mut self, ui: &mut Ui, scene: &mut Scene<'_, Trainer>) {
        let (all, gap) = (ui.available_width(), 16.0);
        let is_low = ui.available_height() < 480.0;
        let left = (all * 0.42).clamp(222.0, 320.0).min(all).floor();
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = gap;
            ui.vertical(|ui| {
                ui.set_width(left);
                self.left(ui, scene, is_low);
            });
            ui.vertical(|ui| {
                ui.set_width((all - left - gap).max(120.0));
                self.right(ui, scene, is_low);
            });
        });
    }
}
