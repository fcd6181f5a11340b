//! Which classes stand together in the mini-batches of an epoch.

use crate::data::batches;

/// How many images of each class every mini-batch has: `(batches, classes)`. `order` holds places in `labels`, the class
/// of each image.
#[must_use]
pub fn compositions(order: &[u32], labels: &[u8], batch_size: usize, classes: usize) -> Vec<Vec<u32>> {
    let count = |batch: std::ops::Range<usize>| {
        let mut counts = vec![0; classes];
        for &place in &order[batch] {
            let class = labels.get(place as usize).map_or(usize::MAX, |&class| class.into());
            if let Some(count) = counts.get_mut(class) {
                *count += 1;
            }
        }
        counts
    };
    batches(order.len(), batch_size).map(count).collect()
}

/// Whether a mini-batch has images of more than one class.
#[must_use]
pub fn is_mixed(counts: &[u32]) -> bool {
    counts.iter().filter(|count| **count > 0).count() > 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::torch::Generator;

    #[test]
    fn in_the_books_order_one_batch_of_49_is_mixed() {
        // 6131 threes, then 6265 sevens.
        let labels: Vec<u8> = (0..12_396).map(|place| u8::from(place >= 6131)).collect();
        let order: Vec<u32> = (0..12_396).collect();
        let found = compositions(&order, &labels, 256, 2);
        assert_eq!(found.len(), 49);
        let mixed: Vec<usize> = (0..49).filter(|&batch| is_mixed(&found[batch])).collect();
        assert_eq!((mixed, &found[23][..]), (vec![23], &[243, 13][..]));
        assert_eq!(found[48], [0, 108]);
        let shuffled = compositions(&Generator::new(42).randperm(12_396), &labels, 256, 2);
        assert!(shuffled.iter().all(|counts| is_mixed(counts)));
        assert_eq!(shuffled.iter().map(|counts| counts[0]).sum::<u32>(), 6131);
    }
}
