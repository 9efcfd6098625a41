//! Parts: blocks that meet in bounded groups. Their sums are kept apart by group until the groups' bounds hold.

use super::block::{Block, Outcome};
use super::spread::Spread;
use super::view::View;
use crate::pact::criterion::Dimension;
use crate::table::Table;

/// Points of both dimensions, and whether something disqualifies.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Point {
    pub(crate) fit: i64,
    pub(crate) interest: i64,
    pub(crate) disqualified: bool,
}

impl Point {
    pub(super) fn add(&mut self, dimension: Dimension, points: i64) {
        let sum = match dimension {
            Dimension::Fit => &mut self.fit,
            Dimension::Interest => &mut self.interest,
        };
        *sum = sum.saturating_add(points);
    }

    pub(super) fn score(self) -> i64 {
        self.fit.saturating_add(self.interest)
    }
}

/// Blocks that meet in bounded groups, and these groups.
pub(crate) struct Part {
    pub(crate) blocks: Vec<usize>,
    lanes: Vec<Lane>,
    /// How many blocks may disqualify; the lowest digit of a key counts them.
    excluding: u64,
    /// By group, what a point of it adds to a key.
    strides: Table<u64>,
    /// By block of the part, the key of the least that it adds, before it is moved to 0.
    least: Vec<u64>,
}

/// Where sums are kept: a digit of a key. Keys of sums add up as the sums do.
struct Lane {
    /// The bounded group that is kept apart, if it is one.
    group: Option<usize>,
    dimension: Dimension,
    /// The sum where the digit is 0.
    start: i64,
    stride: u64,
    /// How many values the digit has.
    span: u64,
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

/// The parts, and what no block touches.
pub(crate) fn parts(view: &View<'_>, blocks: &[Block]) -> Option<(Point, Vec<Part>)> {
    let mut fixed = Point { disqualified: view.disqualified(), ..Point::default() };
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
        drafts = rest;
    }
    // In the order of their first blocks, whatever the order in which they were joined.
    let mut parts = Vec::new();
    for first in 0..blocks.len() {
        for (own, groups) in &drafts {
            if own.first() == Some(&first) {
                parts.push(Part::new(view, blocks, own, groups)?);
            }
        }
    }
    Some((fixed, parts))
}

impl Part {
    /// Nothing where the sums do not fit a key.
    fn new(view: &View<'_>, blocks: &[Block], own: &[usize], groups: &[usize]) -> Option<Self> {
        let mut part = Self {
            excluding: 0,
            lanes: Vec::new(),
            blocks: own.to_vec(),
            strides: Table::filled(0, view.terms.groups.len()),
            least: vec![0; own.len()],
        };
        for block in own {
            part.excluding += u64::from(blocks.get(*block)?.may_disqualify());
        }
        let mut stride = part.excluding.checked_add(1)?;
        for at in 0..groups.len() + 2 {
            let group = groups.get(at).copied();
            let dimension = match group {
                Some(group) => view.told_apart(view.terms.groups[group].dimension),
                None if at == groups.len() => Dimension::Fit,
                None => Dimension::Interest,
            };
            let (mut low, mut high) = (0_i64, 0_i64);
            for (other, bounds) in view.terms.groups.iter().enumerate() {
                let feeds = match group {
                    Some(group) => group == other,
                    None => !groups.contains(&other) && view.told_apart(bounds.dimension) == dimension,
                };
                if !feeds {
                    continue;
                }
                part.strides[other] = stride;
                for (block, base) in own.iter().zip(&mut part.least) {
                    let (least, most) = blocks.get(*block)?.reach(view, other);
                    low = low.saturating_add(least);
                    high = high.saturating_add(most);
                    *base = base.wrapping_add(stride.wrapping_mul(least.cast_unsigned()));
                }
            }
            let start = group.map_or(low, |group| low.saturating_add(view.raw(group)));
            let span = high.abs_diff(low).checked_add(1)?;
            part.lanes.push(Lane { group, dimension, start, stride, span });
            stride = stride.checked_mul(span)?;
        }
        Some(part)
    }

