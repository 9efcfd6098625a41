//! What the decision would be were every question answered: bounds, odds, and what an answer would change.
//!
//! Open fields that conditions tie together form blocks; blocks are independent of each other, so the sums of their
//! points are convolved. Group bounds apply to sums, so the blocks that meet in a bounded group are summed before the
//! bound and everything else after it. The seam for faster distributions is [`spread`]; for larger blocks, [`block`].

pub(crate) mod block;
pub(crate) mod drawn;
pub(crate) mod possible;
pub(crate) mod spread;
pub(crate) mod view;

use crate::pact::criterion::Dimension;
use crate::pact::qualification::Decision;
use block::{Block, Outcome, blocks};
use serde::Serialize;
use spread::{MOST_PAIRS, Spread};
use view::View;

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

/// The outlook by case of the segment, kept to ask what an answer would change.
pub(crate) struct Forecast<'l> {
    cases: Vec<Case<'l>>,
    segment_assumed: bool,
    pub(crate) open_segment: Option<usize>,
}

struct Case<'l> {
    share: f64,
    view: View<'l>,
    blocks: Vec<Block>,
}

impl<'l> Forecast<'l> {
    pub(crate) fn of(view: &View<'l>) -> Self {
        let case = |(share, view): (f64, View<'l>)| Case { share, blocks: blocks(&view), view };
        Self {
            segment_assumed: view.segment_assumed(),
            open_segment: view.open_segment(),
            cases: view.cases().into_iter().map(case).collect(),
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
            whole.reachable.extend(one.reachable);
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
        whole.reachable.sort_unstable();
        whole.reachable.dedup();
        whole.certain = whole.reachable.len() <= 1;
        whole.assumed = (whole.assumed || self.segment_assumed) && !whole.certain;
        whole
    }

    /// Whether the answer to `field` can change what is decided: in some case it is in a block, and not for nothing.
    pub(crate) fn touches(&self, field: usize) -> bool {
        self.open_segment == Some(field) || self.cases.iter().any(|case| case.block_of(field).is_some())
    }

    /// Whether the answer to `field` may come to matter only together with others': odds alone do not tell.
    pub(crate) fn interacts(&self, field: usize) -> bool {
        let joined = |case: &Case<'_>| {
            case.block_of(field).and_then(|(at, _)| case.blocks.get(at)).is_some_and(|b| b.fields.len() > 1)
        };
        self.cases.iter().any(joined)
    }

    /// The odds after each answer that `field` may get, with how likely the answer is. Nothing where there is too much
    /// to list.
    pub(crate) fn what_if(&self, field: usize) -> Option<Vec<(f64, Odds)>> {
        if self.open_segment == Some(field) {
            return Some(self.cases.iter().map(|case| (case.share, case.outlook().odds)).collect());
        }
        let mut whole: Vec<(f64, Odds)> = Vec::new();
        for case in &self.cases {
            for (answer, (share, odds)) in case.what_if(field)?.into_iter().enumerate() {
                if whole.len() <= answer {
                    whole.push((0.0, Odds::default()));
                }
                if let Some((total, mixed)) = whole.get_mut(answer) {
                    *total += share * case.share;
                    mixed.add_all(&odds, share * case.share);
                }
            }
        }
        for (share, odds) in &mut whole {
            let mixed = *odds;
            *odds = Odds::default();
            if *share > 0.0 {
                odds.add_all(&mixed, 1.0 / *share);
            }
        }
        Some(whole)
    }
}

impl Case<'_> {
    fn outlook(&self) -> Outlook {
        match self.decisions(None) {
            Some(spread) => self.exact(&spread),
            None => drawn::outlook(&self.view, &self.blocks),
        }
    }

