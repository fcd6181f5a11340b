//! The mean-image baseline in five tabs: the means, every held-out image as a dot, the mistakes, broadcasting, and speed.

mod broadcasting;
mod means;
mod mistakes;
mod pixel;
mod scatter;
mod speed;

use super::{Scene, View, Wish, device};
use crate::data::{PIXELS, Split};
use crate::experiments::baseline::{Baseline, Snapshot};
use crate::widgets::flow;
use crate::widgets::form::Form;
use egui::{EventFilter, Key, Response, Ui};
use serde_json::{Map, Value};
use std::path::Path;

/// How far the up and down arrow keys walk.
const LEAP: i64 = 10;

/// What the figure shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Tab {
    /// The means, and the sample against each.
    #[default]
    Means,
    /// Every held-out image as a dot.
    Scatter,
    /// Accuracy, confusion and the images called wrong.
    Mistakes,
    /// Shapes that do not match, calculated with.
    Broadcasting,
    /// A loop against an array operation.
    Speed,
}

impl Tab {
    const ALL: [Self; 5] = [Self::Means, Self::Scatter, Self::Mistakes, Self::Broadcasting, Self::Speed];

    const fn name(self) -> &'static str {
        match self {
            Self::Means => "means",
            Self::Scatter => "scatter",
            Self::Mistakes => "mistakes",
            Self::Broadcasting => "broadcasting",
            Self::Speed => "speed",
        }
    }

    const fn title(self) -> &'static str {
        match self {
            Self::Means => "Means",
            Self::Scatter => "Scatter",
            Self::Mistakes => "Mistakes",
            Self::Broadcasting => "Broadcasting",
            Self::Speed => "Speed",
        }
    }

    const fn meaning(self) -> &'static str {
        match self {
            Self::Means => "The mean images, and your sample against each of them",
            Self::Scatter => "Every held-out image as a dot: how far from one mean, how far from another",
            Self::Mistakes => "How many are called right, and the images that are not",
            Self::Broadcasting => "How one mean is subtracted from a thousand images without a loop",
            Self::Speed => "The array operation against a loop over pixels, timed on your machine",
        }
    }
}

/// The view of [`Baseline`]: the open tab and what belongs to each.
#[derive(Default)]
pub struct BaselineView {
    tab: Tab,
    means: means::Means,
    scatter: scatter::Scatter,
    mistakes: mistakes::Mistakes,
    broadcasting: broadcasting::Broadcasting,
    speed: speed::Speed,
}

impl View for BaselineView {
    type Experiment = Baseline;

    fn controls(&mut self, ui: &mut Ui, form: &mut Form<'_>) {
        form.field(ui, "digits", "Digits");
        form.field(ui, "metric", "Distance");
        if form.text("file").is_empty() {
            form.field(ui, "split", "Sample from");
            form.field(ui, "digit", "Digit");
            form.field(ui, "nth", "Place");
        } else {
            flow::group(ui, "back to data", |ui| {
                if ui.button("Back to MNIST").on_hover_text("Close your picture").clicked() {
                    form.set("file", "");
                }
            });
        }
        form.field(ui, "file", "Picture");
        if self.tab == Tab::Speed {
            form.field(ui, "device", "Device");
        }
    }

