//! Parts: blocks that meet in bounded groups. Their sums are kept apart by group until the groups' bounds hold.

use super::block::{Block, join};
use super::chain::{Added, Chain, NEVER};
use super::view::View;
use crate::pact::criterion::Dimension;
use crate::table::Table;

/// The furthest that keys of a part may lie apart.
const MOST_KEYS: i64 = 1 << 52;

/// Points of both dimensions.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Point {
    pub(crate) fit: i64,
    pub(crate) interest: i64,
}

impl Point {
    pub(crate) fn add(&mut self, dimension: Dimension, points: i64) {
        match dimension {
            Dimension::Fit => self.fit += points,
            Dimension::Interest => self.interest += points,
        }
    }

    pub(crate) fn plus(self, other: Self) -> Self {
        Self { fit: self.fit + other.fit, interest: self.interest + other.interest }
    }

    pub(crate) fn score(self) -> i64 {
        self.fit + self.interest
    }
}

/// Blocks that meet in bounded groups, and these groups.
pub(crate) struct Part {
    pub(crate) blocks: Vec<usize>,
    /// Where sums are kept: each lane a digit of a key. Keys of sums add up as the sums do.
    lanes: Vec<Lane>,
    /// By group, what a point of it adds to a key.
    strides: Table<i64>,
    /// The key where every lane's sum is the least.
    start: i64,
    /// The sums of the blocks, as keys.
    pub(crate) chain: Chain,
    /// The axis that its points are summed along, and its place there.
    pub(crate) axis: usize,
    pub(crate) nth: usize,
}

/// Points that may come about, and how likely they are.
#[derive(Clone, Copy)]
pub(crate) struct Held {
    pub(crate) point: Point,
    pub(crate) share: f64,
}

struct Lane {
    /// The bounded group that is kept apart, if it is one.
    group: Option<usize>,
    dimension: Dimension,
    /// The sum where the digit is 0.
    start: i64,
    stride: i64,
}

/// The least and the most that blocks add to a group that stands at `raw`.
pub(super) fn reach(view: &View<'_>, blocks: &[Block], group: usize, raw: i64) -> (i64, i64) {
    let (mut low, mut high) = (raw, raw);
    for block in blocks {
        let (least, most) = block.reach(view, group);
        low += least;
        high += most;
    }
    (low, high)
}

/// The parts, and what no block touches. Nothing where they would take more steps than `budget`.
pub(crate) fn parts(view: &View<'_>, blocks: &[Block], budget: &mut usize) -> Option<(Point, Vec<Part>)> {
    let mut fixed = Point::default();
    // By block, the first of those that it meets.
    let mut firsts = Table::ids(blocks.len());
    let mut bounded = Vec::new();
    for (group, bounds) in view.terms.groups.iter().enumerate() {
        let raw = view.raw(group);
        let (low, high) = reach(view, blocks, group, raw);
        if low != high && (bounds.hold(low) != low || bounds.hold(high) != high) {
            bounded.push((group, joined(view, blocks, &mut firsts, group)));
            continue;
        }
        // What the blocks add for certain comes with their outcomes.
        let points = if low == high { bounds.hold(low) - (low - raw) } else { raw };
        fixed.add(view.told_apart(bounds.dimension), points);
    }
    let mut parts = Vec::new();
    for first in 0..blocks.len() {
        if firsts[first] != first {
            continue;
        }
        let (mut own, mut groups) = (Vec::new(), Vec::new());
        for block in first..blocks.len() {
            if firsts[block] == first {
                own.push(block);
            }
        }
        for (group, block) in bounded.iter().rev() {
            if firsts[*block] == first {
                groups.push(*group);
            }
        }
        parts.push(Part::new(view, blocks, own, &groups, budget)?);
    }
    Some((fixed, parts))
}

/// Joins all blocks that touch a group, and returns one of them.
fn joined(view: &View<'_>, blocks: &[Block], firsts: &mut Table<usize>, group: usize) -> usize {
    let mut first = blocks.len();
    for (at, block) in blocks.iter().enumerate() {
        if block.reach(view, group) != (0, 0) {
            first = first.min(at);
            join(firsts, first, at);
        }
    }
    first
}

