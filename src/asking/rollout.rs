//! What asking on is worth where the states of knowledge are too many: the best few questions in whatever order turns
//! out best, then the others in a fixed order, each only where going on is worth more than ending (ASKING.md, *Plan*).
//!
//! It is judged on a linear picture of the pact: each answer adds its points whatever else is known, and the threshold
//! stands where the picture gives the odds that are exact. What is known then comes down to which questions were answered
//! and what their answers sum to, and the best way on is found by backward recursion over both. Where the pact is linear
//! and every question is among the few, that is the exact optimum.

use super::Plan;
use super::candidate::Candidate;
use super::worth::{Goal, Stakes};
use crate::outlook::chain::{Chain, Placed, mean, tail};
use crate::pact::qualification::Decision;

/// How many questions a plan looks at: the best by either half of the index.
pub(super) const MOST_PLANNED: usize = 12;
/// How many steps the convolutions of a plan may take.
const MOST_STEPS: usize = 4_000_000;
/// How many steps the recursion over the best few questions may take.
const MOST_FREE_STEPS: usize = 30_000;
/// What it is to the proof of a decision to end without: worse than any question.
const UNPROVED: f64 = -1e12;
/// What sums of shares may be off by.
const ROUNDING: f64 = 1e-12;

/// A question of the plan.
struct Question {
    /// The least that an answer adds to the score.
    least: i64,
    /// What each answer adds above the least, in units of the picture, and how likely it is.
    answers: Vec<Placed>,
    widest: usize,
    friction: f64,
    /// The probability that the visitor stays.
    stay: f64,
    /// The worth of its need; 0 where it is none.
    need: f64,
}

/// The linear picture of what is open.
pub(super) struct Picture {
    goal: Goal,
    stakes: Stakes,
    questions: Vec<Question>,
    unit: i64,
    /// The points that still have to be added for a hand-over.
    threshold: i64,
    /// The probability of a hand-over in the end, by what the answers to all questions add above the least.
    handoff: Vec<f64>,
    /// The worth of all that sales needs and does not know.
    lost: f64,
    /// How many questions may still be asked.
    budget: usize,
}

/// Which questions were answered, as far as ending the form is concerned.
#[derive(Clone, Copy)]
struct Known {
    /// The least that their answers add, and how far above it they reach.
    least: i64,
    width: usize,
    /// The worth of what sales does not know.
    lost: f64,
}

/// What is expected once some questions were answered, by what the answers add above the least.
#[derive(Default)]
struct Ahead {
    /// The probability of a hand-over in the end.
    p: Vec<f64>,
    /// What the best way on is worth.
    v: Vec<f64>,
}

impl Known {
    fn add(&mut self, question: &Question) {
        self.least += question.least;
        self.width += question.widest;
        self.lost -= question.need;
    }
}

impl Ahead {
    /// Asks where that is worth more.
    fn improve(&mut self, goal: Goal, question: &Question, answered: &[f64]) {
        for (best, answered) in self.v.iter_mut().zip(answered) {
            *best = best.max(goal.asking(*answered, question.stay, question.friction));
        }
    }
}

impl Question {
    /// What is expected over the answers, for each sum from 0 to `width` before it.
    fn expect(&self, after: &[f64], width: usize) -> Vec<f64> {
        let mut sums = Vec::new();
        self.expect_in(&mut sums, after, width);
        sums
    }

    /// The same in a list that has its room already.
    fn expect_in(&self, sums: &mut Vec<f64>, after: &[f64], width: usize) {
        mean(sums, &self.answers, after, width + 1);
    }
}

impl Picture {
    /// The picture in which these candidates are asked, and everything else is left to chance. Nothing where it would
    /// take too many steps, or where nothing is listed.
    pub(super) fn of(plan: &Plan<'_>, chosen: &[usize], goal: Goal, budget: usize) -> Option<Self> {
        let case = plan.forecast.likeliest()?;
        let mut fields = Vec::new();
        for at in chosen {
            fields.push(plan.candidates[*at].field);
        }
        let mut sums = case.effects_of_others(&fields)?;
        let others = sums.len();
        for field in &fields {
            sums.push(case.effects(*field)?);
        }
        let mut steps = MOST_STEPS;
        let chain = Chain::of(&sums, &mut steps)?;
        let (place, part) = threshold(chain.all(), plan.forecast.handoff());
        let mut questions = Vec::new();
        let mut widest = 0;
        for (nth, at) in chosen.iter().enumerate() {
            let (least, answers) = chain.term(others + nth)?;
            let reach = answers.last().map_or(0, |(above, _)| *above);
            widest += reach;
            let Candidate { friction, stay, need, .. } = plan.candidates[*at];
            questions.push(Question { least, answers: answers.to_vec(), widest: reach, friction, stay, need });
        }
        let handoff = ends(chain.before(others), place, part, widest);
        let (unit, threshold) = (chain.unit(), chain.value(place));
        let (stakes, lost) = (Stakes::of(&plan.lead.terms().asking), plan.lost());
        Some(Self { goal, stakes, questions, unit, threshold, handoff, lost, budget })
    }

