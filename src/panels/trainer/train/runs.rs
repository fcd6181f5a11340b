//! The line between the batch and the curves: how far the run is and what computes it, and the runs pinned before it.

use crate::experiments::trainer::{MOST_PINS, Snapshot, Trainer, about};
use crate::panels::{Scene, device};
use crate::widgets::theme;
use egui::containers::menu::{MenuButton, MenuConfig};
use egui::{Button, Label, PopupCloseBehavior, ProgressBar, RichText, Ui};

/// Draws the progress, and the buttons that pin this run and list the pinned ones.
pub(super) fn show(ui: &mut Ui, scene: &mut Scene<'_, Trainer>) {
    let snapshot = scene.snapshot;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 8.0;
        let pins = &mut scene.look.train.pins;
        let pin = scene.seen.train.pin();
        let is_new = pin.is_some_and(|pin| !pins.contains(pin));
        let tip = if pins.len() >= MOST_PINS {
            "Six runs are pinned already: unpin one first"
        } else {
            "Keep this run\u{2019}s curves, paler, to compare the next ones with"
        };
        let button = ui.add_enabled(is_new && pins.len() < MOST_PINS, Button::new("Pin this run"));
        if button.on_hover_text(tip).on_disabled_hover_text(tip).clicked() {
            pin.cloned().into_iter().for_each(|pin| pins.push(pin));
        }
        if !pins.is_empty() {
            list(ui, scene);
        }
        #[expect(clippy::cast_possible_truncation, reason = "a share")]
        let share = snapshot.share_done() as f32;
        let bar = ProgressBar::new(share).desired_width(90.0).desired_height(6.0);
        ui.add(bar).on_hover_text(format!("{} of {} steps", snapshot.steps, snapshot.batches * snapshot.epochs_asked));
        let text = RichText::new(words(snapshot)).small().color(theme::tokens(ui).text_weak);
        ui.add(Label::new(text).truncate())
            .on_hover_text("By the time that the last epochs took, run flat out, without their validation");
    });
}

/// Where the run is, how long the rest takes, and what computes it.
fn words(snapshot: &Snapshot) -> String {
    let asked = snapshot.epochs_asked;
    let on = device::computing(snapshot.device).map_or_else(String::new, |on| format!(", {on}"));
    let epoch = snapshot.steps / snapshot.batches.max(1) + 1;
    if snapshot.stopped.is_some() || epoch > asked {
        return format!("{} of {asked} epochs done{on}", snapshot.epochs.len().saturating_sub(1));
    }
    let left = snapshot.seconds_left().map_or_else(String::new, |seconds| format!(", {} left", about(seconds)));
    format!("epoch {epoch} of {asked}{left}{on}")
}

/// The pinned runs, each with a way back to it.
fn list(ui: &mut Ui, scene: &mut Scene<'_, Trainer>) {
    let Scene { form, look, .. } = scene;
    let pins = &mut look.train.pins;
    let config = MenuConfig::new().close_behavior(PopupCloseBehavior::CloseOnClickOutside);
    let button = Button::new(format!("{} pinned \u{23f7}", pins.len()));
    let (response, _) = MenuButton::from_button(button).config(config).ui(ui, |ui| {
        ui.set_max_width(380.0);
        let mut gone = None;
        for (index, pin) in pins.iter().enumerate() {
            ui.horizontal(|ui| {
                ui.label(RichText::new("\u{25a0}").color(theme::series(index)));
                let tip = "Start a run with these settings again";
                if ui.button("Go back").on_hover_text(tip).clicked() {
                    form.edit(|settings| settings.clone_from(&pin.settings));
                }
                if ui.button("Unpin").on_hover_text("Forget this run").clicked() {
                    gone = Some(index);
                }
                let accuracy = pin.epochs.last().map_or(0.0, |point| point[2]);
                ui.label(format!("{}: {accuracy:.4}", pin.name()));
            });
        }
        if let Some(index) = gone {
            pins.remove(index);
        }
    });
    response.on_hover_text("The pinned runs, and the way back to their settings");
}
