//! Where what a record claims is not what the server finds.

use leadpact::Time;
use serde::Serialize;
use serde_json::Value as Json;

/// How far the clock of a record may be from the server's before it is said.
pub(crate) const SKEW: i64 = 10 * 60 * 1_000;
/// How far apart two odds may be and still be the same.
const CLOSE: f64 = 1e-9;

/// One difference. It is shown to sales, and no lead is refused for it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Difference {
    /// What differs, as a path: `score`, `pact.hash`, `facts.sector`.
    pub(crate) what: String,
    /// What was claimed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) claimed: Option<Json>,
    /// What the server found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) found: Option<Json>,
    /// What is wrong, where that says more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) note: Option<String>,
}

/// The differences of one lead.
#[derive(Debug, Default)]
pub(crate) struct Differences(pub(crate) Vec<Difference>);

impl Differences {
    /// Notes that something is wrong.
    pub(crate) fn note(&mut self, what: impl Into<String>, note: impl Into<String>) {
        self.0.push(Difference { what: what.into(), claimed: None, found: None, note: Some(note.into()) });
    }

    /// Notes two values that are not the same.
    pub(crate) fn differ(&mut self, what: impl Into<String>, claimed: Option<Json>, found: Option<Json>) {
        self.0.push(Difference { what: what.into(), claimed, found, note: None });
    }

    /// Notes two values where they are not the same.
    pub(crate) fn compare(&mut self, what: impl Into<String>, claimed: Option<&Json>, found: Option<&Json>) {
        if !same(claimed.unwrap_or(&Json::Null), found.unwrap_or(&Json::Null)) {
            self.differ(what, claimed.cloned(), found.cloned());
        }
    }

    /// Compares a claimed assessment with the server's. What to ask next depends on the page, and is left out.
    pub(crate) fn compare_assessments(&mut self, claimed: &Json, found: &Json) {
        let (Some(claims), Some(finds)) = (claimed.as_object(), found.as_object()) else {
            return self.note("assessment", "the record has no assessment");
        };
        for (key, value) in finds.iter().filter(|(key, _)| *key != "ask") {
            self.compare(key, claims.get(key), Some(value));
        }
        for key in ["grade", "route", "approximate"] {
            if let (Some(claim), None) = (claims.get(key), finds.get(key)) {
                self.differ(key, Some(claim.clone()), None);
            }
        }
    }

    /// Notes a time that is further from `found` than clocks differ.
    pub(crate) fn compare_times(&mut self, what: &str, claimed: Option<&Json>, found: Time) {
        let time = claimed.and_then(Json::as_str).and_then(|text| text.parse::<Time>().ok());
        if !time.is_some_and(|time| is_close(time, found)) {
            self.differ(what, claimed.cloned(), Some(found.to_string().into()));
        }
    }
}

/// Whether two times are no further apart than clocks differ.
pub(crate) fn is_close(a: Time, b: Time) -> bool {
    a.0.saturating_sub(b.0).unsigned_abs() <= SKEW.unsigned_abs()
}

/// Whether two values say the same; `1` and `1.0` do.
fn same(a: &Json, b: &Json) -> bool {
    match (a, b) {
        (Json::Number(a), Json::Number(b)) => match (a.as_f64(), b.as_f64()) {
            (Some(a), Some(b)) => (a - b).abs() <= CLOSE,
            _ => a == b,
        },
        (Json::Array(a), Json::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Json::Object(a), Json::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| same(a, b)))
        }
        (a, b) => a == b,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn found(claimed: &Json, own: &Json) -> Vec<String> {
        let mut differences = Differences::default();
        differences.compare_assessments(claimed, own);
        differences.0.into_iter().map(|difference| difference.what).collect()
    }

    #[test]
    fn only_what_differs_is_named_and_the_questions_are_left_out() {
        let own = json!({"score": 60, "odds": {"handoff": 1.0}, "reasons": [{"points": 5}], "ask": [1]});
        assert!(found(&json!({"score": 60.0, "odds": {"handoff": 1}, "reasons": [{"points": 5}]}), &own).is_empty());
        assert_eq!(
            found(&json!({"score": 99, "odds": {"handoff": 1}, "reasons": [], "route": "x"}), &own),
            ["reasons", "score", "route"]
        );
        assert_eq!(found(&Json::Null, &own), ["assessment"]);
    }

    #[test]
    fn clocks_may_differ_by_ten_minutes() {
        let off = |text: &str| {
            let mut differences = Differences::default();
            differences.compare_times("at", Some(&json!(text)), "2026-11-20T10:00:00Z".parse().unwrap());
            differences.0.len()
        };
        assert_eq!([off("2026-11-20T10:10:00Z"), off("2026-11-20T09:50:00Z")], [0, 0]);
        assert_eq!([off("2026-11-20T10:10:01Z"), off("1970-01-01T00:00:00Z"), off("9999-01-01T00:00:00Z")], [1, 1, 1]);
        assert_eq!(off("soon"), 1);
    }
}
