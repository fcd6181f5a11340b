//! The image that is looked at, how to choose another, and the model's answer to it.

use super::super::bars;
use super::super::keys::{arrows, moved};
use super::super::looked::{Choice, Looked};
use crate::data::SIDE;
use crate::experiments::report::number;
use crate::experiments::trainer::Snapshot;
use crate::widgets::heatmap::{Heatmap, Scale};
use crate::widgets::theme;
use egui::{Button, Label, RichText, Ui, Vec2};

/// The side of the image, in points.
const IMAGE: f32 = 96.0;

/// The texture of the image.
#[derive(Default)]
pub(super) struct Head {
    picture: Heatmap,
}

impl Head {
    pub(super) fn show(&mut self, ui: &mut Ui, snapshot: &Snapshot, looked: &Looked, choice: &mut Choice) {
        let Some(image) = looked.image() else {
            ui.label("There is no image to look at.");
            return;
        };
        let tokens = theme::tokens(ui);
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = 14.0;
            let name = format!("{}; the arrow keys choose another", image.source(snapshot));
            let cell = self.picture.show(ui, &name, &image.pixels, SIDE, Scale::Ink { max: 1.0 }, IMAGE);
            let (right, down) = arrows(ui, &cell.response);
            let steps = right + 10 * down;
            if steps != 0 {
                *choice = walked(snapshot, choice.fit(snapshot), steps);
            }
            ui.vertical(|ui| {
                ui.set_width(190.0);
                ui.spacing_mut().item_spacing.y = 3.0;
                picker(ui, snapshot, choice);
                let digit = |class: u8| snapshot.digits.get(usize::from(class)).copied().unwrap_or_default();
                let answer = digit(snapshot.architecture.loss.predict(looked.logits()));
                let weak = |text: String| Label::new(RichText::new(text).small().color(tokens.text_weak)).truncate();
                ui.add(weak(image.source(snapshot)));
                let truth = digit(image.class);
                let is_right = truth == answer;
                let color = if is_right { tokens.success } else { tokens.error };
                let text = format!("read as {answer}, {}", if is_right { "right" } else { "wrong" });
                ui.label(RichText::new(text).color(color).strong());
                ui.add(weak(format!("the data says {truth}")));
            });
            answer(ui, snapshot, looked);
        });
    }
}

/// The probabilities; of a single logit, that of the first digit and the rest.
fn answer(ui: &mut Ui, snapshot: &Snapshot, looked: &Looked) {
    let class = looked.image().map_or(0, |image| image.class);
    let size = Vec2::new(ui.available_width().max(60.0), IMAGE);
    match looked.probabilities() {
        [p] => {
            ui.vertical(|ui| {
                ui.spacing_mut().item_spacing.y = 2.0;
                let logit = looked.logits().first().copied().unwrap_or_default();
                let text = format!("sigmoid({}) = {}", number(logit.into()), number((*p).into()));
                ui.label(RichText::new(text).monospace());
                let size = size - Vec2::new(0.0, 20.0);
                bars::probabilities(ui, &snapshot.digits, &[*p, 1.0 - p], &[], class, size);
            });
        }
        all => bars::probabilities(ui, &snapshot.digits, all, looked.logits(), class, size),
    }
}

/// Which images to walk through, and steps to both sides.
fn picker(ui: &mut Ui, snapshot: &Snapshot, choice: &mut Choice) {
    let now = choice.fit(snapshot);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        let is_held = matches!(now, Choice::Held(_));
        let has_batch = snapshot.batch.is_some();
        let batch = Button::selectable(!is_held, "Mini-batch");
        if ui.add_enabled(has_batch, batch).on_hover_text("Images of the present mini-batch").clicked() {
            *choice = Choice::Batch(0);
        }
        let held = ui.selectable_label(is_held, "Held out");
        if held.on_hover_text("Images that the model does not learn from").clicked() && !is_held {
            *choice = Choice::Held(0);
        }
    });
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        let (place, count) = place(snapshot, now);
        let back = ui.add_enabled(place > 0, Button::new("\u{25c2}").small());
        if back.on_hover_text("The image before").clicked() {
            *choice = walked(snapshot, now, -1);
        }
        let on = ui.add_enabled(place + 1 < count, Button::new("\u{25b8}").small());
        if on.on_hover_text("The next image").clicked() {
            *choice = walked(snapshot, now, 1);
        }
        ui.label(RichText::new(format!("image {} of {count}", place + 1)).small());
        let mut others = (place + 1..count).chain(0..place);
        let next = if matches!(now, Choice::Held(_)) { others.find(|&at| is_wrong(snapshot, at)) } else { None };
        let wrong = ui.add_enabled(next.is_some(), Button::new("next mistake").small());
        let tip = "The next held-out image that was read wrongly when the model was last measured";
        if let (true, Some(at)) = (wrong.on_hover_text(tip).on_disabled_hover_text(tip).clicked(), next) {
            *choice = Choice::Held(at);
        }
    });
}

/// Whether the held-out image at `at` was read wrongly after the last epoch.
fn is_wrong(snapshot: &Snapshot, at: usize) -> bool {
    let width = snapshot.architecture.loss.logits(snapshot.digits.len());
    let logits = snapshot.validation.as_ref().and_then(|all| all.logits.get(at * width..(at + 1) * width));
    logits.is_some_and(|logits| {
        snapshot.task.valid.classes().get(at) != Some(&snapshot.architecture.loss.predict(logits))
    })
}

fn place(snapshot: &Snapshot, choice: Choice) -> (usize, usize) {
    match choice {
        Choice::Batch(place) => (place, snapshot.batch.as_ref().map_or(0, |batch| batch.indices.len())),
        Choice::Held(place) => (place, snapshot.task.valid.len()),
    }
}

fn walked(snapshot: &Snapshot, choice: Choice, steps: i64) -> Choice {
    let (at, count) = place(snapshot, choice);
    let at = moved(at, steps, count);
    if matches!(choice, Choice::Batch(_)) { Choice::Batch(at) } else { Choice::Held(at) }
}
