//! What a triangle is filled with, reduced to the simplest case that gives the same colours.

use egui::epaint::Vertex;

use super::geometry::{Plane, Point};
use super::pixel::{Pixel, modulate};
use super::texture::{Sampler, TEXEL, Texture};

/// Texture coordinates further out than this many texels are nonsense; bounding them keeps fixed point in range.
const MAX_TEXELS: f64 = (1_u64 << 28) as f64;

pub(super) enum Paint<'a> {
    /// One colour.
    Solid(Pixel),
    /// Channels from 0 to 255 that vary.
    Gradient([Plane; 4]),
    /// A texture times one colour.
    Image { image: Image<'a>, tint: Pixel },
    /// A texture times a colour that varies.
    TintedImage { image: Image<'a>, tint: [Plane; 4] },
}

/// A texture laid over the screen; `u` and `v` count in units of 1/[`TEXEL`].
pub(super) struct Image<'a> {
    pub(super) sampler: Sampler<'a>,
    pub(super) u: Plane,
    pub(super) v: Plane,
}

impl<'a> Paint<'a> {
    /// The paint of a triangle that has an area.
    pub(super) fn new(points: [Point; 3], vertices: [&Vertex; 3], texture: &'a Texture) -> Self {
        let colors = vertices.map(|vertex| vertex.color.to_array());
        let one_color = colors[0] == colors[1] && colors[0] == colors[2];
        let [width, height] = texture.size().map(|side| (side as i64 * TEXEL) as f64);
        let scaled = |at: f32, side: f64| bounded(f64::from(at) * side);

        // Nearly all of what egui draws that is not text points at the one white texel.
        let uv = vertices.map(|vertex| vertex.uv);
        if uv[0] == uv[1] && uv[0] == uv[2] {
            let (u, v) = (scaled(uv[0].x, width), scaled(uv[0].y, height));
            let texel = texture.sampler(false).sample(u as i64, v as i64);
            return if one_color {
                Self::Solid(modulate(colors[0], texel))
            } else {
                Self::Gradient(channels(points, colors, texel))
            };
        }

        let u = Plane::through(points, uv.map(|uv| scaled(uv.x, width)));
        let v = Plane::through(points, uv.map(|uv| scaled(uv.y, height)));
        let texel = TEXEL as f64;
        let squared = |du: f64, dv: f64| (du / texel) * (du / texel) + (dv / texel) * (dv / texel);
        let minified = squared(u.dx, v.dx).max(squared(u.dy, v.dy)) > 1.0;
        let image = Image { sampler: texture.sampler(minified), u, v };
        if one_color {
            Self::Image { image, tint: colors[0] }
        } else {
            Self::TintedImage { image, tint: channels(points, colors, [255; 4]) }
        }
    }
}

fn bounded(texels: f64) -> f64 {
    let limit = MAX_TEXELS * TEXEL as f64;
    if texels.is_nan() { 0.0 } else { texels.clamp(-limit, limit) }
}

fn channels(points: [Point; 3], colors: [Pixel; 3], texel: Pixel) -> [Plane; 4] {
    std::array::from_fn(|channel| {
        let share = f64::from(texel[channel]) / 255.0;
        Plane::through(points, colors.map(|color| f64::from(color[channel]) * share))
    })
}
