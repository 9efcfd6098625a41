//! What happens to a lead that is handed over: who takes it, and what sales promises.

use super::condition::{Facts, Gates};
use super::read::{Reader, digits, owned};
use crate::json::Value;
use crate::text::Text;
use serde::Serialize;

/// What happens to a lead that is handed over.
#[derive(Clone, Debug, Default)]
pub struct Handoff {
    /// Who takes the lead: the first whose condition is true or absent.
    pub routes: Vec<Route>,
    /// What sales promises: the first whose condition is true or absent.
    pub sla: Vec<Sla>,
    /// Working hours; without, SLA hours are elapsed hours.
    pub calendar: Option<Calendar>,
    /// How often both teams look at the pact.
    pub review_every_days: Option<i64>,
    /// Where the record goes.
    pub endpoint: Option<String>,
    /// How it goes there.
    pub format: Option<Format>,
}

/// Who takes the lead.
#[derive(Clone, Debug)]
pub struct Route {
    /// The team, queue or person.
    pub to: String,
    /// What the visitor is offered at once, such as a calendar.
    pub offer: Option<Offer>,
    pub(crate) when: Option<usize>,
}

/// A link that is shown when it is earned.
#[derive(Clone, Debug)]
pub struct Offer {
    /// What the visitor reads.
    pub label: Text,
    /// An `https:` address.
    pub url: String,
}

/// What sales promises for a lead.
#[derive(Clone, Debug)]
pub struct Sla {
    /// Hours until the first response.
    pub respond_within_hours: f64,
    /// By which channels.
    pub channels: Vec<Channel>,
    /// How many tries before the lead is given up.
    pub attempts: Option<i64>,
    /// Hours between tries.
    pub every_hours: Option<f64>,
    pub(crate) when: Option<usize>,
}

/// How sales reaches a lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Channel {
    /// By e-mail.
    Email,
    /// By telephone.
    Phone,
    /// By text message.
    Sms,
    /// By chat.
    Chat,
    /// By a meeting.
    Meeting,
}

/// Working hours and days off in a time zone.
#[derive(Clone, Debug)]
pub struct Calendar {
    /// An IANA time zone, like `Europe/Paris`.
    pub zone: String,
    /// By day from Monday: minutes since midnight, from and to.
    pub hours: [Vec<(u16, u16)>; 7],
    /// Dates without work, like `2026-12-25`.
    pub holidays: Vec<String>,
}

/// How a record is delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// With the form's own fields.
    Form,
    /// As JSON.
    Json,
    /// As a CloudEvent.
    CloudEvents,
}

const CHANNELS: [&str; 5] = ["email", "phone", "sms", "chat", "meeting"];
const REACHED: [Channel; 5] = [Channel::Email, Channel::Phone, Channel::Sms, Channel::Chat, Channel::Meeting];
const FORMATS: [&str; 3] = ["form", "json", "cloudevents"];
const SENT: [Format; 3] = [Format::Form, Format::Json, Format::CloudEvents];
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
/// Ten years, in hours.
const MOST_HOURS: i64 = 87_660;

/// Reads the hand-off; what is broken of it is left out.
#[inline(never)]
pub(super) fn read(value: Option<&Value>, gates: &mut Gates, facts: &Facts<'_>, r: &mut Reader) -> Handoff {
    let mut read = Handoff::default();
    let Some(value) = value else { return read };
    if !r.object(value, &[], &["routes", "sla", "calendar", "review_every_days", "deliver"]) {
        return read;
    }
    for route in r.items(value, "routes") {
        read_route(route, &mut read.routes, gates, facts, r);
    }
    for sla in r.items(value, "sla") {
        read_sla(sla, &mut read.sla, gates, facts, r);
    }
    if let Some(calendar) = value.get("calendar") {
        read.calendar = read_calendar(calendar, r);
    }
    read.review_every_days = r.whole(value.get("review_every_days"), 1, 3_660);
    if let Some(deliver) = value.get("deliver")
        && r.object(deliver, &[], &["endpoint", "format"])
    {
        read.endpoint = read_endpoint(deliver.get("endpoint"), r);
        read.format = r.word(deliver.get("format"), &FORMATS, &SENT);
    }
    read
}

fn read_route(value: &Value, routes: &mut Vec<Route>, gates: &mut Gates, facts: &Facts<'_>, r: &mut Reader) {
    if !r.object(value, &["to"], &["when", "offer"]) {
        return;
    }
    let to = r.name(value.get("to"));
    let when = gates.read(value.get("when"), facts, r);
    let offer = read_offer(value.get("offer"), r);
    if let Some(to) = to {
        routes.push(Route { to: owned(to), offer, when });
    }
}

fn read_offer(value: Option<&Value>, r: &mut Reader) -> Option<Offer> {
    let value = value?;
    if !r.object(value, &["label", "url"], &[]) {
        return None;
    }
    let label = r.text(value.get("label"));
    let address = value.get("url")?;
    let url = r.string(Some(address))?;
    if !is_https(url) {
        r.refuse(address, || "expected an `https:` address of a host, without a user name, spaces or backslashes");
    }
    Some(Offer { label: label?, url: owned(url) })
}

/// Whether `url` can only be read as an `https:` address of a host.
#[inline(never)]
pub(crate) fn is_https(url: &str) -> bool {
    let Some(rest) = url.strip_prefix("https://") else { return false };
    is_plain(url) && is_host(rest.split(['/', '?', '#']).next().unwrap_or_default())
}

