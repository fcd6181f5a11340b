//! The state inside a PNG: a screenshot says what it shows, so that it can be opened again.
//!
//! The state is JSON in an `iTXt` chunk with the keyword [`KEYWORD`], before the pixels. A file comes from anywhere
//! (it may have been mailed, cropped or crafted), so everything in it is bounded before it is kept, and whatever is
//! wrong with it is said.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use image::RgbaImage;
use png::text_metadata::ITXtChunk;
use png::{Decoded, StreamingDecoder, chunk};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::ShotError;
use crate::data::replace;
use crate::experiments::Saved;

/// The keyword of the chunk that holds the state.
pub const KEYWORD: &str = "digit-lab";

/// The largest state, as JSON, that is written or read.
pub const MAX_STATE_BYTES: usize = 1 << 20;

/// The largest file that is looked into.
pub const MAX_FILE_BYTES: usize = 256 << 20;

const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// What a screenshot shows: all it takes to show it again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "AnyVersion")]
pub struct State {
    /// The version of this format: [`State::VERSION`].
    pub version: u32,
    /// The experiment's name in the registry. A reader has yet to check that it exists.
    pub experiment: String,
    /// The experiment's settings, seed included. A reader has yet to check them.
    pub settings: Map<String, Value>,
    /// How many phases have run.
    pub position: u64,
    /// What the reader looks at: the open tab, the chosen image and the like. A reader has yet to check it.
    pub look: Map<String, Value>,
}

/// A state of any version. What is the look today stood partly among the settings of version 1, where [`Saved`] finds it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AnyVersion {
    version: u32,
    experiment: String,
    settings: Map<String, Value>,
    position: u64,
    /// Since version 2.
    look: Option<Map<String, Value>>,
    /// In version 1 only.
    view: Option<Map<String, Value>>,
}

impl TryFrom<AnyVersion> for State {
    type Error = ShotError;

    fn try_from(found: AnyVersion) -> Result<Self, ShotError> {
        let AnyVersion { version, experiment, settings, position, look, view } = found;
        let look = match version {
            1 if look.is_none() => view,
            Self::VERSION if view.is_none() => look,
            other => return Err(ShotError::Version(other.into())),
        };
        Ok(Self { version: Self::VERSION, experiment, settings, position, look: look.unwrap_or_default() })
    }
}

impl State {
    /// The version that this program writes. It reads those before it, too.
    pub const VERSION: u32 = 2;

    /// A state in the present form.
    #[must_use]
    pub fn new(experiment: &str, saved: Saved, position: u64) -> Self {
        let Saved { settings, look } = saved;
        Self { version: Self::VERSION, experiment: experiment.to_owned(), settings, position, look }
    }

    /// Its settings and its look.
    #[must_use]
    pub fn saved(&self) -> Saved {
        Saved { settings: self.settings.clone(), look: self.look.clone() }
    }

    /// Reads a state of any version from JSON.
    ///
    /// # Errors
    /// Text that is no state, or one of a version that is not known.
    pub fn from_json(text: &str) -> Result<Self, ShotError> {
        /// The one field that every version has. Others may differ, so it is looked at alone first.
        #[derive(Deserialize)]
        struct Version {
            version: u64,
        }
        let Version { version } = serde_json::from_str(text)?;
        if !(1..=u64::from(Self::VERSION)).contains(&version) {
            return Err(ShotError::Version(version));
        }
        Ok(serde_json::from_str(text)?)
    }
}

/// Writes `image` as a PNG, with `state` inside it if there is one. The file appears whole or not at all.
///
/// # Errors
/// When the image has no pixels, the state is too large or of another version, or the file cannot be written.
pub fn write_png(path: &Path, image: &RgbaImage, state: Option<&State>) -> Result<(), ShotError> {
    let bytes = encode_png(image, state)?;
    replace(path, &bytes).map_err(|source| ShotError::Write { path: path.to_owned(), source })
}

