//! The fourth tab: two shapes laid over each other from the right, and what is stretched without being copied.

use crate::experiments::baseline::{Baseline, LONGEST_SHAPE, Laid, Look};
use crate::math::broadcast::{Broadcast, bytes, shape_text};
use crate::panels::Scene;
use crate::widgets::{flow, theme};
use egui::{Align2, Color32, FontId, Label, Pos2, Rect, RichText, Sense, Stroke, StrokeKind, TextEdit, Ui, Vec2};

/// The largest size of an axis's box.
const BOX: Vec2 = Vec2::new(92.0, 36.0);
/// Room for the names of the rows.
const NAMES: f32 = 74.0;
/// What the rows are called.
const ROWS: [&str; 3] = ["images", "mean", "result"];

pub(super) fn show(ui: &mut Ui, scene: &mut Scene<'_, Baseline>) {
    let seen = scene.seen;
    let Some(shapes) = &seen.shapes else { return };
    let Some(class) = seen.report.classes.first() else { return };
    let (valid, digit) = (class.valid, class.digit);
    ui.add(Label::new(format!("The lab holds {valid} images of a {digit} and one mean. One subtraction, no loop: the shapes are laid over each other from the right, and what is missing or 1 is stretched.")).wrap());
    inputs(ui, scene.look, &shapes.usual);
    ui.add_space(4.0);
    match &shapes.laid {
        Ok(laid) => outcome(ui, laid),
        Err(errors) => {
            for (row, error) in ROWS.iter().zip(errors) {
                if let Some(error) = error {
                    ui.label(RichText::new(format!("Shape of the {row}: {error}.")).color(theme::tokens(ui).error));
                }
            }
        }
    }
}

fn inputs(ui: &mut Ui, look: &mut Look, usual: &[String; 2]) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 14.0;
        for ((name, shape), usual) in
            [("Shape of the images", &mut look.left), ("Shape of the mean", &mut look.right)].into_iter().zip(usual)
        {
            flow::group(ui, name, |ui| {
                let tip = "Sizes with commas between them, at most six; change them and see what fits";
                let label = ui.label(name).on_hover_text(tip);
                let mut text = shape.clone().unwrap_or_else(|| usual.clone());
                let edit = ui.add(
                    TextEdit::singleline(&mut text)
                        .desired_width(122.0)
                        .font(egui::TextStyle::Monospace)
                        .char_limit(LONGEST_SHAPE),
                );
                if edit.changed() {
                    *shape = Some(text);
                }
                edit.labelled_by(label.id).on_hover_text(tip);
            });
        }
    });
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        let tries: [(&str, [Option<&str>; 2], &str); 4] = [
            ("One mean", [None, None], "What the lab has just done"),
            (
                "Two means",
                [Some("1010, 1, 28, 28"), Some("2, 28, 28")],
                "Every image against every mean: both are stretched",
            ),
            ("Row and column", [Some("3, 1"), Some("1, 4")], "Both are stretched to a table"),
            (
                "A misfit",
                [Some("1010, 28, 28"), Some("1010")],
                "A number for each image, which stands under the wrong axis",
            ),
        ];
        ui.label("Try");
        for (name, shapes, tip) in tries {
            let chosen = [look.left.as_deref(), look.right.as_deref()] == shapes;
            if ui.selectable_label(chosen, name).on_hover_text(tip).clicked() {
                [look.left, look.right] = shapes.map(|shape| shape.map(str::to_owned));
            }
        }
    });
}

fn outcome(ui: &mut Ui, laid: &Laid) {
    let tokens = theme::tokens(ui);
    let Laid { shapes: [a, b], broadcast: pair } = laid;
    picture(ui, pair);
    ui.add_space(4.0);
    let shape = match pair.shape() {
        Ok(shape) => shape,
        Err(axis) => {
            let [a, b] = pair.axes.get(axis).map(|axis| axis.sizes.map(Option::unwrap_or_default)).unwrap_or_default();
            let from_right = pair.axes.len() - axis;
            let text = format!(
                "These do not fit: on axis {axis}, number {from_right} from the right, {a} meets {b}. They would have to be equal, or one of them 1."
            );
            ui.add(Label::new(RichText::new(text).strong().color(tokens.error)).wrap());
            return;
        }
    };
    ui.label(
        RichText::new(format!("{} \u{2212} {} = {}", shape_text(a), shape_text(b), shape_text(&shape)))
            .monospace()
            .strong(),
    );
    for operand in [0, 1] {
        let copied = pair.bytes_if_copied(operand);
        if copied > 0 {
            let name = ROWS.get(operand).copied().unwrap_or_default();
            let held = bytes(if operand == 0 { a } else { b });
            let text = format!(
                "Stretching the {name}: 0 bytes copied. It stays {}; a stretched copy would take {}.",
                bytes_text(held),
                bytes_text(copied)
            );
            ui.add(Label::new(text).wrap());
        }
    }
    if pair.bytes_if_copied(0) == 0 && pair.bytes_if_copied(1) == 0 {
        ui.label("Nothing is stretched: the shapes are equal. 0 bytes copied.");
    }
    ui.add_space(4.0);
    match shape.as_slice() {
        [kept @ .., rows, columns] => {
            let distances = match kept {
                [] => "a single distance".to_owned(),
                [images] => format!("{images} distances, one for each image"),
                _ => format!("{} distances", shape_text(kept)),
            };
            let text = format!(
                "Then .abs().mean((-1,-2)) averages over the last two axes, {rows} rows and {columns} columns:\n{} \u{2192} {}",
                shape_text(&shape),
                shape_text(kept)
            );
            ui.add(Label::new(RichText::new(text).monospace().size(12.5)).wrap());
            ui.label(format!("That leaves {distances}."));
        }
        _ => {
            ui.label("There are no two last axes to average over.");
        }
    }
}

