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

#[wasm_bindgen]
extern "C" {
    /// The zone of the pact's calendar (`zone.js`).
    pub type Zone;

    /// How far its clocks are ahead of UTC, in milliseconds; not a number where the browser has no such zone.
    #[wasm_bindgen(method)]
    pub(super) fn ahead(this: &Zone, at: f64) -> f64;
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

    /// What the hand-off record says of the lead now, after so many questions, as JSON; `zone` is that of the pact's
    /// calendar.
    #[wasm_bindgen(js_name = handOff)]
    #[expect(clippy::cast_precision_loss, reason = "times stay within 2⁵³")]
    pub fn hand_off(&self, asked: usize, zone: &Zone) -> String {
        let at = now();
        to_json(&Said {
            at,
            facts: self.inner.facts(),
            assessment: self.inner.assess_after(asked, at),
            sla: self.inner.promise_in(at, &|at| offset(zone.ahead(at.0 as f64))),
            experiment: self.inner.experiment(),
        })
    }
}

#[expect(clippy::cast_possible_truncation, reason = "no zone is more than a day from UTC")]
pub(super) fn offset(ahead: f64) -> Option<i64> {
    ahead.is_finite().then_some(ahead as i64)
}
