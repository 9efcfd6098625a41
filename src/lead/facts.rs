//! Facts as lead files and hand-off records hold them.

use super::{Answer, Given, Lead, Measured, answer};
use crate::json::Value;
use crate::pact::Pact;
use crate::pact::condition::Fact;
use crate::pact::field::Field;
use crate::problem::FactError;
use crate::time::Time;

impl Lead {
    /// A lead of whom these facts are known, as an object of facts by id. A numeric signal is its number or
    /// `{"value": 3, "last": "2026-11-18T09:00:00Z"}`; `last` is `at` where it is not given.
    ///
    /// Facts that the pact does not know or that do not fit it are left unknown, and listed.
    #[must_use]
    pub fn from_facts(pact: &Pact, facts: &Value, behaviour: bool, at: Time) -> (Self, Vec<FactError>) {
        let mut lead = Self::new(pact);
        lead.set_behaviour(behaviour);
        let Value::Object(entries) = facts else {
            let refused =
                FactError { fact: "facts".into(), message: ["expected an object, found ", facts.kind()].concat() };
            return (lead, vec![refused]);
        };
        let refused = entries.iter().filter_map(|(id, value)| lead.take(id, value, at).err()).collect();
        (lead, refused)
    }

    /// Records one fact of a lead file or of a record.
    ///
    /// # Errors
    /// Where the pact has no such fact or the value does not fit it; the fact is then unknown.
    pub fn take(&mut self, id: &str, value: &Value, at: Time) -> Result<(), FactError> {
        let refuse = |message: &str| Err(FactError { fact: id.into(), message: message.into() });
        match self.pact.names.get(id).copied() {
            Some(Fact::Field(field)) => match Given::try_from(value) {
                Ok(given) => self.answer_field(field, &given),
                Err(message) => refuse(message),
            },
            Some(Fact::Signal(signal)) => match (&self.signals[signal], value) {
                (_, Value::Null) => Ok(()),
                (Measured::Text(_), Value::Text(text)) => self.observe_text(id, text),
                (Measured::Text(_), _) => refuse("expected text"),
                (Measured::Number(..), value) => match grown(value, at) {
                    Ok((value, last)) => self.observe_signal(signal, value, last),
                    Err(message) => refuse(&message),
                },
            },
            Some(Fact::Provider(_)) => refuse("this fact is derived, and cannot be given"),
            None => Err(self.unknown(id, "fact")),
        }
    }

    /// What is known, as an object of facts by id, in the pact's order.
    #[must_use]
    pub fn facts(&self) -> Value {
        self.facts_of(|_| true)
    }

    /// The same without the answers to fields that are not wanted.
    pub(crate) fn facts_of(&self, wanted: fn(&Field) -> bool) -> Value {
        let mut entries = Vec::new();
        for (field, answer) in self.pact.fields.iter().zip(&self.answers) {
            if wanted(field)
                && let Some(value) = said(field, answer)
            {
                entries.push((field.id.clone(), value));
            }
        }
        for (id, signal) in self.pact.signals.iter().enumerate() {
            let value = match self.measured(id) {
                None | Some(Measured::Text(None)) => continue,
                Some(Measured::Text(Some(text))) => Value::Text(text.clone()),
                Some(Measured::Number(number, None)) => Value::Number(*number),
                Some(Measured::Number(number, Some(last))) => Value::Object(vec![
                    ("value".into(), Value::Number(*number)),
                    ("last".into(), Value::Text(last.to_string())),
                ]),
            };
            entries.push((signal.id.clone(), value));
        }
        Value::Object(entries)
    }
}

/// An answer as a record holds it; none where it is not known.
fn said(field: &Field, answer: &Answer) -> Option<Value> {
    let options = field.kind.options();
    let value = |option: &usize| Value::Text(options.get(*option).map(|o| o.value.clone()).unwrap_or_default());
    Some(match answer {
        Answer::Blank => return None,
        Answer::Declined => Value::Object(vec![("declined".into(), Value::Bool(true))]),
        Answer::Text(text) => Value::Text(text.clone()),
        Answer::Number(number) => Value::Number(*number),
        Answer::Choice(yes) if options.is_empty() => Value::Bool(*yes == 1),
        Answer::Choice(option) => value(option),
        Answer::Choices(chosen) => Value::List(chosen.iter().map(value).collect()),
    })
}

/// The number of a signal and when it last grew.
fn grown(value: &Value, at: Time) -> Result<(f64, Option<Time>), String> {
    const SHAPE: &str = "expected a number, or `{\"value\": 3, \"last\": \"2026-11-18T09:00:00Z\"}`";
    let number = |value: &Value| match value {
        Value::Number(number) => Ok(*number),
        Value::Text(text) => answer::number(text),
        _ => Err(SHAPE),
    };
    // What never grew has no age.
    let since = |number: f64| (number > 0.0).then_some(at);
    let Value::Object(entries) = value else {
        let number = number(value)?;
        return Ok((number, since(number)));
    };
    if entries.iter().any(|(key, _)| key != "value" && key != "last") {
        return Err(SHAPE.into());
    }
    let number = number(value.get("value").ok_or(SHAPE)?)?;
    let last = match value.get("last") {
        None | Some(Value::Null) => since(number),
        Some(Value::Text(text)) => Some(text.parse()?),
        Some(_) => return Err("expected `last` as a time, like `2026-11-20T10:00:00Z`".into()),
    };
    Ok((number, last))
}
