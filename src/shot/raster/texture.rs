//! Textures and how they are sampled.

use egui::{ColorImage, TextureFilter, TextureOptions, TextureWrapMode};

use super::pixel::Pixel;

/// One texel in the fixed-point texel coordinates that [`Sampler::sample`] takes.
pub(super) const TEXEL: i64 = 1 << TEXEL_BITS;
const TEXEL_BITS: u32 = 24;

/// What the last bit of an `f32` texture coordinate may come to on a texture of two thousand texels.
const NOISE: i64 = TEXEL >> 13;

/// Linear filtering mixes texels in steps of 1/256, as GPUs do.
const WEIGHT_BITS: u32 = 8;

/// An image on the rasteriser's side, premultiplied.
pub(super) struct Texture {
    size: [usize; 2],
    texels: Vec<Pixel>,
    options: TextureOptions,
}

impl Texture {
    pub(super) fn new(image: &ColorImage, options: TextureOptions) -> Self {
        let [width, height] = image.size;
        let mut texels: Vec<Pixel> = image.pixels.iter().map(egui::Color32::to_array).collect();
        // An image that lies about its size must not make sampling read beyond its end.
        texels.resize(width * height, [0; 4]);
        Self { size: image.size, texels, options }
    }

    /// Replaces the rectangle whose left top is `corner`; false if it does not lie within the texture.
    pub(super) fn patch(&mut self, image: &ColorImage, corner: [usize; 2], options: TextureOptions) -> bool {
        let [width, height] = image.size;
        let fits = (0..2).all(|axis| corner[axis].saturating_add(image.size[axis]) <= self.size[axis]);
        if !fits || image.pixels.len() != width * height {
            return false;
        }
        self.options = options;
        if width > 0 {
            for (y, row) in image.pixels.chunks_exact(width).enumerate() {
                let start = (corner[1] + y) * self.size[0] + corner[0];
                for (texel, color) in self.texels[start..start + width].iter_mut().zip(row) {
                    *texel = color.to_array();
                }
            }
        }
        true
    }

    pub(super) fn is_empty(&self) -> bool {
        self.texels.is_empty()
    }

    /// Width and height in texels.
    pub(super) fn size(&self) -> [usize; 2] {
        self.size
    }

    /// A sampler for a surface on which texels are smaller (`minified`) or larger than pixels.
    pub(super) fn sampler(&self, minified: bool) -> Sampler<'_> {
        let TextureOptions { magnification, minification, wrap_mode, mipmap_mode: _ } = self.options;
        Sampler { texture: self, filter: if minified { minification } else { magnification }, wrap: wrap_mode }
    }
}

/// Reads a texture with one filter.
#[derive(Clone, Copy)]
pub(super) struct Sampler<'a> {
    texture: &'a Texture,
    filter: TextureFilter,
    wrap: TextureWrapMode,
}

impl<'a> Sampler<'a> {
    /// The colour at texel coordinates `u`, `v`, in units of 1/[`TEXEL`]; the texture's left top corner is (0, 0).
    #[inline]
    pub(super) fn sample(&self, u: i64, v: i64) -> Pixel {
        let ([column, column_weight], [row, row_weight]) = (self.split(u), self.split(v));
        if column_weight | row_weight == 0 {
            return self.texel(column, row);
        }
        let upper = [self.texel(column, row), self.texel(column + 1, row)];
        let lower = [self.texel(column, row + 1), self.texel(column + 1, row + 1)];
        let one = 1 << WEIGHT_BITS;
        let (right, below) = (column_weight as u32, row_weight as u32);
        std::array::from_fn(|channel| {
            let across =
                |[left, next]: [Pixel; 2]| u32::from(left[channel]) * (one - right) + u32::from(next[channel]) * right;
            let sum = across(upper) * (one - below) + across(lower) * below;
            ((sum + (1 << (2 * WEIGHT_BITS - 1))) >> (2 * WEIGHT_BITS)) as u8
        })
    }

    /// The `length` texels that a span shows one to one, texel for pixel, if it does: `u` steps by `step` along it and
    /// `v` stays. So it is with text, which is most of what a frame samples.
    pub(super) fn run(&self, u: i64, v: i64, step: i64, length: usize) -> Option<&'a [Pixel]> {
        let drift = step.checked_sub(TEXEL)?.checked_abs()?.checked_mul(length as i64)?;
        let ([column, column_weight], [row, row_weight]) = (self.split(u), self.split(v));
        if drift >= TEXEL >> (WEIGHT_BITS + 1) || column_weight | row_weight != 0 {
            return None;
        }
        let [width, height] = self.texture.size;
        let (column, row) = (usize::try_from(column).ok()?, usize::try_from(row).ok()?);
        if row >= height || column.checked_add(length)? > width {
            return None;
        }
        let start = row * width + column;
        self.texture.texels.get(start..start + length)
    }

    /// The texel at or before a coordinate, and the weight of the next one (0 with the nearest filter).
    #[inline]
    fn split(&self, at: i64) -> [i64; 2] {
        let shift = TEXEL_BITS - WEIGHT_BITS;
        match self.filter {
            // A coordinate right between two texels goes to the later one, whatever the noise in its last bits:
            // otherwise an enlarged texture would have texels of uneven widths.
            TextureFilter::Nearest => [at.wrapping_add(NOISE) >> TEXEL_BITS, 0],
            TextureFilter::Linear => {
                let steps = at.wrapping_add((1 << (shift - 1)) - TEXEL / 2) >> shift;
                [steps >> WEIGHT_BITS, steps & ((1 << WEIGHT_BITS) - 1)]
            }
        }
    }

    #[inline]
    fn texel(&self, column: i64, row: i64) -> Pixel {
        let [width, height] = self.texture.size;
        self.texture.texels[self.wrapped(row, height) * width + self.wrapped(column, width)]
    }

    /// The index that stands for `index` on an axis of `length > 0` texels; always less than `length`.
    #[inline]
    fn wrapped(&self, index: i64, length: usize) -> usize {
        let end = length as i64;
        let wrapped = match self.wrap {
            TextureWrapMode::ClampToEdge => index.clamp(0, end - 1),
            TextureWrapMode::Repeat => index.rem_euclid(end),
            TextureWrapMode::MirroredRepeat => {
                let turn = index.rem_euclid(2 * end);
                turn.min(2 * end - 1 - turn)
            }
        };
        wrapped as usize
    }
}
