//! Loss against learning rate, the rate on a logarithmic axis.

use crate::experiments::lr_find::{Point, Snapshot};
use crate::experiments::report::number;
use crate::widgets::{chart, theme};
use egui::{Align2, RichText, Ui, Vec2};
use egui_plot::{GridMark, HoverPosition, Line, LineStyle, PlotBounds, PlotPoint, Points, Text, VLine};

/// Points that a line is drawn with, at most about.
const POINTS: usize = 600;

/// Draws each mini-batch's loss, the smoothed loss, and the suggested rates.
pub(super) fn show(ui: &mut Ui, snapshot: &Snapshot, size: Vec2) {
    let tokens = theme::tokens(ui);
    let settings = &snapshot.settings;
    let [low, high] = [settings.start.log10(), settings.end.log10()];
    let pair = |value: fn(&Point) -> f64| -> Vec<[f64; 2]> {
        snapshot.points.sampled(POINTS).map(|(_, point)| [point.lr.log10(), value(point)]).collect()
    };
    let (raw, smoothed) = (pair(|point| point.loss), pair(|point| point.smoothed));
    // The smoothed loss decides the height: single losses past all bounds would flatten everything else.
    let first = snapshot.points.get(0).map_or(1.0, |point| point.loss);
    let top = smoothed.iter().map(|point| point[1]).fold(first, f64::max) * 1.15;
    let power = |mark: GridMark, _: &std::ops::RangeInclusive<f64>| {
        if mark.value.fract().abs() < 1e-9 { power_of_ten(mark.value) } else { String::new() }
    };
    let plot = chart::plot("lr find", "learning rate, each mark ten times the last", "loss")
        .width(size.x)
        .height(size.y - 22.0)
        .x_axis_formatter(power)
        .x_grid_spacer(egui_plot::uniform_grid_spacer(|_| [1.0, 1.0, 1.0]))
        .label_formatter(|hover| match hover {
            HoverPosition::NearDataPoint { plot_name, position, .. } => {
                let rate = number(10_f64.powf(position.x));
                Some(format!("{plot_name}\nrate {rate}\nloss {}", number(position.y)))
            }
            HoverPosition::Elsewhere { .. } => None,
        });
    let found = snapshot.suggestions;
    let key = [
        ("each mini-batch", tokens.data),
        ("smoothed", tokens.prediction),
        ("lowest", tokens.reference),
        ("suggestion", tokens.text),
    ];
    chart::keyed(ui, "Loss at each learning rate", &key, plot, |plot| {
        let margin = (high - low) * 0.02;
        plot.set_plot_bounds(PlotBounds::from_min_max([low - margin, -0.06 * top], [high + margin, top]));
        plot.line(Line::new("each mini-batch", raw).color(tokens.data.gamma_multiply(0.5)).width(1.0));
        plot.line(Line::new("smoothed", smoothed.clone()).color(tokens.prediction).width(2.5));
        let Some(found) = found else { return };
        // The names at different heights, since the rates may be close to each other.
        for (index, (name, rate)) in [("valley", found.valley), ("steepest", found.steepest)].into_iter().enumerate() {
            let x = rate.log10();
            let line = VLine::new(name, x).color(tokens.text_weak).width(1.0);
            plot.vline(line.style(LineStyle::dashed_loose()).allow_hover(false));
            let at = PlotPoint::new(x, top * (0.94 - 0.08 * index as f64));
            let text = RichText::new(format!("{name} ")).small().color(tokens.text_weak);
            plot.text(Text::new(name, at, text).anchor(Align2::RIGHT_CENTER).allow_hover(false));
        }
        let x = found.tenth.log10();
        plot.vline(VLine::new("suggestion", x).color(tokens.text).width(2.0).allow_hover(false));
        let lowest = smoothed.iter().copied().filter(|point| (point[0] - found.lowest.log10()).abs() < 1e-9);
        plot.points(Points::new("lowest", lowest.collect::<Vec<_>>()).color(tokens.reference).radius(5.0));
        let mark = height(&smoothed, x).map(|y| [x, y]);
        plot.points(Points::new("suggestion", Vec::from_iter(mark)).color(tokens.text).radius(6.0));
    });
}

/// The height of a line through points at an x between two of them.
fn height(points: &[[f64; 2]], x: f64) -> Option<f64> {
    let pair = points.windows(2).find(|pair| (pair[0][0]..=pair[1][0]).contains(&x))?;
    let part = (x - pair[0][0]) / (pair[1][0] - pair[0][0]);
    Some(pair[0][1] + part * (pair[1][1] - pair[0][1]))
}

/// A power of ten as an axis shows it.
fn power_of_ten(exponent: f64) -> String {
    let value = 10_f64.powf(exponent);
    if (-4.5..5.5).contains(&exponent) { number_plain(value) } else { format!("{value:.0e}") }
}

fn number_plain(value: f64) -> String {
    // 10^-3 is not exactly 0.001.
    format!("{value:.0e}").parse::<f64>().unwrap_or(value).to_string()
}
