//! The code cell of a lesson, and what it prints.

use super::theme;
use egui::{Label, RichText, ScrollArea, Ui};
use egui_extras::syntax_highlighting::{CodeTheme, highlight};

/// The height, in points, that an output has at most before it scrolls.
const MAX_OUTPUT: f32 = 240.0;

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
        // Lines of code and rows of numbers keep their form: what is too wide scrolls.
        ScrollArea::horizontal().id_salt("code").show(ui, |ui| ui.add(Label::new(job).extend().selectable(true)));
        if !output.trim().is_empty() {
            ui.separator();
            let output = output.trim_end();
            let text = RichText::new(output).monospace().color(tokens.accent);
            let label = Label::new(text).selectable(true);
            // A single line has no form to be kept.
            let label = if output.contains('\n') { label.extend() } else { label.wrap() };
            let area = ScrollArea::both().id_salt("output").max_height(MAX_OUTPUT);
            area.show(ui, |ui| ui.add(label));
        }
    });
}
