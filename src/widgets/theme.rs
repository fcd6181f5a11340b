//! The look of the lab: colours as data, fonts and spacing. Nothing else in the house names a colour.
#![expect(clippy::disallowed_methods, reason = "the colours are made here")]

use egui::{Color32, Context, CornerRadius, FontFamily, FontId, Stroke, Style, TextStyle, Theme, Visuals};

/// The colours that carry a meaning, in one of the two themes.
#[derive(Clone, Copy, Debug)]
pub struct Tokens {
    /// The one accent: what to press next, where we are.
    pub accent: Color32,
    /// Text on the accent.
    pub on_accent: Color32,
    /// A quiet tint of the accent, behind what is selected.
    pub accent_tint: Color32,
    /// The window behind everything.
    pub background: Color32,
    /// Cards on the background.
    pub card: Color32,
    /// Lines between things.
    pub line: Color32,
    /// Text.
    pub text: Color32,
    /// Text that can wait.
    pub text_weak: Color32,
    /// Targets and data points.
    pub data: Color32,
    /// Predictions and the current model.
    pub prediction: Color32,
    /// A third series, such as what is best possible.
    pub reference: Color32,
    /// Something went wrong.
    pub error: Color32,
    /// Something went well.
    pub success: Color32,
    /// Behind code.
    pub code: Color32,
}

const LIGHT: Tokens = Tokens {
    accent: Color32::from_rgb(0x1f, 0x5f, 0xd0),
    on_accent: Color32::WHITE,
    accent_tint: Color32::from_rgb(0xdf, 0xe9, 0xfb),
    background: Color32::from_rgb(0xf4, 0xf5, 0xf7),
    card: Color32::WHITE,
    line: Color32::from_rgb(0xd9, 0xdc, 0xe1),
    text: Color32::from_rgb(0x1c, 0x20, 0x28),
    text_weak: Color32::from_rgb(0x5a, 0x61, 0x6d),
    data: Color32::from_rgb(0x1f, 0x5f, 0xd0),
    prediction: Color32::from_rgb(0xc8, 0x3a, 0x1e),
    reference: Color32::from_rgb(0x1b, 0x7f, 0x5c),
    error: Color32::from_rgb(0xb3, 0x26, 0x1e),
    success: Color32::from_rgb(0x1b, 0x7f, 0x5c),
    code: Color32::from_rgb(0xee, 0xf0, 0xf3),
};

const DARK: Tokens = Tokens {
    accent: Color32::from_rgb(0x7a, 0xa8, 0xff),
    on_accent: Color32::from_rgb(0x0c, 0x14, 0x26),
    accent_tint: Color32::from_rgb(0x22, 0x30, 0x4c),
    background: Color32::from_rgb(0x14, 0x16, 0x1a),
    card: Color32::from_rgb(0x1d, 0x20, 0x26),
    line: Color32::from_rgb(0x35, 0x3a, 0x43),
    text: Color32::from_rgb(0xe8, 0xea, 0xee),
    text_weak: Color32::from_rgb(0xa3, 0xaa, 0xb6),
    data: Color32::from_rgb(0x7a, 0xa8, 0xff),
    prediction: Color32::from_rgb(0xff, 0x8f, 0x6b),
    reference: Color32::from_rgb(0x5f, 0xc9, 0xa0),
    error: Color32::from_rgb(0xff, 0x8a, 0x80),
    success: Color32::from_rgb(0x5f, 0xc9, 0xa0),
    code: Color32::from_rgb(0x12, 0x14, 0x18),
};

/// Ten colours for ten digits that stay apart for colour-blind eyes (after Okabe and Ito, extended).
const DIGITS: [Color32; 10] = [
    Color32::from_rgb(0x88, 0x88, 0x88),
    Color32::from_rgb(0xb0, 0x7a, 0x00),
    Color32::from_rgb(0x00, 0x9e, 0x73),
    Color32::from_rgb(0x00, 0x72, 0xb2),
    Color32::from_rgb(0xcc, 0x79, 0xa7),
    Color32::from_rgb(0x56, 0xb4, 0xe9),
    Color32::from_rgb(0x7a, 0x52, 0xa3),
    Color32::from_rgb(0xd5, 0x5e, 0x00),
    Color32::from_rgb(0x5f, 0x8f, 0x2e),
    Color32::from_rgb(0xe6, 0x9f, 0x00),
];

