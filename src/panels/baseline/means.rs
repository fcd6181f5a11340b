//! The first tab: the means as they build up, and the sample against each of them.

use super::{no_means, pixel, walk};
use crate::data::{SIDE, units};
use crate::experiments::Table;
use crate::experiments::baseline::{Baseline, FirstMean, SampleReport};
use crate::experiments::report::number;
use crate::panels::Scene;
use crate::widgets::heatmap::{self, Heatmap, Scale};
use crate::widgets::{readout, theme};
use egui::{Label, RichText, Stroke, StrokeKind, Ui};

/// The width of the sample's column.
const SAMPLE: f32 = 118.0;
/// Means in a row.
const IN_A_ROW: usize = 5;
/// The side of a small mean.
const SMALL: f32 = 46.0;

/// The textures of the tab.
#[derive(Default)]
pub(super) struct Means {
    sample: Heatmap,
    pictures: Vec<Heatmap>,
    differences: Vec<Heatmap>,
    first: Vec<Heatmap>,
}

impl Means {
    pub(super) fn show(&mut self, ui: &mut Ui, scene: &mut Scene<'_, Baseline>) {
        let (snapshot, seen) = (scene.snapshot, scene.seen);
        if snapshot.means.is_empty() {
            self.sample_ui(ui, scene);
            no_means(ui);
            return;
        }
        let rows = snapshot.digits.len().div_ceil(IN_A_ROW);
        let columns = snapshot.digits.len().min(IN_A_ROW) as f32;
        let fits_width = (ui.available_width() - SAMPLE - 16.0) / columns - 12.0;
        let fits_height = (ui.available_height() - 280.0) / (2.0 * rows as f32);
        let side = fits_width.min(fits_height.max(if rows > 1 { 60.0 } else { 96.0 })).clamp(56.0, 190.0).floor();
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = 12.0;
            ui.vertical(|ui| {
                ui.set_width(SAMPLE);
                self.sample_ui(ui, scene);
                switch(ui, &mut scene.look.absolute);
            });
            ui.vertical(|ui| self.classes_ui(ui, scene, side));
        });
        verdict(ui, &seen.report.sample);
        measures(ui, &seen.report.sample);
        ui.add_space(4.0);
        self.first_ui(ui, seen.first_means());
    }

    fn sample_ui(&mut self, ui: &mut Ui, scene: &mut Scene<'_, Baseline>) {
        let sample = &scene.seen.sample;
        ui.strong("Your sample");
        let label = format!("The sample {}; arrow keys walk", sample.source);
        let pixels = units(&sample.pixels);
        let cell = self.sample.show(ui, &label, &pixels, SIDE, Scale::Ink { max: 1.0 }, SAMPLE);
        walk(ui, &cell.response, scene);
        if cell.response.has_focus() {
            ui.painter().rect_stroke(cell.rect, 0, Stroke::new(2.0, theme::tokens(ui).accent), StrokeKind::Outside);
        }
        cell.response
            .on_hover_text("Click, then walk with the arrow keys: left and right by one image, up and down by ten");
        ui.add(Label::new(RichText::new(&sample.source).small().color(theme::tokens(ui).text_weak)).truncate());
    }

    fn classes_ui(&mut self, ui: &mut Ui, scene: &Scene<'_, Baseline>, side: f32) {
        let count = scene.snapshot.means.len();
        self.pictures.resize_with(count, Heatmap::default);
        self.differences.resize_with(count, Heatmap::default);
        let classes: Vec<usize> = (0..count).collect();
        for row in classes.chunks(IN_A_ROW) {
            ui.horizontal_top(|ui| {
                ui.spacing_mut().item_spacing.x = 12.0;
                for &index in row {
                    ui.vertical(|ui| {
                        ui.set_width(side);
                        self.class_ui(ui, scene, index, side);
                    });
                }
            });
        }
    }

    fn class_ui(&mut self, ui: &mut Ui, scene: &Scene<'_, Baseline>, index: usize, side: f32) -> Option<()> {
        let (seen, report) = (scene.seen, &scene.seen.report);
        let (class, mean) = (report.classes.get(index)?, scene.snapshot.means.get(index)?);
        let measures = report.sample.distances.get(index)?.measures;
        ui.spacing_mut().item_spacing.y = 3.0;
        let count = format!("{} of {}", class.stacked, class.train);
        let title =
            if side > 90.0 { format!("Mean {} \u{00b7} ", class.digit) } else { format!("{} \u{00b7} ", class.digit) };
        let tip = format!("{count} training images are averaged");
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 0.0;
            ui.label(RichText::new(title).strong()).on_hover_text(&tip);
            let count = if side > 90.0 { format!("{} images", class.stacked) } else { class.stacked.to_string() };
            ui.label(RichText::new(count).small().color(theme::tokens(ui).text_weak)).on_hover_text(&tip);
        });
        let name = format!("Mean of {} images of {}", class.stacked, class.digit);
        let sample = units(&seen.sample.pixels);
        let cell = self.pictures.get_mut(index)?.show(ui, &name, mean, SIDE, Scale::Ink { max: 1.0 }, side);
        let words = |at: Option<(usize, usize)>, name: &str| {
            at.map_or_else(|| name.to_owned(), |at| pixel::contribution(at, &sample, mean, &measures, report.metric))
        };
        let text = words(cell.at, &name);
        cell.response.on_hover_text(text);
        let (difference, scale) = (seen.differences.get(index)?, scale(scene.seen_look.absolute));
        let name = format!("Sample minus mean {}", class.digit);
        let cell = self.differences.get_mut(index)?.show(ui, &name, difference, SIDE, scale, side);
        let text = words(cell.at, &name);
        cell.response.on_hover_text(text);
        Some(())
    }

    /// What more images do: the means of the first 1, 10 and all.
    fn first_ui(&mut self, ui: &mut Ui, all: &[FirstMean]) {
        ui.strong("What more images do: the mean of the first, of ten, of all");
        self.first.resize_with(all.len(), Heatmap::default);
        let weak = theme::tokens(ui).text_weak;
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = egui::vec2(18.0, 6.0);
            for (means, pictures) in all.chunks(FirstMean::EACH).zip(self.first.chunks_mut(FirstMean::EACH)) {
                let size = egui::vec2(FirstMean::EACH as f32 * (SMALL + 5.0), SMALL + 18.0);
                ui.allocate_ui(size, |ui| {
                    ui.horizontal_top(|ui| {
                        ui.spacing_mut().item_spacing.x = 5.0;
                        for (FirstMean { digit, images, mean }, picture) in means.iter().zip(pictures) {
                            ui.vertical(|ui| {
                                ui.spacing_mut().item_spacing.y = 1.0;
                                let noun = if *images == 1 { "image" } else { "images" };
                                let name = format!("Mean of the first {images} {noun} of {digit}");
                                picture
                                    .show(ui, &name, mean, SIDE, Scale::Ink { max: 1.0 }, SMALL)
                                    .response
                                    .on_hover_text(name);
                                ui.label(RichText::new(format!("of {images}")).small().color(weak));
                            });
                        }
                    });
                });
            }
        });
    }
}

