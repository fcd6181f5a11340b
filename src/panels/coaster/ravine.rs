//! The loss from above: contour lines over two of the parameters, the path on them, and how steep floor and walls are.

use super::super::Scene;
use crate::experiments::coaster::{Coaster, Scale, Snapshot};
use crate::experiments::report::number;
use crate::math::bowl::Section;
use crate::widgets::{chart, flow, theme};
use egui::{Align2, Grid, Label, RichText, Ui, Vec2};
use egui_plot::{HoverPosition, Line, MarkerShape, PlotBounds, PlotPoint, PlotUi, Points, Polygon, Text};
use serde_json::{Map, Value, json};

const NAMES: [&str; 3] = ["a", "b", "c"];
const PAIRS: [[usize; 2]; 3] = [[0, 1], [0, 2], [1, 2]];
/// Points of the path that are drawn, at most about.
const PATH: usize = 400;
/// Points of a contour line.
const CORNERS: u32 = 256;
/// Contour lines that are drawn, at most.
const LEVELS: usize = 14;

/// Which two parameters are seen.
pub(super) struct Ravine {
    pair: [usize; 2],
    /// Whether the third parameter stands where the walk is, instead of at its best for each pair.
    held: bool,
}

impl Default for Ravine {
    fn default() -> Self {
        Self { pair: [1, 2], held: false }
    }
}

