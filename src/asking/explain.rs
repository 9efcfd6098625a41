//! Why a question is asked, what each answer to it would do, and what would change the decision: as data.

use super::{Stop, Why};
use crate::lead::{Lead, Provider};
use crate::outlook::possible::{Possible, says_at};
use crate::outlook::view::View;
use crate::outlook::{Forecast, Odds};
use crate::pact::Terms;
use crate::pact::condition::{Gate, Test};
use crate::pact::field::{Ask, Kind};
use crate::pact::qualification::Decision;
use crate::time::Time;
use serde::Serialize;

/// What the engine thinks of the questions that are left.
#[derive(Clone, Debug, Serialize)]
pub struct Thinking {
    /// The questions worth asking now, the best first.
    pub ask: Vec<Explanation>,
    /// Why nothing more is asked; absent where something is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stop: Option<Stop>,
    /// The odds of each decision as things stand.
    pub odds: Odds,
    /// Whether they rest on a share that the pact does not give.
    pub assumed: bool,
    /// The decision were the form submitted now.
    pub decision: Decision,
    /// The cheapest single answer that would change the decision; absent where none would.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change: Option<Change>,
}

/// Why a question is asked, and what each answer would do.
#[derive(Clone, Debug, Serialize)]
pub struct Explanation {
    /// The field's id.
    pub field: String,
    /// Which reason weighs more.
    pub why: Why,
    /// What asking it is expected to add, in qualified leads.
    pub gain: f64,
    /// The part of visitors that the question is expected to lose, from 0 to 1.
    pub loss: f64,
    /// What each answer would do; empty where no answer changes the odds, or there are too many to list.
    pub answers: Vec<Effect>,
}

/// What an answer would do.
#[derive(Clone, Debug, Serialize)]
pub struct Effect {
    /// The answers that do the same.
    pub answer: Answers,
    /// How likely one of them is, from 0 to 1.
    pub share: f64,
    /// The odds of each decision after it.
    pub odds: Odds,
}

/// The cheapest single answer that would change the decision.
#[derive(Clone, Debug, Serialize)]
pub struct Change {
    /// The field's id.
    pub field: String,
    /// The answers that would.
    pub answer: Answers,
    /// What the decision would then be.
    pub decision: Decision,
}

/// Answers to a field that the decision cannot tell apart.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Answers {
    /// Values of options; of `yes_no`, `yes` or `no`; of `choices`, options that are among the chosen.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
    /// Spans of numbers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub spans: Vec<Span>,
    /// Words that a text holds.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub words: Vec<String>,
    /// Who runs an e-mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider: Option<&'static str>,
}

/// A span of numbers, with the ends that it has, in the words of conditions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Span {
    /// It begins with this number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_least: Option<f64>,
    /// It begins after this number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub above: Option<f64>,
    /// It ends with this number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_most: Option<f64>,
    /// It ends before this number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub below: Option<f64>,
}

impl Lead {
    /// Why the next questions are asked, what each answer would do, and what would change the decision. `asked` is how
    /// many questions this visit has asked beyond those always asked.
    #[must_use]
    pub fn explain(&self, asked: usize, now: Time) -> Thinking {
        let forecast = Forecast::of(&View::of(self, now));
        let outlook = forecast.outlook();
        let choice = self.choose(&forecast, &outlook, asked);
        let mut ask = Vec::new();
        for own in &choice.asks {
            let Ok(field) = self.field(&own.field) else { continue };
            let loss = 1.0 - super::Stakes::of(&self.terms().asking).stay(self.terms().fields[field].friction);
            let answers = self.effects(&forecast, field);
            ask.push(Explanation { field: own.field.clone(), why: own.why, gain: own.gain, loss, answers });
        }
        let stop = if ask.is_empty() { Some(choice.stop) } else { None };
        let (odds, assumed) = (outlook.odds, outlook.assumed);
        let decision = forecast.view.decision();
        Thinking { ask, stop, odds, assumed, decision, change: self.change(&forecast.view, decision) }
    }

