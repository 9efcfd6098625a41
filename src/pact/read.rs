//! Reading a document by hand, so that every problem comes with its place, not only the first.
//!
//! A value is read through the reader, which takes what is absent for absent and notes what is wrong. Plain functions
//! of few types: each of them is in what a page loads.

use crate::json::Value;
use crate::problem::{Problem, Problems, Step, nearest};
use crate::text::Text;
use noted::Noted;

/// Collects what is wrong while a document is read to its end.
#[derive(Default)]
pub(crate) struct Reader {
    noted: Vec<Noted>,
}

/// A place and what is wrong there.
#[cfg(feature = "verify")]
mod noted {
    pub(super) type Noted = (usize, String);

    pub(super) fn sort(noted: &mut [Noted]) {
        noted.sort_by_key(place);
    }

    pub(super) fn place(noted: &Noted) -> usize {
        noted.0
    }

    pub(super) fn words(noted: &Noted) -> String {
        noted.1.clone()
    }
}

/// A page only says where its pact is wrong: what is wrong, `leadpact check` says, and the words for it would weigh as
/// much as the scoring.
#[cfg(not(feature = "verify"))]
mod noted {
    pub(super) type Noted = usize;

    pub(super) fn sort(noted: &mut [Noted]) {
        noted.sort_unstable();
    }

    pub(super) fn place(noted: &Noted) -> usize {
        *noted
    }

    pub(super) fn words(_: &Noted) -> String {
        "`leadpact check` says what is wrong here".into()
    }
}

/// What tells a value from all others of its document. The way to it is only looked for when something is wrong.
fn place(value: &Value) -> usize {
    std::ptr::from_ref(value) as usize
}

/// Notes the way to each value in which something is wrong, the outer before the inner.
fn gather(value: &Value, noted: &[Noted], way: &mut Vec<Step>, problems: &mut Vec<Problem>) {
    let here = place(value);
    let first = noted.partition_point(|noted| noted::place(noted) < here);
    for wrong in noted.iter().skip(first) {
        if noted::place(wrong) != here {
            break;
        }
        problems.push(Problem { path: way.clone(), message: noted::words(wrong), place: None });
    }
    match value {
        Value::List(items) => {
            for (at, item) in items.iter().enumerate() {
                way.push(Step::Item(at));
                gather(item, noted, way, problems);
                way.pop();
            }
        }
        Value::Object(entries) => {
            for (key, value) in entries {
                way.push(Step::Key(key.clone()));
                gather(value, noted, way, problems);
                way.pop();
            }
        }
        _ => {}
    }
}

impl Reader {
    /// Whether nothing is wrong so far.
    pub(crate) fn is_content(&self) -> bool {
        self.noted.is_empty()
    }

    /// Everything that is wrong with a document, in its order.
    #[inline(never)]
    pub(crate) fn problems(mut self, document: &Value) -> Problems {
        let mut problems = Vec::new();
        noted::sort(&mut self.noted);
        gather(document, &self.noted, &mut Vec::new(), &mut problems);
        Problems(problems)
    }

    /// Notes a problem.
    #[cfg(feature = "verify")]
    pub(crate) fn refuse<M: Into<String>>(&mut self, value: &Value, words: impl FnOnce() -> M) {
        self.noted.push((place(value), words().into()));
    }

    #[cfg(not(feature = "verify"))]
    pub(crate) fn refuse<M: Into<String>>(&mut self, value: &Value, _: impl FnOnce() -> M) {
        self.note(place(value));
    }

    #[cfg(not(feature = "verify"))]
    #[inline(never)]
    fn note(&mut self, place: usize) {
        self.noted.push(place);
    }

    fn expected<T>(&mut self, value: &Value, what: &str) -> Option<T> {
        self.refuse(value, || ["expected ", what, ", found ", value.kind()].concat());
        None
    }

