//! Blocks: fields that conditions tie together, and everything that their answers may bring about together.

use super::chain::{EXCLUDED, SPARED, Way};
use super::possible::{MOST_JOINT, Possible};
use super::view::View;
use crate::lead::Truths;
use crate::pact::condition::{Gate, Truth};
use crate::pact::criterion::Earns;
use crate::sorted::set;
use crate::table::Table;
use std::sync::Arc;

/// Fields whose answers interact, and what depends on them.
pub(crate) struct Block {
    /// Which of the fields stands for all.
    root: usize,
    /// The fields, each after those its `when` names.
    pub(crate) fields: Vec<usize>,
    /// Criteria that are open.
    pub(crate) criteria: Vec<usize>,
    /// Disqualifiers that are open, as gates.
    disqualifiers: Vec<usize>,
    /// The groups that its criteria earn in, ascending.
    groups: Vec<usize>,
    /// What the fields' answers may bring about; none where there is too much to list.
    listed: Option<Listed>,
    /// Whether shares that the pact does not give matter.
    pub(crate) assumed: bool,
}

/// What the joint answers of a block's fields bring about, one after the other.
struct Listed {
    shares: Vec<f64>,
    excluded: Vec<bool>,
    /// By outcome and group.
    sums: Vec<i64>,
    /// By outcome and field.
    answers: Vec<Option<u16>>,
}

impl Listed {
    fn with_room(outcomes: usize, groups: usize, fields: usize) -> Self {
        Self {
            shares: Vec::with_capacity(outcomes),
            excluded: Vec::with_capacity(outcomes),
            sums: Vec::with_capacity(outcomes * groups),
            answers: Vec::with_capacity(outcomes * fields),
        }
    }
}

/// What one joint answer of a block's fields brings about.
#[derive(Clone, Copy)]
pub(crate) struct Outcome<'b> {
    /// The groups that it may add to.
    pub(crate) groups: &'b [usize],
    /// What it adds to each of them, before the group's bounds.
    pub(crate) sums: &'b [i64],
    /// Whether it disqualifies.
    pub(crate) excluded: bool,
    pub(crate) share: f64,
    /// By field of the block, which of its possible answers; none where the field does not apply.
    pub(crate) answers: &'b [Option<u16>],
}

impl Outcome<'_> {
    /// What leads to a sum that it is part of.
    pub(crate) fn way(&self) -> Way {
        if self.excluded { EXCLUDED } else { SPARED }
    }

    /// What it adds to the score, group bounds aside.
    #[expect(clippy::cast_precision_loss, reason = "points are limited")]
    pub(crate) fn points(&self) -> f64 {
        self.sums.iter().sum::<i64>() as f64
    }
}

/// Parts the open fields into blocks and lists what each may bring about.
pub(crate) fn blocks(view: &View<'_>) -> Vec<Block> {
    let mut parts = partition(view);
    let mut truths = view.truths.clone();
    for block in &mut parts {
        enumerate(view, block, &mut truths);
    }
    parts
}

/// Fields that an open criterion or disqualifier depends on together are in one block.
fn partition(view: &View<'_>) -> Vec<Block> {
    let terms = view.terms;
    let criteria = terms.criteria.len();
    let mut joined = Table(Vec::new());
    for field in 0..terms.fields.len() {
        joined.0.push(field);
    }
    let mut roots = Vec::new();
    for at in 0..criteria + terms.qualification.disqualify.len() {
        let gate = match terms.criteria.entry(at) {
            Some(criterion) => match criterion.earns {
                Earns::When(gate) if criterion.points != 0 => Some(gate),
                _ => None,
            },
            None => terms.qualification.disqualify.get(at - criteria).map(|excluded| excluded.when),
        };
        let Some(gate) = gate else { continue };
        let fields = open_fields_of(view, gate);
        let Some(first) = fields.first().copied() else { continue };
        for field in fields {
            join(&mut joined, first, field);
        }
        roots.push((first, gate, at));
    }
    let mut blocks: Vec<Block> = Vec::new();
    for (first, gate, at) in roots {
        let root = find(&joined, first);
        if !blocks.iter().any(|block| block.root == root) {
            blocks.push(Block {
                root,
                fields: Vec::new(),
                criteria: Vec::new(),
                disqualifiers: Vec::new(),
                groups: Vec::new(),
                listed: None,
                assumed: false,
            });
        }
        if let Some(block) = block_at(&mut blocks, root) {
            match terms.criteria.entry(at) {
                Some(criterion) => {
                    block.criteria.push(at);
                    block.groups.push(criterion.group);
                }
                None => block.disqualifiers.push(gate),
            }
        }
    }
    for block in &mut blocks {
        block.groups = set(std::mem::take(&mut block.groups));
    }
    for field in &terms.circuit.order {
        if view.open[*field]
            && let Some(block) = block_at(&mut blocks, find(&joined, *field))
        {
            block.fields.push(*field);
        }
    }
    blocks
}

