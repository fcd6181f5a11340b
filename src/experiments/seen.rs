//! What can be seen of an experiment, and how parts of it are kept while nothing that they depend on changes.

use super::Experiment;
use std::sync::Arc;

/// What can be seen: a state, what the reader looks at, and what was computed for that.
#[derive(Debug)]
pub struct Sight<'a, E: Experiment> {
    /// The state.
    pub snapshot: &'a E::Snapshot,
    /// What the reader looks at.
    pub look: &'a E::Look,
    /// What was computed for it.
    pub seen: &'a E::Seen,
}

/// A shared value as a key: the same allocation, whatever is in it.
#[derive(Debug)]
pub struct Same<T: ?Sized>(pub Arc<T>);

impl<T: ?Sized> Clone for Same<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T: ?Sized> PartialEq for Same<T> {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// A part of what is seen, computed anew when its key, all that it depends on, is another one. Until the new value is
/// complete it has the last. `W` is the work in between, for what takes longer than a few milliseconds; it stays with the
/// one who works, and copies go without.
#[derive(Debug)]
pub struct Part<K, T, W = ()> {
    value: Option<(K, Arc<T>)>,
    work: Option<(K, W)>,
}

impl<K, T, W> Default for Part<K, T, W> {
    fn default() -> Self {
        Self { value: None, work: None }
    }
}

impl<K: Clone, T, W> Clone for Part<K, T, W> {
    fn clone(&self) -> Self {
        Self { value: self.value.clone(), work: None }
    }
}

impl<K: PartialEq + Clone, T, W> Part<K, T, W> {
    /// The newest complete value.
    #[must_use]
    pub fn get(&self) -> Option<&Arc<T>> {
        self.value.as_ref().map(|(_, value)| value)
    }

    /// Whether its value is of this key.
    #[must_use]
    pub fn is_of(&self, key: &K) -> bool {
        self.value.as_ref().is_some_and(|(of, _)| of == key)
    }

    /// Has the value for this key, made at once if need be.
    pub fn renew(&mut self, key: K, make: impl FnOnce() -> T) -> &Arc<T> {
        let value = match self.value.take() {
            Some((of, value)) if of == key => value,
            _ => Arc::new(make()),
        };
        &self.value.insert((key, value)).1
    }

    /// Works towards the value for this key: begins unless it has begun, and makes one step, which gives the value once it
    /// is complete. Returns whether it is.
    pub fn work_on(&mut self, key: &K, begin: impl FnOnce() -> W, step: impl FnOnce(&mut W) -> Option<T>) -> bool {
        if self.is_of(key) {
            self.work = None;
            return true;
        }
        let mut work = match self.work.take() {
            Some((of, work)) if of == *key => work,
            _ => begin(),
        };
        match step(&mut work) {
            Some(value) => self.value = Some((key.clone(), Arc::new(value))),
            None => self.work = Some((key.clone(), work)),
        }
        self.work.is_none()
    }

    /// Forgets value and work.
    pub fn clear(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_made_once_for_a_key() {
        let mut part: Part<u8, u8> = Part::default();
        assert_eq!(**part.renew(3, || 30), 30);
        assert_eq!(**part.renew(3, || unreachable!("it is there")), 30);
        assert_eq!(**part.renew(4, || 40), 40);
        assert!(part.is_of(&4) && !part.is_of(&3));
    }

    #[test]
    fn work_goes_on_where_it_was_and_keeps_the_last_value_until_it_is_done() {
        let mut part: Part<u8, u8, u8> = Part::default();
        let step = |work: &mut u8| {
            *work += 1;
            (*work == 3).then_some(*work)
        };
        assert!(!part.work_on(&1, || 0, step));
        assert!(!part.work_on(&1, || unreachable!("it has begun"), step));
        assert!(part.work_on(&1, || unreachable!("it has begun"), step));
        assert_eq!(part.get().map(|value| **value), Some(3));
        assert!(!part.work_on(&2, || 1, step), "another key begins again");
        assert_eq!(part.get().map(|value| **value), Some(3), "and shows the last value meanwhile");
        assert!(!part.clone().work_on(&2, || 0, step), "a copy has to begin");
        assert!(part.work_on(&2, || unreachable!("it has begun"), step));
    }

    #[test]
    fn a_shared_value_is_the_same_only_as_itself() {
        let one = Arc::new(1);
        assert!(Same(Arc::clone(&one)) == Same(Arc::clone(&one)));
        assert!(Same(one) != Same(Arc::new(1)));
    }
}
