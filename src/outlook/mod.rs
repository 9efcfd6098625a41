//! What the decision would be were every question answered: bounds, odds, and what an answer would change.
//!
//! Open fields that conditions tie together form blocks; blocks are independent of each other, so the sums of their
//! points are convolved. Group bounds apply to sums, so the blocks that meet in a bounded group are summed before the
//! bound and everything else after it. What an answer would change comes out of the same convolutions.

pub(crate) mod block;
pub(crate) mod drawn;
pub(crate) mod influence;
pub(crate) mod part;
pub(crate) mod possible;
pub(crate) mod spread;
pub(crate) mod view;

use crate::pact::qualification::Decision;
use crate::sorted::Sorted;
use block::{Block, blocks};
use part::{Frame, Part, Point};
use serde::Serialize;
use spread::{MOST_PAIRS, Spread};
use std::cell::Cell;
use view::View;

/// How many steps all questions together may take to see what their answers would change.
const MOST_STEPS: usize = 10_000_000;

/// The probability of each decision.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Odds {
    /// Of being handed over.
    pub handoff: f64,
    /// Of staying with marketing.
    pub nurture: f64,
    /// Of being disqualified.
    pub disqualified: f64,
}

impl Odds {
    fn add(&mut self, decision: Decision, share: f64) {
        *match decision {
            Decision::Handoff => &mut self.handoff,
            Decision::Nurture => &mut self.nurture,
            Decision::Disqualified => &mut self.disqualified,
        } += share;
    }

    fn add_all(&mut self, other: &Odds, share: f64) {
        self.handoff += other.handoff * share;
        self.nurture += other.nurture * share;
        self.disqualified += other.disqualified * share;
    }

    /// Half the sum of the differences: how far the odds move.
    pub(crate) fn distance(&self, other: &Odds) -> f64 {
        let differences =
            [self.handoff - other.handoff, self.nurture - other.nurture, self.disqualified - other.disqualified];
        0.5 * differences.iter().map(|difference| libm::fabs(*difference)).sum::<f64>()
    }
}

/// What the decision would be were every question answered.
#[derive(Clone, Debug)]
pub struct Outlook {
    /// No completion scores less.
    pub low: i64,
    /// No completion scores more.
    pub high: i64,
    /// How likely each decision is.
    pub odds: Odds,
    /// Whether every completion, whatever its share, gives the same decision.
    pub certain: bool,
    /// Whether the odds rest on a share that the pact does not give.
    pub assumed: bool,
    /// Whether the odds are drawn rather than exact.
    pub approximate: bool,
    /// Decisions that some completion gives.
    reachable: Vec<Decision>,
}

impl Outlook {
    /// Whether some completion gives this decision.
    #[must_use]
    pub fn may(&self, decision: Decision) -> bool {
        self.reachable.contains(&decision)
    }
}

/// Notes that some completion gives this decision.
fn reach(reachable: &mut Vec<Decision>, decision: Decision) {
    if !reachable.contains(&decision) {
        reachable.push(decision);
    }
}

/// What an answer to a field would change.
#[derive(Clone, Copy, Debug)]
pub(crate) struct WhatIf {
    /// How likely the answer is.
    pub(crate) share: f64,
    /// The odds after it.
    pub(crate) odds: Odds,
    /// The decision were the form submitted right after it.
    pub(crate) decision: Decision,
}

/// The outlook by case of the segment, kept to ask what an answer would change.
pub(crate) struct Forecast<'l> {
    view: View<'l>,
    cases: Vec<Case<'l>>,
    segment_assumed: bool,
    pub(crate) open_segment: Option<usize>,
    /// How many steps are left to look at answers.
    budget: Cell<usize>,
}

struct Case<'l> {
    share: f64,
    view: View<'l>,
    blocks: Vec<Block>,
    /// None where there is too much to list.
    layout: Option<Layout>,
}

impl<'l> Forecast<'l> {
    pub(crate) fn of(view: &View<'l>) -> Self {
        Self {
            segment_assumed: view.segment_assumed(),
            open_segment: view.open_segment(),
            cases: view.cases().into_iter().map(|(share, view)| Case::of(share, view)).collect(),
            view: view.clone(),
            budget: Cell::new(MOST_STEPS),
        }
    }

