//! The image that the page looks at: a drawing, a held-out image, or a picture of the reader's.

use crate::data::{PIXELS, SIDE, Stages, Steps, load_picture, units};
use crate::engine::Job;
use crate::experiments::sample;
use crate::experiments::trainer::{Hex, Sample, TestLook, Trainer, article};
use crate::panels::{Scene, Wish};
use crate::widgets::arrows::{self, moved};
use crate::widgets::drawing_pad::DrawingPad;
use crate::widgets::heatmap::{Heatmap, Scale};
use crate::widgets::{pages, theme};
use egui::{Label, RichText, Stroke, StrokeKind, Ui};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Room for the buttons beside the picture.
const BUTTONS: f32 = 70.0;
/// How far up and down walk among the held-out images.
const LEAP: i64 = 10;

/// The sheet, the texture, and a picture on its way.
#[derive(Default)]
pub(super) struct SampleView {
    pad: DrawingPad,
    map: Heatmap,
    /// A picture that is to be read.
    path: Option<PathBuf>,
    reading: Job<Result<sample::Sample, String>>,
    is_coming: bool,
    /// The picture that was read last.
    brought: Option<sample::Sample>,
    trouble: Option<String>,
}

/// The digit that the image is known to show.
pub(super) fn truth(scene: &Scene<'_, Trainer>) -> Option<u8> {
    let class = *scene.snapshot.task.valid.classes().get(scene.seen.test.held_out?)?;
    scene.snapshot.digits.get(usize::from(class)).copied()
}

impl SampleView {
    /// The way of the image to 28 x 28, if it had one.
    pub(super) fn stages(&self, scene: &Scene<'_, Trainer>) -> Option<Arc<Stages>> {
        match scene.seen_look.test.sample {
            Sample::Drawing => scene.seen.test.drawn().cloned(),
            Sample::HeldOut => None,
            Sample::Picture => self.picture(&scene.seen_look.test)?.stages.clone(),
        }
    }

    /// The picture that was read, if it is the one that is looked at: one of a saved state comes without its name.
    fn picture(&self, look: &TestLook) -> Option<&sample::Sample> {
        self.brought.as_ref().filter(|brought| look.pixels == Some(Hex(brought.pixels)))
    }

    /// Reads the picture at `path` on a thread of its own: it may be a large photo.
    pub(super) fn open(&mut self, path: PathBuf) {
        self.path = Some(path);
        self.trouble = None;
    }

