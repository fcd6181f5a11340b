//! Controls for settings, made from their table: every setting has a label, a range, a tooltip and a place for its error.

mod device;

use super::{flow, theme};
use crate::compute::Device;
use crate::experiments::{Field, Kind, SettingsError};
use egui::{ComboBox, DragValue, Response, RichText, Slider, TextEdit, Ui};
use serde_json::{Map, Value};

/// A form over some of an experiment's settings.
pub struct Form<'a> {
    fields: &'static [Field],
    values: &'a mut Map<String, Value>,
    changed: bool,
}

impl<'a> Form<'a> {
    /// A form that edits `values`, the settings described by `fields`.
    pub const fn new(fields: &'static [Field], values: &'a mut Map<String, Value>) -> Self {
        Self { fields, values, changed: false }
    }

    /// Whether a control changed a setting.
    #[must_use]
    pub const fn changed(&self) -> bool {
        self.changed
    }

    /// The value of a setting.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.values.get(name)
    }

    /// The value of a numeric setting.
    #[must_use]
    pub fn number(&self, name: &str) -> f64 {
        self.get(name).and_then(Value::as_f64).unwrap_or(f64::NAN)
    }

    /// The value of a setting that is text.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        self.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    /// Sets a setting; a value that its table refuses is ignored.
    pub fn set(&mut self, name: &str, value: impl Into<Value>) {
        let value = value.into();
        let Some(field) = self.fields.iter().find(|field| field.name == name) else { return };
        if self.values.get(name) != Some(&value) && field.kind.check(field.name, &value).is_ok() {
            self.values.insert(name.to_owned(), value);
            self.changed = true;
        }
    }

    /// The control of a setting, with its label before it.
    pub fn field(&mut self, ui: &mut Ui, name: &str, label: &str) {
        let Some(field) = self.fields.iter().find(|field| field.name == name) else { return };
        flow::group(ui, (name, label), |ui| {
            let text = ui.label(label).on_hover_text(field.meaning);
            let response = self.control(ui, field, label);
            response.labelled_by(text.id).on_hover_text(field.meaning);
        });
    }

    /// A numeric setting as a slider on a logarithmic scale over `min..=max`; typing reaches the whole range of its table.
    pub fn log_slider(&mut self, ui: &mut Ui, name: &str, label: &str, min: f64, max: f64) {
        let Some(field) = self.fields.iter().find(|field| field.name == name) else { return };
        let mut number = self.number(name);
        flow::group(ui, (name, label), |ui| {
            let text = ui.label(label).on_hover_text(field.meaning);
            let slider = Slider::new(&mut number, min..=max)
                .logarithmic(true)
                .clamping(egui::SliderClamping::Never)
                .smallest_positive(min)
                .custom_formatter(|value, _| significant(value));
            let response = ui.add(slider);
            if response.changed() {
                self.set(name, round(number));
            }
            response.labelled_by(text.id).on_hover_text(field.meaning);
        });
    }

    fn control(&mut self, ui: &mut Ui, field: &'static Field, label: &str) -> Response {
        match field.kind {
            Kind::Number { min, max } => {
                let mut number = self.number(field.name);
                let speed = (number.abs() * 0.02).max(0.001);
                let drag = DragValue::new(&mut number)
                    .range(min..=max)
                    .speed(speed)
                    .custom_formatter(|value, _| significant(value));
                let response = ui.add(drag);
                if response.changed() {
                    self.set(field.name, number);
                }
                response
            }
            Kind::Integer { min, max } => {
                let mut number = self.get(field.name).and_then(Value::as_u64).unwrap_or(min);
                let response = ui.add(DragValue::new(&mut number).range(min..=max));
                if response.changed() {
                    self.set(field.name, number);
                }
                response
            }
            Kind::Switch => {
                let mut on = self.get(field.name).and_then(Value::as_bool).unwrap_or(false);
                let response = ui.checkbox(&mut on, "");
                if response.changed() {
                    self.set(field.name, on);
                }
                response
            }
            Kind::Choice(words) => self.choice(ui, field, label, words),
            Kind::Device => {
                let now = self.text(field.name).parse().unwrap_or_default();
                let (chosen, response) = device::show(ui, now);
                if let Some(chosen) = chosen.filter(|chosen| *chosen != now) {
                    self.set(field.name, Device::to_string(&chosen));
                }
                response
            }
            Kind::Digits { .. } => self.edit(ui, field, 70.0),
            Kind::Slice { .. } => self.edit(ui, field, 52.0),
            Kind::Path | Kind::Text(_) => self.edit(ui, field, 140.0),
            Kind::Numbers { .. } => self.edit(ui, field, 120.0),
        }
    }

    fn choice(&mut self, ui: &mut Ui, field: &'static Field, label: &str, words: &[&'static str]) -> Response {
        let mut chosen = self.text(field.name).to_owned();
        let combo = ComboBox::from_id_salt((field.name, label)).selected_text(&chosen).width(90.0);
        let response = combo
            .show_ui(ui, |ui| {
                for word in words {
                    ui.selectable_value(&mut chosen, (*word).to_owned(), *word);
                }
            })
            .response;
        self.set(field.name, chosen);
        response
    }

    /// Text that takes effect on Enter or when the focus leaves it; until it is valid, its error stands beside it.
    fn edit(&mut self, ui: &mut Ui, field: &'static Field, width: f32) -> Response {
        let id = ui.make_persistent_id(("setting", field.name));
        let current = self.text(field.name).to_owned();
        let mut draft = ui.data(|data| data.get_temp::<String>(id)).unwrap_or_else(|| current.clone());
        let response = ui.add(TextEdit::singleline(&mut draft).desired_width(width).id(id.with("edit")));
        let checked: Result<Value, SettingsError> = field.kind.parse(field.name, &draft);
        if response.lost_focus()
            && let Ok(value) = &checked
        {
            self.set(field.name, value.clone());
        }
        if response.has_focus() || checked.is_err() {
            ui.data_mut(|data| data.insert_temp(id, draft));
        } else {
            ui.data_mut(|data| data.remove_temp::<String>(id));
        }
        if let Err(error) = checked {
            let color = theme::tokens(ui).error;
            ui.label(RichText::new(format!("expected {}", field.kind.expected())).color(color).small())
                .on_hover_text(error.to_string());
            if ui.small_button("undo").on_hover_text("Take back what you typed").clicked() {
                ui.data_mut(|data| data.remove_temp::<String>(id));
            }
        }
        response
    }
}

/// Three significant digits: the resolution of a slider.
fn round(value: f64) -> f64 {
    if value == 0.0 || !value.is_finite() {
        return value;
    }
    format!("{value:.2e}").parse().unwrap_or(value)
}

/// A setting as short as it can be written: 0.3, 1e-5.
fn significant(value: f64) -> String {
    let plain = round_to(value, 6).to_string();
    if plain.len() > 8 { format!("{value:.2e}").replace(".00e", "e").replace("0e", "e") } else { plain }
}

fn round_to(value: f64, digits: usize) -> f64 {
    format!("{value:.digits$e}", digits = digits - 1).parse().unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_short() {
        for (value, text) in
            [(0.3, "0.3"), (1e-5, "0.00001"), (3.54e-7, "3.54e-7"), (1.0, "1"), (1e-9, "1e-9"), (1.5e-8, "1.5e-8")]
        {
            assert_eq!(significant(value), text);
        }
    }
}
