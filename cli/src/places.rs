//! Where the values of a JSON text begin, for all of them at once.

use leadpact::{Problem, Step, limits};
use serde_json::value::RawValue;
use std::collections::{BTreeMap, HashMap};

/// The places of a text's values, by their paths.
pub(crate) struct Places {
    /// Where each line begins.
    lines: Vec<usize>,
    /// Where each value begins.
    values: HashMap<String, usize>,
    /// How many letters are not one byte long, and where.
    wide: Vec<(usize, usize)>,
}

impl Places {
    /// Finds them in a text that is JSON; in one that is not, only its beginning.
    pub(crate) fn find(text: &str) -> Self {
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let lines = std::iter::once(0).chain(ends.map(|(at, _)| at + 1)).collect();
        let wide = text.char_indices().filter(|(_, c)| c.len_utf8() > 1).map(|(at, c)| (at, c.len_utf8() - 1));
        let mut places = Self { lines, values: HashMap::new(), wide: wide.collect() };
        let start = text.len() - text.trim_start().len();
        places.walk(text, text.get(start..).unwrap_or_default(), &mut Vec::new());
        places
    }

    /// A raw value borrows the text, and so tells its place.
    fn walk(&mut self, text: &str, value: &str, path: &mut Vec<Step>) {
        let offset = value.as_ptr() as usize - text.as_ptr() as usize;
        self.values.entry(written(path)).or_insert(offset);
        let steps: Vec<(Step, &RawValue)> = if path.len() > limits::DEEPEST {
            Vec::new()
        } else if value.starts_with('{') {
            let entries: BTreeMap<String, &RawValue> = serde_json::from_str(value).unwrap_or_default();
            entries.into_iter().map(|(key, raw)| (Step::Key(key), raw)).collect()
        } else if value.starts_with('[') {
            let items: Vec<&RawValue> = serde_json::from_str(value).unwrap_or_default();
            items.into_iter().enumerate().map(|(at, raw)| (Step::Item(at), raw)).collect()
        } else {
            Vec::new()
        };
        for (step, raw) in steps {
            path.push(step);
            self.walk(text, raw.get(), path);
            path.pop();
        }
    }

    /// The line and column, from 1, at which the value at `path` begins; its nearest parent where it is missing.
    pub(crate) fn of(&self, path: &[Step]) -> (usize, usize) {
        let parents = (0..=path.len()).rev().filter_map(|many| path.get(..many));
        let offset = parents.into_iter().find_map(|path| self.values.get(&written(path))).copied().unwrap_or_default();
        let line = self.lines.partition_point(|start| *start <= offset);
        let start = self.lines.get(line.saturating_sub(1)).copied().unwrap_or_default();
        let from = self.wide.partition_point(|(at, _)| *at < start);
        let upto = self.wide.partition_point(|(at, _)| *at < offset);
        let more: usize = self.wide.get(from..upto).unwrap_or_default().iter().map(|(_, more)| more).sum();
        (line, offset - start - more + 1)
    }
}

fn written(path: &[Step]) -> String {
    Problem { path: path.to_vec(), message: String::new(), place: None }.path()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_those_that_the_engine_finds_one_by_one() {
        let text = " {\n  \"a\": [1,\n    {\"b\": \"é🦀\", \"c\": {\"\\u00e9\": 2}}],\n\n\"d\": [[]]}";
        let places = Places::find(text);
        let key = |key: &str| Step::Key(key.into());
        for path in [
            vec![],
            vec![key("a")],
            vec![key("a"), Step::Item(1), key("c")],
            vec![key("a"), Step::Item(1), key("c"), key("é")],
            vec![key("a"), Step::Item(7)],
            vec![key("d"), Step::Item(0)],
            vec![key("nothing")],
        ] {
            assert_eq!(places.of(&path), leadpact::locate(text, &path), "{path:?}");
        }
        let deep = "[".repeat(400_000) + &"]".repeat(400_000);
        assert_eq!(Places::find(&deep).of(&[Step::Item(0)]), (1, 2));
        assert_eq!(Places::find("").of(&[key("a")]), (1, 1));
    }
}
