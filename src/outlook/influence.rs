//! Whether an answer can change the decision at all, by itself or together with others.

use super::block::{Block, open_fields_of};
use super::chain::Added;
use super::{Case, Forecast};
use crate::sorted::Numbers;

/// How many ends of a lead one question may be held against; past that it is taken to matter.
const MOST_ENDS: usize = 100_000;
/// How many joint answers are compared in pairs.
const MOST_PAIRED: usize = 256;
/// Shares above it are of outcomes that somebody is expected to bring about.
const LIKELY: f64 = 0.0;
/// The share of every outcome that does not disqualify is above it.
const ANY: f64 = -0.25;

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
        let Some(ends) = self.ends(at, least) else { return true };
        let mut likely = Vec::new();
        for (outcome, (share, end)) in block.shares.iter().zip(ends).enumerate() {
            if libm::fabs(*share) > least {
                likely.push((block.answers(outcome), end));
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
        let layout = self.layout.as_ref()?;
        let part = layout.part_of(block)?;
        let mut budget = MOST_ENDS * 16;
        let mut rests = Vec::new();
        for Added { sum, share } in part.sums(&self.blocks, Some(block), &mut budget)?.every() {
            if share > least {
                rests.push(sum);
            }
        }
        let others = layout.around(&self.view, block, least, MOST_ENDS, &mut budget)?;
        let each = rests.len().checked_mul(others.len())?;
        let (mut keys, mut numbers) = (Numbers::default(), Numbers::default());
        let mut by_key = Vec::new();
        let mut left = MOST_ENDS;
        let mut ends = Vec::new();
        let block = self.blocks.get(block)?;
        for (outcome, share) in block.shares.iter().enumerate() {
            let own = part.key(block, outcome);
            let excludes = share.is_sign_negative();
            let mut key = own.to_le_bytes().to_vec();
            key.push(excludes.into());
            let key = keys.of(key);
            if key == by_key.len() {
                left = left.checked_sub(each)?;
                let excluded = excludes || self.view.disqualified();
                let mut decisions = Vec::new();
                for rest in &rests {
                    let held = part.hold(&self.view, own + rest);
                    for other in &others {
                        decisions.push(self.view.decide(held.plus(*other), excluded) as u8);
                    }
                }
                by_key.push(numbers.of(decisions));
            }
            ends.extend(by_key.get(key));
        }
        Some(ends)
    }
}

/// The answers of an outcome, and the number of its end.
type Ended<'b> = (&'b [u16], usize);

/// Whether outcomes with the same other answers end differently.
fn differ_in_one_answer(outcomes: &[Ended<'_>], place: usize) -> bool {
    let mut numbers = Numbers::default();
    let mut ends = Vec::new();
    for (answers, end) in outcomes {
        if answers.get(place) == Some(&0) {
            continue;
        }
        let mut others = Vec::new();
        for (at, answer) in answers.iter().enumerate() {
            if at != place {
                others.extend_from_slice(&answer.to_le_bytes());
            }
        }
        let number = numbers.of(others);
        if number == ends.len() {
            ends.push(*end);
        }
        if ends.get(number) != Some(end) {
            return true;
        }
    }
    false
}

/// Whether two outcomes differ at a place, agree wherever else both have an answer, and end differently.
fn differ(one: Ended<'_>, other: Ended<'_>, place: usize) -> bool {
    if one.1 == other.1 {
        return false;
    }
    for (at, (a, b)) in one.0.iter().zip(other.0).enumerate() {
        let fits = if *a > 0 && *b > 0 { (a == b) != (at == place) } else { at != place };
        if !fits {
            return false;
        }
    }
    true
}
