//! Gradient descent on a curve, in three tabs: the steps, what the learning rate does to them, and rise over run.

mod curve;
mod handle;
mod rate;
mod rise;
mod rise_error;
mod steps;
mod words;

use super::{Scene, View};
use crate::engine::Move;
use crate::experiments::Phase;
use crate::experiments::descent::{Descent, Look, PRESETS, Preset, Settings, Tab};
use crate::math::function::Function;
use crate::widgets::flow;
use crate::widgets::form::Form;
use crate::widgets::{pages, theme};
use egui::{Button, RichText, Ui, Vec2};

/// Half the width of the plot, in units of x.
const REACH: f64 = 2.0;
/// The least height of a tab's content, in points; in a lower window the panel scrolls.
const LEAST_HEIGHT: f32 = 236.0;

/// The view of [`Descent`].
#[derive(Default)]
pub struct DescentView;

impl View for DescentView {
    type Experiment = Descent;

    fn controls(&mut self, ui: &mut Ui, form: &mut Form<'_, Settings>, _look: &mut Look) {
        functions(ui, form);
        form.field(ui, Settings::start(), "Start at x");
        form.log_slider(ui, Settings::lr(), "Learning rate", 0.01, 2.0);
        form.field(ui, Settings::steps(), "Steps");
    }

    fn figure(&mut self, ui: &mut Ui, scene: &mut Scene<'_, Descent>) {
        ui.horizontal(|ui| pages::show(ui, &mut scene.look.tab));
        match scene.look.tab {
            Tab::Steps => steps::show(ui, scene),
            Tab::Rate => rate::show(ui, scene),
            Tab::Rise => rise::show(ui, scene),
        }
    }
}

/// The choice of the loss, each by its formula, with its derivative beside it.
fn functions(ui: &mut Ui, form: &mut Form<'_, Settings>) {
    flow::group(ui, "function", |ui| {
        ui.label("Loss");
        ui.spacing_mut().item_spacing.x = 2.0;
        let current = form.function;
        for function in Function::ALL {
            let text = if function == Function::Valleys { "two valleys" } else { function.formula() };
            let tip = format!("{}: f(x) = {}. {}", function.title(), function.formula(), function.lesson());
            if ui.selectable_label(function == current, text).on_hover_text(tip).clicked() {
                form.edit(|settings| settings.function = function);
            }
        }
        let slope = RichText::new(format!(" slope: {}", current.derivative())).color(theme::tokens(ui).text_weak);
        ui.label(slope).on_hover_text("The derivative of the loss: its value at x is the gradient there");
    });
}

/// Puts the first point at `x`, and the tape where that point can be seen.
fn start_at(scene: &mut Scene<'_, Descent>, x: f64) {
    let x = (x.clamp(-REACH, REACH) * 100.0).round() / 100.0;
    scene.form.edit(|settings| settings.start = x);
    if scene.snapshot.taken > 0 {
        scene.moves.push(Move::Seek(4)); // Its gradient, and so its tangent.
    } else if scene.phase.is_none() {
        scene.moves.push(Move::Seek(1));
    }
}

/// The buttons of the chapter's four learning rates: each goes to the end of its story at once.
fn presets(ui: &mut Ui, scene: &mut Scene<'_, Descent>) {
    let current = (scene.form.lr, scene.form.function == Function::Square);
    let gap = 4.0;
    let size = Vec2::new(((ui.available_width() - gap) / 2.0).min(120.0), 0.0);
    for pair in PRESETS.chunks(2) {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = gap;
            for preset in pair {
                let chosen = current.1 && (current.0 - preset.lr).abs() < f64::EPSILON;
                let tip = format!("Learning rate {} on x². {}", preset.lr, preset.meaning);
                let button = Button::selectable(chosen, preset.title).frame_when_inactive(true).min_size(size);
                if ui.add(button).on_hover_text(tip).clicked() {
                    choose(scene, preset);
                }
            }
        });
    }
}

/// Sets everything as a preset has it, and goes to its end.
fn choose(scene: &mut Scene<'_, Descent>, preset: &Preset) {
    let (start, lr, steps) = (Preset::START, preset.lr, preset.steps);
    scene.form.edit(|settings| *settings = Settings { function: Function::Square, start, lr, steps });
    scene.moves.push(Move::Seek(end(preset.steps)));
}

/// The offer that follows a walk that diverged.
fn tenth(ui: &mut Ui, scene: &mut Scene<'_, Descent>) {
    let rate = scene.form.lr / 10.0;
    let rate: f64 = format!("{rate:.2e}").parse().unwrap_or(rate);
    let button = ui
        .button(format!("Try a tenth: {rate}"))
        .on_hover_text("The same start with a learning rate ten times smaller");
    if button.clicked() {
        scene.form.edit(|settings| settings.lr = rate);
        scene.moves.push(Move::Seek(end(scene.snapshot.steps)));
    }
}

/// The position at which a walk of so many steps has stopped.
const fn end(steps: u64) -> u64 {
    crate::experiments::walk::Walk::<Function>::position_after(steps) + 1
}

/// Whether the slope is on the screen: from the phase that finds it until the next place is being looked at.
fn slope_known(phase: Option<Phase>) -> bool {
    matches!(phase, Some(Phase::Gradient | Phase::Stop))
}
