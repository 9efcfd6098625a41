//! What the page tells of behaviour: in memory only, and only where the lead's behaviour may be measured.

use super::lead::Lead;
use super::now;
use super::value::from_text;
use crate::pact::signal::{Measure, Signal};
use crate::{Measured, Value, path_matches};
use wasm_bindgen::prelude::*;

/// The longest value of a URL parameter, in characters.
const LONGEST_VALUE: usize = 256;
/// How many digits, with nothing but separators between, make a telephone number.
const DIGITS: usize = 8;

#[wasm_bindgen(js_class = Engine)]
impl Lead {
    /// Counts the page that is shown; where a visit begins, also the visit and where it came from. `query` has the last
    /// value of each parameter of the address, as a JSON object, `from` the host of an outside referrer.
    pub fn view(&mut self, begins: bool, path: &str, query: &str, from: Option<String>) -> bool {
        let query = from_text(query).unwrap_or(Value::Null);
        self.measure(&|signal, present| match signal.measure {
            Measure::PageViews if counts(signal, path) => Some(Seen::Number(present + 1.0)),
            Measure::Visits if begins => Some(Seen::Number(present + 1.0)),
            Measure::Query => match query.get(signal.name.as_deref()?) {
                Some(Value::Text(text)) => fit_to_keep(text).map(Seen::Text),
                _ => None,
            },
            Measure::Referrer if begins => from.clone().map(Seen::Text),
            _ => None,
        })
    }

    /// Counts a second of attention.
    pub fn linger(&mut self, path: &str) -> bool {
        self.measure(&|signal, present| {
            let here = matches!(signal.measure, Measure::EngagedSeconds) && counts(signal, path);
            here.then_some(Seen::Number(present + 1.0))
        })
    }

    /// Notes how far down the page was seen, in percent.
    pub fn scrolled(&mut self, path: &str, percent: f64) -> bool {
        self.measure(&|signal, present| {
            let deeper = matches!(signal.measure, Measure::ScrollPercent) && percent > present && counts(signal, path);
            deeper.then_some(Seen::Number(percent.min(100.0)))
        })
    }

    /// Counts an event that the page reports.
    pub fn happened(&mut self, name: &str) -> bool {
        self.measure(&|signal, present| {
            let counts = matches!(signal.measure, Measure::Events) && signal.name.as_deref() == Some(name);
            counts.then_some(Seen::Number(present + 1.0))
        })
    }
}

enum Seen {
    Number(f64),
    Text(String),
}

impl Lead {
    /// Looks at every signal; what `seen` makes of it and its present value is recorded. Returns whether anything was.
    fn measure(&mut self, seen: &dyn Fn(&Signal, f64) -> Option<Seen>) -> bool {
        let pact = self.inner.pact().clone();
        let mut changed = false;
        for (at, signal) in pact.signals.iter().enumerate() {
            let present = match self.inner.measured(at) {
                None => return false,
                Some(Measured::Number(value, _)) => *value,
                Some(Measured::Text(_)) => 0.0,
            };
            let done = match seen(signal, present) {
                None => continue,
                Some(Seen::Number(value)) => self.inner.observe_signal(at, value, Some(now())),
                Some(Seen::Text(text)) => self.inner.observe_text(&signal.id, &text),
            };
            changed |= done.is_ok();
        }
        changed
    }
}

fn counts(signal: &Signal, path: &str) -> bool {
    signal.path.as_ref().is_none_or(|glob| path_matches(glob, path))
}

/// The value of a URL parameter, unless it holds what looks like a person's e-mail address or telephone number.
fn fit_to_keep(text: &str) -> Option<String> {
    let mut digits = 0;
    let (mut phone, mut mail) = (false, false);
    for (at, c) in text.char_indices() {
        match c {
            '0'..='9' => digits += 1,
            ' ' | '+' | '-' | '.' | '/' | '(' | ')' => {}
            _ => digits = 0,
        }
        phone |= digits == DIGITS;
        mail |= matches!(c, '@' | '＠') || text.get(at..at + 3) == Some("%40");
    }
    if mail || phone { None } else { Some(text.chars().take(LONGEST_VALUE).collect()) }
}
