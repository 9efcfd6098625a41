//! Ways to choose the next question, and what each is worth, exactly.

use crate::exact::Exact;
use crate::model::{Shares, State, answer_id, field_id};
use leadpact::{Lead, Next, Time};
use std::collections::HashMap;

/// 2026-11-20T10:00:00Z
const NOW: Time = Time(1_795_168_800_000);
/// How many questions a form of progressive profiling asks.
const QUEUE: usize = 3;
/// The odds at which a decision counts as settled.
const CONFIDENT: f64 = 0.9;

/// A rule that says what to ask, or to end.
pub(crate) trait Policy {
    fn next(&mut self, exact: &mut Exact<'_>, state: State) -> Option<usize>;
}

impl<F: FnMut(&mut Exact<'_>, State) -> Option<usize>> Policy for F {
    fn next(&mut self, exact: &mut Exact<'_>, state: State) -> Option<usize> {
        self(exact, state)
    }
}

/// The engine itself, on the JSON of the model.
pub(crate) struct Engine(Lead);

impl Engine {
    pub(crate) fn new(exact: &Exact<'_>, mode: &str, shares: &Shares) -> Self {
        let text = exact.model.json(mode, shares).to_string();
        Self(Lead::new(&text.parse().expect("a pact")))
    }

    pub(crate) fn lead(&self, fields: usize, state: State) -> Lead {
        let mut lead = self.0.clone();
        for field in 0..fields {
            if let Some(answer) = state.answer(field) {
                lead.answer(&field_id(field), &*answer_id(answer)).expect("an answer that fits");
            }
        }
        lead
    }
}

impl Policy for Engine {
    fn next(&mut self, exact: &mut Exact<'_>, state: State) -> Option<usize> {
        match self.lead(exact.model.fields.len(), state).next(0, NOW) {
            Next::Ask(ask) => ask.field.get(1..)?.parse().ok(),
            Next::Stop(_) => None,
        }
    }
}

/// Asks all that applies.
pub(crate) fn everything(exact: &mut Exact<'_>, state: State) -> Option<usize> {
    exact.model.open(state).first().copied()
}

/// Progressive profiling: the pact's order, a few a visit.
pub(crate) fn queue(exact: &mut Exact<'_>, state: State) -> Option<usize> {
    everything(exact, state).filter(|_| state.known() < QUEUE)
}

/// Nothing extra.
pub(crate) fn nothing(_: &mut Exact<'_>, _: State) -> Option<usize> {
    None
}

/// The widest range of points first, until the decision is certain; then what sales needs.
pub(crate) fn by_range(exact: &mut Exact<'_>, state: State) -> Option<usize> {
    let ahead = exact.ahead(state);
    if !ahead.is_certain() {
        return exact.best_of(state, -1.0, |exact, _, field| range(exact, field));
    }
    exact.best_of(
        state,
        0.0,
        |exact, state, field| {
            if ahead.may_hand_off() { exact.model.lost_without(state, field) } else { 0.0 }
        },
    )
}

/// By index, until the decision that stands has odds of 90 %.
pub(crate) fn until_confident(exact: &mut Exact<'_>, state: State) -> Option<usize> {
    let decision = exact.model.decision(state);
    if exact.ahead(state).odds[decision as usize] >= CONFIDENT {
        return None;
    }
    exact.best_of(state, 0.0, index)
}

/// The greatest gain of one question, as if the form ended after it.
pub(crate) fn myopic(exact: &mut Exact<'_>, state: State) -> Option<usize> {
    let end = exact.end(state);
    exact.best_of(state, end, |exact, state, field| {
        let mut sum = 0.0;
        for (share, next) in exact.after(state, field) {
            sum += share * exact.end(next);
        }
        exact.model.stay(field) * sum
    })
}

/// The best there is.
pub(crate) fn best(exact: &mut Exact<'_>, state: State) -> Option<usize> {
    exact.best(state)
}

fn range(exact: &Exact<'_>, field: usize) -> f64 {
    let points = exact.model.fields[field].answers.iter().map(|answer| answer.points);
    let (least, most) = (points.clone().min().unwrap_or(0), points.max().unwrap_or(0));
    let own = |joint: &&crate::model::Joint| joint.one.0 == field || joint.other.0 == field;
    let together: i64 = exact.model.joints.iter().filter(own).map(|joint| joint.points.abs()).sum();
    (most - least + together) as f64
}

/// ASKING.md, *Index*.
fn index(exact: &mut Exact<'_>, state: State, field: usize) -> f64 {
    let now = exact.ahead(state);
    let mut swing = 0.0;
    for (share, next) in exact.after(state, field) {
        let next = exact.ahead(next);
        let moved: f64 = next.odds.iter().zip(now.odds).map(|(next, now)| (next - now).abs()).sum();
        swing += share * 0.5 * moved;
    }
    let stake = 1.0 - exact.model.nurtured_value + exact.model.wrong_handoff;
    (swing * stake + now.handoff() * exact.model.lost_without(state, field)) / -exact.model.stay(field).ln()
}

/// What following a policy brings.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Played {
    /// In qualified leads.
    pub(crate) worth: f64,
    /// How many questions are put to a visitor, who may leave.
    pub(crate) questions: f64,
    /// The friction of the questions to one who never leaves.
    pub(crate) friction: f64,
}

/// Follows a policy through all that the visitor may answer.
pub(crate) fn play(exact: &mut Exact<'_>, policy: &mut dyn Policy) -> Played {
    follow(exact, policy, State::default(), &mut HashMap::new())
}

fn follow(exact: &mut Exact<'_>, policy: &mut dyn Policy, state: State, seen: &mut HashMap<u64, Played>) -> Played {
    let key = exact.key(state);
    if let Some(played) = seen.get(&key) {
        return *played;
    }
    let played = match policy.next(exact, state) {
        None => Played { worth: exact.end(state), ..Played::default() },
        Some(field) => {
            let stay = exact.model.stay(field);
            let mut sum = Played { worth: 0.0, questions: 1.0, friction: exact.model.fields[field].friction };
            for (share, next) in exact.after(state, field) {
                let next = follow(exact, policy, next, seen);
                sum.worth += stay * share * next.worth;
                sum.questions += stay * share * next.questions;
                sum.friction += share * next.friction;
            }
            sum
        }
    };
    seen.insert(key, played);
    played
}
