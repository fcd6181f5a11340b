//! Any picture to 28 x 28 as MNIST's makers did it: ink on black, cropped, fitted into 20 x 20, placed by its centre of
//! mass. Source: the MNIST page by LeCun, Cortes and Burges, and their digits: all 60,000 have their longer side 19 or
//! 20 pixels long and their centre of mass within half a pixel of index (14, 14).

use image::{GrayImage, RgbImage};
use serde::{Deserialize, Serialize};

use super::ink::{IDENTITY, Ink};
use super::{InkBox, PIXELS, Picture, SIDE, resample};

/// The longer side of a fitted digit, in pixels.
const FITTED: u32 = 20;
/// Rows and columns of the result, for image sizes.
const FULL: u32 = 28;
const _: () = assert!(FULL as usize == SIDE);
/// The index, in rows and in columns, at which MNIST's digits have their centre of mass.
const MIDDLE: i64 = 14;
/// The longest side of what is kept for display, in pixels.
const PREVIEW_SIDE: u32 = 512;

/// Whether ink is the darker and has to be turned light.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Invert {
    /// As the border says: paper is what surrounds the digit.
    #[default]
    Auto,
    /// Dark ink on light paper.
    Yes,
    /// Light ink on dark paper.
    No,
}

/// Which steps to take; all, by default.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch that a person sets on its own")]
pub struct Steps {
    /// Which of light and dark is ink.
    pub invert: Invert,
    /// Stretch from paper 0 to ink 255. Off: grey as it is, perhaps inverted.
    pub levels: bool,
    /// Crop to the ink's box. Off: the whole picture.
    pub crop: bool,
    /// Fit into 20 x 20, proportions kept. Off: squeeze to 28 x 28, proportions lost.
    pub fit: bool,
    /// Place by centre of mass. Off: the box in the middle.
    pub centre: bool,
}

impl Default for Steps {
    fn default() -> Self {
        Self { invert: Invert::Auto, levels: true, crop: true, fit: true, centre: true }
    }
}

/// A picture on its way to 28 x 28, each stage of it.
#[derive(Clone, Debug)]
pub struct Stages {
    /// The picture in colour, at most 512 pixels a side.
    pub original: RgbImage,
    /// Width and height of the picture itself, in pixels.
    pub original_size: (u32, u32),
    /// The picture in grey, at most 512 pixels a side.
    pub grey: GrayImage,
    /// Whether ink was dark, and is light from here on.
    pub inverted: bool,
    /// The amount of ink, 0 to 255, at most 512 pixels a side.
    pub ink: GrayImage,
    /// Where the ink lies, in pixels of the picture itself; `None` on an empty page.
    pub ink_box: Option<InkBox>,
    /// The ink, at most 20 x 20 (28 x 28 if it was not to be fitted); 0 x 0 on an empty page.
    pub fitted: GrayImage,
    /// Column and row of the result at which `fitted` has its left top corner.
    pub place: (u32, u32),
    /// The 28 x 28 pixels, row by row, ink 255 on 0: what a classifier reads. All 0 on an empty page.
    pub result: [u8; PIXELS],
    /// The picture was MNIST's form already (28 x 28, no colour, dark border) and was taken as it is. Only under
    /// [`Invert::Auto`]; the other steps do not apply then.
    pub as_it_is: bool,
}

