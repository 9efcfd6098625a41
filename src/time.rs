//! Points in time, as they are passed in: the engine never asks a clock.

/// Milliseconds in a day.
const DAY: f64 = 86_400_000.0;

/// A point in time: milliseconds since 1970-01-01T00:00:00Z, as JavaScript's `Date.now()` gives them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Time(pub i64);

impl Time {
    /// The days, fractions included and never below 0, from `earlier` to this time.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "exact within 285,000 years")]
    pub fn days_since(self, earlier: Time) -> f64 {
        self.0.saturating_sub(earlier.0).max(0) as f64 / DAY
    }
}

impl std::str::FromStr for Time {
    type Err = String;

    /// Reads RFC 3339: a date, a time and an offset from UTC.
    fn from_str(text: &str) -> Result<Self, String> {
        read(text.trim()).ok_or_else(|| "expected a time with its offset, like `2026-11-20T10:00:00Z`".into())
    }
}

#[cfg(feature = "text")]
fn read(text: &str) -> Option<Time> {
    Some(Time(text.parse::<jiff::Timestamp>().ok()?.as_millisecond()))
}

/// The platform reads more forms than RFC 3339; those without an offset depend on where they are read.
#[cfg(not(feature = "text"))]
fn read(text: &str) -> Option<Time> {
    #[cfg(feature = "browser")]
    if text.ends_with('Z') {
        let at = js_sys::Date::parse(text);
        #[expect(clippy::cast_possible_truncation, reason = "a date's milliseconds are whole")]
        return at.is_finite().then_some(Time(at as i64));
    }
    let _ = text;
    None
}

#[cfg(feature = "text")]
impl std::fmt::Display for Time {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match jiff::Timestamp::from_millisecond(self.0) {
            Ok(at) => write!(f, "{at:.3}"),
            Err(_) => f.write_str("out of range"),
        }
    }
}

#[cfg(not(feature = "text"))]
impl std::fmt::Display for Time {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        #[cfg(feature = "browser")]
        #[expect(clippy::cast_precision_loss, reason = "a date's milliseconds fit")]
        return f.write_str(&String::from(js_sys::Date::new(&(self.0 as f64).into()).to_iso_string()));
        #[cfg(not(feature = "browser"))]
        self.0.fmt(f)
    }
}

/// As RFC 3339 in UTC, to the millisecond.
impl serde::Serialize for Time {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.to_string())
    }
}

#[cfg(all(test, feature = "text"))]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_and_written_with_their_offset() {
        let at: Time = "2026-11-20T11:00:00+01:00".parse().unwrap();
        assert_eq!(at.to_string(), "2026-11-20T10:00:00.000Z");
        assert!("2026-11-20T10:00:00".parse::<Time>().is_err());
        assert!("yesterday".parse::<Time>().is_err());
    }

    #[test]
    fn age_counts_fractions_and_never_goes_below_zero() {
        let (monday, tuesday) = (Time(0), Time(36 * 3_600_000));
        assert_eq!(tuesday.days_since(monday), 1.5);
        assert_eq!(monday.days_since(tuesday), 0.0);
        assert!(Time(i64::MAX).days_since(Time(i64::MIN)).is_finite());
    }
}
