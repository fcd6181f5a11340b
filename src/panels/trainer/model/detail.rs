//! One output of a linear layer at large: image times weights are products, and their sum with the bias.

use crate::data::SIDE;
use crate::experiments::report::number;
use crate::experiments::trainer::Weighted;
use crate::widgets::heatmap::{self, Heatmap, Scale};
use crate::widgets::theme;
use egui::{Label, Rect, RichText, Stroke, StrokeKind, Ui, Vec2};

/// The textures, and the pixel pointed at.
#[derive(Default)]
pub(super) struct Detail {
    weights: Heatmap,
    products: Heatmap,
    at: Option<(usize, usize)>,
}

/// What is shown at large.
pub(super) struct Output<'a> {
    /// Its name, as a heading.
    pub name: String,
    /// The image, 0 to 1.
    pub image: &'a [f32],
    /// Its pixels times their weights.
    pub weighted: &'a Weighted,
    /// What happens to the sum afterwards, in lines.
    pub after: Vec<String>,
}

impl Detail {
    pub(super) fn show(&mut self, ui: &mut Ui, output: &Output<'_>) {
        let side = ((ui.available_width() - 240.0) / 2.0).clamp(90.0, 190.0).floor();
        ui.strong(&output.name);
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = 12.0;
            let mut at = None;
            for (picture, title, tip, values) in [
                (
                    &mut self.weights,
                    "weights",
                    "Ink on blue raises the sum, ink on orange lowers it",
                    &output.weighted.weights,
                ),
                (
                    &mut self.products,
                    "image \u{00d7} weights",
                    "What each pixel of the image adds to the sum",
                    &output.weighted.contributions,
                ),
            ] {
                ui.vertical(|ui| {
                    ui.set_width(side);
                    ui.spacing_mut().item_spacing.y = 3.0;
                    ui.label(RichText::new(title).small().color(theme::tokens(ui).text_weak)).on_hover_text(tip);
                    let scale = Scale::signed(values);
                    let cell = picture.show(ui, title, values, SIDE, scale, side);
                    at = at.or(cell.at.filter(|_| cell.response.hovered()));
                    if let Some((row, column)) = self.at {
                        let pixel = side / SIDE as f32;
                        let corner = cell.rect.min + Vec2::new(column as f32 * pixel, row as f32 * pixel);
                        let mark = Rect::from_min_size(corner, Vec2::splat(pixel)).expand(1.0);
                        let stroke = Stroke::new(1.5, theme::tokens(ui).accent);
                        ui.painter().rect_stroke(mark, 0, stroke, StrokeKind::Outside);
                    }
                    heatmap::legend(ui, scale, side);
                });
            }
            ui.vertical(|ui| {
                ui.spacing_mut().item_spacing.y = 2.0;
                ui.add_space(18.0);
                for line in self.lines(output) {
                    ui.add(Label::new(RichText::new(line).monospace().size(12.0)).truncate());
                }
            });
            self.at = at;
        });
    }

    /// The sum, and the pixel that is pointed at; always as many lines.
    fn lines(&self, output: &Output<'_>) -> Vec<String> {
        let Weighted { weights, contributions, total, bias, .. } = output.weighted;
        let mut lines = vec![
            format!("784 products: {}", signed(*total)),
            format!("bias:         {}", signed((*bias).into())),
            format!("sum:          {}", signed(total + f64::from(*bias))),
        ];
        lines.extend(output.after.iter().cloned());
        lines.push(" ".to_owned());
        match self.at {
            Some((row, column)) => {
                let pixel = row * SIDE + column;
                let value = |values: &[f32]| f64::from(values.get(pixel).copied().unwrap_or_default());
                lines.push(format!("row {row}, column {column}"));
                lines.push(format!(
                    "{} \u{00d7} {} = {}",
                    number(value(output.image)),
                    signed(value(weights)),
                    signed(value(contributions))
                ));
            }
            None => lines.extend(["Point at a pixel for".to_owned(), "what it adds.".to_owned()]),
        }
        lines
    }
}

/// A number with its sign.
pub(super) fn signed(value: f64) -> String {
    let sign = match value {
        value if value < 0.0 => "\u{2212}",
        0.0 => "",
        _ => "+",
    };
    format!("{sign}{}", number(value.abs()))
}
