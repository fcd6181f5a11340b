//! The loss from above: contour lines over two of the parameters, the path on them, and how steep floor and walls are.

use super::super::Scene;
use crate::experiments::coaster::{Coaster, Contours, Ravine, Scale, Snapshot};
use crate::experiments::report::number;
use crate::widgets::{chart, flow, theme};
use egui::{Align2, Grid, Label, RichText, Ui, Vec2};
use egui_plot::{HoverPosition, Line, MarkerShape, PlotBounds, PlotPoint, PlotUi, Points, Polygon, Text};
use std::sync::Arc;

const NAMES: [&str; 3] = ["a", "b", "c"];

pub(super) fn show(ui: &mut Ui, scene: &mut Scene<'_, Coaster>) {
    let Some(seen) = scene.seen.contours.clone() else { return };
    let ravine = &mut scene.look.ravine;
    ui.horizontal_wrapped(|ui| {
        flow::group(ui, "ravine pair", |ui| {
            ui.label("Loss over");
            for pair in Ravine::PAIRS {
                let title = format!("{}, {}", NAMES[pair[0]], NAMES[pair[1]]);
                ui.selectable_value(&mut ravine.pair, pair, title).on_hover_text("The two parameters on the axes");
            }
        });
        flow::group(ui, "ravine third", |ui| {
            ui.label(format!("with {}", NAMES[ravine.third()]));
            ui.selectable_value(&mut ravine.held, false, "at its best")
                .on_hover_text("The third parameter at its best for every place: the floor is the least-squares curve");
            ui.selectable_value(&mut ravine.held, true, "where you are")
                .on_hover_text("The third parameter as it is now: a straight cut through the bowl");
        });
    });
    let size = ui.available_size();
    let height = size.y.max(300.0);
    let column = (size.x * 0.42).clamp(210.0, 330.0).floor();
    let left = Vec2::new(size.x - column - 14.0, height);
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = 14.0;
        let ravine = scene.seen_look.ravine;
        ui.allocate_ui(left, |ui| ui.vertical(|ui| contours(ui, scene.snapshot, &seen, ravine, left)));
        ui.allocate_ui(Vec2::new(column, height), |ui| ui.vertical(|ui| words(ui, scene, seen.loss)));
    });
}

fn contours(ui: &mut Ui, snapshot: &Snapshot, seen: &Arc<Contours>, ravine: Ravine, size: Vec2) {
    let tokens = theme::tokens(ui);
    let [i, j] = ravine.pair;
    let unit = if snapshot.scale == Scale::NONE { "" } else { ", rescaled time" };
    let plot = chart::plot("coaster ravine", &format!("{}{unit}", NAMES[i]), &format!("{}{unit}", NAMES[j]));
    let reader = Arc::clone(seen);
    let plot = plot.width(size.x).height(size.y).show_grid(false).label_formatter(move |hover| {
        let (HoverPosition::NearDataPoint { position, .. } | HoverPosition::Elsewhere { position }) = hover;
        let loss = reader.section.loss([position.x, position.y]);
        Some(format!("{} {}\n{} {}\nloss {}", NAMES[i], number(position.x), NAMES[j], number(position.y), number(loss)))
    });
    let Contours { section, path, bounds: [low, high], .. } = &**seen;
    let shown = plot.show(ui, |plot| {
        plot.set_plot_bounds(PlotBounds::from_min_max(*low, *high));
        lines(plot, seen, tokens);
        plot.line(Line::new("path", path.clone()).color(tokens.prediction).width(2.0));
        if path.len() <= 60 {
            plot.points(Points::new("steps", path.clone()).color(tokens.prediction).radius(2.5));
        }
        if let Some(start) = path.first() {
            plot.points(Points::new("start", vec![*start]).color(tokens.text_weak).radius(5.0));
        }
        if let Some(last) = path.last() {
            plot.points(Points::new("you are here", vec![*last]).color(tokens.prediction).radius(6.0));
        }
        let name = if ravine.held { "lowest here" } else { "least squares" };
        plot.points(
            Points::new(name, vec![section.centre]).color(tokens.reference).shape(MarkerShape::Cross).radius(7.0),
        );
        let label = RichText::new(name).size(12.0);
        plot.text(
            Text::new(name, PlotPoint::from(section.centre), label)
                .color(tokens.reference)
                .anchor(Align2::CENTER_BOTTOM),
        );
    });
    let label = format!("Contour lines of the loss over {} and {}, with the path", NAMES[i], NAMES[j]);
    shown.response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, &label));
}

