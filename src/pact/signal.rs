//! Signals: the facts that the browser measures.

use super::condition::Facts;
use super::read::{Reader, owned};
use crate::json::Value;
use crate::text::Text;

/// A fact that the browser measures, with consent only.
#[derive(Clone, Debug)]
pub struct Signal {
    /// Its id, shared with no other signal or field.
    pub id: String,
    /// What is measured.
    pub measure: Measure,
    /// Which paths count, as a glob; all where absent.
    pub path: Option<String>,
    /// The event's or the URL parameter's name.
    pub name: Option<String>,
    /// What people call it.
    pub label: Option<Text>,
}

/// What a signal measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Pages viewed whose path matches.
    PageViews,
    /// Visits so far; a new one starts after 30 minutes without activity.
    Visits,
    /// Seconds with the page visible and the visitor active.
    EngagedSeconds,
    /// The deepest scroll, 0–100.
    ScrollPercent,
    /// Times the page reported the event.
    Events,
    /// Whole days since the first visit.
    DaysKnown,
    /// The last seen value of a URL parameter.
    Query,
    /// The host of the first outside referrer of the visit.
    Referrer,
}

impl Measure {
    /// Whether the signal is a text; else it is a number.
    #[must_use]
    pub fn is_text(self) -> bool {
        matches!(self, Self::Query | Self::Referrer)
    }
}

const MEASURES: [&str; 8] =
    ["page_views", "visits", "engaged_seconds", "scroll_percent", "events", "days_known", "query", "referrer"];
const MEASURED: [Measure; 8] = [
    Measure::PageViews,
    Measure::Visits,
    Measure::EngagedSeconds,
    Measure::ScrollPercent,
    Measure::Events,
    Measure::DaysKnown,
    Measure::Query,
    Measure::Referrer,
];

/// Reads a signal and adds it to the facts.
pub(super) fn read(signal: &Value, facts: &mut Facts<'_>, r: &mut Reader) {
    if !r.object(signal, &["id", "measure"], &["path", "name", "label"]) {
        return;
    }
    let id = r.fact_id(signal.get("id"));
    let measure = r.word(signal.get("measure"), &MEASURES, &MEASURED);
    let path = r.string(signal.get("path"));
    let name = r.name(signal.get("name"));
    let label = r.text(signal.get("label"));
    let Some(measure) = measure else { return };
    check_keys(measure, signal, r);
    if let Some(id) = id {
        facts.add_signal(Signal { id: owned(id), measure, path: path.map(owned), name: name.map(owned), label });
    }
}

fn check_keys(measure: Measure, signal: &Value, r: &mut Reader) {
    if matches!(measure, Measure::Events | Measure::Query) {
        r.need(signal, "name");
    } else if let Some(name) = signal.get("name") {
        r.refuse(name, || "only `events` and `query` take a `name`");
    }
    let by_path = matches!(measure, Measure::PageViews | Measure::EngagedSeconds | Measure::ScrollPercent);
    if let Some(path) = signal.get("path")
        && !by_path
    {
        r.refuse(path, || "only `page_views`, `engaged_seconds` and `scroll_percent` take a `path`");
    }
}

/// Whether `path` matches `glob`: `*` stands for any characters within a segment, `**` for any at all.
///
/// ```
/// assert!(leadpact::path_matches("/blog/**", "/blog/2026/scoring"));
/// assert!(!leadpact::path_matches("/blog/*", "/blog/2026/scoring"));
/// ```
#[must_use]
pub fn path_matches(glob: &str, path: &str) -> bool {
    // Whether the empty path, and each start of the path, match what was read of the glob: linear in each, whatever the
    // stars. Bytes will do: no character's bytes stand inside another's.
    let (mut empty, mut starts) = (true, vec![false; path.len()]);
    let mut rest = glob.as_bytes();
    while let [first, after @ ..] = rest {
        let star = *first == b'*';
        let across = star && after.first() == Some(first);
        rest = after;
        while let ([b'*', after @ ..], true) = (rest, across) {
            rest = after;
        }
        let mut before = empty;
        empty &= star;
        for (start, byte) in starts.iter_mut().zip(path.bytes()) {
            let was = *start;
            *start = if star { was || (before && (across || byte != b'/')) } else { before && byte == *first };
            before = if star { *start } else { was };
        }
    }
    starts.last().copied().unwrap_or(empty)
}

#[cfg(test)]
mod tests {
    use super::path_matches;

    #[test]
    fn one_star_stays_within_a_segment_and_two_cross() {
        for (glob, path, expected) in [
            ("/pricing", "/pricing", true),
            ("/pricing", "/pricing/", false),
            ("/pricing*", "/pricing-2026", true),
            ("/*/pricing", "/fr/pricing", true),
            ("/*/pricing", "/fr/be/pricing", false),
            ("/**/pricing", "/fr/be/pricing", true),
            ("/blog/**", "/blog/", true),
            ("**", "", true),
            ("***", "/a/b", true),
            ("", "", true),
            ("", "/", false),
            ("/é*", "/été", true),
        ] {
            assert_eq!(path_matches(glob, path), expected, "{glob} {path}");
        }
    }
}