/// A box for each axis, aligned from the right: solid where an operand has it, dashed where it is stretched.
fn picture(ui: &mut Ui, pair: &Broadcast) {
    let tokens = theme::tokens(ui);
    let rank = pair.axes.len().max(1) as f32;
    let cell = Vec2::new(((ui.available_width() - NAMES) / rank).min(BOX.x).floor(), BOX.y);
    let top = 18.0;
    let size = Vec2::new(NAMES + rank * cell.x, top + 3.0 * cell.y + 8.0);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    let shape = pair.shape().map_or_else(|_| "nothing: they do not fit".to_owned(), |shape| shape_text(&shape));
    response.widget_info(|| {
        egui::WidgetInfo::labeled(egui::Role::Image, true, format!("The two shapes over each other; together {shape}"))
    });
    let small = FontId::proportional(11.5);
    for (row, name) in ROWS.into_iter().enumerate() {
        let y = rect.top() + top + cell.y * (row as f32 + 0.5) + if row == 2 { 8.0 } else { 0.0 };
        let sign = if row == 1 {
            "\u{2212} "
        } else if row == 2 {
            "= "
        } else {
            ""
        };
        ui.painter().text(
            Pos2::new(rect.left() + NAMES - 10.0, y),
            Align2::RIGHT_CENTER,
            format!("{sign}{name}"),
            FontId::proportional(13.5),
            tokens.text,
        );
        for (column, axis) in pair.axes.iter().enumerate() {
            let x = rect.left() + NAMES + cell.x * column as f32;
            let area = Rect::from_min_size(Pos2::new(x, y - cell.y * 0.5), cell).shrink(3.0);
            if row == 0 {
                ui.painter().text(
                    Pos2::new(area.center().x, rect.top()),
                    Align2::CENTER_TOP,
                    format!("axis {column}"),
                    small.clone(),
                    tokens.text_weak,
                );
            }
            let fails = axis.result.is_none();
            let (text, stretched) = match (row, axis.sizes.get(row)) {
                (2, _) => (axis.result.map_or_else(|| "?".to_owned(), |size| size.to_string()), false),
                (_, Some(Some(size))) if axis.is_stretched(row) => {
                    (format!("{size} \u{2192} {}", axis.result.unwrap_or_default()), true)
                }
                (_, Some(Some(size))) => (size.to_string(), false),
                _ => (format!("\u{2192} {}", axis.result.unwrap_or_default()), true),
            };
            let color = if fails {
                tokens.error
            } else if stretched {
                tokens.accent
            } else {
                tokens.text
            };
            let fill = if stretched {
                tokens.accent_tint
            } else if row == 2 {
                tokens.code
            } else {
                tokens.card
            };
            draw_box(ui, area, fill, color, stretched);
            let font = FontId::monospace(if text.len() > 9 || cell.x < 70.0 { 11.0 } else { 14.0 });
            let raise = if stretched { 6.0 } else { 0.0 };
            ui.painter().text(area.center() - Vec2::new(0.0, raise), Align2::CENTER_CENTER, text, font, color);
            if stretched {
                ui.painter().text(
                    area.center_bottom() - Vec2::new(0.0, 2.0),
                    Align2::CENTER_BOTTOM,
                    "stretched",
                    FontId::proportional(10.5),
                    color,
                );
            }
        }
    }
    let y = rect.top() + top + 2.0 * cell.y + 4.0;
    ui.painter().hline(rect.left() + NAMES..=rect.right(), y, Stroke::new(1.0, tokens.line));
}

fn draw_box(ui: &Ui, area: Rect, fill: Color32, color: Color32, dashed: bool) {
    ui.painter().rect_filled(area, 4, fill);
    if dashed {
        let corners = [area.left_top(), area.right_top(), area.right_bottom(), area.left_bottom(), area.left_top()];
        ui.painter().extend(egui::Shape::dashed_line(&corners, Stroke::new(1.5, color), 4.0, 3.0));
    } else {
        ui.painter().rect_stroke(area, 4, Stroke::new(1.0, color), StrokeKind::Inside);
    }
}

/// A number of bytes with a unit that fits.
fn bytes_text(bytes: u128) -> String {
    const UNITS: [&str; 6] = ["bytes", "kB", "MB", "GB", "TB", "PB"];
    let mut value = bytes as f64;
    let mut units = UNITS.iter();
    let mut unit = units.next();
    while value >= 10_000.0 {
        let Some(larger) = units.next() else { break };
        value /= 1000.0;
        unit = Some(larger);
    }
    let unit = unit.copied().unwrap_or_default();
    if unit == "bytes" { format!("{value} bytes") } else { format!("{value:.1} {unit}") }
}

#[cfg(test)]
mod unit_tests {
    use super::*;

    #[test]
    fn bytes_are_written_with_a_unit_that_fits() {
        assert_eq!(bytes_text(3136), "3136 bytes");
        assert_eq!(bytes_text(1010 * 784 * 4), "3167.4 kB");
        assert!(bytes_text(4 * 10_u128.pow(36)).ends_with(" PB"));
    }
}
