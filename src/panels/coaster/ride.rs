//! Descent: the data, the curve that the seven steps choose, and what each of them found.

use super::super::Scene;
use super::dots::{self, Dots};
use super::loss;
use crate::experiments::coaster::{Coaster, Scale, Snapshot};
use crate::experiments::report::number;
use crate::experiments::{Phase, Stop};
use crate::widgets::theme;
use egui::{Align, Grid, Label, Layout, RichText, Ui, Vec2};
use egui_plot::LineStyle;

/// Narrower than this, the data stand above the numbers instead of beside them.
const WIDE: f32 = 640.0;
const GAP: f32 = 14.0;

/// Draws the tab.
pub(super) fn show(ui: &mut Ui, scene: &mut Scene<'_, Coaster>, dots: &mut Dots) {
    let Some(course) = scene.seen.course.clone() else { return };
    sentence(ui, scene);
    let snapshot = scene.snapshot;
    let all = ui.available_size();
    let height = all.y.max(300.0);
    if all.x < WIDE {
        let upper = (height - 152.0).max(150.0);
        data(ui, scene, dots, Vec2::new(all.x, upper));
        let left = (all.x * 0.44).floor();
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = GAP;
            let size = Vec2::new(left, 144.0);
            ui.allocate_ui(size, |ui| ui.vertical(|ui| loss::show(ui, snapshot, &course, &mut scene.look.ghost, size)));
            ui.vertical(|ui| numbers(ui, snapshot, false));
        });
        return;
    }
    let left = (all.x * 0.53).floor();
    let right = all.x - left - GAP;
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = GAP;
        let size = Vec2::new(left, height);
        ui.allocate_ui(size, |ui| ui.vertical(|ui| data(ui, scene, dots, size)));
        ui.allocate_ui(Vec2::new(right, height), |ui| {
            ui.vertical(|ui| {
                let size = Vec2::new(right, (height - 190.0).clamp(130.0, 320.0));
                loss::show(ui, snapshot, &course, &mut scene.look.ghost, size);
                ui.add_space(4.0);
                numbers(ui, snapshot, true);
            });
        });
    });
}

/// What the last phase found, in one line.
fn sentence(ui: &mut Ui, scene: &mut Scene<'_, Coaster>) {
    let text = told(scene.snapshot, scene.phase);
    ui.horizontal(|ui| {
        ui.set_min_height(26.0);
        if scene.snapshot.stopped == Some(Stop::Diverged) {
            let lr = scene.form.lr / 10.0;
            let button = ui.button(format!("Try {}", number(lr)));
            if button.on_hover_text("Start again with a tenth of the learning rate").clicked() {
                scene.form.edit(|settings| settings.lr = lr);
            }
        }
        ui.add(Label::new(text).truncate());
    });
}

fn told(snapshot: &Snapshot, phase: Option<Phase>) -> String {
    let loss = snapshot.loss.map_or_else(String::new, |loss| number(f64::from(loss)));
    match phase {
        None => format!("{} measurements, and no parameters yet.", snapshot.time.len()),
        Some(Phase::Init) => "Three random parameters. Nothing is predicted yet.".to_owned(),
        Some(Phase::Predict) => {
            let last = snapshot
                .predictions
                .as_ref()
                .and_then(|all| all.last())
                .zip(snapshot.time.last())
                .zip(snapshot.speed.last());
            let tell = |((at, time), speed): ((&f32, &f32), &f32)| {
                let (at, speed) = (number(f64::from(*at)), number(f64::from(*speed)));
                format!("At {time} the curve predicts {at}; measured was {speed}.")
            };
            last.map_or_else(String::new, tell)
        }
        Some(Phase::Loss) => {
            let longest = snapshot.residuals.iter().flatten().fold(0.0_f32, |longest, off| longest.max(off.abs()));
            format!(
                "The mean of {} squared bars is {loss}. The longest bar is {}.",
                snapshot.time.len(),
                number(f64::from(longest))
            )
        }
        Some(Phase::Gradient) => {
            let advice = |i: usize| advice(snapshot.gradient.map(|gradient| gradient[i]));
            format!("To shrink the loss: {} a, {} b, {} c.", advice(0), advice(1), advice(2))
        }
        Some(Phase::Step) => {
            format!("Each moved by {} times its gradient. Grey: the curve before.", number(snapshot.lr))
        }
        Some(Phase::Stop) => stopped(snapshot, &loss),
        Some(Phase::Repeat | Phase::Stack | Phase::Zero) => String::new(),
    }
}

/// Why it stopped, and what that means here.
fn stopped(snapshot: &Snapshot, loss: &str) -> String {
    match &snapshot.stopped {
        Some(Stop::Diverged) => {
            format!("Diverged: {} is above this loss's limit of {}.", number(snapshot.lr), number(snapshot.stable_lr))
        }
        Some(Stop::Plateau) => format!("Plateau: the parameters no longer move, at a loss of {loss}."),
        _ => {
            let losses: Vec<f64> =
                snapshot.trace.iter().rev().take(2).filter_map(|visit| visit.loss.map(f64::from)).collect();
            match losses[..] {
                [now, before] if before > 0.0 => {
                    let change = number((before - now) / before * 100.0);
                    format!("{} steps done: {loss}. The last one took off {change} %.", snapshot.taken)
                }
                _ => format!("{} steps done: {loss}.", snapshot.taken),
            }
        }
    }
}

