use image::{DynamicImage, ImageFormat, Luma, Rgb};
use proptest::prelude::*;

use super::*;
use crate::data::picture::tests::encoded;
use crate::data::{Library, decode_picture};

fn grey(image: GrayImage) -> Picture {
    Picture::new(DynamicImage::ImageLuma8(image))
}

/// How many pixels are full ink.
fn full(stages: &Stages) -> usize {
    let bytes = stages.result.iter().copied();
    bytes.filter(|byte| *byte == u8::MAX).count()
}

fn convert(image: GrayImage) -> Stages {
    to_mnist(&grey(image), &Steps::default())
}

/// MNIST's own digit, `zoom` times as large, dark grey-blue on a cream page of `width` x `height` at (`x`, `y`).
fn poster(digit: &[u8], zoom: u32, (width, height): (u32, u32), (x, y): (u32, u32)) -> RgbImage {
    RgbImage::from_fn(width, height, |column, row| {
        let at = |position: u32, start: u32| position.checked_sub(start).map(|from| from / zoom);
        let ink = match (at(column, x), at(row, y)) {
            (Some(column @ 0..28), Some(row @ 0..28)) => digit[(row * 28 + column) as usize],
            _ => 0,
        };
        let mix =
            |paper: u32, full: u32| resample::byte((paper * (255 - u32::from(ink)) + full * u32::from(ink)) / 255);
        Rgb([mix(250, 40), mix(244, 40), mix(225, 90)])
    })
}

#[test]
fn a_digit_on_a_poster_becomes_itself_again() {
    let mnist = Library::new().builtin().unwrap();
    for digit in 0..10 {
        let index = mnist.train.of_digit(digit)[1] as usize;
        let original = mnist.train.image(index);
        let poster = DynamicImage::ImageRgb8(poster(original, 20, (900, 700), (260, 90)));
        let photo = decode_picture(&encoded(&poster, ImageFormat::Jpeg), "f.jpg").unwrap();
        let stages = to_mnist(&photo, &Steps::default());
        assert!(stages.inverted && !stages.as_it_is);
        let apart: u32 = original.iter().zip(&stages.result).map(|(a, b)| u32::from(a.abs_diff(*b))).sum();
        let ink: u32 = original.iter().map(|&byte| u32::from(byte)).sum();
        assert!(apart * 4 < ink, "digit {digit}: {apart} of {ink} apart");
    }
}

#[test]
fn mnists_own_form_is_left_alone() {
    let mnist = Library::new().builtin().unwrap();
    let original = mnist.valid.image(0);
    let own = GrayImage::from_raw(28, 28, original.to_vec()).unwrap();
    let stages = convert(own.clone());
    assert!(stages.as_it_is);
    assert_eq!(stages.result, original);
    // The same in colour channels, and as PNG.
    let rgb = DynamicImage::ImageLuma8(own.clone()).into_rgb8();
    let png = encoded(&DynamicImage::ImageRgb8(rgb), ImageFormat::Png);
    let stages = to_mnist(&decode_picture(&png, "f").unwrap(), &Steps::default());
    assert_eq!(stages.result, original);
    // Its negative has a light border, so that is dark ink on paper.
    let mut negative = own;
    image::imageops::invert(&mut negative);
    let stages = convert(negative);
    assert!(stages.inverted && !stages.as_it_is);
}

#[test]
fn proportions_and_size_are_mnists() {
    let bar =
        GrayImage::from_fn(300, 200, |x, y| Luma([u8::from((40..240).contains(&x) && (90..150).contains(&y)) * 255]));
    let stages = convert(bar);
    assert_eq!(stages.fitted.dimensions(), (20, 6));
    assert_eq!(stages.place, (5, 12)); // centre of mass 9.5 -> 4.5, rounded up; 2.5 -> 11.5
    let inked = full(&stages);
    assert_eq!(inked, 120);
    assert_eq!(stages.ink_box, Some(InkBox { x: 40, y: 90, width: 200, height: 60 }));
}

#[test]
fn mass_not_the_box_is_centred() {
    // A heavy block on the left of a thin line: the digit moves right.
    let image = GrayImage::from_fn(100, 100, |x, y| {
        let block = x < 50 && (30..70).contains(&y) && x >= 10;
        let line = (10..90).contains(&x) && (48..52).contains(&y);
        Luma([u8::from(block || line) * 255])
    });
    let stages = convert(image.clone());
    let steps = Steps { centre: false, ..Steps::default() };
    let middle = to_mnist(&grey(image), &steps).place;
    assert_eq!(middle, (4, 9));
    assert!(stages.place.0 > middle.0);
}

#[test]
fn each_step_can_be_left_out() {
    let image = GrayImage::from_fn(200, 100, |x, y| {
        Luma([if (20..40).contains(&x) && (20..80).contains(&y) { 60 } else { 230 }])
    });
    let picture = grey(image);
    let all = Steps::default();
    let with = |steps: Steps| to_mnist(&picture, &steps);
    let squeezed = with(Steps { fit: false, ..all });
    assert_eq!(squeezed.fitted.dimensions(), (28, 28));
    assert_eq!(squeezed.result, [255; PIXELS]);
    assert_eq!(with(Steps { crop: false, ..all }).fitted.dimensions(), (20, 10));
    let pale = with(Steps { levels: false, ..all });
    assert_eq!(pale.result.iter().max(), Some(&195));
    let negative = with(Steps { invert: Invert::No, ..all });
    assert!(!negative.inverted);
    assert_ne!(negative.result, with(all).result);
}

#[test]
fn empty_and_tiny_pictures_give_something_sensible() {
    for (width, height, byte) in [(1, 1, 0), (1, 1, 255), (0, 0, 0), (300, 40, 250), (28, 28, 255)] {
        let stages = convert(GrayImage::from_pixel(width, height, Luma([byte])));
        assert_eq!(stages.result, [0; PIXELS]);
        assert_eq!(stages.ink_box, None);
    }
    let speck = convert(GrayImage::from_raw(3, 1, vec![255, 0, 255]).unwrap());
    assert_eq!(full(&speck), 400);
}

#[test]
fn a_large_photograph_with_a_thin_line_stays_dark_enough() {
    let image = GrayImage::from_fn(4000, 3000, |x, y| {
        Luma([if (1990..2010).contains(&x) && (500..2500).contains(&y) { 90 } else { 210 }])
    });
    let stages = convert(image);
    assert_eq!(stages.original.dimensions(), (512, 384));
    assert_eq!(stages.grey.dimensions(), (512, 384));
    assert_eq!(stages.fitted.dimensions(), (1, 20));
    assert_eq!(full(&stages), 20);
}

proptest! {
    #[test]
    fn any_picture_under_any_steps_is_converted(
        width in 1_u32..60,
        height in 1_u32..60,
        bytes in proptest::collection::vec(any::<u8>(), 3600),
        switches: [bool; 4],
    ) {
        let image = GrayImage::from_raw(width, height, bytes[..(width * height) as usize].to_vec()).unwrap();
        let [levels, crop, fit, centre] = switches;
        for invert in [Invert::Auto, Invert::Yes, Invert::No] {
            let steps = Steps { invert, levels, crop, fit, centre };
            let stages = to_mnist(&grey(image.clone()), &steps);
            let lost = stages.fitted.iter().filter(|&&byte| byte > 0).count();
            let kept = stages.result.iter().filter(|&&byte| byte > 0).count();
            prop_assert_eq!(lost, kept);
        }
    }
}
