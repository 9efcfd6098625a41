//! Sums of independent terms: how likely each is, and what is expected once some terms are known.
//!
//! Points are whole numbers, so that a distribution of sums is a short array. `before` runs forward over the terms and
//! holds how likely each sum of the first ones is; `after` runs backward and holds what is expected from each such sum
//! on. Together they say what is expected given any outcome of any one term: nothing is ever divided out. Sums run in a
//! fixed order: the same number in every browser and natively.

/// The share of what cannot be. What can be, though nobody is expected to bring it about, has 0. Sums and products keep
/// the two apart: the sign of a zero tells them from each other, and counts for nothing else.
pub(crate) const NEVER: f64 = -0.0;

/// What a place of an array costs in steps. Two arrays of a term last as long as the outlook, and all of them together, of as
/// many steps as an outlook may take, stay within 64 MiB.
const PLACE: usize = 10;

/// One outcome of a term: what it adds, and how likely it is. What disqualifies has a share with a minus, also of 0: it
/// takes room among the sums, and leads to none.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Added {
    pub(crate) sum: i64,
    pub(crate) share: f64,
}

/// Independent terms that are summed.
#[derive(Debug)]
pub(crate) struct Chain {
    /// The sum at the first place of every array.
    start: i64,
    /// The sums stand this far apart.
    unit: i64,
    terms: Vec<Term>,
    /// How likely each sum of the terms before each term is, and last each sum of all; [`NEVER`] where there is none.
    before: Vec<Vec<f64>>,
    /// What is expected given each sum of all terms, then of all but the last, and so on.
    after: Vec<Vec<f64>>,
}

/// An outcome of a term: its place above the least, and how likely it is.
pub(crate) type Placed = (usize, f64);

/// One term: its outcomes as places above its least, ascending.
#[derive(Debug)]
struct Term {
    least: i64,
    outcomes: Vec<Placed>,
}

impl Chain {
    /// The chain of terms, each given by its outcomes, or nothing where it would take more steps than `budget`.
    pub(crate) fn of(terms: &[Vec<Added>], budget: &mut usize) -> Option<Self> {
        let before = vec![vec![1.0]];
        let mut chain = Self { start: 0, unit: unit(terms), terms: Vec::new(), before, after: Vec::new() };
        for outcomes in terms {
            chain.add(outcomes, budget)?;
        }
        Some(chain)
    }

    /// Adds a term. Outcomes of the same sum become one; nothing where there is none, or they are too far apart.
    fn add(&mut self, outcomes: &[Added], budget: &mut usize) -> Option<()> {
        let (mut least, mut most) = (i64::MAX, i64::MIN);
        for outcome in outcomes {
            least = least.min(outcome.sum);
            most = most.max(outcome.sum);
        }
        let widest = usize::try_from(most.checked_sub(least)? / self.unit).ok()?;
        let before = self.before.last()?;
        let len = before.len() + widest;
        *budget = budget.checked_sub(len.checked_add(widest)?.checked_mul(PLACE)?)?;
        let mut table = vec![NEVER; widest + 1];
        for Added { sum, share } in outcomes {
            let place = usize::try_from((sum - least) / self.unit).unwrap_or(0);
            if let Some(slot) = table.get_mut(place).filter(|_| share.is_sign_positive()) {
                *slot += share;
            }
        }
        let mut placed = Vec::new();
        for (above, share) in table.iter().enumerate() {
            if share.is_sign_positive() {
                placed.push((above, *share));
            }
        }
        *budget = budget.checked_sub(before.len().checked_mul(placed.len())?)?;
        let mut sums = vec![NEVER; len];
        for (above, share) in &placed {
            add_times(sums.get_mut(*above..).unwrap_or_default(), before, *share);
        }
        self.start += least;
        self.terms.push(Term { least, outcomes: placed });
        self.before.push(sums);
        Some(())
    }

    /// How likely each sum of all terms is, from [`Self::value`] of 0 on.
    pub(crate) fn all(&self) -> &[f64] {
        self.before(self.terms.len())
    }

    /// Each sum that can be, and how likely it is.
    pub(crate) fn every(&self) -> Vec<Added> {
        let mut every = Vec::new();
        for (place, share) in self.all().iter().enumerate() {
            if share.is_sign_positive() {
                every.push(Added { sum: self.value(place), share: *share });
            }
        }
        every
    }

    /// How likely each sum of the terms before the `nth` is, from the least on.
    pub(crate) fn before(&self, nth: usize) -> &[f64] {
        self.before.get(nth).map_or(&[], Vec::as_slice)
    }

    /// The least of a term, and its outcomes as places above it.
    pub(crate) fn term(&self, nth: usize) -> Option<(i64, &[Placed])> {
        self.terms.get(nth).map(|term| (term.least, term.outcomes.as_slice()))
    }

    /// How far apart the sums stand.
    pub(crate) fn unit(&self) -> i64 {
        self.unit
    }

    /// The sum at a place.
    #[expect(clippy::cast_possible_wrap, reason = "an array is shorter")]
    pub(crate) fn value(&self, place: usize) -> i64 {
        self.start + place as i64 * self.unit
    }

