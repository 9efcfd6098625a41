//! Answers by handle and position, for those who send one at every keystroke.

use super::answer::LONGEST_ANSWER;
use super::{Answer, Given, Lead};
use crate::pact::condition::{Gate, Test};
use crate::pact::field::Kind;

impl Lead {
    /// Records an answer, or that the fact is unknown where it does not fit. Returns whether anything changed.
    pub(crate) fn say(&mut self, field: usize, given: &Given) -> bool {
        let Some(asked) = self.pact.fields.entry(field) else { return false };
        let answer = Answer::new(asked, given).unwrap_or(Answer::Blank);
        self.record(field, answer)
    }

    /// Records a text; of a text field it is kept as it came, not copied.
    pub(crate) fn say_text(&mut self, field: usize, text: String) -> bool {
        let is_text = self.pact.fields.entry(field).is_some_and(|field| field.kind.is_text());
        if !is_text || text.len() > LONGEST_ANSWER || !is_trimmed(&text) {
            return self.say(field, &Given::Text(text));
        }
        // Typing on where nobody looks: the text is another, and nothing depends on it.
        if matches!(self.known(field), Answer::Text(_)) && !self.looks_at(field) {
            self.answers[field] = Answer::Text(text);
            return true;
        }
        self.record(field, Answer::Text(text))
    }

    /// Answers a `choice` with the option at this position; where there is none, the fact is unknown.
    pub(crate) fn choose(&mut self, field: usize, option: usize) {
        let Some(Kind::Choice(options)) = self.pact.fields.entry(field).map(|field| &field.kind) else { return };
        let answer = if option < options.len() { Answer::Choice(option) } else { Answer::Blank };
        self.record(field, answer);
    }

    /// Takes an option of `choices` in or out; without any, the fact is unknown.
    pub(crate) fn toggle(&mut self, field: usize, option: usize, chosen: bool) {
        let Some(Kind::Choices(options)) = self.pact.fields.entry(field).map(|field| &field.kind) else { return };
        let mut all = match self.known(field) {
            Answer::Choices(all) => all.clone(),
            _ => Vec::new(),
        };
        match all.binary_search(&option) {
            Ok(at) if !chosen => drop(all.remove(at)),
            Err(at) if chosen && option < options.len() => all.insert(at, option),
            _ => return,
        }
        self.record(field, if all.is_empty() { Answer::Blank } else { Answer::Choices(all) });
    }

    /// Whether any condition looks at more of the field than whether it is known.
    pub(crate) fn looks_at(&self, field: usize) -> bool {
        let gates = &self.pact.circuit.gates;
        let more = |test: &usize| !matches!(gates[*test], Gate::Test(_, Test::Known));
        field < self.pact.fields.len() && self.pact.circuit.of_field[field].iter().any(more)
    }
}

/// Whether a text is not blank and has no blanks around it, as far as its first and last byte tell.
fn is_trimmed(text: &str) -> bool {
    let ends = (text.as_bytes().first(), text.as_bytes().last());
    matches!(ends, (Some(b'!'..=b'~'), Some(b'!'..=b'~')))
}
