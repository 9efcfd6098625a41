//! Blocks: fields that conditions tie together, and everything that their answers may bring about together.

use super::possible::{MOST_JOINT, Possible};
use super::view::View;
use crate::lead::Truths;
use crate::pact::condition::{Gate, Truth};
use crate::pact::criterion::Earns;
use crate::sorted::set;
use crate::table::Table;
use std::sync::Arc;

/// Fields whose answers interact, what depends on them, and what their joint answers may bring about.
#[derive(Default)]
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
    pub(crate) groups: Vec<usize>,
    /// By outcome, how likely it is; with a minus, also of 0, where it disqualifies. Nothing where there are too many.
    pub(crate) shares: Vec<f64>,
    /// By outcome and group, what it adds before the group's bounds.
    sums: Vec<i64>,
    /// By outcome and field, which of the possible answers, from 1; 0 where the field does not apply.
    answers: Vec<u16>,
    /// Whether shares that the pact does not give matter.
    pub(crate) assumed: bool,
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
    let mut joined = Table::ids(terms.fields.len());
    let mut open = Vec::new();
    for (id, criterion) in terms.criteria.iter().enumerate() {
        if let Earns::When(gate) = criterion.earns
            && criterion.points != 0
        {
            open.push((gate, Some(id)));
        }
    }
    for excluded in &terms.qualification.disqualify {
        open.push((excluded.when, None));
    }
    let mut tied = Vec::new();
    for (gate, criterion) in open {
        let fields = open_fields_of(view, gate);
        if let Some(first) = fields.first().copied() {
            for field in fields {
                join(&mut joined, first, field);
            }
            tied.push((first, gate, criterion));
        }
    }
    let mut blocks = Vec::new();
    for (first, gate, criterion) in tied {
        let root = joined[first];
        if block_at(&mut blocks, root).is_none() {
            blocks.push(Block { root, ..Block::default() });
        }
        if let Some(block) = block_at(&mut blocks, root) {
            match criterion {
                Some(id) => {
                    block.criteria.push(id);
                    block.groups.push(terms.criteria[id].group);
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
            && let Some(block) = block_at(&mut blocks, joined[*field])
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

/// Puts two of those that are joined with each other in one: each has the least id of all that it is joined with.
pub(super) fn join(joined: &mut Table<usize>, one: usize, other: usize) {
    let (one, other) = (joined[one], joined[other]);
    if one != other {
        for id in &mut joined.0 {
            if *id == one.max(other) {
                *id = one.min(other);
            }
        }
    }
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
    Walk { view, block, possible: &possible, truths, answers: Vec::new() }.go(1.0);
    if block.shares.len() > MOST_JOINT {
        (block.shares, block.sums, block.answers) = Default::default();
    }
    for (place, possible) in possible.iter().enumerate() {
        block.assumed |= possible.assumed && block.asks(place);
    }
}

/// Walks through every joint answer of a block, and one more than may be listed.
struct Walk<'w, 'l> {
    view: &'w View<'l>,
    block: &'w mut Block,
    possible: &'w [Arc<Possible>],
    truths: &'w mut Truths,
    answers: Vec<u16>,
}

impl Walk<'_, '_> {
    fn go(&mut self, share: f64) {
        let terms = self.view.terms;
        let Some(possible) = self.possible.get(self.answers.len()) else { return self.note(share) };
        // Its `when` rests on fields that stand before it, so this is final.
        if self.truths.applies(&terms.circuit, possible.field) != Truth::True {
            return self.with(0, share);
        }
        for (answer, (says, own)) in (1..).zip(&possible.answers) {
            if self.block.shares.len() <= MOST_JOINT {
                self.truths.suppose(terms, &possible.tests, says);
                self.with(answer, share * own);
            }
        }
        self.truths.forget(terms, possible.field);
    }

    fn with(&mut self, answer: u16, share: f64) {
        self.answers.push(answer);
        self.go(share);
        self.answers.pop();
    }

    fn note(&mut self, share: f64) {
        let block = &mut *self.block;
        for group in &block.groups {
            block.sums.push(self.truths.raw[*group] - self.view.truths.raw[*group]);
        }
        let mut excluded = false;
        for gate in &block.disqualifiers {
            excluded |= self.truths.of(*gate) == Truth::True;
        }
        block.shares.push(if excluded { -share } else { share });
        block.answers.extend_from_slice(&self.answers);
    }
}

impl Block {
    /// Whether what it may bring about is too much to list.
    pub(crate) fn is_too_large(&self) -> bool {
        self.shares.is_empty()
    }

    /// What an outcome adds to each of the groups, before their bounds.
    pub(crate) fn sums(&self, outcome: usize) -> &[i64] {
        let width = self.groups.len();
        self.sums.get(outcome * width..(outcome + 1) * width).unwrap_or_default()
    }

    /// What an outcome adds to the score, group bounds aside.
    pub(crate) fn points(&self, outcome: usize) -> i64 {
        let mut points = 0;
        for sum in self.sums(outcome) {
            points += sum;
        }
        points
    }

    /// By field, which of its possible answers an outcome has, from 1; 0 where the field does not apply.
    pub(crate) fn answers(&self, outcome: usize) -> &[u16] {
        let width = self.fields.len();
        self.answers.get(outcome * width..(outcome + 1) * width).unwrap_or_default()
    }

    /// Which of its possible answers the field at a place has in an outcome; none where it does not apply.
    pub(crate) fn answer(&self, outcome: usize, place: usize) -> Option<usize> {
        usize::from(*self.answers(outcome).get(place)?).checked_sub(1)
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
        self.is_too_large() || (0..self.shares.len()).any(|outcome| self.answer(outcome, place).is_some())
    }

    /// Where the block is in doubt about a decision: whether it may disqualify.
    pub(crate) fn may_disqualify(&self) -> bool {
        self.shares.iter().any(|share| share.is_sign_negative())
            || (self.is_too_large() && !self.disqualifiers.is_empty())
    }

    /// Whether it may come out without disqualifying.
    pub(crate) fn may_spare(&self) -> bool {
        self.is_too_large() || self.shares.iter().any(|share| share.is_sign_positive())
    }

    /// The probability that it does not disqualify.
    pub(crate) fn spared(&self) -> f64 {
        if !self.may_disqualify() {
            return 1.0;
        }
        let mut spared = 0.0;
        for share in &self.shares {
            spared += share.max(0.0);
        }
        spared
    }

    /// The least and the most that the block adds to a group.
    pub(crate) fn reach(&self, view: &View<'_>, group: usize) -> (i64, i64) {
        let Ok(mut at) = self.groups.binary_search(&group) else { return (0, 0) };
        if let Some(first) = self.sums.get(at) {
            let (mut low, mut high) = (*first, *first);
            while let Some(sum) = self.sums.get(at) {
                (low, high) = (low.min(*sum), high.max(*sum));
                at += self.groups.len();
            }
            return (low, high);
        }
        // The joint answers are too many to list: each open criterion may or may not come true.
        let (mut low, mut high) = (0, 0);
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
        let excludes = |outcome: usize| self.shares.get(outcome).is_some_and(|share| share.is_sign_negative());
        let differs = |outcome| excludes(outcome) != excludes(0) || self.sums(outcome) != self.sums(0);
        self.is_too_large() || (0..self.shares.len()).any(differs)
    }
}
