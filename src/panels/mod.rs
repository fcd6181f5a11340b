//! The lab's panels: one file each, and one line in [`all`].
//!
//! A panel is a [`View`], which draws one experiment's snapshot and edits its settings, set on a [`Desk`], which owns
//! everything that all panels share: the engine, the transport, the lesson and the states in between.

mod baseline;
mod coaster;
#[cfg(test)]
mod counted;
mod descent;
mod desk;
mod device;
mod graph;
mod loss;
mod lr_find;
mod pixels;
pub mod thumbnails;
mod trainer;

pub use desk::Desk;

use crate::data::Library;
use crate::engine::{Engine, Goal, Inline, Move, Notify, Threaded};
use crate::experiments::trainer::About;
use crate::experiments::{Experiment, Info, Phase, Saved};
use crate::lesson::{Figure, Lesson};
use crate::shot::State;
use crate::widgets::form::Form;
use crate::widgets::transport::Action;
use egui::Ui;
use std::path::{Path, PathBuf};

/// Every panel, in the order of the chapter.
#[must_use]
pub fn all(home: &Home) -> Vec<Box<dyn Panel>> {
    vec![
        Box::new(Desk::<pixels::PixelsView>::new(home)),
        Box::new(Desk::<baseline::BaselineView>::new(home)),
        Box::new(Desk::<descent::DescentView>::new(home)),
        Box::new(Desk::<graph::GraphView>::new(home)),
        Box::new(Desk::<coaster::CoasterView>::new(home)),
        Box::new(Desk::<loss::LossView>::new(home)),
        Box::new(Desk::<trainer::TrainerView>::new(home)),
        Box::new(Desk::<lr_find::LrFindView>::new(home)),
    ]
}

/// What panels are given to live on.
#[derive(Clone)]
pub struct Home {
    /// The data, shared by all.
    pub data: Library,
    /// Woken after every update of a background engine; without it engines compute inline.
    pub notify: Option<Notify>,
}

impl Home {
    fn engine<E: Experiment>(&self) -> Box<dyn Engine<E>> {
        match &self.notify {
            Some(notify) => Box::new(Threaded::new(self.data.clone(), Notify::clone(notify))),
            None => Box::new(Inline::new(self.data.clone())),
        }
    }
}

/// The settings of a view's experiment.
pub type SettingsOf<V> = <<V as View>::Experiment as Experiment>::Settings;
/// What the reader of a view looks at.
pub type LookOf<V> = <<V as View>::Experiment as Experiment>::Look;

/// How one experiment is drawn. It keeps what can be lost, such as textures and how far something is scrolled; all that a
/// picture should bring back is in the settings or in the look.
pub trait View: Default + 'static {
    /// The experiment that it draws.
    type Experiment: Experiment;

    /// Draws the controls, above the figure.
    fn controls(&mut self, ui: &mut Ui, form: &mut Form<'_, SettingsOf<Self>>, look: &mut LookOf<Self>);

    /// Draws the figure.
    fn figure(&mut self, ui: &mut Ui, scene: &mut Scene<'_, Self::Experiment>);

    /// Where the tape should stand after a setting was changed at `position`.
    #[must_use]
    fn after_change(position: u64) -> Goal {
        Goal::Position(position)
    }

    /// The reader moved along the tape: a view whose pages go with the phases turns to the page of the phase.
    fn walked(&mut self, _look: &mut LookOf<Self>) {}

    /// Takes a file that was dropped on the window or chosen in a dialog, if it is for this panel.
    fn take_file(
        &mut self,
        _file: &Incoming,
        _form: &mut Form<'_, SettingsOf<Self>>,
        _look: &mut LookOf<Self>,
    ) -> Taken {
        Taken::No
    }
}

/// A file from outside, looked into as far as needed to say what it is.
#[derive(Debug)]
pub enum Incoming {
    /// Parameters of a model, and what they are of.
    Weights(About, PathBuf),
    /// A picture, or a table.
    Other(PathBuf),
}

impl Incoming {
    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        let (Self::Weights(_, path) | Self::Other(path)) = self;
        path
    }
}

