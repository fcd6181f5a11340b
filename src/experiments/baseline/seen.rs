//! What is seen of the stacks: everything that depends on the metric, the sample and the open page.

use super::snapshot::Stacks;
use super::validation::Measuring;
use super::{Cloud, Look, Report, Shapes, Snapshot, Tab, Validation};
use crate::compute::{matrix, sum_images};
use crate::data::{Dataset, PIXELS, units};
use crate::experiments::sample::Sample;
use crate::experiments::{Digits, Part, Same};
use crate::math::distance::Metric;
use serde::Serialize;
use std::sync::Arc;

/// Images compared with means at a time: one or two milliseconds' work.
const COMPARED: usize = 8192;
/// How many images the small means are of; the last is all of them.
const FIRST: [usize; FirstMean::EACH] = [1, 10, usize::MAX];

/// All that a validation depends on.
type Measured = (Stacks, Metric);
/// What a list of images depends on: the measurements, and the open cell of the confusion matrix.
type Cell = (Measured, Option<(u8, u8)>);

/// The mean of a digit's first images.
#[derive(Clone, Debug, PartialEq)]
pub struct FirstMean {
    /// The digit.
    pub digit: u8,
    /// How many images are averaged.
    pub images: u32,
    /// The mean, paper 0 to ink 1.
    pub mean: [f32; PIXELS],
}

/// What is seen.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Seen {
    /// The numbers.
    #[serde(flatten)]
    pub report: Report,
    /// The sample.
    #[serde(skip)]
    pub sample: Arc<Sample>,
    /// The sample's index among the validation images, if it is one of them.
    #[serde(skip)]
    pub sample_index: Option<usize>,
    /// The sample minus each mean, on the page that shows it.
    #[serde(skip)]
    pub differences: Arc<[[f32; PIXELS]]>,
    /// What is broadcast, on the page that shows it.
    #[serde(skip)]
    pub shapes: Option<Shapes>,
    #[serde(skip)]
    validation: Part<Measured, Validation, Measuring>,
    #[serde(skip)]
    first: Part<(Same<Dataset>, Digits), Vec<FirstMean>, Vec<FirstMean>>,
    #[serde(skip)]
    cloud: Part<(Measured, (usize, usize), bool), Cloud>,
    #[serde(skip)]
    listed: Part<Cell, Vec<usize>>,
}

impl FirstMean {
    /// How many there are of each digit.
    pub const EACH: usize = 3;
}

impl Seen {
    /// Every validation image; `None` while there are no means.
    #[must_use]
    pub fn validation(&self) -> Option<&Arc<Validation>> {
        self.validation.get()
    }

    /// The means of the first image, of ten and of all, digit by digit.
    #[must_use]
    pub fn first_means(&self) -> &[FirstMean] {
        self.first.get().map(|means| means.as_slice()).unwrap_or_default()
    }

    /// The dots of the scatter.
    #[must_use]
    pub fn cloud(&self) -> Option<&Arc<Cloud>> {
        self.cloud.get()
    }

    /// The images of the open cell, or all mistakes: the smallest margin first.
    #[must_use]
    pub fn listed(&self) -> &[usize] {
        self.listed.get().map(|indices| indices.as_slice()).unwrap_or_default()
    }

    /// One step towards what is to be seen now; returns whether it was the last.
    pub(super) fn renew(&mut self, snapshot: &Snapshot, look: &Look) -> bool {
        if !self.measure(snapshot, look.metric) || !self.open(snapshot, look) {
            return false;
        }
        self.sample = snapshot.picture.clone().unwrap_or_else(|| {
            Arc::new(Sample::nearest(&snapshot.data, look.split, look.digit, look.nth).unwrap_or_default())
        });
        let validation = self.validation.get();
        self.sample_index = validation.and_then(|all| index_of(&self.sample, all, &snapshot.data));
        self.report = Report::new(snapshot, &self.sample, look.metric, validation.map(|all| &**all));
        self.differences = match look.tab {
            Tab::Means => differences(&self.sample, &snapshot.means, look.absolute),
            _ => Arc::default(),
        };
        true
    }

    fn measure(&mut self, snapshot: &Snapshot, metric: Metric) -> bool {
        let (templates, digits) = (&*snapshot.templates, &*snapshot.digits);
        if templates.is_empty() {
            self.validation.clear();
            return true;
        }
        self.validation.work_on(
            &(snapshot.stacks(), metric),
            || Measuring::new(&snapshot.data, digits),
            |work| {
                let is_last = work.advance(&*snapshot.meter, templates, metric, COMPARED / templates.len());
                is_last.then(|| std::mem::take(work).complete(templates.len()))
            },
        )
    }

    /// What the open page shows besides.
    fn open(&mut self, snapshot: &Snapshot, look: &Look) -> bool {
        let measured = || (snapshot.stacks(), look.metric);
        self.shapes = (look.tab == Tab::Broadcasting).then(|| Shapes::new(snapshot, look));
        match (look.tab, self.validation.get()) {
            (Tab::Means, _) => return self.average(snapshot),
            (Tab::Scatter, Some(all)) => {
                let axes = look.axis_classes(snapshot);
                self.cloud.renew((measured(), axes, look.only), || Cloud::new(all, axes, look.only));
            }
            (Tab::Mistakes, Some(all)) => {
                let open = look.open_cell(snapshot);
                let cell = open.and_then(|(actual, said)| snapshot.class(actual).zip(snapshot.class(said)));
                let list = || cell.map_or_else(|| all.mistakes(), |(actual, said)| all.cell(actual, said));
                self.listed.renew((measured(), open), list);
            }
            _ => {}
        }
        true
    }

    /// The means of the first images, a digit at a time.
    fn average(&mut self, snapshot: &Snapshot) -> bool {
        let (data, digits) = (&snapshot.data, &snapshot.digits);
        let step = |means: &mut Vec<FirstMean>| {
            if let Some(&digit) = digits.get(means.len() / FirstMean::EACH) {
                means.extend(first_means(data, digit));
            }
            (means.len() >= digits.len() * FirstMean::EACH).then(|| std::mem::take(means))
        };
        self.first.work_on(&(Same(Arc::clone(data)), digits.clone()), Vec::new, step)
    }
}

/// The means of the first images of a digit that has training images: one for each of [`FIRST`].
fn first_means(data: &Dataset, digit: u8) -> impl Iterator<Item = FirstMean> + '_ {
    let (train, indices) = (&data.train, data.train.of_digit(digit));
    FIRST.into_iter().filter_map(move |count| {
        let sum = sum_images(matrix(train), indices.get(..count.min(indices.len())).unwrap_or_default());
        sum.mean().map(|mean| FirstMean { digit, images: sum.count(), mean })
    })
}

fn differences(sample: &Sample, means: &[[f32; PIXELS]], absolute: bool) -> Arc<[[f32; PIXELS]]> {
    let sample = units(&sample.pixels);
    let difference = |mean: &[f32; PIXELS]| {
        let signed = std::array::from_fn(|pixel| sample[pixel] - mean[pixel]);
        if absolute { signed.map(f32::abs) } else { signed }
    };
    means.iter().map(difference).collect()
}

fn index_of(sample: &Sample, all: &Validation, data: &Dataset) -> Option<usize> {
    let index = sample.index?;
    let at = usize::try_from(index).ok().filter(|at| *at < data.valid.len())?;
    if sample.source == data.valid.source(at) { all.indices.iter().position(|other| *other == index) } else { None }
}