    /// What asking first is worth, of each of the best few.
    pub(super) fn values(&self) -> Vec<f64> {
        let (few, others) = self.questions.split_at(self.few());
        let every = (1_usize << few.len()) - 1;
        // By set of answered questions, a bit each, from all of them down to none.
        let mut sets = Vec::with_capacity(every + 1);
        sets.push(self.in_order(self.known(few, every), few.len(), others));
        let mut answered = Vec::new();
        for set in (0..every).rev() {
            let known = self.known(few, set);
            let mut own = Ahead::default();
            for (at, question) in few.iter().enumerate() {
                let next = if set >> at & 1 == 0 { sets.get(every - (set | 1 << at)) } else { None };
                let Some(next) = next else { continue };
                if own.p.is_empty() {
                    own = self.ending(known, question.expect(&next.p, known.width));
                }
                if set.count_ones() as usize >= self.budget {
                    break;
                }
                question.expect_in(&mut answered, &next.v, known.width);
                own.improve(self.goal, question, &answered);
            }
            sets.push(own);
        }
        let mut values = Vec::new();
        for (at, question) in few.iter().enumerate() {
            let next = sets.get(every - (1 << at));
            let sum = next.and_then(|next| question.expect(&next.v, 0).first().copied());
            values.push(self.goal.asking(sum.unwrap_or(0.0), question.stay, question.friction));
        }
        values
    }

    /// How many of the questions are taken in any order.
    fn few(&self) -> usize {
        let (mut answers, mut width, mut few) = (0_usize, 0_usize, 0);
        for question in &self.questions {
            answers += question.answers.len();
            width += question.widest;
            // Half of the questions are open in a set, and half of the sums within reach, on average.
            let steps = (answers.saturating_mul(width + 2) / 4).saturating_mul(1 << (few + 1));
            if few > 0 && steps > MOST_FREE_STEPS {
                break;
            }
            few += 1;
        }
        few
    }

    fn known(&self, few: &[Question], set: usize) -> Known {
        let mut known = Known { least: 0, width: 0, lost: self.lost };
        for (at, question) in few.iter().enumerate() {
            if set >> at & 1 == 1 {
                known.add(question);
            }
        }
        known
    }

    /// What is expected where the others are asked in their order, once `asked` questions were.
    fn in_order(&self, known: Known, asked: usize, others: &[Question]) -> Ahead {
        let Some((question, others)) = others.split_first() else {
            let mut last = self.ending(known, self.handoff.clone());
            // What is not proved by then is left to fields that are not planned for.
            if self.goal == Goal::Proof {
                last.v.fill(0.0);
            }
            return last;
        };
        let mut after = known;
        after.add(question);
        let next = self.in_order(after, asked + 1, others);
        let mut own = self.ending(known, question.expect(&next.p, known.width));
        if asked < self.budget {
            own.improve(self.goal, question, &question.expect(&next.v, known.width));
        }
        own
    }

    /// What is expected where the form ends.
    fn ending(&self, known: Known, p: Vec<f64>) -> Ahead {
        let mut v = Vec::with_capacity(p.len());
        let mut sum = known.least;
        for p in &p {
            v.push(self.end(sum, *p, known.lost));
            sum = sum.saturating_add(self.unit);
        }
        Ahead { p, v }
    }

    /// What ending is worth where answers have added `sum`, and a hand-over has the probability `p`.
    fn end(&self, sum: i64, p: f64, lost: f64) -> f64 {
        if self.goal == Goal::Proof {
            return if p <= ROUNDING || p >= 1.0 - ROUNDING { 0.0 } else { UNPROVED };
        }
        let decision = if sum >= self.threshold { Decision::Handoff } else { Decision::Nurture };
        self.stakes.worth(decision, p, lost)
    }
}

/// The place from which a hand-over is as likely as it is exactly, and which part of the place below belongs to it.
fn threshold(sums: &[f64], handoff: f64) -> (usize, f64) {
    let mut tail = 0.0;
    for (place, share) in sums.iter().enumerate().rev() {
        // What rounding adds must not push a place out that belongs to it in full.
        if tail + share > handoff + ROUNDING {
            return (place + 1, (handoff - tail).max(0.0) / share);
        }
        tail += share;
    }
    (0, 0.0)
}

/// The probability of a hand-over by what the questions add, beside what the others may: from `place` on in all, and for
/// a part just below.
fn ends(others: &[f64], place: usize, part: f64, widest: usize) -> Vec<f64> {
    let tail = tail(others);
    let mut ends = Vec::with_capacity(widest + 1);
    for own in 0..=widest {
        let at = tail.get(place.saturating_sub(own)).copied().unwrap_or(0.0);
        let below = place.checked_sub(own + 1).and_then(|below| others.get(below)).copied().unwrap_or(0.0);
        ends.push(at + part * below);
    }
    ends
}
