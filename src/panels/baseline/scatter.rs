//! The second tab: every held-out image as a dot, its distance to one mean against that to another.

use super::{choose, no_means, walk};
use crate::data::{SIDE, unit};
use crate::experiments::Digits;
use crate::experiments::baseline::{Baseline, Cloud, Look, Snapshot};
use crate::experiments::report::number;
use crate::panels::Scene;
use crate::widgets::heatmap::{Heatmap, Scale};
use crate::widgets::{chart, flow, theme};
use egui::{Align2, ComboBox, Pos2, RichText, Ui};
use egui_plot::{Bar, BarChart, Line, PlotPoint, PlotTransform, Points, Text, VLine};

/// How near the pointer must be to a dot, in points.
const REACH: f32 = 9.0;
/// From this width on, the histogram stands beside the dots.
const WIDE: f32 = 700.0;

/// The texture of the image under the pointer.
#[derive(Default)]
pub(super) struct Scatter {
    thumbnail: Heatmap,
}

impl Scatter {
    pub(super) fn show(&mut self, ui: &mut Ui, scene: &mut Scene<'_, Baseline>) {
        if scene.snapshot.means.is_empty() {
            return no_means(ui);
        }
        if scene.snapshot.digits.len() > 2 {
            choice(ui, scene.snapshot, scene.look);
        }
        let seen = scene.seen;
        let Some(cloud) = seen.cloud() else { return };
        let width = ui.available_width();
        let height = ui.available_height().max(330.0);
        if width > WIDE {
            ui.horizontal_top(|ui| {
                ui.spacing_mut().item_spacing.x = 14.0;
                let side = (width * 0.6).min(height + 40.0);
                ui.vertical(|ui| self.dots(ui, scene, cloud, egui::vec2(side, height - 60.0)));
                let rest = ui.available_width();
                ui.vertical(|ui| margins(ui, cloud, egui::vec2(rest, (height - 60.0).min(300.0))));
            });
        } else {
            self.dots(ui, scene, cloud, egui::vec2(width, (height - 180.0).max(210.0)));
            margins(ui, cloud, egui::vec2(width, 92.0));
        }
    }

    fn dots(&mut self, ui: &mut Ui, scene: &mut Scene<'_, Baseline>, cloud: &Cloud, size: egui::Vec2) {
        let (snapshot, report) = (scene.snapshot, &scene.seen.report);
        let tokens = theme::tokens(ui);
        let digit = |class: usize| snapshot.digit(class).unwrap_or_default();
        let (x, y) = (digit(cloud.axes.0), digit(cloud.axes.1));
        legend(ui, snapshot, cloud);
        let distance = |digit: u8| format!("distance to the mean {digit}");
        let plot = chart::plot("baseline scatter", &distance(x), &distance(y));
        let plot = plot.width(size.x).height(size.y).show_x(false).show_y(false).y_axis_min_width(30.0);
        let (low, high) = cloud.range;
        let of_sample = |class: usize| report.sample.distances.get(class).map(|at| at.measures.by(report.metric));
        let sample = [cloud.axes.0, cloud.axes.1].map(of_sample);
        let shown = plot.show(ui, |plot| {
            plot.line(
                Line::new("as near to both", vec![[low, low], [high, high]])
                    .color(tokens.text_weak)
                    .width(1.5)
                    .allow_hover(false),
            );
            for (dots, &digit) in cloud.dots.iter().zip(&*snapshot.digits) {
                let color = theme::digit(digit).gamma_multiply(0.7);
                let points = chart::points(dots.points.iter().copied());
                plot.points(Points::new(digit.to_string(), points).radius(1.8).color(color).allow_hover(false));
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
            cloud.dots.iter().map(|dots| dots.points.len()).sum::<usize>()
        );
        shown.response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, &label));
        let under = shown.response.hover_pos().and_then(|pos| nearest(cloud, &shown.transform, pos));
        if let Some(index) = under {
            if shown.response.clicked() {
                choose(scene, index);
            }
            let scene = &*scene;
            let thumbnail = &mut self.thumbnail;
            shown
                .response
                .clone()
                .on_hover_cursor(egui::CursorIcon::PointingHand)
                .on_hover_ui_at_pointer(|ui| tooltip(ui, thumbnail, scene, index));
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
}

/// Which means the axes are of.
fn choice(ui: &mut Ui, snapshot: &Snapshot, look: &mut Look) {
    let before = look.axis_classes(snapshot);
    let (mut x, mut y) = before;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 14.0;
        for (name, axis, tip) in [
            ("Across: mean", &mut x, "The mean whose distance goes to the right"),
            ("Up: mean", &mut y, "The mean whose distance goes up"),
        ] {
            flow::group(ui, name, |ui| {
                let label = ui.label(name).on_hover_text(tip);
                let digit = |class: usize| snapshot.digit(class).map_or_else(String::new, |digit| digit.to_string());
                let combo = ComboBox::from_id_salt(name).width(44.0).selected_text(digit(*axis));
                let shown = combo.show_ui(ui, |ui| {
                    for class in 0..snapshot.digits.len() {
                        ui.selectable_value(axis, class, digit(class));
                    }
                });
                shown.response.labelled_by(label.id).on_hover_text(tip);
            });
        }
        ui.checkbox(&mut look.only, "only these two digits").on_hover_text("Leave out the images of all other digits");
    });
    if (x, y) != before {
        // Choosing the other axis's digit swaps the two.
        let (x, y) = if x == y { (before.1, before.0) } else { (x, y) };
        let digits = snapshot.digit(x).zip(snapshot.digit(y));
        look.axes = digits.and_then(|(x, y)| Digits::new([x, y]));
    }
}

