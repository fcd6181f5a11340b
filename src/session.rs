//! What the lab remembers between starts: where every panel stands, what was seen, and the look.
//!
//! Written atomically (a temporary file renamed over the old one); a damaged file is set aside, never deleted.

use crate::data::replace;
use crate::shot::State;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

/// A session file is a few kilobytes; anything larger than this is not one.
const MAX_BYTES: u64 = 4 << 20;
/// The folder for the session may be named here, for tests and for a lab on a stick.
pub const DIR_VARIABLE: &str = "DIGIT_LAB_DIR";

/// Light, dark, or what the system says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Look {
    /// As the system says.
    #[default]
    System,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

/// One panel's part of a session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PanelSession {
    /// Where it stands.
    pub state: State,
    /// The phases and figures that were seen.
    #[serde(default)]
    pub seen: Vec<String>,
}

/// What is remembered between starts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Session {
    /// The form of this file.
    pub version: u32,
    /// Light or dark.
    pub look: Look,
    /// The panel that is open.
    pub current: String,
    /// How much everything is enlarged; 1 is not at all.
    pub zoom: f32,
    /// Whether the filmstrip is open.
    pub filmstrip: bool,
    /// Every panel that was opened, by the name of its experiment.
    pub panels: BTreeMap<String, PanelSession>,
}

impl Default for Session {
    fn default() -> Self {
        Self {
            version: Self::VERSION,
            look: Look::System,
            current: "pixels".to_owned(),
            zoom: 1.0,
            filmstrip: true,
            panels: BTreeMap::new(),
        }
    }
}

/// A session that could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// The file could not be read.
    #[error("your last session in {path} could not be read ({source}); the lab starts afresh")]
    Read {
        /// The file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// The file is not a session; it was set aside.
    #[error("your last session was damaged; it is kept as {kept} and the lab starts afresh")]
    Damaged {
        /// Where the damaged file is now.
        kept: String,
    },
    /// The session could not be written.
    #[error("your session could not be saved in {path} ({source})")]
    Write {
        /// The file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
}

impl Session {
    /// The form of the file that this lab writes.
    pub const VERSION: u32 = 1;

    /// Where the session is kept, if this machine has a place for it.
    #[must_use]
    pub fn path() -> Option<PathBuf> {
        let named = std::env::var_os(DIR_VARIABLE).filter(|dir| !dir.is_empty()).map(PathBuf::from);
        let usual = || directories::ProjectDirs::from("", "", "digit-lab").map(|dirs| dirs.data_dir().to_owned());
        named.or_else(usual).map(|dir| dir.join("session.json"))
    }

    /// Reads the session at `path`; a missing file is a fresh session.
    ///
    /// # Errors
    /// A file that cannot be read, or one that is damaged and was set aside beside it.
    pub fn read(path: &Path) -> Result<Self, SessionError> {
        let wrong = |source| SessionError::Read { path: path.display().to_string(), source };
        let file = match std::fs::File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(wrong(error)),
        };
        let mut bytes = Vec::new();
        file.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(wrong)?;
        let session = serde_json::from_slice(&bytes).ok().filter(|session: &Self| session.is_sound());
        match session {
            Some(session) if bytes.len() as u64 <= MAX_BYTES => Ok(session),
            _ => Err(SessionError::Damaged { kept: set_aside(path).map_err(wrong)?.display().to_string() }),
        }
    }

    fn is_sound(&self) -> bool {
        self.version == Self::VERSION && (0.2..=5.0).contains(&self.zoom)
    }

    /// Writes the session to `path`: all of it, or nothing.
    ///
    /// # Errors
    /// A folder that cannot be made or written.
    pub fn write(&self, path: &Path) -> Result<(), SessionError> {
        let wrong = |source| SessionError::Write { path: path.display().to_string(), source };
        let dir = path.parent().unwrap_or(Path::new("."));
        std::fs::create_dir_all(dir).map_err(wrong)?;
        let bytes = serde_json::to_vec_pretty(self).map_err(|error| wrong(error.into()))?;
        replace(path, &bytes).map_err(wrong)
    }
}

/// Renames a damaged file to the first free name beside it.
fn set_aside(path: &Path) -> std::io::Result<PathBuf> {
    let mut number = 1_u32;
    loop {
        let kept = path.with_extension(format!("damaged-{number}.json"));
        if !kept.exists() {
            std::fs::rename(path, &kept)?;
            return Ok(kept);
        }
        number += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_comes_back_as_it_was_written() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("deep/session.json");
        assert_eq!(Session::read(&path).unwrap(), Session::default());
        let session = Session { current: "coaster".into(), look: Look::Dark, zoom: 1.25, ..Session::default() };
        session.write(&path).unwrap();
        assert_eq!(Session::read(&path).unwrap(), session);
        assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "no temporary file is left");
    }

    #[test]
    fn a_session_with_states_of_version_1_is_read() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("session.json");
        let state =
            r#"{"version":1,"experiment":"descent","settings":{"nudge":0.25},"position":4,"view":{"tab":"rise"}}"#;
        let panels = format!(r#"{{"descent":{{"state":{state},"seen":["Init"]}}}}"#);
        let text = format!(
            r#"{{"version":1,"look":"dark","current":"descent","zoom":1.0,"filmstrip":true,"panels":{panels}}}"#
        );
        std::fs::write(&path, text).unwrap();
        let session = Session::read(&path).unwrap();
        let saved = &session.panels["descent"];
        assert_eq!((saved.state.version, saved.state.position, saved.seen.len()), (State::VERSION, 4, 1));
        assert_eq!(saved.state.look["tab"], "rise");
        session.write(&path).unwrap();
        assert_eq!(Session::read(&path).unwrap(), session, "and comes back as one of today");
    }

    #[test]
    fn a_damaged_session_is_set_aside_and_never_deleted() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("session.json");
        for (number, rubbish) in [&b"\xff\x00rubbish"[..], b"{\"version\": 99}", b"[]"].iter().enumerate() {
            std::fs::write(&path, rubbish).unwrap();
            let error = Session::read(&path).unwrap_err();
            assert!(matches!(error, SessionError::Damaged { .. }), "{error}");
            let kept = dir.path().join(format!("session.damaged-{}.json", number + 1));
            assert_eq!(std::fs::read(kept).unwrap(), *rubbish);
            assert_eq!(Session::read(&path).unwrap(), Session::default());
        }
    }
}
