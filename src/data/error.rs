//! What can be wrong with data from outside, each said in one sentence.

use std::path::{Path, PathBuf};

use super::SIDE;

/// Why data could not be used. The `Display` text is one sentence for the user: what was wrong and what was expected.
///
/// It is `Clone` because the unpacked MNIST, or the reason why there is none, is kept and handed out many times.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DataError {
    /// Nobody waits for it any more.
    #[error("reading the data was given up, since something else was asked for")]
    Cancelled,

    /// The operating system would not give the bytes.
    #[error("cannot read {}: {reason}", path.display())]
    Read {
        /// What was to be read.
        path: PathBuf,
        /// The operating system's or the decompressor's words.
        reason: String,
    },

    /// An IDX file that starts with something else.
    #[error("{name} starts with {actual:#010x}, which is not an IDX file of {kind}: expected {expected:#010x}")]
    IdxMagic {
        /// The file.
        name: String,
        /// "images" or "labels".
        kind: &'static str,
        /// The magic number of that kind.
        expected: u32,
        /// The number that stood there.
        actual: u32,
    },

    /// An IDX file of images of another size.
    #[error("{name} holds images of {rows} x {columns} pixels: expected {SIDE} x {SIDE}")]
    IdxSize {
        /// The file.
        name: String,
        /// Rows of one image, as the header has it.
        rows: u32,
        /// Columns of one image, as the header has it.
        columns: u32,
    },

    /// An IDX header that promises nothing, or more than is read.
    #[error("{name} promises {count} {kind}: expected 1 to {limit}")]
    IdxCount {
        /// The file.
        name: String,
        /// "images" or "labels".
        kind: &'static str,
        /// The count in the header.
        count: u32,
        /// The largest count that is read.
        limit: usize,
    },

    /// An IDX file that ends early or goes on after its end.
    #[error("{name} {} {expected} bytes that {origin} for", if actual < expected { format!("ends after {actual} of the") } else { "goes on after the".to_owned() })]
    IdxLength {
        /// The file.
        name: String,
        /// Bytes, unpacked and with the header, that there should be.
        expected: usize,
        /// Bytes that there were; `expected + 1` stands for "more".
        actual: usize,
        /// Who asked for that many: "its header asks" or "the format asks".
        origin: &'static str,
    },

    /// A label that is not a digit.
    #[error("{name} has {value} as label {index}: expected a digit, 0 to 9")]
    Label {
        /// The file.
        name: String,
        /// Position of the label, from 0.
        index: usize,
        /// The byte that stood there.
        value: u8,
    },

    /// As many labels as images are needed.
    #[error("{images} images in {image_name} but {labels} labels in {label_name}: expected as many of each")]
    Unpaired {
        /// The file of images.
        image_name: String,
        /// How many it holds.
        images: usize,
        /// The file of labels.
        label_name: String,
        /// How many it holds.
        labels: usize,
    },

    /// The folder does not exist, or is a file.
    #[error("there is no folder {}: expected one with train/<digit>/ and valid/<digit>/ or the four IDX files", path.display())]
    NoFolder {
        /// The path that was given.
        path: PathBuf,
    },

    /// The folder holds nothing that can be trained on.
    #[error("{} has no {missing}{hint}: expected train/<digit>/*.png and valid/<digit>/*.png, or the four IDX files", path.display())]
    NoImages {
        /// The folder that was given.
        path: PathBuf,
        /// What was looked for and not found.
        missing: String,
        /// Empty, or a name that stands there and may have been meant, as ` (but "trian")`.
        hint: String,
    },

    /// A class folder that is not named after a digit.
    #[error("the class folder {} is not a digit: expected 0 to 9", path.display())]
    Class {
        /// The offending folder.
        path: PathBuf,
    },

    /// More images than are read.
    #[error("{} holds more than {limit} images, the most that is read", path.display())]
    TooMany {
        /// The folder that was given.
        path: PathBuf,
        /// The most that is read.
        limit: usize,
    },

    /// A file that is not a picture, or a damaged one.
    #[error("{name} is not a picture that can be read ({reason}): expected PNG, JPEG, BMP, GIF or WebP")]
    Picture {
        /// The file.
        name: String,
        /// The decoder's words.
        reason: String,
    },

    /// A picture too large to be decoded safely.
    #[error("{name} is {width} x {height} pixels: expected at most {side} a side and {} MB unpacked", bytes / 1_000_000)]
    TooLarge {
        /// The file.
        name: String,
        /// Its width in pixels.
        width: u32,
        /// Its height in pixels.
        height: u32,
        /// The longest side that is read.
        side: u32,
        /// The most bytes that are unpacked.
        bytes: u64,
    },
}

impl DataError {
    /// An error of reading `path`. Keeps the message on one line, whatever the decoder wrote.
    pub(super) fn read(path: impl AsRef<Path>, reason: &impl ToString) -> Self {
        Self::Read { path: path.as_ref().to_owned(), reason: one_line(reason) }
    }

    /// A picture that its decoder refused.
    pub(super) fn picture(name: &str, reason: &impl ToString) -> Self {
        Self::Picture { name: name.to_owned(), reason: one_line(reason) }
    }
}

/// The message of another library without line breaks, so that ours stays one line.
fn one_line(reason: &impl ToString) -> String {
    reason.to_string().split_whitespace().collect::<Vec<_>>().join(" ")
}
