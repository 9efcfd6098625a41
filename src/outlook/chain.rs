//! Sums of independent terms: how likely each is, and what is expected once some terms are known.
//!
//! Points are whole numbers, so that a distribution of sums is a short array. `before` runs forward over the terms and
//! holds how likely each sum of the first ones is; `after` runs backward and holds what is expected from each such sum
//! on. Together they say what is expected given any outcome of any one term: nothing is ever divided out. Sums run in a
//! fixed order: the same number in every browser and natively.

/// What may lead to a sum, the more the greater: nothing, only what disqualifies, or something else. A sum that is
/// possible is told from one that is not even where nobody is expected to bring it about.
pub(crate) type Way = u8;
pub(crate) const NO_WAY: Way = 0;
pub(crate) const EXCLUDED: Way = 1;
pub(crate) const SPARED: Way = 2;

/// One outcome of a term: what it adds, how likely it is, and whether it disqualifies.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Added {
    pub(crate) sum: i64,
    pub(crate) share: f64,
    pub(crate) way: Way,
}

/// Independent terms that are summed.
#[derive(Debug)]
pub(crate) struct Chain {
    /// The sum at the first place of every array.
    start: i64,
    /// The sums stand this far apart.
    unit: i64,
    terms: Vec<Term>,
    /// The sums of the terms before each term, and last those of all.
    before: Vec<Sums>,
}

/// How likely each sum is, and what leads to it. What disqualifies has no share.
#[derive(Debug)]
struct Sums {
    shares: Vec<f64>,
    /// The places to which something leads that does not disqualify.
    spared: Bits,
    /// The places to which anything leads.
    possible: Bits,
}

impl Sums {
    fn with_room(len: usize) -> Self {
        Self { shares: vec![0.0; len], spared: Bits::with_room(len), possible: Bits::with_room(len) }
    }

    /// What leads to a place.
    fn way(&self, place: usize) -> Way {
        u8::from(self.spared.has(place)) + u8::from(self.possible.has(place))
    }
}

/// A set of places, a bit each.
#[derive(Debug)]
struct Bits(Vec<u64>);

impl Bits {
    fn with_room(len: usize) -> Self {
        Self(vec![0; len / 64 + 1])
    }

    fn has(&self, place: usize) -> bool {
        self.0.get(place / 64).is_some_and(|word| word >> (place % 64) & 1 == 1)
    }

    /// Adds the places of another set, each this far above its own.
    fn add(&mut self, other: &Self, above: usize) {
        let mut words = self.0.iter_mut().skip(above / 64);
        let (Some(mut slot), bits) = (words.next(), above % 64) else { return };
        for word in &other.0 {
            *slot |= word << bits;
            let Some(next) = words.next() else { return };
            *next |= if bits > 0 { word >> (64 - bits) } else { 0 };
            slot = next;
        }
    }
}

/// What is expected given each sum of the terms before each term, and last given that of all.
#[derive(Debug, Default)]
pub(crate) struct After(Vec<Vec<f64>>);

/// An outcome of a term: its place above the least, how likely it is, and what leads to it.
pub(crate) type Placed = (usize, f64, Way);

/// One term: its outcomes as places above its least, ascending.
#[derive(Debug)]
struct Term {
    least: i64,
    outcomes: Vec<Placed>,
}

impl Chain {
    /// The chain of terms, each given by its outcomes, or nothing where it would take more steps than `budget`.
    pub(crate) fn of(terms: &[Vec<Added>], budget: &mut usize) -> Option<Self> {
        let none = Sums { shares: vec![1.0], spared: Bits(vec![1]), possible: Bits(vec![1]) };
        let mut chain = Self { start: 0, unit: unit(terms), terms: Vec::new(), before: vec![none] };
        for outcomes in terms {
            let term = Term::of(outcomes, chain.unit, budget)?;
            let sums = term.added_to(chain.before.last()?, budget)?;
            chain.start = chain.start.checked_add(term.least)?;
            chain.terms.push(term);
            chain.before.push(sums);
        }
        Some(chain)
    }

    /// How likely each sum of all terms is, from [`Self::value`] of 0 on.
    pub(crate) fn all(&self) -> &[f64] {
        self.before(self.terms.len())
    }

    /// How likely each possible sum of all terms is, what leads to it, and the sum.
    pub(crate) fn every(&self) -> impl Iterator<Item = (f64, Way, i64)> {
        self.all().iter().enumerate().filter_map(|(place, share)| {
            let way = self.before.last().map_or(NO_WAY, |all| all.way(place));
            (way > NO_WAY).then(|| (*share, way, self.value(place)))
        })
    }

