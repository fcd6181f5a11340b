//! What is seen of an image and a stack: the numbers of a slice, a drawing's way to 28 x 28, and tensors to try.

use super::array_text::array_text;
use super::names::environment;
use super::tensor_text::tensor_text;
use super::{Dtype, Look, Snapshot, Tab};
use crate::data::{Dataset, Drawing, PIXELS, SIDE, Split, Stages, Steps, unit};
use crate::experiments::sample::Sample;
use crate::experiments::{Part, Same, Slice};
use crate::math::expression::Environment;
use serde::Serialize;
use std::sync::Arc;

/// Numbers in rows.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Cells {
    /// Bytes.
    Bytes(Vec<Vec<u8>>),
    /// Bytes divided by 255, in single precision.
    Floats(Vec<Vec<f32>>),
}

impl Default for Cells {
    fn default() -> Self {
        Self::Bytes(Vec::new())
    }
}

/// A slice as a Python session prints it.
#[derive(Clone, Debug, Default)]
pub struct Printed {
    /// As PyTorch does.
    pub torch: String,
    /// As NumPy does.
    pub numpy: String,
}

/// What is seen of the image, and of the stack.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Seen {
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
    /// The slice's rows.
    pub rows: Slice,
    /// The slice's columns.
    pub columns: Slice,
    /// How many rows and columns the slice has.
    pub slice_shape: [usize; 2],
    /// Bytes that the stack takes.
    pub stack_bytes: u64,
    /// The index of the image among its digit's: the one asked for, or the last.
    #[serde(skip)]
    pub nth: u64,
    /// The whole image.
    #[serde(skip)]
    pub sample: Arc<Sample>,
    /// The slice as text.
    #[serde(skip)]
    pub printed: Part<Cells, Printed>,
    /// The drawing's way to 28 x 28, while the drawing pad is open and something is drawn.
    #[serde(skip)]
    pub drawn: Part<(Drawing, Steps), Stages>,
    /// The names that an expression may use, once the tensor bench was open.
    #[serde(skip)]
    pub environment: Part<(Same<Dataset>, Same<Sample>), Environment>,
    #[serde(skip)]
    image: Part<(Same<Dataset>, Split, u8, u64), Sample>,
}

impl Seen {
    /// Brings it up to date.
    pub(super) fn renew(&mut self, snapshot: &Snapshot, look: &Look) {
        self.nth = look.nth.min(snapshot.digit_count.saturating_sub(1));
        self.sample = snapshot.brought.clone().unwrap_or_else(|| self.of_digit(snapshot));
        let sample = &self.sample;
        self.source.clone_from(&sample.source);
        (self.label, self.index, self.shape) = (sample.label, sample.index, [SIDE, SIDE]);
        (self.dtype, self.rows, self.columns) = (look.dtype, look.rows, look.columns);
        self.values = cells(sample, look);
        self.slice_shape = [look.rows.range().len(), look.columns.range().len()];
        self.stack_bytes = snapshot.stacked * PIXELS as u64 * look.dtype.size();
        self.printed.renew(self.values.clone(), || Printed {
            torch: tensor_text(&self.values),
            numpy: array_text(&self.values),
        });
        if look.strokes.is_empty() {
            self.drawn.clear();
        } else if look.tab == Tab::Draw {
            let key = (look.strokes.clone(), snapshot.steps);
            self.drawn.renew(key, || look.strokes.stages(&snapshot.steps));
        }
        if look.tab == Tab::Bench {
            let key = (Same(Arc::clone(&snapshot.data)), Same(Arc::clone(sample)));
            self.environment.renew(key, || environment(&snapshot.data, sample));
        }
    }

    fn of_digit(&mut self, snapshot: &Snapshot) -> Arc<Sample> {
        let Snapshot { data, split, digit, .. } = snapshot;
        let key = (Same(Arc::clone(data)), *split, *digit, self.nth);
        // The start has made sure that there are images of the digit.
        let find = || Sample::of_digit(data.split(*split), *digit, self.nth).unwrap_or_default();
        Arc::clone(self.image.renew(key, find))
    }
}

/// The numbers of the slice.
fn cells(sample: &Sample, look: &Look) -> Cells {
    let rows = sample.pixels.chunks_exact(SIDE).take(look.rows.end()).skip(look.rows.start());
    let cut = |row: &[u8]| row.get(look.columns.range()).unwrap_or_default().to_vec();
    match look.dtype {
        Dtype::Uint8 => Cells::Bytes(rows.map(cut).collect()),
        Dtype::Float => Cells::Floats(rows.map(|row| cut(row).into_iter().map(unit).collect()).collect()),
    }
}
