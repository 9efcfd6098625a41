//! Which question next, or none.
//!
//! A question is asked for one of two reasons: its answer is likely to settle the decision, or sales needs it of a lead
//! that is likely to be handed over. Candidates are ranked by what they bring for what they cost (*index*), and the best
//! of them by what asking on from there is worth (*plan*): exactly where little is left to know, else by rollout. The
//! form ends where nothing is worth more than ending it.

mod candidate;
#[cfg(feature = "explain")]
pub(crate) mod explain;
mod optimum;
#[cfg(feature = "explain")]
mod phrase;
mod rollout;
#[cfg(feature = "explain")]
pub(crate) mod sentence;
pub(crate) mod visit;
mod worth;

use crate::lead::Lead;
use crate::outlook::view::View;
use crate::outlook::{Forecast, Outlook};
use crate::pact::asking::Mode;
use crate::time::Time;
use candidate::Candidate;
use rollout::{MOST_PLANNED, Picture};
use serde::Serialize;
use visit::Arm;
use worth::{Goal, Stakes};

/// A gain below it is what rounding leaves of none.
const LEAST_GAIN: f64 = 1e-12;

/// A question worth asking now.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Ask {
    /// The field's id.
    pub field: String,
    /// Which reason weighs more.
    pub why: Why,
    /// What asking it now, and then whatever is worth asking, is expected to add, in qualified leads; may be negative.
    pub gain: f64,
    /// Of the first question of a visit of a pact that explores: how likely it was to be the one, where anything is asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub probability: Option<f64>,
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
    /// What could be asked would lose more than it brings.
    Value,
    /// The visit is one of those in which nothing extra is asked, to compare with.
    Holdout,
}

/// What is asked, the best first, or why nothing is.
pub(crate) struct Choice {
    pub(crate) asks: Vec<Ask>,
    pub(crate) stop: Stop,
}

impl Lead {
    /// What to ask now, or why nothing. `asked` is how many questions this visit has asked beyond those always asked.
    #[must_use]
    pub fn next(&self, asked: usize, now: Time) -> Next {
        let forecast = Forecast::of(&View::of(self, now));
        let outlook = forecast.outlook();
        let choice = self.choose_questions(&forecast, &outlook, asked);
        match choice.asks.into_iter().next() {
            Some(ask) => Next::Ask(ask),
            None => Next::Stop(choice.stop),
        }
    }

    /// The questions worth asking now, the best first.
    pub(crate) fn choose_questions(&self, forecast: &Forecast<'_>, outlook: &Outlook, asked: usize) -> Choice {
        let asking = &self.terms().asking;
        let left = asking.budget.map(|budget| usize::try_from(budget).unwrap_or(0).saturating_sub(asked));
        let nothing = |stop| Choice { asks: Vec::new(), stop };
        if asking.mode == Mode::Off {
            return nothing(Stop::Off);
        }
        if left == Some(0) {
            return nothing(Stop::Budget);
        }
        if self.experiment().is_some_and(|experiment| experiment.arm == Arm::Holdout) {
            return nothing(Stop::Holdout);
        }
        let candidates = self.candidates(forecast, outlook);
        if candidates.is_empty() {
            return nothing(if outlook.certain { Stop::Certain } else { Stop::Nothing });
        }
        let plan = Plan { lead: self, forecast, outlook, left: left.unwrap_or(usize::MAX) };
        let mut asks = match asking.mode {
            Mode::Value => plan.by_value(&candidates),
            Mode::Certain => plan.by_proof(&candidates),
            Mode::Queue | Mode::Off => plan.ranked(&candidates.iter().collect::<Vec<_>>()),
        };
        self.explore(&mut asks, asked);
        Choice { asks, stop: Stop::Value }
    }
}

/// What the value of questions is reckoned from.
struct Plan<'p> {
    lead: &'p Lead,
    forecast: &'p Forecast<'p>,
    outlook: &'p Outlook,
    /// How many questions may still be asked.
    left: usize,
}

