//! The mini-batch's images in a strip: which are read wrongly, and which one is looked at.

use super::super::keys;
use crate::data::{PIXELS, SIDE};
use crate::experiments::report::number;
use crate::experiments::trainer::{Batch, Snapshot};
use crate::math::loss::Loss;
use crate::widgets::heatmap::{Heatmap, Scale};
use crate::widgets::theme;
use egui::{Align, Button, Label, Layout, Rect, RichText, Stroke, StrokeKind, Ui, Vec2};
use std::sync::Arc;

/// The side of an image in points, at least.
const SIDE_POINTS: f32 = 26.0;

/// The batch as one picture, made anew only when its images or their order change.
#[derive(Default)]
pub(super) struct Strip {
    picture: Heatmap,
    /// The images on the picture and how many stand in a row.
    shown: (Vec<u32>, usize),
    pixels: Vec<f32>,
    /// Whether the images with the largest loss come first.
    pub worst_first: bool,
    sorted_for: Option<SortedFor>,
    order: Vec<usize>,
}

/// What the order was made for.
struct SortedFor {
    indices: Arc<[u32]>,
    losses: Option<Arc<[f32]>>,
    worst_first: bool,
}

/// An image under the pointer, by its place in the batch, and the pixel in it: row, column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pointed {
    pub place: usize,
    pub pixel: (usize, usize),
}

impl Strip {
    /// The places of the batch's images in the order in which they are shown.
    pub(super) fn order(&mut self, batch: &Batch) -> &[usize] {
        let fits = self.sorted_for.as_ref().is_some_and(|made| {
            let same = match (&made.losses, &batch.losses) {
                (Some(left), Some(right)) => Arc::ptr_eq(left, right),
                (None, None) => true,
                _ => false,
            };
            same && Arc::ptr_eq(&made.indices, &batch.indices) && made.worst_first == self.worst_first
        });
        if !fits {
            self.order = (0..batch.indices.len()).collect();
            if let Some(losses) = batch.losses.as_ref().filter(|_| self.worst_first) {
                let loss = |place: usize| losses.get(place).copied().unwrap_or_default();
                self.order.sort_by(|&left, &right| loss(right).total_cmp(&loss(left)));
            }
            self.sorted_for = Some(SortedFor {
                indices: Arc::clone(&batch.indices),
                losses: batch.losses.clone(),
                worst_first: self.worst_first,
            });
        }
        &self.order
    }

    /// Draws the page of the strip that has the image at place `chosen` of the batch, in so many rows; clicks and arrow
    /// keys choose another.
    pub(super) fn show(
        &mut self,
        ui: &mut Ui,
        snapshot: &Snapshot,
        batch: &Batch,
        rows: usize,
        chosen: &mut usize,
    ) -> Option<Pointed> {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small positive number")]
        let columns = ((ui.available_width() / SIDE_POINTS) as usize).max(1);
        let page = columns * rows;
        self.head(ui, snapshot, batch, page, chosen);
        let at = self.order(batch).iter().position(|place| place == chosen).unwrap_or(0);
        let first = at / page * page;
        let places: Vec<usize> = self.order.iter().skip(first).take(page).copied().collect();
        let shown: Vec<u32> = places.iter().map(|&place| batch.indices[place]).collect();
        if self.shown.1 != columns || self.shown.0 != shown {
            self.shown = (shown, columns);
            self.lay_out(snapshot, columns, rows);
        }
        let width = ui.available_width();
        let name = format!(
            "Images {} to {} of the {} in this mini-batch; the arrow keys choose one",
            first + 1,
            first + places.len(),
            batch.indices.len()
        );
        let cell = self.picture.show(ui, &name, &self.pixels, columns * SIDE, Scale::Ink { max: 255.0 }, width);
        let side = cell.rect.width() / columns as f32;
        let square = |at: usize| {
            let corner = Vec2::new((at % columns) as f32 * side, (at / columns) as f32 * side);
            Rect::from_min_size(cell.rect.min + corner, Vec2::splat(side)).shrink(1.0)
        };
        let tokens = theme::tokens(ui);
        for (at, &place) in places.iter().enumerate() {
            if !is_right(snapshot, batch, place) {
                wrong(ui, square(at));
            }
            if place == *chosen {
                ui.painter().rect_stroke(square(at), 2, Stroke::new(2.5, tokens.accent), StrokeKind::Inside);
            }
        }
        let under = cell.at.and_then(|(row, column)| {
            let place = *places.get(row / SIDE * columns + column / SIDE)?;
            Some(Pointed { place, pixel: (row % SIDE, column % SIDE) })
        });
        let (right, down) = keys::arrows(ui, &cell.response);
        let steps = right + down * i64::try_from(columns).unwrap_or(1);
        if steps != 0 {
            *chosen = self.order[keys::moved(at, steps, self.order.len())];
        }
        if let (true, Some(pointed)) = (cell.response.clicked(), under) {
            *chosen = pointed.place;
        }
        if let Some(pointed) = under {
            cell.response.on_hover_text_at_pointer(describe(snapshot, batch, pointed.place));
        }
        under
    }

