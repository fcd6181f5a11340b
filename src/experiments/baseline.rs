//! The baseline: average the training images of each digit, and call a new image by the mean that it is nearest to.

mod race;
mod snapshot;
mod validation;
mod words;

pub use crate::compute::{distances, matrix, sum_images};
pub use race::{Race, race};
pub use snapshot::{Class, Distance, SampleReport, Snapshot};
pub use validation::Validation;

use super::sample::{MAX_NTH, Sample};
use super::{Experiment, Field, Info, Kind, Phase, SettingsError, Stop, Table, Unit, Values, settings};
use crate::compute::{Device, Meter, meter};
use crate::data::{Dataset, Library, Split};
use crate::math::distance::Metric;
use crate::math::mean_image::ImageSum;
use serde::{Deserialize, Serialize};
use std::path::Path;
use std::sync::{Arc, OnceLock};

/// Images of each digit that the unit in the middle lays on at once.
const FEW: u64 = 10;

/// What a reader can choose.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// The digits to tell apart, as `3,7` or `all`.
    pub digits: String,
    /// What "near" means.
    pub metric: Metric,
    /// The sample's split.
    pub split: Split,
    /// The sample's digit, 0 to 9.
    pub digit: u8,
    /// The sample's place among its digit's images, from 0.
    pub nth: u64,
    /// A picture to take as the sample instead; empty for none.
    pub file: String,
    /// What computes.
    pub device: Device,
    /// A folder of images; empty for MNIST.
    pub data: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            digits: "3,7".to_owned(),
            metric: Metric::Mae,
            split: Split::Train,
            digit: 3,
            nth: 1,
            file: String::new(),
            device: Device::Auto,
            data: String::new(),
        }
    }
}

impl super::Settings for Settings {
    const FIELDS: &'static [Field] = &[
        Field {
            name: "digits",
            kind: Kind::Digits { least: 2 },
            meaning: "The digits you tell apart; where two means are equally near, the earlier one wins.",
        },
        Field {
            name: "metric",
            kind: Kind::Choice(&Metric::NAMES),
            meaning: "How you measure distance: mean absolute difference, or root of the mean squared difference.",
        },
        Field {
            name: "split",
            kind: Kind::Choice(&["train", "valid"]),
            meaning: "Where your sample comes from: the images averaged, or those held out.",
        },
        Field { name: "digit", kind: Kind::Integer { min: 0, max: 9 }, meaning: "Your sample's digit." },
        Field {
            name: "nth",
            kind: Kind::Integer { min: 0, max: MAX_NTH },
            meaning: "Your sample's place among that digit's images, from 0, sorted by file name.",
        },
        Field {
            name: "file",
            kind: Kind::Path,
            meaning: "A picture of yours to take as the sample; it is made 28 x 28 for you.",
        },
        settings::DEVICE,
        Field {
            name: "data",
            kind: Kind::Path,
            meaning: "A folder of your own images to use instead of MNIST; empty for MNIST.",
        },
    ];
}

/// Stacks of training images, one a digit; each phase lays one more image on every stack that is not complete.
#[derive(Clone, Debug)]
pub struct Baseline {
    data: Arc<Dataset>,
    meter: Arc<dyn Meter>,
    sample: Arc<Sample>,
    metric: Metric,
    digits: Vec<u8>,
    stacks: Vec<ImageSum>,
    /// Images of the digit that has most.
    longest: u64,
    /// Images laid on, of the digits that have so many.
    stacked: u64,
    stopped: bool,
    /// What can be seen, computed when it is first asked for and forgotten when a stack grows.
    seen: OnceLock<Snapshot>,
}

impl Baseline {
    /// Lays images on until `goal` of each digit, or all there are, lie on its stack.
    fn stack_to(&mut self, goal: u64) {
        for (stack, &digit) in self.stacks.iter_mut().zip(&self.digits) {
            let indices = self.data.train.of_digit(digit);
            let (from, to) = (stack.count() as usize, usize::try_from(goal).unwrap_or(usize::MAX).min(indices.len()));
            if let Some(new @ [_, ..]) = indices.get(from..to) {
                *stack = std::mem::take(stack).and(&self.meter.sum(Split::Train, new));
            }
        }
        self.stacked = goal;
        self.seen = OnceLock::new();
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
    type Snapshot = Snapshot;

    fn start(settings: &Settings, data: &Library) -> Result<Self, SettingsError> {
        let checked: Settings = settings::from_map(Self::INFO.name, &settings::to_map(settings))?;
        let data = data.open((!checked.data.is_empty()).then(|| Path::new(&checked.data)))?;
        let digits = settings::parse_digits(&checked.digits).unwrap_or_default(); // Checked by `from_map`.
        if digits.iter().any(|&digit| data.train.of_digit(digit).is_empty()) {
            let have: Vec<String> = (0..10_u8)
                .filter(|&digit| !data.train.of_digit(digit).is_empty())
                .map(|digit| digit.to_string())
                .collect();
            let have = have.join(",");
            let expected = format!("digits that there are training images of ({have})");
            return Err(SettingsError::value("digits", checked.digits, expected, have));
        }
        let sample = Sample::choose(&checked.file, data.split(checked.split), checked.digit, checked.nth)?;
        let longest = digits.iter().map(|&digit| data.train.of_digit(digit).len() as u64).max().unwrap_or(0);
        let device = checked.device;
        let meter = meter(device, &data).map_err(|error| SettingsError::value("device", device, error, "cpu"))?;
        Ok(Self {
            data,
            meter,
            sample: Arc::new(sample),
            metric: checked.metric,
            stacks: vec![ImageSum::default(); digits.len()],
            digits,
            longest,
            stacked: 0,
            stopped: false,
            seen: OnceLock::new(),
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

    /// Computing it takes a pass over the validation images; asking again while no stack has grown does not.
    fn snapshot(&self) -> Snapshot {
        self.seen.get_or_init(|| Snapshot::of(self)).clone()
    }

    fn tables(snapshot: &Snapshot) -> Vec<Table> {
        snapshot.tables()
    }

    fn values(snapshot: &Snapshot) -> Values {
        snapshot.values()
    }
}

#[cfg(test)]
mod tests;
