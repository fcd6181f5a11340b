//! The control of a device: what this machine has to compute with, or why it has no GPU.

use crate::compute::{Device, Inventory, processor};
use crate::widgets::theme;
use egui::containers::menu::MenuButton;
use egui::{Button, Frame, Label, Response, RichText, Role, Ui, WidgetInfo};
use std::time::Duration;

/// The menu's width in points: the same before and after an answer has come.
const WIDTH: f32 = 320.0;
/// How often an open menu looks for an answer that is still to come.
const WAIT: Duration = Duration::from_millis(50);

/// Draws the control. Returns the device that was clicked, if one was.
pub(super) fn show(ui: &mut Ui, now: Device) -> (Option<Device>, Response) {
    // Not egui's own box, whose list keeps the height that it opened with: the answer may come later, and be longer.
    let button = MenuButton::from_button(Button::new(format!("{now} \u{23f7}")));
    let padding = ui.spacing().button_padding;
    let (response, shown) = button.ui(ui, |ui| {
        ui.spacing_mut().button_padding = padding;
        menu(ui, now)
    });
    let enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo {
        enabled,
        current_text_value: Some(now.to_string()),
        ..WidgetInfo::new(Role::ComboBox)
    });
    if shown.is_some() && response.clicked() {
        // A GPU may have come or gone since the menu was last open.
        Inventory::refresh();
    }
    if shown.is_some() && Inventory::is_looking() {
        ui.ctx().request_repaint_after(WAIT);
    }
    (shown.and_then(|shown| shown.inner), response)
}

fn menu(ui: &mut Ui, now: Device) -> Option<Device> {
    ui.set_width(WIDTH);
    let known = Inventory::known();
    let mut clicked = None;
    for (device, words) in rows(&known, now) {
        let text = format!("{device} ({words})");
        if ui.add(Button::selectable(device == now, text).wrap()).clicked() {
            clicked = Some(device);
        }
    }
    if let Some(note) = note(&known) {
        let note = RichText::new(note).color(theme::tokens(ui).text_weak);
        // In line with the rows above it, and not justified as they are.
        let frame = Frame::new().inner_margin(ui.spacing().button_padding);
        frame.show(ui, |ui| ui.vertical(|ui| ui.add(Label::new(note).wrap())));
    }
    // A menu that grew can be clicked all over one frame later.
    let (id, height) = (ui.scope_id().with("height"), ui.min_rect().height());
    if ui.data(|data| data.get_temp::<f32>(id)) != Some(height) {
        ui.data_mut(|data| data.insert_temp(id, height));
        ui.ctx().request_repaint();
    }
    clicked
}

/// Why there is no GPU to choose.
fn note(known: &Inventory) -> Option<String> {
    match known {
        Inventory::Found(_) => None,
        Inventory::Looking => Some("Looking for GPUs \u{2026}".to_owned()),
        Inventory::Nothing(why) => Some(format!("No GPU can be used: {why}.")),
    }
}

/// Each device that can be chosen, in words; and the one that is chosen, wherever that came from.
fn rows(known: &Inventory, now: Device) -> Vec<(Device, String)> {
    let mut rows = vec![(Device::Auto, "the processor".to_owned()), (Device::Cpu, processor())];
    if let Inventory::Found(gpus) = known {
        rows.extend(gpus.iter().map(|gpu| (gpu.device(), gpu.to_string())));
    }
    if rows.iter().all(|(device, _)| *device != now) {
        let words = if *known == Inventory::Looking { "not found yet" } else { "not found on this machine" };
        rows.push((now, words.to_owned()));
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compute::About;

    fn written(known: &Inventory, now: Device) -> Vec<String> {
        rows(known, now).into_iter().map(|(device, words)| format!("{device}: {words}")).collect()
    }

    #[test]
    fn the_chosen_device_has_a_row_wherever_it_came_from() {
        let about = |index| About { index, name: format!("GPU number {index}"), memory: 3 << 29 };
        let found = Inventory::Found(vec![about(0), about(2)]);
        let processor = format!("cpu: {}", processor());
        let all = ["auto: the processor", &processor, "cuda: GPU number 0, 1.5 GiB", "cuda:2: GPU number 2, 1.5 GiB"];
        for now in [Device::Auto, Device::Cpu, Device::Cuda(0), Device::Cuda(2)] {
            assert_eq!(written(&found, now), all, "{now}");
        }
        assert_eq!(written(&found, Device::Cuda(1))[4], "cuda:1: not found on this machine");
        let nothing = Inventory::Nothing("no driver".to_owned());
        assert_eq!(written(&nothing, Device::Auto), all[..2]);
        assert_eq!(written(&nothing, Device::Cuda(0))[2..], ["cuda: not found on this machine"]);
        assert_eq!(written(&Inventory::Looking, Device::Cuda(0))[2..], ["cuda: not found yet"]);
    }
}
