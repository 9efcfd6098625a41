//! What a form itself sent, by name.

use super::difference::Difference;
use std::collections::HashMap;

/// How many names are kept; no form has so many.
const MOST_NAMES: usize = 2_000;

/// The entries of a form in their order, each name once with all its values.
#[derive(Debug, Default)]
pub struct FormEntries {
    entries: Vec<(String, Vec<String>)>,
    /// Where each name stands in them.
    places: HashMap<String, usize>,
    too_many: bool,
}

impl FormEntries {
    /// Adds an entry. A name beyond the first 2,000 is left out.
    pub fn add(&mut self, name: &str, value: String) {
        let known = self.places.get(name).and_then(|place| self.entries.get_mut(*place));
        if let Some((_, values)) = known {
            values.push(value);
        } else if self.entries.len() < MOST_NAMES {
            self.places.insert(name.to_owned(), self.entries.len());
            self.entries.push((name.to_owned(), vec![value]));
        } else {
            self.too_many = true;
        }
    }

    /// The entries, as [`Received::answers`](crate::Received::answers) takes them.
    #[must_use]
    pub fn as_slice(&self) -> &[(String, Vec<String>)] {
        &self.entries
    }

    /// Says that names were left out, where some were.
    #[must_use]
    pub fn left_out(&self) -> Option<Difference> {
        let note = "too many different names: the last ones are left out";
        let difference = Difference { what: "answers".into(), claimed: None, found: None, note: Some(note.into()) };
        self.too_many.then_some(difference)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_beyond_the_most_are_left_out_and_it_is_said() {
        let of = |names: usize| {
            let mut entries = FormEntries::default();
            (0..names).for_each(|at| entries.add(&format!("n{at}"), "1".into()));
            entries.add("n0", "2".into());
            entries
        };
        let (whole, cut) = (of(MOST_NAMES), of(40_000));
        assert_eq!((whole.as_slice().len(), whole.left_out()), (MOST_NAMES, None));
        assert_eq!((cut.as_slice().len(), cut.left_out().unwrap().what.as_str()), (MOST_NAMES, "answers"));
        assert_eq!(cut.as_slice()[0], ("n0".to_owned(), vec!["1".to_owned(), "2".to_owned()]));
        assert!(cut.as_slice().iter().all(|(name, _)| name != "n2000"));
    }
}
