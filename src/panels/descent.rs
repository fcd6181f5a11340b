//! Gradient descent on a curve: the point, its tangent, and the steps it took.

use super::{Scene, View};
use crate::experiments::descent::{Descent, PRESETS, Snapshot};
use crate::experiments::report::number;
use crate::experiments::{Experiment, Phase};
use crate::widgets::form::Form;
use crate::widgets::theme::{self, Tokens};
use crate::widgets::{chart, flow, readout};
use egui::{Sense, Ui, Vec2};
use egui_plot::{Arrows, Line, LineStyle, PlotUi, Points};

/// Half the width of the plot, in units of x.
const REACH: f64 = 2.0;
/// How many of the last steps are drawn as arrows.
const ARROWS: usize = 200;

/// The view of [`Descent`].
#[derive(Default)]
pub struct DescentView;

impl View for DescentView {
    type Experiment = Descent;

    fn controls(&mut self, ui: &mut Ui, form: &mut Form<'_>) {
        form.field(ui, "function", "Loss");
        form.field(ui, "start", "Start at x");
        form.log_slider(ui, "lr", "Learning rate", 0.01, 2.0);
        flow::group(ui, "presets", |ui| {
            for preset in &PRESETS {
                let chosen = (form.number("lr") - preset.lr).abs() < f64::EPSILON;
                if ui.selectable_label(chosen, preset.title).on_hover_text(preset.meaning).clicked() {
                    form.set("lr", preset.lr);
                }
            }
        });
        form.field(ui, "steps", "Steps");
    }

    fn figure(&mut self, ui: &mut Ui, scene: &mut Scene<'_, Descent>) {
        let side = 250.0;
        let wide = ui.available_width() > 560.0;
        let size = Vec2::new(if wide { ui.available_width() - side - 16.0 } else { ui.available_width() }, ui.available_height().max(260.0));
        ui.horizontal_top(|ui| {
            ui.allocate_ui(size, |ui| curve(ui, scene, size));
            if wide {
                ui.vertical(|ui| numbers(ui, scene.snapshot));
            }
        });
        if !wide {
            numbers(ui, scene.snapshot);
        }
    }
}

fn curve(ui: &mut Ui, scene: &mut Scene<'_, Descent>, size: Vec2) {
    let tokens = theme::tokens(ui);
    let snapshot = scene.snapshot;
    let ground = |x: f64| snapshot.function.value(x);
    let top = ground(-REACH).max(ground(REACH)) * 1.15;
    let mut plot = chart::plot("descent", "x", "loss").height(size.y - 24.0).sense(Sense::click_and_drag());
    // A bouncing or diverging walk may leave the plot: then the plot grows with it.
    let reach = snapshot.trace.iter().map(|visit| f64::from(visit.at).abs()).filter(|x| x.is_finite()).fold(REACH, f64::max).min(1e6);
    for x in [-reach, reach] {
        plot = plot.include_x(x).include_y(ground(x));
    }
    plot = plot.include_y(top).include_y(-0.3);
    let title = format!("Loss over x: {}", snapshot.formula);
    let phase = scene.phase;
    let shown = chart::titled(ui, &title, plot, |plot| draw(plot, snapshot, phase, tokens, reach));
    if shown.response.dragged() || shown.response.clicked() {
        if let Some(pointer) = shown.response.interact_pointer_pos() {
            let x = shown.transform.value_from_position(pointer).x.clamp(-REACH, REACH);
            scene.form.set("start", (x * 100.0).round() / 100.0);
        }
    }
    shown.response.on_hover_text("Click or drag to start somewhere else");
}

fn draw<'a>(plot: &mut PlotUi<'a>, snapshot: &'a Snapshot, phase: Option<Phase>, tokens: &Tokens, reach: f64) {
    let ground = |x: f64| snapshot.function.value(x);
    let samples = (0..=200).map(|i| -reach + 2.0 * reach * f64::from(i) / 200.0);
    plot.line(Line::new(snapshot.formula, chart::points(samples.map(|x| [x, ground(x)]))).color(tokens.text_weak).width(1.5));
    let places: Vec<[f64; 2]> = snapshot.trace.iter().rev().take(ARROWS).map(|visit| f64::from(visit.at)).map(|x| [x, ground(x)]).collect();
    let places: Vec<[f64; 2]> = places.into_iter().rev().collect();
    if places.len() > 1 {
        let (from, to) = (places[..places.len() - 1].to_vec(), places[1..].to_vec());
        plot.arrows(Arrows::new("steps", from, to).color(tokens.prediction.gamma_multiply(0.7)).tip_length(9.0));
        plot.points(Points::new("earlier points", places[..places.len() - 1].to_vec()).radius(3.5).color(tokens.prediction.gamma_multiply(0.6)));
    }
    let Some([x, loss]) = places.last().copied() else { return };
    if let (Some(Phase::Gradient), Some(gradient)) = (phase, snapshot.gradient) {
        let half = reach * 0.4;
        let tangent = |at: f64| loss + f64::from(gradient) * (at - x);
        let line = Line::new("tangent", chart::points([x - half, x + half].map(|at| [at, tangent(at)])));
        plot.line(line.color(tokens.accent).width(2.0).style(LineStyle::dashed_dense()));
    }
    plot.points(Points::new("you are here", vec![[x, loss]]).radius(6.5).color(tokens.prediction));
}

fn numbers(ui: &mut Ui, snapshot: &Snapshot) {
    let known = |value: Option<f32>| value.map_or_else(|| "\u{2014}".to_owned(), |value| number(f64::from(value)));
    let rows = [
        ("x", known(snapshot.x)),
        ("loss", known(snapshot.loss)),
        ("gradient", known(snapshot.gradient)),
        ("learning rate", number(snapshot.lr)),
        ("next x", known(snapshot.next_x)),
        ("steps taken", snapshot.taken.to_string()),
    ];
    readout::values(ui, "descent values", &rows);
    if let Some(factor) = snapshot.factor {
        ui.add_space(4.0);
        ui.label(format!("Each step multiplies x by 1 \u{2212} 2 \u{00d7} lr = {}.", number(factor)));
    }
    ui.add_space(8.0);
    for table in Descent::tables(snapshot) {
        readout::table(ui, "descent trace", &table, ui.available_height().max(120.0) - 40.0);
    }
}
