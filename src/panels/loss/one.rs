//! One prediction: an image, the weights, and their products, which add up to a number.

use super::maps::{LEGEND, PixelMap, mark};
use crate::data::SIDE;
use crate::experiments::loss::{Act, DIGITS, Image, LAST_IMAGE, MnistLoss};
use crate::experiments::report::number;
use crate::panels::Scene;
use crate::widgets::heatmap::Scale;
use crate::widgets::theme;
use egui::{Align2, FontId, Label, Rect, RichText, Sense, Stroke, StrokeKind, Ui, Vec2};

/// Room for a sign between two maps, in points.
const SIGN: f32 = 26.0;
/// Room for the lines above and below the maps.
const LINES: f32 = 178.0;

/// The tab.
#[derive(Default)]
pub(super) struct One {
    image: PixelMap,
    weights: PixelMap,
    products: PixelMap,
}

impl One {
    pub(super) fn show(&mut self, ui: &mut Ui, scene: &mut Scene<'_, MnistLoss>) {
        let snapshot = scene.snapshot;
        let image = &scene.seen.image;
        choose(ui, scene);
        let width = (ui.available_width() - 2.0 * SIGN) / 3.0;
        let side = width.min(ui.available_height() - LINES).clamp(110.0, 300.0).floor();
        let is_known = !matches!(snapshot.act, None | Some(Act::Draw));
        let pixel = scene.look.pixel;
        let (mut rects, mut hovered, mut chosen) = (Vec::new(), None, None);
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = 0.0;
            let mut take = |map: super::maps::Pointed| {
                rects.push(map.rect);
                hovered = hovered.or(map.hovered);
                chosen = chosen.or(map.chosen);
            };
            let title = format!("Image: a {}", image.digit);
            take(self.image.show(ui, &title, &image.pixels, Scale::Ink { max: 1.0 }, side, pixel));
            sign(ui, "\u{d7}", side);
            let weights = &snapshot.facts.study.weights;
            take(self.weights.show(ui, "Weights", weights, Scale::signed(weights), side, pixel));
            sign(ui, "=", side);
            if is_known {
                let scale = Scale::signed(&image.products);
                take(self.products.show(ui, "Products", &image.products, scale, side, pixel));
            } else {
                later(ui, side);
            }
        });
        if let Some(pixel) = chosen {
            scene.look.pixel = pixel;
        }
        let accent = theme::tokens(ui).accent;
        let looked_at = hovered.or(chosen).unwrap_or(pixel);
        for rect in rects {
            mark(ui, rect, looked_at, accent);
        }
        ui.add_space(2.0);
        line(ui, image, &snapshot.facts.study.weights, looked_at, is_known);
        ui.separator();
        if is_known {
            sum(ui, image, snapshot.facts.bias.into());
        } else {
            ui.label("Press Step (Space) to multiply each pixel by its weight and add the products up.");
        }
    }
}

/// The image, and the way to others.
fn choose(ui: &mut Ui, scene: &mut Scene<'_, MnistLoss>) {
    let (facts, image) = (&scene.snapshot.facts, &scene.seen.image);
    let index = scene.look.image;
    let weak = theme::tokens(ui).text_weak;
    ui.horizontal_wrapped(|ui| {
        let mut go = |ui: &mut Ui, text: String, tip: &str, to: usize| {
            if ui.add_enabled(to != index, egui::Button::new(text)).on_hover_text(tip).clicked() {
                scene.look.image = to;
            }
        };
        go(ui, "Previous".to_owned(), "The image before this one", index.saturating_sub(1));
        go(ui, "Next".to_owned(), "The image after this one", (index + 1).min(LAST_IMAGE));
        go(ui, format!("First {}", DIGITS[0]), "The first of the threes", 0);
        go(ui, format!("First {}", DIGITS[1]), "The first of the sevens", facts.train_x.threes());
        let text = format!("{}, image {} of {}", image.source, image.index, facts.samples);
        ui.label(RichText::new(text).monospace().size(12.0).color(weak));
    });
}

