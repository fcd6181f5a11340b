//! How sure the model is of each digit, as bars.

use crate::experiments::report::number;
use crate::widgets::theme;
use egui::{Align2, FontId, Rect, Role, Sense, StrokeKind, Ui, Vec2, WidgetInfo, pos2};

/// Room for a digit under its bar, and for a number above it, in points.
const BELOW: f32 = 16.0;
const ABOVE: f32 = 13.0;
/// The widest bar, in points.
const WIDEST: f32 = 46.0;

/// Draws a bar for each digit, `probabilities` and `logits` in the order of `digits`. The bar of the right digit is
/// filled with its colour's full strength and underlined; the others are paler.
pub(super) fn probabilities(ui: &mut Ui, digits: &[u8], probabilities: &[f32], logits: &[f32], class: u8, size: Vec2) {
    let (all, response) = ui.allocate_exact_size(size, Sense::hover());
    let said: Vec<String> =
        digits.iter().zip(probabilities).map(|(digit, p)| format!("{digit}: {}", percent(*p))).collect();
    let label = format!("Probabilities: {}", said.join(", "));
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &label));
    if !ui.is_rect_visible(all) || probabilities.is_empty() {
        return;
    }
    let tokens = theme::tokens(ui);
    let painter = ui.painter();
    if probabilities.iter().any(|p| p.is_nan()) {
        let font = FontId::proportional(12.0);
        let text = "no answer: its logits are no numbers";
        painter.text(all.center(), Align2::CENTER_CENTER, text, font, tokens.error);
        return;
    }
    let pitch = (all.width() / probabilities.len() as f32).min(WIDEST);
    let base = all.bottom() - BELOW;
    let height = base - all.top() - ABOVE;
    painter.hline(all.left()..=all.left() + pitch * probabilities.len() as f32, base, (1.0, tokens.line));
    let font = |size| FontId::monospace(size);
    for (index, (&p, &digit)) in probabilities.iter().zip(digits).enumerate() {
        let left = all.left() + pitch * index as f32;
        let is_right = index == usize::from(class);
        let top = base - height * p.clamp(0.0, 1.0);
        let bar = Rect::from_min_max(pos2(left + 2.0, top), pos2(left + pitch - 2.0, base));
        let color = theme::digit(digit);
        painter.rect_filled(bar, 1, if is_right { color } else { color.gamma_multiply(0.5) });
        let middle = bar.center().x;
        if p >= 0.005 {
            painter.text(pos2(middle, top - 1.0), Align2::CENTER_BOTTOM, percent(p), font(10.0), tokens.text_weak);
        }
        let text = if is_right { tokens.text } else { tokens.text_weak };
        painter.text(pos2(middle, base + 2.0), Align2::CENTER_TOP, digit, font(12.0), text);
        if is_right {
            let frame = Rect::from_min_max(pos2(left + 3.0, base + 2.0), pos2(left + pitch - 3.0, all.bottom()));
            painter.rect_stroke(frame, 3, (1.5, color), StrokeKind::Inside);
        }
    }
    let at = response.hover_pos().map(|pos| ((pos.x - all.left()) / pitch).floor());
    let at = (0..probabilities.len()).find(|&index| at == Some(index as f32));
    if let Some(index) = at {
        let logit = logits.get(index).map_or_else(String::new, |logit| format!("\nlogit {}", number((*logit).into())));
        let p = number(probabilities[index].into());
        let digit = digits.get(index).copied().unwrap_or_default();
        response.on_hover_text_at_pointer(format!("{digit}: probability {p}{logit}"));
    }
}

/// A probability as short as it fits over a bar.
fn percent(p: f32) -> String {
    format!("{:.0} %", 100.0 * p)
}
