//! Loss and accuracy over the run, with the baseline and the pinned runs behind them.

use crate::experiments::report::number;
use crate::experiments::trainer::{Epoch, Pin, Point, Snapshot};
use crate::widgets::{chart, theme};
use egui::{Align2, Color32, RichText, Ui, Vec2};
use egui_plot::{HLine, Line, LineStyle, PlotPoint, Points, Text};

/// Points of the epochs' curves, at most about.
const EPOCH_POINTS: usize = 400;
/// Epochs that are each marked, at most.
const MOST_MARKS: usize = 60;
/// Room for the title with the legend beside it, in points.
const HEAD: f32 = 24.0;

/// What a plot shows of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Measure {
    Loss,
    Accuracy,
}

impl Measure {
    fn of_point(self, point: Point) -> f64 {
        match self {
            Self::Loss => point.loss.into(),
            Self::Accuracy => point.accuracy.into(),
        }
    }

    const fn of_epoch(self, epoch: &Epoch) -> f64 {
        match self {
            Self::Loss => epoch.valid_loss,
            Self::Accuracy => epoch.accuracy,
        }
    }

    /// Of a pin's epoch, its loss or its accuracy.
    const fn of_pin(self, [loss, accuracy]: [f64; 2]) -> f64 {
        match self {
            Self::Loss => loss,
            Self::Accuracy => accuracy,
        }
    }
}

/// The measure of every mini-batch, and of the held-out images after every epoch.
pub(super) fn show(ui: &mut Ui, snapshot: &Snapshot, pins: &[Pin], measure: Measure, size: Vec2) {
    let tokens = theme::tokens(ui);
    let batches = snapshot.batches.max(1) as f64;
    let curve = &snapshot.curve;
    let points = curve.points.iter().enumerate();
    let train: Vec<[f64; 2]> = points.map(|(i, point)| [curve.step(i) / batches, measure.of_point(*point)]).collect();
    let valid = epochs(snapshot, |epoch| measure.of_epoch(epoch));
    let by_batch = epochs(snapshot, |epoch| epoch.batch_accuracy);
    let faint = tokens.data.gamma_multiply(0.65);
    let baseline = snapshot.baseline_accuracy;
    let (title, id) = match measure {
        Measure::Loss => ("Loss", "trainer loss"),
        Measure::Accuracy => ("Accuracy", "trainer accuracy"),
    };
    ui.vertical(|ui| {
        ui.set_width(size.x);
        ui.spacing_mut().item_spacing.y = 1.0;
        legend(ui, snapshot, measure, title, faint);
        let shown = (snapshot.epochs.len() as f64).min(snapshot.epochs_asked as f64);
        let mut plot = chart::plot(id, "epoch", "").width(size.x).height((size.y - HEAD).max(60.0));
        plot = plot
            .include_x(0.0)
            .include_x(shown.max(1.0))
            .y_axis_min_width(28.0)
            .y_axis_formatter(|mark, _| tick(mark.value));
        plot = match measure {
            Measure::Loss => plot.include_y(0.0),
            // Marks a fifth apart: powers of ten leave room for one label only.
            Measure::Accuracy => {
                plot.include_y(1.0).include_y(0.4).y_grid_spacer(egui_plot::uniform_grid_spacer(|_| [0.1, 0.2, 1.0]))
            }
        };
        let plot = plot.label_formatter(|_| None).grid_color(tokens.line).cursor_color(tokens.text_weak);
        let shown = plot.show(ui, |plot| {
            for (index, pin) in pins.iter().enumerate() {
                let points = pin.epochs.iter().map(|point| [point[0], measure.of_pin([point[1], point[2]])]);
                let line = Line::new("pinned", chart::points(points));
                plot.line(line.color(theme::series(index).gamma_multiply(0.6)).width(1.5).allow_hover(false));
            }
            plot.line(Line::new("training", train).color(faint).width(1.0).allow_hover(false));
            if measure == Measure::Accuracy {
                let line = HLine::new("nearest mean", baseline).color(tokens.reference).width(1.2);
                plot.hline(line.style(LineStyle::dashed_dense()).allow_hover(false));
                let text = RichText::new(format!("nearest mean {baseline:.3}")).small().color(tokens.reference);
                // A curve may pass behind it.
                let text = text.background_color(tokens.background.gamma_multiply(0.85));
                let text = Text::new("nearest mean", PlotPoint::new(shown.max(1.0), baseline), text);
                plot.text(text.anchor(Align2::RIGHT_TOP).allow_hover(false));
                series(plot, "batch mean", by_batch, tokens.text_weak, 1.0);
            }
            series(plot, "validation", valid, tokens.prediction, 2.0);
            plot.pointer_coordinate().map(|at| at.x)
        });
        shown.response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, title));
        if let Some(x) = shown.inner.filter(|_| shown.response.hovered()) {
            shown.response.on_hover_text_at_pointer(read_out(snapshot, pins, measure, x));
        }
    });
}

