//! egui without a window: frames in, a picture out.
//!
//! The clock is counted in frames and animations are off, so the same calls give the same picture.

use std::time::Duration;

use egui::epaint::ClippedShape;
use egui::{Color32, Context, Event, Pos2, RawInput, Rect, Theme, Ui, ViewportId};
use image::RgbaImage;

use super::raster::{MAX_SIDE, Rasterizer};

/// How long a frame takes, in seconds.
const FRAME_SECONDS: f64 = 1.0 / 60.0;

/// egui lays many things out from the sizes of the frame before, so one frame alone is not to be trusted.
const MIN_FRAMES: u32 = 2;

/// Enough for any layout to settle. An interface that repaints for ever is drawn as it is by then.
const MAX_FRAMES: u32 = 32;

/// What egui takes to be the largest texture: enough for its fonts at any scale, and what most GPUs offer at least.
const MAX_TEXTURE_SIDE: usize = 8192;

/// The window that is not there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Canvas {
    /// Width and height in points.
    pub size: [f32; 2],
    /// Pixels of the image per point: 1 for an ordinary screen, 2 for a dense one.
    pub pixels_per_point: f32,
    /// Light or dark, for an interface that follows the system, as egui does by default.
    pub theme: Theme,
}

impl Canvas {
    /// The image's width and height in pixels: at least 1, at most [`MAX_SIDE`].
    #[must_use]
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bounded before they are cast")]
    pub fn size_px(&self) -> [u32; 2] {
        self.size.map(|points| {
            let pixels = f64::from(points) * f64::from(self.pixels_per_point);
            // `max` also turns what is not a number into 1.
            pixels.round().max(1.0).min(f64::from(MAX_SIDE)) as u32
        })
    }
}

/// Runs `ui` for frames until it asks for no immediate repaint (2 at least, 32 at most), then draws the last frame.
/// `setup` is where fonts and styles are installed.
pub fn render(canvas: &Canvas, setup: impl FnOnce(&Context), mut ui: impl FnMut(&mut Ui)) -> RgbaImage {
    let mut headless = Headless::new(*canvas, setup);
    headless.settle(&mut ui);
    headless.image()
}

/// An egui context with a rasteriser in place of a window. One lives as long as its interface: a context remembers
/// what is open, scrolled and focused, and loads its fonts once.
pub struct Headless {
    context: Context,
    rasterizer: Rasterizer,
    canvas: Canvas,
    frames: u32,
    shapes: Vec<ClippedShape>,
    pixels_per_point: f32,
}

impl Headless {
    /// A context set up by `setup`, and then with animations and the blinking of the text cursor turned off.
    #[must_use]
    pub fn new(canvas: Canvas, setup: impl FnOnce(&Context)) -> Self {
        let context = Context::default();
        setup(&context);
        context.all_styles_mut(|style| {
            style.animation_time = 0.0;
            style.visuals.text_cursor.blink = false;
        });
        let pixels_per_point = canvas.pixels_per_point;
        Self { context, rasterizer: Rasterizer::new(), canvas, frames: 0, shapes: Vec::new(), pixels_per_point }
    }

    /// The egui context.
    #[must_use]
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// Changes the size, scale or theme, from the next frame on.
    pub fn set_canvas(&mut self, canvas: Canvas) {
        self.canvas = canvas;
    }

    /// Runs one frame, a sixtieth of a second after the one before. Returns how long egui would wait for the next one
    /// if nothing happened: zero asks for it at once.
    pub fn frame(&mut self, events: Vec<Event>, ui: impl FnMut(&mut Ui)) -> Duration {
        let input = self.input(events);
        self.frames += 1;
        let mut output = self.context.run_ui(input, ui);
        self.rasterizer.apply(&mut output.textures_delta);
        self.shapes = output.shapes;
        self.pixels_per_point = output.pixels_per_point;
        output.viewport_output.get(&ViewportId::ROOT).map_or(Duration::MAX, |viewport| viewport.repaint_delay)
    }

    /// Runs frames without events until none is asked for at once: 2 at least, 32 at most.
    pub fn settle(&mut self, mut ui: impl FnMut(&mut Ui)) {
        for frame in 1..=MAX_FRAMES {
            let wait = self.frame(Vec::new(), &mut ui);
            if wait > Duration::ZERO && frame >= MIN_FRAMES {
                break;
            }
        }
    }

    /// Draws the last frame, over the theme's panel colour.
    #[must_use]
    pub fn image(&self) -> RgbaImage {
        let primitives = self.context.tessellate(self.shapes.clone(), self.pixels_per_point);
        let [red, green, blue, _] = self.context.global_style().visuals.panel_fill.to_array();
        #[expect(clippy::disallowed_methods, reason = "the theme's own colour, made opaque")]
        let clear = Color32::from_rgb(red, green, blue);
        self.rasterizer.paint(&primitives, self.canvas.size_px(), self.pixels_per_point, clear)
    }

    fn input(&self, events: Vec<Event>) -> RawInput {
        let mut input = RawInput {
            screen_rect: Some(Rect::from_min_size(Pos2::ZERO, self.canvas.size.into())),
            max_texture_side: Some(MAX_TEXTURE_SIDE),
            time: Some(f64::from(self.frames) * FRAME_SECONDS),
            events,
            system_theme: Some(self.canvas.theme),
            ..Default::default()
        };
        if let Some(viewport) = input.viewports.get_mut(&ViewportId::ROOT) {
            viewport.native_pixels_per_point = Some(self.canvas.pixels_per_point);
        }
        input
    }
}

#[cfg(test)]
#[path = "headless_tests.rs"]
mod tests;
