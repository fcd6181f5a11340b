//! The chapter's images as tensors with names, for the tensor bench.

use crate::data::{Dataset, PIXELS, SIDE, Split};
use crate::experiments::sample::Sample;
use crate::math::expression::{Environment, Variable};
use crate::math::tensor::{Dtype, Tensor};
use std::sync::Arc;

/// The chapter's tensors, each made when it is first used.
pub(super) fn environment(data: &Arc<Dataset>, sample: &Arc<Sample>) -> Environment {
    let image = Arc::clone(sample);
    let single = move || Tensor::new(image.pixels.to_vec(), &[SIDE, SIDE]).ok();
    let mut variables =
        vec![Variable::new("image", "The image that you look at.", &[SIDE, SIDE], Dtype::Uint8, single)];
    for (digit, name, meaning) in [
        (3, "a_3", "The book's three, the second training image of a 3."),
        (7, "a_7", "The second training image of a 7."),
    ] {
        if data.train.of_digit(digit).len() > 1 {
            variables.push(images(data, Split::Train, digit, name, meaning, Some(1)));
        }
    }
    for (split, digit, name, meaning) in [
        (Split::Train, 3, "stacked_threes", "All training images of a 3, stacked."),
        (Split::Train, 7, "stacked_sevens", "All training images of a 7, stacked."),
        (Split::Valid, 3, "valid_threes", "All held-out images of a 3, stacked."),
    ] {
        if !data.split(split).of_digit(digit).is_empty() {
            variables.push(images(data, split, digit, name, meaning, None));
        }
    }
    Environment::with(variables)
}

/// The images of a digit in name order as one tensor, or `only` the one of that index.
fn images(
    data: &Arc<Dataset>,
    split: Split,
    digit: u8,
    name: &'static str,
    meaning: &str,
    only: Option<usize>,
) -> Variable {
    let count = data.split(split).of_digit(digit).len();
    let shape = if only.is_some() { vec![SIDE, SIDE] } else { vec![count, SIDE, SIDE] };
    let (data, lengths) = (Arc::clone(data), shape.clone());
    Variable::new(name, meaning, &shape, Dtype::Uint8, move || {
        let images = data.split(split);
        let indices = images.of_digit(digit);
        let indices = only.map_or(indices, |only| indices.get(only..=only).unwrap_or_default());
        let mut bytes = Vec::with_capacity(indices.len() * PIXELS);
        for &index in indices {
            bytes.extend_from_slice(images.image(index as usize));
        }
        Tensor::new(bytes, &lengths).ok()
    })
}
