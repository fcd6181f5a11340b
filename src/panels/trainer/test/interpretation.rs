//! The image pixel by pixel: what each contributes to a logit, their sum, and one pixel's line of arithmetic.

use super::answers::percent;
use crate::data::{PIXELS, SIDE};
use crate::experiments::report::number;
use crate::experiments::trainer::{Snapshot, TestSeen, arithmetic, digit_of, squash};
use crate::widgets::arrows::{self, moved};
use crate::widgets::heatmap::{self, Cell, Heatmap, Scale};
use crate::widgets::theme;
use egui::{Label, Rect, RichText, Stroke, StrokeKind, Ui, Vec2};

/// The view.
#[derive(Default)]
pub(super) struct Interpretation {
    gradient: Heatmap,
    contributions: Heatmap,
}

impl Interpretation {
    /// Draws it; `pixel` is the one whose line is shown, `None` for the one that contributes most.
    pub(super) fn show(&mut self, ui: &mut Ui, snapshot: &Snapshot, seen: &TestSeen, pixel: &mut Option<usize>) {
        let (Some(image), Some(reading)) = (&seen.image, seen.reading()) else {
            ui.label(match seen.image {
                None => "There is no image yet: draw a digit, or choose a held-out image.",
                Some(_) => "The model has no parameters yet: press Step to draw them.",
            });
            return;
        };
        let is_linear = snapshot.architecture.layers.len() == 1;
        let digit = digit_of(snapshot, reading);
        let gap = 10.0;
        let side = ((ui.available_width() - gap) / 2.0).min(230.0).floor();
        let weak = theme::tokens(ui).text_weak;
        let (gradient, gradient_tip, tip) = if is_linear {
            ("Weights", "What each pixel's ink is multiplied by", "Ink times weight: what each pixel adds to the logit")
        } else {
            (
                "Slopes",
                "How fast the logit grows with each pixel's ink, found by backpropagation through the whole model",
                "Ink times slope: each pixel's pull on the logit",
            )
        };
        let chosen = pixel.unwrap_or_else(|| reading.strongest());
        let mut next = None;
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = gap;
            let contributions = format!("Pulls on logit {digit}");
            let maps = [
                (gradient, gradient_tip, &mut self.gradient, &reading.input_gradient),
                (&*contributions, tip, &mut self.contributions, &reading.contributions),
            ];
            for (title, tip, map, values) in maps {
                ui.vertical(|ui| {
                    ui.set_width(side);
                    ui.spacing_mut().item_spacing.y = 3.0;
                    ui.strong(title).on_hover_text(tip);
                    let scale = Scale::signed(values);
                    let label = format!("{title}, 28 by 28: click, then walk with the arrow keys");
                    let cell = map.show(ui, &label, values, SIDE, scale, side);
                    mark(ui, &cell, chosen);
                    next = walk(ui, &cell, chosen).or(next);
                    if let Some((row, column)) = cell.at {
                        let text = arithmetic(snapshot, reading, image, row * SIDE + column);
                        cell.response.on_hover_text_at_pointer(text);
                    }
                    heatmap::legend(ui, scale, side);
                });
            }
        });
        *pixel = next.or(*pixel);
        let logit = f64::from(reading.logits.get(reading.logit).copied().unwrap_or_default());
        let rest = if is_linear { "bias" } else { "biases" };
        let probability = reading.probabilities.get(reading.logit).copied().unwrap_or_default();
        let sign = if reading.rest() < 0.0 { '\u{2212}' } else { '+' };
        let sum = format!("{} {sign} {} = {}", number(reading.total()), number(reading.rest().abs()), number(logit));
        ui.label(RichText::new(sum).monospace().strong());
        let words = format!(
            "pulls and {rest} = logit of {digit}; its {}: {}",
            squash(snapshot.architecture.loss),
            percent(probability)
        );
        ui.add(Label::new(RichText::new(words).small().color(weak)).wrap());
        ui.add_space(2.0);
        let line = arithmetic(snapshot, reading, image, chosen);
        theme::card(ui).inner_margin(8).show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.add(Label::new(RichText::new(line).monospace().size(12.0)).wrap());
        });
        if !is_linear {
            let text = "The slopes hold for this very image: with other ink, other ReLUs let through. \u{201c}biases\u{201d} is what all biases add on the way.";
            ui.add(Label::new(RichText::new(text).small().color(weak)).wrap());
        }
    }
}

/// A frame around the chosen pixel.
fn mark(ui: &Ui, cell: &Cell, pixel: usize) {
    let side = cell.rect.width() / SIDE as f32;
    let at = cell.rect.min + Vec2::new((pixel % SIDE) as f32, (pixel / SIDE) as f32) * side;
    let tokens = theme::tokens(ui);
    let painter = ui.painter();
    painter.rect_stroke(
        Rect::from_min_size(at, Vec2::splat(side)).expand(1.0),
        0,
        Stroke::new(1.5, tokens.prediction),
        StrokeKind::Outside,
    );
    if cell.response.has_focus() {
        painter.rect_stroke(cell.rect, 0, Stroke::new(2.0, tokens.accent), StrokeKind::Outside);
    }
}

/// The pixel that a click or the arrow keys choose.
fn walk(ui: &Ui, cell: &Cell, chosen: usize) -> Option<usize> {
    let [right, down] = arrows::steps(ui, &cell.response);
    if cell.response.clicked() {
        return cell.at.map(|(row, column)| row * SIDE + column);
    }
    let next = moved(chosen / SIDE, down, SIDE) * SIDE + moved(chosen % SIDE, right, SIDE);
    (next != chosen && next < PIXELS).then_some(next)
}
