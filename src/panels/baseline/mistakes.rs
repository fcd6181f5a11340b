//! The third tab: how many are called right, what is taken for what, and the images themselves.

use super::{choose, no_means};
use crate::data::SIDE;
use crate::experiments::Table;
use crate::experiments::baseline::{Baseline, Report, Seen, Snapshot, Validation};
use crate::panels::Scene;
use crate::widgets::gallery::{Gallery, Item};
use crate::widgets::{confusion, readout, theme};
use egui::{RichText, Ui};

/// Images on a page of the gallery.
const PAGE: usize = 40;
/// The width of an image.
const WIDTH: f32 = 46.0;

/// The page of the gallery, and its texture.
#[derive(Default)]
pub(super) struct Mistakes {
    page: usize,
    gallery: Gallery,
}

impl Mistakes {
    pub(super) fn show(&mut self, ui: &mut Ui, scene: &mut Scene<'_, Baseline>) {
        let (snapshot, report) = (scene.snapshot, &scene.seen.report);
        if snapshot.means.is_empty() {
            return no_means(ui);
        }
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = 20.0;
            ui.vertical(|ui| {
                let left = (ui.available_width() - 212.0).clamp(120.0, 440.0);
                self.matrix(ui, scene, left);
            });
            ui.vertical(|ui| accuracy(ui, report));
        });
        ui.add_space(6.0);
        self.pictures(ui, scene);
    }

    fn matrix(&mut self, ui: &mut Ui, scene: &mut Scene<'_, Baseline>, width: f32) {
        let snapshot = scene.snapshot;
        let class = |digit: u8| snapshot.class(digit).map(usize::from);
        let open = scene.look.open_cell(snapshot);
        let open_classes = open.and_then(|(actual, said)| class(actual).zip(class(said)));
        ui.strong("Which digit is called which");
        let confusion = &scene.seen.report.confusion;
        if let Some((row, column)) = confusion::show(ui, &snapshot.digits, confusion, open_classes, width) {
            let cell = snapshot.digit(row).zip(snapshot.digit(column));
            scene.look.cell = if cell == open { None } else { cell };
            self.page = 0;
        }
    }

    fn pictures(&mut self, ui: &mut Ui, scene: &mut Scene<'_, Baseline>) {
        let (snapshot, seen) = (scene.snapshot, scene.seen);
        let Some(all) = seen.validation() else { return };
        let listed = seen.listed();
        let open = scene.seen_look.open_cell(snapshot);
        let pages = listed.len().div_ceil(PAGE).max(1);
        self.page = self.page.min(pages - 1);
        let tokens = theme::tokens(ui);
        ui.horizontal_wrapped(|ui| {
            ui.strong(title(open, listed.len()));
            if open.is_some()
                && ui.small_button("All mistakes").on_hover_text("Close the cell, and show all mistakes").clicked()
            {
                scene.look.cell = None;
            }
            if pages > 1 {
                let turn = |ui: &mut Ui, enabled: bool, text: &str, tip: &str| {
                    ui.add_enabled(enabled, egui::Button::new(text).small()).on_hover_text(tip).clicked()
                };
                if turn(ui, self.page > 0, "Previous", "The images before these") {
                    self.page -= 1;
                }
                if turn(ui, self.page + 1 < pages, "Next", "The images after these") {
                    self.page += 1;
                }
                ui.label(RichText::new(format!("{} / {pages}", self.page + 1)).small().color(tokens.text_weak));
            }
        });
        let tip = "Under each image its margin: how much nearer its own mean is than the nearest other. Click one to make it your sample.";
        ui.label(RichText::new(tip).small().color(tokens.text_weak));
        let shown = listed.get(self.page * PAGE..).unwrap_or_default();
        let shown = shown.get(..PAGE.min(shown.len())).unwrap_or_default();
        let items: Vec<Item<'_>> = shown.iter().filter_map(|&index| item(snapshot, seen, all, index)).collect();
        if let Some(&index) =
            self.gallery.show(ui, "baseline gallery", &items, SIDE, WIDTH).and_then(|at| shown.get(at))
        {
            choose(scene, index);
        }
        if items.is_empty() {
            ui.label("There are none.");
        }
    }
}

fn item<'a>(snapshot: &'a Snapshot, seen: &Seen, all: &Validation, index: usize) -> Option<Item<'a>> {
    let at = *all.indices.get(index)? as usize;
    let (actual, said) = all.answers.pair(index)?;
    let (actual, said) = (snapshot.digit(actual.into())?, snapshot.digit(said.into())?);
    let margin = all.margin(index)?;
    Some(Item {
        pixels: snapshot.data.valid.image(at),
        name: format!("{}, a {actual} called {said}, margin {margin:+.4}", snapshot.data.valid.source(at)),
        caption: format!("{margin:+.3}"),
        chosen: seen.sample_index == Some(index),
    })
}

fn title(open: Option<(u8, u8)>, count: usize) -> String {
    let images = if count == 1 { "image" } else { "images" };
    match open {
        None => format!("The worst of {count} mistakes first"),
        Some((actual, said)) if actual == said => {
            format!("{count} {images} of a {actual}, called right; the closest calls first")
        }
        Some((actual, said)) => format!("{count} {images} of a {actual} called {said}; the worst first"),
    }
}

/// How many are called right: of each digit, their mean, and of all images together.
fn accuracy(ui: &mut Ui, report: &Report) {
    let known = |value: Option<f64>| value.map_or_else(|| "\u{2014}".to_owned(), |value| format!("{value:.4}"));
    let mut table = Table::new("Called right", &["digit", "right", "of", "accuracy"]);
    for class in &report.classes {
        let correct = class.correct.map_or_else(|| "\u{2014}".to_owned(), |correct| correct.to_string());
        table.row([class.digit.to_string(), correct, class.valid.to_string(), known(class.accuracy)]);
    }
    ui.set_max_width(190.0);
    readout::table(ui, "accuracy", &table, 230.0);
    readout::values(
        ui,
        "accuracies",
        &[("mean of digits", known(report.mean_accuracy)), ("all images", known(report.pooled_accuracy))],
    );
}
