//! The image that the page looks at: a drawing, a held-out image, or a picture of the reader's.

use crate::data::{PIXELS, Picture, SIDE, Stages, Steps, load_picture, to_mnist};
use crate::experiments::trainer::{Snapshot, Trainer, article};
use crate::panels::{Scene, Wish};
use crate::widgets::drawing_pad::DrawingPad;
use crate::widgets::heatmap::{Heatmap, Scale};
use crate::widgets::theme;
use egui::{EventFilter, Key, Label, Response, RichText, Stroke, StrokeKind, Ui};
use image::DynamicImage;
use serde_json::{Map, Value};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::time::Duration;

/// Room for the buttons beside the picture.
const BUTTONS: f32 = 70.0;
/// A drawing of more points is kept as its 28 x 28 pixels instead.
const MAX_KEPT: usize = 4000;
/// How far up and down walk among the held-out images.
const LEAP: i64 = 10;

/// Where the image comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Source {
    #[default]
    Drawing,
    HeldOut,
    Picture,
}

impl Source {
    const ALL: [(Self, &'static str, &'static str, &'static str); 3] = [
        (Self::Drawing, "drawing", "Draw", "Draw a digit yourself"),
        (Self::HeldOut, "held out", "Held out", "An image that the model was not trained on"),
        (Self::Picture, "picture", "Picture", "A picture of yours, such as a photo of your handwriting"),
    ];
}

/// A picture of the reader's, as 28 x 28.
struct Brought {
    name: String,
    pixels: [u8; PIXELS],
    /// Its way there; not kept in a saved state.
    stages: Option<Arc<Stages>>,
}

/// The image that is looked at.
#[derive(Default)]
pub(super) struct Sample {
    source: Source,
    pad: DrawingPad,
    /// The drawing's way to 28 x 28, and which revision of the sheet it is of.
    live: Option<(u64, Arc<Stages>)>,
    /// Which of the held-out images.
    place: usize,
    brought: Option<Brought>,
    /// A picture that is being read.
    coming: Option<Receiver<Result<Brought, String>>>,
    trouble: Option<String>,
    map: Heatmap,
}

impl Sample {
    /// Its pixels; none of an empty page.
    pub(super) fn pixels(&mut self, snapshot: &Snapshot) -> Option<[u8; PIXELS]> {
        let pixels = match self.source {
            Source::Drawing if self.pad.is_empty() => None,
            Source::Drawing => Some(self.drawing().result),
            Source::HeldOut => {
                let samples = &snapshot.task.valid;
                self.place = self.place.min(samples.len().saturating_sub(1));
                let index = samples.indices().get(self.place)?;
                samples.pixels().get(*index as usize).copied()
            }
            Source::Picture => self.brought.as_ref().map(|brought| brought.pixels),
        };
        pixels.filter(|pixels| pixels.iter().any(|&ink| ink > 0))
    }

    /// The digit that it is known to show.
    pub(super) fn truth(&self, snapshot: &Snapshot) -> Option<u8> {
        let class = *snapshot.task.valid.classes().get(self.place)?;
        (self.source == Source::HeldOut).then(|| snapshot.digits.get(usize::from(class)).copied())?
    }

    /// Its way to 28 x 28, if it had one.
    pub(super) fn stages(&mut self) -> Option<Arc<Stages>> {
        match self.source {
            Source::Drawing => (!self.pad.is_empty()).then(|| self.drawing()),
            Source::HeldOut => None,
            Source::Picture => self.brought.as_ref()?.stages.clone(),
        }
    }

    /// Which of the held-out images it is, if it is one.
    pub(super) fn held_out(&self) -> Option<usize> {
        (self.source == Source::HeldOut).then_some(self.place)
    }

    /// Looks at the held-out image at `place`.
    pub(super) const fn choose(&mut self, place: usize) {
        self.source = Source::HeldOut;
        self.place = place;
    }

    /// Reads the picture at `path` on a thread of its own: it may be a large photo.
    pub(super) fn open(&mut self, path: PathBuf) {
        self.source = Source::Picture;
        self.trouble = None;
        let (sender, receiver) = channel();
        let started = std::thread::Builder::new().name("picture".to_owned()).spawn(move || {
            // Nobody listens when another picture came meanwhile.
            sender.send(read(&path)).ok();
        });
        self.coming = started.is_ok().then_some(receiver);
        if self.coming.is_none() {
            self.trouble = Some("The picture was not read: no thread could be started. Try again.".to_owned());
        }
    }

