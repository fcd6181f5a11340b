//! The first tab: the curve on the left, the presets and the table of steps on the right.

use super::{LEAST_HEIGHT, curve, presets, tenth, words};
use crate::experiments::descent::Descent;
use crate::experiments::{Stop, Table};
use crate::panels::Scene;
use crate::widgets::{readout, theme};
use egui::{Label, RichText, Ui, Vec2};

/// The width of the column of numbers.
const SIDE: f32 = 222.0;
/// The height kept for the words below the curve, so that nothing jumps when they change.
const WORDS: f32 = 46.0;
/// The height kept for the lesson of the function, where there is room.
const LESSON: f32 = 40.0;
/// The least height of a plot that leaves that room.
const ROOMY: f32 = 320.0;
/// Rows that the table has at most, about.
const ROWS: usize = 40;
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
                let roomy = height >= ROOMY;
                let words = if roomy { WORDS + LESSON } else { WORDS };
                curve::show(ui, scene, Vec2::new(left, height - words - TITLE));
                below(ui, scene, roomy);
            });
        });
        ui.vertical(|ui| {
            ui.set_width(SIDE);
            beside(ui, scene);
        });
    });
}

fn below(ui: &mut Ui, scene: &mut Scene<'_, Descent>, roomy: bool) {
    ui.add(Label::new(words::now(scene.snapshot)).wrap());
    if roomy && scene.snapshot.stopped != Some(Stop::Diverged) {
        let lesson = RichText::new(scene.snapshot.function.lesson()).small().color(theme::tokens(ui).text_weak);
        ui.add(Label::new(lesson).wrap());
    }
}

fn beside(ui: &mut Ui, scene: &mut Scene<'_, Descent>) {
    let tokens = theme::tokens(ui);
    ui.label(RichText::new("Four rates to try on x²").small().color(tokens.text_weak));
    presets(ui, scene);
    if scene.snapshot.stopped == Some(Stop::Diverged) {
        tenth(ui, scene);
    }
    let snapshot = scene.snapshot;
    if let Some(factor) = snapshot.factor {
        let text = format!("Each step: distance \u{00d7} {} (1 - 2 lr)", words::trimmed(factor));
        ui.label(RichText::new(text).small())
            .on_hover_text("What a step multiplies the distance to the floor by; see Learning rates");
    }
    let mut table = Table::new("", &["step", "x", "loss", "gradient"]);
    let cell = |value: Option<f32>| value.map_or_else(|| "-".to_owned(), |value| words::compact(value.into()));
    for (step, visit) in snapshot.trace.sampled(ROWS) {
        table.row([step.to_string(), cell(Some(visit.at)), cell(visit.loss), cell(visit.gradient)]);
    }
    readout::table(ui, "descent trace", &table, (ui.available_height() - 26.0).max(80.0));
}
