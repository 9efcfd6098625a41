//! The distributions of all open fields together, and the odds that come out of them.
//!
//! Blocks are summed within their parts, and parts, once the groups' bounds hold, along an axis: of fit, of interest,
//! or of both where a part earns in both and a minimum tells them apart. What a sum is worth flows back the same way.

use super::Reachable;
use super::block::Block;
use super::chain::{Added, Chain, EXCLUDED, SPARED, Way};
use super::part::{Held, Part, Point, parts};
use super::view::View;
use crate::pact::qualification::Decision;

/// The distributions of what is open.
pub(crate) struct Layout {
    parts: Vec<Part>,
    /// By part, its axis and its place there.
    places: Vec<(usize, usize)>,
    /// Of fit, of interest, of both.
    axes: Vec<Axis>,
    /// By block, the probability that it does not disqualify.
    spared: Vec<f64>,
    /// The points that nothing changes.
    fixed: Point,
    /// Whether the lead is disqualified whatever is answered.
    disqualified: bool,
}

const FIT: usize = 0;
const INTEREST: usize = 1;
const BOTH: usize = 2;

/// Parts that are summed with each other.
struct Axis {
    chain: Chain,
    /// What a point of interest adds to a key, where a point of fit adds 1; 0 where keys are points of one dimension.
    stride: i64,
    /// The points where the key is `base`.
    origin: Point,
    base: i64,
}

impl Axis {
    /// The points that are the same for every key, apart from those of the axis' own dimension, which begin at 0.
    fn constant(&self, which: usize) -> Point {
        self.point(which, 0)
    }

    /// The points of a key.
    fn point(&self, which: usize, key: i64) -> Point {
        let above = key.saturating_sub(self.base);
        let more = match which {
            FIT => Point { fit: above, interest: 0 },
            INTEREST => Point { fit: 0, interest: above },
            _ => Point { fit: above % self.stride, interest: above / self.stride },
        };
        self.origin.plus(more)
    }
}

/// The points from which a lead is handed over.
#[derive(Clone, Copy)]
struct Bar {
    score: i64,
    fit: i64,
    interest: i64,
}

impl Bar {
    fn of(view: &View<'_>) -> Self {
        let qualification = &view.terms.qualification;
        let interest = if view.behaviour { qualification.least_interest } else { None };
        Self {
            score: qualification.threshold(view.behaviour),
            fit: qualification.least_fit.unwrap_or(i64::MIN),
            interest: interest.unwrap_or(i64::MIN),
        }
    }

    fn is_met(self, point: Point) -> bool {
        point.fit >= self.fit && point.interest >= self.interest && point.score() >= self.score
    }

    /// The least interest that is enough beside these points; none where no interest is.
    fn interest_beside(self, point: Point) -> i64 {
        if point.fit < self.fit {
            return i64::MAX;
        }
        let (own, score) = (self.interest, self.score.saturating_sub(point.score()));
        own.saturating_sub(point.interest).max(score)
    }

    /// The least fit that is enough beside these points; none where no fit is.
    fn fit_beside(self, point: Point) -> i64 {
        if point.interest < self.interest {
            return i64::MAX;
        }
        let (own, score) = (self.fit, self.score.saturating_sub(point.score()));
        own.saturating_sub(point.fit).max(score)
    }
}

impl Layout {
    /// Nothing where it would take more steps than `budget`.
    pub(crate) fn of(view: &View<'_>, blocks: &[Block], budget: &mut usize) -> Option<Self> {
        let (fixed, parts) = parts(view, blocks, budget)?;
        let mut sums: [Vec<Vec<Held>>; 3] = Default::default();
        let mut places = Vec::new();
        for part in &parts {
            let held = part.held(view);
            let first = held.first()?.point;
            let fits = held.iter().any(|held| held.point.fit != first.fit);
            let interests = held.iter().any(|held| held.point.interest != first.interest);
            let which = if !interests {
                FIT
            } else if !fits {
                INTEREST
            } else {
                BOTH
            };
            let axis = sums.get_mut(which)?;
            places.push((which, axis.len()));
            axis.push(held);
        }
        let mut axes = Vec::new();
        for (which, sums) in sums.iter().enumerate() {
            let origin = if which == FIT { fixed } else { Point::default() };
            axes.push(axis(which, sums, origin, budget)?);
        }
        let mut spared = Vec::new();
        for block in blocks {
            spared.push(block.spared());
        }
        Some(Self { parts, places, axes, spared, fixed, disqualified: view.disqualified() })
    }

