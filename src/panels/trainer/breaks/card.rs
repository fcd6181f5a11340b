//! One card of the shelf: the question, the two runs, and what they came to.

use super::compare::{self, Kept};
use crate::engine::Move;
use crate::experiments::trainer::{BreaksLook, Guess, Settings, Snapshot, Trainer};
use crate::lesson::{Break, fill};
use crate::panels::Scene;
use crate::widgets::theme;
use egui::{Button, Label, ProgressBar, RichText, Ui, Vec2};
use egui_commonmark::{CommonMarkCache, CommonMarkViewer};

/// Narrower than this, the words of an outcome stand below its curves instead of beside them.
const WIDE: f32 = 700.0;
const GAP: f32 = 14.0;

/// One of a card's two runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Run {
    Healthy,
    Broken,
}

/// Where the run on the screen stands with respect to a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// It is another run.
    Elsewhere,
    /// It is one of the card's, before the point where the outcome is plain.
    Underway(Run),
    /// It is one of the card's, at that point or past it.
    There(Run),
}

/// A card with its settings, and what is kept of its two runs.
pub(super) struct Card {
    pub text: Break,
    runs: [Settings; 2],
    stage: Stage,
    kept: [Option<Kept>; 2],
}

impl Card {
    /// The card, if its settings are ones that the trainer takes; a test sees to that.
    pub fn new(text: Break) -> Option<Self> {
        match text.healthy().and_then(|healthy| Ok([healthy.into_inner(), text.broken()?.into_inner()])) {
            Ok(runs) => Some(Self { text, runs, stage: Stage::Elsewhere, kept: [None, None] }),
            Err(error) => {
                log::error!("the card {}: {error}", text.name);
                None
            }
        }
    }

    /// The settings of one of its runs.
    pub const fn settings(&self, run: Run) -> &Settings {
        &self.runs[run as usize]
    }

    /// What the reader expects of it.
    pub fn guess(&self, look: &BreaksLook) -> Option<Guess> {
        look.guesses.get(&self.text.name).copied().filter(|guess| guess.0 < self.text.answers.len())
    }

    /// Whether the reader has seen what the mistake does.
    pub fn is_seen(&self, look: &BreaksLook) -> bool {
        self.guess(look).is_some_and(|guess| guess.1)
    }

    /// Notes what can be seen, if the run is one of this card's.
    pub fn note(&mut self, snapshot: &Snapshot, look: &mut BreaksLook) {
        let run = [Run::Healthy, Run::Broken].into_iter().find(|run| {
            let wanted = Settings { device: snapshot.settings.device, ..self.settings(*run).clone() };
            snapshot.settings == wanted
        });
        let Some(run) = run else {
            self.stage = Stage::Elsewhere;
            return;
        };
        let is_there = snapshot.epochs.len() as u64 > self.text.epochs;
        self.stage = if is_there { Stage::There(run) } else { Stage::Underway(run) };
        // Without a guess the outcome is not given away, whatever run is on the screen.
        if let (Stage::There(Run::Broken), Some(Guess(answer, _))) = (self.stage, self.guess(look)) {
            look.guesses.insert(self.text.name.clone(), Guess(answer, true));
        }
        let kept = &mut self.kept[run as usize];
        if is_there && kept.as_ref().is_none_or(|kept| kept.steps != snapshot.steps) {
            *kept = Some(Kept::of(snapshot, self.text.measure));
        }
    }

