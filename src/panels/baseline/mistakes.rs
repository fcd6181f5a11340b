//! The third tab: how many are called right, what is taken for what, and the images themselves.

use super::{choose, no_means, place_of_sample};
use crate::data::SIDE;
use crate::experiments::Table;
use crate::experiments::baseline::{Baseline, Snapshot, Validation};
use crate::panels::Scene;
use crate::widgets::gallery::{Gallery, Item};
use crate::widgets::{confusion, readout, theme};
use egui::{RichText, Ui};
use serde_json::{Map, Value};
use std::sync::Arc;

/// Images on a page of the gallery.
const PAGE: usize = 40;
/// The width of an image.
const WIDTH: f32 = 46.0;

/// A cell of the confusion matrix as digits: what its images are, and what they were called; none for all mistakes.
type Cell = Option<(u8, u8)>;

/// The state of the tab.
#[derive(Default)]
pub(super) struct Mistakes {
    /// The open cell, as digits: what the images are, what they were called; none for all mistakes.
    open: Cell,
    page: usize,
    gallery: Gallery,
    /// The images of the open cell, kept until the measurements or the cell change.
    places: Option<(Arc<Validation>, Cell, Vec<usize>)>,
}

impl Mistakes {
    pub(super) fn save(&self, saved: &mut Map<String, Value>) {
        if let Some((actual, said)) = self.open {
            saved.insert("cell".to_owned(), Value::from(vec![actual, said]));
        }
    }

    pub(super) fn restore(&mut self, saved: &Map<String, Value>) {
        let cell: Option<Vec<u64>> =
            saved.get("cell").and_then(Value::as_array).map(|cell| cell.iter().filter_map(Value::as_u64).collect());
        self.open = cell.and_then(|cell| Some((u8::try_from(*cell.first()?).ok()?, u8::try_from(*cell.get(1)?).ok()?)));
        self.page = 0;
    }

    pub(super) fn show(&mut self, ui: &mut Ui, scene: &mut Scene<'_, Baseline>) {
        let snapshot = scene.snapshot;
        let Some(all) = &snapshot.validation else { return no_means(ui) };
        let digits: Vec<u8> = snapshot.classes.iter().map(|class| class.digit).collect();
        if self.open.is_some_and(|(actual, said)| !digits.contains(&actual) || !digits.contains(&said)) {
            self.open = None;
        }
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = 20.0;
            ui.vertical(|ui| {
                let left = (ui.available_width() - 212.0).clamp(120.0, 440.0);
                self.matrix(ui, snapshot, &digits, left);
            });
            ui.vertical(|ui| accuracy(ui, snapshot));
        });
        ui.add_space(6.0);
        self.update(all, &digits);
        self.pictures(ui, scene);
    }

    fn matrix(&mut self, ui: &mut Ui, snapshot: &Snapshot, digits: &[u8], width: f32) {
        let class = |digit: u8| digits.iter().position(|other| *other == digit);
        let open = self.open.and_then(|(actual, said)| Some((class(actual)?, class(said)?)));
        ui.strong("Which digit is called which");
        if let Some((row, column)) = confusion::show(ui, digits, &snapshot.confusion, open, width) {
            let cell = digits.get(row).copied().zip(digits.get(column).copied());
            self.open = if cell == self.open { None } else { cell };
            self.page = 0;
        }
    }

    fn update(&mut self, all: &Arc<Validation>, digits: &[u8]) {
        if self.places.as_ref().is_some_and(|(of, open, _)| Arc::ptr_eq(of, all) && *open == self.open) {
            return;
        }
        let class = |digit: u8| (0_u8..).zip(digits).find_map(|(class, other)| (*other == digit).then_some(class));
        let cell = self.open.and_then(|(actual, said)| class(actual).zip(class(said)));
        let places = cell.map_or_else(|| all.mistakes(), |(actual, said)| all.cell(actual, said));
        self.places = Some((Arc::clone(all), self.open, places));
    }

    fn pictures(&mut self, ui: &mut Ui, scene: &mut Scene<'_, Baseline>) {
        let snapshot = scene.snapshot;
        let Some((all, _, places)) = &self.places else { return };
        let pages = places.len().div_ceil(PAGE).max(1);
        self.page = self.page.min(pages - 1);
        let tokens = theme::tokens(ui);
        ui.horizontal_wrapped(|ui| {
            ui.strong(title(self.open, places.len()));
            if self.open.is_some()
                && ui.small_button("All mistakes").on_hover_text("Close the cell, and show all mistakes").clicked()
            {
                self.open = None;
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
        let sample = place_of_sample(snapshot);
        let shown = places.get(self.page * PAGE..).unwrap_or_default();
        let shown = shown.get(..PAGE.min(shown.len())).unwrap_or_default();
        let items: Vec<Item<'_>> = shown.iter().filter_map(|&place| item(snapshot, all, place, sample)).collect();
        if let Some(&place) =
            self.gallery.show(ui, "baseline gallery", &items, SIDE, WIDTH).and_then(|at| shown.get(at))
        {
            choose(scene, place);
        }
        if items.is_empty() {
            ui.label("There are none.");
        }
    }
}

fn item<'a>(snapshot: &'a Snapshot, all: &Validation, place: usize, sample: Option<usize>) -> Option<Item<'a>> {
    let index = *all.indices.get(place)? as usize;
    let digit = |class: &u8| snapshot.classes.get(usize::from(*class)).map(|class| class.digit);
    let (actual, said) = (digit(all.actual.get(place)?)?, digit(all.predicted.get(place)?)?);
    let margin = all.margin(place)?;
    Some(Item {
        pixels: snapshot.data.valid.image(index),
        name: format!("{}, a {actual} called {said}, margin {margin:+.4}", snapshot.data.valid.source(index)),
        caption: format!("{margin:+.3}"),
        chosen: sample == Some(place),
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
fn accuracy(ui: &mut Ui, snapshot: &Snapshot) {
    let known = |value: Option<f64>| value.map_or_else(|| "\u{2014}".to_owned(), |value| format!("{value:.4}"));
    let mut table = Table::new("Called right", &["digit", "right", "of", "accuracy"]);
    for class in &snapshot.classes {
        let correct = class.correct.map_or_else(|| "\u{2014}".to_owned(), |correct| correct.to_string());
        table.row([class.digit.to_string(), correct, class.valid.to_string(), known(class.accuracy)]);
    }
    ui.set_max_width(190.0);
    readout::table(ui, "accuracy", &table, 230.0);
    readout::values(
        ui,
        "accuracies",
        &[("mean of digits", known(snapshot.mean_accuracy)), ("all images", known(snapshot.pooled_accuracy))],
    );
}
