//! The code cell of a lesson, and what it prints.

use super::theme;
use egui::{RichText, Ui};
use egui_extras::syntax_highlighting::{CodeTheme, highlight};

/// A cell as in a notebook: PyTorch code, and below it the live output.
pub fn cell(ui: &mut Ui, code: &str, output: &str) {
    let tokens = theme::tokens(ui);
    egui::Frame::new().fill(tokens.code).corner_radius(6).inner_margin(10).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = 6.0;
        // Small enough for a line of the chapter's code in a narrow window.
        ui.style_mut().text_styles.insert(egui::TextStyle::Monospace, egui::FontId::monospace(12.0));
        let theme = CodeTheme::from_style(ui.style());
        let job = highlight(ui.ctx(), ui.style(), &theme, code.trim_end(), "py");
        ui.add(egui::Label::new(job).wrap().selectable(true));
        if !output.trim().is_empty() {
            ui.separator();
            ui.add(egui::Label::new(RichText::new(output.trim_end()).monospace().color(tokens.accent)).wrap().selectable(true));
        }
    });
}
