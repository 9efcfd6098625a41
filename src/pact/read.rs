//! Reading a document by hand, so that every problem comes with its place, not only the first.

use crate::json::{Node, Value, walk};
use crate::problem::{Problem, Problems, nearest};
use crate::text::Text;

/// Collects what is wrong while a document is read to its end.
#[derive(Default)]
pub(crate) struct Reader {
    /// The place of each problem, and what is wrong.
    noted: Vec<(usize, String)>,
}

impl Reader {
    /// What was read of a document, or everything that is wrong with it, in the document's order.
    pub(crate) fn finish<T>(mut self, document: &Value, read: Option<T>) -> Result<T, Problems> {
        if let (Some(read), true) = (read, self.noted.is_empty()) {
            return Ok(read);
        }
        Err(self.problems(document))
    }

    #[inline(never)]
    fn problems(&mut self, document: &Value) -> Problems {
        let mut problems = Vec::with_capacity(self.noted.len());
        self.noted.sort_by_key(|(place, _)| *place);
        walk(document, &mut Vec::new(), &mut |value, way| {
            let here = Node { value }.place();
            let first = self.noted.partition_point(|(place, _)| *place < here);
            for (_, message) in self.noted.iter().skip(first).take_while(|(place, _)| *place == here) {
                problems.push(Problem { path: way.to_vec(), message: message.clone(), place: None });
            }
        });
        Problems(problems)
    }

    /// Notes a problem. A page only says where its pact is wrong: what is wrong, `leadpact check` says, and the words for
    /// it would weigh as much as the scoring.
    pub(crate) fn refuse<M: Into<String>>(&mut self, node: &Node<'_>, message: impl FnOnce() -> M) {
        #[cfg(feature = "text")]
        self.note(node, message().into());
        #[cfg(not(feature = "text"))]
        {
            let _ = message;
            self.note(node, "`leadpact check` says what is wrong here".into());
        }
    }

    #[inline(never)]
    fn note(&mut self, node: &Node<'_>, message: String) {
        self.noted.push((node.place(), message));
    }

    fn expected(&mut self, node: &Node<'_>, what: &str) {
        self.refuse(node, || ["expected ", what, ", found ", node.value.kind()].concat());
    }
}

/// An object whose keys have been checked.
pub(crate) struct Object<'v> {
    pub(crate) node: Node<'v>,
    entries: &'v [(String, Value)],
}

impl<'v> Object<'v> {
    pub(crate) fn get(&self, key: &str) -> Option<Node<'v>> {
        self.entries.iter().find(|(name, _)| name == key).map(|(_, value)| Node { value })
    }

    pub(crate) fn has(&self, key: &str) -> bool {
        self.entries.iter().any(|(name, _)| name == key)
    }

    /// The value of a key that must be there.
    pub(crate) fn need(&self, key: &str, r: &mut Reader) -> Option<Node<'v>> {
        let found = self.get(key);
        if found.is_none() {
            r.refuse(&self.node, || ["`", key, "` is missing"].concat());
        }
        found
    }

    /// The items of the list under `key`; none where it is absent.
    pub(crate) fn items(&self, key: &str, r: &mut Reader) -> Vec<Node<'v>> {
        self.get(key).map(|list| list.list(r)).unwrap_or_default()
    }

    pub(crate) fn flag(&self, key: &str, r: &mut Reader) -> Option<bool> {
        self.get(key)?.flag(r)
    }

    pub(crate) fn text(&self, key: &str, r: &mut Reader) -> Option<Text> {
        self.get(key)?.text(r)
    }

    /// A string of 1 to 64 characters, free in form.
    pub(crate) fn name(&self, key: &str, r: &mut Reader) -> Option<String> {
        self.get(key)?.name(r)
    }

    pub(crate) fn keys(&self) -> impl Iterator<Item = (&'v str, Node<'v>)> {
        self.entries.iter().filter(|(name, _)| !ignored(name)).map(|(name, value)| (name.as_str(), Node { value }))
    }
}

/// Keys that may stand anywhere and mean nothing to the engine.
fn ignored(key: &str) -> bool {
    key == "$schema" || key.starts_with("x-")
}

