//! Settings: their names, ranges and meanings in one table, from which come `--set`, `digit-lab settings`, the form in
//! the window, and every check.

use crate::compute::Device;
use crate::data::DataError;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

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
    /// Text whose form the experiment checks: what it expects, in words. Empty for none.
    Text(&'static str),
    /// Finite numbers with commas between them, such as `3,4,10`: from one to `most`.
    Numbers {
        /// How many there may be.
        most: usize,
        /// The largest size of each.
        size: f64,
    },
}

/// One setting.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Field {
    /// Its name, as in `--set NAME=VALUE`.
    pub name: &'static str,
    /// Its range.
    pub kind: Kind,
    /// What it means, in plain words: the tooltip and `digit-lab settings`.
    pub meaning: &'static str,
}

/// `device`, of every experiment that a GPU can run.
pub const DEVICE: Field = Field {
    name: "device",
    kind: Kind::Device,
    meaning: "What does the arithmetic: the processor (cpu), or an NVIDIA GPU (cuda, cuda:1). The numbers are the same.",
};

/// All that a reader can choose of one experiment: plain values, not yet checked against the data.
pub trait Settings: Clone + Default + PartialEq + Serialize + DeserializeOwned + Send + 'static {
    /// The settings, in the order in which they are shown. Their names are the keys of the serialised form.
    const FIELDS: &'static [Field];

    /// What settings that were not given are taken to be, beside those that were. `given` is not checked yet.
    #[must_use]
    fn usual(_given: &Map<String, Value>) -> Self {
        Self::default()
    }
}

/// Settings that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// There is no such setting.
    #[error("{experiment} has no setting \"{name}\"; the nearest is \"{nearest}\" (all: {all})")]
    Unknown {
        /// The experiment.
        experiment: String,
        /// The name that was given.
        name: String,
        /// The most similar name that exists.
        nearest: String,
        /// Every name that exists.
        all: String,
    },
    /// The value is outside the setting's range.
    #[error("{name} is \"{given}\"; expected {expected}; the nearest valid value is {nearest}")]
    Value {
        /// The setting.
        name: &'static str,
        /// What was given.
        given: String,
        /// The range in words.
        expected: String,
        /// The nearest valid value.
        nearest: String,
    },
    /// The setting is not written as NAME=VALUE.
    #[error("\"{0}\" is not a setting; expected NAME=VALUE, such as lr=0.1")]
    Form(String),
    /// A file of the reader's that cannot be used: one sentence.
    #[error("{0}")]
    File(String),
    /// The data behind the settings cannot be had.
    #[error(transparent)]
    Data(#[from] DataError),
}

impl SettingsError {
    /// A value outside its range.
    pub fn value(name: &'static str, given: impl ToString, expected: impl ToString, nearest: impl ToString) -> Self {
        Self::Value { name, given: given.to_string(), expected: expected.to_string(), nearest: nearest.to_string() }
    }
}

