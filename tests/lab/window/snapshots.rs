//! What every panel looks like, light and dark, found by walking the registry.
//!
//! A whole picture of each would be a megabyte, so what is kept is the picture shrunk to cells of 16 x 16 pixels: enough
//! to see that something moved, went missing or changed its colour. `UPDATE_SNAPSHOTS=1 cargo test --release --test
//! lab snapshots` rewrites them; look at the pictures before you commit the change.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use digit_lab::engine::Goal;
use digit_lab::experiments::{REGISTRY, Saved};
use digit_lab::shot::{Canvas, Headless};
use digit_lab::widgets::theme;
use egui::Theme;
use image::{Rgb, RgbImage, RgbaImage};

use crate::harness::window::lab;

/// Pixels of a cell, each way.
const CELL: u32 = 16;
/// Most that a cell's colour may be off, in levels of 255: less than a word that went missing.
const CELL_TOLERANCE: u8 = 6;
/// Most that the cells may be off on average, in levels.
const MEAN_TOLERANCE: f64 = 0.25;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots")
}

/// A panel at its opening, and some steps on.
fn views() -> impl Iterator<Item = (&'static str, &'static str, Goal)> {
    let goals = [("opening", Goal::Opening), ("later", Goal::Steps(Some(3)))];
    REGISTRY.iter().flat_map(move |entry| goals.map(|(moment, goal)| (entry.info.name, moment, goal)))
}

fn draw(name: &str, goal: Goal, theme: Theme) -> RgbaImage {
    let mut lab = lab(name);
    lab.panel().open(&Saved::default(), goal).unwrap();
    let canvas = Canvas { size: [1024.0, 700.0], pixels_per_point: 1.0, theme };
    let mut headless = Headless::new(canvas, theme::install);
    headless.settle(|ui| lab.ui(ui));
    assert_eq!(lab.panel().failure(), None, "{name}");
    headless.image()
}

/// The mean colour of each cell; the last ones may be cut by the edge.
fn shrink(picture: &RgbaImage) -> RgbImage {
    let (width, height) = picture.dimensions();
    RgbImage::from_fn(width.div_ceil(CELL), height.div_ceil(CELL), |column, row| {
        let (mut sums, mut count) = ([0_u32; 3], 0);
        for y in row * CELL..(row * CELL + CELL).min(height) {
            for x in column * CELL..(column * CELL + CELL).min(width) {
                let pixel = picture.get_pixel(x, y);
                sums.iter_mut().zip(pixel.0).for_each(|(sum, byte)| *sum += u32::from(byte));
                count += 1;
            }
        }
        Rgb(sums.map(|sum| u8::try_from((sum + count / 2) / count).unwrap()))
    })
}

/// What differs between two shrunken pictures, in words; `None` if they are alike.
fn difference(got: &RgbImage, kept: &RgbImage) -> Option<String> {
    if got.dimensions() != kept.dimensions() {
        return Some(format!("{:?} cells instead of {:?}", got.dimensions(), kept.dimensions()));
    }
    let (mut total, mut worst, mut place) = (0_u64, 0, (0, 0));
    for (x, y, pixel) in got.enumerate_pixels() {
        for (a, b) in pixel.0.into_iter().zip(kept.get_pixel(x, y).0) {
            let off = a.abs_diff(b);
            total += u64::from(off);
            if off > worst {
                (worst, place) = (off, (x * CELL, y * CELL));
            }
        }
    }
    let mean = total as f64 / got.len() as f64;
    (worst > CELL_TOLERANCE || mean > MEAN_TOLERANCE)
        .then(|| format!("off by {worst} levels near {place:?} and by {mean:.3} on average"))
}

#[test]
fn every_panel_looks_as_it_did() {
    let update = std::env::var_os("UPDATE_SNAPSHOTS").is_some();
    if update {
        std::fs::create_dir_all(folder()).unwrap();
    }
    let mut wrong = Vec::new();
    let mut names = BTreeSet::new();
    for (experiment, moment, goal) in views() {
        for (look, theme) in [("light", Theme::Light), ("dark", Theme::Dark)] {
            let name = format!("{experiment}-{moment}-{look}.png");
            let picture = draw(experiment, goal, theme);
            let got = shrink(&picture);
            let path = folder().join(&name);
            if update {
                got.save(&path).unwrap();
            }
            let differs = match image::open(&path) {
                Ok(kept) => difference(&got, &kept.to_rgb8()),
                Err(error) => Some(error.to_string()),
            };
            if let Some(differs) = differs {
                let whole = Path::new(env!("CARGO_TARGET_TMPDIR")).join(&name);
                picture.save(&whole).unwrap();
                wrong.push(format!("{name}: {differs}; drawn now: {}", whole.display()));
            }
            names.insert(name);
        }
    }
    for entry in std::fs::read_dir(folder()).into_iter().flatten() {
        let name = entry.unwrap().file_name().to_string_lossy().into_owned();
        if !names.contains(&name) {
            wrong.push(format!("{name}: no panel looks like this any more"));
        }
    }
    assert!(
        wrong.is_empty(),
        "\n{}\nIf that is as it should be: UPDATE_SNAPSHOTS=1 cargo test --release --test lab snapshots",
        wrong.join("\n")
    );
}

#[test]
fn a_missing_word_and_a_moved_line_are_seen() {
    let blank = RgbaImage::from_pixel(64, 48, image::Rgba([250, 250, 250, 255]));
    let kept = shrink(&blank);
    assert_eq!(difference(&shrink(&blank), &kept), None);
    let mut word = blank.clone();
    // Three thin letters.
    for x in [20, 24, 28] {
        (18..28).for_each(|y| word.put_pixel(x, y, image::Rgba([40, 40, 40, 255])));
    }
    assert!(difference(&shrink(&word), &kept).is_some());
    assert!(difference(&shrink(&RgbaImage::new(64, 64)), &kept).is_some());
}
