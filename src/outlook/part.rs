//! Parts: blocks that meet in bounded groups. Their sums are kept apart by group until the groups' bounds hold.

use super::block::{Block, Outcome};
use super::chain::{Added, After, Chain, Way};
use super::view::View;
use crate::pact::criterion::Dimension;
use crate::table::Table;

/// Points of both dimensions.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Point {
    pub(crate) fit: i64,
    pub(crate) interest: i64,
}

impl Point {
    pub(crate) fn add(&mut self, dimension: Dimension, points: i64) {
        let sum = match dimension {
            Dimension::Fit => &mut self.fit,
            Dimension::Interest => &mut self.interest,
        };
        *sum = sum.saturating_add(points);
    }

    pub(crate) fn plus(self, other: Self) -> Self {
        let (fit, interest) = (self.fit.saturating_add(other.fit), self.interest.saturating_add(other.interest));
        Self { fit, interest }
    }

    pub(crate) fn score(self) -> i64 {
        self.fit.saturating_add(self.interest)
    }
}

/// Blocks that meet in bounded groups, and these groups.
pub(crate) struct Part {
    pub(crate) blocks: Vec<usize>,
    lanes: Vec<Lane>,
    /// By group, what a point of it adds to a key.
    strides: Table<i64>,
    /// The key where every lane's sum is the least.
    start: i64,
    /// The points of lanes in which there is nothing to tell apart.
    same: Point,
    /// The sums of the blocks, as keys.
    pub(crate) chain: Chain,
    /// How likely a hand-over is given what some of them add.
    pub(crate) after: After,
}

/// Points that a part may come to.
pub(crate) struct Held {
    pub(crate) point: Point,
    pub(crate) share: f64,
    pub(crate) way: Way,
}

/// Where sums are kept: a digit of a key. Keys of sums add up as the sums do.
struct Lane {
    /// The bounded group that is kept apart, if it is one.
    group: Option<usize>,
    dimension: Dimension,
    /// The sum where the digit is 0.
    start: i64,
    stride: i64,
}

/// A part that is not laid out yet: its blocks and its groups.
type Draft = (Vec<usize>, Vec<usize>);

/// The least and the most that blocks add to a group that stands at `raw`.
pub(super) fn reach(view: &View<'_>, blocks: &[Block], group: usize, raw: i64) -> (i64, i64) {
    let (mut low, mut high) = (raw, raw);
    for block in blocks {
        let (least, most) = block.reach(view, group);
        low = low.saturating_add(least);
        high = high.saturating_add(most);
    }
    (low, high)
}

/// The parts, and what no block touches. Nothing where they would take more steps than `budget`.
pub(crate) fn parts(view: &View<'_>, blocks: &[Block], budget: &mut usize) -> Option<(Point, Vec<Part>)> {
    let mut fixed = Point::default();
    let mut drafts: Vec<Draft> = Vec::new();
    for block in 0..blocks.len() {
        drafts.push((vec![block], Vec::new()));
    }
    for (group, bounds) in view.terms.groups.iter().enumerate() {
        let raw = view.raw(group);
        let (low, high) = reach(view, blocks, group, raw);
        let binds = bounds.hold(low) != low || bounds.hold(high) != high;
        if low == high || !binds {
            // What the blocks add for certain comes with their outcomes.
            let added = low.saturating_sub(raw);
            let points = if low == high { bounds.hold(low).saturating_sub(added) } else { raw };
            fixed.add(view.told_apart(bounds.dimension), points);
            continue;
        }
        drafts = joined(view, blocks, drafts, group);
    }
    // In the order of their first blocks, whatever the order in which they were joined.
    drafts.sort_unstable();
    let mut parts = Vec::new();
    for (own, groups) in drafts {
        parts.push(Part::new(view, blocks, own, &groups, budget)?);
    }
    Some((fixed, parts))
}

/// One draft of all that touch a bounded group, and the others.
fn joined(view: &View<'_>, blocks: &[Block], drafts: Vec<Draft>, group: usize) -> Vec<Draft> {
    let touches = |at: &usize| blocks.get(*at).is_some_and(|block| block.reach(view, group) != (0, 0));
    let mut joined = (Vec::new(), vec![group]);
    let mut rest = Vec::new();
    for mut draft in drafts {
        if draft.0.iter().any(touches) {
            joined.0.append(&mut draft.0);
            joined.1.append(&mut draft.1);
        } else {
            rest.push(draft);
        }
    }
    joined.0.sort_unstable();
    rest.push(joined);
    rest
}

