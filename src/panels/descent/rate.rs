//! The second tab: what a step multiplies the distance to the floor by, for every learning rate.

use super::{LEAST_HEIGHT, presets, tenth, words};
use crate::experiments::Stop;
use crate::experiments::Table;
use crate::experiments::descent::{Descent, PRESETS, Snapshot, behaviour};
use crate::panels::Scene;
use crate::widgets::theme::{self, Tokens};
use crate::widgets::{chart, readout};
use egui::{Label, RichText, Ui, Vec2};
use egui_plot::{GridInput, GridMark, HLine, Line, LineStyle, PlotPoint, PlotUi, Points, Text, VLine};

/// The highest rate that is always drawn.
const HIGHEST: f64 = 1.4;
/// The width of the column of words.
const SIDE: f32 = 230.0;

pub(super) fn show(ui: &mut Ui, scene: &mut Scene<'_, Descent>) {
    let gap = 14.0;
    let height = ui.available_height().max(LEAST_HEIGHT);
    let left = (ui.available_width() - SIDE - gap).max(200.0);
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = gap;
        ui.allocate_ui(Vec2::new(left, height), |ui| plot(ui, scene.snapshot, Vec2::new(left, height - 26.0)));
        ui.vertical(|ui| {
            ui.set_width(SIDE);
            beside(ui, scene);
        });
    });
}

fn plot(ui: &mut Ui, snapshot: &Snapshot, size: Vec2) {
    let tokens = theme::tokens(ui);
    let plot =
        chart::plot("descent factor", "learning rate lr", "factor").width(size.x).height(size.y).y_axis_min_width(28.0);
    let plot = plot.include_x(0.0).include_x(HIGHEST).include_y(1.7).include_y(1.0 - 2.0 * HIGHEST);
    let halves =
        |_: GridInput| (0..=4).map(|at| GridMark { value: f64::from(at) / 2.0, step_size: 10.0 }).collect::<Vec<_>>();
    let plot = if snapshot.lr <= 2.0 { plot.x_grid_spacer(halves) } else { plot };
    let (factor, lr) = (snapshot.factor, snapshot.lr);
    chart::titled(ui, "Factor of a step on x²: 1 - 2 lr", plot, |plot| draw(plot, factor, lr, tokens));
}

fn draw(plot: &mut PlotUi<'_>, factor: Option<f64>, lr: f64, tokens: &Tokens) {
    let highest = lr.max(HIGHEST);
    for (name, bound) in [("stays as far away", 1.0), ("bounces for ever", -1.0)] {
        plot.hline(HLine::new(name, bound).color(tokens.error).style(LineStyle::dashed_dense()).width(1.0));
    }
    let line = Line::new("1 - 2 lr", chart::points([[0.0, 1.0], [highest, 1.0 - 2.0 * highest]]));
    plot.line(line.color(tokens.text_weak).width(1.5).allow_hover(false));
    for (rate, at, text) in
        [(0.25, 1.4, "closer,\nnot crossing"), (0.75, 1.4, "closer,\ncrossing"), (1.22, 1.4, "further\naway")]
    {
        let text = RichText::new(text).small().color(tokens.text_weak);
        plot.text(
            Text::new("zone", PlotPoint::new(rate, at), text).anchor(egui::Align2::CENTER_CENTER).allow_hover(false),
        );
    }
    for bound in [0.5, 1.0] {
        plot.vline(VLine::new("zone", bound).color(tokens.line).width(1.0).allow_hover(false));
    }
    for preset in &PRESETS {
        plot.points(
            Points::new(preset.title, vec![[preset.lr, 1.0 - 2.0 * preset.lr]]).radius(4.0).color(tokens.reference),
        );
    }
    if let Some(factor) = factor {
        plot.points(Points::new("your rate", vec![[lr, factor]]).radius(6.5).color(tokens.prediction));
    }
}

fn beside(ui: &mut Ui, scene: &mut Scene<'_, Descent>) {
    let tokens = theme::tokens(ui);
    presets(ui, scene);
    let snapshot = scene.snapshot;
    ui.add(Label::new(words::factor(snapshot)).wrap());
    if let Some(factor) = snapshot.factor {
        ui.add(Label::new(RichText::new(format!("So {}.", behaviour(Some(factor)))).strong()).wrap());
        let mut table = Table::new("", &["steps", "distance left"]);
        for steps in [1, 2, 5, 10, 20] {
            table.row([steps.to_string(), format!("\u{00d7} {}", words::trimmed(factor.powi(steps)))]);
        }
        readout::table(ui, "descent factor table", &table, (ui.available_height() - 30.0).max(80.0));
    }
    if snapshot.stopped == Some(Stop::Diverged) {
        tenth(ui, scene);
    } else {
        ui.label(RichText::new("Your rate is the large point.").small().color(tokens.text_weak));
    }
}
