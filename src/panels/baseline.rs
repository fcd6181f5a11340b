//! The mean-image baseline in five tabs: the means, every held-out image as a dot, mistakes, broadcasting, speed.

mod broadcasting;
mod means;
mod mistakes;
mod pixel;
mod scatter;
mod speed;

use super::{Incoming, Scene, Taken, View, Wish, device};
use crate::data::Split;
use crate::experiments::Source;
use crate::experiments::baseline::{Baseline, Look, Settings, Tab};
use crate::widgets::form::Form;
use crate::widgets::{arrows, flow, pages};
use egui::{Response, Ui};

/// How far the up and down arrow keys walk.
const LEAP: i64 = 10;

/// The view of [`Baseline`]: what belongs to each page.
#[derive(Default)]
pub struct BaselineView {
    means: means::Means,
    scatter: scatter::Scatter,
    mistakes: mistakes::Mistakes,
    speed: speed::Speed,
}

impl View for BaselineView {
    type Experiment = Baseline;

    fn controls(&mut self, ui: &mut Ui, form: &mut Form<'_, Settings>, look: &mut Look) {
        let tab = look.tab;
        let mut looks = Form::new(look);
        form.field(ui, Settings::digits(), "Digits");
        looks.field(ui, Look::metric(), "Distance");
        if form.file.is_none() {
            looks.field(ui, Look::split(), "Sample from");
            looks.field(ui, Look::digit(), "Digit");
            looks.field(ui, Look::nth(), "Place");
        } else {
            flow::group(ui, "back to data", |ui| {
                if ui.button("Back to MNIST").on_hover_text("Close your picture").clicked() {
                    form.edit(|settings| settings.file = Source::none());
                }
            });
        }
        form.field(ui, Settings::file(), "Picture");
        if tab == Tab::Speed {
            form.field(ui, Settings::device(), "Device");
        }
    }

    fn figure(&mut self, ui: &mut Ui, scene: &mut Scene<'_, Baseline>) {
        ui.horizontal(|ui| {
            pages::show(ui, &mut scene.look.tab);
            let tip = "Take a picture of yours as the sample; you can also drop one on the window, or draw one in the pixel viewer";
            if ui.button("Your picture \u{2026}").on_hover_text(tip).clicked() {
                scene.wishes.push(Wish::ChooseFile);
            }
        });
        device::notice(ui, scene.seen.report.notice.as_deref());
        // The page that was computed: for a frame after a click on a tab, the one before.
        match scene.seen_look.tab {
            Tab::Means => self.means.show(ui, scene),
            Tab::Scatter => self.scatter.show(ui, scene),
            Tab::Mistakes => self.mistakes.show(ui, scene),
            Tab::Broadcasting => broadcasting::show(ui, scene),
            Tab::Speed => self.speed.show(ui, scene),
        }
    }

    fn take_file(&mut self, file: &Incoming, form: &mut Form<'_, Settings>, _look: &mut Look) -> Taken {
        let Incoming::Other(path) = file else { return Taken::No };
        if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csv")) {
            return Taken::No;
        }
        form.edit(|settings| settings.file = Source::from(path.as_path()));
        Taken::ToRun
    }
}

/// What a tab without means says.
fn no_means(ui: &mut Ui) {
    ui.label("There is no mean yet. Press Step to lay the first image of each digit on its stack.");
}

/// Makes a validation image, by its index there, the sample.
fn choose(scene: &mut Scene<'_, Baseline>, index: usize) {
    let origin = scene.seen.validation().and_then(|all| all.origin(index));
    let digit = origin.and_then(|(class, _)| scene.snapshot.digit(class.into()));
    let (Some((_, nth)), Some(digit)) = (origin, digit) else { return };
    scene.look.split = Split::Valid;
    scene.look.digit = digit;
    scene.look.nth = nth as u64;
    scene.form.edit(|settings| settings.file = Source::none());
}

/// The arrow keys walk the sample's index while a picture has the focus: left and right by one, up and down by ten.
fn walk(ui: &Ui, picture: &Response, scene: &mut Scene<'_, Baseline>) {
    if !scene.form.file.is_none() {
        if picture.clicked() {
            picture.request_focus();
        }
        return;
    }
    let [right, down] = arrows::steps(ui, picture);
    let steps = right + LEAP * down;
    if steps == 0 {
        return;
    }
    let look = &mut *scene.look;
    let images = scene.snapshot.data.split(look.split).of_digit(look.digit).len();
    let nth = usize::try_from(look.nth).unwrap_or(usize::MAX);
    look.nth = arrows::moved(nth, steps, images) as u64;
}

#[cfg(test)]
mod tests;
