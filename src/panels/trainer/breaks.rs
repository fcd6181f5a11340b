//! The break-it shelf: mistakes worth making. Say what you expect, break it, see, repair it.

mod card;
mod compare;

use super::Page;
use crate::experiments::trainer::{BreaksLook, Trainer};
use crate::lesson;
use crate::panels::Scene;
use crate::widgets::theme;
use card::Card;
use egui::{Button, Label, RichText, Ui, Vec2};
use egui_commonmark::CommonMarkCache;

/// Titles in a row.
const COLUMNS: usize = 3;

/// The page.
pub(super) struct Breaks {
    cards: Vec<Card>,
    words: CommonMarkCache,
}

impl Default for Breaks {
    fn default() -> Self {
        // The built-in shelf is read by a test; a lab without it still works.
        let breaks = lesson::breaks().unwrap_or_else(|error| {
            log::error!("{error}");
            Vec::new()
        });
        Self { cards: breaks.into_iter().filter_map(Card::new).collect(), words: CommonMarkCache::default() }
    }
}

impl Page for Breaks {
    fn show(&mut self, ui: &mut Ui, scene: &mut Scene<'_, Trainer>) {
        let tokens = theme::tokens(ui);
        for card in &mut self.cards {
            card.note(scene.snapshot, &mut scene.look.breaks);
        }
        let text = "Six mistakes worth making. Choose one, say what you expect, and press Break it.";
        ui.add(Label::new(RichText::new(text).color(tokens.text_weak)).wrap());
        self.titles(ui, &mut scene.look.breaks);
        ui.add_space(2.0);
        let open = self.open(&scene.look.breaks);
        if let Some(card) = self.cards.get_mut(open) {
            card.show(ui, scene, &mut self.words);
        }
    }
}

impl Breaks {
    /// The index of the open card.
    fn open(&self, look: &BreaksLook) -> usize {
        self.cards.iter().position(|card| card.text.name == look.card).unwrap_or(0)
    }

    /// The names of the cards, in rows of equal buttons.
    fn titles(&self, ui: &mut Ui, look: &mut BreaksLook) {
        let tokens = theme::tokens(ui);
        let gap = 6.0;
        let width = ((ui.available_width() - gap * (COLUMNS as f32 - 1.0)) / COLUMNS as f32).floor();
        let open = self.open(look);
        for (row, cards) in self.cards.chunks(COLUMNS).enumerate() {
            ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = gap;
                for (column, card) in cards.iter().enumerate() {
                    let (index, is_seen) = (row * COLUMNS + column, card.is_seen(look));
                    let text = RichText::new(format!("{} {}", index + 1, card.text.title)).size(13.0);
                    let text = if is_seen { text.color(tokens.text_weak) } else { text };
                    let mut button = Button::selectable(open == index, text).truncate().frame_when_inactive(true);
                    if open != index {
                        button = button.stroke((1.0, tokens.line)).fill(tokens.card);
                    }
                    let seen = if is_seen { "\nYou have seen what it does." } else { "" };
                    let response = ui.add_sized(Vec2::new(width, 26.0), button);
                    if response.on_hover_text(format!("{}{seen}", card.text.title)).clicked() {
                        look.card.clone_from(&card.text.name);
                    }
                }
            });
        }
    }
}

#[cfg(test)]
mod tests;
