//! A hidden layer: every unit's weight image, how much the image sets it off, and what that contributes to the output.

use super::super::maps::{Atlas, Layout, Map};
use super::detail::{Detail, Output, signed};
use crate::experiments::report::number;
use crate::experiments::trainer::{Activations, Hidden, ModelLook, ModelSeen, Snapshot, Units};
use crate::widgets::arrows::moved;
use crate::widgets::heatmap::Scale;
use crate::widgets::theme;
use egui::{Button, Color32, Label, Rect, RichText, Role, Sense, Ui, Vec2, WidgetInfo, pos2};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;

/// More units than these have smaller pictures without captions.
const FEW: usize = 40;

/// The pictures.
#[derive(Default)]
pub(super) struct HiddenUnits {
    maps: Atlas,
    detail: Detail,
}

impl HiddenUnits {
    pub(super) fn show(
        &mut self,
        ui: &mut Ui,
        snapshot: &Snapshot,
        seen: &ModelSeen,
        activations: &Arc<Activations>,
        look: &mut ModelLook,
    ) {
        let (Some(hidden), Some(weighted)) = (seen.hidden(), seen.weighted()) else { return };
        let units = Units::of(snapshot);
        // Of the pictures, the one that is looked at; what is clicked here is shown at large in the next frame.
        let unit = look.hidden.min(units.count.saturating_sub(1));
        switches(ui, snapshot, hidden, activations.logits().len(), look);
        let typical = seen.typical_weight();
        let clicked = self.gallery(ui, snapshot, activations, units, hidden, (typical, unit));
        let chosen = shares(ui, snapshot, activations, hidden, clicked.unwrap_or(unit)).or(clicked);
        look.hidden = chosen.unwrap_or(look.hidden);
        let at = |values: &[f32]| f64::from(values.get(weighted.unit).copied().unwrap_or_default());
        let after = vec![
            format!("ReLU:         {}", number(at(&hidden.after))),
            format!("output weight {}", signed(at(&hidden.weights))),
            format!("adds          {}", signed(share(hidden, weighted.unit))),
        ];
        let name = format!("Hidden unit {} of {}", weighted.unit + 1, units.count);
        ui.add_space(4.0);
        self.detail.show(ui, &Output { name, image: &activations.image.pixels, weighted, after });
    }

    fn gallery(
        &mut self,
        ui: &mut Ui,
        snapshot: &Snapshot,
        activations: &Arc<Activations>,
        units: Units,
        hidden: &Hidden,
        (typical, chosen): (f32, usize),
    ) -> Option<usize> {
        let (state, tokens, order) = (snapshot.state.as_deref(), theme::tokens(ui), &hidden.order);
        let is_few = order.len() <= FEW;
        let maps: Vec<Map<'_>> = order
            .iter()
            .map(|&unit| {
                let value = hidden.after.get(unit).copied().unwrap_or_default();
                Map {
                    values: units.weights(unit, state).unwrap_or_default(),
                    caption: if is_few { short(value) } else { String::new() },
                    frame: (value > 0.0).then_some(tokens.reference),
                }
            })
            .collect();
        // Colours reach twice the typical size: one large weight must not turn all the others white.
        let max = if typical > 0.0 && typical.is_finite() { 2.5 * typical } else { 1.0 };
        let width = if is_few { 40.0 } else { 27.0 };
        let layout = Layout { side: units.side, width, scale: Scale::Signed { max } };
        let mut hash = DefaultHasher::new();
        order.hash(&mut hash);
        let label = "The weight image of each hidden unit; the arrow keys choose one";
        let marked = order.iter().position(|unit| *unit == chosen);
        let answer = self.maps.show(ui, label, &maps, layout, (activations, hash.finish()), marked);
        answer.chosen.and_then(|at| order.get(at)).copied()
    }
}

