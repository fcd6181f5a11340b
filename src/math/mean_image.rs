//! Mean images, kept as whole numbers so that neither the order of the images nor the number of threads shows in them.

use crate::data::PIXELS;

/// The most images whose bytes fit a 16-bit sum: 257 x 255 = 65,535.
const NARROW: usize = 257;
/// Images added in one pass over the narrow sums, which saves three of four trips to them.
const AT_ONCE: usize = 4;

/// Images laid on one another: the sum of their bytes at each pixel, and how many they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageSum {
    /// The sum of the bytes at each pixel. Room for 16 million images.
    sums: Box<[u32; PIXELS]>,
    count: u32,
}

impl Default for ImageSum {
    fn default() -> Self {
        Self { sums: Box::new([0; PIXELS]), count: 0 }
    }
}

impl ImageSum {
    /// Images that were summed up elsewhere.
    #[must_use]
    pub fn new(sums: [u32; PIXELS], count: u32) -> Self {
        Self { sums: Box::new(sums), count }
    }

    /// The sum of the images at these places of `images`.
    ///
    /// # Panics
    /// If an index is past the end, as slices do.
    #[must_use]
    pub fn of(images: &[[u8; PIXELS]], indices: &[u32]) -> Self {
        let mut sum = Self::default();
        pulp::Arch::new().dispatch(AddAll { sum: &mut sum, images, indices });
        sum
    }

    /// At most [`NARROW`] images. Sums of 16 bits: a vector register holds twice as many as of 32.
    #[inline(always)]
    fn add_block(&mut self, images: &[[u8; PIXELS]], block: &[u32]) {
        let image = |index: u32| &images[index as usize];
        let mut narrow = [0_u16; PIXELS];
        let (fours, rest) = block.as_chunks::<AT_ONCE>();
        for indices in fours {
            let [a, b, c, d] = indices.map(image);
            for ((((sum, &a), &b), &c), &d) in narrow.iter_mut().zip(a).zip(b).zip(c).zip(d) {
                *sum += u16::from(a) + u16::from(b) + u16::from(c) + u16::from(d);
            }
        }
        for &index in rest {
            for (sum, &byte) in narrow.iter_mut().zip(image(index)) {
                *sum += u16::from(byte);
            }
        }
        for (sum, narrow) in self.sums.iter_mut().zip(narrow) {
            *sum += u32::from(narrow);
        }
        self.count += u32::try_from(block.len()).unwrap_or(u32::MAX); // At most 257.
    }

    /// Lays another stack on this one.
    #[must_use]
    pub fn and(mut self, other: &Self) -> Self {
        for (sum, other) in self.sums.iter_mut().zip(other.sums.iter()) {
            *sum += other;
        }
        self.count += other.count;
        self
    }

    /// How many images there are.
    #[must_use]
    pub const fn count(&self) -> u32 {
        self.count
    }

    /// The sum of the bytes at each pixel.
    #[must_use]
    pub const fn sums(&self) -> &[u32; PIXELS] {
        &self.sums
    }

    /// The mean image, 0 paper to 1 ink: `sum / (255 count)`, each rounded once to single precision. `None` of no images.
    #[must_use]
    pub fn mean(&self) -> Option<[f32; PIXELS]> {
        let scale = 255.0 * f64::from(self.count);
        #[expect(clippy::cast_possible_truncation, reason = "rounded to single precision on purpose")]
        let mean = |sum: u32| (f64::from(sum) / scale) as f32;
        (self.count > 0).then(|| self.sums.map(mean))
    }
}

/// [`ImageSum::add_block`] of many blocks, compiled once for each width of vector register that machines have.
struct AddAll<'a> {
    sum: &'a mut ImageSum,
    images: &'a [[u8; PIXELS]],
    indices: &'a [u32],
}

impl pulp::WithSimd for AddAll<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        for block in self.indices.chunks(NARROW) {
            self.sum.add_block(self.images, block);
        }
    }
}

#[cfg(test)]
#[expect(clippy::cast_possible_truncation, reason = "small numbers")]
mod tests {
    use super::*;

    #[test]
    fn narrow_sums_hold_the_brightest_images() {
        let images = [[255; PIXELS], [1; PIXELS]];
        let white = ImageSum::of(&images, &[0; 3 * NARROW + 2]);
        assert_eq!(white.sums(), &[255 * 773; PIXELS]);
        assert_eq!(white.mean(), Some([1.0; PIXELS]));
        assert_eq!(ImageSum::default().mean(), None);
    }

    #[test]
    fn parts_add_up_to_the_whole_in_any_order() {
        let images: Vec<[u8; PIXELS]> =
            (0..600_usize).map(|i| std::array::from_fn(|pixel| (i * 31 + pixel * pixel) as u8)).collect();
        let indices: Vec<u32> = (0..600).rev().collect();
        let whole = ImageSum::of(&images, &indices);
        let parts = indices.chunks(7).fold(ImageSum::default(), |sum, part| ImageSum::of(&images, part).and(&sum));
        assert_eq!(whole, parts);
        assert_eq!(whole.count(), 600);
        assert_eq!(whole.sums()[5], images.iter().map(|image| u32::from(image[5])).sum::<u32>());
    }
}
