//! A CPU rasteriser for egui's meshes.
//!
//! Screenshots and picture tests want no driver and the same bits everywhere. So coverage is exact integer arithmetic
//! on a grid of 1/256 pixel, as a GPU does it; what remains is plain IEEE arithmetic without fused operations; and the
//! image is cut into bands of fixed height, each drawn in order by one thread.
//!
//! It follows `egui_glow`: colours multiply and blend in gamma space with premultiplied alpha, clip rectangles round
//! to whole pixels, and there is no dithering. Mipmaps are not built (textures are sampled at full size), and paint
//! callbacks, which need a GPU, are skipped with a warning.
//!
//! ```text
//! meshes -> plan: which triangle touches which band -> every band: span by span -> image
//! ```
#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "fixed-point arithmetic narrows on purpose, and every value is bounded before it is narrowed"
)]

mod geometry;
mod paint;
mod pixel;
mod plan;
mod span;
mod texture;

#[cfg(test)]
mod tests;

use std::collections::HashMap;

use egui::epaint::{ImageDelta, textures::TexturesDelta};
use egui::{ClippedPrimitive, Color32, TextureId};
use image::RgbaImage;
use rayon::prelude::*;

use plan::Plan;
use texture::Texture;

/// The longest side, in pixels, of an image that is drawn; a longer one is cut to it.
pub const MAX_SIDE: u32 = 16_384;

/// The height of a band, in pixels: small enough to share the work, large enough that few triangles span several.
const BAND_ROWS: usize = 16;

/// Draws egui's meshes on the CPU, and holds the textures that they refer to.
#[derive(Default)]
pub struct Rasterizer {
    textures: HashMap<TextureId, Texture>,
    /// Textures that egui let go of. The frame that came with the news may still use them.
    freed: Vec<TextureId>,
}

impl Rasterizer {
    /// A rasteriser that knows no textures yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes over one frame's texture changes and leaves `delta` empty, as egui asks. Call it for every frame, in
    /// order, before [`Self::paint`]. Textures that the delta frees stay until the next call.
    pub fn apply(&mut self, delta: &mut TexturesDelta) {
        for id in self.freed.drain(..) {
            self.textures.remove(&id);
        }
        for (id, changes) in delta.set.drain() {
            for change in changes {
                self.set(id, &change);
            }
        }
        self.freed.extend(delta.free.drain());
    }

    fn set(&mut self, id: TextureId, change: &ImageDelta) {
        let egui::ImageData::Color(image) = &change.image;
        match change.pos {
            None => {
                self.textures.insert(id, Texture::new(image, change.options));
            }
            Some(corner) => {
                let patched = self.textures.get_mut(&id).is_some_and(|t| t.patch(image, corner, change.options));
                if !patched {
                    log::warn!("texture {id:?}: a patch at {corner:?} lies outside the texture and is left out");
                }
            }
        }
    }

    /// Draws `primitives` over `clear` into an image of `size_px` (width, height; at most [`MAX_SIDE`] each).
    ///
    /// `pixels_per_point` is the one that the primitives were tessellated for. The image holds gamma-space colours
    /// with premultiplied alpha: with an opaque `clear`, plain opaque RGB.
    #[must_use]
    pub fn paint(
        &self,
        primitives: &[ClippedPrimitive],
        size_px: [u32; 2],
        pixels_per_point: f32,
        clear: Color32,
    ) -> RgbaImage {
        let [width, height] = size_px.map(|side| side.min(MAX_SIDE));
        let mut image = RgbaImage::new(width, height);
        if width == 0 || height == 0 {
            return image;
        }
        let plan = Plan::new(primitives, &self.textures, [width, height], pixels_per_point, BAND_ROWS);
        let (pixels, _) = image.as_chunks_mut::<4>();
        pixels.par_chunks_mut(width as usize * BAND_ROWS).enumerate().for_each(|(band, pixels)| {
            pixels.fill(clear.to_array());
            plan.draw(band, pixels);
        });
        image
    }
}
