//! What the engine thinks, for pages that show it: in the richer module only, which weighs more.

use super::lead::Lead;
use super::{now, to_json};
use crate::{Thinking, Time, Words};
use serde::Serialize;
use wasm_bindgen::prelude::*;

/// The same as data and in words.
#[derive(Serialize)]
struct Explained {
    thinking: Thinking,
    sentences: Words,
}

#[wasm_bindgen(js_class = Engine)]
impl Lead {
    /// Why the next questions are asked, what each answer would do, and what would change the decision, as JSON: as data
    /// and in words. `asked` is how many questions the visit has asked.
    pub fn explain(&self, asked: usize, locale: &str) -> String {
        explained(&self.inner, asked, now(), locale)
    }
}

/// What the engine thinks of a lead at this time, in the pact's first locale where `locale` is empty.
pub(super) fn explained(lead: &crate::Lead, asked: usize, now: Time, locale: &str) -> String {
    let thinking = lead.explain(asked, now);
    let terms = lead.pact();
    let first = terms.locales.first().map_or("", String::as_str);
    let sentences = thinking.words(terms, if locale.is_empty() { first } else { locale });
    to_json(&Explained { thinking, sentences })
}