/// What became of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It is not for this panel.
    No,
    /// It is looked at; the run goes on as it is.
    ToLookAt,
    /// A new run begins with it.
    ToRun,
}

/// What a view draws, and what it may ask for.
pub struct Scene<'a, E: Experiment> {
    /// The state of the experiment.
    pub snapshot: &'a E::Snapshot,
    /// What was computed from it for `seen_look`.
    pub seen: &'a E::Seen,
    /// The look that `seen` is of: the reader's, or for a frame or two the one before.
    pub seen_look: &'a E::Look,
    /// What the reader looks at, to be changed by what is clicked; another look opens no new run.
    pub look: &'a mut E::Look,
    /// The phase that ran last.
    pub phase: Option<Phase>,
    /// The settings, for figures that are edited by dragging in them.
    pub form: Form<'a, E::Settings>,
    /// Moves that the figure asks for.
    pub moves: Vec<Move>,
    /// What the figure asks of the window.
    pub wishes: Vec<Wish>,
}

/// What a panel asks of the window around it.
#[derive(Clone, Debug)]
pub enum Wish {
    /// Let the reader choose a file, which comes back through [`View::take_file`].
    ChooseFile,
    /// Take the picture on the clipboard, likewise.
    Paste,
    /// Keep this picture in a file, which comes back likewise.
    Keep(image::DynamicImage),
    /// Write these bytes to a file that the reader names.
    Save {
        /// The name that is suggested.
        name: String,
        /// All of the file.
        bytes: Vec<u8>,
    },
    /// Go to a state, of this panel or another.
    Open(State),
}

/// A view on its desk with its type forgotten: what the window needs.
pub trait Panel {
    /// The experiment's name, title and phases.
    fn info(&self) -> &Info;
    /// Its lesson.
    fn lesson(&self) -> Option<&Lesson>;
    /// Whether it was neither drawn nor given a state: there is nothing to remember of it.
    fn is_untouched(&self) -> bool;
    /// The state that would bring back what is on the screen.
    fn state(&self) -> State;
    /// Takes up a state without going there yet: that happens when the panel is first drawn.
    ///
    /// # Errors
    /// One sentence when a setting does not fit; the panel stays as it was.
    fn prepare(&mut self, saved: &Saved, goal: Goal) -> Result<(), String>;
    /// Goes to a state.
    ///
    /// # Errors
    /// One sentence when a setting does not fit; the panel stays as it was.
    fn open(&mut self, saved: &Saved, goal: Goal) -> Result<(), String>;
    /// Goes to a figure of the filmstrip.
    fn open_figure(&mut self, figure: &Figure);
    /// Takes a dropped or chosen file; false when it is not for this panel.
    fn take_file(&mut self, file: &Incoming) -> bool;
    /// What it asked of the window since the last call.
    fn wishes(&mut self) -> Vec<Wish>;
    /// Does what a key or button of the transport asks for.
    fn act(&mut self, action: Action);
    /// Runs or pauses.
    fn toggle_run(&mut self);
    /// What went wrong, if the experiment could not start or broke down.
    fn failure(&self) -> Option<&str>;
    /// Looks at the engine; to be called once a frame before drawing.
    fn refresh(&mut self);
    /// Whether the engine is at work.
    fn is_busy(&self) -> bool;
    /// How many of the lesson's phases and figures were seen, and how many there are.
    fn progress(&self) -> (usize, usize);
    /// The names of what was seen.
    fn seen(&self) -> Vec<String>;
    /// Marks as seen what was seen in an earlier session.
    fn mark_seen(&mut self, names: &[String]);
    /// Draws the transport, the controls and the figure.
    fn ui(&mut self, ui: &mut Ui);
    /// Draws the figure alone, for a thumbnail.
    fn figure_ui(&mut self, ui: &mut Ui);
    /// Draws the lesson.
    fn lesson_ui(&mut self, ui: &mut Ui);
}
