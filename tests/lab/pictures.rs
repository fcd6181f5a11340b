//! Pictures of any kind on the command line: `run pixels --set file=...`.
#![expect(clippy::cast_possible_truncation, reason = "a test knows its numbers")]

use image::{DynamicImage, GrayImage, ImageBuffer, Luma, Rgb, RgbImage};
use serde_json::{Value, json};
use std::path::Path;

use crate::harness::program::Program;

/// Whether a seven's ink is at this place of a sheet one unit wide and high.
fn seven(x: f32, y: f32) -> bool {
    ((0.25..0.75).contains(&x) && (0.2..0.3).contains(&y))
        || ((0.2..0.85).contains(&y) && (x - 0.75 + (y - 0.2) * 0.5).abs() < 0.05)
}

fn parts(x: u32, y: u32, width: u32, height: u32) -> (f32, f32) {
    (x as f32 / width as f32, y as f32 / height as f32)
}

fn run(path: &Path, more: &[&str]) -> Value {
    let file = format!("file={}", path.display());
    let pairs = ["rows=:", "columns=:", &file].into_iter().chain(more.iter().copied());
    Program::new().json(["run", "pixels", "--json"].into_iter().chain(pairs.flat_map(|pair| ["--set", pair])))
}

fn pixels(found: &Value) -> Vec<u64> {
    let rows = found["values"].as_array().unwrap();
    rows.iter().flat_map(|row| row.as_array().unwrap()).map(|value| value.as_u64().unwrap()).collect()
}

/// The ink lies within 20 x 20, its strongest is 255, and its centre of mass is within half a pixel of (14, 14).
fn assert_like_mnist(found: &Value) {
    let pixels = pixels(found);
    assert_eq!((found["shape"].clone(), pixels.len(), found["label"].clone()), (json!([28, 28]), 784, Value::Null));
    assert_eq!(pixels.iter().max(), Some(&255));
    let mass: u64 = pixels.iter().sum();
    let moment =
        |at: fn(usize) -> usize| pixels.iter().enumerate().map(|(i, byte)| at(i) as u64 * byte).sum::<u64>() as f64;
    for centre in [moment(|i| i / 28) / mass as f64, moment(|i| i % 28) / mass as f64] {
        assert!((centre - 14.0).abs() <= 0.5, "{centre}");
    }
    let picture = &found["picture"];
    let fitted: Vec<u64> = picture["fitted"].as_array().unwrap().iter().map(|side| side.as_u64().unwrap()).collect();
    assert_eq!(fitted.iter().max(), Some(&20), "{picture}");
}

#[test]
fn a_colour_jpeg() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("seven.jpg");
    let image = RgbImage::from_fn(300, 400, |x, y| {
        let (across, down) = parts(x, y, 300, 400);
        Rgb(if seven(across, down) { [30, 40, 150] } else { [250 - (x / 10) as u8, 240, 200] })
    });
    image.save(&path).unwrap();
    let found = run(&path, &[]);
    assert_like_mnist(&found);
    assert_eq!((&found["picture"]["size"], &found["picture"]["inverted"]), (&json!([300, 400]), &json!(true)));
    assert_eq!(found["picture"]["differ"], json!(0));
}

#[test]
fn each_step_switched_off_changes_the_result_and_says_how_much() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("seven.png");
    // Off the middle, and grey on grey, so that no step is without effect.
    let image = GrayImage::from_fn(240, 200, |x, y| {
        let (across, down) = parts(x, y, 120, 120);
        Luma([if across < 1.0 && down < 1.0 && seven(across, down) { 90 } else { 200 }])
    });
    image.save(&path).unwrap();
    let usual = pixels(&run(&path, &[]));
    for step in ["invert=no", "levels=false", "crop=false", "fit=false", "centre=false"] {
        let found = run(&path, &[step]);
        let differ = pixels(&found).iter().zip(&usual).filter(|(a, b)| a != b).count();
        assert!(differ > 0, "{step} has no effect");
        assert_eq!(found["picture"]["differ"], json!(differ), "{step}");
    }
}

#[test]
fn a_png_of_16_bits() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("seven.png");
    let image: ImageBuffer<Luma<u16>, Vec<u16>> = ImageBuffer::from_fn(90, 90, |x, y| {
        let (across, down) = parts(x, y, 90, 90);
        Luma([if seven(across, down) { 60_000 } else { 1_000 }])
    });
    DynamicImage::ImageLuma16(image).save(&path).unwrap();
    let found = run(&path, &[]);
    assert_like_mnist(&found);
    assert_eq!(found["picture"]["inverted"], json!(false), "light ink on dark paper");
}

#[test]
fn a_single_pixel_is_an_empty_page() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("dot.png");
    RgbImage::from_pixel(1, 1, Rgb([200, 10, 10])).save(&path).unwrap();
    let found = run(&path, &[]);
    assert!(pixels(&found).iter().all(|&byte| byte == 0));
    assert_eq!((&found["picture"]["size"], &found["picture"]["ink_box"]), (&json!([1, 1]), &Value::Null));
}

#[test]
fn a_photograph_of_twelve_million_pixels() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("photo.jpg");
    let image = RgbImage::from_fn(4000, 3000, |x, y| {
        let (across, down) = parts(x, y, 4000, 3000);
        let grain = ((x * 7 + y * 13) % 11) as u8;
        Rgb(if seven(across, down) { [40 + grain; 3] } else { [225 + grain, 220, 210 + grain] })
    });
    image.save(&path).unwrap();
    let found = run(&path, &[]);
    assert_like_mnist(&found);
    assert_eq!(found["picture"]["size"], json!([4000, 3000]));
}

#[test]
fn what_is_no_picture_is_refused_in_one_line() {
    let program = Program::new();
    std::fs::write(program.path("notes.png"), "not a picture").unwrap();
    program.refused(&["run", "pixels", "--set", "file=notes.png"], &["notes.png"]);
}