    pub fn show(&mut self, ui: &mut Ui, scene: &mut Scene<'_, Trainer>, words: &mut CommonMarkCache) {
        theme::card(ui).show(ui, |ui| {
            ui.set_width(ui.available_width());
            CommonMarkViewer::new().show(ui, words, &self.text.change);
            if self.is_seen(&scene.look.breaks) {
                self.verdict(ui, &scene.look.breaks);
            } else {
                self.question(ui, &mut scene.look.breaks);
            }
            ui.add_space(2.0);
            self.buttons(ui, scene);
            let is_on_its_way = match self.stage {
                Stage::Underway(Run::Broken) => true,
                Stage::Underway(Run::Healthy) => self.is_seen(&scene.look.breaks),
                Stage::Elsewhere | Stage::There(_) => false,
            };
            if is_on_its_way {
                let all = (scene.snapshot.batches * self.text.epochs).max(1);
                let text = format!("mini-batch {} of {all}", scene.snapshot.steps);
                ui.add(ProgressBar::new(scene.snapshot.steps as f32 / all as f32).text(text));
            }
        });
        if !self.is_seen(&scene.look.breaks) {
            return;
        }
        ui.add_space(4.0);
        if ui.available_width() < WIDE {
            compare::show(ui, &self.kept, self.text.measure, Vec2::new(ui.available_width(), 150.0));
            self.outcome(ui, scene, words);
            return;
        }
        let left = (ui.available_width() * 0.44).floor();
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = GAP;
            let height = ui.available_height().clamp(170.0, 280.0);
            ui.allocate_ui(Vec2::new(left, height), |ui| {
                ui.vertical(|ui| compare::show(ui, &self.kept, self.text.measure, Vec2::new(left, height)));
            });
            ui.vertical(|ui| {
                ui.set_width(ui.available_width());
                self.outcome(ui, scene, words);
            });
        });
    }

    /// What to expect.
    fn question(&self, ui: &mut Ui, look: &mut BreaksLook) {
        let guess = self.guess(look).map(|guess| guess.0);
        ui.strong("What do you expect?");
        ui.scope(|ui| {
            ui.spacing_mut().interact_size.y = 20.0;
            for (index, answer) in self.text.answers.iter().enumerate() {
                if ui.radio(guess == Some(index), answer).clicked() {
                    look.guesses.insert(self.text.name.clone(), Guess(index, false));
                }
            }
        });
    }

    /// Which answer was chosen, and which is right.
    fn verdict(&self, ui: &mut Ui, look: &BreaksLook) {
        let tokens = theme::tokens(ui);
        let line = |ui: &mut Ui, name: &str, answer: &str, color| {
            ui.horizontal_wrapped(|ui| {
                ui.spacing_mut().item_spacing.x = 6.0;
                ui.label(RichText::new(name).strong());
                ui.label(RichText::new(answer).color(color));
            });
        };
        let answer = |index: usize| self.text.answers.get(index).map_or("", String::as_str);
        let guess = self.guess(look).map(|guess| guess.0);
        if guess == Some(self.text.right) {
            line(ui, "You were right:", answer(self.text.right), tokens.success);
            return;
        }
        if let Some(guess) = guess {
            line(ui, "You expected:", answer(guess), tokens.error);
        }
        line(ui, "What happens:", answer(self.text.right), tokens.success);
    }

    fn buttons(&self, ui: &mut Ui, scene: &mut Scene<'_, Trainer>) {
        let tokens = theme::tokens(ui);
        let (guess, is_seen) = (self.guess(&scene.look.breaks), self.is_seen(&scene.look.breaks));
        ui.horizontal_wrapped(|ui| {
            let can_break = guess.is_some();
            let mut button = Button::new("Break it");
            // The accent is on what to press next.
            if can_break && !is_seen {
                button = Button::new(RichText::new("Break it").color(tokens.on_accent)).fill(tokens.accent);
            }
            let response = ui
                .add_enabled(can_break, button)
                .on_hover_text(format!("Set {} and run to the end of epoch {}", self.change(), self.text.epochs))
                .on_disabled_hover_text("First choose what you expect");
            if response.clicked() {
                self.run(Run::Broken, scene);
            }
            let mut button = Button::new("Repair it");
            if is_seen && self.kept[Run::Healthy as usize].is_none() {
                button = Button::new(RichText::new("Repair it").color(tokens.on_accent)).fill(tokens.accent);
            }
            let response = ui
                .add_enabled(is_seen, button)
                .on_hover_text("The same run without the mistake, to compare")
                .on_disabled_hover_text("First break it");
            if response.clicked() {
                self.run(Run::Healthy, scene);
            }
            ui.label(RichText::new(self.change()).monospace().color(tokens.text_weak));
        });
    }

    /// The settings that break it, as they are written: `lr = 100 instead of 0.1`.
    fn change(&self) -> String {
        let [healthy, broken] = &self.runs;
        let change = self
            .text
            .changed()
            .map(|field| format!("{} = {} instead of {}", field.name(), field.write(broken), field.write(healthy)));
        change.collect::<Vec<_>>().join(", ")
    }

    /// Sets a run's settings and goes to where its outcome is plain.
    fn run(&self, run: Run, scene: &mut Scene<'_, Trainer>) {
        let wanted = self.settings(run).clone();
        scene.form.edit(|settings| *settings = Settings { device: settings.device, ..wanted });
        scene.moves.push(Move::Seek(1));
        for _ in 0..self.text.epochs {
            scene.moves.push(Move::Unit(Trainer::EPOCH));
        }
    }

    /// What happened and why, with the live numbers of the run on the screen.
    fn outcome(&self, ui: &mut Ui, scene: &Scene<'_, Trainer>, words: &mut CommonMarkCache) {
        let tokens = theme::tokens(ui);
        let template = match self.stage {
            Stage::There(Run::Broken) => &self.text.happened,
            Stage::There(Run::Healthy) => &self.text.repaired,
            Stage::Underway(_) => return,
            Stage::Elsewhere => {
                let text = "You have seen this one. Press Break it to run it again and read what happened.";
                ui.add(Label::new(RichText::new(text).color(tokens.text_weak)).wrap());
                return;
            }
        };
        let Some(values) = scene.seen.breaks.evidence(scene.snapshot) else { return };
        let title = if self.stage == Stage::There(Run::Broken) { "What happened" } else { "Repaired" };
        ui.label(RichText::new(title).strong().size(16.0));
        let text = fill(template, |name| values.get(name).map(String::as_str));
        CommonMarkViewer::new().show(ui, words, &text.unwrap_or_else(|error| error.to_string()));
    }
}
