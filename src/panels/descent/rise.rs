//! The third tab: the slope found by trying, as rise over run, and how wrong that is.

use super::{LEAST_HEIGHT, handle, rise_error, start_at, words};
use crate::experiments::Table;
use crate::experiments::descent::{Descent, Look, Nudge, Snapshot};
use crate::panels::Scene;
use crate::widgets::form::Form;
use crate::widgets::theme::{self, Tokens};
use crate::widgets::{chart, readout};
use egui::{Label, Sense, Ui, Vec2};
use egui_plot::{Line, LineStyle, PlotPoint, PlotUi, Points, Text};

/// Points that the curve is drawn with.
const SAMPLES: i32 = 120;
/// The plot follows a small nudge down to this half width; below it, nothing more would be seen.
const NEAREST: f64 = 0.05;

pub(super) fn show(ui: &mut Ui, scene: &mut Scene<'_, Descent>) {
    let height = ui.available_height().max(LEAST_HEIGHT + 60.0);
    let top = ui.cursor().top();
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().slider_width = 220.0;
        Form::new(scene.look).log_slider(ui, Look::nudge(), "Nudge h", 1e-16, 1.0);
    });
    ui.add(Label::new(verdict(&scene.seen.nudge)).wrap());
    let gap = 12.0;
    let width = (ui.available_width() - gap) / 2.0;
    let table = 66.0;
    let size = Vec2::new(width, height - (ui.cursor().top() - top) - table - 34.0);
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = gap;
        ui.allocate_ui(Vec2::new(width, size.y + 22.0), |ui| secant(ui, scene, size));
        ui.allocate_ui(Vec2::new(width, size.y + 22.0), |ui| {
            rise_error::show(ui, scene.snapshot.function, &scene.seen.nudge, size);
        });
    });
    numbers(ui, &scene.seen.nudge, table);
}

/// What is to be learned from this h.
pub(super) fn verdict(nudge: &Nudge) -> String {
    let slope = words::trimmed(f64::from(nudge.single.slope));
    let exact = words::trimmed(nudge.exact);
    let bend = nudge.double.error;
    let rounding = (f64::from(nudge.single.slope) - nudge.double.slope).abs();
    let reason = if nudge.single.ahead.to_bits() == nudge.x.to_bits() {
        "h is so small that x + h is rounded to x: nothing rises"
    } else if nudge.single.error < 1e-4 {
        "close enough to tell which way is down"
    } else if rounding > bend {
        "h is so small that rounding spoils the difference"
    } else {
        "h is so wide that the curve bends away from the line"
    };
    format!("Rise over run is {slope}, the exact slope {exact}: {reason}.")
}

fn secant(ui: &mut Ui, scene: &mut Scene<'_, Descent>, size: Vec2) {
    let tokens = theme::tokens(ui);
    let (snapshot, nudge) = (scene.snapshot, &scene.seen.nudge);
    let x = f64::from(nudge.x);
    let at = [x, snapshot.function.value(x)];
    let plot = chart::plot("descent rise", "x", "loss")
        .width(size.x)
        .height(size.y)
        .sense(Sense::click_and_drag())
        .y_axis_min_width(28.0);
    let shown = chart::titled(ui, "The line through x and x + h", plot, |plot| draw(plot, snapshot, nudge, tokens));
    if let Some(x) = handle::drag(ui, &shown.response, &shown.transform, at) {
        start_at(scene, x);
    }
}

fn draw(plot: &mut PlotUi<'_>, snapshot: &Snapshot, nudge: &Nudge, tokens: &Tokens) {
    let ground = |x: f64| snapshot.function.value(x);
    let (x, h) = (f64::from(nudge.x), nudge.h);
    let half = (3.0 * h).clamp(NEAREST, super::REACH);
    let middle = x + h / 2.0;
    let curve: Vec<[f64; 2]> = (0..=SAMPLES)
        .map(|i| middle - half + 2.0 * half * f64::from(i) / f64::from(SAMPLES))
        .map(|x| [x, ground(x)])
        .collect();
    let low = curve.iter().map(|point| point[1]).fold(f64::INFINITY, f64::min);
    let high = curve.iter().map(|point| point[1]).fold(f64::NEG_INFINITY, f64::max);
    let margin = 0.12 * (high - low).max(1e-9);
    plot.set_plot_bounds_x(middle - half..=middle + half);
    plot.set_plot_bounds_y(low - margin..=high + margin);
    plot.line(Line::new(snapshot.formula, chart::points(curve)).color(tokens.text_weak).width(1.5).allow_hover(false));
    let through =
        |slope: f64| chart::points([middle - half, middle + half].map(|at| [at, ground(x) + slope * (at - x)]));
    plot.line(
        Line::new("exact slope", through(nudge.exact))
            .color(tokens.accent)
            .width(1.5)
            .style(LineStyle::dashed_dense())
            .allow_hover(false),
    );
    plot.line(
        Line::new("rise over run", through(nudge.double.slope)).color(tokens.prediction).width(2.0).allow_hover(false),
    );
    let (here, there) = ([x, ground(x)], [x + h, ground(x + h)]);
    let corner = [x + h, here[1]];
    for (name, ends) in [("run", [here, corner]), ("rise", [corner, there])] {
        plot.line(Line::new(name, chart::points(ends)).color(tokens.reference).width(2.0).allow_hover(false));
    }
    if h > NEAREST / 4.0 {
        let label = |name: &str, at: [f64; 2], anchor| {
            let text = egui::RichText::new(name).small().color(tokens.reference);
            Text::new(name.to_owned(), PlotPoint::new(at[0], at[1]), text).anchor(anchor).allow_hover(false)
        };
        let falls = there[1] < here[1];
        let side = if falls { egui::Align2::CENTER_BOTTOM } else { egui::Align2::CENTER_TOP };
        plot.text(label("run h", [x + h / 2.0, here[1]], side));
        plot.text(label(" rise", [x + h, f64::midpoint(here[1], there[1])], egui::Align2::LEFT_CENTER));
    }
    plot.points(Points::new("x + h", vec![there]).radius(4.5).color(tokens.reference));
    plot.points(Points::new("x", vec![here]).radius(6.0).color(tokens.prediction));
}

/// The losses with all the digits that their precision has: what rounding takes away is at their ends.
fn numbers(ui: &mut Ui, nudge: &Nudge, height: f32) {
    let mut table = Table::new("", &["", "f(x)", "f(x + h)", "rise / h", "difference"]);
    let (single, double) = (&nudge.single, &nudge.double);
    let cells = |name: &str, low: String, high: String, slope: f64, error: f64| {
        [name.to_owned(), low, high, words::trimmed(slope), words::trimmed(error)]
    };
    table.row(cells("f32", single.low.to_string(), single.high.to_string(), single.slope.into(), single.error));
    table.row(cells("f64", double.low.to_string(), double.high.to_string(), double.slope, double.error));
    readout::table(ui, "descent rise table", &table, height);
}
