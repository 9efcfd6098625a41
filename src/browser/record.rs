//! What travels with the form when it is sent.

use super::lead::Lead;
use super::{now, to_js};
use crate::{Asked, Claim, Consent, Why};
use wasm_bindgen::prelude::*;

/// Notes that a question was asked, and why.
#[wasm_bindgen]
pub fn note_asked(lead: &mut Lead, field: usize, needed: bool) {
    let why = if needed { Why::Needed } else { Why::Decides };
    let Some(asked) = lead.inner.pact().fields.entry(field) else { return };
    lead.asked.push(Asked { field: asked.id.clone(), why });
}

/// The hand-off record of the lead now.
#[wasm_bindgen]
pub fn hand_off(
    lead: &Lead,
    id: String,
    attempt: u32,
    pact_hash: Option<String>,
    by: Option<String>,
    at: Option<String>,
    text_version: Option<String>,
) -> JsValue {
    let consent = Consent { behaviour: lead.inner.behaviour(), by, at, text_version };
    let claim = Claim { id, attempt, pact_hash, asked: lead.asked.clone(), consent };
    to_js(&lead.inner.hand_off(claim, now()))
}
