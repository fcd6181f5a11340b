//! What is said, and offered, when a run left the finite numbers.

use crate::engine::{Move, Pace};
use crate::experiments::trainer::Trainer;
use crate::panels::Scene;
use crate::widgets::theme;
use egui::{Label, RichText, Ui};

/// A card with what happened and a rate that is worth a try; nothing while all is well.
pub(super) fn show(ui: &mut Ui, scene: &mut Scene<'_, Trainer>) {
    let Some(trouble) = scene.snapshot.trouble else { return };
    let tokens = theme::tokens(ui);
    theme::card(ui).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.label(RichText::new("The training ran away").strong().color(tokens.error));
        ui.add(Label::new(trouble.sentence()).wrap());
        let rate = trouble.suggestion();
        ui.horizontal_wrapped(|ui| {
            let tip = "Start again with a tenth of the learning rate, and run";
            if ui.button(format!("Try a rate of {rate}")).on_hover_text(tip).clicked() {
                scene.form.edit(|settings| settings.lr = rate);
                scene.moves.push(Move::Run(Pace::Flat));
            }
            ui.label(RichText::new(format!("It failed at {}.", trouble.lr)).color(tokens.text_weak));
        });
    });
}
