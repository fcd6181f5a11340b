//! What the model has learned: its answer to a digit that you draw, and its mistakes on the held-out images.

mod answers;
mod confidence;
mod confusion;
mod images;
mod looked;
mod pulls;
mod sample;
mod stages;

use super::Page;
use crate::experiments::trainer::{Judged, Trainer, Validation, arithmetic};
use crate::panels::Scene;
use crate::widgets::theme;
use egui::{Label, RichText, Ui};
use images::{Caption, Images};
use serde_json::{Map, Value};
use std::path::Path;
use std::sync::Arc;

/// The name of this page's part of a saved state.
const SAVED: &str = "test";

/// What stands beside the image.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Side {
    #[default]
    Confusion,
    Losses,
    Confidence,
    Pulls,
}

impl Side {
    const ALL: [(Self, &'static str, &'static str, &'static str); 4] = [
        (Self::Confusion, "confusion", "Confusion", "Which held-out digit was taken for which, and the images"),
        (Self::Losses, "losses", "Top losses", "The held-out images that it was most wrong about"),
        (Self::Confidence, "confidence", "Confidence", "How sure it is, and whether it is right to be"),
        (Self::Pulls, "pixels", "Pixels", "Your image pixel by pixel: what each one adds to the answer"),
    ];
}

/// The page.
#[derive(Default)]
pub(super) struct Test {
    side: Side,
    sample: sample::Sample,
    looked: looked::Looked,
    /// The class whose logit is looked at; none for the one that the model answers.
    class: Option<usize>,
    alike: answers::Alike,
    strip: stages::Strip,
    judged: Option<(Arc<Validation>, Judged)>,
    confusion: confusion::Confusion,
    losses: Images,
    pulls: pulls::Pulls,
}

impl Test {
    /// Takes a picture that was dropped on the window or chosen; false if it is not for this page.
    pub(super) fn take_picture(&mut self, path: &Path) -> bool {
        let extension = path.extension().map(|extension| extension.to_string_lossy().to_lowercase());
        let is_picture =
            extension.is_some_and(|name| ["png", "jpg", "jpeg", "bmp", "gif", "webp"].contains(&name.as_str()));
        if is_picture {
            self.sample.open(path.to_owned());
        }
        is_picture
    }

    fn left(&mut self, ui: &mut Ui, scene: &mut Scene<'_, Trainer>, is_low: bool) {
        let snapshot = scene.snapshot;
        ui.spacing_mut().item_spacing.y = 4.0;
        let looked = &self.looked;
        let words = |pixel| Some(arithmetic(snapshot, looked.reading.as_ref()?, looked.pixels.as_ref()?, pixel));
        self.sample.show(ui, scene, is_low, words);
        if self.looked.pixels.is_none() {
            ui.add_space(4.0);
            ui.add(Label::new(RichText::new(self.sample.invitation()).color(theme::tokens(ui).text_weak)).wrap());
            return;
        }
        let truth = self.sample.truth(snapshot);
        let clicked = ui.scope(|ui| answers::show(ui, snapshot, &self.looked, truth)).inner;
        if let Some(class) = clicked {
            self.class = if self.class == Some(class) { None } else { Some(class) };
            self.side = Side::Pulls;
        }
        answers::likeness(ui, snapshot, &self.looked);
        if let Some(stages) = self.sample.stages() {
            ui.add_space(2.0);
            self.strip.show(ui, &stages, 64.0);
        }
        ui.add_space(2.0);
        self.alike.show(ui, snapshot, &self.looked);
    }

    fn right(&mut self, ui: &mut Ui, scene: &Scene<'_, Trainer>, is_low: bool) {
        let snapshot = scene.snapshot;
        ui.spacing_mut().item_spacing.y = 4.0;
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = 1.0;
            ui.spacing_mut().button_padding.x = 5.0;
            for (side, _, title, tip) in Side::ALL {
                ui.selectable_value(&mut self.side, side, title).on_hover_text(tip);
            }
        });
        if self.side == Side::Pulls {
            self.pulls.show(ui, snapshot, &self.looked);
            return;
        }
        let weak = theme::tokens(ui).text_weak;
        let Some(validation) = &snapshot.validation else {
            let text = "The model has no parameters yet. Press Step to draw them: the held-out images are read right away, and again after each epoch.";
            ui.add(Label::new(text).wrap());
            return;
        };
        if !self.judged.as_ref().is_some_and(|(of, _)| Arc::ptr_eq(of, validation)) {
            self.judged = Judged::of(snapshot).map(|judged| (Arc::clone(validation), judged));
        }
        let Some((_, judged)) = &self.judged else { return };
        let when =
            if judged.epoch == 0 { "before training".to_owned() } else { format!("after epoch {}", judged.epoch) };
        let text = format!("Held-out images {when}: {} of {} right", judged.right(), judged.actual.len());
        ui.add(Label::new(RichText::new(text).small().color(weak)).wrap());
        let chosen = self.sample.held_out();
        let clicked = match self.side {
            Side::Confusion => self.confusion.show(ui, snapshot, judged, chosen),
            Side::Losses => {
                let places = judged.top_losses();
                self.losses.show(ui, ("top losses", Caption::Long), snapshot, judged, places, chosen)
            }
            Side::Confidence | Side::Pulls => {
                confidence::show(ui, snapshot, judged, if is_low { 200.0 } else { 280.0 });
                None
            }
        };
        if let Some(place) = clicked {
            self.sample.choose(place);
            ui.ctx().request_repaint();
        }
    }
}

impl Page for Test {
    fn show(&mut self, ui: &mut Ui, scene: &mut Scene<'_, Trainer>) {
        let pixels = self.sample.pixels(scene.snapshot);
        self.class = self.class.filter(|class| *class < scene.snapshot.digits.len());
        self.looked.update(scene.snapshot, pixels.as_ref(), self.class);
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

    fn save(&self, saved: &mut Map<String, Value>) {
        let mut own = Map::new();
        let name = Side::ALL.iter().find(|entry| entry.0 == self.side).map_or("", |entry| entry.1);
        own.insert("side".to_owned(), name.into());
        self.sample.save(&mut own);
        self.confusion.save(&mut own);
        saved.insert(SAVED.to_owned(), own.into());
    }

    fn restore(&mut self, saved: &Map<String, Value>) {
        let nothing = Map::new();
        let own = saved.get(SAVED).and_then(Value::as_object).unwrap_or(&nothing);
        let name = own.get("side").and_then(Value::as_str);
        self.side = Side::ALL.iter().find(|entry| name == Some(entry.1)).map_or(Side::default(), |entry| entry.0);
        self.class = None;
        self.losses.restart();
        self.sample.restore(own);
        self.confusion.restore(own);
    }
}
