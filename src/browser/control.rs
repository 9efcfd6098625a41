//! What the inputs of a form say.

use super::lead::Lead;
use crate::Given;
use crate::pact::field::Kind;
use js_sys::{Array, JsString, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::{HtmlInputElement, HtmlSelectElement};

/// Marks the radio button, option or checkbox that says "I'd rather not say".
const DECLINES: &str = "data-leadpact-declines";

/// Records what the inputs of one field say together, and returns whether the fact changed. Where no condition looks
/// at a text and it is not to be remembered, only whether there is one is recorded, unless `whole`.
#[wasm_bindgen]
pub fn take(lead: &mut Lead, field: usize, inputs: &Array, whole: bool) -> bool {
    let Some(asked) = lead.inner.pact().fields.entry(field) else { return false };
    let many = matches!(asked.kind, Kind::Choices(_));
    let given = match Said::by(inputs) {
        Said::Declined => Given::Declined,
        Said::Values(values) if many => Given::List(values.iter().map(String::from).collect()),
        Said::Values(values) => match values.last() {
            None => Given::Blank,
            Some(text) if asked.kind.is_text() && !whole && !asked.remember && !lead.inner.looks_at(field) => {
                if text.trim().length() == 0 { Given::Blank } else { Given::Text("-".into()) }
            }
            Some(text) => Given::Text(text.into()),
        },
    };
    lead.inner.say(field, &given)
}

enum Said {
    Declined,
    Values(Vec<JsString>),
}

impl Said {
    fn by(inputs: &Array) -> Self {
        let mut values = Vec::new();
        for input in inputs.iter() {
            let input: HtmlInputElement = input.unchecked_into();
            let kind = input.type_();
            let declines = if kind.starts_with("select") {
                chosen(input.unchecked_ref(), &mut values)
            } else if !matches!(kind.as_str(), "radio" | "checkbox") {
                values.extend(value(&input));
                false
            } else if input.checked() {
                values.extend(value(&input));
                input.has_attribute(DECLINES)
            } else {
                false
            };
            if declines {
                return Self::Declined;
            }
        }
        Self::Values(values)
    }
}

/// Adds the values of the chosen options; returns whether one of them declines.
fn chosen(select: &HtmlSelectElement, values: &mut Vec<JsString>) -> bool {
    let options = select.selected_options();
    for at in 0..options.length() {
        let Some(option) = options.item(at) else { continue };
        if option.has_attribute(DECLINES) {
            return true;
        }
        values.extend(value(&option));
    }
    false
}

/// The value as JavaScript holds it: not every text is copied.
fn value(of: &JsValue) -> Option<JsString> {
    Reflect::get(of, &JsValue::from_str("value")).ok()?.dyn_into().ok()
}
