//! The clock against one that walks minute by minute, and against days on which clocks were moved, by hand.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "test helpers fail by panicking"
)]

use super::*;
use crate::handoff::zone;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use proptest::prelude::*;

const HOUR: i64 = 60 * MINUTE;
/// So far the slow clock walks.
const WALKED: i64 = 30 * DAY;

const ZONES: [&str; 10] = [
    "Europe/Paris",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Africa/Casablanca",
    "America/Sao_Paulo",
    "America/St_Johns",
    "Pacific/Apia",
    "Asia/Gaza",
    "UTC",
];

fn calendar(zone: &str, hours: [&[(u16, u16)]; 7], holidays: &[&str]) -> Calendar {
    let holidays = holidays.iter().map(ToString::to_string).collect();
    Calendar { zone: zone.into(), hours: hours.map(<[_]>::to_vec), holidays }
}

fn due_in(calendar: &Calendar, from: Time, promised: i64) -> Option<Time> {
    let zone = zone::zone(&calendar.zone).unwrap();
    due(calendar, from, promised, &|at| zone::ahead(&zone, at))
}

/// Walks minute by minute. A minute is worked where the latest time of day that the clocks have shown so far lies in a
/// span of its day.
fn walked(calendar: &Calendar, from: Time, promised: i64) -> Option<Time> {
    let zone = zone::zone(&calendar.zone).unwrap();
    let holidays: Vec<jiff::civil::Date> = calendar.holidays.iter().map(|date| date.parse().unwrap()).collect();
    let (mut shown, mut left) = (i64::MIN, promised / MINUTE);
    let mut at = from.0 - 3 * DAY;
    while at <= from.0 + WALKED {
        shown = shown.max(at + zone::ahead(&zone, Time(at)).unwrap());
        if at >= from.0 && is_worked(calendar, &holidays, shown) {
            left -= 1;
            if left <= 0 {
                return Some(Time(at + if promised == 0 { 0 } else { MINUTE }));
            }
        }
        at += MINUTE;
    }
    None
}

fn is_worked(calendar: &Calendar, holidays: &[jiff::civil::Date], shown: i64) -> bool {
    let shown = Timestamp::from_millisecond(shown).unwrap().to_zoned(TimeZone::UTC);
    let minute = shown.hour() as u16 * 60 + shown.minute() as u16;
    let spans = &calendar.hours[shown.weekday().to_monday_zero_offset() as usize];
    !holidays.contains(&shown.date()) && spans.iter().any(|(opens, closes)| (*opens..*closes).contains(&minute))
}

/// Ascending spans of a day, some that touch, some to midnight.
fn day() -> impl Strategy<Value = Vec<(u16, u16)>> {
    let minute = prop_oneof![(0_u16..=24).prop_map(|hour| hour * 60), 0..=240_u16, 0..=1440_u16];
    proptest::collection::vec(minute, 0..7).prop_map(|mut ends| {
        ends.sort_unstable();
        ends.dedup();
        let spans = ends.windows(2).enumerate().filter(|(at, _)| at % 3 != 1);
        spans.map(|(_, pair)| (pair[0], pair[1])).collect()
    })
}