    /// How likely each sum of the terms before the `nth` is, from the least on.
    pub(crate) fn before(&self, nth: usize) -> &[f64] {
        self.before.get(nth).map_or(&[], |sums| sums.shares.as_slice())
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
        tail(self.all())
    }

    /// What is expected on the way, where each sum of all terms has this worth.
    pub(crate) fn expect(&self, worth: Vec<f64>) -> After {
        let mut after = vec![worth];
        for (term, before) in self.terms.iter().zip(&self.before).rev() {
            let mut own = vec![0.0; before.shares.len()];
            for (above, share, _) in &term.outcomes {
                let next = after.last().and_then(|next| next.get(*above..)).unwrap_or_default();
                for (slot, worth) in own.iter_mut().zip(next) {
                    *slot += share * worth;
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
        for (share, worth) in self.before(term).iter().zip(next) {
            sum += share * worth;
        }
        sum
    }
}

impl Term {
    /// Outcomes of the same sum become one; nothing where there is none, or they are too far apart.
    fn of(outcomes: &[Added], unit: i64, budget: &mut usize) -> Option<Self> {
        let (mut least, mut most) = (i64::MAX, i64::MIN);
        for outcome in outcomes {
            least = least.min(outcome.sum);
            most = most.max(outcome.sum);
        }
        let span = usize::try_from(most.checked_sub(least)? / unit).ok()?.checked_add(1)?;
        *budget = budget.checked_sub(span)?;
        let mut table = vec![(0.0, NO_WAY); span];
        for outcome in outcomes {
            let place = usize::try_from((outcome.sum - least) / unit).unwrap_or(0);
            if let Some((share, way)) = table.get_mut(place) {
                *share += if outcome.way == SPARED { outcome.share } else { 0.0 };
                *way = outcome.way.max(*way);
            }
        }
        let mut placed = Vec::with_capacity(outcomes.len());
        for (above, (share, way)) in table.iter().enumerate() {
            if *way > NO_WAY {
                placed.push((above, *share, *way));
            }
        }
        Some(Self { least, outcomes: placed })
    }

    /// The sums with this term added to these.
    fn added_to(&self, before: &Sums, budget: &mut usize) -> Option<Sums> {
        let (widest, _, _) = self.outcomes.last()?;
        let len = before.shares.len().checked_add(*widest)?;
        let steps = before.shares.len().checked_mul(self.outcomes.len())?.checked_add(len)?;
        *budget = budget.checked_sub(steps)?;
        let mut sums = Sums::with_room(len);
        for (above, share, way) in &self.outcomes {
            let slots = sums.shares.get_mut(*above..).unwrap_or_default();
            for (slot, own) in slots.iter_mut().zip(&before.shares) {
                *slot += own * share;
            }
            sums.possible.add(&before.possible, *above);
            if *way == SPARED {
                sums.spared.add(&before.spared, *above);
            }
        }
        Some(sums)
    }
}

/// The sum of each share and all after it; last 0.
pub(crate) fn tail(shares: &[f64]) -> Vec<f64> {
    let mut tail = vec![0.0; shares.len() + 1];
    let mut sum = 0.0;
    for (slot, share) in tail.iter_mut().take(shares.len()).zip(shares).rev() {
        sum += share;
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

    fn term(outcomes: &[(i64, f64, Way)]) -> Vec<Added> {
        outcomes.iter().map(|(sum, share, way)| Added { sum: *sum, share: *share, way: *way }).collect()
    }

    fn die(step: i64) -> Vec<Added> {
        (1..=6).map(|n| Added { sum: n * step, share: 1.0 / 6.0, way: SPARED }).collect()
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
        let term = term(&[(0, 0.75, SPARED), (2, 0.0, SPARED), (3, 0.25, EXCLUDED)]);
        let chain = Chain::of(&[term.clone(), term], &mut 1_000).unwrap();
        assert_eq!(chain.all(), [0.5625, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
        let ways: Vec<(i64, Way)> = chain.every().map(|(_, way, sum)| (sum, way)).collect();
        let (spared, excluded) = (SPARED, EXCLUDED);
        assert_eq!(ways, [(0, spared), (2, spared), (3, excluded), (4, spared), (5, excluded), (6, excluded)]);
    }

    #[test]
    fn sums_have_the_unit_of_their_terms() {
        let two = |a, b| term(&[(a, 0.5, SPARED), (b, 0.5, SPARED)]);
        let chain = Chain::of(&[two(7, 27), two(-5, 25)], &mut 100).unwrap();
        assert_eq!(chain.all(), [0.25, 0.0, 0.25, 0.25, 0.0, 0.25]);
        assert_eq!(chain.value(5), 52);
    }
}
