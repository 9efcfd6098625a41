//! Distributions of sums of points, and their convolution.
//!
//! Points are whole numbers, so a distribution is a short sorted list. A convolution only ever adds terms that are not
//! negative, in a fixed order: the same number in every browser and natively.

use std::ops::Add;

/// How many pairs of outcomes one outlook may combine before it falls back to drawing.
pub(crate) const MOST_PAIRS: usize = 400_000;

/// Outcomes, each with its sums and how likely it is, ascending by the sums. An outcome that is possible stands here
/// even where nobody is expected to bring it about.
#[derive(Clone, Debug)]
pub(crate) struct Spread<S> {
    pub(crate) outcomes: Vec<(S, f64)>,
}

impl<S: Copy + Ord + Add<Output = S>> Spread<S> {
    /// The sums that are certain.
    pub(crate) fn only(sums: S) -> Self {
        Self { outcomes: vec![(sums, 1.0)] }
    }

    /// Outcomes in any order; equal ones become one. The sort keeps their order, and so the order of the additions.
    pub(crate) fn of(mut outcomes: Vec<(S, f64)>) -> Self {
        outcomes.sort_by_key(|(sums, _)| *sums);
        outcomes.dedup_by(|(sums, share), (last, total)| {
            let same = sums == last;
            if same {
                *total += *share;
            }
            same
        });
        Self { outcomes }
    }

    /// The distribution of the sum of two independent ones, or nothing where it would take more than `budget` pairs.
    pub(crate) fn plus(&self, other: &Self, budget: &mut usize) -> Option<Self> {
        let pairs = self.outcomes.len().checked_mul(other.outcomes.len())?;
        *budget = budget.checked_sub(pairs)?;
        let mut sums = Vec::with_capacity(pairs);
        for (a, share_a) in &self.outcomes {
            for (b, share_b) in &other.outcomes {
                sums.push((*a + *b, share_a * share_b));
            }
        }
        Some(Self::of(sums))
    }

    /// For each of `spreads`, the distribution of the sum of all others, and last that of all: prefixes and suffixes
    /// only, so that nothing is ever divided out.
    pub(crate) fn rests(spreads: &[Self], zero: S, budget: &mut usize) -> Option<(Vec<Self>, Self)> {
        let mut suffixes = vec![Self::only(zero)];
        for spread in spreads.iter().rev() {
            let next = spread.plus(suffixes.last()?, budget)?;
            suffixes.push(next);
        }
        let all = suffixes.pop()?;
        let mut prefix = Self::only(zero);
        let mut rests = Vec::with_capacity(spreads.len());
        for spread in spreads {
            rests.push(prefix.plus(&suffixes.pop()?, budget)?);
            prefix = prefix.plus(spread, budget)?;
        }
        Some((rests, all))
    }

    /// The distribution of what `to` makes of the sums.
    pub(crate) fn map<T: Copy + Ord + Add<Output = T>>(&self, to: impl Fn(S) -> T) -> Spread<T> {
        Spread::of(self.outcomes.iter().map(|(sums, share)| (to(*sums), *share)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_dice_sum_as_dice_do() {
        let die = Spread::of((1..=6).map(|n| (n, 1.0 / 6.0)).collect());
        let both = die.plus(&die, &mut 36).unwrap();
        assert_eq!(both.outcomes.len(), 11);
        let seven = both.outcomes.iter().find(|(sums, _)| *sums == 7).unwrap().1;
        assert!((seven - 1.0 / 6.0).abs() < 1e-15);
        assert!(die.plus(&die, &mut 35).is_none());
    }

    #[test]
    fn the_rest_of_three_dice_is_the_other_two() {
        let dice = [2, 3, 5].map(|step| Spread::of((0..=1).map(|n| (n * step, 0.5)).collect()));
        let (rests, all) = Spread::rests(&dice, 0, &mut 1_000).unwrap();
        assert_eq!(rests[1].outcomes, vec![(0, 0.25), (2, 0.25), (5, 0.25), (7, 0.25)]);
        assert_eq!(all.outcomes.len(), 7);
        assert_eq!(all.outcomes[3], (5, 0.25));
    }
}
