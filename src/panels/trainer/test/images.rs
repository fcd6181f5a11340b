//! Held-out images as a gallery, each with how wrong the model was about it.

use crate::data::SIDE;
use crate::experiments::trainer::{Judged, Snapshot, article};
use crate::widgets::gallery::{Gallery, Item};
use crate::widgets::theme;
use egui::{RichText, Ui};

/// What stands under an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Caption {
    /// Loss and probability.
    Short,
    /// Answer, digit, loss and probability.
    Long,
}

impl Caption {
    /// Images in a row, the narrowest and the widest image, and images on a page.
    const fn layout(self) -> (f32, f32, usize) {
        match self {
            Self::Short => (58.0, 70.0, 40),
            Self::Long => (86.0, 112.0, 18),
        }
    }

    /// What the numbers under an image are.
    const fn legend(self) -> &'static str {
        match self {
            Self::Short => "Under each: its loss / how sure the model was of its answer. Press one to look at it.",
            Self::Long => "Under each: answer / digit / loss / how sure it was. Press one to look at it.",
        }
    }
}

/// A gallery with pages.
#[derive(Default)]
pub(super) struct Images {
    gallery: Gallery,
    page: usize,
}

impl Images {
    /// Back to the first page.
    pub(super) const fn restart(&mut self) {
        self.page = 0;
    }

    /// Draws the images at these indices; `chosen` is marked. Returns the index that was clicked.
    pub(super) fn show(
        &mut self,
        ui: &mut Ui,
        (id, caption): (&str, Caption),
        snapshot: &Snapshot,
        judged: &Judged,
        indices: &[usize],
        chosen: Option<usize>,
    ) -> Option<usize> {
        let (narrow, wide, on_a_page) = caption.layout();
        let pages = indices.len().div_ceil(on_a_page).max(1);
        self.page = self.page.min(pages - 1);
        let weak = theme::tokens(ui).text_weak;
        if indices.is_empty() {
            ui.label(RichText::new("There are none.").color(weak));
            return None;
        }
        ui.add(egui::Label::new(RichText::new(caption.legend()).small().color(weak)).wrap());
        let shown = indices.get(self.page * on_a_page..).unwrap_or_default();
        let shown = shown.get(..on_a_page.min(shown.len())).unwrap_or_default();
        let items: Vec<Item<'_>> =
            shown.iter().filter_map(|&index| item(snapshot, judged, index, caption, chosen)).collect();
        let gap = 6.0;
        let all = ui.available_width();
        let columns = ((all + gap) / (narrow + gap)).floor().max(1.0);
        let width = ((all - gap * (columns - 1.0)) / columns - 0.5).min(wide).floor();
        let clicked = self.gallery.show(ui, id, &items, SIDE, width).and_then(|at| shown.get(at));
        if pages > 1 {
            ui.horizontal(|ui| {
                let turn = |ui: &mut Ui, on: bool, text: &str, tip: &str| {
                    ui.add_enabled(on, egui::Button::new(text).small()).on_hover_text(tip).clicked()
                };
                if turn(ui, self.page > 0, "Previous", "The images before these") {
                    self.page -= 1;
                }
                if turn(ui, self.page + 1 < pages, "Next page", "The images after these") {
                    self.page += 1;
                }
                ui.label(RichText::new(format!("{} / {pages}", self.page + 1)).small().color(weak));
            });
        }
        clicked.copied()
    }
}

fn item<'a>(
    snapshot: &'a Snapshot,
    judged: &Judged,
    index: usize,
    caption: Caption,
    chosen: Option<usize>,
) -> Option<Item<'a>> {
    let samples = &snapshot.task.valid;
    let at = *samples.indices().get(index)? as usize;
    let digit = |class: u8| snapshot.digits.get(usize::from(class)).copied();
    let (actual, said) = judged.answers.pair(index)?;
    let (actual, said) = (digit(actual)?, digit(said)?);
    let (loss, sure) = (*judged.losses.get(index)?, *judged.confidences.get(index)?);
    let short = format!("{loss:.2}/{sure:.2}");
    Some(Item {
        pixels: samples.images().image(at),
        name: format!(
            "{}, {} called {}, loss {loss:.4}, {:.1} % sure",
            samples.images().source(at),
            article(actual),
            article(said),
            100.0 * sure
        ),
        caption: match caption {
            Caption::Short => short,
            Caption::Long => format!("{said}/{actual}/{short}"),
        },
        chosen: chosen == Some(index),
    })
}
