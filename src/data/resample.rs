//! Anti-aliased resizing by area, in whole numbers, so that every machine gets the same bytes.

use image::GrayImage;

use super::InkBox;

/// The `area` of `source`, each byte passed through `levels`, resized to `width` x `height`.
///
/// A pixel of the result is the mean of what it covers, partly covered pixels counting in part. That is the exact
/// average when shrinking, by any factor; enlarged pixels keep their shape. `area` lies within `source`.
pub(super) fn resize(source: &GrayImage, area: InkBox, levels: &[u8; 256], width: u32, height: u32) -> GrayImage {
    let mut result = GrayImage::new(width, height);
    if area.width == 0 || area.height == 0 || width == 0 || height == 0 {
        return result;
    }
    let [left, top, across, down] = [area.x, area.y, area.width, area.height].map(|n| n as usize);
    let (width, height) = (width as usize, height as usize);
    let columns: Vec<Vec<_>> = spans(across, width).map(Iterator::collect).collect();
    // Every source row squeezed to `width` sums; a sum is at most 255 x 20,000.
    let squeeze = |row: &[u8]| -> Vec<u64> {
        let row = &row[left..left + across];
        let weighed = |&(at, weight): &(usize, u64)| weight * u64::from(levels[usize::from(row[at])]);
        let sums = columns.iter().map(|span| span.iter().map(weighed).sum());
        sums.collect()
    };
    let rows = source.chunks_exact(source.width() as usize);
    let squeezed: Vec<Vec<u64>> = rows.skip(top).take(down).map(squeeze).collect();
    let whole = (across * down) as u64;
    for (to, span) in result.chunks_exact_mut(width).zip(spans(down, height)) {
        let span: Vec<_> = span.collect();
        for (column, to) in to.iter_mut().enumerate() {
            let sum: u64 = span.iter().map(|&(at, weight)| weight * squeezed[at][column]).sum();
            *to = byte((sum + whole / 2) / whole);
        }
    }
    result
}

/// For each of `to` pixels laid over `from` pixels: which ones it covers, and how much of each.
///
/// Lengths are counted in parts of which a source pixel has `to` and a result pixel `from`, so weights are whole and
/// those of a span sum to `from`.
fn spans(from: usize, to: usize) -> impl Iterator<Item = impl Iterator<Item = (usize, u64)>> {
    (0..to).map(move |pixel| {
        let (start, end) = (pixel * from, (pixel + 1) * from);
        (start / to..end.div_ceil(to)).map(move |at| {
            let overlap = end.min((at + 1) * to) - start.max(at * to);
            (at, overlap as u64)
        })
    })
}

/// A sum that has been divided down to a byte; above 255 it stays 255.
pub(super) fn byte(value: impl TryInto<u8>) -> u8 {
    value.try_into().unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::data::ink::IDENTITY;

    fn whole(image: &GrayImage) -> InkBox {
        InkBox { x: 0, y: 0, width: image.width(), height: image.height() }
    }

    fn row(bytes: &[u8], width: u32) -> Vec<u8> {
        let image = GrayImage::from_raw(u32::try_from(bytes.len()).unwrap(), 1, bytes.to_vec()).unwrap();
        resize(&image, whole(&image), &IDENTITY, width, 1).into_raw()
    }

    #[test]
    fn shrinking_averages_what_is_covered() {
        assert_eq!(row(&[0, 100, 200, 100], 2), [50, 150]);
        // Three into two: the middle pixel is shared.
        assert_eq!(row(&[0, 90, 240], 2), [30, 190]);
    }

    #[test]
    fn enlarging_keeps_pixels() {
        assert_eq!(row(&[10, 200], 4), [10, 10, 200, 200]);
        assert_eq!(row(&[10, 40], 3), [10, 25, 40]);
    }

    #[test]
    fn only_the_area_counts() {
        let image = GrayImage::from_fn(4, 4, |x, y| image::Luma([u8::from(x == 2 && y == 3) * 255]));
        let area = InkBox { x: 2, y: 2, width: 2, height: 2 };
        assert_eq!(resize(&image, area, &IDENTITY, 2, 2).into_raw(), [0, 0, 255, 0]);
        let nothing = InkBox { width: 0, ..area };
        assert_eq!(resize(&image, nothing, &IDENTITY, 1, 1).into_raw(), [0]);
    }

    proptest! {
        #[test]
        fn an_even_picture_stays_even(w in 1_u32..70, h in 1_u32..70, to in 1_u32..40, grey: u8) {
            let image = GrayImage::from_pixel(w, h, image::Luma([grey]));
            let small = resize(&image, whole(&image), &IDENTITY, to, 20);
            prop_assert!(small.as_raw().iter().all(|&byte| byte == grey));
        }
    }
}