fn block_at(blocks: &mut [Block], root: usize) -> Option<&mut Block> {
    blocks.iter_mut().find(|block| block.root == root)
}

/// The open fields that a gate still depends on.
pub(crate) fn open_fields_of(view: &View<'_>, root: usize) -> Vec<usize> {
    let circuit = &view.terms.circuit;
    if let Gate::Test(fact, _) = &circuit.gates[root]
        && fact.field().is_none_or(|field| circuit.guard_of[field].is_none())
    {
        let waits = |field: &usize| view.open[*field] && view.ahead.of(root) == Truth::Unknown;
        return fact.field().filter(waits).into_iter().collect();
    }
    let mut seen = Table::filled(false, circuit.gates.len());
    let (mut todo, mut fields) = (vec![root], Vec::new());
    while let Some(gate) = todo.pop() {
        if view.ahead.of(gate) != Truth::Unknown || std::mem::replace(&mut seen[gate], true) {
            continue;
        }
        match &circuit.gates[gate] {
            Gate::Test(fact, _) => {
                let Some(field) = fact.field() else { continue };
                if view.open[field] {
                    fields.push(field);
                }
                todo.extend(circuit.guard_of[field]);
            }
            Gate::All(parts) | Gate::Any(parts) => todo.extend(parts),
            Gate::Not(part) => todo.push(*part),
        }
    }
    fields
}

fn find(joined: &Table<usize>, mut field: usize) -> usize {
    while joined[field] != field {
        field = joined[field];
    }
    field
}

fn join(joined: &mut Table<usize>, a: usize, b: usize) {
    let (a, b) = (find(joined, a), find(joined, b));
    joined[a.max(b)] = a.min(b);
}

fn enumerate(view: &View<'_>, block: &mut Block, truths: &mut Truths) {
    let mut possible = Vec::new();
    for field in &block.fields {
        let one = view.possible(*field);
        if one.answers.is_empty() {
            block.assumed = true;
            return;
        }
        possible.push(one);
    }
    let mut most = 1_usize;
    for possible in &possible {
        most = most.saturating_mul(possible.answers.len()).min(MOST_JOINT + 1);
    }
    let listed = Listed::with_room(most, block.groups.len(), block.fields.len());
    let answers = Vec::with_capacity(block.fields.len());
    let mut walk = Walk { view, block, possible: &possible, truths, answers, listed };
    let whole = walk.go(1.0);
    let listed = walk.listed;
    block.listed = whole.map(|()| listed);
    for (place, possible) in possible.iter().enumerate() {
        block.assumed |= possible.assumed && block.asks(place);
    }
}

/// Walks through every joint answer of a block.
struct Walk<'w, 'l> {
    view: &'w View<'l>,
    block: &'w Block,
    possible: &'w [Arc<Possible>],
    truths: &'w mut Truths,
    answers: Vec<Option<u16>>,
    listed: Listed,
}

impl Walk<'_, '_> {
    /// Nothing where there is too much to list.
    fn go(&mut self, share: f64) -> Option<()> {
        let terms = self.view.terms;
        let Some(possible) = self.possible.get(self.answers.len()) else { return self.note(share) };
        // Its `when` rests on fields that stand before it, so this is final.
        if self.truths.applies(&terms.circuit, possible.field) != Truth::True {
            return self.with(None, share);
        }
        let mut done = Some(());
        for (answer, (says, own)) in possible.answers.iter().enumerate() {
            self.truths.suppose(terms, &possible.tests, says);
            done = done.and_then(|()| self.with(Some(u16::try_from(answer).ok()?), share * own));
        }
        self.truths.forget(terms, possible.field);
        done
    }

    fn with(&mut self, answer: Option<u16>, share: f64) -> Option<()> {
        self.answers.push(answer);
        let done = self.go(share);
        self.answers.pop();
        done
    }

    fn note(&mut self, share: f64) -> Option<()> {
        for group in &self.block.groups {
            self.listed.sums.push(self.truths.raw[*group] - self.view.truths.raw[*group]);
        }
        let excludes = |gate: &usize| self.truths.of(*gate) == Truth::True;
        self.listed.excluded.push(self.block.disqualifiers.iter().any(excludes));
        self.listed.answers.extend_from_slice(&self.answers);
        self.listed.shares.push(share);
        (self.listed.shares.len() <= MOST_JOINT).then_some(())
    }
}

