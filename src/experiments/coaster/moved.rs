//! Points that a reader moved by hand, as text: `3:12.5,7:-1`.

use super::super::SettingsError;
use std::collections::BTreeMap;

/// The most points that can be moved.
pub const MOST: usize = 200;
/// How far from zero a point can be moved.
pub const REACH: f32 = 1e6;
/// The form, in words.
pub const EXPECTED: &str = "moved points such as 3:12.5,7:-1, or nothing";

/// The points that were moved: the place of each and its new height.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Moved(BTreeMap<usize, f32>);

impl Moved {
    /// Reads them for a ride of `count` points.
    ///
    /// # Errors
    /// Text of another form, a place that there is not, a height out of range, or too many.
    pub fn parse(text: &str, count: usize) -> Result<Self, SettingsError> {
        let last = count.saturating_sub(1);
        let wrong = |expected: String, nearest: String| SettingsError::value("moved", text, expected, nearest);
        let mut moved = BTreeMap::new();
        for part in text.split(',').filter(|part| !part.trim().is_empty()) {
            let pair = part.split_once(':');
            let Some((place, height)) = pair.and_then(|(place, height)| {
                Some((place.trim().parse::<usize>().ok()?, height.trim().parse::<f32>().ok()?))
            }) else {
                return Err(wrong(EXPECTED.to_owned(), "nothing".to_owned()));
            };
            let near = if height.is_finite() { height.clamp(-REACH, REACH) } else { 0.0 };
            if place > last || near.to_bits() != height.to_bits() {
                return Err(wrong(
                    format!("places from 0 to {last} and heights from {} to {REACH}", -REACH),
                    format!("{}:{near}", place.min(last)),
                ));
            }
            moved.insert(place, height);
            if moved.len() > MOST {
                return Err(wrong(format!("at most {MOST} moved points"), "nothing".to_owned()));
            }
        }
        Ok(Self(moved))
    }

    /// Moves one more point. A full list stays as it is.
    pub fn set(&mut self, place: usize, height: f32) {
        if (self.0.len() < MOST || self.0.contains_key(&place)) && height.is_finite() {
            self.0.insert(place, height.clamp(-REACH, REACH));
        }
    }

    /// Every moved point: its place and its height.
    pub fn iter(&self) -> impl Iterator<Item = (usize, f32)> {
        self.0.iter().map(|(&place, &height)| (place, height))
    }
}

impl std::fmt::Display for Moved {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (i, (place, height)) in self.iter().enumerate() {
            write!(f, "{}{place}:{height}", if i == 0 { "" } else { "," })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_reads_what_it_writes() {
        let mut moved = Moved::parse(" 7:-1, 3:12.5 ,", 20).unwrap();
        assert_eq!(moved.to_string(), "3:12.5,7:-1");
        moved.set(0, 2e9);
        assert_eq!(Moved::parse(&moved.to_string(), 20).unwrap(), moved);
        assert_eq!(moved.to_string(), "0:1000000,3:12.5,7:-1");
        for place in 0..2 * MOST {
            moved.set(place, 1.0);
        }
        assert_eq!(moved.iter().count(), MOST);
    }

    #[test]
    fn other_text_is_refused_with_the_nearest_that_is_right() {
        for (text, nearest) in [
            ("3", "nothing"),
            ("a:1", "nothing"),
            ("25:1", "19:1"),
            ("3:inf", "3:0"),
            ("3:-9e9", "3:-1000000"),
            ("-1:0", "nothing"),
        ] {
            let error = Moved::parse(text, 20).unwrap_err().to_string();
            assert!(error.ends_with(&format!("the nearest valid value is {nearest}")), "{error}");
        }
        let many: Vec<String> = (0..=MOST).map(|i| format!("{i}:0")).collect();
        assert!(Moved::parse(&many.join(","), 1000).is_err());
    }
}
