//! Settings: each is declared once, by [`settings!`](crate::settings), and from that come the struct, its defaults, `--set`,
//! `digit-lab settings`, the form in the window, and every check.
//!
//! A [`Checked`] value is within its ranges; nothing that takes one looks again. JSON is spoken by [`Saved`] alone, which
//! carries settings and looks over the edges of the program: the command line, files and lessons.

mod checked;
mod choice;
mod digits;
mod error;
mod field;
mod kind;
mod macros;
mod number;
mod numbers;
mod path;
mod saved;
mod slice;
#[cfg(test)]
mod tests;

pub use checked::Checked;
pub use choice::Choice;
pub use digits::Digits;
pub use error::{SettingsError, nearest};
pub use field::{Field, Fields, Look, NoLook, Settings, Spec, assign, bound};
pub use kind::Kind;
pub use numbers::{AtMost, Numbers};
pub use path::Source;
pub use saved::Saved;
pub use slice::Slice;

use serde::{Serialize, de::DeserializeOwned};
use std::fmt::Debug;

/// A type that a setting can have: how it is written, and which of its values are allowed.
pub trait Setting: Clone + PartialEq + Debug + Serialize + DeserializeOwned + Send + Sync + 'static {
    /// What allows or forbids a value, where its type alone does not; else `()`.
    type Range;

    /// The range as a table and a form need it.
    fn kind(range: &Self::Range) -> Kind;

    /// Reads a value as [`Setting::write`] writes it, and as people do.
    ///
    /// # Errors
    /// The nearest value that is allowed, as text.
    fn read(text: &str, range: &Self::Range) -> Result<Self, String>;

    /// The value as it is written on the command line.
    fn write(&self) -> String;

    /// The value, or the nearest to it that is allowed.
    #[must_use]
    fn fit(self, _range: &Self::Range) -> Self {
        self
    }
}