/// The colours of the theme in use.
#[must_use]
pub fn tokens(ui: &egui::Ui) -> &'static Tokens {
    if ui.visuals().dark_mode { &DARK } else { &LIGHT }
}

/// The colour that stands for a digit in every plot.
#[must_use]
pub fn digit(digit: u8) -> Color32 {
    DIGITS[usize::from(digit) % DIGITS.len()]
}

/// The colour of the `place`-th of several runs that are compared.
#[must_use]
pub fn series(place: usize) -> Color32 {
    // None of them is the grey of the zeros, which would pass for a grid line.
    const ORDER: [usize; 6] = [2, 4, 1, 6, 5, 8];
    DIGITS[ORDER[place % ORDER.len()]]
}

/// A signed value on the diverging map: orange below zero, white at zero, blue above.
///
/// `value` is in units of the map's half-range: -1 and 1 are its ends, beyond them it saturates.
#[must_use]
pub fn diverging(value: f32) -> Color32 {
    const NEGATIVE: [f32; 3] = [179.0, 88.0, 6.0];
    const POSITIVE: [f32; 3] = [5.0, 72.0, 145.0];
    if value.is_nan() {
        return Color32::from_rgb(0x80, 0x80, 0x80);
    }
    let end = if value < 0.0 { NEGATIVE } else { POSITIVE };
    let amount = value.abs().min(1.0);
    let channel = |i: usize| to_byte(255.0 + (end[i] - 255.0) * amount);
    Color32::from_rgb(channel(0), channel(1), channel(2))
}

/// Ink on paper: 0 is white, 1 is black.
#[must_use]
pub fn ink(value: f32) -> Color32 {
    Color32::from_gray(255 - to_byte(value * 255.0))
}

