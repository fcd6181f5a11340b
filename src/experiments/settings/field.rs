//! One setting of a struct, with the struct's type but not the setting's: what tables, forms and files need.

use super::{Kind, Setting, SettingsError};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::fmt::{self, Debug};

/// What is said of a setting.
#[derive(Clone, Copy, Debug)]
pub struct Spec {
    /// Its name, as in `--set NAME=VALUE`.
    pub name: &'static str,
    /// What it means, in plain words: the tooltip and `digit-lab settings`.
    pub meaning: &'static str,
    /// Its range.
    pub kind: fn() -> Kind,
}

/// One setting of the struct `S`.
pub struct Field<S: 'static> {
    /// Its name, meaning and range.
    pub spec: Spec,
    write: fn(&S) -> String,
    read: fn(&mut S, &str) -> Result<(), String>,
    fit: fn(&mut S),
}

impl<S: 'static> Field<S> {
    /// A setting from its parts; [`settings!`](crate::settings) writes them.
    #[must_use]
    pub const fn new(
        spec: Spec,
        write: fn(&S) -> String,
        read: fn(&mut S, &str) -> Result<(), String>,
        fit: fn(&mut S),
    ) -> Self {
        Self { spec, write, read, fit }
    }

    /// Its name, as in `--set NAME=VALUE`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.spec.name
    }

    /// What it means, in plain words.
    #[must_use]
    pub const fn meaning(&self) -> &'static str {
        self.spec.meaning
    }

    /// Its range.
    #[must_use]
    pub fn kind(&self) -> Kind {
        (self.spec.kind)()
    }

    /// The value that it has in `values`, as the command line would write it.
    #[must_use]
    pub fn write(&self, values: &S) -> String {
        (self.write)(values)
    }

    /// Gives it the value written in `text`.
    ///
    /// # Errors
    /// [`SettingsError::Value`] when the text is no value that is allowed; `values` stays as it was.
    pub fn read(&self, values: &mut S, text: &str) -> Result<(), SettingsError> {
        let text = text.trim();
        (self.read)(values, text)
            .map_err(|nearest| SettingsError::value(self.name(), text, self.kind().expected(), nearest))
    }

    /// Brings it within its range.
    pub fn fit(&self, values: &mut S) {
        (self.fit)(values);
    }

    /// Whether it is within its range in `values`.
    ///
    /// # Errors
    /// [`SettingsError::Value`] when it is not.
    pub fn check(&self, values: &S) -> Result<(), SettingsError>
    where
        S: Clone,
    {
        self.read(&mut values.clone(), &self.write(values))
    }
}

/// A setting is known by its name.
impl<S> PartialEq for Field<S> {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl<S> Debug for Field<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Field").field(&self.spec.name).finish()
    }
}

/// A struct of settings: plain values, not yet known to be within their ranges.
pub trait Fields: Clone + Debug + Default + PartialEq + Serialize + DeserializeOwned + Send + Sync + 'static {
    /// The settings, in the order in which they are shown.
    const FIELDS: &'static [&'static Field<Self>];

    /// The setting of that name.
    #[must_use]
    fn field(name: &str) -> Option<&'static Field<Self>> {
        Self::FIELDS.iter().find(|field| field.name() == name).copied()
    }
}

/// What decides the course of an experiment: with a position, it says everything that is computed.
pub trait Settings: Fields {
    /// What settings that were not given are taken to be, beside those that were. `given` has the defaults for the rest.
    #[must_use]
    fn usual(_given: &Self) -> Self {
        Self::default()
    }

    /// Where its random numbers begin, if it has any: below 2^32.
    fn seed(&mut self) -> Option<&mut u64> {
        None
    }
}

/// What the reader looks at, and how. It never changes the course of the experiment, so another look opens no new run.
pub trait Look: Fields {
    /// Brings what is not a setting (a tab, a list of points) within its bounds: a saved look comes from outside.
    fn sanitise(&mut self) {}

    /// Keeps of the look `before` what this one, of a file or figure that is opened, says nothing of and leaves as it was.
    fn follow(&mut self, _before: &Self) {}
}

/// Nothing to choose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoLook {}

impl Fields for NoLook {
    const FIELDS: &'static [&'static Field<Self>] = &[];
}

impl Settings for NoLook {}

impl Look for NoLook {}

/// For [`settings!`](crate::settings): reads, writes and bounds one setting.
#[doc(hidden)]
pub fn assign<T: Setting>(place: &mut T, text: &str, range: &T::Range) -> Result<(), String> {
    *place = T::read(text, range)?;
    Ok(())
}

/// For [`settings!`](crate::settings), likewise.
#[doc(hidden)]
pub fn bound<T: Setting>(place: &mut T, range: &T::Range) {
    *place = place.clone().fit(range);
}