/// Takes `picture` to 28 x 28. Never fails: an empty page gives an empty image.
#[must_use]
pub fn to_mnist(picture: &Picture, steps: &Steps) -> Stages {
    let grey = &picture.grey;
    let whole = InkBox { x: 0, y: 0, width: grey.width(), height: grey.height() };
    let mut stages = Stages {
        original: picture.preview.clone(),
        original_size: picture.size,
        grey: preview(grey, whole),
        inverted: false,
        ink: GrayImage::new(0, 0),
        ink_box: None,
        fitted: GrayImage::new(0, 0),
        place: (0, 0),
        result: [0; PIXELS],
        as_it_is: false,
    };
    let ink = Ink::find(grey, steps.invert, steps.levels);
    stages.ink_box = ink.bounds(grey);
    if let Some(digit) = finished(picture, steps.invert) {
        stages.ink.clone_from(&stages.grey);
        stages.fitted.clone_from(&stages.grey);
        stages.result = digit;
        stages.as_it_is = true;
        return stages;
    }
    stages.inverted = ink.inverted;
    stages.ink.clone_from(&stages.grey);
    for byte in stages.ink.iter_mut() {
        *byte = ink.levels[usize::from(*byte)];
    }
    let Some(ink_box) = stages.ink_box else {
        return stages;
    };
    let area = if steps.crop { ink_box } else { whole };
    let (width, height) = if steps.fit { fit(area, FITTED) } else { (FULL, FULL) };
    stages.fitted = resample::resize(grey, area, &ink.levels, width, height);
    if steps.levels {
        brighten(&mut stages.fitted);
    }
    stages.place = if steps.centre { by_mass(&stages.fitted) } else { ((FULL - width) / 2, (FULL - height) / 2) };
    paste(&stages.fitted, stages.place, &mut stages.result);
    stages
}

/// The bytes of a picture that is in MNIST's form already: 28 x 28, without colour, and dark all around.
fn finished(picture: &Picture, invert: Invert) -> Option<[u8; PIXELS]> {
    let digit = picture.as_digit().filter(|_| invert == Invert::Auto)?;
    let dark = super::ink::paper(&picture.grey) < 128;
    dark.then_some(digit)
}

/// The size of `area` scaled so that its longer side is `side`, and no side nothing.
fn fit(area: InkBox, side: u32) -> (u32, u32) {
    let longer = u64::from(area.width.max(area.height)).max(1);
    let scaled = |length: u32| {
        let rounded = (u64::from(length) * u64::from(side) + longer / 2) / longer;
        u32::try_from(rounded).unwrap_or(side).clamp(1, side)
    };
    (scaled(area.width), scaled(area.height))
}

/// At most 512 pixels a side.
fn preview(grey: &GrayImage, whole: InkBox) -> GrayImage {
    if whole.width.max(whole.height) <= PREVIEW_SIDE {
        return grey.clone();
    }
    let (width, height) = fit(whole, PREVIEW_SIDE);
    resample::resize(grey, whole, &IDENTITY, width, height)
}

/// Makes the strongest ink 255: a thin line in a large picture is pale after averaging, and MNIST's lines are not.
fn brighten(fitted: &mut GrayImage) {
    let peak = fitted.iter().copied().map(u32::from).max().unwrap_or(0).max(1);
    for byte in fitted.iter_mut() {
        *byte = resample::byte((u32::from(*byte) * 255 + peak / 2) / peak);
    }
}

/// Where `fitted` has to lie for its centre of mass to be at (14, 14), as near as whole pixels within the frame allow.
fn by_mass(fitted: &GrayImage) -> (u32, u32) {
    let (mut mass, mut across, mut down) = (0_i64, 0_i64, 0_i64);
    for (x, y, pixel) in fitted.enumerate_pixels() {
        let weight = i64::from(pixel.0[0]);
        mass += weight;
        across += weight * i64::from(x);
        down += weight * i64::from(y);
    }
    let place = |moment: i64, side: u32| {
        // MIDDLE - moment / mass, rounded; with no mass there is no moment either, and the result is the middle.
        let mass = mass.max(1);
        let offset = (2 * (MIDDLE * mass - moment) + mass).div_euclid(2 * mass);
        let room = FULL.saturating_sub(side);
        u32::try_from(offset).unwrap_or(0).min(room)
    };
    (place(across, fitted.width()), place(down, fitted.height()))
}

/// Copies `fitted` into `result` with its left top corner at `place`; what lies outside is left out.
fn paste(fitted: &GrayImage, place: (u32, u32), result: &mut [u8; PIXELS]) {
    let (left, top) = (place.0 as usize, place.1 as usize);
    let rows = fitted.chunks_exact(fitted.width().max(1) as usize);
    for (to, from) in result.chunks_exact_mut(SIDE).skip(top).zip(rows) {
        for (to, from) in to.iter_mut().skip(left).zip(from) {
            *to = *from;
        }
    }
}

#[cfg(test)]
mod tests;
