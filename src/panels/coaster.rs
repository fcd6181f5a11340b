//! The roller coaster: measured speeds, the parabola that is learning to fit them, and the loss on its way down.

use super::{Scene, View};
use crate::experiments::Phase;

use crate::experiments::coaster::{Coaster, Scale, Snapshot};
use crate::experiments::report::number;
use crate::widgets::form::Form;
use crate::widgets::theme::{self, Tokens};
use crate::widgets::{chart, flow, readout};
use egui::{Ui, Vec2};
use egui_plot::{Legend, Line, LineStyle, PlotUi, Points};

/// Points that a curve is drawn with.
const SAMPLES: i32 = 120;
/// The last time that is drawn: the data end at 19.
const LAST_TIME: f64 = 19.0;
/// Points that the loss curve is drawn with, at most about.
const LOSS_POINTS: usize = 500;

/// The view of [`Coaster`].
#[derive(Default)]
pub struct CoasterView;

impl View for CoasterView {
    type Experiment = Coaster;

    fn controls(&mut self, ui: &mut Ui, form: &mut Form<'_>) {
        form.field(ui, "seed", "Seed");
        form.log_slider(ui, "lr", "Learning rate", 1e-7, 1.0);
        form.field(ui, "steps", "Steps");
        form.field(ui, "noise", "Noise");
        let rescaled = form.get("rescale_time").and_then(serde_json::Value::as_bool).unwrap_or(false);
        flow::group(ui, "time", |ui| {
            ui.label("Time");
            if ui.selectable_label(!rescaled, "0 to 19").on_hover_text("As measured: the loss has a deep ravine").clicked() {
                form.set("rescale_time", false);
                form.set("lr", 1e-5);
            }
            let tip = "With mean 0 and standard deviation 1: plain descent finds the best curve, at a learning rate of 0.1";
            if ui.selectable_label(rescaled, "rescaled").on_hover_text(tip).clicked() {
                form.set("rescale_time", true);
                form.set("lr", 0.1);
            }
        });
    }

    fn figure(&mut self, ui: &mut Ui, scene: &mut Scene<'_, Coaster>) {
        let (snapshot, phase) = (scene.snapshot, scene.phase);
        let height = ui.available_height().max(300.0);
        let gap = 14.0;
        let all = ui.available_width();
        if all < 640.0 {
            data(ui, snapshot, phase, Vec2::new(all, (height * 0.62).max(250.0)));
            numbers(ui, snapshot);
            losses(ui, snapshot, Vec2::new(all, 190.0));
            return;
        }
        let left = (all * 0.52).floor();
        let right = all - left - gap;
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = gap;
            ui.allocate_ui(Vec2::new(left, height), |ui| data(ui, snapshot, phase, Vec2::new(left, height)));
            ui.allocate_ui(Vec2::new(right, height), |ui| {
                ui.vertical(|ui| {
                    losses(ui, snapshot, Vec2::new(right, (height * 0.42).max(130.0)));
                    ui.add_space(6.0);
                    numbers(ui, snapshot);
                });
            });
        });
    }
}

fn data(ui: &mut Ui, snapshot: &Snapshot, phase: Option<Phase>, size: Vec2) {
    let tokens = theme::tokens(ui);
    let plot = chart::plot("coaster", "time (s)", "speed").width(size.x).height(size.y - 26.0);
    let plot = plot.include_y(-20.0).include_y(100.0).legend(Legend::default().position(egui_plot::Corner::LeftBottom));
    chart::titled(ui, "Speed over time", plot, |plot| draw(plot, snapshot, phase, tokens));
}