/// The contour lines, each a shade over the one around it.
fn lines(plot: &mut PlotUi<'_>, seen: &Contours, tokens: &theme::Tokens) {
    for line in &seen.lines {
        let shape = Polygon::new("contour", line.points.clone());
        let shape = shape.fill_color(tokens.accent.gamma_multiply(0.07)).allow_hover(false);
        plot.polygon(shape.stroke((1.0, tokens.accent.gamma_multiply(0.5))));
        if let Some(at) = line.label {
            let text = RichText::new(number_short(line.level)).size(11.0);
            plot.text(
                Text::new("level", PlotPoint::from(at), text).color(tokens.text_weak).anchor(Align2::CENTER_CENTER),
            );
        }
    }
}

fn number_short(value: f64) -> String {
    if (0.01..1e5).contains(&value) { format!("{}", (value * 1000.0).round() / 1000.0) } else { format!("{value:.0e}") }
}

/// How steep it is, what that allows, and the way out.
fn words(ui: &mut Ui, scene: &mut Scene<'_, Coaster>, loss: Option<f64>) {
    let snapshot = scene.snapshot;
    let tokens = theme::tokens(ui);
    let rescaled = snapshot.scale != Scale::NONE;
    let [floor, _, wall] = snapshot.eigenvalues;
    ui.strong("How steep it is");
    let mono = |text: String| RichText::new(text).monospace().size(12.0);
    let rows = [
        ("walls", number(wall), "The largest eigenvalue of the Hessian: the curvature straight up the walls"),
        ("floor", number(floor), "The smallest eigenvalue: the curvature along the floor"),
        ("walls / floor", number(wall / floor), "The condition number: 1 would be a round bowl"),
        (
            "limit for the rate",
            number(snapshot.stable_lr),
            "2 / walls: at higher rates every step overshoots by more than it gains",
        ),
        ("your rate", number(snapshot.lr), "The learning rate of this run"),
    ];
    ui.spacing_mut().interact_size.y = 16.0;
    Grid::new("ravine steepness").spacing([12.0, 3.0]).show(ui, |ui| {
        for (name, value, tip) in rows {
            ui.label(RichText::new(name).size(13.0)).on_hover_text(tip);
            ui.label(mono(value));
            ui.end_row();
        }
    });
    ui.add(Label::new(pace(snapshot)).wrap());
    Grid::new("ravine losses").spacing([8.0, 3.0]).show(ui, |ui| {
        for head in ["", "a", "b", "c", "loss"] {
            ui.label(RichText::new(head).small().color(tokens.text_weak));
        }
        ui.end_row();
        let here = snapshot.params_original.zip(loss);
        let best = snapshot.least_squares;
        for (name, row, color) in
            [("you", here, tokens.prediction), ("best", Some((best.params, best.loss)), tokens.reference)]
        {
            ui.label(RichText::new(name).size(12.0).color(color));
            for value in row.map(|(params, loss)| [params[0], params[1], params[2], loss]).into_iter().flatten() {
                ui.label(mono(short(value)).size(11.5).color(color));
            }
            ui.end_row();
        }
    });
    let (title, tip, lr) = if rescaled {
        ("Time as it is", "Back to the ravine", super::rate(scene.form.data))
    } else {
        (
            "Rescale time",
            "Let the model see time with mean 0 and standard deviation 1, and take the best rate for that",
            round_down(snapshot.other_best_lr),
        )
    };
    if ui.button(title).on_hover_text(tip).clicked() {
        scene.form.edit(|settings| (settings.rescale_time, settings.lr) = (!rescaled, lr));
    }
}

/// What one step does along the floor, in words.
fn pace(snapshot: &Snapshot) -> String {
    if snapshot.lr >= snapshot.stable_lr {
        return "Above the limit, each step climbs higher up the walls.".to_owned();
    }
    let shrink = snapshot.lr * snapshot.eigenvalues[0];
    if !(shrink > 0.0 && shrink < 1.0) {
        return "At this rate nothing moves along the floor.".to_owned();
    }
    let half = (0.5_f64.ln() / (-shrink).ln_1p()).max(1.0);
    let half = if half < 100.0 { format!("{half:.1}") } else { format!("{half:.0}") };
    format!("Along the floor, half of the way to the best curve takes {half} steps.")
}

/// Four significant digits at most.
fn short(value: f64) -> String {
    if (1e-3..1e5).contains(&value.abs()) {
        format!("{value:.*}", if value.abs() < 10.0 { 3 } else { 1 })
    } else {
        number(value)
    }
}

/// Three significant digits, never more than the value itself.
fn round_down(value: f64) -> f64 {
    if !(value.is_finite() && value > 0.0) {
        return 0.1;
    }
    let unit = 10_f64.powf(value.log10().floor() - 2.0);
    let rounded = format!("{:.2e}", (value / unit).floor() * unit);
    rounded.parse::<f64>().unwrap_or(value).min(10.0)
}
