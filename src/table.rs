//! A list indexed by the ids that were made for its entries.

use std::ops::{Index, IndexMut};

/// A list whose positions are ids: it is indexed only by positions that were made for it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table<T>(pub(crate) Vec<T>);

impl<T> Table<T> {
    /// How many entries there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The entries, by their ids.
    pub fn iter(&self) -> std::slice::Iter<'_, T> {
        self.0.iter()
    }

    /// The entry with this id.
    #[must_use]
    pub fn entry(&self, id: usize) -> Option<&T> {
        self.0.get(id)
    }
}

impl Table<usize> {
    /// Each id at its own place.
    pub(crate) fn ids(len: usize) -> Self {
        let mut ids = Vec::with_capacity(len);
        for id in 0..len {
            ids.push(id);
        }
        Self(ids)
    }
}

impl<T: Clone> Table<T> {
    pub(crate) fn filled(value: T, len: usize) -> Self {
        Self(vec![value; len])
    }
}

impl<T> Index<usize> for Table<T> {
    type Output = T;

    #[expect(clippy::indexing_slicing, reason = "ids are made for entries")]
    fn index(&self, id: usize) -> &T {
        &self.0[id]
    }
}

impl<T> IndexMut<usize> for Table<T> {
    #[expect(clippy::indexing_slicing, reason = "ids are made for entries")]
    fn index_mut(&mut self, id: usize) -> &mut T {
        &mut self.0[id]
    }
}

impl<T> FromIterator<T> for Table<T> {
    fn from_iter<I: IntoIterator<Item = T>>(entries: I) -> Self {
        Self(entries.into_iter().collect())
    }
}

impl<'t, T> IntoIterator for &'t Table<T> {
    type Item = &'t T;
    type IntoIter = std::slice::Iter<'t, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}
