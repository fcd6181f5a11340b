//! The loss of each image of the mini-batch, as thin bars.

use super::strip::Shown;
use crate::experiments::report::number;
use crate::widgets::theme;
use egui::{Align2, FontId, Rect, Role, Sense, StrokeKind, Ui, Vec2, WidgetInfo, pos2};

/// Draws a bar an image, in the order of the strip; a click chooses its image. Where there are more images than points, a bar
/// is the largest of several.
pub(super) fn show(ui: &mut Ui, shown: Shown<'_>, chosen: &mut usize, height: f32) {
    let (batch, order) = (shown.batch, &shown.seen.order);
    let tokens = theme::tokens(ui);
    let (rect, response) = ui.allocate_exact_size(Vec2::new(ui.available_width(), height), Sense::click());
    let label = "The loss of each image of this mini-batch";
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, label));
    let painter = ui.painter();
    let font = FontId::proportional(11.0);
    let Some(losses) = &batch.losses else {
        painter.rect_stroke(rect, 3, (1.0, tokens.line), StrokeKind::Inside);
        let text = "Each image\u{2019}s loss: from the Loss phase on";
        painter.text(rect.center(), Align2::CENTER_CENTER, text, font, tokens.text_weak);
        return;
    };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a width on the screen")]
    let bars = (rect.width() as usize).min(order.len()).max(1);
    let span =
        |bar: usize| bar * order.len() / bars..((bar + 1) * order.len() / bars).max(bar * order.len() / bars + 1);
    let loss = |index: usize| losses.get(index).copied().filter(|loss| loss.is_finite()).unwrap_or_default();
    let largest = order.iter().map(|&index| loss(index)).fold(0.0_f32, f32::max);
    let pitch = rect.width() / bars as f32;
    let room = rect.height() - 2.0;
    for bar in 0..bars {
        let Some(&index) = order.get(span(bar)).into_iter().flatten().max_by(|a, b| loss(**a).total_cmp(&loss(**b)))
        else {
            continue;
        };
        let left = rect.left() + pitch * bar as f32;
        let tall = if largest > 0.0 { room * loss(index) / largest } else { 0.0 };
        let right = left + (pitch - if pitch > 3.0 { 1.0 } else { 0.0 });
        let column = Rect::from_min_max(pos2(left, rect.bottom() - tall.max(1.0)), pos2(right, rect.bottom()));
        painter.rect_filled(column, 0, if shown.is_right(index) { tokens.data } else { tokens.error });
        if order.get(span(bar)).is_some_and(|indices| indices.contains(chosen)) {
            let mark = Rect::from_x_y_ranges(left - 1.0..=right.max(left + 2.0) + 1.0, rect.y_range());
            painter.rect_stroke(mark, 1, (1.5, tokens.accent), StrokeKind::Outside);
        }
    }
    painter.hline(rect.x_range(), rect.bottom(), (1.0, tokens.line));
    let under = |pos: egui::Pos2| {
        (0..bars)
            .find(|&bar| (pos.x - rect.left()) < pitch * (bar + 1) as f32)
            .and_then(|bar| order.get(span(bar).start))
    };
    if let (true, Some(&index)) = (response.clicked(), response.interact_pointer_pos().and_then(under)) {
        *chosen = index;
    }
    if let Some(&index) = response.hover_pos().and_then(under) {
        let most = number(largest.into());
        let text = format!("{}\nthe highest bar is a loss of {most}", shown.describe(index));
        response.on_hover_text_at_pointer(text);
    }
}
