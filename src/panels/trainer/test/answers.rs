//! What the baseline and the model answer, side by side, and whether the image is like their digits at all.

use crate::data::{SIDE, unit};
use crate::experiments::report::number;
use crate::experiments::trainer::{Likeness, Snapshot, TestSeen};
use crate::math::distance::nearest;
use crate::widgets::heatmap::{Heatmap, Scale};
use crate::widgets::theme;
use egui::{Align2, Color32, FontId, Label, Rect, RichText, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo, pos2};

/// Room for a row's digit, and for the number after a bar.
const DIGIT: f32 = 16.0;
const NUMBER: f32 = 50.0;
const GAP: f32 = 8.0;
/// Alike images in a row.
const IN_A_ROW: usize = 5;

/// Draws the answers to what is looked at; `truth` is the digit that it shows, where that is known. Returns the class
/// that was clicked, whose logit the reader wants to see.
pub(super) fn show(ui: &mut Ui, snapshot: &Snapshot, seen: &TestSeen, truth: Option<u8>) -> Option<usize> {
    let (reading, distances) = (seen.reading(), seen.distances());
    let digit = |class: usize| snapshot.digits.get(class).copied();
    let baseline = nearest(distances);
    let half = ((ui.available_width() - DIGIT - GAP) / 2.0).floor();
    let tips = [
        "The digit whose mean image is nearest. Bars: the mean absolute difference to each mean; short is near",
        "The digit that the model answers, with its parameters as they are now. Bars: how sure it is of each",
    ];
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = GAP;
        ui.add_space(DIGIT - GAP);
        let answers = [("Baseline: ", baseline), ("Model: ", reading.map(|reading| reading.prediction))];
        for ((name, answer), tip) in answers.into_iter().zip(tips) {
            let answer = answer.and_then(digit);
            let said = answer.map_or_else(|| "\u{2014}".to_owned(), |digit| digit.to_string());
            let color = judged(ui, answer, truth);
            let text = RichText::new(format!("{name}{said}")).strong().size(15.0).color(color);
            let size = Vec2::new(half, 20.0);
            ui.allocate_ui_with_layout(size, egui::Layout::left_to_right(egui::Align::Center), |ui| {
                ui.set_min_width(half);
                ui.add(Label::new(text).extend()).on_hover_text(tip);
            });
        }
    });
    let farthest = distances.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
    let height = if snapshot.digits.len() > 4 { 16.0 } else { 20.0 };
    let mut clicked = None;
    ui.spacing_mut().item_spacing.y = 0.0;
    for (class, &name) in snapshot.digits.iter().enumerate() {
        let has_logit = reading.is_some_and(|reading| reading.logits.len() > 1);
        let sense = if has_logit { Sense::click() } else { Sense::hover() };
        let (row, response) = ui.allocate_exact_size(Vec2::new(ui.available_width(), height), sense);
        let distance = distances.get(class).copied();
        let sure = reading.and_then(|reading| reading.probabilities.get(class)).copied();
        let words = words(name, distance, sure, has_logit);
        let role = if has_logit { egui::Role::Button } else { egui::Role::Label };
        response.widget_info(|| WidgetInfo::labeled(role, true, &words));
        let tokens = theme::tokens(ui);
        let is_looked_at = has_logit && reading.is_some_and(|reading| reading.logit == class);
        if is_looked_at {
            ui.painter().rect_filled(row, 3, tokens.accent_tint);
        }
        if has_logit && (response.hovered() || response.has_focus()) {
            ui.painter().rect_stroke(row, 3, Stroke::new(1.0, tokens.accent), StrokeKind::Inside);
        }
        let font = FontId::proportional(13.5);
        ui.painter().text(pos2(row.left() + 3.0, row.center().y), Align2::LEFT_CENTER, name, font, tokens.text);
        let left = Rect::from_min_size(pos2(row.left() + DIGIT, row.top()), Vec2::new(half, height));
        let is_nearest = baseline == Some(class);
        if let Some(distance) = distance {
            let part = part(distance, farthest);
            bar(ui, left, part, faded(tokens.reference, is_nearest), format!("{distance:.4}"));
        }
        let right = left.translate(Vec2::new(half + GAP, 0.0));
        if let Some(sure) = sure {
            let said = reading.is_some_and(|reading| reading.prediction == class);
            bar(ui, right, sure, faded(tokens.prediction, said), percent(sure));
        }
        if response.clicked() {
            clicked = Some(class);
        }
        response.on_hover_text(words);
    }
    clicked
}

/// Draws whether the image is like the model's digits.
pub(super) fn likeness(ui: &mut Ui, snapshot: &Snapshot, likeness: &Likeness) {
    let tokens = theme::tokens(ui);
    let words = likeness.words(&snapshot.digits, snapshot.task.valid.len());
    if likeness.is_unlike() {
        let title = RichText::new(likeness.title(&snapshot.digits)).strong().color(tokens.error);
        ui.add(Label::new(title).wrap());
        ui.add(Label::new(RichText::new(words).small()).wrap());
    } else {
        ui.add(Label::new(RichText::new(words).small().color(tokens.text_weak)).wrap());
    }
}