    /// The least and the greatest score, and the decisions that some completion gives.
    pub(crate) fn reach(&self, view: &View<'_>, blocks: &[Block]) -> Reach {
        let (low, high) = self.corners();
        let mut decisions = Reachable::default();
        if self.disqualified || blocks.iter().any(Block::may_disqualify) {
            decisions.add(Decision::Disqualified);
        }
        if !self.disqualified && blocks.iter().all(Block::may_spare) {
            let bar = Bar::of(view);
            let (least, most) = self.range_beside();
            self.each(BOTH, SPARED, &mut |both, _| {
                if bar.is_met(most.plus(both)) {
                    decisions.add(Decision::Handoff);
                }
                if !bar.is_met(least.plus(both)) {
                    decisions.add(Decision::Nurture);
                }
            });
        }
        Reach { low, high, decisions }
    }

    /// The least and the most points beside those of both dimensions.
    fn range_beside(&self) -> (Point, Point) {
        let (mut least, mut most) = (Point::default(), Point::default());
        for which in [FIT, INTEREST] {
            let (mut first, mut last) = (None, Point::default());
            self.each(which, SPARED, &mut |point, _| {
                first.get_or_insert(point);
                last = point;
            });
            least = least.plus(first.unwrap_or_default());
            most = most.plus(last);
        }
        (least, most)
    }

    /// The least and the greatest score, whether or not something disqualifies.
    fn corners(&self) -> (i64, i64) {
        let (mut low, mut high) = (0_i64, 0_i64);
        for which in [FIT, INTEREST, BOTH] {
            let (mut least, mut most) = (i64::MAX, i64::MIN);
            self.each(which, EXCLUDED, &mut |point, _| {
                least = least.min(point.score());
                most = most.max(point.score());
            });
            low = low.saturating_add(least);
            high = high.saturating_add(most);
        }
        (low, high)
    }

    /// Looks at the sums of an axis to which at least such a way leads, and how likely they are.
    fn each(&self, which: usize, least: Way, look: &mut dyn FnMut(Point, f64)) {
        let Some(axis) = self.axes.get(which) else { return };
        for (share, way, sum) in axis.chain.every() {
            if way >= least {
                look(axis.point(which, sum), share);
            }
        }
    }

    /// How likely the lead is handed over; from here on, what is expected given any outcome is known.
    pub(crate) fn expect(&mut self, view: &View<'_>) -> f64 {
        let bar = Bar::of(view);
        let mut worths: [Vec<f64>; 3] = Default::default();
        for which in [FIT, INTEREST, BOTH] {
            let worth = self.worth(which, bar);
            if let Some(slot) = worths.get_mut(which) {
                *slot = worth;
            }
        }
        let mut odds = 0.0;
        let mut afters = Vec::new();
        for (which, (axis, worth)) in self.axes.iter().zip(worths).enumerate() {
            if which == FIT {
                for (share, worth) in axis.chain.all().iter().zip(&worth) {
                    odds += share * worth;
                }
            }
            afters.push(axis.chain.expect(worth));
        }
        for (part, (which, nth)) in self.parts.iter_mut().zip(&self.places) {
            let (Some(axis), Some(after)) = (self.axes.get(*which), afters.get(*which)) else { continue };
            let mut worth = vec![0.0; part.chain.all().len()];
            let mut last: Option<(i64, f64)> = None;
            for (_, way, sum) in part.chain.every() {
                if way < SPARED {
                    continue;
                }
                let key = key(*which, axis.stride, part.hold(view, sum));
                // Beyond a bound of a group many sums are worth the same.
                let own = match last {
                    Some((same, own)) if same == key => own,
                    _ => axis.chain.given(after, *nth, key),
                };
                last = Some((key, own));
                if let Some(slot) = worth.get_mut(part.chain.place(sum)) {
                    *slot = own;
                }
            }
            part.after = part.chain.expect(worth);
        }
        if self.disqualified { 0.0 } else { odds }
    }

    /// How likely a hand-over is at each sum of an axis, by what the other axes come to.
    fn worth(&self, which: usize, bar: Bar) -> Vec<f64> {
        let (one, other) = match which {
            FIT => (BOTH, INTEREST),
            INTEREST => (BOTH, FIT),
            _ => (FIT, INTEREST),
        };
        let (Some(axis), Some(last)) = (self.axes.get(which), self.axes.get(other)) else { return Vec::new() };
        let tail = last.chain.tail();
        let mut others = Vec::new();
        self.each(one, SPARED, &mut |point, share| others.push((point, share)));
        let mut worth = vec![0.0; axis.chain.all().len()];
        for (_, way, sum) in axis.chain.every() {
            let Some(slot) = worth.get_mut(axis.chain.place(sum)).filter(|_| way == SPARED) else { continue };
            let here = axis.point(which, sum).plus(last.constant(other));
            for (point, share) in &others {
                let beside = here.plus(*point);
                let from = if other == FIT { bar.fit_beside(beside) } else { bar.interest_beside(beside) };
                *slot += share * tail.get(last.chain.place(from)).copied().unwrap_or(0.0);
            }
        }
        worth
    }

