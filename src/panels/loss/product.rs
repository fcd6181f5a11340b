//! Row times column: a matrix product small enough to follow, and the real one of all images with the weights.

use crate::data::{SIDE, unit};
use crate::experiments::loss::{Facts, MnistLoss, Product};
use crate::panels::Scene;
use crate::widgets::heatmap::{Heatmap, Scale};
use crate::widgets::theme::{self, Tokens};
use egui::{
    Align2, Color32, FontId, Label, Mesh, Painter, Pos2, Rect, RichText, Role, Sense, Stroke, StrokeKind, Ui, Vec2,
    WidgetInfo, pos2,
};

/// Room between two matrices, in points.
const GAP: f32 = 28.0;
/// The height of a row of the real product.
const ROW: f32 = 21.0;

/// The tab.
#[derive(Default)]
pub(super) struct ProductView {
    picture: Heatmap,
}

impl ProductView {
    pub(super) fn show(&mut self, ui: &mut Ui, scene: &mut Scene<'_, MnistLoss>) {
        ui.strong("Small enough to follow: A [3, 4] @ B [4, 2] = [3, 2]");
        small(ui, &mut scene.look.cell);
        ui.separator();
        let samples = scene.snapshot.facts.samples;
        ui.strong(format!("The real one: train_x [{samples}, 784] @ weights [784, 1] + bias = [{samples}, 1]"));
        self.real(ui, scene);
    }

    fn real(&mut self, ui: &mut Ui, scene: &mut Scene<'_, MnistLoss>) {
        let facts = &scene.snapshot.facts;
        let tokens = theme::tokens(ui);
        let indices = shown(facts);
        let mut looked_at = scene.look.row.min(indices.len().saturating_sub(1));
        let mut chosen = None;
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = 12.0;
            let picture = 96.0;
            let width = ui.available_width() - picture - 12.0;
            let height = (indices.len() + 1) as f32 * ROW;
            let (id, rect) = ui.allocate_space(Vec2::new(width, height));
            let columns = Columns::of(rect);
            column_of_weights(ui.painter(), columns.weights, &facts.study.weights, tokens);
            for (i, &index) in indices.iter().enumerate() {
                // Between the first and the last ones a line stands for all the others.
                let line = if i < indices.len() / 2 { i } else { i + 1 };
                let top = rect.top() + line as f32 * ROW;
                let area = Rect::from_x_y_ranges(rect.x_range(), top..=top + ROW);
                let response = ui.interact(area, id.with(i), Sense::click());
                let prediction = facts.first_predictions.get(i).copied().unwrap_or_default();
                let name = format!("image {index}: prediction {prediction:.4}");
                response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
                if response.hovered() || response.gained_focus() {
                    looked_at = i;
                }
                if response.clicked() {
                    response.request_focus();
                    chosen = Some(index);
                }
                let tip = "One row is one image: its 784 pixels laid end to end. Click to take it as your image";
                response.on_hover_text(tip);
                let lit = i == looked_at;
                row_of_pixels(ui.painter(), columns.pixels(top), facts.train_x.image(index), lit, tokens);
                let color = if lit { tokens.prediction } else { tokens.text };
                let text = |x: f32, align: Align2, text: String, color: Color32| {
                    ui.painter().text(pos2(x, top + ROW / 2.0), align, text, FontId::monospace(12.0), color);
                };
                text(rect.left(), Align2::LEFT_CENTER, index.to_string(), tokens.text_weak);
                text(rect.right(), Align2::RIGHT_CENTER, format!("{prediction:.4}"), color);
            }
            let middle = rect.top() + (indices.len() / 2) as f32 * ROW + ROW / 2.0;
            let others = format!("\u{2026} {} more \u{2026}", facts.samples - indices.len());
            let small = FontId::proportional(12.0);
            let at = pos2(columns.left + columns.width / 2.0, middle);
            ui.painter().text(at, Align2::CENTER_CENTER, others, small.clone(), tokens.text_weak);
            ui.painter().text(
                pos2(columns.at, middle),
                Align2::CENTER_CENTER,
                "@",
                FontId::monospace(16.0),
                tokens.text,
            );
            let bias = format!("+ {:.4} =", facts.bias);
            ui.painter().text(
                pos2(columns.bias, middle),
                Align2::LEFT_CENTER,
                bias,
                FontId::monospace(12.0),
                tokens.text,
            );
            let index = indices.get(looked_at).copied().unwrap_or_default();
            self.picture(ui, facts, index, picture);
        });
        scene.look.row = looked_at;
        scene.look.image = chosen.unwrap_or(scene.look.image);
        let text = format!(
            "Each of these numbers is a row of train_x times the column of weights, plus the bias: what you saw for one \
             image, {} times.",
            facts.samples
        );
        ui.add(Label::new(RichText::new(text).color(tokens.text_weak)).wrap());
    }

    fn picture(&mut self, ui: &mut Ui, facts: &Facts, index: usize, side: f32) {
        ui.vertical(|ui| {
            ui.set_width(side);
            let pixels: Vec<f32> = facts.train_x.image(index).iter().map(|&byte| f32::from(byte)).collect();
            let name = format!("Image {index}: a {}", facts.train_x.digit(index));
            self.picture.show(ui, &name, &pixels, SIDE, Scale::Ink { max: 255.0 }, side);
            ui.add(Label::new(RichText::new(name).size(12.0)).wrap());
        });
    }
}

