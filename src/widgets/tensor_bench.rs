//! The tensor bench: cells with an expression each, and below it what it is worth, its shape, rank and kind, and the
//! numbers that it looked at, lit in their tensor.

mod cell;
mod examples;
mod source;

use self::cell::{Ask, Cell};
use self::examples::SHELVES;
use super::theme;
use crate::math::expression::Environment;
use egui::{RichText, ScrollArea, Ui};
use serde_json::{Map, Value};

/// The most cells.
const MAX_CELLS: usize = 12;
/// What a new bench shows.
const OPENING: [&str; 3] = ["t[1, 1:3]", "t * 1.5", "(m * 2)[1:, 1:]"];

/// A column of cells.
pub struct TensorBench {
    cells: Vec<Cell>,
    /// The cell that the shelf fills.
    active: usize,
    /// The shelf that is open.
    shelf: usize,
    /// The id of the next cell.
    next: u64,
    /// The names that the answers were found with.
    environment: Environment,
}

impl Default for TensorBench {
    fn default() -> Self {
        let mut bench = Self { cells: Vec::new(), active: 0, shelf: 0, next: 0, environment: Environment::default() };
        for text in OPENING {
            bench.insert(bench.cells.len(), text, true);
        }
        bench.active = 0;
        bench
    }
}

impl TensorBench {
    /// What a saved state keeps: `{"cells": ["t + 1", ..], "shelf": 0}`.
    #[must_use]
    pub fn save(&self) -> Map<String, Value> {
        let cells: Vec<&str> = self.cells.iter().map(Cell::text).collect();
        Map::from_iter([("cells".to_owned(), Value::from(cells)), ("shelf".to_owned(), Value::from(self.shelf))])
    }

    /// Takes up what [`TensorBench::save`] gave; what does not fit is ignored.
    pub fn restore(&mut self, saved: &Map<String, Value>) {
        if let Some(shelf) = saved.get("shelf").and_then(Value::as_u64).and_then(|shelf| usize::try_from(shelf).ok()) {
            self.shelf = shelf.min(SHELVES.len() - 1);
        }
        let Some(cells) = saved.get("cells").and_then(Value::as_array) else { return };
        self.cells.clear();
        for text in cells.iter().filter_map(Value::as_str).take(MAX_CELLS) {
            self.insert(self.cells.len(), text, examples::is_example(text));
        }
        if self.cells.is_empty() {
            self.insert(0, "", true);
        }
        self.active = 0;
    }

    /// Draws the shelf and the cells.
    pub fn ui(&mut self, ui: &mut Ui, environment: &Environment) {
        if !self.environment.is_same(environment) {
            self.environment = environment.clone();
            self.cells.iter_mut().for_each(Cell::forget);
        }
        self.shelves(ui);
        self.names(ui);
        ui.add_space(4.0);
        ScrollArea::vertical().id_salt("cells").auto_shrink([false, true]).show(ui, |ui| self.cells(ui));
    }

    fn shelves(&mut self, ui: &mut Ui) {
        ui.horizontal_wrapped(|ui| {
            ui.label(RichText::new("Examples").color(theme::tokens(ui).text_weak))
                .on_hover_text("Press one to see what it gives");
            for (place, shelf) in SHELVES.iter().enumerate() {
                if ui.selectable_label(place == self.shelf, shelf.title).on_hover_text(shelf.meaning).clicked() {
                    self.shelf = place;
                }
            }
        });
        let Some(shelf) = SHELVES.get(self.shelf) else { return };
        let mut chosen = None;
        ui.horizontal_wrapped(|ui| {
            for example in shelf.examples {
                let button = ui.button(RichText::new(example.text).monospace().size(12.0));
                if button.on_hover_text(example.meaning).clicked() {
                    chosen = Some(example.text);
                }
            }
        });
        if let Some(text) = chosen {
            self.take_example(text);
        }
    }

    /// An example takes the place of an example; what a reader typed stays, and a cell is added after it.
    fn take_example(&mut self, text: &str) {
        let full = self.cells.len() >= MAX_CELLS;
        match self.cells.get_mut(self.active) {
            Some(cell) if full || cell.may_be_replaced() => cell.set(text),
            _ => self.insert(self.active + 1, text, true),
        }
    }

    fn names(&self, ui: &mut Ui) {
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = 10.0;
            let weak = theme::tokens(ui).text_weak;
            ui.label(RichText::new("Names").small().color(weak))
                .on_hover_text("The tensors that your expressions can use");
            for variable in self.environment.variables() {
                let text = format!("{} {:?}", variable.name, variable.shape);
                let tip = format!("{} {}", variable.meaning, variable.dtype.name());
                ui.label(RichText::new(text).monospace().size(11.0).color(weak)).on_hover_text(tip);
            }
        });
    }

    fn cells(&mut self, ui: &mut Ui) {
        let mut asked = None;
        let count = self.cells.len();
        for (place, cell) in self.cells.iter_mut().enumerate() {
            if let Some(ask) = cell.ui(ui, place + 1, place == self.active, count > 1, &self.environment) {
                asked = Some((place, ask));
            }
            ui.add_space(2.0);
        }
        let full = count >= MAX_CELLS;
        let tip = if full {
            "The bench is full: remove a cell first"
        } else {
            "Add an empty cell below (Enter in the last one)"
        };
        let add = ui.add_enabled(!full, egui::Button::new("Add cell"));
        if add.on_hover_text(tip).on_disabled_hover_text(tip).clicked() {
            asked = Some((count - 1, Ask::Next));
        }
        if let Some((place, ask)) = asked {
            self.answer(place, ask);
        }
    }

    fn answer(&mut self, place: usize, ask: Ask) {
        match ask {
            Ask::Activate => self.active = place,
            Ask::Remove if self.cells.len() > 1 => {
                self.cells.remove(place);
                self.active = self.active.min(self.cells.len() - 1);
            }
            Ask::Remove => {}
            Ask::Previous => self.focus(place.saturating_sub(1)),
            Ask::Down => self.focus((place + 1).min(self.cells.len() - 1)),
            Ask::Next if place + 1 < self.cells.len() => self.focus(place + 1),
            Ask::Next if self.cells.len() < MAX_CELLS => {
                self.insert(self.cells.len(), "", true);
                self.focus(self.cells.len() - 1);
            }
            Ask::Next => self.focus(place),
        }
    }

    fn focus(&mut self, place: usize) {
        self.active = place;
        if let Some(cell) = self.cells.get_mut(place) {
            cell.want_focus();
        }
    }

    fn insert(&mut self, place: usize, text: &str, is_example: bool) {
        self.cells.insert(place.min(self.cells.len()), Cell::new(self.next, text, is_example));
        self.next += 1;
        self.active = place.min(self.cells.len() - 1);
    }
}

#[cfg(test)]
mod tests;
