//! Which digits.

use super::{Kind, Setting};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::ops::{Deref, RangeFrom};
use std::str::FromStr;

/// Different digits in an order of the reader's, written `3,7`, or `all`. A digit's index is its class.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Digits(Vec<u8>);

/// The text names no digits, or one of them twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected different digits such as 3,7, or all")]
pub struct NotDigits;

impl Digits {
    /// These digits; `None` unless they are different and below 10, and at least one.
    #[must_use]
    pub fn new(digits: impl Into<Vec<u8>>) -> Option<Self> {
        let digits = digits.into();
        let is_new = |(index, digit): (usize, &u8)| *digit < 10 && !digits[..index].contains(digit);
        (!digits.is_empty() && digits.iter().enumerate().all(is_new)).then_some(Self(digits))
    }

    /// 3 and 7, in this order: the book's, where a 3 is the target.
    #[must_use]
    pub fn threes_and_sevens() -> Self {
        Self(vec![3, 7])
    }

    /// All ten, from 0.
    #[must_use]
    pub fn all() -> Self {
        Self((0..10).collect())
    }
}

impl Deref for Digits {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl FromStr for Digits {
    type Err = NotDigits;

    fn from_str(text: &str) -> Result<Self, NotDigits> {
        if text.trim() == "all" {
            return Ok(Self::all());
        }
        let digits: Option<Vec<u8>> = text.split(',').map(|part| part.trim().parse().ok()).collect();
        digits.and_then(Self::new).ok_or(NotDigits)
    }
}

impl fmt::Display for Digits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Self::all() {
            return f.write_str("all");
        }
        f.write_str(&self.0.iter().map(u8::to_string).collect::<Vec<_>>().join(","))
    }
}

impl TryFrom<String> for Digits {
    type Error = NotDigits;

    fn try_from(text: String) -> Result<Self, NotDigits> {
        text.parse()
    }
}

impl From<Digits> for String {
    fn from(digits: Digits) -> Self {
        digits.to_string()
    }
}

impl Setting for Digits {
    /// From how many digits on.
    type Range = RangeFrom<usize>;

    fn kind(range: &Self::Range) -> Kind {
        Kind::Digits { least: range.start }
    }

    fn read(text: &str, range: &Self::Range) -> Result<Self, String> {
        match text.parse::<Self>() {
            Ok(digits) if digits.len() >= range.start => Ok(digits),
            _ => Err(if range.start > 1 { "3,7" } else { "3" }.to_owned()),
        }
    }

    fn write(&self) -> String {
        self.to_string()
    }

    fn fit(self, range: &Self::Range) -> Self {
        if self.len() >= range.start { self } else { Self::threes_and_sevens() }
    }
}
