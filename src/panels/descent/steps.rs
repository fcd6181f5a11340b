//! The first tab: the curve on the left, the presets and the table of steps on the right.

use super::{LEAST_HEIGHT, curve, presets, tenth, words};
use crate::experiments::descent::Descent;
use crate::experiments::{Experiment, Stop};
use crate::panels::Scene;
use crate::widgets::{readout, theme};
use egui::{Label, RichText, Ui, Vec2};

/// The width of the column of numbers.
const SIDE: f32 = 214.0;
/// The height kept for the words below the curve, so that nothing jumps when they change.
const WORDS: f32 = 64.0;
/// The height of a plot's title.
const TITLE: f32 = 22.0;

pub(super) fn show(ui: &mut Ui, scene: &mut Scene<'_, Descent>) {
    let gap = 14.0;
    let height = ui.available_height().max(LEAST_HEIGHT);
    let left = (ui.available_width() - SIDE - gap).max(200.0);
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = gap;
        ui.allocate_ui(Vec2::new(left, height), |ui| {
            ui.vertical(|ui| {
                ui.set_width(left);
                curve::show(ui, scene, Vec2::new(left, height - WORDS - TITLE));
                below(ui, scene);
            });
        });
        ui.vertical(|ui| {
            ui.set_width(SIDE);
            beside(ui, scene);
        });
    });
}

fn below(ui: &mut Ui, scene: &mut Scene<'_, Descent>) {
    ui.add(Label::new(words::now(scene.snapshot)).wrap());
    if scene.snapshot.stopped == Some(Stop::Diverged) {
        tenth(ui, scene);
    } else {
        let lesson = RichText::new(scene.snapshot.function.lesson()).small().color(theme::tokens(ui).text_weak);
        ui.add(Label::new(lesson).wrap());
    }
}

fn beside(ui: &mut Ui, scene: &mut Scene<'_, Descent>) {
    let tokens = theme::tokens(ui);
    ui.label(RichText::new("Four rates to try on x²").small().color(tokens.text_weak));
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = Vec2::splat(3.0);
        presets(ui, scene);
    });
    let snapshot = scene.snapshot;
    ui.add_space(2.0);
    for mut table in Descent::tables(snapshot) {
        table.title.clear();
        readout::table(ui, "descent trace", &table, (ui.available_height() - 30.0).max(80.0));
    }
    if let Some(factor) = snapshot.factor {
        let text = format!("Each step keeps 1 \u{2212} 2 lr = {}", words::trimmed(factor));
        ui.label(RichText::new(text).small()).on_hover_text("What a step multiplies the distance to the floor by; see Learning rates");
    }
}
