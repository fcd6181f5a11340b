//! What was computed from a data set, so that a change of something else does not repeat it.

use std::any::Any;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// How many results are kept of each kind: enough to go back and forth, few enough to bound memory.
const KEPT: usize = 4;

/// The last results of some computations, each by its key. A kind of result is a type of key with a type of value; a key
/// says all that the value depends on besides the data.
#[derive(Default)]
pub struct Memo {
    /// Entries `(key, value)`, the oldest first.
    kept: Mutex<Vec<Box<dyn Any + Send>>>,
}

impl Memo {
    /// The result for `key`: the one that is kept, or the one that `make` gives.
    pub fn get<K, V>(&self, key: K, make: impl FnOnce() -> V) -> Arc<V>
    where
        K: PartialEq + Send + 'static,
        V: Send + Sync + 'static,
    {
        let of_this_kind = |entry: &Box<dyn Any + Send>| entry.is::<(K, Arc<V>)>();
        let found = self.with(|kept| {
            let mut entries = kept.iter().filter_map(|entry| entry.downcast_ref::<(K, Arc<V>)>());
            entries.find(|entry| entry.0 == key).map(|entry| Arc::clone(&entry.1))
        });
        if let Some(found) = found {
            return found;
        }
        // No lock is held meanwhile: two threads that compute the same come to the same.
        let made = Arc::new(make());
        self.with(|kept| {
            if kept.iter().filter(|entry| of_this_kind(entry)).count() >= KEPT
                && let Some(oldest) = kept.iter().position(of_this_kind)
            {
                kept.remove(oldest);
            }
            kept.push(Box::new((key, Arc::clone(&made))));
        });
        made
    }

    fn with<T>(&self, look: impl FnOnce(&mut Vec<Box<dyn Any + Send>>) -> T) -> T {
        // A panic elsewhere cannot leave the list half changed in a way that matters, so poison is ignored.
        look(&mut self.kept.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl fmt::Debug for Memo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Memo").field("kept", &self.with(|kept| kept.len())).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_few_of_each_kind_are_kept() {
        let memo = Memo::default();
        let mut made = Vec::new();
        for key in [1_u8, 2, 1, 3, 4, 5, 2, 1] {
            let value = memo.get(key, || {
                made.push(key);
                u32::from(key) * 10
            });
            assert_eq!(*value, u32::from(key) * 10);
        }
        assert_eq!(made, [1, 2, 3, 4, 5, 1], "1 again, after 5 took its place");
        assert_eq!(*memo.get(5_u8, || "another kind"), "another kind");
        assert_eq!(*memo.get(5_u8, || -> u32 { unreachable!("the first kind is still there") }), 50);
    }
}
