//! Convolutions: the first layer's filters, and what the image becomes, layer by layer.

use super::super::looked::{Looked, learning};
use super::super::maps::{Look, Map as Small, Maps};
use super::super::units::Units;
use super::detail::signed;
use crate::experiments::report::number;
use crate::experiments::trainer::Snapshot;
use crate::math::layer::conv2d::{Conv2d, KERNEL};
use crate::math::model::Layer;
use crate::widgets::heatmap::Scale;
use crate::widgets::theme;
use egui::{Label, RichText, Ui};
use serde_json::{Map, Value};

/// Layers of convolutions that are shown.
const LAYERS: usize = 3;
/// Maps in a row, of each layer: the deeper, the more and the smaller.
const COLUMNS: [f32; LAYERS] = [8.0, 16.0, 16.0];
/// The widest map, in points.
const WIDEST: f32 = 52.0;
/// Points along a filter, at most.
const FILTER: f32 = 36.0;

/// The pictures, and the map that is looked at: its layer and its place there.
#[derive(Default)]
pub(super) struct Cnn {
    filters: Maps,
    layers: [Maps; LAYERS],
    at: (usize, usize),
    /// The map under the pointer in the last frame, likewise.
    hovered: Option<(usize, usize)>,
}

impl Cnn {
    pub(super) fn show(&mut self, ui: &mut Ui, snapshot: &Snapshot, looked: &Looked) {
        self.filters(ui, snapshot, looked);
        let places = learning(&snapshot.architecture.layers);
        let convs = places.iter().filter_map(|&at| match snapshot.architecture.layers[at] {
            // What is shown is what the ReLU behind the convolution lets through.
            Layer::Conv2d(conv) => Some((conv, looked.output(at + 1))),
            _ => None,
        });
        let tokens = theme::tokens(ui);
        let mut hovered = None;
        for (layer, (conv, values)) in convs.enumerate().take(LAYERS) {
            let (side, area) = (conv.side_out(), conv.side_out().pow(2));
            let max = values.iter().copied().fold(0.0_f32, f32::max);
            let told = self.hovered.filter(|at| at.0 == layer).or((self.at.0 == layer).then_some(self.at));
            ui.horizontal(|ui| {
                ui.strong(format!("Convolution {}", layer + 1));
                let mut text = format!(
                    "{} maps of {side} \u{00d7} {side}, after ReLU; black is {}",
                    conv.outputs,
                    number(max.into())
                );
                if let Some((_, at)) = told {
                    text = format!("{text}.  {}", describe(conv, at, values));
                }
                ui.add(Label::new(RichText::new(text).small().color(tokens.text_weak)).truncate());
            });
            let maps: Vec<Small<'_>> =
                values.chunks(area).map(|values| Small { values, caption: String::new(), frame: None }).collect();
            let scale = Scale::Ink { max: if max > 0.0 && max.is_finite() { max } else { 1.0 } };
            let width = (ui.available_width() / COLUMNS[layer] - 6.1).clamp(16.0, WIDEST).floor();
            let look = Look { side, width, scale };
            let label =
                format!("The {} feature maps of convolution {}; the arrow keys choose one", conv.outputs, layer + 1);
            let chosen = (self.at.0 == layer).then_some(self.at.1);
            let answer = self.layers[layer].show(ui, &label, &maps, look, [looked.stamp(), layer as u64], chosen);
            if let Some(at) = answer.chosen {
                self.at = (layer, at);
            }
            hovered = hovered.or(answer.hovered.map(|at| (layer, at)));
        }
        self.hovered = hovered;
        ui.add(Label::new(RichText::new(last(snapshot, looked)).small().color(tokens.text_weak)).wrap());
    }

    /// The filters, and the nine weights of the one that is looked at.
    fn filters(&mut self, ui: &mut Ui, snapshot: &Snapshot, looked: &Looked) {
        let (units, state) = (Units::of(snapshot), snapshot.state.as_deref());
        let all = state.and_then(|state| state.first()).map_or(&[][..], |tensor| &tensor.values);
        let chosen = if self.at.0 == 0 { self.at.1.min(units.count.saturating_sub(1)) } else { 0 };
        ui.horizontal_top(|ui| {
            ui.vertical(|ui| {
                ui.set_width((ui.available_width() - 200.0).max(180.0));
                ui.strong(format!("{} filters of 3 \u{00d7} 3 look at the image", units.count))
                    .on_hover_text("Each is laid around every second pixel of every second row: 9 products and a bias");
                let maps: Vec<Small<'_>> = (0..units.count)
                    .map(|at| Small {
                        values: units.weights(at, state).unwrap_or_default(),
                        caption: String::new(),
                        frame: None,
                    })
                    .collect();
                let width = (ui.available_width() / 8.0 - 6.1).clamp(24.0, FILTER).floor();
                let look = Look { side: KERNEL, width, scale: Scale::signed(all) };
                let label = "The filters of the first convolution; the arrow keys choose one";
                let marked = (self.at.0 == 0).then_some(chosen);
                if let Some(at) = self.filters.show(ui, label, &maps, look, [looked.stamp(), 9], marked).chosen {
                    self.at = (0, at);
                }
            });
            ui.vertical(|ui| {
                ui.spacing_mut().item_spacing.y = 1.0;
                let bias = Units::bias(state, chosen).unwrap_or_default();
                let text = format!("filter {}, bias {}", chosen + 1, signed(bias.into()));
                ui.label(RichText::new(text).small().color(theme::tokens(ui).text_weak));
                for row in units.weights(chosen, state).unwrap_or_default().chunks(KERNEL) {
                    let text: Vec<String> = row.iter().map(|weight| format!("{weight:+.3}")).collect();
                    ui.label(RichText::new(text.join("  ")).monospace().size(12.0));
                }
            });
        });
    }

    pub(super) fn save(&self, saved: &mut Map<String, Value>) {
        saved.insert("map".to_owned(), Value::from(vec![self.at.0, self.at.1]));
    }

    pub(super) fn restore(&mut self, saved: &Map<String, Value>) {
        let at = |place: usize| {
            let value = saved.get("map").and_then(|map| map.get(place)).and_then(Value::as_u64);
            value.and_then(|at| usize::try_from(at).ok()).unwrap_or(0)
        };
        self.at = (at(0).min(LAYERS - 1), at(1));
    }
}

/// A feature map in words.
fn describe(conv: Conv2d, at: usize, values: &[f32]) -> String {
    let area = conv.side_out().pow(2);
    let Some(map) = values.get(at * area..(at + 1) * area) else { return String::new() };
    let on = map.iter().filter(|value| **value > 0.0).count();
    let largest = map.iter().copied().fold(0.0_f32, f32::max);
    format!("map {}: {on} of {area} above 0, largest {}", at + 1, number(largest.into()))
}

/// What becomes of the last maps.
fn last(snapshot: &Snapshot, looked: &Looked) -> String {
    let count = snapshot.architecture.layers.last().map_or(0, |layer| match layer {
        Layer::Linear { inputs, .. } => *inputs,
        _ => 0,
    });
    let logits: Vec<String> = snapshot
        .digits
        .iter()
        .zip(looked.logits())
        .map(|(digit, logit)| format!("{digit}: {}", signed((*logit).into())))
        .collect();
    format!("The last {count} numbers, flattened, go through a linear layer. Logits: {}", logits.join(", "))
}
