//! A small tree of JSON values: what a pact is read from, in the browser as natively.

/// How deep any JSON may nest.
pub const DEEPEST: usize = 64;
/// Whole numbers beyond this are not the same in every reader of JSON: 2⁵³.
pub const LARGEST: f64 = 9_007_199_254_740_992.0;

/// A JSON value. Numbers are finite and within ±2⁵³; objects keep their order and have no key twice.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number.
    Number(f64),
    /// A string.
    Text(String),
    /// A list.
    List(Vec<Value>),
    /// An object.
    Object(Vec<(String, Value)>),
}

impl Value {
    /// What kind of value it is, for messages.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "true or false",
            Self::Number(_) => "a number",
            Self::Text(_) => "text",
            Self::List(_) => "a list",
            Self::Object(_) => "an object",
        }
    }

    /// The value of `key`, where this is an object that has it.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Value> {
        match self {
            Self::Object(entries) => entries.iter().find(|(name, _)| name == key).map(|(_, value)| value),
            _ => None,
        }
    }
}

impl serde::Serialize for Value {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => to.serialize_unit(),
            Self::Bool(value) => to.serialize_bool(*value),
            Self::Number(value) => to.serialize_f64(*value),
            Self::Text(text) => to.serialize_str(text),
            Self::List(items) => to.collect_seq(items),
            Self::Object(entries) => {
                use serde::ser::SerializeMap;
                let mut map = to.serialize_map(Some(entries.len()))?;
                for (key, value) in entries {
                    map.serialize_entry(key, value)?;
                }
                map.end()
            }
        }
    }
}

#[cfg(feature = "verify")]
pub use text::{locate, parse};

#[cfg(feature = "verify")]
mod text {
    use super::{DEEPEST, LARGEST, Value};
    use crate::problem::{Problem, Step};
    use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
    use serde_json::value::RawValue;
    use std::collections::HashSet;
    use std::fmt;

    /// Reads JSON text strictly: no key twice, no whole number beyond ±2⁵³, no lone surrogate, at most 64 deep.
    ///
    /// # Errors
    /// The first problem, with its line and column.
    pub fn parse(text: &str) -> Result<Value, Problem> {
        let mut reader = serde_json::Deserializer::from_str(text);
        let read = Tree { depth: 0 }.deserialize(&mut reader);
        read.and_then(|value| reader.end().map(|()| value)).map_err(|error| {
            let message = error.to_string();
            let message = message.split(" at line ").next().unwrap_or_default();
            let place = Some((error.line().max(1), error.column().max(1)));
            Problem { path: Vec::new(), message: format!("not valid JSON: {message}"), place }
        })
    }

    /// The line and column, from 1, at which the value at `path` begins; its nearest parent where it is missing.
    #[must_use]
    pub fn locate(text: &str, path: &[Step]) -> (usize, usize) {
        let mut here = text.trim_start();
        for step in path {
            match below(here, step) {
                Some(next) => here = next,
                None => break,
            }
        }
        let offset = here.as_ptr() as usize - text.as_ptr() as usize;
        let before = text.get(..offset).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        (line, column)
    }

    /// The text of the value that `step` leads to. A raw value borrows the text, and so tells its place.
    fn below<'t>(text: &'t str, step: &Step) -> Option<&'t str> {
        let raw: &RawValue = match step {
            Step::Key(key) => {
                let entries: std::collections::HashMap<String, &RawValue> = serde_json::from_str(text).ok()?;
                entries.get(key).copied()?
            }
            Step::Item(at) => {
                let items: Vec<&RawValue> = serde_json::from_str(text).ok()?;
                items.get(*at).copied()?
            }
        };
        Some(raw.get())
    }

    struct Tree {
        depth: usize,
    }

    impl<'de> DeserializeSeed<'de> for Tree {
        type Value = Value;

        fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Value, D::Error> {
            from.deserialize_any(self)
        }
    }

    impl Tree {
        fn inner<E: Error>(&self) -> Result<Tree, E> {
            match self.depth {
                DEEPEST.. => Err(E::custom(format_args!("nested deeper than {DEEPEST}"))),
                depth => Ok(Tree { depth: depth + 1 }),
            }
        }
    }

    impl<'de> Visitor<'de> for Tree {
        type Value = Value;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a JSON value")
        }

        fn visit_unit<E: Error>(self) -> Result<Value, E> {
            Ok(Value::Null)
        }

        fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
            Ok(Value::Bool(value))
        }

        #[expect(clippy::cast_precision_loss, reason = "what is lost is refused")]
        fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
            if value > 1 << 53 { self.visit_f64(f64::INFINITY) } else { self.visit_f64(value as f64) }
        }

        #[expect(clippy::cast_precision_loss, reason = "what is lost is refused")]
        fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
            if value < -(1 << 53) { self.visit_f64(f64::INFINITY) } else { self.visit_f64(value as f64) }
        }

        fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
            if value.abs() > LARGEST {
                return Err(E::custom("a whole number beyond ±2^53"));
            }
            // −0 and 0 are one number.
            Ok(Value::Number(value + 0.0))
        }

        fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
            Ok(Value::Text(value.into()))
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
            let mut items = Vec::new();
            while let Some(item) = seq.next_element_seed(self.inner()?)? {
                items.push(item);
            }
            Ok(Value::List(items))
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
            let mut entries: Vec<(String, Value)> = Vec::new();
            let mut seen = HashSet::new();
            while let Some(key) = map.next_key::<String>()? {
                if !seen.insert(key.clone()) {
                    return Err(A::Error::custom(format_args!("key `{key}` stands twice")));
                }
                let value = map.next_value_seed(self.inner()?)?;
                entries.push((key, value));
            }
            Ok(Value::Object(entries))
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn json_that_readers_may_disagree_on_is_refused() {
            let deep = "[".repeat(1_000_000);
            for text in [
                "",
                "\u{feff}{}",
                "{\"a\":1,\"a\":2}",
                "9007199254740993",
                "1e400",
                "1e16",
                "\"\\ud800\"",
                "{} {}",
                "[1,]",
                "01",
                "+1",
                ".5",
                "NaN",
                "'a'",
                "{a:1}",
                "// no",
                &deep,
            ] {
                let problem = parse(text).unwrap_err();
                assert!(problem.place.is_some(), "{text:.20}");
                assert!(problem.message.starts_with("not valid JSON: "), "{}", problem.message);
            }
        }

        #[test]
        fn nesting_is_counted_to_its_limit() {
            let nested = |n: usize| "[".repeat(n) + &"]".repeat(n);
            assert!(parse(&nested(DEEPEST)).is_ok());
            assert!(parse(&nested(DEEPEST + 1)).unwrap_err().message.contains("nested deeper"));
        }

        #[test]
        fn zero_has_no_sign_and_whole_numbers_reach_two_to_the_53() {
            assert_eq!(parse("-0.0").unwrap(), Value::Number(0.0));
            assert_eq!(parse("9007199254740992").unwrap(), Value::Number(LARGEST));
        }

        #[test]
        fn a_path_is_found_in_the_text() {
            let text = "{\n  \"a\": [1,\n    {\"b\": \"é\", \"c\": 2}]\n}";
            let path = [Step::Key("a".into()), Step::Item(1), Step::Key("c".into())];
            assert_eq!(locate(text, &path), (3, 21));
            assert_eq!(locate(text, &[Step::Key("a".into()), Step::Item(7)]), (2, 8));
            assert_eq!(locate(text, &[]), (1, 1));
        }
    }
}
