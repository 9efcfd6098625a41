//! Why a question is asked, what each answer to it would do, and what would change the decision: as data.

use super::{LEAST_GAIN, Stakes, Stop, Why};
use crate::lead::{Answer, Lead, Provider};
use crate::outlook::possible::{Possible, Says, says_at};
use crate::outlook::view::View;
use crate::outlook::{Forecast, Odds, WhatIf};
use crate::pact::Terms;
use crate::pact::condition::{Gate, Quantity, Test};
use crate::pact::field::{Ask, Kind};
use crate::pact::qualification::Decision;
use crate::score::earned::Earned;
use crate::time::Time;
use serde::Serialize;

/// Where the points come from, and what the engine thinks of the questions that are left.
#[derive(Clone, Debug, Serialize)]
pub struct Thinking {
    /// Whether behaviour was measured.
    pub behaviour: bool,
    /// Where the points come from, by group, in the pact's order.
    pub groups: Vec<Earned>,
    /// The decision were the form submitted now.
    pub decision: Decision,
    /// The odds of each decision, were every question answered.
    pub odds: Odds,
    /// Whether they rest on a share that the pact does not give.
    pub assumed: bool,
    /// Whether they are drawn rather than exact.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub approximate: bool,
    /// The questions worth asking now, the best first.
    pub ask: Vec<Explanation>,
    /// Why nothing more is asked; absent where something is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stop: Option<Stop>,
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
    /// What asking it is expected to add, in qualified leads, the visitors that it loses counted.
    pub gain: f64,
    /// The part of visitors that the question is expected to lose, from 0 to 1.
    pub loss: f64,
    /// What each answer would do, the likeliest to be handed over first; empty where no answer changes the odds, or
    /// there are too many to list.
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
///
/// Where the lead is not handed over, an answer after which it would go further comes before one after which it would go
/// less far; an open question before one that has an answer; the lower friction; the pact's order.
#[derive(Clone, Debug, Serialize)]
pub struct Change {
    /// The field's id.
    pub field: String,
    /// Whether it has an answer, which this one would replace.
    pub given: bool,
    /// The answers that would.
    pub answer: Answers,
    /// What the decision would then be.
    pub decision: Decision,
}

/// Answers to a field that the decision cannot tell apart. With everything empty: any answer but those that count.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Answers {
    /// One of these options; of `yes_no`, `yes` or `no`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
    /// Of `choices`: at least one of each of these lists of options.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub includes: Vec<Vec<String>>,
    /// A number in one of these spans.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub spans: Vec<Span>,
    /// A text that contains at least one of each of these lists of words.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub contains: Vec<Vec<String>>,
    /// Exactly one of these texts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub texts: Vec<String>,
    /// An e-mail address of one of these providers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub providers: Vec<&'static str>,
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
        let choice = self.choose_questions(&forecast, &outlook, asked);
        let explained = |ask: &super::Ask| {
            let field = self.field(&ask.field).ok()?;
            let loss = 1.0 - Stakes::of(&self.terms().asking).stay(self.terms().fields[field].friction);
            let answers = effects(&forecast, field);
            Some(Explanation { field: ask.field.clone(), why: ask.why, gain: ask.gain, loss, answers })
        };
        let ask: Vec<Explanation> = choice.asks.iter().filter_map(explained).collect();
        Thinking {
            behaviour: self.behaviour(),
            groups: self.earned(now),
            decision: forecast.view.decision(),
            odds: outlook.odds,
            assumed: outlook.assumed,
            approximate: outlook.approximate,
            stop: ask.is_empty().then_some(choice.stop),
            ask,
            change: self.change_in(&forecast.view),
        }
    }

    /// The cheapest single answer that would change the decision; none where none would.
    #[must_use]
    pub fn change(&self, now: Time) -> Option<Change> {
        self.change_in(&View::of(self, now))
    }

    fn change_in(&self, view: &View<'_>) -> Option<Change> {
        let decision = view.decision();
        let mut best: Option<((bool, bool, f64), Change)> = None;
        for (id, field) in self.terms().fields.iter().enumerate() {
            if field.ask == Ask::Never || !self.applies(id) {
                continue;
            }
            let given = *self.known(id) != Answer::Blank;
            let would_be = decisions(view, id);
            for changed in others(decision) {
                let rank = (further(changed) < further(decision), given, field.friction);
                if best.as_ref().is_none_or(|(best, _)| rank < *best)
                    && let Some(answer) = answer_that_decides(view, id, &would_be, changed)
                {
                    best = Some((rank, Change { field: field.id.clone(), given, answer, decision: changed }));
                }
            }
        }
        best.map(|(_, change)| change)
    }
}

