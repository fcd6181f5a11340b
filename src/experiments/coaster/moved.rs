//! Points that a reader moved by hand, as text: `3:12.5,7:-1`.

use super::super::{Kind, SettingsError};
use crate::experiments::settings::Setting;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// The most points that can be moved.
pub const MOST: usize = 200;
/// How far from zero a point can be moved.
pub const REACH: f32 = 1e6;
/// The form, in words.
pub const EXPECTED: &str = "moved points such as 3:12.5,7:-1, or nothing";

/// The points that were moved: the index of each and its new height.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Moved(BTreeMap<usize, f32>);

/// The text is no list of moved points; the nearest that is.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("expected {EXPECTED}")]
pub struct NotMoved(pub Moved);

impl Moved {
    /// Whether no point was moved.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Moves one more point. A full list stays as it is.
    pub fn set(&mut self, index: usize, height: f32) {
        if (self.0.len() < MOST || self.0.contains_key(&index)) && height.is_finite() {
            self.0.insert(index, height.clamp(-REACH, REACH));
        }
    }

    /// Every moved point: its index and its height.
    pub fn iter(&self) -> impl Iterator<Item = (usize, f32)> {
        self.0.iter().map(|(&index, &height)| (index, height))
    }

    /// That each is one of `count` points.
    ///
    /// # Errors
    /// [`SettingsError::Value`] for the first that is not.
    pub fn check(&self, count: usize) -> Result<(), SettingsError> {
        let last = count.saturating_sub(1);
        self.iter().find(|(index, _)| *index > last).map_or(Ok(()), |(_, height)| {
            let expected = format!("places from 0 to {last} and heights from {} to {REACH}", -REACH);
            Err(SettingsError::value("moved", self, expected, format!("{last}:{height}")))
        })
    }
}

impl FromStr for Moved {
    type Err = NotMoved;

    fn from_str(text: &str) -> Result<Self, NotMoved> {
        let mut moved = BTreeMap::new();
        let mut is_bounded = true;
        for part in text.split(',').filter(|part| !part.trim().is_empty()) {
            let pair = part.split_once(':').and_then(|(index, height)| {
                Some((index.trim().parse::<usize>().ok()?, height.trim().parse::<f32>().ok()?))
            });
            let Some((index, height)) = pair else { return Err(NotMoved(Self::default())) };
            let near = if height.is_finite() { height.clamp(-REACH, REACH) } else { 0.0 };
            is_bounded &= near.to_bits() == height.to_bits();
            moved.insert(index, near);
            if moved.len() > MOST {
                return Err(NotMoved(Self::default()));
            }
        }
        if is_bounded { Ok(Self(moved)) } else { Err(NotMoved(Self(moved))) }
    }
}

impl fmt::Display for Moved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, (index, height)) in self.iter().enumerate() {
            write!(f, "{}{index}:{height}", if i == 0 { "" } else { "," })?;
        }
        Ok(())
    }
}

impl TryFrom<String> for Moved {
    type Error = NotMoved;

    fn try_from(text: String) -> Result<Self, NotMoved> {
        text.parse()
    }
}

impl From<Moved> for String {
    fn from(moved: Moved) -> Self {
        moved.to_string()
    }
}

impl Setting for Moved {
    type Range = ();

    fn kind((): &()) -> Kind {
        Kind::Text(EXPECTED)
    }

    fn read(text: &str, (): &()) -> Result<Self, String> {
        text.parse().map_err(
            |NotMoved(nearest)| {
                if nearest.is_empty() { "nothing".to_owned() } else { nearest.to_string() }
            },
        )
    }

    fn write(&self) -> String {
        self.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_reads_what_it_writes() {
        let mut moved: Moved = " 7:-1, 3:12.5 ,".parse().unwrap();
        assert_eq!(moved.to_string(), "3:12.5,7:-1");
        moved.set(0, 2e9);
        assert_eq!(moved.to_string().parse(), Ok(moved.clone()));
        assert_eq!(moved.to_string(), "0:1000000,3:12.5,7:-1");
        for index in 0..2 * MOST {
            moved.set(index, 1.0);
        }
        assert_eq!(moved.iter().count(), MOST);
    }

    #[test]
    fn other_text_is_refused_with_the_nearest_that_is_right() {
        for (text, nearest) in [
            ("3", "nothing"),
            ("a:1", "nothing"),
            ("3:inf", "3:0"),
            ("3:-9e9", "3:-1000000"),
            ("2:5,3:-9e9", "2:5,3:-1000000"),
            ("-1:0", "nothing"),
        ] {
            assert_eq!(Moved::read(text, &()), Err(nearest.to_owned()), "{text}");
        }
        let many: Vec<String> = (0..=MOST).map(|i| format!("{i}:0")).collect();
        assert!(many.join(",").parse::<Moved>().is_err());
    }

    #[test]
    fn a_point_that_there_is_not_cannot_be_moved() {
        let moved: Moved = "3:2,25:1".parse().unwrap();
        assert!(moved.check(26).is_ok());
        let sentence = "moved is \"3:2,25:1\"; expected places from 0 to 19 and heights from -1000000 to 1000000; \
                        the nearest valid value is 19:1";
        assert_eq!(moved.check(20).unwrap_err().to_string(), sentence);
    }
}
