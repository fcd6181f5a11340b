//! The controls of a run: what is changed most in a row, the rest behind a button.

use crate::experiments::trainer::{Architecture, Change, LossChoice, Settings};
use crate::experiments::{Digits, Field};
use crate::widgets::flow;
use crate::widgets::form::Form;
use egui::containers::menu::{MenuButton, MenuConfig};
use egui::{Button, PopupCloseBehavior, Role, Ui, WidgetInfo};

/// The settings behind the button, and their labels.
const REST: [(&Field<Settings>, &str); 11] = [
    (Settings::loss(), "Loss"),
    (Settings::init(), "Start from"),
    (Settings::momentum(), "Momentum"),
    (Settings::weight_decay(), "Weight decay"),
    (Settings::zero_grad(), "Zero gradients"),
    (Settings::wrong_labels(), "Wrong labels"),
    (Settings::target(), "Stop at accuracy"),
    (Settings::patience(), "Patience"),
    (Settings::device(), "Device"),
    (Settings::weights(), "Weights file"),
    (Settings::data(), "Data folder"),
];

/// The controls; they remember whether the rest is unfolded.
#[derive(Default)]
pub(super) struct Controls {
    is_open: bool,
}

impl Controls {
    pub(super) fn show(&mut self, ui: &mut Ui, form: &mut Form<'_, Settings>) {
        model(ui, form);
        digits(ui, form);
        form.log_slider(ui, Settings::lr(), "Learning rate", 1e-3, 100.0);
        form.field(ui, Settings::batch_size(), "Batch size");
        form.field(ui, Settings::epochs(), "Epochs");
        form.field(ui, Settings::shuffle(), "Shuffle");
        form.field(ui, Settings::seed(), "Seed");
        self.more(ui, form);
        if self.is_open {
            for (field, label) in REST {
                form.field(ui, field, label);
            }
        }
    }

    /// The button that unfolds the rest; folded, it says how much of that is not as usual.
    fn more(&mut self, ui: &mut Ui, form: &mut Form<'_, Settings>) {
        let mut changes = form.changes();
        changes.retain(|change: &Change| REST.iter().any(|(field, _)| *field == change.field));
        let words = changes.iter().map(|change| change.words.as_str()).collect::<Vec<_>>().join(", ");
        flow::group(ui, "more", |ui| {
            let text = match (self.is_open, changes.len()) {
                (true, _) => "Less".to_owned(),
                (false, 0) => "More".to_owned(),
                (false, count) => format!("More ({count} changed)"),
            };
            let tip = if changes.is_empty() {
                "Loss, first weights, momentum, stop conditions, files of yours".to_owned()
            } else {
                format!("Loss, first weights, momentum, stop conditions, files of yours. Not as usual here: {words}")
            };
            if ui.selectable_label(self.is_open, text).on_hover_text(tip).clicked() {
                self.is_open = !self.is_open;
            }
            let tip = format!("Take back {words}");
            if self.is_open && !changes.is_empty() && ui.button("As usual").on_hover_text(tip).clicked() {
                let usual = Settings::usual_of(form.model, form.digits.len());
                form.edit(|settings| {
                    for Change { field, .. } in &changes {
                        // What is usual is within its range.
                        field.read(settings, &field.write(&usual)).ok();
                    }
                });
            }
        });
    }
}

/// The model. Another one learns well under other settings; what it has in common with the last stays.
fn model(ui: &mut Ui, form: &mut Form<'_, Settings>) {
    let before = form.model;
    form.field(ui, Settings::model(), "Model");
    if form.model != before {
        form.edit(|settings| *settings = with_usual(settings, settings.model));
    }
}

/// The settings for another model, with its own digits, which may be others than the last model's.
fn with_usual(now: &Settings, model: Architecture) -> Settings {
    let Settings { zero_grad, wrong_labels, seed, epochs, target, patience, device, .. } = *now;
    let data = now.data.clone();
    Settings { zero_grad, wrong_labels, seed, epochs, target, patience, device, data, ..Settings::usual_for(model) }
}

/// The digits: presets, and a button for each of the ten.
fn digits(ui: &mut Ui, form: &mut Form<'_, Settings>) {
    let chosen = form.digits.clone();
    flow::group(ui, "digits", |ui| {
        let tip = Settings::digits().meaning();
        ui.label("Digits").on_hover_text(tip);
        let name = named(&chosen);
        let config = MenuConfig::new().close_behavior(PopupCloseBehavior::CloseOnClickOutside);
        let button = MenuButton::from_button(Button::new(format!("{name} \u{23f7}"))).config(config);
        let (response, _) = button.ui(ui, |ui| {
            ui.set_max_width(300.0);
            ui.horizontal(|ui| {
                // Choices that are one click away.
                for (title, digits) in [
                    ("3 and 7", Some(Digits::threes_and_sevens())),
                    ("4 and 9", Digits::new([4, 9])),
                    ("all ten", Some(Digits::all())),
                ] {
                    if ui.selectable_label(digits.as_ref() == Some(&chosen), title).clicked() {
                        set_digits(form, digits);
                    }
                }
            });
            ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = 2.0;
                for digit in 0..10 {
                    toggle(ui, form, &chosen, digit);
                }
            });
            let swap = ui.add_enabled(chosen.len() == 2, Button::new("Swap"));
            if swap.on_hover_text("Let the other digit have target 1").clicked() {
                set_digits(form, Digits::new(chosen.iter().rev().copied().collect::<Vec<_>>()));
            }
        });
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("Digits: {name}")));
        response.on_hover_text(tip);
    });
}

