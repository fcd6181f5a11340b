//! Plots with one look: named axes, no accidental zoom, a hover read-out.

use egui::{Color32, RichText, Ui};
use egui_plot::{Plot, PlotPoints, PlotResponse, PlotUi};

/// A plot with its axes named and their units; it keeps still when scrolled over or dragged.
#[must_use]
pub fn plot<'a>(id: impl egui::AsIdSalt, x: &str, y: &str) -> Plot<'a> {
    Plot::new(id)
        .x_axis_label(x.to_owned())
        .y_axis_label(y.to_owned())
        .allow_scroll(false)
        .allow_drag(false)
        .allow_zoom(false)
        .allow_boxed_zoom(false)
        .allow_axis_zoom_drag(false)
        .allow_double_click_reset(false)
        .show_background(false)
        .set_margin_fraction(egui::vec2(0.04, 0.08))
}

/// Shows `plot` under a title that a screen reader can find.
pub fn titled<'a, R>(
    ui: &mut Ui,
    title: &str,
    plot: Plot<'a>,
    build: impl FnOnce(&mut PlotUi<'a>) -> R + 'a,
) -> PlotResponse<R> {
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        ui.strong(title);
        named(ui, title, plot, build)
    })
    .inner
}

/// The plot itself, under a name for a screen reader.
fn named<'a, R>(
    ui: &mut Ui,
    name: &str,
    plot: Plot<'a>,
    build: impl FnOnce(&mut PlotUi<'a>) -> R + 'a,
) -> PlotResponse<R> {
    let shown = plot.grid_color(super::theme::tokens(ui).line).show(ui, build);
    shown.response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, name));
    shown
}

/// Like [`titled`], with the names of the series beside the title, each in its colour, where a legend would hide them.
pub fn keyed<'a, R>(
    ui: &mut Ui,
    title: &str,
    key: &[(&str, Color32)],
    plot: Plot<'a>,
    build: impl FnOnce(&mut PlotUi<'a>) -> R + 'a,
) -> PlotResponse<R> {
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = 12.0;
            ui.strong(title);
            for (name, color) in key {
                ui.label(RichText::new(*name).color(*color));
            }
        });
        named(ui, title, plot, build)
    })
    .inner
}

/// Points of an iterator.
pub fn points<'a>(points: impl IntoIterator<Item = [f64; 2]>) -> PlotPoints<'a> {
    points.into_iter().collect()
}
