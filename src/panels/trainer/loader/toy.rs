//! A data loader small enough to read: fifteen numbers, and the alphabet.

use crate::data::batches;
use crate::math::torch::Generator;
use crate::widgets::theme;
use egui::{
    Align2, Checkbox, DragValue, FontId, Rect, RichText, Role, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo,
};
use serde_json::{Map, Value};

/// The numbers of the first example, and the letters of the second.
const NUMBERS: usize = 15;
const LETTERS: usize = 26;
/// Points along a cell, and between two batches.
const CELL: f32 = 19.0;
const GAP: f32 = 9.0;

/// Both examples' batch sizes, and how they are shuffled.
pub(super) struct Toy {
    numbers: usize,
    letters: usize,
    shuffle: bool,
    seed: u32,
}

impl Default for Toy {
    fn default() -> Self {
        Self { numbers: 5, letters: 6, shuffle: false, seed: 42 }
    }
}

impl Toy {
    pub(super) fn show(&mut self, ui: &mut Ui) {
        let tokens = theme::tokens(ui);
        ui.horizontal_wrapped(|ui| {
            ui.strong("A DataLoader in small");
            let tip = "Take them in a random order: torch.randperm after torch.manual_seed";
            ui.add(Checkbox::new(&mut self.shuffle, "shuffled")).on_hover_text(tip);
            let label = ui.label("with seed");
            ui.add_enabled(self.shuffle, DragValue::new(&mut self.seed)).labelled_by(label.id);
            let sizes = format!("sizes {} and {}", sizes(NUMBERS, self.numbers), sizes(LETTERS, self.letters));
            ui.label(RichText::new(sizes).monospace().size(12.0).color(tokens.text_weak));
        });
        let number = |at: u32| at.to_string();
        let letter = |at: u32| char::from_u32(u32::from('a') + at).map_or_else(String::new, String::from);
        let names = ["the fifteen numbers of range(15)", "the 26 letters"];
        row(ui, names[0], &mut self.numbers, &order(NUMBERS, self.shuffle, self.seed), &number);
        row(ui, names[1], &mut self.letters, &order(LETTERS, self.shuffle, self.seed), &letter);
    }

    pub(super) fn save(&self, saved: &mut Map<String, Value>) {
        let toy = serde_json::json!([self.numbers, self.letters, self.shuffle, self.seed]);
        saved.insert("toy".to_owned(), toy);
    }

    pub(super) fn restore(&mut self, saved: &Map<String, Value>) {
        *self = saved.get("toy").and_then(Self::read).unwrap_or_default();
    }

    fn read(saved: &Value) -> Option<Self> {
        let (numbers, letters, shuffle, seed): (usize, usize, bool, u32) =
            serde_json::from_value(saved.clone()).ok()?;
        let fits = (1..=NUMBERS).contains(&numbers) && (1..=LETTERS).contains(&letters);
        fits.then_some(Self { numbers, letters, shuffle, seed })
    }
}

/// The numbers below `count` in the order in which they come.
fn order(count: usize, shuffle: bool, seed: u32) -> Vec<u32> {
    if shuffle { Generator::new(seed.into()).randperm(count) } else { (0..).take(count).collect() }
}

/// How large the batches are, as `6 6 6 6 2`.
fn sizes(count: usize, size: usize) -> String {
    batches(count, size).map(|batch| batch.len().to_string()).collect::<Vec<_>>().join(" ")
}

/// One example: its batch size, and its batches as groups of cells that wrap.
fn row(ui: &mut Ui, name: &str, size: &mut usize, order: &[u32], text: &dyn Fn(u32) -> String) {
    let tokens = theme::tokens(ui);
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        let label = ui.label(RichText::new("by").color(tokens.text_weak));
        let drag = ui.add(DragValue::new(size).range(1..=order.len()));
        drag.labelled_by(label.id).on_hover_text(format!("The batch size for {name}"));
        let width = ui.available_width();
        let groups: Vec<&[u32]> = batches(order.len(), *size).map(|batch| &order[batch]).collect();
        // Where each group stands: it wraps as a whole, unless it is wider than the row.
        let (mut places, mut at) = (Vec::new(), Vec2::ZERO);
        for group in &groups {
            let wide = group.len() as f32 * CELL;
            if at.x > 0.0 && at.x + wide > width {
                at = Vec2::new(0.0, at.y + CELL + GAP / 2.0);
            }
            places.push(at);
            at.x += wide + GAP;
        }
        let (rect, response) = ui.allocate_exact_size(Vec2::new(width, at.y + CELL + 8.0), Sense::hover());
        let said: Vec<String> =
            groups.iter().map(|group| group.iter().map(|&at| text(at)).collect::<Vec<_>>().join(" ")).collect();
        let label = format!("Batches of {name}: {}", said.join("; "));
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &label));
        for (group, place) in groups.iter().zip(places) {
            let frame =
                Rect::from_min_size(rect.min + place + Vec2::new(0.0, 3.5), Vec2::new(group.len() as f32 * CELL, CELL));
            ui.painter().rect(frame, 4, tokens.card, Stroke::new(1.0, tokens.line), StrokeKind::Inside);
            for (place, &item) in group.iter().enumerate() {
                let middle = frame.left_center() + Vec2::new((place as f32 + 0.5) * CELL, 0.0);
                let font = FontId::monospace(12.0);
                ui.painter().text(middle, Align2::CENTER_CENTER, text(item), font, tokens.text);
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    /// ```python
    /// torch.manual_seed(42); torch.randperm(15).tolist()
    /// ```
    #[test]
    fn the_small_loaders_are_the_notes() {
        assert_eq!((sizes(NUMBERS, 5), sizes(LETTERS, 6)), ("5 5 5".to_owned(), "6 6 6 6 2".to_owned()));
        assert_eq!(order(NUMBERS, false, 42)[..3], [0, 1, 2]);
        assert_eq!(order(NUMBERS, true, 42), PYTORCH);
    }

    #[test]
    fn a_batch_size_from_outside_must_fit() {
        let mut toy = Toy::default();
        let read = |value: Value| Map::from_iter([("toy".to_owned(), value)]);
        toy.restore(&read(serde_json::json!([4, 26, true, 7])));
        assert_eq!((toy.numbers, toy.letters, toy.shuffle, toy.seed), (4, 26, true, 7));
        for bad in [serde_json::json!([0, 6, true, 7]), serde_json::json!([5, 27, true, 7]), serde_json::json!("x")] {
            toy.restore(&read(bad));
            assert_eq!((toy.numbers, toy.letters, toy.shuffle), (5, 6, false));
        }
    }

    const PYTORCH: [u32; 15] = [12, 10, 8, 13, 6, 1, 3, 11, 2, 14, 4, 5, 9, 7, 0];
}