/// What the decision would be after each answer that a field may get.
fn decisions(view: &View<'_>, field: usize) -> Vec<Decision> {
    let possible = view.possible(field);
    let mut truths = view.truths.clone();
    let decision = |(says, _): &(Says, f64)| {
        truths.suppose(view.terms, &possible.tests, says);
        view.decision_with(&truths)
    };
    possible.answers.iter().map(decision).collect()
}

/// How far a lead goes with a decision.
fn further(decision: Decision) -> u8 {
    match decision {
        Decision::Handoff => 2,
        Decision::Nurture => 1,
        Decision::Disqualified => 0,
    }
}

/// The other decisions, that by which a lead goes furthest first.
fn others(decision: Decision) -> impl Iterator<Item = Decision> {
    let all = [Decision::Handoff, Decision::Nurture, Decision::Disqualified];
    all.into_iter().filter(move |other| *other != decision)
}

/// The answers to a field after which the decision would be this one: all of them where they can be listed, else the
/// one of which least is asked.
fn answer_that_decides(view: &View<'_>, field: usize, would_be: &[Decision], decision: Decision) -> Option<Answers> {
    let possible = view.possible(field);
    let mut that_do: Vec<usize> = (0..would_be.len()).filter(|nth| would_be.get(*nth) == Some(&decision)).collect();
    if possible.places() == 0 {
        let asked =
            |nth: &usize| possible.answers.get(*nth).map(|(says, _)| says.iter().filter(|says| **says == 1).count());
        that_do = that_do.into_iter().min_by_key(asked).into_iter().collect();
    }
    if that_do.is_empty() { None } else { Some(answers(view.terms, &possible, &that_do)) }
}

/// What each answer would do, those that do the same as one; nothing where none does anything.
fn effects(forecast: &Forecast<'_>, field: usize) -> Vec<Effect> {
    let what_if = if forecast.touches(field) { forecast.what_if(field) } else { None };
    let possible = forecast.view.possible(field);
    let mut alike = told_apart(what_if.unwrap_or_default(), possible.places() > 0);
    let same = |(_, one): &(Vec<usize>, WhatIf)| alike.iter().all(|(_, other)| do_the_same(one, other));
    if alike.first().is_none_or(same) {
        return Vec::new();
    }
    alike.sort_by(|(_, one), (_, other)| {
        let handoff = other.odds.handoff.total_cmp(&one.odds.handoff);
        handoff.then(one.odds.disqualified.total_cmp(&other.odds.disqualified))
    });
    let effect = |(own, what_if): &(Vec<usize>, WhatIf)| {
        let answer = match forecast.options_of(field, own) {
            Some(options) => in_places(&forecast.view.terms.fields[field].kind, &possible, options),
            None => answers(forecast.view.terms, &possible, own),
        };
        Effect { answer, share: what_if.share, odds: what_if.odds }
    };
    alike.iter().map(effect).collect()
}

