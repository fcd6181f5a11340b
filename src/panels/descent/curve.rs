//! The curve with the places that were visited, and the steps between them as hops.

use super::{REACH, handle, slope_known, start_at};
use crate::experiments::Phase;
use crate::experiments::descent::{Descent, Snapshot};
use crate::panels::Scene;
use crate::widgets::chart;
use crate::widgets::theme::{self, Tokens};
use egui::{Painter, Pos2, Sense, Shape, Stroke, Ui, Vec2};
use egui_plot::{GridMark, Line, LineStyle, PlotTransform, PlotUi, Points};

/// How many of the last steps are drawn.
const HOPS: usize = 60;
/// Points that the curve is drawn with.
const SAMPLES: i32 = 200;
/// The furthest x that is drawn, for a walk that left the plot.
const FURTHEST: f64 = 1e6;

/// Draws the curve into an area of this size and lets the point be dragged.
pub(super) fn show(ui: &mut Ui, scene: &mut Scene<'_, Descent>, size: Vec2) {
    let tokens = theme::tokens(ui);
    let snapshot = scene.snapshot;
    // A walk that leaves the plot takes the plot along.
    let reach = snapshot
        .trace
        .iter()
        .map(|visit| f64::from(visit.at).abs())
        .filter(|x| x.is_finite())
        .fold(REACH, f64::max)
        .min(FURTHEST);
    let mut plot = chart::plot("descent", "x", "loss")
        .width(size.x)
        .height(size.y)
        .sense(Sense::click_and_drag())
        .y_axis_min_width(28.0);
    if reach <= REACH {
        // Marks at whole numbers, all as dark as the axis: egui_plot would fade them.
        plot = plot.x_grid_spacer(|_| (-2..=2).map(|at| GridMark { value: f64::from(at), step_size: 10.0 }).collect());
    }
    let phase = scene.phase;
    let places: Vec<[f64; 2]> = last_places(snapshot);
    let inside = places.clone();
    let shown = chart::titled(ui, &format!("Loss over x: {}", snapshot.formula), plot, |plot| {
        draw(plot, snapshot, phase, tokens, reach, inside);
    });
    let painter = ui.painter().with_clip_rect(*shown.transform.frame());
    hops(&painter, &shown.transform, &places, tokens);
    let Some(&at) = places.last() else { return };
    planned(&painter, &shown.transform, snapshot, at, tokens);
    painter.circle(
        shown.transform.position_from_point(&at.into()),
        6.5,
        tokens.prediction,
        Stroke::new(1.5, tokens.card),
    );
    if let Some(x) = handle::drag(ui, &shown.response, &shown.transform, at) {
        start_at(scene, x);
    }
    shown.response.on_hover_text("Press anywhere to start there");
}

fn last_places(snapshot: &Snapshot) -> Vec<[f64; 2]> {
    let skip = snapshot.trace.len().saturating_sub(HOPS + 1);
    let places =
        (skip..snapshot.trace.len()).filter_map(|index| snapshot.trace.get(index)).map(|visit| f64::from(visit.at));
    places.filter(|x| x.is_finite()).map(|x| [x, snapshot.function.value(x)]).collect()
}

fn draw(
    plot: &mut PlotUi<'_>,
    snapshot: &Snapshot,
    phase: Option<Phase>,
    tokens: &Tokens,
    reach: f64,
    places: Vec<[f64; 2]>,
) {
    let ground = |x: f64| snapshot.function.value(x);
    let samples: Vec<[f64; 2]> = (0..=SAMPLES)
        .map(|i| -reach + 2.0 * reach * f64::from(i) / f64::from(SAMPLES))
        .map(|x| [x, ground(x)])
        .collect();
    // Fixed bounds: the tangent comes and goes without moving the curve.
    let low = samples.iter().map(|point| point[1]).fold(0.0, f64::min);
    let high = samples.iter().map(|point| point[1]).fold(0.0, f64::max);
    plot.set_plot_bounds_x(-1.06 * reach..=1.06 * reach);
    plot.set_plot_bounds_y(low - 0.1 * (high - low)..=high + 0.04 * (high - low));
    let curve = Line::new(snapshot.formula, chart::points(samples));
    plot.line(curve.color(tokens.text_weak).width(1.5).allow_hover(false));
    if let (true, Some(gradient), Some(&[x, loss])) = (slope_known(phase), snapshot.gradient, places.last()) {
        let half = reach * 0.4;
        let ends = [x - half, x + half].map(|at| [at, loss + f64::from(gradient) * (at - x)]);
        let line =
            Line::new("tangent", chart::points(ends)).color(tokens.accent).width(2.0).style(LineStyle::dashed_dense());
        plot.line(line.allow_hover(false));
    }
    if !places.is_empty() {
        plot.points(Points::new("place", places).radius(3.0).color(tokens.prediction));
    }
}

/// Each step as the book's arrows: sideways as far as x moves, then up or down to the curve.
fn hops(painter: &Painter, transform: &PlotTransform, places: &[[f64; 2]], tokens: &Tokens) {
    let newest = places.len().saturating_sub(2);
    for (step, pair) in places.windows(2).enumerate() {
        let ([x, loss], [next, lower]) = (pair[0], pair[1]);
        let [from, corner, to] =
            [[x, loss], [next, loss], [next, lower]].map(|point| transform.position_from_point(&point.into()));
        let color = if step == newest { tokens.prediction } else { tokens.prediction.gamma_multiply(0.65) };
        painter.extend(Shape::dashed_line(&[corner, to], Stroke::new(1.0, color), 3.0, 3.0));
        arrow(painter, from, corner, Stroke::new(if step == newest { 2.2 } else { 1.5 }, color));
    }
}

/// The next step, once the gradient says where it leads.
fn planned(painter: &Painter, transform: &PlotTransform, snapshot: &Snapshot, at: [f64; 2], tokens: &Tokens) {
    let (Some(next), Some(Phase::Gradient)) = (snapshot.next_x.map(f64::from), snapshot.phase) else { return };
    let ends = [at, [next, at[1]]].map(|point| transform.position_from_point(&point.into()));
    painter.extend(Shape::dashed_line(&ends, Stroke::new(1.5, tokens.prediction), 5.0, 4.0));
    head(painter, ends[0], ends[1], tokens.prediction);
}

fn arrow(painter: &Painter, from: Pos2, to: Pos2, stroke: Stroke) {
    painter.line_segment([from, to], stroke);
    head(painter, from, to, stroke.color);
}

/// The head of an arrow, smaller where the arrow is short.
fn head(painter: &Painter, from: Pos2, to: Pos2, color: egui::Color32) {
    let length = (to - from).length();
    if length < 3.0 || !length.is_finite() {
        return;
    }
    let direction = (to - from) / length;
    let size = (length * 0.6).min(9.0);
    let base = to - direction * size;
    let half = direction.rot90() * size * 0.45;
    painter.add(Shape::convex_polygon(vec![to, base + half, base - half], color, Stroke::NONE));
}
