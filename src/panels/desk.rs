//! What all panels share: engine, transport, lesson, and the states in between.

use super::{Home, Incoming, LookOf, Panel, Scene, SettingsOf, Taken, View, Wish};
use crate::compute::Device;
use crate::engine::{Engine, Failure, Goal, Move, Picture, Request, RunId, Status, Update};
use crate::experiments::{
    Checked, Experiment, Field, Fields as _, Info, Kind, Look as _, Saved, Settings as _, Sight, Values,
};
use crate::lesson::{self, Figure, Lesson};
use crate::shot::State;
use crate::widgets::form::Form;
use crate::widgets::lesson_view::LessonView;
use crate::widgets::theme;
use crate::widgets::transport::{self, Action, Speed};
use egui::{Label, RichText, ScrollArea, Ui};
use std::collections::BTreeSet;
use std::sync::Arc;

/// A view with its engine.
pub struct Desk<V: View> {
    info: Info,
    view: V,
    engine: Box<dyn Engine<V::Experiment>>,
    /// The run that was asked for last; updates of others are not ours.
    run: RunId,
    settings: Checked<SettingsOf<V>>,
    look: LookOf<V>,
    /// Where a panel that was not drawn yet should open.
    waiting: Option<Goal>,
    /// Where the last run that was opened should go.
    goal: Goal,
    update: Arc<Update<V::Experiment>>,
    /// The newest picture, drawn while a next run is still opening so that dragging a setting does not flicker.
    shown: Option<Picture<V::Experiment>>,
    values: Values,
    lesson: Option<Lesson>,
    lesson_view: LessonView,
    figure: Option<String>,
    seen: BTreeSet<String>,
    speed: Speed,
    wishes: Vec<Wish>,
}

impl<V: View> Desk<V> {
    /// A desk that opens its experiment when it is first drawn.
    #[must_use]
    pub fn new(home: &Home) -> Self {
        Self::on(home.engine())
    }

    /// The same on this engine.
    pub(super) fn on(engine: Box<dyn Engine<V::Experiment>>) -> Self {
        let info = V::Experiment::INFO;
        // A built-in lesson that cannot be read is found by a test; a lab without it still works.
        let lesson = lesson::load(info.name).unwrap_or_else(|error| {
            log::error!("{error}");
            None
        });
        Self {
            info,
            view: V::default(),
            engine,
            run: RunId(0),
            settings: Checked::default(),
            look: LookOf::<V>::default(),
            waiting: Some(Goal::Opening),
            goal: Goal::Opening,
            update: Arc::new(Update::empty()),
            shown: None,
            values: Values::new(),
            lesson,
            lesson_view: LessonView::default(),
            figure: None,
            seen: BTreeSet::new(),
            speed: Speed::default(),
            wishes: Vec::new(),
        }
    }

    /// How many runs were opened.
    #[cfg(test)]
    pub(super) const fn runs(&self) -> u64 {
        self.run.0
    }

    /// Opens a new run with the settings as they are.
    fn start(&mut self, goal: Goal) {
        self.goal = goal;
        self.run = RunId(self.run.0 + 1);
        self.waiting = None;
        self.engine.send(Request::Look(self.look.clone()));
        self.engine.send(Request::Open { run: self.run, settings: self.settings.clone(), goal });
    }

    fn send(&mut self, to: Move) {
        self.engine.send(Request::Move(to));
    }

    /// Takes up what the reader chose. Other settings are another run; another look is not.
    fn choose(&mut self, settings: Option<SettingsOf<V>>, look: LookOf<V>, goal: Goal) {
        if look != self.look {
            self.look = look;
            self.engine.send(Request::Look(self.look.clone()));
        }
        // A form keeps every setting within its range.
        if let Some(Ok(settings)) = settings.map(Checked::new) {
            self.settings = settings;
            self.start(goal);
        }
    }

    fn scene_ui(&mut self, ui: &mut Ui) {
        let Some(Picture { snapshot, look: seen_look, seen }) = self.shown.clone() else { return };
        let (mut edited, mut look) = (self.settings.clone().into_inner(), self.look.clone());
        let mut scene = Scene {
            snapshot: &*snapshot,
            seen: &*seen,
            seen_look: &*seen_look,
            look: &mut look,
            phase: self.update.phase,
            form: Form::new(&mut edited),
            moves: Vec::new(),
            wishes: Vec::new(),
        };
        self.view.figure(ui, &mut scene);
        let (changed, moves) = (scene.form.changed(), scene.moves);
        self.wishes.extend(scene.wishes);
        self.choose(changed.then_some(edited), look, V::after_change(self.update.position));
        for to in moves {
            self.send(to);
        }
    }

