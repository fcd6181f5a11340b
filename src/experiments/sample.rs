//! The one image that an experiment looks at: an image of the data set, or a picture of the reader's.

use super::SettingsError;
use crate::data::{Dataset, Images, PIXELS, Picture, Split, Stages, Steps, load_picture, to_mnist};
use std::path::Path;
use std::sync::Arc;

/// The largest index among a digit's images: data sets are refused above 200,000 images.
pub const MAX_NTH: u64 = 199_999;

/// An image, and where it comes from.
#[derive(Clone, Debug)]
pub struct Sample {
    /// `train/3/10000.png`, or the path of a picture.
    pub source: String,
    /// Its digit, where that is known.
    pub label: Option<u8>,
    /// Its index in its split, if it is in one.
    pub index: Option<u32>,
    /// Its pixels row by row, paper 0 to ink 255.
    pub pixels: [u8; PIXELS],
    /// The way of a picture to these pixels; `None` for an image of the data set.
    pub stages: Option<Arc<Stages>>,
}

/// Blank paper from nowhere.
impl Default for Sample {
    fn default() -> Self {
        Self { source: String::new(), label: None, index: None, pixels: [0; PIXELS], stages: None }
    }
}

impl Sample {
    /// The image of `digit` at index `nth` in name order, or the nearest that there is: the digit's last, another digit,
    /// or one of the other split. `None` of an empty data set.
    #[must_use]
    pub fn nearest(data: &Dataset, split: Split, digit: u8, nth: u64) -> Option<Self> {
        let splits = [split, Split::Train, Split::Valid].map(|split| data.split(split));
        let (images, digit) = splits.into_iter().find_map(|images| Some((images, nearest_digit(images, digit)?)))?;
        let last = images.of_digit(digit).len().saturating_sub(1) as u64;
        Self::of_digit(images, digit, nth.min(last)).ok()
    }

    /// The image of `digit` at index `nth` in name order.
    ///
    /// # Errors
    /// A digit without images, or an index past its last.
    pub fn of_digit(images: &Images, digit: u8, nth: u64) -> Result<Self, SettingsError> {
        let indices = images.of_digit(digit);
        let Some(last) = indices.len().checked_sub(1) else {
            return Err(no_images(images, digit));
        };
        let found = usize::try_from(nth).ok().and_then(|nth| indices.get(nth));
        let Some(&index) = found else {
            return Err(SettingsError::value("nth", nth, format!("a whole number from 0 to {last}"), last));
        };
        let at = index as usize;
        let mut pixels = [0; PIXELS];
        pixels.copy_from_slice(images.image(at));
        Ok(Self { source: images.source(at), label: Some(digit), index: Some(index), pixels, stages: None })
    }

    /// A picture of any size and colour, made 28x28 as MNIST's makers did it.
    ///
    /// # Errors
    /// A file that is missing, too large or no picture.
    pub fn of_file(path: &str) -> Result<Self, SettingsError> {
        Ok(Self::of_picture(path, &load_picture(Path::new(path))?, &Steps::default()))
    }

    /// A picture that was read from `path`, made 28x28 by these steps.
    #[must_use]
    pub fn of_picture(path: &str, picture: &Picture, steps: &Steps) -> Self {
        let stages = to_mnist(picture, steps);
        let pixels = stages.result;
        Self { source: path.to_owned(), label: None, index: None, pixels, stages: Some(Arc::new(stages)) }
    }
}

/// The digits that there are images of.
fn digits(images: &Images) -> impl Iterator<Item = u8> + '_ {
    (0..10).filter(|&digit| !images.of_digit(digit).is_empty())
}

/// The digit nearest to this one that there are images of.
fn nearest_digit(images: &Images, digit: u8) -> Option<u8> {
    digits(images).min_by_key(|have| have.abs_diff(digit))
}

/// There are no images of this digit: names those there are.
fn no_images(images: &Images, digit: u8) -> SettingsError {
    let nearest = nearest_digit(images, digit).map_or_else(String::new, |digit| digit.to_string());
    let names: Vec<String> = digits(images).map(|digit| digit.to_string()).collect();
    SettingsError::value("digit", digit, format!("a digit that there are images of ({})", names.join(", ")), nearest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Library;

    #[test]
    fn the_book_s_a_3_is_training_image_10000() {
        let data = Library::new().builtin().unwrap();
        let sample = Sample::of_digit(&data.train, 3, 1).unwrap();
        assert_eq!((sample.source.as_str(), sample.label, sample.index), ("train/3/10000.png", Some(3), Some(10_000)));
    }

    #[test]
    fn what_is_not_there_is_refused_in_one_sentence() {
        let data = Library::new().builtin().unwrap();
        let error = Sample::of_digit(&data.train, 3, 6131).unwrap_err().to_string();
        assert_eq!(error, "nth is \"6131\"; expected a whole number from 0 to 6130; the nearest valid value is 6130");
        let error = no_images(&data.train, 11).to_string();
        assert!(error.ends_with("the nearest valid value is 9"), "{error}");
        assert!(Sample::of_file("/no/such.png").is_err());
    }

    #[test]
    fn the_nearest_there_is_never_fails() {
        let dir = tempfile::tempdir().unwrap();
        for file in ["train/3/a", "train/3/b", "train/7/a", "valid/7/a"] {
            let file = dir.path().join(file).with_extension("png");
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            image::GrayImage::from_pixel(28, 28, image::Luma([9])).save(file).unwrap();
        }
        let data = Library::new().open(Some(dir.path())).unwrap();
        for (split, digit, nth, source) in [
            (Split::Train, 3, 0, "train/3/a.png"),
            (Split::Train, 3, 9, "train/3/b.png"),
            (Split::Train, 9, u64::MAX, "train/7/a.png"),
            (Split::Valid, 3, 1, "valid/7/a.png"),
        ] {
            assert_eq!(Sample::nearest(&data, split, digit, nth).unwrap().source, source);
        }
    }
}
