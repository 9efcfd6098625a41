//! What the engine thinks, for pages that show it: in the richer module only, which weighs more.

use super::lead::Lead;
use super::{now, to_js};
use js_sys::Reflect;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(js_class = Engine)]
impl Lead {
    /// Why the next questions are asked, what each answer would do, and what would change the decision: as data, and in
    /// `sentences` in words. `asked` is how many questions the visit has asked.
    pub fn explain(&self, asked: usize, locale: &str) -> JsValue {
        let thinking = self.inner.explain(asked, now());
        let terms = self.inner.pact();
        let first = terms.locales.first().map_or("", String::as_str);
        let words = thinking.words(terms, if locale.is_empty() { first } else { locale });
        let said = to_js(&thinking);
        // A plain object takes any key.
        let _ = Reflect::set(&said, &JsValue::from_str("sentences"), &to_js(&words));
        said
    }
}
