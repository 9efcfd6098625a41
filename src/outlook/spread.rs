//! Distributions of sums of points, and their convolution.
//!
//! Points are whole numbers, so a distribution is a short sorted list. A convolution only ever adds terms that are not
//! negative, in a fixed order: the same number in every browser and natively.

use crate::table::Table;

/// The widest range of keys that is summed in a table; wider ones are sorted.
const WIDEST_TABLE: u64 = 1 << 16;

/// How many pairs of outcomes one outlook may combine before it falls back to drawing.
pub(crate) const MOST_PAIRS: usize = 400_000;

/// Outcomes, each with the key of its sums and how likely it is, ascending by key. Keys add up as the sums do. An
/// outcome that is possible stands here even where nobody is expected to bring it about.
#[derive(Clone, Debug)]
pub(crate) struct Spread {
    pub(crate) outcomes: Vec<(u64, f64)>,
}

impl Spread {
    /// What is certain, and adds nothing.
    pub(crate) fn nothing() -> Self {
        Self { outcomes: vec![(0, 1.0)] }
    }

    /// Outcomes in any order; equal ones become one. The sort keeps their order, and so the order of the additions.
    pub(crate) fn of(mut all: Vec<(u64, f64)>) -> Self {
        all.sort_by_key(|(key, _)| *key);
        let mut outcomes: Vec<(u64, f64)> = Vec::new();
        for (key, share) in &all {
            match outcomes.last_mut() {
                Some((last, total)) if last == key => *total += share,
                _ => outcomes.push((*key, *share)),
            }
        }
        Self { outcomes }
    }

    fn widest(&self) -> u64 {
        self.outcomes.last().map_or(0, |(key, _)| *key)
    }

    /// The distribution of the sum of two independent ones, or nothing where it would take more than `budget` pairs.
    pub(crate) fn plus(&self, other: &Self, budget: &mut usize) -> Option<Self> {
        let pairs = self.outcomes.len().checked_mul(other.outcomes.len())?;
        *budget = budget.checked_sub(pairs)?;
        let span = self.widest() + other.widest() + 1;
        if span <= WIDEST_TABLE {
            return Some(self.plus_in_table(other, usize::try_from(span).ok()?));
        }
        let mut sums = Vec::new();
        for (a, share_a) in &self.outcomes {
            for (b, share_b) in &other.outcomes {
                sums.push((a + b, share_a * share_b));
            }
        }
        Some(Self::of(sums))
    }

    /// The same sums in the same order of additions, without a sort.
    fn plus_in_table(&self, other: &Self, span: usize) -> Self {
        // What is impossible is told apart from what nobody is expected to do.
        const IMPOSSIBLE: f64 = -1.0;
        let mut table = Table::filled(IMPOSSIBLE, span);
        for (a, share_a) in &self.outcomes {
            for (b, share_b) in &other.outcomes {
                let slot = &mut table[usize::try_from(a + b).unwrap_or(0)];
                *slot = slot.max(0.0) + share_a * share_b;
            }
        }
        let mut outcomes = Vec::new();
        for (key, share) in table.iter().enumerate() {
            if *share >= 0.0 {
                outcomes.push((key as u64, *share));
            }
        }
        Self { outcomes }
    }

    /// For each of `spreads`, the distribution of the sum of all others, and last that of all: prefixes and suffixes
    /// only, so that nothing is ever divided out.
    pub(crate) fn rests(spreads: &[Self], budget: &mut usize) -> Option<Vec<Self>> {
        let mut suffixes = vec![Self::nothing()];
        for spread in spreads.iter().rev() {
            let next = spread.plus(suffixes.last()?, budget)?;
            suffixes.push(next);
        }
        let all = suffixes.pop()?;
        let mut prefix = Self::nothing();
        let mut rests = Vec::new();
        for spread in spreads {
            rests.push(prefix.plus(&suffixes.pop()?, budget)?);
            prefix = prefix.plus(spread, budget)?;
        }
        rests.push(all);
        Some(rests)
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
    fn a_table_and_a_sort_give_the_same_bits() {
        let near = Spread::of((0..40).map(|n| (n * 7 % 11, 1.0 / (3.0 + n as f64))).collect());
        let wide =
            |spread: &Spread| Spread { outcomes: spread.outcomes.iter().map(|(k, s)| (k * 1_000_000, *s)).collect() };
        let sorted = wide(&near).plus(&wide(&near), &mut 10_000).unwrap();
        assert_eq!(wide(&near.plus(&near, &mut 10_000).unwrap()).outcomes, sorted.outcomes);
    }

    #[test]
    fn the_rest_of_three_dice_is_the_other_two() {
        let dice = [2, 3, 5].map(|step| Spread::of((0..=1).map(|n| (n * step, 0.5)).collect()));
        let mut rests = Spread::rests(&dice, &mut 1_000).unwrap();
        let all = rests.pop().unwrap();
        assert_eq!(rests[1].outcomes, vec![(0, 0.25), (2, 0.25), (5, 0.25), (7, 0.25)]);
        assert_eq!(all.outcomes.len(), 7);
        assert_eq!(all.outcomes[3], (5, 0.25));
    }
}
