//! The baseline: average the training images of each digit, and call a new image by the mean that it is nearest to.

mod cloud;
mod look;
mod race;
mod report;
mod seen;
mod shapes;
mod snapshot;
mod validation;
mod words;

pub use crate::compute::{distances, matrix, sum_images};
pub use cloud::{Bar, Cloud, Dots};
pub use look::{LONGEST_SHAPE, Look, Settings, Tab};
pub use race::{Race, race};
pub use report::{Class, Distance, Report, SampleReport};
pub use seen::{FirstMean, Seen};
pub use shapes::{Laid, Shapes};
pub use snapshot::Snapshot;
pub use validation::Validation;

use super::sample::Sample;
use super::{Checked, Digits, Experiment, Info, Phase, SettingsError, Sight, Stop, Table, Unit, Values};
use crate::compute::{Device, Meter, meter};
use crate::data::{Dataset, Library, Split};
use crate::math::mean_image::ImageSum;
use std::sync::Arc;

/// Images of each digit that the unit in the middle lays on at once.
const FEW: u64 = 10;

/// Stacks of training images, one a digit; each phase lays one more image on every stack that is not complete.
#[derive(Clone, Debug)]
pub struct Baseline {
    data: Arc<Dataset>,
    meter: Arc<dyn Meter>,
    /// What it computed on at first.
    device: Device,
    /// The reader's picture, if it is the sample.
    picture: Option<Arc<Sample>>,
    digits: Digits,
    stacks: Vec<ImageSum>,
    /// Images of the digit that has most.
    longest: u64,
    /// Images laid on, of the digits that have so many.
    stacked: u64,
    stopped: bool,
}

impl Baseline {
    /// Lays images on until `goal` of each digit, or all there are, lie on its stack.
    fn stack_to(&mut self, goal: u64) {
        for (stack, &digit) in self.stacks.iter_mut().zip(&*self.digits) {
            let indices = self.data.train.of_digit(digit);
            let (from, to) = (stack.count() as usize, usize::try_from(goal).unwrap_or(usize::MAX).min(indices.len()));
            if let Some(new @ [_, ..]) = indices.get(from..to) {
                *stack = std::mem::take(stack).and(&self.meter.sum(Split::Train, new));
            }
        }
        self.stacked = goal;
    }
}

impl Experiment for Baseline {
    const INFO: Info = Info {
        name: "baseline",
        title: "Mean-image baseline",
        summary: "Average the images of each digit, and call a new image by the mean it is nearest to.",
        phases: &[Phase::Stack, Phase::Stop],
        units: &[
            Unit { title: "10 images", meaning: "Lay images of each digit on until the next full ten." },
            Unit { title: "All", meaning: "Average every training image." },
        ],
    };
    type Settings = Settings;
    type Look = Look;
    type Snapshot = Snapshot;
    type Seen = Seen;

    fn start(settings: &Checked<Settings>, library: &Library) -> Result<Self, SettingsError> {
        let data = library.open(settings.data.path())?;
        let digits = settings.digits.clone();
        if digits.iter().any(|&digit| data.train.of_digit(digit).is_empty()) {
            let have: Vec<String> = (0..10_u8)
                .filter(|&digit| !data.train.of_digit(digit).is_empty())
                .map(|digit| digit.to_string())
                .collect();
            let have = have.join(",");
            let expected = format!("digits that there are training images of ({have})");
            return Err(SettingsError::value("digits", digits, expected, have));
        }
        let picture = (!settings.file.is_none()).then(|| Sample::of_file(settings.file.as_str())).transpose()?;
        let longest = digits.iter().map(|&digit| data.train.of_digit(digit).len() as u64).max().unwrap_or(0);
        let device = settings.device;
        let meter = meter(device, &data).map_err(|error| SettingsError::value("device", device, error, "cpu"))?;
        Ok(Self {
            data,
            device: meter.device(),
            meter,
            picture: picture.map(Arc::new),
            stacks: vec![ImageSum::default(); digits.len()],
            digits,
            longest,
            stacked: 0,
            stopped: false,
        })
    }

    fn advance(&mut self) -> Phase {
        if self.stacked < self.longest {
            self.stack_to(self.stacked + 1);
            Phase::Stack
        } else {
            self.stopped = true;
            Phase::Stop
        }
    }

    fn stride(&mut self, phases: u64) -> u64 {
        if self.stopped {
            return 0;
        }
        let images = phases.min(self.longest - self.stacked);
        if images > 0 {
            self.stack_to(self.stacked + images);
        }
        self.stopped = phases > images;
        images + u64::from(self.stopped)
    }

    fn phase(&self) -> Option<Phase> {
        if self.stopped { Some(Phase::Stop) } else { (self.stacked > 0).then_some(Phase::Stack) }
    }

    fn stopped(&self) -> Option<Stop> {
        self.stopped.then_some(Stop::Done)
    }

    fn end(&self) -> Option<u64> {
        Some(self.longest + 1)
    }

    fn unit_end(&self, position: u64, unit: usize) -> u64 {
        let end = if unit == 0 { (position / FEW + 1).saturating_mul(FEW) } else { u64::MAX };
        // The last ten, and all, are complete with the last image; after that only `Stop` is left.
        if position < self.longest { end.min(self.longest) } else { self.longest + 1 }
    }

    /// A plain `run` averages everything; `--steps N` takes N images of each digit.
    fn position_after(&self, steps: Option<u64>) -> u64 {
        steps.unwrap_or(u64::MAX).min(self.longest + 1)
    }

    fn snapshot(&self) -> Snapshot {
        Snapshot::of(self)
    }

    fn check_look(&self, look: &Look) -> Result<(), SettingsError> {
        if self.picture.is_none() {
            Sample::of_digit(self.data.split(look.split), look.digit, look.nth)?;
        }
        Ok(())
    }

    fn see(snapshot: &Arc<Snapshot>, look: &Look, seen: &mut Seen) -> bool {
        seen.renew(snapshot, look)
    }

    fn tables(sight: &Sight<'_, Self>) -> Vec<Table> {
        sight.seen.report.tables()
    }

    fn values(sight: &Sight<'_, Self>) -> Values {
        sight.seen.values(sight.snapshot)
    }
}

#[cfg(test)]
mod tests;