/// The bytes that [`write_png`] writes.
///
/// # Errors
/// When the image has no pixels, or the state is too large or of another version.
pub fn encode_png(image: &RgbaImage, state: Option<&State>) -> Result<Vec<u8>, ShotError> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, image.width(), image.height());
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    if let Some(state) = state {
        encoder.add_itxt_chunk(KEYWORD.to_owned(), to_json(state)?)?;
    }
    let mut writer = encoder.write_header()?;
    writer.write_image_data(image)?;
    writer.finish()?;
    Ok(bytes)
}

/// Reads the state in a PNG file. `Ok(None)` is a PNG that carries none.
///
/// # Errors
/// When the file cannot be read, is not a whole PNG, or carries a state that this program cannot use.
pub fn read_state(path: &Path) -> Result<Option<State>, ShotError> {
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(MAX_FILE_BYTES as u64 + 1).read_to_end(&mut bytes))
        .map_err(|source| ShotError::Read { path: path.to_owned(), source })?;
    read_state_bytes(&bytes)
}

/// Reads the state in the bytes of a PNG file, without decoding its pixels. `Ok(None)` is a PNG that carries none.
///
/// # Errors
/// When the bytes are too many, are not a whole PNG, or carry a state that this program cannot use.
pub fn read_state_bytes(bytes: &[u8]) -> Result<Option<State>, ShotError> {
    if bytes.len() > MAX_FILE_BYTES {
        return Err(ShotError::FileTooLarge);
    }
    if !bytes.starts_with(SIGNATURE) {
        return Err(ShotError::NotPng);
    }
    let mut ours = text_chunks(bytes)?.into_iter().filter(|text| text.keyword == KEYWORD);
    match (ours.next(), ours.next()) {
        (None, _) => Ok(None),
        (Some(text), None) => State::from_json(&unpacked(text)?).map(Some),
        (Some(_), Some(_)) => Err(ShotError::TwoStates),
    }
}

/// Walks through all chunks, checking lengths and check sums, and returns those with international text.
fn text_chunks(mut bytes: &[u8]) -> Result<Vec<ITXtChunk>, ShotError> {
    let damaged = |error: png::DecodingError| ShotError::Damaged(error.to_string());
    let mut decoder = StreamingDecoder::new();
    decoder.set_skip_ancillary_crc_failures(false);
    decoder.set_ignore_iccp_chunk(true); // It would be unpacked.
    loop {
        let (read, event) = decoder.update(bytes, None).map_err(damaged)?;
        bytes = &bytes[read..];
        match event {
            Decoded::ChunkComplete(chunk::IEND) => break,
            Decoded::BadAncillaryChunk(chunk::iTXt) => {
                return Err(ShotError::Damaged("a text chunk breaks the rules".to_owned()));
            }
            Decoded::Nothing if bytes.is_empty() => {
                return Err(ShotError::Damaged("it ends too early".to_owned()));
            }
            _ => {}
        }
    }
    Ok(decoder.info().map(|info| info.utf8_text.clone()).unwrap_or_default())
}

/// The text of a chunk, at most [`MAX_STATE_BYTES`] long. We write it plain; another program may have packed it.
fn unpacked(mut text: ITXtChunk) -> Result<String, ShotError> {
    let text = text.decompress_text_with_limit(MAX_STATE_BYTES).and_then(|()| text.get_text());
    match text {
        Ok(text) if text.len() <= MAX_STATE_BYTES => Ok(text),
        Ok(_) => Err(ShotError::StateTooLarge),
        Err(error) => Err(ShotError::Damaged(format!("its state cannot be unpacked: {error}"))),
    }
}

fn to_json(state: &State) -> Result<String, ShotError> {
    if state.version != State::VERSION {
        return Err(ShotError::Version(state.version.into()));
    }
    let text = serde_json::to_string(state)?;
    if text.len() > MAX_STATE_BYTES { Err(ShotError::StateTooLarge) } else { Ok(text) }
}

#[cfg(test)]
#[expect(clippy::cast_possible_truncation, reason = "tests may panic, and know their numbers")]
#[path = "state_tests.rs"]
mod tests;
