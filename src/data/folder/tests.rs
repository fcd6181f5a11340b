use image::{DynamicImage, GrayImage, Luma, Rgb, RgbImage};
use tempfile::TempDir;

use super::*;
use crate::data::idx::tests::{gzip, idx_images, idx_labels};

fn with(files: &[(&str, Vec<u8>)]) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        let path = dir.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    dir
}

fn grey(byte: u8) -> Vec<u8> {
    let image = GrayImage::from_pixel(28, 28, Luma([byte]));
    png(&DynamicImage::ImageLuma8(image))
}

fn png(image: &DynamicImage) -> Vec<u8> {
    crate::data::picture::tests::encoded(image, image::ImageFormat::Png)
}

fn message(dir: &TempDir) -> String {
    let text = load(dir.path(), &Cancel::default()).unwrap_err().to_string();
    text.replace(&format!("{}", dir.path().display()), "DIR")
}

#[test]
fn pictures_come_in_name_order_with_their_names() {
    let wide =
        RgbImage::from_fn(90, 60, |x, _| if (40..50).contains(&x) { Rgb([20, 30, 90]) } else { Rgb([250, 250, 240]) });
    let dir = with(&[
        ("train/7/a.png", grey(1)),
        ("train/3/10000.png", grey(2)),
        ("train/3/10.PNG", grey(3)),
        ("train/3/9.png", grey(4)),
        ("train/3/.hidden.png", b"no picture".to_vec()),
        ("train/3/notes.txt", b"no picture".to_vec()),
        ("train/README.md", b"no class".to_vec()),
        ("test/0/wide.png", png(&DynamicImage::ImageRgb8(wide))),
        ("valid.txt", Vec::new()),
    ]);
    let set = load(dir.path(), &Cancel::default()).unwrap();
    assert_eq!(set.train.labels(), [3, 3, 3, 7]);
    assert_eq!(set.train.of_digit(3), [0, 1, 2]);
    let sources: Vec<_> = (0..4).map(|index| set.train.source(index)).collect();
    assert_eq!(sources, ["train/3/10.PNG", "train/3/10000.png", "train/3/9.png", "train/7/a.png"]);
    assert_eq!(set.train.image(1), [2; PIXELS]);
    assert_eq!(set.valid.source(0), "test/0/wide.png");
    assert_eq!(set.valid.image(0).iter().max(), Some(&255));
}

#[test]
fn a_light_28x28_picture_is_taken_as_it_is() {
    let dir = with(&[("train/1/a.png", grey(250)), ("valid/1/a.png", grey(0))]);
    assert_eq!(load(dir.path(), &Cancel::default()).unwrap().train.image(0), [250; PIXELS]);
}

#[test]
fn idx_files_are_found_by_either_name() {
    let dir = with(&[
        ("train-images-idx3-ubyte.gz", gzip(&idx_images(3))),
        ("train-labels-idx1-ubyte", idx_labels(&[4, 9, 4])),
        ("t10k-images.idx3-ubyte", idx_images(2)),
        ("t10k-labels.idx1-ubyte.gz", gzip(&idx_labels(&[0, 1]))),
    ]);
    let set = load(dir.path(), &Cancel::default()).unwrap();
    assert_eq!(set.train.of_digit(4), [0, 2]);
    assert_eq!(set.valid.source(1), "valid/1/1.png");
    fs::write(dir.path().join("t10k-labels.idx1-ubyte.gz"), idx_labels(&[0])).unwrap();
    assert_eq!(
        message(&dir),
        "2 images in DIR/t10k-images.idx3-ubyte but 1 labels in DIR/t10k-labels.idx1-ubyte.gz: expected as many of each"
    );
    fs::remove_file(dir.path().join("t10k-images.idx3-ubyte")).unwrap();
    assert!(message(&dir).starts_with("DIR has no file t10k-images-idx3-ubyte: expected"));
}

#[test]
fn what_is_missing_is_said_with_what_may_have_been_meant() {
    let empty = with(&[]);
    assert!(message(&empty).starts_with("DIR has no folder train: expected train/<digit>/*.png"));
    let misspelt = with(&[("trian/3/a.png", grey(0)), ("pictures/a.png", grey(0))]);
    assert!(message(&misspelt).starts_with("DIR has no folder train (but \"trian\"): expected"));
    let half = with(&[("train/3/a.png", grey(0)), ("Validation/3/a.png", grey(0))]);
    assert!(message(&half).starts_with("DIR has no folder valid (but \"Validation\"): expected"));
    let hollow = with(&[("train/3/a.txt", Vec::new())]);
    assert!(message(&hollow).starts_with("DIR has no pictures in train/0 to train/9: expected"));
}

#[test]
fn a_class_that_is_no_digit_is_named() {
    for class in ["three", "10", "03", "\u{663}"] {
        let dir = with(&[(&format!("train/{class}/a.png"), grey(0))]);
        assert_eq!(message(&dir), format!("the class folder DIR/train/{class} is not a digit: expected 0 to 9"));
    }
}

#[test]
fn the_first_unreadable_picture_is_named() {
    let dir = with(&[
        ("train/1/a.png", grey(0)),
        ("train/1/b.png", b"text".to_vec()),
        ("train/2/c.png", b"text".to_vec()),
        ("valid/1/a.png", grey(0)),
    ]);
    assert!(message(&dir).starts_with("DIR/train/1/b.png is not a picture that can be read ("));
}

#[test]
fn the_number_of_files_is_bounded() {
    let dir = with(&[("train/1/a.png", grey(0)), ("train/1/b.png", grey(0)), ("train/2/c.png", grey(0))]);
    assert!(Files::list(dir.path(), &["train"], 3).is_ok());
    assert!(matches!(Files::list(dir.path(), &["train"], 2), Err(DataError::TooMany { .. })));
}
