//! The weights and the gradient as pictures.

use crate::data::{PIXELS, SIDE};
use crate::experiments::report::number;
use crate::experiments::trainer::Snapshot;
use crate::math::model::Tensor;
use crate::widgets::heatmap::{self, Heatmap, Scale};
use crate::widgets::theme;
use egui::{RichText, Ui};

/// The textures of the two maps.
#[derive(Default)]
pub(super) struct WeightsView {
    weights: Heatmap,
    gradient: Heatmap,
}

impl WeightsView {
    /// Draws both maps; `after_step` says that the weights are already the new ones.
    pub(super) fn show(&mut self, ui: &mut Ui, snapshot: &Snapshot, after_step: bool) {
        let side = ((ui.available_width() - 10.0) / 2.0).floor();
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = 10.0;
            let title = if after_step { "New weights" } else { "Weights" };
            let weights = snapshot.weights().filter(|weights| weights.len() == PIXELS);
            map(ui, &mut self.weights, title, "A blue pixel votes for the first digit", weights, side);
            let gradient = snapshot.gradient.as_deref().and_then(first).filter(|gradient| gradient.len() == PIXELS);
            let tip = "Where it is orange, more weight lowers the loss; the step goes against the gradient";
            map(ui, &mut self.gradient, "Gradient", tip, gradient, side);
        });
        let known = |value: Option<f64>| value.map_or_else(|| "\u{2014}".to_owned(), number);
        let bias = snapshot.bias().and_then(|bias| bias.first()).map(|&bias| f64::from(bias));
        let d_bias = snapshot.gradient.as_deref().and_then(|all| all.last()).and_then(|bias| bias.values.first());
        ui.label(RichText::new(format!("bias {}", known(bias))).monospace());
        ui.label(RichText::new(format!("bias gradient {}", known(d_bias.map(|&value| f64::from(value))))).monospace());
        ui.label(RichText::new(format!("gradient length {}", known(snapshot.gradient_norm))).monospace());
    }
}

fn first(tensors: &[Tensor]) -> Option<&[f32]> {
    tensors.first().map(|tensor| &*tensor.values)
}

fn map(ui: &mut Ui, picture: &mut Heatmap, title: &str, tip: &str, values: Option<&[f32]>, side: f32) {
    ui.vertical(|ui| {
        ui.set_width(side);
        ui.strong(title).on_hover_text(tip);
        let Some(values) = values else {
            let (rect, response) = ui.allocate_exact_size(egui::Vec2::splat(side), egui::Sense::hover());
            ui.painter().rect(rect, 4, theme::tokens(ui).card, (1.0, theme::tokens(ui).line), egui::StrokeKind::Inside);
            ui.painter().text(
                rect.center(),
                egui::Align2::CENTER_CENTER,
                "not computed yet",
                egui::FontId::proportional(13.0),
                theme::tokens(ui).text_weak,
            );
            response.on_hover_text("The Gradient phase fills this in");
            return;
        };
        let scale = Scale::signed(values);
        let cell = picture.show(ui, title, values, SIDE, scale, side);
        let at = cell.at;
        cell.response.on_hover_text(at.map_or_else(
            || tip.to_owned(),
            |(row, column)| {
                let value = values.get(row * SIDE + column).copied().unwrap_or_default();
                format!("row {row}, column {column}\n{value:+.6}")
            },
        ));
        heatmap::legend(ui, scale, side);
    });
}
