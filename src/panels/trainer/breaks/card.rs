//! One card of the shelf: the question, the two runs, and what they came to.

use super::compare::{self, Kept};
use crate::engine::Move;
use crate::experiments::trainer::{Settings, Snapshot, Trainer};
use crate::experiments::{Phase, Values, settings};
use crate::lesson::{Break, fill};
use crate::panels::Scene;
use crate::widgets::theme;
use egui::{Button, Label, ProgressBar, RichText, Ui, Vec2};
use egui_commonmark::{CommonMarkCache, CommonMarkViewer};
use serde_json::{Map, Value, json};

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

/// A card with its settings, and what the reader did with it.
pub(super) struct Card {
    pub text: Break,
    runs: [(Settings, Map<String, Value>); 2],
    stage: Stage,
    guess: Option<usize>,
    /// Whether the broken run was seen at its outcome.
    is_seen: bool,
    kept: [Option<Kept>; 2],
    /// The live values, and the moment of the run that they belong to.
    values: (Option<(u64, Option<Phase>, String)>, Values),
}

impl Card {
    /// The card, if its settings are ones that the trainer takes; a test sees to that.
    pub fn new(text: Break) -> Option<Self> {
        let run = |changes: Map<String, Value>| {
            let mut all = text.settings.clone();
            all.extend(changes);
            match settings::from_map::<Settings>("trainer", &all) {
                Ok(settings) => Some((settings.clone(), settings::to_map(&settings))),
                Err(error) => {
                    log::error!("the card {}: {error}", text.name);
                    None
                }
            }
        };
        let runs = [run(Map::new())?, run(text.broken.clone())?];
        let values = (None, Values::new());
        Some(Self { text, runs, stage: Stage::Elsewhere, guess: None, is_seen: false, kept: [None, None], values })
    }

    /// The settings of one of its runs.
    #[cfg(test)]
    pub fn settings(&self, run: Run) -> &Map<String, Value> {
        &self.runs[run as usize].1
    }

    /// Whether the reader has seen what the mistake does.
    pub const fn is_seen(&self) -> bool {
        self.is_seen
    }

    /// Notes what can be seen, if the run is one of this card's.
    pub fn look(&mut self, snapshot: &Snapshot) {
        let run = [Run::Healthy, Run::Broken].into_iter().find(|run| {
            let wanted = Settings { device: snapshot.settings.device, ..self.runs[*run as usize].0.clone() };
            snapshot.settings == wanted
        });
        let Some(run) = run else {
            self.stage = Stage::Elsewhere;
            return;
        };
        let is_there = snapshot.epochs.len() as u64 > self.text.epochs;
        self.stage = if is_there { Stage::There(run) } else { Stage::Underway(run) };
        // Without a guess the outcome is not given away, whatever run is on the screen.
        self.is_seen |= self.stage == Stage::There(Run::Broken) && self.guess.is_some();
        let kept = &mut self.kept[run as usize];
        if is_there && kept.as_ref().is_none_or(|kept| kept.steps != snapshot.steps) {
            *kept = Some(Kept::of(snapshot, self.text.measure));
        }
    }

