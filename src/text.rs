//! Texts that people read and write: choosing a language, and comparing without case and accents.

use crate::json::Value;
#[cfg(feature = "explain")]
use crate::pact::read::ignored;
use std::borrow::Cow;

/// A text for people: one string, or one a locale. Plain text, never HTML.
#[cfg(feature = "explain")]
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text {
    /// Pairs of locale and text; the locale is empty where there is one text for all.
    pub(crate) by_locale: Vec<(String, String)>,
}

/// A page that explains nothing shows the texts of the pact that it has itself (`words.js`).
#[cfg(not(feature = "explain"))]
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text;

#[cfg(not(feature = "explain"))]
impl Text {
    pub(crate) fn of(_: &Value) -> Self {
        Self
    }

    pub(crate) fn plain(_: &str) -> Self {
        Self
    }
}

#[cfg(feature = "explain")]
impl Text {
    /// The text of a value that was found to be one.
    pub(crate) fn of(value: &Value) -> Self {
        let entries = match value {
            Value::Object(entries) => entries.as_slice(),
            Value::Text(text) => return Self::plain(text),
            _ => &[],
        };
        let mut by_locale = Vec::new();
        for (locale, text) in entries {
            if let Value::Text(text) = text
                && !ignored(locale)
            {
                by_locale.push((locale.clone(), text.clone()));
            }
        }
        Self { by_locale }
    }

    /// A text without locales.
    pub(crate) fn plain(text: &str) -> Self {
        Self { by_locale: vec![(String::new(), text.into())] }
    }

    /// The text for `locale`: exactly, else for its language, else for the first of `locales`, else the first there is.
    #[must_use]
    pub fn pick(&self, locale: &str, locales: &[String]) -> &str {
        let find = |same: fn(&str, &str) -> bool, wanted| self.by_locale.iter().find(|(tag, _)| same(tag, wanted));
        let exact = |wanted| find(str::eq_ignore_ascii_case, wanted);
        let first = locales.first().map_or("", String::as_str);
        let found = exact(locale).or_else(|| find(same_language, locale)).or_else(|| exact(first));
        found.or_else(|| self.by_locale.first()).map_or("", |(_, text)| text)
    }
}

/// Whether two locales are of one language: `fr` and `fr-CA`.
#[cfg(feature = "explain")]
pub(crate) fn same_language(one: &str, other: &str) -> bool {
    let language = |tag: &str| tag.bytes().position(|byte| byte == b'-').unwrap_or(tag.len());
    let (one, other) = (one.get(..language(one)), other.get(..language(other)));
    one.zip(other).is_some_and(|(one, other)| one.eq_ignore_ascii_case(other))
}

/// Text without case and accents, its runs of white space single spaces: what `contains` compares.
/// Marks that NFD splits off are dropped, letters lowered, `ß` and `ς` written as Unicode's full case folding does.
pub(crate) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let mut space = true;
    // ASCII has no accents: nobody asks the platform.
    let lowered = if text.is_ascii() { text.to_ascii_lowercase() } else { lower_decomposed(text) };
    for c in lowered.chars() {
        if c.is_whitespace() {
            if !space {
                folded.push(' ');
            }
            space = true;
            continue;
        }
        match c {
            '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' => continue,
            'ß' => folded.push_str("ss"),
            'ς' => folded.push('σ'),
            c => folded.push(c),
        }
        space = false;
    }
    if folded.ends_with(' ') {
        folded.pop();
    }
    folded
}

/// The same, not copied where there is nothing to fold: most of what is typed, at every keystroke.
pub(crate) fn folded(text: &str) -> Cow<'_, str> {
    let mut last = b' ';
    for byte in text.bytes() {
        let stays = match byte {
            b' ' => last != b' ',
            b'!'..=b'@' | b'['..=b'~' => true,
            _ => false,
        };
        if !stays {
            return Cow::Owned(fold(text));
        }
        last = byte;
    }
    if last == b' ' { Cow::Owned(fold(text)) } else { Cow::Borrowed(text) }
}

#[cfg(not(target_arch = "wasm32"))]
fn lower_decomposed(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    text.nfd().collect::<String>().to_lowercase()
}

#[cfg(target_arch = "wasm32")]
#[wasm_bindgen::prelude::wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = ["String", "prototype", "normalize"], js_name = call)]
    fn normalize(text: &str, form: &str) -> String;

    #[wasm_bindgen(js_namespace = ["String", "prototype", "toLowerCase"], js_name = call)]
    fn lower(text: &str) -> String;
}

/// The tables of Unicode would weigh more than the engine; every JavaScript host has them.
#[cfg(target_arch = "wasm32")]
fn lower_decomposed(text: &str) -> String {
    lower(&normalize(text, "NFD"))
}

/// Whether a character is a letter or a digit of any script.
#[cfg(not(target_arch = "wasm32"))]
fn is_of_word(c: char) -> bool {
    c.is_alphanumeric()
}

