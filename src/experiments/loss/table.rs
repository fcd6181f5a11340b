//! The predictions and targets of the table, as a reader writes them.

use crate::experiments::settings::{Kind, Setting};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::ops::Deref;
use std::str::FromStr;

/// The most rows of a table.
pub const MOST: usize = 100;

/// Predictions with commas between them, such as `0.9,0.4,0.2`: at least one, and each finite in single precision, so that
/// PyTorch would hold it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Predictions(Vec<f64>);

/// Targets with commas between them, such as `1,0,1`: whether each is 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Targets(Vec<bool>);

impl Predictions {
    /// These predictions; `None` where one is too large, or there are none, or too many.
    #[must_use]
    pub fn new(predictions: impl Into<Vec<f64>>) -> Option<Self> {
        let predictions = predictions.into();
        ((1..=MOST).contains(&predictions.len()) && predictions.iter().copied().all(fits)).then_some(Self(predictions))
    }
}

impl Targets {
    /// These targets, each whether it is 1; `None` where there are none, or too many.
    #[must_use]
    pub fn new(targets: impl Into<Vec<bool>>) -> Option<Self> {
        let targets = targets.into();
        (1..=MOST).contains(&targets.len()).then_some(Self(targets))
    }
}

fn fits(number: f64) -> bool {
    number.abs() <= f64::from(f32::MAX)
}

/// The chapter's: for a 3, a 7 and a 3.
impl Default for Predictions {
    fn default() -> Self {
        Self(vec![0.9, 0.4, 0.2])
    }
}

/// The chapter's: a 3, a 7 and a 3.
impl Default for Targets {
    fn default() -> Self {
        Self(vec![true, false, true])
    }
}

fn numbers(text: &str) -> Vec<Option<f64>> {
    text.split(',').map(|part| part.trim().parse().ok()).collect()
}

impl FromStr for Predictions {
    /// The nearest predictions.
    type Err = Self;

    fn from_str(text: &str) -> Result<Self, Self> {
        let given = numbers(text);
        let sound: Vec<f64> = given.iter().copied().flatten().filter(|number| fits(*number)).take(MOST).collect();
        let is_whole = sound.len() == given.len();
        match Self::new(sound) {
            Some(predictions) if is_whole => Ok(predictions),
            nearest => Err(nearest.unwrap_or_default()),
        }
    }
}

impl FromStr for Targets {
    /// The nearest targets.
    type Err = Self;

    fn from_str(text: &str) -> Result<Self, Self> {
        let given = numbers(text);
        let is_target = |number: &Option<f64>| number.is_some_and(|number| number == 0.0 || number == 1.0);
        let nearest = given.iter().take(MOST).map(|number| number.is_none_or(|number| number >= 0.5)).collect();
        if given.len() <= MOST && given.iter().all(is_target) { Ok(Self(nearest)) } else { Err(Self(nearest)) }
    }
}

impl fmt::Display for Predictions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.iter().map(f64::to_string).collect::<Vec<_>>().join(","))
    }
}

impl fmt::Display for Targets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.iter().map(|&is_one| u8::from(is_one).to_string()).collect::<Vec<_>>().join(","))
    }
}

/// What both are besides: a slice, a text in files, and a setting whose form is said in words.
macro_rules! column {
    ($($Column:ident of $Item:ty: $expected:literal;)+) => { $(
        impl Deref for $Column {
            type Target = [$Item];

            fn deref(&self) -> &[$Item] {
                &self.0
            }
        }

        impl TryFrom<String> for $Column {
            type Error = Self;

            fn try_from(text: String) -> Result<Self, Self> {
                text.parse()
            }
        }

        impl From<$Column> for String {
            fn from(column: $Column) -> Self {
                column.to_string()
            }
        }

        impl Setting for $Column {
            type Range = ();

            fn kind((): &()) -> Kind {
                Kind::Text($expected)
            }

            fn read(text: &str, (): &()) -> Result<Self, String> {
                text.parse().map_err(|nearest: Self| nearest.to_string())
            }

            fn write(&self) -> String {
                self.to_string()
            }
        }
    )+ };
}

column! {
    Predictions of f64: "1 to 100 finite numbers with commas between them, such as 0.9,0.4,0.2";
    Targets of bool: "0s and 1s with commas between them, one for each prediction, such as 1,0,1";
}
