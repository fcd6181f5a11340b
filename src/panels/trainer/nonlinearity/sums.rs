//! Sums of ReLUs bend to any curve: one of three, or one that the reader draws.

use super::{HIGH, LOW, places, short, within};
use crate::experiments::report::number;
use crate::math::hinges::Hinges;
use crate::widgets::{chart, flow, theme};
use egui::{Label, RichText, Sense, Slider, Ui, Vec2};
use egui_plot::{Line, Points, VLine};
use serde_json::{Value, json};

/// Hidden units at most: as many as the book's network has.
const UNITS: u32 = 30;
/// Places at which the distance to the curve is taken.
const PLACES: u32 = 2000;
/// Heights that a drawn curve is kept as, evenly spaced from -2 to 2.
const HEIGHTS: usize = 81;
/// How far from 0 a drawn curve may go.
const REACH: f64 = 2.0;

/// A curve to come close to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Curve {
    Square,
    #[default]
    Sine,
    Bump,
    Drawn,
}

impl Curve {
    const ALL: [(Self, &'static str, &'static str, &'static str); 4] = [
        (Self::Square, "square", "x\u{b2}", "The parabola"),
        (Self::Sine, "sine", "sin(3x)", "A wave"),
        (Self::Bump, "bump", "exp(-4x\u{b2})", "A bump: flat, up, down, flat"),
        (Self::Drawn, "drawn", "your own", "Draw it: press and drag in the plot"),
    ];
}

/// The curve and the units.
pub(super) struct Sums {
    curve: Curve,
    units: u32,
    /// The reader's own curve.
    drawn: Vec<f64>,
    /// Where the last stroke was, while it goes on.
    stroke: Option<[f64; 2]>,
}

impl Default for Sums {
    fn default() -> Self {
        // Something to begin with: a step up.
        let drawn = (0..HEIGHTS).map(|place| if place < HEIGHTS / 2 { -1.0 } else { 1.0 });
        Self { curve: Curve::default(), units: 6, drawn: drawn.collect(), stroke: None }
    }
}

impl Sums {
    pub fn show(&mut self, ui: &mut Ui, size: Vec2) {
        let tokens = theme::tokens(ui);
        ui.horizontal_wrapped(|ui| {
            ui.label("Curve");
            for (curve, _, title, tip) in Curve::ALL {
                if ui.selectable_label(self.curve == curve, title).on_hover_text(tip).clicked() {
                    self.curve = curve;
                }
            }
            flow::group(ui, "units", |ui| {
                let label = ui.label("Hidden units");
                ui.spacing_mut().slider_width = 130.0;
                let slider = ui.add(Slider::new(&mut self.units, 1..=UNITS)).labelled_by(label.id);
                slider.on_hover_text("How many ReLUs are added up");
            });
        });
        let sum = Hinges::meeting(|x| self.height(x), self.units, LOW, HIGH);
        let (worst, error) = sum.worst(|x| self.height(x), LOW, HIGH, PLACES);
        let plot = chart::plot("sum of relus", "x", "")
            .width(size.x)
            .height(size.y)
            .y_axis_min_width(22.0)
            .show_grid([false, true])
            .sense(if self.curve == Curve::Drawn { Sense::click_and_drag() } else { Sense::hover() });
        let [low, high] = if self.curve == Curve::Square { [-0.4, 4.2] } else { [-1.6, 1.6] };
        let [low, high] = if self.curve == Curve::Drawn { [-REACH, REACH] } else { [low, high] };
        let title = format!("A sum of {} ReLU{}", self.units, if self.units == 1 { "" } else { "s" });
        let curve: Vec<[f64; 2]> = places().map(|x| [x, self.height(x)]).collect();
        let ends = [[worst, self.height(worst)], [worst, sum.at(worst)]];
        let pieces = sum.clone();
        let key = [
            ("the curve", tokens.data),
            ("the sum", tokens.prediction),
            ("hinges", tokens.text_weak),
            ("largest error", tokens.error),
        ];
        let shown = chart::keyed(ui, &title, &key, plot, |plot| {
            plot.set_plot_bounds_x(LOW - 0.1..=HIGH + 0.1);
            plot.set_plot_bounds_y(low..=high);
            for hinge in &pieces.hinges {
                plot.vline(
                    VLine::new("hinges", hinge.at)
                        .color(tokens.text_weak.gamma_multiply(0.45))
                        .width(1.0)
                        .allow_hover(false),
                );
            }
            plot.line(Line::new("curve", curve).color(tokens.data).width(2.0));
            let knots = pieces.hinges.iter().map(|hinge| hinge.at).chain([HIGH]);
            let points = knots.map(|x| [x, pieces.at(x)]).collect::<Vec<_>>();
            plot.line(Line::new("sum of ReLUs", points.clone()).color(tokens.prediction).width(2.0));
            plot.points(Points::new("sum of ReLUs", points).color(tokens.prediction).radius(2.5));
            plot.line(Line::new("largest error", chart::points(ends)).color(tokens.error).width(2.5));
        });
        if self.curve == Curve::Drawn {
            let at = shown.response.interact_pointer_pos().map(|pos| shown.transform.value_from_position(pos));
            let is_down = shown.response.is_pointer_button_down_on();
            self.draw(at.filter(|_| is_down).map(|at| [at.x, at.y]));
            shown.response.on_hover_text_at_pointer("Press and drag to draw");
        }
        let words = format!(
            "Largest error {} at x = {}, with {} hidden unit{}: {} parameters.",
            number(error),
            short(worst),
            self.units,
            if self.units == 1 { "" } else { "s" },
            sum.parameters()
        );
        ui.add(Label::new(RichText::new(words).strong()).wrap());
        let words = "Each thin line is a hinge: one hidden unit c \u{00d7} max(x - h, 0), where h is the line's place and c \
                     changes the slope there. These weights were worked out, so that the sum meets the curve at every hinge. \
                     That they exist says nothing about finding them: training starts from random ones and may end \
                     elsewhere, better or worse.";
        ui.add(Label::new(RichText::new(words).color(tokens.text_weak)).wrap());
    }

