//! What the engine thinks, for pages that show it: in the richer module only, which weighs more.

use super::lead::Lead;
use super::{now, to_js};
use js_sys::Reflect;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
impl Lead {
    /// Why the next questions are asked, what each answer would do, and what would change the decision: as data, and in
    /// `sentences` in words. `asked` is how many questions the visit has asked, those of this module where absent.
    pub fn explain(&self, asked: Option<usize>, locale: Option<String>) -> JsValue {
        let thinking = self.inner.explain(asked.unwrap_or(self.asked.len()), now());
        let terms = self.inner.pact();
        let first = terms.locales.first().map_or("", String::as_str);
        let locale = locale.as_deref().unwrap_or(&self.locale);
        let words = thinking.words(terms, if locale.is_empty() { first } else { locale });
        let said = to_js(&thinking);
        // A plain object takes any key.
        let _ = Reflect::set(&said, &JsValue::from_str("sentences"), &to_js(&words));
        said
    }
}
