//! The learning-rate finder: the loss at every rate, and the rate to take.

mod curve;

use super::{Scene, View, Wish, device};
use crate::engine::Goal;
use crate::experiments::lr_find::{LrFind, Settings, Snapshot};
use crate::experiments::report::number;
use crate::experiments::{Phase, Stop, settings, trainer};
use crate::math::model::Architecture;
use crate::shot::State;
use crate::widgets::form::Form;
use crate::widgets::theme;
use egui::{Button, Grid, Label, RichText, Ui, Vec2};
use serde_json::Map;

/// The view of [`LrFind`].
#[derive(Default)]
pub struct LrFindView;

impl View for LrFindView {
    type Experiment = LrFind;

    fn controls(&mut self, ui: &mut Ui, form: &mut Form<'_>) {
        let before = form.text("model").to_owned();
        form.field(ui, "model", "Model");
        if form.text("model") != before {
            let model: Architecture = serde_json::from_value(form.text("model").into()).unwrap_or_default();
            let usual = settings::to_map(&usual(model));
            for name in ["digits", "loss", "init", "momentum", "weight_decay", "batch_size"] {
                form.set(name, usual[name].clone());
            }
        }
        form.field(ui, "digits", "Digits");
        form.field(ui, "init", "Start from");
        form.field(ui, "batch_size", "Batch size");
        form.log_slider(ui, "start", "First rate", 1e-7, 1.0);
        form.log_slider(ui, "end", "Last rate", 1.0, 1000.0);
        form.field(ui, "iterations", "Rates");
        form.field(ui, "shuffle", "Shuffle");
        form.field(ui, "seed", "Seed");
    }

    fn figure(&mut self, ui: &mut Ui, scene: &mut Scene<'_, LrFind>) {
        device::notice(ui, scene.snapshot.notice.as_deref());
        sentence(ui, scene.snapshot);
        let all = ui.available_size();
        let height = (all.y - 130.0).clamp(180.0, 520.0);
        curve::show(ui, scene.snapshot, Vec2::new(all.x, height));
        ui.add_space(4.0);
        rates(ui, scene);
    }

    /// Other settings are another sweep: its result is what there is to see.
    fn after_change(_position: u64) -> Goal {
        Goal::Opening
    }
}

/// The wish to find a rate for the run that this form of the trainer describes.
pub(super) fn open(form: &Form<'_>) -> Option<Wish> {
    let names = <trainer::Settings as crate::experiments::Settings>::FIELDS.iter().map(|field| field.name);
    let chosen = names.filter_map(|name| Some((name.to_owned(), form.get(name)?.clone()))).collect();
    let sweep = Settings::of(&settings::from_map("trainer", &chosen).ok()?);
    // To the end of the sweep: its opening.
    let end = 4 * sweep.iterations + 2;
    Some(Wish::Open(State::new("lr-find", settings::to_map(&sweep), end, Map::new())))
}

fn usual(model: Architecture) -> Settings {
    let given = Map::from_iter([("model".to_owned(), model.name().into())]);
    crate::experiments::Settings::usual(&given)
}

/// Where the sweep stands, and what computes it, in a line or two.
fn sentence(ui: &mut Ui, snapshot: &Snapshot) {
    let text = match (snapshot.phase, snapshot.points.last()) {
        (Some(Phase::Stop), Some(last)) => {
            let rate = rounded(last.lr);
            let why = match snapshot.stopped {
                Some(Stop::Diverged) => format!("At a rate of {rate} the loss got out of hand, and the sweep stopped."),
                _ => format!("Every rate up to {rate} was tried."),
            };
            let what = match snapshot.suggestions {
                None => "There are too few points to suggest a rate from.".to_owned(),
                Some(found) if found.is_falling => {
                    format!(
                        "A rate to take is {}; the loss was still falling: a higher last rate may suggest more.",
                        rounded(found.tenth)
                    )
                }
                Some(found) => format!("A rate to take is {}.", rounded(found.tenth)),
            };
            format!("{why} {what}")
        }
        (Some(Phase::Stop), None) => "The very first loss was not a finite number.".to_owned(),
        (_, Some(last)) => {
            let count = snapshot.points.len();
            format!("Mini-batch {count}: a loss of {} at a rate of {}.", number(last.loss), number(last.lr))
        }
        (_, None) => "Press Step to try the first rate, or Run to try them all.".to_owned(),
    };
    let on = device::computing(snapshot.device).map_or_else(String::new, |on| format!(" It runs {on}."));
    ui.add(Label::new(text + &on).wrap());
}

/// The rates that the curve suggests, each to be trained with.
fn rates(ui: &mut Ui, scene: &mut Scene<'_, LrFind>) {
    let tokens = theme::tokens(ui);
    let Some(found) = scene.snapshot.suggestions else {
        let text = "When the sweep has ended, the rates it suggests stand here.";
        ui.label(RichText::new(text).color(tokens.text_weak));
        return;
    };
    let mut chosen = None;
    Grid::new("suggested rates").num_columns(3).spacing([14.0, 6.0]).show(ui, |ui| {
        for (place, (rule, rate)) in found.rules().into_iter().enumerate() {
            let text = format!("Train with {}", rounded(rate));
            let button = if place == 0 {
                Button::new(RichText::new(text).color(tokens.on_accent)).fill(tokens.accent)
            } else {
                Button::new(text)
            };
            let tip = "Open the trainer with these settings and this rate, rounded to two digits";
            if ui.add_sized(Vec2::new(150.0, 26.0), button).on_hover_text(tip).clicked() {
                chosen = Some(rounded(rate));
            }
            ui.label(if place == 0 { RichText::new(rule).strong() } else { RichText::new(rule) });
            ui.end_row();
        }
    });
    if let Some(rate) = chosen {
        let run = settings::to_map(&scene.snapshot.settings.trainer(rate));
        scene.wishes.push(Wish::Open(State::new("trainer", run, 1, Map::new())));
    }
}

/// A rate with two digits: it is a guess, and more of them would only look exact.
fn rounded(rate: f64) -> f64 {
    format!("{rate:.1e}").parse().unwrap_or(rate)
}

#[cfg(test)]
mod tests;
