//! One step of rollout where the states of knowledge are too many: a question first, then the others in a fixed order,
//! each only where going on is worth more than ending (ASKING.md, *Plan*).
//!
//! The order is judged on a linear picture of the pact: each answer adds its points whatever else is known, and the
//! threshold stands where the picture gives the odds that are exact. The stop after each answer is then chosen exactly,
//! by backward recursion over the score.

use super::candidate::Candidate;
use super::worth::Stakes;
use crate::outlook::Forecast;
use crate::outlook::chain::{Chain, tail};
use crate::pact::qualification::Decision;

/// How many questions a plan looks at: the best by either half of the index.
pub(super) const MOST_PLANNED: usize = 12;
/// How many steps the convolutions of a plan may take.
const MOST_STEPS: usize = 4_000_000;

/// A question of the plan.
struct Question {
    /// The least that an answer adds to the score.
    least: i64,
    /// What each answer adds above the least, in units of the picture, and how likely it is.
    answers: Vec<(usize, f64)>,
    widest: usize,
    /// The probability that the visitor stays.
    stay: f64,
    /// The worth of its need; 0 where it is none.
    need: f64,
}

/// The linear picture of what is open.
pub(super) struct Picture {
    stakes: Stakes,
    questions: Vec<Question>,
    /// Orders to ask in.
    orders: Vec<Vec<usize>>,
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

/// What a question stands on in an order.
struct Stage<'p> {
    question: &'p Question,
    /// The worth of what sales does not know before it.
    lost: f64,
    /// The least that the questions before it add, and how far above it they reach.
    least: i64,
    width: usize,
}

impl Picture {
    /// The picture in which these candidates are asked, and everything else is left to chance. Nothing where it would
    /// take too many steps, or where nothing is listed.
    pub(super) fn of(
        forecast: &Forecast<'_>,
        candidates: &[&Candidate],
        stakes: Stakes,
        lost: f64,
        budget: usize,
    ) -> Option<Self> {
        let case = forecast.likeliest()?;
        let fields: Vec<usize> = candidates.iter().map(|candidate| candidate.field).collect();
        let mut sums = case.effects_of_others(&fields)?;
        let others = sums.len();
        for field in &fields {
            sums.push(case.effects(*field)?);
        }
        let mut steps = MOST_STEPS;
        let chain = Chain::of(&sums, &mut steps)?;
        let (place, part) = threshold(chain.all(), forecast.handoff());
        let mut questions = Vec::new();
        let mut widest = 0;
        for (candidate, nth) in candidates.iter().zip(others..) {
            let (least, answers) = chain.term(nth)?;
            let reach = answers.last().map_or(0, |(above, _, _)| *above);
            widest += reach;
            let (stay, need) = (candidate.stay, candidate.need);
            questions.push(Question {
                least,
                answers: answers.iter().map(|(above, share, _)| (*above, *share)).collect(),
                widest: reach,
                stay,
                need,
            });
        }
        let handoff = ends(chain.before(others), place, part, widest);
        let (unit, threshold) = (chain.unit(), chain.value(place));
        let orders = orders(candidates);
        Some(Self { stakes, questions, orders, unit, threshold, handoff, lost, budget })
    }

    /// What asking a question first is worth, by the best order of the others.
    pub(super) fn value(&self, first: usize) -> f64 {
        let mut best = f64::NEG_INFINITY;
        for order in &self.orders {
            let mut own = vec![first];
            own.extend(order.iter().copied().filter(|at| *at != first));
            best = best.max(self.follow(&own));
        }
        best
    }

    /// What asking in this order is worth, with the best stop after each answer; the first is asked.
    fn follow(&self, order: &[usize]) -> f64 {
        let (mut lost, mut least, mut width) = (self.lost, 0, 0);
        let mut stages = Vec::new();
        for at in order {
            let Some(question) = self.questions.get(*at) else { continue };
            stages.push(Stage { question, lost, least, width });
            lost -= question.need;
            least += question.least;
            width += question.widest;
        }
        let mut states: Vec<(f64, f64)> = Vec::with_capacity(self.handoff.len());
        for (sum, p) in self.handoff.iter().enumerate() {
            states.push((*p, self.end(least, sum, *p, lost)));
        }
        let mut first = 0.0;
        for (nth, stage) in stages.iter().enumerate().rev() {
            // Answers only ever add to a sum, so each place is read before it is written.
            for sum in 0..=stage.width {
                let (mut p, mut v) = (0.0, 0.0);
                for (above, share) in &stage.question.answers {
                    let (next_p, next_v) = states.get(sum + above).copied().unwrap_or_default();
                    p += share * next_p;
                    v += share * next_v;
                }
                first = stage.question.stay * v;
                let end = self.end(stage.least, sum, p, stage.lost);
                if let Some(state) = states.get_mut(sum) {
                    *state = (p, if nth < self.budget { end.max(first) } else { end });
                }
            }
        }
        first
    }

    /// What ending is worth where answers have added this much, and a hand-over has the probability `p`.
    fn end(&self, least: i64, above: usize, p: f64, lost: f64) -> f64 {
        let sum = least.saturating_add(self.unit.saturating_mul(i64::try_from(above).unwrap_or(i64::MAX)));
        let decision = if sum >= self.threshold { Decision::Handoff } else { Decision::Nurture };
        self.stakes.worth(decision, p, lost)
    }
}

/// Orders to ask in: by index, by friction, and as the pact has them.
fn orders(candidates: &[&Candidate]) -> Vec<Vec<usize>> {
    let ranks: [fn(&Candidate) -> f64; 3] = [Candidate::index, |own| own.stay, |_| 0.0];
    let mut orders = Vec::new();
    for rank in ranks {
        let mut order: Vec<usize> = Vec::new();
        for (at, candidate) in candidates.iter().enumerate() {
            let lower = |other: &usize| candidates.get(*other).is_some_and(|other| rank(other) < rank(candidate));
            let place = order.iter().position(lower).unwrap_or(order.len());
            order.insert(place, at);
        }
        if !orders.contains(&order) {
            orders.push(order);
        }
    }
    orders
}

/// The place from which a hand-over is as likely as it is exactly, and which part of the place below belongs to it.
fn threshold(sums: &[f64], handoff: f64) -> (usize, f64) {
    let mut tail = 0.0;
    for (place, share) in sums.iter().enumerate().rev() {
        if tail + share > handoff {
            return (place + 1, (handoff - tail) / share);
        }
        tail += share;
    }
    (0, 0.0)
}

/// The probability of a hand-over by what the questions add, beside what the others may: from `place` on in all, and for
/// a part just below.
fn ends(others: &[f64], place: usize, part: f64, widest: usize) -> Vec<f64> {
    let tail = tail(others);
    let mut ends = Vec::new();
    for own in 0..=widest {
        let at = tail.get(place.saturating_sub(own)).copied().unwrap_or(0.0);
        let below = place.checked_sub(own + 1).and_then(|below| others.get(below)).copied().unwrap_or(0.0);
        ends.push(at + part * below);
    }
    ends
}