    /// The height of the chosen curve.
    fn height(&self, x: f64) -> f64 {
        match self.curve {
            Curve::Square => x * x,
            Curve::Sine => (3.0 * x).sin(),
            Curve::Bump => (-4.0 * x * x).exp(),
            Curve::Drawn => {
                let place = place_of(x);
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the list")]
                let left = (place.floor() as usize).min(HEIGHTS - 2);
                let part = place - left as f64;
                self.drawn[left] * (1.0 - part) + self.drawn[left + 1] * part
            }
        }
    }

    /// Takes the pointer's place while it is pressed: the curve goes straight from there to the last one.
    fn draw(&mut self, at: Option<[f64; 2]>) {
        let Some([x, y]) = at else {
            self.stroke = None;
            return;
        };
        let now = [place_of(x), y.clamp(-REACH, REACH)];
        let last = self.stroke.replace(now).unwrap_or(now);
        let (from, to) = if last[0] <= now[0] { (last, now) } else { (now, last) };
        for (place, height) in self.drawn.iter_mut().enumerate() {
            let place = place as f64;
            if (from[0].round()..=to[0].round()).contains(&place) {
                let part = ((place - from[0]) / (to[0] - from[0]).max(1e-9)).clamp(0.0, 1.0);
                *height = (from[1] * (1.0 - part) + to[1] * part + 0.0).clamp(-REACH, REACH);
            }
        }
    }

    pub fn save(&self) -> Value {
        let name = Curve::ALL.iter().find(|entry| entry.0 == self.curve).map_or("", |entry| entry.1);
        let mut saved = json!({"curve": name, "units": self.units});
        if self.curve == Curve::Drawn {
            saved["drawn"] = self.drawn.iter().map(|height| (height * 1000.0).round() / 1000.0).collect();
        }
        saved
    }

    pub fn restore(&mut self, saved: &Value) {
        let name = saved["curve"].as_str();
        self.curve = Curve::ALL.iter().find(|entry| name == Some(entry.1)).map_or(self.curve, |entry| entry.0);
        let units = saved["units"].as_u64().and_then(|units| u32::try_from(units).ok());
        self.units = units.filter(|units| (1..=UNITS).contains(units)).unwrap_or(self.units);
        let drawn = saved["drawn"].as_array().filter(|drawn| drawn.len() == HEIGHTS);
        let drawn: Option<Vec<f64>> =
            drawn.and_then(|drawn| drawn.iter().map(|height| within(height, REACH)).collect());
        self.drawn = drawn.unwrap_or_else(|| std::mem::take(&mut self.drawn));
    }
}

/// Where among the drawn heights `x` is.
fn place_of(x: f64) -> f64 {
    ((x - LOW) / (HIGH - LOW)).clamp(0.0, 1.0) * (HEIGHTS - 1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stroke_is_the_curve_it_drew() {
        let mut sums = Sums { curve: Curve::Drawn, ..Sums::default() };
        for step in 0..=40 {
            let x = 2.0 - 0.1 * f64::from(step);
            sums.draw(Some([x, x / 2.0]));
        }
        sums.draw(None);
        for place in [-2.0, -1.05, 0.0, 0.7, 2.0] {
            assert!((sums.height(place) - place / 2.0).abs() < 1e-9, "{place}: {}", sums.height(place));
        }
        // A straight line needs one unit.
        let sum = Hinges::meeting(|x| sums.height(x), 1, LOW, HIGH);
        assert!(sum.worst(|x| sums.height(x), LOW, HIGH, PLACES).1 < 1e-9);
    }
}
