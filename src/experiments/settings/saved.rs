//! Settings and a look on their way over an edge of the program: the command line, a file, a lesson.

use super::{Checked, Field, Fields, Look, Settings, SettingsError, nearest};
use crate::experiments::Experiment;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// More names than any look has; what a crafted file holds beyond them is not read.
const MOST_NAMES: usize = 200;

/// Settings and a look as JSON, not yet checked. A name is looked for among the settings first and then in the look, so
/// that what moved from one to the other is still found.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Saved {
    /// By name; what is missing has its usual value.
    #[serde(default)]
    pub settings: Map<String, Value>,
    /// By name; what is missing has its default, and what the look does not know is passed over.
    #[serde(default)]
    pub look: Map<String, Value>,
}

impl Saved {
    /// What was chosen, to be saved.
    #[must_use]
    pub fn of<S: Settings, L: Look>(settings: &Checked<S>, look: &L) -> Self {
        Self { settings: to_map(&**settings), look: to_map(look) }
    }

    /// Settings as `--set` has them.
    ///
    /// # Errors
    /// A pair without `=`.
    pub fn from_pairs(pairs: &[impl AsRef<str>]) -> Result<Self, SettingsError> {
        let pair = |pair: &str| {
            let (name, text) = pair.split_once('=').ok_or_else(|| SettingsError::Form(pair.to_owned()))?;
            Ok((name.trim().to_owned(), Value::from(text)))
        };
        Ok(Self {
            settings: pairs.iter().map(|text| pair(text.as_ref())).collect::<Result<_, SettingsError>>()?,
            look: Map::new(),
        })
    }

    /// Checks it for an experiment. Settings are held to their ranges; a look is brought within its bounds, save for what
    /// stands among the settings, which somebody wrote.
    ///
    /// # Errors
    /// A name that neither settings nor look have, or a value out of range.
    pub fn read<E: Experiment>(&self) -> Result<(Checked<E::Settings>, E::Look), SettingsError> {
        let mut look = from_outside::<E::Look>(&self.look);
        let mut given = E::Settings::default();
        self.lay_over::<E>(&mut given, &mut look)?;
        let mut settings = E::Settings::usual(&given);
        self.lay_over::<E>(&mut settings, &mut look)?;
        Ok((Checked::new(settings)?, look))
    }

    fn lay_over<E: Experiment>(&self, settings: &mut E::Settings, look: &mut E::Look) -> Result<(), SettingsError> {
        for (name, value) in &self.settings {
            if let Some(field) = E::Settings::field(name) {
                field.read(settings, &text(value))?;
            } else if let Some(field) = E::Look::field(name) {
                field.read(look, &text(value))?;
            } else {
                return Err(unknown::<E>(name));
            }
        }
        Ok(())
    }
}

fn unknown<E: Experiment>(name: &str) -> SettingsError {
    let names =
        || E::Settings::FIELDS.iter().map(|field| field.name()).chain(E::Look::FIELDS.iter().map(|at| at.name()));
    SettingsError::Unknown {
        experiment: E::INFO.name.to_owned(),
        name: name.to_owned(),
        nearest: nearest(name, names()).to_owned(),
        all: names().collect::<Vec<_>>().join(", "),
    }
}

/// A value as the command line would write it.
fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn to_map<F: Fields>(fields: &F) -> Map<String, Value> {
    match serde_json::to_value(fields) {
        Ok(Value::Object(map)) => map,
        _ => Map::new(), // A struct always serialises to an object; a test walks the registry.
    }
}

/// A look from a file: whatever in it cannot be used is left at its default.
fn from_outside<L: Look>(saved: &Map<String, Value>) -> L {
    let mut sound = Map::new();
    let mut look = L::default();
    for (name, value) in saved.iter().take(MOST_NAMES) {
        let mut with = sound.clone();
        with.insert(name.clone(), value.clone());
        if let Ok(read) = serde_json::from_value(Value::Object(with.clone())) {
            (sound, look) = (with, read);
        }
    }
    for field in L::FIELDS {
        Field::fit(field, &mut look);
    }
    look.sanitise();
    look
}