    /// Pages, and the order; one line that is always there.
    fn head(&mut self, ui: &mut Ui, snapshot: &Snapshot, batch: &Batch, page: usize, chosen: &mut usize) {
        let tokens = theme::tokens(ui);
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let len = batch.indices.len();
                let at = self.order(batch).iter().position(|place| place == chosen).unwrap_or(0);
                let first = at / page * page;
                let on = ui.add_enabled(first + page < len, Button::new("\u{25b8}").small());
                if on.on_hover_text("The next images of this mini-batch").clicked() {
                    *chosen = self.order[first + page];
                }
                let back = ui.add_enabled(first > 0, Button::new("\u{25c2}").small());
                if back.on_hover_text("The images before these").clicked() {
                    *chosen = self.order[first - page];
                }
                let has_losses = batch.losses.is_some();
                let worst = Button::selectable(self.worst_first && has_losses, "worst").small();
                let tip = "Sort the images by their loss, the largest first; from the Loss phase on";
                if ui.add_enabled(has_losses, worst).on_hover_text(tip).on_disabled_hover_text(tip).clicked() {
                    self.worst_first = !self.worst_first;
                    *chosen = self.order(batch).first().copied().unwrap_or(0);
                }
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    let Batch { epoch, number, .. } = batch;
                    let title = format!("Epoch {epoch}, batch {number} of {}", snapshot.batches);
                    ui.add(Label::new(RichText::new(title).strong()).truncate());
                });
            });
        });
        let counts = batch.composition.iter().zip(&snapshot.digits).filter(|(count, _)| **count > 0);
        let counts: Vec<String> = counts.map(|(count, digit)| format!("{count} \u{00d7} {digit}")).collect();
        let right = format!("{} of {} right", batch.correct, batch.classes.len());
        let loss = batch.loss.map_or_else(|| "\u{2014}".to_owned(), number);
        let text = format!("{right}, mean loss {loss}:  {}", counts.join(", "));
        let label = Label::new(RichText::new(&text).small().color(tokens.text_weak)).truncate();
        ui.add(label).on_hover_text(text);
    }

    /// Copies the shown images beside each other. The picture has all its rows even when there are fewer images.
    fn lay_out(&mut self, snapshot: &Snapshot, columns: usize, rows: usize) {
        self.pixels.clear();
        self.pixels.resize(rows * columns * PIXELS, 0.0);
        for (at, &index) in self.shown.0.iter().enumerate() {
            let image = snapshot.dataset.train.image(index as usize);
            let corner = at / columns * columns * PIXELS + at % columns * SIDE;
            for (y, row) in image.chunks_exact(SIDE).enumerate() {
                let start = corner + y * columns * SIDE;
                for (target, &byte) in self.pixels[start..start + SIDE].iter_mut().zip(row) {
                    *target = f32::from(byte);
                }
            }
        }
    }
}

/// A frame and a cross: not by colour alone.
fn wrong(ui: &Ui, square: Rect) {
    let error = theme::tokens(ui).error;
    ui.painter().rect_stroke(square, 2, Stroke::new(1.5, error), StrokeKind::Inside);
    let cross = Rect::from_min_size(square.right_top() + Vec2::new(-7.5, 2.5), Vec2::splat(5.0));
    ui.painter().line_segment([cross.left_top(), cross.right_bottom()], Stroke::new(1.5, error));
    ui.painter().line_segment([cross.right_top(), cross.left_bottom()], Stroke::new(1.5, error));
}

/// The logits of an image of the batch.
pub(super) fn logits<'a>(snapshot: &Snapshot, batch: &'a Batch, place: usize) -> &'a [f32] {
    let width = snapshot.architecture.loss.logits(snapshot.digits.len());
    batch.logits.get(place * width..(place + 1) * width).unwrap_or_default()
}

/// Whether an image of the batch was read as the class that the data gives it.
pub(super) fn is_right(snapshot: &Snapshot, batch: &Batch, place: usize) -> bool {
    batch.classes.get(place) == Some(&snapshot.architecture.loss.predict(logits(snapshot, batch, place)))
}

/// An image of the batch in words.
pub(super) fn describe(snapshot: &Snapshot, batch: &Batch, place: usize) -> String {
    let logits = logits(snapshot, batch, place);
    let loss = snapshot.architecture.loss;
    let digit = |class: u8| snapshot.digits.get(usize::from(class)).copied().unwrap_or_default();
    let mut text = snapshot.dataset.train.source(batch.indices[place] as usize);
    let class = batch.classes.get(place).copied().unwrap_or_default();
    let verdict = if is_right(snapshot, batch, place) { "right" } else { "wrong" };
    text.push_str(&format!("\nread as {}, taught as {}: {verdict}", digit(loss.predict(logits)), digit(class)));
    let mut probabilities = vec![0.0; logits.len()];
    loss.probabilities(logits, &mut probabilities);
    if let (Loss::Mnist | Loss::Accuracy, [logit], [p]) = (loss, logits, &probabilities[..]) {
        text.push_str(&format!("\nlogit {}, prediction {}", number((*logit).into()), number((*p).into())));
    } else if let Some(p) = probabilities.get(usize::from(class)) {
        text.push_str(&format!("\nprobability of {}: {}", digit(class), number((*p).into())));
    }
    if let Some(loss) = batch.losses.as_ref().and_then(|losses| losses.get(place)) {
        text.push_str(&format!("\nloss {}", number(f64::from(*loss))));
    }
    text
}
