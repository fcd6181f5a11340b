//! Convolutions: the first layer's filters, and what the image becomes, layer by layer.

use super::super::maps::{Atlas, Layout, Map};
use super::detail::signed;
use crate::experiments::report::number;
use crate::experiments::trainer::{Activations, FeatureMaps, MAP_LAYERS, ModelSeen, Snapshot, Units};
use crate::widgets::heatmap::Scale;
use crate::widgets::theme;
use egui::{Label, RichText, Ui};
use std::sync::Arc;

/// Maps in a row, of each layer: the deeper, the more and the smaller.
const COLUMNS: [f32; MAP_LAYERS] = [8.0, 16.0, 16.0];
/// The widest map, in points.
const WIDEST: f32 = 52.0;
/// Points along a filter, at most.
const FILTER: f32 = 36.0;

/// The pictures.
#[derive(Default)]
pub(super) struct Cnn {
    filters: Atlas,
    layers: [Atlas; MAP_LAYERS],
    /// The map under the pointer in the last frame: its convolution, and its index there.
    hovered: Option<(usize, usize)>,
}

impl Cnn {
    /// Draws them; `chosen` is the map that is looked at: its convolution, and its index there.
    pub(super) fn show(
        &mut self,
        ui: &mut Ui,
        snapshot: &Snapshot,
        seen: &ModelSeen,
        activations: &Arc<Activations>,
        chosen: &mut (usize, usize),
    ) {
        self.filters(ui, snapshot, activations, chosen);
        let tokens = theme::tokens(ui);
        let mut hovered = None;
        for (index, (layer, atlas)) in seen.maps().iter().zip(&mut self.layers).enumerate() {
            let values = activations.output(layer.layer);
            let FeatureMaps { count, side, largest, .. } = *layer;
            let told = self.hovered.filter(|at| at.0 == index).or((chosen.0 == index).then_some(*chosen));
            ui.horizontal(|ui| {
                ui.strong(format!("Convolution {}", index + 1));
                let mut text =
                    format!("{count} maps of {side} \u{00d7} {side}, after ReLU; black is {}", number(largest.into()));
                if let Some((_, at)) = told {
                    text = format!("{text}.  {}", describe(side, at, values));
                }
                ui.add(Label::new(RichText::new(text).small().color(tokens.text_weak)).truncate());
            });
            let maps = values.chunks(side * side).map(|values| Map { values, caption: String::new(), frame: None });
            let maps: Vec<Map<'_>> = maps.collect();
            let scale = Scale::Ink { max: if largest > 0.0 && largest.is_finite() { largest } else { 1.0 } };
            let width = (ui.available_width() / COLUMNS[index] - 6.1).clamp(16.0, WIDEST).floor();
            let layout = Layout { side, width, scale };
            let label = format!("The {count} feature maps of convolution {}; the arrow keys choose one", index + 1);
            let marked = (chosen.0 == index).then_some(chosen.1);
            let answer = atlas.show(ui, &label, &maps, layout, (activations, 0), marked);
            if let Some(at) = answer.chosen {
                *chosen = (index, at);
            }
            hovered = hovered.or(answer.hovered.map(|at| (index, at)));
        }
        self.hovered = hovered;
        ui.add(Label::new(RichText::new(last(snapshot, activations)).small().color(tokens.text_weak)).wrap());
    }

    /// The filters, and the nine weights of the one that is looked at.
    fn filters(&mut self, ui: &mut Ui, snapshot: &Snapshot, activations: &Arc<Activations>, map: &mut (usize, usize)) {
        let (units, state) = (Units::of(snapshot), snapshot.state.as_deref());
        let chosen = if map.0 == 0 { map.1.min(units.count.saturating_sub(1)) } else { 0 };
        ui.horizontal_top(|ui| {
            ui.vertical(|ui| {
                ui.set_width((ui.available_width() - 200.0).max(180.0));
                ui.strong(format!("{} filters of 3 \u{00d7} 3 look at the image", units.count))
                    .on_hover_text("Each is laid around every second pixel of every second row: 9 products and a bias");
                let maps: Vec<Map<'_>> = (0..units.count)
                    .map(|index| Map {
                        values: units.weights(index, state).unwrap_or_default(),
                        caption: String::new(),
                        frame: None,
                    })
                    .collect();
                let width = (ui.available_width() / 8.0 - 6.1).clamp(24.0, FILTER).floor();
                let layout = Layout { side: units.side, width, scale: Scale::signed(units.all_weights(state)) };
                let label = "The filters of the first convolution; the arrow keys choose one";
                let marked = (map.0 == 0).then_some(chosen);
                if let Some(at) = self.filters.show(ui, label, &maps, layout, (activations, 0), marked).chosen {
                    *map = (0, at);
                }
            });
            ui.vertical(|ui| {
                ui.spacing_mut().item_spacing.y = 1.0;
                let bias = units.bias(chosen, state).unwrap_or_default();
                let text = format!("filter {}, bias {}", chosen + 1, signed(bias.into()));
                ui.label(RichText::new(text).small().color(theme::tokens(ui).text_weak));
                for row in units.weights(chosen, state).unwrap_or_default().chunks(units.side) {
                    let text: Vec<String> = row.iter().map(|weight| format!("{weight:+.3}")).collect();
                    ui.label(RichText::new(text.join("  ")).monospace().size(12.0));
                }
            });
        });
    }
}

/// A feature map in words.
fn describe(side: usize, at: usize, values: &[f32]) -> String {
    let area = side * side;
    let Some(map) = values.get(at * area..(at + 1) * area) else { return String::new() };
    let on = map.iter().filter(|value| **value > 0.0).count();
    let largest = map.iter().copied().fold(0.0_f32, f32::max);
    format!("map {}: {on} of {area} above 0, largest {}", at + 1, number(largest.into()))
}

/// What becomes of the last maps.
fn last(snapshot: &Snapshot, activations: &Activations) -> String {
    let count = activations.output(snapshot.architecture.layers.len().saturating_sub(2)).len();
    let logits: Vec<String> = snapshot
        .digits
        .iter()
        .zip(activations.logits())
        .map(|(digit, logit)| format!("{digit}: {}", signed((*logit).into())))
        .collect();
    format!("The last {count} numbers, flattened, go through a linear layer. Logits: {}", logits.join(", "))
}
