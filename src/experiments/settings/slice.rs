//! A slice of rows or columns.

use super::{Kind, Setting};
use crate::data::SIDE;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::ops::Range;
use std::str::FromStr;

/// Some rows, or columns, of an image: `a:b` as Python writes it, from `a` up to but without `b`. Never empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Slice {
    start: usize,
    end: usize,
}

/// The text is no slice of 28 rows; the nearest that is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a slice a:b with 0 <= a < b <= {SIDE}, such as {0}")]
pub struct NotASlice(pub Slice);

impl Slice {
    /// All rows, or columns.
    pub const ALL: Self = Self { start: 0, end: SIDE };

    /// From `start` up to but without `end`, brought within the image and made at least one long.
    #[must_use]
    pub fn new(start: usize, end: usize) -> Self {
        let start = start.min(SIDE - 1);
        Self { start, end: end.clamp(start + 1, SIDE) }
    }

    /// The first one.
    #[must_use]
    pub const fn start(self) -> usize {
        self.start
    }

    /// The one after the last.
    #[must_use]
    pub const fn end(self) -> usize {
        self.end
    }

    /// The same as a range.
    #[must_use]
    pub const fn range(self) -> Range<usize> {
        self.start..self.end
    }
}

impl Default for Slice {
    fn default() -> Self {
        Self::ALL
    }
}

impl FromStr for Slice {
    type Err = NotASlice;

    fn from_str(text: &str) -> Result<Self, NotASlice> {
        let Some((start, end)) = text.split_once(':') else { return Err(NotASlice(Self::ALL)) };
        let bound = |text: &str, default: usize| {
            let text = text.trim();
            if text.is_empty() { Some(default) } else { text.parse::<usize>().ok() }
        };
        match (bound(start, 0), bound(end, SIDE)) {
            (Some(start), Some(end)) if start < end && end <= SIDE => Ok(Self { start, end }),
            (Some(start), Some(end)) => Err(NotASlice(Self::new(start, end))),
            _ => Err(NotASlice(Self::ALL)),
        }
    }
}

impl fmt::Display for Slice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.start, self.end)
    }
}

impl TryFrom<String> for Slice {
    type Error = NotASlice;

    fn try_from(text: String) -> Result<Self, NotASlice> {
        text.parse()
    }
}

impl From<Slice> for String {
    fn from(slice: Slice) -> Self {
        slice.to_string()
    }
}

impl Setting for Slice {
    type Range = ();

    fn kind((): &()) -> Kind {
        Kind::Slice { len: SIDE }
    }

    fn read(text: &str, (): &()) -> Result<Self, String> {
        text.parse().map_err(|NotASlice(nearest)| nearest.to_string())
    }

    fn write(&self) -> String {
        self.to_string()
    }
}
