//! What is no lead is refused, in words that hold nothing of it.

use super::endpoint::{Endpoint, Reply};
use super::lead::{Body, TestLead, body, form};
use super::{Check, Outcome, ensure};
use serde_json::json;
use ureq::http::Method;

/// An answer that must not come back.
const CANARY: &str = "canary.conformance@example.com";
/// As much of it as stands there however it is written: the `@` may be `%40`.
const TRACE: &str = "canary.conformance";

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "too-long",
        what: "a body over the limit is refused",
        expected: "413",
        hint: "count the bytes as they come, read the rest of the body away, then answer",
        run: |endpoint, lead| {
            let lead = lead.with("conformance", json!("x".repeat(endpoint.longest)));
            endpoint.post(&lead.json(), &[])?.refuses(&[413])?;
            endpoint.has_none(&lead.id)
        },
    },
    Check {
        id: "wrong-type",
        what: "a body that is neither form nor JSON is refused",
        expected: "415 or 400",
        hint: "look at Content-Type before the body",
        run: |endpoint, _| endpoint.post(&body("image/png", CANARY), &[])?.refuses(&[400, 415]),
    },
    Check {
        id: "packed",
        what: "a body that says it is packed, and is not, is refused",
        expected: "415 or 400",
        hint: "no page sends Content-Encoding: refuse it, or unpack within a limit",
        run: |endpoint, lead| {
            endpoint.post(&lead.json(), &[("content-encoding", "gzip")])?.refuses(&[400, 415])?;
            endpoint.has_none(&lead.id)
        },
    },
    Check {
        id: "broken-json",
        what: "half a JSON body is refused",
        expected: "400 or 422",
        hint: "not 5xx: the page would send it again",
        run: |endpoint, _| endpoint.post(&half(), &[])?.refuses(&[400, 422]),
    },
    Check {
        id: "get",
        what: "a GET writes nothing",
        expected: "no acknowledgement, and no lead",
        hint: "addresses end up in logs and histories: take leads by POST alone",
        run: get,
    },
    Check {
        id: "silent",
        what: "no refusal repeats what was sent",
        expected: "answers without the values of the request",
        hint: "say what is wrong and where, not what was found there",
        run: silent,
    },
];

fn half() -> Body {
    body("application/json", format!("{{\"email\": \"{CANARY}\", \"leadpact\": {{"))
}

fn get(endpoint: &Endpoint, lead: &TestLead) -> Outcome {
    let query = format!("?leadpact_id={}&email={CANARY}", lead.id);
    let reply = endpoint.request(Method::GET, &query, &[("accept", "application/json")], &[])?;
    ensure(reply.acknowledges(&lead.id).is_err(), || reply.shown())?;
    endpoint.has_none(&lead.id)
}

fn silent(endpoint: &Endpoint, _: &TestLead) -> Outcome {
    let long = vec![("email".to_owned(), CANARY.repeat(endpoint.longest / CANARY.len() + 1))];
    let refused: [Reply; 5] = [
        endpoint.post(&half(), &[])?,
        endpoint.post(&body("image/png", CANARY), &[])?,
        endpoint.post(&body("application/json", format!("[\"{CANARY}\"]")), &[])?,
        endpoint.post(&form(&long), &[])?,
        endpoint.request(Method::PUT, "", &[("content-type", "application/json")], half().bytes.as_slice())?,
    ];
    let repeats = |reply: &&Reply| [&reply.body, &reply.headers].iter().any(|text| text.contains(TRACE));
    let found = refused.iter().find(repeats).map(|reply| reply.status);
    ensure(found.is_none(), || format!("{} repeats an e-mail address", found.unwrap_or_default()))
}