    pub(crate) fn outlook(&self) -> Outlook {
        let mut whole: Option<Outlook> = None;
        for case in &self.cases {
            let one = case.outlook();
            let whole = whole.get_or_insert_with(|| Outlook { odds: Odds::default(), ..one.clone() });
            whole.low = whole.low.min(one.low);
            whole.high = whole.high.max(one.high);
            whole.odds.add_all(&one.odds, case.share);
            whole.assumed |= one.assumed;
            whole.approximate |= one.approximate;
            one.reachable.into_iter().for_each(|decision| reach(&mut whole.reachable, decision));
        }
        let mut whole = whole.unwrap_or_else(|| Outlook {
            low: 0,
            high: 0,
            odds: Odds::default(),
            certain: true,
            assumed: false,
            approximate: false,
            reachable: Vec::new(),
        });
        whole.certain = whole.reachable.len() <= 1;
        whole.assumed = (whole.assumed || self.segment_assumed) && !whole.certain;
        whole
    }

    /// Whether the answer to `field` can change what is decided: in some case it is in a block, and not for nothing.
    pub(crate) fn touches(&self, field: usize) -> bool {
        self.open_segment == Some(field) || self.cases.iter().any(|case| case.block_of(field).is_some())
    }

    /// What each answer that `field` may get would change. Nothing where there is too much to list.
    pub(crate) fn what_if(&self, field: usize) -> Option<Vec<WhatIf>> {
        if self.open_segment == Some(field) {
            let after = |case: &Case<'_>| WhatIf {
                share: case.share,
                odds: case.outlook().odds,
                decision: case.view.decision(),
            };
            return Some(self.cases.iter().map(after).collect());
        }
        let possible = self.view.possible(field)?;
        let decision = |says: &[bool]| self.view.supposing(field, &possible.tests, says).decision();
        let nothing =
            |(says, _): &(Vec<bool>, f64)| WhatIf { share: 0.0, odds: Odds::default(), decision: decision(says) };
        let mut whole: Vec<WhatIf> = possible.answers.iter().map(nothing).collect();
        for case in &self.cases {
            for (what_if, (share, odds)) in whole.iter_mut().zip(case.what_if(field, &self.budget)?) {
                what_if.share += share * case.share;
                what_if.odds.add_all(&odds, share * case.share);
            }
        }
        for what_if in whole.iter_mut().filter(|what_if| what_if.share > 0.0) {
            let mixed = std::mem::take(&mut what_if.odds);
            what_if.odds.add_all(&mixed, 1.0 / what_if.share);
        }
        Some(whole)
    }
}

impl<'l> Case<'l> {
    fn of(share: f64, view: View<'l>) -> Self {
        let blocks = blocks(&view);
        let layout = Layout::of(&view, &blocks);
        Self { share, view, blocks, layout }
    }

    fn outlook(&self) -> Outlook {
        let Some(layout) = &self.layout else { return drawn::outlook(&self.view, &self.blocks) };
        let points = layout.all.outcomes.iter().map(|(key, _)| layout.frame.point(*key));
        let scores = points.clone().map(|point| point.fit.saturating_add(point.interest));
        let mut reachable = Vec::new();
        points.for_each(|point| reach(&mut reachable, self.decide(point)));
        Outlook {
            low: scores.clone().min().unwrap_or(0),
            high: scores.max().unwrap_or(0),
            odds: self.odds(layout, &layout.all, 0),
            certain: reachable.len() <= 1,
            assumed: self.blocks.iter().any(|block| block.assumed && block.matters()),
            approximate: false,
            reachable,
        }
    }

    /// The odds of a distribution, each of its keys moved by `by`.
    fn odds(&self, layout: &Layout, spread: &Spread, by: u64) -> Odds {
        let mut odds = Odds::default();
        for (key, share) in &spread.outcomes {
            odds.add(self.decide(layout.frame.point(key + by)), *share);
        }
        odds
    }

    fn decide(&self, point: Point) -> Decision {
        self.view.decide(point.fit, point.interest, point.disqualified)
    }

    fn block_of(&self, field: usize) -> Option<(usize, usize)> {
        self.blocks.iter().enumerate().find_map(|(at, block)| {
            let place = block.fields.iter().position(|other| *other == field)?;
            Some((at, place))
        })
    }

