//! The tensor that an expression looked at, with the numbers it looked at lit.

use crate::math::expression::Lit;
use crate::widgets::heatmap::cell_at;
use crate::widgets::theme;
use egui::{Align2, Color32, FontId, Mesh, Rect, RichText, Sense, Shape, Stroke, StrokeKind, Ui, Vec2};

/// Rows or columns up to which numbers are written.
const WRITTEN: usize = 6;

/// Rows and columns of what is drawn.
fn size(lit: &Lit) -> [usize; 2] {
    match lit.matrix.shape() {
        [rows, columns] => [*rows, *columns],
        [columns] => [1, *columns],
        _ => [1, lit.matrix.len()],
    }
}

fn is_written(lit: &Lit) -> bool {
    size(lit).iter().all(|&length| length <= WRITTEN)
}

/// The side of a number's square, in points.
fn side(lit: &Lit) -> f32 {
    if is_written(lit) { 26.0 } else { 4.5 }
}

/// How wide it is drawn.
pub fn width(lit: &Lit) -> f32 {
    (size(lit)[1] as f32 * side(lit)).max(64.0)
}

/// The tensor's name, its matrix, and how many of its numbers are lit.
pub fn show(ui: &mut Ui, lit: &Lit) {
    let tokens = theme::tokens(ui);
    let name = lit.image.map_or_else(|| lit.name.to_owned(), |image| format!("{}[{image}]", lit.name));
    let count = lit.cells.iter().filter(|lit| **lit).count();
    let [rows, columns] = size(lit);
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = 3.0;
        ui.label(RichText::new(&name).monospace().size(12.0).color(tokens.text_weak));
        let (rect, response) =
            ui.allocate_exact_size(Vec2::new(columns as f32, rows as f32) * side(lit), Sense::hover());
        let label = format!("{name}: {count} of {} numbers were used", lit.cells.len());
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, &label));
        if ui.is_rect_visible(rect) {
            let values = lit.matrix.to_f64();
            if is_written(lit) {
                written(ui, lit, rect, &values);
            } else {
                shaded(ui, lit, rect, &values);
            }
            let at = response.hover_pos().and_then(|pos| cell_at(rect, [columns, rows], pos));
            if let Some((row, column)) = at {
                let (value, used) = (values.get(row * columns + column), lit.cells.get(row * columns + column));
                if let (Some(value), Some(used)) = (value, used) {
                    let used = if *used { "used" } else { "not used" };
                    response.on_hover_text(format!("row {row}, column {column}: {value}, {used}"));
                }
            }
        }
        ui.label(RichText::new(format!("{count} of {} used", lit.cells.len())).small().color(tokens.text_weak));
    });
}

/// Squares with their numbers; those that were used stand on a tint, in an outline.
fn written(ui: &Ui, lit: &Lit, rect: Rect, values: &[f64]) {
    let tokens = theme::tokens(ui);
    let side = side(lit);
    let columns = size(lit)[1].max(1);
    let painter = ui.painter();
    for (place, (value, &used)) in values.iter().zip(&lit.cells).enumerate() {
        let min = rect.min + Vec2::new((place % columns) as f32, (place / columns) as f32) * side;
        let square = Rect::from_min_size(min, Vec2::splat(side)).shrink(1.0);
        let (fill, text, line) = if used {
            (tokens.accent_tint, tokens.text, Stroke::new(1.5, tokens.accent))
        } else {
            (tokens.code, tokens.text_weak, Stroke::new(1.0, tokens.line))
        };
        painter.rect(square, 3, fill, line, StrokeKind::Inside);
        painter.text(square.center(), Align2::CENTER_CENTER, value, FontId::monospace(13.0), text);
    }
}

/// An image in ink on paper; what was not used is pale.
fn shaded(ui: &Ui, lit: &Lit, rect: Rect, values: &[f64]) {
    let tokens = theme::tokens(ui);
    let side = side(lit);
    let columns = size(lit)[1].max(1);
    let largest = values.iter().fold(0.0_f64, |most, value| most.max(value.abs())).max(f64::MIN_POSITIVE);
    let all = lit.cells.iter().all(|used| *used);
    let mut mesh = Mesh::default();
    let mut bounds = Rect::NOTHING;
    for (place, (value, &used)) in values.iter().zip(&lit.cells).enumerate() {
        let min = rect.min + Vec2::new((place % columns) as f32, (place / columns) as f32) * side;
        let square = Rect::from_min_size(min, Vec2::splat(side));
        #[expect(clippy::cast_possible_truncation, reason = "a shade")]
        let ink = theme::ink((value / largest) as f32);
        mesh.add_colored_rect(square, if used { ink } else { pale(ink, tokens.card) });
        if used {
            bounds = bounds.union(square);
        }
    }
    ui.painter().add(Shape::mesh(mesh));
    ui.painter().rect_stroke(rect, 0, Stroke::new(1.0, tokens.line), StrokeKind::Outside);
    if !all && bounds.is_positive() {
        ui.painter().rect_stroke(bounds, 1, Stroke::new(1.5, tokens.accent), StrokeKind::Outside);
    }
}

fn pale(ink: Color32, card: Color32) -> Color32 {
    card.lerp_to_gamma(ink, 1.0 / 3.0)
}
