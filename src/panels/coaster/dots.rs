//! The plot of the data: points that can be dragged, curves through them, and a range that stays.

use crate::experiments::Phase;
use crate::experiments::coaster::moved::Moved;
use crate::experiments::coaster::{Settings, Snapshot};
use crate::widgets::chart;
use crate::widgets::form::Form;
use crate::widgets::theme::{self, Tokens};
use egui::{CursorIcon, DragValue, Pos2, Sense, Ui, Vec2};
use egui_plot::{Line, Plot, PlotBounds, PlotPoint, PlotUi, Points};
use std::ops::RangeInclusive;

/// Pieces that a curve is drawn with.
const PIECES: u32 = 120;
/// Dots that are drawn, at most about: a file may have ten thousand.
const DOTS: usize = 1000;
/// Up to so many residuals are drawn as bars.
pub(super) const BARS: usize = 200;
/// How near to a dot the pointer takes hold of it, in points.
const REACH: f32 = 14.0;

/// Which dot is being moved.
#[derive(Default)]
pub(super) struct Dots {
    /// The dot under the pointer while it is dragged, and the range of the plot since then: a plot that grew with its dot
    /// would run away from the pointer.
    held: Option<(usize, RangeInclusive<f64>)>,
    /// The dot that the keyboard moves.
    chosen: usize,
    /// Where the dots were drawn.
    pub(super) places: Vec<Pos2>,
}

/// A range with round ends that holds all of `values`.
pub(super) fn round_range(values: impl Iterator<Item = f64>) -> RangeInclusive<f64> {
    let finite = values.filter(|value| value.is_finite());
    let (low, high) =
        finite.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
    if low > high {
        return 0.0..=1.0;
    }
    let fifth = ((high - low) / 5.0).max(low.abs().max(high.abs()) * 1e-6).max(1e-6);
    let power = 10_f64.powf(fifth.log10().floor());
    let step =
        [1.0, 2.0, 5.0, 10.0].into_iter().map(|part| part * power).find(|step| *step >= fifth * 0.999).unwrap_or(fifth);
    let (start, end) = ((low / step).floor() * step, (high / step).ceil() * step);
    if end > start { start..=end } else { start..=start + step }
}

/// The range of speeds: of the data, and unless `close` also of the first curve once it was predicted.
pub(super) fn range(snapshot: &Snapshot, phase: Option<Phase>, close: bool) -> RangeInclusive<f64> {
    let data = snapshot.speed.iter().copied().map(f64::from);
    if close || matches!(phase, None | Some(Phase::Init)) {
        return round_range(data);
    }
    let first = super::original(snapshot, snapshot.first);
    round_range(data.chain(curve_points(snapshot, first).map(|point| point[1])))
}

/// The first and the last time.
pub(super) fn times(snapshot: &Snapshot) -> (f64, f64) {
    let times = snapshot.time.iter().copied().map(f64::from);
    let (first, last) =
        times.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), time| (low.min(time), high.max(time)));
    if first < last { (first, last) } else { (first - 1.0, first + 1.0) }
}

fn curve_points(snapshot: &Snapshot, [a, b, c]: [f64; 3]) -> impl Iterator<Item = [f64; 2]> {
    let (first, last) = times(snapshot);
    (0..=PIECES).map(move |i| {
        let time = first + (last - first) * f64::from(i) / f64::from(PIECES);
        [time, (a * time + b) * time + c]
    })
}

/// A parabola in original units as a line.
pub(super) fn curve<'a>(snapshot: &Snapshot, name: &str, params: [f64; 3]) -> Line<'a> {
    Line::new(name, chart::points(curve_points(snapshot, params))).allow_hover(false)
}

/// The residuals of a curve as bars.
pub(super) fn bars(plot: &mut PlotUi<'_>, snapshot: &Snapshot, [a, b, c]: [f64; 3], tokens: &Tokens) {
    if snapshot.time.len() > BARS {
        return;
    }
    for (&time, &speed) in snapshot.time.iter().zip(&snapshot.speed) {
        let (time, speed) = (f64::from(time), f64::from(speed));
        let bar = chart::points([[time, speed], [time, (a * time + b) * time + c]]);
        plot.line(Line::new("error", bar).color(tokens.error.gamma_multiply(0.55)).width(3.0).allow_hover(false));
    }
}

/// The measurements as dots.
pub(super) fn measured(plot: &mut PlotUi<'_>, snapshot: &Snapshot, tokens: &Tokens, radius: f32) {
    let every = snapshot.time.len().div_ceil(DOTS).max(1);
    let dots = snapshot
        .time
        .iter()
        .zip(&snapshot.speed)
        .step_by(every)
        .map(|(&time, &speed)| [f64::from(time), f64::from(speed)]);
    plot.points(Points::new("measured", chart::points(dots)).radius(radius).color(tokens.data));
}

/// A plot over exactly these ranges, widened a little so that dots at the edge are whole.
pub(super) fn frame<'a>(id: &str, snapshot: &Snapshot, size: Vec2) -> Plot<'a> {
    chart::plot(id, &snapshot.axes[0], &snapshot.axes[1]).width(size.x).height(size.y)
}

