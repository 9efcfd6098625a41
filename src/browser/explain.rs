//! What the engine thinks, for pages that show it: in the richer module only, which weighs more.

use super::lead::Lead;
use super::{now, to_json};
use crate::{Thinking, Words};
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
        let thinking = self.inner.explain(asked, now());
        let terms = self.inner.pact();
        let first = terms.locales.first().map_or("", String::as_str);
        let sentences = thinking.words(terms, if locale.is_empty() { first } else { locale });
        to_json(&Explained { thinking, sentences })
    }
}
