//! What the model answers: dots on the sigmoid, or how sure it is of each digit.

use super::super::bars;
use crate::experiments::trainer::{Batch, Snapshot};
use crate::math::loss::sigmoid;
use crate::widgets::{chart, theme};
use egui::{RichText, Ui, Vec2};
use egui_plot::{Line, Points};

/// The sigmoid is drawn at least this far to both sides.
const REACH: f64 = 6.0;

/// Draws the answers to the batch, or to its image at `looked_at` where an image has several logits.
pub(super) fn show(ui: &mut Ui, snapshot: &Snapshot, batch: &Batch, looked_at: usize, height: f32) {
    if batch.logits.len() == batch.classes.len() {
        dots(ui, snapshot, batch, looked_at, height);
        return;
    }
    let (logits, probabilities) = (batch.logits_of(looked_at), batch.predictions_of(looked_at));
    let class = batch.classes.get(looked_at).copied().unwrap_or_default();
    let digit = snapshot.digits.get(usize::from(class)).copied().unwrap_or_default();
    ui.horizontal(|ui| {
        ui.strong("Its answer to this image");
        let text = format!("taught as {digit}");
        ui.label(RichText::new(text).color(theme::tokens(ui).text_weak));
    });
    let size = Vec2::new(ui.available_width(), height - 26.0);
    bars::probabilities(ui, &snapshot.digits, probabilities, logits, class, size);
}

fn dots(ui: &mut Ui, snapshot: &Snapshot, batch: &Batch, looked_at: usize, height: f32) {
    let tokens = theme::tokens(ui);
    let [first, second] = [0, 1].map(|class| snapshot.digits.get(class).copied().unwrap_or_default());
    let sizes = batch.logits.iter().map(|logit| f64::from(logit.abs()));
    let reach = sizes.filter(|logit| logit.is_finite()).fold(REACH, f64::max);
    // In a narrow window one line has to do.
    let rest = if ui.available_width() < 330.0 { String::new() } else { format!(", below says {second}") };
    let title = format!("Sigmoid of each logit: above 0.5 says {first}{rest}");
    // The title names both axes; where there is height to spare, they are named again.
    let [x, y] = if height < 110.0 { ["", ""] } else { ["logit", "sigmoid"] };
    let plot = chart::plot("sigmoid", x, y).height(height - 22.0).include_y(-0.05).include_y(1.05);
    chart::titled(ui, &title, plot, |plot| {
        let curve = (0..=120).map(|i| -reach + 2.0 * reach * f64::from(i) / 120.0).map(|x| [x, sigmoid(x)]);
        let curve = Line::new("sigmoid", chart::points(curve));
        plot.line(curve.color(tokens.text_weak).width(1.5).allow_hover(false));
        for (class, &digit) in snapshot.digits.iter().enumerate() {
            let mine = batch.classes.iter().zip(batch.logits.iter().zip(batch.predictions.iter()));
            let mine = mine.filter(|(actual, _)| usize::from(**actual) == class);
            let points = chart::points(mine.map(|(_, (&x, &y))| [f64::from(x), f64::from(y)]));
            let points = Points::new(format!("images of {digit}"), points).radius(3.0);
            plot.points(points.color(theme::digit(digit).gamma_multiply(0.75)));
        }
        if let (Some(&x), Some(&y)) = (batch.logits.get(looked_at), batch.predictions.get(looked_at)) {
            let chosen = Points::new("the chosen image", chart::points([[f64::from(x), f64::from(y)]]));
            plot.points(chosen.radius(6.0).filled(false).color(tokens.accent));
        }
    });
}
