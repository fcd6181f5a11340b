//! What the model is fed: the order of the images, mini-batch by mini-batch.

mod band;
mod toy;

use super::Page;
use crate::data::SIDE;
use crate::engine::Move;
use crate::experiments::trainer::{Composition, LoaderLook, Snapshot, Trainer};
use crate::panels::Scene;
use crate::widgets::gallery::{Gallery, Item};
use crate::widgets::theme;
use egui::{Align2, FontId, Label, Rect, RichText, Role, Sense, Ui, Vec2, WidgetInfo, pos2};

/// Images of a mini-batch that are shown, in one row; fewer where they do not fit.
const IMAGES: usize = 24;
/// Points along each.
const SIDE_POINTS: f32 = 30.0;

/// The page.
#[derive(Default)]
pub(super) struct Loader {
    band: band::Band,
    images: Gallery,
}

impl Page for Loader {
    fn show(&mut self, ui: &mut Ui, scene: &mut Scene<'_, Trainer>) {
        let snapshot = scene.snapshot;
        let tokens = theme::tokens(ui);
        // For a frame or so after the page was turned to, nothing is counted yet.
        let Some(epoch) = scene.seen.loader.epoch(snapshot) else { return };
        let Some(last) = epoch.counts.len().checked_sub(1) else {
            ui.label("There are no images to be loaded.");
            return;
        };
        let look = &mut scene.look.loader;
        let present = snapshot.batch.as_ref().and_then(|batch| usize::try_from(batch.number - 1).ok());
        ui.add(Label::new(&epoch.said).wrap());
        legend(ui, snapshot);
        let shown = |look: &LoaderLook| look.mini_batch.or(present).unwrap_or(0).min(last);
        let height = (ui.available_height() * 0.3).clamp(90.0, 190.0);
        if let Some(picked) = self.band.show(ui, snapshot, epoch, present, shown(look), height) {
            // The present one is followed, not held.
            look.mini_batch = Some(picked).filter(|_| present != Some(picked));
        }
        if snapshot.settings.shuffle && snapshot.batch.is_none() {
            ui.horizontal(|ui| {
                ui.label(
                    RichText::new(
                        "This is the order before shuffling: each epoch draws its own at its first mini-batch.",
                    )
                    .color(tokens.text_weak),
                );
                if ui.button("Draw it").on_hover_text("Go to the first mini-batch").clicked() {
                    scene.moves.push(Move::Step(2));
                }
            });
        }
        self.batch(ui, snapshot, epoch, look, shown(look), present);
        ui.add_space(6.0);
        ui.separator();
        if let Some(seen) = scene.seen.loader.toy() {
            toy::show(ui, &mut look.toy, seen);
        }
    }
}

impl Loader {
    /// What the mini-batch that is looked at is made of, and its first images.
    fn batch(
        &mut self,
        ui: &mut Ui,
        snapshot: &Snapshot,
        epoch: &Composition,
        look: &mut LoaderLook,
        shown: usize,
        present: Option<usize>,
    ) {
        let mine = epoch.counts.get(shown).map_or(&[][..], Vec::as_slice);
        let size: u32 = mine.iter().sum();
        ui.horizontal(|ui| {
            ui.strong(format!("Mini-batch {} of {}", shown + 1, epoch.counts.len()));
            ui.label(RichText::new(format!("{size} images")).color(theme::tokens(ui).text_weak));
            if look.mini_batch.is_some() && present != Some(shown) {
                let tip = "Look at the mini-batch whose phases run";
                if ui.button("Back to the present one").on_hover_text(tip).clicked() {
                    look.mini_batch = None;
                }
            }
            if present == Some(shown) {
                ui.label(RichText::new("the present one").color(theme::tokens(ui).accent));
            }
        });
        composition(ui, &snapshot.digits, mine);
        let samples = &snapshot.task.train;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small positive number")]
        let fit = (ui.available_width() / (SIDE_POINTS + 6.0)) as usize;
        let start = shown.saturating_mul(snapshot.settings.batch_size);
        let order = snapshot.order.iter().skip(start).take((size as usize).min(IMAGES).min(fit));
        let train = &snapshot.dataset.train;
        let items: Vec<Item<'_>> = order
            .filter_map(|&sample| samples.indices().get(sample as usize))
            .map(|&index| Item {
                pixels: train.image(index as usize),
                name: train.source(index as usize),
                caption: String::new(),
                chosen: false,
            })
            .collect();
        self.images.show(ui, "first images of the mini-batch", &items, SIDE, SIDE_POINTS);
    }
}

/// The colours of the digits.
fn legend(ui: &mut Ui, snapshot: &Snapshot) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 10.0;
        for &digit in &snapshot.digits {
            ui.label(RichText::new(format!("\u{25a0} {digit}")).small().color(theme::digit(digit)));
        }
        let text = "a column is a mini-batch, its first image on top; click one";
        ui.add(Label::new(RichText::new(text).small().color(theme::tokens(ui).text_weak)).truncate());
    });
}

/// How many images of each digit, as one bar with parts.
fn composition(ui: &mut Ui, digits: &[u8], counts: &[u32]) {
    let (rect, response) = ui.allocate_exact_size(Vec2::new(ui.available_width(), 22.0), Sense::hover());
    let parts = digits.iter().zip(counts).filter(|(_, count)| **count > 0);
    let said: Vec<String> = parts.clone().map(|(digit, count)| format!("{count} \u{00d7} {digit}")).collect();
    let label = said.join(", ");
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &label));
    let all: u32 = counts.iter().sum();
    let mut left = rect.left();
    for (&digit, &count) in parts {
        let right = left + rect.width() * count as f32 / all.max(1) as f32;
        let part = Rect::from_min_max(pos2(left, rect.top()), pos2((right - 1.0).max(left + 0.5), rect.bottom()));
        let color = theme::digit(digit);
        ui.painter().rect_filled(part, 2, color);
        let font = FontId::monospace(11.5);
        let full = format!("{count} \u{00d7} {digit}");
        let text = if part.width() > 64.0 { full } else { count.to_string() };
        if part.width() > 26.0 {
            ui.painter().text(part.center(), Align2::CENTER_CENTER, text, font, theme::text_on(color));
        }
        left = right;
    }
    response.on_hover_text(label);
}
