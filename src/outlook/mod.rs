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
use part::{Frame, Part};
use possible::{names_segment, option_shares, says_of_option, tests_of};
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

    /// Divides sums over answers of this share in all; what has none stays as it is.
    fn normalize(&mut self, share: f64) {
        if share > 0.0 {
            let mixed = std::mem::take(self);
            self.add_all(&mixed, 1.0 / share);
        }
    }

    /// Half the sum of the differences: how far the odds move.
    pub(crate) fn distance(&self, other: &Odds) -> f64 {
        let handoff = libm::fabs(self.handoff - other.handoff);
        let nurture = libm::fabs(self.nurture - other.nurture);
        0.5 * (handoff + nurture + libm::fabs(self.disqualified - other.disqualified))
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
    reachable: Reachable,
}

impl Outlook {
    /// Whether some completion gives this decision.
    #[must_use]
    pub fn may(&self, decision: Decision) -> bool {
        self.reachable.has(decision)
    }
}

/// A set of decisions: a bit each.
#[derive(Clone, Copy, Debug, Default)]
struct Reachable(u8);

impl Reachable {
    fn add(&mut self, decision: Decision) {
        self.0 |= 1 << decision as u8;
    }

    fn has(self, decision: Decision) -> bool {
        self.0 >> decision as u8 & 1 == 1
    }

