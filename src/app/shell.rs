//! The parts of the window around a panel: the list of lessons, the lesson's text, the filmstrip, the notices.

use super::{Lab, help};
use crate::session::Look;
use crate::widgets::theme;
use egui::{Align, Button, CentralPanel, Frame, Label, Layout, Panel, RichText, ScrollArea, Sense, Stroke, Ui, Vec2};

const THUMBNAIL: Vec2 = Vec2::new(104.0, 65.0);

impl Lab {
    pub(super) fn shell(&mut self, ui: &mut Ui) {
        let tokens = theme::tokens(ui);
        let side = Frame::new().fill(tokens.card).inner_margin(12);
        let wide = ui.available_width() >= 1200.0;
        Panel::left("lessons")
            .frame(side)
            .resizable(false)
            .exact_size(if wide { 200.0 } else { 176.0 })
            .show(ui, |ui| self.list(ui));
        let lesson = Panel::right("lesson").frame(side).resizable(true).size_range(250.0..=560.0);
        lesson.default_size(if wide { 350.0 } else { 290.0 }).show(ui, |ui| self.panels[self.current].lesson_ui(ui));
        let strip = Frame::new().fill(tokens.card).inner_margin(egui::Margin::symmetric(12, 8));
        Panel::bottom("filmstrip").frame(strip).resizable(false).show(ui, |ui| self.strip(ui));
        let centre = Frame::new().fill(tokens.background).inner_margin(14);
        CentralPanel::default().frame(centre).show(ui, |ui| {
            self.notices(ui);
            self.panels[self.current].ui(ui);
        });
        if self.help {
            self.help = help::show(ui.ctx());
        }
    }

    fn list(&mut self, ui: &mut Ui) {
        let tokens = theme::tokens(ui);
        ui.label(RichText::new("Digit Lab").size(20.0).strong());
        ui.label(RichText::new("Watch a classifier learn").small().color(tokens.text_weak));
        ui.add_space(10.0);
        for place in 0..self.panels.len() {
            let panel = &self.panels[place];
            let (seen, all) = panel.progress();
            let selected = place == self.current;
            let text = RichText::new(format!("{}  {}", place + 1, panel.info().title));
            let text = if selected { text.strong().color(tokens.accent) } else { text };
            let fill = if selected { tokens.accent_tint } else { egui::Color32::TRANSPARENT };
            let button =
                Button::new(text).fill(fill).stroke(Stroke::NONE).min_size(Vec2::new(ui.available_width(), 30.0));
            let response = ui.with_layout(Layout::top_down_justified(Align::Min), |ui| ui.add(button)).inner;
            let response = response.on_hover_text(panel.info().summary);
            progress(ui, seen, all);
            if response.clicked() {
                self.current = place;
            }
        }
        ui.with_layout(Layout::bottom_up(Align::Min), |ui| {
            ui.horizontal(|ui| {
                for (look, name) in [(Look::Light, "Light"), (Look::Dark, "Dark"), (Look::System, "Auto")] {
                    ui.spacing_mut().item_spacing.x = 4.0;
                    ui.spacing_mut().button_padding.x = 7.0;
                    if ui.selectable_label(self.look == look, name).on_hover_text("How the lab looks").clicked() {
                        self.set_look(ui.ctx(), look);
                    }
                }
            });
            let wide = Vec2::new(ui.available_width(), 0.0);
            if ui.add(Button::new("Keys  (?)").min_size(wide)).on_hover_text("Every key of the lab").clicked() {
                self.help = true;
            }
            if ui
                .add(Button::new("Save screenshot").min_size(wide))
                .on_hover_text("A picture that opens as this very state (Ctrl S)")
                .clicked()
            {
                self.save_screenshot(ui.ctx());
            }
            if ui
                .add(Button::new("Open \u{2026}").min_size(wide))
                .on_hover_text("A screenshot of the lab, or any picture (Ctrl O)")
                .clicked()
            {
                self.files.choose(ui.ctx());
            }
        });
    }

    fn notices(&mut self, ui: &mut Ui) {
        let tokens = theme::tokens(ui);
        self.notices.retain(|notice| {
            let color = if notice.is_error { tokens.error } else { tokens.success };
            let frame = Frame::new().stroke(Stroke::new(1.0, color)).fill(tokens.card).corner_radius(6).inner_margin(8);
            frame
                .show(ui, |ui| {
                    ui.horizontal(|ui| {
                        let closed = ui.button("OK").on_hover_text("Close this notice").clicked();
                        ui.add(Label::new(RichText::new(&notice.text).color(color)).wrap());
                        !closed
                    })
                    .inner
                })
                .inner
        });
    }

    fn strip(&mut self, ui: &mut Ui) {
        let tokens = theme::tokens(ui);
        let arrow = if self.filmstrip { "\u{25be}" } else { "\u{25b8}" };
        let head =
            Button::new(RichText::new(format!("{arrow} Figures of this lesson")).small().color(tokens.text_weak))
                .frame(false);
        if ui.add(head).on_hover_text("Show or hide the filmstrip (F)").clicked() {
            self.filmstrip = !self.filmstrip;
        }
        if !self.filmstrip {
            return;
        }
        let panel = &mut self.panels[self.current];
        let figures = panel.lesson().map(|lesson| lesson.figures.clone()).unwrap_or_default();
        let name = panel.info().name;
        ScrollArea::horizontal().show(ui, |ui| {
            ui.horizontal(|ui| {
                for figure in &figures {
                    ui.vertical(|ui| {
                        ui.set_width(THUMBNAIL.x);
                        ui.spacing_mut().item_spacing.y = 3.0;
                        let (rect, response) = ui.allocate_exact_size(THUMBNAIL, Sense::click());
                        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, &figure.caption));
                        let line = if response.hovered() || response.has_focus() { tokens.accent } else { tokens.line };
                        ui.painter().rect(rect, 4, tokens.background, Stroke::new(1.0, line), egui::StrokeKind::Inside);
                        if let Some(texture) = self.thumbnails.get(ui.ctx(), name, &figures, figure) {
                            let uv = egui::Rect::from_min_max(egui::pos2(0.0, 0.0), egui::pos2(1.0, 1.0));
                            ui.painter().image(texture.id(), rect.shrink(1.0), uv, egui::Color32::WHITE);
                        }
                        if response.on_hover_text(&figure.caption).clicked() {
                            panel.open_figure(figure);
                        }
                        ui.add(Label::new(RichText::new(&figure.caption).small()).truncate());
                    });
                }
            });
        });
    }
}

/// How far a lesson was read, as a thin bar.
fn progress(ui: &mut Ui, seen: usize, all: usize) {
    let tokens = theme::tokens(ui);
    let (rect, response) = ui.allocate_exact_size(Vec2::new(ui.available_width(), 3.0), Sense::hover());
    let done = if all == 0 { 0.0 } else { seen as f32 / all as f32 };
    ui.painter().rect_filled(rect, 2, tokens.line);
    ui.painter().rect_filled(rect.with_max_x(rect.left() + rect.width() * done), 2, tokens.accent);
    response.on_hover_text(format!("{seen} of {all} phases and figures seen"));
}
