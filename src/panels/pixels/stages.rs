//! A picture's way to 28 x 28, stage by stage, each with its switch.

use crate::data::{InkBox, Invert, SIDE, Stages, Steps, unit};
use crate::experiments::Choice as _;
use crate::experiments::pixels::Settings;
use crate::widgets::form::Form;
use crate::widgets::theme;
use egui::{
    Color32, ColorImage, ComboBox, Context, Rect, RichText, Sense, Stroke, StrokeKind, TextureHandle, TextureOptions,
    Ui, Vec2, pos2,
};
use std::sync::Arc;

/// Pictures are drawn smaller than this many pixels a side.
const SHOWN: u32 = 256;
/// The gap between two stages, in points.
const GAP: f32 = 10.0;

/// The stages, side by side.
#[derive(Default)]
pub(super) struct StageRow {
    shown: Option<(Arc<Stages>, [TextureHandle; 4])>,
}

/// One stage to draw.
struct Stage<'a> {
    title: &'static str,
    texture: &'a TextureHandle,
    note: String,
    /// A box on it, as parts of its width and height, and whether it is in use.
    ink_box: Option<(Rect, bool)>,
    /// Whether to mark its middle.
    middle: bool,
}

impl StageRow {
    /// Draws the stages in rows of `columns` across the width, the original only if `original`.
    pub(super) fn show(
        &mut self,
        ui: &mut Ui,
        stages: &Arc<Stages>,
        form: &mut Form<'_, Settings>,
        columns: u16,
        original: bool,
    ) {
        let Some((_, textures)) = self.textures(ui.ctx(), stages) else { return };
        let steps = form.steps();
        let width = ((ui.available_width() - GAP * f32::from(columns - 1)) / f32::from(columns)).floor().max(60.0);
        let drawn = describe(stages, textures, steps);
        let first = usize::from(!original);
        for (row, chunk) in drawn[first..].chunks(usize::from(columns)).enumerate() {
            ui.horizontal_top(|ui| {
                ui.spacing_mut().item_spacing.x = GAP;
                for (column, stage) in chunk.iter().enumerate() {
                    let index = first + row * usize::from(columns) + column;
                    ui.vertical(|ui| {
                        ui.set_width(width);
                        ui.spacing_mut().item_spacing.y = 3.0;
                        ui.strong(stage.title);
                        paint(ui, stage, width);
                        ui.add(
                            egui::Label::new(RichText::new(&stage.note).small().color(theme::tokens(ui).text_weak))
                                .wrap(),
                        );
                        if !stages.as_it_is {
                            switches(ui, form, index, width);
                        }
                    });
                }
            });
        }
    }

    fn textures(&mut self, ctx: &Context, stages: &Arc<Stages>) -> Option<&(Arc<Stages>, [TextureHandle; 4])> {
        if !self.shown.as_ref().is_some_and(|(shown, _)| Arc::ptr_eq(shown, stages)) {
            let ink = |image: &image::GrayImage, x: u32, y: u32| {
                theme::ink(image.get_pixel_checked(x, y).map_or(0.0, |pixel| unit(pixel.0[0])))
            };
            let colors = shrink(stages.original.dimensions(), |x, y| {
                stages.original.get_pixel_checked(x, y).map_or(Color32::WHITE, |pixel| theme::pixel(pixel.0))
            });
            let grey = shrink(stages.ink.dimensions(), |x, y| ink(&stages.ink, x, y));
            let fitted = shrink(stages.fitted.dimensions(), |x, y| ink(&stages.fitted, x, y));
            let result = stages.result.iter().map(|&byte| theme::ink(unit(byte))).collect();
            let result = ColorImage::new([SIDE, SIDE], result);
            let images = [("original", colors), ("ink", grey), ("fitted", fitted), ("result", result)];
            let textures = images.map(|(name, image)| ctx.load_texture(name, image, TextureOptions::NEAREST));
            self.shown = Some((Arc::clone(stages), textures));
        }
        self.shown.as_ref()
    }
}

/// At most [`SHOWN`] pixels a side, by leaving out; at least one.
pub(super) fn shrink((width, height): (u32, u32), color: impl Fn(u32, u32) -> Color32) -> ColorImage {
    let stride = width.max(height).div_ceil(SHOWN).max(1);
    let (columns, rows) = (width.div_ceil(stride).max(1), height.div_ceil(stride).max(1));
    let pixels = (0..rows).flat_map(|y| (0..columns).map(move |x| (x * stride, y * stride))).map(|(x, y)| color(x, y));
    ColorImage::new([columns as usize, rows as usize], pixels.collect())
}