/// The most similar of `names`, for "did you mean".
#[must_use]
pub fn nearest<'a>(name: &str, names: impl IntoIterator<Item = &'a str>) -> &'a str {
    let score = |candidate: &&str| strsim::jaro_winkler(&name.to_lowercase(), candidate);
    names.into_iter().max_by(|a, b| score(a).total_cmp(&score(b))).unwrap_or_default()
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

    /// Reads a value as it is written on the command line.
    ///
    /// # Errors
    /// [`SettingsError::Value`] when it is not of this kind or out of range.
    pub fn parse(&self, name: &'static str, text: &str) -> Result<Value, SettingsError> {
        let text = text.trim();
        let wrong = |nearest: String| Err(SettingsError::value(name, text, self.expected(), nearest));
        let value = match self {
            Self::Number { min, .. } => match text.parse::<f64>() {
                Ok(number) if number.is_finite() => Value::from(number),
                Ok(number) if number == f64::INFINITY => return wrong(self.expected_max()),
                Ok(_) | Err(_) => return wrong(min.to_string()),
            },
            Self::Integer { min, .. } => match text.parse::<u64>() {
                Ok(number) => Value::from(number),
                // "1e4" and "2.0" are whole numbers too; -3 and 2.5 are not.
                Err(_) => match text.parse::<f64>() {
                    Ok(number) if number.fract() == 0.0 && (0.0..9e15).contains(&number) =>
                    {
                        #[expect(
                            clippy::cast_possible_truncation,
                            clippy::cast_sign_loss,
                            reason = "checked: whole and in range"
                        )]
                        Value::from(number as u64)
                    }
                    Ok(number) => return wrong(self.nearest_integer(number)),
                    Err(_) => return wrong(min.to_string()),
                },
            },
            Self::Switch => match text.to_lowercase().as_str() {
                "true" | "yes" | "on" | "1" => Value::Bool(true),
                "false" | "no" | "off" | "0" => Value::Bool(false),
                other => return wrong(nearest(other, ["true", "false"]).to_owned()),
            },
            Self::Choice(_)
            | Self::Device
            | Self::Digits { .. }
            | Self::Slice { .. }
            | Self::Path
            | Self::Text(_)
            | Self::Numbers { .. } => Value::from(text),
        };
        self.check(name, &value)?;
        Ok(value)
    }

    /// Checks a value against the range.
    ///
    /// # Errors
    /// [`SettingsError::Value`] when it is not of this kind or out of range.
    pub fn check(&self, name: &'static str, value: &Value) -> Result<(), SettingsError> {
        let given = || value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let wrong = |nearest: String| Err(SettingsError::value(name, given(), self.expected(), nearest));
        match (self, value) {
            (Self::Number { min, max }, Value::Number(number)) => {
                let number = number.as_f64().unwrap_or(f64::NAN);
                if number >= *min && number <= *max { Ok(()) } else { wrong(number.max(*min).min(*max).to_string()) }
            }
            (Self::Integer { min, max }, Value::Number(number)) => match number.as_u64() {
                Some(number) if (*min..=*max).contains(&number) => Ok(()),
                _ => wrong(self.nearest_integer(number.as_f64().unwrap_or(0.0))),
            },
            (Self::Choice(words), Value::String(word)) => {
                if words.contains(&word.as_str()) {
                    Ok(())
                } else {
                    wrong(nearest(word, words.iter().copied()).to_owned())
                }
            }
            (Self::Device, Value::String(text)) => match text.parse::<Device>() {
                Ok(_) => Ok(()),
                Err(_) => wrong(nearest(text, ["auto", "cpu", "cuda"]).to_owned()),
            },
            (Self::Digits { least }, Value::String(text)) => match parse_digits(text) {
                Some(digits) if digits.len() >= *least => Ok(()),
                _ => wrong(if *least > 1 { "3,7" } else { "3" }.to_owned()),
            },
            (Self::Slice { len }, Value::String(text)) => match parse_slice(text, *len) {
                Ok(_) => Ok(()),
                Err(nearest) => wrong(nearest),
            },
            (Self::Numbers { most, size }, Value::String(text)) => match parse_numbers(text, *most, *size) {
                Ok(_) => Ok(()),
                Err(nearest) => wrong(nearest),
            },
            (Self::Switch, Value::Bool(_)) | (Self::Path | Self::Text(_), Value::String(_)) => Ok(()),
            (Self::Number { min, .. }, _) => wrong(min.to_string()),
            (Self::Integer { min, .. }, _) => wrong(min.to_string()),
            (Self::Choice(words), _) => wrong(words.first().copied().unwrap_or_default().to_owned()),
            (Self::Device, _) => wrong("auto".to_owned()),
            (Self::Digits { .. }, _) => wrong("3,7".to_owned()),
            (Self::Slice { len }, _) => wrong(format!("0:{len}")),
            (Self::Switch, _) => wrong("true".to_owned()),
            (Self::Path | Self::Text(_), _) => wrong("nothing".to_owned()),
            (Self::Numbers { .. }, _) => wrong("3,4,10".to_owned()),
        }
    }

    fn expected_max(&self) -> String {
        match self {
            Self::Number { max, .. } => max.to_string(),
            _ => String::new(),
        }
    }

    fn nearest_integer(&self, number: f64) -> String {
        match self {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "`as` saturates, and the clamp follows"
            )]
            Self::Integer { min, max } => (number.round() as u64).clamp(*min, *max).to_string(),
            _ => String::new(),
        }
    }
}

