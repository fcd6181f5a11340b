//! Files in and out, each on a thread of its own: dialogs wait for a person, and reading may take long.

use crate::data::replace;
use crate::engine::Jobs;
use crate::experiments::trainer::Checkpoint;
use crate::panels::Incoming;
use crate::session::Session;
use crate::shot::{ShotError, State, read_state, write_png};
use egui::{ColorImage, Context};
use sha2::{Digest, Sha256};
use std::future::Future;
use std::io::{self, Cursor};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What came of a file.
pub(super) enum Found {
    /// A screenshot with its state.
    State(State, PathBuf),
    /// A file for a panel.
    File(Incoming),
    /// A screenshot was saved.
    Saved(PathBuf),
    /// Another file was saved.
    Written(PathBuf),
    /// One sentence about what went wrong.
    Error(String),
}

/// Files on their way.
#[derive(Default)]
pub(super) struct Files {
    jobs: Arc<Jobs<Found>>,
}

impl Files {
    /// What came since the last call.
    pub(super) fn take(&self) -> Vec<Found> {
        self.jobs.take()
    }

    /// Opens a file.
    pub(super) fn open(&self, ctx: &Context, path: PathBuf) {
        self.spawn(ctx, move || Some(look_into(path)));
    }

    /// Lets the reader choose a file and opens it.
    pub(super) fn choose(&self, ctx: &Context) {
        // The dialog is made here, since some systems want that on the window's thread; its answer is awaited elsewhere.
        let dialog = rfd::AsyncFileDialog::new()
            .set_title("Open a screenshot of the lab, a picture, measurements as CSV, or a model's weights")
            .add_filter(
                "Pictures, measurements and weights",
                &["png", "jpg", "jpeg", "bmp", "gif", "webp", "csv", "safetensors"],
            )
            .pick_file();
        self.spawn(ctx, move || wait(dialog).map(|file| look_into(file.path().to_owned())));
    }

    /// Keeps a picture that has no file yet, and opens it.
    pub(super) fn keep(&self, ctx: &Context, image: image::DynamicImage) {
        self.spawn(ctx, move || Some(keep(&image)));
    }

    /// Keeps a picture from the clipboard, and opens it.
    pub(super) fn keep_pasted(&self, ctx: &Context, image: Arc<ColorImage>) {
        self.spawn(ctx, move || {
            let picture = rgba(&image).map(image::DynamicImage::ImageRgba8);
            Some(picture.map_or_else(|| Found::Error("The clipboard's picture is empty.".to_owned()), |it| keep(&it)))
        });
    }

    /// Takes a screenshot, lets the reader choose its name, and writes it with its state.
    pub(super) fn save(&self, ctx: &Context, state: State) {
        let dialog = rfd::AsyncFileDialog::new()
            .set_title("Save a screenshot")
            .set_file_name(format!("digit-lab-{}-{}.png", state.experiment, state.position))
            .add_filter("PNG", &["png"])
            .save_file();
        let (jobs, again) = (Arc::clone(&self.jobs), ctx.clone());
        ctx.request_screenshot(move |image| {
            let work = move || wait(dialog).map(|file| save(file.path().to_owned(), &image, &state));
            spawn(&jobs, again, work);
        });
    }

    /// Lets the reader name a file, and writes it.
    pub(super) fn write(&self, ctx: &Context, name: String, bytes: Vec<u8>) {
        let mut dialog = rfd::AsyncFileDialog::new().set_title("Save").set_file_name(&name);
        if let Some((_, ending)) = name.rsplit_once('.') {
            dialog = dialog.add_filter(ending, &[ending]);
        }
        let answer = dialog.save_file();
        self.spawn(ctx, move || wait(answer).map(|file| write(file.path().to_owned(), &bytes)));
    }

    fn spawn(&self, ctx: &Context, work: impl FnOnce() -> Option<Found> + Send + 'static) {
        spawn(&self.jobs, ctx.clone(), work);
    }
}

fn spawn(jobs: &Jobs<Found>, ctx: Context, work: impl FnOnce() -> Option<Found> + Send + 'static) {
    if let Err(error) = jobs.start("files", Arc::new(move || ctx.request_repaint()), work) {
        log::error!("no thread to open files on: {error}");
    }
}

fn wait<T>(answer: impl Future<Output = Option<T>>) -> Option<T> {
    pollster::block_on(answer)
}

fn look_into(path: PathBuf) -> Found {
    if path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("safetensors")) {
        let read = Checkpoint::read(&path).and_then(|file| file.about().map_err(|problem| problem.of(&path)));
        return match read {
            Ok(about) => Found::File(Incoming::Weights(about, path)),
            Err(error) => Found::Error(error.to_string()),
        };
    }
    match read_state(&path) {
        Ok(Some(state)) => Found::State(state, path),
        // Another kind of picture, or a PNG from elsewhere: a panel will say if it cannot be read.
        Ok(None) | Err(ShotError::NotPng | ShotError::Damaged(_)) => Found::File(Incoming::Other(path)),
        Err(error) => Found::Error(format!("{}: {error}", path.display())),
    }
}

