//! Which question next, or none.
//!
//! A question is asked for one of two reasons: its answer is likely to settle the decision, or sales needs it of a lead
//! that is likely to be handed over. Candidates are ranked by what they bring for each unit of what they lose
//! (ASKING: *index*); the value of stopping early is not weighed yet, so `value` asks as `certain` does.

use crate::lead::{Answer, Lead};
use crate::outlook::view::View;
use crate::outlook::{Forecast, Odds, Outlook, WhatIf};
use crate::pact::asking::Mode;
use crate::pact::condition::Truth;
use crate::pact::field::Ask as Who;
use crate::pact::qualification::{Decision, Need};
use crate::time::Time;
use serde::Serialize;

/// What one easy question costs at least, so that a pact in which nobody leaves still prefers easy questions.
const LEAST_COST: f64 = 1e-9;

/// A swing below it is what rounding leaves of none.
const LEAST_SWING: f64 = 1e-12;

/// A question worth asking now.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Ask {
    /// The field's id.
    pub field: String,
    /// Which reason weighs more.
    pub why: Why,
    /// What asking it now is expected to add, in qualified leads, if the form ends after it; may be negative.
    pub gain: f64,
}

/// Why a question is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Why {
    /// The answer is likely to settle the decision.
    Decides,
    /// Sales needs it of a lead that is likely to be handed over.
    Needed,
}

/// What to do next.
#[derive(Clone, Debug, PartialEq)]
pub enum Next {
    /// Ask this.
    Ask(Ask),
    /// Ask nothing more.
    Stop(Stop),
}

/// Why nothing more is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stop {
    /// The pact asks nothing extra.
    Off,
    /// The visit's questions are spent.
    Budget,
    /// The decision is proved, and sales needs nothing that could be asked.
    Certain,
    /// No question left can change the decision or is needed.
    Nothing,
}

impl Lead {
    /// What to ask now, or why nothing. `asked` is how many questions this visit has asked beyond those always asked.
    #[must_use]
    pub fn next(&self, asked: usize, now: Time) -> Next {
        let forecast = Forecast::of(&View::of(self, now));
        let outlook = forecast.outlook();
        let mut best = self.ask(&forecast, &outlook, asked, now);
        best.truncate(1);
        match best.pop() {
            Some(ask) => Next::Ask(ask),
            None => Next::Stop(self.why_stop(&outlook, asked)),
        }
    }

    fn why_stop(&self, outlook: &Outlook, asked: usize) -> Stop {
        match self.terms().asking.mode {
            Mode::Off => Stop::Off,
            _ if self.is_spent(asked) => Stop::Budget,
            _ if outlook.certain => Stop::Certain,
            _ => Stop::Nothing,
        }
    }

    fn is_spent(&self, asked: usize) -> bool {
        let asked = i64::try_from(asked).unwrap_or(i64::MAX);
        self.terms().asking.budget.is_some_and(|budget| asked >= budget)
    }

    /// The questions worth asking now, the best first.
    pub(crate) fn ask(&self, forecast: &Forecast<'_>, outlook: &Outlook, asked: usize, now: Time) -> Vec<Ask> {
        let asking = &self.terms().asking;
        if asking.mode == Mode::Off || self.is_spent(asked) {
            return Vec::new();
        }
        let (mut asks, mut indexes) = (Vec::new(), Vec::new());
        for field in 0..self.terms().fields.len() {
            if !self.may_ask(field) {
                continue;
            }
            let Some((ask, index)) = self.candidate(field, forecast, outlook, now) else { continue };
            // Fields come in the pact's order, so the first of equals stays the first.
            let mut at = 0;
            while indexes.get(at).is_some_and(|other| asking.mode == Mode::Queue || *other >= index) {
                at += 1;
            }
            asks.insert(at, ask);
            indexes.insert(at, index);
        }
        asks
    }

