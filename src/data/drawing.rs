//! A drawing: strokes on a sheet, and the ink that they leave there. The same strokes always leave the same bytes.

use super::{Picture, Stages, Steps, to_mnist};
use image::{DynamicImage, GrayImage, Luma};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::ops::RangeInclusive;
use std::sync::Arc;

/// Rows and columns of the sheet: ten for each of a 28 x 28 image.
pub const SHEET: u16 = 280;
/// How thick the brush may be, in pixels of the sheet.
pub const BRUSHES: RangeInclusive<f32> = 8.0..=48.0;
/// How wide the soft edge of a stroke is, as a part of its thickness.
const SOFT: f32 = 0.3;
/// Points nearer than this to the last one say nothing new, in pixels of the sheet.
const NEAREST: f32 = 0.75;
/// More points than a hand draws in one sitting; what is drawn beyond is left out.
const MAX_POINTS: usize = 50_000;

/// One stroke of the pen, in pixels of the sheet.
#[derive(Clone, Debug, PartialEq)]
pub struct Stroke {
    /// Its thickness.
    pub brush: f32,
    /// The column and row of each point that the pen passed.
    pub points: Vec<[f32; 2]>,
}

/// A drawing. Clones share strokes and ink until one of them is drawn on.
///
/// In a file it is a list of numbers for each stroke: its thickness, then column and row of every point. They may come from
/// anywhere: a stroke that is not all finite numbers is left out, points beside the sheet come to its edge, and there is an
/// end to their number.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(from = "Vec<Vec<f32>>", into = "Vec<Vec<f32>>")]
pub struct Drawing(Arc<Sheet>);

#[derive(Clone)]
struct Sheet {
    strokes: Vec<Stroke>,
    /// How many points the strokes have.
    points: usize,
    /// From 0 none to 255 full, row by row.
    ink: Vec<u8>,
}

impl Default for Sheet {
    fn default() -> Self {
        Self { strokes: Vec::new(), points: 0, ink: vec![0; usize::from(SHEET) * usize::from(SHEET)] }
    }
}

impl Drawing {
    /// Whether there are no strokes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.strokes.is_empty()
    }

    /// The strokes, the newest last.
    #[must_use]
    pub fn strokes(&self) -> &[Stroke] {
        &self.0.strokes
    }

    /// The ink, 0 none to 255 full, row by row.
    #[must_use]
    pub fn ink(&self) -> &[u8] {
        &self.0.ink
    }

    /// The sheet as a picture: black ink on white paper.
    #[must_use]
    pub fn picture(&self) -> GrayImage {
        let side = usize::from(SHEET);
        let at = |x: u32, y: u32| self.ink().get(y as usize * side + x as usize).copied().unwrap_or_default();
        GrayImage::from_fn(u32::from(SHEET), u32::from(SHEET), |x, y| Luma([255 - at(x, y)]))
    }

    /// The sheet's way to 28 x 28.
    #[must_use]
    pub fn stages(&self, steps: &Steps) -> Stages {
        to_mnist(&Picture::new(DynamicImage::ImageLuma8(self.picture())), steps)
    }

    /// Draws one more stroke, as far as there is room for its points; returns whether there was.
    pub fn add(&mut self, mut stroke: Stroke) -> bool {
        stroke.brush = stroke.brush.clamp(*BRUSHES.start(), *BRUSHES.end());
        stroke.points.truncate(MAX_POINTS - self.0.points);
        stroke.points.iter_mut().for_each(|at| *at = on_sheet(*at));
        let Some(&first) = stroke.points.first() else { return false };
        let sheet = Arc::make_mut(&mut self.0);
        let mut last = first;
        for &at in &stroke.points {
            stamp(&mut sheet.ink, stroke.brush, last, at);
            last = at;
        }
        sheet.points += stroke.points.len();
        sheet.strokes.push(stroke);
        true
    }

    /// Draws the newest stroke on to a point.
    pub fn extend(&mut self, at: [f32; 2]) {
        let at = on_sheet(at);
        let Some(&last) = self.0.strokes.last().and_then(|stroke| stroke.points.last()) else { return };
        if (last[0] - at[0]).hypot(last[1] - at[1]) < NEAREST || self.0.points >= MAX_POINTS {
            return;
        }
        let sheet = Arc::make_mut(&mut self.0);
        if let Some(stroke) = sheet.strokes.last_mut() {
            stroke.points.push(at);
            sheet.points += 1;
            stamp(&mut sheet.ink, stroke.brush, last, at);
        }
    }

    /// Takes the newest stroke away.
    pub fn pop(&mut self) -> Option<Stroke> {
        let mut strokes = self.strokes().to_vec();
        let last = strokes.pop();
        *self = strokes.into_iter().collect();
        last
    }
}

impl FromIterator<Stroke> for Drawing {
    fn from_iter<T: IntoIterator<Item = Stroke>>(strokes: T) -> Self {
        let mut drawing = Self::default();
        for stroke in strokes {
            drawing.add(stroke);
        }
        drawing
    }
}

