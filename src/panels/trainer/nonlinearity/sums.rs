//! Sums of ReLUs bend to any curve: one of three, or one that the reader draws.

use super::{HIGH, LOW, short};
use crate::experiments::report::number;
use crate::experiments::trainer::{Drawn, MOST_UNITS, REACH, SumSeen, SumsLook, Target};
use crate::widgets::{chart, flow, pages, theme};
use egui::{Label, RichText, Sense, Slider, Ui, Vec2};
use egui_plot::{Line, Points, VLine};

/// A curve being drawn.
#[derive(Default)]
pub(super) struct Sums {
    /// Where the pen was last, while it is down.
    last: Option<[f64; 2]>,
}

impl Sums {
    pub(super) fn show(&mut self, ui: &mut Ui, size: Vec2, look: &mut SumsLook, seen: Option<&SumSeen>) {
        let tokens = theme::tokens(ui);
        ui.horizontal_wrapped(|ui| {
            ui.label("Curve");
            pages::row(ui, &mut look.curve);
            flow::group(ui, "units", |ui| {
                let label = ui.label("Hidden units");
                ui.spacing_mut().slider_width = 130.0;
                let slider = ui.add(Slider::new(&mut look.units, 1..=MOST_UNITS)).labelled_by(label.id);
                slider.on_hover_text("How many ReLUs are added up");
            });
        });
        let Some(seen) = seen else { return };
        let plot = chart::plot("sum of relus", "x", "")
            .width(size.x)
            .height(size.y)
            .y_axis_min_width(22.0)
            .show_grid([false, true])
            .sense(if look.curve == Target::Drawn { Sense::click_and_drag() } else { Sense::hover() });
        let [low, high] = if look.curve == Target::Square { [-0.4, 4.2] } else { [-1.6, 1.6] };
        let [low, high] = if look.curve == Target::Drawn { [-REACH, REACH] } else { [low, high] };
        let title = format!("A sum of {} ReLU{}", look.units, if look.units == 1 { "" } else { "s" });
        let key = [
            ("the curve", tokens.data),
            ("the sum", tokens.prediction),
            ("hinges", tokens.text_weak),
            ("largest error", tokens.error),
        ];
        let shown = chart::keyed(ui, &title, &key, plot, |plot| {
            plot.set_plot_bounds_x(LOW - 0.1..=HIGH + 0.1);
            plot.set_plot_bounds_y(low..=high);
            for hinge in &seen.sum.hinges {
                plot.vline(
                    VLine::new("hinges", hinge.at)
                        .color(tokens.text_weak.gamma_multiply(0.45))
                        .width(1.0)
                        .allow_hover(false),
                );
            }
            plot.line(Line::new("curve", seen.curve.clone()).color(tokens.data).width(2.0));
            plot.line(Line::new("sum of ReLUs", seen.knots.clone()).color(tokens.prediction).width(2.0));
            plot.points(Points::new("sum of ReLUs", seen.knots.clone()).color(tokens.prediction).radius(2.5));
            plot.line(Line::new("largest error", chart::points(seen.worst)).color(tokens.error).width(2.5));
        });
        if look.curve == Target::Drawn {
            let at = shown.response.interact_pointer_pos().map(|pos| shown.transform.value_from_position(pos));
            let is_down = shown.response.is_pointer_button_down_on();
            self.draw(&mut look.drawn, at.filter(|_| is_down).map(|at| [at.x, at.y]));
            shown.response.on_hover_text_at_pointer("Press and drag to draw");
        }
        let words = format!(
            "Largest error {} at x = {}, with {} hidden unit{}: {} parameters.",
            number(seen.error),
            short(seen.worst[0][0]),
            look.units,
            if look.units == 1 { "" } else { "s" },
            seen.sum.parameters()
        );
        ui.add(Label::new(RichText::new(words).strong()).wrap());
        let words = "Each thin line is a hinge: one hidden unit c \u{00d7} max(x - h, 0), where h is the line's place and c \
                     changes the slope there. These weights were worked out, so that the sum meets the curve at every hinge. \
                     That they exist says nothing about finding them: training starts from random ones and may end \
                     elsewhere, better or worse.";
        ui.add(Label::new(RichText::new(words).color(tokens.text_weak)).wrap());
    }

    /// Takes the pointer's place while it is pressed: the curve goes straight from there to the last one.
    fn draw(&mut self, drawn: &mut Drawn, at: Option<[f64; 2]>) {
        if let Some(at) = at {
            drawn.stroke(self.last.unwrap_or(at), at);
        }
        self.last = at;
    }
}
