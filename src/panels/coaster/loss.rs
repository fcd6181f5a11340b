//! The loss at each step, on a log scale.

use crate::experiments::coaster::{Course, Ghost, Snapshot};
use crate::experiments::report::number;
use crate::widgets::{chart, theme};
use egui::{Align, Layout, Ui, Vec2};
use egui_plot::{GridMark, HLine, HoverPosition, Line, LineStyle, PlotBounds, Points};

/// Steps that the axis shows at least.
const STEPS: f64 = 10.0;

/// Draws the loss, the best possible one, and an earlier run behind them.
pub(super) fn show(ui: &mut Ui, snapshot: &Snapshot, course: &Course, ghost: &mut Option<Ghost>, size: Vec2) {
    let tokens = theme::tokens(ui);
    let row = ui.horizontal(|ui| {
        ui.set_width(size.x);
        ui.strong("Loss at each step").on_hover_text("On a log scale: from one line to the next is a factor of ten");
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| pin(ui, course, ghost));
    });
    let best = snapshot.least_squares.loss.max(1e-9);
    let log = |points: &[[f64; 2]]| points.iter().map(|&[step, loss]| [step, loss.log10()]).collect::<Vec<_>>();
    let (points, behind) = (log(&course.losses), ghost.as_ref().map(|ghost| log(&ghost.losses)).unwrap_or_default());
    // From the first loss to the best, to whole powers of ten: the scale of a run that does not diverge never changes.
    let marks = points
        .iter()
        .chain(&behind)
        .map(|point| point[1])
        .chain([best.log10(), f64::from(snapshot.first_loss.max(1e-9)).log10()]);
    let finite = marks.filter(|value| value.is_finite()).map(|value| value.clamp(-12.0, 40.0));
    let (low, high) =
        finite.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
    let (low, high) = (low.floor(), high.ceil().max(low.floor() + 1.0));
    let steps = points.iter().chain(&behind).map(|point| point[0]).fold(STEPS, f64::max);
    let power = |mark: GridMark, _: &std::ops::RangeInclusive<f64>| {
        if mark.value.fract().abs() < 1e-9 { number_short(10_f64.powf(mark.value)) } else { String::new() }
    };
    let spacing = ((high - low) / 4.0).ceil().max(1.0);
    let plot =
        chart::plot("coaster loss", "step", "loss").width(size.x).height(size.y - row.response.rect.height() - 6.0);
    let plot = plot
        .y_axis_formatter(power)
        .grid_color(tokens.line)
        .y_grid_spacer(egui_plot::uniform_grid_spacer(move |_| [spacing, spacing, spacing]));
    let plot = plot.label_formatter(|hover| match hover {
        HoverPosition::NearDataPoint { position, .. } => {
            Some(format!("step {:.0}\nloss {}", position.x, number(10_f64.powf(position.y))))
        }
        HoverPosition::Elsewhere { .. } => None,
    });
    let shown = plot.show(ui, |plot| {
        plot.set_plot_bounds(PlotBounds::from_min_max([-steps * 0.04, low - 0.1], [steps * 1.04, high + 0.1]));
        plot.hline(
            HLine::new("best possible", best.log10())
                .color(tokens.reference)
                .width(1.5)
                .style(LineStyle::dashed_loose())
                .allow_hover(false),
        );
        plot.line(Line::new("pinned", behind.clone()).color(tokens.text_weak.gamma_multiply(0.6)).width(1.5));
        plot.line(Line::new("loss", points.clone()).color(tokens.prediction).width(2.0));
        if points.len() < 60 {
            plot.points(Points::new("loss", points).color(tokens.prediction).radius(2.5));
        }
    });
    shown.response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, "Loss at each step, log scale"));
}

fn pin(ui: &mut Ui, course: &Course, ghost: &mut Option<Ghost>) {
    if let Some(pinned) = ghost {
        let tip = format!("Grey behind yours: {}. Press to take it away", pinned.label);
        if ui.button("Unpin").on_hover_text(tip).clicked() {
            *ghost = None;
        }
    } else {
        let button = ui.add_enabled(course.ghost.is_some(), egui::Button::new("Pin this run"));
        if button.on_hover_text("Keep this run in grey behind the next one, to compare").clicked() {
            ghost.clone_from(&course.ghost);
        }
    }
}

/// A power of ten as an axis shows it.
fn number_short(value: f64) -> String {
    if (1e-3..1e6).contains(&value) { format!("{value}") } else { format!("{value:.0e}") }
}
