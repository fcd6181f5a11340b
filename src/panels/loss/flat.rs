//! One weight is multiplied by a factor: accuracy is a staircase over it, the loss a smooth curve.

use super::maps::{LEGEND, PixelMap, mark};
use crate::experiments::loss::{Curve, FACTORS, Facts, MnistLoss, Pixel};
use crate::experiments::report::number;
use crate::panels::Scene;
use crate::widgets::heatmap::Scale;
use crate::widgets::theme;
use crate::widgets::{chart, flow, readout};
use egui::{Color32, Label, RichText, Slider, Ui, Vec2};
use egui_plot::{Line, LineStyle, Points, VLine};
use serde_json::{Map, Value};

/// The width of the column with the map.
const COLUMN: f32 = 206.0;
/// The height of the numbers below the map.
const NUMBERS: f32 = 124.0;

/// How much of the curves is drawn: the place among a sweep's curves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Zoom {
    Wide,
    #[default]
    Usual,
    Close,
}

impl Zoom {
    const ALL: [(Self, &'static str, &'static str, &'static str); 3] = [
        (Self::Usual, "usual", "0 to 4", "From no weight at all to four times the weight"),
        (Self::Close, "close", "Close", "One part in a hundred either way: so close a step is rare"),
        (Self::Wide, "wide", "Wide", "Everything: the weight turned round, and ten times as large"),
    ];
}

/// The tab.
#[derive(Default)]
pub(super) struct Flat {
    zoom: Zoom,
    map: PixelMap,
}

impl Flat {
    pub(super) fn show(&mut self, ui: &mut Ui, scene: &mut Scene<'_, MnistLoss>) {
        let size = ui.available_size();
        let height = size.y.max(350.0);
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = 14.0;
            ui.vertical(|ui| {
                ui.set_width(COLUMN);
                self.weights(ui, scene, height);
            });
            ui.vertical(|ui| {
                ui.set_width(size.x - COLUMN - 14.0);
                self.turn(ui, scene);
                self.curves(ui, scene, height);
            });
        });
    }

    /// The map on which the weight is chosen, and what turning it does in numbers.
    fn weights(&mut self, ui: &mut Ui, scene: &mut Scene<'_, MnistLoss>, height: f32) {
        let facts = &scene.snapshot.facts;
        let steepest = facts.study.steepest();
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = 2.0;
            ui.spacing_mut().button_padding.x = 7.0;
            for (pixel, title, tip) in [
                (378, "Live pixel", "Pixel 378, in the middle: many images have ink there"),
                (0, "Corner", "Pixel 0: the corner in the top left"),
                (steepest, "Steepest", "The pixel whose factor moves the loss most"),
            ] {
                if ui
                    .selectable_label(facts.pixel.pixel == pixel, RichText::new(title).size(12.0))
                    .on_hover_text(tip)
                    .clicked()
                {
                    scene.form.set("pixel", pixel);
                }
            }
        });
        let Pixel { row, column, weight, .. } = facts.pixel;
        let title = format!("Row {row}, column {column}: {}", number(weight.into()));
        let side = (height - NUMBERS - LEGEND - 64.0).clamp(110.0, COLUMN).floor();
        let weights = &facts.study.weights;
        let pixel = facts.pixel.pixel;
        let pointed = self.map.show(ui, &title, weights, Scale::signed(weights), side, pixel);
        mark(ui, pointed.rect, pixel, theme::tokens(ui).accent);
        if let Some(pixel) = pointed.hovered {
            mark(ui, pointed.rect, pixel, theme::tokens(ui).text_weak);
        }
        if let Some(pixel) = pointed.chosen {
            scene.form.set("pixel", pixel);
        }
        numbers(ui, facts);
    }

    /// The factor, and how much of the curves is seen.
    fn turn(&mut self, ui: &mut Ui, scene: &mut Scene<'_, MnistLoss>) {
        let range = match self.zoom {
            Zoom::Wide => -FACTORS..=FACTORS,
            Zoom::Usual => 0.0..=4.0,
            Zoom::Close => 0.99..=1.01,
        };
        ui.horizontal_wrapped(|ui| {
            flow::group(ui, "factor", |ui| {
                let label = ui.label("Weight \u{d7}");
                let mut factor = scene.form.number("factor");
                ui.spacing_mut().slider_width = 130.0;
                let decimals = if self.zoom == Zoom::Close { 4 } else { 2 };
                let slider = Slider::new(&mut factor, range).clamping(egui::SliderClamping::Never);
                let slider = ui.add(slider.min_decimals(decimals).max_decimals(4)).labelled_by(label.id);
                if slider.on_hover_text("What the weight is multiplied by").changed() {
                    let factor = (factor * 1e4).round() / 1e4;
                    scene.form.set("factor", factor.clamp(-FACTORS, FACTORS));
                }
            });
        });
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            ui.spacing_mut().button_padding.x = 7.0;
            for factor in [1.0, 1.0001, 2.0] {
                let text = format!("\u{d7}{factor}");
                if ui.small_button(text).on_hover_text("Set the factor").clicked() {
                    scene.form.set("factor", factor);
                }
            }
            for (zoom, _, title, tip) in Zoom::ALL {
                ui.selectable_value(&mut self.zoom, zoom, title).on_hover_text(tip);
            }
        });
    }

    fn curves(&self, ui: &mut Ui, scene: &Scene<'_, MnistLoss>, height: f32) {
        let facts = &scene.snapshot.facts;
        let tokens = theme::tokens(ui);
        let curve = &facts.sweep.curves[self.zoom as usize];
        let words = 62.0;
        let each = ((height - 76.0 - words) / 2.0).max(96.0);
        let size = Vec2::new(ui.available_width(), each);
        let pixel = &facts.pixel;
        let accuracy = format!("Accuracy: {} steps, flat between them", curve.flips);
        let at = [pixel.factor, pixel.accuracy];
        plot(ui, &accuracy, "accuracy", &curve.accuracy, at, None, curve, size, tokens.data);
        let loss = format!("Loss: its slope here is {}", number(pixel.slope));
        let at = [pixel.factor, pixel.loss];
        plot(ui, &loss, "loss", &curve.loss, at, Some(pixel.slope), curve, size, tokens.prediction);
        ui.add(Label::new(reason(facts, curve)).wrap());
    }

    pub(super) fn save(&self, saved: &mut Map<String, Value>) {
        if let Some((_, name, ..)) = Zoom::ALL.iter().find(|entry| entry.0 == self.zoom) {
            saved.insert("zoom".to_owned(), (*name).into());
        }
    }

    pub(super) fn restore(&mut self, saved: &Map<String, Value>) {
        let name = saved.get("zoom").and_then(Value::as_str);
        self.zoom = Zoom::ALL.iter().find(|entry| name == Some(entry.1)).map_or(Zoom::default(), |entry| entry.0);
    }
}

