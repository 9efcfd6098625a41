//! What happens to a lead that is handed over: who takes it, and what sales promises.

use super::condition::{Facts, Gates};
use super::read::{Object, Reader};
use crate::json::Node;
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

const CHANNELS: [(&str, Channel); 5] = [
    ("email", Channel::Email),
    ("phone", Channel::Phone),
    ("sms", Channel::Sms),
    ("chat", Channel::Chat),
    ("meeting", Channel::Meeting),
];
const FORMATS: [(&str, Format); 3] =
    [("form", Format::Form), ("json", Format::Json), ("cloudevents", Format::CloudEvents)];
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
/// Ten years, in hours.
const MOST_HOURS: i64 = 87_660;

pub(super) fn read(node: Option<Node<'_>>, gates: &mut Gates, facts: &Facts, r: &mut Reader) -> Handoff {
    let keys = ["routes", "sla", "calendar", "review_every_days", "deliver"];
    let Some(object) = node.and_then(|node| node.object(&keys, r)) else { return Handoff::default() };
    let routes = object.items("routes", r).iter().filter_map(|route| read_route(route, gates, facts, r)).collect();
    let sla = object.items("sla", r).iter().filter_map(|sla| read_sla(sla, gates, facts, r)).collect();
    let calendar = object.get("calendar").and_then(|calendar| read_calendar(&calendar, r));
    let review_every_days = object.get("review_every_days").and_then(|days| days.whole(1, 3_660, r));
    let deliver = object.get("deliver").and_then(|deliver| deliver.object(&["endpoint", "format"], r));
    let endpoint = deliver.as_ref().and_then(|deliver| read_endpoint(&deliver.get("endpoint")?, r));
    let format = deliver.as_ref().and_then(|deliver| deliver.get("format")?.word(&FORMATS, r));
    Handoff { routes, sla, calendar, review_every_days, endpoint, format }
}

fn read_when(object: &Object<'_>, gates: &mut Gates, facts: &Facts, r: &mut Reader) -> Option<usize> {
    gates.read(&object.get("when")?, facts, r)
}

fn read_route(node: &Node<'_>, gates: &mut Gates, facts: &Facts, r: &mut Reader) -> Option<Route> {
    let object = node.object(&["to", "when", "offer"], r)?;
    object.need("to", r);
    let to = object.name("to", r);
    let when = read_when(&object, gates, facts, r);
    let offer = object.get("offer").and_then(|offer| read_offer(&offer, r));
    Some(Route { to: to?, offer, when })
}

fn read_offer(node: &Node<'_>, r: &mut Reader) -> Option<Offer> {
    let object = node.object(&["label", "url"], r)?;
    let label = object.need("label", r).and_then(|label| label.text(r));
    let url = object.need("url", r)?;
    let text = url.string(r)?;
    if !is_https(text) {
        r.refuse(&url, || "expected an `https:` address without a user name, spaces or backslashes");
    }
    Some(Offer { label: label?, url: text.into() })
}

/// Whether `url` can only be read as an `https:` address of a host.
pub(crate) fn is_https(url: &str) -> bool {
    let Some(rest) = url.strip_prefix("https://") else { return false };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    is_plain(url) && !host.is_empty() && !host.contains('@') && !host.starts_with(':')
}

/// Whether no reader of addresses sees more in `url` than stands there.
fn is_plain(url: &str) -> bool {
    url.len() <= 2_048 && !url.chars().any(|c| c.is_control() || c.is_whitespace() || c == '\\')
}

fn read_endpoint(node: &Node<'_>, r: &mut Reader) -> Option<String> {
    let text = node.string(r)?;
    let path = text.starts_with('/') && !text.starts_with("//") && is_plain(text);
    if !path && !is_https(text) {
        r.refuse(node, || "expected a path of the page's own origin, like `/leads`, or an `https:` address");
    }
    Some(text.into())
}

fn read_sla(node: &Node<'_>, gates: &mut Gates, facts: &Facts, r: &mut Reader) -> Option<Sla> {
    let object = node.object(&["when", "respond_within_hours", "channels", "attempts", "every_hours"], r)?;
    let when = read_when(&object, gates, facts, r);
    let hours = object.need("respond_within_hours", r).and_then(|hours| hours.positive(MOST_HOURS, r));
    let channels = object.items("channels", r).iter().filter_map(|channel| channel.word(&CHANNELS, r)).collect();
    let attempts = object.get("attempts").and_then(|attempts| attempts.whole(1, 1_000, r));
    let every_hours = object.get("every_hours").and_then(|hours| hours.positive(MOST_HOURS, r));
    Some(Sla { respond_within_hours: hours?, channels, attempts, every_hours, when })
}

fn read_calendar(node: &Node<'_>, r: &mut Reader) -> Option<Calendar> {
    let object = node.object(&["zone", "hours", "holidays"], r)?;
    let zone = object.need("zone", r).and_then(|_| object.name("zone", r));
    let mut hours: [Vec<(u16, u16)>; 7] = Default::default();
    if let Some(week) = object.need("hours", r).and_then(|hours| hours.object(&DAYS, r)) {
        for (day, slot) in DAYS.iter().zip(hours.iter_mut()) {
            *slot = week.items(day, r).iter().filter_map(|span| read_span(span, r)).collect();
            if slot.windows(2).any(|pair| matches!(pair, [(_, end), (start, _)] if start < end)) {
                r.refuse(&week.node, || "the spans of a day ascend and do not meet");
            }
        }
        if hours.iter().all(Vec::is_empty) {
            r.refuse(&week.node, || "expected at least one span of working hours");
        }
    }
    let holidays = object.items("holidays", r).iter().filter_map(|date| date.date(r)).collect();
    Some(Calendar { zone: zone?, hours, holidays })
}

/// `09:00-12:30`, in minutes since midnight.
fn read_span(node: &Node<'_>, r: &mut Reader) -> Option<(u16, u16)> {
    let text = node.string(r)?;
    let minutes = |part: &str| {
        let (hour, minute) = part.split_once(':')?;
        let two = |digits: &str| if digits.len() == 2 { digits.parse::<u16>().ok() } else { None };
        let (hour, minute) = (two(hour)?, two(minute)?);
        let at = hour * 60 + minute;
        (minute < 60 && at <= 24 * 60).then_some(at)
    };
    let span = text.split_once('-').and_then(|(from, to)| Some((minutes(from)?, minutes(to)?)));
    let span = span.filter(|(from, to)| from < to);
    if span.is_none() {
        r.refuse(node, || "expected a span of the day like `09:00-12:30`");
    }
    span
}