    fn exact(&self, spread: &Spread) -> Outlook {
        let scores = spread.outcomes.iter().filter_map(|(sums, _)| Some(sums.first()?.saturating_add(*sums.get(1)?)));
        let mut reachable: Vec<Decision> = spread.outcomes.iter().map(|(sums, _)| self.decide(sums)).collect();
        reachable.sort_unstable();
        reachable.dedup();
        Outlook {
            low: scores.clone().min().unwrap_or(0),
            high: scores.max().unwrap_or(0),
            odds: self.odds(spread),
            certain: reachable.len() <= 1,
            assumed: self.blocks.iter().any(|block| block.assumed && block.matters()),
            approximate: false,
            reachable,
        }
    }

    fn odds(&self, spread: &Spread) -> Odds {
        let mut odds = Odds::default();
        for (sums, share) in &spread.outcomes {
            odds.add(self.decide(sums), *share);
        }
        odds
    }

    /// The decision at `[fit, interest, disqualified]`.
    fn decide(&self, sums: &[i64]) -> Decision {
        let at = |n: usize| sums.get(n).copied().unwrap_or(0);
        self.view.decide(at(0), at(1), at(2) > 0)
    }

    fn block_of(&self, field: usize) -> Option<(usize, usize)> {
        self.blocks.iter().enumerate().find_map(|(at, block)| {
            let place = block.fields.iter().position(|other| *other == field)?;
            Some((at, place))
        })
    }

    fn what_if(&self, field: usize) -> Option<Vec<(f64, Odds)>> {
        let Some((at, place)) = self.block_of(field) else {
            let possible = self.view.possible(field)?;
            let odds = self.odds(&self.decisions(None)?);
            return Some(possible.answers.iter().map(|(_, share)| (*share, odds)).collect());
        };
        let outcomes = self.blocks.get(at)?.outcomes.as_ref()?;
        let answers =
            outcomes.iter().filter_map(|outcome| *outcome.answers.get(place)?).max().map_or(0, |most| most + 1);
        (0..answers).map(|answer| self.what_if_answer(at, place, answer)).collect()
    }

    fn what_if_answer(&self, at: usize, place: usize, answer: usize) -> Option<(f64, Odds)> {
        let outcomes = self.blocks.get(at)?.outcomes.as_ref()?;
        let given = |outcome: &&Outcome| outcome.answers.get(place) == Some(&Some(answer));
        let share: f64 = outcomes.iter().filter(given).map(|outcome| outcome.share).sum();
        if share <= 0.0 {
            return Some((0.0, Odds::default()));
        }
        let mut odds = Odds::default();
        odds.add_all(&self.odds(&self.decisions(Some((at, place, answer)))?), 1.0 / share);
        Some((share, odds))
    }

