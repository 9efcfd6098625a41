//! Distributions of sums of points, and their convolution.
//!
//! Points are whole numbers, so a distribution is a short sorted list. A convolution only ever adds terms that are not
//! negative, in a fixed order: the same number in every browser and natively.

/// How many pairs of outcomes one outlook may combine before it falls back to drawing.
pub(crate) const MOST_PAIRS: usize = 400_000;

/// Outcomes, each with its sums and how likely it is, ascending by the sums. An outcome that is possible stands here
/// even where nobody is expected to bring it about.
#[derive(Clone, Debug)]
pub(crate) struct Spread {
    pub(crate) outcomes: Vec<(Vec<i64>, f64)>,
}

impl Spread {
    /// The sums that are certain.
    pub(crate) fn only(sums: Vec<i64>) -> Self {
        Self { outcomes: vec![(sums, 1.0)] }
    }

    /// Outcomes in any order; equal ones become one.
    pub(crate) fn of(mut outcomes: Vec<(Vec<i64>, f64)>) -> Self {
        outcomes.sort_by(|(a, _), (b, _)| a.cmp(b));
        let mut merged: Vec<(Vec<i64>, f64)> = Vec::with_capacity(outcomes.len());
        for (sums, share) in outcomes {
            match merged.last_mut() {
                Some((last, total)) if *last == sums => *total += share,
                _ => merged.push((sums, share)),
            }
        }
        Self { outcomes: merged }
    }

    /// The distribution of the sum of two independent ones, or nothing where it would take more than `budget` pairs.
    pub(crate) fn plus(&self, other: &Self, budget: &mut usize) -> Option<Self> {
        let pairs = self.outcomes.len().checked_mul(other.outcomes.len())?;
        *budget = budget.checked_sub(pairs)?;
        let mut sums = Vec::with_capacity(pairs);
        for (a, share_a) in &self.outcomes {
            for (b, share_b) in &other.outcomes {
                let sum = a.iter().zip(b).map(|(a, b)| a.saturating_add(*b)).collect();
                sums.push((sum, share_a * share_b));
            }
        }
        Some(Self::of(sums))
    }

    /// The distribution of what `to` makes of the sums.
    pub(crate) fn map(&self, to: impl Fn(&[i64]) -> Vec<i64>) -> Self {
        Self::of(self.outcomes.iter().map(|(sums, share)| (to(sums), *share)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_dice_sum_as_dice_do() {
        let die = Spread::of((1..=6).map(|n| (vec![n], 1.0 / 6.0)).collect());
        let both = die.plus(&die, &mut 36).unwrap();
        assert_eq!(both.outcomes.len(), 11);
        let seven = both.outcomes.iter().find(|(sums, _)| sums == &[7]).unwrap().1;
        assert!((seven - 1.0 / 6.0).abs() < 1e-15);
        assert!(die.plus(&die, &mut 35).is_none());
    }
}
