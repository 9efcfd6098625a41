//! A map as a sorted list: a fraction of a tree's code, and as quick for the entries that a pact has.

use std::borrow::Borrow;

/// Each item once, ascending.
pub(crate) fn set<T: Ord>(mut items: Vec<T>) -> Vec<T> {
    items.sort_unstable();
    items.dedup();
    items
}

/// Numbers keys in the order in which they come, from 0.
#[derive(Default)]
pub(crate) struct Numbers(Vec<(Vec<u8>, usize)>);

impl Numbers {
    /// The number of a key, the next one where it is new.
    pub(crate) fn of(&mut self, key: Vec<u8>) -> usize {
        let next = self.0.len();
        match self.0.binary_search_by(|(own, _)| own.cmp(&key)) {
            Ok(at) => self.0.get(at).map_or(next, |(_, number)| *number),
            Err(at) => {
                self.0.insert(at, (key, next));
                next
            }
        }
    }

    /// The keys, ascending, with their numbers.
    pub(crate) fn into_vec(self) -> Vec<(Vec<u8>, usize)> {
        self.0
    }
}

/// Values by key, ascending.
#[derive(Clone, Debug)]
pub(crate) struct Sorted<K, V>(Vec<(K, V)>);

impl<K: Ord, V> Sorted<K, V> {
    pub(crate) const fn new() -> Self {
        Self(Vec::new())
    }

    fn place<Q: Ord + ?Sized>(&self, key: &Q) -> Result<usize, usize>
    where
        K: Borrow<Q>,
    {
        self.0.binary_search_by(|(own, _)| own.borrow().cmp(key))
    }

    pub(crate) fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        let at = self.place(key).ok()?;
        self.0.get(at).map(|(_, value)| value)
    }

    /// Keeps a value, unless its key has one already; returns the one that is kept.
    pub(crate) fn keep(&mut self, key: K, value: V) -> Option<&mut V> {
        let at = match self.place(&key) {
            Ok(at) => at,
            Err(at) => {
                self.0.insert(at, (key, value));
                at
            }
        };
        self.0.get_mut(at).map(|(_, value)| value)
    }

    pub(crate) fn keys(&self) -> impl Iterator<Item = &K> {
        self.0.iter().map(|(key, _)| key)
    }
}
