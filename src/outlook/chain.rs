//! Sums of independent terms: how likely each is, and what is expected once some terms are known.
//!
//! Points are whole numbers, so that a distribution of sums is a short array. `before` runs forward over the terms and
//! holds how likely each sum of the first ones is; `after` runs backward and holds what is expected from each such sum
//! on. Together they say what is expected given any outcome of any one term: nothing is ever divided out. Sums run in a
//! fixed order: the same number in every browser and natively.

use crate::sorted::Sorted;

/// The share of a sum that nothing leads to. A sum that is possible is told from it even where nobody is expected to
/// bring it about.
pub(crate) const IMPOSSIBLE: f64 = -1.0;
/// The share of a sum that only what disqualifies leads to.
pub(crate) const EXCLUDED: f64 = -0.5;

/// Independent terms that are summed.
#[derive(Debug)]
pub(crate) struct Chain {
    /// The sum at the first place of every array.
    start: i64,
    /// The sums stand this far apart.
    unit: i64,
    terms: Vec<Term>,
    /// How likely each sum of the terms before each term is, and last that of all.
    before: Vec<Vec<f64>>,
}

/// What is expected given each sum of the terms before each term, and last given that of all.
#[derive(Debug, Default)]
pub(crate) struct After(Vec<Vec<f64>>);

/// One term: its outcomes as places above its least, ascending.
#[derive(Debug)]
struct Term {
    least: i64,
    outcomes: Vec<(usize, f64)>,
}

impl Chain {
    /// The chain of terms, each given by its outcomes and their shares, or nothing where it would take more steps than
    /// `budget`.
    pub(crate) fn of(terms: &[Vec<(i64, f64)>], budget: &mut usize) -> Option<Self> {
        let mut chain = Self { start: 0, unit: unit(terms), terms: Vec::new(), before: vec![vec![1.0]] };
        for outcomes in terms {
            let term = Term::of(outcomes, chain.unit)?;
            let sums = term.added_to(chain.before.last()?, budget)?;
            chain.start = chain.start.checked_add(term.least)?;
            chain.terms.push(term);
            chain.before.push(sums);
        }
        Some(chain)
    }

    /// How likely each sum of all terms is, from [`Self::value`] of 0 on.
    pub(crate) fn all(&self) -> &[f64] {
        self.before.last().map_or(&[], Vec::as_slice)
    }

    /// How likely each sum of the terms before the `nth` is, from the least on.
    pub(crate) fn before(&self, nth: usize) -> &[f64] {
        self.before.get(nth).map_or(&[], Vec::as_slice)
    }

    /// The least of a term, and its outcomes as places above it.
    pub(crate) fn term(&self, nth: usize) -> Option<(i64, &[(usize, f64)])> {
        self.terms.get(nth).map(|term| (term.least, term.outcomes.as_slice()))
    }

    /// How far apart the sums stand.
    pub(crate) fn unit(&self) -> i64 {
        self.unit
    }

    /// The sum at a place.
    pub(crate) fn value(&self, place: usize) -> i64 {
        self.start.saturating_add(i64::try_from(place).unwrap_or(i64::MAX).saturating_mul(self.unit))
    }

    /// The first place whose sum is at least `value`; past the end where none is.
    pub(crate) fn place(&self, value: i64) -> usize {
        let above = value.saturating_sub(self.start).max(0);
        usize::try_from(above.saturating_add(self.unit - 1) / self.unit).unwrap_or(usize::MAX)
    }

    /// How likely a sum at each place or above is; last 0.
    pub(crate) fn tail(&self) -> Vec<f64> {
        let mut tail = vec![0.0; self.all().len() + 1];
        let mut sum = 0.0;
        for (slot, share) in tail.iter_mut().take(self.all().len()).zip(self.all()).rev() {
            sum += share.max(0.0);
            *slot = sum;
        }
        tail
    }

    /// The least and the greatest sum of those with at least this share.
    pub(crate) fn range(&self, share: f64) -> Option<(i64, i64)> {
        let first = self.all().iter().position(|own| *own >= share)?;
        let last = self.all().iter().rposition(|own| *own >= share)?;
        Some((self.value(first), self.value(last)))
    }

    /// What is expected on the way, where each sum of all terms has this worth.
    pub(crate) fn expect(&self, worth: Vec<f64>) -> After {
        let mut after = vec![worth];
        for (term, before) in self.terms.iter().zip(&self.before).rev() {
            let mut own = vec![0.0; before.len()];
            for (above, share) in &term.outcomes {
                let next = after.last().and_then(|next| next.get(*above..)).unwrap_or_default();
                if *share > 0.0 {
                    for (slot, worth) in own.iter_mut().zip(next) {
                        *slot += share * worth;
                    }
                }
            }
            after.push(own);
        }
        after.reverse();
        After(after)
    }

