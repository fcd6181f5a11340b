//! Which digit was taken for which, and the images behind each count.

use super::images::{Caption, Images};
use crate::experiments::trainer::{Judged, Snapshot, article};
use crate::widgets::confusion;
use egui::Ui;
use serde_json::{Map, Value};

/// The view.
#[derive(Default)]
pub(super) struct Confusion {
    /// The open cell, as digits: what the images are, what they were called; none for all mistakes.
    open: Option<(u8, u8)>,
    images: Images,
}

impl Confusion {
    /// Draws it; returns the place of the held-out image that was clicked.
    pub(super) fn show(
        &mut self,
        ui: &mut Ui,
        snapshot: &Snapshot,
        judged: &Judged,
        chosen: Option<usize>,
    ) -> Option<usize> {
        let digits = &snapshot.digits;
        let class = |digit: u8| digits.iter().position(|other| *other == digit);
        let cell = self.open.and_then(|(actual, said)| Some((class(actual)?, class(said)?)));
        if cell.is_none() {
            self.open = None;
        }
        let width = ui.available_width().min(440.0);
        if let Some((row, column)) = confusion::show(ui, digits, &judged.confusion(), cell, width) {
            let pressed = digits.get(row).copied().zip(digits.get(column).copied());
            self.open = if pressed == self.open { None } else { pressed };
            self.images.restart();
        }
        let byte = |class: usize| u8::try_from(class).unwrap_or(u8::MAX);
        let open = self.open.and_then(|(actual, said)| Some((class(actual)?, class(said)?)));
        let places = match open {
            Some((actual, said)) => judged.cell(byte(actual), byte(said)),
            None => judged.mistakes(),
        };
        ui.add_space(4.0);
        ui.horizontal(|ui| {
            ui.strong(title(self.open, places.len()));
            if self.open.is_some()
                && ui.small_button("All mistakes").on_hover_text("Close the cell, and show all mistakes").clicked()
            {
                self.open = None;
                self.images.restart();
            }
        });
        self.images.show(ui, ("confusion images", Caption::Short), snapshot, judged, &places, chosen)
    }

    pub(super) fn save(&self, saved: &mut Map<String, Value>) {
        if let Some((actual, said)) = self.open {
            saved.insert("cell".to_owned(), Value::from(vec![actual, said]));
        }
    }

    pub(super) fn restore(&mut self, saved: &Map<String, Value>) {
        let digit = |value: &Value| value.as_u64().and_then(|digit| u8::try_from(digit).ok());
        let cell = saved.get("cell").and_then(Value::as_array);
        self.open = cell.and_then(|cell| digit(cell.first()?).zip(digit(cell.get(1)?)));
        self.images.restart();
    }
}

fn title(open: Option<(u8, u8)>, count: usize) -> String {
    let plural = |noun: &str| format!("{count} {noun}{}", if count == 1 { "" } else { "s" });
    match open {
        None => format!("{}, by loss", plural("mistake")),
        Some((actual, said)) => format!("{} of {} called {said}", plural("image"), article(actual)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_named_in_plain_words() {
        assert_eq!(title(Some((8, 3)), 1), "1 image of an 8 called 3");
        assert_eq!(title(None, 79), "79 mistakes, by loss");
    }
}