    /// Whether the field could be asked at all: the engine decides on it, it applies, and nothing was answered.
    fn may_ask(&self, field: usize) -> bool {
        let Some(asked) = self.terms().fields.entry(field) else { return false };
        asked.ask == Who::WhenUseful && *self.known(field) == Answer::Blank && self.applies(field)
    }

    /// The field as a candidate with its index, unless its answer can neither change the decision nor is needed.
    fn candidate(&self, field: usize, forecast: &Forecast<'_>, outlook: &Outlook, now: Time) -> Option<(Ask, f64)> {
        let asked = self.terms().fields.entry(field)?;
        let asking = &self.terms().asking;
        let needs = &self.terms().qualification.needs;
        let wanted = outlook.may(Decision::Handoff);
        let need = needs.iter().find(|need| wanted && need.field == field && self.is_open(need));
        let decides = !outlook.certain && forecast.touches(field);
        if need.is_none() && !decides {
            return None;
        }
        let what_if = if decides { forecast.what_if(field) } else { None };
        let swing = what_if.as_ref().map_or(0.0, |answers| swing(answers, &outlook.odds));
        let moves = swing > LEAST_SWING && forecast.stands_alone(field);
        let decides = decides && (moves || what_if.is_none() || forecast.can_change(field));
        let swing = if decides { swing } else { 0.0 };
        if need.is_none() && !decides {
            return None;
        }
        let stake = 1.0 - asking.nurtured_value + asking.wrong_handoff;
        let needed = outlook.odds.handoff * need.map_or(0.0, |need| need.worth);
        let loss = -libm::log(1.0 - asking.loss_per_question);
        let cost = asked.friction * loss.max(LEAST_COST);
        let why = if need.is_some() && swing * stake <= needed { Why::Needed } else { Why::Decides };
        let gain = self.gain(
            field,
            what_if.as_deref(),
            &outlook.odds,
            libm::pow(1.0 - asking.loss_per_question, asked.friction),
            now,
        );
        let ask = Ask { field: asked.id.clone(), why, gain };
        Some((ask, (swing * stake + needed) / cost))
    }

    /// What sales needs and does not know, of what applies.
    pub(crate) fn open_needs(&self) -> impl Iterator<Item = &Need> {
        self.terms().qualification.needs.iter().filter(|need| self.is_open(need))
    }

    fn is_open(&self, need: &Need) -> bool {
        let wanted = need.when.is_none_or(|gate| self.truths.of(gate) == Truth::True);
        wanted && self.applies(need.field) && *self.known(need.field) == Answer::Blank
    }

    /// What asking the field adds if the form ends after it: the expected worth after, less those who leave, less the
    /// worth of ending now.
    fn gain(&self, field: usize, answers: Option<&[WhatIf]>, odds: &Odds, stay: f64, now: Time) -> f64 {
        let decision = self.decision(now);
        let (mut lost, mut lost_after) = (0.0, 0.0);
        for need in self.open_needs() {
            lost += need.worth;
            lost_after += if need.field == field { 0.0 } else { need.worth };
        }
        let mut after = 0.0;
        match answers {
            Some(answers) => {
                for answer in answers {
                    after += answer.share * self.worth_at(answer.decision, &answer.odds, lost_after);
                }
            }
            None => after = self.worth_at(decision, odds, lost_after),
        }
        stay * after - self.worth_at(decision, odds, lost)
    }

    /// What a lead of these odds is worth, in qualified leads, were the form submitted now; without what sales needs, it
    /// has lost some of it.
    fn worth_at(&self, decision: Decision, odds: &Odds, lost: f64) -> f64 {
        let asking = &self.terms().asking;
        let p = odds.handoff;
        match decision {
            Decision::Handoff => p - (1.0 - p) * asking.wrong_handoff - p * lost,
            Decision::Nurture => p * asking.nurtured_value,
            Decision::Disqualified => 0.0,
        }
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
