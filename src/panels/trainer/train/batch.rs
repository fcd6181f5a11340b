//! The mini-batch: its images, and each one's prediction as a dot on the sigmoid.

use crate::data::{PIXELS, SIDE};
use crate::experiments::Phase;
use crate::experiments::report::number;
use crate::experiments::trainer::{Batch, Snapshot};
use crate::math::loss::sigmoid;
use crate::widgets::heatmap::{Heatmap, Scale};
use crate::widgets::{chart, theme};
use egui::{RichText, Ui};
use egui_plot::{Line, Points};

/// Rows of the batch's images that are shown at most.
const ROWS: usize = 4;
/// The same in a low window.
const LOW_ROWS: usize = 2;
/// The side of an image in points, at least.
const SIDE_POINTS: f32 = 26.0;
/// The sigmoid is drawn at least this far to both sides.
const REACH: f64 = 6.0;

/// The batch as one picture, made anew only when the batch changes.
#[derive(Default)]
pub(super) struct BatchView {
    picture: Heatmap,
    /// The images on the picture and how many stand in a row.
    shown: (Vec<u32>, usize),
    pixels: Vec<f32>,
}

impl BatchView {
    /// Draws the batch; `is_low` asks for less height.
    pub(super) fn show(&mut self, ui: &mut Ui, snapshot: &Snapshot, phase: Option<Phase>, is_low: bool) {
        let Some(batch) = &snapshot.batch else {
            ui.strong("No mini-batch yet");
            ui.label("Press Step: the model looks at the first mini-batch.");
            return;
        };
        let tokens = theme::tokens(ui);
        let counts: Vec<String> = batch
            .composition
            .iter()
            .zip(&snapshot.digits)
            .map(|(count, digit)| format!("{count} \u{00d7} {digit}"))
            .collect();
        ui.horizontal_wrapped(|ui| {
            ui.strong(format!("Epoch {}, mini-batch {} of {}", batch.epoch, batch.number, snapshot.batches));
            ui.label(RichText::new(counts.join(",  ")).color(tokens.text_weak));
        });
        self.strip(ui, snapshot, batch, if is_low { LOW_ROWS } else { ROWS });
        if batch.logits.len() == batch.classes.len() {
            dots(ui, snapshot, batch, if is_low { 96.0 } else { 150.0 });
        }
        let loss = match (phase, batch.loss) {
            (Some(Phase::Loss | Phase::Gradient | Phase::Step | Phase::Stop), Some(loss)) => {
                format!("mean loss {}", number(loss))
            }
            _ => "mean loss \u{2014}".to_owned(),
        };
        let right = format!("{} of {} right", batch.correct, batch.classes.len());
        ui.label(RichText::new(format!("{right},  {loss}")).monospace());
    }

    fn strip(&mut self, ui: &mut Ui, snapshot: &Snapshot, batch: &Batch, rows: usize) {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small positive number")]
        let columns = ((ui.available_width() / SIDE_POINTS) as usize).max(1);
        let shown = &batch.indices[..batch.indices.len().min(columns * rows)];
        if self.shown.1 != columns || self.shown.0 != shown {
            self.shown = (shown.to_vec(), columns);
            self.lay_out(snapshot, columns);
        }
        let width = ui.available_width();
        let name = format!("{} of the {} images of this mini-batch", shown.len(), batch.indices.len());
        let cell = self.picture.show(ui, &name, &self.pixels, columns * SIDE, Scale::Ink { max: 255.0 }, width);
        let under =
            cell.at.map(|(row, column)| row / SIDE * columns + column / SIDE).filter(|place| *place < shown.len());
        cell.response.on_hover_text(under.map_or(name, |place| describe(snapshot, batch, place)));
    }

    /// Copies the shown images beside each other.
    fn lay_out(&mut self, snapshot: &Snapshot, columns: usize) {
        let rows = self.shown.0.len().div_ceil(columns);
        self.pixels.clear();
        self.pixels.resize(rows * columns * PIXELS, 0.0);
        for (place, &index) in self.shown.0.iter().enumerate() {
            let image = snapshot.dataset.train.image(index as usize);
            let corner = place / columns * columns * PIXELS + place % columns * SIDE;
            for (y, row) in image.chunks_exact(SIDE).enumerate() {
                let start = corner + y * columns * SIDE;
                for (target, &byte) in self.pixels[start..start + SIDE].iter_mut().zip(row) {
                    *target = f32::from(byte);
                }
            }
        }
    }
}

/// An image of the batch in words.
fn describe(snapshot: &Snapshot, batch: &Batch, place: usize) -> String {
    let mut text = snapshot.dataset.train.source(batch.indices[place] as usize);
    if batch.logits.len() == batch.classes.len() {
        let words = format!(
            "\nlogit {}\nprediction {}",
            number(batch.logits[place].into()),
            number(batch.predictions[place].into())
        );
        text.push_str(&words);
    }
    if let Some(loss) = batch.losses.as_ref().and_then(|losses| losses.get(place)) {
        text.push_str("\nloss ");
        text.push_str(&number(f64::from(*loss)));
    }
    text
}

fn dots(ui: &mut Ui, snapshot: &Snapshot, batch: &Batch, height: f32) {
    let tokens = theme::tokens(ui);
    let [first, second] = [0, 1].map(|class| snapshot.digits.get(class).copied().unwrap_or_default());
    let reach =
        batch.logits.iter().map(|logit| f64::from(logit.abs())).filter(|logit| logit.is_finite()).fold(REACH, f64::max);
    let title = format!("Predictions: above 0.5 says {first}, below says {second}");
    let plot = chart::plot("sigmoid", "logit", "sigmoid").height(height).include_y(-0.05).include_y(1.05);
    chart::titled(ui, &title, plot, |plot| {
        let curve =
            chart::points((0..=120).map(|i| -reach + 2.0 * reach * f64::from(i) / 120.0).map(|x| [x, sigmoid(x)]));
        plot.line(Line::new("sigmoid", curve).color(tokens.text_weak).width(1.5));
        for (class, &digit) in snapshot.digits.iter().enumerate() {
            let mine = batch.classes.iter().zip(batch.logits.iter().zip(batch.predictions.iter()));
            let mine = mine.filter(|(actual, _)| usize::from(**actual) == class);
            let points = chart::points(mine.map(|(_, (&x, &y))| [f64::from(x), f64::from(y)]));
            plot.points(
                Points::new(format!("images of {digit}"), points)
                    .radius(3.0)
                    .color(theme::digit(digit).gamma_multiply(0.75)),
            );
        }
    });
}