    /// Whether no two decisions are in it.
    fn is_one(self) -> bool {
        self.0 & self.0.wrapping_sub(1) == 0
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

impl WhatIf {
    fn add(&mut self, share: f64, odds: &Odds, of: f64) {
        self.share += share * of;
        self.odds.add_all(odds, share * of);
    }
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
        let mut forecast = Self {
            segment_assumed: view.segment_assumed(),
            open_segment: view.open_segment(),
            cases: Vec::new(),
            view: view.clone(),
            budget: Cell::new(MOST_STEPS),
        };
        match forecast.open_segment {
            Some(field) => forecast.part_by_segment(field),
            None => forecast.cases.push(Case::of(1.0, view.clone())),
        }
        forecast
    }

    /// The cases of the open segment. Options are one case where no test and no share tells them apart.
    fn part_by_segment(&mut self, field: usize) {
        let terms = self.view.terms;
        let options = terms.fields[field].kind.options();
        let shares = option_shares(options, None);
        let tests = tests_of(terms, field);
        let mut cases: Vec<(Vec<bool>, f64)> = Vec::new();
        let mut names = Vec::new();
        for (at, (option, share)) in options.iter().zip(shares).enumerate() {
            let says = says_of_option(terms, &tests, at);
            let named = names_segment(terms, &option.value);
            let same =
                |at: usize| names.get(at) == Some(&None) && !named && cases.get(at).is_some_and(|case| case.0 == says);
            let known = (0..cases.len()).find(|at| same(*at));
            match known.and_then(|at| cases.get_mut(at)) {
                Some((_, total)) => *total += share,
                None => {
                    cases.push((says, share));
                    names.push(named.then_some(option.value.as_str()));
                }
            }
        }
        for ((says, share), name) in cases.iter().zip(names) {
            let mut view = self.view.supposing(field, &tests, says);
            view.segment = name;
            self.cases.push(Case::of(*share, view));
        }
    }

    pub(crate) fn outlook(&self) -> Outlook {
        let mut whole = Outlook {
            low: i64::MAX,
            high: i64::MIN,
            odds: Odds::default(),
            certain: false,
            assumed: self.segment_assumed,
            approximate: false,
            reachable: Reachable::default(),
        };
        for case in &self.cases {
            let one = case.outlook();
            whole.low = whole.low.min(one.low);
            whole.high = whole.high.max(one.high);
            whole.odds.add_all(&one.odds, case.share);
            whole.assumed |= one.assumed;
            whole.approximate |= one.approximate;
            whole.reachable.0 |= one.reachable.0;
        }
        whole.certain = whole.reachable.is_one();
        whole.assumed &= !whole.certain;
        whole
    }

    /// Whether the answer to `field` can change what is decided: in some case it is in a block, and not for nothing.
    pub(crate) fn touches(&self, field: usize) -> bool {
        self.open_segment == Some(field) || self.cases.iter().any(|case| case.block_of(field).is_some())
    }

    /// What each answer that `field` may get would change. Nothing where there is too much to list.
    pub(crate) fn what_if(&self, field: usize) -> Option<Vec<WhatIf>> {
        let mut whole = Vec::new();
        if self.open_segment == Some(field) {
            for case in &self.cases {
                let odds = case.outlook().odds;
                whole.push(WhatIf { share: case.share, odds, decision: case.view.decision() });
            }
            return Some(whole);
        }
        let possible = self.view.possible(field);
        if possible.answers.is_empty() {
            return None;
        }
        for (says, _) in &possible.answers {
            let decision = self.view.supposing(field, &possible.tests, says).decision();
            whole.push(WhatIf { share: 0.0, odds: Odds::default(), decision });
        }
        for case in &self.cases {
            case.what_if(field, &self.budget, &mut whole)?;
        }
        for what_if in &mut whole {
            what_if.odds.normalize(what_if.share);
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
        let mut outlook = Outlook {
            low: i64::MAX,
            high: i64::MIN,
            odds: self.odds(layout, &layout.all, 0),
            certain: false,
            assumed: self.blocks.iter().any(|block| block.assumed && block.matters()),
            approximate: false,
            reachable: Reachable::default(),
        };
        for (key, _) in &layout.all.outcomes {
            let point = layout.frame.point(*key);
            outlook.low = outlook.low.min(point.score());
            outlook.high = outlook.high.max(point.score());
            outlook.reachable.add(self.view.decide(point));
        }
        outlook.certain = outlook.reachable.is_one();
        outlook
    }

    /// The odds of a distribution, each of its keys moved by `by`.
    fn odds(&self, layout: &Layout, spread: &Spread, by: u64) -> Odds {
        let mut odds = Odds::default();
        for (key, share) in &spread.outcomes {
            odds.add(self.view.decide(layout.frame.point(key + by)), *share);
        }
        odds
    }

    /// The block that a field is in, and its place there.
    fn block_of(&self, field: usize) -> Option<(usize, usize)> {
        for (at, block) in self.blocks.iter().enumerate() {
            if let Some(place) = block.fields.iter().position(|other| *other == field) {
                return Some((at, place));
            }
        }
        None
    }

    /// Adds how likely each answer to `field` is, and the odds after it.
    fn what_if(&self, field: usize, budget: &Cell<usize>, whole: &mut [WhatIf]) -> Option<()> {
        let layout = self.layout.as_ref()?;
        let Some((block, in_block)) = self.block_of(field) else {
            let odds = self.odds(layout, &layout.all, 0);
            let possible = self.view.possible(field);
            for (what_if, (_, share)) in whole.iter_mut().zip(&possible.answers) {
                what_if.add(*share, &odds, self.share);
            }
            // Too many answers to list are none.
            return (!possible.answers.is_empty()).then_some(());
        };
        let outcomes = self.blocks.get(block)?.outcomes.as_ref()?;
        let place = layout.place_of(block)?;
        let others = &place.others.outcomes;
        let (mut known, mut held_odds) = (Sorted::new(), Vec::new());
        for (answer, what_if) in whole.iter_mut().enumerate() {
            let adds = place.part.adds(place.nth, outcomes, Some((in_block, answer)));
            let mut share = 0.0;
            let mut odds = Odds::default();
            for (key, own) in &adds.outcomes {
                share += own;
                if *own <= 0.0 {
                    continue;
                }
                for (rest, by) in &place.rests.outcomes {
                    let held = layout.frame.key(place.at, place.part.hold(&self.view, key + rest));
                    let next = held_odds.len();
                    let at = *known.keep(held, next)?;
                    if at == next {
                        budget.set(budget.get().checked_sub(others.len())?);
                        held_odds.push(self.odds(layout, place.others, held));
                    }
                    budget.set(budget.get().checked_sub(1)?);
                    odds.add_all(held_odds.get(at)?, own * by);
                }
            }
            odds.normalize(share);
            what_if.add(share, &odds, self.share);
        }
        Some(())
    }
}

/// The distributions of a case.
struct Layout {
    parts: Vec<Part>,
    /// By part and its blocks, the sums of its other blocks, and last that of all.
    rests: Vec<Vec<Spread>>,
    /// By part, the points of all other parts.
    others: Vec<Spread>,
    frame: Frame,
    all: Spread,
}

/// Where a block is, and what surrounds it.
struct Place<'l> {
    at: usize,
    part: &'l Part,
    nth: usize,
    /// The sums of the other blocks of its part.
    rests: &'l Spread,
    /// The points of all other parts.
    others: &'l Spread,
}

impl Layout {
    /// Nothing where there is too much to list.
    fn of(view: &View<'_>, blocks: &[Block]) -> Option<Self> {
        let mut budget = MOST_PAIRS;
        let (fixed, parts) = part::parts(view, blocks)?;
        let (mut rests, mut sums) = (Vec::new(), Vec::new());
        for part in &parts {
            let mut adds = Vec::new();
            for (nth, block) in part.blocks.iter().enumerate() {
                adds.push(part.adds(nth, blocks.get(*block)?.outcomes.as_ref()?, None));
            }
            let mut own = Spread::rests(&adds, &mut budget)?;
            sums.push(own.pop()?);
            rests.push(own);
        }
        let frame = Frame::of(view, fixed, &parts, &sums)?;
        for (nth, (part, spread)) in parts.iter().zip(&mut sums).enumerate() {
            let mut points = Vec::new();
            for (key, share) in &spread.outcomes {
                points.push((frame.key(nth, part.hold(view, *key)), *share));
            }
            *spread = Spread::of(points);
        }
        let mut others = Spread::rests(&sums, &mut budget)?;
        let all = others.pop()?;
        Some(Self { parts, rests, others, frame, all })
    }

    fn place_of(&self, block: usize) -> Option<Place<'_>> {
        for (at, part) in self.parts.iter().enumerate() {
            if let Some(nth) = part.blocks.iter().position(|own| *own == block) {
                let (rests, others) = (self.rests.get(at)?.get(nth)?, self.others.get(at)?);
                return Some(Place { at, part, nth, rests, others });
            }
        }
        None
    }
}
