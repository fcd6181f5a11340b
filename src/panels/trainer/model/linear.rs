//! A single layer: the weight image of each logit, and what the image adds up to on it.

use super::super::maps::{Atlas, Layout, Map};
use super::detail::{Detail, Output};
use crate::experiments::report::number;
use crate::experiments::trainer::{Activations, ModelLook, ModelSeen, Snapshot, UnitKind, Units};
use crate::math::loss::sigmoid;
use crate::widgets::heatmap::Scale;
use crate::widgets::theme;
use egui::{RichText, Ui};
use std::sync::Arc;

/// The pictures.
#[derive(Default)]
pub(super) struct Linear {
    maps: Atlas,
    detail: Detail,
}

impl Linear {
    pub(super) fn show(
        &mut self,
        ui: &mut Ui,
        snapshot: &Snapshot,
        seen: &ModelSeen,
        activations: &Arc<Activations>,
        look: &mut ModelLook,
    ) {
        let units = Units::of(snapshot);
        if units.kind == UnitKind::Digit {
            self.gallery(ui, snapshot, activations, units, &mut look.logit);
        }
        let Some(weighted) = seen.weighted() else { return };
        let logit = activations.logits().get(weighted.unit).copied().unwrap_or_default();
        let (name, after) = if units.kind == UnitKind::Only {
            let first = snapshot.digits.first().copied().unwrap_or_default();
            let p = number(f64::from(sigmoid(logit)));
            (format!("How much it looks like a {first}"), vec![format!("sigmoid:      {p}")])
        } else {
            let p = activations.probabilities.get(weighted.unit).copied().unwrap_or_default();
            let digit = snapshot.digits.get(weighted.unit).copied().unwrap_or_default();
            (format!("The logit of {digit}"), vec![format!("softmax:      {}", number(p.into()))])
        };
        self.detail.show(ui, &Output { name, image: &activations.image.pixels, weighted, after });
    }

    fn gallery(
        &mut self,
        ui: &mut Ui,
        snapshot: &Snapshot,
        activations: &Arc<Activations>,
        units: Units,
        chosen: &mut usize,
    ) {
        let state = snapshot.state.as_deref();
        let best = usize::from(snapshot.architecture.loss.predict(activations.logits()));
        let tokens = theme::tokens(ui);
        let maps: Vec<Map<'_>> = (0..units.count)
            .map(|index| Map {
                values: units.weights(index, state).unwrap_or_default(),
                caption: format!(
                    "{} {:+.1}",
                    snapshot.digits.get(index).copied().unwrap_or_default(),
                    activations.logits().get(index).copied().unwrap_or_default()
                ),
                frame: (index == best).then_some(tokens.success),
            })
            .collect();
        ui.horizontal(|ui| {
            ui.strong("A weight image for each digit");
            let text = "and this image\u{2019}s logit on it; the largest wins";
            ui.label(RichText::new(text).small().color(tokens.text_weak));
        });
        // All ten in one row, so that one of them at large is seen without scrolling.
        let width = (ui.available_width() / units.count.max(1) as f32 - 6.1).clamp(40.0, 82.0).floor();
        let layout = Layout { side: units.side, width, scale: Scale::signed(units.all_weights(state)) };
        let label = "The weight image of each digit; the arrow keys choose one";
        let marked = (*chosen).min(units.count.saturating_sub(1));
        let answer = self.maps.show(ui, label, &maps, layout, (activations, 0), Some(marked));
        *chosen = answer.chosen.unwrap_or(*chosen);
    }
}
