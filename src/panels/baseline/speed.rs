//! The fifth tab: the array operation against a loop over pixels, timed on this machine when a button is pressed.

use crate::experiments::Table;
use crate::experiments::baseline::{Race, Snapshot, race};
use crate::math::distance::Metric;
use crate::widgets::{readout, theme};
use egui::{Label, RichText, Ui, Vec2};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError, channel};

/// The state of the tab.
#[derive(Default)]
pub(super) struct Speed {
    running: Option<Receiver<Race>>,
    /// What was measured last, the digits that it was measured with, and the metric.
    result: Option<(Race, Vec<u8>, Metric)>,
    asked: Option<(Vec<u8>, Metric)>,
    failed: bool,
}

impl Speed {
    pub(super) fn show(&mut self, ui: &mut Ui, snapshot: &Snapshot) {
        self.poll();
        let valid: usize = snapshot.classes.iter().map(|class| class.valid).sum();
        let pixels = valid * snapshot.classes.len() * crate::data::PIXELS;
        let text = format!(
            "To find the distance of {valid} held-out images to {} means, {:.1} million pixels are compared. You can write that as a loop over images, means and pixels, or as one operation on whole arrays.",
            snapshot.classes.len(),
            pixels as f64 / 1e6
        );
        ui.add(Label::new(text).wrap());
        ui.add_space(4.0);
        ui.horizontal(|ui| {
            let idle = self.running.is_none();
            let button = egui::Button::new(if idle { "Measure both" } else { "Measuring \u{2026}" });
            let tip = "Runs each five times on this machine and takes the fastest; the lab stays usable meanwhile";
            if ui.add_enabled(idle, button).on_hover_text(tip).clicked() {
                self.start(ui, snapshot);
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
        self.running.is_some()
    }

    /// Whether there is something to show.
    #[cfg(test)]
    pub(super) const fn has_result(&self) -> bool {
        self.result.is_some()
    }

    fn start(&mut self, ui: &Ui, snapshot: &Snapshot) {
        let (sender, receiver) = channel();
        let digits: Vec<u8> = snapshot.classes.iter().map(|class| class.digit).collect();
        let (data, metric, ctx) = (Arc::clone(&snapshot.data), snapshot.metric, ui.ctx().clone());
        self.asked = Some((digits.clone(), metric));
        let thread = std::thread::Builder::new().name("baseline-race".to_owned()).spawn(move || {
            // Nobody listens when the window was closed meanwhile.
            sender.send(race(&data, &digits, metric)).ok();
            ctx.request_repaint();
        });
        self.failed = thread.is_err();
        self.running = thread.is_ok().then_some(receiver);
    }

    fn poll(&mut self) {
        let Some(running) = &self.running else { return };
        match running.try_recv() {
            Ok(race) => {
                self.result = self.asked.take().map(|(digits, metric)| (race, digits, metric));
                self.running = None;
            }
            Err(TryRecvError::Disconnected) => {
                self.failed = true;
                self.running = None;
            }
            Err(TryRecvError::Empty) => {}
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
