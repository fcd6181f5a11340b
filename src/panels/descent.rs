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
use crate::experiments::descent::{Descent, PRESETS, Preset};
use crate::math::function::Function;
use crate::widgets::flow;
use crate::widgets::form::Form;
use crate::widgets::theme;
use egui::{Button, RichText, Ui, Vec2};
use serde_json::{Map, Value};

/// Half the width of the plot, in units of x.
const REACH: f64 = 2.0;
/// The least height of a tab's content, in points; in a lower window the panel scrolls.
const LEAST_HEIGHT: f32 = 236.0;

/// What the figure shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Tab {
    /// The curve, the steps on it and their numbers.
    #[default]
    Steps,
    /// What each step multiplies the distance by.
    Rate,
    /// The slope found by trying.
    Rise,
}

impl Tab {
    const ALL: [Self; 3] = [Self::Steps, Self::Rate, Self::Rise];

    const fn name(self) -> &'static str {
        match self {
            Self::Steps => "steps",
            Self::Rate => "rate",
            Self::Rise => "rise",
        }
    }

    const fn title(self) -> &'static str {
        match self {
            Self::Steps => "Steps",
            Self::Rate => "Learning rates",
            Self::Rise => "Rise over run",
        }
    }

    const fn meaning(self) -> &'static str {
        match self {
            Self::Steps => "The point, its slope, and the steps it takes",
            Self::Rate => "Why one rate arrives, another bounces and a third diverges",
            Self::Rise => "Nudge x by h and see how much the loss changes",
        }
    }
}

/// The view of [`Descent`].
#[derive(Default)]
pub struct DescentView {
    tab: Tab,
}

impl View for DescentView {
    type Experiment = Descent;

    fn controls(&mut self, ui: &mut Ui, form: &mut Form<'_>) {
        functions(ui, form);
        form.field(ui, "start", "Start at x");
        form.log_slider(ui, "lr", "Learning rate", 0.01, 2.0);
        form.field(ui, "steps", "Steps");
    }

    fn figure(&mut self, ui: &mut Ui, scene: &mut Scene<'_, Descent>) {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            for tab in Tab::ALL {
                ui.selectable_value(&mut self.tab, tab, tab.title()).on_hover_text(tab.meaning());
            }
        });
        match self.tab {
            Tab::Steps => steps::show(ui, scene),
            Tab::Rate => rate::show(ui, scene),
            Tab::Rise => rise::show(ui, scene),
        }
    }

    fn save(&self) -> Map<String, Value> {
        Map::from_iter([("tab".to_owned(), Value::from(self.tab.name()))])
    }

    fn restore(&mut self, saved: &Map<String, Value>) {
        let name = saved.get("tab").and_then(Value::as_str);
        self.tab = Tab::ALL.into_iter().find(|tab| Some(tab.name()) == name).unwrap_or_default();
    }
}

/// The choice of the loss, each by its formula, with its derivative beside it.
fn functions(ui: &mut Ui, form: &mut Form<'_>) {
    flow::group(ui, "function", |ui| {
        ui.label("Loss");
        ui.spacing_mut().item_spacing.x = 2.0;
        let current = form.text("function").to_owned();
        for (function, name) in Function::ALL.into_iter().zip(Function::NAMES) {
            let text = if function == Function::Valleys { "two valleys" } else { function.formula() };
            let tip = format!("{}: f(x) = {}. {}", function.title(), function.formula(), function.lesson());
            if ui.selectable_label(name == current, text).on_hover_text(tip).clicked() {
                form.set("function", name);
            }
        }
        if let Some(function) = Function::ALL
            .into_iter()
            .zip(Function::NAMES)
            .find_map(|(function, name)| (name == current).then_some(function))
        {
            let slope = RichText::new(format!(" slope: {}", function.derivative())).color(theme::tokens(ui).text_weak);
            ui.label(slope).on_hover_text("The derivative of the loss: its value at x is the gradient there");
        }
    });
}

/// Puts the first point at `x`, and the tape where that point can be seen.
fn start_at(scene: &mut Scene<'_, Descent>, x: f64) {
    let x = (x.clamp(-REACH, REACH) * 100.0).round() / 100.0;
    scene.form.set("start", x);
    if scene.snapshot.taken > 0 {
        scene.moves.push(Move::Seek(4)); // Its gradient, and so its tangent.
    } else if scene.phase.is_none() {
        scene.moves.push(Move::Seek(1));
    }
}

/// The buttons of the chapter's four learning rates: each goes to the end of its story at once.
fn presets(ui: &mut Ui, scene: &mut Scene<'_, Descent>) {
    let current = (scene.form.number("lr"), scene.form.text("function") == "square");
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
    scene.form.set("function", "square");
    scene.form.set("start", Preset::START);
    scene.form.set("lr", preset.lr);
    scene.form.set("steps", preset.steps);
    scene.moves.push(Move::Seek(end(preset.steps)));
}

/// The offer that follows a walk that diverged.
fn tenth(ui: &mut Ui, scene: &mut Scene<'_, Descent>) {
    let rate = scene.form.number("lr") / 10.0;
    let rate: f64 = format!("{rate:.2e}").parse().unwrap_or(rate);
    let button = ui
        .button(format!("Try a tenth: {rate}"))
        .on_hover_text("The same start with a learning rate ten times smaller");
    if button.clicked() {
        scene.form.set("lr", rate);
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
