//! The pixel viewer: an image as shaded numbers, a picture's way to one, a drawing pad, and a stack of images.
//!
//! A page is a tab: one file, and one line in [`pages`].

mod bench;
mod channels;
mod draw;
mod image;
mod picture;
mod stack;
mod stages;

use super::{Scene, View};
use crate::experiments::pixels::Pixels;
use crate::widgets::flow;
use crate::widgets::form::Form;
use egui::Ui;
use serde_json::{Map, Value};
use std::path::Path;

/// Every tab, in their order.
fn pages() -> Vec<Box<dyn Page>> {
    vec![
        Box::<image::ImagePage>::default(),
        Box::<picture::PicturePage>::default(),
        Box::<draw::DrawPage>::default(),
        Box::<stack::StackPage>::default(),
        Box::<bench::BenchPage>::default(),
    ]
}

/// One tab of the pixel viewer.
trait Page {
    /// Its name in a saved state.
    fn name(&self) -> &'static str;
    /// The name on its tab.
    fn title(&self) -> &'static str;
    /// What it shows, in a sentence.
    fn tip(&self) -> &'static str;
    /// Draws the controls above the figure, if it has any.
    fn controls(&mut self, _ui: &mut Ui, _form: &mut Form<'_>) {}
    /// Draws the figure.
    fn figure(&mut self, ui: &mut Ui, scene: &mut Scene<'_, Pixels>);
    /// What a saved state keeps of it beside its name.
    fn save(&self) -> Map<String, Value> {
        Map::new()
    }
    /// Takes up what [`Page::save`] gave; unknown keys are ignored.
    fn restore(&mut self, _saved: &Map<String, Value>) {}
    /// Whether a picture that comes in leaves this tab open.
    fn keeps_open(&self) -> bool {
        false
    }
}

/// The view of [`Pixels`].
pub struct PixelsView {
    pages: Vec<Box<dyn Page>>,
    current: usize,
}

impl Default for PixelsView {
    fn default() -> Self {
        Self { pages: pages(), current: 0 }
    }
}

impl PixelsView {
    fn choose(&mut self, name: &str) {
        self.current = self.pages.iter().position(|page| page.name() == name).unwrap_or(0);
    }
}

impl View for PixelsView {
    type Experiment = Pixels;

    fn controls(&mut self, ui: &mut Ui, form: &mut Form<'_>) {
        flow::group(ui, "tabs", |ui| {
            for (place, page) in self.pages.iter().enumerate() {
                if ui.selectable_label(place == self.current, page.title()).on_hover_text(page.tip()).clicked() {
                    self.current = place;
                }
            }
        });
        ui.end_row();
        if let Some(page) = self.pages.get_mut(self.current) {
            page.controls(ui, form);
        }
    }

    fn figure(&mut self, ui: &mut Ui, scene: &mut Scene<'_, Pixels>) {
        let mut go = None;
        if let Some(page) = self.pages.get_mut(self.current) {
            ui.push_id(page.name(), |ui| page.figure(ui, scene));
            go = ui.data_mut(|data| data.remove_temp::<&'static str>(egui::Id::unique(GO)));
        }
        if let Some(name) = go {
            self.choose(name);
            ui.ctx().request_repaint();
        }
    }

    fn save(&self) -> Map<String, Value> {
        let Some(page) = self.pages.get(self.current) else { return Map::new() };
        let mut saved = page.save();
        saved.insert("tab".to_owned(), Value::from(page.name()));
        saved
    }

    fn restore(&mut self, saved: &Map<String, Value>) {
        self.choose(saved.get("tab").and_then(Value::as_str).unwrap_or_default());
        if let Some(page) = self.pages.get_mut(self.current) {
            page.restore(saved);
        }
    }

    fn take_file(&mut self, path: &Path) -> Option<Map<String, Value>> {
        // Tables of numbers are for another panel.
        if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csv")) {
            return None;
        }
        if !self.pages.get(self.current).is_some_and(|page| page.keeps_open()) {
            self.choose("picture");
        }
        Some(Map::from_iter([("file".to_owned(), Value::from(path.display().to_string()))]))
    }
}

const GO: &str = "pixel viewer: tab to open";

/// Opens another tab from the next frame on.
fn go(ui: &Ui, name: &'static str) {
    ui.data_mut(|data| data.insert_temp(egui::Id::unique(GO), name));
}

/// Which digit of the data set is shown, or the way back from a picture.
fn source_controls(ui: &mut Ui, form: &mut Form<'_>) {
    if form.text("file").is_empty() {
        form.field(ui, "split", "Split");
        form.field(ui, "digit", "Digit");
        form.field(ui, "nth", "Place");
    } else if ui.button("Back to MNIST").on_hover_text("Close your picture and show an image of MNIST").clicked() {
        form.set("file", "");
    }
}

/// A number of bytes with a unit that fits.
fn bytes_text(bytes: u64) -> String {
    match bytes {
        0..10_000 => format!("{bytes} bytes"),
        10_000..10_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}

#[cfg(test)]
mod tests;