    /// The entries of an object.
    pub(crate) fn map<'v>(&mut self, value: &'v Value) -> Option<&'v [(String, Value)]> {
        match value {
            Value::Object(entries) => Some(entries),
            _ => self.expected(value, "an object"),
        }
    }

    /// Whether `value` is an object; one that has all keys of `needed` and no others but `also` is not refused.
    #[inline(never)]
    pub(crate) fn object(&mut self, value: &Value, needed: &[&str], also: &[&str]) -> bool {
        let Some(entries) = self.map(value) else { return false };
        for (key, inner) in entries {
            if !ignored(key) && !has(needed, key) && !has(also, key) {
                let near = || nearest(key, needed.iter().chain(also).copied());
                self.refuse(inner, || ["unknown key `", &shorten(key), "`", &near()].concat());
            }
        }
        for key in needed {
            self.need(value, key);
        }
        true
    }

    /// Refuses an object without `key`.
    #[inline(never)]
    pub(crate) fn need(&mut self, object: &Value, key: &str) {
        if object.get(key).is_none() {
            self.refuse(object, || ["`", key, "` is missing"].concat());
        }
    }

    /// The items of a list.
    #[inline(never)]
    pub(crate) fn list<'v>(&mut self, value: &'v Value) -> Option<&'v [Value]> {
        match value {
            Value::List(items) => Some(items),
            _ => self.expected(value, "a list"),
        }
    }

    /// The items of the list under `key`; none where it is absent.
    #[inline(never)]
    pub(crate) fn items<'v>(&mut self, object: &'v Value, key: &str) -> &'v [Value] {
        object.get(key).and_then(|list| self.list(list)).unwrap_or_default()
    }

    #[inline(never)]
    pub(crate) fn flag(&mut self, value: Option<&Value>) -> Option<bool> {
        match value? {
            Value::Bool(flag) => Some(*flag),
            value => self.expected(value, "true or false"),
        }
    }

    #[inline(never)]
    pub(crate) fn number(&mut self, value: Option<&Value>) -> Option<f64> {
        match value? {
            Value::Number(number) => Some(*number),
            value => self.expected(value, "a number"),
        }
    }

    /// A whole number from `low` to `high`.
    #[inline(never)]
    #[expect(clippy::cast_possible_truncation, reason = "whole and within ±2⁵³")]
    pub(crate) fn whole(&mut self, value: Option<&Value>, low: i64, high: i64) -> Option<i64> {
        let value = value?;
        match value {
            Value::Number(number) if libm::trunc(*number) == *number => {
                let whole = *number as i64;
                if (low..=high).contains(&whole) {
                    return Some(whole);
                }
                let (low, high) = (|| low.to_string(), || high.to_string());
                self.refuse(value, || ["expected a whole number from ", &low(), " to ", &high()].concat());
                None
            }
            Value::Number(_) => {
                self.refuse(value, || "expected a whole number, found a fraction");
                None
            }
            _ => self.expected(value, "a whole number"),
        }
    }

    /// A number above 0 and at most `high`.
    pub(crate) fn positive(&mut self, value: Option<&Value>, high: i64) -> Option<f64> {
        self.number_to(value, high, false)
    }

    /// A part of a whole, from 0 to 1.
    pub(crate) fn part(&mut self, value: Option<&Value>) -> Option<f64> {
        self.number_to(value, 1, true)
    }

    /// A number of at most `high`, from 0 or above.
    #[inline(never)]
    #[expect(clippy::cast_precision_loss, reason = "small limits")]
    pub(crate) fn number_to(&mut self, value: Option<&Value>, high: i64, zero: bool) -> Option<f64> {
        let (value, number) = (value?, self.number(value)?);
        if number <= high as f64 && (number > 0.0 || (zero && number == 0.0)) {
            return Some(number);
        }
        let range = if zero { "from 0 to " } else { "above 0 and at most " };
        self.refuse(value, || ["expected a number ", range, &high.to_string()].concat());
        None
    }

    #[inline(never)]
    pub(crate) fn string<'v>(&mut self, value: Option<&'v Value>) -> Option<&'v str> {
        match value? {
            Value::Text(text) => Some(text),
            value => self.expected(value, "text"),
        }
    }

    /// A string of 1 to 64 characters, free in form.
    #[inline(never)]
    pub(crate) fn name<'v>(&mut self, value: Option<&'v Value>) -> Option<&'v str> {
        let (value, text) = (value?, self.string(value)?);
        if text.chars().count() <= 64 && !text.trim().is_empty() {
            return Some(text);
        }
        self.refuse(value, || "expected 1 to 64 characters");
        None
    }

    /// Which of `words` it is.
    #[inline(never)]
    pub(crate) fn position(&mut self, value: Option<&Value>, words: &[&str]) -> Option<usize> {
        let (value, text) = (value?, self.string(value)?);
        let found = words.iter().position(|word| *word == text);
        if found.is_none() {
            self.refuse(value, || {
                let all: Vec<String> = words.iter().map(|word| ["`", word, "`"].concat()).collect();
                ["expected one of ", &all.join(", "), &nearest(text, words.iter().copied())].concat()
            });
        }
        found
    }

    /// What the word means: the one of `meanings` that stands where the word stands in `words`.
    pub(crate) fn word<T: Copy>(&mut self, value: Option<&Value>, words: &[&str], meanings: &[T]) -> Option<T> {
        meanings.get(self.position(value, words)?).copied()
    }

    /// The id of a fact: `[a-z][a-z0-9_]*`, at most 64.
    pub(crate) fn fact_id<'v>(&mut self, value: Option<&'v Value>) -> Option<&'v str> {
        self.id_with(value, false)
    }

    /// The id of anything else: dashes as well.
    pub(crate) fn id<'v>(&mut self, value: Option<&'v Value>) -> Option<&'v str> {
        self.id_with(value, true)
    }

    #[inline(never)]
    fn id_with<'v>(&mut self, value: Option<&'v Value>, dashes: bool) -> Option<&'v str> {
        let (value, text) = (value?, self.string(value)?);
        if is_id(text, dashes) {
            return Some(text);
        }
        let also = if dashes { "`_` and `-`" } else { "and `_`" };
        self.refuse(value, || {
            ["expected an id: a small letter, then small letters, digits ", also, ", at most 64 in all"].concat()
        });
        None
    }

    /// A text for people: a string, or a string a locale.
    #[inline(never)]
    pub(crate) fn text(&mut self, value: Option<&Value>) -> Option<Text> {
        let value = value?;
        match value {
            Value::Text(_) => {}
            Value::Object(entries) => {
                let mut none = true;
                for (locale, inner) in entries {
                    if ignored(locale) {
                        continue;
                    }
                    if !is_locale(locale) {
                        self.refuse(inner, || "expected a locale as the key, like `fr` or `en-GB`");
                    }
                    none &= self.string(Some(inner)).is_none();
                }
                if none {
                    self.refuse(value, || "expected a text for at least one locale");
                }
            }
            _ => return self.expected(value, "text, or an object with a text for each locale"),
        }
        Some(Text::of(value))
    }

    /// A date as `2026-11-20`.
    pub(crate) fn date<'v>(&mut self, value: Option<&'v Value>) -> Option<&'v str> {
        let (value, text) = (value?, self.string(value)?);
        if is_date(text) {
            return Some(text);
        }
        self.refuse(value, || "expected a date like `2026-11-20`");
        None
    }

    /// Refuses texts that stand twice.
    #[inline(never)]
    pub(crate) fn unique(&mut self, ids: &[&Value]) {
        let mut texts = Vec::new();
        for (at, id) in ids.iter().enumerate() {
            if let Value::Text(text) = id {
                texts.push((text.as_str(), at));
            }
        }
        sort(&mut texts);
        let mut last = "";
        for (id, at) in texts {
            if let Some(value) = ids.get(at)
                && id == last
                && !id.is_empty()
            {
                self.refuse(value, || ["`", id, "` stands twice"].concat());
            }
            last = id;
        }
    }
}