    /// What is expected where a term comes to an outcome.
    pub(crate) fn given(&self, after: &After, term: usize, outcome: i64) -> f64 {
        let least = self.terms.get(term).map_or(0, |term| term.least);
        let above = usize::try_from((outcome - least) / self.unit).unwrap_or(usize::MAX);
        let next = after.0.get(term + 1).and_then(|next| next.get(above..)).unwrap_or_default();
        let mut sum = 0.0;
        for (share, worth) in self.before.get(term).into_iter().flatten().zip(next) {
            sum += share.max(0.0) * worth;
        }
        sum
    }
}

impl Term {
    /// Outcomes of the same sum become one; nothing where there is none.
    fn of(outcomes: &[(i64, f64)], unit: i64) -> Option<Self> {
        let least = least(outcomes)?;
        let mut merged = Sorted::new();
        for (sum, share) in outcomes {
            let slot = merged.keep((sum - least) / unit, IMPOSSIBLE)?;
            *slot = merge(*slot, *share);
        }
        let mut placed = Vec::new();
        for (above, share) in merged.into_vec() {
            placed.push((usize::try_from(above).ok()?, share));
        }
        Some(Self { least, outcomes: placed })
    }

    /// How likely each sum is with this term added to these.
    fn added_to(&self, before: &[f64], budget: &mut usize) -> Option<Vec<f64>> {
        let widest = self.outcomes.last()?.0;
        let len = before.len().checked_add(widest)?;
        let steps = before.len().checked_mul(self.outcomes.len())?.checked_add(len)?;
        *budget = budget.checked_sub(steps)?;
        let mut sums = vec![IMPOSSIBLE; len];
        for (above, share) in &self.outcomes {
            for (slot, own) in sums.iter_mut().skip(*above).zip(before) {
                // Both impossible and excluded are below any share, and the lesser of the two wins.
                let joint = if *own < 0.0 || *share < 0.0 { own.min(*share) } else { own * share };
                *slot = merge(*slot, joint);
            }
        }
        Some(sums)
    }
}

/// How likely one of two ways to the same sum is.
fn merge(one: f64, other: f64) -> f64 {
    if other < 0.0 { one.max(other) } else { one.max(0.0) + other }
}

fn least(outcomes: &[(i64, f64)]) -> Option<i64> {
    let (mut least, rest) = (outcomes.first()?.0, outcomes);
    for (sum, _) in rest {
        least = least.min(*sum);
    }
    Some(least)
}

/// The greatest whole number that parts all sums of a term.
fn unit(terms: &[Vec<(i64, f64)>]) -> i64 {
    let mut unit = 0_i64;
    for outcomes in terms {
        for (sum, _) in outcomes {
            let mut rest = sum.abs_diff(outcomes.first().map_or(0, |(first, _)| *first)).cast_signed();
            while rest != 0 {
                (unit, rest) = (rest, unit % rest);
            }
        }
    }
    unit.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn die(step: i64) -> Vec<(i64, f64)> {
        (1..=6).map(|n| (n * step, 1.0 / 6.0)).collect()
    }

    #[test]
    fn two_dice_sum_as_dice_do() {
        let mut budget = 1_000;
        let chain = Chain::of(&[die(5), die(5)], &mut budget).unwrap();
        assert_eq!(chain.all().len(), 11);
        assert_eq!(chain.value(5), 35);
        assert!((chain.all()[5] - 1.0 / 6.0).abs() < 1e-15);
        assert_eq!((chain.place(34), chain.place(35), chain.place(36), chain.place(-9)), (5, 5, 6, 0));
        // Worth 1 from 10 eyes on: a six needs a four.
        let after = chain.expect((0..11).map(|n| f64::from(u8::from(n >= 8))).collect());
        assert!((chain.given(&after, 1, 30) - 0.5).abs() < 1e-15);
        assert!((chain.given(&after, 0, 5) - 0.0).abs() < 1e-15);
        assert!(Chain::of(&[die(1), die(1)], &mut 20).is_none());
    }

    #[test]
    fn what_nobody_does_what_disqualifies_and_what_cannot_be_are_told_apart() {
        let term = vec![(0, 1.0), (2, 0.0), (3, EXCLUDED)];
        let chain = Chain::of(&[term.clone(), term], &mut 1_000).unwrap();
        assert_eq!(chain.all(), [1.0, IMPOSSIBLE, 0.0, EXCLUDED, 0.0, EXCLUDED, EXCLUDED]);
        assert_eq!((chain.range(0.0), chain.range(EXCLUDED)), (Some((0, 4)), Some((0, 6))));
    }

    #[test]
    fn sums_have_the_unit_of_their_terms() {
        let chain = Chain::of(&[vec![(7, 0.5), (27, 0.5)], vec![(-5, 0.5), (25, 0.5)]], &mut 100).unwrap();
        assert_eq!(chain.all(), [0.25, IMPOSSIBLE, 0.25, 0.25, IMPOSSIBLE, 0.25]);
        assert_eq!(chain.value(5), 52);
    }
}
