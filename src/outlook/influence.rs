//! Whether an answer can change the decision at all, by itself or together with others.

use super::block::{Block, Outcome, open_fields_of};
use super::{Case, Forecast};
use crate::sorted::Sorted;

/// How many ends of a lead one question may be held against; past that it is taken to matter.
const MOST_ENDS: usize = 100_000;
/// How many joint answers are compared in pairs.
const MOST_PAIRED: usize = 256;
/// Shares above it are of outcomes that somebody is expected to bring about.
const LIKELY: f64 = 0.0;
/// Every share is above it.
const ANY: f64 = -1.0;

impl Forecast<'_> {
    /// Whether some answers that somebody is expected to give differ in `field` alone, and in what it brings up, and
    /// end in different decisions.
    pub(crate) fn can_change(&self, field: usize) -> bool {
        if self.open_segment == Some(field) {
            // It is a field like others, but for the shares that it tells apart: what has none here may have some there.
            return Case::alone(&self.view).can_change(field, ANY);
        }
        self.cases.iter().any(|case| case.share > 0.0 && (case.is_given(field) || case.can_change(field, LIKELY)))
    }
}

impl Case<'_> {
    /// Outcomes count whose share is above `least`.
    fn can_change(&self, field: usize, least: f64) -> bool {
        let Some((at, place)) = self.block_of(field) else { return false };
        let Some(block) = self.blocks.get(at) else { return false };
        let (Some(outcomes), Some(ends)) = (block.outcomes(), self.ends(at, least)) else { return true };
        let mut likely = Vec::new();
        for (outcome, end) in outcomes.zip(ends) {
            if outcome.share > least {
                likely.push((outcome, end));
            }
        }
        if !self.brings_up_others(block, field) {
            return differ_in_one_answer(&likely, place);
        }
        likely.len() > MOST_PAIRED || likely.iter().any(|one| likely.iter().any(|other| differ(*one, *other, place)))
    }

    fn brings_up_others(&self, block: &Block, field: usize) -> bool {
        let guards = &self.view.terms.circuit.guard_of;
        block
            .fields
            .iter()
            .any(|other| guards[*other].is_some_and(|guard| open_fields_of(&self.view, guard).contains(&field)))
    }

    /// By outcome of a block, the number of the list of decisions that it leads to as the other blocks come out.
    fn ends(&self, block: usize, least: f64) -> Option<Vec<usize>> {
        let around = self.layout.as_ref()?.around(&self.view, &self.blocks, block, least, MOST_ENDS)?;
        let each = around.rests.len().checked_mul(around.others.len())?;
        let (mut by_key, mut numbers) = (Sorted::new(), Sorted::new());
        let mut left = MOST_ENDS;
        let mut ends = Vec::new();
        for outcome in self.blocks.get(block)?.outcomes()? {
            let key = around.part.key(&outcome);
            if let Some(number) = by_key.get(&(key, outcome.excluded)) {
                ends.push(*number);
                continue;
            }
            left = left.checked_sub(each)?;
            let mut decisions = Vec::new();
            for rest in &around.rests {
                let held = around.part.hold(&self.view, key + rest);
                for other in &around.others {
                    let excluded = outcome.excluded || self.view.disqualified();
                    decisions.push(Some(self.view.decide(held.plus(*other), excluded) as usize));
                }
            }
            let next = numbers.len();
            let number = *numbers.keep(decisions, next)?;
            by_key.keep((key, outcome.excluded), number);
            ends.push(number);
        }
        Some(ends)
    }
}

/// Whether outcomes with the same other answers end differently.
fn differ_in_one_answer(outcomes: &[(Outcome<'_>, usize)], place: usize) -> bool {
    let mut ends = Sorted::new();
    for (outcome, end) in outcomes {
        let mut others = outcome.answers.to_vec();
        let own = others.get_mut(place).and_then(Option::take);
        if own.is_some() && ends.keep(others, *end).is_some_and(|first| first != end) {
            return true;
        }
    }
    false
}

/// Whether two outcomes differ at a place, agree wherever else both have an answer, and end differently.
fn differ(one: (Outcome<'_>, usize), other: (Outcome<'_>, usize), place: usize) -> bool {
    if one.1 == other.1 {
        return false;
    }
    for (at, (a, b)) in one.0.answers.iter().zip(other.0.answers).enumerate() {
        let fits = match (a, b) {
            (Some(a), Some(b)) => (a == b) != (at == place),
            _ => at != place,
        };
        if !fits {
            return false;
        }
    }
    true
}