    /// How likely each answer to `field` is, and the odds after it.
    fn what_if(&self, field: usize, budget: &Cell<usize>) -> Option<Vec<(f64, Odds)>> {
        let layout = self.layout.as_ref()?;
        let Some((block, place)) = self.block_of(field) else {
            let odds = self.odds(layout, &layout.all, 0);
            return Some(self.view.possible(field)?.answers.iter().map(|(_, share)| (*share, odds)).collect());
        };
        let outcomes = self.blocks.get(block)?.outcomes.as_ref()?;
        let (at, slot) = layout.slots.iter().enumerate().find(|(_, slot)| slot.part.blocks.contains(&block))?;
        let nth = slot.part.blocks.iter().position(|own| *own == block)?;
        let answers =
            outcomes.iter().filter_map(|outcome| *outcome.answers.get(place)?).max().map_or(0, |most| most + 1);
        let mut known = Sorted::new();
        let mut after = |answer: usize| {
            let adds = slot.part.adds(&self.view, nth, outcomes, Some((place, answer)));
            let share: f64 = adds.outcomes.iter().map(|(_, share)| *share).sum();
            let mut odds = Odds::default();
            for (key, own) in adds.outcomes.iter().filter(|(_, own)| *own > 0.0) {
                for (rest, others) in &slot.rests.get(nth)?.outcomes {
                    let held = layout.frame.key(at, slot.part.hold(&self.view, key + rest));
                    let with = match known.get(&held) {
                        Some(with) => *with,
                        None => {
                            budget.set(budget.get().checked_sub(slot.others.outcomes.len())?);
                            *known.keep(held, self.odds(layout, &slot.others, held))?
                        }
                    };
                    budget.set(budget.get().checked_sub(1)?);
                    odds.add_all(&with, own * others);
                }
            }
            let mut given = Odds::default();
            if share > 0.0 {
                given.add_all(&odds, 1.0 / share);
            }
            Some((share, given))
        };
        (0..answers).map(&mut after).collect()
    }
}

/// The distributions of a case.
struct Layout {
    slots: Vec<Slot>,
    frame: Frame,
    all: Spread,
}

/// A part, with what surrounds it and each of its blocks.
struct Slot {
    part: Part,
    /// By block of the part, the sums of its other blocks.
    rests: Vec<Spread>,
    /// The points of all other parts.
    others: Spread,
}

impl Layout {
    /// Nothing where there is too much to list.
    fn of(view: &View<'_>, blocks: &[Block]) -> Option<Self> {
        let mut budget = MOST_PAIRS;
        let (fixed, parts) = part::parts(view, blocks)?;
        let (mut rests, mut points) = (Vec::new(), Vec::new());
        for part in &parts {
            let mut adds = Vec::with_capacity(part.blocks.len());
            for (nth, block) in part.blocks.iter().enumerate() {
                adds.push(part.adds(view, nth, blocks.get(*block)?.outcomes.as_ref()?, None));
            }
            let (own, all) = Spread::rests(&adds, &mut budget)?;
            rests.push(own);
            points.push(all.outcomes.iter().map(|(key, share)| (part.hold(view, *key), *share)).collect());
        }
        let frame = Frame::of(fixed, &points)?;
        let keyed = |(nth, points): (usize, &Vec<(Point, f64)>)| {
            Spread::of(points.iter().map(|(point, share)| (frame.key(nth, *point), *share)).collect())
        };
        let keyed: Vec<Spread> = points.iter().enumerate().map(keyed).collect();
        let (others, all) = Spread::rests(&keyed, &mut budget)?;
        let around = parts.into_iter().zip(rests).zip(others);
        let slots = around.map(|((part, rests), others)| Slot { part, rests, others }).collect();
        Some(Self { slots, frame, all })
    }
}

impl Block {
    /// Whether its answers make any difference.
    fn matters(&self) -> bool {
        let Some(outcomes) = &self.outcomes else { return true };
        let first = outcomes.first();
        outcomes.iter().any(|other| {
            first.is_some_and(|first| first.sums != other.sums || first.disqualified != other.disqualified)
        })
    }
}
