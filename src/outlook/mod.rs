//! What the decision would be were every question answered: bounds, odds, and what an answer would change.
//!
//! Open fields that conditions tie together form blocks; blocks are independent of each other, so the sums of their
//! points are convolved. Group bounds apply to sums, so the blocks that meet in a bounded group are summed before the
//! bound and everything else after it. What an answer would change comes out of the same convolutions. Where a block has
//! too many joint answers, the outlook is parted into cases by the answers to the field that ties it together.

pub(crate) mod block;
pub(crate) mod chain;
mod drawn;
mod influence;
mod layout;
pub(crate) mod part;
pub(crate) mod possible;
pub(crate) mod view;

use crate::pact::condition::Truth;
use crate::pact::qualification::Decision;
use block::{Block, blocks};
use chain::Added;
use layout::Layout;
use possible::{Says, names_segment, option_shares, says_of_option, tests_of};
use serde::Serialize;
use view::View;

/// How many steps the convolutions of one outlook may take before its odds are drawn.
const MOST_STEPS: usize = 40_000_000;
/// How many cases an outlook may be parted into.
const MOST_CASES: usize = 64;

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
    /// Before any completion was seen.
    fn unseen() -> Self {
        Self {
            low: i64::MAX,
            high: i64::MIN,
            odds: Odds::default(),
            certain: false,
            assumed: false,
            approximate: false,
            reachable: Reachable::default(),
        }
    }

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
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct WhatIf {
    /// How likely the answer is.
    pub(crate) share: f64,
    /// The odds after it.
    pub(crate) odds: Odds,
}

impl WhatIf {
    /// Adds what comes of one case of this share.
    fn add(&mut self, share: f64, odds: &Odds) {
        self.share += share;
        self.odds.add_all(odds, share);
    }
}

/// The outlook by case, kept to ask what an answer would change.
pub(crate) struct Forecast<'l> {
    pub(crate) view: View<'l>,
    pub(crate) cases: Vec<Case<'l>>,
    segment_assumed: bool,
    pub(crate) open_segment: Option<usize>,
}

/// What is expected where some fields are answered in a certain way: the segment, and fields that tie too many others.
pub(crate) struct Case<'l> {
    pub(crate) share: f64,
    /// The fields and which of their answers.
    given: Vec<(usize, usize)>,
    pub(crate) view: View<'l>,
    pub(crate) blocks: Vec<Block>,
    /// None where there is too much to list.
    layout: Option<Layout>,
    outlook: Outlook,
}

/// Options of the open segment that nothing tells apart.
struct Class<'l> {
    /// What the tests say of them.
    says: Says,
    /// The value by which shares name them.
    name: Option<&'l str>,
    share: f64,
}

impl<'l> Forecast<'l> {
    pub(crate) fn of(view: &View<'l>) -> Self {
        let mut forecast = Self {
            segment_assumed: view.segment_assumed(),
            open_segment: view.open_segment(),
            cases: Vec::new(),
            view: view.clone(),
        };
        let mut waiting = vec![Case::waiting(1.0, Vec::new(), view.clone())];
        if let Some(field) = forecast.open_segment {
            forecast.part_by_segment(field, &mut waiting);
        }
        let mut budget = MOST_STEPS;
        while let Some(mut case) = waiting.pop() {
            case.blocks = blocks(&case.view);
            let most = MOST_CASES.saturating_sub(forecast.cases.len() + waiting.len());
            if case.part(most, &mut waiting).is_none() {
                case.lay_out(&mut budget);
                forecast.cases.push(case);
            }
        }
        forecast
    }

    /// Puts the cases of the open segment in the place of the only one.
    fn part_by_segment(&self, field: usize, cases: &mut Vec<Case<'l>>) {
        let Some(whole) = cases.pop() else { return };
        let tests = tests_of(self.view.terms, field);
        for (at, class) in self.segment_classes(field).iter().enumerate() {
            let mut case = whole.supposing((field, at), &tests, &class.says, class.share);
            case.view.set_segment(class.name);
            cases.push(case);
        }
    }

