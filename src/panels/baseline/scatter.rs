//! The second tab: every held-out image as a dot, its distance to one mean against that to another.

use super::{choose, no_means, origin, place_of_sample, walk};
use crate::data::SIDE;
use crate::experiments::baseline::{Baseline, Snapshot, Validation};
use crate::experiments::report::number;
use crate::panels::Scene;
use crate::widgets::heatmap::{Heatmap, Scale};
use crate::widgets::{chart, flow, theme};
use egui::{Align2, ComboBox, Pos2, RichText, Ui};
use egui_plot::{Bar, BarChart, Line, PlotPoint, PlotPoints, PlotTransform, Points, Text, VLine};
use serde_json::{Map, Value};
use std::sync::Arc;

/// How near the pointer must be to a dot, in points.
const REACH: f32 = 9.0;
/// Bars of the histogram.
const BARS: usize = 48;
/// From this width on, the histogram stands beside the dots.
const WIDE: f32 = 700.0;

/// The state of the tab.
#[derive(Default)]
pub(super) struct Scatter {
    /// The digits of the two axes; the first two chosen when they are not among those told apart.
    pair: Option<(u8, u8)>,
    /// Whether only images of these two digits are drawn.
    only: bool,
    cache: Option<Cache>,
    thumbnail: Heatmap,
}

/// What is drawn, kept until the measurements or the axes change.
struct Cache {
    of: Arc<Validation>,
    axes: (usize, usize),
    only: bool,
    /// The dots of each class, and each dot's place among the validation images.
    dots: Vec<(Vec<PlotPoint>, Vec<usize>)>,
    /// The smallest and largest distance of any dot.
    range: (f64, f64),
    /// Margins of all images: the middle of a bar, its width, how many images.
    bars: Vec<(f64, f64, u32)>,
    wrong: usize,
}

impl Scatter {
    pub(super) fn save(&self, saved: &mut Map<String, Value>) {
        if let Some((x, y)) = self.pair {
            saved.insert("axes".to_owned(), Value::from(format!("{x},{y}")));
        }
        saved.insert("only".to_owned(), Value::from(self.only));
    }

    pub(super) fn restore(&mut self, saved: &Map<String, Value>) {
        let digits = saved.get("axes").and_then(Value::as_str).and_then(crate::experiments::settings::parse_digits);
        self.pair = digits.and_then(|digits| Some((*digits.first()?, *digits.get(1)?)));
        self.only = saved.get("only").and_then(Value::as_bool).unwrap_or_default();
    }

    pub(super) fn show(&mut self, ui: &mut Ui, scene: &mut Scene<'_, Baseline>) {
        let snapshot = scene.snapshot;
        let Some(all) = &snapshot.validation else { return no_means(ui) };
        let axes = self.axes(snapshot);
        if snapshot.classes.len() > 2 {
            self.choice(ui, snapshot, axes);
        }
        let axes = self.axes(snapshot);
        self.update(all, axes);
        let width = ui.available_width();
        let height = ui.available_height().max(330.0);
        if width > WIDE {
            ui.horizontal_top(|ui| {
                ui.spacing_mut().item_spacing.x = 14.0;
                let side = (width * 0.6).min(height + 40.0);
                ui.vertical(|ui| self.dots(ui, scene, egui::vec2(side, height - 60.0)));
                let rest = ui.available_width();
                ui.vertical(|ui| self.margins(ui, egui::vec2(rest, (height - 60.0).min(300.0))));
            });
        } else {
            self.dots(ui, scene, egui::vec2(width, (height - 180.0).max(210.0)));
            self.margins(ui, egui::vec2(width, 92.0));
        }
    }

    /// The classes of the axes.
    fn axes(&self, snapshot: &Snapshot) -> (usize, usize) {
        let class = |digit: u8| snapshot.classes.iter().position(|class| class.digit == digit);
        let chosen = self.pair.and_then(|(x, y)| Some((class(x)?, class(y)?)));
        chosen.filter(|(x, y)| x != y).unwrap_or((0, 1))
    }