/// The small product, and the cell of its result that is worked out: row, column.
fn small(ui: &mut Ui, worked_out: &mut [usize; 2]) {
    let tokens = theme::tokens(ui);
    let cell = ((ui.available_width() - 2.0 * GAP) / 8.0).clamp(24.0, 36.0).floor();
    let size = Vec2::new(8.0 * cell + 2.0 * GAP, 4.0 * cell);
    let (id, rect) = ui.allocate_space(size);
    let product = Product::EXAMPLE;
    let corner = |columns: f32, gaps: f32, rows: f32| {
        rect.min + Vec2::new(columns * cell + gaps * GAP, (4.0 - rows) * cell / 2.0)
    };
    let (a, b, c) = (corner(0.0, 0.0, 3.0), corner(4.0, 1.0, 4.0), corner(6.0, 2.0, 3.0));
    let area = |from: Pos2, row: usize, column: usize| {
        Rect::from_min_size(from + Vec2::new(column as f32, row as f32) * cell, Vec2::splat(cell))
    };
    for row in 0..3 {
        for column in 0..2 {
            let cell = area(c, row, column);
            let response = ui.interact(cell, id.with((row, column)), Sense::click());
            let value = product.cell(row, column);
            let name = format!("row {row}, column {column} of A @ B: {value}");
            response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
            if response.clicked() {
                response.request_focus();
            }
            if response.hovered() || response.gained_focus() {
                *worked_out = [row, column];
            }
            response.on_hover_text(format!("Row {row} of A times column {column} of B"));
        }
    }
    let [row, column] = *worked_out;
    for (i, values) in product.a.iter().enumerate() {
        for (j, value) in values.iter().enumerate() {
            number(ui.painter(), area(a, i, j), *value, (i == row).then_some(tokens.data), tokens);
        }
    }
    for (i, values) in product.b.iter().enumerate() {
        for (j, value) in values.iter().enumerate() {
            number(ui.painter(), area(b, i, j), *value, (j == column).then_some(tokens.reference), tokens);
        }
    }
    for i in 0..3 {
        for j in 0..2 {
            let lit = ([i, j] == *worked_out).then_some(tokens.prediction);
            number(ui.painter(), area(c, i, j), product.cell(i, j), lit, tokens);
        }
    }
    for (text, from) in [("@", b), ("=", c)] {
        let at = pos2(from.x - GAP / 2.0, rect.center().y);
        ui.painter().text(at, Align2::CENTER_CENTER, text, FontId::monospace(18.0), tokens.text);
    }
    let bracket = |value: i32| if value < 0 { format!("({value})") } else { value.to_string() };
    let terms = product.factors(row, column).map(|(a, b)| format!("{}\u{b7}{}", bracket(a), bracket(b)));
    let text = format!("row {row} with column {column}: {} = {}", terms.join(" + "), product.cell(row, column));
    ui.add(Label::new(RichText::new(text).monospace()).truncate())
        .on_hover_text("Point at a cell of the result, or reach it with Tab and the arrow keys");
}

