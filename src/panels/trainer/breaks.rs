//! The break-it shelf: mistakes worth making. Say what you expect, break it, see, repair it.

mod card;
mod compare;

use super::Page;
use crate::experiments::trainer::Trainer;
use crate::lesson;
use crate::panels::Scene;
use crate::widgets::theme;
use card::Card;
use egui::{Button, Label, RichText, Ui, Vec2};
use egui_commonmark::CommonMarkCache;
use serde_json::{Map, Value};

/// Titles in a row.
const COLUMNS: usize = 3;

/// The page.
pub(super) struct Breaks {
    cards: Vec<Card>,
    /// The place of the card that is open.
    open: usize,
    words: CommonMarkCache,
}

impl Default for Breaks {
    fn default() -> Self {
        // The built-in shelf is read by a test; a lab without it still works.
        let breaks = lesson::breaks().unwrap_or_else(|error| {
            log::error!("{error}");
            Vec::new()
        });
        Self { cards: breaks.into_iter().filter_map(Card::new).collect(), open: 0, words: CommonMarkCache::default() }
    }
}

impl Page for Breaks {
    fn show(&mut self, ui: &mut Ui, scene: &mut Scene<'_, Trainer>) {
        let tokens = theme::tokens(ui);
        for card in &mut self.cards {
            card.look(scene.snapshot);
        }
        let text = "Six mistakes worth making. Choose one, say what you expect, and press Break it.";
        ui.add(Label::new(RichText::new(text).color(tokens.text_weak)).wrap());
        self.titles(ui);
        ui.add_space(2.0);
        let Self { cards, open, words } = self;
        if let Some(card) = cards.get_mut(*open) {
            card.show(ui, scene, words);
        }
    }

    fn save(&self, saved: &mut Map<String, Value>) {
        let Some(open) = self.cards.get(self.open) else { return };
        saved.insert("break".to_owned(), open.text.name.clone().into());
        let answers = self.cards.iter().filter_map(|card| Some((card.text.name.clone(), card.save()?)));
        saved.insert("guesses".to_owned(), answers.collect::<Map<_, _>>().into());
    }

    fn restore(&mut self, saved: &Map<String, Value>) {
        let name = saved.get("break").and_then(Value::as_str);
        self.open = self.cards.iter().position(|card| Some(card.text.name.as_str()) == name).unwrap_or(0);
        let guesses = saved.get("guesses").and_then(Value::as_object);
        for card in &mut self.cards {
            card.restore(guesses.and_then(|guesses| guesses.get(&card.text.name)));
        }
    }
}

impl Breaks {
    /// The names of the cards, in rows of equal buttons.
    fn titles(&mut self, ui: &mut Ui) {
        let tokens = theme::tokens(ui);
        let gap = 6.0;
        let width = ((ui.available_width() - gap * (COLUMNS as f32 - 1.0)) / COLUMNS as f32).floor();
        let mut chosen = None;
        for (row, cards) in self.cards.chunks(COLUMNS).enumerate() {
            ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = gap;
                for (column, card) in cards.iter().enumerate() {
                    let place = row * COLUMNS + column;
                    let text = RichText::new(format!("{} {}", place + 1, card.text.title)).size(13.0);
                    let text = if card.is_seen() { text.color(tokens.text_weak) } else { text };
                    let mut button = Button::selectable(self.open == place, text).truncate().frame_when_inactive(true);
                    if self.open != place {
                        button = button.stroke((1.0, tokens.line)).fill(tokens.card);
                    }
                    let seen = if card.is_seen() { "\nYou have seen what it does." } else { "" };
                    let response = ui.add_sized(Vec2::new(width, 26.0), button);
                    if response.on_hover_text(format!("{}{seen}", card.text.title)).clicked() {
                        chosen = Some(place);
                    }
                }
            });
        }
        self.open = chosen.unwrap_or(self.open);
    }
}

#[cfg(test)]
mod tests;