    fn choice(&mut self, ui: &mut Ui, snapshot: &Snapshot, (mut x, mut y): (usize, usize)) {
        let before = (x, y);
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = 14.0;
            for (name, axis, tip) in [
                ("Across: mean", &mut x, "The mean whose distance goes to the right"),
                ("Up: mean", &mut y, "The mean whose distance goes up"),
            ] {
                flow::group(ui, name, |ui| {
                    let label = ui.label(name).on_hover_text(tip);
                    let digit = |class: usize| {
                        snapshot.classes.get(class).map_or_else(String::new, |class| class.digit.to_string())
                    };
                    let combo = ComboBox::from_id_salt(name).width(44.0).selected_text(digit(*axis));
                    let shown = combo.show_ui(ui, |ui| {
                        for class in 0..snapshot.classes.len() {
                            ui.selectable_value(axis, class, digit(class));
                        }
                    });
                    shown.response.labelled_by(label.id).on_hover_text(tip);
                });
            }
            ui.checkbox(&mut self.only, "only these two digits")
                .on_hover_text("Leave out the images of all other digits");
        });
        if (x, y) != before {
            // Choosing the other axis's digit swaps the two.
            let (x, y) = if x == y { (before.1, before.0) } else { (x, y) };
            let digit = |class: usize| snapshot.classes.get(class).map(|class| class.digit);
            self.pair = digit(x).zip(digit(y));
        }
    }

    fn update(&mut self, all: &Arc<Validation>, axes: (usize, usize)) {
        let same = |cache: &Cache| Arc::ptr_eq(&cache.of, all) && cache.axes == axes && cache.only == self.only;
        if !self.cache.as_ref().is_some_and(same) {
            self.cache = Some(Cache::new(all, axes, self.only));
        }
    }

    fn dots(&mut self, ui: &mut Ui, scene: &mut Scene<'_, Baseline>, size: egui::Vec2) {
        let Some(cache) = &self.cache else { return };
        let snapshot = scene.snapshot;
        let tokens = theme::tokens(ui);
        let digit = |class: usize| snapshot.classes.get(class).map_or(0, |class| class.digit);
        let (x, y) = (digit(cache.axes.0), digit(cache.axes.1));
        legend(ui, snapshot, cache);
        let distance = |digit: u8| format!("distance to the mean {digit}");
        let plot = chart::plot("baseline scatter", &distance(x), &distance(y));
        let plot = plot.width(size.x).height(size.y).show_x(false).show_y(false).y_axis_min_width(30.0);
        let (low, high) = cache.range;
        let sample = [cache.axes.0, cache.axes.1].map(|class| of_sample(snapshot, class));
        let shown = plot.show(ui, |plot| {
            plot.line(
                Line::new("as near to both", vec![[low, low], [high, high]])
                    .color(tokens.text_weak)
                    .width(1.5)
                    .allow_hover(false),
            );
            for ((dots, _), class) in cache.dots.iter().zip(&snapshot.classes) {
                let color = theme::digit(class.digit).gamma_multiply(0.7);
                let points = Points::new(class.digit.to_string(), PlotPoints::Borrowed(dots)).radius(1.8).color(color);
                plot.points(points.allow_hover(false));
            }
            let inset = (high - low) * 0.02;
            for (at, align, digit) in [
                (PlotPoint::new(low + inset, high - inset), Align2::LEFT_TOP, x),
                (PlotPoint::new(high - inset, low + inset), Align2::RIGHT_BOTTOM, y),
            ] {
                let text = RichText::new(format!("nearer to the mean {digit}")).strong().color(tokens.text);
                plot.text(Text::new("side", at, text).anchor(align).allow_hover(false));
            }
            if let [Some(x), Some(y)] = sample {
                let mark = |radius: f32, color| {
                    Points::new("your sample", vec![[x, y]]).radius(radius).color(color).allow_hover(false)
                };
                plot.points(mark(6.5, tokens.card));
                plot.points(mark(5.0, tokens.text));
            }
        });
        let label = format!(
            "{} held-out images by their distances to the means {x} and {y}",
            cache.dots.iter().map(|dots| dots.0.len()).sum::<usize>()
        );
        shown.response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, &label));
        let under = shown.response.hover_pos().and_then(|pos| cache.nearest(&shown.transform, pos));
        if let Some(place) = under {
            if shown.response.clicked() {
                choose(scene, place);
            }
            let thumbnail = &mut self.thumbnail;
            shown
                .response
                .clone()
                .on_hover_cursor(egui::CursorIcon::PointingHand)
                .on_hover_ui_at_pointer(|ui| tooltip(ui, thumbnail, snapshot, place));
        }
        walk(ui, &shown.response, scene);
        if shown.response.has_focus() {
            ui.painter().rect_stroke(
                shown.response.rect,
                2,
                egui::Stroke::new(1.5, tokens.accent),
                egui::StrokeKind::Inside,
            );
        }
    }

    fn margins(&self, ui: &mut Ui, size: egui::Vec2) {
        let Some(cache) = &self.cache else { return };
        let tokens = theme::tokens(ui);
        let bars = |wrong: bool, color| {
            let bars = cache.bars.iter().filter(|bar| (bar.0 < 0.0) == wrong);
            let bars =
                bars.map(|&(at, width, count)| Bar::new(at, f64::from(count)).width(width * 0.9).fill(color)).collect();
            BarChart::new(if wrong { "called wrong" } else { "called right" }, bars).color(color).allow_hover(false)
        };
        let (wrong, right) = (bars(true, tokens.error), bars(false, tokens.success));
        let title =
            format!("Margins of all {} images: {} below zero are called wrong", cache.of.actual.len(), cache.wrong);
        let plot = chart::plot("baseline margins", "margin (right above 0)", "images");
        let plot = plot.width(size.x).height(size.y).show_x(false).show_y(false).y_axis_min_width(30.0);
        chart::titled(ui, &title, plot, |plot| {
            plot.bar_chart(wrong);
            plot.bar_chart(right);
            plot.vline(VLine::new("as near", 0.0).color(tokens.text).width(1.0).allow_hover(false));
        });
    }
}