    /// Draws it with the ways to choose another; `words` says what a pixel of it does.
    pub(super) fn show(
        &mut self,
        ui: &mut Ui,
        scene: &mut Scene<'_, Trainer>,
        is_low: bool,
        words: impl Fn(usize) -> Option<String>,
    ) {
        self.pad.follow(&scene.look.test.strokes);
        self.read(ui, &mut scene.look.test);
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 3.0;
            ui.spacing_mut().button_padding.x = 8.0;
            pages::row(ui, &mut scene.look.test.sample);
        });
        let side = (ui.available_width() - BUTTONS).clamp(120.0, if is_low { 132.0 } else { 230.0 }).floor();
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = 8.0;
            match scene.look.test.sample {
                Sample::Drawing => {
                    self.pad.show(ui, "A sheet to draw a digit on: hold the mouse button or pen down; or move with the arrow keys and press Space", side);
                }
                Sample::HeldOut | Sample::Picture => self.image(ui, scene, side, words),
            }
            ui.vertical(|ui| {
                ui.set_width(BUTTONS - 8.0);
                self.buttons(ui, scene);
            });
        });
        scene.look.test.strokes = self.pad.drawing().clone();
        let weak = theme::tokens(ui).text_weak;
        if let Some(name) = self.name(scene) {
            ui.add(Label::new(RichText::new(name).small().color(weak)).truncate());
        }
        if let Some(trouble) = &self.trouble {
            ui.add(Label::new(RichText::new(trouble).color(theme::tokens(ui).error)).wrap());
        }
    }

    /// What an empty page says.
    pub(super) fn invitation(&self, look: &TestLook) -> &'static str {
        match look.sample {
            Sample::Drawing => {
                "Draw a digit on the sheet, and both answer as you draw. Try one that the model does not know, too.\n\nWithout a mouse: Tab to the sheet, move with the arrow keys, press Space to set the pen down and to lift it."
            }
            Sample::HeldOut => "There are no held-out images.",
            Sample::Picture if self.is_coming => "Reading the picture \u{2026}",
            Sample::Picture if look.pixels.is_some() => "No ink was found in this picture. Try another.",
            Sample::Picture => "Drop a picture of a digit on the window, or open one.",
        }
    }

    fn name(&self, scene: &Scene<'_, Trainer>) -> Option<String> {
        match scene.seen_look.test.sample {
            Sample::Drawing => None,
            Sample::HeldOut => {
                let (samples, index) = (&scene.snapshot.task.valid, scene.seen.test.held_out?);
                let source = samples.images().source(*samples.indices().get(index)? as usize);
                let digit = truth(scene).map_or_else(String::new, |digit| format!(", {}", article(digit)));
                Some(format!("{source}{digit}; {} of {}", index + 1, samples.len()))
            }
            Sample::Picture => {
                let look = &scene.seen_look.test;
                look.pixels?;
                Some(self.picture(look).map_or_else(|| "Your picture".to_owned(), |brought| brought.source.clone()))
            }
        }
    }

    /// An image that is not drawn here.
    fn image(
        &mut self,
        ui: &mut Ui,
        scene: &mut Scene<'_, Trainer>,
        side: f32,
        words: impl Fn(usize) -> Option<String>,
    ) {
        let values = units(&scene.seen.test.image.unwrap_or([0; PIXELS]));
        let label = self.name(scene).unwrap_or_else(|| "No picture yet".to_owned());
        let cell = self.map.show(ui, &label, &values, SIDE, Scale::Ink { max: 1.0 }, side);
        let (look, count) = (&mut scene.look.test, scene.snapshot.task.valid.len());
        if look.sample == Sample::HeldOut {
            // Left and right walk among the held-out images by one, up and down by ten.
            let [right, down] = arrows::steps(ui, &cell.response);
            look.index = moved(look.index, right + LEAP * down, count);
        }
        if cell.response.has_focus() {
            let stroke = Stroke::new(2.0, theme::tokens(ui).accent);
            ui.painter().rect_stroke(cell.rect, 0, stroke, StrokeKind::Outside);
        }
        if let Some(text) = cell.at.and_then(|(row, column)| words(row * SIDE + column)) {
            cell.response.on_hover_text_at_pointer(text);
        }
    }

    fn buttons(&mut self, ui: &mut Ui, scene: &mut Scene<'_, Trainer>) {
        ui.spacing_mut().button_padding.x = 6.0;
        let button = |ui: &mut Ui, on: bool, name: &str, tip: &str| {
            ui.add_enabled(on, egui::Button::new(name)).on_hover_text(tip).clicked()
        };
        let count = scene.snapshot.task.valid.len();
        match scene.look.test.sample {
            Sample::Drawing => {
                if button(ui, self.pad.can_undo(), "Undo", "Take the last stroke back") {
                    self.pad.undo();
                }
                if button(ui, self.pad.can_redo(), "Redo", "Draw it again") {
                    self.pad.redo();
                }
                if button(ui, !self.pad.drawing().is_empty(), "Clear", "A fresh sheet; undo brings the old one back") {
                    self.pad.clear();
                }
            }
            Sample::HeldOut => {
                let index = &mut scene.look.test.index;
                if button(ui, *index + 1 < count, "Next", "The next held-out image (click the picture, then \u{2192})")
                {
                    *index = moved(*index, 1, count);
                }
                if button(ui, *index > 0, "Back", "The one before (click the picture, then \u{2190})") {
                    *index = moved(*index, -1, count);
                }
                let mut number = *index + 1;
                let drag = egui::DragValue::new(&mut number).range(1..=count.max(1)).speed(0.2);
                let tip = format!("Which of the {count} held-out images; drag, or click and type");
                let response = ui.add(drag).on_hover_text(&tip);
                response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::SpinButton, true, &tip));
                *index = number.saturating_sub(1);
            }
            Sample::Picture => {
                if button(ui, true, "Open \u{2026}", "Choose a picture file (Ctrl O); or drop one on the window") {
                    scene.wishes.push(Wish::ChooseFile);
                }
                if button(ui, true, "Paste", "Take the picture on the clipboard (Ctrl V)") {
                    scene.wishes.push(Wish::Paste);
                }
            }
        }
    }

    /// Begins to read a picture, and takes it once it was read.
    fn read(&mut self, ui: &Ui, look: &mut TestLook) {
        if let Some(path) = self.path.take() {
            let ctx = ui.ctx().clone();
            let notify = Arc::new(move || ctx.request_repaint());
            self.is_coming = self.reading.start("picture", notify, move |_| read(&path)).is_ok();
            if !self.is_coming {
                self.trouble = Some("The picture was not read: no thread could be started. Try again.".to_owned());
            }
        }
        if !self.is_coming || self.reading.is_running() {
            return;
        }
        self.is_coming = false;
        match self.reading.take() {
            Some(Ok(brought)) => {
                look.pixels = Some(Hex(brought.pixels));
                self.brought = Some(brought);
            }
            Some(Err(sentence)) => self.trouble = Some(sentence),
            None => self.trouble = Some("The picture could not be read.".to_owned()),
        }
    }
}

/// Reads a picture and takes it to 28 x 28, named as the file is.
fn read(path: &Path) -> Result<sample::Sample, String> {
    let picture = load_picture(path).map_err(|error| error.to_string())?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    Ok(sample::Sample::of_picture(&name, &picture, &Steps::default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_no_picture_is_refused_in_a_sentence() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("three.png");
        std::fs::write(&path, "no picture").unwrap();
        assert!(read(&path).is_err_and(|sentence| sentence.contains("three.png")));
        image::GrayImage::from_fn(50, 50, |x, y| image::Luma([if x.abs_diff(y) < 4 { 0 } else { 255 }]))
            .save(&path)
            .unwrap();
        let brought = read(&path).unwrap();
        assert_eq!(brought.source, "three.png");
        assert!(brought.pixels.iter().any(|&ink| ink > 200));
    }
}
