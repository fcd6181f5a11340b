//! The fifth tab: the array operation against a loop over pixels, timed on this machine when a button is pressed.

use crate::engine::Job;
use crate::experiments::baseline::{Baseline, Race, race};
use crate::experiments::{Digits, Table};
use crate::math::distance::Metric;
use crate::panels::Scene;
use crate::widgets::{readout, theme};
use egui::{Label, RichText, Ui, Vec2};
use std::sync::Arc;

/// What was measured, with which digits, and by which metric.
type Outcome = (Race, Digits, Metric);

/// The measurement under way, and the last one.
#[derive(Default)]
pub(super) struct Speed {
    job: Job<Outcome>,
    asked: bool,
    result: Option<Outcome>,
    failed: bool,
}

impl Speed {
    pub(super) fn show(&mut self, ui: &mut Ui, scene: &Scene<'_, Baseline>) {
        self.poll();
        let classes = &scene.seen.report.classes;
        let valid: usize = classes.iter().map(|class| class.valid).sum();
        let pixels = valid * classes.len() * crate::data::PIXELS;
        let text = format!(
            "To find the distance of {valid} held-out images to {} means, {:.1} million pixels are compared. You can write that as a loop over images, means and pixels, or as one operation on whole arrays.",
            classes.len(),
            pixels as f64 / 1e6
        );
        ui.add(Label::new(text).wrap());
        ui.add_space(4.0);
        ui.horizontal(|ui| {
            let idle = !self.asked;
            let button = egui::Button::new(if idle { "Measure both" } else { "Measuring \u{2026}" });
            let tip = "Runs each five times on this machine and takes the fastest; the lab stays usable meanwhile";
            if ui.add_enabled(idle, button).on_hover_text(tip).clicked() {
                self.start(ui, scene);
            }
            if !idle {
                ui.spinner();
            }
        });
        ui.add_space(4.0);
        if self.failed {
            ui.label(
                RichText::new("The measurement could not be run: no thread could be started. Try again.")
                    .color(theme::tokens(ui).error),
            );
        }
        if let Some((race, digits, metric)) = &self.result {
            outcome(ui, race, digits, *metric);
        } else {
            let weak = theme::tokens(ui).text_weak;
            ui.label(RichText::new("Nothing is measured yet: press the button.").color(weak));
        }
    }

    /// Whether a measurement is under way.
    #[cfg(test)]
    pub(super) const fn is_running(&self) -> bool {
        self.asked
    }

    /// Whether there is something to show.
    #[cfg(test)]
    pub(super) const fn has_result(&self) -> bool {
        self.result.is_some()
    }

    fn start(&mut self, ui: &Ui, scene: &Scene<'_, Baseline>) {
        let (data, digits) = (Arc::clone(&scene.snapshot.data), scene.snapshot.digits.clone());
        let (metric, ctx) = (scene.seen.report.metric, ui.ctx().clone());
        let started = self.job.start("baseline-race", Arc::new(move || ctx.request_repaint()), move |cancel| {
            (race(&data, &digits, metric, cancel), digits, metric)
        });
        self.asked = started.is_ok();
        self.failed = started.is_err();
    }

    fn poll(&mut self) {
        if self.asked && !self.job.is_running() {
            self.asked = false;
            match self.job.take() {
                Some(result) => self.result = Some(result),
                None => self.failed = true,
            }
        }
    }
}

fn outcome(ui: &mut Ui, race: &Race, digits: &[u8], metric: Metric) {
    let tokens = theme::tokens(ui);
    let text = format!("The array operation was {} times faster.", times(race.times_faster()));
    ui.label(RichText::new(text).size(16.0).strong().color(tokens.success));
    let slowest = race.loop_seconds.max(race.array_seconds).max(f64::MIN_POSITIVE);
    for (name, seconds, color) in [
        ("a loop, one pixel at a time, on one core", race.loop_seconds, tokens.prediction),
        ("whole arrays, many pixels at once, on every core", race.array_seconds, tokens.data),
    ] {
        ui.label(RichText::new(format!("{name}: {}", milliseconds(seconds))).monospace());
        let width = ui.available_width().min(520.0);
        let (rect, _) = ui.allocate_exact_size(Vec2::new(width, 12.0), egui::Sense::hover());
        let bar = rect.with_max_x(rect.left() + (width * share(seconds, slowest)).max(1.0));
        ui.painter().rect_filled(rect, 3, tokens.code);
        ui.painter().rect_filled(bar, 3, color);
    }
    ui.add_space(4.0);
    let mut table = Table::new("", &["", "loop", "arrays"]);
    let both = |value: String| [value.clone(), value];
    let a_second = |seconds: f64| format!("{:.0}", race.images as f64 / seconds.max(f64::MIN_POSITIVE));
    table.row(std::iter::once("images".to_owned()).chain(both(race.images.to_string())));
    table.row(std::iter::once("means".to_owned()).chain(both(race.means.to_string())));
    table.row(["milliseconds".to_owned(), milliseconds(race.loop_seconds), milliseconds(race.array_seconds)]);
    table.row(["images a second".to_owned(), a_second(race.loop_seconds), a_second(race.array_seconds)]);
    table.row(["cores".to_owned(), "1".to_owned(), race.cores.to_string()]);
    readout::table(ui, "race", &table, 160.0);
    let digits: Vec<String> = digits.iter().map(ToString::to_string).collect();
    let note = format!(
        "Measured here, the fastest of five runs each, for the digits {} by {}. Both give the same distances, to {:.0e}. The loop is compiled code as well: one in Python would be far slower still.",
        digits.join(", "),
        metric.title(),
        race.largest_difference
    );
    ui.add(Label::new(RichText::new(note).small().color(tokens.text_weak)).wrap());
}

fn milliseconds(seconds: f64) -> String {
    format!("{:.2} ms", seconds * 1e3)
}

fn times(factor: f64) -> String {
    if factor < 10.0 { format!("{factor:.1}") } else { format!("{factor:.0}") }
}

/// How long a bar is, of the longest.
#[expect(clippy::cast_possible_truncation, reason = "a length on the screen")]
fn share(seconds: f64, slowest: f64) -> f32 {
    (seconds / slowest) as f32
}
