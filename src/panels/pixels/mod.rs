//! The pixel viewer: an image as shaded numbers, a picture's way to one, a drawing pad, a stack of images, and tensors to
//! try.

mod channels;
mod draw;
mod image;
mod picture;
mod stack;
mod stages;

use super::{Incoming, Scene, Taken, View};
use crate::experiments::pixels::{Look, Pixels, Settings, Tab};
use crate::experiments::{Choice as _, Source};
use crate::widgets::form::Form;
use crate::widgets::tensor_bench::TensorBench;
use crate::widgets::{flow, pages};
use egui::Ui;

/// The view of [`Pixels`].
#[derive(Default)]
pub struct PixelsView {
    image: image::ImagePage,
    picture: picture::PicturePage,
    draw: draw::DrawPage,
    stack: stack::StackPage,
    bench: TensorBench,
}

impl View for PixelsView {
    type Experiment = Pixels;

    fn controls(&mut self, ui: &mut Ui, form: &mut Form<'_, Settings>, look: &mut Look) {
        flow::group(ui, "tabs", |ui| pages::row(ui, &mut look.tab));
        ui.end_row();
        match look.tab {
            Tab::Image => image::controls(ui, form, look),
            Tab::Picture => picture::controls(ui, form, look),
            Tab::Stack => stack::controls(ui, form, look),
            Tab::Draw | Tab::Bench => {}
        }
    }

    fn figure(&mut self, ui: &mut Ui, scene: &mut Scene<'_, Pixels>) {
        if scene.seen_look.nth == scene.look.nth {
            scene.look.nth = scene.seen.nth; // Where the digit has fewer images, the last.
        }
        let tab = scene.look.tab;
        ui.push_id(tab.word(), |ui| match tab {
            Tab::Image => self.image.show(ui, scene),
            Tab::Picture => self.picture.show(ui, scene),
            Tab::Draw => self.draw.show(ui, scene),
            Tab::Stack => self.stack.show(ui, scene),
            Tab::Bench => {
                let Some(environment) = scene.seen.environment.get() else { return };
                self.bench.ui(ui, environment, &mut scene.look.cells, &mut scene.look.shelf);
            }
        });
    }

    fn take_file(&mut self, file: &Incoming, form: &mut Form<'_, Settings>, look: &mut Look) -> Taken {
        let Incoming::Other(path) = file else { return Taken::No };
        // Tables of numbers are for another panel.
        if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csv")) {
            return Taken::No;
        }
        // A drawing comes in from the drawing pad itself, and is drawn on there.
        if look.tab != Tab::Draw {
            look.tab = Tab::Picture;
        }
        look.part = None;
        form.edit(|settings| settings.file = path.as_path().into());
        Taken::ToRun
    }
}

/// Which digit of the data set is shown, or the way back from a picture.
fn source_controls(ui: &mut Ui, form: &mut Form<'_, Settings>, look: &mut Look) {
    if form.file.is_none() {
        form.field(ui, Settings::split(), "Split");
        form.field(ui, Settings::digit(), "Digit");
        Form::new(look).field(ui, Look::nth(), "Place");
    } else if ui.button("Back to MNIST").on_hover_text("Close your picture and show an image of MNIST").clicked() {
        form.edit(|settings| settings.file = Source::none());
    }
}

/// A number of bytes with a unit that fits.
fn bytes_text(bytes: u64) -> String {
    match bytes {
        0..10_000 => format!("{bytes} bytes"),
        10_000..10_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}

#[cfg(test)]
mod tests;
