//! What can be seen of a sweep: for the panel, as JSON, as tables, and as values for the lesson.

use super::{LrFind, Point, Settings, Suggestions};
use crate::compute::Device;
use crate::experiments::report::number;
use crate::experiments::walk::shown;
use crate::experiments::{Phase, Stop, Table, Trail, Values};
use serde::Serialize;

/// Lines that the table of points has at most, about.
const ROWS: usize = 25;

/// A sweep as it can be seen now.
#[derive(Clone, Debug, Serialize)]
pub struct Snapshot {
    /// What computes.
    pub device: Device,
    /// Why another device computes than was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notice: Option<String>,
    /// The model's name.
    pub model: &'static str,
    /// The loss's name.
    pub loss_name: &'static str,
    /// The digits that are told apart.
    pub digits: Vec<u8>,
    /// How many numbers there are to learn.
    pub parameters: usize,
    /// One for each mini-batch whose loss is known.
    pub points: Trail<Point>,
    /// The rate this lab suggests: [`Suggestions::tenth`]. Known when the sweep has ended.
    pub suggestion: Option<f64>,
    /// All that the curve suggests.
    pub suggestions: Option<Suggestions>,
    /// Why it ended.
    pub stopped: Option<Stop>,
    /// The phase that ran last.
    pub phase: Option<Phase>,
    /// The rate of the mini-batch whose phases run, or ran last.
    pub lr: Option<f64>,
    /// The length of its gradient: from `Gradient` on.
    pub gradient_norm: Option<f64>,
    /// Steps made.
    pub steps: u64,
    /// Mini-batches in an epoch.
    pub batches: u64,
    /// The share of its images that were read rightly.
    pub batch_accuracy: Option<f64>,
    /// All settings.
    #[serde(skip)]
    pub settings: Settings,
}

impl Snapshot {
    pub(super) fn of(sweep: &LrFind) -> Self {
        let LrFind { plan, backend, phase, .. } = sweep;
        let is_known = matches!(phase, Some(Phase::Gradient | Phase::Step));
        Self {
            device: backend.device(),
            notice: backend.notice().map(str::to_owned),
            model: plan.model.name,
            loss_name: plan.model.loss.name(),
            digits: plan.task.digits.clone(),
            parameters: plan.model.parameter_count(),
            points: sweep.points.clone(),
            suggestion: sweep.suggestions.map(|found| found.tenth),
            suggestions: sweep.suggestions,
            stopped: sweep.stopped.clone(),
            phase: *phase,
            lr: sweep.batch.map(|(lr, _)| lr),
            gradient_norm: is_known.then(|| {
                let gradient = backend.gradient();
                let squares = gradient.iter().flat_map(|tensor| &tensor.values).map(|&value| f64::from(value).powi(2));
                squares.sum::<f64>().sqrt()
            }),
            steps: sweep.steps,
            batches: plan.batches(),
            batch_accuracy: sweep.batch.map(|(_, score)| score.accuracy()),
            settings: sweep.settings.clone().into_inner(),
        }
    }

    /// The point with the lowest smoothed loss so far.
    #[must_use]
    pub fn lowest(&self) -> Option<&Point> {
        self.points.iter().min_by(|a, b| a.smoothed.total_cmp(&b.smoothed))
    }

    /// The points, and what they suggest.
    pub(super) fn tables(&self) -> Vec<Table> {
        let title = format!("Learning-rate finder: {}, {} parameters, {}", self.model, self.parameters, self.loss_name);
        let mut points = Table::new(title, &["batch", "lr", "loss", "smoothed"]);
        for (at, point) in self.points.sampled(ROWS) {
            points.row([(at + 1).to_string(), number(point.lr), number(point.loss), number(point.smoothed)]);
        }
        let mut rates = Table::new("Suggested rates", &["rule", "lr"]).left();
        if let Some(found) = self.suggestions {
            for (rule, lr) in found.rules() {
                rates.row([rule.to_owned(), number(lr)]);
            }
        }
        vec![points, rates]
    }

    /// The named values of the lesson; a dash stands for what is not known yet.
    pub(super) fn values(&self) -> Values {
        let dash = || "-".to_owned();
        let last = self.points.last();
        let known = self.suggestions;
        let settings = &self.settings;
        Values::from([
            ("model", self.model.to_owned()),
            ("parameters", self.parameters.to_string()),
            ("loss_name", self.loss_name.to_owned()),
            ("digits", self.digits.iter().map(u8::to_string).collect::<Vec<_>>().join(" ")),
            ("batch_size", settings.batch_size.to_string()),
            ("start", number(settings.start)),
            ("end", number(settings.end)),
            ("iterations", settings.iterations.to_string()),
            ("factor", number(settings.rate(1) / settings.rate(0))),
            ("batch", if self.lr.is_some() { self.batch().to_string() } else { dash() }),
            ("points", self.points.len().to_string()),
            ("lr", shown(self.lr)),
            ("loss", shown(last.map(|point| point.loss))),
            ("smoothed", shown(last.map(|point| point.smoothed))),
            ("lowest_smoothed", shown(self.lowest().map(|point| point.smoothed))),
            ("batch_accuracy", shown(self.batch_accuracy)),
            ("gradient_norm", shown(self.gradient_norm)),
            ("suggestion", shown(self.suggestion)),
            ("lowest", shown(known.map(|found| found.lowest))),
            ("steepest", shown(known.map(|found| found.steepest))),
            ("valley", shown(known.map(|found| found.valley))),
            ("steps", self.steps.to_string()),
            ("stopped", self.stopped.as_ref().map_or("", Stop::sentence).to_owned()),
        ])
    }

    /// The mini-batch whose phases run, or ran last, counted from 1.
    const fn batch(&self) -> u64 {
        self.steps + if matches!(self.phase, Some(Phase::Step | Phase::Stop)) { 0 } else { 1 }
    }
}

impl Suggestions {
    /// Each rule in words, and the rate it gives.
    #[must_use]
    pub const fn rules(self) -> [(&'static str, f64); 3] {
        [
            ("a tenth of the rate with the lowest smoothed loss", self.tenth),
            ("valley: the middle of the longest fall", self.valley),
            ("steepest: where it falls fastest", self.steepest),
        ]
    }
}
