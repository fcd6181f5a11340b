//! Which digit was taken for which, and the images behind each count.

use super::images::{Caption, Images};
use crate::experiments::trainer::{Judged, Trainer, article};
use crate::panels::Scene;
use crate::widgets::confusion;
use egui::Ui;

/// The view.
#[derive(Default)]
pub(super) struct Confusion {
    images: Images,
}

impl Confusion {
    /// Draws it; returns the index of the held-out image that was clicked.
    pub(super) fn show(&mut self, ui: &mut Ui, scene: &mut Scene<'_, Trainer>, judged: &Judged) -> Option<usize> {
        let (snapshot, seen) = (scene.snapshot, &scene.seen.test);
        let digits = &snapshot.digits;
        let look = &mut scene.look.test;
        let cell = look.cell_of(snapshot).map(|(actual, said)| (actual.into(), said.into()));
        let open = look.cell.filter(|_| cell.is_some());
        let width = ui.available_width().min(440.0);
        if let Some((row, column)) = confusion::show(ui, digits, &judged.confusion, cell, width) {
            let pressed = digits.get(row).copied().zip(digits.get(column).copied());
            look.cell = if pressed == open { None } else { pressed };
            self.images.restart();
        }
        let seen_look = &scene.seen_look.test;
        let listed = seen_look.cell.filter(|_| seen_look.cell_of(snapshot).is_some());
        ui.add_space(4.0);
        ui.horizontal(|ui| {
            ui.strong(title(listed, seen.listed().len()));
            if listed.is_some()
                && ui.small_button("All mistakes").on_hover_text("Close the cell, and show all mistakes").clicked()
            {
                look.cell = None;
                self.images.restart();
            }
        });
        let id = ("confusion images", Caption::Short);
        self.images.show(ui, id, snapshot, judged, seen.listed(), seen.held_out)
    }
}

fn title(open: Option<(u8, u8)>, count: usize) -> String {
    let plural = |noun: &str| format!("{count} {noun}{}", if count == 1 { "" } else { "s" });
    match open {
        None => format!("{}, by loss", plural("mistake")),
        Some((actual, said)) => format!("{} of {} called {said}", plural("image"), article(actual)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_named_in_plain_words() {
        assert_eq!(title(Some((8, 3)), 1), "1 image of an 8 called 3");
        assert_eq!(title(None, 79), "79 mistakes, by loss");
    }
}
