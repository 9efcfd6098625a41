//! Where what a record claims is not what is found.

use crate::json::{Value, parse};
use crate::time::Time;
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

/// How far the clock of a record may be from the server's before it is said, in milliseconds.
pub(super) const SKEW: i64 = 10 * 60 * 1_000;
/// How long a page keeps a record that it could not send, in milliseconds: past it, one is kept for long or sent again.
const LONGEST_KEPT: i64 = 24 * 60 * 60 * 1_000;
/// How far apart two odds may be and still be the same.
const CLOSE: f64 = 1e-9;

/// One difference between what a record claims and what is found. No lead is refused for it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Difference {
    /// What differs, as a path: `score`, `pact.hash`, `facts.sector`.
    pub what: String,
    /// What was claimed.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "plainly")]
    pub claimed: Option<Value>,
    /// What is found.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "plainly")]
    pub found: Option<Value>,
    /// What is wrong, where that says more; never a fact's value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// The differences of one lead.
#[derive(Default)]
pub(super) struct Differences(pub(super) Vec<Difference>);

impl Differences {
    /// Notes that something is wrong.
    pub(super) fn note(&mut self, what: impl Into<String>, note: impl Into<String>) {
        self.0.push(Difference { what: what.into(), claimed: None, found: None, note: Some(note.into()) });
    }

    /// Notes two values that are not the same.
    pub(super) fn differ(&mut self, what: impl Into<String>, claimed: Option<Value>, found: Option<Value>) {
        self.0.push(Difference { what: what.into(), claimed, found, note: None });
    }

    /// Notes two values where they are not the same.
    pub(super) fn compare(&mut self, what: impl Into<String>, claimed: Option<&Value>, found: Option<&Value>) {
        if !same(claimed.unwrap_or(&Value::Null), found.unwrap_or(&Value::Null)) {
            self.differ(what, claimed.cloned(), found.cloned());
        }
    }

    /// Compares a claimed assessment with the one that is found. What to ask next depends on the page, and is left out.
    pub(super) fn compare_assessments(&mut self, claimed: &Value, found: &Value) {
        let (Value::Object(_), Value::Object(finds)) = (claimed, found) else {
            return self.note("assessment", "the record has no assessment");
        };
        for (key, value) in finds.iter().filter(|(key, _)| key != "ask") {
            self.compare(key, claimed.get(key), Some(value));
        }
        for key in ["grade", "route", "approximate"] {
            if found.get(key).is_none() {
                self.compare(key, claimed.get(key), None);
            }
        }
    }

    /// Notes a time that is further from `found` than clocks differ.
    pub(super) fn compare_times(&mut self, what: &str, claimed: Option<&Value>, found: Time) {
        if !time(claimed).is_some_and(|time| is_close(time, found)) {
            self.differ(what, claimed.cloned(), Some(Value::Text(found.to_string())));
        }
    }

    /// Notes a record's own time that is not about that of its receipt.
    pub(super) fn compare_clocks(&mut self, claimed: Option<&Value>, received: Time) {
        let before = self.0.len();
        self.compare_times("at", claimed, received);
        let note = match time(claimed) {
            None => "expected a time with its offset, like `2026-11-20T10:00:00Z`",
            Some(at) if received.0.saturating_sub(at.0) > LONGEST_KEPT => {
                "older than a day: it was kept for long, or sent again"
            }
            Some(at) if at > received => "later than its receipt",
            Some(_) => "earlier than its receipt: it was kept, or the clocks differ",
        };
        if let Some(difference) = self.0.get_mut(before) {
            difference.note = Some(note.into());
        }
    }
}

/// The time that a value says.
pub(super) fn time(value: Option<&Value>) -> Option<Time> {
    match value? {
        Value::Text(text) => text.parse().ok(),
        _ => None,
    }
}

/// Whether two times are no further apart than clocks differ.
pub(super) fn is_close(a: Time, b: Time) -> bool {
    a.0.saturating_sub(b.0).unsigned_abs() <= SKEW.unsigned_abs()
}