/// Keys that may stand anywhere and mean nothing to the engine.
#[inline(never)]
pub(crate) fn ignored(key: &str) -> bool {
    key == "$schema" || key.as_bytes().starts_with(b"x-")
}

fn has(keys: &[&str], key: &str) -> bool {
    keys.contains(&key)
}

/// What is under `key` in the objects of these lists, as far as they have it.
#[inline(never)]
pub(crate) fn all<'v>(lists: &[&'v [Value]], key: &str) -> Vec<&'v Value> {
    let mut found = Vec::new();
    for list in lists {
        for item in *list {
            if let Some(value) = item.get(key) {
                found.push(value);
            }
        }
    }
    found
}

/// Each text once, ascending.
pub(crate) fn each_once(texts: &[String]) -> Vec<String> {
    let mut sorted = Vec::new();
    for text in texts {
        sorted.push((text.as_str(), 0));
    }
    sort(&mut sorted);
    let mut once: Vec<String> = Vec::new();
    for (text, _) in sorted {
        if once.last().is_none_or(|last| last != text) {
            once.push(owned(text));
        }
    }
    once
}

/// Sorts texts, in one place of the machine code for all.
#[inline(never)]
fn sort(texts: &mut [(&str, usize)]) {
    texts.sort_unstable();
}

/// A copy, made in one place of the machine code.
#[inline(never)]
pub(crate) fn owned(text: &str) -> String {
    text.into()
}

/// As much of a text as a message shows.
pub(crate) fn shorten(text: &str) -> String {
    text.chars().take(64).collect()
}

fn is_id(text: &str, dashes: bool) -> bool {
    let fits = |byte: &u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_') || (dashes && *byte == b'-');
    matches!(text.as_bytes(), [b'a'..=b'z', rest @ ..] if rest.len() < 64 && rest.iter().all(fits))
}

/// Whether `tag` has the form of a language tag (BCP 47): 2 to 8 letters, then parts of 1 to 8 letters and digits.
#[inline(never)]
pub(crate) fn is_locale(tag: &str) -> bool {
    let (mut least, mut length) = (2, 0);
    for byte in tag.bytes() {
        if byte == b'-' && length >= least {
            (least, length) = (1, 0);
        } else if byte.is_ascii_alphabetic() || (least == 1 && byte.is_ascii_digit()) {
            length += 1;
        } else {
            return false;
        }
        if length > 8 {
            return false;
        }
    }
    length >= least && tag.len() <= 35
}

/// Whether `text` is a date like `2026-11-20`.
#[inline(never)]
pub(crate) fn is_date(text: &str) -> bool {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text.as_bytes() else { return false };
    match (digits([*y1, *y2]), digits([*y3, *y4]), digits([*m1, *m2]), digits([*d1, *d2])) {
        (Some(century), Some(year), Some(month), Some(day)) => day >= 1 && day <= days_in(century * 100 + year, month),
        _ => false,
    }
}

/// The number that two digits write.
pub(crate) fn digits([tens, ones]: [u8; 2]) -> Option<u16> {
    let both = tens.is_ascii_digit() && ones.is_ascii_digit();
    both.then(|| u16::from(tens - b'0') * 10 + u16::from(ones - b'0'))
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
