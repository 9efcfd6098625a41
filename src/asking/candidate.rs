//! The questions that may be asked, and the index by which they are ranked: what an answer is expected to bring, for
//! what the question costs.

use super::Why;
use super::worth::Stakes;
use crate::lead::{Answer, Lead};
use crate::outlook::{Forecast, Odds, Outlook, WhatIf};
use crate::pact::asking::Mode;
use crate::pact::condition::Truth;
use crate::pact::field::Ask;
use crate::pact::qualification::{Decision, Need};
use crate::table::Table;

/// A swing below it is what rounding leaves of none.
const LEAST_SWING: f64 = 1e-12;

/// A question that could be asked now, with good reason.
#[derive(Debug)]
pub(super) struct Candidate {
    pub(super) field: usize,
    pub(super) why: Why,
    /// How far the answer is expected to move the odds, times what hangs on the decision.
    pub(super) decides: f64,
    /// What sales loses where it does not know, at today's odds.
    pub(super) needed: f64,
    /// The worth of its need; 0 where sales does not need it.
    pub(super) need: f64,
    pub(super) friction: f64,
    pub(super) cost: f64,
    /// The probability that the visitor stays.
    pub(super) stay: f64,
}

impl Candidate {
    /// What the answer is expected to bring, for what the question costs.
    pub(super) fn index(&self) -> f64 {
        (self.decides + self.needed) / self.cost
    }
}

impl Lead {
    /// The fields worth asking, in the pact's order: those whose answer can change the decision, and those that sales
    /// needs of a lead that may still be handed over.
    pub(super) fn candidates(&self, forecast: &Forecast<'_>, outlook: &Outlook) -> Table<Candidate> {
        let mut candidates = Table(Vec::new());
        for field in 0..self.terms().fields.len() {
            if self.may_ask(field) {
                candidates.0.extend(self.candidate(field, forecast, outlook));
            }
        }
        candidates
    }

    /// Whether the field could be asked at all: the engine decides on it, it applies, and nothing was answered.
    pub(super) fn may_ask(&self, field: usize) -> bool {
        let Some(asked) = self.terms().fields.entry(field) else { return false };
        asked.ask == Ask::WhenUseful && *self.known(field) == Answer::Blank && self.applies(field)
    }

    fn candidate(&self, field: usize, forecast: &Forecast<'_>, outlook: &Outlook) -> Option<Candidate> {
        let asked = self.terms().fields.entry(field)?;
        let stakes = Stakes::of(&self.terms().asking);
        let needs = &self.terms().qualification.needs;
        let wanted = outlook.may(Decision::Handoff);
        let need = needs.iter().find(|need| wanted && need.field == field && self.is_open(need));
        // A decision may be proved by points that nobody has earned yet: it only holds once they are.
        let valued = self.terms().asking.mode == Mode::Value;
        let unearned = valued && outlook.certain && !outlook.may(forecast.view.decision());
        let touches = (!outlook.certain || unearned) && forecast.touches(field);
        if need.is_none() && !touches {
            return None;
        }
        let what_if = if touches { forecast.what_if(field) } else { None };
        let swing = what_if.as_ref().map_or(0.0, |answers| swing(answers, &outlook.odds));
        // Answers are independent, so what moves the odds can change the decision, unless that it is answered tells of
        // others: of the segment's, or of those under which the field goes on to apply.
        let moves = swing > LEAST_SWING && forecast.open_segment.is_none() && forecast.stays(field);
        let decides = touches && (unearned || moves || what_if.is_none() || forecast.can_change(field));
        if need.is_none() && !decides {
            return None;
        }
        let swing = if decides { swing * stakes.at_stake() } else { 0.0 };
        let needed = outlook.odds.handoff * need.map_or(0.0, |need| need.worth);
        Some(Candidate {
            field,
            why: if need.is_some() && swing <= needed { Why::Needed } else { Why::Decides },
            decides: swing,
            needed,
            need: need.map_or(0.0, |need| need.worth),
            friction: asked.friction,
            cost: stakes.cost(asked.friction),
            stay: stakes.stay(asked.friction),
        })
    }

    /// What sales needs and does not know, of what applies.
    pub(crate) fn open_needs(&self) -> impl Iterator<Item = &Need> {
        self.terms().qualification.needs.iter().filter(|need| self.is_open(need))
    }

    fn is_open(&self, need: &Need) -> bool {
        let wanted = need.when.is_none_or(|gate| self.truths.of(gate) == Truth::True);
        wanted && self.applies(need.field) && *self.known(need.field) == Answer::Blank
    }
}

/// How far the answers are expected to move the odds of the decision.
fn swing(answers: &[WhatIf], now: &Odds) -> f64 {
    let mut swing = 0.0;
    for answer in answers {
        swing += answer.share * answer.odds.distance(now);
    }
    swing
}
