//! Filling a run of pixels of one row.

use super::geometry::Plane;
use super::paint::{Image, Paint};
use super::pixel::{Pixel, modulate, over};

/// Fills `pixels`, the first of which is pixel (`x`, `y`) of the image.
#[inline]
pub(super) fn fill(paint: &Paint<'_>, pixels: &mut [Pixel], x: i32, y: i32) {
    match paint {
        Paint::Solid(color) if color[3] == 255 => pixels.fill(*color),
        Paint::Solid(color) => {
            for pixel in pixels {
                over(pixel, *color);
            }
        }
        Paint::Gradient(planes) => {
            let mut ramp = Ramp::new(planes, x, y);
            for pixel in pixels {
                over(pixel, ramp.next());
            }
        }
        Paint::Image { image, tint } => fill_image(image, *tint, pixels, x, y),
        Paint::TintedImage { image, tint } => {
            let mut ramp = Ramp::new(tint, x, y);
            let mut walk = Walk::new(image, x, y);
            for pixel in pixels {
                over(pixel, modulate(walk.next(), ramp.next()));
            }
        }
    }
}

fn fill_image(image: &Image<'_>, tint: Pixel, pixels: &mut [Pixel], x: i32, y: i32) {
    let mut walk = Walk::new(image, x, y);
    let run = if walk.dv == 0 { image.sampler.run(walk.u, walk.v, walk.du, pixels.len()) } else { None };
    if let Some(texels) = run {
        for (pixel, texel) in pixels.iter_mut().zip(texels) {
            // Most of a glyph's box is empty.
            if *texel != [0; 4] {
                over(pixel, modulate(*texel, tint));
            }
        }
    } else {
        for pixel in pixels {
            over(pixel, modulate(walk.next(), tint));
        }
    }
}

/// A colour that varies along a span. Counted in 1/65536 of a level: no span is long enough for the step's rounding
/// to reach half a level. Wrapping, because a needle's step can be enormous (on a span of a single pixel).
struct Ramp {
    levels: [i32; 4],
    steps: [i32; 4],
}

impl Ramp {
    fn new(planes: &[Plane; 4], x: i32, y: i32) -> Self {
        Self {
            levels: std::array::from_fn(|channel| (planes[channel].value(x, y) * 65_536.0 + 32_768.0) as i32),
            steps: std::array::from_fn(|channel| (planes[channel].dx * 65_536.0) as i32),
        }
    }

    #[inline]
    fn next(&mut self) -> Pixel {
        let color = self.levels.map(|level| (level >> 16).clamp(0, 255) as u8);
        for (level, step) in self.levels.iter_mut().zip(self.steps) {
            *level = level.wrapping_add(step);
        }
        color
    }
}

/// A walk over a texture along a span.
struct Walk<'a> {
    image: &'a Image<'a>,
    u: i64,
    v: i64,
    du: i64,
    dv: i64,
}

impl<'a> Walk<'a> {
    fn new(image: &'a Image<'a>, x: i32, y: i32) -> Self {
        let [u, v] = [image.u.value(x, y), image.v.value(x, y)].map(|at| at as i64);
        Self { image, u, v, du: image.u.dx as i64, dv: image.v.dx as i64 }
    }

    #[inline]
    fn next(&mut self) -> Pixel {
        let texel = self.image.sampler.sample(self.u, self.v);
        self.u = self.u.wrapping_add(self.du);
        self.v = self.v.wrapping_add(self.dv);
        texel
    }
}
