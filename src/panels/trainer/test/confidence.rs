//! How sure the model is of its answers, and whether it is right to be.

use crate::experiments::trainer::{BINS, Judged, Snapshot, article};
use crate::widgets::theme;
use egui::{Align2, Color32, FontId, Label, Rect, RichText, Sense, Ui, Vec2, WidgetInfo, pos2};

/// Room for the counts on the left, and for the numbers below.
const MARGIN: Vec2 = Vec2::new(34.0, 32.0);

/// The two sides of the histogram: upwards and downwards.
struct Side {
    name: String,
    color: Color32,
}

/// Draws the histogram and what it says.
pub(super) fn show(ui: &mut Ui, snapshot: &Snapshot, judged: &Judged, height: f32) {
    let tokens = theme::tokens(ui);
    let digit = |class: usize| snapshot.digits.get(class).copied().unwrap_or_default();
    let (title, axis, sides) = if judged.is_of_first {
        let side = |class| Side { name: format!("{}s", digit(class)), color: theme::digit(digit(class)) };
        let axis = format!("how sure it is of {}", digit(0));
        (format!("How sure it is that an image is {}", article(digit(0))), axis, [side(0), side(1)])
    } else {
        let sides = [("right", tokens.success), ("wrong", tokens.error)];
        let sides = sides.map(|(name, color)| Side { name: name.to_owned(), color });
        ("How sure it is of its answers".to_owned(), "how sure it is of its answer".to_owned(), sides)
    };
    ui.strong(title);
    histogram(ui, &judged.histogram, &axis, &sides, height);
    for text in words(judged) {
        ui.add(Label::new(text).wrap());
    }
    let note = if judged.is_of_first {
        "Above 0.5 it answers the first digit: bars on the wrong side of the line are mistakes. Each line across is ten times as many images."
    } else {
        "Each line across is ten times as many images."
    };
    ui.add(Label::new(RichText::new(note).small().color(tokens.text_weak)).wrap());
}

/// What the confidences come to, in sentences.
fn words(judged: &Judged) -> [String; 2] {
    let count = judged.losses.len().max(1) as f64;
    let (right, all) = judged.very_sure;
    let sure = if all == 0 {
        "It was never more than 90 % sure.".to_owned()
    } else {
        let share = 100.0 * right as f64 / all as f64;
        format!("Of the {all} answers that it was over 90 % sure of, {right} were right: {share:.1} %.")
    };
    let (mean, accuracy) = (100.0 * judged.mean_confidence, 100.0 * judged.correct as f64 / count);
    [sure, format!("On average it was {mean:.1} % sure, and right in {accuracy:.1} % of all answers.")]
}

fn histogram(ui: &mut Ui, bins: &[[u32; 2]; BINS], axis: &str, sides: &[Side; 2], height: f32) {
    let tokens = theme::tokens(ui);
    let (all, response) = ui.allocate_exact_size(Vec2::new(ui.available_width().min(560.0), height), Sense::hover());
    let totals = [0, 1].map(|side| bins.iter().map(|bin| bin[side]).sum::<u32>());
    let label = format!("Histogram: {} {} and {} {}", totals[0], sides[0].name, totals[1], sides[1].name);
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Image, true, &label));
    let rect = Rect::from_min_max(
        pos2(all.left() + MARGIN.x, all.top() + 4.0),
        pos2(all.right() - 10.0, all.bottom() - MARGIN.y),
    );
    let most = bins.iter().flatten().copied().max().unwrap_or(0).max(1);
    let scale = rect.height() / 2.0 / (1.0 + most as f32).log10();
    let height = |count: u32| scale * (1.0 + count as f32).log10();
    let middle = rect.center().y;
    let painter = ui.painter();
    let font = FontId::monospace(10.0);
    for count in [1, 10, 100, 1000, 10_000].into_iter().filter(|count| *count <= most) {
        for y in [middle - height(count), middle + height(count)] {
            painter.hline(rect.x_range(), y, (1.0, tokens.line));
            // Beside one another they would collide around the middle line.
            if count > 1 || scale > 60.0 {
                painter.text(pos2(rect.left() - 5.0, y), Align2::RIGHT_CENTER, count, font.clone(), tokens.text_weak);
            }
        }
    }
    let at = |bin: usize| rect.left() + rect.width() * bin as f32 / BINS as f32;
    let hovered = response.hover_pos().and_then(|pos| (0..BINS).find(|&bin| (at(bin)..at(bin + 1)).contains(&pos.x)));
    for (bin, &[up, down]) in bins.iter().enumerate() {
        let (left, right) = (at(bin) + 0.5, at(bin + 1) - 0.5);
        if hovered == Some(bin) {
            painter.rect_filled(Rect::from_x_y_ranges(left..=right, rect.y_range()), 0, tokens.accent_tint);
        }
        let bar = |from: f32, to: f32, color| {
            painter.rect_filled(Rect::from_min_max(pos2(left, from), pos2(right, to)), 0, color);
        };
        bar(middle - height(up), middle, sides[0].color);
        bar(middle, middle + height(down), sides[1].color);
    }
    painter.hline(rect.x_range(), middle, (1.0, tokens.text));
    painter.vline(rect.center().x, rect.y_range(), (1.0, tokens.line));
    // The names stand where the bars are low: in the upper left and, on the other side, the lower right or left.
    let names = FontId::proportional(12.5);
    let busy = |side: usize, half: std::ops::Range<usize>| bins[half].iter().map(|bin| bin[side]).sum::<u32>();
    for (side, (y, vertical)) in
        [(rect.top(), egui::Align::Min), (rect.bottom(), egui::Align::Max)].into_iter().enumerate()
    {
        let is_left_free = busy(side, 0..BINS / 2) <= busy(side, BINS / 2..BINS);
        let (x, across) =
            if is_left_free { (rect.left() + 6.0, egui::Align::Min) } else { (rect.right() - 6.0, egui::Align::Max) };
        let text = format!("{}: {}", sides[side].name, totals[side]);
        painter.text(pos2(x, y), Align2([across, vertical]), text, names.clone(), tokens.text);
    }
    for (value, text) in [(0.0, "0"), (0.25, "0.25"), (0.5, "0.5"), (0.75, "0.75"), (1.0, "1")] {
        let x = rect.left() + rect.width() * value;
        painter.text(pos2(x, rect.bottom() + 3.0), Align2::CENTER_TOP, text, font.clone(), tokens.text_weak);
    }
    let below = pos2(rect.center().x, all.bottom());
    painter.text(below, Align2::CENTER_BOTTOM, axis, FontId::proportional(11.5), tokens.text_weak);
    if let Some((bin, [up, down])) = hovered.and_then(|bin| Some((bin, bins.get(bin)?))) {
        let edge = |bin: usize| bin as f32 / BINS as f32;
        let text =
            format!("From {:.2} to {:.2}\n{up} {}, {down} {}", edge(bin), edge(bin + 1), sides[0].name, sides[1].name);
        response.on_hover_text_at_pointer(text);
    }
}
