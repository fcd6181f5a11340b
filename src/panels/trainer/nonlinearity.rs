//! Why there is a ReLU between the layers: three small views that need no run.

mod bend;
mod lines;
mod sums;

use super::Page;
use crate::experiments::trainer::Trainer;
use crate::panels::Scene;
use crate::widgets::flow;
use egui::{Response, Slider, Ui, Vec2};
use serde_json::{Map, Value, json};

/// All three draw x from -2 to 2, as the book draws the ReLU.
const LOW: f64 = -2.0;
const HIGH: f64 = 2.0;
/// Points that a curve is drawn with.
const SAMPLES: u32 = 400;

/// The three views, by their names in a saved state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Part {
    #[default]
    Bend,
    Lines,
    Sums,
}

impl Part {
    const ALL: [(Self, &'static str, &'static str, &'static str); 3] = [
        (Self::Bend, "bend", "1 The bend", "max(x, 0) and its slope"),
        (Self::Lines, "lines", "2 Line after line", "Why two layers need something between them"),
        (Self::Sums, "sums", "3 Sums of bends", "How hidden units come close to a curve"),
    ];
}

/// The page.
#[derive(Default)]
pub(super) struct Nonlinearity {
    part: Part,
    bend: bend::Bend,
    lines: lines::Lines,
    sums: sums::Sums,
}

impl Page for Nonlinearity {
    fn show(&mut self, ui: &mut Ui, _scene: &mut Scene<'_, Trainer>) {
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            for (part, _, title, tip) in Part::ALL {
                if ui.selectable_label(self.part == part, title).on_hover_text(tip).clicked() {
                    self.part = part;
                }
            }
        });
        // The plots take what the sliders and words leave.
        let plot = |words: f32| Vec2::new(ui.available_width(), (ui.available_height() - words).clamp(130.0, 420.0));
        match self.part {
            Part::Bend => self.bend.show(ui, plot(150.0)),
            Part::Lines => self.lines.show(ui, plot(190.0)),
            Part::Sums => self.sums.show(ui, plot(180.0)),
        }
    }

    fn save(&self, saved: &mut Map<String, Value>) {
        let part = Part::ALL.iter().find(|entry| entry.0 == self.part).map_or("", |entry| entry.1);
        let all = json!({"part": part, "x": self.bend.x, "lines": self.lines.save(), "sums": self.sums.save()});
        saved.insert("nonlinearity".to_owned(), all);
    }

    fn restore(&mut self, saved: &Map<String, Value>) {
        *self = Self::default();
        let Some(all) = saved.get("nonlinearity") else { return };
        let part = all["part"].as_str();
        self.part = Part::ALL.iter().find(|entry| part == Some(entry.1)).map_or(self.part, |entry| entry.0);
        if let Some(x) = within(&all["x"], HIGH) {
            self.bend.x = x;
        }
        self.lines.restore(&all["lines"]);
        self.sums.restore(&all["sums"]);
    }
}

/// Evenly spaced places from -2 to 2.
fn places() -> impl Iterator<Item = f64> + Clone {
    (0..=SAMPLES).map(|i| LOW + (HIGH - LOW) * f64::from(i) / f64::from(SAMPLES))
}

/// A saved number no larger than `size` either way.
fn within(value: &Value, size: f64) -> Option<f64> {
    value.as_f64().filter(|value| value.abs() <= size)
}

/// A slider of tenths from -2 to 2 with its name before it.
fn slider(ui: &mut Ui, name: &str, tip: &str, value: &mut f64) -> Response {
    flow::group(ui, name, |ui| {
        let label = ui.label(name);
        ui.spacing_mut().slider_width = 90.0;
        let slider = Slider::new(value, LOW..=HIGH).step_by(0.1).fixed_decimals(1);
        ui.add(slider).labelled_by(label.id).on_hover_text(tip)
    })
}

/// A number with its sign when it comes second in a sum: `+ 0.5`, `- 1`.
fn term(value: f64) -> String {
    format!("{} {}", if value < 0.0 { "-" } else { "+" }, short(value.abs()))
}

/// A number with at most two digits after the point, and no zeros at its end.
fn short(value: f64) -> String {
    // Adding 0 makes -0 a plain one.
    ((value * 100.0).round() / 100.0 + 0.0).to_string()
}

#[cfg(test)]
mod tests;
