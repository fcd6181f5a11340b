//! The one image that an experiment looks at: an image of the data set, or a picture of the reader's.

use super::SettingsError;
use crate::data::{Images, PIXELS, Picture, Stages, Steps, load_picture, to_mnist};
use std::path::Path;
use std::sync::Arc;

/// The largest place that a digit's images can have: data sets are refused above 200,000 images.
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

impl Sample {
    /// The picture at `path`, or without one the image of `digit` at place `nth` in name order.
    ///
    /// # Errors
    /// A picture that cannot be read, a digit without images, or a place past the digit's last.
    pub fn choose(path: &str, images: &Images, digit: u8, nth: u64) -> Result<Self, SettingsError> {
        if path.is_empty() { Self::of_digit(images, digit, nth) } else { Self::of_file(path) }
    }

    /// The image of `digit` at place `nth` in name order.
    ///
    /// # Errors
    /// A digit without images, or a place past its last.
    pub fn of_digit(images: &Images, digit: u8, nth: u64) -> Result<Self, SettingsError> {
        let indices = images.of_digit(digit);
        let Some(last) = indices.len().checked_sub(1) else {
            return Err(no_images(images, digit));
        };
        let place = usize::try_from(nth).ok().and_then(|nth| indices.get(nth));
        let Some(&index) = place else {
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

/// There are no images of this digit: names those there are.
fn no_images(images: &Images, digit: u8) -> SettingsError {
    let have: Vec<u8> = (0..10).filter(|&digit| !images.of_digit(digit).is_empty()).collect();
    let nearest = have.iter().min_by_key(|&&have| have.abs_diff(digit)).map_or_else(String::new, ToString::to_string);
    let names: Vec<String> = have.iter().map(ToString::to_string).collect();
    SettingsError::value("digit", digit, format!("a digit that there are images of ({})", names.join(", ")), nearest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Library;

    #[test]
    fn the_book_s_a_3_is_training_image_10000() {
        let data = Library::new().builtin().unwrap();
        let sample = Sample::choose("", &data.train, 3, 1).unwrap();
        assert_eq!((sample.source.as_str(), sample.label, sample.index), ("train/3/10000.png", Some(3), Some(10_000)));
    }

    #[test]
    fn what_is_not_there_is_refused_in_one_sentence() {
        let data = Library::new().builtin().unwrap();
        let error = Sample::choose("", &data.train, 3, 6131).unwrap_err().to_string();
        assert_eq!(error, "nth is \"6131\"; expected a whole number from 0 to 6130; the nearest valid value is 6130");
        let error = no_images(&data.train, 11).to_string();
        assert!(error.ends_with("the nearest valid value is 9"), "{error}");
        assert!(Sample::choose("/no/such.png", &data.train, 3, 1).is_err());
    }
}
