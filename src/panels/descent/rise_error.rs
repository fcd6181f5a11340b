//! How wrong rise over run is, against the nudge, in both precisions.

use super::words;
use crate::experiments::descent::Nudge;
use crate::math::function::Function;
use crate::widgets::chart;
use crate::widgets::theme::{self, Tokens};
use egui::{Ui, Vec2};
use egui_plot::{Corner, GridInput, GridMark, HoverPosition, Legend, Line, PlotUi, Points, VLine};

/// The difference from the exact slope that a nudge leaves, in one precision.
type ErrorOf = fn(&Nudge) -> f64;

/// Nudges for each power of ten.
const PER_DECADE: i32 = 4;
/// The smallest nudge, as a power of ten.
const SMALLEST: i32 = -16;
/// Errors below this cannot be told from none.
const LEAST: f64 = 1e-17;

pub(super) fn show(ui: &mut Ui, function: Function, nudge: &Nudge, size: Vec2) {
    let tokens = theme::tokens(ui);
    let power = |mark: GridMark, _: &std::ops::RangeInclusive<f64>| {
        if mark.value.fract().abs() < 1e-9 { format!("1e{:.0}", mark.value) } else { String::new() }
    };
    let plot = chart::plot("descent rise error", "nudge h", "difference").width(size.x).height(size.y);
    let plot = plot
        .x_axis_formatter(power)
        .y_axis_formatter(power)
        .include_x(SMALLEST)
        .include_x(0.0)
        .include_y(-13.0)
        .include_y(1.5)
        .y_axis_min_width(34.0);
    let marks = |first: i32| {
        move |_: GridInput| {
            (first..=0).step_by(4).map(|at| GridMark { value: f64::from(at), step_size: 16.0 }).collect::<Vec<_>>()
        }
    };
    let plot = plot.x_grid_spacer(marks(SMALLEST)).y_grid_spacer(marks(-12));
    let plot = plot.legend(Legend::default().position(Corner::LeftBottom).background_alpha(0.7));
    let plot = plot.label_formatter(|hover| match hover {
        HoverPosition::NearDataPoint { position, plot_name, .. } => {
            let [h, error] = [position.x, position.y].map(|value| words::trimmed(10_f64.powf(value)));
            Some(format!("{plot_name}\nh {h}\ndifference {error}"))
        }
        HoverPosition::Elsewhere { .. } => None,
    });
    chart::titled(ui, "Difference from the exact slope", plot, |plot| draw(plot, function, nudge, tokens));
}

fn draw(plot: &mut PlotUi<'_>, function: Function, here: &Nudge, tokens: &Tokens) {
    let nudges: Vec<Nudge> = (SMALLEST * PER_DECADE..=0)
        .map(|power| Nudge::new(function, here.x, 10_f64.powf(f64::from(power) / f64::from(PER_DECADE))))
        .collect();
    let log = |h: f64, error: f64| (error > LEAST).then(|| [h.log10(), error.log10()]);
    let series = |error: ErrorOf| nudges.iter().filter_map(move |nudge| log(nudge.h, error(nudge))).collect::<Vec<_>>();
    plot.vline(VLine::new("your h", here.h.log10()).color(tokens.text_weak).width(1.0));
    let kinds: [(&str, ErrorOf, egui::Color32); 2] =
        [("f32", |nudge| nudge.single.error, tokens.prediction), ("f64", |nudge| nudge.double.error, tokens.data)];
    for (name, error, color) in kinds {
        plot.line(Line::new(name, series(error)).color(color).width(1.8));
        if let Some(point) = log(here.h, error(here)) {
            plot.points(Points::new(name, vec![point]).radius(4.5).color(color));
        }
    }
}
