//! What all panels share: engine, transport, lesson, and the states in between.

use super::{Home, Panel, Scene, View, Wish};
use crate::compute::Device;
use crate::engine::{Engine, Goal, Move, Request, RunId, Status, Update};
use crate::experiments::{Experiment, Field, Info, Kind, Settings, Values, settings};
use crate::lesson::{self, Figure, Lesson};
use crate::shot::State;
use crate::widgets::form::Form;
use crate::widgets::lesson_view::LessonView;
use crate::widgets::theme;
use crate::widgets::transport::{self, Action, Speed};
use egui::{Label, RichText, ScrollArea, Ui};
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

type Snapshot<V> = <<V as View>::Experiment as Experiment>::Snapshot;
type SettingsOf<V> = <<V as View>::Experiment as Experiment>::Settings;

/// A view with its engine.
pub struct Desk<V: View> {
    info: Info,
    view: V,
    engine: Box<dyn Engine<V::Experiment>>,
    /// The run that was asked for last; updates of others are not ours.
    run: RunId,
    settings: Map<String, Value>,
    /// Where a panel that was not drawn yet should open.
    waiting: Option<Goal>,
    /// Where the last run that was opened should go.
    goal: Goal,
    update: Arc<Update<Snapshot<V>>>,
    /// The newest snapshot, drawn while a next run is still opening so that dragging a setting does not flicker.
    shown: Option<Arc<Snapshot<V>>>,
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
        let info = V::Experiment::INFO;
        // A built-in lesson that cannot be read is found by a test; a lab without it still works.
        let lesson = lesson::load(info.name).unwrap_or_else(|error| {
            log::error!("{error}");
            None
        });
        Self {
            info,
            view: V::default(),
            engine: home.engine(),
            run: RunId(0),
            settings: settings::to_map(&SettingsOf::<V>::default()),
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

    /// Opens a new run with the settings as they are.
    fn start(&mut self, goal: Goal) {
        self.goal = goal;
        match settings::from_map::<SettingsOf<V>>(self.info.name, &self.settings) {
            Ok(checked) => {
                self.run = RunId(self.run.0 + 1);
                self.waiting = None;
                self.engine.send(Request::Open { run: self.run, settings: checked, goal });
            }
            Err(error) => {
                // The form and `open` check before they get here.
                log::error!("{error}");
                self.waiting = None;
            }
        }
    }

    fn send(&mut self, to: Move) {
        self.engine.send(Request::Move(to));
    }

    fn scene_ui(&mut self, ui: &mut Ui) {
        let Some(snapshot) = self.shown.clone() else { return };
        let mut edited = self.settings.clone();
        let form = Form::new(SettingsOf::<V>::FIELDS, &mut edited);
        let mut scene =
            Scene { snapshot: &*snapshot, phase: self.update.phase, form, moves: Vec::new(), wishes: Vec::new() };
        self.view.figure(ui, &mut scene);
        let (changed, moves) = (scene.form.changed(), scene.moves);
        self.wishes.extend(scene.wishes);
        if changed {
            self.settings = edited;
            self.start(V::after_change(self.update.position));
        }
        for to in moves {
            self.send(to);
        }
    }

    fn controls_ui(&mut self, ui: &mut Ui) {
        let mut edited = self.settings.clone();
        let mut form = Form::new(SettingsOf::<V>::FIELDS, &mut edited);
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = 14.0;
            self.view.controls(ui, &mut form);
        });
        if form.changed() {
            self.settings = edited;
            self.start(V::after_change(self.update.position));
        }
    }

    fn failed_ui(&mut self, ui: &mut Ui, message: &str) {
        let tokens = theme::tokens(ui);
        let device = Self::refused_device(message);
        // Where an experiment broke down it would do so again; without its device it never began.
        let goal = if device.is_some() { self.goal } else { Goal::Opening };
        theme::card(ui).show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.label(RichText::new("This did not work").strong().size(16.0).color(tokens.error));
            ui.add(Label::new(message).wrap());
            ui.label(RichText::new("Your settings are kept: change one above, or").color(tokens.text_weak));
            ui.horizontal(|ui| {
                if let Some(field) = device {
                    let tip = "Run the same there: the numbers are the same, bit for bit";
                    if ui.button("Use the processor").on_hover_text(tip).clicked() {
                        self.settings.insert(field.name.to_owned(), Device::Cpu.to_string().into());
                        self.start(goal);
                    }
                }
                if ui.button("Try again").clicked() {
                    self.start(goal);
                }
                if ui.button("Use the default settings").clicked() {
                    self.settings = settings::to_map(&SettingsOf::<V>::default());
                    self.start(Goal::Opening);
                }
            });
        });
    }

    /// The setting of the device, if the run failed because there is no such device.
    fn refused_device(message: &str) -> Option<&'static Field> {
        let field = SettingsOf::<V>::FIELDS.iter().find(|field| field.kind == Kind::Device)?;
        message.starts_with(&format!("{} is ", field.name)).then_some(field)
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
        let refused = self.failure().and_then(Self::refused_device);
        let goal = self.waiting.or_else(|| refused.map(|_| self.goal));
        let position = match goal {
            Some(Goal::Position(position)) => position,
            _ => self.update.position,
        };
        State::new(self.info.name, self.settings.clone(), position, self.view.save())
    }

    fn prepare(&mut self, wanted: &Map<String, Value>, goal: Goal, view: &Map<String, Value>) -> Result<(), String> {
        let checked = settings::from_map::<SettingsOf<V>>(self.info.name, wanted).map_err(|error| error.to_string())?;
        self.settings = settings::to_map(&checked);
        self.view.restore(view);
        self.figure = None;
        self.waiting = Some(goal);
        Ok(())
    }

    fn open(&mut self, wanted: &Map<String, Value>, goal: Goal, view: &Map<String, Value>) -> Result<(), String> {
        self.prepare(wanted, goal, view)?;
        self.start(goal);
        Ok(())
    }

    fn open_figure(&mut self, figure: &Figure) {
        match self.open(&figure.settings, Goal::Position(figure.position), &figure.view) {
            Ok(()) => {
                self.figure = Some(figure.name.clone());
                self.seen.insert(figure.name.clone());
            }
            Err(error) => log::error!("the figure {} does not open: {error}", figure.name), // A test opens them all.
        }
    }

    fn take_file(&mut self, path: &Path) -> bool {
        let Some(wanted) = self.view.take_file(path) else { return false };
        // A picture that only the view wants leaves the run where it is.
        if !wanted.is_empty() {
            self.settings.extend(wanted);
            self.start(Goal::Opening);
        }
        true
    }

    fn wishes(&mut self) -> Vec<Wish> {
        std::mem::take(&mut self.wishes)
    }

    fn act(&mut self, action: Action) {
        if action != Action::NewSeed {
            self.view.walked();
        }
        match action {
            Action::Move(to) => self.send(to),
            Action::Restart => self.send(Move::Seek(0)),
            Action::NewSeed => {
                let seed = self.settings.get("seed").and_then(Value::as_u64);
                if let Some(seed) = seed {
                    self.settings.insert("seed".to_owned(), Value::from(seed.wrapping_add(1) % (1 << 32)));
                    self.start(Goal::Opening);
                }
            }
        }
    }

    fn toggle_run(&mut self) {
        self.view.walked();
        let to = if self.update.status == Status::Running { Move::Pause } else { Move::Run(self.speed.pace()) };
        self.send(to);
    }

    fn failure(&self) -> Option<&str> {
        if let Status::Failed(message) = &self.update.status { Some(message) } else { None }
    }

    fn refresh(&mut self) {
        if let Some(goal) = self.waiting {
            self.start(goal);
        }
        let latest = self.engine.latest();
        if latest.run != self.run || Arc::ptr_eq(&latest, &self.update) {
            return;
        }
        if let Some(snapshot) = &latest.snapshot {
            self.values = V::Experiment::values(snapshot);
            self.shown = Some(Arc::clone(snapshot));
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
            has_seed: self.settings.contains_key("seed"),
        };
        if let Some(action) = transport::show(ui, &view, &mut self.speed) {
            self.act(action);
        }
        self.status_ui(ui);
        ui.separator();
        self.controls_ui(ui);
        ui.add_space(2.0);
        if let Status::Failed(message) = &update.status {
            self.failed_ui(ui, message);
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
