//! What is wrong with a document, and where.

use std::fmt;

/// One step into a document: a key of an object or a position in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// The key of an object.
    Key(String),
    /// The position in a list, from 0.
    Item(usize),
}

/// Something that is wrong with a document: where it is, what is wrong and what was expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The steps from the top of the document to the place.
    pub path: Vec<Step>,
    /// What is wrong and what was expected, in lower case and without a period.
    pub message: String,
    /// Line and column from 1, where the text itself could not be read as JSON.
    pub place: Option<(usize, usize)>,
}

impl Problem {
    /// The path as people write it: `criteria[3].when.fact`; empty at the top of the document.
    #[must_use]
    pub fn path(&self) -> String {
        let mut path = String::new();
        for step in &self.path {
            match step {
                Step::Key(key) => {
                    if !path.is_empty() {
                        path.push('.');
                    }
                    path.push_str(key);
                }
                Step::Item(at) => {
                    path.push('[');
                    push_number(&mut path, *at);
                    path.push(']');
                }
            }
        }
        path
    }
}

/// Not by `to_string`, whose machinery weighs more in a page than everything else about problems.
fn push_number(text: &mut String, number: usize) {
    if number > 9 {
        push_number(text, number / 10);
    }
    text.extend(char::from_digit((number % 10) as u32, 10));
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            f.write_str(&self.path())?;
            f.write_str(": ")?;
        }
        f.write_str(&self.message)
    }
}

impl std::error::Error for Problem {}

/// Everything that is wrong with a pact, in the order of the document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, problem) in self.0.iter().enumerate() {
            if n > 0 {
                f.write_str("\n")?;
            }
            problem.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}

/// Why a fact was not recorded; the lead is as it was, but for that fact being unknown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactError {
    /// The fact's id as it was given.
    pub fact: String,
    /// What is wrong and what was expected; never the value, which may be personal.
    pub message: String,
}

impl fmt::Display for FactError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("`")?;
        f.write_str(&self.fact)?;
        f.write_str("`: ")?;
        f.write_str(&self.message)
    }
}

impl std::error::Error for FactError {}

/// Names the known word nearest to `word`, as the end of a message: ``, did you mean `score`?``.
/// Empty where none is near: more than a third of the letters would have to change.
#[cfg(feature = "verify")]
pub(crate) fn nearest<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> String {
    const LONGEST: usize = 64;
    if word.len() > LONGEST {
        return String::new();
    }
    let lower = word.to_ascii_lowercase();
    let best = known
        .into_iter()
        .filter(|name| name.len().abs_diff(word.len()) * 3 <= name.len().max(word.len()) + 1)
        .map(|name| (strsim::osa_distance(&lower, &name.to_ascii_lowercase()), name))
        .min_by_key(|(distance, _)| *distance);
    match best {
        Some((distance, name)) if distance * 3 <= name.len().max(word.len()) + 1 => {
            [", did you mean `", name, "`?"].concat()
        }
        _ => String::new(),
    }
}

/// A page does not guess: the words that people meant are for `leadpact check`.
#[cfg(not(feature = "verify"))]
pub(crate) fn nearest<'k>(_: &str, _: impl IntoIterator<Item = &'k str>) -> String {
    String::new()
}

#[cfg(all(test, feature = "verify"))]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_named_and_a_far_one_is_not() {
        assert_eq!(nearest("threshhold", ["threshold", "minimums"]), ", did you mean `threshold`?");
        assert_eq!(nearest("Score", ["score"]), ", did you mean `score`?");
        assert_eq!(nearest("banana", ["threshold", "minimums"]), "");
        assert_eq!(nearest(&"x".repeat(65536), ["threshold"]), "");
    }

    #[test]
    fn a_path_reads_as_people_write_it() {
        let path = vec![Step::Key("criteria".into()), Step::Item(3), Step::Key("when".into())];
        let problem = Problem { path, message: "expected an object".into(), place: None };
        assert_eq!(problem.to_string(), "criteria[3].when: expected an object");
    }
}
