//! Leads that something is wrong with: they are kept, and what is wrong is said of them.

use super::endpoint::{Endpoint, Foreign};
use super::lead::{OWN_PACT, TestLead};
use super::{Check, Outcome, Wrong, ensure};
use serde_json::{Value as Json, json};

const KEPT: &str = "2xx with the id; what differs is for sales to see, and no reason to lose a lead";

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "broken-record",
        what: "a lead whose record cannot be read is kept",
        expected: KEPT,
        hint: "the form's own entries are the lead: store them, and note that the record is broken",
        run: broken_record,
    },
    Check {
        id: "tampered",
        what: "a lead with a score that the facts do not give is kept, and flagged",
        expected: "2xx with the id, and `score` among the stored `differences`; without --pact, `pact.id` will do",
        hint: "recompute the assessment with the pact at your own clock, and store what differs",
        run: tampered,
    },
    Check {
        id: "unknown-pact",
        what: "a lead of a pact that the endpoint does not know is kept",
        expected: KEPT,
        hint: "an older page, or a newer one, is open somewhere: store the record unverified",
        run: unknown_pact,
    },
    Check {
        id: "large",
        what: "a record of 200 KiB is kept, as JSON and as a form",
        expected: KEPT,
        hint: "a record has at most 256 KiB: raise the limit of the body here or in the proxy in front",
        run: large,
    },
    Check {
        id: "origin",
        what: "a lead from a page of another site",
        expected: "2xx with the id, or 403 if such leads are to be refused (--foreign-origin)",
        hint: "compare `Origin` with your own sites, and nothing else with it",
        run: origin,
    },
    Check {
        id: "no-referrer",
        what: "a form of a page that hides its address is kept",
        expected: "2xx with the id, though `Origin` is `null`",
        hint: "`Referrer-Policy: no-referrer` makes it so for your own pages too: look at `Sec-Fetch-Site`, or keep such leads",
        run: no_referrer,
    },
];

fn broken_record(endpoint: &Endpoint, lead: &TestLead) -> Outcome {
    let broken = TestLead { record: json!("{\"record\": 1, "), ..lead.clone() };
    endpoint.deliver(&broken.json(), &broken.id)?;
    endpoint.keeps(&broken, &broken.multipart())?;
    let nested = TestLead { record: json!({"record": [[[7]]], "facts": 7, "assessment": []}), ..endpoint.lead() };
    endpoint.keeps(&nested, &nested.json())
}

fn tampered(endpoint: &Endpoint, lead: &TestLead) -> Outcome {
    let mut assessment = lead.record.get("assessment").cloned().unwrap_or_default();
    if let Some(score) = assessment.get_mut("score") {
        *score = json!(9_999);
    }
    let lead = lead.with("assessment", assessment);
    endpoint.deliver(&lead.json(), &lead.id)?;
    let Some(stored) = endpoint.has_once(&lead.id, 1)? else { return Ok(()) };
    let differences = stored.get("differences").and_then(Json::as_array);
    let named = |what: &str| {
        differences.is_some_and(|all| all.iter().any(|one| one.get("what").and_then(Json::as_str) == Some(what)))
    };
    // A pact of our own need not be known: then there is no score to compare with.
    let unknown = endpoint.pact.id == OWN_PACT && named("pact.id");
    ensure(named("score") || unknown, || "stored, and `score` is not among its `differences`".to_owned())
}

fn unknown_pact(endpoint: &Endpoint, lead: &TestLead) -> Outcome {
    let pact = json!({"id": "leadpact_conformance_unknown", "revision": "0", "hash": "0".repeat(64)});
    let lead = lead.with("pact", pact);
    endpoint.keeps(&lead, &lead.json())
}

fn large(endpoint: &Endpoint, lead: &TestLead) -> Outcome {
    const LARGE: usize = 200 * 1024;
    if endpoint.longest < LARGE + 16 * 1024 {
        return Err(Wrong::Skipped("--limit is below a record's own"));
    }
    let lead = lead.with("conformance", json!("é".repeat(LARGE / 2)));
    endpoint.keeps(&lead, &lead.json())?;
    // As long as that when it is encoded.
    let lead = endpoint.lead().with("conformance", json!("x".repeat(LARGE)));
    endpoint.keeps(&lead, &lead.form())
}

fn origin(endpoint: &Endpoint, lead: &TestLead) -> Outcome {
    let reply = endpoint.post(&lead.text(), &[("origin", "https://conformance.example")])?;
    let refused = match endpoint.foreign {
        Some(Foreign::Refused) => true,
        Some(Foreign::Kept) => false,
        None => reply.status == 403,
    };
    if refused {
        reply.refuses(&[403])?;
        return endpoint.has_none(&lead.id);
    }
    reply.acknowledges(&lead.id)?;
    endpoint.has_once(&lead.id, 1).map(|_| ())
}

fn no_referrer(endpoint: &Endpoint, lead: &TestLead) -> Outcome {
    let reply = endpoint.post(&lead.form(), &[("origin", "null"), ("sec-fetch-site", "same-origin")])?;
    reply.acknowledges(&lead.id)?;
    endpoint.has_once(&lead.id, 1).map(|_| ())
}
