//! A picture's way to 28 x 28 as a strip of four small pictures.

use crate::data::{SIDE, Stages, unit, units};
use crate::widgets::heatmap::{Heatmap, Scale};
use crate::widgets::theme;
use egui::{RichText, Ui};
use image::GrayImage;
use std::sync::Arc;

/// Rows and columns in which the first two stages are drawn.
const FINE: usize = 70;
/// Rows and columns of the fitted ink.
const FITTED: usize = 20;
const GAP: f32 = 6.0;

/// The strip, made anew only when the stages change.
#[derive(Default)]
pub(super) struct Strip {
    of: Option<Arc<Stages>>,
    /// Values, columns.
    pictures: [(Vec<f32>, usize); 4],
    maps: [Heatmap; 4],
}

impl Strip {
    /// Draws the stages across the width, at most `widest` points each.
    pub(super) fn show(&mut self, ui: &mut Ui, stages: &Arc<Stages>, widest: f32) {
        if !self.of.as_ref().is_some_and(|of| Arc::ptr_eq(of, stages)) {
            self.of = Some(Arc::clone(stages));
            self.pictures = pictures(stages);
        }
        let side = ((ui.available_width() - 3.0 * GAP) / 4.0).min(widest).floor();
        let titles = [
            ("as ink", "The picture in grey, ink dark"),
            ("its box", "Cut to the box that the ink fills"),
            ("20 \u{d7} 20", "Shrunk so that the longer side is 20 pixels"),
            ("28 \u{d7} 28", "Placed by its centre of mass: what the baseline and the model are given"),
        ];
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = GAP;
            for (((values, columns), map), (title, tip)) in self.pictures.iter().zip(&mut self.maps).zip(titles) {
                ui.vertical(|ui| {
                    ui.spacing_mut().item_spacing.y = 1.0;
                    map.show(ui, tip, values, *columns, Scale::Ink { max: 1.0 }, side).response.on_hover_text(tip);
                    ui.label(RichText::new(title).small().color(theme::tokens(ui).text_weak)).on_hover_text(tip);
                });
            }
        });
    }
}

fn pictures(stages: &Stages) -> [(Vec<f32>, usize); 4] {
    let ink = &stages.ink;
    // The box counts pixels of the picture itself, which is drawn smaller if it is large.
    let scale = f64::from(ink.width()) / f64::from(stages.original_size.0.max(1));
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within a picture")]
    let scaled = |length: u32| (f64::from(length) * scale).round() as u32;
    let cut = stages.ink_box.map_or([0; 4], |cut| [cut.x, cut.y, cut.width, cut.height].map(scaled));
    let fitted = &stages.fitted;
    let result = units(&stages.result).to_vec();
    [
        (contain(ink, [0, 0, ink.width(), ink.height()], FINE), FINE),
        (contain(ink, cut, FINE), FINE),
        (contain(fitted, [0, 0, fitted.width(), fitted.height()], FITTED), FITTED),
        (result, SIDE),
    ]
}

/// The part `[x, y, width, height]` of a picture in the middle of a square of `side` x `side` values, as large as it fits.
fn contain(image: &GrayImage, [left, top, width, height]: [u32; 4], side: usize) -> Vec<f32> {
    let longer = u64::from(width.max(height));
    let ink = |row: usize, column: usize| {
        // In units of half a cell: where this cell's middle is in the part, whose longer side fills the square.
        let along = |at: usize, length: u32| {
            let middle = (2 * at as u64 + 1) * longer;
            let margin = (longer - u64::from(length)) * side as u64;
            u32::try_from(middle.checked_sub(margin)? / (2 * side as u64)).ok().filter(|at| *at < length)
        };
        let (x, y) = (along(column, width)?, along(row, height)?);
        image.get_pixel_checked(left + x, top + y).map(|pixel| unit(pixel.0[0]))
    };
    (0..side * side).map(|cell| ink(cell / side, cell % side).unwrap_or_default()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Luma;

    #[test]
    fn a_part_fills_the_square_along_its_longer_side() {
        let image = GrayImage::from_fn(8, 6, |x, _| Luma([if x < 2 { 255 } else { 51 }]));
        // Two columns and four rows: in a square of four, a blank column on either side.
        let row = |values: &[f32], row: usize| values[4 * row..][..4].to_vec();
        let part = contain(&image, [1, 1, 2, 4], 4);
        for at in 0..4 {
            assert_eq!(row(&part, at), [0.0, 1.0, 0.2, 0.0]);
        }
        assert_eq!(contain(&image, [0, 0, 0, 0], 3), [0.0; 9]);
        let same = contain(&image, [0, 0, 8, 6], 8);
        assert_eq!((same[0], same[8], same[10]), (0.0, 1.0, 0.2));
    }
}