    fn figure(&mut self, ui: &mut Ui, scene: &mut Scene<'_, Baseline>) {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            for tab in Tab::ALL {
                ui.selectable_value(&mut self.tab, tab, tab.title()).on_hover_text(tab.meaning());
            }
            let tip = "Take a picture of yours as the sample; you can also drop one on the window, or draw one in the pixel viewer";
            if ui.button("Your picture \u{2026}").on_hover_text(tip).clicked() {
                scene.wishes.push(Wish::ChooseFile);
            }
        });
        device::notice(ui, scene.snapshot.notice.as_deref());
        match self.tab {
            Tab::Means => self.means.show(ui, scene),
            Tab::Scatter => self.scatter.show(ui, scene),
            Tab::Mistakes => self.mistakes.show(ui, scene),
            Tab::Broadcasting => self.broadcasting.show(ui, scene.snapshot),
            Tab::Speed => self.speed.show(ui, scene.snapshot),
        }
    }

    fn save(&self) -> Map<String, Value> {
        let mut saved = Map::from_iter([("tab".to_owned(), Value::from(self.tab.name()))]);
        self.means.save(&mut saved);
        self.scatter.save(&mut saved);
        self.mistakes.save(&mut saved);
        self.broadcasting.save(&mut saved);
        saved
    }

    fn restore(&mut self, saved: &Map<String, Value>) {
        let name = saved.get("tab").and_then(Value::as_str);
        self.tab = Tab::ALL.into_iter().find(|tab| Some(tab.name()) == name).unwrap_or_default();
        self.means.restore(saved);
        self.scatter.restore(saved);
        self.mistakes.restore(saved);
        self.broadcasting.restore(saved);
    }

    fn take_file(&mut self, path: &Path) -> Option<Map<String, Value>> {
        let is_table = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csv"));
        (!is_table).then(|| Map::from_iter([("file".to_owned(), Value::from(path.display().to_string()))]))
    }
}

/// What a tab without means says.
fn no_means(ui: &mut Ui) {
    ui.label("There is no mean yet. Press Step to lay the first image of each digit on its stack.");
}

/// Makes the validation image at `place` (of the snapshot's validation) the sample.
fn choose(scene: &mut Scene<'_, Baseline>, place: usize) {
    let Some((digit, nth)) = origin(scene.snapshot, place) else { return };
    scene.form.set("file", "");
    scene.form.set("split", Split::Valid.name());
    scene.form.set("digit", digit);
    scene.form.set("nth", nth);
}

/// The digit of the validation image at `place`, and its place among that digit's images.
fn origin(snapshot: &Snapshot, place: usize) -> Option<(u8, usize)> {
    let all = snapshot.validation.as_ref()?;
    let class = *all.actual.get(place)?;
    // A class's images stand together, in the order of their names.
    let first = all.actual.iter().position(|actual| *actual == class)?;
    Some((snapshot.classes.get(usize::from(class))?.digit, place - first))
}

/// The place of the sample among the snapshot's validation images, if it is one of them.
fn place_of_sample(snapshot: &Snapshot) -> Option<usize> {
    let (all, index) = (snapshot.validation.as_ref()?, snapshot.sample.index?);
    let valid = snapshot.sample.source
        == snapshot.data.valid.source(usize::try_from(index).ok().filter(|at| *at < snapshot.data.valid.len())?);
    if valid { all.indices.iter().position(|at| *at == index) } else { None }
}

/// The arrow keys walk the sample's place while a picture has the focus: left and right by one, up and down by ten.
fn walk(ui: &Ui, picture: &Response, scene: &mut Scene<'_, Baseline>) {
    if picture.clicked() {
        picture.request_focus();
    }
    if !picture.has_focus() || !scene.form.text("file").is_empty() {
        return;
    }
    let filter = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(picture.id, filter));
    let steps = ui.input(|input| {
        let presses = |key| i64::try_from(input.num_presses(key)).unwrap_or(0);
        presses(Key::ArrowRight) - presses(Key::ArrowLeft) + LEAP * (presses(Key::ArrowDown) - presses(Key::ArrowUp))
    });
    if steps == 0 {
        return;
    }
    let split = if scene.form.text("split") == Split::Valid.name() { Split::Valid } else { Split::Train };
    let whole = |name: &str| scene.form.get(name).and_then(Value::as_u64).unwrap_or(0);
    let digit = u8::try_from(whole("digit")).unwrap_or(0);
    let last = scene.snapshot.data.split(split).of_digit(digit).len().saturating_sub(1) as u64;
    let nth = whole("nth").saturating_add_signed(steps).min(last);
    scene.form.set("nth", nth);
}

/// Bytes as fractions of full ink.
fn unit(pixels: &[u8; PIXELS]) -> [f32; PIXELS] {
    pixels.map(|byte| f32::from(byte) / 255.0)
}

#[cfg(test)]
mod tests;
