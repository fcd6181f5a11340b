//! One image as a matrix of numbers, and images stacked into a tensor of rank 3.

mod array_text;
mod options;
mod tensor_text;
mod way;
mod words;

pub use array_text::array_text;
pub use options::{Dtype, Settings};
pub use tensor_text::tensor_text;
pub use way::Way;

use super::sample::Sample;
use super::{Experiment, Info, Kind, Phase, SettingsError, Stop, Table, Unit, Values, settings};
use crate::data::{Dataset, Library, PIXELS, SIDE, Split, load_picture};
use serde::Serialize;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

/// Images that the unit in the middle lays on at once.
const FEW: u64 = 10;
/// Newest images of the stack that a snapshot names.
const RECENT: usize = 12;

/// One image, and a stack that grows by one image of its digit a phase.
#[derive(Clone, Debug)]
pub struct Pixels {
    data: Arc<Dataset>,
    split: Split,
    digit: u8,
    nth: u64,
    sample: Arc<Sample>,
    way: Option<Way>,
    rows: Range<usize>,
    columns: Range<usize>,
    dtype: Dtype,
    stacked: u64,
}

/// Numbers in rows.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Cells {
    /// Bytes.
    Bytes(Vec<Vec<u8>>),
    /// Bytes divided by 255, in single precision.
    Floats(Vec<Vec<f32>>),
}

/// The image and the stack as they can be seen now.
#[derive(Clone, Debug, Serialize)]
pub struct Snapshot {
    /// `train/3/10000.png`, or the path of the picture.
    pub source: String,
    /// The digit of an image of the data set.
    pub label: Option<u8>,
    /// Its index in its split.
    pub index: Option<u32>,
    /// Rows and columns of the image.
    pub shape: [usize; 2],
    /// What the numbers are.
    pub dtype: Dtype,
    /// The slice's numbers.
    pub values: Cells,
    /// The slice's rows, `a:b`.
    pub rows: String,
    /// The slice's columns, `a:b`.
    pub columns: String,
    /// How many rows and columns the slice has.
    pub slice_shape: [usize; 2],
    /// Images on the stack.
    pub stacked: u64,
    /// Its shape: images, rows, columns.
    pub stack_shape: [u64; 3],
    /// Bytes that it takes.
    pub stack_bytes: u64,
    /// How many images of the digit the split has.
    pub digit_count: u64,
    /// What was done to a picture; absent for an image of the data set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub picture: Option<Way>,
    /// The place of the image among its digit's.
    #[serde(skip)]
    pub nth: u64,
    /// The whole image, and the way of a picture to it.
    #[serde(skip)]
    pub sample: Arc<Sample>,
    /// Row numbers of the slice.
    #[serde(skip)]
    pub row_range: Range<usize>,
    /// Column numbers of the slice.
    #[serde(skip)]
    pub column_range: Range<usize>,
    /// Indices of the images laid on last, at most twelve, the newest last.
    #[serde(skip)]
    pub recent: Vec<u32>,
    /// The split that the stack is made from.
    #[serde(skip)]
    pub split: Split,
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

    /// The slice's numbers.
    fn cells(&self) -> Cells {
        let rows = self.sample.pixels.chunks_exact(SIDE).take(self.rows.end).skip(self.rows.start);
        let cut = |row: &[u8]| row.get(self.columns.clone()).unwrap_or_default().to_vec();
        match self.dtype {
            Dtype::Uint8 => Cells::Bytes(rows.map(cut).collect()),
            Dtype::Float => {
                let divided = |row| cut(row).into_iter().map(|byte| f32::from(byte) / 255.0).collect();
                Cells::Floats(rows.map(divided).collect())
            }
        }
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
    type Snapshot = Snapshot;

    fn start(settings: &Settings, data: &Library) -> Result<Self, SettingsError> {
        let checked: Settings = settings::from_map(Self::INFO.name, &settings::to_map(settings))?;
        let slice = |name, text: &str| {
            let expected = || Kind::Slice { len: SIDE }.expected();
            settings::parse_slice(text, SIDE).map_err(|nearest| SettingsError::value(name, text, expected(), nearest))
        };
        let (rows, columns) = (slice("rows", &checked.rows)?, slice("columns", &checked.columns)?);
        let data = data.open((!checked.data.is_empty()).then(|| Path::new(&checked.data)))?;
        let Settings { split, digit, nth, dtype, .. } = checked;
        let (sample, way) = if checked.file.is_empty() {
            (Sample::of_digit(data.split(split), digit, nth)?, None)
        } else {
            let (picture, steps) = (load_picture(Path::new(&checked.file))?, checked.steps());
            let sample = Sample::of_picture(&checked.file, &picture, &steps);
            let way = Way::of(&sample, &picture, &steps);
            (sample, way)
        };
        let sample = Arc::new(sample);
        Ok(Self { data, split, digit, nth, sample, way, rows, columns, dtype, stacked: 0 })
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
        let written = |range: &Range<usize>| format!("{}:{}", range.start, range.end);
        Snapshot {
            source: self.sample.source.clone(),
            label: self.sample.label,
            index: self.sample.index,
            shape: [SIDE, SIDE],
            dtype: self.dtype,
            values: self.cells(),
            rows: written(&self.rows),
            columns: written(&self.columns),
            slice_shape: [self.rows.len(), self.columns.len()],
            stacked: self.stacked,
            stack_shape: [self.stacked, side, side],
            stack_bytes: self.stacked * PIXELS as u64 * self.dtype.size(),
            digit_count: self.count(),
            picture: self.way.clone(),
            nth: self.nth,
            sample: Arc::clone(&self.sample),
            row_range: self.rows.clone(),
            column_range: self.columns.clone(),
            recent: stack.get(stack.len().saturating_sub(RECENT)..).unwrap_or_default().to_vec(),
            split: self.split,
            data: Arc::clone(&self.data),
        }
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
