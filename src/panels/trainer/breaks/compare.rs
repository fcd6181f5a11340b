//! The broken run and the healthy one on the same axes.

use crate::experiments::trainer::Snapshot;
use crate::lesson::Measure;
use crate::widgets::{chart, theme};
use egui::{Ui, Vec2};
use egui_plot::{HoverPosition, Line, Points};

/// Points of a run that are kept, at most about.
const POINTS: usize = 400;

/// What is kept of a run.
pub(super) struct Kept {
    /// Steps of the run when it was noted.
    pub steps: u64,
    /// Epoch and measure, mini-batch after mini-batch.
    train: Vec<[f64; 2]>,
    /// The same of the held-out images, after each epoch.
    valid: Vec<[f64; 2]>,
}

impl Kept {
    pub fn of(snapshot: &Snapshot, measure: Measure) -> Self {
        let (curve, batches) = (&snapshot.curve, snapshot.batches.max(1) as f64);
        let every = curve.points.len().div_ceil(POINTS).max(1);
        let train = curve.points.iter().enumerate().step_by(every).map(|(at, point)| {
            let value = if measure == Measure::Loss { point.loss } else { point.accuracy };
            [curve.step(at) / batches, f64::from(value)]
        });
        let valid = snapshot.epochs.sampled(POINTS).map(|(_, epoch)| {
            [epoch.epoch as f64, if measure == Measure::Loss { epoch.valid_loss } else { epoch.accuracy }]
        });
        Self { steps: snapshot.steps, train: train.collect(), valid: valid.collect() }
    }
}

/// Draws the healthy and the broken run, as far as there are any.
pub(super) fn show(ui: &mut Ui, [healthy, broken]: &[Option<Kept>; 2], measure: Measure, size: Vec2) {
    let tokens = theme::tokens(ui);
    let (title, y) = match measure {
        Measure::Loss => ("Loss", "loss"),
        Measure::Accuracy => ("Accuracy", "accuracy"),
    };
    let plot = chart::plot("break compare", "epoch", y)
        .width(size.x)
        .height(size.y - 22.0)
        .include_x(0.0)
        .include_x(1.0)
        .include_y(0.0)
        .include_y(1.0)
        .label_formatter(move |hover| match hover {
            HoverPosition::NearDataPoint { plot_name, position, .. } => {
                Some(format!("{plot_name}\nepoch {:.2}\n{y} {:.4}", position.x, position.y))
            }
            HoverPosition::Elsewhere { .. } => None,
        });
    let runs = [(healthy, "repaired", tokens.reference), (broken, "broken", tokens.prediction)];
    let mut key: Vec<_> = runs.iter().filter(|run| run.0.is_some()).map(|run| (run.1, run.2)).collect();
    key.push(("points: held-out images", tokens.text_weak));
    let runs = runs
        .map(|(kept, name, color)| (kept.as_ref().map(|kept| (kept.train.clone(), kept.valid.clone())), name, color));
    chart::keyed(ui, title, &key, plot, |plot| {
        for (kept, name, color) in runs {
            let Some((train, valid)) = kept else { continue };
            plot.line(Line::new(name, train).color(color).width(1.5));
            plot.points(Points::new(name, valid).color(color).radius(4.0));
        }
    });
}