fn toggle(ui: &mut Ui, form: &mut Form<'_, Settings>, chosen: &Digits, digit: u8) {
    let is_on = chosen.contains(&digit);
    let tip = if is_on && chosen.len() <= 2 {
        "Two digits are the least that can be told apart".to_owned()
    } else {
        format!("{} the {digit}s", if is_on { "Leave out" } else { "Learn" })
    };
    let response = ui.add_enabled(!is_on || chosen.len() > 2, Button::selectable(is_on, digit.to_string()));
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, is_on, format!("Digit {digit}")));
    if response.clone().on_hover_text(&tip).on_disabled_hover_text(tip).clicked() {
        let mut digits: Vec<u8> = chosen.iter().copied().filter(|other| *other != digit).collect();
        if !is_on {
            digits.push(digit);
            digits.sort_unstable();
        }
        set_digits(form, Digits::new(digits));
    }
}

/// Takes up digits, and with more than two leaves a loss that is only for two. A rate that was the usual one stays so.
fn set_digits(form: &mut Form<'_, Settings>, digits: Option<Digits>) {
    let Some(digits) = digits else { return };
    form.edit(|settings| {
        let usual_rate = |settings: &Settings| Settings::usual_of(settings.model, settings.digits.len()).lr;
        let is_usual = settings.lr.to_bits() == usual_rate(settings).to_bits();
        settings.digits = digits;
        if is_usual {
            settings.lr = usual_rate(settings);
        }
        if settings.digits.len() > 2 && matches!(settings.loss, LossChoice::Mnist | LossChoice::Accuracy) {
            settings.loss = LossChoice::Auto;
        }
    });
}

/// Digits as a reader would say them.
fn named(digits: &Digits) -> String {
    match &**digits {
        _ if *digits == Digits::all() => "all ten".to_owned(),
        [first, second] => format!("{first} and {second}"),
        _ => digits.iter().map(u8::to_string).collect::<Vec<_>>().join(" "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiments::Fields as _;

    fn digits(digits: &[u8]) -> Digits {
        Digits::new(digits).unwrap()
    }

    #[test]
    fn digits_are_said_as_a_reader_would() {
        assert_eq!(named(&digits(&[3, 7])), "3 and 7");
        assert_eq!(named(&Digits::all()), "all ten");
        assert_eq!(named(&digits(&[0, 1, 2])), "0 1 2");
    }

    #[test]
    fn a_third_digit_leaves_a_loss_for_two() {
        let mut settings = Settings { loss: LossChoice::Mnist, ..Settings::default() };
        set_digits(&mut Form::new(&mut settings), Digits::new([3, 4]));
        assert_eq!((settings.digits.to_string().as_str(), settings.loss), ("3,4", LossChoice::Mnist));
        set_digits(&mut Form::new(&mut settings), Digits::new([3, 4, 7]));
        assert_eq!((settings.digits.to_string().as_str(), settings.loss), ("3,4,7", LossChoice::Auto));
    }

    #[test]
    fn a_rate_that_was_usual_stays_usual_and_another_stays_as_it_is() {
        let usual = Settings::usual_for(Architecture::Cnn);
        for (lr, after) in [(usual.lr, 0.05), (0.3, 0.3)] {
            let mut settings = Settings { lr, ..usual.clone() };
            set_digits(&mut Form::new(&mut settings), Some(Digits::all()));
            assert_eq!(settings.lr, after);
        }
    }

    #[test]
    fn another_model_brings_along_what_it_learns_well_under() {
        let now = Settings { epochs: 3, lr: 7.0, patience: 2, weights: "w".into(), ..Settings::default() };
        let usual = Settings::usual_for(Architecture::Mlp);
        assert_eq!(with_usual(&now, Architecture::Mlp), Settings { epochs: 3, patience: 2, ..usual });
    }

    #[test]
    fn every_setting_has_a_control() {
        let in_the_row = [
            Settings::model(),
            Settings::digits(),
            Settings::lr(),
            Settings::batch_size(),
            Settings::epochs(),
            Settings::shuffle(),
            Settings::seed(),
        ];
        for field in Settings::FIELDS {
            let is_there = in_the_row.contains(field) || REST.iter().any(|(of, _)| of == field);
            assert!(is_there, "{}", field.name());
        }
    }
}