/// Where the parts of the real product stand.
struct Columns {
    left: f32,
    width: f32,
    at: f32,
    weights: Rect,
    bias: f32,
}

impl Columns {
    fn of(rect: Rect) -> Self {
        let (index, sign, weights, rest) = (48.0, 26.0, 18.0, 152.0);
        let width = (rect.width() - index - sign - weights - rest).max(40.0);
        let left = rect.left() + index;
        let column = left + width + sign;
        Self {
            left,
            width,
            at: left + width + sign / 2.0,
            weights: Rect::from_min_size(pos2(column, rect.top()), Vec2::new(weights, rect.height())),
            bias: column + weights + 10.0,
        }
    }

    fn pixels(&self, top: f32) -> Rect {
        Rect::from_min_size(pos2(self.left, top + 3.0), Vec2::new(self.width, ROW - 6.0))
    }
}

/// The indices of the first images and of the last.
fn shown(facts: &Facts) -> Vec<usize> {
    let half = facts.first_predictions.len() / 2;
    (0..half).chain(facts.samples - half..facts.samples).collect()
}

/// A cell of a small matrix.
fn number(painter: &Painter, area: Rect, value: i32, lit: Option<Color32>, tokens: &Tokens) {
    let area = area.shrink(1.5);
    let (fill, stroke) = match lit {
        Some(color) => (color.gamma_multiply(0.18), Stroke::new(2.0, color)),
        None => (tokens.card, Stroke::new(1.0, tokens.line)),
    };
    painter.rect(area, 3, fill, stroke, StrokeKind::Inside);
    let font = FontId::monospace(area.height() * 0.42);
    painter.text(area.center(), Align2::CENTER_CENTER, value, font, tokens.text);
}

/// An image as a row of its 784 pixels.
fn row_of_pixels(painter: &Painter, area: Rect, bytes: &[u8], lit: bool, tokens: &Tokens) {
    let mut mesh = Mesh::default();
    mesh.add_colored_rect(area, theme::ink(0.0));
    let step = area.width() / bytes.len().max(1) as f32;
    for (i, &byte) in bytes.iter().enumerate().filter(|(_, byte)| **byte > 0) {
        let left = area.left() + i as f32 * step;
        let color = theme::ink(unit(byte));
        mesh.add_colored_rect(Rect::from_x_y_ranges(left..=left + step, area.y_range()), color);
    }
    painter.add(mesh);
    let stroke = if lit { Stroke::new(2.0, tokens.data) } else { Stroke::new(1.0, tokens.line) };
    painter.rect_stroke(area, 0, stroke, StrokeKind::Outside);
}

/// The weights as a column.
fn column_of_weights(painter: &Painter, area: Rect, weights: &[f32], tokens: &Tokens) {
    let mut mesh = Mesh::default();
    let (scale, step) = (Scale::signed(weights), area.height() / weights.len().max(1) as f32);
    for (i, &weight) in weights.iter().enumerate() {
        let top = area.top() + i as f32 * step;
        mesh.add_colored_rect(Rect::from_x_y_ranges(area.x_range(), top..=top + step), scale.color(weight));
    }
    painter.add(mesh);
    painter.rect_stroke(area, 0, Stroke::new(2.0, tokens.reference), StrokeKind::Outside);
}
