//! What can go wrong with a picture's file and the state in it.

use std::path::PathBuf;

use super::state::{MAX_FILE_BYTES, MAX_STATE_BYTES, State};

/// Why a screenshot could not be written, or the state in one not read.
///
/// Only errors of the file system name the file; for the others whoever asked knows which file it was.
#[derive(Debug, thiserror::Error)]
pub enum ShotError {
    /// The file could not be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// The file that was asked for.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file could not be written; what stood there before is untouched.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// The file that was asked for.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is larger than any screenshot.
    #[error("the file is larger than {} MiB; a screenshot is at most that", MAX_FILE_BYTES >> 20)]
    FileTooLarge,
    /// The bytes do not start as a PNG does.
    #[error("this is not a PNG file; a screenshot saved by Digit Lab was expected")]
    NotPng,
    /// The bytes start as a PNG does, and then break its rules.
    #[error("the PNG file is damaged ({0}); a whole one was expected")]
    Damaged(String),
    /// The state is larger than any that is written.
    #[error("the state in the picture is larger than {} KiB; it should be at most that", MAX_STATE_BYTES >> 10)]
    StateTooLarge,
    /// The picture carries our chunk more than once.
    #[error("the picture carries more than one state; one was expected")]
    TwoStates,
    /// The state is not JSON, or not JSON of the right shape.
    #[error("the state in the picture is not what Digit Lab writes: {0}")]
    Json(#[from] serde_json::Error),
    /// The state has a version that this program does not know.
    #[error(
        "the state in the picture has version {0}; this Digit Lab reads version {known}, so a newer one may have written it",
        known = State::VERSION
    )]
    Version(u64),
    /// The image could not be encoded, for instance because it has no pixels.
    #[error("cannot encode the picture as PNG: {0}")]
    Encode(#[from] png::EncodingError),
}