    /// The options of the open segment, as one where no test and no share tells them apart.
    fn segment_classes(&self, field: usize) -> Vec<Class<'l>> {
        let terms = self.view.terms;
        let options = terms.fields[field].kind.options();
        let mut classes: Vec<Class<'l>> = Vec::new();
        for (at, share) in option_shares(options, None).iter().enumerate() {
            let (says, name) = self.segment_option(field, at);
            match classes.iter_mut().find(|class| class.name == name && class.says == says) {
                Some(class) => class.share += share,
                None => classes.push(Class { says, name, share: *share }),
            }
        }
        classes
    }

    /// What the tests say of an option of the open segment, and its value where shares differ by it.
    fn segment_option(&self, field: usize, option: usize) -> (Says, Option<&'l str>) {
        let terms = self.view.terms;
        let says = says_of_option(terms, &tests_of(terms, field), option);
        let value = terms.fields[field].kind.options().get(option).map(|option| option.value.as_str());
        (says, value.filter(|value| names_segment(terms, value)))
    }

    pub(crate) fn outlook(&self) -> Outlook {
        let mut whole = Outlook { assumed: self.segment_assumed, ..Outlook::unseen() };
        for case in &self.cases {
            let one = &case.outlook;
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

    /// How likely a hand-over is.
    pub(crate) fn handoff(&self) -> f64 {
        let mut handoff = 0.0;
        for case in &self.cases {
            handoff += case.share * case.outlook.odds.handoff;
        }
        handoff
    }

    /// The likeliest case; none where some odds are drawn.
    pub(crate) fn likeliest(&self) -> Option<&Case<'l>> {
        let mut best: Option<&Case<'l>> = None;
        for case in &self.cases {
            case.layout.as_ref()?;
            if best.is_none_or(|best| case.share > best.share) {
                best = Some(case);
            }
        }
        best
    }

    /// Whether the answer to `field` can change what is decided: in some case it is in a block, or tells cases apart.
    pub(crate) fn touches(&self, field: usize) -> bool {
        let touches = |case: &Case<'_>| case.given(field).is_some() || case.block_of(field).is_some();
        self.cases.iter().any(touches)
    }

    /// The options that these cases of the open segment stand for; none of other fields.
    #[cfg(feature = "explain")]
    pub(crate) fn options_of(&self, field: usize, cases: &[usize]) -> Option<Vec<usize>> {
        if self.open_segment != Some(field) {
            return None;
        }
        let classes = self.segment_classes(field);
        let mut options = Vec::new();
        for option in 0..self.view.terms.fields[field].kind.options().len() {
            let (says, name) = self.segment_option(field, option);
            let class = classes.iter().position(|class| class.name == name && class.says == says);
            if class.is_some_and(|class| cases.contains(&class)) {
                options.push(option);
            }
        }
        Some(options)
    }

    /// Whether `field` applies, whatever others are answered.
    pub(crate) fn stays(&self, field: usize) -> bool {
        self.view.ahead.applies(&self.view.terms.circuit, field) == Truth::True
    }

    /// What each answer that `field` may get would change, by the number of the answer among its possible ones, or among
    /// the cases of the segment. Nothing where there is too much to list.
    pub(crate) fn what_if(&self, field: usize) -> Option<Vec<WhatIf>> {
        let mut whole = Vec::new();
        for case in &self.cases {
            case.what_if(field, &mut whole)?;
        }
        for what_if in &mut whole {
            what_if.odds.normalize(what_if.share);
        }
        Some(whole)
    }
}

/// The odds, by the probability of a hand-over and that nothing disqualifies. Decisions that no completion gives are not
/// left with what rounding makes of nothing.
fn odds(handoff: f64, spared: f64, reachable: Reachable) -> Odds {
    let mut odds = Odds::default();
    let shares =
        [(Decision::Handoff, handoff), (Decision::Nurture, spared - handoff), (Decision::Disqualified, 1.0 - spared)];
    for (decision, share) in shares {
        if reachable.has(decision) {
            odds.add(decision, if reachable.is_one() { 1.0 } else { share.max(0.0) });
        }
    }
    odds
}

/// What answers add to the score, group bounds aside, and how likely each is.
type Effects = Vec<Added>;

/// Adds to a sum of a list, which is made longer where it is too short.
fn add_at(sums: &mut Vec<f64>, at: usize, add: f64) {
    if sums.len() <= at {
        sums.resize(at + 1, 0.0);
    }
    if let Some(sum) = sums.get_mut(at) {
        *sum += add;
    }
}

impl<'l> Case<'l> {
    fn waiting(share: f64, given: Vec<(usize, usize)>, view: View<'l>) -> Self {
        Self { share, given, view, blocks: Vec::new(), layout: None, outlook: Outlook::unseen() }
    }

    /// The same, had the field got this of its answers, whose share is given.
    fn supposing(&self, answer: (usize, usize), tests: &[usize], says: &[u8], share: f64) -> Self {
        let mut given = self.given.clone();
        given.push(answer);
        Self::waiting(self.share * share, given, self.view.supposing(answer.0, tests, says))
    }

    /// Adds to `cases` the same by the answers to the field that ties too many others. Nothing where there is none, or
    /// it has more than `most` answers.
    fn part(&self, most: usize, cases: &mut Vec<Self>) -> Option<()> {
        let block = self.blocks.iter().find(|block| block.is_too_large())?;
        let field = block.ties(&self.view)?;
        let possible = self.view.possible(field);
        if possible.answers.is_empty() || possible.answers.len() > most {
            return None;
        }
        for (answer, (says, share)) in possible.answers.iter().enumerate() {
            let mut case = self.supposing((field, answer), &possible.tests, says, *share);
            case.view.assumed |= possible.assumed;
            cases.push(case);
        }
        Some(())
    }

