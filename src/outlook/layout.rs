//! The distributions of all open fields together, and the odds that come out of them.
//!
//! Blocks are summed within their parts, and parts, once the groups' bounds hold, along an axis: of fit, of interest,
//! or of both where a part earns in both and a minimum tells them apart. What a sum is worth flows back the same way.

use super::Reachable;
use super::block::Block;
use super::chain::{Added, Chain, tail};
use super::part::{Held, Part, Point, parts};
use super::view::View;
use crate::pact::qualification::Decision;
use crate::table::Table;

/// The distributions of what is open.
pub(crate) struct Layout {
    parts: Vec<Part>,
    /// Of fit, of interest, of both.
    axes: Table<Axis>,
    /// By block, the probability that it does not disqualify.
    spared: Vec<f64>,
    /// The points that nothing changes.
    fixed: Point,
    /// Whether the lead is disqualified whatever is answered.
    disqualified: bool,
    /// The least and the greatest score, whether or not something disqualifies.
    pub(crate) low: i64,
    pub(crate) high: i64,
}

const FIT: usize = 0;
const INTEREST: usize = 1;
const BOTH: usize = 2;
/// The most sums that are remembered while outcomes of one block are looked at.
const MOST_KNOWN: usize = 64;
/// As many points nobody has, either way.
const ENDLESS: i64 = 1 << 60;

/// Parts that are summed with each other.
struct Axis {
    which: usize,
    chain: Chain,
    /// What a point of interest adds to a key, where a point of fit adds 1; 0 where keys are points of one dimension.
    stride: i64,
    /// The points where the key is `base`.
    origin: Point,
    base: i64,
}

impl Axis {
    /// Sums of points along an axis.
    fn of(which: usize, parts: &[Vec<Held>], fixed: Point, budget: &mut usize) -> Option<Self> {
        let (mut low, mut span) = (Point::default(), 1);
        for held in parts {
            let mut least = held.first()?.point;
            let mut most = least.fit;
            for Held { point, .. } in held {
                least.fit = least.fit.min(point.fit);
                least.interest = least.interest.min(point.interest);
                most = most.max(point.fit);
            }
            low = low.plus(least);
            span += most - least.fit;
        }
        let stride = if which == BOTH { span } else { 0 };
        let mut terms = Vec::new();
        for held in parts {
            let mut term = Vec::new();
            for Held { point, share } in held {
                term.push(Added { sum: key(which, stride, *point), share: *share });
            }
            terms.push(term);
        }
        let (chain, base) = (Chain::of(&terms, budget)?, key(which, stride, low));
        Some(Self { which, chain, stride, origin: fixed.plus(low), base })
    }

    /// The points of a key.
    fn point(&self, key: i64) -> Point {
        let above = key - self.base;
        let more = match self.which {
            FIT => Point { fit: above, interest: 0 },
            INTEREST => Point { fit: 0, interest: above },
            _ => Point { fit: above % self.stride, interest: above / self.stride },
        };
        self.origin.plus(more)
    }

    /// What may come about along it.
    fn held(&self) -> Vec<Held> {
        let mut held = Vec::new();
        for Added { sum, share } in self.chain.every() {
            held.push(Held { point: self.point(sum), share });
        }
        held
    }
}

/// What a point is as a key of an axis.
fn key(which: usize, stride: i64, point: Point) -> i64 {
    match which {
        FIT => point.fit,
        INTEREST => point.interest,
        _ => point.fit + point.interest * stride,
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
            fit: qualification.least_fit.unwrap_or(-ENDLESS),
            interest: interest.unwrap_or(-ENDLESS),
        }
    }

    fn is_met(self, point: Point) -> bool {
        self.beside(INTEREST, point) <= 0
    }

    /// The least points of one dimension that are enough beside these points; endless where none are.
    fn beside(self, which: usize, point: Point) -> i64 {
        let (fit, interest) = (self.fit - point.fit, self.interest - point.interest);
        let (own, other) = if which == FIT { (fit, interest) } else { (interest, fit) };
        if other > 0 { ENDLESS } else { own.max(self.score - point.score()) }
    }
}

impl Layout {
    /// Nothing where it would take more steps than `budget`.
    pub(crate) fn of(view: &View<'_>, blocks: &[Block], budget: &mut usize) -> Option<Self> {
        let (fixed, mut parts) = parts(view, blocks, budget)?;
        let (mut low, mut high) = (fixed.score(), fixed.score());
        let mut sums = Table(vec![Vec::new(), Vec::new(), Vec::new()]);
        for part in &mut parts {
            let held = part.held(view);
            let first = held.first()?.point;
            let (mut fits, mut interests) = (false, false);
            for Held { point, .. } in &held {
                fits |= point.fit != first.fit;
                interests |= point.interest != first.interest;
            }
            part.axis = match (fits, interests) {
                (_, false) => FIT,
                (false, true) => INTEREST,
                (true, true) => BOTH,
            };
            part.nth = sums[part.axis].len();
            sums[part.axis].push(held);
            let (least, most) = part.scores(view, blocks)?;
            low += least;
            high += most;
        }
        let mut axes = Table(Vec::new());
        for (which, sums) in sums.iter().enumerate() {
            let origin = if which == FIT { fixed } else { Point::default() };
            axes.0.push(Axis::of(which, sums, origin, budget)?);
        }
        let mut spared = Vec::new();
        for block in blocks {
            spared.push(block.spared());
        }
        Some(Self { parts, axes, spared, fixed, disqualified: view.disqualified(), low, high })
    }