/// What stands between two maps.
fn sign(ui: &mut Ui, text: &str, side: f32) {
    let (rect, _) = ui.allocate_exact_size(Vec2::new(SIGN, side + LEGEND), Sense::hover());
    let at = rect.center_top() + Vec2::new(0.0, 24.0 + side / 2.0);
    ui.painter().text(at, Align2::CENTER_CENTER, text, FontId::proportional(22.0), theme::tokens(ui).text);
}

/// Where the products will be, while there are none.
fn later(ui: &mut Ui, side: f32) {
    ui.vertical(|ui| {
        ui.set_width(side);
        ui.spacing_mut().item_spacing.y = 4.0;
        ui.strong("Products");
        let (rect, response) = ui.allocate_exact_size(Vec2::splat(side), Sense::hover());
        let tokens = theme::tokens(ui);
        ui.painter().rect(rect, 4, tokens.card, (1.0, tokens.line), StrokeKind::Inside);
        let font = FontId::proportional(13.0);
        ui.painter().text(rect.center(), Align2::CENTER_CENTER, "not computed yet", font, tokens.text_weak);
        response.on_hover_text("The Predict phase fills this in");
    });
}

/// One pixel's line of arithmetic.
fn line(ui: &mut Ui, image: &Image, weights: &[f32], pixel: usize, is_known: bool) {
    let of = |values: &[f32]| f64::from(values.get(pixel).copied().unwrap_or_default());
    let mut text = format!("row {}, column {}: ", pixel / SIDE, pixel % SIDE);
    let (value, weight) = (of(&image.pixels), of(weights));
    if is_known {
        let product = signed(of(&image.products));
        text.push_str(&format!("pixel {value:.4} \u{d7} weight {weight:.4} = {product}"));
    } else {
        text.push_str(&format!("pixel {value:.4}, weight {weight:.4}"));
    }
    ui.add(Label::new(RichText::new(text).monospace()).truncate())
        .on_hover_text("Point at a pixel, click one, or walk with the arrow keys once a map has the focus");
}

/// The sum of the products, as a balance and in numbers.
fn sum(ui: &mut Ui, image: &Image, bias: f64) {
    let tokens = theme::tokens(ui);
    let tip = "All products above zero against all below; the mark is what is left once the bias is added";
    let (rect, response) = ui.allocate_exact_size(Vec2::new(ui.available_width(), 12.0), Sense::hover());
    let most = image.positive.max(-image.negative).max(image.prediction.abs()).max(1e-9);
    #[expect(clippy::cast_possible_truncation, reason = "a position on the screen")]
    let x = |value: f64| rect.center().x + rect.width() * 0.5 * (value / most) as f32;
    for (value, color) in [(image.negative, theme::diverging(-0.7)), (image.positive, theme::diverging(0.7))] {
        let area = Rect::from_two_pos(rect.center_top(), egui::pos2(x(value), rect.bottom()));
        ui.painter().rect_filled(area, 0, color);
    }
    let mark = x(image.prediction);
    ui.painter().vline(mark, rect.y_range().expand(3.0), Stroke::new(3.0, tokens.prediction));
    response.on_hover_text(tip);
    let right = if image.called == image.digit { "right" } else { "wrong" };
    let parts = [("products above 0", image.positive), ("below 0", image.negative), ("bias", bias)];
    ui.horizontal_wrapped(|ui| {
        for (name, value) in parts {
            ui.label(RichText::new(signed(value)).monospace());
            ui.label(RichText::new(name).size(12.0).color(tokens.text_weak));
        }
        ui.label(RichText::new(format!("= {:.4}", image.prediction)).monospace().strong().color(tokens.prediction));
        let side = if image.prediction > 0.0 { "above 0" } else { "not above 0" };
        ui.label(format!("{side}: it says {}, which is {right}", image.called));
    });
}

/// A number with its sign.
fn signed(value: f64) -> String {
    if value < 0.0 { number(value) } else { format!("+{}", number(value)) }
}