    fn lay_out(&mut self, budget: &mut usize) {
        self.layout = Layout::of(&self.view, &self.blocks, budget);
        self.outlook = match &mut self.layout {
            Some(layout) => {
                let handoff = layout.expect(&self.view);
                let reachable = layout.reach(&self.view, &self.blocks);
                Outlook {
                    low: layout.low,
                    high: layout.high,
                    odds: odds(handoff, layout.spared(None), reachable),
                    certain: reachable.is_one(),
                    assumed: self.view.assumed || self.blocks.iter().any(|block| block.assumed && block.matters()),
                    approximate: false,
                    reachable,
                }
            }
            None => drawn::outlook(&self.view, &self.blocks),
        };
    }

    /// The one case of a view that is not parted.
    fn alone(view: &View<'l>) -> Self {
        let mut case = Self::waiting(1.0, Vec::new(), view.clone());
        case.blocks = blocks(view);
        case.lay_out(&mut MOST_STEPS.clone());
        case
    }

    fn is_given(&self, field: usize) -> bool {
        self.given(field).is_some()
    }

    fn given(&self, field: usize) -> Option<usize> {
        let own = self.given.iter().find(|(own, _)| *own == field);
        own.map(|(_, answer)| *answer)
    }

    /// What each answer to `field` adds to the score, on average over what else its block may bring. Nothing where there
    /// is too much to list.
    pub(crate) fn effects(&self, field: usize) -> Option<Effects> {
        let Some((block, place)) = self.block_of(field) else {
            return Some(vec![Added { sum: 0, share: 1.0 }]);
        };
        let block = self.blocks.get(block).filter(|block| !block.is_too_large())?;
        let (mut sums, mut shares) = (Vec::new(), Vec::new());
        for (outcome, share) in block.shares.iter().enumerate() {
            let Some(answer) = block.answer(outcome, place) else { continue };
            let own = share.max(0.0);
            #[expect(clippy::cast_precision_loss, reason = "points are limited")]
            let points = block.points(outcome) as f64;
            add_at(&mut sums, answer, own * points);
            add_at(&mut shares, answer, own);
        }
        let mut effects = Vec::new();
        for (sum, share) in sums.iter().zip(shares) {
            #[expect(clippy::cast_possible_truncation, reason = "points are limited")]
            let mean = if share > 0.0 { libm::round(sum / share) as i64 } else { 0 };
            effects.push(Added { sum: mean, share });
        }
        Some(effects)
    }

    /// What each block may add to the score that has none of these fields.
    pub(crate) fn effects_of_others(&self, fields: &[usize]) -> Option<Vec<Effects>> {
        let mut all = Vec::new();
        for block in &self.blocks {
            if block.fields.iter().any(|field| fields.contains(field)) {
                continue;
            }
            if block.is_too_large() {
                return None;
            }
            let mut effects = Vec::new();
            for (outcome, share) in block.shares.iter().enumerate() {
                effects.push(Added { sum: block.points(outcome), share: *share });
            }
            all.push(effects);
        }
        Some(all)
    }

    /// The block that a field is in, and its place there.
    pub(crate) fn block_of(&self, field: usize) -> Option<(usize, usize)> {
        for (at, block) in self.blocks.iter().enumerate() {
            if let Some(place) = block.fields.iter().position(|other| *other == field) {
                return Some((at, place));
            }
        }
        None
    }

    /// Adds how likely each answer to `field` is, and the odds after it.
    fn what_if(&self, field: usize, whole: &mut Vec<WhatIf>) -> Option<()> {
        let outlook = &self.outlook;
        let mut add = |answer: usize, share: f64, odds: &Odds| {
            if whole.len() <= answer {
                whole.resize(answer + 1, WhatIf::default());
            }
            if let Some(what_if) = whole.get_mut(answer) {
                what_if.add(share * self.share, odds);
            }
        };
        if let Some(answer) = self.given(field) {
            add(answer, 1.0, &outlook.odds);
            return Some(());
        }
        let Some((block, place)) = self.block_of(field) else {
            let possible = self.view.possible(field);
            for (answer, (_, share)) in possible.answers.iter().enumerate() {
                add(answer, *share, &outlook.odds);
            }
            // Too many answers to list are none.
            return (!possible.answers.is_empty()).then_some(());
        };
        let layout = self.layout.as_ref()?;
        let (given, spared) = (layout.given(&self.blocks, block)?, layout.spared(Some(block)));
        let block = self.blocks.get(block)?;
        for ((outcome, share), handoff) in block.shares.iter().enumerate().zip(given) {
            let Some(answer) = block.answer(outcome, place) else { continue };
            let odds = if share.is_sign_negative() {
                Odds { disqualified: 1.0, ..Odds::default() }
            } else {
                odds(handoff, spared, outlook.reachable)
            };
            add(answer, libm::fabs(*share), &odds);
        }
        Some(())
    }
}