    /// The decisions that some completion gives.
    pub(crate) fn reach(&self, view: &View<'_>, blocks: &[Block]) -> Reachable {
        let mut decisions = Reachable::default();
        if self.disqualified || blocks.iter().any(Block::may_disqualify) {
            decisions.add(Decision::Disqualified);
        }
        if !self.disqualified && blocks.iter().all(Block::may_spare) {
            let bar = Bar::of(view);
            let (fits, interests) = (self.axes[FIT].held(), self.axes[INTEREST].held());
            let sum = |fit: Option<&Held>, interest: Option<&Held>| Some(fit?.point.plus(interest?.point));
            let least = sum(fits.first(), interests.first()).unwrap_or_default();
            let most = sum(fits.last(), interests.last()).unwrap_or_default();
            for both in self.axes[BOTH].held() {
                if bar.is_met(most.plus(both.point)) {
                    decisions.add(Decision::Handoff);
                }
                if !bar.is_met(least.plus(both.point)) {
                    decisions.add(Decision::Nurture);
                }
            }
        }
        decisions
    }

    /// How likely the lead is handed over; from here on, what is expected given any outcome is known.
    pub(crate) fn expect(&mut self, view: &View<'_>) -> f64 {
        let bar = Bar::of(view);
        let mut odds = 0.0;
        for which in [FIT, INTEREST, BOTH] {
            let worth = self.worth(which, bar);
            let chain = &mut self.axes[which].chain;
            if which == FIT {
                for (share, worth) in chain.all().iter().zip(&worth) {
                    odds += share * worth;
                }
            }
            chain.expect(worth);
        }
        for part in &mut self.parts {
            let axis = &self.axes[part.axis];
            // Beyond a bound of a group many sums are worth the same.
            let mut last = (i64::MIN, 0.0);
            let worth = part.chain.each(&mut |sum| {
                let key = key(part.axis, axis.stride, part.hold(view, sum));
                if key != last.0 {
                    last = (key, axis.chain.given(part.nth, key));
                }
                last.1
            });
            part.chain.expect(worth);
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
        let (axis, last) = (&self.axes[which], &self.axes[other]);
        let tail = tail(last.chain.all());
        let others = self.axes[one].held();
        axis.chain.each(&mut |sum| {
            let here = axis.point(sum).plus(last.point(0));
            let mut worth = 0.0;
            for Held { point, share } in &others {
                let from = last.chain.place(bar.beside(other, here.plus(*point)));
                worth += share * tail.get(from).copied().unwrap_or(0.0);
            }
            worth
        })
    }

    /// How likely each outcome of a block makes a hand-over, beside all that the other blocks may bring.
    pub(crate) fn given(&self, blocks: &[Block], block: usize) -> Option<Vec<f64>> {
        let part = self.part_of(block)?;
        let nth = part.blocks.iter().position(|own| *own == block)?;
        let mut known: Vec<(i64, f64)> = Vec::new();
        let block = blocks.get(block)?;
        let mut given = Vec::new();
        for (at, share) in block.shares.iter().enumerate() {
            if share.is_sign_negative() || self.disqualified {
                given.push(0.0);
                continue;
            }
            let key = part.key(block, at);
            let own = match known.iter().find(|(same, _)| *same == key) {
                Some((_, own)) => *own,
                None => part.chain.given(nth, key),
            };
            if known.len() < MOST_KNOWN {
                known.push((key, own));
            }
            given.push(own);
        }
        Some(given)
    }

    /// The part that a block is in.
    pub(crate) fn part_of(&self, block: usize) -> Option<&Part> {
        self.parts.iter().find(|part| part.blocks.contains(&block))
    }

    /// The points that all parts but that of a block may bring with a share above `least`, and what nothing changes;
    /// nothing where they are more than `most`.
    pub(crate) fn around(
        &self,
        view: &View<'_>,
        block: usize,
        least: f64,
        most: usize,
        budget: &mut usize,
    ) -> Option<Vec<Point>> {
        let mut others = vec![self.fixed];
        for which in [FIT, INTEREST, BOTH] {
            let mut terms = Vec::new();
            for part in &self.parts {
                if part.axis == which && !part.blocks.contains(&block) {
                    terms.push(part.held(view));
                }
            }
            let axis = Axis::of(which, &terms, Point::default(), budget)?;
            let mut next = Vec::new();
            for Held { point, share } in axis.held() {
                if share > least {
                    for other in &others {
                        next.push(point.plus(*other));
                    }
                }
            }
            others = next;
            if others.len() > most {
                return None;
            }
        }
        Some(others)
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
