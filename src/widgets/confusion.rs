//! A table of counts, right against said, shaded by their share of the row; each cell can be opened.

use super::theme;
use egui::{Align2, Color32, FontId, Pos2, Rect, Sense, Stroke, Ui, Vec2, WidgetInfo};

/// The widest cell, in points.
const WIDEST: f32 = 76.0;
/// Room for the names of the rows.
const NAMES: f32 = 34.0;

/// Draws `counts` (row: what it is, column: what was said), at most `width` points wide, named by `digits`. Returns the
/// cell that was clicked: row, column.
pub fn show(
    ui: &mut Ui,
    digits: &[u8],
    counts: &[Vec<u32>],
    open: Option<(usize, usize)>,
    width: f32,
) -> Option<(usize, usize)> {
    let tokens = theme::tokens(ui);
    let classes = digits.len().max(1) as f32;
    let cell = Vec2::new(((width - NAMES) / classes).min(WIDEST).floor(), if classes > 4.0 { 22.0 } else { 34.0 });
    let size = Vec2::new(NAMES + cell.x * classes, 34.0 + cell.y * classes);
    let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
    let origin = rect.min + Vec2::new(NAMES, 34.0);
    let small = FontId::proportional(11.5);
    ui.painter().text(
        Pos2::new(origin.x, rect.top()),
        Align2::LEFT_TOP,
        "said \u{2192}",
        small.clone(),
        tokens.text_weak,
    );
    ui.painter().text(
        Pos2::new(rect.left(), origin.y - 2.0),
        Align2::LEFT_BOTTOM,
        "is \u{2193}",
        small,
        tokens.text_weak,
    );
    let bold = FontId::proportional(13.5);
    let mut clicked = None;
    for (row, (digit, counts)) in digits.iter().zip(counts).enumerate() {
        let at = origin + Vec2::new(-12.0, cell.y * (row as f32 + 0.5));
        ui.painter().text(at, Align2::RIGHT_CENTER, digit, bold.clone(), tokens.text);
        let head = origin + Vec2::new(cell.x * (row as f32 + 0.5), -3.0);
        ui.painter().text(head, Align2::CENTER_BOTTOM, digit, bold.clone(), tokens.text);
        let total = counts.iter().sum::<u32>().max(1);
        for (column, (said, &count)) in digits.iter().zip(counts).enumerate() {
            let area = Rect::from_min_size(origin + Vec2::new(cell.x * column as f32, cell.y * row as f32), cell);
            let response = ui.interact(area, ui.scope_id().with(("confusion", digit, said)), Sense::click());
            let name = words(*digit, *said, count);
            response.widget_info(|| WidgetInfo::labeled(egui::Role::Button, true, &name));
            let shade = shade(tokens, row == column, count as f32 / total as f32);
            ui.painter().rect_filled(area, 0, shade);
            let color = if count == 0 { tokens.text_weak } else { tokens.text };
            let font = FontId::monospace(if cell.x < 40.0 { 11.5 } else { 13.0 });
            ui.painter().text(area.center(), Align2::CENTER_CENTER, count, font, color);
            ui.painter().rect_stroke(area, 0, Stroke::new(1.0, tokens.line), egui::StrokeKind::Middle);
            if open == Some((row, column)) || response.has_focus() || response.hovered() {
                ui.painter().rect_stroke(
                    area.shrink(1.0),
                    1,
                    Stroke::new(2.0, tokens.accent),
                    egui::StrokeKind::Inside,
                );
            }
            if response.clicked() {
                clicked = Some((row, column));
            }
            response.on_hover_text(format!(
                "{name}, {:.1} % of the {digit}s. Press to see them.",
                100.0 * count as f32 / total as f32
            ));
        }
    }
    clicked
}

/// A cell in words.
fn words(digit: u8, said: u8, count: u32) -> String {
    format!("{digit} called {said}: {count} image{}", if count == 1 { "" } else { "s" })
}

/// Right answers in the colour of success, mistakes in that of errors; a share of 0 is the card's colour. Text stays readable.
fn shade(tokens: &theme::Tokens, right: bool, share: f32) -> Color32 {
    let color = if right { tokens.success } else { tokens.error };
    // A mistake of a tenth is much, a right answer of a tenth is little.
    let amount = if right { 0.45 * share } else { 0.6 * (share * 4.0).min(1.0).sqrt() };
    tokens.card.lerp_to_gamma(color, amount)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_named_in_plain_words() {
        assert_eq!(words(3, 7, 84), "3 called 7: 84 images");
        assert_eq!(words(3, 7, 1), "3 called 7: 1 image");
    }
}