/// The same by the platform's tables, of the same properties of Unicode; ASCII has none to look up.
#[cfg(target_arch = "wasm32")]
fn is_of_word(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphanumeric();
    }
    js_sys::RegExp::new(r"[\p{Alphabetic}\p{N}]", "u").test(c.encode_utf8(&mut [0; 4]))
}

/// Whether folded `text` holds folded `words` as whole words: no letter or digit touches a letter or digit at its ends.
pub(crate) fn holds(text: &str, words: &str) -> bool {
    let mut from = 0;
    while let Some(at) = text.get(from..).and_then(|rest| find(rest, words)) {
        let start = from + at;
        if stands_alone(text, start, words) {
            return true;
        }
        from = next_start(text, start, words.chars().next().unwrap_or(' '));
    }
    false
}

fn stands_alone(text: &str, start: usize, words: &str) -> bool {
    let before = text.get(..start).and_then(|t| t.chars().next_back());
    let after = text.get(start + words.len()..).and_then(|t| t.chars().next());
    let joined = |a: Option<char>, b: Option<char>| [a, b].iter().all(|c| c.is_some_and(is_of_word));
    !joined(words.chars().next(), before) && !joined(words.chars().next_back(), after)
}

/// Where `words` first stands. Looking at every place costs less than preparing a search, unless the words are long.
fn find(text: &str, words: &str) -> Option<usize> {
    const SHORT: usize = 32;
    if words.len() > SHORT {
        return find_long(text.as_bytes(), words.as_bytes());
    }
    let (first, rest) = words.as_bytes().split_first()?;
    let mut left = text.as_bytes();
    while let Some((byte, after)) = left.split_first() {
        if byte == first && after.starts_with(rest) {
            return Some(text.len() - left.len());
        }
        left = after;
    }
    None
}

/// The same by a sum over as many bytes as `words` has, which moves along the text: places whose sum is another are not
/// compared (Karp and Rabin, 1987).
fn find_long(text: &[u8], words: &[u8]) -> Option<usize> {
    const BASE: u32 = 0x0100_0193;
    let add = |sum: u32, byte: &u8| sum.wrapping_mul(BASE).wrapping_add(u32::from(*byte));
    let wanted = words.iter().fold(0, add);
    let mut sum = text.get(..words.len())?.iter().fold(0, add);
    let leaving = words.iter().fold(1, |power: u32, _| power.wrapping_mul(BASE));
    let mut at = 0;
    loop {
        if sum == wanted && text.get(at..)?.starts_with(words) {
            return Some(at);
        }
        sum = add(sum, text.get(at + words.len())?).wrapping_sub(leaving.wrapping_mul(u32::from(*text.get(at)?)));
        at += 1;
    }
}

/// Where the next match may start. Inside a word none can, so a long word is passed over once.
fn next_start(text: &str, start: usize, first: char) -> usize {
    let rest = text.get(start..).unwrap_or_default();
    let within = is_of_word(first);
    let run = rest.find(|c| !within || !is_of_word(c)).unwrap_or(rest.len());
    start + run.max(first.len_utf8())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contains(text: &str, words: &str) -> bool {
        holds(&fold(text), &fold(words))
    }

    #[test]
    fn whole_words_are_found_without_case_and_accents() {
        assert!(contains("Directrice de la Stratégie", "strategie"));
        assert!(contains("STRASSE 5", "straße"));
        assert!(contains("Οδυσσεύς", "ΟΔΥΣΣΕΎΣ"));
        assert!(contains("l'industrie  4.0", "Industrie 4.0"));
        assert!(contains("e-mail, C++", "c++"));
        assert!(!contains("industrielle", "industrie"));
        assert!(!contains("préindustrie", "industrie"));
        assert!(contains("préindustrie et industrie", "industrie"));
        assert!(!contains("anything", ""));
        assert!(contains("\tURGENT \u{b} call", "urgent call"));
        let long = "a long word after another ".repeat(3);
        assert!(contains(&["so ", &long].concat(), &long));
        assert!(!contains(&long, &["so ", &long].concat()));
    }

    #[test]
    fn a_match_inside_a_word_does_not_hide_a_later_one() {
        assert!(contains("aab ab", "ab"));
        assert!(contains("+a+ab +a", "+a"));
        assert!(!contains("ééé", "éé"));
    }

    #[cfg(feature = "explain")]
    #[test]
    fn the_locale_is_exact_then_by_language_then_the_pacts_first() {
        let text = Text { by_locale: vec![("en".into(), "Industry".into()), ("fr".into(), "Secteur".into())] };
        let locales = ["fr".to_string(), "en".to_string()];
        assert_eq!(text.pick("en", &locales), "Industry");
        assert_eq!(text.pick("fr-CA", &locales), "Secteur");
        assert_eq!(text.pick("de", &locales), "Secteur");
        assert_eq!(text.pick("", &[]), "Industry");
    }
}
