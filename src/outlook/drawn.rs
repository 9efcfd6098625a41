//! The outlook where there is too much to list: sound bounds, and odds from a bounded number of drawn completions.
//!
//! The draws are a fixed sequence, the same everywhere: an answer of the engine does not depend on chance.

use super::block::Block;
use super::part::{self, Point};
use super::possible::{Possible, draw};
use super::view::View;
use super::{Odds, Outlook, Reachable};
use crate::pact::condition::Truth;
use crate::pact::qualification::Decision;
use std::sync::Arc;

/// About how many gates all draws together may look at.
const MOST_WORK: usize = 4_000_000;

pub(super) fn outlook(view: &View<'_>, blocks: &[Block]) -> Outlook {
    let (mut low, mut high) = (Point::default(), Point::default());
    for (id, group) in view.terms.groups.iter().enumerate() {
        let (least, most) = part::reach(view, blocks, id, view.raw(id));
        low.add(group.dimension, group.hold(least));
        high.add(group.dimension, group.hold(most));
    }
    let mut outlook = Outlook {
        low: low.score(),
        high: high.score(),
        odds: odds(view, blocks),
        certain: false,
        assumed: blocks.iter().any(|block| block.assumed),
        approximate: true,
        reachable: Reachable::default(),
    };
    // Decisions that the bounds do not rule out.
    if view.disqualified() {
        outlook.reachable.add(Decision::Disqualified);
    } else {
        outlook.reachable.add(view.decide(low, false));
        outlook.reachable.add(view.decide(high, false));
        if blocks.iter().any(Block::may_disqualify) {
            outlook.reachable.add(Decision::Disqualified);
        }
    }
    outlook.certain = outlook.reachable.is_one();
    outlook
}

fn odds(view: &View<'_>, blocks: &[Block]) -> Odds {
    let terms = view.terms;
    let work = terms.circuit.gates.len() + terms.fields.len() + 1;
    let draws = (MOST_WORK / work).clamp(128, 512);
    let mut listed = Vec::new();
    for field in &terms.circuit.order {
        if blocks.iter().any(|block| block.fields.contains(field)) {
            listed.push(view.possible(*field));
        }
    }
    let mut sequence = Sequence(0);
    let mut odds = Odds::default();
    #[expect(clippy::cast_precision_loss, reason = "at most 512")]
    let share = 1.0 / draws as f64;
    for _ in 0..draws {
        odds.add(complete(view, &listed, &mut sequence), share);
    }
    odds
}

/// The decision of one drawn completion.
fn complete(view: &View<'_>, listed: &[Arc<Possible>], sequence: &mut Sequence) -> Decision {
    let terms = view.terms;
    let mut truths = view.truths.clone();
    for possible in listed {
        if truths.applies(&terms.circuit, possible.field) != Truth::True {
            continue;
        }
        if possible.answers.is_empty() {
            let says = draw(terms, possible, view.segment(), sequence);
            truths.suppose(terms, &possible.tests, &says);
            continue;
        }
        let mut left = sequence.next();
        let mut pick: &[u8] = &[];
        for (says, share) in &possible.answers {
            left -= share;
            if *share > 0.0 {
                pick = says;
            }
            if left < 0.0 {
                break;
            }
        }
        truths.suppose(terms, &possible.tests, pick);
    }
    view.decision_with(&truths)
}

/// A fixed sequence of numbers from 0 to 1: SplitMix64 (Steele, Lea, Flood 2014).
pub(super) struct Sequence(u64);

impl Sequence {
    pub(super) fn next(&mut self) -> f64 {
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
