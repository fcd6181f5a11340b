//! Why there is a ReLU between the layers: three small views that need no run.

mod bend;
mod lines;
mod sums;

use super::Page;
use crate::experiments::trainer::Trainer;
use crate::panels::Scene;
use crate::widgets::flow;
use egui::{Label, Response, Slider, Ui, Vec2};
use serde_json::{Map, Value, json};

/// All three draw x from -2 to 2, as the book draws the ReLU.
const LOW: f64 = -2.0;
const HIGH: f64 = 2.0;
/// Points that a curve is drawn with.
const SAMPLES: u32 = 400;
const GAP: f32 = 16.0;

/// The page.
#[derive(Default)]
pub(super) struct Nonlinearity {
    bend: bend::Bend,
    lines: lines::Lines,
    sums: sums::Sums,
}

impl Page for Nonlinearity {
    fn show(&mut self, ui: &mut Ui, _scene: &mut Scene<'_, Trainer>) {
        let text = "Between two layers stands max(x, 0), a ReLU. Move the sliders to see what that small bend is good for.";
        ui.add(Label::new(text).wrap());
        let all = ui.available_size();
        // The plots take what the sliders and words leave, in a high window more.
        let plot = ((all.y - 250.0) / 2.0).clamp(120.0, 230.0);
        let left = ((all.x - GAP) * 0.42).floor();
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = GAP;
            for (width, is_first) in [(left, true), (all.x - GAP - left, false)] {
                ui.vertical(|ui| {
                    ui.set_width(width);
                    ui.spacing_mut().item_spacing.x = 6.0;
                    let size = Vec2::new(width, plot);
                    if is_first { self.bend.show(ui, size) } else { self.lines.show(ui, size) }
                });
            }
        });
        ui.separator();
        self.sums.show(ui, Vec2::new(ui.available_width(), plot + 20.0));
    }

    fn save(&self, saved: &mut Map<String, Value>) {
        let all = json!({"x": self.bend.x, "lines": self.lines.save(), "sums": self.sums.save()});
        saved.insert("nonlinearity".to_owned(), all);
    }

    fn restore(&mut self, saved: &Map<String, Value>) {
        *self = Self::default();
        let Some(all) = saved.get("nonlinearity") else { return };
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
        ui.spacing_mut().slider_width = 72.0;
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
