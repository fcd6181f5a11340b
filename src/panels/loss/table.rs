//! `mnist_loss` as a table that is edited: predictions, targets, distances, and their mean.

use crate::experiments::loss::{MnistLoss, Predictions, Row, Settings, Targets, rows};
use crate::experiments::report::number;
use crate::panels::Scene;
use crate::widgets::form::Form;
use crate::widgets::theme::{self, Tokens};
use egui::{
    Align, Button, DragValue, Grid, Label, Layout, Rect, RichText, Role, ScrollArea, Sense, Ui, Vec2, WidgetInfo,
};

/// The most rows to which one can be added here.
const MOST: usize = 12;
/// Room for the words below the table, in points.
const WORDS: f32 = 62.0;
/// The length of a distance of 1, in points.
const BAR: f32 = 52.0;

pub(super) fn show(ui: &mut Ui, scene: &mut Scene<'_, MnistLoss>) {
    let rows = current(scene);
    buttons(ui, &mut scene.form, &rows);
    mean(ui, &rows);
    let height = (ui.available_height() - WORDS).max(120.0);
    ScrollArea::vertical().max_height(height).auto_shrink([false, true]).show(ui, |ui| {
        table(ui, &mut scene.form, &rows);
    });
    ui.add_space(4.0);
    words(ui, &rows, scene.form.sigmoid);
}

/// The table as it is being edited, which may be one frame ahead of the snapshot.
pub(super) fn current(scene: &Scene<'_, MnistLoss>) -> Vec<Row> {
    let Settings { predictions, targets, sigmoid, .. } = &*scene.form;
    rows::of(predictions, targets, *sigmoid).unwrap_or_else(|_| scene.snapshot.facts.rows.clone())
}

/// Makes these the table's predictions and targets; a table with a prediction that is too large is not taken.
pub(super) fn store(settings: &mut Settings, rows: &[(f64, bool)]) {
    let (predictions, targets): (Vec<f64>, Vec<bool>) = rows.iter().copied().unzip();
    if let (Some(predictions), Some(targets)) = (Predictions::new(predictions), Targets::new(targets)) {
        (settings.predictions, settings.targets) = (predictions, targets);
    }
}

/// A prediction as it is kept: three decimals.
pub(super) fn rounded(prediction: f64) -> f64 {
    (prediction * 1000.0).round() / 1000.0
}

/// What `store` takes.
pub(super) fn pairs(rows: &[Row]) -> Vec<(f64, bool)> {
    rows.iter().map(|row| (row.prediction, row.is_one)).collect()
}

fn buttons(ui: &mut Ui, form: &mut Form<'_, Settings>, rows: &[Row]) {
    ui.horizontal_wrapped(|ui| {
        let mut is_on = form.sigmoid;
        let tip = "Take the predictions as raw outputs, and squash each to a number between 0 and 1 first";
        if ui.checkbox(&mut is_on, "Through the sigmoid").on_hover_text(tip).changed() {
            form.edit(|settings| settings.sigmoid = is_on);
        }
        let tip = "Three predictions as the chapter has them: 0.9, 0.4 and 0.2 for a 3, a 7 and a 3";
        if ui.button("The first three").on_hover_text(tip).clicked() {
            form.edit(|settings| *settings = Settings { seed: settings.seed, ..Settings::default() });
        }
        let add = ui.add_enabled(rows.len() < MOST, Button::new("Add a row"));
        if add
            .on_hover_text("One more prediction, up to 12")
            .on_disabled_hover_text("12 rows are enough here")
            .clicked()
        {
            let mut all = pairs(rows);
            all.push((0.5, true));
            form.edit(|settings| store(settings, &all));
        }
    });
}

