//! What the page tells of behaviour: in memory only, and only where the lead's behaviour may be measured.

use super::lead::Lead;
use super::now;
use crate::pact::signal::{Measure, Signal};
use crate::{Measured, path_matches};
use wasm_bindgen::prelude::*;

/// The longest value of a URL parameter, in characters.
const LONGEST_VALUE: usize = 256;
/// How many digits, with nothing but separators between, make a telephone number.
const DIGITS: usize = 8;

#[wasm_bindgen(js_class = Engine)]
impl Lead {
    /// Counts once more what is measured so (0 page views, 1 visits, 2 engaged seconds, 4 events) under this path or
    /// name, or notes how far down a page was seen, in percent (3). Returns whether anything changed.
    pub fn count(&mut self, measure: u32, name: &str, percent: f64) -> bool {
        self.measure(measure, &|lead, at, signal| {
            let Some(Measured::Number(present, _)) = lead.measured(at) else { return false };
            let (counts, value) = match signal.measure {
                Measure::Events => (signal.name.as_deref() == Some(name), present + 1.0),
                Measure::ScrollPercent => (counts(signal, name), percent.min(100.0).max(*present)),
                _ => (counts(signal, name), present + 1.0),
            };
            counts && value > *present && lead.observe_signal(at, value, Some(now())).is_ok()
        })
    }

    /// Notes the last value of a parameter of the address (6), or the host of an outside referrer (7). Returns whether
    /// anything changed.
    pub fn note(&mut self, measure: u32, name: &str, text: &str) -> bool {
        self.measure(measure, &|lead, _, signal| {
            let wanted = signal.name.as_deref().is_none_or(|own| own == name);
            let kept = if signal.name.is_some() { fit_to_keep(text) } else { Some(text.into()) };
            wanted && kept.is_some_and(|text| lead.observe_text(&signal.id, &text).is_ok())
        })
    }
}

impl Lead {
    /// Does `work` for every signal that is measured so. Returns whether anything changed.
    fn measure(&mut self, measure: u32, work: &dyn Fn(&mut crate::Lead, usize, &Signal) -> bool) -> bool {
        let pact = self.inner.pact().clone();
        let mut changed = false;
        for (at, signal) in pact.signals.iter().enumerate() {
            changed |= signal.measure as u32 == measure && work(&mut self.inner, at, signal);
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
