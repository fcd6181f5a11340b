//! The point on a curve that can be taken hold of, with the mouse or with the arrow keys.

use crate::widgets::{arrows, theme};
use egui::{CursorIcon, Pos2, Rect, Response, Sense, Stroke, Ui, Vec2, WidgetInfo};
use egui_plot::PlotTransform;

/// How far an arrow key moves the point.
const KEY_STEP: f64 = 0.1;
/// The area that can be taken hold of.
const SIZE: f32 = 26.0;

/// Lets `plot`, shown with `transform`, move the point at `at` (in units of the plot); returns the x it was moved to.
///
/// Pressing anywhere in the plot moves the point there; Tab reaches it, and the arrow keys move it.
pub(super) fn drag(ui: &mut Ui, plot: &Response, transform: &PlotTransform, at: [f64; 2]) -> Option<f64> {
    let place = transform.position_from_point(&at.into());
    let to_x = |pointer: Pos2| transform.value_from_position(pointer).x;
    if plot.dragged() || plot.clicked() {
        return plot.interact_pointer_pos().map(to_x);
    }
    if !transform.frame().contains(place) {
        return None;
    }
    let id = plot.id.with("the point");
    let handle = ui.interact(Rect::from_center_size(place, Vec2::splat(SIZE)), id, Sense::click_and_drag());
    handle.widget_info(|| WidgetInfo::slider(true, at[0], "The point: x"));
    let [right, _] = arrows::steps(ui, &handle);
    let moved = (right != 0).then(|| at[0] + KEY_STEP * right as f64);
    let color = theme::tokens(ui).accent;
    if handle.has_focus() || handle.hovered() || handle.dragged() {
        ui.painter().circle_stroke(place, SIZE * 0.42, Stroke::new(2.0, color));
    }
    let dragged = handle.dragged().then(|| handle.interact_pointer_pos()).flatten().map(to_x);
    handle
        .on_hover_cursor(CursorIcon::ResizeHorizontal)
        .on_hover_text("Drag the point, or move it with the arrow keys");
    dragged.or(moved)
}