    /// What the `nth` block of the part may add, as keys; with `only`, where its field at a place gets one answer.
    pub(crate) fn adds(&self, nth: usize, outcomes: &[Outcome], only: Option<(usize, usize)>) -> Spread {
        let mut keyed = Vec::new();
        for outcome in outcomes {
            if only.is_none_or(|(place, answer)| outcome.answers.get(place) == Some(&Some(answer))) {
                keyed.push((self.key(nth, outcome), outcome.share));
            }
        }
        Spread::of(keyed)
    }

    /// What an outcome of the `nth` block of the part adds, as a key: it wraps on the way, and ends where it fits.
    pub(crate) fn key(&self, nth: usize, outcome: &Outcome) -> u64 {
        let least = self.least.get(nth).copied().unwrap_or(0);
        let mut key = u64::from(outcome.disqualified).wrapping_sub(least);
        for (group, sum) in &outcome.sums {
            key = key.wrapping_add(self.strides[*group].wrapping_mul(sum.cast_unsigned()));
        }
        key
    }

    /// The points of a key, once the groups' bounds hold.
    pub(crate) fn hold(&self, view: &View<'_>, key: u64) -> Point {
        let mut held = Point { disqualified: !key.is_multiple_of(self.excluding + 1), ..Point::default() };
        for lane in &self.lanes {
            let digit = (key / lane.stride) % lane.span;
            let sum = lane.start.saturating_add_unsigned(digit);
            held.add(lane.dimension, lane.group.map_or(sum, |group| view.terms.groups[group].hold(sum)));
        }
        held
    }
}

/// What the points of all parts are summed in: keys whose digits are fit, interest and how many parts disqualify.
pub(crate) struct Frame {
    /// The points where all digits are 0.
    start: Point,
    /// The least points of each part.
    least: Vec<Point>,
    fits: u64,
    interests: u64,
}

impl Frame {
    /// The frame of parts that may have these keys, and what no part touches. Nothing where keys would not fit.
    pub(crate) fn of(view: &View<'_>, fixed: Point, parts: &[Part], all: &[Spread]) -> Option<Self> {
        let mut frame = Self { start: fixed, least: Vec::new(), fits: 1, interests: 1 };
        for (part, spread) in parts.iter().zip(all) {
            let (mut low, mut high) = (Point::default(), Point::default());
            for (at, (key, _)) in spread.outcomes.iter().enumerate() {
                let point = part.hold(view, *key);
                if at == 0 {
                    (low, high) = (point, point);
                }
                low.fit = low.fit.min(point.fit);
                high.fit = high.fit.max(point.fit);
                low.interest = low.interest.min(point.interest);
                high.interest = high.interest.max(point.interest);
            }
            frame.fits = frame.fits.checked_add(high.fit.abs_diff(low.fit))?;
            frame.interests = frame.interests.checked_add(high.interest.abs_diff(low.interest))?;
            frame.start.add(Dimension::Fit, low.fit);
            frame.start.add(Dimension::Interest, low.interest);
            frame.least.push(low);
        }
        frame.fits.checked_mul(frame.interests)?.checked_mul(parts.len() as u64 + 1)?;
        Some(frame)
    }

    /// The key of a point of the `nth` part.
    pub(crate) fn key(&self, nth: usize, point: Point) -> u64 {
        let least = self.least.get(nth).copied().unwrap_or_default();
        let (fit, interest) = (point.fit.abs_diff(least.fit), point.interest.abs_diff(least.interest));
        fit + self.fits * (interest + self.interests * u64::from(point.disqualified))
    }

    /// The points of a sum of keys, one of each part.
    pub(crate) fn point(&self, key: u64) -> Point {
        let (fit, rest) = (key % self.fits, key / self.fits);
        Point {
            fit: self.start.fit.saturating_add_unsigned(fit),
            interest: self.start.interest.saturating_add_unsigned(rest % self.interests),
            disqualified: self.start.disqualified || rest / self.interests > 0,
        }
    }
}
