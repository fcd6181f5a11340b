//! One weight is multiplied by a factor: accuracy is a staircase over it, the loss a smooth curve.

use super::maps::{LEGEND, PixelMap, mark};
use crate::data::SIDE;
use crate::experiments::loss::{Curve, FACTORS, Facts, Look, MnistLoss, Pixel, Seen, Zoom};
use crate::experiments::report::number;
use crate::panels::Scene;
use crate::widgets::heatmap::Scale;
use crate::widgets::theme::{self, Tokens};
use crate::widgets::{chart, flow, pages, readout};
use egui::{Color32, Label, RichText, Slider, Ui, Vec2};
use egui_plot::{Line, LineStyle, Points, VLine};

/// The width of the column with the map.
const COLUMN: f32 = 206.0;
/// The height of the numbers below the map.
const NUMBERS: f32 = 124.0;

/// The tab.
#[derive(Default)]
pub(super) struct Flat {
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
                turn(ui, scene.look);
                curves(ui, &scene.snapshot.facts, scene.seen, height);
            });
        });
    }

    /// The map on which the weight is chosen, and what turning it does in numbers.
    fn weights(&mut self, ui: &mut Ui, scene: &mut Scene<'_, MnistLoss>, height: f32) {
        let facts = &scene.snapshot.facts;
        let steepest = facts.study.steepest;
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = 2.0;
            ui.spacing_mut().button_padding.x = 7.0;
            for (pixel, title, tip) in [
                (378, "Live pixel", "Pixel 378, in the middle: many images have ink there"),
                (0, "Corner", "Pixel 0: the corner in the top left"),
                (steepest, "Steepest", "The pixel whose factor moves the loss most"),
            ] {
                if ui
                    .selectable_label(scene.look.pixel == pixel, RichText::new(title).size(12.0))
                    .on_hover_text(tip)
                    .clicked()
                {
                    scene.look.pixel = pixel;
                }
            }
        });
        let (weights, pixel) = (&facts.study.weights, scene.look.pixel);
        let weight = weights.get(pixel).copied().unwrap_or_default();
        let title = format!("Row {}, column {}: {}", pixel / SIDE, pixel % SIDE, number(weight.into()));
        let side = (height - NUMBERS - LEGEND - 64.0).clamp(110.0, COLUMN).floor();
        let pointed = self.map.show(ui, &title, weights, Scale::signed(weights), side, pixel);
        mark(ui, pointed.rect, pixel, theme::tokens(ui).accent);
        if let Some(pixel) = pointed.hovered {
            mark(ui, pointed.rect, pixel, theme::tokens(ui).text_weak);
        }
        if let Some(pixel) = pointed.chosen {
            scene.look.pixel = pixel;
        }
        numbers(ui, &scene.seen.pixel);
    }
}

/// The factor, and how much of the curves is seen.
fn turn(ui: &mut Ui, look: &mut Look) {
    let [low, high] = look.zoom.range();
    ui.horizontal_wrapped(|ui| {
        flow::group(ui, "factor", |ui| {
            let label = ui.label("Weight \u{d7}");
            let mut factor = look.factor;
            ui.spacing_mut().slider_width = 130.0;
            let decimals = if look.zoom == Zoom::Close { 4 } else { 2 };
            let slider = Slider::new(&mut factor, low..=high).clamping(egui::SliderClamping::Never);
            let slider = ui.add(slider.min_decimals(decimals).max_decimals(4)).labelled_by(label.id);
            if slider.on_hover_text("What the weight is multiplied by").changed() {
                let factor = (factor * 1e4).round() / 1e4;
                look.factor = factor.clamp(-FACTORS, FACTORS);
            }
        });
    });
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        ui.spacing_mut().button_padding.x = 7.0;
        for factor in [1.0, 1.0001, 2.0] {
            let text = format!("\u{d7}{factor}");
            if ui.small_button(text).on_hover_text("Set the factor").clicked() {
                look.factor = factor;
            }
        }
        pages::show(ui, &mut look.zoom);
    });
}

