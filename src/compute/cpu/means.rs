//! Sums and distances of many images on every core. The work is cut into the same parts however many cores there are, and
//! whole numbers are added, so the results are the same bits everywhere.

use crate::data::{Images, PIXELS};
use crate::math::distance::{Metric, Template};
use crate::math::mean_image::ImageSum;
use rayon::prelude::*;

/// Images that one task sums: 0.4 MB, some 10 microseconds.
const SUMMED: usize = 512;
/// Images that one task compares with every mean: 25 kB, which a core keeps near while the means pass over them.
const COMPARED: usize = 32;

/// The images of a split, one a row: the bytes as they lie in memory.
#[must_use]
pub fn matrix(images: &Images) -> &[[u8; PIXELS]] {
    images.pixels().as_chunks().0
}

/// The images at these places of `images`, laid on one another.
///
/// # Panics
/// If an index is past the end, as slices do.
#[must_use]
pub fn sum_images(images: &[[u8; PIXELS]], indices: &[u32]) -> ImageSum {
    if indices.len() <= SUMMED {
        return ImageSum::of(images, indices);
    }
    let parts = indices.par_chunks(SUMMED).map(|part| ImageSum::of(images, part));
    parts.reduce(ImageSum::default, |sum, part| sum.and(&part))
}

/// The distance of every image at these places of `images` to every mean: `[indices, templates]`, row by row.
///
/// # Panics
/// If an index is past the end, as slices do.
#[must_use]
pub fn distances(images: &[[u8; PIXELS]], indices: &[u32], templates: &[Template], metric: Metric) -> Vec<f64> {
    let columns = templates.len();
    let mut distances = vec![0.0; indices.len() * columns];
    if columns > 0 {
        let parts = indices.par_chunks(COMPARED).zip(distances.par_chunks_mut(COMPARED * columns));
        parts.for_each(|(indices, out)| {
            for (column, template) in templates.iter().enumerate() {
                if let Some(out) = out.get_mut(column..) {
                    template.distances(images, indices, metric, out, columns);
                }
            }
        });
    }
    distances
}
