//! Pacts with everything that a hand-off has, and true records of random visitors.

use crate::pairs::{Chance, pair};
use leadpact::{Asked, Claim, Consent, Lead, Pact, Time, Value, Why};
use serde_json::{Value as Json, json};

/// 2026-11-25T10:00:00Z, a Wednesday: some days after anything was seen.
pub(crate) const AT: Time = Time(1_795_600_800_000);

/// A true record, and what it was made with.
pub(crate) struct True {
    pub(crate) source: String,
    pub(crate) pact: Pact,
    pub(crate) record: Json,
}

/// The true record of this number, made at `at`.
pub(crate) fn true_record(seed: u64, at: Time) -> True {
    let (mut source, facts, behaviour) = {
        let made = pair(seed);
        (made.pact, made.facts, made.behaviour)
    };
    let mut chance = Chance(seed ^ 0x5eed);
    source["revision"] = json!(format!("r{}", chance.below(9)));
    source["handoff"]["sla"] = json!([{
        "respond_within_hours": ([4.0, 0.5, 24.0, 7.25][chance.below(4)]),
        "channels": (["phone", "email", "sms"][..=chance.below(3)]),
        "attempts": 3, "every_hours": 1.5
    }]);
    if chance.below(3) > 0 {
        let zone = chance.pick(&["Europe/Paris", "America/New_York", "Pacific/Auckland", "Asia/Kolkata"]);
        let hours = json!({"mon": ["09:00-12:30", "14:00-18:00"], "thu": ["00:00-24:00"], "sat": ["10:00-11:00"]});
        source["handoff"]["calendar"] = json!({"zone": zone, "hours": hours, "holidays": ["2026-11-26"]});
    }
    if chance.below(2) > 0 {
        source["asking"]["holdout"] = json!(0.1);
        source["asking"]["explore"] = json!(0.2);
    }
    let source = source.to_string();
    let pact: Pact = source.parse().unwrap_or_else(|problems| panic!("{seed}: {problems}\n{source}"));
    let (mut lead, _) = Lead::from_facts(&pact, &tree(&facts), behaviour, at);
    lead.draw(chance.part());
    let asked: Vec<Asked> = pact.fields.iter().take(chance.below(3)).map(asked).collect();
    let record = record(&lead, asked, at);
    True { source, pact, record }
}

fn asked(field: &leadpact::terms::Field) -> Asked {
    Asked { field: field.id.clone(), why: Why::Decides, probability: None }
}

/// The record of a lead, as its page makes it.
pub(crate) fn record(lead: &Lead, asked: Vec<Asked>, at: Time) -> Json {
    let consent = Consent { behaviour: lead.behaviour(), at: Some(at.to_string()), ..Consent::default() };
    let id = "0123456789abcdef".repeat(2);
    json!(lead.hand_off(Claim { id, attempt: 1, pact_hash: None, asked, consent, automated: false }, at))
}

pub(crate) fn tree(json: &Json) -> Value {
    leadpact::parse(&json.to_string()).unwrap_or_else(|problem| panic!("{problem}: {json}"))
}

/// The places of all figures of a record: what the engine computes, and what says which record it is.
pub(crate) fn figures(record: &Json) -> Vec<String> {
    let mut found = Vec::new();
    for top in ["record", "id", "pact", "at", "assessment", "route", "sla", "experiment"] {
        if let Some(value) = record.get(top) {
            leaves(value, &format!("/{top}"), &mut found);
        }
    }
    // What to ask next depends on the page.
    found.retain(|path| !path.starts_with("/assessment/ask/"));
    found
}

fn leaves(value: &Json, path: &str, found: &mut Vec<String>) {
    match value {
        Json::Object(entries) => entries.iter().for_each(|(key, value)| leaves(value, &format!("{path}/{key}"), found)),
        Json::Array(items) => {
            items.iter().enumerate().for_each(|(at, item)| leaves(item, &format!("{path}/{at}"), found));
        }
        _ => found.push(path.to_owned()),
    }
}

/// The record with another figure at this place.
pub(crate) fn tampered(record: &Json, path: &str) -> Json {
    let mut record = record.clone();
    let figure = record.pointer_mut(path).unwrap();
    *figure = match &*figure {
        Json::Number(number) => json!(number.as_f64().unwrap() + 1.0),
        Json::Bool(flag) => json!(!flag),
        Json::String(text) => match text.parse::<Time>() {
            Ok(at) => json!(Time(at.0 + 660_000).to_string()),
            Err(_) => json!(format!("{text}x")),
        },
        other => panic!("{path}: {other}"),
    };
    record
}