impl Ravine {
    pub(super) fn show(&mut self, ui: &mut Ui, scene: &mut Scene<'_, Coaster>) {
        let third = NAMES[3 - self.pair[0] - self.pair[1]];
        ui.horizontal_wrapped(|ui| {
            flow::group(ui, "ravine pair", |ui| {
                ui.label("Loss over");
                for pair in PAIRS {
                    let title = format!("{}, {}", NAMES[pair[0]], NAMES[pair[1]]);
                    ui.selectable_value(&mut self.pair, pair, title).on_hover_text("The two parameters on the axes");
                }
            });
            flow::group(ui, "ravine third", |ui| {
                ui.label(format!("with {third}"));
                ui.selectable_value(&mut self.held, false, "at its best").on_hover_text(
                    "The third parameter at its best for every place: the floor is the least-squares curve",
                );
                ui.selectable_value(&mut self.held, true, "where you are")
                    .on_hover_text("The third parameter as it is now: a straight cut through the bowl");
            });
        });
        let size = ui.available_size();
        let height = size.y.max(300.0);
        let column = (size.x * 0.42).clamp(210.0, 330.0).floor();
        let left = Vec2::new(size.x - column - 14.0, height);
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = 14.0;
            ui.allocate_ui(left, |ui| ui.vertical(|ui| self.contours(ui, scene.snapshot, left)));
            ui.allocate_ui(Vec2::new(column, height), |ui| ui.vertical(|ui| words(ui, scene)));
        });
    }

    fn contours(&self, ui: &mut Ui, snapshot: &Snapshot, size: Vec2) {
        let tokens = theme::tokens(ui);
        let [i, j] = self.pair;
        let third = 3 - i - j;
        let here = snapshot.params.unwrap_or(snapshot.first);
        let section = snapshot.bowl.section(self.pair, self.held.then(|| f64::from(here[third])));
        let pick = |at: [f32; 3]| [f64::from(at[i]), f64::from(at[j])];
        // A walk that diverges would shrink everything else to a dot.
        let bound = f64::from(snapshot.ride.loss_and_gradient(snapshot.first).0) * 20.0;
        let near = |at: [f32; 3]| snapshot.bowl.loss(at.map(f64::from)) <= bound;
        let path: Vec<[f64; 2]> =
            snapshot.trace.sampled(PATH).map(|(_, visit)| visit.at).filter(|at| near(*at)).map(pick).collect();
        let bounds = bounds(path.iter().copied().chain([section.centre, pick(snapshot.first)]));
        let unit = if snapshot.scale == Scale::NONE { "" } else { ", rescaled time" };
        let plot = chart::plot("coaster ravine", &format!("{}{unit}", NAMES[i]), &format!("{}{unit}", NAMES[j]));
        let reader = section.clone();
        let plot = plot.width(size.x).height(size.y).show_grid(false).label_formatter(move |hover| {
            let (HoverPosition::NearDataPoint { position, .. } | HoverPosition::Elsewhere { position }) = hover;
            let loss = reader.loss([position.x, position.y]);
            Some(format!(
                "{} {}\n{} {}\nloss {}",
                NAMES[i],
                number(position.x),
                NAMES[j],
                number(position.y),
                number(loss)
            ))
        });
        let shown = plot.show(ui, |plot| {
            plot.set_plot_bounds(PlotBounds::from_min_max(bounds[0], bounds[1]));
            lines(plot, &section, bounds, tokens);
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
            let name = if self.held { "lowest here" } else { "least squares" };
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

    pub(super) fn save(&self, saved: &mut Map<String, Value>) {
        saved.insert("ravine".to_owned(), json!({"pair": self.pair, "held": self.held}));
    }

    pub(super) fn restore(&mut self, saved: &Map<String, Value>) {
        let Some(saved) = saved.get("ravine") else { return };
        let pair = PAIRS.into_iter().find(|pair| saved.get("pair") == Some(&json!(pair)));
        self.pair = pair.unwrap_or(self.pair);
        self.held = saved.get("held").and_then(Value::as_bool).unwrap_or(self.held);
    }
}

/// The smallest box around these points, with room.
fn bounds(points: impl Iterator<Item = [f64; 2]>) -> [[f64; 2]; 2] {
    let mut bounds = [[f64::INFINITY; 2], [f64::NEG_INFINITY; 2]];
    for point in points.filter(|point| point.iter().all(|value| value.is_finite())) {
        for k in 0..2 {
            bounds[0][k] = bounds[0][k].min(point[k]);
            bounds[1][k] = bounds[1][k].max(point[k]);
        }
    }
    let [lows, highs] = &mut bounds;
    for (low, high) in lows.iter_mut().zip(highs) {
        if *low > *high {
            (*low, *high) = (-1.0, 1.0);
        }
        let room = ((*high - *low) * 0.2).max(high.abs() * 1e-3).max(1e-6);
        *low -= room;
        *high += room;
    }
    bounds
}

/// The contour lines inside the box, outermost first, each a shade over the one around it.
fn lines(plot: &mut PlotUi<'_>, section: &Section, [low, high]: [[f64; 2]; 2], tokens: &theme::Tokens) {
    let corners = [[low[0], low[1]], [low[0], high[1]], [high[0], low[1]], [high[0], high[1]]];
    let most = corners.into_iter().map(|corner| section.loss(corner)).fold(0.0, f64::max);
    let least = section.floor.max(most * 1e-9);
    let mut level = 10_f64.powf(most.log10().floor() + 1.0);
    let mut parts = [0.5, 0.4, 0.5].into_iter().cycle();
    let mut drawn = 0;
    while level > least && level.is_finite() && drawn < LEVELS {
        if level <= most
            && let Some(ring) = section.contour(level, CORNERS)
        {
            let inside = |at: &&[f64; 2]| {
                (0..2)
                    .all(|k| at[k] > low[k] + (high[k] - low[k]) * 0.03 && at[k] < high[k] - (high[k] - low[k]) * 0.05)
            };
            let place = ring.iter().filter(inside).max_by(|left, right| left[1].total_cmp(&right[1])).copied();
            let shape = Polygon::new("contour", ring).fill_color(tokens.accent.gamma_multiply(0.07)).allow_hover(false);
            plot.polygon(shape.stroke((1.0, tokens.accent.gamma_multiply(0.5))));
            if let Some(place) = place {
                let text = RichText::new(number_short(level)).size(11.0);
                plot.text(
                    Text::new("level", PlotPoint::from(place), text)
                        .color(tokens.text_weak)
                        .anchor(Align2::CENTER_CENTER),
                );
            }
            drawn += 1;
        }
        level *= parts.next().unwrap_or(0.1);
    }
}

fn number_short(value: f64) -> String {
    if (0.01..1e5).contains(&value) { format!("{}", (value * 1000.0).round() / 1000.0) } else { format!("{value:.0e}") }
}

/// How steep it is, what that allows, and the way out.
fn words(ui: &mut Ui, scene: &mut Scene<'_, Coaster>) {
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
        let here = snapshot.params_original.map(|params| (params, snapshot.ride.errors(params)[0]));
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
        ("Time as it is", "Back to the ravine", super::rate(&scene.form))
    } else {
        (
            "Rescale time",
            "Let the model see time with mean 0 and standard deviation 1, and take the best rate for that",
            round_down(snapshot.other_best_lr),
        )
    };
    if ui.button(title).on_hover_text(tip).clicked() {
        scene.form.set("rescale_time", !rescaled);
        scene.form.set("lr", lr);
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
