//! The learning-rate finder: the loss at every rate, and the rate to take.

mod curve;

use super::{Scene, View, Wish, device};
use crate::engine::Goal;
use crate::experiments::lr_find::{LrFind, Settings, Snapshot};
use crate::experiments::report::number;
use crate::experiments::trainer::{self, Trainer};
use crate::experiments::{Checked, Experiment, NoLook, Phase, Saved, Settings as _, Stop};
use crate::shot::State;
use crate::widgets::form::Form;
use crate::widgets::theme;
use egui::{Button, Grid, Label, RichText, Ui, Vec2};

/// The view of [`LrFind`].
#[derive(Default)]
pub struct LrFindView;

impl View for LrFindView {
    type Experiment = LrFind;

    fn controls(&mut self, ui: &mut Ui, form: &mut Form<'_, Settings>, _look: &mut NoLook) {
        let before = form.model;
        form.field(ui, Settings::model(), "Model");
        if form.model != before {
            form.edit(|settings| *settings = with_usual(settings));
        }
        form.field(ui, Settings::digits(), "Digits");
        form.field(ui, Settings::init(), "Start from");
        form.field(ui, Settings::batch_size(), "Batch size");
        form.log_slider(ui, Settings::start(), "First rate", 1e-7, 1.0);
        form.log_slider(ui, Settings::end(), "Last rate", 1.0, 1000.0);
        form.field(ui, Settings::iterations(), "Rates");
        form.field(ui, Settings::shuffle(), "Shuffle");
        form.field(ui, Settings::seed(), "Seed");
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
pub(super) fn open(form: &Form<'_, trainer::Settings>) -> Option<Wish> {
    let sweep = Settings::of(form);
    let end = sweep.end_position();
    state::<LrFind>(sweep, end)
}

/// The wish to go to a position under these settings.
fn state<E: Experiment>(settings: E::Settings, position: u64) -> Option<Wish> {
    let settings = Checked::new(settings).ok()?;
    Some(Wish::Open(State::new(E::INFO.name, Saved::of(&settings, &NoLook {}), position)))
}

/// What another model usually has of its own; the rest stays.
fn with_usual(now: &Settings) -> Settings {
    let Settings { digits, loss, init, momentum, weight_decay, batch_size, .. } = Settings::usual(now);
    Settings { digits, loss, init, momentum, weight_decay, batch_size, ..now.clone() }
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
        for (index, (rule, rate)) in found.rules().into_iter().enumerate() {
            let text = format!("Train with {}", rounded(rate));
            let button = if index == 0 {
                Button::new(RichText::new(text).color(tokens.on_accent)).fill(tokens.accent)
            } else {
                Button::new(text)
            };
            let tip = "Open the trainer with these settings and this rate, rounded to two digits";
            if ui.add_sized(Vec2::new(150.0, 26.0), button).on_hover_text(tip).clicked() {
                chosen = Some(rounded(rate));
            }
            ui.label(if index == 0 { RichText::new(rule).strong() } else { RichText::new(rule) });
            ui.end_row();
        }
    });
    if let Some(rate) = chosen {
        scene.wishes.extend(state::<Trainer>(scene.snapshot.settings.trainer(rate), 1));
    }
}

/// A rate with two digits: it is a guess, and more of them would only look exact.
fn rounded(rate: f64) -> f64 {
    format!("{rate:.1e}").parse().unwrap_or(rate)
}

#[cfg(test)]
mod tests;
