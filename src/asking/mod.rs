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
use crate::table::Table;
use crate::time::Time;
use candidate::Candidate;
use rollout::{MOST_PLANNED, Picture};
use serde::Serialize;
use visit::Arm;
use worth::{Goal, Stakes};

/// A gain below it is what rounding leaves of none.
const LEAST_GAIN: f64 = 1e-12;
/// The value of what is not looked at so closely.
const UNKNOWN: f64 = f64::NEG_INFINITY;

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
        let spent = |budget: i64| usize::try_from(budget).unwrap_or(0).saturating_sub(asked);
        let left = asking.budget.map_or(usize::MAX, spent);
        let holdout = || self.experiment().is_some_and(|experiment| experiment.arm == Arm::Holdout);
        let mut candidates = Table(Vec::new());
        let stop = if asking.mode == Mode::Off {
            Stop::Off
        } else if left == 0 {
            Stop::Budget
        } else if holdout() {
            Stop::Holdout
        } else {
            candidates = self.candidates(forecast, outlook);
            if !candidates.is_empty() {
                Stop::Value
            } else if outlook.certain {
                Stop::Certain
            } else {
                Stop::Nothing
            }
        };
        let mut asks = Vec::new();
        if stop == Stop::Value {
            asks = Plan { lead: self, forecast, outlook, left, candidates: &candidates }.asks();
            self.explore(&mut asks, asked);
        }
        Choice { asks, stop }
    }
}

/// What the value of questions is reckoned from.
struct Plan<'p> {
    lead: &'p Lead,
    forecast: &'p Forecast<'p>,
    outlook: &'p Outlook,
    /// How many questions may still be asked.
    left: usize,
    /// In the pact's order.
    candidates: &'p Table<Candidate>,
}

impl Plan<'_> {
    fn asks(&self) -> Vec<Ask> {
        let all = Table::ids(self.candidates.len()).0;
        match self.lead.terms().asking.mode {
            Mode::Value => self.by_value(&self.sorted(&all, &Candidate::index)),
            Mode::Certain => self.by_proof(&self.sorted(&all, &Candidate::index)),
            Mode::Queue | Mode::Off => self.ranked(&all),
        }
    }

    /// By what asking on from there is worth; those that lose more than they bring are left out, unless the odds rest on
    /// guesses.
    fn by_value(&self, by_index: &[usize]) -> Vec<Ask> {
        let gains = self.gains(by_index);
        // Odds that rest on guesses, or are drawn, order the questions and never end them.
        let stops = !self.outlook.assumed && !self.outlook.approximate;
        let (mut order, mut later) = (Vec::new(), Vec::new());
        for at in by_index {
            if gains[*at] > if stops { LEAST_GAIN } else { UNKNOWN } {
                insert(&mut order, &gains, *at);
            } else if !stops {
                later.push(*at);
            }
        }
        order.append(&mut later);
        self.in_order(&order, &gains)
    }

    /// By how soon asking on from there proves the decision; then what sales needs besides.
    fn by_proof(&self, by_index: &[usize]) -> Vec<Ask> {
        let (mut deciding, mut needed) = (Vec::new(), Vec::new());
        for at in by_index {
            let list = if self.candidates[*at].decides > 0.0 { &mut deciding } else { &mut needed };
            list.push(*at);
        }
        let values = self.values(&deciding, Goal::Proof);
        let mut order = Vec::new();
        for at in deciding {
            insert(&mut order, &values, at);
        }
        order.append(&mut needed);
        self.ranked(&order)
    }

    /// In this order.
    fn ranked(&self, order: &[usize]) -> Vec<Ask> {
        self.in_order(order, &self.gains(order))
    }

    fn in_order(&self, order: &[usize], gains: &Table<f64>) -> Vec<Ask> {
        let mut asks = Vec::new();
        for at in order {
            let Candidate { field, why, .. } = self.candidates[*at];
            let field = self.lead.terms().fields[field].id.clone();
            let gain = if gains[*at] > UNKNOWN { gains[*at] } else { 0.0 };
            asks.push(Ask { field, why, gain, probability: None });
        }
        asks
    }

    /// What asking each candidate adds to the worth of ending now, for those that are looked at so closely.
    fn gains(&self, order: &[usize]) -> Table<f64> {
        let decision = self.forecast.view.decision();
        let end = Stakes::of(&self.lead.terms().asking).worth(decision, self.outlook.odds.handoff, self.lost());
        let mut gains = self.values(order, Goal::Worth);
        for gain in &mut gains.0 {
            *gain -= end;
        }
        gains
    }

    /// The worth of what sales needs and does not know.
    fn lost(&self) -> f64 {
        let mut lost = 0.0;
        for need in self.lead.open_needs() {
            lost += need.worth;
        }
        lost
    }

    /// By candidate, what asking it first is worth, for those in this order that are looked at so closely.
    fn values(&self, order: &[usize], goal: Goal) -> Table<f64> {
        let left = if goal == Goal::Proof { usize::MAX } else { self.left };
        if let Some(values) = optimum::optimum(self, order, goal, left) {
            return values;
        }
        let decides = self.sorted(order, &|candidate| candidate.decides / candidate.cost);
        let needed = self.sorted(order, &|candidate| candidate.needed / candidate.cost);
        let mut chosen = Vec::new();
        for (one, other) in decides.iter().zip(&needed) {
            for at in [one, other] {
                if !chosen.contains(at) && chosen.len() < MOST_PLANNED {
                    chosen.push(*at);
                }
            }
        }
        let mut values = Table::filled(UNKNOWN, self.candidates.len());
        if let Some(picture) = Picture::of(self, &chosen, goal, left) {
            for (at, value) in chosen.iter().zip(picture.values()) {
                values[*at] = value;
            }
        }
        values
    }

    /// Candidates by a rank, the greatest first; equal ones as they came.
    fn sorted(&self, all: &[usize], rank: &dyn Fn(&Candidate) -> f64) -> Vec<usize> {
        let mut ranks = Table(Vec::new());
        for candidate in self.candidates {
            ranks.0.push(rank(candidate));
        }
        let mut order = Vec::new();
        for at in all {
            insert_before(&mut order, *at, &|other| ranks[other] < ranks[*at]);
        }
        order
    }
}

/// Puts a candidate before the first that is worth less, and among equals by the pact's order.
fn insert(order: &mut Vec<usize>, values: &Table<f64>, at: usize) {
    let own = values[at];
    insert_before(order, at, &|other| {
        let value = values[other];
        own > value + LEAST_GAIN || (own >= value - LEAST_GAIN && own > UNKNOWN && at < other)
    });
}

fn insert_before(order: &mut Vec<usize>, at: usize, before: &dyn Fn(usize) -> bool) {
    let place = order.iter().position(|other| before(*other));
    order.insert(place.unwrap_or(order.len()), at);
}
