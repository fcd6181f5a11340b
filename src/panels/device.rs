//! What a panel says of the device that computes its run.

use crate::compute::Device;
use crate::widgets::theme;
use egui::{Label, Ui};

/// Why another device computes than the one that was asked for; nothing while that one does.
pub(super) fn notice(ui: &mut Ui, notice: Option<&str>) {
    let Some(text) = notice else { return };
    theme::card(ui).inner_margin(8).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.add(Label::new(text).wrap());
    });
}

/// What computes, such as `on cuda`; nothing for the processor, which does unless a reader asks for more.
pub(super) fn computing(device: Device) -> Option<String> {
    (device != Device::Cpu).then(|| format!("on {device}"))
}