fn curves(ui: &mut Ui, facts: &Facts, seen: &Seen, height: f32) {
    let Some(curve) = seen.curve() else { return };
    let words = 62.0;
    let each = ((height - 76.0 - words) / 2.0).max(96.0);
    let size = Vec2::new(ui.available_width(), each);
    plot(ui, Quantity::Accuracy, &seen.pixel, curve, size);
    plot(ui, Quantity::Loss, &seen.pixel, curve, size);
    ui.add(Label::new(reason(facts, &seen.pixel, curve)).wrap());
}

/// What is drawn over the factor, one above the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Quantity {
    Accuracy,
    Loss,
}

impl Quantity {
    const fn name(self) -> &'static str {
        match self {
            Self::Accuracy => "accuracy",
            Self::Loss => "loss",
        }
    }

    fn title(self, pixel: &Pixel, curve: &Curve) -> String {
        match self {
            Self::Accuracy => format!("Accuracy: {} steps, flat between them", curve.flips),
            Self::Loss => format!("Loss: its slope here is {}", number(pixel.slope)),
        }
    }

    /// The name of the horizontal axis: the lower plot names it for both.
    const fn axis(self) -> &'static str {
        match self {
            Self::Accuracy => "",
            Self::Loss => "factor",
        }
    }

    /// A flat line gets room as if one image in a thousand had changed, or the loss by as little as it does close by.
    const fn room(self) -> f64 {
        match self {
            Self::Accuracy => 1e-3,
            Self::Loss => 1e-7,
        }
    }

    fn points(self, curve: &Curve) -> &[[f64; 2]] {
        match self {
            Self::Accuracy => &curve.accuracy,
            Self::Loss => &curve.loss,
        }
    }

    /// Its value at the chosen factor, and the slope there if it is drawn.
    const fn at(self, pixel: &Pixel) -> (f64, Option<f64>) {
        match self {
            Self::Accuracy => (pixel.accuracy, None),
            Self::Loss => (pixel.loss, Some(pixel.slope)),
        }
    }

    const fn color(self, tokens: &Tokens) -> Color32 {
        match self {
            Self::Accuracy => tokens.data,
            Self::Loss => tokens.prediction,
        }
    }
}

/// One of the two curves with the chosen factor on it, and the slope there as a dashed line.
fn plot(ui: &mut Ui, quantity: Quantity, pixel: &Pixel, curve: &Curve, size: Vec2) {
    let tokens = theme::tokens(ui);
    let (name, color, points) = (quantity.name(), quantity.color(tokens), quantity.points(curve));
    let (value, slope) = quantity.at(pixel);
    let at = [pixel.factor, value];
    let [low, high] = curve.range;
    let heights = points.iter().map(|point| point[1]);
    let (least, most) = heights.fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), at| (a.min(at), b.max(at)));
    let margin = ((most - least) * 0.12).max(quantity.room());
    let figure = chart::plot(("loss flat", name), quantity.axis(), name)
        .width(size.x)
        .height(size.y - 22.0)
        .y_axis_min_width(64.0)
        .y_axis_formatter(move |mark, _| decimals(mark.value, mark.step_size));
    let line = points.to_vec();
    chart::titled(ui, &quantity.title(pixel, curve), figure, move |plot| {
        plot.set_plot_bounds_x(low..=high);
        plot.set_plot_bounds_y(least - margin..=most + margin);
        plot.vline(VLine::new("as drawn", 1.0).color(tokens.line).width(1.5).allow_hover(false));
        plot.line(Line::new(name, line).color(color).width(1.5).allow_hover(false));
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

fn numbers(ui: &mut Ui, pixel: &Pixel) {
    let &Pixel { weight, inked, factor, flipped, accuracy, loss, loss_change, .. } = pixel;
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
fn reason(facts: &Facts, pixel: &Pixel, curve: &Curve) -> String {
    let &Pixel { pixel, inked, nearest_flip, .. } = pixel;
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