/// Reads `3,7` or `all`: different digits in the order given; `None` when it is anything else.
#[must_use]
pub fn parse_digits(text: &str) -> Option<Vec<u8>> {
    if text.trim() == "all" {
        return Some((0..10).collect());
    }
    let mut digits = Vec::new();
    for part in text.split(',') {
        let digit = part.trim().parse::<u8>().ok().filter(|digit| *digit < 10 && !digits.contains(digit))?;
        digits.push(digit);
    }
    Some(digits)
}

/// Reads `3,4,10`: one to `most` numbers no larger than `size`.
///
/// # Errors
/// The nearest valid text.
pub fn parse_numbers(text: &str, most: usize, size: f64) -> Result<Vec<f64>, String> {
    let read: Option<Vec<f64>> =
        text.split(',').map(|part| part.trim().parse::<f64>().ok().filter(|number| !number.is_nan())).collect();
    let Some(numbers) = read else { return Err("3,4,10".to_owned()) };
    if numbers.len() <= most && numbers.iter().all(|number| number.abs() <= size) {
        return Ok(numbers);
    }
    let near: Vec<String> = numbers.iter().take(most).map(|number| number.clamp(-size, size).to_string()).collect();
    Err(near.join(","))
}

/// Reads `a:b`, `a:`, `:b` or `:` as a non-empty range inside `0..len`; the error is the nearest valid slice.
///
/// # Errors
/// The nearest valid slice, as text.
pub fn parse_slice(text: &str, len: usize) -> Result<std::ops::Range<usize>, String> {
    let Some((start, end)) = text.split_once(':') else { return Err(format!("0:{len}")) };
    let bound = |text: &str, default: usize| {
        let text = text.trim();
        if text.is_empty() { Some(default) } else { text.parse::<usize>().ok() }
    };
    match (bound(start, 0), bound(end, len)) {
        (Some(start), Some(end)) if start < end && end <= len => Ok(start..end),
        (Some(start), Some(end)) => {
            let start = start.min(len - 1);
            Err(format!("{start}:{}", end.clamp(start + 1, len)))
        }
        _ => Err(format!("0:{len}")),
    }
}

/// The settings as a JSON object, in the order of their table.
#[must_use]
pub fn to_map<S: Settings>(settings: &S) -> Map<String, Value> {
    match serde_json::to_value(settings) {
        Ok(Value::Object(map)) => map,
        _ => Map::new(), // A settings struct always serialises to an object; a test walks the registry.
    }
}

/// Reads settings from a JSON object: missing ones take their usual values, every one is checked.
///
/// # Errors
/// An unknown name or a value out of range.
pub fn from_map<S: Settings>(experiment: &str, map: &Map<String, Value>) -> Result<S, SettingsError> {
    let mut all = to_map(&S::usual(map));
    for (name, value) in map {
        let field = field::<S>(experiment, name)?;
        field.kind.check(field.name, value)?;
        all.insert(name.clone(), value.clone());
    }
    serde_json::from_value(Value::Object(all)).map_err(|error| SettingsError::Form(error.to_string()))
}

