//! The image that is looked at, the weights it meets, and their gradient: three pictures with a pixel in common.

use super::arithmetic::{self, Spot};
use crate::data::SIDE;
use crate::experiments::trainer::{Snapshot, UnitKind, Units};
use crate::widgets::arrows::moved;
use crate::widgets::heatmap::{self, Cell, Heatmap, Scale};
use crate::widgets::theme;
use egui::{Align2, Button, FontId, Label, Rect, RichText, Sense, Stroke, StrokeKind, Ui, Vec2};

/// Points between two pictures.
const GAP: f32 = 8.0;

/// The textures, and the pixel pointed at.
#[derive(Default)]
pub(super) struct Pictures {
    image: Heatmap,
    weights: Heatmap,
    gradient: Heatmap,
    spot: Option<Spot>,
}

impl Pictures {
    /// Draws them for an image's pixels and the output `unit` of the first layer; `outside` is a pixel of the image that is
    /// pointed at elsewhere.
    pub(super) fn show(
        &mut self,
        ui: &mut Ui,
        snapshot: &Snapshot,
        unit: &mut usize,
        image: Option<&[f32]>,
        after_step: bool,
        outside: Option<(usize, usize)>,
    ) {
        let units = Units::of(snapshot);
        *unit = (*unit).min(units.count.saturating_sub(1));
        choose(ui, snapshot, units, unit);
        let unit = *unit;
        let side = ((ui.available_width() - 2.0 * GAP) / 3.0).floor();
        let spot = outside.map(|(row, column)| Spot { row, column, in_weights: false }).or(self.spot);
        let weights = units.weights(unit, snapshot.state.as_deref());
        let gradient = units.weights(unit, snapshot.gradient.as_deref());
        let mut pointed = None;
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = GAP;
            let ink = Some(Scale::Ink { max: 1.0 });
            let tip = "The chosen image: click another in the strip";
            let at =
                draw(ui, &mut self.image, ["Image", tip], image, ink, side, spot.filter(|spot| !is_tap(units, *spot)));
            pointed = pointed.or(at.map(|(row, column)| Spot { row, column, in_weights: false }));
            let title = if after_step { "New weights" } else { "Weights" };
            let tip = "Ink on a blue pixel raises the output, ink on an orange one lowers it";
            let marked = spot.filter(|spot| units.side == SIDE || is_tap(units, *spot));
            let at = draw(ui, &mut self.weights, [title, tip], weights, None, side, marked);
            pointed = pointed.or(at.map(|(row, column)| Spot { row, column, in_weights: true }));
            let tip = "Orange: the step raises this weight. Blue: the step lowers it";
            let at = draw(ui, &mut self.gradient, ["Gradient", tip], gradient, None, side, marked);
            pointed = pointed.or(at.map(|(row, column)| Spot { row, column, in_weights: true }));
        });
        self.spot = pointed;
        let lines = match (spot, image) {
            (Some(spot), Some(image)) => arithmetic::lines(snapshot, units, unit, image, spot),
            _ => arithmetic::summary(snapshot, units, unit),
        };
        ui.spacing_mut().item_spacing.y = 1.0;
        for line in lines {
            let text = if line.is_empty() { " ".to_owned() } else { line };
            ui.add(Label::new(RichText::new(text).monospace().size(11.5)).truncate());
        }
    }
}

/// One line to choose the output by; empty, but there, for a model that has one only.
fn choose(ui: &mut Ui, snapshot: &Snapshot, units: Units, unit: &mut usize) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        ui.set_min_height(20.0);
        if units.count < 2 {
            ui.label(RichText::new("One weight for each pixel").small().color(theme::tokens(ui).text_weak));
            return;
        }
        let back = ui.add_enabled(*unit > 0, Button::new("\u{25c2}").small());
        if back.on_hover_text("The one before").clicked() {
            *unit = moved(*unit, -1, units.count);
        }
        let on = ui.add_enabled(*unit + 1 < units.count, Button::new("\u{25b8}").small());
        if on.on_hover_text("The next one").clicked() {
            *unit = moved(*unit, 1, units.count);
        }
        let text = match units.kind {
            UnitKind::Only | UnitKind::Digit => units.name(snapshot, *unit),
            _ => format!("{} of {}", units.name(snapshot, *unit), units.count),
        };
        ui.add(Label::new(RichText::new(text).small()).truncate());
    });
}

/// Whether the spot is a tap of a filter, which is no pixel of the image.
fn is_tap(units: Units, spot: Spot) -> bool {
    spot.in_weights && units.side != SIDE
}

/// One picture with its title and its legend; returns the cell under the pointer. Ink needs no legend.
fn draw(
    ui: &mut Ui,
    picture: &mut Heatmap,
    [title, tip]: [&str; 2],
    values: Option<&[f32]>,
    scale: Option<Scale>,
    side: f32,
    spot: Option<Spot>,
) -> Option<(usize, usize)> {
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = 3.0;
        ui.set_width(side);
        ui.add(Label::new(RichText::new(title).strong().size(12.5)).truncate()).on_hover_text(tip);
        let Some(values) = values.filter(|values| !values.is_empty()) else {
            empty(ui, side);
            ui.add_space(25.0);
            return None;
        };
        let columns = values.len().isqrt();
        let shown = scale.unwrap_or_else(|| Scale::signed(values));
        let Cell { response, rect, at } = picture.show(ui, title, values, columns, shown, side);
        if let Some(spot) = spot {
            let cell = rect.width() / columns as f32;
            let corner = rect.min + Vec2::new(spot.column as f32 * cell, spot.row as f32 * cell);
            let mark = Rect::from_min_size(corner, Vec2::splat(cell)).expand(1.0);
            ui.painter().rect_stroke(mark, 0, Stroke::new(1.5, theme::tokens(ui).accent), StrokeKind::Outside);
        }
        if scale.is_none() {
            heatmap::legend(ui, shown, side);
        } else {
            ui.add_space(25.0);
        }
        if !response.hovered() {
            response.on_hover_text(tip);
        }
        at
    })
    .inner
}

fn empty(ui: &mut Ui, side: f32) {
    let tokens = theme::tokens(ui);
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(side), Sense::hover());
    ui.painter().rect(rect, 3, tokens.card, (1.0, tokens.line), StrokeKind::Inside);
    let font = FontId::proportional(12.0);
    ui.painter().text(rect.center(), Align2::CENTER_CENTER, "not yet", font, tokens.text_weak);
    response.on_hover_text("A later phase fills this in: press Step");
}
