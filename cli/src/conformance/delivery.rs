//! Each way in which a page delivers a lead.

use super::endpoint::{Endpoint, LONGEST_ANSWER};
use super::lead::{TestLead, body, form};
use super::{Check, Outcome, Wrong, ensure};

const ACKNOWLEDGED: &str = "2xx and JSON with the id: {\"id\": \"…\"}; or 204";

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
        run: |endpoint, lead| endpoint.keeps(lead, &body("application/cloudevents+json", lead.event().to_string())),
    },
    Check {
        id: "event-text",
        what: "a CloudEvent as text/plain, as pages of other sites send it",
        expected: ACKNOWLEDGED,
        hint: "JSON with `specversion` and `data` is a CloudEvent, whatever its content type",
        run: |endpoint, lead| endpoint.keeps(lead, &body("text/plain;charset=UTF-8", lead.event().to_string())),
    },
    Check {
        id: "answer",
        what: "the answer to JSON is short JSON, without a redirect",
        expected: "application/json of at most 64 KiB or 204, and no Location",
        hint: "redirects are for native forms: answer JSON where `Accept` is application/json",
        run: answer,
    },
    Check {
        id: "native",
        what: "a visitor whose browser posts the form gets a page",
        expected: "2xx with text/html, or 303 with the Location of a page",
        hint: "where `Accept` has text/html a person waits for the answer",
        run: native,
    },
    Check {
        id: "plain",
        what: "a form without record and id, as it is without JavaScript, is kept",
        expected: "2xx with text/html, or 303 with the Location of a page",
        hint: "`leadpact` and `leadpact_id` are absent where the module did not load; the lead counts all the same",
        run: plain,
    },
];

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