impl From<Vec<Vec<f32>>> for Drawing {
    fn from(numbers: Vec<Vec<f32>>) -> Self {
        let finite = numbers.into_iter().filter(|stroke| stroke.iter().all(|number| number.is_finite()));
        let stroke = |numbers: Vec<f32>| {
            let (&brush, points) = numbers.split_first()?;
            Some(Stroke { brush, points: points.as_chunks().0.to_vec() })
        };
        finite.filter_map(stroke).collect()
    }
}

impl From<Drawing> for Vec<Vec<f32>> {
    fn from(drawing: Drawing) -> Self {
        let numbers = |stroke: &Stroke| {
            std::iter::once(stroke.brush).chain(stroke.points.as_flattened().iter().copied()).collect()
        };
        drawing.strokes().iter().map(numbers).collect()
    }
}

impl PartialEq for Drawing {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0.strokes == other.0.strokes
    }
}

impl fmt::Debug for Drawing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Drawing").field(&self.strokes()).finish()
    }
}

/// The nearest point of the sheet.
fn on_sheet(at: [f32; 2]) -> [f32; 2] {
    at.map(|coordinate| coordinate.clamp(0.0, f32::from(SHEET)))
}

/// Lays ink along the line from `from` to `to`: full in the middle, fading over the brush's soft edge.
fn stamp(ink: &mut [u8], brush: f32, from: [f32; 2], to: [f32; 2]) {
    let radius = brush / 2.0;
    let soft = brush * SOFT;
    let margin = radius + 1.0;
    let reach = |axis: usize| from[axis].min(to[axis]) - margin..=from[axis].max(to[axis]) + margin;
    let (columns, rows) = (reach(0), reach(1));
    let along = [to[0] - from[0], to[1] - from[1]];
    let length = along[0] * along[0] + along[1] * along[1];
    let lines = ink.chunks_exact_mut(usize::from(SHEET));
    for (row, line) in (0..SHEET).map(|row| f32::from(row) + 0.5).zip(lines).filter(|(row, _)| rows.contains(row)) {
        let pixels = (0..SHEET).map(|column| f32::from(column) + 0.5).zip(line);
        for (column, pixel) in pixels.filter(|(column, _)| columns.contains(column)) {
            let ahead = (column - from[0]) * along[0] + (row - from[1]) * along[1];
            let part = if length > 0.0 { (ahead / length).clamp(0.0, 1.0) } else { 0.0 };
            let nearest = [from[0] + along[0] * part, from[1] + along[1] * part];
            let distance = (column - nearest[0]).hypot(row - nearest[1]);
            let amount = ((radius - distance) / soft).clamp(0.0, 1.0);
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 255")]
            let byte = (amount * amount * (3.0 - 2.0 * amount) * 255.0).round() as u8;
            *pixel = (*pixel).max(byte);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(drawing: &Drawing) -> Vec<Vec<f32>> {
        drawing.clone().into()
    }

    #[test]
    fn strokes_that_were_kept_leave_the_same_ink() {
        let kept = vec![vec![24.0, 80.0, 70.0, 200.0, 70.5], vec![13.7, 200.0, 70.0, 120.0, 220.0]];
        let drawing = Drawing::from(kept.clone());
        assert_eq!((numbers(&drawing), drawing.strokes()[1].brush), (kept, 13.7));
        let mut by_hand = Drawing::default();
        for stroke in drawing.strokes() {
            assert!(by_hand.add(Stroke { brush: stroke.brush, points: vec![stroke.points[0]] }));
            by_hand.extend(stroke.points[0]);
            by_hand.extend(stroke.points[1]);
        }
        assert_eq!(by_hand, drawing);
        assert_eq!(by_hand.ink(), drawing.ink());
        assert_eq!((drawing.ink()[70 * 280 + 140], drawing.ink()[200 * 280 + 20]), (255, 0));
    }

    #[test]
    fn a_clone_stays_as_it_was() {
        let mut drawing = Drawing::from(vec![vec![24.0, 80.0, 70.0]]);
        let before = drawing.clone();
        drawing.extend([90.0, 90.0]);
        assert_ne!(drawing, before);
        assert_eq!(before.strokes()[0].points, [[80.0, 70.0]]);
        assert_eq!(drawing.pop().map(|stroke| stroke.points.len()), Some(2));
        assert!(drawing.is_empty() && drawing.ink().iter().all(|&ink| ink == 0) && drawing.pop().is_none());
    }

    #[test]
    fn strokes_from_anywhere_stay_on_the_sheet_and_within_bounds() {
        let endless = vec![9.0; 3 * MAX_POINTS];
        let strange =
            vec![vec![f32::NAN, 1.0, 1.0], vec![], vec![20.0], vec![1e9, -5.0, 1e9, 3.0], endless, vec![9.0; 3]];
        let kept = numbers(&Drawing::from(strange));
        assert_eq!((kept.len(), &kept[0][..]), (2, &[48.0, 0.0, 280.0][..]));
        assert_eq!(kept.iter().map(|stroke| (stroke.len() - 1) / 2).sum::<usize>(), MAX_POINTS);
    }
}