impl Block {
    /// What the fields' answers may bring about; none where there is too much to list.
    pub(crate) fn outcomes(&self) -> Option<impl Iterator<Item = Outcome<'_>>> {
        let listed = self.listed.as_ref()?;
        let part = |at: usize, width: usize| at * width..(at + 1) * width;
        let both = listed.shares.iter().zip(&listed.excluded).enumerate();
        Some(both.map(move |(at, (share, excluded))| Outcome {
            groups: &self.groups,
            sums: listed.sums.get(part(at, self.groups.len())).unwrap_or_default(),
            excluded: *excluded,
            share: *share,
            answers: listed.answers.get(part(at, self.fields.len())).unwrap_or_default(),
        }))
    }

    /// How many outcomes are listed.
    pub(crate) fn count(&self) -> usize {
        self.listed.as_ref().map_or(0, |listed| listed.shares.len())
    }

    /// Whether what it may bring about is too much to list.
    pub(crate) fn is_too_large(&self) -> bool {
        self.listed.is_none()
    }

    /// The field that ties the block together: it applies, and the most that is open rests on it and on others.
    pub(crate) fn ties(&self, view: &View<'_>) -> Option<usize> {
        let circuit = &view.terms.circuit;
        let mut count = Table::filled(0_usize, view.terms.fields.len());
        let mut tied = |gate: usize, own: Option<usize>| {
            let mut fields = open_fields_of(view, gate);
            fields.extend(own);
            let fields = set(fields);
            for field in &fields {
                count[*field] += usize::from(fields.len() > 1);
            }
        };
        for id in &self.criteria {
            if let Earns::When(gate) = view.terms.criteria[*id].earns {
                tied(gate, None);
            }
        }
        self.disqualifiers.iter().for_each(|gate| tied(*gate, None));
        for field in &self.fields {
            if let Some(gate) = circuit.guard_of[*field] {
                tied(gate, Some(*field));
            }
        }
        let mut best = None;
        for field in &self.fields {
            let applies = view.truths.applies(circuit, *field) == Truth::True;
            if applies && count[*field] > best.map_or(0, |best: usize| count[best]) {
                best = Some(*field);
            }
        }
        best
    }

    /// Whether the field at a place is answered in some outcome: it may turn out never to apply.
    fn asks(&self, place: usize) -> bool {
        let answered = |outcome: Outcome<'_>| matches!(outcome.answers.get(place), Some(Some(_)));
        self.outcomes().is_none_or(|mut outcomes| outcomes.any(answered))
    }

    /// Where the block is in doubt about a decision: whether it may disqualify.
    pub(crate) fn may_disqualify(&self) -> bool {
        match &self.listed {
            Some(listed) => listed.excluded.contains(&true),
            None => !self.disqualifiers.is_empty(),
        }
    }

    /// Whether it may come out without disqualifying.
    pub(crate) fn may_spare(&self) -> bool {
        self.listed.as_ref().is_none_or(|listed| listed.excluded.contains(&false))
    }

    /// The probability that it does not disqualify.
    pub(crate) fn spared(&self) -> f64 {
        if !self.may_disqualify() {
            return 1.0;
        }
        let mut spared = 0.0;
        for outcome in self.outcomes().into_iter().flatten() {
            spared += if outcome.excluded { 0.0 } else { outcome.share };
        }
        spared
    }

    /// The least and the most that the block adds to a group.
    pub(crate) fn reach(&self, view: &View<'_>, group: usize) -> (i64, i64) {
        let (mut low, mut high) = (0, 0);
        if let Some(listed) = &self.listed {
            let Ok(nth) = self.groups.binary_search(&group) else { return (0, 0) };
            for (at, sum) in listed.sums.iter().skip(nth).step_by(self.groups.len()).enumerate() {
                (low, high) = if at == 0 { (*sum, *sum) } else { (low.min(*sum), high.max(*sum)) };
            }
            return (low, high);
        }
        // The joint answers are too many to list: each open criterion may or may not come true.
        for id in &self.criteria {
            let criterion = &view.terms.criteria[*id];
            if criterion.group != group {
                continue;
            }
            // The present sum counts what is true only as long as nothing is answered.
            let counted = match criterion.earns {
                Earns::When(gate) if view.truths.of(gate) == Truth::True => criterion.points,
                _ => 0,
            };
            low += criterion.points.min(0) - counted;
            high += criterion.points.max(0) - counted;
        }
        (low, high)
    }

    /// Whether its answers make any difference.
    pub(super) fn matters(&self) -> bool {
        let Some(mut outcomes) = self.outcomes() else { return true };
        let Some(first) = outcomes.next() else { return false };
        outcomes.any(|other| first.sums != other.sums || first.excluded != other.excluded)
    }
}