    /// The distribution of `[fit, interest, disqualified]`; with `only`, what is left of it where a field of a block
    /// gets one answer. Nothing where it would take too long.
    fn decisions(&self, only: Option<(usize, usize, usize)>) -> Option<Spread> {
        let mut budget = MOST_PAIRS;
        let lanes = Lanes::of(&self.view, &self.blocks);
        let mut whole = Spread::only(lanes.start.clone());
        for part in &lanes.parts {
            let mut sum = Spread::only(part.start.clone());
            for at in &part.blocks {
                let outcomes = self.blocks.get(*at)?.outcomes.as_ref()?;
                let kept = |outcome: &&Outcome| match only {
                    Some((block, place, answer)) if block == *at => outcome.answers.get(place) == Some(&Some(answer)),
                    _ => true,
                };
                let outcomes = outcomes.iter().filter(kept);
                let added =
                    Spread::of(outcomes.map(|outcome| (part.sums(&self.view, outcome), outcome.share)).collect());
                sum = sum.plus(&added, &mut budget)?;
            }
            whole = whole.plus(&sum.map(|sums| part.hold(&self.view, sums)), &mut budget)?;
        }
        Some(whole)
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

/// How sums are kept apart: a lane for each group whose bounds may bind, and one for everything else.
struct Lanes {
    /// `[fit, interest, disqualified]` of what no block touches, or what needs no lane of its own.
    start: Vec<i64>,
    parts: Vec<Part>,
}

/// Blocks that meet in bounded groups, and these groups. Sums are `[group …, fit, interest, disqualified]`.
struct Part {
    groups: Vec<usize>,
    blocks: Vec<usize>,
    start: Vec<i64>,
    /// Whether fit and interest are told apart.
    apart: bool,
}

impl Lanes {
    fn of(view: &View<'_>, blocks: &[Block]) -> Self {
        let qualification = &view.terms.qualification;
        let apart = qualification.least_fit.is_some() || (view.behaviour && qualification.least_interest.is_some());
        let mut start = vec![0, 0, i64::from(view.disqualified())];
        let mut parts: Vec<Part> = (0..blocks.len())
            .map(|block| Part { groups: Vec::new(), blocks: vec![block], start: Vec::new(), apart })
            .collect();
        for group in 0..view.terms.groups.len() {
            let raw = view.raw(group);
            let reach = |block: &Block| block.reach(view, group);
            let low = blocks.iter().map(|block| reach(block).0).fold(raw, i64::saturating_add);
            let high = blocks.iter().map(|block| reach(block).1).fold(raw, i64::saturating_add);
            let hold = |sum: i64| view.terms.groups[group].hold(sum);
            if (hold(low) == low && hold(high) == high) || low == high {
                add(&mut start, slot(view, group, apart), if low == high { hold(low) } else { raw });
                continue;
            }
            let meets =
                |part: &Part| part.blocks.iter().any(|block| blocks.get(*block).is_some_and(|b| reach(b) != (0, 0)));
            let (met, rest): (Vec<Part>, Vec<Part>) = parts.into_iter().partition(meets);
            let mut joined = Part { groups: vec![group], blocks: Vec::new(), start: Vec::new(), apart };
            for part in met {
                joined.groups.extend(part.groups);
                joined.blocks.extend(part.blocks);
            }
            parts = rest;
            parts.push(joined);
        }
        for part in &mut parts {
            part.blocks.sort_unstable();
            part.start = part.groups.iter().map(|group| view.raw(*group)).chain([0, 0, 0]).collect();
        }
        parts.sort_by_key(|part| part.blocks.first().copied());
        Self { start, parts }
    }
}

impl Part {
    /// What an outcome adds in each lane.
    fn sums(&self, view: &View<'_>, outcome: &Outcome) -> Vec<i64> {
        let mut rest = vec![0, 0, i64::from(outcome.disqualified)];
        let mut lanes = vec![0; self.groups.len()];
        for (group, sum) in &outcome.sums {
            match self.groups.iter().position(|own| own == group) {
                Some(lane) => add(&mut lanes, lane, *sum),
                None => add(&mut rest, slot(view, *group, self.apart), *sum),
            }
        }
        lanes.extend(rest);
        lanes
    }

    /// `[fit, interest, disqualified]` once the groups' bounds hold.
    fn hold(&self, view: &View<'_>, sums: &[i64]) -> Vec<i64> {
        let (lanes, rest) = sums.split_at_checked(self.groups.len()).unwrap_or((sums, &[]));
        let mut held = rest.to_vec();
        if let Some(disqualified) = held.get_mut(2) {
            *disqualified = (*disqualified).min(1);
        }
        for (group, raw) in self.groups.iter().zip(lanes) {
            add(&mut held, slot(view, *group, self.apart), view.terms.groups[*group].hold(*raw));
        }
        held
    }
}

/// Where a group's points go: fit and interest are one where no minimum tells them apart.
fn slot(view: &View<'_>, group: usize, apart: bool) -> usize {
    usize::from(apart && view.terms.groups[group].dimension == Dimension::Interest)
}

fn add(sums: &mut [i64], at: usize, points: i64) {
    if let Some(sum) = sums.get_mut(at) {
        *sum = sum.saturating_add(points);
    }
}
