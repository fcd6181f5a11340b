//! Arrow keys for pictures that have the focus.

use egui::{EventFilter, Key, Response, Ui};

/// How often the arrow keys were pressed while `picture` has the focus: to the right less to the left, down less up. A
/// click gives it the focus.
pub(super) fn arrows(ui: &Ui, picture: &Response) -> (i64, i64) {
    if picture.clicked() {
        picture.request_focus();
    }
    if !picture.has_focus() {
        return (0, 0);
    }
    let filter = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(picture.id, filter));
    ui.input(|input| {
        let presses = |key| i64::try_from(input.num_presses(key)).unwrap_or(0);
        (presses(Key::ArrowRight) - presses(Key::ArrowLeft), presses(Key::ArrowDown) - presses(Key::ArrowUp))
    })
}

/// `place` moved by `steps`, and kept below `count`.
pub(super) fn moved(place: usize, steps: i64, count: usize) -> usize {
    let steps = isize::try_from(steps).unwrap_or(0);
    place.saturating_add_signed(steps).min(count.saturating_sub(1))
}
