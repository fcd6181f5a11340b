//! A file or folder of the reader's, or none.

use super::{Kind, Setting};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::path::{Path, PathBuf};

/// The path of a file or folder of the reader's; without one, the lab's own data are meant.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Source(String);

impl Source {
    /// No path.
    #[must_use]
    pub const fn none() -> Self {
        Self(String::new())
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.0.is_empty()
    }

    /// The path, if there is one.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        (!self.is_none()).then(|| Path::new(&self.0))
    }

    /// The path as text; empty for none.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&Path> for Source {
    fn from(path: &Path) -> Self {
        Self(path.display().to_string())
    }
}

impl From<PathBuf> for Source {
    fn from(path: PathBuf) -> Self {
        Self::from(path.as_path())
    }
}

impl From<&str> for Source {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Setting for Source {
    type Range = ();

    fn kind((): &()) -> Kind {
        Kind::Path
    }

    fn read(text: &str, (): &()) -> Result<Self, String> {
        Ok(Self(text.to_owned()))
    }

    fn write(&self) -> String {
        self.0.clone()
    }
}