    pub fn show(&mut self, ui: &mut Ui, scene: &mut Scene<'_, Trainer>, words: &mut CommonMarkCache) {
        theme::card(ui).show(ui, |ui| {
            ui.set_width(ui.available_width());
            CommonMarkViewer::new().show(ui, words, &self.text.change);
            if self.is_seen {
                self.verdict(ui);
            } else {
                self.question(ui);
            }
            ui.add_space(2.0);
            self.buttons(ui, scene);
            let is_on_its_way = match self.stage {
                Stage::Underway(Run::Broken) => true,
                Stage::Underway(Run::Healthy) => self.is_seen,
                Stage::Elsewhere | Stage::There(_) => false,
            };
            if is_on_its_way {
                let all = (scene.snapshot.batches * self.text.epochs).max(1);
                let text = format!("mini-batch {} of {all}", scene.snapshot.steps);
                ui.add(ProgressBar::new(scene.snapshot.steps as f32 / all as f32).text(text));
            }
        });
        if !self.is_seen {
            return;
        }
        ui.add_space(4.0);
        if ui.available_width() < WIDE {
            compare::show(ui, &self.kept, self.text.measure, Vec2::new(ui.available_width(), 150.0));
            self.outcome(ui, scene.snapshot, words);
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
                self.outcome(ui, scene.snapshot, words);
            });
        });
    }

    /// What to expect.
    fn question(&mut self, ui: &mut Ui) {
        ui.strong("What do you expect?");
        ui.scope(|ui| {
            ui.spacing_mut().interact_size.y = 20.0;
            for (place, answer) in self.text.answers.iter().enumerate() {
                if ui.radio(self.guess == Some(place), answer).clicked() {
                    self.guess = Some(place);
                }
            }
        });
    }

    /// Which answer was chosen, and which is right.
    fn verdict(&self, ui: &mut Ui) {
        let tokens = theme::tokens(ui);
        let line = |ui: &mut Ui, name: &str, answer: &str, color| {
            ui.horizontal_wrapped(|ui| {
                ui.spacing_mut().item_spacing.x = 6.0;
                ui.label(RichText::new(name).strong());
                ui.label(RichText::new(answer).color(color));
            });
        };
        let answer = |place: usize| self.text.answers.get(place).map_or("", String::as_str);
        if self.guess == Some(self.text.right) {
            line(ui, "You were right:", answer(self.text.right), tokens.success);
            return;
        }
        if let Some(guess) = self.guess {
            line(ui, "You expected:", answer(guess), tokens.error);
        }
        line(ui, "What happens:", answer(self.text.right), tokens.success);
    }

    fn buttons(&self, ui: &mut Ui, scene: &mut Scene<'_, Trainer>) {
        let tokens = theme::tokens(ui);
        ui.horizontal_wrapped(|ui| {
            let can_break = self.guess.is_some() || self.is_seen;
            let mut button = Button::new("Break it");
            // The accent is on what to press next.
            if can_break && !self.is_seen {
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
            if self.is_seen && self.kept[Run::Healthy as usize].is_none() {
                button = Button::new(RichText::new("Repair it").color(tokens.on_accent)).fill(tokens.accent);
            }
            let response = ui
                .add_enabled(self.is_seen, button)
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
        let change = |name: &String| {
            let [healthy, broken] = [Run::Healthy, Run::Broken].map(|run| plain(&self.runs[run as usize].1[name]));
            format!("{name} = {broken} instead of {healthy}")
        };
        self.text.broken.keys().map(change).collect::<Vec<_>>().join(", ")
    }

    /// Sets a run's settings and goes to where its outcome is plain.
    fn run(&self, run: Run, scene: &mut Scene<'_, Trainer>) {
        for (name, value) in &self.runs[run as usize].1 {
            if name != "device" {
                scene.form.set(name, value.clone());
            }
        }
        scene.moves.push(Move::Seek(1));
        for _ in 0..self.text.epochs {
            // The trainer's second unit is the epoch.
            scene.moves.push(Move::Unit(1));
        }
    }

    /// What happened and why, with the live numbers of the run on the screen.
    fn outcome(&mut self, ui: &mut Ui, snapshot: &Snapshot, words: &mut CommonMarkCache) {
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
        let moment = Some((snapshot.steps, snapshot.phase, snapshot.fingerprint.clone()));
        if self.values.0 != moment {
            self.values = (moment, snapshot.evidence());
        }
        let title = if self.stage == Stage::There(Run::Broken) { "What happened" } else { "Repaired" };
        ui.label(RichText::new(title).strong().size(16.0));
        let text = fill(template, |name| self.values.1.get(name).map(String::as_str));
        CommonMarkViewer::new().show(ui, words, &text.unwrap_or_else(|error| error.to_string()));
    }

    /// The guess, and whether the outcome was seen; `None` where there is neither.
    pub fn save(&self) -> Option<Value> {
        self.guess.map(|guess| json!([guess, self.is_seen]))
    }

    pub fn restore(&mut self, saved: Option<&Value>) {
        let guess = saved.and_then(|saved| usize::try_from(saved.get(0)?.as_u64()?).ok());
        self.guess = guess.filter(|guess| *guess < self.text.answers.len());
        let is_seen = saved.and_then(|saved| saved.get(1)?.as_bool()).unwrap_or(false);
        self.is_seen = is_seen && self.guess.is_some();
    }
}

/// A setting as it is written on the command line.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.as_f64().map_or_else(String::new, |number| number.to_string()),
        other => other.to_string(),
    }
}
