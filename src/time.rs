//! Points in time, as they are passed in: the engine never asks a clock.

use crate::pact::read::is_date;

/// The last second, in the year 9999, that every reader and writer of times takes.
const LAST: i64 = 253_402_207_200;
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

/// RFC 3339, read the same on every target: platforms read more forms, each its own.
fn read(text: &str) -> Option<Time> {
    let (date, rest) = text.split_once(['T', 't', ' '])?;
    let (clock, offset) = rest.split_at_checked(rest.rfind(['Z', 'z', '+', '-'])?)?;
    let (clock, fraction) = clock.split_once('.').map_or((clock, "0"), |(clock, fraction)| (clock, fraction));
    let mut clock = clock.splitn(3, ':').map(|part| digits(part, 2));
    let (hour, minute, second) = (clock.next()??, clock.next()??, clock.next()??);
    // A leap second is the one before it.
    let fits = is_date(date) && hour < 24 && minute < 60 && second <= 60;
    let seconds = days(date)? * 86_400 + hour * 3_600 + minute * 60 + second.min(59) - offset_seconds(offset)?;
    (fits && seconds <= LAST).then_some(Time(seconds * 1_000 + thousandths(fraction)?))
}

fn digits(text: &str, len: usize) -> Option<i64> {
    let whole = text.len() == len && text.bytes().all(|byte| byte.is_ascii_digit());
    whole.then(|| text.bytes().fold(0, |sum, byte| sum * 10 + i64::from(byte - b'0')))
}

fn offset_seconds(offset: &str) -> Option<i64> {
    if matches!(offset, "Z" | "z") {
        return Some(0);
    }
    let (sign, clock) = offset.split_at_checked(1)?;
    let (hours, minutes) = clock.split_once(':')?;
    let (hours, minutes) = (digits(hours, 2)?, digits(minutes, 2)?);
    let seconds = hours * 3_600 + minutes * 60;
    (hours < 24 && minutes < 60).then_some(if sign == "-" { -seconds } else { seconds })
}

/// The first three digits of a fraction of a second.
fn thousandths(fraction: &str) -> Option<i64> {
    // As many as a number holds, before they are one.
    if !(1..=9).contains(&fraction.len()) {
        return None;
    }
    digits(fraction, fraction.len())?;
    Some(fraction.bytes().chain(*b"00").take(3).fold(0, |sum, byte| sum * 10 + i64::from(byte - b'0')))
}

/// Days from 1970-01-01 to a date like `2026-11-20` (Howard Hinnant, *chrono-compatible low-level date algorithms*).
pub(crate) fn days(date: &str) -> Option<i64> {
    let mut parts = date.splitn(3, '-');
    let (year, month, day) = (digits(parts.next()?, 4)?, digits(parts.next()?, 2)?, digits(parts.next()?, 2)?);
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year - era * 400;
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    Some(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468)
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
impl Time {
    /// As RFC 3339 in UTC; not by `Display`, whose machinery weighs more than the rest of the times. The date is from the
    /// days (Howard Hinnant, *chrono-compatible low-level date algorithms*).
    #[expect(clippy::inherent_to_string, reason = "what natively `Display` is for")]
    #[must_use]
    pub fn to_string(self) -> String {
        let (days, of_day) = (self.0.div_euclid(86_400_000) + 719_468, self.0.rem_euclid(86_400_000));
        let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
        let years = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * years + years / 4 - years / 100);
        let from_march = (5 * of_year + 2) / 153;
        let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
        let mut text = String::new();
        for (number, width, after) in [
            (era * 400 + years + i64::from(month <= 2), 1_000, '-'),
            (month, 10, '-'),
            (of_year - (153 * from_march + 2) / 5 + 1, 10, 'T'),
            (of_day / 3_600_000, 10, ':'),
            (of_day / 60_000 % 60, 10, ':'),
            (of_day / 1_000 % 60, 10, '.'),
            (of_day % 1_000, 100, 'Z'),
        ] {
            let mut place = width;
            while place > 0 {
                text.push(char::from(b'0' + (number / place % 10) as u8));
                place /= 10;
            }
            text.push(after);
        }
        text
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
    fn times_are_read_as_the_standard_says() {
        let exact: jiff::Timestamp = "1969-02-28T23:59:59.987-03:30".parse().unwrap();
        assert_eq!("1969-02-28T23:59:59.9870001-03:30".parse(), Ok(Time(exact.as_millisecond())));
        for text in ["2024-02-29t00:00:00.1z", "0001-01-01T00:00:00Z", "9999-12-30 21:59:60+00:00"] {
            let same: jiff::Timestamp = text.parse().unwrap();
            assert_eq!(text.parse(), Ok(Time(same.as_millisecond())), "{text}");
        }
        let refused = ["2026-02-29T00:00:00Z", "2026-11-20T24:00:00Z", "2026-11-20T10:00Z", "20261120T100000Z"];
        let strange = ["2026-11-20T10:00:00+2", "Fri, 20 Nov 2026 10:00:00 Z", "2026-11-20T10:00:00.Z", "é-Z", "T+"];
        for text in refused.iter().chain(&strange) {
            assert!(text.parse::<Time>().is_err(), "{text}");
        }
        let endless = format!("2026-11-20T10:00:00.{}Z", "1".repeat(100));
        assert!(endless.parse::<Time>().is_err(), "{endless}");
    }

    #[test]
    fn age_counts_fractions_and_never_goes_below_zero() {
        let (monday, tuesday) = (Time(0), Time(36 * 3_600_000));
        assert_eq!(tuesday.days_since(monday), 1.5);
        assert_eq!(monday.days_since(tuesday), 0.0);
        assert!(Time(i64::MAX).days_since(Time(i64::MIN)).is_finite());
    }
}
