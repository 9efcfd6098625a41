//! Lead files, read one lead at a time whatever their size.

mod lines;
mod rows;

pub(crate) use lines::Lines;
pub(crate) use rows::Rows;

use leadpact::{LeadLine, Problem, Problems, limits};

/// The longest line, in bytes: more than any lead needs, little enough to hold.
pub(crate) const LONGEST_LINE: usize = limits::LONGEST;

/// A lead of a file.
pub(crate) struct Entry {
    /// The line at which it begins, from 1.
    pub(crate) line: u64,
    /// The lead, or why the line tells of none.
    pub(crate) lead: Result<LeadLine, Problems>,
}

impl Entry {
    fn refuse(line: u64, message: impl Into<String>) -> Self {
        let problem = Problem { path: Vec::new(), message: message.into(), place: None };
        Self { line, lead: Err(Problems(vec![problem])) }
    }
}
