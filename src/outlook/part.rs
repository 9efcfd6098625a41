//! Parts: blocks that meet in bounded groups. Their sums are kept apart by group until the groups' bounds hold.

use super::block::{Block, Outcome};
use super::spread::Spread;
use super::view::View;
use crate::pact::criterion::Dimension;
use std::ops::Add;

/// Points of both dimensions, and whether something disqualifies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Point {
    pub(crate) fit: i64,
    pub(crate) interest: i64,
    pub(crate) disqualified: bool,
}

impl Add for Point {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            fit: self.fit.saturating_add(other.fit),
            interest: self.interest.saturating_add(other.interest),
            disqualified: self.disqualified || other.disqualified,
        }
    }
}

/// Blocks that meet in bounded groups, and these groups.
pub(crate) struct Part {
    pub(crate) blocks: Vec<usize>,
    lanes: Vec<Lane>,
    /// How many blocks may disqualify; the lowest digit of a key counts them.
    excluding: u64,
    /// Whether fit and interest are told apart.
    apart: bool,
}

/// Where sums are kept: a digit of a key. Keys of sums add up as the sums do.
struct Lane {
    to: To,
    /// The sum where the digit is 0.
    start: i64,
    /// The least that each block of the part adds.
    least: Vec<i64>,
    stride: u64,
    /// How many values the digit has.
    span: u64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum To {
    Group(usize),
    Fit,
    Interest,
}

/// The parts, and what no block touches.
pub(crate) fn parts(view: &View<'_>, blocks: &[Block]) -> Option<(Point, Vec<Part>)> {
    let qualification = &view.terms.qualification;
    let apart = qualification.least_fit.is_some() || (view.behaviour && qualification.least_interest.is_some());
    let mut fixed = Point { disqualified: view.disqualified(), ..Point::default() };
    let mut drafts: Vec<(Vec<usize>, Vec<usize>)> = (0..blocks.len()).map(|block| (vec![block], Vec::new())).collect();
    for (group, bounds) in view.terms.groups.iter().enumerate() {
        let raw = view.raw(group);
        let low = blocks.iter().map(|block| block.reach(view, group).0).fold(raw, i64::saturating_add);
        let high = blocks.iter().map(|block| block.reach(view, group).1).fold(raw, i64::saturating_add);
        let binds = bounds.hold(low) != low || bounds.hold(high) != high;
        if low == high || !binds {
            // What the blocks add for certain comes with their outcomes.
            let added = low.saturating_sub(raw);
            let points = if low == high { bounds.hold(low).saturating_sub(added) } else { raw };
            fixed = fixed + point(to_of(view, group, apart), points);
            continue;
        }
        let touches = |at: &usize| blocks.get(*at).is_some_and(|block| block.reach(view, group) != (0, 0));
        let (met, rest): (Vec<_>, Vec<_>) = drafts.into_iter().partition(|(blocks, _)| blocks.iter().any(touches));
        let mut joined = (Vec::new(), vec![group]);
        for (blocks, groups) in met {
            joined.0.extend(blocks);
            joined.1.extend(groups);
        }
        drafts = rest;
        drafts.push(joined);
    }
    for (blocks, _) in &mut drafts {
        blocks.sort_unstable();
    }
    // In the order of their first blocks, whatever the order in which they were joined.
    let mut parts = Vec::with_capacity(drafts.len());
    for first in 0..blocks.len() {
        if let Some((own, groups)) = drafts.iter().find(|(own, _)| own.first() == Some(&first)) {
            parts.push(Part::new(view, blocks, own.clone(), groups, apart)?);
        }
    }
    Some((fixed, parts))
}

fn point(to: To, points: i64) -> Point {
    match to {
        To::Interest => Point { interest: points, ..Point::default() },
        _ => Point { fit: points, ..Point::default() },
    }
}

/// Fit and interest are one where no minimum tells them apart.
fn to_of(view: &View<'_>, group: usize, apart: bool) -> To {
    match view.terms.groups.entry(group).map(|group| group.dimension) {
        Some(Dimension::Interest) if apart => To::Interest,
        _ => To::Fit,
    }
}

impl Part {
    /// Nothing where the sums do not fit a key.
    fn new(view: &View<'_>, blocks: &[Block], own: Vec<usize>, groups: &[usize], apart: bool) -> Option<Self> {
        let mine: Vec<&Block> = own.iter().filter_map(|at| blocks.get(*at)).collect();
        let mut part = Self {
            excluding: mine.iter().filter(|block| block.may_disqualify()).count() as u64,
            lanes: Vec::new(),
            blocks: own,
            apart,
        };
        let mut stride = part.excluding.checked_add(1)?;
        let lanes = groups.iter().map(|group| To::Group(*group)).chain([To::Fit, To::Interest]);
        for to in lanes {
            let feeds = |group: usize| match to {
                To::Group(own) => group == own,
                to => !groups.contains(&group) && to_of(view, group, apart) == to,
            };
            let fed: Vec<usize> = (0..view.terms.groups.len()).filter(|group| feeds(*group)).collect();
            let reach = |block: &&Block| {
                let each = fed.iter().map(|group| block.reach(view, *group));
                each.fold((0_i64, 0_i64), |sum, reach| (sum.0.saturating_add(reach.0), sum.1.saturating_add(reach.1)))
            };
            let reaches: Vec<(i64, i64)> = mine.iter().map(reach).collect();
            let low = reaches.iter().map(|reach| reach.0).fold(0_i64, i64::saturating_add);
            let high = reaches.iter().map(|reach| reach.1).fold(0_i64, i64::saturating_add);
            let start = match to {
                To::Group(group) => low.saturating_add(view.raw(group)),
                _ => low,
            };
            let span = high.abs_diff(low).checked_add(1)?;
            part.lanes.push(Lane { to, start, least: reaches.iter().map(|reach| reach.0).collect(), stride, span });
            stride = stride.checked_mul(span)?;
        }
        Some(part)
    }