/// The training images that are most like the one looked at.
#[derive(Default)]
pub(super) struct Alike {
    map: Heatmap,
}

impl Alike {
    /// Draws them, each with its digit.
    pub(super) fn show(&mut self, ui: &mut Ui, snapshot: &Snapshot, likeness: &Likeness) {
        ui.strong("Most alike training images");
        let images = &snapshot.dataset.train;
        let rows = likeness.alike.len().div_ceil(IN_A_ROW).max(1);
        let columns = IN_A_ROW * SIDE;
        let mut values = vec![0.0; rows * SIDE * columns];
        for (cell, &(index, _)) in likeness.alike.iter().enumerate() {
            let (top, left) = (cell / IN_A_ROW * SIDE, cell % IN_A_ROW * SIDE);
            for (row, line) in images.image(index as usize).chunks(SIDE).enumerate() {
                for (value, &byte) in values.iter_mut().skip((top + row) * columns + left).zip(line) {
                    *value = unit(byte);
                }
            }
        }
        let names: Vec<String> = likeness.alike.iter().map(|(_, digit)| digit.to_string()).collect();
        let label = format!("The training images most like it show {}", names.join(", "));
        let width = ui.available_width().min(240.0);
        let cell = self.map.show(ui, &label, &values, columns, Scale::Ink { max: 1.0 }, width);
        let side = width / IN_A_ROW as f32;
        for (index, name) in names.iter().enumerate() {
            let at = cell.rect.min + Vec2::new((index % IN_A_ROW) as f32, (index / IN_A_ROW) as f32) * side;
            ui.painter().text(
                at + Vec2::new(3.0, 1.0),
                Align2::LEFT_TOP,
                name,
                FontId::monospace(10.5),
                theme::text_on(Color32::WHITE),
            );
        }
        if let Some((row, column)) = cell.at
            && let Some(&(index, digit)) = likeness.alike.get(row / SIDE * IN_A_ROW + column / SIDE)
        {
            let text = format!("{}, labelled {digit}", images.source(index as usize));
            cell.response.on_hover_text_at_pointer(text);
        }
    }
}

/// A row in words.
fn words(digit: u8, distance: Option<f64>, sure: Option<f32>, has_logit: bool) -> String {
    let distance = distance.map_or_else(String::new, |distance| format!("{distance:.4} from the mean {digit}"));
    let sure = sure.map_or_else(
        || "; the model has no parameters yet".to_owned(),
        |sure| format!("; the model is {} sure of {digit}", percent(sure)),
    );
    let tip = if has_logit { ". Press to see what pulls at its logit" } else { "" };
    format!("{digit}: {distance}{sure}{tip}")
}

/// A probability as per cent, with the digits that matter where it is nearly none or nearly all.
pub(super) fn percent(sure: f32) -> String {
    let percent = 100.0 * f64::from(sure);
    if percent > 0.0 && percent < 0.05 {
        "<0.1 %".to_owned()
    } else if percent < 100.0 && percent > 99.95 {
        ">99.9 %".to_owned()
    } else if percent.is_finite() {
        format!("{percent:.1} %")
    } else {
        number(percent)
    }
}

/// Right in the colour of success, wrong in that of errors.
fn judged(ui: &Ui, answer: Option<u8>, truth: Option<u8>) -> Color32 {
    let tokens = theme::tokens(ui);
    match (answer, truth) {
        (Some(answer), Some(truth)) if answer == truth => tokens.success,
        (Some(_), Some(_)) => tokens.error,
        _ => tokens.text,
    }
}

fn faded(color: Color32, is_answer: bool) -> Color32 {
    if is_answer { color } else { color.gamma_multiply(0.45) }
}

/// A length as a part of the longest.
#[expect(clippy::cast_possible_truncation, reason = "a length on the screen")]
fn part(distance: f64, farthest: f64) -> f32 {
    (distance / farthest) as f32
}

fn bar(ui: &Ui, area: Rect, part: f32, color: Color32, text: String) {
    let tokens = theme::tokens(ui);
    let whole =
        Rect::from_min_max(area.min, pos2(area.right() - NUMBER - 4.0, area.bottom())).shrink2(Vec2::new(0.0, 3.0));
    ui.painter().rect_filled(whole, 2, tokens.code);
    let length = whole.width() * part.clamp(0.0, 1.0);
    if length.is_finite() {
        ui.painter().rect_filled(whole.with_max_x(whole.left() + length), 2, color);
    }
    let at = pos2(area.right(), area.center().y);
    ui.painter().text(at, Align2::RIGHT_CENTER, text, FontId::monospace(11.0), tokens.text);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearly_all_is_not_all() {
        let cases = [(1.0, "100.0 %"), (0.999_99, ">99.9 %"), (0.5, "50.0 %"), (1e-9, "<0.1 %"), (0.0, "0.0 %")];
        for (sure, text) in cases {
            assert_eq!(percent(sure), text);
        }
        assert_eq!(percent(f32::NAN), "not a number");
    }
}