    /// Draws it with the ways to choose another; `words` says what a pixel of it does.
    pub(super) fn show(
        &mut self,
        ui: &mut Ui,
        scene: &mut Scene<'_, Trainer>,
        is_low: bool,
        words: impl Fn(usize) -> Option<String>,
    ) {
        self.take_coming(ui);
        let snapshot = scene.snapshot;
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 3.0;
            ui.spacing_mut().button_padding.x = 8.0;
            for (source, _, title, tip) in Source::ALL {
                ui.selectable_value(&mut self.source, source, title).on_hover_text(tip);
            }
        });
        let side = (ui.available_width() - BUTTONS).clamp(120.0, if is_low { 132.0 } else { 230.0 }).floor();
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = 8.0;
            match self.source {
                Source::Drawing => {
                    self.pad.show(ui, "A sheet to draw a digit on: hold the mouse button or pen down; or move with the arrow keys and press Space", side);
                }
                Source::HeldOut | Source::Picture => self.picture(ui, snapshot, side, words),
            }
            ui.vertical(|ui| {
                ui.set_width(BUTTONS - 8.0);
                self.buttons(ui, scene);
            });
        });
        let weak = theme::tokens(ui).text_weak;
        if let Some(name) = self.name(snapshot) {
            ui.add(Label::new(RichText::new(name).small().color(weak)).truncate());
        }
        if let Some(trouble) = &self.trouble {
            ui.add(Label::new(RichText::new(trouble).color(theme::tokens(ui).error)).wrap());
        }
    }

    /// What an empty page says.
    pub(super) fn invitation(&self) -> &'static str {
        match self.source {
            Source::Drawing => {
                "Draw a digit on the sheet, and both answer as you draw. Try one that the model does not know, too.\n\nWithout a mouse: Tab to the sheet, move with the arrow keys, press Space to set the pen down and to lift it."
            }
            Source::HeldOut => "There are no held-out images.",
            Source::Picture if self.coming.is_some() => "Reading the picture \u{2026}",
            Source::Picture if self.brought.is_some() => "No ink was found in this picture. Try another.",
            Source::Picture => "Drop a picture of a digit on the window, or open one.",
        }
    }

    fn name(&self, snapshot: &Snapshot) -> Option<String> {
        match self.source {
            Source::Drawing => None,
            Source::HeldOut => {
                let samples = &snapshot.task.valid;
                let source = samples.images().source(*samples.indices().get(self.place)? as usize);
                let digit = self.truth(snapshot).map_or_else(String::new, |digit| format!(", {}", article(digit)));
                Some(format!("{source}{digit}; {} of {}", self.place + 1, samples.len()))
            }
            Source::Picture => self.brought.as_ref().map(|brought| brought.name.clone()),
        }
    }

    fn picture(&mut self, ui: &mut Ui, snapshot: &Snapshot, side: f32, words: impl Fn(usize) -> Option<String>) {
        let pixels = self.pixels(snapshot).unwrap_or([0; PIXELS]);
        let values = pixels.map(|byte| f32::from(byte) / 255.0);
        let label = self.name(snapshot).unwrap_or_else(|| "No picture yet".to_owned());
        let cell = self.map.show(ui, &label, &values, SIDE, Scale::Ink { max: 1.0 }, side);
        if self.source == Source::HeldOut {
            self.walk(ui, &cell.response, snapshot.task.valid.len());
        }
        if cell.response.has_focus() {
            let stroke = Stroke::new(2.0, theme::tokens(ui).accent);
            ui.painter().rect_stroke(cell.rect, 0, stroke, StrokeKind::Outside);
        }
        if let Some(text) = cell.at.and_then(|(row, column)| words(row * SIDE + column)) {
            cell.response.on_hover_text_at_pointer(text);
        }
    }

    /// The arrow keys walk among the held-out images while the picture has the focus: left and right by one, up and down
    /// by ten.
    fn walk(&mut self, ui: &Ui, picture: &Response, count: usize) {
        if picture.clicked() {
            picture.request_focus();
        }
        if !picture.has_focus() {
            return;
        }
        let filter = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(picture.id, filter));
        let steps = ui.input(|input| {
            let presses = |key| i64::try_from(input.num_presses(key)).unwrap_or(0);
            presses(Key::ArrowRight) - presses(Key::ArrowLeft)
                + LEAP * (presses(Key::ArrowDown) - presses(Key::ArrowUp))
        });
        self.step(steps, count);
    }

    fn step(&mut self, steps: i64, count: usize) {
        let place = i64::try_from(self.place).unwrap_or(0).saturating_add(steps).max(0);
        self.place = usize::try_from(place).unwrap_or(0).min(count.saturating_sub(1));
    }

    fn buttons(&mut self, ui: &mut Ui, scene: &mut Scene<'_, Trainer>) {
        ui.spacing_mut().button_padding.x = 6.0;
        let button = |ui: &mut Ui, on: bool, name: &str, tip: &str| {
            ui.add_enabled(on, egui::Button::new(name)).on_hover_text(tip).clicked()
        };
        let count = scene.snapshot.task.valid.len();
        match self.source {
            Source::Drawing => {
                if button(ui, self.pad.can_undo(), "Undo", "Take the last stroke back") {
                    self.pad.undo();
                }
                if button(ui, self.pad.can_redo(), "Redo", "Draw it again") {
                    self.pad.redo();
                }
                if button(ui, !self.pad.is_empty(), "Clear", "A fresh sheet; undo brings the old one back") {
                    self.pad.clear();
                }
            }
            Source::HeldOut => {
                if button(
                    ui,
                    self.place + 1 < count,
                    "Next",
                    "The next held-out image (click the picture, then \u{2192})",
                ) {
                    self.step(1, count);
                }
                if button(ui, self.place > 0, "Back", "The one before (click the picture, then \u{2190})") {
                    self.step(-1, count);
                }
                let mut place = self.place + 1;
                let drag = egui::DragValue::new(&mut place).range(1..=count.max(1)).speed(0.2);
                let tip = format!("Which of the {count} held-out images; drag, or click and type");
                let response = ui.add(drag).on_hover_text(&tip);
                response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::SpinButton, true, &tip));
                self.place = place.saturating_sub(1);
            }
            Source::Picture => {
                if button(ui, true, "Open \u{2026}", "Choose a picture file (Ctrl O); or drop one on the window") {
                    scene.wishes.push(Wish::ChooseFile);
                }
                if button(ui, true, "Paste", "Take the picture on the clipboard (Ctrl V)") {
                    scene.wishes.push(Wish::Paste);
                }
            }
        }
    }

    /// The drawing's way to 28 x 28, worked out only when the sheet changed.
    fn drawing(&mut self) -> Arc<Stages> {
        let revision = self.pad.revision();
        if let Some((of, stages)) = &self.live
            && *of == revision
        {
            return Arc::clone(stages);
        }
        let picture = Picture::new(DynamicImage::ImageLuma8(self.pad.picture()));
        let stages = Arc::new(to_mnist(&picture, &Steps::default()));
        self.live = Some((revision, Arc::clone(&stages)));
        stages
    }

    fn take_coming(&mut self, ui: &Ui) {
        let Some(coming) = &self.coming else { return };
        match coming.try_recv() {
            Ok(Ok(brought)) => self.brought = Some(brought),
            Ok(Err(sentence)) => self.trouble = Some(sentence),
            Err(TryRecvError::Empty) => return ui.ctx().request_repaint_after(Duration::from_millis(30)),
            Err(TryRecvError::Disconnected) => self.trouble = Some("The picture could not be read.".to_owned()),
        }
        self.coming = None;
        ui.ctx().request_repaint();
    }

    pub(super) fn save(&self, saved: &mut Map<String, Value>) {
        let name = Source::ALL.iter().find(|entry| entry.0 == self.source).map_or("", |entry| entry.1);
        saved.insert("sample".to_owned(), name.into());
        let strokes = self.pad.strokes();
        match self.source {
            Source::HeldOut => {
                saved.insert("place".to_owned(), self.place.into());
            }
            Source::Drawing if strokes.iter().map(Vec::len).sum::<usize>() <= 2 * MAX_KEPT => {
                saved.insert("strokes".to_owned(), strokes.into());
            }
            // A drawing beyond all measure comes back as the picture that it makes.
            Source::Drawing => {
                saved.insert("sample".to_owned(), "picture".into());
                saved.extend(self.live.as_ref().map(|(_, stages)| ("pixels".to_owned(), hex(&stages.result).into())));
            }
            Source::Picture => {
                saved.extend(self.brought.as_ref().map(|brought| ("pixels".to_owned(), hex(&brought.pixels).into())));
            }
        }
    }

    /// Takes up what [`Sample::save`] gave; it may come from anywhere.
    pub(super) fn restore(&mut self, saved: &Map<String, Value>) {
        let name = saved.get("sample").and_then(Value::as_str);
        self.source = Source::ALL.iter().find(|entry| name == Some(entry.1)).map_or(Source::default(), |entry| entry.0);
        let place = saved.get("place").and_then(Value::as_u64);
        self.place = place.and_then(|place| usize::try_from(place).ok()).unwrap_or(0);
        self.pad.draw(&saved.get("strokes").map(strokes).unwrap_or_default());
        let pixels = saved.get("pixels").and_then(Value::as_str).and_then(unhex);
        self.brought = pixels.map(|pixels| Brought { name: "Your picture".to_owned(), pixels, stages: None });
        self.coming = None;
        self.trouble = None;
    }
}

