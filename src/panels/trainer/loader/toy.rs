//! A data loader small enough to read: fifteen numbers, and the alphabet.

use crate::data::batches;
use crate::experiments::trainer::{Toy, ToySeen};
use crate::widgets::theme;
use egui::{
    Align2, Checkbox, DragValue, FontId, Rect, RichText, Role, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo,
};

/// Points along a cell, and between two batches.
const CELL: f32 = 19.0;
const GAP: f32 = 9.0;

/// Draws both examples, with what is chosen about them.
pub(super) fn show(ui: &mut Ui, toy: &mut Toy, seen: &ToySeen) {
    let tokens = theme::tokens(ui);
    ui.horizontal_wrapped(|ui| {
        ui.strong("A DataLoader in small");
        let tip = "Take them in a random order: torch.randperm after torch.manual_seed";
        ui.add(Checkbox::new(&mut toy.shuffle, "shuffled")).on_hover_text(tip);
        let label = ui.label("with seed");
        ui.add_enabled(toy.shuffle, DragValue::new(&mut toy.seed)).labelled_by(label.id);
        let sizes = format!("sizes {} and {}", sizes(Toy::NUMBERS, toy.numbers), sizes(Toy::LETTERS, toy.letters));
        ui.label(RichText::new(sizes).monospace().size(12.0).color(tokens.text_weak));
    });
    let number = |item: u32| item.to_string();
    let letter = |item: u32| char::from_u32(u32::from('a') + item).map_or_else(String::new, String::from);
    let names = ["the fifteen numbers of range(15)", "the 26 letters"];
    row(ui, names[0], &mut toy.numbers, &seen.numbers, &number);
    row(ui, names[1], &mut toy.letters, &seen.letters, &letter);
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
        let (mut corners, mut at) = (Vec::new(), Vec2::ZERO);
        for group in &groups {
            let wide = group.len() as f32 * CELL;
            if at.x > 0.0 && at.x + wide > width {
                at = Vec2::new(0.0, at.y + CELL + GAP / 2.0);
            }
            corners.push(at);
            at.x += wide + GAP;
        }
        let (rect, response) = ui.allocate_exact_size(Vec2::new(width, at.y + CELL + 8.0), Sense::hover());
        let said: Vec<String> =
            groups.iter().map(|group| group.iter().map(|&at| text(at)).collect::<Vec<_>>().join(" ")).collect();
        let label = format!("Batches of {name}: {}", said.join("; "));
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &label));
        for (group, corner) in groups.iter().zip(corners) {
            let frame = Rect::from_min_size(
                rect.min + corner + Vec2::new(0.0, 3.5),
                Vec2::new(group.len() as f32 * CELL, CELL),
            );
            ui.painter().rect(frame, 4, tokens.card, Stroke::new(1.0, tokens.line), StrokeKind::Inside);
            for (index, &item) in group.iter().enumerate() {
                let middle = frame.left_center() + Vec2::new((index as f32 + 0.5) * CELL, 0.0);
                let font = FontId::monospace(12.0);
                ui.painter().text(middle, Align2::CENTER_CENTER, text(item), font, tokens.text);
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_small_loaders_sizes_are_the_notes() {
        let toy = Toy::default();
        assert_eq!(sizes(Toy::NUMBERS, toy.numbers), "5 5 5");
        assert_eq!(sizes(Toy::LETTERS, toy.letters), "6 6 6 6 2");
    }
}