/// Fixes what a plot shows.
pub(super) fn set_bounds(plot: &mut PlotUi<'_>, snapshot: &Snapshot, y: &RangeInclusive<f64>) {
    let (first, last) = times(snapshot);
    let (wide, high) = ((last - first) * 0.04, (y.end() - y.start()) * 0.04);
    plot.set_plot_bounds(PlotBounds::from_min_max([first - wide, y.start() - high], [last + wide, y.end() + high]));
}

impl Dots {
    /// A plot of the data whose dots can be dragged; `draw` draws the curves.
    #[expect(clippy::too_many_arguments, reason = "a plot's place, its data and its look: each is one value")]
    pub(super) fn plot<'a>(
        &mut self,
        ui: &mut Ui,
        id: &str,
        snapshot: &'a Snapshot,
        form: &mut Form<'_, Settings>,
        y: RangeInclusive<f64>,
        size: Vec2,
        draw: impl FnOnce(&mut PlotUi<'a>) + 'a,
    ) {
        let y = self.held.as_ref().map_or(y, |(_, held)| held.clone());
        let tokens = theme::tokens(ui);
        let can_move = snapshot.time.len() <= DOTS;
        let sense = if can_move { Sense::click_and_drag() } else { Sense::hover() };
        let bounds = y.clone();
        let shown =
            frame(id, snapshot, size).sense(sense).grid_color(tokens.line).legend(legend()).show(ui, move |plot| {
                set_bounds(plot, snapshot, &bounds);
                draw(plot);
            });
        let label = format!("{} over {}, {} points", snapshot.axes[1], snapshot.axes[0], snapshot.time.len());
        shown.response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, &label));
        let place = |(&time, &speed): (&f32, &f32)| {
            shown.transform.position_from_point(&PlotPoint::new(f64::from(time), f64::from(speed)))
        };
        self.places.clear();
        self.places.extend(snapshot.time.iter().zip(&snapshot.speed).take(if can_move { DOTS } else { 0 }).map(place));
        let response = shown.response;
        let start = ui.input(|input| input.pointer.press_origin());
        if response.drag_started()
            && let Some(index) = start.and_then(|at| self.nearest(at))
        {
            self.held = Some((index, y));
            self.chosen = index;
        }
        if let (Some((index, _)), Some(pointer)) = (&self.held, response.interact_pointer_pos()) {
            ui.ctx().set_cursor_icon(CursorIcon::Grabbing);
            let height = shown.transform.value_from_position(pointer).y;
            set(form, *index, height);
        }
        if !response.dragged() {
            self.held = None;
            if response.hover_pos().and_then(|at| self.nearest(at)).is_some() {
                ui.ctx().set_cursor_icon(CursorIcon::Grab);
            }
        }
    }

    fn nearest(&self, at: Pos2) -> Option<usize> {
        let near = self.places.iter().enumerate().map(|(index, dot)| (index, dot.distance(at)));
        near.filter(|(_, distance)| *distance <= REACH)
            .min_by(|left, right| left.1.total_cmp(&right.1))
            .map(|(index, _)| index)
    }

    /// The same by keyboard: the index of a dot, its height, and back to what was measured.
    pub(super) fn controls(&mut self, ui: &mut Ui, snapshot: &Snapshot, form: &mut Form<'_, Settings>) {
        if !form.moved.is_empty() && ui.button("Put back").on_hover_text("Undo every dot that you moved").clicked() {
            form.edit(|settings| settings.moved = Moved::default());
        }
        let last = snapshot.time.len().saturating_sub(1);
        self.chosen = self.chosen.min(last);
        let Some(&speed) = snapshot.speed.get(self.chosen) else { return };
        let mut height = f64::from(speed);
        // The row is laid out from the right.
        let value = DragValue::new(&mut height).range(-1e6..=1e6).speed(0.5).max_decimals(2);
        let response = ui.add(value).on_hover_text("The height of this dot: type it, or drag the dot itself");
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::SpinButton, true, "Height of the dot"));
        if response.changed() {
            set(form, self.chosen, height);
        }
        ui.label("at");
        let response =
            ui.add(DragValue::new(&mut self.chosen).range(0..=last)).on_hover_text("Which dot to move, counted from 0");
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::SpinButton, true, "Which dot to move"));
        ui.label("Dot").on_hover_text("Drag a dot up or down to see what the fit makes of it");
    }
}

/// The legend in the corner where parabolas leave most room.
pub(super) fn legend() -> egui_plot::Legend {
    egui_plot::Legend::default().position(egui_plot::Corner::LeftBottom).text_style(egui::TextStyle::Small)
}

/// Moves a dot to a height in hundredths.
fn set(form: &mut Form<'_, Settings>, index: usize, height: f64) {
    #[expect(clippy::cast_possible_truncation, reason = "bounded by the list of moved points")]
    let height = ((height * 100.0).round() / 100.0) as f32;
    form.edit(|settings| settings.moved.set(index, height));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_have_round_ends() {
        let range = |values: &[f64]| round_range(values.iter().copied());
        assert_eq!(range(&[-290.0, 74.5]), -300.0..=100.0);
        assert_eq!(range(&[-0.87, 74.5]), -20.0..=80.0);
        assert_eq!(range(&[]), 0.0..=1.0);
        let flat = range(&[3.0, 3.0, f64::NAN]);
        assert!(flat.start() <= &3.0 && flat.end() >= &3.0 && flat.end() > flat.start());
    }
}
