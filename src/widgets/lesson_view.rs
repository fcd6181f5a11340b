//! The lesson's words for the current phase.

use super::{code, theme};
use crate::experiments::Values;
use crate::lesson::{Figure, Lesson, PhaseText, fill};
use egui::{RichText, ScrollArea, Ui};
use egui_commonmark::{CommonMarkCache, CommonMarkViewer};

/// What a lesson view keeps between frames.
#[derive(Default)]
pub struct LessonView {
    cache: CommonMarkCache,
}

impl LessonView {
    /// Draws the lesson: the figure that was opened last, the words for the phase, its code, and the live output.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        title: &str,
        lesson: &Lesson,
        text: Option<&PhaseText>,
        figure: Option<&Figure>,
        values: &Values,
    ) {
        let tokens = theme::tokens(ui);
        let live = |template: &str| match fill(template, |name| values.get(name).map(String::as_str)) {
            Ok(text) => text,
            Err(error) => error.to_string(),
        };
        ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
            ui.add_space(4.0);
            ui.heading(title);
            ui.add(egui::Label::new(RichText::new(&lesson.intro).color(tokens.text_weak)).wrap());
            if let Some(figure) = figure {
                ui.add_space(4.0);
                theme::card(ui).show(ui, |ui| {
                    ui.set_width(ui.available_width());
                    ui.label(RichText::new(&figure.caption).strong());
                    if !figure.text.is_empty() {
                        self.markdown(ui, &live(&figure.text));
                    }
                });
            }
            if let Some(text) = text {
                ui.add_space(6.0);
                ui.label(RichText::new(&text.title).size(16.0).strong());
                self.markdown(ui, &live(&text.text));
                if !text.code.is_empty() {
                    code::cell(ui, &live(&text.code), &live(&text.output));
                }
                if !text.more.is_empty() {
                    ui.add_space(2.0);
                    egui::CollapsingHeader::new("Tell me more").id_salt(&text.title).show(ui, |ui| {
                        self.markdown(ui, &live(&text.more));
                    });
                }
            }
            ui.add_space(12.0);
        });
    }

    fn markdown(&mut self, ui: &mut Ui, text: &str) {
        CommonMarkViewer::new().show(ui, &mut self.cache, text);
    }
}