    /// The first place whose sum is at least `value`; past the end where none is.
    pub(crate) fn place(&self, value: i64) -> usize {
        let above = (value - self.start).max(0);
        usize::try_from((above + self.unit - 1) / self.unit).unwrap_or(usize::MAX)
    }

    /// Learns what is expected on the way, where `worth` says what each sum of all terms that can be is worth.
    pub(crate) fn expect(&mut self, worth: Vec<f64>) {
        self.after = vec![worth];
        for (nth, term) in self.terms.iter().enumerate().rev() {
            let mut own = Vec::new();
            let next = self.after.last().map_or(&[][..], Vec::as_slice);
            mean(&mut own, &term.outcomes, next, self.before(nth).len());
            self.after.push(own);
        }
    }

    /// What `worth` says of each sum of all terms that can be; 0 of the others.
    pub(crate) fn each(&self, worth: &mut dyn FnMut(i64) -> f64) -> Vec<f64> {
        let mut each = Vec::new();
        for (place, share) in self.all().iter().enumerate() {
            each.push(if share.is_sign_positive() { worth(self.value(place)) } else { 0.0 });
        }
        each
    }

    /// What is expected where a term comes to an outcome.
    pub(crate) fn given(&self, term: usize, outcome: i64) -> f64 {
        let least = self.terms.get(term).map_or(0, |term| term.least);
        let above = usize::try_from((outcome - least) / self.unit).unwrap_or(usize::MAX);
        let after = self.after.get(self.terms.len().wrapping_sub(term + 1));
        let next = after.and_then(|next| next.get(above..)).unwrap_or_default();
        let mut sum = 0.0;
        for (share, worth) in self.before(term).iter().zip(next) {
            sum += share * worth;
        }
        sum
    }
}

/// What is expected over outcomes, for each of `len` sums before, by what is expected after.
pub(crate) fn mean(sums: &mut Vec<f64>, outcomes: &[Placed], after: &[f64], len: usize) {
    sums.clear();
    sums.resize(len, 0.0);
    for (above, share) in outcomes {
        add_times(sums, after.get(*above..).unwrap_or_default(), *share);
    }
}

fn add_times(sums: &mut [f64], add: &[f64], share: f64) {
    for (sum, add) in sums.iter_mut().zip(add) {
        *sum += add * share;
    }
}

/// The sum of each share and all after it; last 0.
pub(crate) fn tail(shares: &[f64]) -> Vec<f64> {
    let mut tail = shares.to_vec();
    tail.push(0.0);
    let mut sum = 0.0;
    for slot in tail.iter_mut().rev() {
        sum += *slot;
        *slot = sum;
    }
    tail
}

/// The greatest whole number that parts all sums of a term.
fn unit(terms: &[Vec<Added>]) -> i64 {
    let mut unit = 0_i64;
    for outcomes in terms {
        let first = outcomes.first().map_or(0, |outcome| outcome.sum);
        for outcome in outcomes {
            if unit == 1 {
                return 1;
            }
            let mut rest = outcome.sum.abs_diff(first).cast_signed();
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

    fn term(outcomes: &[(i64, f64)]) -> Vec<Added> {
        outcomes.iter().map(|(sum, share)| Added { sum: *sum, share: *share }).collect()
    }

    fn die(step: i64) -> Vec<Added> {
        (1..=6).map(|n| Added { sum: n * step, share: 1.0 / 6.0 }).collect()
    }

    #[test]
    fn two_dice_sum_as_dice_do() {
        let mut budget = 1_000;
        let mut chain = Chain::of(&[die(5), die(5)], &mut budget).unwrap();
        assert_eq!(chain.all().len(), 11);
        assert_eq!(chain.value(5), 35);
        assert!((chain.all()[5] - 1.0 / 6.0).abs() < 1e-15);
        assert_eq!((chain.place(34), chain.place(35), chain.place(36), chain.place(-9)), (5, 5, 6, 0));
        // Worth 1 from 10 eyes on: a six needs a four.
        chain.expect((0..11).map(|n| f64::from(u8::from(n >= 8))).collect());
        assert!((chain.given(1, 30) - 0.5).abs() < 1e-15);
        assert!((chain.given(0, 5) - 0.0).abs() < 1e-15);
        assert!(Chain::of(&[die(1), die(1)], &mut 200).is_none());
    }

    #[test]
    fn what_nobody_does_what_disqualifies_and_what_cannot_be_are_told_apart() {
        let term = term(&[(0, 0.75), (2, 0.0), (3, -0.25)]);
        let chain = Chain::of(&[term.clone(), term], &mut 1_000).unwrap();
        assert_eq!(chain.all(), [0.5625, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
        let can_be: Vec<i64> = chain.every().iter().map(|added| added.sum).collect();
        assert_eq!(can_be, [0, 2, 4]);
    }

    #[test]
    fn sums_have_the_unit_of_their_terms() {
        let two = |a, b| term(&[(a, 0.5), (b, 0.5)]);
        let chain = Chain::of(&[two(7, 27), two(-5, 25)], &mut 1_000).unwrap();
        assert_eq!(chain.all(), [0.25, 0.0, 0.25, 0.25, 0.0, 0.25]);
        assert_eq!(chain.value(5), 52);
    }
}
