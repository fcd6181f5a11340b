//! The mean-image baseline: the means as they build up, a sample beside them, and how many held-out images they call right.

use super::{Scene, View};
use crate::data::{PIXELS, SIDE};
use crate::experiments::Table;
use crate::experiments::baseline::{Baseline, Snapshot};
use crate::experiments::report::number;
use crate::widgets::form::Form;
use crate::widgets::heatmap::{self, Heatmap, Scale};
use crate::widgets::readout;
use crate::widgets::theme;
use egui::{RichText, Ui, Vec2};
use serde_json::{Map, Value};
use std::path::Path;

/// Textures: the sample, then for each digit its mean and its difference.
#[derive(Default)]
pub struct BaselineView {
    sample: Heatmap,
    means: Vec<Heatmap>,
    differences: Vec<Heatmap>,
}

impl View for BaselineView {
    type Experiment = Baseline;

    fn controls(&mut self, ui: &mut Ui, form: &mut Form<'_>) {
        form.field(ui, "digits", "Digits");
        form.field(ui, "metric", "Distance");
        if form.text("file").is_empty() {
            form.field(ui, "split", "Sample from");
            form.field(ui, "digit", "Digit");
            form.field(ui, "nth", "Place");
        } else if ui.button("Back to MNIST").on_hover_text("Close your picture").clicked() {
            form.set("file", "");
        }
    }

    fn figure(&mut self, ui: &mut Ui, scene: &mut Scene<'_, Baseline>) {
        let snapshot = scene.snapshot;
        if snapshot.means.is_empty() {
            self.sample_ui(ui, snapshot, 160.0);
            ui.label("There is no mean yet. Press Step to lay the first image of each digit on its stack.");
            return;
        }
        let classes = snapshot.classes.len();
        let fits_width = (ui.available_width() - 170.0) / classes as f32 - 12.0;
        let fits_height = (ui.available_height() - 250.0) / 2.0;
        let side = fits_width.min(fits_height).clamp(72.0, 190.0).floor();
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = 12.0;
            ui.vertical(|ui| {
                self.sample_ui(ui, snapshot, 150.0);
                ui.add_space(10.0);
                ui.label(RichText::new("sample \u{2212} mean, below each mean").small().color(theme::tokens(ui).text_weak));
                heatmap::legend(ui, Scale::Signed { max: 1.0 }, 150.0);
            });
            egui::ScrollArea::horizontal().show(ui, |ui| self.classes_ui(ui, snapshot, side));
        });
        ui.add_space(10.0);
        verdict(ui, snapshot);
        ui.add_space(6.0);
        tables(ui, snapshot);
    }

    fn take_file(&mut self, path: &Path) -> Option<Map<String, Value>> {
        let is_table = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csv"));
        (!is_table).then(|| Map::from_iter([("file".to_owned(), Value::from(path.display().to_string()))]))
    }
}

impl BaselineView {
    fn sample_ui(&mut self, ui: &mut Ui, snapshot: &Snapshot, side: f32) {
        ui.strong("Your sample");
        let pixels = unit(&snapshot.image.pixels);
        self.sample.show(ui, "The sample", &pixels, SIDE, Scale::Ink { max: 1.0 }, side);
        ui.label(RichText::new(&snapshot.sample.source).small().color(theme::tokens(ui).text_weak));
    }

    fn classes_ui(&mut self, ui: &mut Ui, snapshot: &Snapshot, side: f32) {
        let sample = unit(&snapshot.image.pixels);
        self.means.resize_with(snapshot.means.len(), Heatmap::default);
        self.differences.resize_with(snapshot.means.len(), Heatmap::default);
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = 12.0;
            let pictures = self.means.iter_mut().zip(&mut self.differences);
            for ((class, mean), (picture, difference)) in snapshot.classes.iter().zip(snapshot.means.iter()).zip(pictures) {
                ui.vertical(|ui| {
                    ui.set_width(side);
                    ui.horizontal(|ui| {
                        ui.label(RichText::new(if side > 100.0 { format!("Mean of {}s", class.digit) } else { format!("{}s", class.digit) }).strong().color(theme::digit(class.digit)));
                        if side > 120.0 {
                            ui.label(RichText::new(format!("{} images", class.stacked)).small().color(theme::tokens(ui).text_weak));
                        }
                    });
                    let name = format!("Mean of {} images of {}", class.stacked, class.digit);
                    let cell = picture.show(ui, &name, mean, SIDE, Scale::Ink { max: 1.0 }, side);
                    let at = cell.at;
                    cell.response.on_hover_text(at.map_or(name, |(row, column)| {
                        format!("row {row}, column {column}: mean {:.4}", mean.get(row * SIDE + column).copied().unwrap_or_default())
                    }));
                    let signed: Vec<f32> = sample.iter().zip(mean.iter()).map(|(a, b)| a - b).collect();
                    let name = format!("Sample minus mean of {}s", class.digit);
                    let cell = difference.show(ui, &name, &signed, SIDE, Scale::Signed { max: 1.0 }, side);
                    let at = cell.at;
                    cell.response.on_hover_text(at.map_or(name, |(row, column)| {
                        format!("row {row}, column {column}: difference {:+.4}", signed.get(row * SIDE + column).copied().unwrap_or_default())
                    }));
                });
            }
        });
    }
}

/// What the baseline says about the sample, in a sentence.
fn verdict(ui: &mut Ui, snapshot: &Snapshot) {
    let tokens = theme::tokens(ui);
    let Some(prediction) = snapshot.sample.prediction else { return };
    let right = snapshot.sample.label.map(|label| label == prediction);
    let (word, color) = match right {
        Some(true) => (", which is right.", tokens.success),
        Some(false) => (", which is wrong.", tokens.error),
        None => (".", tokens.text),
    };
    ui.label(RichText::new(format!("The sample is nearest to the mean of {prediction}s, so the baseline says {prediction}{word}")).size(15.0).strong().color(color));
}

fn tables(ui: &mut Ui, snapshot: &Snapshot) {
    let mut distances = Table::new("The sample's distances", &["digit", "MAE", "RMSE"]);
    for distance in &snapshot.sample.distances {
        distances.row([distance.digit.to_string(), number(distance.measures.mae), number(distance.measures.rmse)]);
    }
    let mut accuracy = Table::new("Held-out images called right", &["digit", "right", "of", "accuracy"]);
    let known = |value: Option<f64>| value.map_or_else(|| "\u{2014}".to_owned(), |value| format!("{value:.4}"));
    for class in &snapshot.classes {
        let correct = class.correct.map_or_else(|| "\u{2014}".to_owned(), |correct| correct.to_string());
        accuracy.row([class.digit.to_string(), correct, class.valid.to_string(), known(class.accuracy)]);
    }
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = 30.0;
        ui.vertical(|ui| {
            ui.set_max_width(220.0);
            readout::table(ui, "distances", &distances, 260.0);
        });
        ui.vertical(|ui| {
            ui.set_max_width(260.0);
            readout::table(ui, "accuracy", &accuracy, 260.0);
            let rows = [("mean of the digits", known(snapshot.mean_accuracy)), ("all images", known(snapshot.pooled_accuracy))];
            readout::values(ui, "accuracies", &rows);
        });
    });
    ui.allocate_space(Vec2::new(0.0, 4.0));
}

/// Bytes as fractions of full ink.
fn unit(pixels: &[u8; PIXELS]) -> [f32; PIXELS] {
    pixels.map(|byte| f32::from(byte) / 255.0)
}
