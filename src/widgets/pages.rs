//! The tabs above a figure.

use crate::experiments::Page;
use egui::Ui;

/// Draws a tab for each page; a click turns to it. Returns whether one was clicked, be it the open one. To be used inside a row.
pub fn show<P: Page>(ui: &mut Ui, open: &mut P) -> bool {
    ui.spacing_mut().item_spacing.x = 4.0;
    row(ui, open)
}

/// The same, as far apart as the other things in the row.
pub fn row<P: Page>(ui: &mut Ui, open: &mut P) -> bool {
    let mut clicked = false;
    for &page in P::ALL {
        clicked |= ui.selectable_value(open, page, page.title()).on_hover_text(page.meaning()).clicked();
    }
    clicked
}