/// The order of the units, and the output that they are added up for.
fn switches(ui: &mut Ui, snapshot: &Snapshot, hidden: &Hidden, outputs: usize, look: &mut ModelLook) {
    let tokens = theme::tokens(ui);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        ui.strong(format!("{} of {} hidden units are on", hidden.on, hidden.after.len()))
            .on_hover_text("A unit is on where the ReLU lets its sum through: above 0");
        ui.add_space(8.0);
        let tip = "Sort the units by how much they add to the output for this image";
        if ui.add(Button::selectable(look.largest, "largest first").small()).on_hover_text(tip).clicked() {
            look.largest = !look.largest;
        }
        if outputs > 1 {
            ui.add_space(8.0);
            ui.label(RichText::new("adding to").small().color(tokens.text_weak));
            for (output, digit) in snapshot.digits.iter().enumerate() {
                let button = Button::selectable(hidden.output == output, digit.to_string()).small();
                if ui.add(button).on_hover_text(format!("What the units add to the logit of {digit}")).clicked() {
                    look.output = Some(output);
                }
            }
        }
    });
}

/// What every unit contributes to the output as a bar, and the sum; returns the unit that was clicked.
fn shares(
    ui: &mut Ui,
    snapshot: &Snapshot,
    activations: &Activations,
    hidden: &Hidden,
    chosen: usize,
) -> Option<usize> {
    let (tokens, order) = (theme::tokens(ui), &hidden.order);
    let logit = activations.logits().get(hidden.output).copied().unwrap_or_default();
    let of = match activations.logits().len() {
        1 => String::new(),
        _ => snapshot.digits.get(hidden.output).map_or_else(String::new, |digit| format!(" of {digit}")),
    };
    let text = format!(
        "sum of activation \u{00d7} output weight {} + bias {} = logit{of} {}",
        signed(hidden.total),
        signed(hidden.bias.into()),
        signed(logit.into())
    );
    ui.add(Label::new(RichText::new(text).monospace().size(12.0)).wrap());
    let (rect, response) = ui.allocate_exact_size(Vec2::new(ui.available_width(), 46.0), Sense::click());
    let label = "What each hidden unit adds to the output";
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, label));
    let middle = rect.center().y;
    let pitch = rect.width() / order.len().max(1) as f32;
    ui.painter().hline(rect.x_range(), middle, (1.0, tokens.line));
    for (at, &unit) in order.iter().enumerate() {
        #[expect(clippy::cast_possible_truncation, reason = "a height on the screen")]
        let tall = if hidden.largest > 0.0 {
            (share(hidden, unit) / hidden.largest) as f32 * rect.height() / 2.0
        } else {
            0.0
        };
        let left = rect.left() + pitch * at as f32;
        let bar = Rect::from_two_pos(pos2(left + 0.5, middle), pos2(left + (pitch - 1.0).max(1.0), middle - tall));
        let color: Color32 = if tall < 0.0 { tokens.prediction } else { tokens.data };
        ui.painter().rect_filled(bar, 0, color);
        if unit == chosen {
            let mark = Rect::from_x_y_ranges(left..=left + pitch, rect.y_range());
            ui.painter().rect_stroke(mark, 1, (1.5, tokens.accent), egui::StrokeKind::Inside);
        }
    }
    let under = |pos: egui::Pos2| {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "inside the picture")]
        let at = ((pos.x - rect.left()) / pitch).max(0.0) as usize;
        order.get(moved(at, 0, order.len())).copied()
    };
    let clicked = if response.clicked() { response.interact_pointer_pos().and_then(under) } else { None };
    if let Some(unit) = response.hover_pos().and_then(under) {
        let at = |values: &[f32]| f64::from(values.get(unit).copied().unwrap_or_default());
        response.on_hover_text_at_pointer(format!(
            "hidden unit {}\nsum {}, after ReLU {}\n{} \u{00d7} {} = {}",
            unit + 1,
            signed(at(&hidden.before)),
            number(at(&hidden.after)),
            number(at(&hidden.after)),
            signed(at(&hidden.weights)),
            signed(share(hidden, unit))
        ));
    }
    clicked
}

fn share(hidden: &Hidden, unit: usize) -> f64 {
    hidden.contributions.get(unit).copied().unwrap_or_default()
}

/// A number that fits under a small picture.
fn short(value: f32) -> String {
    if value == 0.0 { "off".to_owned() } else { format!("{value:.2}") }
}
