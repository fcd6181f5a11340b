//! The mini-batch's images in a strip: which are read wrongly, and which one is looked at.

use crate::data::{PIXELS, SIDE};
use crate::experiments::report::number;
use crate::experiments::trainer::{Batch, BatchSeen, Snapshot, TrainLook};
use crate::widgets::arrows;
use crate::widgets::heatmap::{Heatmap, Scale};
use crate::widgets::theme;
use egui::{Align, Button, Label, Layout, Rect, RichText, Stroke, StrokeKind, Ui, Vec2};

/// The side of an image in points, at least.
const SIDE_POINTS: f32 = 26.0;

/// The batch as one picture, made anew only when its images or their order change.
#[derive(Default)]
pub(super) struct BatchStrip {
    picture: Heatmap,
    /// The images on the picture and how many stand in a row.
    shown: (Vec<u32>, usize),
    pixels: Vec<f32>,
}

/// An image under the pointer, by its index in the batch, and the pixel in it: row, column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pointed {
    pub index: usize,
    pub pixel: (usize, usize),
}

/// A mini-batch with what is said of it.
#[derive(Clone, Copy)]
pub(super) struct Shown<'a> {
    pub snapshot: &'a Snapshot,
    pub batch: &'a Batch,
    pub seen: &'a BatchSeen,
}

impl BatchStrip {
    /// Draws the page of the strip that has the chosen image, in so many rows; clicks and arrow keys choose another.
    pub(super) fn show(&mut self, ui: &mut Ui, shown: Shown<'_>, rows: usize, look: &mut TrainLook) -> Option<Pointed> {
        let Shown { snapshot, batch, seen } = shown;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small positive number")]
        let columns = ((ui.available_width() / SIDE_POINTS) as usize).max(1);
        let page = columns * rows;
        head(ui, shown, page, look);
        let at = seen.order.iter().position(|index| *index == look.image).unwrap_or(0);
        let first = at / page * page;
        let on_page: Vec<usize> = seen.order.iter().skip(first).take(page).copied().collect();
        let images: Vec<u32> = on_page.iter().map(|&index| batch.indices[index]).collect();
        if self.shown.1 != columns || self.shown.0 != images {
            self.shown = (images, columns);
            self.lay_out(snapshot, columns, rows);
        }
        let width = ui.available_width();
        let name = format!(
            "Images {} to {} of the {} in this mini-batch; the arrow keys choose one",
            first + 1,
            first + on_page.len(),
            batch.indices.len()
        );
        let cell = self.picture.show(ui, &name, &self.pixels, columns * SIDE, Scale::Ink { max: 255.0 }, width);
        let side = cell.rect.width() / columns as f32;
        let square = |at: usize| {
            let corner = Vec2::new((at % columns) as f32 * side, (at / columns) as f32 * side);
            Rect::from_min_size(cell.rect.min + corner, Vec2::splat(side)).shrink(1.0)
        };
        let tokens = theme::tokens(ui);
        for (at, &index) in on_page.iter().enumerate() {
            if !shown.is_right(index) {
                wrong(ui, square(at));
            }
            if index == look.image {
                ui.painter().rect_stroke(square(at), 2, Stroke::new(2.5, tokens.accent), StrokeKind::Inside);
            }
        }
        let under = cell.at.and_then(|(row, column)| {
            let index = *on_page.get(row / SIDE * columns + column / SIDE)?;
            Some(Pointed { index, pixel: (row % SIDE, column % SIDE) })
        });
        let [right, down] = arrows::steps(ui, &cell.response);
        let steps = right + down * i64::try_from(columns).unwrap_or(1);
        if steps != 0 {
            look.image = seen.order[arrows::moved(at, steps, seen.order.len())];
        }
        if let (true, Some(pointed)) = (cell.response.clicked(), under) {
            look.image = pointed.index;
        }
        if let Some(pointed) = under {
            cell.response.on_hover_text_at_pointer(shown.describe(pointed.index));
        }
        under
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

/// Pages, and the order; one line that is always there.
fn head(ui: &mut Ui, Shown { snapshot, batch, seen }: Shown<'_>, page: usize, look: &mut TrainLook) {
    let tokens = theme::tokens(ui);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let len = batch.indices.len();
            let at = seen.order.iter().position(|index| *index == look.image).unwrap_or(0);
            let first = at / page * page;
            let on = ui.add_enabled(first + page < len, Button::new("\u{25b8}").small());
            if on.on_hover_text("The next images of this mini-batch").clicked() {
                look.image = seen.order[first + page];
            }
            let back = ui.add_enabled(first > 0, Button::new("\u{25c2}").small());
            if back.on_hover_text("The images before these").clicked() {
                look.image = seen.order[first - page];
            }
            let has_losses = batch.losses.is_some();
            let worst = Button::selectable(look.worst && has_losses, "worst").small();
            let tip = "Sort the images by their loss, the largest first; from the Loss phase on";
            if ui.add_enabled(has_losses, worst).on_hover_text(tip).on_disabled_hover_text(tip).clicked() {
                look.worst = !look.worst;
                look.image = batch.worst().filter(|_| look.worst).unwrap_or(0);
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

/// A frame and a cross: not by colour alone.
fn wrong(ui: &Ui, square: Rect) {
    let error = theme::tokens(ui).error;
    ui.painter().rect_stroke(square, 2, Stroke::new(1.5, error), StrokeKind::Inside);
    let cross = Rect::from_min_size(square.right_top() + Vec2::new(-7.5, 2.5), Vec2::splat(5.0));
    ui.painter().line_segment([cross.left_top(), cross.right_bottom()], Stroke::new(1.5, error));
    ui.painter().line_segment([cross.right_top(), cross.left_bottom()], Stroke::new(1.5, error));
}

impl Shown<'_> {
    /// Whether an image of the batch was read as the class that the data gives it.
    pub(super) fn is_right(self, index: usize) -> bool {
        self.seen.answers.get(index) == self.batch.classes.get(index)
    }

    /// An image of the batch in words.
    pub(super) fn describe(self, index: usize) -> String {
        let Self { snapshot, batch, seen } = self;
        let digit = |class: u8| snapshot.digits.get(usize::from(class)).copied().unwrap_or_default();
        let of = |classes: &[u8]| classes.get(index).copied().unwrap_or_default();
        let (class, answer) = (of(&batch.classes), of(&seen.answers));
        let mut text = snapshot.dataset.train.source(batch.indices[index] as usize);
        let verdict = if self.is_right(index) { "right" } else { "wrong" };
        text.push_str(&format!("\nread as {}, taught as {}: {verdict}", digit(answer), digit(class)));
        let (logits, predictions) = (batch.logits_of(index), batch.predictions_of(index));
        if let ([logit], [p]) = (logits, predictions) {
            text.push_str(&format!("\nlogit {}, prediction {}", number((*logit).into()), number((*p).into())));
        } else if let Some(p) = predictions.get(usize::from(class)) {
            text.push_str(&format!("\nprobability of {}: {}", digit(class), number((*p).into())));
        }
        if let Some(loss) = batch.losses.as_ref().and_then(|losses| losses.get(index)) {
            text.push_str(&format!("\nloss {}", number(f64::from(*loss))));
        }
        text
    }
}
