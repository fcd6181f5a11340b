//! By hand: three sliders, and the loss they make.

use super::super::Scene;
use super::dots::{self, Dots};
use crate::experiments::coaster::{Coaster, Snapshot};
use crate::experiments::report::number;
use crate::widgets::theme;
use egui::{Align, Layout, RichText, Slider, Ui, Vec2};
use serde_json::{Map, Value, json};

/// Where the sliders start.
const START: [f64; 3] = [1.1; 3];
/// The sliders' column is this wide.
const COLUMN: f32 = 224.0;
/// How far a saved slider may stand from zero.
const REACH: f64 = 1e7;

/// What the reader chose.
pub(super) struct Hand {
    params: [f64; 3],
    /// Mean absolute instead of mean squared error.
    pub(super) absolute: bool,
    best: bool,
}

impl Default for Hand {
    fn default() -> Self {
        Self { params: START, absolute: false, best: false }
    }
}

impl Hand {
    pub(super) fn show(&mut self, ui: &mut Ui, scene: &mut Scene<'_, Coaster>, dots: &mut Dots) {
        let size = ui.available_size();
        let height = size.y.max(300.0);
        let left = Vec2::new(size.x - COLUMN - 14.0, height);
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = 14.0;
            ui.allocate_ui(left, |ui| ui.vertical(|ui| self.plot(ui, scene, dots, left)));
            ui.allocate_ui(Vec2::new(COLUMN, height), |ui| ui.vertical(|ui| self.sliders(ui, scene.snapshot)));
        });
    }

    fn plot(&self, ui: &mut Ui, scene: &mut Scene<'_, Coaster>, dots: &mut Dots, size: Vec2) {
        let snapshot = scene.snapshot;
        let tokens = theme::tokens(ui);
        let row = ui.horizontal(|ui| {
            ui.set_width(size.x);
            ui.strong("Your curve");
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| dots.controls(ui, snapshot, &mut scene.form));
        });
        // Room around the data, so that a curve that is near is seen whole; the range does not follow the sliders.
        let data = dots::range(snapshot, None, true);
        let room = (data.end() - data.start()) * 0.4;
        let range = dots::round_range([data.start() - room, data.end() + room].into_iter());
        let (params, best) = (self.params, self.best);
        let size = Vec2::new(size.x, size.y - row.response.rect.height() - 6.0);
        dots.plot(ui, "coaster by hand", snapshot, &mut scene.form, range, size, move |plot| {
            dots::bars(plot, snapshot, params, tokens);
            if best {
                let line =
                    dots::curve(snapshot, "least squares", snapshot.least_squares.params).color(tokens.reference);
                plot.line(line.width(1.5).style(egui_plot::LineStyle::dashed_loose()));
            }
            dots::measured(plot, snapshot, tokens, 4.0);
            plot.line(dots::curve(snapshot, "your curve", params).color(tokens.prediction).width(2.5));
        });
    }

    fn sliders(&mut self, ui: &mut Ui, snapshot: &Snapshot) {
        let tokens = theme::tokens(ui);
        ui.label(format!("{} = a t\u{b2} + b t + c", if snapshot.axes[1] == "y" { "y" } else { "speed" }));
        ui.spacing_mut().slider_width = COLUMN - 104.0;
        for (i, name) in ["a", "b", "c"].into_iter().enumerate() {
            let reach = reach(snapshot.least_squares.params[i]);
            ui.horizontal(|ui| {
                let label = ui.label(RichText::new(name).monospace());
                let slider = Slider::new(&mut self.params[i], -reach..=reach)
                    .max_decimals(3)
                    .clamping(egui::SliderClamping::Never);
                let tip =
                    ["How strongly the curve bends", "How steeply it runs at time 0", "How high it is at time 0"][i];
                ui.add(slider).labelled_by(label.id).on_hover_text(tip);
            });
        }
        ui.horizontal(|ui| {
            ui.label("Loss").on_hover_text("How the errors become one number");
            ui.selectable_value(&mut self.absolute, false, "squared")
                .on_hover_text("Mean squared error: large misses count far more");
            ui.selectable_value(&mut self.absolute, true, "absolute")
                .on_hover_text("Mean absolute error: the mean length of the bars");
        });
        let kind = usize::from(self.absolute);
        let (yours, best) =
            (snapshot.ride.errors(self.params)[kind], snapshot.ride.errors(snapshot.least_squares.params)[kind]);
        ui.label(RichText::new(number(yours)).monospace().size(24.0).color(tokens.prediction))
            .on_hover_text("The loss of your curve");
        ui.label(close(yours, best, self.absolute));
        ui.add_space(2.0);
        ui.checkbox(&mut self.best, "Show the least-squares curve")
            .on_hover_text("The curve with the smallest mean squared error there is");
        if self.best {
            let [a, b, c] = snapshot.least_squares.params.map(number);
            ui.add(
                egui::Label::new(
                    RichText::new(format!("a {a}  b {b}  c {c}")).monospace().size(12.0).color(tokens.reference),
                )
                .wrap(),
            );
        }
        if ui.button("Sliders to 1.1").on_hover_text("Start over").clicked() {
            self.params = START;
        }
    }

    pub(super) fn save(&self, saved: &mut Map<String, Value>) {
        saved.insert("hand".to_owned(), json!({"params": self.params, "absolute": self.absolute, "best": self.best}));
    }

    pub(super) fn restore(&mut self, saved: &Map<String, Value>) {
        let Some(saved) = saved.get("hand") else { return };
        for (i, param) in self.params.iter_mut().enumerate() {
            let value = saved.pointer(&format!("/params/{i}")).and_then(Value::as_f64);
            *param = value.map_or(*param, |value| value.clamp(-REACH, REACH));
        }
        let switch = |name: &str, old: bool| saved.get(name).and_then(Value::as_bool).unwrap_or(old);
        (self.absolute, self.best) = (switch("absolute", self.absolute), switch("best", self.best));
    }
}

/// How far a slider goes either way: twice the best value, rounded up.
fn reach(best: f64) -> f64 {
    *dots::round_range([0.0, (best.abs() * 2.0).max(2.0)].into_iter()).end()
}

/// How close a loss is to that of the least-squares curve, in words.
fn close(yours: f64, best: f64, absolute: bool) -> String {
    let best_text = number(best);
    if absolute && yours < best {
        return format!("Better than the least-squares curve ({best_text}): that one shrinks squares, not lengths.");
    }
    if best < 1e-9 {
        return "The least-squares curve misses nothing: there is no noise in these data.".to_owned();
    }
    let times = yours / best;
    let word = match times {
        ..1.02 => "You have found the best curve:",
        ..1.5 => "Very close:",
        ..5.0 => "Close:",
        ..50.0 => "Getting there:",
        _ => "Still far off:",
    };
    let times = if times < 10.0 { format!("{times:.2}") } else { format!("{times:.0}") };
    format!("{word} {times} times the loss of the least-squares curve, {best_text}.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closeness_is_told_in_words() {
        assert!(close(7.31, 7.305, false).starts_with("You have found"));
        assert!(close(676.9, 7.305, false).contains("93 times"));
        assert!(close(1.0, 1.1, true).starts_with("Better"));
        assert!(close(1.0, 0.0, false).contains("no noise"));
    }
}
