//! What travels with the form when it is sent.

use super::lead::Lead;
use super::{now, to_js};
use crate::{Asked, Claim, Consent, Value, Why};
use js_sys::Reflect;
use wasm_bindgen::prelude::*;

/// Notes that a question was asked, why, and how likely that was.
#[wasm_bindgen]
pub fn note_asked(lead: &mut Lead, field: usize, needed: bool, probability: Option<f64>) {
    let why = if needed { Why::Needed } else { Why::Decides };
    let Some(asked) = lead.inner.pact().fields.entry(field) else { return };
    lead.asked.push(Asked { field: asked.id.clone(), why, probability });
}

/// The random number by which the visit's arm was drawn, where the pact makes an experiment. What an earlier page drew
/// holds, unless this one has asked by its own draw already.
#[wasm_bindgen]
pub fn drawn(lead: &mut Lead, earlier: Option<f64>) -> Option<f64> {
    if let Some(earlier) = earlier.filter(|_| lead.asked.is_empty()) {
        lead.inner.draw(earlier);
    }
    lead.inner.experiment().map(|experiment| experiment.draw)
}

/// What may be kept between visits: what was measured, and the answers to the fields that the pact lets be remembered.
#[wasm_bindgen]
pub fn keep(lead: &Lead) -> JsValue {
    let mut facts = lead.inner.facts();
    if let Value::Object(entries) = &mut facts {
        let fields = &lead.inner.pact().fields;
        entries.retain(|(id, _)| fields.iter().all(|field| field.id != *id || field.remember));
    }
    to_js(&facts)
}

/// The hand-off record of the lead now; `consent` is an object like [`Consent`], `behaviour` apart.
#[wasm_bindgen]
pub fn hand_off(lead: &Lead, id: String, attempt: u32, pact_hash: Option<String>, consent: &JsValue) -> JsValue {
    let said = |name: &str| Reflect::get(consent, &JsValue::from_str(name)).ok();
    let text = |name: &str| said(name).and_then(|said| said.as_string());
    let consent = Consent {
        behaviour: lead.inner.behaviour(),
        by: text("by"),
        at: text("at"),
        text_version: text("text_version"),
        gpc: said("gpc").is_some_and(|said| said.is_truthy()),
    };
    let claim = Claim { id, attempt, pact_hash, asked: lead.asked.clone(), consent };
    to_js(&lead.inner.hand_off(claim, now()))
}
