//! Whether an answer can change the decision at all, by itself or together with others.

use super::block::{Block, Outcome, open_fields_of};
use super::{Case, Forecast};
use crate::pact::qualification::Decision;
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
            return Case::of(1.0, self.view.clone()).can_change(field, ANY);
        }
        self.cases.iter().any(|case| case.share > 0.0 && case.can_change(field, LIKELY))
    }

    /// Whether no condition ties `field` to others, so that its answer tells of nothing but itself.
    pub(crate) fn stands_alone(&self, field: usize) -> bool {
        let alone = |case: &Case<'_>| {
            case.block_of(field).and_then(|(at, _)| case.blocks.get(at)).is_none_or(|block| block.fields.len() == 1)
        };
        self.open_segment.is_none() && self.cases.iter().all(alone)
    }
}

impl Case<'_> {
    /// Outcomes count whose share is above `least`.
    fn can_change(&self, field: usize, least: f64) -> bool {
        let Some((at, place)) = self.block_of(field) else { return false };
        let Some(block) = self.blocks.get(at) else { return false };
        let (Some(outcomes), Some(ends)) = (&block.outcomes, self.ends(at, least)) else { return true };
        let likely: Vec<(&Outcome, usize)> = outcomes.iter().zip(ends).filter(|(o, _)| o.share > least).collect();
        if !self.brings_up_others(block, field) {
            return differ_in_one_answer(&likely, place);
        }
        likely.len() > MOST_PAIRED || likely.iter().any(|one| likely.iter().any(|other| differ(*one, *other, place)))
    }

    fn brings_up_others(&self, block: &Block, field: usize) -> bool {
        let guards = block.fields.iter().filter_map(|other| self.view.terms.circuit.guard_of[*other]);
        guards.into_iter().any(|guard| open_fields_of(&self.view, guard).contains(&field))
    }

    /// By outcome of a block, the number of the list of decisions that it leads to as the other blocks come out.
    fn ends(&self, block: usize, least: f64) -> Option<Vec<usize>> {
        let layout = self.layout.as_ref()?;
        let (at, slot) = layout.slots.iter().enumerate().find(|(_, slot)| slot.part.blocks.contains(&block))?;
        let nth = slot.part.blocks.iter().position(|own| *own == block)?;
        let outcomes = self.blocks.get(block)?.outcomes.as_ref()?;
        let keys: Vec<u64> = outcomes.iter().map(|outcome| slot.part.key(&self.view, nth, outcome)).collect();
        let rests = slot.rests.get(nth)?;
        let likely = |share: &f64| *share > least;
        let decisions = |key: u64| -> Vec<Decision> {
            let held = rests.outcomes.iter().filter(|(_, share)| likely(share));
            let held = held.map(|(rest, _)| layout.frame.key(at, slot.part.hold(&self.view, key + rest)));
            held.flat_map(|held| {
                let others = slot.others.outcomes.iter().filter(|(_, share)| likely(share));
                others.map(move |(other, _)| self.decide(layout.frame.point(other + held)))
            })
            .collect()
        };
        let each = rests.outcomes.len().checked_mul(slot.others.outcomes.len())?;
        let (mut by_key, mut numbers) = (Sorted::new(), Sorted::new());
        let mut left = MOST_ENDS;
        keys.into_iter()
            .map(|key| {
                if let Some(number) = by_key.get(&key) {
                    return Some(*number);
                }
                left = left.checked_sub(each)?;
                let next = numbers.len();
                let number = *numbers.keep(decisions(key), next)?;
                by_key.keep(key, number).copied()
            })
            .collect()
    }
}

/// Whether outcomes with the same other answers end differently.
fn differ_in_one_answer(outcomes: &[(&Outcome, usize)], place: usize) -> bool {
    let mut ends: Sorted<Vec<Option<usize>>, usize> = Sorted::new();
    outcomes.iter().any(|(outcome, end)| {
        let own = |at: usize, answer: Option<usize>| if at == place { None } else { answer };
        let others = outcome.answers.iter().enumerate().map(|(at, answer)| own(at, *answer)).collect();
        outcome.answers.get(place).is_some_and(Option::is_some)
            && ends.keep(others, *end).is_some_and(|first| first != end)
    })
}

/// Whether two outcomes differ at a place, agree wherever else both have an answer, and end differently.
fn differ(one: (&Outcome, usize), other: (&Outcome, usize), place: usize) -> bool {
    let mut pairs = one.0.answers.iter().zip(&other.0.answers).enumerate();
    one.1 != other.1
        && pairs.all(|(at, (a, b))| match (a, b) {
            (Some(a), Some(b)) => (a == b) != (at == place),
            _ => at != place,
        })
}
