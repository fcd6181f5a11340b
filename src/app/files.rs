//! Files in and out, each on a thread of its own: dialogs wait for a person, and reading may take long.

use crate::shot::{ShotError, State, read_state, write_png};
use egui::{ColorImage, Context};
use std::future::Future;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::Builder;

/// What came of a file.
pub(super) enum Found {
    /// A screenshot with its state.
    State(State, PathBuf),
    /// A picture without one.
    Picture(PathBuf),
    /// A screenshot was saved.
    Saved(PathBuf),
    /// One sentence about what went wrong.
    Error(String),
}

/// Files on their way.
pub(super) struct Files {
    sender: Sender<Found>,
    receiver: Receiver<Found>,
}

impl Default for Files {
    fn default() -> Self {
        let (sender, receiver) = channel();
        Self { sender, receiver }
    }
}

impl Files {
    /// What came since the last call.
    pub(super) fn take(&self) -> Vec<Found> {
        self.receiver.try_iter().collect()
    }

    /// Opens a file.
    pub(super) fn open(&self, ctx: &Context, path: PathBuf) {
        self.spawn(ctx, move || Some(look_into(path)));
    }

    /// Lets the reader choose a file and opens it.
    pub(super) fn choose(&self, ctx: &Context) {
        // The dialog is made here, since some systems want that on the window's thread; its answer is awaited elsewhere.
        let dialog = rfd::AsyncFileDialog::new()
            .set_title("Open a screenshot of the lab, or a picture")
            .add_filter("Pictures", &["png", "jpg", "jpeg", "bmp", "gif", "webp"])
            .pick_file();
        self.spawn(ctx, move || wait(dialog).map(|file| look_into(file.path().to_owned())));
    }

    /// Takes a screenshot, lets the reader choose its name, and writes it with its state.
    pub(super) fn save(&self, ctx: &Context, state: State) {
        let dialog = rfd::AsyncFileDialog::new()
            .set_title("Save a screenshot")
            .set_file_name(format!("digit-lab-{}-{}.png", state.experiment, state.position))
            .add_filter("PNG", &["png"])
            .save_file();
        let (sender, again) = (self.sender.clone(), ctx.clone());
        ctx.request_screenshot(move |image| {
            let work = move || wait(dialog).map(|file| save(file.path().to_owned(), &image, &state));
            spawn(sender, again, work);
        });
    }

    fn spawn(&self, ctx: &Context, work: impl FnOnce() -> Option<Found> + Send + 'static) {
        spawn(self.sender.clone(), ctx.clone(), work);
    }
}

fn spawn(sender: Sender<Found>, ctx: Context, work: impl FnOnce() -> Option<Found> + Send + 'static) {
    let started = Builder::new().name("files".to_owned()).spawn(move || {
        if let Some(found) = work()
            && sender.send(found).is_ok()
        {
            ctx.request_repaint();
        }
    });
    if let Err(error) = started {
        log::error!("no thread to open files on: {error}");
    }
}

fn wait<T>(answer: impl Future<Output = Option<T>>) -> Option<T> {
    pollster::block_on(answer)
}

fn look_into(path: PathBuf) -> Found {
    match read_state(&path) {
        Ok(Some(state)) => Found::State(state, path),
        // Another kind of picture, or a PNG from elsewhere: a panel will say if it cannot be read.
        Ok(None) | Err(ShotError::NotPng | ShotError::Damaged(_)) => Found::Picture(path),
        Err(error) => Found::Error(format!("{}: {error}", path.display())),
    }
}

fn save(path: PathBuf, image: &Arc<ColorImage>, state: &State) -> Found {
    let bytes = image.pixels.iter().flat_map(egui::Color32::to_srgba_unmultiplied).collect();
    let size = image.size.map(|side| u32::try_from(side).unwrap_or(u32::MAX));
    let picture = image::RgbaImage::from_raw(size[0], size[1], bytes);
    match picture.map(|picture| write_png(&path, &picture, Some(state))) {
        Some(Ok(())) => Found::Saved(path),
        Some(Err(error)) => Found::Error(format!("the screenshot was not saved: {error}")),
        None => Found::Error("the screenshot was not saved: the window gave no picture".to_owned()),
    }
}