    fn controls_ui(&mut self, ui: &mut Ui) {
        let (mut edited, mut look) = (self.settings.clone().into_inner(), self.look.clone());
        let mut form = Form::new(&mut edited);
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = 14.0;
            self.view.controls(ui, &mut form, &mut look);
        });
        let changed = form.changed();
        self.choose(changed.then_some(edited), look, V::after_change(self.update.position));
    }

    fn failed_ui(&mut self, ui: &mut Ui, failure: &Failure) {
        let tokens = theme::tokens(ui);
        let device = Self::refused_device(failure);
        // Where an experiment broke down it would do so again; without its device it never began.
        let goal = if device.is_some() { self.goal } else { Goal::Opening };
        theme::card(ui).show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.label(RichText::new("This did not work").strong().size(16.0).color(tokens.error));
            ui.add(Label::new(&failure.sentence).wrap());
            ui.label(RichText::new("Your settings are kept: change one above, or").color(tokens.text_weak));
            ui.horizontal(|ui| {
                if let Some(field) = device {
                    let tip = "Run the same there: the numbers are the same, bit for bit";
                    if ui.button("Use the processor").on_hover_text(tip).clicked() {
                        let mut settings = self.settings.clone().into_inner();
                        field.read(&mut settings, &Device::Cpu.to_string()).ok();
                        self.choose(Some(settings), self.look.clone(), goal);
                    }
                }
                if ui.button("Try again").clicked() {
                    self.start(goal);
                }
                if ui.button("Use the default settings").clicked() {
                    self.settings = Checked::default();
                    self.start(Goal::Opening);
                }
            });
        });
    }

    /// The setting of the device, if the run failed because there is no such device.
    fn refused_device(failure: &Failure) -> Option<&'static Field<SettingsOf<V>>> {
        let field = failure.setting.and_then(SettingsOf::<V>::field)?;
        (field.kind() == Kind::Device).then_some(field)
    }

    /// Why the run failed, if it did.
    fn why(&self) -> Option<&Failure> {
        if let Status::Failed(failure) = &self.update.status { Some(failure) } else { None }
    }

    /// The reader moved along the tape.
    fn walked(&mut self) {
        let mut look = self.look.clone();
        self.view.walked(&mut look);
        self.choose(None, look, self.goal);
    }

    /// The last position of the scrub bar.
    fn end(&self) -> u64 {
        self.update.end.unwrap_or(0).max(self.update.furthest)
    }

    /// One line that is always there, so that nothing below it jumps.
    fn status_ui(&self, ui: &mut Ui) {
        let tokens = theme::tokens(ui);
        let text = match &self.update.status {
            Status::Stopped(stop) => stop.sentence().to_owned(),
            Status::Loading => "Reading the data \u{2026}".to_owned(),
            Status::Seeking => format!("On the way: phase {} of {} \u{2026}", self.update.position, self.end()),
            Status::Running => "Running. Press R to pause.".to_owned(),
            Status::Empty | Status::Paused | Status::Failed(_) => {
                self.update.phase.map_or(self.info.summary, |phase| phase.meaning()).to_owned()
            }
        };
        ui.add(Label::new(RichText::new(text).small().color(tokens.text_weak)).truncate());
    }
}

impl<V: View> Panel for Desk<V> {
    fn info(&self) -> &Info {
        &self.info
    }

    fn lesson(&self) -> Option<&Lesson> {
        self.lesson.as_ref()
    }

    fn is_untouched(&self) -> bool {
        self.waiting == Some(Goal::Opening)
    }

    fn state(&self) -> State {
        let refused = self.why().and_then(Self::refused_device);
        let goal = self.waiting.or_else(|| refused.map(|_| self.goal));
        let position = match goal {
            Some(Goal::Position(position)) => position,
            _ => self.update.position,
        };
        State::new(self.info.name, Saved::of(&self.settings, &self.look), position)
    }

    fn prepare(&mut self, saved: &Saved, goal: Goal) -> Result<(), String> {
        let (settings, mut look) = saved.read::<V::Experiment>().map_err(|error| error.to_string())?;
        look.follow(&self.look);
        (self.settings, self.look) = (settings, look);
        self.figure = None;
        self.waiting = Some(goal);
        Ok(())
    }

    fn open(&mut self, saved: &Saved, goal: Goal) -> Result<(), String> {
        self.prepare(saved, goal)?;
        self.start(goal);
        Ok(())
    }