impl Cache {
    fn new(all: &Arc<Validation>, axes: (usize, usize), only: bool) -> Self {
        let mut dots = vec![(Vec::new(), Vec::new()); all.classes];
        let mut range = (f64::INFINITY, f64::NEG_INFINITY);
        for (place, &actual) in all.actual.iter().enumerate() {
            let class = usize::from(actual);
            let row = all.row(place);
            if only && class != axes.0 && class != axes.1 {
                continue;
            }
            if let (Some(&x), Some(&y), Some((points, places))) =
                (row.get(axes.0), row.get(axes.1), dots.get_mut(class))
            {
                points.push(PlotPoint::new(x, y));
                places.push(place);
                range = (range.0.min(x).min(y), range.1.max(x).max(y));
            }
        }
        if range.0 > range.1 {
            range = (0.0, 1.0);
        }
        let margins: Vec<f64> = (0..all.actual.len()).filter_map(|place| all.margin(place)).collect();
        let wrong = all.actual.iter().zip(&all.predicted).filter(|(actual, predicted)| actual != predicted).count();
        Self { of: Arc::clone(all), axes, only, dots, range, bars: histogram(&margins), wrong }
    }

    /// The place of the image whose dot is nearest to `pos` on the screen.
    fn nearest(&self, transform: &PlotTransform, pos: Pos2) -> Option<usize> {
        let all = self.dots.iter().flat_map(|(points, places)| points.iter().zip(places));
        let near = all.map(|(point, place)| (transform.position_from_point(point).distance_sq(pos), *place));
        let (distance, place) = near.min_by(|a, b| a.0.total_cmp(&b.0))?;
        (distance < REACH * REACH).then_some(place)
    }
}

/// Bars of equal width, zero being a bar's edge so that none holds both right and wrong.
fn histogram(margins: &[f64]) -> Vec<(f64, f64, u32)> {
    let (low, high) =
        margins.iter().fold((0.0_f64, 0.0_f64), |(low, high), margin| (low.min(*margin), high.max(*margin)));
    let width = (high - low) / BARS as f64;
    if width <= 0.0 {
        return Vec::new();
    }
    let first = (low / width).floor();
    let mut counts = vec![0_u32; BARS + 2];
    for margin in margins {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at least 0, at most BARS + 1")]
        let bar = ((margin / width).floor() - first) as usize;
        if let Some(count) = counts.get_mut(bar) {
            *count += 1;
        }
    }
    (0_u32..)
        .zip(counts)
        .map(|(bar, count)| ((first + f64::from(bar) + 0.5) * width, width, count))
        .filter(|bar| bar.2 > 0)
        .collect()
}

/// The distance of the sample to the mean of a class, by the metric in use.
fn of_sample(snapshot: &Snapshot, class: usize) -> Option<f64> {
    snapshot.sample.distances.get(class).map(|distance| distance.measures.by(snapshot.metric))
}

/// What the colours mean, and what to do.
fn legend(ui: &mut Ui, snapshot: &Snapshot, cache: &Cache) {
    let tokens = theme::tokens(ui);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 10.0;
        for (class, (dots, _)) in snapshot.classes.iter().zip(&cache.dots) {
            if !dots.is_empty() {
                let text = format!("\u{25cf} {}", class.digit);
                ui.label(RichText::new(text).strong().color(theme::digit(class.digit))).on_hover_text(format!(
                    "{} images of a {}",
                    dots.len(),
                    class.digit
                ));
            }
        }
        ui.label(
            RichText::new("Point at a dot to see its image; click to make it your sample (the ring).")
                .small()
                .color(tokens.text_weak),
        );
    });
}

fn tooltip(ui: &mut Ui, thumbnail: &mut Heatmap, snapshot: &Snapshot, place: usize) {
    let Some(all) = &snapshot.validation else { return };
    let Some(index) = all.indices.get(place).map(|index| *index as usize) else { return };
    let pixels: Vec<f32> = snapshot.data.valid.image(index).iter().map(|&byte| f32::from(byte) / 255.0).collect();
    let source = snapshot.data.valid.source(index);
    thumbnail.show(ui, &source, &pixels, SIDE, Scale::Ink { max: 1.0 }, 84.0);
    ui.label(RichText::new(source).monospace());
    let said = all.predicted.get(place).and_then(|class| snapshot.classes.get(usize::from(*class)));
    if let (Some((digit, _)), Some(said), Some(margin)) = (origin(snapshot, place), said, all.margin(place)) {
        ui.label(format!("a {digit}, called {}; margin {}", said.digit, number(margin)));
    }
    if place_of_sample(snapshot) == Some(place) {
        ui.label("This is your sample.");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_bar_holds_both_right_and_wrong() {
        let margins = [-0.031, -0.0001, 0.0, 0.0001, 0.02, 0.0999];
        let bars = histogram(&margins);
        let count = |wrong: bool| bars.iter().filter(|bar| (bar.0 < 0.0) == wrong).map(|bar| bar.2).sum::<u32>();
        assert_eq!((count(true), count(false)), (2, 4));
        assert!(histogram(&[]).is_empty() && histogram(&[0.0]).is_empty());
    }
}
