//! A slow engine, written from PACT.md alone and obviously right: it evaluates every condition from scratch and lists
//! every completion. It shares no code with the engine that it judges.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::unreachable,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "test helpers fail by panicking, and not every test uses each"
)]

pub(crate) mod complete;
pub(crate) mod evaluate;
pub(crate) mod make;

use serde_json::Value as Json;

/// The same document as the engine's own tree.
pub(crate) fn tree(json: &Json) -> leadpact::Value {
    leadpact::parse(&json.to_string()).unwrap_or_else(|problem| panic!("{problem}: {json}"))
}

/// What the engine says of these facts, as JSON.
pub(crate) fn assessed(pact: &Json, facts: &Json, behaviour: bool, at: i64) -> Json {
    let pact = leadpact::Pact::read(&tree(pact)).unwrap_or_else(|problems| panic!("{problems}\n{pact:#}"));
    let at = leadpact::Time(at);
    let (lead, _) = leadpact::Lead::from_facts(&pact, &tree(facts), behaviour, at);
    serde_json::to_value(lead.assess(at)).unwrap()
}
