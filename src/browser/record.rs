//! What is kept of a lead, and what travels with the form when it is sent.

use super::lead::Lead;
use super::{now, to_json};
use crate::asking::visit::Experiment;
use crate::{Assessment, Promise, Time, Value};
use serde::Serialize;
use wasm_bindgen::prelude::*;

/// What a record says that only the engine knows; `lead.js` adds what the page knows.
#[derive(Serialize)]
struct Said {
    at: Time,
    facts: Value,
    assessment: Assessment,
    #[serde(skip_serializing_if = "Option::is_none")]
    sla: Option<Promise>,
    #[serde(skip_serializing_if = "Option::is_none")]
    experiment: Option<Experiment>,
}

#[wasm_bindgen(js_class = Engine)]
impl Lead {
    /// Draws the visit's arm by a random number, from 0 to 1, of an earlier page.
    pub fn draw(&mut self, earlier: f64) {
        self.inner.draw(earlier);
    }

    /// The random number by which the visit's arm was drawn, where the pact makes an experiment.
    pub fn drawn(&self) -> Option<f64> {
        self.inner.experiment().map(|experiment| experiment.draw)
    }

    /// What may be kept between visits: what was measured, and the answers to the fields that the pact lets be
    /// remembered; as JSON.
    pub fn keep(&self) -> String {
        to_json(&self.inner.facts_of(|field| field.remember))
    }

    /// What the hand-off record says of the lead now, after so many questions, as JSON.
    #[wasm_bindgen(js_name = handOff)]
    pub fn hand_off(&self, asked: usize) -> String {
        let at = now();
        to_json(&Said {
            at,
            facts: self.inner.facts(),
            assessment: self.inner.assess_after(asked, at),
            sla: self.inner.promise(at),
            experiment: self.inner.experiment(),
        })
    }
}