fn describe<'a>(
    stages: &Stages,
    [original, ink, fitted, result]: &'a [TextureHandle; 4],
    steps: Steps,
) -> [Stage<'a>; 5] {
    let (width, height) = stages.original_size;
    let stage = |title, texture, note| Stage { title, texture, note, ink_box: None, middle: false };
    let found = stages.ink_box.map(|ink| within(ink, width, height));
    let grey_note = match (stages.as_it_is, stages.inverted) {
        (true, _) => "28 \u{d7} 28 without colour: taken as it is",
        (false, true) => "dark was ink, and is turned",
        (false, false) => "light was ink",
    };
    let box_note = match stages.ink_box {
        Some(ink) if steps.crop => format!("{} \u{d7} {} from column {}, row {}", ink.width, ink.height, ink.x, ink.y),
        Some(_) => "not cut: all of it goes on".to_owned(),
        None => "no ink found: an empty page".to_owned(),
    };
    let (fit_width, fit_height) = stages.fitted.dimensions();
    let fit_title = if steps.fit { "Fitted to 20 \u{d7} 20" } else { "Squeezed to 28 \u{d7} 28" };
    let place_note = format!("from column {}, row {}", stages.place.0, stages.place.1);
    let placed = if steps.centre { "Centre of mass" } else { "Middle of the box" };
    [
        stage("Original", original, format!("{width} \u{d7} {height} pixels")),
        stage("Grey, as ink", ink, grey_note.to_owned()),
        Stage { ink_box: found.map(|area| (area, steps.crop)), ..stage("Ink's box", ink, box_note) },
        stage(fit_title, fitted, format!("{fit_width} \u{d7} {fit_height} pixels")),
        Stage { middle: true, ..stage(placed, result, place_note) },
    ]
}

/// A box as parts of a picture's width and height.
fn within(ink: InkBox, width: u32, height: u32) -> Rect {
    let part = |at: u32, whole: u32| at as f32 / whole.max(1) as f32;
    Rect::from_min_max(
        pos2(part(ink.x, width), part(ink.y, height)),
        pos2(part(ink.x + ink.width, width), part(ink.y + ink.height, height)),
    )
}

fn paint(ui: &mut Ui, stage: &Stage<'_>, width: f32) {
    let tokens = theme::tokens(ui);
    let (area, response) = ui.allocate_exact_size(Vec2::splat(width), Sense::hover());
    response
        .widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, format!("{}: {}", stage.title, stage.note)));
    let size = stage.texture.size_vec2();
    let scale = (area.width() - 2.0) / size.max_elem().max(1.0);
    let rect = Rect::from_center_size(area.center(), size * scale);
    let painter = ui.painter();
    painter.rect_filled(area, 4, tokens.code);
    painter.image(stage.texture.id(), rect, Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0)), Color32::WHITE);
    if let Some((part, used)) = stage.ink_box {
        let at = |x: f32, y: f32| rect.min + Vec2::new(x, y) * rect.size();
        let marked = Rect::from_min_max(at(part.min.x, part.min.y), at(part.max.x, part.max.y));
        let color = if used { tokens.accent } else { tokens.line };
        painter.rect_stroke(marked, 0, Stroke::new(2.0, color), StrokeKind::Outside);
    }
    if stage.middle {
        // MNIST's digits have their centre of mass at index 14, the middle of the fifteenth pixel.
        let at = rect.min + Vec2::splat(14.5 / SIDE as f32) * rect.size();
        let line = Stroke::new(1.0, tokens.prediction);
        painter.hline(rect.x_range(), at.y, line);
        painter.vline(at.x, rect.y_range(), line);
    }
    painter.rect_stroke(area, 4, Stroke::new(1.0, tokens.line), StrokeKind::Inside);
}

/// The switches of a stage, by its index.
fn switches(ui: &mut Ui, form: &mut Form<'_, Settings>, stage: usize, width: f32) {
    match stage {
        1 => {
            polarity(ui, form, width);
            let tip = "From 0 for paper to 255 for the strongest ink; off: grey as it is";
            switch(ui, form, |steps| &mut steps.levels, "Stretch greys", tip);
        }
        2 => {
            let tip = "Off: the whole picture goes on, margins and all";
            switch(ui, form, |steps| &mut steps.crop, "Cut to the box", tip);
        }
        3 => {
            let tip = "Fit into 20 x 20 as it is; off: squeeze to 28 x 28";
            switch(ui, form, |steps| &mut steps.fit, "Keep proportions", tip);
        }
        4 => {
            let tip = "The centre of mass into the middle; off: the middle of the box";
            switch(ui, form, |steps| &mut steps.centre, "By its mass", tip);
        }
        _ => {}
    }
}

fn switch(
    ui: &mut Ui,
    form: &mut Form<'_, Settings>,
    which: impl FnOnce(&mut Steps) -> &mut bool,
    label: &str,
    tip: &str,
) {
    let mut steps = form.steps();
    if ui.checkbox(which(&mut steps), label).on_hover_text(tip).changed() {
        form.edit(|settings| settings.set_steps(steps));
    }
}

fn polarity(ui: &mut Ui, form: &mut Form<'_, Settings>, width: f32) {
    let text = |invert| match invert {
        Invert::Auto => "Ink: found",
        Invert::Yes => "Ink: the dark",
        Invert::No => "Ink: the light",
    };
    let mut chosen = form.invert;
    let combo = ComboBox::from_id_salt("polarity").selected_text(text(chosen)).width(width.min(130.0) - 8.0);
    let shown = combo.show_ui(ui, |ui| {
        for &invert in Invert::ALL {
            ui.selectable_value(&mut chosen, invert, text(invert));
        }
    });
    shown.response.on_hover_text("Which is ink: found looks at the border, which is paper");
    form.edit(|settings| settings.invert = chosen);
}
