//! Settings that cannot be used, in one sentence each.

use crate::data::DataError;

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

    /// Whether it is about the value of this setting.
    #[must_use]
    pub fn is_about(&self, setting: &str) -> bool {
        matches!(self, Self::Value { name, .. } if *name == setting)
    }
}

/// The most similar of `names`, for "did you mean".
#[must_use]
pub fn nearest<'a>(name: &str, names: impl IntoIterator<Item = &'a str>) -> &'a str {
    let score = |candidate: &&str| strsim::jaro_winkler(&name.to_lowercase(), candidate);
    names.into_iter().max_by(|a, b| score(a).total_cmp(&score(b))).unwrap_or_default()
}
