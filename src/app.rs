//! The window: which panel is open, the list of lessons, the filmstrip, files in and out, and what is remembered.

mod files;
mod help;
mod keys;
mod shell;

pub use keys::{Deed, KEYS, Row};

use crate::engine::{Goal, Move};
use crate::experiments::settings::nearest;
use crate::panels::thumbnails::Thumbnails;
use crate::panels::{Home, Incoming, Panel, Wish, all};
use crate::session::{Look, PanelSession, Session};
use crate::shot::State;
use crate::widgets::transport::Action;
use egui::{Modifiers, Ui};
use files::{Files, Found};
use std::path::Path;

/// Something to tell the reader, until it is dismissed.
struct Notice {
    text: String,
    is_error: bool,
}

/// The lab without a window around it: what eframe, the screenshots and the tests draw.
pub struct Lab {
    panels: Vec<Box<dyn Panel>>,
    current: usize,
    look: Look,
    filmstrip: bool,
    help: bool,
    notices: Vec<Notice>,
    thumbnails: Thumbnails,
    files: Files,
    /// Whether the look was given to egui.
    look_applied: bool,
    zoom: f32,
}

impl Lab {
    /// A lab as the session left it.
    #[must_use]
    pub fn new(home: &Home, session: &Session) -> Self {
        let mut panels = all(home);
        let mut notices = Vec::new();
        for panel in &mut panels {
            let Some(saved) = session.panels.get(panel.info().name) else { continue };
            panel.mark_seen(&saved.seen);
            let goal = Goal::Position(saved.state.position);
            if let Err(error) = panel.prepare(&saved.state.saved(), goal) {
                notices.push(Notice {
                    text: format!("{} starts with its defaults: {error}.", panel.info().title),
                    is_error: true,
                });
            }
        }
        let current = panels.iter().position(|panel| panel.info().name == session.current).unwrap_or(0);
        Self {
            panels,
            current,
            look: session.look,
            filmstrip: session.filmstrip,
            help: false,
            notices,
            thumbnails: Thumbnails::new(home.data.clone()),
            files: Files::default(),
            look_applied: false,
            zoom: session.zoom,
        }
    }

    /// What should be remembered.
    #[must_use]
    pub fn session(&self) -> Session {
        let panel = |panel: &dyn Panel| {
            (panel.info().name.to_owned(), PanelSession { state: panel.state(), seen: panel.seen() })
        };
        Session {
            version: Session::VERSION,
            look: self.look,
            current: self.panels[self.current].info().name.to_owned(),
            zoom: self.zoom,
            filmstrip: self.filmstrip,
            panels: self.panels.iter().filter(|panel| !panel.is_untouched()).map(|boxed| panel(&**boxed)).collect(),
        }
    }

    /// Tells the reader what went wrong, as a sentence.
    pub fn complain(&mut self, text: impl Into<String>) {
        self.notices.push(Notice { text: sentence(&text.into()), is_error: true });
    }

    /// The panel that is open.
    pub fn panel(&mut self) -> &mut dyn Panel {
        &mut *self.panels[self.current]
    }

    /// Shows or hides the filmstrip.
    pub const fn show_filmstrip(&mut self, show: bool) {
        self.filmstrip = show;
    }

    /// Opens the panel of an experiment; false when there is none of that name.
    pub fn choose(&mut self, experiment: &str) -> bool {
        let place = self.panels.iter().position(|panel| panel.info().name == experiment);
        self.current = place.unwrap_or(self.current);
        place.is_some()
    }

    /// Goes to a saved state.
    ///
    /// # Errors
    /// One sentence when it names no experiment of this lab or a setting does not fit.
    pub fn open_state(&mut self, state: &State) -> Result<(), String> {
        let names = || self.panels.iter().map(|panel| panel.info().name);
        let Some(place) = names().position(|name| name == state.experiment) else {
            let nearest = nearest(&state.experiment, names());
            return Err(format!(
                "this picture shows the experiment \"{}\", which this lab does not have; the nearest is \"{nearest}\"",
                state.experiment
            ));
        };
        self.panels[place].open(&state.saved(), Goal::Position(state.position))?;
        self.current = place;
        Ok(())
    }

    /// Opens a file on a thread of its own: a screenshot at its state, any other picture in the panel that takes it.
    pub fn open_path(&mut self, ctx: &egui::Context, path: &Path) {
        self.files.open(ctx, path.to_owned());
    }

    /// Draws one frame.
    pub fn ui(&mut self, ui: &mut Ui) {
        self.apply_look(ui);
        self.take_files(ui);
        self.keys(ui);
        self.panels[self.current].refresh();
        self.shell(ui);
        self.grant_wishes(ui);
        self.zoom = ui.ctx().zoom_factor();
    }

