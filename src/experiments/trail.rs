//! A growing record that is cheap to clone.

use serde::{Serialize, Serializer, ser::SerializeSeq};
use std::sync::Arc;

const CHUNK: usize = 1024;

/// An append-only list whose clone copies pointers and at most about a thousand items.
///
/// Checkpoints and snapshots hold the record of a whole run; with a plain `Vec` each would copy it.
#[derive(Clone, Debug)]
pub struct Trail<T> {
    full: Vec<Arc<[T]>>,
    tail: Vec<T>,
}

impl<T> Default for Trail<T> {
    fn default() -> Self {
        Self { full: Vec::new(), tail: Vec::new() }
    }
}

impl<T: Clone> Trail<T> {
    /// Adds an item at the end.
    pub fn push(&mut self, item: T) {
        self.tail.push(item);
        if self.tail.len() == CHUNK {
            self.full.push(self.tail.drain(..).collect());
        }
    }

    /// How many items there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.full.len() * CHUNK + self.tail.len()
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.full.is_empty() && self.tail.is_empty()
    }

    /// The item at `index`, if there is one.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<&T> {
        self.full
            .get(index / CHUNK)
            .map_or_else(|| self.tail.get(index - self.full.len() * CHUNK), |chunk| chunk.get(index % CHUNK))
    }

    /// The newest item.
    #[must_use]
    pub fn last(&self) -> Option<&T> {
        self.len().checked_sub(1).and_then(|index| self.get(index))
    }

    /// The newest item, to be completed by a later phase.
    pub fn last_mut(&mut self) -> Option<&mut T> {
        if self.tail.is_empty() {
            // A full chunk is shared: take it back into the tail before changing it.
            let chunk = self.full.pop()?;
            self.tail.extend_from_slice(&chunk);
        }
        self.tail.last_mut()
    }

    /// All items in order.
    #[must_use]
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &T> + Clone {
        self.full.iter().flat_map(|chunk| chunk.iter()).chain(&self.tail)
    }

    /// At most about `most` items, evenly spaced, the first and the last among them, each with its index: enough to draw.
    pub fn sampled(&self, most: usize) -> impl Iterator<Item = (usize, &T)> {
        let len = self.len();
        let every = len.div_ceil(most.max(1)).max(1);
        let last = len.checked_sub(1).filter(|last| !last.is_multiple_of(every));
        (0..len).step_by(every).chain(last).filter_map(|index| self.get(index).map(|item| (index, item)))
    }
}

impl<T: Clone + Serialize> Serialize for Trail<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(self.len()))?;
        for item in self.iter() {
            list.serialize_element(item)?;
        }
        list.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_reads_like_a_list_across_chunks() {
        let mut trail = Trail::default();
        for i in 0..2 * CHUNK + 7 {
            trail.push(i);
        }
        assert_eq!(trail.len(), 2 * CHUNK + 7);
        assert!(trail.iter().copied().eq(0..2 * CHUNK + 7));
        assert_eq!(trail.get(CHUNK), Some(&CHUNK));
        assert_eq!(trail.get(2 * CHUNK + 7), None);
        assert_eq!(trail.sampled(10).last(), Some((2 * CHUNK + 6, &(2 * CHUNK + 6))));
        assert!(trail.sampled(10).count() <= 12);
    }

    #[test]
    fn changing_the_last_item_leaves_clones_alone() {
        let mut trail = Trail::default();
        for i in 0..CHUNK {
            trail.push(i);
        }
        let before = trail.clone();
        *trail.last_mut().unwrap() = 0;
        assert_eq!((before.last(), trail.last(), trail.len()), (Some(&(CHUNK - 1)), Some(&0), CHUNK));
    }
}
