//! One image as a matrix of numbers, and images stacked into a tensor of rank 3.

mod array_text;
mod look;
mod names;
mod options;
mod seen;
mod tensor_text;
mod way;
mod words;

pub use look::{Look, MAX_CELL_CHARS, MAX_CELLS, Shelf, Tab};
pub use options::{Dtype, Settings};
pub use seen::{Cells, Printed, Seen};
pub use way::Way;

use super::sample::Sample;
use super::{Checked, Experiment, Info, Phase, SettingsError, Sight, Stop, Table, Unit, Values};
use crate::data::{Dataset, Library, SIDE, Split, Steps, load_picture};
use serde::Serialize;
use std::sync::Arc;

/// Images that the unit in the middle lays on at once.
const FEW: u64 = 10;
/// Newest images of the stack that a snapshot names.
const RECENT: usize = 12;

/// A stack that grows by one image of a digit a phase, and a picture of the reader's.
#[derive(Clone, Debug)]
pub struct Pixels {
    data: Arc<Dataset>,
    split: Split,
    digit: u8,
    steps: Steps,
    picture: Option<(Arc<Sample>, Option<Way>)>,
    stacked: u64,
}

/// The stack as it is now, and the picture.
#[derive(Clone, Debug, Serialize)]
pub struct Snapshot {
    /// Images on the stack.
    pub stacked: u64,
    /// Its shape: images, rows, columns.
    pub stack_shape: [u64; 3],
    /// How many images of the digit the split has.
    pub digit_count: u64,
    /// What was done to a picture; absent for an image of the data set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub picture: Option<Way>,
    /// The picture as 28 x 28, with its way there, if one is looked at.
    #[serde(skip)]
    pub brought: Option<Arc<Sample>>,
    /// The steps of a picture's way to 28 x 28.
    #[serde(skip)]
    pub steps: Steps,
    /// Indices of the images laid on last, at most twelve, the newest last.
    #[serde(skip)]
    pub recent: Vec<u32>,
    /// The split that the stack is made from.
    #[serde(skip)]
    pub split: Split,
    /// The digit whose images are stacked.
    #[serde(skip)]
    pub digit: u8,
    /// Where the stack's images are.
    #[serde(skip)]
    pub data: Arc<Dataset>,
}

impl Pixels {
    fn indices(&self) -> &[u32] {
        self.data.split(self.split).of_digit(self.digit)
    }

    fn count(&self) -> u64 {
        self.indices().len() as u64
    }
}

impl Experiment for Pixels {
    const INFO: Info = Info {
        name: "pixels",
        title: "Pixel viewer",
        summary: "An image is a matrix of numbers, and images stacked are a tensor.",
        phases: &[Phase::Stack],
        units: &[
            Unit { title: "10 images", meaning: "Lay images on until the next full ten." },
            Unit { title: "All", meaning: "Lay on every image of the digit." },
        ],
    };
    type Settings = Settings;
    type Look = Look;
    type Snapshot = Snapshot;
    type Seen = Seen;

    fn start(settings: &Checked<Settings>, data: &Library) -> Result<Self, SettingsError> {
        let data = data.open(settings.data.path())?;
        let (split, digit, steps) = (settings.split, settings.digit, settings.steps());
        let picture = if let Some(path) = settings.file.path() {
            let picture = load_picture(path)?;
            let sample = Sample::of_picture(settings.file.as_str(), &picture, &steps);
            let way = Way::of(&sample, &picture, &steps);
            Some((Arc::new(sample), way))
        } else {
            Sample::of_digit(data.split(split), digit, 0)?;
            None
        };
        Ok(Self { data, split, digit, steps, picture, stacked: 0 })
    }

    fn advance(&mut self) -> Phase {
        self.stacked += 1;
        Phase::Stack
    }

    fn stride(&mut self, phases: u64) -> u64 {
        let ran = phases.min(self.count() - self.stacked);
        self.stacked += ran;
        ran
    }

    fn phase(&self) -> Option<Phase> {
        (self.stacked > 0).then_some(Phase::Stack)
    }

    fn stopped(&self) -> Option<Stop> {
        (self.stacked == self.count()).then_some(Stop::Done)
    }

    fn end(&self) -> Option<u64> {
        Some(self.count())
    }

    fn unit_end(&self, position: u64, unit: usize) -> u64 {
        let end = if unit == 0 { (position / FEW + 1).saturating_mul(FEW) } else { u64::MAX };
        end.min(self.count())
    }

    /// A plain `run` prints the image; `--steps` stacks so many.
    fn position_after(&self, steps: Option<u64>) -> u64 {
        steps.unwrap_or(0).min(self.count())
    }

    fn opening(&self) -> u64 {
        0
    }

    fn snapshot(&self) -> Snapshot {
        let indices = self.indices();
        let stack = indices.get(..usize::try_from(self.stacked).unwrap_or(usize::MAX)).unwrap_or(indices);
        let side = SIDE as u64;
        let (brought, picture) = self.picture.clone().unzip();
        Snapshot {
            stacked: self.stacked,
            stack_shape: [self.stacked, side, side],
            digit_count: self.count(),
            picture: picture.flatten(),
            brought,
            steps: self.steps,
            recent: stack.get(stack.len().saturating_sub(RECENT)..).unwrap_or_default().to_vec(),
            split: self.split,
            digit: self.digit,
            data: Arc::clone(&self.data),
        }
    }

    fn check_look(&self, look: &Look) -> Result<(), SettingsError> {
        if self.picture.is_none() {
            Sample::of_digit(self.data.split(self.split), self.digit, look.nth)?;
        }
        Ok(())
    }

    fn see(snapshot: &Arc<Snapshot>, look: &Look, seen: &mut Seen) -> bool {
        seen.renew(snapshot, look);
        true
    }

    fn tables(sight: &Sight<'_, Self>) -> Vec<Table> {
        words::tables(sight)
    }

    fn values(sight: &Sight<'_, Self>) -> Values {
        words::values(sight)
    }
}

#[cfg(test)]
mod tests;
