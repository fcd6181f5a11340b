//! The controls of a run: what is changed most in a row, the rest behind a button.

use crate::experiments::trainer::{Change, Settings};
use crate::experiments::{Settings as _, settings};
use crate::math::model::Architecture;
use crate::widgets::flow;
use crate::widgets::form::Form;
use egui::containers::menu::{MenuButton, MenuConfig};
use egui::{Button, PopupCloseBehavior, Role, Ui, WidgetInfo};
use serde_json::{Map, Value};

/// The settings behind the button, and their labels.
const REST: [(&str, &str); 11] = [
    ("loss", "Loss"),
    ("init", "Start from"),
    ("momentum", "Momentum"),
    ("weight_decay", "Weight decay"),
    ("zero_grad", "Zero gradients"),
    ("wrong_labels", "Wrong labels"),
    ("target", "Stop at accuracy"),
    ("patience", "Patience"),
    ("device", "Device"),
    ("weights", "Weights file"),
    ("data", "Data folder"),
];

/// What another model takes along of its own usual settings; the rest stays.
const OF_A_MODEL: [&str; 9] =
    ["digits", "loss", "init", "lr", "momentum", "weight_decay", "batch_size", "shuffle", "weights"];

/// Choices of digits that are one click away.
const PRESETS: [(&str, &str); 3] = [("3 and 7", "3,7"), ("4 and 9", "4,9"), ("all ten", "all")];

/// The controls; they remember whether the rest is unfolded.
#[derive(Default)]
pub(super) struct Controls {
    is_open: bool,
}

impl Controls {
    pub(super) fn show(&mut self, ui: &mut Ui, form: &mut Form<'_>) {
        model(ui, form);
        digits(ui, form);
        form.log_slider(ui, "lr", "Learning rate", 1e-3, 100.0);
        form.field(ui, "batch_size", "Batch size");
        form.field(ui, "epochs", "Epochs");
        form.field(ui, "shuffle", "Shuffle");
        form.field(ui, "seed", "Seed");
        self.more(ui, form);
        if self.is_open {
            for (name, label) in REST {
                form.field(ui, name, label);
            }
        }
    }

    /// The button that unfolds the rest; folded, it says how much of that is not as usual.
    fn more(&mut self, ui: &mut Ui, form: &mut Form<'_>) {
        let changes: Vec<Change> = settings_of(form).map(|settings| settings.changes()).unwrap_or_default();
        let changes: Vec<Change> =
            changes.into_iter().filter(|change| REST.iter().any(|(name, _)| *name == change.name)).collect();
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
                let usual = usual(form);
                for change in &changes {
                    form.set(&change.name, usual[&change.name].clone());
                }
            }
        });
    }
}

/// The model. Another one learns well under other settings; what it has in common with the last stays.
fn model(ui: &mut Ui, form: &mut Form<'_>) {
    let before = form.text("model").to_owned();
    form.field(ui, "model", "Model");
    if form.text("model") != before {
        // What goes with the model's own digits, which may be others than the last model's.
        let usual = settings::to_map(&Settings::usual_for(architecture(form)));
        for name in OF_A_MODEL {
            form.set(name, usual[name].clone());
        }
    }
}

/// The digits: presets, and a button for each of the ten.
fn digits(ui: &mut Ui, form: &mut Form<'_>) {
    let chosen = settings::parse_digits(form.text("digits")).unwrap_or_default();
    flow::group(ui, "digits", |ui| {
        let tip = "The digits to tell apart. Of two, the first has target 1 and the second target 0.";
        ui.label("Digits").on_hover_text(tip);
        let name = named(&chosen);
        let config = MenuConfig::new().close_behavior(PopupCloseBehavior::CloseOnClickOutside);
        let button = MenuButton::from_button(Button::new(format!("{name} \u{23f7}"))).config(config);
        let (response, _) = button.ui(ui, |ui| {
            ui.set_max_width(300.0);
            ui.horizontal(|ui| {
                for (title, digits) in PRESETS {
                    let is_chosen = settings::parse_digits(digits).as_deref() == Some(&chosen[..]);
                    if ui.selectable_label(is_chosen, title).clicked() {
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
                let swapped: Vec<u8> = chosen.iter().rev().copied().collect();
                set_digits(form, &joined(&swapped));
            }
        });
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("Digits: {name}")));
        response.on_hover_text(tip);
    });
}

fn toggle(ui: &mut Ui, form: &mut Form<'_>, chosen: &[u8], digit: u8) {
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
        set_digits(form, &joined(&digits));
    }
}