impl<'v> Node<'v> {
    /// An object that has no keys but `known` ones.
    pub(crate) fn object(&self, known: &[&str], r: &mut Reader) -> Option<Object<'v>> {
        let object = self.map(r)?;
        for (key, node) in object.keys() {
            if !known.contains(&key) {
                let shown: String = key.chars().take(64).collect();
                r.refuse(&node, || ["unknown key `", &shown, "`", &nearest(key, known.iter().copied())].concat());
            }
        }
        Some(object)
    }

    /// An object with any keys.
    pub(crate) fn map(&self, r: &mut Reader) -> Option<Object<'v>> {
        match self.value {
            Value::Object(entries) => Some(Object { node: *self, entries }),
            _ => {
                r.expected(self, "an object");
                None
            }
        }
    }

    pub(crate) fn list(&self, r: &mut Reader) -> Vec<Node<'v>> {
        match self.value {
            Value::List(items) => items.iter().map(|value| Node { value }).collect(),
            _ => {
                r.expected(self, "a list");
                Vec::new()
            }
        }
    }

    pub(crate) fn flag(&self, r: &mut Reader) -> Option<bool> {
        match self.value {
            Value::Bool(value) => Some(*value),
            _ => {
                r.expected(self, "true or false");
                None
            }
        }
    }

    pub(crate) fn number(&self, r: &mut Reader) -> Option<f64> {
        match self.value {
            Value::Number(value) => Some(*value),
            _ => {
                r.expected(self, "a number");
                None
            }
        }
    }

    /// A whole number from `low` to `high`.
    #[expect(clippy::cast_possible_truncation, reason = "whole and within ±2⁵³")]
    pub(crate) fn whole(&self, low: i64, high: i64, r: &mut Reader) -> Option<i64> {
        match self.value {
            Value::Number(value) if libm::trunc(*value) == *value => {
                let value = *value as i64;
                if (low..=high).contains(&value) {
                    return Some(value);
                }
                let range = ["expected a whole number from ", &low.to_string(), " to ", &high.to_string()];
                r.refuse(self, || range.concat());
            }
            Value::Number(_) => r.refuse(self, || "expected a whole number, found a fraction"),
            _ => r.expected(self, "a whole number"),
        }
        None
    }

    /// A number above 0 and at most `high`.
    pub(crate) fn positive(&self, high: i64, r: &mut Reader) -> Option<f64> {
        let value = self.number(r)?;
        #[expect(clippy::cast_precision_loss, reason = "small limits")]
        if value > 0.0 && value <= high as f64 {
            return Some(value);
        }
        r.refuse(self, || ["expected a number above 0 and at most ", &high.to_string()].concat());
        None
    }

    /// A part of a whole, from 0 to 1.
    pub(crate) fn part(&self, r: &mut Reader) -> Option<f64> {
        let value = self.number(r)?;
        if (0.0..=1.0).contains(&value) {
            return Some(value);
        }
        r.refuse(self, || "expected a number from 0 to 1");
        None
    }

    pub(crate) fn string(&self, r: &mut Reader) -> Option<&'v str> {
        match self.value {
            Value::Text(text) => Some(text),
            _ => {
                r.expected(self, "text");
                None
            }
        }
    }

    pub(crate) fn name(&self, r: &mut Reader) -> Option<String> {
        let text = self.string(r)?;
        if (1..=64).contains(&text.chars().count()) && !text.trim().is_empty() {
            return Some(text.into());
        }
        r.refuse(self, || "expected 1 to 64 characters");
        None
    }

    /// One of the words of `table`.
    pub(crate) fn word<T: Copy>(&self, table: &[(&str, T)], r: &mut Reader) -> Option<T> {
        let text = self.string(r)?;
        if let Some((_, meaning)) = table.iter().find(|(word, _)| *word == text) {
            return Some(*meaning);
        }
        let words: Vec<String> = table.iter().map(|(word, _)| ["`", word, "`"].concat()).collect();
        let near = nearest(text, table.iter().map(|(word, _)| *word));
        r.refuse(self, || ["expected one of ", &words.join(", "), &near].concat());
        None
    }

    /// The id of a fact: `[a-z][a-z0-9_]*`, at most 64.
    pub(crate) fn fact_id(&self, r: &mut Reader) -> Option<String> {
        self.id_with("_", r)
    }

    /// The id of anything else: dashes as well.
    pub(crate) fn id(&self, r: &mut Reader) -> Option<String> {
        self.id_with("_-", r)
    }

    fn id_with(&self, extra: &str, r: &mut Reader) -> Option<String> {
        let text = self.string(r)?;
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || extra.contains(c);
        if text.starts_with(|c: char| c.is_ascii_lowercase()) && text.chars().all(fits) && text.len() <= 64 {
            return Some(text.into());
        }
        let also = if extra.len() > 1 { "`_` and `-`" } else { "and `_`" };
        let form = ["expected an id: a small letter, then small letters, digits ", also, ", at most 64 in all"];
        r.refuse(self, || form.concat());
        None
    }

    /// A text for people: a string, or a string a locale.
    pub(crate) fn text(&self, r: &mut Reader) -> Option<Text> {
        if let Value::Text(text) = self.value {
            return Some(Text { by_locale: vec![(String::new(), text.clone())] });
        }
        if !matches!(self.value, Value::Object(_)) {
            r.expected(self, "text, or an object with a text for each locale");
            return None;
        }
        let object = self.map(r)?;
        let mut by_locale = Vec::new();
        for (locale, node) in object.keys() {
            if !is_locale(locale) {
                r.refuse(&node, || "expected a locale as the key, like `fr` or `en-GB`");
            }
            if let Some(text) = node.string(r) {
                by_locale.push((locale.into(), text.into()));
            }
        }
        if by_locale.is_empty() {
            r.refuse(self, || "expected a text for at least one locale");
        }
        Some(Text { by_locale })
    }

    /// A date as `2026-11-20`.
    pub(crate) fn date(&self, r: &mut Reader) -> Option<String> {
        let text = self.string(r)?;
        if is_date(text) {
            return Some(text.into());
        }
        r.refuse(self, || "expected a date like `2026-11-20`");
        None
    }
}

