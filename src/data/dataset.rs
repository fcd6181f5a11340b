//! Labelled images in memory: every split once, as bytes, shared by all who read it.

use super::Memo;
use serde::{Deserialize, Serialize};

/// Rows, and columns, of an image.
pub const SIDE: usize = 28;
/// Pixels of an image, row by row from the top left.
pub const PIXELS: usize = SIDE * SIDE;

/// Which part of a data set: the images trained on, or those held out to measure with.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Split {
    /// Trained on.
    #[default]
    Train,
    /// Held out (MNIST calls it `t10k`, the test set).
    Valid,
}

impl Split {
    /// The split's name, which is also its folder's: `train` or `valid`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Train => "train",
            Self::Valid => "valid",
        }
    }
}

/// Both splits of one data set.
#[derive(Debug)]
pub struct Dataset {
    /// The images trained on.
    pub train: Images,
    /// The images held out.
    pub valid: Images,
    /// What was computed from them and may be wanted again.
    pub memo: Memo,
}

impl Dataset {
    /// A data set of two splits.
    #[must_use]
    pub fn new(train: Images, valid: Images) -> Self {
        Self { train, valid, memo: Memo::default() }
    }

    /// The images of one split.
    #[must_use]
    pub fn split(&self, split: Split) -> &Images {
        match split {
            Split::Train => &self.train,
            Split::Valid => &self.valid,
        }
    }
}

/// The images of one split: bytes, ink 255 on paper 0, with a digit each.
///
/// An image's *index* is its place in the file (IDX) or among all loaded files (a folder). The accessors that take one
/// follow slices: an index of [`len`](Self::len) or more panics.
#[derive(Debug)]
pub struct Images {
    /// The folder that [`source`](Self::source) names: `train` or `valid`, or what a user's folder calls it.
    folder: String,
    pixels: Vec<u8>,
    labels: Vec<u8>,
    /// Empty for IDX files, whose images are named after their index.
    names: Vec<String>,
    by_digit: [Vec<u32>; 10],
}

impl Images {
    /// Images named after their index, as `10000.png`: what an IDX file holds. The caller has checked that there are
    /// 784 pixels a label, that labels are 0 to 9 and that there are at most `u32::MAX`.
    pub(super) fn from_idx(split: Split, pixels: Vec<u8>, labels: Vec<u8>) -> Self {
        let mut by_digit = group(&labels);
        for indices in &mut by_digit {
            indices.sort_unstable_by_key(|&index| name_order(index));
        }
        Self { folder: split.name().to_owned(), pixels, labels, names: Vec::new(), by_digit }
    }

    /// Images named after their files. The caller has checked the same, and sorted each digit's files by name.
    pub(super) fn from_files(folder: String, pixels: Vec<u8>, labels: Vec<u8>, names: Vec<String>) -> Self {
        let by_digit = group(&labels);
        Self { folder, pixels, labels, names, by_digit }
    }

    /// How many images there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// The 784 pixels of one image, row by row.
    ///
    /// # Panics
    ///
    /// If `index` is [`len`](Self::len) or more, as slices do.
    #[must_use]
    pub fn image(&self, index: usize) -> &[u8] {
        &self.pixels[index * PIXELS..][..PIXELS]
    }

    /// The digit of one image, 0 to 9.
    ///
    /// # Panics
    ///
    /// If `index` is [`len`](Self::len) or more, as slices do.
    #[must_use]
    pub fn label(&self, index: usize) -> u8 {
        self.labels[index]
    }

    /// The digit of every image, in index order.
    #[must_use]
    pub fn labels(&self) -> &[u8] {
        &self.labels
    }

    /// The pixels of every image, 784 each, in index order.
    #[must_use]
    pub fn pixels(&self) -> &[u8] {
        &self.pixels
    }

    /// Indices of this digit's images in the order of their names, sorted as strings as the book sorts them:
    /// `10.png`, `10000.png`, `10011.png`. Empty for a `digit` above 9.
    #[must_use]
    pub fn of_digit(&self, digit: u8) -> &[u32] {
        self.by_digit.get(usize::from(digit)).map_or(&[], Vec::as_slice)
    }

    /// Where an image comes from, as `train/3/10000.png`.
    ///
    /// # Panics
    ///
    /// If `index` is [`len`](Self::len) or more, as slices do.
    #[must_use]
    pub fn source(&self, index: usize) -> String {
        let (folder, digit) = (&self.folder, self.label(index));
        match self.names.get(index) {
            Some(name) => format!("{folder}/{digit}/{name}"),
            None => format!("{folder}/{digit}/{index}.png"),
        }
    }
}

/// Each digit's indices, ascending.
fn group(labels: &[u8]) -> [Vec<u32>; 10] {
    let mut groups: [Vec<u32>; 10] = Default::default();
    for (index, &label) in (0..).zip(labels) {
        groups[usize::from(label)].push(index);
    }
    groups
}

/// A key that sorts indices as their decimal names sort, without making the strings: the digits moved to the left of
/// ten places, then the length (`1` before `10` before `2`).
fn name_order(index: u32) -> (u64, u32) {
    let places = index.checked_ilog10().unwrap_or(0);
    (u64::from(index) * 10_u64.pow(9 - places), places)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn digits_are_grouped_in_name_order() {
        let labels: Vec<u8> = (0..12).map(|index| if index == 5 { 7 } else { 3 }).collect();
        let images = Images::from_idx(Split::Train, vec![9; 12 * PIXELS], labels);
        assert_eq!(images.of_digit(3), [0, 1, 10, 11, 2, 3, 4, 6, 7, 8, 9]);
        assert_eq!(images.of_digit(7), [5]);
        assert!(images.of_digit(4).is_empty() && images.of_digit(10).is_empty());
        assert_eq!(images.source(10), "train/3/10.png");
        assert_eq!(images.image(11), [9; PIXELS]);
    }

    #[test]
    #[should_panic(expected = "range")]
    fn an_index_past_the_end_panics_as_a_slice_does() {
        let images = Images::from_idx(Split::Valid, vec![0; PIXELS], vec![1]);
        drop(images.image(1).to_vec());
    }

    #[test]
    fn splits_are_written_in_lower_case() {
        assert_eq!(serde_json::to_string(&Split::Valid).unwrap(), "\"valid\"");
        assert_eq!(Split::Train.name(), "train");
    }

    proptest! {
        #[test]
        fn the_key_orders_as_strings_do(a: u32, b: u32, small in 0_u32..200) {
            for (a, b) in [(a, b), (a, small), (a / 10, a), (0, small)] {
                let strings = format!("{a}.png").cmp(&format!("{b}.png"));
                prop_assert_eq!(name_order(a).cmp(&name_order(b)), strings);
            }
        }
    }
}