/// Whether differences have their signs.
fn switch(ui: &mut Ui, absolute: &mut bool) {
    ui.spacing_mut().item_spacing.y = 3.0;
    ui.label(RichText::new("sample \u{2212} mean,\nbelow each mean:").small().color(theme::tokens(ui).text_weak));
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        ui.spacing_mut().button_padding.x = 6.0;
        let tip = "Blue where the sample has more ink than the mean, orange where it has less";
        ui.selectable_value(absolute, false, "signed").on_hover_text(tip);
        ui.selectable_value(absolute, true, "absolute").on_hover_text("How much they differ, in either direction");
    });
    heatmap::legend(ui, scale(*absolute), SAMPLE);
}

const fn scale(absolute: bool) -> Scale {
    if absolute { Scale::Ink { max: 1.0 } } else { Scale::Signed { max: 1.0 } }
}

/// What the baseline says about the sample, in a sentence.
fn verdict(ui: &mut Ui, sample: &SampleReport) {
    let tokens = theme::tokens(ui);
    let Some(prediction) = sample.prediction else { return };
    let (word, color) = match sample.label.map(|label| label == prediction) {
        Some(true) => (", which is right.", tokens.success),
        Some(false) => (", which is wrong.", tokens.error),
        None => (".", tokens.text),
    };
    let text = format!("Nearest to the mean {prediction}, so the baseline says {prediction}{word}");
    ui.label(RichText::new(text).size(15.0).strong().color(color));
}

/// The distances, the norms that they are named after, and why signs must go.
fn measures(ui: &mut Ui, sample: &SampleReport) {
    let mut table = Table::new("", &["mean of", "MAE", "RMSE", "L1 norm", "L2 norm", "mean difference"]);
    for distance in &sample.distances {
        let m = distance.measures;
        let cells = [m.mae, m.rmse, m.l1_norm, m.l2_norm].map(number);
        let signed = format!("{:+.5}", m.signed_mean);
        table.row(std::iter::once(distance.digit.to_string()).chain(cells).chain(std::iter::once(signed)));
    }
    readout::table(ui, "distances", &table, 220.0);
    let weak = theme::tokens(ui).text_weak;
    let note = |ui: &mut Ui, text: String| ui.add(Label::new(RichText::new(text).small().color(weak)).wrap());
    note(ui, "Books call MAE and RMSE \u{201c}L1\u{201d} and \u{201c}L2 norm\u{201d}; the norms proper add up instead of averaging, so they are 784 and 28 times as large.".to_owned());
    if let Some(first) = sample.distances.first() {
        let text = format!(
            "Why not the plain difference? Where the sample has more ink it counts up, where it has less it counts down, and they cancel: {:+.5} from the mean {}, which looks like hardly any difference.",
            first.measures.signed_mean, first.digit
        );
        // Said only where it is so.
        if first.measures.signed_mean.abs() * 10.0 < first.measures.mae {
            note(ui, text);
        }
    }
}
