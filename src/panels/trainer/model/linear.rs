//! A single layer: the weight image of each logit, and what the image adds up to on it.

use super::super::looked::Looked;
use super::super::maps::{Look, Map as Small, Maps};
use super::super::units::{Kind, Units};
use super::detail::{Detail, Output};
use super::place;
use crate::experiments::report::number;
use crate::experiments::trainer::Snapshot;
use crate::math::loss::sigmoid;
use crate::widgets::heatmap::Scale;
use crate::widgets::theme;
use egui::{RichText, Ui};
use serde_json::{Map, Value};

/// The pictures, and the logit that is looked at.
#[derive(Default)]
pub(super) struct Linear {
    maps: Maps,
    detail: Detail,
    at: usize,
}

impl Linear {
    pub(super) fn show(&mut self, ui: &mut Ui, snapshot: &Snapshot, looked: &Looked) {
        let (units, state) = (Units::of(snapshot), snapshot.state.as_deref());
        self.at = self.at.min(units.count.saturating_sub(1));
        if units.kind == Kind::Digit {
            self.gallery(ui, snapshot, looked, units);
        }
        let (Some(image), Some(weights)) = (looked.image(), units.weights(self.at, state)) else { return };
        let logit = looked.logits().get(self.at).copied().unwrap_or_default();
        let (name, after) = if units.kind == Kind::Only {
            let first = snapshot.digits.first().copied().unwrap_or_default();
            let p = number(f64::from(sigmoid(logit)));
            (format!("How much it looks like a {first}"), vec![format!("sigmoid:      {p}")])
        } else {
            let p = looked.probabilities().get(self.at).copied().unwrap_or_default();
            let digit = snapshot.digits.get(self.at).copied().unwrap_or_default();
            (format!("The logit of {digit}"), vec![format!("softmax:      {}", number(p.into()))])
        };
        let bias = Units::bias(state, self.at).unwrap_or_default();
        self.detail.show(ui, &Output { name, image: &image.pixels, weights, bias, after });
    }

    fn gallery(&mut self, ui: &mut Ui, snapshot: &Snapshot, looked: &Looked, units: Units) {
        let state = snapshot.state.as_deref();
        let all = state.and_then(|state| state.first()).map_or(&[][..], |tensor| &tensor.values);
        let best = usize::from(snapshot.architecture.loss.predict(looked.logits()));
        let tokens = theme::tokens(ui);
        let maps: Vec<Small<'_>> = (0..units.count)
            .map(|at| Small {
                values: units.weights(at, state).unwrap_or_default(),
                caption: format!(
                    "{} {:+.1}",
                    snapshot.digits.get(at).copied().unwrap_or_default(),
                    looked.logits().get(at).copied().unwrap_or_default()
                ),
                frame: (at == best).then_some(tokens.success),
            })
            .collect();
        ui.horizontal(|ui| {
            ui.strong("A weight image for each digit");
            let text = "and this image\u{2019}s logit on it; the largest wins";
            ui.label(RichText::new(text).small().color(tokens.text_weak));
        });
        // All ten in one row, so that one of them at large is seen without scrolling.
        let width = (ui.available_width() / units.count.max(1) as f32 - 6.1).clamp(40.0, 82.0).floor();
        let look = Look { side: units.side, width, scale: Scale::signed(all) };
        let label = "The weight image of each digit; the arrow keys choose one";
        let answer = self.maps.show(ui, label, &maps, look, [looked.stamp(), 0], Some(self.at));
        self.at = answer.chosen.unwrap_or(self.at);
    }

    pub(super) fn save(&self, saved: &mut Map<String, Value>) {
        saved.insert("logit".to_owned(), self.at.into());
    }

    pub(super) fn restore(&mut self, saved: &Map<String, Value>) {
        self.at = place(saved, "logit");
    }
}
