//! A hidden layer: every unit's weight image, how much the image sets it off, and what that adds to the output.

use super::super::keys::moved;
use super::super::looked::{Looked, learning};
use super::super::maps::{Look, Map as Small, Maps};
use super::super::units::Units;
use super::detail::{Detail, Output, signed};
use super::place;
use crate::data::PIXELS;
use crate::experiments::report::number;
use crate::experiments::trainer::Snapshot;
use crate::widgets::heatmap::Scale;
use crate::widgets::theme;
use egui::{Button, Color32, Label, Rect, RichText, Role, Sense, Ui, Vec2, WidgetInfo, pos2};
use serde_json::{Map, Value};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

/// More units than these have smaller pictures without captions.
const FEW: usize = 40;

/// The pictures, the unit that is looked at, and their order.
#[derive(Default)]
pub(super) struct Hidden {
    maps: Maps,
    detail: Detail,
    unit: usize,
    /// The output whose sum is shown; `None` for the one with the largest logit.
    output: Option<usize>,
    by_share: bool,
}

/// What the units add to one output for one image.
struct Sum<'a> {
    /// Before the ReLU, and after it: `(units)`.
    before: &'a [f32],
    after: &'a [f32],
    /// The output's weights: `(units)`.
    weights: &'a [f32],
    bias: f32,
    output: usize,
}

impl<'a> Sum<'a> {
    fn of(snapshot: &'a Snapshot, looked: &'a Looked, output: usize) -> Option<Self> {
        let [first, last] = learning(&snapshot.architecture.layers)[..] else { return None };
        let state = snapshot.state.as_deref()?;
        let (before, after) = (looked.output(first), looked.output(last - 1));
        let count = after.len();
        let weights = state.get(2)?.values.get(output * count..(output + 1) * count)?;
        let bias = *state.get(3)?.values.get(output)?;
        Some(Self { before, after, weights, bias, output })
    }

    fn share(&self, unit: usize) -> f64 {
        let at = |values: &[f32]| f64::from(values.get(unit).copied().unwrap_or_default());
        at(self.after) * at(self.weights)
    }
}

impl Hidden {
    pub(super) fn show(&mut self, ui: &mut Ui, snapshot: &Snapshot, looked: &Looked) {
        let units = Units::of(snapshot);
        let outputs = looked.logits().len();
        let best = if outputs > 1 { usize::from(snapshot.architecture.loss.predict(looked.logits())) } else { 0 };
        let output = self.output.filter(|output| *output < outputs).unwrap_or(best);
        let Some(sum) = Sum::of(snapshot, looked, output) else { return };
        self.unit = self.unit.min(units.count.saturating_sub(1));
        let mut order: Vec<usize> = (0..units.count).collect();
        if self.by_share {
            order.sort_by(|&a, &b| sum.share(b).abs().total_cmp(&sum.share(a).abs()));
        }
        self.switches(ui, snapshot, &sum, outputs);
        self.gallery(ui, snapshot, looked, units, &order, &sum);
        self.shares(ui, snapshot, looked, &order, &sum);
        let state = snapshot.state.as_deref();
        let (Some(image), Some(weights)) = (looked.image(), units.weights(self.unit, state)) else { return };
        let active = sum.after.get(self.unit).copied().unwrap_or_default();
        let weight = sum.weights.get(self.unit).copied().unwrap_or_default();
        let after = vec![
            format!("ReLU:         {}", number(active.into())),
            format!("output weight {}", signed(weight.into())),
            format!("adds          {}", signed(sum.share(self.unit))),
        ];
        let name = format!("Hidden unit {} of {}", self.unit + 1, units.count);
        let bias = Units::bias(state, self.unit).unwrap_or_default();
        ui.add_space(4.0);
        self.detail.show(ui, &Output { name, image: &image.pixels, weights, bias, after });
    }

