//! A drawing pad whose drawing runs through the stages as it is drawn.

use super::Scene;
use super::stages::StageRow;
use crate::data::BRUSHES;
use crate::experiments::pixels::{Pixels, Tab};
use crate::experiments::{Checked, Experiment as _, Saved, Source, baseline};
use crate::panels::Wish;
use crate::shot::State;
use crate::widgets::drawing_pad::DrawingPad;
use crate::widgets::theme;
use egui::{Key, KeyboardShortcut, Modifiers, RichText, Slider, Ui};
use image::DynamicImage;

const UNDO: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::Z);
const REDO: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND.plus(Modifiers::SHIFT), Key::Z);
const REDO_TOO: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::Y);

/// The page.
#[derive(Default)]
pub(super) struct DrawPage {
    pad: DrawingPad,
    stages: StageRow,
}

impl DrawPage {
    pub(super) fn show(&mut self, ui: &mut Ui, scene: &mut Scene<'_, Pixels>) {
        self.pad.follow(&scene.look.strokes);
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
        scene.look.strokes = self.pad.drawing().clone();
        if changed {
            self.hand_over(scene);
        }
    }

    /// Undo, redo, clear and the brush; whether the sheet was changed.
    fn tools(&mut self, ui: &mut Ui) -> bool {
        let before = self.pad.drawing().clone();
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
            if button(ui, !self.pad.drawing().is_empty(), "Clear", "A fresh sheet; undo brings the old one back") {
                self.pad.clear();
            }
            ui.add_space(8.0);
            let name = ui.label("Brush");
            let slider = Slider::new(&mut self.pad.brush, BRUSHES).show_value(false);
            let tip = "How thick the next stroke is; MNIST's strokes are about a tenth of the sheet";
            ui.add(slider).labelled_by(name.id).on_hover_text(tip);
        });
        *self.pad.drawing() != before
    }

    /// The stages beside the sheet.
    fn way(&mut self, ui: &mut Ui, scene: &mut Scene<'_, Pixels>) {
        let tokens = theme::tokens(ui);
        if self.pad.drawing().is_empty() {
            ui.strong("Draw a digit");
            let text = "Hold the mouse button or the pen down on the sheet. As you draw, the stages that turn it into an image \
                like MNIST's appear here.\n\nLet go, and your drawing is the image that the lab looks at.\n\nWithout a mouse: Tab \
                to the sheet, move with the arrow keys, and press Space to set the pen down and to lift it.";
            ui.add(egui::Label::new(RichText::new(text).color(tokens.text_weak)).wrap());
            return;
        }
        // Of a stroke that has only begun there is nothing to see yet.
        let Some(stages) = scene.seen.drawn.get() else { return };
        self.stages.show(ui, stages, &mut scene.form, 2, false);
        ui.add_space(4.0);
        let button = egui::Button::new("Read its numbers");
        let kept = scene.snapshot.brought.is_some();
        if ui.add_enabled(kept, button).on_hover_text("Your drawing's 28 x 28 numbers under the Image tab").clicked() {
            scene.look.tab = Tab::Image;
        }
        let button = egui::Button::new("Compare with the means");
        let tip = "Go to the mean-image baseline with your drawing as its sample";
        if ui.add_enabled(kept, button).on_hover_text(tip).clicked() {
            scene.wishes.push(Wish::Open(judge(&scene.form.file)));
        }
    }

    /// The drawing becomes the lab's image; a cleared sheet gives MNIST its place back.
    fn hand_over(&self, scene: &mut Scene<'_, Pixels>) {
        if self.pad.drawing().is_empty() {
            scene.form.edit(|settings| settings.file = Source::none());
        } else {
            scene.wishes.push(Wish::Keep(DynamicImage::ImageLuma8(self.pad.drawing().picture())));
        }
    }
}

/// The baseline with every image stacked, and a picture as its sample.
fn judge(file: &Source) -> State {
    let chosen = baseline::Settings { file: file.clone(), ..baseline::Settings::default() };
    let saved = Saved::of(&Checked::new(chosen).unwrap_or_default(), &baseline::Look::default());
    // Beyond the end there is only the end.
    State::new(baseline::Baseline::INFO.name, saved, u64::MAX)
}