    fn open_figure(&mut self, figure: &Figure) {
        match self.open(&figure.saved(), Goal::Position(figure.position)) {
            Ok(()) => {
                self.figure = Some(figure.name.clone());
                self.seen.insert(figure.name.clone());
            }
            Err(error) => log::error!("the figure {} does not open: {error}", figure.name), // A test opens them all.
        }
    }

    fn take_file(&mut self, file: &Incoming) -> bool {
        let (mut edited, mut look) = (self.settings.clone().into_inner(), self.look.clone());
        let taken = self.view.take_file(file, &mut Form::new(&mut edited), &mut look);
        let settings = (taken == Taken::ToRun).then_some(edited);
        if taken != Taken::No {
            self.choose(settings, look, Goal::Opening);
        }
        taken != Taken::No
    }

    fn wishes(&mut self) -> Vec<Wish> {
        std::mem::take(&mut self.wishes)
    }

    fn act(&mut self, action: Action) {
        if action != Action::NewSeed {
            self.walked();
        }
        match action {
            Action::Move(to) => self.send(to),
            Action::Restart => self.send(Move::Seek(0)),
            Action::NewSeed => {
                let mut settings = self.settings.clone().into_inner();
                if let Some(seed) = settings.seed() {
                    *seed = seed.wrapping_add(1) % (1 << 32);
                    self.choose(Some(settings), self.look.clone(), Goal::Opening);
                }
            }
        }
    }

    fn toggle_run(&mut self) {
        self.walked();
        let to = if self.update.status == Status::Running { Move::Pause } else { Move::Run(self.speed.pace()) };
        self.send(to);
    }

    fn failure(&self) -> Option<&str> {
        self.why().map(|failure| failure.sentence.as_str())
    }

    fn refresh(&mut self) {
        if let Some(goal) = self.waiting {
            self.start(goal);
        }
        let latest = self.engine.latest();
        if latest.run != self.run || Arc::ptr_eq(&latest, &self.update) {
            return;
        }
        if let Some(picture) = &latest.picture {
            let Picture { snapshot, look, seen } = picture;
            self.values = V::Experiment::values(&Sight { snapshot, look, seen });
            self.shown = Some(picture.clone());
            let name = latest.phase.map_or("start", |phase| phase.title());
            if !self.seen.contains(name) {
                self.seen.insert(name.to_owned());
            }
        }
        self.update = latest;
    }

    fn is_busy(&self) -> bool {
        self.update.status.is_busy()
    }

    fn progress(&self) -> (usize, usize) {
        let Some(lesson) = &self.lesson else { return (0, 0) };
        let phases = lesson.phases.iter().map(|text| text.phase.map_or("start", |phase| phase.title()));
        // A phase may have several texts, for different settings; it is one thing to see.
        let names: BTreeSet<&str> = phases.chain(lesson.figures.iter().map(|figure| figure.name.as_str())).collect();
        (names.iter().filter(|name| self.seen.contains(**name)).count(), names.len())
    }

    fn seen(&self) -> Vec<String> {
        self.seen.iter().cloned().collect()
    }

    fn mark_seen(&mut self, names: &[String]) {
        self.seen.extend(names.iter().cloned());
    }

    fn ui(&mut self, ui: &mut Ui) {
        let update = Arc::clone(&self.update);
        let view = transport::View {
            info: &self.info,
            status: &update.status,
            position: update.position,
            end: self.end(),
            phase: update.phase,
            has_seed: self.settings.clone().into_inner().seed().is_some(),
        };
        if let Some(action) = transport::show(ui, &view, &mut self.speed) {
            self.act(action);
        }
        self.status_ui(ui);
        ui.separator();
        self.controls_ui(ui);
        ui.add_space(2.0);
        if let Status::Failed(failure) = &update.status {
            self.failed_ui(ui, failure);
        } else if self.shown.is_none() {
            ui.centered_and_justified(|ui| ui.label("Reading the data \u{2026}"));
        } else {
            ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| self.scene_ui(ui));
        }
    }

    fn figure_ui(&mut self, ui: &mut Ui) {
        self.scene_ui(ui);
    }

    fn lesson_ui(&mut self, ui: &mut Ui) {
        let Some(lesson) = &self.lesson else { return };
        let figure = self.figure.as_ref().and_then(|name| lesson.figures.iter().find(|figure| figure.name == *name));
        let text = lesson.phase(self.update.phase, &self.values);
        self.lesson_view.show(ui, self.info.title, lesson, text, figure, &self.values);
    }
}
