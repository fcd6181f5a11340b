//! Groups of controls that wrap as a whole.

use egui::{InnerResponse, Ui};

/// A label with its control (or several controls that belong together) inside a wrapping row: where it does not fit, all
/// of it goes to the next row. egui itself wraps only single widgets, so the width of the last frame decides.
pub fn group<R>(ui: &mut Ui, id: impl egui::AsIdSalt, add: impl FnOnce(&mut Ui) -> R) -> R {
    let id = ui.make_persistent_id(id);
    let width = ui.data(|data| data.get_temp::<f32>(id));
    if width.is_some_and(|width| width > ui.available_size_before_wrap().x) {
        ui.end_row();
    }
    let InnerResponse { inner, response } = ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        add(ui)
    });
    if width != Some(response.rect.width()) {
        ui.data_mut(|data| data.insert_temp(id, response.rect.width()));
        ui.ctx().request_repaint();
    }
    inner
}