fn margins(ui: &mut Ui, cloud: &Cloud, size: egui::Vec2) {
    let tokens = theme::tokens(ui);
    let bars = |wrong: bool, color| {
        let bars = cloud.bars.iter().filter(|bar| (bar.middle < 0.0) == wrong);
        let bars =
            bars.map(|bar| Bar::new(bar.middle, f64::from(bar.count)).width(bar.width * 0.9).fill(color)).collect();
        BarChart::new(if wrong { "called wrong" } else { "called right" }, bars).color(color).allow_hover(false)
    };
    let (wrong, right) = (bars(true, tokens.error), bars(false, tokens.success));
    let title = format!("Margins of all {} images: {} below zero are called wrong", cloud.images, cloud.wrong);
    let plot = chart::plot("baseline margins", "margin (right above 0)", "images");
    let plot = plot.width(size.x).height(size.y).show_x(false).show_y(false).y_axis_min_width(30.0);
    chart::titled(ui, &title, plot, |plot| {
        plot.bar_chart(wrong);
        plot.bar_chart(right);
        plot.vline(VLine::new("as near", 0.0).color(tokens.text).width(1.0).allow_hover(false));
    });
}

/// The image whose dot is nearest to `pos` on the screen.
fn nearest(cloud: &Cloud, transform: &PlotTransform, pos: Pos2) -> Option<usize> {
    let all = cloud.dots.iter().flat_map(|dots| dots.points.iter().zip(&dots.indices));
    let near =
        all.map(|(&[x, y], index)| (transform.position_from_point(&PlotPoint::new(x, y)).distance_sq(pos), *index));
    let (distance, index) = near.min_by(|a, b| a.0.total_cmp(&b.0))?;
    (distance < REACH * REACH).then_some(index)
}

/// What the colours mean, and what to do.
fn legend(ui: &mut Ui, snapshot: &Snapshot, cloud: &Cloud) {
    let tokens = theme::tokens(ui);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 10.0;
        for (&digit, dots) in snapshot.digits.iter().zip(&cloud.dots) {
            if !dots.points.is_empty() {
                let text = RichText::new(format!("\u{25cf} {digit}")).strong().color(theme::digit(digit));
                ui.label(text).on_hover_text(format!("{} images of a {digit}", dots.points.len()));
            }
        }
        ui.label(
            RichText::new("Point at a dot to see its image; click to make it your sample (the ring).")
                .small()
                .color(tokens.text_weak),
        );
    });
}

fn tooltip(ui: &mut Ui, thumbnail: &mut Heatmap, scene: &Scene<'_, Baseline>, index: usize) {
    let snapshot = scene.snapshot;
    let Some(all) = scene.seen.validation() else { return };
    let Some(at) = all.indices.get(index).map(|at| *at as usize) else { return };
    let pixels: Vec<f32> = snapshot.data.valid.image(at).iter().copied().map(unit).collect();
    let source = snapshot.data.valid.source(at);
    thumbnail.show(ui, &source, &pixels, SIDE, Scale::Ink { max: 1.0 }, 84.0);
    ui.label(RichText::new(source).monospace());
    let digit = |class: u8| snapshot.digit(class.into());
    let pair = all.answers.pair(index).and_then(|(actual, said)| digit(actual).zip(digit(said)));
    if let (Some((actual, said)), Some(margin)) = (pair, all.margin(index)) {
        ui.label(format!("a {actual}, called {said}; margin {}", number(margin)));
    }
    if scene.seen.sample_index == Some(index) {
        ui.label("This is your sample.");
    }
}
