//! A data set cut into mini-batches of one size.

use std::ops::Range;

/// Consecutive index ranges of `batch_size` that cover `0..len`; the last is shorter when `len` is no multiple.
///
/// A `batch_size` of 0 is read as 1: an endless stream of empty batches would train nothing.
#[must_use]
pub fn batches(
    len: usize,
    batch_size: usize,
) -> impl ExactSizeIterator<Item = Range<usize>> + DoubleEndedIterator + Clone {
    let size = batch_size.max(1);
    // No product here overflows: `batch * size` is below `len`.
    (0..len.div_ceil(size)).map(move |batch| {
        let start = batch * size;
        start..start.saturating_add(size).min(len)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_books_epoch_has_49_batches() {
        let all: Vec<_> = batches(12396, 256).collect();
        assert_eq!(batches(12396, 256).len(), 49);
        assert_eq!(all[23], 5888..6144);
        assert_eq!(all[48].len(), 108);
        assert_eq!(batches(2038, 256).last(), Some(1792..2038));
        assert_eq!(batches(26, 6).map(|b| b.len()).collect::<Vec<_>>(), [6, 6, 6, 6, 2]);
    }

    #[test]
    fn odd_sizes_still_end() {
        assert_eq!(batches(0, 256).len(), 0);
        assert_eq!(batches(3, 0).len(), 3);
        assert_eq!(batches(3, usize::MAX).next(), Some(0..3));
    }

    proptest! {
        #[test]
        fn batches_cover_everything_once(len in 0_usize..5000, size in 1_usize..600) {
            let joined: Vec<usize> = batches(len, size).flatten().collect();
            prop_assert_eq!(joined, (0..len).collect::<Vec<_>>());
            prop_assert!(batches(len, size).rev().skip(1).all(|batch| batch.len() == size));
        }
    }
}
