//! The last few results of a long computation, so that a change of another setting does not repeat it.

use std::sync::{Arc, Mutex, PoisonError};

/// The last results, each by what it was computed from.
#[derive(Debug)]
pub(super) struct Recent<K, V> {
    most: usize,
    /// The oldest first.
    kept: Mutex<Vec<(K, Arc<V>)>>,
}

impl<K: PartialEq, V> Recent<K, V> {
    /// Keeps up to `most` results.
    pub(super) const fn new(most: usize) -> Self {
        Self { most, kept: Mutex::new(Vec::new()) }
    }

    /// The result for `key`: the one that is kept, or the one that `make` gives.
    ///
    /// # Errors
    /// That of `make`; nothing is kept then.
    pub(super) fn get<E>(&self, key: K, make: impl FnOnce() -> Result<V, E>) -> Result<Arc<V>, E> {
        let found = self.with(|kept| kept.iter().find(|entry| entry.0 == key).map(|entry| Arc::clone(&entry.1)));
        if let Some(found) = found {
            return Ok(found);
        }
        // No lock is held meanwhile: two threads that compute the same come to the same.
        let made = Arc::new(make()?);
        self.with(|kept| {
            kept.retain(|entry| entry.0 != key);
            if kept.len() == self.most {
                kept.remove(0);
            }
            kept.push((key, Arc::clone(&made)));
        });
        Ok(made)
    }

    fn with<T>(&self, look: impl FnOnce(&mut Vec<(K, Arc<V>)>) -> T) -> T {
        // A panic elsewhere cannot leave the list half changed in a way that matters, so poison is ignored.
        look(&mut self.kept.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::convert::Infallible;

    #[test]
    fn the_last_few_are_kept_and_errors_are_not() {
        let recent = Recent::new(2);
        let mut made = 0;
        for key in [1, 2, 1, 3, 2, 1] {
            let value = recent.get(key, || {
                made += 1;
                Ok::<_, Infallible>(key * 10)
            });
            assert_eq!(*value.unwrap(), key * 10);
        }
        assert_eq!(made, 4, "1, 2 and 3, and 1 again after 3 took its place");
        assert!(recent.get(9, || Err("no")).is_err());
        assert_eq!(recent.get(9, || Ok::<_, &str>(5)).as_deref(), Ok(&5));
    }
}
