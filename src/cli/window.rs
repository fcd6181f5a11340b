//! `digit-lab`: the window; without a display, the chapter in the terminal.

use super::chapter;
use crate::app::Lab;
use crate::data::Library;
use crate::panels::Home;
use crate::session::Session;
use crate::widgets::theme;
use anyhow::{Context as _, bail};
use eframe::glow;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long after a change the session is written.
const AUTOSAVE_AFTER: Duration = Duration::from_secs(2);

/// Opens the window, with a file in it if one is given.
pub(super) fn open(file: Option<&Path>, started: Instant) -> anyhow::Result<()> {
    if let Some(file) = file
        && !file.is_file()
    {
        bail!(
            "there is no file {}; expected a screenshot of the lab, a picture, or a command (see digit-lab --help)",
            file.display()
        );
    }
    if !has_display() {
        return without_display("there is no display");
    }
    let options = eframe::NativeOptions {
        viewport: egui::ViewportBuilder::default()
            .with_title("Digit Lab")
            .with_app_id("digit-lab")
            .with_icon(icon())
            .with_inner_size([1280.0, 800.0])
            .with_min_inner_size([760.0, 520.0]),
        ..Default::default()
    };
    let file = file.map(Path::to_owned);
    let run = eframe::run_native(
        "Digit Lab",
        options,
        Box::new(move |creation| Ok(Box::new(Window::new(&creation.egui_ctx, file, started)))),
    );
    run.or_else(|error| without_display(&format!("no window can be opened ({error})")))
}

fn has_display() -> bool {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(all(unix, not(target_os = "macos"))) || set("DISPLAY") || set("WAYLAND_DISPLAY") || set("WAYLAND_SOCKET")
}

fn without_display(why: &str) -> anyhow::Result<()> {
    writeln!(std::io::stderr(), "digit-lab: {why}; here is the chapter in the terminal")
        .context("standard error could not be written")?;
    chapter::tell()
}

fn icon() -> egui::IconData {
    let decoded = image::load_from_memory(include_bytes!("../../assets/icon.png"));
    decoded.map(image::DynamicImage::into_rgba8).map_or_else(
        |_| egui::IconData::default(), // The icon is part of the program and is read by a test.
        |icon| egui::IconData { width: icon.width(), height: icon.height(), rgba: icon.into_raw() },
    )
}

/// The lab in a window of the system.
struct Window {
    lab: Lab,
    path: Option<PathBuf>,
    saved: Session,
    changed_at: Option<Instant>,
    started: Option<Instant>,
}

impl Window {
    fn new(ctx: &egui::Context, file: Option<PathBuf>, started: Instant) -> Self {
        theme::install(ctx);
        let path = Session::path();
        let (session, problem) = match path.as_deref().map(Session::read) {
            Some(Ok(session)) => (session, None),
            Some(Err(error)) => (Session::default(), Some(error.to_string())),
            None => (Session::default(), None),
        };
        let waker = ctx.clone();
        let home = Home { data: Library::new(), notify: Some(Arc::new(move || waker.request_repaint())) };
        let mut lab = Lab::new(&home, &session);
        if let Some(problem) = problem {
            lab.complain(problem);
        }
        if let Some(file) = file {
            lab.open_path(ctx, &file);
        }
        Self { lab, path, saved: session, changed_at: None, started: Some(started) }
    }

    /// Writes the session some time after it changed; the file is small, and a thread of its own writes it.
    fn autosave(&mut self, ctx: &egui::Context) {
        let session = self.lab.session();
        if session == self.saved {
            self.changed_at = None;
            return;
        }
        let changed_at = *self.changed_at.get_or_insert_with(Instant::now);
        let left = AUTOSAVE_AFTER.saturating_sub(changed_at.elapsed());
        if left > Duration::ZERO {
            ctx.request_repaint_after(left);
            return;
        }
        self.changed_at = None;
        self.saved = session.clone();
        let Some(path) = self.path.clone() else { return };
        let writing = std::thread::Builder::new().name("autosave".to_owned()).spawn(move || {
            if let Err(error) = session.write(&path) {
                log::warn!("{error}");
            }
        });
        if let Err(error) = writing {
            log::warn!("no thread to save the session on: {error}");
        }
    }
}

impl eframe::App for Window {
    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        self.lab.ui(ui);
        self.autosave(&ui.ctx().clone());
        if let Some(started) = self.started.take() {
            log::info!("first frame after {} ms", started.elapsed().as_millis());
        }
    }

    fn on_exit(&mut self, _gl: Option<&glow::Context>) {
        if let Some(path) = &self.path
            && let Err(error) = self.lab.session().write(path)
        {
            log::warn!("{error}");
        }
    }
}