/// What the engine says, as a record has it.
pub(super) fn tree(said: &impl Serialize) -> Value {
    let text = serde_json::to_string(said).unwrap_or_default();
    // What the engine says is JSON, and no number in it is beyond 2⁵³.
    parse(&text).unwrap_or(Value::Null)
}

/// Whether two values say the same; keys may stand in any order.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => (a - b).abs() <= CLOSE,
        (Value::List(a), Value::List(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Object(entries), Value::Object(others)) => {
            entries.len() == others.len()
                && entries.iter().all(|(key, one)| b.get(key).is_some_and(|other| same(one, other)))
        }
        (a, b) => a == b,
    }
}

/// Writes whole numbers without a fraction: people read differences.
fn plainly<S: Serializer>(value: &Option<Value>, to: S) -> Result<S::Ok, S::Error> {
    value.as_ref().map(Plain).serialize(to)
}

struct Plain<'v>(&'v Value);

impl Serialize for Plain<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            #[expect(clippy::cast_possible_truncation, reason = "whole, and within 2⁵³")]
            Value::Number(number) if number.abs() <= crate::json::LARGEST && libm::trunc(*number) == *number => {
                to.serialize_i64(*number as i64)
            }
            Value::List(items) => to.collect_seq(items.iter().map(Plain)),
            Value::Object(entries) => {
                let mut map = to.serialize_map(Some(entries.len()))?;
                for (key, value) in entries {
                    map.serialize_entry(key, &Plain(value))?;
                }
                map.end()
            }
            other => other.serialize(to),
        }
    }
}

#[cfg(all(test, feature = "text"))]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_is_named_and_the_questions_are_left_out() {
        let own = r#"{"score": 60, "odds": {"handoff": 1.0}, "reasons": [{"points": 5}], "ask": [1]}"#;
        let found = |claimed: &str| -> Vec<String> {
            let mut differences = Differences::default();
            differences.compare_assessments(&parse(claimed).unwrap(), &parse(own).unwrap());
            differences.0.into_iter().map(|difference| difference.what).collect()
        };
        assert!(found(r#"{"reasons": [{"points": 5}], "score": 60.0, "odds": {"handoff": 1}}"#).is_empty());
        assert_eq!(
            found(r#"{"score": 99, "odds": {"handoff": 1}, "reasons": [], "route": "x"}"#),
            ["score", "reasons", "route"]
        );
        assert_eq!(found("null"), ["assessment"]);
    }

    #[test]
    fn clocks_may_differ_by_ten_minutes() {
        let off = |text: &str| {
            let mut differences = Differences::default();
            let at = Value::Text(text.into());
            differences.compare_clocks(Some(&at), "2026-11-20T10:00:00Z".parse().unwrap());
            differences.0.into_iter().map(|difference| difference.note.unwrap()).collect::<String>()
        };
        assert_eq!([off("2026-11-20T10:10:00Z"), off("2026-11-20T09:50:00Z")], ["", ""]);
        assert!(off("2026-11-20T10:10:00.001Z").starts_with("later"));
        assert!(off("2026-11-20T09:49:59.999Z").starts_with("earlier"));
        assert!(off("2026-11-19T10:00:00Z").starts_with("earlier"));
        assert!(off("2026-11-19T09:59:59Z").starts_with("older than a day"));
        assert!(off("soon").starts_with("expected a time"));
    }

    #[test]
    fn numbers_of_differences_are_written_as_people_write_them() {
        let claimed = parse(r#"[46, 0.5, {"a": -3}]"#).unwrap();
        let difference = Difference { what: "score".into(), claimed: Some(claimed), found: None, note: None };
        let text = serde_json::to_string(&difference).unwrap();
        assert_eq!(text, r#"{"what":"score","claimed":[46,0.5,{"a":-3}]}"#);
    }
}