impl Part {
    /// Nothing where the sums take more steps than `budget`.
    fn new(view: &View<'_>, blocks: &[Block], own: Vec<usize>, groups: &[usize], budget: &mut usize) -> Option<Self> {
        let mut part = Self {
            lanes: Vec::new(),
            blocks: own,
            strides: Table::filled(0, view.terms.groups.len()),
            start: 0,
            chain: Chain::of(&[], budget)?,
            axis: 0,
            nth: 0,
        };
        let mut stride = 1_i64;
        // A lane a bounded group, then one for the others of either dimension.
        for at in 0..groups.len() + 2 {
            let group = groups.get(at).copied();
            let mut dimension = if at == groups.len() { Dimension::Fit } else { Dimension::Interest };
            let (mut low, mut high) = (0, 0);
            for (other, bounds) in view.terms.groups.iter().enumerate() {
                let own = view.told_apart(bounds.dimension);
                if group == Some(other) {
                    dimension = own;
                    low = view.raw(other);
                    high = low;
                } else if group.is_some() || groups.contains(&other) || own != dimension {
                    continue;
                }
                part.strides[other] = stride;
                for block in &part.blocks {
                    let (least, most) = blocks.get(*block)?.reach(view, other);
                    part.start += stride * least;
                    low += least;
                    high += most;
                }
            }
            part.lanes.push(Lane { group, dimension, start: low, stride });
            let span = high - low + 1;
            if span > MOST_KEYS / stride {
                return None;
            }
            stride *= span;
        }
        part.chain = part.sums(blocks, None, budget)?;
        Some(part)
    }

    /// The sums of its blocks, leaving out one.
    pub(crate) fn sums(&self, blocks: &[Block], but: Option<usize>, budget: &mut usize) -> Option<Chain> {
        let mut terms = Vec::new();
        for id in &self.blocks {
            let block = blocks.get(*id)?;
            if but == Some(*id) {
                continue;
            }
            if block.is_too_large() {
                return None;
            }
            terms.push(self.outcomes(block));
        }
        Chain::of(&terms, budget)
    }

    /// The outcomes of a block, as keys.
    fn outcomes(&self, block: &Block) -> Vec<Added> {
        let mut outcomes = Vec::new();
        for (at, share) in block.shares.iter().enumerate() {
            outcomes.push(Added { sum: self.key(block, at), share: *share });
        }
        outcomes
    }

    /// The points that sums of its blocks come to, once the groups' bounds hold; at least one, though it cannot be.
    pub(crate) fn held(&self, view: &View<'_>) -> Vec<Held> {
        let mut held = Vec::new();
        for Added { sum, share } in self.chain.every() {
            held.push(Held { point: self.hold(view, sum), share });
        }
        if held.is_empty() {
            held.push(Held { point: self.hold(view, self.start), share: NEVER });
        }
        held
    }

    /// The least and the greatest score that its blocks come to, whether or not something disqualifies.
    pub(crate) fn scores(&self, view: &View<'_>, blocks: &[Block]) -> Option<(i64, i64)> {
        let (mut terms, mut excludes) = (Vec::new(), false);
        for id in &self.blocks {
            let block = blocks.get(*id)?;
            let mut outcomes = self.outcomes(block);
            for outcome in &mut outcomes {
                outcome.share = libm::fabs(outcome.share);
            }
            excludes |= block.may_disqualify();
            terms.push(outcomes);
        }
        let all = if excludes { Chain::of(&terms, &mut usize::MAX.clone())?.every() } else { self.chain.every() };
        let (mut low, mut high) = (i64::MAX, i64::MIN);
        for Added { sum, .. } in all {
            let score = self.hold(view, sum).score();
            low = low.min(score);
            high = high.max(score);
        }
        Some((low, high))
    }

    /// What an outcome of a block adds, as a key.
    pub(crate) fn key(&self, block: &Block, outcome: usize) -> i64 {
        let mut key = 0;
        for (group, sum) in block.groups.iter().zip(block.sums(outcome)) {
            key += self.strides[*group] * sum;
        }
        key
    }

    /// The points of a key, once the groups' bounds hold.
    pub(crate) fn hold(&self, view: &View<'_>, key: i64) -> Point {
        let mut held = Point::default();
        let mut above = key - self.start;
        // The lanes with the longer strides first: what is left is the digits below.
        for lane in self.lanes.iter().rev() {
            let mut sum = lane.start;
            if above >= lane.stride {
                let digit = if lane.stride == 1 { above } else { above / lane.stride };
                above -= digit * lane.stride;
                sum += digit;
            }
            held.add(lane.dimension, lane.group.map_or(sum, |group| view.terms.groups[group].hold(sum)));
        }
        held
    }
}
