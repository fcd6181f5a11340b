//! The image that is looked at, how to choose another, and the model's answer to it.

use super::super::bars;
use crate::data::SIDE;
use crate::experiments::report::number;
use crate::experiments::trainer::{Activations, Chosen, ModelSeen, Snapshot};
use crate::widgets::arrows;
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
    pub(super) fn show(
        &mut self,
        ui: &mut Ui,
        snapshot: &Snapshot,
        seen: &ModelSeen,
        activations: &Activations,
        chosen: &mut Chosen,
    ) {
        let image = &activations.image;
        let tokens = theme::tokens(ui);
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = 14.0;
            let name = format!("{}; the arrow keys choose another", image.source(snapshot));
            let cell = self.picture.show(ui, &name, &image.pixels, SIDE, Scale::Ink { max: 1.0 }, IMAGE);
            let [right, down] = arrows::steps(ui, &cell.response);
            let steps = right + 10 * down;
            if steps != 0 {
                *chosen = walked(snapshot, chosen.fit(snapshot), steps);
            }
            ui.vertical(|ui| {
                ui.set_width(190.0);
                ui.spacing_mut().item_spacing.y = 3.0;
                picker(ui, snapshot, seen, chosen);
                let digit = |class: u8| snapshot.digits.get(usize::from(class)).copied().unwrap_or_default();
                let answer = digit(snapshot.architecture.loss.predict(activations.logits()));
                let weak = |text: String| Label::new(RichText::new(text).small().color(tokens.text_weak)).truncate();
                ui.add(weak(image.source(snapshot)));
                let truth = digit(image.class);
                let is_right = truth == answer;
                let color = if is_right { tokens.success } else { tokens.error };
                let text = format!("read as {answer}, {}", if is_right { "right" } else { "wrong" });
                ui.label(RichText::new(text).color(color).strong());
                ui.add(weak(format!("the data says {truth}")));
            });
            answer(ui, snapshot, activations);
        });
    }
}

/// The probabilities; of a single logit, that of the first digit and the rest.
fn answer(ui: &mut Ui, snapshot: &Snapshot, activations: &Activations) {
    let (class, logits) = (activations.image.class, activations.logits());
    let size = Vec2::new(ui.available_width().max(60.0), IMAGE);
    match &activations.probabilities[..] {
        [p] => {
            ui.vertical(|ui| {
                ui.spacing_mut().item_spacing.y = 2.0;
                let logit = logits.first().copied().unwrap_or_default();
                let text = format!("sigmoid({}) = {}", number(logit.into()), number((*p).into()));
                ui.label(RichText::new(text).monospace());
                let size = size - Vec2::new(0.0, 20.0);
                bars::probabilities(ui, &snapshot.digits, &[*p, 1.0 - p], &[], class, size);
            });
        }
        all => bars::probabilities(ui, &snapshot.digits, all, logits, class, size),
    }
}

/// Which images to walk through, and steps to both sides.
fn picker(ui: &mut Ui, snapshot: &Snapshot, seen: &ModelSeen, chosen: &mut Chosen) {
    let now = chosen.fit(snapshot);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        let is_held = matches!(now, Chosen::Held(_));
        let has_batch = snapshot.batch.is_some();
        let batch = Button::selectable(!is_held, "Mini-batch");
        if ui.add_enabled(has_batch, batch).on_hover_text("Images of the present mini-batch").clicked() {
            *chosen = Chosen::Batch(0);
        }
        let held = ui.selectable_label(is_held, "Held out");
        if held.on_hover_text("Images that the model does not learn from").clicked() && !is_held {
            *chosen = Chosen::Held(0);
        }
    });
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        let (index, count) = position(snapshot, now);
        let back = ui.add_enabled(index > 0, Button::new("\u{25c2}").small());
        if back.on_hover_text("The image before").clicked() {
            *chosen = walked(snapshot, now, -1);
        }
        let on = ui.add_enabled(index + 1 < count, Button::new("\u{25b8}").small());
        if on.on_hover_text("The next image").clicked() {
            *chosen = walked(snapshot, now, 1);
        }
        ui.label(RichText::new(format!("image {} of {count}", index + 1)).small());
        let next = if let Chosen::Held(index) = now { seen.mistake_after(index) } else { None };
        let wrong = ui.add_enabled(next.is_some(), Button::new("next mistake").small());
        let tip = "The next held-out image that was read wrongly when the model was last measured";
        if let (true, Some(at)) = (wrong.on_hover_text(tip).on_disabled_hover_text(tip).clicked(), next) {
            *chosen = Chosen::Held(at);
        }
    });
}

/// Its index among the images to walk through, and how many they are.
fn position(snapshot: &Snapshot, chosen: Chosen) -> (usize, usize) {
    match chosen {
        Chosen::Batch(index) => (index, snapshot.batch.as_ref().map_or(0, |batch| batch.indices.len())),
        Chosen::Held(index) => (index, snapshot.task.valid.len()),
    }
}

fn walked(snapshot: &Snapshot, chosen: Chosen, steps: i64) -> Chosen {
    let (index, count) = position(snapshot, chosen);
    let index = arrows::moved(index, steps, count);
    if matches!(chosen, Chosen::Batch(_)) { Chosen::Batch(index) } else { Chosen::Held(index) }
}