fn write(path: PathBuf, bytes: &[u8]) -> Found {
    match replace(&path, bytes) {
        Ok(()) => Found::Written(path),
        Err(error) => Found::Error(format!("{} was not saved: {error}", path.display())),
    }
}

fn save(path: PathBuf, image: &ColorImage, state: &State) -> Found {
    match rgba(image).map(|picture| write_png(&path, &picture, Some(state))) {
        Some(Ok(())) => Found::Saved(path),
        Some(Err(error)) => Found::Error(format!("the screenshot was not saved: {error}")),
        None => Found::Error("the screenshot was not saved: the window gave no picture".to_owned()),
    }
}

fn rgba(image: &ColorImage) -> Option<image::RgbaImage> {
    let bytes = image.pixels.iter().flat_map(egui::Color32::to_srgba_unmultiplied).collect();
    let [width, height] = image.size.map(|side| u32::try_from(side).unwrap_or(u32::MAX));
    image::RgbaImage::from_raw(width, height, bytes).filter(|_| width > 0 && height > 0)
}

/// Keeps a picture beside the session, where settings and screenshots can name it.
fn keep(image: &image::DynamicImage) -> Found {
    let Some(dir) = Session::path().and_then(|session| Some(session.parent()?.join("pictures"))) else {
        return Found::Error("the picture was not kept: this machine names no folder for it".to_owned());
    };
    match kept_in(&dir, image) {
        Ok(path) => Found::File(Incoming::Other(path)),
        Err(error) => Found::Error(format!("the picture was not kept in {}: {error}", dir.display())),
    }
}

/// Writes a picture to a file named after what it shows, all of it or nothing: the same picture is the same file.
fn kept_in(dir: &Path, image: &image::DynamicImage) -> io::Result<PathBuf> {
    let mut png = Cursor::new(Vec::new());
    image.write_to(&mut png, image::ImageFormat::Png).map_err(io::Error::other)?;
    let png = png.into_inner();
    let digest = Sha256::digest(&png);
    let number = digest.iter().take(8).fold(0_u64, |number, &byte| number << 8 | u64::from(byte));
    let name = format!("{number:016x}");
    let path = dir.join(name + ".png");
    if path.is_file() {
        return Ok(path);
    }
    std::fs::create_dir_all(dir)?;
    replace(&path, &png)?;
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::widgets::theme;

    #[test]
    fn a_pasted_picture_is_kept_once_and_whole() {
        let dir = tempfile::tempdir().unwrap();
        let pictures = dir.path().join("deep/pictures");
        let image = ColorImage::new([2, 1], vec![theme::pixel([1, 2, 3]), egui::Color32::WHITE]);
        let picture = image::DynamicImage::ImageRgba8(rgba(&image).unwrap());
        let path = kept_in(&pictures, &picture).unwrap();
        assert_eq!(kept_in(&pictures, &picture).unwrap(), path);
        assert_eq!(std::fs::read_dir(&pictures).unwrap().count(), 1, "one file, and no temporary one");
        let back = image::open(&path).unwrap().into_rgba8();
        assert_eq!(back.as_raw()[..], [1, 2, 3, 255, 255, 255, 255, 255]);
        assert!(rgba(&ColorImage::new([0, 0], Vec::new())).is_none());
    }

    #[test]
    fn a_file_is_told_by_what_is_in_it() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("w.SafeTensors");
        let model = crate::math::model::Model::linear();
        let zeros = model.tensors([vec![0.0; 784], vec![0.0]]);
        let bytes = crate::experiments::trainer::encode(&model, &[4, 9], &zeros);
        assert!(matches!(write(path.clone(), &bytes), Found::Written(_)));
        assert!(
            matches!(look_into(path.clone()), Found::File(Incoming::Weights(about, _)) if about.digits.as_deref() == Some(&[4, 9]))
        );
        assert!(matches!(write(path.clone(), &bytes[..99]), Found::Written(_)));
        assert!(matches!(look_into(path), Found::Error(text) if text.contains("not a whole safetensors file")));
        assert!(
            matches!(write(dir.path().join("gone/w"), &bytes), Found::Error(text) if text.contains("was not saved"))
        );
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_an_error() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("file");
        std::fs::write(&file, b"here").unwrap();
        assert!(kept_in(&file.join("pictures"), &image::DynamicImage::new_luma8(1, 1)).is_err());
    }
}
