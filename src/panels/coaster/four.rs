//! The book's figure: the curves before steps 1, 2, 3 and 4, side by side.

use super::dots;
use crate::experiments::Phase;
use crate::experiments::coaster::Snapshot;
use crate::experiments::report::number;
use crate::widgets::{chart, theme};
use egui::{Ui, Vec2};
use egui_plot::Plot;

/// How many curves are compared.
const PANELS: usize = 4;

/// Draws the four plots, in one row where there is room, else in two.
pub(super) fn show(ui: &mut Ui, snapshot: &Snapshot) {
    let all = ui.available_size();
    let (columns, gap) = (if all.x > 900.0 { 4 } else { 2 }, 12.0);
    let rows = PANELS / columns;
    let size = Vec2::new(
        ((all.x - gap * (columns - 1) as f32) / columns as f32).floor(),
        ((all.y.max(300.0) - 8.0 * (rows - 1) as f32) / rows as f32).min(340.0).floor(),
    );
    // The same range in all four, and at every phase.
    let range = dots::range(snapshot, Some(Phase::Predict), false);
    for row in 0..rows {
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = gap;
            for index in row * columns..(row + 1) * columns {
                ui.allocate_ui(size, |ui| panel(ui, snapshot, index, &range, size));
            }
        });
    }
}

fn panel(ui: &mut Ui, snapshot: &Snapshot, index: usize, range: &std::ops::RangeInclusive<f64>, size: Vec2) {
    let tokens = theme::tokens(ui);
    let visit = snapshot.trace.get(index);
    // A curve stands here once it was predicted, not when its parameters are only known.
    let is_last = index + 1 == snapshot.trace.len();
    let visit = visit.filter(|_| !is_last || !matches!(snapshot.phase, None | Some(Phase::Init | Phase::Step)));
    let loss = visit
        .and_then(|visit| visit.loss)
        .map_or_else(String::new, |loss| format!(": loss {}", number(f64::from(loss))));
    let title = match visit {
        Some(_) => format!("Before step {}{loss}", index + 1),
        None => format!("Before step {}: not there yet", index + 1),
    };
    let plot: Plot<'_> = dots::frame(&format!("coaster {index}"), snapshot, size - Vec2::new(0.0, 22.0));
    chart::titled(ui, &title, plot, |plot| {
        dots::set_bounds(plot, snapshot, range);
        dots::measured(plot, snapshot, tokens, 2.5);
        if let Some(visit) = visit {
            plot.line(
                dots::curve(snapshot, "prediction", super::original(snapshot, visit.at))
                    .color(tokens.prediction)
                    .width(2.0),
            );
        }
    });
}