fn draw<'a>(plot: &mut PlotUi<'a>, snapshot: &'a Snapshot, phase: Option<Phase>, tokens: &Tokens) {
    let curve = |[a, b, c]: [f64; 3]| {
        chart::points((0..=SAMPLES).map(move |i| {
            let time = LAST_TIME * f64::from(i) / f64::from(SAMPLES);
            [time, (a * time + b) * time + c]
        }))
    };
    let best = Line::new("best possible", curve(snapshot.least_squares.params));
    plot.line(best.color(tokens.reference).width(1.5).style(LineStyle::dashed_loose()));
    let measured = snapshot.time.iter().zip(&snapshot.speed).map(|(&time, &speed)| [f64::from(time), f64::from(speed)]);
    if let (Some(Phase::Loss), Some(predictions)) = (phase, &snapshot.predictions) {
        for ([time, speed], &prediction) in measured.clone().zip(predictions) {
            let bar = Line::new("error", chart::points([[time, speed], [time, f64::from(prediction)]]));
            plot.line(bar.color(tokens.error.gamma_multiply(0.6)).width(3.0));
        }
    }
    plot.points(Points::new("measured", chart::points(measured)).radius(4.0).color(tokens.data));
    // Before the first prediction there are parameters, but no curve was computed from them yet.
    if phase == Some(Phase::Step)
        && let Some(before) = snapshot.trace.iter().rev().nth(1)
    {
        let before = snapshot.scale.original(before.at.map(f64::from));
        plot.line(Line::new("before the step", curve(before)).color(tokens.text_weak).width(1.5));
    }
    if let (Some(params), true) = (snapshot.params_original, !matches!(phase, None | Some(Phase::Init))) {
        plot.line(Line::new("your curve", curve(params)).color(tokens.prediction).width(2.5));
    }
}

fn losses(ui: &mut Ui, snapshot: &Snapshot, size: Vec2) {
    let tokens = theme::tokens(ui);
    let best = snapshot.least_squares.loss;
    let losses = snapshot.trace.sampled(LOSS_POINTS).filter_map(|(step, visit)| Some((step, f64::from(visit.loss?))));
    let points: Vec<[f64; 2]> = losses.filter(|(_, loss)| *loss > 0.0).map(|(step, loss)| [step as f64, loss.log10()]).collect();
    let plot = chart::plot("coaster loss", "step", "loss").width(size.x).height(size.y - 22.0);
    let power = |mark: egui_plot::GridMark, _: &std::ops::RangeInclusive<f64>| {
        if mark.value.fract().abs() < 1e-9 { format!("{}", 10_f64.powf(mark.value)) } else { String::new() }
    };
    let plot = plot.y_axis_formatter(power).include_y(best.log10() - 0.2).include_y(4.6).include_x(0.0).include_x(10.0);
    let plot = plot.label_formatter(|hover| {
        let point = match hover {
            egui_plot::HoverPosition::NearDataPoint { position, .. } => position,
            egui_plot::HoverPosition::Elsewhere { .. } => return None,
        };
        Some(format!("step {:.0}\nloss {}", point.x, number(10_f64.powf(point.y))))
    });
    chart::titled(ui, "Loss at each step (log scale)", plot, |plot| {
        let floor = egui_plot::HLine::new("best possible", best.log10()).color(tokens.reference).style(LineStyle::dashed_loose());
        plot.hline(floor);
        plot.line(Line::new("loss", points.clone()).color(tokens.prediction).width(2.0));
        plot.points(Points::new("loss", points).color(tokens.prediction).radius(2.5));
    });
}

fn numbers(ui: &mut Ui, snapshot: &Snapshot) {
    let known = |value: Option<f32>| value.map_or_else(|| "\u{2014}".to_owned(), |value| number(f64::from(value)));
    let of = |values: Option<[f32; 3]>, i: usize| known(values.map(|values| values[i]));
    let mut table = crate::experiments::Table::new("", &["", "now", "gradient", "next", "best"]);
    let best = snapshot.bowl.best;
    for (i, name) in ["a", "b", "c"].into_iter().enumerate() {
        let row = [name.to_owned(), of(snapshot.params, i), of(snapshot.gradient, i), of(snapshot.next_params, i), number(best[i])];
        table.row(row);
    }
    readout::table(ui, "coaster parameters", &table, 110.0);
    ui.add_space(4.0);
    let mut rows = vec![
        ("loss (mean squared error)", known(snapshot.loss)),
        ("best possible loss", number(snapshot.least_squares.loss)),
        ("stable below learning rate", number(snapshot.stable_lr)),
    ];
    if let (Some(params), true) = (snapshot.params_original, snapshot.scale != Scale::NONE) {
        rows.push(("a, b, c in original time", params.map(number).join("  ")));
    }
    readout::values(ui, "coaster values", &rows);
}
