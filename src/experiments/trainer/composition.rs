//! Which classes stand together in the mini-batches of an epoch.

use crate::data::batches;

/// The order of an epoch's images, cut into mini-batches.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Composition {
    /// How many images of each class every mini-batch has: `(batches, classes)`.
    pub counts: Vec<Vec<u32>>,
    /// What the order does, in sentences whose numbers are counted from it.
    pub said: String,
}

impl Composition {
    /// `order` holds indices in `labels`, the class of each image.
    #[must_use]
    pub fn of(order: &[u32], labels: &[u8], batch_size: usize, classes: usize) -> Self {
        let counts = compositions(order, labels, batch_size, classes);
        let said = said(&counts, order.len(), batch_size);
        Self { counts, said }
    }
}

fn compositions(order: &[u32], labels: &[u8], batch_size: usize, classes: usize) -> Vec<Vec<u32>> {
    let count = |batch: std::ops::Range<usize>| {
        let mut counts = vec![0; classes];
        for &index in &order[batch] {
            let class = labels.get(index as usize).map_or(usize::MAX, |&class| class.into());
            if let Some(count) = counts.get_mut(class) {
                *count += 1;
            }
        }
        counts
    };
    batches(order.len(), batch_size).map(count).collect()
}

/// Whether a mini-batch has images of more than one class.
fn is_mixed(counts: &[u32]) -> bool {
    counts.iter().filter(|count| **count > 0).count() > 1
}

fn said(counts: &[Vec<u32>], images: usize, batch_size: usize) -> String {
    let all = counts.len();
    let sum = |batch: Option<&Vec<u32>>| batch.map_or(0, |counts| counts.iter().sum::<u32>());
    let last = match (sum(counts.first()), sum(counts.last())) {
        (first, last) if all > 1 && last < first => format!(" The last has the {last} that are left over."),
        _ => String::new(),
    };
    let plural = if all == 1 { "mini-batch" } else { "mini-batches" };
    let cut = format!("An epoch cuts {images} images into {all} {plural} of {batch_size}.{last}");
    let mixed: Vec<usize> = (0..all).filter(|&batch| is_mixed(&counts[batch])).collect();
    let mix = match &mixed[..] {
        [] => " Each has one digit only.".to_owned(),
        [one] => format!(" Only number {} has more than one digit.", one + 1),
        some if some.len() == all => " Every one has several digits.".to_owned(),
        some => format!(" {} of them have more than one digit.", some.len()),
    };
    format!("{cut}{mix}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::torch::Generator;

    #[test]
    fn in_the_books_order_one_batch_of_49_is_mixed() {
        // 6131 threes, then 6265 sevens.
        let labels: Vec<u8> = (0..12_396).map(|index| u8::from(index >= 6131)).collect();
        let order: Vec<u32> = (0..12_396).collect();
        let found = compositions(&order, &labels, 256, 2);
        assert_eq!(found.len(), 49);
        let mixed: Vec<usize> = (0..49).filter(|&batch| is_mixed(&found[batch])).collect();
        assert_eq!((mixed, &found[23][..]), (vec![23], &[243, 13][..]));
        assert_eq!(found[48], [0, 108]);
        let shuffled = compositions(&Generator::new(42).randperm(12_396), &labels, 256, 2);
        assert!(shuffled.iter().all(|counts| is_mixed(counts)));
        let expected =
            "An epoch cuts 12396 images into 49 mini-batches of 256. The last has the 108 that are left over.";
        assert_eq!(said(&found, 12_396, 256), format!("{expected} Only number 24 has more than one digit."));
        assert_eq!(said(&shuffled, 12_396, 256), format!("{expected} Every one has several digits."));
        assert_eq!(shuffled.iter().map(|counts| counts[0]).sum::<u32>(), 6131);
    }
}
