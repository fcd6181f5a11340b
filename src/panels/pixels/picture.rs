//! A picture of the reader's on its way to 28 x 28.

use super::Scene;
use super::channels::Channels;
use super::stages::StageRow;
use crate::data::Steps;
use crate::experiments::Source;
use crate::experiments::pixels::{Look, Pixels, Settings, Tab, Way};
use crate::panels::Wish;
use crate::widgets::form::Form;
use crate::widgets::theme;
use egui::{RichText, Ui};

/// The page.
#[derive(Default)]
pub(super) struct PicturePage {
    stages: StageRow,
    channels: Channels,
}

/// Which picture it is.
pub(super) fn controls(ui: &mut Ui, form: &mut Form<'_, Settings>, look: &mut Look) {
    let before = form.file.clone();
    form.field(ui, Settings::file(), "File");
    if form.file != before {
        look.part = None;
    }
}

impl PicturePage {
    pub(super) fn show(&mut self, ui: &mut Ui, scene: &mut Scene<'_, Pixels>) {
        let Some(stages) = &scene.seen.sample.stages else {
            nothing_yet(ui, scene);
            return;
        };
        let columns = if ui.available_width() > 560.0 { 5 } else { 3 };
        self.stages.show(ui, stages, &mut scene.form, columns, true);
        if let Some(way) = &scene.snapshot.picture {
            verdict(ui, way, &mut scene.form);
        }
        ui.add_space(4.0);
        self.channels.show(ui, stages, &mut scene.look.part);
        ui.add_space(4.0);
        ui.horizontal_wrapped(|ui| {
            if ui.button("Read its numbers").on_hover_text("The 28 x 28 result under the Image tab").clicked() {
                scene.look.tab = Tab::Image;
            }
            ways_in(ui, scene);
            if ui.button("Back to MNIST").on_hover_text("Close your picture").clicked() {
                scene.form.edit(|settings| settings.file = Source::none());
                scene.look.tab = Tab::Image;
            }
        });
    }
}

/// What the switches changed.
fn verdict(ui: &mut Ui, way: &Way, form: &mut Form<'_, Settings>) {
    let tokens = theme::tokens(ui);
    ui.horizontal_wrapped(|ui| {
        if form.steps() == Steps::default() {
            let text =
                "Every step is on: the way that MNIST's makers prepared their digits. Switch one off and compare.";
            ui.label(RichText::new(text).color(tokens.text_weak));
            return;
        }
        let text = format!("{} of the 784 pixels differ from what all steps together give.", way.differ);
        ui.label(RichText::new(text).color(tokens.prediction));
        if ui.button("All steps on").on_hover_text("Prepare the picture as MNIST's makers did").clicked() {
            form.edit(|settings| settings.set_steps(Steps::default()));
        }
    });
}

fn nothing_yet(ui: &mut Ui, scene: &mut Scene<'_, Pixels>) {
    let tokens = theme::tokens(ui);
    theme::card(ui).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.label(RichText::new("Bring a picture of a digit").strong().size(16.0));
        let text = "A photo of your handwriting, a scan, a screenshot: any PNG, JPEG, BMP, GIF or WebP. You will see it turn \
            grey, lose its margins, shrink to 20 \u{d7} 20 and find its place in 28 \u{d7} 28, the form of MNIST.";
        ui.add(egui::Label::new(RichText::new(text).color(tokens.text_weak)).wrap());
        ui.add_space(6.0);
        ui.horizontal_wrapped(|ui| {
            ways_in(ui, scene);
            if ui.button("Draw one").on_hover_text("Open the drawing pad").clicked() {
                scene.look.tab = Tab::Draw;
            }
        });
        ui.add_space(2.0);
        ui.label(RichText::new("Or drop a file anywhere on the window.").color(tokens.text_weak));
    });
}

fn ways_in(ui: &mut Ui, scene: &mut Scene<'_, Pixels>) {
    if ui.button("Open a picture \u{2026}").on_hover_text("Choose a picture file (Ctrl O)").clicked() {
        scene.wishes.push(Wish::ChooseFile);
    }
    if ui.button("Paste").on_hover_text("Take the picture on the clipboard (Ctrl V)").clicked() {
        scene.wishes.push(Wish::Paste);
    }
}
