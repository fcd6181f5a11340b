//! A user's own data: a folder with the four IDX files, or with a folder of pictures for each digit.

use std::fs::{self, File};
use std::io::BufReader;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::idx::{self, MAX_ITEMS};
use super::{Cancel, DataError, Dataset, Images, PIXELS, Split, Steps, load_picture, to_mnist};

/// Endings of files that are taken for pictures; others (lists, thumbnails' indices) are passed over.
const ENDINGS: [&str; 6] = ["png", "jpg", "jpeg", "bmp", "gif", "webp"];

/// Reads the data set in `dir`: IDX files if any of the four is there, and otherwise pictures. Stops early when cancelled.
pub(super) fn load(dir: &Path, cancel: &Cancel) -> Result<Dataset, DataError> {
    if !dir.is_dir() {
        return Err(DataError::NoFolder { path: dir.to_owned() });
    }
    let files = [Split::Train, Split::Valid].map(|split| IdxPair::find(dir, split));
    if files.iter().any(|pair| pair.images.is_ok() || pair.labels.is_ok()) {
        let [train, valid] = files;
        return Ok(Dataset::new(train.load(dir, Split::Train)?, valid.load(dir, Split::Valid)?));
    }
    // Both are listed before either is loaded, so that what is missing is said at once.
    let train = Files::list(dir, &["train"], MAX_ITEMS)?;
    let room = MAX_ITEMS - train.files.len();
    let valid = Files::list(dir, &["valid", "test"], room)?;
    Ok(Dataset::new(train.load(cancel)?, valid.load(cancel)?))
}

/// The IDX files of one split, each found or the name that it should have had.
struct IdxPair {
    images: Result<PathBuf, String>,
    labels: Result<PathBuf, String>,
}

impl IdxPair {
    fn find(dir: &Path, split: Split) -> Self {
        let prefix = match split {
            Split::Train => "train",
            Split::Valid => "t10k",
        };
        let find = |kind: &str, rank: &str| {
            let dashed = format!("{prefix}-{kind}-{rank}-ubyte");
            // Some tools unpack `t10k-images-idx3-ubyte` under the name `t10k-images.idx3-ubyte`.
            let dotted = format!("{prefix}-{kind}.{rank}-ubyte");
            let mut places =
                [&dashed, &dotted].into_iter().flat_map(|name| [dir.join(name), dir.join(format!("{name}.gz"))]);
            let found = places.find(|path| path.is_file());
            found.ok_or_else(|| dashed.clone())
        };
        Self { images: find("images", "idx3"), labels: find("labels", "idx1") }
    }

    fn load(self, dir: &Path, split: Split) -> Result<Images, DataError> {
        let found = |path: Result<PathBuf, String>| {
            let path = path.map_err(|name| missing(dir, format!("file {name}"), &[]))?;
            let file = File::open(&path).map_err(|error| DataError::read(&path, &error))?;
            Ok((BufReader::new(file), path.display().to_string()))
        };
        let (images, image_name) = found(self.images)?;
        let (labels, label_name) = found(self.labels)?;
        let pixels = idx::read_images(images, &image_name)?;
        let labels = idx::read_labels(labels, &label_name)?;
        if pixels.len() / PIXELS != labels.len() {
            return Err(DataError::Unpaired {
                image_name,
                images: pixels.len() / PIXELS,
                label_name,
                labels: labels.len(),
            });
        }
        Ok(Images::from_idx(split, pixels, labels))
    }
}

/// The pictures of one split, digit after digit, each digit's in name order.
struct Files {
    folder: String,
    files: Vec<(u8, String, PathBuf)>,
}

impl Files {
    /// Lists the pictures under the first of the folders `names` that is there.
    fn list(dir: &Path, names: &[&str], limit: usize) -> Result<Self, DataError> {
        let Some(folder) = names.iter().find(|name| dir.join(name).is_dir()) else {
            return Err(missing(dir, format!("folder {}", names[0]), names));
        };
        let too_many = || DataError::TooMany { path: dir.to_owned(), limit: MAX_ITEMS };
        let split = dir.join(folder);
        let mut files = Vec::new();
        for (name, path) in entries(&split, limit, too_many)? {
            if !path.is_dir() {
                continue;
            }
            let [digit @ b'0'..=b'9'] = *name.as_bytes() else {
                return Err(DataError::Class { path });
            };
            let room = limit - files.len();
            let pictures = entries(&path, room, too_many)?.into_iter();
            files.extend(pictures.filter(|(_, path)| is_picture(path)).map(|(name, path)| (digit - b'0', name, path)));
        }
        if files.is_empty() {
            return Err(missing(dir, format!("pictures in {folder}/0 to {folder}/9"), &[]));
        }
        Ok(Self { folder: (*folder).to_owned(), files })
    }

    /// Decodes all, on every core. Of several bad files the first is named, whichever thread found its own sooner.
    fn load(self, cancel: &Cancel) -> Result<Images, DataError> {
        let mut pixels = vec![0; self.files.len() * PIXELS];
        let failed = pixels.par_chunks_exact_mut(PIXELS).zip(&self.files).find_map_first(|(pixels, (_, _, path))| {
            if cancel.is_cancelled() {
                return Some(DataError::Cancelled);
            }
            match digit(path) {
                Ok(digit) => {
                    pixels.copy_from_slice(&digit);
                    None
                }
                Err(error) => Some(error),
            }
        });
        if let Some(error) = failed {
            return Err(error);
        }
        let (labels, names) = self.files.into_iter().map(|(digit, name, _)| (digit, name)).unzip();
        Ok(Images::from_files(self.folder, pixels, labels, names))
    }
}

/// A picture's 784 pixels. One of 28 x 28 without colour is taken as it is, whatever its border, so that a data set
/// keeps its own convention.
fn digit(path: &Path) -> Result<[u8; PIXELS], DataError> {
    let picture = load_picture(path)?;
    Ok(picture.as_digit().unwrap_or_else(|| to_mnist(&picture, &Steps::default()).result))
}

/// Names and paths in `dir` sorted by name, hidden ones left out; `too_many` if there are more than `limit`.
fn entries(dir: &Path, limit: usize, too_many: impl Fn() -> DataError) -> Result<Vec<(String, PathBuf)>, DataError> {
    let failed = |error| DataError::read(dir, &error);
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with('.') {
            continue;
        }
        if found.len() == limit {
            return Err(too_many());
        }
        found.push((name, entry.path()));
    }
    found.sort_unstable();
    Ok(found)
}

fn is_picture(path: &Path) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str());
    ending.is_some_and(|ending| ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known)))
}

/// That `dir` lacks something, with the folder that may have been meant for one of `names`.
fn missing(dir: &Path, what: String, names: &[&str]) -> DataError {
    let likeness = |name: &str| {
        let each = names.iter().map(|wanted| strsim::jaro_winkler(wanted, &name.to_lowercase()));
        each.fold(0.0, f64::max)
    };
    let present = entries(dir, MAX_ITEMS, || DataError::NoFolder { path: dir.to_owned() });
    let meant = present
        .unwrap_or_default()
        .into_iter()
        .filter(|(_, path)| path.is_dir())
        .map(|(name, _)| (likeness(&name), name))
        .filter(|(likeness, _)| *likeness > 0.7)
        .max_by(|a, b| a.0.total_cmp(&b.0));
    DataError::NoImages {
        path: dir.to_owned(),
        missing: what,
        hint: meant.map_or_else(String::new, |(_, name)| format!(" (but \"{name}\")")),
    }
}

#[cfg(test)]
mod tests;