/// The usual values with `NAME=VALUE` pairs laid over them.
///
/// # Errors
/// A pair without `=`, an unknown name or a value out of range.
pub fn from_pairs<S: Settings>(experiment: &str, pairs: &[String]) -> Result<Map<String, Value>, SettingsError> {
    let mut given = Map::new();
    for pair in pairs {
        let (name, text) = pair.split_once('=').ok_or_else(|| SettingsError::Form(pair.clone()))?;
        let field = field::<S>(experiment, name.trim())?;
        given.insert(field.name.to_owned(), field.kind.parse(field.name, text)?);
    }
    let mut map = to_map(&S::usual(&given));
    map.extend(given);
    Ok(map)
}

fn field<S: Settings>(experiment: &str, name: &str) -> Result<&'static Field, SettingsError> {
    S::FIELDS.iter().find(|field| field.name == name).ok_or_else(|| {
        let names = || S::FIELDS.iter().map(|field| field.name);
        SettingsError::Unknown {
            experiment: experiment.to_owned(),
            name: name.to_owned(),
            nearest: nearest(name, names()).to_owned(),
            all: names().collect::<Vec<_>>().join(", "),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_values_name_what_was_expected_and_the_nearest_valid_one() {
        let lr = Kind::Number { min: 0.0, max: 10.0 };
        let cases: [(&Kind, &str, &str); 9] = [
            (&lr, "nan", "lr is \"nan\"; expected a number from 0 to 10; the nearest valid value is 0"),
            (&lr, "inf", "lr is \"inf\"; expected a number from 0 to 10; the nearest valid value is 10"),
            (&lr, "11", "lr is \"11.0\"; expected a number from 0 to 10; the nearest valid value is 10"),
            (&lr, "fast", "lr is \"fast\"; expected a number from 0 to 10; the nearest valid value is 0"),
            (
                &Kind::Integer { min: 1, max: 9 },
                "0",
                "lr is \"0\"; expected a whole number from 1 to 9; the nearest valid value is 1",
            ),
            (
                &Kind::Integer { min: 1, max: 9 },
                "2.6",
                "lr is \"2.6\"; expected a whole number from 1 to 9; the nearest valid value is 3",
            ),
            (
                &Kind::Choice(&["mae", "rmse"]),
                "rms",
                "lr is \"rms\"; expected one of mae, rmse; the nearest valid value is rmse",
            ),
            (
                &Kind::Slice { len: 28 },
                "4:40",
                "lr is \"4:40\"; expected a slice a:b with 0 <= a < b <= 28; the nearest valid value is 4:28",
            ),
            (
                &Kind::Digits { least: 2 },
                "3",
                "lr is \"3\"; expected at least 2 different digits such as 3,7, or all; the nearest valid value is 3,7",
            ),
        ];
        for (kind, text, sentence) in cases {
            assert_eq!(kind.parse("lr", text).unwrap_err().to_string(), sentence);
        }
    }

    #[test]
    fn lists_of_numbers_are_read_or_mended() {
        assert_eq!(parse_numbers("3, 4,10", 6, 1000.0), Ok(vec![3.0, 4.0, 10.0]));
        assert_eq!(parse_numbers("1,2,3", 2, 1000.0), Err("1,2".to_owned()));
        assert_eq!(parse_numbers("-inf,2", 2, 1000.0), Err("-1000,2".to_owned()));
        for text in ["", "3,,4", "three", "nan"] {
            assert_eq!(parse_numbers(text, 6, 1000.0), Err("3,4,10".to_owned()));
        }
    }

    #[test]
    fn slices_and_digits_read_as_python_writes_them() {
        assert_eq!(parse_slice("4:10", 28), Ok(4..10));
        assert_eq!(parse_slice(":", 28), Ok(0..28));
        assert_eq!(parse_slice("20:", 28), Ok(20..28));
        assert_eq!(parse_slice("9:3", 28), Err("9:10".to_owned()));
        assert_eq!(parse_digits("7, 3"), Some(vec![7, 3]));
        assert_eq!(parse_digits("3,3"), None);
        assert_eq!(parse_digits("all").map(|digits| digits.len()), Some(10));
    }
}