/// Whether `tag` has the form of a language tag (BCP 47).
pub(crate) fn is_locale(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let language = parts.next().unwrap_or_default();
    let part = |p: &str| (1..=8).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_alphanumeric());
    tag.len() <= 35
        && (2..=8).contains(&language.len())
        && language.bytes().all(|b| b.is_ascii_alphabetic())
        && parts.all(part)
}

/// Whether `text` is a date like `2026-11-20`.
pub(crate) fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts.as_slice() else { return false };
    let digits = |part: &str, len: usize| {
        let all = part.len() == len && part.bytes().all(|b| b.is_ascii_digit());
        if all { part.parse::<u16>().ok() } else { None }
    };
    match (digits(year, 4), digits(month, 2), digits(day, 2)) {
        (Some(year), Some(month), Some(day)) => (1..=days_in(year, month)).contains(&day),
        _ => false,
    }
}

fn days_in(year: u16, month: u16) -> u16 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => 0,
    }
}

/// Refuses ids that stand twice.
pub(crate) fn unique<'v>(ids: &[Node<'v>], r: &mut Reader) {
    let text = |node: &Node<'v>| -> &'v str { if let Value::Text(id) = node.value { id } else { "" } };
    let mut sorted: Vec<(&str, usize)> = ids.iter().enumerate().map(|(at, node)| (text(node), at)).collect();
    sorted.sort_unstable();
    for pair in sorted.windows(2) {
        if let [(id, _), (again, at)] = pair
            && id == again
            && !id.is_empty()
            && let Some(node) = ids.get(*at)
        {
            r.refuse(node, || ["`", id, "` stands twice"].concat());
        }
    }
}

/// The ids of objects in a list, as far as they have any.
pub(crate) fn ids<'v>(nodes: &[Node<'v>]) -> Vec<Node<'v>> {
    nodes.iter().filter_map(|node| Some(Node { value: node.value.get("id")? })).collect()
}
