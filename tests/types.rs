//! Keeps `tests/types/sample.json`, which the TypeScript types are checked against, what Rust serialises.
//!
//! `UPDATE=1 cargo test --test types` writes it anew.

#![cfg(feature = "text")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test helpers fail by panicking")]

use leadpact::{
    Answers, Asked, Claim, Consent, Difference, Given, Lead, Pact, Span, Stop, Thinking, Time, Value, Why, verify,
};
use serde_json::json;

/// A pact and a lead in which nothing optional is absent.
fn sample() -> serde_json::Value {
    let pact = json!({
        "pact": 1, "id": "types", "revision": "r1",
        "fields": [
            {"id": "email", "label": "E-mail", "kind": "email", "ask": "always"},
            {"id": "size", "label": "Size", "kind": "number"},
            {"id": "needs", "label": "Needs", "kind": "choices", "options": [{"value": "api"}, {"value": "sso"}]},
            {"id": "remote", "label": "Remote?", "kind": "yes_no"},
            {"id": "phone", "label": "Phone", "kind": "phone", "decline": true},
            {"id": "budget", "label": "Budget", "kind": "yes_no"},
            {"id": "role", "label": "Role", "kind": "text"}
        ],
        "signals": [{"id": "pricing", "measure": "page_views", "path": "/pricing"}, {"id": "visits", "measure": "visits"}],
        "groups": [{"id": "company", "dimension": "fit"}, {"id": "visit", "dimension": "interest"}],
        "criteria": [
            {"id": "large", "group": "company", "points": 40, "when": {"fact": "size", "at_least": 50}},
            {"id": "funded", "group": "company", "points": 10, "when": {"fact": "budget", "is": true}},
            {"id": "keen", "group": "visit", "points": 5, "each": "pricing", "up_to": 4}
        ],
        "qualification": {"threshold": 52, "needs": ["role"], "grades": {"fit": [40, 20, 10], "interest": [20, 10, 5]}},
        "asking": {"explore": 0.5},
        "handoff": {
            "routes": [{"to": "field_sales"}],
            "sla": [{"respond_within_hours": 4, "channels": ["email", "phone", "sms", "chat", "meeting"],
                     "attempts": 3, "every_hours": 24}]
        }
    });
    let pact: Pact = pact.to_string().parse().unwrap();
    let now = Time(1_790_000_000_000);
    let mut lead = Lead::new(&pact);
    lead.answer("email", "ada@works.example").unwrap();
    lead.answer("size", 120.0).unwrap();
    lead.answer("needs", &["api"][..]).unwrap();
    lead.answer("remote", true).unwrap();
    lead.answer("phone", Given::Declined).unwrap();
    lead.observe("pricing", 1.0, now).unwrap();
    lead.draw(0.75);
    let mut assessment = lead.assess(now);
    assessment.approximate = true;
    let said = || Some("said".to_string());
    let claim = Claim {
        id: "0".repeat(32),
        attempt: 1,
        pact_hash: None,
        asked: vec![Asked { field: "size".into(), why: Why::Decides, probability: Some(0.5) }],
        consent: Consent { behaviour: true, by: said(), at: said(), text_version: said(), gpc: true },
        automated: true,
    };
    let thinking = thinking(&lead, now);
    let record = json!(lead.hand_off(claim, now));
    let mut verified = verify(&leadpact::parse(&record.to_string()).unwrap(), &pact, now);
    let value = Some(Value::Text("said".into()));
    verified.assessment.approximate = true;
    verified.differences =
        vec![Difference { what: "score".into(), claimed: value.clone(), found: value, note: said() }];
    shape(json!({"assessment": assessment, "record": record, "thinking": thinking, "verified": verified}))
}

/// What the engine thinks, with everything in it that it may say.
fn thinking(lead: &Lead, now: Time) -> serde_json::Value {
    let mut thinking: Thinking = lead.explain(0, now);
    let end = Some(1.0);
    let all = Answers {
        options: vec!["a".into()],
        includes: vec![vec!["a".into()]],
        spans: vec![Span { at_least: end, above: end, at_most: end, below: end }],
        contains: vec![vec!["a".into()]],
        texts: vec!["a".into()],
        providers: vec!["free"],
    };
    thinking.approximate = true;
    thinking.stop = Some(Stop::Value);
    thinking.ask.truncate(1);
    thinking.ask[0].answers.truncate(1);
    thinking.ask[0].answers[0].answer = all.clone();
    thinking.change.as_mut().unwrap().answer = all;
    let mut words = thinking.words(lead.pact(), "en");
    words.ask[0].answers[0].disqualified = Some("disqualified 100%".into());
    let mut said = serde_json::to_value(&thinking).unwrap();
    said["sentences"] = serde_json::to_value(&words).unwrap();
    said
}

/// The types say that a thing is a number, not which.
fn shape(value: serde_json::Value) -> serde_json::Value {
    match value {
        serde_json::Value::Number(_) => json!(1),
        serde_json::Value::Array(items) => items.into_iter().map(shape).collect(),
        serde_json::Value::Object(entries) => entries.into_iter().map(|(key, value)| (key, shape(value))).collect(),
        other => other,
    }
}

#[test]
fn sample_of_the_types_is_what_rust_serialises() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/types/sample.json");
    let now = format!("{:#}\n", sample());
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(file, &now).unwrap();
    }
    assert_eq!(std::fs::read_to_string(file).unwrap(), now, "write it anew with UPDATE=1, then mend types.d.ts");
}

#[test]
fn sample_leaves_nothing_empty() {
    fn look(at: &str, value: &serde_json::Value) {
        match value {
            serde_json::Value::Array(items) => {
                assert!(!items.is_empty(), "{at} is empty");
                items.iter().for_each(|item| look(at, item));
            }
            serde_json::Value::Object(entries) => {
                entries.iter().for_each(|(key, value)| look(&format!("{at}.{key}"), value));
            }
            _ => {}
        }
    }
    look("", &sample());
}