fn table(ui: &mut Ui, form: &mut Form<'_, Settings>, rows: &[Row]) {
    let tokens = theme::tokens(ui);
    let is_on = form.sigmoid;
    let mut edited = pairs(rows);
    let mut removed = None;
    Grid::new("loss table").spacing([10.0, 4.0]).min_col_width(12.0).min_row_height(26.0).show(ui, |ui| {
        let head = |ui: &mut Ui, text: &str, tip: &str| {
            ui.label(RichText::new(text).size(12.0).color(tokens.text_weak)).on_hover_text(tip);
        };
        head(ui, "", "Which row");
        head(ui, if is_on { "output" } else { "prediction" }, "Drag it, or click it and type");
        head(ui, "target", "1: it is a 3. 0: it is a 7. Click to change it");
        if is_on {
            head(ui, "sigmoid", "The output squashed to a number between 0 and 1");
        }
        head(ui, "distance", "1 - prediction where the target is 1, else the prediction itself");
        head(ui, "", "The same as a bar; the grey bar is a distance of 1");
        head(ui, "cross-entropy", "Minus the logarithm of the probability that the right answer was given");
        head(ui, "", "");
        ui.end_row();
        for (i, (row, (prediction, is_one))) in rows.iter().zip(&mut edited).enumerate() {
            let label = ui.label(RichText::new(format!("{}", i + 1)).color(tokens.text_weak));
            let before = *prediction;
            let drag = DragValue::new(prediction).speed(if is_on { 0.05 } else { 0.01 }).max_decimals(3);
            let drag = ui.add_sized([64.0, 24.0], drag).labelled_by(label.id);
            if drag.on_hover_text("Drag sideways, or click and type").changed() {
                *prediction = if prediction.is_finite() { rounded(*prediction) } else { before };
            }
            let text = if *is_one { "1  a 3" } else { "0  a 7" };
            if ui.add_sized([58.0, 24.0], Button::new(text)).on_hover_text("Change the target").clicked() {
                *is_one = !*is_one;
            }
            if is_on {
                mono(ui, number(row.p), 62.0);
            }
            mono(ui, number(row.distance), 62.0);
            bar(ui, row.distance, tokens);
            mono(ui, row.cross_entropy.map_or_else(|| "\u{2014}".to_owned(), number), 78.0);
            let remove = ui.add_enabled(rows.len() > 1, Button::new("\u{d7}").small());
            remove.widget_info(|| WidgetInfo::labeled(Role::Button, rows.len() > 1, format!("Remove {}", i + 1)));
            if remove.on_hover_text("Take this row out").clicked() {
                removed = Some(i);
            }
            ui.end_row();
        }
    });
    if let Some(i) = removed {
        edited.remove(i);
    }
    if edited != pairs(rows) {
        form.edit(|settings| store(settings, &edited));
    }
}

fn mono(ui: &mut Ui, text: String, width: f32) {
    ui.allocate_ui_with_layout(Vec2::new(width, 24.0), Layout::right_to_left(Align::Center), |ui| {
        ui.set_min_width(width);
        ui.add(Label::new(RichText::new(text).monospace()).extend());
    });
}

/// A distance as a bar; one below 0 points to the left.
fn bar(ui: &mut Ui, distance: f64, tokens: &Tokens) {
    let (rect, _) = ui.allocate_exact_size(Vec2::new(BAR, 24.0), Sense::hover());
    let line = rect.shrink2(Vec2::new(0.0, 9.0));
    ui.painter().rect_filled(line, 2, tokens.line);
    #[expect(clippy::cast_possible_truncation, reason = "a length on the screen")]
    let length = distance.clamp(-0.2, 1.0) as f32 * BAR;
    let (from, to) = (line.left(), line.left() + length);
    let area = Rect::from_x_y_ranges(from.min(to)..=from.max(to), line.y_range());
    let color = if distance < 0.0 { tokens.error } else { tokens.prediction };
    ui.painter().rect_filled(area, 2, color);
}

/// The means, which are the losses.
fn mean(ui: &mut Ui, rows: &[Row]) {
    let tokens = theme::tokens(ui);
    let distance = rows::mean(rows.iter().map(|row| Some(row.distance)));
    let entropy = rows::mean(rows.iter().map(|row| row.cross_entropy));
    let shown = |value: Option<f64>| value.map_or_else(|| "\u{2014}".to_owned(), number);
    let right = rows.iter().filter(|row| (row.p > 0.5) == row.is_one).count();
    let accuracy = format!("{right} of {}", rows.len());
    ui.horizontal_wrapped(|ui| {
        for (name, value, color, tip) in [
            ("mnist_loss", shown(distance), tokens.prediction, "The mean of the distances"),
            ("cross-entropy", shown(entropy), tokens.reference, "The mean of the rows' cross-entropies"),
            ("right", accuracy, tokens.text, "How many predictions are on their target's side of 0.5"),
        ] {
            ui.label(RichText::new(name).color(tokens.text_weak)).on_hover_text(tip);
            ui.label(RichText::new(value).monospace().size(20.0).color(color)).on_hover_text(tip);
            ui.add_space(8.0);
        }
    });
}

fn words(ui: &mut Ui, rows: &[Row], is_on: bool) {
    let tokens = theme::tokens(ui);
    let is_outside = rows.iter().any(|row| !(0.0..=1.0).contains(&row.p));
    let text = if is_outside {
        "A prediction outside 0 to 1 breaks the idea: past its target it counts as better than perfect, and \
         cross-entropy has no value at all. The sigmoid keeps predictions inside."
    } else if is_on {
        "Each output is squashed first, so every distance is between 0 and 1, however large the output."
    } else {
        "Move a prediction towards its target: the mean falls at once, even while no more of them are right."
    };
    ui.add(Label::new(RichText::new(text).color(if is_outside { tokens.error } else { tokens.text_weak })).wrap());
}
