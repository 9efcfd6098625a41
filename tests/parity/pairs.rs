//! Pacts and visitors, the same on every target, and what the engine says of each: a line of JSON in which every number
//! is exact. What reads JSON differs by host; all else is here.

#[path = "chance.rs"]
mod chance;

pub(crate) use chance::Chance;

use crate::large::large;
use crate::make::{AT, Made, made};
use leadpact::{Lead, Next, Pact, Time, Value};
use serde_json::json;

/// How many pairs are compared.
pub(crate) const PAIRS: u64 = 12_000;
/// One pair in so many is of a form's true size; the others are small and strange.
const LARGE: u64 = 5;

/// What the engine says of a pair. `read` is how the host reads JSON.
pub(crate) fn said(seed: u64, read: fn(&str) -> Value) -> String {
    let Made { pact, facts, behaviour } = pair(seed);
    let pact = Pact::read(&read(&pact.to_string())).unwrap_or_else(|problems| panic!("{seed}: {problems}\n{pact:#}"));
    // Milliseconds that are no whole days after what was seen.
    let (at, asked) = (Time(AT + 12_345_678), seed as usize % 3);
    let (lead, refused) = Lead::from_facts(&pact, &read(&facts.to_string()), behaviour, at);
    let refused: Vec<&str> = refused.iter().map(|error| error.fact.as_str()).collect();
    let assessment = lead.assess_after(asked, at);
    let stop = assessment.ask.is_empty().then(|| match lead.next(asked, at) {
        Next::Stop(why) => why,
        Next::Ask(ask) => panic!("{seed}: {ask:?}, which the assessment does not ask"),
    });
    json!({"assessment": assessment, "stop": stop, "refused": refused}).to_string()
}

/// The pair of this number.
pub(crate) fn pair(seed: u64) -> Made {
    let mut chance = Chance(seed);
    if seed.is_multiple_of(LARGE) {
        return large(&mut chance);
    }
    let bytes: Vec<u8> = (0..chance.below(320)).map(|_| chance.below(256) as u8).collect();
    made(&bytes)
}