/// The title, the last value, and what each colour stands for, which both plots share.
fn legend(ui: &mut Ui, snapshot: &Snapshot, measure: Measure, title: &str, train: Color32) {
    let tokens = theme::tokens(ui);
    let last = snapshot.epochs.last();
    ui.horizontal(|ui| {
        ui.strong(title);
        if let (Measure::Accuracy, Some(epoch)) = (measure, last) {
            let tip = "The share of all held-out images that is read rightly";
            ui.label(RichText::new(format!("{:.4}", epoch.accuracy)).monospace().color(tokens.prediction))
                .on_hover_text(tip);
            let text = format!("batch mean {:.4}", epoch.batch_accuracy);
            let tip = "The mean of the validation batches\u{2019} shares, as the book prints it. The last batch is smaller, but counts as much";
            ui.label(RichText::new(text).small().color(tokens.text_weak)).on_hover_text(tip);
        } else if let Some(epoch) = last {
            let tip = "The mean loss of the held-out images";
            ui.label(RichText::new(number(epoch.valid_loss)).monospace().color(tokens.prediction)).on_hover_text(tip);
        }
        if measure == Measure::Loss {
            let entry = |ui: &mut Ui, color: Color32, text: &str, tip: &str| {
                ui.label(RichText::new(text).size(11.5).color(color)).on_hover_text(tip);
            };
            entry(ui, train, "\u{2014} training", "Each mini-batch, before its step");
            entry(ui, tokens.prediction, "\u{2022} validation", "The held-out images, after each epoch");
        }
    });
}

/// Exact values at an epoch.
fn read_out(snapshot: &Snapshot, pins: &[Pin], measure: Measure, x: f64) -> String {
    let mut lines = Vec::new();
    let curve = &snapshot.curve;
    let batches = snapshot.batches.max(1) as f64;
    let distance = |i: usize| (curve.step(i) / batches - x).abs();
    let nearest = (0..curve.points.len()).min_by(|&a, &b| distance(a).total_cmp(&distance(b)));
    if let Some(i) = nearest {
        let which = match curve.batches_per_point {
            1 => format!("mini-batch {:.0}", curve.step(i)),
            several => format!("{several} mini-batches around {:.0}", curve.step(i)),
        };
        lines.push(format!("{which}: {}", number(measure.of_point(curve.points[i]))));
    }
    let asked = x.round().max(0.0);
    let epoch = snapshot.epochs.iter().take_while(|epoch| epoch.epoch as f64 <= asked).last();
    if let Some(epoch) = epoch {
        let name = if epoch.epoch == 0 { "before training".to_owned() } else { format!("after epoch {}", epoch.epoch) };
        lines.push(match (measure, epoch.train_loss) {
            (Measure::Loss, Some(train)) => {
                format!("{name}: validation {:.6}, training {train:.6}", epoch.valid_loss)
            }
            (Measure::Loss, None) => format!("{name}: validation {:.6}", epoch.valid_loss),
            (Measure::Accuracy, _) => {
                format!("{name}: {:.6} of all, batch mean {:.6}", epoch.accuracy, epoch.batch_accuracy)
            }
        });
    }
    for pin in pins {
        if let Some(point) = pin.at(asked) {
            lines.push(format!("{}: {:.6}", pin.name(), measure.of_pin(point)));
        }
    }
    lines.join("\n")
}

/// A number beside the axis: short, even when a loss runs away.
fn tick(value: f64) -> String {
    if value.abs() >= 1e4 {
        format!("{value:.0e}")
    } else {
        format!("{value:.3}").trim_end_matches('0').trim_end_matches('.').to_owned()
    }
}

fn epochs(snapshot: &Snapshot, value: impl Fn(&Epoch) -> f64) -> Vec<[f64; 2]> {
    snapshot.epochs.sampled(EPOCH_POINTS).map(|(_, epoch)| [epoch.epoch as f64, value(epoch)]).collect()
}

fn series(plot: &mut egui_plot::PlotUi<'_>, name: &str, points: Vec<[f64; 2]>, color: Color32, width: f32) {
    // Many points would run into each other and hide what is behind them.
    if points.len() <= MOST_MARKS {
        plot.points(Points::new(name, points.clone()).color(color).radius(width + 1.0).allow_hover(false));
    }
    plot.line(Line::new(name, points).color(color).width(width).allow_hover(false));
}
