//! The facts of a lead that was received: the record's, with the form's own answers over them. What the visitor saw and
//! sent counts.

use super::difference::{Differences, SKEW, time};
use super::verify::Received;
use crate::json::Value;
use crate::lead::Lead;
use crate::pact::Pact;
use crate::pact::condition::Fact;
use crate::pact::field::{Field, Kind};
use crate::time::Time;
use std::collections::HashMap;

/// How many facts that the pact does not have are named; of more it is said that there are more.
const MOST_NAMED: usize = 20;

type Facts = Vec<(String, Value)>;

/// What becomes of the signals that a record has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Signals {
    /// They count.
    Count,
    /// They were measured without consent: all are left out, and one difference has said so.
    LeftOut,
    /// By the record's own word nothing was measured: each that it has all the same is named.
    Denied,
}

impl Received<'_> {
    /// The lead of these facts.
    pub(super) fn lead(&self, pact: &Pact, signals: Signals, differences: &mut Differences) -> Lead {
        let mut facts = self.claimed(pact, differences);
        let may = signals == Signals::Count;
        if signals == Signals::LeftOut {
            facts.retain(|(id, _)| !matches!(pact.names.get(id.as_str()), Some(Fact::Signal(_))));
        }
        self.answer(pact, may, &mut facts, differences);
        let (lead, refused) = Lead::from_facts(pact, &Value::Object(facts), may, self.at);
        for error in refused {
            differences.note(["facts.", &error.fact].concat(), error.message);
        }
        lead
    }

    /// The record's facts that the pact has.
    fn claimed(&self, pact: &Pact, differences: &mut Differences) -> Facts {
        let entries = match self.record.map(|record| record.get("facts")) {
            None => return Vec::new(),
            Some(Some(Value::Object(entries))) => entries,
            Some(other) => {
                let found = other.map_or("nothing", Value::kind);
                differences.note("facts", ["expected an object, found ", found].concat());
                return Vec::new();
            }
        };
        let (known, unknown): (Vec<_>, Vec<_>) =
            entries.iter().partition(|(id, _)| pact.names.get(id.as_str()).is_some());
        for (id, _) in unknown.iter().take(MOST_NAMED) {
            let short: String = id.chars().take(64).collect();
            differences.note(["facts.", &short].concat(), "the pact has no such fact");
        }
        if unknown.len() > MOST_NAMED {
            differences.note("facts", "there are more facts that the pact does not have");
        }
        known.into_iter().map(|(id, value)| (id.clone(), self.grown(id, value.clone(), differences))).collect()
    }

    /// A signal grew at the latest when it was received: one from the future would not fade.
    fn grown(&self, id: &str, mut value: Value, differences: &mut Differences) -> Value {
        if let Value::Object(entries) = &mut value
            && let Some((_, last)) = entries.iter_mut().find(|(key, _)| key == "last")
            && time(Some(last)).is_some_and(|time| time.0.saturating_sub(self.at.0) > SKEW)
        {
            let received = Value::Text(self.at.to_string());
            differences.differ(["facts.", id, ".last"].concat(), Some(last.clone()), Some(received.clone()));
            *last = received;
        }
        value
    }

    /// Puts the form's own answers over the facts.
    fn answer(&self, pact: &Pact, may: bool, facts: &mut Facts, differences: &mut Differences) {
        let answers: HashMap<&str, &[String]> =
            self.answers.iter().map(|(name, values)| (name.as_str(), values.as_slice())).collect();
        let (claimed, _) = Lead::from_facts(pact, &Value::Object(facts.clone()), may, self.at);
        let mut probe = Lead::new(pact);
        for (id, field) in pact.fields.iter().enumerate() {
            let Some(value) = answers.get(field.id.as_str()).and_then(|values| plain(field, values)) else { continue };
            let what = || ["facts.", &field.id].concat();
            if let Err(error) = probe.take(&field.id, &value, Time(0)) {
                // What the record says of it stays: no answer is better than none.
                differences.note(what(), error.message);
                continue;
            }
            if self.record.is_some() && probe.known(id) != claimed.known(id) {
                let before = facts.iter().find(|(name, _)| *name == field.id).map(|(_, value)| value.clone());
                differences.differ(what(), before, Some(value.clone()));
            }
            facts.retain(|(name, _)| *name != field.id);
            facts.push((field.id.clone(), value));
        }
    }
}

/// What a form's entries say of a field; nothing where they are blank. Of several, one answer is the last: a checkbox
/// stands behind the hidden input that says what it means unticked.
fn plain(field: &Field, values: &[String]) -> Option<Value> {
    // A form's own request ends lines with two characters, its inputs with one.
    let text = |value: &String| Value::Text(value.replace("\r\n", "\n").replace('\r', "\n"));
    let mut said = values.iter().filter(|value| !value.trim().is_empty()).map(text);
    if !matches!(field.kind, Kind::Choices(_)) {
        return said.next_back();
    }
    let list: Vec<Value> = said.collect();
    (!list.is_empty()).then_some(Value::List(list))
}
