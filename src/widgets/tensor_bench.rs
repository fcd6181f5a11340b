//! The tensor bench: cells with an expression each, and below it what it is worth, its shape, rank and kind, and the
//! numbers that it looked at, lit in their tensor.

mod cell;
mod examples;
mod source;

use self::cell::{Ask, Cell};
use super::{pages, theme};
use crate::experiments::pixels::{MAX_CELLS, Shelf};
use crate::math::expression::Environment;
use egui::{RichText, ScrollArea, Ui};

/// A column of cells.
#[derive(Default)]
pub struct TensorBench {
    cells: Vec<Cell>,
    /// The index of the cell that the shelf fills.
    active: usize,
    /// The id of the next cell.
    next: u64,
    /// The names that the answers were found with.
    environment: Environment,
}

impl TensorBench {
    /// Draws the shelf and the cells, whose expressions are `texts`.
    pub fn ui(&mut self, ui: &mut Ui, environment: &Environment, texts: &mut Vec<String>, shelf: &mut Shelf) {
        if !self.environment.is_same(environment) {
            self.environment = environment.clone();
            self.cells.iter_mut().for_each(Cell::forget);
        }
        self.follow(texts);
        self.shelves(ui, shelf);
        self.names(ui);
        ui.add_space(4.0);
        ScrollArea::vertical().id_salt("cells").auto_shrink([false, true]).show(ui, |ui| self.cells(ui));
        if !self.shows(texts) {
            *texts = self.cells.iter().map(|cell| cell.text().to_owned()).collect();
        }
    }

    fn shows(&self, texts: &[String]) -> bool {
        self.cells.iter().map(Cell::text).eq(texts.iter().map(String::as_str))
    }

    /// Takes up other expressions than those that it shows.
    fn follow(&mut self, texts: &[String]) {
        if !self.shows(texts) {
            self.cells.clear();
            for text in texts.iter().take(MAX_CELLS) {
                self.insert(self.cells.len(), text);
            }
            self.active = 0;
        }
        if self.cells.is_empty() {
            self.insert(0, "");
        }
    }

    fn shelves(&mut self, ui: &mut Ui, shelf: &mut Shelf) {
        ui.horizontal_wrapped(|ui| {
            ui.label(RichText::new("Examples").color(theme::tokens(ui).text_weak))
                .on_hover_text("Press one to see what it gives");
            pages::row(ui, shelf);
        });
        let mut chosen = None;
        ui.horizontal_wrapped(|ui| {
            for example in examples::on(*shelf) {
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
            _ => self.insert(self.active + 1, text),
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
        for (index, cell) in self.cells.iter_mut().enumerate() {
            if let Some(ask) = cell.ui(ui, index + 1, index == self.active, count > 1, &self.environment) {
                asked = Some((index, ask));
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
        if let Some((index, ask)) = asked {
            self.answer(index, ask);
        }
    }

    fn answer(&mut self, index: usize, ask: Ask) {
        match ask {
            Ask::Activate => self.active = index,
            Ask::Remove if self.cells.len() > 1 => {
                self.cells.remove(index);
                self.active = self.active.min(self.cells.len() - 1);
            }
            Ask::Remove => {}
            Ask::Previous => self.focus(index.saturating_sub(1)),
            Ask::Down => self.focus((index + 1).min(self.cells.len() - 1)),
            Ask::Next if index + 1 < self.cells.len() => self.focus(index + 1),
            Ask::Next if self.cells.len() < MAX_CELLS => {
                self.insert(self.cells.len(), "");
                self.focus(self.cells.len() - 1);
            }
            Ask::Next => self.focus(index),
        }
    }

    fn focus(&mut self, index: usize) {
        self.active = index;
        if let Some(cell) = self.cells.get_mut(index) {
            cell.want_focus();
        }
    }

    fn insert(&mut self, index: usize, text: &str) {
        let index = index.min(self.cells.len());
        self.cells.insert(index, Cell::new(self.next, text));
        self.next += 1;
        self.active = index;
    }
}

#[cfg(test)]
mod tests;
