//! Loss and accuracy over the run.

use crate::experiments::trainer::{Epoch, Snapshot};
use crate::widgets::{chart, theme};
use egui::{Ui, Vec2};
use egui_plot::{Corner, Legend, Line, Points};

/// Points of the epochs' curves, at most about.
const EPOCH_POINTS: usize = 400;

/// The loss of every mini-batch, and the validation loss after every epoch.
pub(super) fn loss(ui: &mut Ui, snapshot: &Snapshot, size: Vec2) {
    let tokens = theme::tokens(ui);
    let curve = &snapshot.curve;
    let batches = snapshot.batches.max(1) as f64;
    let train: Vec<[f64; 2]> =
        curve.points.iter().enumerate().map(|(i, point)| [curve.step(i) / batches, point.loss.into()]).collect();
    let valid = epochs(snapshot, |epoch| epoch.valid_loss);
    let plot = base("trainer loss", "loss", size, snapshot, Corner::RightTop).include_y(0.0);
    chart::titled(ui, "Loss", plot, |plot| {
        plot.line(Line::new("mini-batches", train).color(tokens.data.gamma_multiply(0.65)).width(1.0));
        series(plot, "validation", valid, tokens.prediction);
    });
}

/// The accuracy of every mini-batch, and the two validation accuracies after every epoch.
pub(super) fn accuracy(ui: &mut Ui, snapshot: &Snapshot, size: Vec2) {
    let tokens = theme::tokens(ui);
    let curve = &snapshot.curve;
    let batches = snapshot.batches.max(1) as f64;
    let train: Vec<[f64; 2]> =
        curve.points.iter().enumerate().map(|(i, point)| [curve.step(i) / batches, point.accuracy.into()]).collect();
    let valid = epochs(snapshot, |epoch| epoch.accuracy);
    let plot = base("trainer accuracy", "accuracy", size, snapshot, Corner::RightBottom).include_y(0.4).include_y(1.0);
    chart::titled(ui, "Accuracy", plot, |plot| {
        plot.line(Line::new("mini-batches", train).color(tokens.data.gamma_multiply(0.65)).width(1.0));
        series(plot, "validation", valid, tokens.prediction);
    });
}

fn base<'a>(id: &'static str, y: &str, size: Vec2, snapshot: &Snapshot, corner: Corner) -> egui_plot::Plot<'a> {
    let shown = (snapshot.epochs.len() as f64).min(snapshot.epochs_asked as f64);
    let plot = chart::plot(id, "epoch", y).width(size.x).height(size.y - 22.0);
    plot.legend(Legend::default().position(corner)).include_x(0.0).include_x(shown.max(1.0))
}

fn epochs(snapshot: &Snapshot, value: impl Fn(&Epoch) -> f64) -> Vec<[f64; 2]> {
    snapshot.epochs.sampled(EPOCH_POINTS).map(|(_, epoch)| [epoch.epoch as f64, value(epoch)]).collect()
}

fn series(plot: &mut egui_plot::PlotUi<'_>, name: &str, points: Vec<[f64; 2]>, color: egui::Color32) {
    plot.line(Line::new(name, points.clone()).color(color).width(2.0));
    plot.points(Points::new(name, points).color(color).radius(3.0));
}
