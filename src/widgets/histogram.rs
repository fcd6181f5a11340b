//! How often values occur: bars over bins of bytes, their heights by the logarithm of the count.

use super::theme;
use egui::{Align2, FontId, Rect, Sense, Ui, Vec2, pos2};

/// Bytes to a bin.
const BIN: usize = 8;
/// Bins.
const BINS: usize = 256 / BIN;
/// Room for the counts on the left and the bytes below, in points.
const MARGIN: Vec2 = Vec2::new(30.0, 16.0);

/// Draws how often each byte occurs in `bytes`. The heights are `log10(1 + count)`, so that one pixel can still be
/// seen beside six hundred. `label` is what a screen reader says.
pub fn bytes(ui: &mut Ui, label: &str, bytes: &[u8], size: Vec2) {
    let mut counts = [0_usize; BINS];
    for &byte in bytes {
        counts[usize::from(byte) / BIN] += 1;
    }
    let (all, response) = ui.allocate_exact_size(size, Sense::hover());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, label));
    let rect = Rect::from_min_max(
        pos2(all.left() + MARGIN.x, all.top() + 4.0),
        pos2(all.right() - 8.0, all.bottom() - MARGIN.y),
    );
    let tokens = theme::tokens(ui);
    let painter = ui.painter();
    let height =
        |count: usize| rect.height() * (1.0 + count as f32).log10() / (1.0 + bytes.len().max(1) as f32).log10();
    let font = FontId::monospace(10.0);
    for count in [0, 1, 10, 100, 1000].into_iter().filter(|count| *count <= bytes.len()) {
        let y = rect.bottom() - height(count);
        painter.hline(rect.x_range(), y, (1.0, tokens.line));
        painter.text(pos2(rect.left() - 5.0, y), Align2::RIGHT_CENTER, count, font.clone(), tokens.text_weak);
    }
    let at = |bin: usize| rect.left() + rect.width() * bin as f32 / BINS as f32;
    let hovered = response.hover_pos().and_then(|pos| (0..BINS).find(|&bin| (at(bin)..at(bin + 1)).contains(&pos.x)));
    for (bin, &count) in counts.iter().enumerate() {
        let color = if hovered == Some(bin) { tokens.prediction } else { tokens.data };
        let bar = Rect::from_min_max(
            pos2(at(bin) + 0.5, rect.bottom() - height(count)),
            pos2(at(bin + 1) - 0.5, rect.bottom()),
        );
        painter.rect_filled(bar, 0, color);
    }
    for value in [0_usize, 64, 128, 192, 255] {
        let x = rect.left() + rect.width() * value as f32 / 256.0;
        painter.text(pos2(x, rect.bottom() + 3.0), Align2::CENTER_TOP, value, font.clone(), tokens.text_weak);
    }
    if let Some(bin) = hovered {
        let plural = if counts[bin] == 1 { "pixel" } else { "pixels" };
        response.on_hover_text_at_pointer(format!(
            "{} {plural} from {} to {}",
            counts[bin],
            bin * BIN,
            bin * BIN + BIN - 1
        ));
    }
}