    /// The order of the units, and the output that they are added up for.
    fn switches(&mut self, ui: &mut Ui, snapshot: &Snapshot, sum: &Sum<'_>, outputs: usize) {
        let tokens = theme::tokens(ui);
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            let on = sum.after.iter().filter(|value| **value > 0.0).count();
            ui.strong(format!("{on} of {} hidden units are on", sum.after.len()))
                .on_hover_text("A unit is on where the ReLU lets its sum through: above 0");
            ui.add_space(8.0);
            let tip = "Sort the units by how much they add to the output for this image";
            if ui.add(Button::selectable(self.by_share, "largest first").small()).on_hover_text(tip).clicked() {
                self.by_share = !self.by_share;
            }
            if outputs > 1 {
                ui.add_space(8.0);
                ui.label(RichText::new("adding to").small().color(tokens.text_weak));
                for (output, digit) in snapshot.digits.iter().enumerate() {
                    let button = Button::selectable(sum.output == output, digit.to_string()).small();
                    if ui.add(button).on_hover_text(format!("What the units add to the logit of {digit}")).clicked() {
                        self.output = Some(output);
                    }
                }
            }
        });
    }

    fn gallery(
        &mut self,
        ui: &mut Ui,
        snapshot: &Snapshot,
        looked: &Looked,
        units: Units,
        order: &[usize],
        sum: &Sum<'_>,
    ) {
        let (state, tokens) = (snapshot.state.as_deref(), theme::tokens(ui));
        let all = state.and_then(|state| state.first()).map_or(&[][..], |tensor| &tensor.values);
        let is_few = order.len() <= FEW;
        let maps: Vec<Small<'_>> = order
            .iter()
            .map(|&unit| {
                let value = sum.after.get(unit).copied().unwrap_or_default();
                Small {
                    values: units.weights(unit, state).unwrap_or_default(),
                    caption: if is_few { short(value) } else { String::new() },
                    frame: (value > 0.0).then_some(tokens.reference),
                }
            })
            .collect();
        // Colours reach twice the typical size: one large weight must not turn all the others white.
        let typical = (all.iter().map(|weight| weight * weight).sum::<f32>() / (all.len().max(PIXELS)) as f32).sqrt();
        let max = if typical > 0.0 && typical.is_finite() { 2.5 * typical } else { 1.0 };
        let look = Look { side: units.side, width: if is_few { 40.0 } else { 27.0 }, scale: Scale::Signed { max } };
        let mut hash = DefaultHasher::new();
        order.hash(&mut hash);
        let label = "The weight image of each hidden unit; the arrow keys choose one";
        let chosen = order.iter().position(|unit| *unit == self.unit);
        let answer = self.maps.show(ui, label, &maps, look, [looked.stamp(), hash.finish()], chosen);
        if let Some(&unit) = answer.chosen.and_then(|at| order.get(at)) {
            self.unit = unit;
        }
    }

    /// What every unit adds to the output as a bar, and the sum.
    fn shares(&mut self, ui: &mut Ui, snapshot: &Snapshot, looked: &Looked, order: &[usize], sum: &Sum<'_>) {
        let tokens = theme::tokens(ui);
        let total: f64 = order.iter().map(|&unit| sum.share(unit)).sum();
        let logit = looked.logits().get(sum.output).copied().unwrap_or_default();
        let of = match looked.logits().len() {
            1 => String::new(),
            _ => snapshot.digits.get(sum.output).map_or_else(String::new, |digit| format!(" of {digit}")),
        };
        let text = format!(
            "sum of activation \u{00d7} output weight {} + bias {} = logit{of} {}",
            signed(total),
            signed(sum.bias.into()),
            signed(logit.into())
        );
        ui.add(Label::new(RichText::new(text).monospace().size(12.0)).wrap());
        let (rect, response) = ui.allocate_exact_size(Vec2::new(ui.available_width(), 46.0), Sense::click());
        let label = "What each hidden unit adds to the output";
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, label));
        let largest = order.iter().map(|&unit| sum.share(unit).abs()).fold(0.0, f64::max);
        let middle = rect.center().y;
        let pitch = rect.width() / order.len().max(1) as f32;
        ui.painter().hline(rect.x_range(), middle, (1.0, tokens.line));
        for (at, &unit) in order.iter().enumerate() {
            #[expect(clippy::cast_possible_truncation, reason = "a height on the screen")]
            let tall = if largest > 0.0 { (sum.share(unit) / largest) as f32 * rect.height() / 2.0 } else { 0.0 };
            let left = rect.left() + pitch * at as f32;
            let bar = Rect::from_two_pos(pos2(left + 0.5, middle), pos2(left + (pitch - 1.0).max(1.0), middle - tall));
            let color: Color32 = if tall < 0.0 { tokens.prediction } else { tokens.data };
            ui.painter().rect_filled(bar, 0, color);
            if unit == self.unit {
                let mark = Rect::from_x_y_ranges(left..=left + pitch, rect.y_range());
                ui.painter().rect_stroke(mark, 1, (1.5, tokens.accent), egui::StrokeKind::Inside);
            }
        }
        let under = |pos: egui::Pos2| {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "inside the picture")]
            let at = ((pos.x - rect.left()) / pitch).max(0.0) as usize;
            order.get(moved(at, 0, order.len())).copied()
        };
        if let (true, Some(unit)) = (response.clicked(), response.interact_pointer_pos().and_then(under)) {
            self.unit = unit;
        }
        if let Some(unit) = response.hover_pos().and_then(under) {
            let at = |values: &[f32]| f64::from(values.get(unit).copied().unwrap_or_default());
            response.on_hover_text_at_pointer(format!(
                "hidden unit {}\nsum {}, after ReLU {}\n{} \u{00d7} {} = {}",
                unit + 1,
                signed(at(sum.before)),
                number(at(sum.after)),
                number(at(sum.after)),
                signed(at(sum.weights)),
                signed(sum.share(unit))
            ));
        }
    }

    pub(super) fn save(&self, saved: &mut Map<String, Value>) {
        saved.insert("hidden".to_owned(), self.unit.into());
        saved.insert("largest".to_owned(), self.by_share.into());
        if let Some(output) = self.output {
            saved.insert("output".to_owned(), output.into());
        }
    }

    pub(super) fn restore(&mut self, saved: &Map<String, Value>) {
        self.unit = place(saved, "hidden");
        self.by_share = saved.get("largest").and_then(Value::as_bool).unwrap_or(false);
        self.output = saved.contains_key("output").then(|| place(saved, "output"));
    }
}

/// A number that fits under a small picture.
fn short(value: f32) -> String {
    if value == 0.0 { "off".to_owned() } else { format!("{value:.2}") }
}