prop_compose! {
    fn asked()(
        zone in proptest::sample::select(&ZONES[..]),
        week in proptest::array::uniform7(day()),
        off in proptest::collection::vec(0_i64..12, 0..4),
        // From 1990 to 2035.
        minute in 10_519_200_i64..34_186_000,
        moves in any::<bool>(),
        before in -1_440_i64..4_320,
        minutes in prop_oneof![Just(0_i64), 1..240_i64, 1..3_000_i64],
    ) -> (Calendar, Time, i64) {
        let mut from = minute * MINUTE;
        if moves {
            // Near the next day on which the clocks are moved.
            let zone = zone::zone(zone).unwrap();
            let next = zone.following(Timestamp::from_millisecond(from).unwrap()).next();
            from = next.map_or(from, |next| next.timestamp().as_millisecond() - before * MINUTE);
        }
        let date = |days: &i64| Timestamp::from_millisecond(from + days * DAY).unwrap().to_string()[..10].to_owned();
        let holidays = off.iter().map(date).collect();
        (Calendar { zone: zone.into(), hours: week, holidays }, Time(from), minutes * MINUTE)
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn due_times_are_those_of_a_clock_that_walks((calendar, from, promised) in asked()) {
        let (found, slow) = (due_in(&calendar, from, promised), walked(&calendar, from, promised));
        let beyond = |at: Time| at.0 > from.0 + WALKED;
        prop_assert!(found == slow || (slow.is_none() && found.is_none_or(beyond)), "{found:?}, walked {slow:?}");
    }
}

fn time(text: &str) -> Time {
    text.parse().unwrap()
}

/// Working hours on Sundays and Mondays alone.
fn sundays(zone: &str, sunday: &[(u16, u16)]) -> Calendar {
    calendar(zone, [&[(9 * 60, 10 * 60)], &[], &[], &[], &[], &[], sunday], &[])
}

#[test]
fn hours_that_the_clocks_skip_are_not_worked() {
    for (zone, saturday, six) in [
        ("Europe/Paris", "2026-03-28T12:00:00Z", "2026-03-29T04:00:00Z"),
        ("America/New_York", "2026-03-07T12:00:00Z", "2026-03-08T10:00:00Z"),
    ] {
        let (from, six) = (time(saturday), time(six));
        let after = |hours: f64, spans: &[(u16, u16)]| {
            let due = due_in(&sundays(zone, spans), from, (hours * HOUR as f64) as i64).unwrap();
            (due.0 - six.0) as f64 / HOUR as f64
        };
        // From midnight to six o'clock, only five hours pass.
        assert_eq!(after(5.0, &[(0, 360)]), 0.0);
        assert_eq!(after(2.0, &[(0, 360)]), -3.0);
        // The next working minute is on Monday, at nine.
        assert_eq!(after(5.5, &[(0, 360)]), 27.5);
        assert_eq!(after(0.5, &[(135, 165)]), 27.5);
        // What begins within the gap begins at its end: three o'clock.
        assert_eq!(after(1.0, &[(150, 240)]), -2.0);
        assert_eq!(after(1.0, &[(130, 140), (150, 240)]), -2.0);
    }
}

#[test]
fn hours_that_the_clocks_show_twice_are_worked_twice_within_a_span() {
    for (zone, saturday, six, twice) in [
        ("Europe/Paris", "2026-10-24T12:00:00Z", "2026-10-25T05:00:00Z", 120),
        ("America/New_York", "2026-10-31T12:00:00Z", "2026-11-01T11:00:00Z", 60),
    ] {
        let (from, six) = (time(saturday), time(six));
        let after = |hours: f64, spans: &[(u16, u16)]| {
            let due = due_in(&sundays(zone, spans), from, (hours * HOUR as f64) as i64).unwrap();
            (due.0 - six.0) as f64 / HOUR as f64
        };
        assert_eq!(after(7.0, &[(0, 360)]), 0.0);
        // A time that is shown twice is the earlier one, where a span begins and where it ends.
        let first = f64::from(twice) / 60.0 - 7.0;
        assert_eq!(after(0.5, &[(twice, twice + 30)]), first + 0.5);
        assert_eq!(after(1.5, &[(twice + 30, twice + 60)]), first + 2.0);
    }
}

#[test]
fn a_day_that_a_zone_skipped_has_no_hours() {
    let nine = [(9 * 60, 17 * 60)];
    let apia = calendar("Pacific/Apia", [&nine[..]; 7], &[]);
    // Thursday at four in the afternoon; the next day was Saturday.
    assert_eq!(due_in(&apia, time("2011-12-30T02:00:00Z"), 2 * HOUR), Some(time("2011-12-30T20:00:00Z")));
}

#[test]
fn milliseconds_count_and_an_end_is_an_end() {
    let monday = calendar("UTC", [&[(540, 720), (720, 780), (840, 1440)], &[(0, 60)], &[], &[], &[], &[], &[]], &[]);
    assert_eq!(due_in(&monday, time("2026-11-23T12:59:59.999Z"), 1), Some(time("2026-11-23T13:00:00Z")));
    assert_eq!(due_in(&monday, time("2026-11-23T12:59:59.999Z"), 2), Some(time("2026-11-23T14:00:00.001Z")));
    assert_eq!(due_in(&monday, time("2026-11-23T09:00:00Z"), 4 * HOUR), Some(time("2026-11-23T13:00:00Z")));
    assert_eq!(due_in(&monday, time("2026-11-23T23:30:00Z"), HOUR), Some(time("2026-11-24T00:30:00Z")));
    // Nothing promised is due at the first working instant.
    assert_eq!(due_in(&monday, time("2026-11-23T13:00:00Z"), 0), Some(time("2026-11-23T14:00:00Z")));
    assert_eq!(due_in(&monday, time("2026-11-23T12:59:59.999Z"), 0), Some(time("2026-11-23T12:59:59.999Z")));
}

#[test]
fn a_calendar_without_work_and_times_that_no_calendar_has_are_due_never() {
    let never = calendar("Europe/Paris", [&[]; 7], &[]);
    assert_eq!(due_in(&never, Time(0), HOUR), None);
    let rarely = calendar("Europe/Paris", [&[(0, 1)], &[], &[], &[], &[], &[], &[]], &[]);
    assert_eq!(due_in(&rarely, Time(0), 87_660 * HOUR), None);
    assert!(due_in(&rarely, Time(0), 500 * MINUTE).is_some());
    let always = calendar("UTC", [&[(0, 1_440)]; 7], &[]);
    assert_eq!(due_in(&always, Time(1), 87_660 * HOUR), Some(Time(1 + 87_660 * HOUR)));
    for from in [Time(i64::MIN), Time(i64::MAX)] {
        assert_eq!(due_in(&always, from, HOUR), None);
    }
    assert_eq!(due(&always, Time(0), HOUR, &|_| None), None);
}

#[test]
fn no_zone_moves_its_clocks_twice_within_three_days() {
    let (from, until) = (Timestamp::from_second(631_152_000).unwrap(), Timestamp::from_second(2_208_988_800).unwrap());
    for name in jiff::tz::TimeZoneDatabase::bundled().available() {
        let zone = zone::zone(name.as_str()).unwrap();
        let (mut offset, mut last) = (zone.to_offset(from), Timestamp::MIN);
        for moved in zone.following(from).take_while(|moved| moved.timestamp() < until) {
            if moved.offset() != offset {
                let since = moved.timestamp().as_second() - last.as_second();
                assert!(since > 3 * 86_400, "{}: {} and {last}", name.as_str(), moved.timestamp());
                (offset, last) = (moved.offset(), moved.timestamp());
            }
        }
    }
}
