//! A few numbers.

use super::{Kind, Setting};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::ops::Deref;
use std::str::FromStr;

/// Numbers with commas between them, such as `3,4,10`: at least one, each finite.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Numbers(Vec<f64>);

/// How many numbers there may be, and how large each may be in size.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AtMost(pub usize, pub f64);

/// The text is no list of finite numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected numbers with commas between them, such as 3,4,10")]
pub struct NotNumbers;

impl Numbers {
    /// These numbers; `None` unless each is finite and there is at least one.
    #[must_use]
    pub fn new(numbers: impl Into<Vec<f64>>) -> Option<Self> {
        let numbers = numbers.into();
        (!numbers.is_empty() && numbers.iter().all(|number| number.is_finite())).then_some(Self(numbers))
    }

    /// 3, 4 and 10: the book's.
    #[must_use]
    pub fn three_four_ten() -> Self {
        Self(vec![3.0, 4.0, 10.0])
    }
}

impl Deref for Numbers {
    type Target = [f64];

    fn deref(&self) -> &[f64] {
        &self.0
    }
}

fn read(text: &str) -> Option<Vec<f64>> {
    text.split(',').map(|part| part.trim().parse::<f64>().ok().filter(|number| !number.is_nan())).collect()
}

impl FromStr for Numbers {
    type Err = NotNumbers;

    fn from_str(text: &str) -> Result<Self, NotNumbers> {
        read(text).and_then(Self::new).ok_or(NotNumbers)
    }
}

impl fmt::Display for Numbers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.iter().map(f64::to_string).collect::<Vec<_>>().join(","))
    }
}

impl TryFrom<String> for Numbers {
    type Error = NotNumbers;

    fn try_from(text: String) -> Result<Self, NotNumbers> {
        text.parse()
    }
}

impl From<Numbers> for String {
    fn from(numbers: Numbers) -> Self {
        numbers.to_string()
    }
}

impl Setting for Numbers {
    type Range = AtMost;

    fn kind(&AtMost(most, size): &AtMost) -> Kind {
        Kind::Numbers { most, size }
    }

    fn read(text: &str, range: &AtMost) -> Result<Self, String> {
        // An infinite number has a nearest one that is allowed.
        let Some(numbers) = read(text) else { return Err(Self::three_four_ten().fit(range).to_string()) };
        let given = Self(numbers);
        let fitting = given.clone().fit(range);
        if given == fitting { Ok(given) } else { Err(fitting.to_string()) }
    }

    fn write(&self) -> String {
        self.to_string()
    }

    fn fit(self, &AtMost(most, size): &AtMost) -> Self {
        Self(self.0.into_iter().take(most).map(|number| number.clamp(-size, size)).collect())
    }
}
