//! Which of many images are most like a given one, pixel by pixel.

use crate::data::PIXELS;

/// The places among `images` of the `count` images that differ least from `image`, the most alike first, looked for
/// among those that `indices` names; of equally alike ones the smaller place. The measure is the sum of the squared
/// differences of the bytes, at most `784 x 255^2 < 2^26`, so it is exact.
#[must_use]
pub fn most_alike(images: &[[u8; PIXELS]], indices: &[u32], image: &[u8; PIXELS], count: usize) -> Vec<u32> {
    let mut found = pulp::Arch::new().dispatch(Differences { images, indices, image });
    if count < found.len() {
        found.select_nth_unstable(count);
        found.truncate(count);
    }
    found.sort_unstable();
    found.into_iter().map(|(_, index)| index).collect()
}

/// How much each image differs, with its place, compiled once for each width of vector register that machines have.
struct Differences<'a> {
    images: &'a [[u8; PIXELS]],
    indices: &'a [u32],
    image: &'a [u8; PIXELS],
}

impl pulp::WithSimd for Differences<'_> {
    type Output = Vec<(u32, u32)>;

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) -> Self::Output {
        let mut found = Vec::with_capacity(self.indices.len());
        for &index in self.indices {
            if let Some(other) = self.images.get(index as usize) {
                found.push((difference(self.image, other), index));
            }
        }
        found
    }
}

#[inline(always)]
fn difference(a: &[u8; PIXELS], b: &[u8; PIXELS]) -> u32 {
    let mut sum = 0;
    for (&a, &b) in a.iter().zip(b) {
        let difference = i32::from(a) - i32::from(b);
        sum += difference * difference;
    }
    sum.unsigned_abs()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Library;

    #[test]
    fn an_image_is_most_like_itself_and_ties_go_to_the_first() {
        let images = [[0; PIXELS], [3; PIXELS], [1; PIXELS], [255; PIXELS], [1; PIXELS]];
        assert_eq!(most_alike(&images, &[0, 1, 2, 3, 4], &[255; PIXELS], 2), [3, 1]);
        assert_eq!(most_alike(&images, &[4, 3, 2, 1, 0, 99], &[1; PIXELS], 3), [2, 4, 0]);
        assert_eq!(most_alike(&images, &[3, 1], &[0; PIXELS], 9), [1, 3]);
    }

    #[test]
    fn it_is_the_textbook_formula() {
        let data = Library::new().builtin().unwrap();
        let images: &[[u8; PIXELS]] = data.train.pixels().as_chunks().0;
        let (indices, sample): (Vec<u32>, _) = ((0..500).collect(), &images[777]);
        let textbook = |&index: &u32| -> f64 {
            let pairs = sample.iter().zip(&images[index as usize]);
            pairs.map(|(&a, &b)| (f64::from(a) - f64::from(b)).powi(2)).sum()
        };
        let mut expected = indices.clone();
        expected.sort_by(|a, b| textbook(a).total_cmp(&textbook(b)));
        assert_eq!(most_alike(images, &indices, sample, 20), expected[..20]);
    }
}