/// One of the two curves with the chosen factor on it, and the slope there as a dashed line.
#[expect(clippy::too_many_arguments, reason = "two plots that differ in all of these")]
fn plot(
    ui: &mut Ui,
    title: &str,
    y: &str,
    points: &[[f64; 2]],
    at: [f64; 2],
    slope: Option<f64>,
    curve: &Curve,
    size: Vec2,
    color: Color32,
) {
    let tokens = theme::tokens(ui);
    let [low, high] = curve.range;
    let heights = points.iter().map(|point| point[1]);
    let (least, most) = heights.fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), at| (a.min(at), b.max(at)));
    // A flat line gets room as if one image in a thousand had changed, or the loss by as little as it does close by.
    let room = if y == "accuracy" { 1e-3 } else { 1e-7 };
    let margin = ((most - least) * 0.12).max(room);
    // The two stand one above the other: the lower one names the axis for both.
    let x = if y == "accuracy" { "" } else { "factor" };
    let figure = chart::plot(("loss flat", y), x, y)
        .width(size.x)
        .height(size.y - 22.0)
        .y_axis_min_width(64.0)
        .y_axis_formatter(move |mark, _| decimals(mark.value, mark.step_size));
    let line = points.to_vec();
    chart::titled(ui, title, figure, move |plot| {
        plot.set_plot_bounds_x(low..=high);
        plot.set_plot_bounds_y(least - margin..=most + margin);
        plot.vline(VLine::new("as drawn", 1.0).color(tokens.line).width(1.5).allow_hover(false));
        plot.line(Line::new(y, line).color(color).width(1.5).allow_hover(false));
        if let Some(slope) = slope {
            let half = (high - low) * 0.18;
            let ends = [at[0] - half, at[0] + half].map(|x| [x, at[1] + slope * (x - at[0])]);
            let tangent = Line::new("slope", chart::points(ends)).color(tokens.accent).width(1.5);
            plot.line(tangent.style(LineStyle::dashed_dense()).allow_hover(false));
        }
        plot.points(Points::new("your factor", vec![at]).color(color).radius(6.0));
    });
}

/// A mark of an axis with as many decimals as its neighbours need to differ.
fn decimals(value: f64, step: f64) -> String {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 10")]
    let places = (-step.log10()).ceil().clamp(0.0, 10.0) as usize;
    format!("{value:.places$}")
}

fn numbers(ui: &mut Ui, facts: &Facts) {
    let Pixel { weight, inked, factor, flipped, accuracy, loss, loss_change, .. } = facts.pixel;
    let rows = [
        ("weight now", number(f64::from(weight) * factor)),
        ("images inked here", inked.to_string()),
        ("answers changed", flipped.to_string()),
        ("accuracy", number(accuracy)),
        ("loss", number(loss)),
        ("loss change", number(loss_change)),
    ];
    ui.spacing_mut().interact_size.y = 16.0;
    ui.spacing_mut().item_spacing.y = 2.0;
    readout::values(ui, "loss of a weight", &rows);
}

/// What the two curves say, in words.
fn reason(facts: &Facts, curve: &Curve) -> String {
    let Pixel { pixel, inked, nearest_flip, .. } = facts.pixel;
    if inked == 0 {
        return format!(
            "Pixel {pixel} has ink in none of the {} images, so its weight is always multiplied by 0: no factor can \
             change anything. There are {} such pixels.",
            facts.samples, facts.never_inked
        );
    }
    if curve.flips == 0 {
        let nearest = nearest_flip.map_or_else(String::new, |at| format!(", its nearest step at \u{d7}{}", number(at)));
        return format!(
            "Here not one of the {} answers changes: accuracy is level{nearest}. The loss still slopes, and says which way \
             to turn.",
            facts.samples
        );
    }
    format!(
        "{inked} of {} images have ink here. Accuracy steps only where a prediction crosses 0. The loss counts how far \
         every prediction moves, so it slopes everywhere.",
        facts.samples
    )
}