impl Plan<'_> {
    /// By what asking on from there is worth; those that lose more than they bring are left out, unless the odds rest on
    /// guesses.
    fn by_value(&self, candidates: &[Candidate]) -> Vec<Ask> {
        let by_index = sorted(candidates, &Candidate::index);
        let mut planned = Vec::new();
        let mut later = Vec::new();
        let gains = self.gains(&by_index);
        for (candidate, gain) in by_index.iter().zip(gains) {
            match gain {
                Some(gain) => planned.push((*candidate, gain)),
                None => later.push(*candidate),
            }
        }
        // Odds that rest on guesses, or are drawn, order the questions and never end them.
        let stops = !self.outlook.assumed && !self.outlook.approximate;
        let mut asks: Vec<(usize, f64, Ask)> = Vec::new();
        for (candidate, gain) in planned {
            if stops && gain <= LEAST_GAIN {
                continue;
            }
            let better = |(field, other, _): &(usize, f64, Ask)| {
                gain > other + LEAST_GAIN || (gain >= other - LEAST_GAIN && candidate.field < *field)
            };
            let place = asks.iter().position(better).unwrap_or(asks.len());
            asks.insert(place, (candidate.field, gain, self.ask(candidate, gain)));
        }
        let mut asks: Vec<Ask> = asks.into_iter().map(|(_, _, ask)| ask).collect();
        if !stops {
            asks.extend(later.into_iter().map(|candidate| self.ask(candidate, 0.0)));
        }
        asks
    }

    /// By how soon asking on from there proves the decision; then what sales needs besides.
    fn by_proof(&self, candidates: &[Candidate]) -> Vec<Ask> {
        let by_index = sorted(candidates, &Candidate::index);
        let (deciding, needed): (Vec<&Candidate>, Vec<&Candidate>) =
            by_index.iter().partition(|candidate| candidate.decides > 0.0);
        let values = self.values(&deciding, Goal::Proof);
        let value = |at: usize| values.get(at).copied().flatten().unwrap_or(f64::NEG_INFINITY);
        let mut order: Vec<usize> = Vec::new();
        for (at, candidate) in deciding.iter().enumerate() {
            let later = |other: &usize| {
                let (own, other_value) = (value(at), value(*other));
                let first = deciding.get(*other).is_some_and(|other| candidate.field < other.field);
                own > other_value + LEAST_GAIN || (own >= other_value - LEAST_GAIN && own.is_finite() && first)
            };
            let place = order.iter().position(later).unwrap_or(order.len());
            order.insert(place, at);
        }
        let mut ranked: Vec<&Candidate> = order.iter().filter_map(|at| deciding.get(*at).copied()).collect();
        ranked.extend(needed);
        self.ranked(&ranked)
    }

    /// In this order.
    fn ranked(&self, order: &[&Candidate]) -> Vec<Ask> {
        let asks = order.iter().zip(self.gains(order));
        asks.map(|(candidate, gain)| self.ask(candidate, gain.unwrap_or(0.0))).collect()
    }

    /// What asking each candidate adds to the worth of ending now, for those that are looked at so closely.
    fn gains(&self, candidates: &[&Candidate]) -> Vec<Option<f64>> {
        let decision = self.forecast.view.decision();
        let end = Stakes::of(&self.lead.terms().asking).worth(decision, self.outlook.odds.handoff, self.lost());
        let values = self.values(candidates, Goal::Worth);
        values.into_iter().map(|value| value.map(|value| value - end)).collect()
    }

    /// The worth of what sales needs and does not know.
    fn lost(&self) -> f64 {
        let mut lost = 0.0;
        for need in self.lead.open_needs() {
            lost += need.worth;
        }
        lost
    }

    /// What asking each candidate first is worth, for those that are looked at so closely.
    fn values(&self, candidates: &[&Candidate], goal: Goal) -> Vec<Option<f64>> {
        let fields: Vec<usize> = candidates.iter().map(|candidate| candidate.field).collect();
        let left = if goal == Goal::Proof { usize::MAX } else { self.left };
        let budget = i64::try_from(left).unwrap_or(i64::MAX);
        if let Some(values) = optimum::optimum(self.lead, self.forecast, &fields, goal, budget) {
            return values.into_iter().map(Some).collect();
        }
        let decides = sorted_places(candidates, &|candidate| candidate.decides / candidate.cost);
        let needed = sorted_places(candidates, &|candidate| candidate.needed / candidate.cost);
        let mut chosen = Vec::new();
        for (one, other) in decides.iter().zip(&needed) {
            for at in [one, other] {
                if !chosen.contains(at) && chosen.len() < MOST_PLANNED {
                    chosen.push(*at);
                }
            }
        }
        let close: Vec<&Candidate> = chosen.iter().filter_map(|at| candidates.get(*at).copied()).collect();
        let mut values = vec![None; candidates.len()];
        let stakes = Stakes::of(&self.lead.terms().asking);
        if let Some(picture) = Picture::of(self.forecast, &close, goal, stakes, self.lost(), left) {
            for (at, value) in chosen.iter().zip(picture.values()) {
                if let Some(slot) = values.get_mut(*at) {
                    *slot = Some(value);
                }
            }
        }
        values
    }

    fn ask(&self, candidate: &Candidate, gain: f64) -> Ask {
        let field = &self.lead.terms().fields[candidate.field];
        Ask { field: field.id.clone(), why: candidate.why, gain, probability: None }
    }
}

/// Candidates by a rank, the greatest first; equal ones as they came.
fn sorted<'c>(candidates: &'c [Candidate], rank: &dyn Fn(&Candidate) -> f64) -> Vec<&'c Candidate> {
    let all: Vec<&Candidate> = candidates.iter().collect();
    let places = sorted_places(&all, rank);
    places.into_iter().filter_map(|at| candidates.get(at)).collect()
}

fn sorted_places(candidates: &[&Candidate], rank: &dyn Fn(&Candidate) -> f64) -> Vec<usize> {
    let mut order: Vec<(usize, f64)> = Vec::with_capacity(candidates.len());
    for (at, candidate) in candidates.iter().enumerate() {
        let own = rank(candidate);
        let place = order.iter().position(|(_, other)| *other < own).unwrap_or(order.len());
        order.insert(place, (at, own));
    }
    order.into_iter().map(|(at, _)| at).collect()
}