impl Part {
    /// Nothing where the sums take more steps than `budget`.
    fn new(view: &View<'_>, blocks: &[Block], own: Vec<usize>, groups: &[usize], budget: &mut usize) -> Option<Self> {
        let mut part = Self {
            lanes: Vec::new(),
            blocks: own,
            strides: Table::filled(0, view.terms.groups.len()),
            start: 0,
            same: Point::default(),
            chain: Chain::of(&[], budget)?,
            after: After::default(),
        };
        let mut stride = 1_i64;
        for at in 0..groups.len() + 2 {
            let group = groups.get(at).copied();
            let dimension = match group {
                Some(group) => view.told_apart(view.terms.groups[group].dimension),
                None if at == groups.len() => Dimension::Fit,
                None => Dimension::Interest,
            };
            let feeds = |other: usize, of: Dimension| match group {
                Some(group) => group == other,
                None => !groups.contains(&other) && view.told_apart(of) == dimension,
            };
            stride = part.open_lane(view, blocks, group, dimension, stride, &feeds)?;
        }
        part.chain = part.sums(blocks, None, budget)?;
        Some(part)
    }

    /// The sums of its blocks, leaving out one.
    pub(crate) fn sums(&self, blocks: &[Block], but: Option<usize>, budget: &mut usize) -> Option<Chain> {
        let mut terms = Vec::new();
        for block in &self.blocks {
            if but == Some(*block) {
                continue;
            }
            let block = blocks.get(*block)?;
            let mut term = Vec::with_capacity(block.count());
            for outcome in block.outcomes()? {
                term.push(Added { sum: self.key(&outcome), share: outcome.share, way: outcome.way() });
            }
            terms.push(term);
        }
        Chain::of(&terms, budget)
    }

    /// The points that sums of its blocks come to, once the groups' bounds hold, with the way that leads there.
    pub(crate) fn held(&self, view: &View<'_>) -> Vec<Held> {
        let mut held = Vec::with_capacity(self.chain.all().len());
        for (share, way, sum) in self.chain.every() {
            held.push(Held { point: self.hold(view, sum), share, way });
        }
        held
    }

    /// Adds a lane of the groups that feed it; returns the next lane's stride.
    fn open_lane(
        &mut self,
        view: &View<'_>,
        blocks: &[Block],
        group: Option<usize>,
        dimension: Dimension,
        stride: i64,
        feeds: &dyn Fn(usize, Dimension) -> bool,
    ) -> Option<i64> {
        let (mut low, mut high) = (0_i64, 0_i64);
        for (other, bounds) in view.terms.groups.iter().enumerate() {
            if feeds(other, bounds.dimension) {
                self.strides[other] = stride;
                for block in &self.blocks {
                    let (least, most) = blocks.get(*block)?.reach(view, other);
                    low = low.checked_add(least)?;
                    high = high.checked_add(most)?;
                }
            }
        }
        let start = group.map_or(low, |group| low.saturating_add(view.raw(group)));
        let span = high.checked_sub(low)?.checked_add(1)?;
        self.start = self.start.checked_add(stride.checked_mul(low)?)?;
        if span == 1 && group.is_none() {
            self.same.add(dimension, start);
        } else {
            self.lanes.push(Lane { group, dimension, start, stride });
        }
        stride.checked_mul(span)
    }

    /// What an outcome of a block adds, as a key.
    pub(crate) fn key(&self, outcome: &Outcome<'_>) -> i64 {
        let mut key = 0_i64;
        for (group, sum) in outcome.groups.iter().zip(outcome.sums) {
            key = key.saturating_add(self.strides[*group].saturating_mul(*sum));
        }
        key
    }

    /// The points of a key, once the groups' bounds hold.
    pub(crate) fn hold(&self, view: &View<'_>, key: i64) -> Point {
        let mut held = self.same;
        let mut above = key.saturating_sub(self.start);
        // The lanes with the longer strides first: what is left is the digits below.
        for lane in self.lanes.iter().rev() {
            let digit = if lane.stride == 1 { above } else { above / lane.stride };
            above -= digit * lane.stride;
            let sum = lane.start.saturating_add(digit);
            held.add(lane.dimension, lane.group.map_or(sum, |group| view.terms.groups[group].hold(sum)));
        }
        held
    }
}