    /// What the `nth` block of the part may add, as keys; with `only`, where its field at a place gets one answer.
    pub(crate) fn adds(
        &self,
        view: &View<'_>,
        nth: usize,
        outcomes: &[Outcome],
        only: Option<(usize, usize)>,
    ) -> Spread {
        let kept =
            |outcome: &&Outcome| only.is_none_or(|(place, answer)| outcome.answers.get(place) == Some(&Some(answer)));
        let keyed = outcomes.iter().filter(kept).map(|outcome| (self.key(view, nth, outcome), outcome.share));
        Spread::of(keyed.collect())
    }

    /// What an outcome of the `nth` block of the part adds, as a key.
    pub(crate) fn key(&self, view: &View<'_>, nth: usize, outcome: &Outcome) -> u64 {
        let mut key = u64::from(outcome.disqualified);
        for lane in &self.lanes {
            let feeds = |group: usize| match lane.to {
                To::Group(own) => group == own,
                to => {
                    !self.lanes.iter().any(|lane| lane.to == To::Group(group)) && to_of(view, group, self.apart) == to
                }
            };
            let sum: i64 = outcome.sums.iter().filter(|(group, _)| feeds(*group)).map(|(_, sum)| *sum).sum();
            key += sum.abs_diff(lane.least.get(nth).copied().unwrap_or(0)) * lane.stride;
        }
        key
    }

    /// The points of a key, once the groups' bounds hold.
    pub(crate) fn hold(&self, view: &View<'_>, key: u64) -> Point {
        let mut held = Point { disqualified: !key.is_multiple_of(self.excluding + 1), ..Point::default() };
        for lane in &self.lanes {
            let digit = (key / lane.stride) % lane.span;
            let sum = lane.start.saturating_add_unsigned(digit);
            held = held
                + match lane.to {
                    To::Group(group) => point(to_of(view, group, self.apart), view.terms.groups[group].hold(sum)),
                    to => point(to, sum),
                };
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
    /// The frame of parts that may have these points, and what no part touches. Nothing where keys would not fit.
    pub(crate) fn of(fixed: Point, parts: &[Vec<(Point, f64)>]) -> Option<Self> {
        let mut frame = Self { start: fixed, least: Vec::new(), fits: 1, interests: 1 };
        for points in parts {
            let fits = points.iter().map(|(point, _)| point.fit);
            let interests = points.iter().map(|(point, _)| point.interest);
            let (low, high) = (fits.clone().min().unwrap_or(0), fits.max().unwrap_or(0));
            frame.fits = frame.fits.checked_add(high.abs_diff(low))?;
            let (least, most) = (interests.clone().min().unwrap_or(0), interests.max().unwrap_or(0));
            frame.interests = frame.interests.checked_add(most.abs_diff(least))?;
            let least = Point { fit: low, interest: least, disqualified: false };
            frame.start = frame.start + least;
            frame.least.push(least);
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