/// Takes up digits, and with more than two leaves a loss that is only for two. A rate that was the usual one stays so.
fn set_digits(form: &mut Form<'_>, digits: &str) {
    let count = settings::parse_digits(digits).map_or(0, |digits| digits.len());
    let is_usual = form.get("lr") == usual(form).get("lr");
    form.set("digits", digits);
    if is_usual {
        form.set("lr", usual(form)["lr"].clone());
    }
    if count > 2 && matches!(form.text("loss"), "mnist" | "accuracy") {
        form.set("loss", "auto");
    }
}

/// Digits as the setting is written.
fn joined(digits: &[u8]) -> String {
    if digits.iter().copied().eq(0..10) {
        return "all".to_owned();
    }
    digits.iter().map(u8::to_string).collect::<Vec<_>>().join(",")
}

/// Digits as a reader would say them.
fn named(digits: &[u8]) -> String {
    match digits {
        _ if digits.iter().copied().eq(0..10) => "all ten".to_owned(),
        [first, second] => format!("{first} and {second}"),
        _ => digits.iter().map(u8::to_string).collect::<Vec<_>>().join(" "),
    }
}

/// The usual settings for the chosen model and so many digits.
fn usual(form: &Form<'_>) -> Map<String, Value> {
    let digits = settings::parse_digits(form.text("digits")).map_or(2, |digits| digits.len());
    settings::to_map(&Settings::usual_of(architecture(form), digits))
}

fn architecture(form: &Form<'_>) -> Architecture {
    serde_json::from_value(form.text("model").into()).unwrap_or_default()
}

/// The settings as they stand in the form.
pub(super) fn settings_of(form: &Form<'_>) -> Option<Settings> {
    let all = Settings::FIELDS.iter().filter_map(|field| Some((field.name.to_owned(), form.get(field.name)?.clone())));
    settings::from_map("trainer", &all.collect::<Map<_, _>>()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    #[test]
    fn digits_are_written_for_the_setting_and_for_the_reader() {
        assert_eq!((joined(&[3, 7]), named(&[3, 7])), ("3,7".to_owned(), "3 and 7".to_owned()));
        let all: Vec<u8> = (0..10).collect();
        assert_eq!((joined(&all), named(&all)), ("all".to_owned(), "all ten".to_owned()));
        assert_eq!((joined(&[7, 3]), named(&[0, 1, 2])), ("7,3".to_owned(), "0 1 2".to_owned()));
    }

    #[test]
    fn a_third_digit_leaves_a_loss_for_two() {
        let mut values = settings::to_map(&Settings::default());
        values.insert("loss".to_owned(), Value::from("mnist"));
        let mut form = Form::new(Settings::FIELDS, &mut values);
        set_digits(&mut form, "3,4");
        assert_eq!((form.text("digits"), form.text("loss")), ("3,4", "mnist"));
        set_digits(&mut form, "3,4,7");
        assert_eq!((form.text("digits"), form.text("loss")), ("3,4,7", "auto"));
    }

    #[test]
    fn every_setting_has_a_control() {
        let in_the_row = ["model", "digits", "lr", "batch_size", "epochs", "shuffle", "seed"];
        for field in Settings::FIELDS {
            let is_there = in_the_row.contains(&field.name) || REST.iter().any(|(name, _)| *name == field.name);
            assert!(is_there, "{}", field.name);
        }
    }
}
