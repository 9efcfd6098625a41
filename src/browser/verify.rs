//! The server's half as wasm, in the module `leadpact/server` only: `src/server/verify.js` stands on it.

use super::explain::explained;
use super::lead::refused;
use super::record::{Zone, offset};
use super::to_json;
use crate::limits::LONGEST_RECORD;
use crate::{Difference, FormEntries, Pact, Received, Time, Value, parse};
use wasm_bindgen::prelude::*;

/// A pact that leads are held against.
#[wasm_bindgen]
pub struct Verifier {
    pact: Pact,
}

#[wasm_bindgen]
impl Verifier {
    /// Reads a pact from JSON text; throws every place that is wrong in it, a line each.
    #[wasm_bindgen(constructor)]
    pub fn new(pact: &str) -> Result<Verifier, JsError> {
        match pact.parse() {
            Ok(pact) => Ok(Self { pact }),
            Err(problems) => Err(JsError::new(&refused(&problems.0))),
        }
    }

    /// The zone of the pact's calendar.
    pub fn zone(&self) -> Option<String> {
        Some(self.pact.handoff.calendar.as_ref()?.zone.clone())
    }

    /// Verifies what was received, and returns that as JSON. `record` is JSON text, `answers` are names and values of the
    /// form in turn, times are milliseconds, `zone` is that of the pact's calendar.
    pub fn verify(&self, record: Option<String>, answers: Vec<String>, first: f64, at: f64, zone: &Zone) -> String {
        let record = record.map(|text| read(&text));
        let wrong = record.as_ref().and_then(|read| read.as_ref().err().cloned());
        let answers = gather(answers);
        #[expect(clippy::cast_possible_truncation, reason = "held within what can be written as a time")]
        let [first, at] = [first, at].map(|at| Time(at as i64));
        let record = record.as_ref().and_then(|read| read.as_ref().ok());
        let received = Received { record, answers: answers.as_slice(), at, first };
        #[expect(clippy::cast_precision_loss, reason = "times stay within 2⁵³")]
        let mut verified = received.verify_in(&self.pact, &|at| offset(zone.ahead(at.0 as f64)));
        let wrong = wrong.map(|why| Difference { what: "record".into(), claimed: None, found: None, note: Some(why) });
        // In the order in which `leadpact serve` says them.
        verified.differences.splice(..0, answers.left_out().into_iter().chain(wrong));
        to_json(&verified)
    }

    /// What the engine thinks of a lead of these facts, as JSON: as data and in words. Facts that do not fit are left out.
    pub fn explain(&self, facts: &str, behaviour: bool, asked: usize, at: f64, locale: &str) -> String {
        #[expect(clippy::cast_possible_truncation, reason = "a time is whole milliseconds")]
        let at = Time(at as i64);
        let facts = parse(facts).unwrap_or(Value::Null);
        explained(&crate::Lead::from_facts(&self.pact, &facts, behaviour, at).0, asked, at, locale)
    }
}

/// Reads a record, or says why it is none.
fn read(text: &str) -> Result<Value, String> {
    if text.len() > LONGEST_RECORD {
        return Err("a record has at most 262144 bytes".into());
    }
    parse(text).map_err(|problem| problem.message)
}

/// The form's entries, of names and values in turn.
fn gather(answers: Vec<String>) -> FormEntries {
    let mut gathered = FormEntries::default();
    let mut rest = answers.into_iter();
    while let (Some(name), Some(value)) = (rest.next(), rest.next()) {
        gathered.add(&name, value);
    }
    gathered
}
