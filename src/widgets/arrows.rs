//! Arrow keys on a picture.

use egui::{EventFilter, Key, Response, Ui};

/// The arrow keys pressed since the last frame while `picture` has the focus: steps to the right, and steps down. A click on
/// the picture gives it the focus, and while it has it the arrow keys do nothing else.
#[must_use]
pub fn steps(ui: &Ui, picture: &Response) -> [i64; 2] {
    if picture.clicked() {
        picture.request_focus();
    }
    if !picture.has_focus() {
        return [0, 0];
    }
    let filter = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(picture.id, filter));
    ui.input(|input| {
        let presses = |key| i64::try_from(input.num_presses(key)).unwrap_or(0);
        [presses(Key::ArrowRight) - presses(Key::ArrowLeft), presses(Key::ArrowDown) - presses(Key::ArrowUp)]
    })
}

/// `index` moved by so many steps, but never past the first or the last of `len`.
#[must_use]
pub fn moved(index: usize, steps: i64, len: usize) -> usize {
    let to = i64::try_from(index).unwrap_or(i64::MAX).saturating_add(steps);
    usize::try_from(to).unwrap_or(0).min(len.saturating_sub(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_walk_stays_within_the_list() {
        for (index, steps, len, to) in
            [(3, 1, 9, 4), (3, -5, 9, 0), (8, 1, 9, 8), (0, 0, 0, 0), (2, i64::MAX, 9, 8), (2, i64::MIN, 9, 0)]
        {
            assert_eq!(moved(index, steps, len), to);
        }
    }
}