    fn apply_look(&mut self, ui: &Ui) {
        if !self.look_applied {
            ui.ctx().set_zoom_factor(self.zoom);
            self.look_applied = true;
            match self.look {
                Look::System => {}
                Look::Light => ui.ctx().set_theme(egui::Theme::Light),
                Look::Dark => ui.ctx().set_theme(egui::Theme::Dark),
            }
        }
    }

    fn set_look(&mut self, ctx: &egui::Context, look: Look) {
        self.look = look;
        ctx.set_theme(match look {
            Look::System => egui::ThemePreference::System,
            Look::Light => egui::ThemePreference::Light,
            Look::Dark => egui::ThemePreference::Dark,
        });
    }

    fn take_files(&mut self, ui: &Ui) {
        let dropped: Vec<_> =
            ui.input(|input| input.raw.dropped_files.iter().map(|file| file.path().to_owned()).collect());
        for path in dropped {
            self.files.open(ui.ctx(), path);
        }
        for event in ui.input(|input| input.events.clone()) {
            if let egui::Event::PasteImage(image) = event {
                self.files.keep_pasted(ui.ctx(), image);
            }
        }
        for found in self.files.take() {
            match found {
                Found::State(state, path) => {
                    if let Err(error) = self.open_state(&state) {
                        self.complain(format!("{}: {error}", path.display()));
                    }
                }
                Found::File(file) => self.hand_out(&file),
                Found::Written(path) => {
                    self.notices.push(Notice { text: format!("Saved as {}.", path.display()), is_error: false });
                }
                Found::Saved(path) => self.notices.push(Notice {
                    text: format!("Saved as {}. Drop it on the lab to come back here.", path.display()),
                    is_error: false,
                }),
                Found::Error(text) => self.complain(text),
            }
        }
    }

    /// Gives a file to the open panel, or else to the first that takes it.
    fn hand_out(&mut self, file: &Incoming) {
        let current = self.current;
        let order = std::iter::once(current).chain((0..self.panels.len()).filter(|index| *index != current));
        match order.into_iter().find(|index| self.panels[*index].take_file(file)) {
            Some(index) => self.current = index,
            None => self.complain(format!("no panel takes {}", file.path().display())),
        }
    }

    fn grant_wishes(&mut self, ui: &Ui) {
        for wish in self.panel().wishes() {
            match wish {
                Wish::ChooseFile => self.files.choose(ui.ctx()),
                Wish::Paste => ui.ctx().send_viewport_cmd(egui::ViewportCommand::RequestPaste),
                Wish::Keep(image) => self.files.keep(ui.ctx(), image),
                Wish::Save { name, bytes } => self.files.write(ui.ctx(), name, bytes),
                Wish::Open(state) => {
                    if let Err(error) = self.open_state(&state) {
                        self.complain(error);
                    }
                }
            }
        }
    }

    /// Keys act when no control has the focus, so that a control keeps its own; those with Ctrl always do.
    fn keys(&mut self, ui: &Ui) {
        let ctx = ui.ctx();
        let is_free = ctx.memory(|memory| memory.focused().is_none());
        for &(modifiers, key, deed) in KEYS.iter().flat_map(|row| row.keys) {
            let is_heard = is_free || modifiers == Modifiers::COMMAND;
            if is_heard && self.has(deed) && ctx.input_mut(|input| input.consume_key(modifiers, key)) {
                self.obey(deed, ctx);
            }
        }
    }

    /// Whether there is what a key asks for.
    fn has(&self, deed: Deed) -> bool {
        match deed {
            Deed::Transport(Action::Move(Move::Unit(unit))) => unit < self.panels[self.current].info().units.len(),
            Deed::Lesson(index) => index < self.panels.len(),
            _ => true,
        }
    }

    fn obey(&mut self, deed: Deed, ctx: &egui::Context) {
        match deed {
            Deed::Transport(action) => self.panel().act(action),
            Deed::Run => self.panel().toggle_run(),
            Deed::Lesson(index) => self.current = index,
            Deed::Filmstrip => self.filmstrip = !self.filmstrip,
            Deed::Save => self.save_screenshot(ctx),
            Deed::Open => self.files.choose(ctx),
            Deed::Help => self.help = !self.help,
        }
    }

    fn save_screenshot(&mut self, ctx: &egui::Context) {
        let state = self.panels[self.current].state();
        self.files.save(ctx, state);
    }
}

/// Errors are written to stand in the middle of a line; on their own they begin large and end with a full stop.
fn sentence(text: &str) -> String {
    let mut letters = text.trim_end_matches('.').chars();
    let first: String = letters.next().map(|letter| letter.to_uppercase().collect()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}
