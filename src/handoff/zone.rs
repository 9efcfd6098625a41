//! Time zones natively, by the tables that jiff carries: the same on every machine, whatever its own tables say.

use crate::problem;
use crate::time::Time;
use jiff::Timestamp;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use std::sync::LazyLock;

static ZONES: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// The zone of this name.
pub(crate) fn zone(name: &str) -> Option<TimeZone> {
    ZONES.get(name).ok()
}

/// Names the zone nearest to `name`, as the end of a message.
pub(crate) fn nearest(name: &str) -> String {
    let names: Vec<String> = ZONES.available().map(|name| name.to_string()).collect();
    problem::nearest(name, names.iter().map(String::as_str))
}

/// How far its clocks are ahead of UTC, in milliseconds.
pub(crate) fn ahead(zone: &TimeZone, at: Time) -> Option<i64> {
    let at = Timestamp::from_millisecond(at.0).ok()?;
    Some(i64::from(zone.to_offset(at).seconds()) * 1_000)
}
