//! Each way in which a page delivers a lead.

use super::endpoint::{Endpoint, LONGEST_ANSWER};
use super::lead::{Body, TestLead, body, form};
use super::{Check, Outcome, Wrong, ensure};
use leadpact::terms::Format;

const PAGE: &str = "2xx with text/html, or a redirect (best 303, not 307 or 308) with the Location of a page";
const ACKNOWLEDGED: &str = "2xx and JSON with the id: {\"id\": \"…\"}; or 204";

const EVENT: &str = "application/cloudevents+json";

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "json",
        what: "the page's JSON is acknowledged",
        expected: ACKNOWLEDGED,
        hint: "read `leadpact_id` from the JSON body, store, then answer with it",
        run: |endpoint, lead| endpoint.keeps(lead, &lead.json()),
    },
    Check {
        id: "text",
        what: "the same JSON as text/plain, as pages of other sites send it",
        expected: ACKNOWLEDGED,
        hint: "read a text/plain body that begins with `{` as JSON",
        run: |endpoint, lead| endpoint.keeps(lead, &lead.text()),
    },
    Check {
        id: "form",
        what: "a form with the record in `leadpact` is acknowledged",
        expected: ACKNOWLEDGED,
        hint: "read application/x-www-form-urlencoded; `leadpact` is the record as JSON text",
        run: |endpoint, lead| endpoint.keeps(lead, &lead.form()),
    },
    Check {
        id: "multipart",
        what: "the same as multipart/form-data",
        expected: ACKNOWLEDGED,
        hint: "a form with enctype=\"multipart/form-data\" sends this",
        run: |endpoint, lead| endpoint.keeps(lead, &lead.multipart()),
    },
    Check {
        id: "event",
        what: "a CloudEvent is acknowledged with the lead's id",
        expected: ACKNOWLEDGED,
        hint: "application/cloudevents+json: the entries are in `data`; only pacts with format `cloudevents` send it",
        run: event,
    },
    Check {
        id: "event-text",
        what: "a CloudEvent as text/plain, as pages of other sites send it",
        expected: ACKNOWLEDGED,
        hint: "JSON with `specversion` and `data` is a CloudEvent, whatever its content type",
        run: event_as_text,
    },
    Check {
        id: "answer",
        what: "the answer to JSON is short JSON, without a redirect",
        expected: "application/json of at most 64 KiB or 204, and no Location",
        hint: "redirects are for native forms: answer JSON where `Accept` is application/json",
        run: answer,
    },
    Check {
        id: "cross-origin",
        what: "a page of another site that delivers here by fetch can read the answer",
        expected: "2xx with the id, and an Access-Control-Allow-Origin that is the page's own, or `*`",
        hint: "unread, an answer is none: the page sends again, and leaves by the form's own request",
        run: cross_origin,
    },
    Check {
        id: "native",
        what: "a visitor whose browser posts the form gets a page",
        expected: PAGE,
        hint: "where `Accept` has text/html a person waits for the answer",
        run: native,
    },
    Check {
        id: "plain",
        what: "a form without record and id, as it is without JavaScript, is kept",
        expected: PAGE,
        hint: "`leadpact` and `leadpact_id` are absent where the module did not load; the lead counts all the same",
        run: plain,
    },
];

fn event(endpoint: &Endpoint, lead: &TestLead) -> Outcome {
    takes_events(endpoint)?;
    endpoint.keeps(lead, &as_event(lead, EVENT))
}

fn event_as_text(endpoint: &Endpoint, lead: &TestLead) -> Outcome {
    takes_events(endpoint)?;
    endpoint.keeps(lead, &as_event(lead, "text/plain;charset=UTF-8"))
}

fn as_event(lead: &TestLead, media: &str) -> Body {
    body(media, lead.event().to_string())
}

/// An endpoint that does not know the type may say so, where its pact has no page send one.
fn takes_events(endpoint: &Endpoint) -> Outcome {
    let sent = endpoint.pact.handoff.format == Some(Format::CloudEvents);
    match endpoint.post(&as_event(&endpoint.lead(), EVENT), &[])?.status {
        415 if !sent => Err(Wrong::Skipped("answered 415; only pacts with the format `cloudevents` send one")),
        _ => Ok(()),
    }
}

fn cross_origin(endpoint: &Endpoint, lead: &TestLead) -> Outcome {
    let Some(site) = endpoint.page_origin.as_deref() else {
        return Err(Wrong::Skipped("no site is named with --page-origin"));
    };
    let reply = endpoint.post(&lead.text(), &[("origin", site)])?;
    reply.acknowledges(&lead.id)?;
    ensure(reply.readable_by == site || reply.readable_by == "*", || {
        format!("{}, readable by `{}`", reply.shown(), reply.readable_by)
    })?;
    endpoint.has_once(&lead.id, 1).map(|_| ())
}

fn answer(endpoint: &Endpoint, lead: &TestLead) -> Outcome {
    let reply = endpoint.post(&lead.json(), &[])?;
    ensure(reply.location.is_empty() && (reply.media == "application/json" || reply.status == 204), || reply.shown())?;
    ensure(!reply.cut, || format!("{} with more than {LONGEST_ANSWER} bytes", reply.status))
}

fn native(endpoint: &Endpoint, lead: &TestLead) -> Outcome {
    let accept = [("accept", "text/html,application/xhtml+xml,*/*;q=0.8")];
    endpoint.post(&lead.form(), &accept)?.thanks()?;
    endpoint.has_once(&lead.id, 1).map(|_| ())
}

fn plain(endpoint: &Endpoint, lead: &TestLead) -> Outcome {
    if lead.answers.is_empty() {
        return Err(Wrong::Skipped("the pact has no field to answer"));
    }
    endpoint.post(&form(&lead.answers), &[("accept", "text/html")])?.thanks()
}