/// A pixel of somebody's picture: red, green, blue.
#[must_use]
pub const fn pixel([red, green, blue]: [u8; 3]) -> Color32 {
    Color32::from_rgb(red, green, blue)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped first")]
const fn to_byte(value: f32) -> u8 {
    value.clamp(0.0, 255.0).round() as u8
}

/// Black or white, whichever reads better on `background`.
#[must_use]
pub fn text_on(background: Color32) -> Color32 {
    if background.intensity() > 0.5 { Color32::from_gray(20) } else { Color32::from_gray(240) }
}

/// Puts fonts and both themes into a context. Call it once.
pub fn install(ctx: &Context) {
    let mut fonts = egui::FontDefinitions::default();
    // The proportional font lacks arrows, nabla and norms; Hack has them.
    if let Some(family) = fonts.families.get_mut(&FontFamily::Proportional) {
        family.push("Hack".to_owned());
    }
    ctx.set_fonts(fonts);
    for theme in [Theme::Light, Theme::Dark] {
        ctx.style_mut_of(theme, |style| restyle(style, if theme == Theme::Dark { &DARK } else { &LIGHT }));
    }
}

fn restyle(style: &mut Style, tokens: &Tokens) {
    style.text_styles = [
        (TextStyle::Heading, FontId::proportional(20.0)),
        (TextStyle::Body, FontId::proportional(14.0)),
        (TextStyle::Button, FontId::proportional(14.0)),
        (TextStyle::Small, FontId::proportional(12.0)),
        (TextStyle::Monospace, FontId::monospace(13.0)),
    ]
    .into();
    style.spacing.item_spacing = egui::vec2(8.0, 6.0);
    style.spacing.button_padding = egui::vec2(10.0, 5.0);
    style.spacing.interact_size = egui::vec2(32.0, 26.0);
    style.interaction.tooltip_delay = 0.35;
    style.visuals = visuals(&style.visuals, tokens);
}

fn visuals(base: &Visuals, tokens: &Tokens) -> Visuals {
    let mut visuals = base.clone();
    let radius = CornerRadius::same(5);
    visuals.panel_fill = tokens.background;
    visuals.window_fill = tokens.card;
    visuals.window_stroke = Stroke::new(1.0, tokens.line);
    visuals.extreme_bg_color = tokens.card;
    visuals.faint_bg_color = tokens.code;
    visuals.code_bg_color = tokens.code;
    visuals.hyperlink_color = tokens.accent;
    visuals.weak_text_color = Some(tokens.text_weak);
    visuals.error_fg_color = tokens.error;
    visuals.selection.bg_fill = tokens.accent_tint;
    visuals.selection.stroke = Stroke::new(1.5, tokens.accent);
    visuals.indent_has_left_vline = false;
    let widgets = &mut visuals.widgets;
    widgets.noninteractive.fg_stroke.color = tokens.text;
    widgets.noninteractive.bg_stroke = Stroke::new(1.0, tokens.line);
    widgets.inactive.fg_stroke.color = tokens.text;
    widgets.inactive.bg_stroke = Stroke::new(1.0, tokens.line);
    widgets.inactive.weak_bg_fill = tokens.card;
    widgets.inactive.bg_fill = tokens.line;
    widgets.hovered.fg_stroke.color = tokens.text;
    widgets.hovered.bg_stroke = Stroke::new(1.0, tokens.accent);
    widgets.hovered.weak_bg_fill = tokens.accent_tint;
    widgets.hovered.bg_fill = tokens.accent_tint;
    widgets.active.fg_stroke.color = tokens.text;
    widgets.active.bg_stroke = Stroke::new(1.5, tokens.accent);
    widgets.active.weak_bg_fill = tokens.accent_tint;
    widgets.active.bg_fill = tokens.accent_tint;
    widgets.open.weak_bg_fill = tokens.accent_tint;
    widgets.open.bg_stroke = Stroke::new(1.0, tokens.accent);
    for state in [
        &mut widgets.noninteractive,
        &mut widgets.inactive,
        &mut widgets.hovered,
        &mut widgets.active,
        &mut widgets.open,
    ] {
        state.corner_radius = radius;
        state.expansion = 0.0;
    }
    visuals
}

/// A card: a filled, outlined area for one thing.
pub fn card(ui: &egui::Ui) -> egui::Frame {
    let tokens = tokens(ui);
    egui::Frame::new().fill(tokens.card).stroke(Stroke::new(1.0, tokens.line)).corner_radius(8).inner_margin(12)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_diverging_map_is_white_at_zero_and_saturates() {
        assert_eq!(diverging(0.0), Color32::WHITE);
        assert_eq!(diverging(7.0), diverging(1.0));
        let (low, high) = (diverging(-1.0), diverging(1.0));
        assert!(low.r() > low.b() && high.b() > high.r(), "orange below, blue above");
    }

    /// WCAG 2.1 contrast ratio of two opaque colours.
    fn contrast(a: Color32, b: Color32) -> f64 {
        let luminance = |color: Color32| {
            let linear = |channel: u8| {
                let value = f64::from(channel) / 255.0;
                if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
            };
            0.2126 * linear(color.r()) + 0.7152 * linear(color.g()) + 0.0722 * linear(color.b())
        };
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn text_can_be_read_on_what_it_stands_on() {
        for tokens in [LIGHT, DARK] {
            for text in [tokens.text, tokens.text_weak, tokens.accent, tokens.error] {
                for behind in [tokens.background, tokens.card, tokens.code] {
                    assert!(contrast(text, behind) >= 4.5, "{text:?} on {behind:?}: {:.2}", contrast(text, behind));
                }
            }
            assert!(contrast(tokens.on_accent, tokens.accent) >= 4.5);
        }
    }
}