/// Answers by what they do, without those that nobody is expected to give. Those that do the same are one where they can
/// be listed together.
fn told_apart(answers: Vec<WhatIf>, together: bool) -> Vec<(Vec<usize>, WhatIf)> {
    let mut alike: Vec<(Vec<usize>, WhatIf)> = Vec::new();
    for (nth, answer) in answers.into_iter().enumerate().filter(|(_, answer)| answer.share > 0.0) {
        match alike.iter_mut().find(|(_, other)| together && do_the_same(other, &answer)) {
            Some((all, other)) => {
                all.push(nth);
                other.share += answer.share;
            }
            None => alike.push((vec![nth], answer)),
        }
    }
    alike
}

fn do_the_same(one: &WhatIf, other: &WhatIf) -> bool {
    one.odds.distance(&other.odds) < LEAST_GAIN
}

/// The answers that possible ones stand for.
fn answers(terms: &Terms, possible: &Possible, which: &[usize]) -> Answers {
    let kind = &terms.fields[possible.field].kind;
    let says: Vec<&Says> = which.iter().filter_map(|nth| Some(&possible.answers.get(*nth)?.0)).collect();
    match (kind, says.as_slice()) {
        (Kind::Choice(_) | Kind::YesNo(_) | Kind::Number(_), _) => {
            let own = |at: &usize| says.contains(&&says_at(terms, possible, *at));
            in_places(kind, possible, (0..possible.places()).filter(own).collect())
        }
        (_, [says]) => passed(terms, kind, possible, says),
        _ => Answers::default(),
    }
}

/// The options, or the pieces of the line, at these places.
fn in_places(kind: &Kind, possible: &Possible, places: Vec<usize>) -> Answers {
    let mut answers = Answers::default();
    for at in &places {
        match kind {
            Kind::YesNo(_) => answers.options.push(if *at == 1 { "yes" } else { "no" }.to_owned()),
            kind => answers.options.extend(kind.options().get(*at).map(|option| option.value.clone())),
        }
    }
    answers.spans = spans(places.into_iter().filter_map(|at| possible.piece(at)));
    answers
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

/// What the tests of a text or of `choices` say of the answer.
fn passed(terms: &Terms, kind: &Kind, possible: &Possible, says: &[u8]) -> Answers {
    let mut answers = Answers::default();
    let mut providers: Option<Vec<usize>> = None;
    for (test, says) in possible.tests.iter().zip(says) {
        match (&terms.circuit.gates[*test], *says == 1) {
            (Gate::Test(_, Test::OneOf(own)), says) => {
                let left = providers.get_or_insert_with(|| (0..Provider::NAMES.len()).collect());
                left.retain(|provider| own.contains(provider) == says);
            }
            (Gate::Test(_, Test::Contains(words)), true) => answers.contains.push(words.clone()),
            (Gate::Test(_, Test::TextIn(texts)), true) => answers.texts.extend_from_slice(texts),
            (Gate::Test(_, Test::Includes(options, quantity)), true) => {
                let named = options.iter().filter_map(|option| kind.options().get(*option));
                let values: Vec<String> = named.map(|option| option.value.clone()).collect();
                match quantity {
                    Quantity::Any => answers.includes.push(values),
                    Quantity::All => answers.includes.extend(values.into_iter().map(|value| vec![value])),
                }
            }
            _ => {}
        }
    }
    answers.includes = least(answers.includes);
    answers.contains = least(answers.contains);
    let names = providers.unwrap_or_default();
    answers.providers = names.iter().filter_map(|nth| Provider::NAMES.get(*nth)).copied().collect();
    answers
}

/// The lists from each of which something must come, without those that another one sees to.
fn least(lists: Vec<Vec<String>>) -> Vec<Vec<String>> {
    let mut least: Vec<Vec<String>> = Vec::new();
    for list in lists {
        let within = |one: &[String], other: &[String]| one.iter().all(|item| other.contains(item));
        if !least.iter().any(|other| within(other, &list)) {
            least.retain(|other| !within(&list, other));
            least.push(list);
        }
    }
    least
}
