//! Settings that are within their ranges.

use super::{Settings, SettingsError};
use std::ops::Deref;

/// Settings of which each is within its range. Only [`Checked::new`] and [`Saved`](super::Saved) make one, so whoever is
/// given it need not look again.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Checked<S>(S);

impl<S: Settings> Checked<S> {
    /// These settings, if each is within its range.
    ///
    /// # Errors
    /// [`SettingsError::Value`] for the first that is not.
    pub fn new(settings: S) -> Result<Self, SettingsError> {
        S::FIELDS.iter().try_for_each(|field| field.check(&settings))?;
        Ok(Self(settings))
    }

    /// The settings, to be changed and checked again.
    #[must_use]
    pub fn into_inner(self) -> S {
        self.0
    }
}

impl<S> Deref for Checked<S> {
    type Target = S;

    fn deref(&self) -> &S {
        &self.0
    }
}
