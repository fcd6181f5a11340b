//! A drawing pad whose drawing runs through the stages as it is drawn.

use super::stages::{StageRow, steps};
use super::{Page, Scene, go};
use crate::data::{Picture, Stages, Steps, to_mnist};
use crate::experiments::pixels::Pixels;
use crate::panels::Wish;
use crate::shot::State;
use crate::widgets::drawing_pad::{BRUSHES, DrawingPad};
use crate::widgets::theme;
use egui::{Key, KeyboardShortcut, Modifiers, RichText, Slider, Ui};
use image::DynamicImage;
use serde_json::{Map, Value};
use std::sync::Arc;

const UNDO: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::Z);
const REDO: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND.plus(Modifiers::SHIFT), Key::Z);
const REDO_TOO: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::Y);

/// The page.
#[derive(Default)]
pub(super) struct DrawPage {
    pad: DrawingPad,
    /// The sheet's way to 28 x 28, and which sheet and steps it is of.
    live: Option<(u64, Steps, Arc<Stages>)>,
    stages: StageRow,
}

impl Page for DrawPage {
    fn name(&self) -> &'static str {
        "draw"
    }

    fn title(&self) -> &'static str {
        "Draw"
    }

    fn tip(&self) -> &'static str {
        "Draw a digit and watch it become 28 x 28"
    }

    fn keeps_open(&self) -> bool {
        true
    }

    fn figure(&mut self, ui: &mut Ui, scene: &mut Scene<'_, Pixels>) {
        let all = ui.available_width();
        let mut changed = self.tools(ui);
        let gap = 18.0;
        let wide = all > 520.0;
        let side = if wide { (all * 0.56).min(ui.available_height() - 50.0).max(260.0) } else { all.min(360.0) };
        let mut sheet = |ui: &mut Ui, pad: &mut DrawingPad| {
            let label = "A sheet to draw a digit on: hold the mouse button or pen down; or move with the arrow keys and press Space";
            changed |= pad.show(ui, label, side.floor()).finished;
        };
        if wide {
            ui.horizontal_top(|ui| {
                ui.spacing_mut().item_spacing.x = gap;
                ui.vertical(|ui| sheet(ui, &mut self.pad));
                ui.vertical(|ui| self.way(ui, scene));
            });
        } else {
            sheet(ui, &mut self.pad);
            self.way(ui, scene);
        }
        if changed {
            self.hand_over(scene);
        }
    }
}

impl DrawPage {
    /// Undo, redo, clear and the brush; whether the sheet was changed.
    fn tools(&mut self, ui: &mut Ui) -> bool {
        let before = self.pad.revision();
        let pressed = |key: &KeyboardShortcut| ui.input_mut(|input| input.consume_shortcut(key));
        // The longer shortcut first: the shorter one matches it as well.
        let (redo, undo) = (pressed(&REDO) || pressed(&REDO_TOO), pressed(&UNDO));
        ui.horizontal_wrapped(|ui| {
            let button = |ui: &mut Ui, on: bool, name: &str, tip: &str| {
                ui.add_enabled(on, egui::Button::new(name)).on_hover_text(tip).clicked()
            };
            if button(ui, self.pad.can_undo(), "Undo", "Take the last stroke back (Ctrl Z)") || undo {
                self.pad.undo();
            }
            if button(ui, self.pad.can_redo(), "Redo", "Draw it again (Ctrl Shift Z)") || redo {
                self.pad.redo();
            }
            if button(ui, !self.pad.is_empty(), "Clear", "A fresh sheet; undo brings the old one back") {
                self.pad.clear();
            }
            ui.add_space(8.0);
            let name = ui.label("Brush");
            let slider = Slider::new(&mut self.pad.brush, BRUSHES).show_value(false);
            let tip = "How thick the next stroke is; MNIST's strokes are about a tenth of the sheet";
            ui.add(slider).labelled_by(name.id).on_hover_text(tip);
        });
        self.pad.revision() != before
    }

    /// The stages beside the sheet.
    fn way(&mut self, ui: &mut Ui, scene: &mut Scene<'_, Pixels>) {
        let tokens = theme::tokens(ui);
        if self.pad.is_empty() {
            ui.strong("Draw a digit");
            let text = "Hold the mouse button or the pen down on the sheet. As you draw, the stages that turn it into an image \
                like MNIST's appear here.\n\nLet go, and your drawing is the image that the lab looks at.\n\nWithout a mouse: Tab \
                to the sheet, move with the arrow keys, and press Space to set the pen down and to lift it.";
            ui.add(egui::Label::new(RichText::new(text).color(tokens.text_weak)).wrap());
            return;
        }
        let steps = steps(&scene.form);
        let stages = self.stages_now(steps);
        self.stages.show(ui, &stages, &mut scene.form, 2, false);
        ui.add_space(4.0);
        let button = egui::Button::new("Read its numbers");
        let kept = scene.snapshot.sample.stages.is_some();
        if ui.add_enabled(kept, button).on_hover_text("Your drawing's 28 x 28 numbers under the Image tab").clicked() {
            go(ui, "image");
        }
        let button = egui::Button::new("Compare with the means");
        let tip = "Go to the mean-image baseline with your drawing as its sample";
        if ui.add_enabled(kept, button).on_hover_text(tip).clicked() {
            scene.wishes.push(Wish::Open(judge(scene.form.text("file"))));
        }
    }

    /// The sheet's way to 28 x 28, worked out only when the sheet or the steps changed.
    fn stages_now(&mut self, steps: Steps) -> Arc<Stages> {
        let revision = self.pad.revision();
        if let Some((of, with, stages)) = &self.live
            && (*of, *with) == (revision, steps)
        {
            return Arc::clone(stages);
        }
        let picture = Picture::new(DynamicImage::ImageLuma8(self.pad.picture()));
        let stages = Arc::new(to_mnist(&picture, &steps));
        self.live = Some((revision, steps, Arc::clone(&stages)));
        stages
    }

    /// The drawing becomes the lab's image; a cleared sheet gives MNIST its place back.
    fn hand_over(&self, scene: &mut Scene<'_, Pixels>) {
        if self.pad.is_empty() {
            scene.form.set("file", "");
        } else {
            scene.wishes.push(Wish::Keep(DynamicImage::ImageLuma8(self.pad.picture())));
        }
    }
}

/// The baseline with every image stacked, and a picture as its sample.
fn judge(file: &str) -> State {
    let settings = Map::from_iter([("file".to_owned(), Value::from(file))]);
    // Beyond the end there is only the end.
    State::new("baseline", settings, u64::MAX, Map::new())
}