fn advice(gradient: Option<f32>) -> &'static str {
    match gradient {
        None => "\u{2014}",
        Some(gradient) if gradient > 0.0 => "lower",
        Some(gradient) if gradient < 0.0 => "raise",
        Some(_) => "leave",
    }
}

fn data(ui: &mut Ui, scene: &mut Scene<'_, Coaster>, dots: &mut Dots, size: Vec2) {
    let (snapshot, phase) = (scene.snapshot, scene.phase);
    let tokens = theme::tokens(ui);
    let row = ui.horizontal(|ui| {
        ui.set_width(size.x);
        let mut whole = !scene.look.close;
        ui.checkbox(&mut whole, "Whole run")
            .on_hover_text("Show the first curve as well, however far off it is; otherwise the data closely");
        scene.look.close = !whole;
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| dots.controls(ui, snapshot, &mut scene.form));
    });
    let range = dots::range(snapshot, phase, scene.look.close);
    let size = Vec2::new(size.x, size.y - row.response.rect.height() - 6.0);
    let ghost = scene.look.ghost.as_ref().map(|ghost| ghost.params);
    dots.plot(ui, "coaster", snapshot, &mut scene.form, range, size, move |plot| {
        let now = snapshot.params_original.filter(|_| !matches!(phase, None | Some(Phase::Init)));
        if let (Some(Phase::Loss), Some(params)) = (phase, now) {
            dots::bars(plot, snapshot, params, tokens);
        }
        if let Some(params) = ghost {
            plot.line(dots::curve(snapshot, "pinned", params).color(tokens.text_weak.gamma_multiply(0.6)).width(1.5));
        }
        let best = dots::curve(snapshot, "least squares", snapshot.least_squares.params);
        plot.line(best.color(tokens.reference).width(1.5).style(LineStyle::dashed_loose()));
        dots::measured(plot, snapshot, tokens, 4.0);
        if phase == Some(Phase::Step)
            && let Some(before) = snapshot.trace.iter().rev().nth(1)
        {
            plot.line(
                dots::curve(snapshot, "before the step", super::original(snapshot, before.at))
                    .color(tokens.text_weak)
                    .width(1.5),
            );
        }
        if let Some(params) = now {
            plot.line(dots::curve(snapshot, "your curve", params).color(tokens.prediction).width(2.5));
        }
    });
}

/// The parameters with their gradients in words, and the losses.
fn numbers(ui: &mut Ui, snapshot: &Snapshot, wide: bool) {
    let tokens = theme::tokens(ui);
    let rescaled = snapshot.scale != Scale::NONE;
    let of = |values: Option<[f32; 3]>, i: usize| {
        values.map_or_else(|| "\u{2014}".to_owned(), |values| number(f64::from(values[i])))
    };
    let cell = |ui: &mut Ui, text: RichText| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| ui.add(Label::new(text).extend()));
    };
    let small = |text: &str| RichText::new(text).small().color(tokens.text_weak);
    let mono = |text: String| RichText::new(text).monospace().size(12.0);
    ui.spacing_mut().interact_size.y = 16.0;
    Grid::new("coaster parameters").spacing([9.0, 3.0]).min_col_width(0.0).show(ui, |ui| {
        // The original units take the place of the next values: not all fit.
        let roomy = wide && !rescaled;
        let next = if roomy { &["next", "best"][..] } else { &[] };
        for head in ["", "now", "gradient", "so"].iter().chain(next) {
            cell(ui, small(head));
        }
        if rescaled {
            cell(ui, small("in t, 0 to 19"));
        }
        ui.end_row();
        for (i, name) in ["a", "b", "c"].into_iter().enumerate() {
            ui.label(mono(name.to_owned()));
            cell(ui, mono(of(snapshot.params, i)));
            cell(ui, mono(of(snapshot.gradient, i)));
            ui.label(RichText::new(advice(snapshot.gradient.map(|gradient| gradient[i]))).size(12.0));
            if roomy {
                cell(ui, mono(of(snapshot.next_params, i)));
                cell(ui, mono(number(snapshot.bowl.best[i])).color(tokens.reference));
            }
            if rescaled {
                cell(
                    ui,
                    mono(snapshot.params_original.map_or_else(|| "\u{2014}".to_owned(), |params| number(params[i]))),
                );
            }
            ui.end_row();
        }
    });
    let loss = snapshot.loss.map_or_else(|| "\u{2014}".to_owned(), |loss| number(f64::from(loss)));
    let share = snapshot.lr / snapshot.stable_lr * 100.0;
    let rows = [
        ("loss", loss, tokens.prediction, "The mean squared error, as last computed"),
        ("best possible", number(snapshot.least_squares.loss), tokens.reference, "The loss of the least-squares curve"),
        (
            "rate, of its limit",
            format!("{share:.0} %"),
            tokens.text,
            "Above 100 % of 2 / the steepest curvature, descent diverges",
        ),
    ];
    Grid::new("coaster losses").spacing([12.0, 3.0]).show(ui, |ui| {
        for (name, value, color, tip) in rows {
            ui.label(small(name)).on_hover_text(tip);
            cell(ui, mono(value).color(color));
            ui.end_row();
        }
    });
}