/// Whether `text` is a host, perhaps with a port, that every reader of addresses takes: a name, or four numbers.
fn is_host(text: &str) -> bool {
    let (host, port) = text.split_once(':').unwrap_or((text, ""));
    let named = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte) || !byte.is_ascii();
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let name = host.strip_suffix('.').unwrap_or(host);
    let last = name.rsplit('.').next().unwrap_or_default();
    // A name that ends in a number is read as numbers all over.
    let numbers =
        || name.split('.').count() == 4 && name.split('.').all(|part| digits(part) && part.parse::<u8>().is_ok());
    let numeric = last.as_bytes().first().is_some_and(u8::is_ascii_digit);
    !last.is_empty()
        && host.bytes().all(named)
        && (!numeric || numbers())
        && digits(port)
        && (port.is_empty() || port.parse::<u16>().is_ok())
}

/// Whether no reader of addresses sees more in `url` than stands there.
fn is_plain(url: &str) -> bool {
    url.len() <= 2_048 && !url.chars().any(|c| c.is_control() || c.is_whitespace() || c == '\\')
}

fn read_endpoint(value: Option<&Value>, r: &mut Reader) -> Option<String> {
    let (value, text) = (value?, r.string(value)?);
    let path = matches!(text.as_bytes(), [b'/', rest @ ..] if rest.first() != Some(&b'/')) && is_plain(text);
    if !path && !is_https(text) {
        r.refuse(value, || "expected a path of the page's own origin, like `/leads`, or an `https:` address");
    }
    Some(owned(text))
}

fn read_sla(value: &Value, promises: &mut Vec<Sla>, gates: &mut Gates, facts: &Facts<'_>, r: &mut Reader) {
    if !r.object(value, &["respond_within_hours"], &["when", "channels", "attempts", "every_hours"]) {
        return;
    }
    let when = gates.read(value.get("when"), facts, r);
    let respond_within_hours = r.positive(value.get("respond_within_hours"), MOST_HOURS);
    let mut channels = Vec::new();
    for channel in r.items(value, "channels") {
        if let Some(channel) = r.word(Some(channel), &CHANNELS, &REACHED) {
            channels.push(channel);
        }
    }
    let attempts = r.whole(value.get("attempts"), 1, 1_000);
    let every_hours = r.positive(value.get("every_hours"), MOST_HOURS);
    if let Some(respond_within_hours) = respond_within_hours {
        promises.push(Sla { respond_within_hours, channels, attempts, every_hours, when });
    }
}

fn read_calendar(value: &Value, r: &mut Reader) -> Option<Calendar> {
    if !r.object(value, &["zone", "hours"], &["holidays"]) {
        return None;
    }
    let zone = r.name(value.get("zone"));
    refuse_unknown(value, zone, r);
    let mut hours = Default::default();
    if let Some(week) = value.get("hours")
        && r.object(week, &[], &DAYS)
    {
        read_week(week, &mut hours, r);
    }
    let mut holidays = Vec::new();
    for date in r.items(value, "holidays") {
        if let Some(date) = r.date(Some(date)) {
            holidays.push(owned(date));
        }
    }
    Some(Calendar { zone: owned(zone?), hours, holidays })
}

/// Refuses a zone that has no table.
#[cfg(feature = "text")]
fn refuse_unknown(calendar: &Value, zone: Option<&str>, r: &mut Reader) {
    use crate::handoff::zone;
    if let Some((place, name)) = calendar.get("zone").zip(zone)
        && zone::zone(name).is_none()
    {
        r.refuse(place, || ["unknown time zone `", name, "`", &zone::nearest(name)].concat());
    }
}

/// A page has the tables of its browser, and goes without a due time where they lack the zone.
#[cfg(not(feature = "text"))]
fn refuse_unknown(_: &Value, _: Option<&str>, _: &mut Reader) {}

fn read_week(week: &Value, hours: &mut [Vec<(u16, u16)>; 7], r: &mut Reader) {
    let mut free = true;
    for (day, spans) in DAYS.iter().zip(hours) {
        let (mut last, mut ascend) = (0, true);
        for span in r.items(week, day) {
            if let Some((from, to)) = read_span(span, r) {
                ascend &= spans.is_empty() || from >= last;
                last = to;
                free = false;
                spans.push((from, to));
            }
        }
        if !ascend {
            r.refuse(week, || "the spans of a day ascend and do not meet");
        }
    }
    if free {
        r.refuse(week, || "expected at least one span of working hours");
    }
}

/// `09:00-12:30`, in minutes since midnight.
fn read_span(value: &Value, r: &mut Reader) -> Option<(u16, u16)> {
    let text = r.string(Some(value))?;
    let span = match text.as_bytes() {
        [h1, h2, b':', m1, m2, b'-', h3, h4, b':', m3, m4] => {
            minutes([*h1, *h2], [*m1, *m2]).zip(minutes([*h3, *h4], [*m3, *m4]))
        }
        _ => None,
    };
    let span = span.filter(|(from, to)| from < to);
    if span.is_none() {
        r.refuse(value, || "expected a span of the day like `09:00-12:30`");
    }
    span
}

fn minutes(hour: [u8; 2], minute: [u8; 2]) -> Option<u16> {
    let (hour, minute) = (digits(hour)?, digits(minute)?);
    let at = hour * 60 + minute;
    (minute < 60 && at <= 24 * 60).then_some(at)
}
