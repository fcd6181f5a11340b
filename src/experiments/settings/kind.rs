//! The range of a setting, as data.

use crate::compute::Device;

/// What a setting may be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// A finite number in `min..=max`.
    Number {
        /// The smallest value.
        min: f64,
        /// The largest value.
        max: f64,
    },
    /// A whole number in `min..=max`.
    Integer {
        /// The smallest value.
        min: u64,
        /// The largest value.
        max: u64,
    },
    /// One of these words.
    Choice(&'static [&'static str]),
    /// `true` or `false`.
    Switch,
    /// What computes: [`Device`].
    Device,
    /// Different digits, such as `3,7`, or `all`; at least this many.
    Digits {
        /// The least number of digits.
        least: usize,
    },
    /// A half-open slice `a:b` of an axis this long; either end may be left out.
    Slice {
        /// The length of the axis.
        len: usize,
    },
    /// The path of a file or folder; empty for none.
    Path,
    /// Text with a form of its own: what is expected, in words.
    Text(&'static str),
    /// Finite numbers with commas between them, such as `3,4,10`: from one to `most`.
    Numbers {
        /// How many there may be.
        most: usize,
        /// The largest size of each.
        size: f64,
    },
}

impl Kind {
    /// The range in words.
    #[must_use]
    pub fn expected(&self) -> String {
        match self {
            Self::Number { min, max } => format!("a number from {min} to {max}"),
            Self::Integer { min, max } => format!("a whole number from {min} to {max}"),
            Self::Choice(words) => format!("one of {}", words.join(", ")),
            Self::Switch => "true or false".to_owned(),
            Self::Device => Device::EXPECTED.to_owned(),
            Self::Digits { least } => format!("at least {least} different digits such as 3,7, or all"),
            Self::Slice { len } => format!("a slice a:b with 0 <= a < b <= {len}"),
            Self::Path => "a path, or nothing".to_owned(),
            Self::Text(expected) => (*expected).to_owned(),
            Self::Numbers { most, size } => format!("1 to {most} numbers from -{size} to {size} such as 3,4,10"),
        }
    }
}
