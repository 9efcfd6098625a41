//! By when a promise is due: its hours, counted while the calendar of the pact says that work is done.

use crate::pact::handoff::Calendar;
use crate::time::{Time, days};

/// How far the clocks of a zone are ahead of UTC at an instant, in milliseconds; nothing where that is not known.
pub(crate) type Ahead<'z> = &'z dyn Fn(Time) -> Option<i64>;

/// Milliseconds in a minute.
const MINUTE: i64 = 60_000;
/// Milliseconds in a day of 24 hours.
const DAY: i64 = 86_400_000;
/// Ten years: the longest promise, and how far a calendar is looked at.
const MOST_DAYS: i64 = 3_653;

/// The first instant at which `promised` milliseconds have been worked since `from`. Nothing where the zone is not known,
/// or where that takes more than ten years.
pub(crate) fn due(calendar: &Calendar, from: Time, promised: i64, ahead: Ahead<'_>) -> Option<Time> {
    let mut holidays = Vec::new();
    for date in &calendar.holidays {
        holidays.extend(days(date));
    }
    let (mut at, mut left) = (from.0, promised);
    let first = at.checked_add(ahead(from)?)?.div_euclid(DAY);
    for day in first..=first + MOST_DAYS {
        let spans = spans(calendar, day);
        if spans.is_empty() || holidays.contains(&day) {
            continue;
        }
        let clock = Clock::of(day, ahead)?;
        for (opens, closes) in spans {
            // What was worked before `from` does not count.
            let opens = at.max(clock.first(*opens));
            let worked = clock.first(*closes) - opens;
            if worked > 0 && worked >= left {
                return Some(Time(opens + left));
            }
            left -= worked.max(0);
            at = opens;
        }
    }
    None
}

/// The working hours of a day, by days since 1970-01-01, which was a Thursday.
fn spans(calendar: &Calendar, day: i64) -> &[(u16, u16)] {
    #[expect(clippy::cast_possible_truncation, reason = "from 0 to 6")]
    calendar.hours.get((day + 3).rem_euclid(7) as usize).map_or(&[], Vec::as_slice)
}

/// What the clocks of a zone show on one day. They are moved at most once within a day of it, so that both offsets and
/// the instant between them say everything.
struct Clock {
    /// Midnight at the start of the day, as if the clocks showed UTC.
    midnight: i64,
    before: i64,
    after: i64,
    /// The first instant with the offset `after`.
    moved: i64,
}

impl Clock {
    fn of(day: i64, ahead: Ahead<'_>) -> Option<Self> {
        let midnight = day * DAY;
        // No zone is more than a day from UTC, so that the whole day lies in between.
        let (mut low, mut high) = (midnight - DAY, midnight + 2 * DAY);
        let (before, after) = (ahead(Time(low))?, ahead(Time(high))?);
        while before != after && high - low > 1 {
            let middle = low + (high - low) / 2;
            if ahead(Time(middle))? == before {
                low = middle;
            } else {
                high = middle;
            }
        }
        Some(Self { midnight, before, after, moved: high })
    }

    /// The first instant at which the clocks show this minute of the day or a later one: the earlier one where they show
    /// it twice, the end of the gap where they skip it.
    fn first(&self, minute: u16) -> i64 {
        let shown = self.midnight + i64::from(minute) * MINUTE;
        if shown - self.before < self.moved { shown - self.before } else { self.moved.max(shown - self.after) }
    }
}

#[cfg(all(test, feature = "text", not(target_arch = "wasm32")))]
mod tests;
