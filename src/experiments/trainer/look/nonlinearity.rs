//! The page Why ReLU.

use super::lenient;
use crate::math::hinges::Line;
use crate::pages;
use serde::{Deserialize, Serialize};

/// All its views draw x from here ...
pub const LOW: f64 = -2.0;
/// ... to here.
pub const HIGH: f64 = 2.0;
/// Hidden units at most: as many as the book's network has.
pub const MOST_UNITS: u32 = 30;
/// Heights that a drawn curve is kept as, evenly spaced.
pub const HEIGHTS: usize = 81;
/// How far from 0 a drawn curve may go.
pub const REACH: f64 = 2.0;

/// What is chosen on the page Why ReLU.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct NonlinearityLook {
    /// The open view.
    pub part: Part,
    /// Where on the ReLU the reader is.
    pub x: f64,
    /// The two lines after each other.
    pub lines: LinesLook,
    /// The sum of bends.
    #[serde(deserialize_with = "lenient")]
    pub sums: SumsLook,
}

pages! {
    /// Three small views.
    pub enum Part {
        /// max(x, 0) and its slope
        Bend = "bend", "1 The bend";
        /// Why two layers need something between them
        Lines = "lines", "2 Line after line";
        /// How hidden units come close to a curve
        Sums = "sums", "3 Sums of bends";
    }
}

impl Default for NonlinearityLook {
    fn default() -> Self {
        Self { part: Part::default(), x: 1.0, lines: LinesLook::default(), sums: SumsLook::default() }
    }
}

impl NonlinearityLook {
    /// Brings it within its bounds.
    pub fn sanitise(&mut self) {
        if !(LOW..=HIGH).contains(&self.x) {
            self.x = Self::default().x;
        }
        if !(1..=MOST_UNITS).contains(&self.sums.units) {
            self.sums.units = SumsLook::default().units;
        }
    }
}

/// A line after a line, and whether a ReLU stands between them. In a file: slope, offset, slope, offset, ReLU.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "(f64, f64, f64, f64, bool)", into = "(f64, f64, f64, f64, bool)")]
pub struct LinesLook {
    /// The first line.
    pub first: Line,
    /// The line after it.
    pub next: Line,
    /// Whether there is a ReLU between them.
    pub has_relu: bool,
}

impl Default for LinesLook {
    fn default() -> Self {
        let (first, next) = (Line { slope: 1.0, offset: 0.5 }, Line { slope: -1.5, offset: 1.0 });
        Self { first, next, has_relu: false }
    }
}

impl TryFrom<(f64, f64, f64, f64, bool)> for LinesLook {
    type Error = &'static str;

    fn try_from((a1, b1, a2, b2, has_relu): (f64, f64, f64, f64, bool)) -> Result<Self, Self::Error> {
        let fits = [a1, b1, a2, b2].iter().all(|number| number.abs() <= HIGH);
        let lines = Self { first: Line { slope: a1, offset: b1 }, next: Line { slope: a2, offset: b2 }, has_relu };
        fits.then_some(lines).ok_or("expected numbers from -2 to 2")
    }
}

impl From<LinesLook> for (f64, f64, f64, f64, bool) {
    fn from(LinesLook { first, next, has_relu }: LinesLook) -> Self {
        (first.slope, first.offset, next.slope, next.offset, has_relu)
    }
}

/// A curve, and the ReLUs that are added up to come close to it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SumsLook {
    /// The curve.
    pub curve: Target,
    /// How many ReLUs.
    pub units: u32,
    /// The reader's own curve.
    pub drawn: Drawn,
}

impl Default for SumsLook {
    fn default() -> Self {
        Self { curve: Target::Sine, units: 6, drawn: Drawn::default() }
    }
}

impl SumsLook {
    /// The height of the curve at `x`.
    #[must_use]
    pub fn height(&self, x: f64) -> f64 {
        match self.curve {
            Target::Square => x * x,
            Target::Sine => (3.0 * x).sin(),
            Target::Bump => (-4.0 * x * x).exp(),
            Target::Drawn => self.drawn.height(x),
        }
    }
}

