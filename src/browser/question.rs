//! What a question looks like, in the page's language.

use super::lead::Lead;
use super::to_js;
use crate::Answer;
use crate::pact::field::{Field, Kind};
use crate::text::{Text, same_language};
use serde::Serialize;
use wasm_bindgen::prelude::*;

/// A text, and its language where that is not the page's.
#[derive(Serialize)]
struct Words<'t> {
    text: &'t str,
    #[serde(skip_serializing_if = "Option::is_none")]
    lang: Option<&'t str>,
}

#[derive(Serialize)]
struct Choice<'t> {
    value: &'t str,
    label: Words<'t>,
}

/// Everything that is needed to draw a question.
#[derive(Serialize)]
struct Question<'t> {
    field: &'t str,
    kind: &'static str,
    label: Words<'t>,
    required: bool,
    decline: bool,
    options: Vec<Choice<'t>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<Words<'t>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    placeholder: Option<Words<'t>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<Words<'t>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    autocomplete: Option<&'t str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    min: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    step: Option<f64>,
}

/// How a field is asked; undefined where the pact has no such field.
#[wasm_bindgen]
pub fn describe(lead: &Lead, field: usize) -> JsValue {
    let terms = lead.inner.pact();
    let Some(field) = terms.fields.entry(field) else { return JsValue::UNDEFINED };
    to_js(&question(field, &|text| words(text, &lead.locale, &terms.locales)))
}

fn question<'t>(field: &'t Field, words: &dyn Fn(&'t Text) -> Words<'t>) -> Question<'t> {
    let number = if let Kind::Number(number) = &field.kind { Some(number) } else { None };
    let choice = |choice: &'t crate::pact::field::Choice| Choice { value: &choice.value, label: words(&choice.label) };
    Question {
        field: &field.id,
        kind: field.kind.name(),
        label: words(&field.label),
        required: field.required,
        decline: field.decline,
        options: field.kind.options().iter().map(choice).collect(),
        help: field.help.as_ref().map(words),
        placeholder: field.placeholder.as_ref().map(words),
        unit: number.and_then(|number| number.unit.as_ref()).map(words),
        autocomplete: field.autocomplete.as_deref(),
        min: number.and_then(|number| number.min),
        max: number.and_then(|number| number.max),
        step: number.and_then(|number| number.step),
    }
}

fn words<'t>(text: &'t Text, locale: &str, locales: &[String]) -> Words<'t> {
    let (tag, text) = text.choose(locale, locales);
    let foreign = !tag.is_empty() && !same_language(tag, locale);
    Words { text, lang: foreign.then_some(tag) }
}

/// How a field stands: 0 where it does not apply, 1 where it waits for an answer, 2 where it has one.
#[wasm_bindgen]
pub fn standing(lead: &Lead, field: usize) -> u32 {
    match (lead.inner.applies(field), lead.inner.known(field)) {
        (false, _) => 0,
        (true, Answer::Blank) => 1,
        (true, _) => 2,
    }
}

/// How many questions may be open at once.
#[wasm_bindgen]
pub fn per_step(lead: &Lead) -> u32 {
    u32::try_from(lead.inner.pact().asking.per_step).unwrap_or(1)
}
