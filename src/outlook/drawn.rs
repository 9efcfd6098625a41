//! The outlook where there is too much to list: sound bounds, and odds from a bounded number of drawn completions.
//!
//! The draws are a fixed sequence, the same everywhere: an answer of the engine does not depend on chance.

use super::block::Block;
use super::possible::{Possible, draw};
use super::view::View;
use super::{Odds, Outlook, reach};
use crate::pact::condition::Truth;
use crate::pact::criterion::Dimension;
use crate::pact::qualification::Decision;

/// About how many gates all draws together may look at.
const MOST_WORK: usize = 4_000_000;

pub(super) fn outlook(view: &View<'_>, blocks: &[Block]) -> Outlook {
    let (low, high) = bounds(view, blocks);
    let reachable = reachable(view, blocks, low, high);
    let odds = odds(view, blocks);
    Outlook {
        low: low.0.saturating_add(low.1),
        high: high.0.saturating_add(high.1),
        odds,
        certain: reachable.len() <= 1,
        assumed: blocks.iter().any(|block| block.assumed),
        approximate: true,
        reachable,
    }
}

/// The least and the most fit and interest.
fn bounds(view: &View<'_>, blocks: &[Block]) -> ((i64, i64), (i64, i64)) {
    let (mut low, mut high) = ((0_i64, 0_i64), (0_i64, 0_i64));
    for (id, group) in view.terms.groups.iter().enumerate() {
        let raw = view.raw(id);
        let reach = blocks.iter().map(|block| block.reach(view, id));
        let (least, most) = reach.fold((raw, raw), |(l, h), (a, b)| (l.saturating_add(a), h.saturating_add(b)));
        let (least, most) = (group.hold(least), group.hold(most));
        match group.dimension {
            Dimension::Fit => (low.0, high.0) = (low.0.saturating_add(least), high.0.saturating_add(most)),
            Dimension::Interest => (low.1, high.1) = (low.1.saturating_add(least), high.1.saturating_add(most)),
        }
    }
    (low, high)
}

/// Decisions that the bounds do not rule out.
fn reachable(view: &View<'_>, blocks: &[Block], low: (i64, i64), high: (i64, i64)) -> Vec<Decision> {
    if view.disqualified() {
        return vec![Decision::Disqualified];
    }
    let mut reachable = vec![view.decide(low.0, low.1, false)];
    reach(&mut reachable, view.decide(high.0, high.1, false));
    if blocks.iter().any(Block::may_disqualify) {
        reach(&mut reachable, Decision::Disqualified);
    }
    reachable
}

fn odds(view: &View<'_>, blocks: &[Block]) -> Odds {
    let terms = view.terms;
    let work = terms.circuit.gates.len() + terms.fields.len() + 1;
    let draws = (MOST_WORK / work).clamp(128, 4_096);
    let drawn = |field: &&usize| blocks.iter().any(|block| block.fields.contains(field));
    let fields = terms.circuit.order.iter().filter(drawn);
    let listed: Vec<(usize, Option<Possible>)> = fields.map(|field| (*field, view.possible(*field))).collect();
    let mut sequence = Sequence(0);
    let mut odds = Odds::default();
    #[expect(clippy::cast_precision_loss, reason = "at most 4,096")]
    let share = 1.0 / draws as f64;
    for _ in 0..draws {
        odds.add(complete(view, &listed, &mut sequence), share);
    }
    odds
}

/// The decision of one drawn completion.
fn complete(view: &View<'_>, listed: &[(usize, Option<Possible>)], sequence: &mut Sequence) -> Decision {
    let terms = view.terms;
    let mut truths = view.truths.clone();
    for (field, possible) in listed {
        if truths.applies(&terms.circuit, *field) != Truth::True {
            continue;
        }
        match possible {
            Some(possible) => {
                let mut left = sequence.next();
                let pick = possible.answers.iter().find(|(_, share)| {
                    left -= share;
                    left < 0.0
                });
                let pick = pick.or_else(|| possible.answers.iter().rfind(|(_, share)| *share > 0.0));
                truths.suppose(terms, &possible.tests, pick.map_or(&[], |(says, _)| says));
            }
            None => {
                let (tests, says) = draw(terms, *field, view.segment.as_deref(), || sequence.next());
                truths.suppose(terms, &tests, &says);
            }
        }
    }
    view.decision_with(&truths)
}

/// A fixed sequence of numbers from 0 to 1: SplitMix64 (Steele, Lea, Flood 2014).
struct Sequence(u64);

impl Sequence {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^= z >> 31;
        #[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
        let unit = (z >> 11) as f64 / 9_007_199_254_740_992.0;
        unit
    }
}