/// Reads a picture and takes it to 28 x 28.
fn read(path: &Path) -> Result<Brought, String> {
    let picture = load_picture(path).map_err(|error| error.to_string())?;
    let stages = to_mnist(&picture, &Steps::default());
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Ok(Brought { name, pixels: stages.result, stages: Some(Arc::new(stages)) })
}

/// Strokes as a saved state has them: lists of numbers; at most [`MAX_KEPT`] points of them.
#[expect(clippy::cast_possible_truncation, reason = "they were f32, and the pad clamps what was not")]
fn strokes(saved: &Value) -> Vec<Vec<f32>> {
    let mut room = 2 * MAX_KEPT;
    let mut strokes = Vec::new();
    for stroke in saved.as_array().into_iter().flatten().filter_map(Value::as_array) {
        let numbers: Vec<f32> =
            stroke.iter().take(room).filter_map(Value::as_f64).map(|number| number as f32).collect();
        room -= numbers.len();
        if room == 0 || numbers.is_empty() {
            break;
        }
        strokes.push(numbers);
    }
    strokes
}

/// Two digits a byte.
fn hex(pixels: &[u8; PIXELS]) -> String {
    let digit = |byte: u8| char::from_digit(byte.into(), 16).unwrap_or_default();
    pixels.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// What [`hex`] wrote; none if it is not that.
fn unhex(text: &str) -> Option<[u8; PIXELS]> {
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let byte = |[high, low]: &[u8; 2]| u8::try_from(16 * digit(*high)? + digit(*low)?).ok();
    let bytes: Vec<u8> = pairs.iter().take(PIXELS + 1).map_while(byte).collect();
    (rest.is_empty() && pairs.len() == PIXELS).then(|| bytes.try_into().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn saved(sample: &Sample) -> Map<String, Value> {
        let mut saved = Map::new();
        sample.save(&mut saved);
        saved
    }

    #[test]
    fn a_sample_survives_in_a_saved_state() {
        for state in [
            serde_json::json!({"sample": "drawing", "strokes": [[24.0, 80.0, 70.125, 200.0, 70.0], [9.5, 3.0, 4.0]]}),
            serde_json::json!({"sample": "held out", "place": 77}),
            serde_json::json!({"sample": "picture", "pixels": "0aff".repeat(PIXELS / 2)}),
            serde_json::json!({"sample": "picture"}),
        ] {
            let mut sample = Sample::default();
            sample.restore(state.as_object().unwrap());
            assert_eq!(Value::Object(saved(&sample)), state);
        }
    }

    #[test]
    fn a_state_from_anywhere_is_bounded() {
        let long = vec![9.0; 100_000];
        let states = [
            serde_json::json!({"sample": "picture", "pixels": "zz".repeat(PIXELS)}),
            serde_json::json!({"sample": "picture", "pixels": "00".repeat(PIXELS + 1)}),
            serde_json::json!({"sample": "drawing", "strokes": {"a": 1}}),
            serde_json::json!({"sample": "drawing", "strokes": [[], ["x"], 3, [1e300, 1.0, 2.0], long]}),
            serde_json::json!({"sample": "held out", "place": u64::MAX}),
            serde_json::json!({"sample": 5, "place": -1}),
        ];
        for state in states {
            let mut sample = Sample::default();
            sample.restore(state.as_object().unwrap());
            assert!(sample.brought.is_none());
            assert!(sample.pad.strokes().iter().map(Vec::len).sum::<usize>() <= 2 * MAX_KEPT);
        }
    }

    #[test]
    fn a_drawing_beyond_all_measure_comes_back_as_its_picture() {
        let mut sample = Sample::default();
        let scribble = (0..3 * MAX_KEPT).map(|i| (i % 280) as f32);
        sample.pad.draw(&[std::iter::once(24.0).chain(scribble).collect()]);
        let pixels = sample.drawing().result;
        let saved = saved(&sample);
        assert!(!saved.contains_key("strokes"));
        let mut again = Sample::default();
        again.restore(&saved);
        assert!(again.source == Source::Picture && again.brought.is_some_and(|brought| brought.pixels == pixels));
    }

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
        assert_eq!(brought.name, "three.png");
        assert!(brought.pixels.iter().any(|&ink| ink > 200));
    }
}
