//! Why there is a ReLU between the layers: three small views that need no run.

mod bend;
mod lines;
mod sums;

use super::Page;
use crate::experiments::trainer::{HIGH, LOW, Part, Trainer};
use crate::panels::Scene;
use crate::widgets::{flow, pages};
use egui::{Response, Slider, Ui, Vec2};

/// The page.
#[derive(Default)]
pub(super) struct Nonlinearity {
    sums: sums::Sums,
}

impl Page for Nonlinearity {
    fn show(&mut self, ui: &mut Ui, scene: &mut Scene<'_, Trainer>) {
        let look = &mut scene.look.nonlinearity;
        ui.horizontal_wrapped(|ui| pages::show(ui, &mut look.part));
        // The plots take what the sliders and words leave.
        let plot = |words: f32| Vec2::new(ui.available_width(), (ui.available_height() - words).clamp(130.0, 420.0));
        match look.part {
            Part::Bend => bend::show(ui, plot(150.0), &mut look.x),
            Part::Lines => lines::show(ui, plot(190.0), &mut look.lines),
            Part::Sums => self.sums.show(ui, plot(180.0), &mut look.sums, scene.seen.nonlinearity.sum()),
        }
    }
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
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_short() {
        assert_eq!([0.25, -1.0, 0.000_1, -0.000_1].map(short), ["0.25", "-1", "0", "0"]);
        assert_eq!([0.5, -2.0].map(term), ["+ 0.5", "- 2"]);
    }
}