pages! {
    /// A curve to come close to.
    pub enum Target {
        /// The parabola
        Square = "square", "x\u{b2}";
        /// A wave
        Sine = "sine", "sin(3x)";
        /// A bump: flat, up, down, flat
        Bump = "bump", "exp(-4x\u{b2})";
        /// Draw it: press and drag in the plot
        Drawn = "drawn", "your own";
    }
}

/// The heights of a drawn curve: [`HEIGHTS`] of them, none farther from 0 than [`REACH`]. A file has them to three places.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Vec<f64>", into = "Vec<f64>")]
pub struct Drawn(pub Vec<f64>);

impl Default for Drawn {
    fn default() -> Self {
        // Something to begin with: a step up.
        Self((0..HEIGHTS).map(|index| if index < HEIGHTS / 2 { -1.0 } else { 1.0 }).collect())
    }
}

impl Drawn {
    /// The height at `x`: straight between two of those that are kept.
    #[must_use]
    pub fn height(&self, x: f64) -> f64 {
        let index = index_of(x);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the list")]
        let left = (index.floor() as usize).min(HEIGHTS - 2);
        let part = index - left as f64;
        let at = |index: usize| self.0.get(index).copied().unwrap_or_default();
        at(left) * (1.0 - part) + at(left + 1) * part
    }

    /// Takes a stroke: from `last` to `at`, each an x and a height, the curve is straight.
    pub fn stroke(&mut self, last: [f64; 2], at: [f64; 2]) {
        let [last, at] = [last, at].map(|[x, y]| [index_of(x), y.clamp(-REACH, REACH)]);
        let (from, to) = if last[0] <= at[0] { (last, at) } else { (at, last) };
        for (index, height) in self.0.iter_mut().enumerate() {
            let index = index as f64;
            if (from[0].round()..=to[0].round()).contains(&index) {
                let part = ((index - from[0]) / (to[0] - from[0]).max(1e-9)).clamp(0.0, 1.0);
                *height = (from[1] * (1.0 - part) + to[1] * part + 0.0).clamp(-REACH, REACH);
            }
        }
    }
}

/// Where among the heights `x` is.
fn index_of(x: f64) -> f64 {
    ((x - LOW) / (HIGH - LOW)).clamp(0.0, 1.0) * (HEIGHTS - 1) as f64
}

impl TryFrom<Vec<f64>> for Drawn {
    type Error = &'static str;

    fn try_from(heights: Vec<f64>) -> Result<Self, Self::Error> {
        let fits = heights.len() == HEIGHTS && heights.iter().all(|height| height.abs() <= REACH);
        fits.then_some(Self(heights)).ok_or("expected 81 heights from -2 to 2")
    }
}

impl From<Drawn> for Vec<f64> {
    fn from(Drawn(heights): Drawn) -> Self {
        heights.into_iter().map(|height| (height * 1000.0).round() / 1000.0).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn read(saved: &Value) -> NonlinearityLook {
        let mut look: NonlinearityLook = lenient(saved).unwrap();
        look.sanitise();
        look
    }

    #[test]
    fn what_is_written_comes_back_and_nothing_else() {
        let drawn: Vec<f64> = (0..81).map(|index| (f64::from(index) / 81.0 * 1000.0).round() / 1000.0).collect();
        let saved = json!({"part": "sums", "x": -0.5, "lines": [1.0, 2.0, -1.0, 0.3, true],
            "sums": {"curve": "drawn", "units": 30, "drawn": drawn}});
        assert_eq!(serde_json::to_value(read(&saved)).unwrap(), saved);
        for broken in [
            json!({"part": "x", "x": 9.0, "lines": [1.0, 2.0, 3.0, 0.3, true], "sums": {"curve": "x", "units": 31}}),
            json!({"x": "1", "lines": 7, "sums": {"units": 0, "drawn": [1.0]}}),
            json!({}),
        ] {
            assert_eq!(read(&broken), NonlinearityLook::default(), "{broken}");
        }
    }
}
