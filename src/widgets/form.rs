//! Controls for settings, made from their declaration: every setting has a label, a range, a tooltip and a place for its error.

mod device;

use super::{flow, theme};
use crate::experiments::{Field, Fields, Kind};
use egui::{ComboBox, DragValue, Response, RichText, Slider, TextEdit, Ui};
use std::ops::Deref;

/// A form over settings, or over those of a look. It reads as the struct that it edits.
pub struct Form<'a, F> {
    values: &'a mut F,
    changed: bool,
}

impl<F> Deref for Form<'_, F> {
    type Target = F;

    fn deref(&self) -> &F {
        self.values
    }
}

impl<'a, F: Fields> Form<'a, F> {
    /// A form that edits `values`.
    pub const fn new(values: &'a mut F) -> Self {
        Self { values, changed: false }
    }

    /// Whether anything was changed.
    #[must_use]
    pub const fn changed(&self) -> bool {
        self.changed
    }

    /// Changes settings; what would leave one out of its range is not done.
    pub fn edit(&mut self, change: impl FnOnce(&mut F)) {
        let mut edited = self.values.clone();
        change(&mut edited);
        if edited != *self.values && F::FIELDS.iter().all(|field| field.check(&edited).is_ok()) {
            *self.values = edited;
            self.changed = true;
        }
    }

    /// Gives a setting the value written in `text`; what is no value of it is not taken.
    fn write(&mut self, field: &Field<F>, text: &str) {
        self.edit(|values| {
            field.read(values, text).ok();
        });
    }

    /// The control of a setting, with its label before it.
    pub fn field(&mut self, ui: &mut Ui, field: &'static Field<F>, label: &str) {
        flow::group(ui, (field.name(), label), |ui| {
            let text = ui.label(label).on_hover_text(field.meaning());
            let response = self.control(ui, field, label);
            response.labelled_by(text.id).on_hover_text(field.meaning());
        });
    }

    /// A numeric setting as a slider on a logarithmic scale over `min..=max`; typing reaches the whole range of its table.
    pub fn log_slider(&mut self, ui: &mut Ui, field: &'static Field<F>, label: &str, min: f64, max: f64) {
        let mut number = self.number(field);
        flow::group(ui, (field.name(), label), |ui| {
            let text = ui.label(label).on_hover_text(field.meaning());
            let slider = Slider::new(&mut number, min..=max)
                .logarithmic(true)
                .clamping(egui::SliderClamping::Never)
                .smallest_positive(min)
                .custom_formatter(|value, _| significant(value));
            let response = ui.add(slider);
            if response.changed() {
                self.write(field, &round(number).to_string());
            }
            response.labelled_by(text.id).on_hover_text(field.meaning());
        });
    }

    fn number(&self, field: &Field<F>) -> f64 {
        field.write(self.values).parse().unwrap_or(f64::NAN)
    }

    fn control(&mut self, ui: &mut Ui, field: &'static Field<F>, label: &str) -> Response {
        match field.kind() {
            Kind::Number { min, max } => {
                let mut number = self.number(field);
                let speed = (number.abs() * 0.02).max(0.001);
                let drag = DragValue::new(&mut number)
                    .range(min..=max)
                    .speed(speed)
                    .custom_formatter(|value, _| significant(value));
                let response = ui.add(drag);
                if response.changed() {
                    self.write(field, &number.to_string());
                }
                response
            }
            Kind::Integer { min, max } => {
                let mut number = field.write(self.values).parse().unwrap_or(min);
                let response = ui.add(DragValue::new(&mut number).range(min..=max));
                if response.changed() {
                    self.write(field, &number.to_string());
                }
                response
            }
            Kind::Switch => {
                let mut on = field.write(self.values).parse().unwrap_or(false);
                let response = ui.checkbox(&mut on, "");
                if response.changed() {
                    self.write(field, &on.to_string());
                }
                response
            }
            Kind::Choice(words) => self.choice(ui, field, label, words),
            Kind::Device => {
                let now = field.write(self.values).parse().unwrap_or_default();
                let (chosen, response) = device::show(ui, now);
                if let Some(chosen) = chosen.filter(|chosen| *chosen != now) {
                    self.write(field, &chosen.to_string());
                }
                response
            }
            Kind::Digits { .. } => self.text(ui, field, 70.0),
            Kind::Slice { .. } => self.text(ui, field, 52.0),
            Kind::Path | Kind::Text(_) => self.text(ui, field, 140.0),
            Kind::Numbers { .. } => self.text(ui, field, 120.0),
        }
    }

    fn choice(&mut self, ui: &mut Ui, field: &'static Field<F>, label: &str, words: &[&'static str]) -> Response {
        let mut chosen = field.write(self.values);
        let combo = ComboBox::from_id_salt((field.name(), label)).selected_text(&chosen).width(90.0);
        let response = combo
            .show_ui(ui, |ui| {
                for word in words {
                    ui.selectable_value(&mut chosen, (*word).to_owned(), *word);
                }
            })
            .response;
        self.write(field, &chosen);
        response
    }

    /// Text that takes effect on Enter or when the focus leaves it; until it is valid, its error stands beside it.
    fn text(&mut self, ui: &mut Ui, field: &'static Field<F>, width: f32) -> Response {
        let id = ui.make_persistent_id(("setting", field.name()));
        let mut draft = ui.data(|data| data.get_temp::<String>(id)).unwrap_or_else(|| field.write(self.values));
        let response = ui.add(TextEdit::singleline(&mut draft).desired_width(width).id(id.with("edit")));
        let mut edited = self.values.clone();
        let checked = field.read(&mut edited, &draft);
        if response.lost_focus() && checked.is_ok() {
            self.edit(|values| *values = edited);
        }
        if response.has_focus() || checked.is_err() {
            ui.data_mut(|data| data.insert_temp(id, draft));
        } else {
            ui.data_mut(|data| data.remove_temp::<String>(id));
        }
        if let Err(error) = checked {
            let color = theme::tokens(ui).error;
            ui.label(RichText::new(format!("expected {}", field.kind().expected())).color(color).small())
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