    /// What each answer would do, those alike together; nothing where none does anything.
    fn effects(&self, forecast: &Forecast<'_>, field: usize) -> Vec<Effect> {
        let what_if = if forecast.touches(field) { forecast.what_if(field) } else { None };
        let possible = forecast.view.possible(field);
        let mut effects: Vec<Effect> = Vec::new();
        for (nth, answer) in what_if.unwrap_or_default().iter().enumerate() {
            let options = forecast.options_of(field, nth);
            let said = options.unwrap_or_else(|| answers(self.terms(), &possible, nth));
            effects.push(Effect { answer: said, share: answer.share, odds: answer.odds });
        }
        effects
    }

    /// The cheapest answer that would change the decision on what is known.
    fn change(&self, view: &View<'_>, decision: Decision) -> Option<Change> {
        let mut best: Option<(f64, Change)> = None;
        for (id, field) in self.terms().fields.iter().enumerate() {
            let cheaper = best.as_ref().is_none_or(|(friction, _)| field.friction < *friction);
            if field.ask == Ask::Never || !self.applies(id) || !cheaper {
                continue;
            }
            let possible = view.possible(id);
            for (nth, (says, _)) in possible.answers.iter().enumerate() {
                let changed = view.supposing(id, &possible.tests, says).decision();
                if changed != decision {
                    let answer = answers(self.terms(), &possible, nth);
                    best = Some((field.friction, Change { field: field.id.clone(), answer, decision: changed }));
                    break;
                }
            }
        }
        best.map(|(_, change)| change)
    }
}

/// The answers that a possible one stands for.
fn answers(terms: &Terms, possible: &Possible, nth: usize) -> Answers {
    let Some((says, _)) = possible.answers.get(nth) else { return Answers::default() };
    let alike = |at: &usize| says_at(terms, possible, *at) == *says;
    let places = (0..possible.places()).filter(alike);
    match &terms.fields[possible.field].kind {
        Kind::Choice(options) => {
            let values = places.filter_map(|at| options.entry(at)).map(|option| option.value.clone());
            Answers { options: values.collect(), ..Answers::default() }
        }
        Kind::YesNo(_) => {
            let names = places.map(|at| if at == 1 { "yes" } else { "no" }.to_owned());
            Answers { options: names.collect(), ..Answers::default() }
        }
        Kind::Number(_) => Answers { spans: spans(places.filter_map(|at| possible.piece(at))), ..Answers::default() },
        kind => passed(terms, kind, possible, says),
    }
}

/// Spans that meet become one.
fn spans(pieces: impl Iterator<Item = (f64, f64)>) -> Vec<Span> {
    let mut joined: Vec<(f64, f64)> = Vec::new();
    for (start, end) in pieces {
        match joined.last_mut() {
            Some((_, last)) if *last == start => *last = end,
            _ => joined.push((start, end)),
        }
    }
    joined.into_iter().map(|(start, end)| span(start, end)).collect()
}

/// A piece of the line from its first number on, up to the first that is not in it.
fn span(start: f64, end: f64) -> Span {
    // A cut just after a number was made for `above` or `at_most`: the number itself is shorter to write.
    let after = |cut: f64| digits(cut.next_down()) < digits(cut);
    let mut span = Span::default();
    if start.is_finite() {
        let slot = if after(start) { (&mut span.above, start.next_down()) } else { (&mut span.at_least, start) };
        *slot.0 = Some(slot.1);
    }
    if end.is_finite() {
        let slot = if after(end) { (&mut span.at_most, end.next_down()) } else { (&mut span.below, end) };
        *slot.0 = Some(slot.1);
    }
    span
}

fn digits(number: f64) -> usize {
    number.to_string().len()
}

/// What the tests of a text or of `choices` that pass say of the answer.
fn passed(terms: &Terms, kind: &Kind, possible: &Possible, says: &[bool]) -> Answers {
    let mut answers = Answers::default();
    for (test, _) in possible.tests.iter().zip(says).filter(|(_, says)| **says) {
        match &terms.circuit.gates[*test] {
            Gate::Test(_, Test::Contains(words) | Test::TextIn(words)) => answers.words.extend_from_slice(words),
            Gate::Test(_, Test::Includes(options, _)) => {
                let named = options.iter().filter_map(|option| kind.options().get(*option));
                answers.options.extend(named.map(|option| option.value.clone()));
            }
            Gate::Test(_, Test::OneOf(providers)) => {
                answers.provider = providers.first().and_then(|nth| Provider::NAMES.get(*nth)).copied();
            }
            _ => {}
        }
    }
    answers.options.sort_unstable();
    answers.options.dedup();
    answers
}
