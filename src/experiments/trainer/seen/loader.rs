//! What is seen on the page DataLoader.

use crate::compute::Task;
use crate::experiments::trainer::{Composition, Look, Snapshot, Toy};
use crate::experiments::{Part, Same};
use crate::math::torch::Generator;
use std::sync::Arc;

/// What an epoch's mini-batches depend on: the order of the images, the images, and the batch size.
type Order = (Same<[u32]>, Same<Task>, usize);

/// What is computed for the page DataLoader.
#[derive(Clone, Debug, Default)]
pub struct LoaderSeen {
    epoch: Part<Order, Composition>,
    toy: Part<Toy, ToySeen>,
}

/// The orders in which the small loader gives its items.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToySeen {
    /// Of the numbers.
    pub numbers: Vec<u32>,
    /// Of the letters.
    pub letters: Vec<u32>,
}

impl LoaderSeen {
    /// The mini-batches of this state's epoch; `None` while another's were looked at.
    #[must_use]
    pub fn epoch(&self, snapshot: &Snapshot) -> Option<&Arc<Composition>> {
        self.epoch.get().filter(|_| self.epoch.is_of(&key(snapshot)))
    }

    /// The small loader.
    #[must_use]
    pub fn toy(&self) -> Option<&ToySeen> {
        self.toy.get().map(|toy| &**toy)
    }

    /// Brings it up to date; returns whether it is.
    pub(super) fn see(&mut self, snapshot: &Arc<Snapshot>, look: &Look) -> bool {
        let (classes, size) = (snapshot.task.train.classes(), snapshot.settings.batch_size);
        self.epoch.renew(key(snapshot), || Composition::of(&snapshot.order, classes, size, snapshot.digits.len()));
        self.toy.renew(look.loader.toy, || ToySeen::of(look.loader.toy));
        true
    }
}

fn key(snapshot: &Snapshot) -> Order {
    (Same(Arc::clone(&snapshot.order)), Same(Arc::clone(&snapshot.task)), snapshot.settings.batch_size)
}

impl ToySeen {
    fn of(toy: Toy) -> Self {
        Self { numbers: order(Toy::NUMBERS, toy), letters: order(Toy::LETTERS, toy) }
    }
}

/// The numbers below `count` in the order in which they come.
fn order(count: usize, toy: Toy) -> Vec<u32> {
    if toy.shuffle { Generator::new(toy.seed.into()).randperm(count) } else { (0..).take(count).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// ```python
    /// torch.manual_seed(42); torch.randperm(15).tolist()
    /// ```
    #[test]
    fn the_small_loader_is_shuffled_as_pytorch_does_it() {
        let toy = Toy::default();
        assert_eq!((toy.seed, &ToySeen::of(toy).numbers[..3]), (42, &[0, 1, 2][..]));
        assert_eq!(ToySeen::of(Toy { shuffle: true, ..toy }).numbers, PYTORCH);
    }

    const PYTORCH: [u32; 15] = [12, 10, 8, 13, 6, 1, 3, 11, 2, 14, 4, 5, 9, 7, 0];
}
