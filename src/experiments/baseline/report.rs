//! How well the means tell digits apart, and the sample beside them, in numbers: what `run --json` prints.

use super::{Snapshot, Validation};
use crate::compute::Device;
use crate::experiments::sample::Sample;
use crate::math::distance::{Measures, Metric, Template, nearest};
use serde::Serialize;

/// One of the digits told apart.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Class {
    /// The digit.
    pub digit: u8,
    /// Its training images.
    pub train: usize,
    /// Its validation images.
    pub valid: usize,
    /// Its validation images that are nearest to its own mean; `None` while there are no means.
    pub correct: Option<u32>,
    /// `correct / valid`, 0 to 1; `None` without means or validation images.
    pub accuracy: Option<f64>,
    /// Training images averaged so far.
    pub stacked: u32,
}

/// The sample against one mean.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Distance {
    /// The mean's digit.
    pub digit: u8,
    /// How far the sample is from it.
    #[serde(flatten)]
    pub measures: Measures,
}

/// The sample against each mean.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct SampleReport {
    /// `train/3/10000.png`, or the path of a picture.
    pub source: String,
    /// Its digit, where that is known.
    pub label: Option<u8>,
    /// Its index in its split, if it is in one.
    pub index: Option<u32>,
    /// One a class; empty while there are no means.
    pub distances: Vec<Distance>,
    /// The digit of the nearest mean by the chosen metric.
    pub prediction: Option<u8>,
}

/// All numbers that are seen.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Report {
    /// What computes.
    pub device: Device,
    /// Why another device computes than was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notice: Option<String>,
    /// The digits told apart.
    pub classes: Vec<Class>,
    /// The mean of the classes' accuracies, 0 to 1.
    pub mean_accuracy: Option<f64>,
    /// The share of all validation images that are called right, 0 to 1.
    pub pooled_accuracy: Option<f64>,
    /// The sample.
    pub sample: SampleReport,
    /// What "near" means.
    pub metric: Metric,
    /// Images averaged of each digit that has so many.
    pub stacked: u64,
    /// How often an image of each class (row) was taken for each class (column); empty while there are no means.
    pub confusion: Vec<Vec<u32>>,
}

impl Report {
    pub(super) fn new(snapshot: &Snapshot, sample: &Sample, metric: Metric, validation: Option<&Validation>) -> Self {
        let data = &snapshot.data;
        let confusion = validation.map(|all| all.confusion.clone()).unwrap_or_default();
        let class = |(index, (&digit, &stacked)): (usize, (&u8, &u32))| {
            let correct = confusion.get(index).and_then(|row| row.get(index)).copied();
            let valid = data.valid.of_digit(digit).len();
            let accuracy = correct.and_then(|correct| ratio(f64::from(correct), valid));
            Class { digit, train: data.train.of_digit(digit).len(), valid, correct, accuracy, stacked }
        };
        let classes: Vec<Class> = snapshot.digits.iter().zip(&snapshot.sizes).enumerate().map(class).collect();
        let accuracies: Vec<f64> = classes.iter().filter_map(|class| class.accuracy).collect();
        let correct: Option<u32> = classes.iter().map(|class| class.correct).sum();
        Self {
            device: snapshot.meter.device(),
            notice: snapshot.meter.notice(),
            mean_accuracy: ratio(accuracies.iter().sum(), accuracies.len()),
            pooled_accuracy: correct
                .and_then(|correct| ratio(f64::from(correct), classes.iter().map(|class| class.valid).sum())),
            sample: SampleReport::of(sample, &snapshot.digits, &snapshot.templates, metric),
            classes,
            metric,
            stacked: snapshot.stacked,
            confusion,
        }
    }
}

impl SampleReport {
    fn of(sample: &Sample, digits: &[u8], templates: &[Template], metric: Metric) -> Self {
        let measure =
            |(&digit, template): (&u8, &Template)| Distance { digit, measures: template.measures(&sample.pixels) };
        let distances: Vec<Distance> = digits.iter().zip(templates).map(measure).collect();
        let class = nearest(&distances.iter().map(|distance| distance.measures.by(metric)).collect::<Vec<_>>());
        let prediction = class.and_then(|class| digits.get(class)).copied();
        Self { source: sample.source.clone(), label: sample.label, index: sample.index, distances, prediction }
    }
}

/// `part / whole`; `None` of nothing.
fn ratio(part: f64, whole: usize) -> Option<f64> {
    (whole > 0).then(|| part / whole as f64)
}