    /// How likely each outcome of a block makes a hand-over, beside all that the other blocks may bring.
    pub(crate) fn given(&self, blocks: &[Block], block: usize) -> Option<Vec<f64>> {
        let part = self.parts.iter().find(|part| part.blocks.contains(&block))?;
        let nth = part.blocks.iter().position(|own| *own == block)?;
        let mut known: Vec<(i64, f64)> = Vec::new();
        let block = blocks.get(block)?;
        let mut given = Vec::with_capacity(block.count());
        for outcome in block.outcomes()? {
            if outcome.excluded || self.disqualified {
                given.push(0.0);
                continue;
            }
            let key = part.key(&outcome);
            let own = match known.iter().find(|(same, _)| *same == key) {
                Some((_, own)) => *own,
                None => part.chain.given(&part.after, nth, key),
            };
            if known.len() < 64 {
                known.push((key, own));
            }
            given.push(own);
        }
        Some(given)
    }

    /// What surrounds a block: all that the other blocks may bring with a share above `least`; nothing where that is more
    /// than `most`.
    pub(crate) fn around(
        &self,
        view: &View<'_>,
        blocks: &[Block],
        block: usize,
        least: f64,
        most: usize,
    ) -> Option<Around<'_>> {
        let own = self.parts.iter().position(|part| part.blocks.contains(&block))?;
        let part = self.parts.get(own)?;
        let mut budget = most.saturating_mul(16);
        let sums = part.sums(blocks, Some(block), &mut budget)?;
        let mut rests = Vec::new();
        for (share, way, sum) in sums.every() {
            if way == SPARED && share > least {
                rests.push(sum);
            }
        }
        let mut others = vec![self.fixed];
        for which in [FIT, INTEREST, BOTH] {
            let mut terms = Vec::new();
            for (at, other) in self.parts.iter().enumerate() {
                if at != own && self.places.get(at).is_some_and(|(axis, _)| *axis == which) {
                    terms.push(other.held(view));
                }
            }
            let axis = axis(which, &terms, Point::default(), &mut budget)?;
            let mut next = Vec::new();
            for (share, way, sum) in axis.chain.every() {
                if way == SPARED && share > least {
                    let point = axis.point(which, sum);
                    others.iter().for_each(|other| next.push(point.plus(*other)));
                }
            }
            others = next;
            if others.len() > most {
                return None;
            }
        }
        Some(Around { part, rests, others })
    }

    /// How likely nothing disqualifies, leaving out one block.
    pub(crate) fn spared(&self, but: Option<usize>) -> f64 {
        if self.disqualified {
            return 0.0;
        }
        let mut spared = 1.0;
        for (block, own) in self.spared.iter().enumerate() {
            if but != Some(block) {
                spared *= own;
            }
        }
        spared
    }
}

/// The scores and decisions that completions come to.
pub(crate) struct Reach {
    pub(crate) low: i64,
    pub(crate) high: i64,
    pub(crate) decisions: Reachable,
}

/// What surrounds a block.
pub(crate) struct Around<'l> {
    /// The part that the block is in.
    pub(crate) part: &'l Part,
    /// What its other blocks add, as keys.
    pub(crate) rests: Vec<i64>,
    /// The points of all other parts, and what nothing changes.
    pub(crate) others: Vec<Point>,
}

/// What a point is as a key of an axis.
fn key(which: usize, stride: i64, point: Point) -> i64 {
    match which {
        FIT => point.fit,
        INTEREST => point.interest,
        _ => point.fit.saturating_add(point.interest.saturating_mul(stride)),
    }
}

/// Sums of points along an axis.
fn axis(which: usize, parts: &[Vec<Held>], fixed: Point, budget: &mut usize) -> Option<Axis> {
    let (mut low, mut span) = (Point::default(), 1_i64);
    for held in parts {
        let mut least = held.first()?.point;
        let mut most = least.fit;
        for Held { point, .. } in held {
            least.fit = least.fit.min(point.fit);
            least.interest = least.interest.min(point.interest);
            most = most.max(point.fit);
        }
        low = low.plus(least);
        span = span.checked_add(most.checked_sub(least.fit)?)?;
    }
    let stride = if which == BOTH { span } else { 0 };
    let mut terms = Vec::new();
    for held in parts {
        let mut term = Vec::with_capacity(held.len());
        for Held { point, share, way } in held {
            term.push(Added { sum: key(which, stride, *point), share: *share, way: *way });
        }
        terms.push(term);
    }
    let chain = Chain::of(&terms, budget)?;
    Some(Axis { chain, stride, base: key(which, stride, low), origin: fixed.plus(low) })
}
