//! Blocks: fields that conditions tie together, and everything that their answers may bring about together.

use super::possible::{MOST_JOINT, Possible};
use super::view::View;
use crate::pact::condition::{Gate, Truth};
use crate::pact::criterion::Earns;
use crate::sorted::set;
use crate::table::Table;

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
    /// What the fields' answers may bring about; none where there is too much to list.
    pub(crate) outcomes: Option<Vec<Outcome>>,
    /// Whether shares that the pact does not give matter.
    pub(crate) assumed: bool,
}

/// What one joint answer of a block's fields brings about.
pub(crate) struct Outcome {
    /// What it adds to each group, before the group's bounds.
    pub(crate) sums: Vec<(usize, i64)>,
    pub(crate) disqualified: bool,
    pub(crate) share: f64,
    /// By field of the block, which of its possible answers; none where the field does not apply.
    pub(crate) answers: Vec<Option<usize>>,
}

/// Parts the open fields into blocks and lists what each may bring about.
pub(crate) fn blocks(view: &View<'_>) -> Vec<Block> {
    let mut parts = partition(view);
    for block in &mut parts {
        enumerate(view, block);
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
                outcomes: None,
                assumed: false,
            });
        }
        if let Some(block) = block_at(&mut blocks, root) {
            if at < criteria { block.criteria.push(at) } else { block.disqualifiers.push(gate) }
        }
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

fn enumerate(view: &View<'_>, block: &mut Block) {
    let mut listed = Vec::new();
    for field in &block.fields {
        let possible = view.possible(*field);
        if possible.answers.is_empty() {
            block.assumed = true;
            return;
        }
        listed.push(possible);
    }
    let mut groups = Vec::new();
    for id in &block.criteria {
        groups.push(view.terms.criteria[*id].group);
    }
    let mut walk = Walk {
        view,
        block,
        listed: &listed,
        groups: set(groups),
        truths: view.truths.clone(),
        answers: Vec::new(),
        outcomes: Vec::new(),
    };
    let whole = walk.go(1.0);
    let outcomes = walk.outcomes;
    block.outcomes = whole.map(|()| outcomes);
    for (place, possible) in listed.iter().enumerate() {
        block.assumed |= possible.assumed && block.asks(place);
    }
}

/// Walks through every joint answer of a block.
struct Walk<'w> {
    view: &'w View<'w>,
    block: &'w Block,
    listed: &'w [Possible],
    groups: Vec<usize>,
    truths: crate::lead::Truths,
    answers: Vec<Option<usize>>,
    outcomes: Vec<Outcome>,
}

impl Walk<'_> {
    /// Nothing where there is too much to list.
    fn go(&mut self, share: f64) -> Option<()> {
        let terms = self.view.terms;
        let Some(possible) = self.listed.get(self.answers.len()) else { return self.note(share) };
        // Its `when` rests on fields that stand before it, so this is final.
        if self.truths.applies(&terms.circuit, possible.field) != Truth::True {
            return self.with(None, share);
        }
        for (answer, (says, own)) in possible.answers.iter().enumerate() {
            self.truths.suppose(terms, &possible.tests, says);
            self.with(Some(answer), share * own)?;
        }
        self.truths.forget(terms, possible.field);
        Some(())
    }

    fn with(&mut self, answer: Option<usize>, share: f64) -> Option<()> {
        self.answers.push(answer);
        self.go(share)?;
        self.answers.pop();
        Some(())
    }

    fn note(&mut self, share: f64) -> Option<()> {
        let mut sums = Vec::new();
        for group in &self.groups {
            sums.push((*group, self.truths.raw[*group] - self.view.truths.raw[*group]));
        }
        let disqualified = self.block.disqualifiers.iter().any(|gate| self.truths.of(*gate) == Truth::True);
        self.outcomes.push(Outcome { sums, disqualified, share, answers: self.answers.clone() });
        (self.outcomes.len() <= MOST_JOINT).then_some(())
    }
}

impl Block {
    /// Whether the field at a place is answered in some outcome: it may turn out never to apply.
    fn asks(&self, place: usize) -> bool {
        let answered = |outcome: &Outcome| matches!(outcome.answers.get(place), Some(Some(_)));
        self.outcomes.as_ref().is_none_or(|outcomes| outcomes.iter().any(answered))
    }

    /// Where the block is in doubt about a decision: whether it may disqualify.
    pub(crate) fn may_disqualify(&self) -> bool {
        match &self.outcomes {
            Some(outcomes) => outcomes.iter().any(|outcome| outcome.disqualified),
            None => !self.disqualifiers.is_empty(),
        }
    }

    /// The least and the most that the block adds to a group.
    pub(crate) fn reach(&self, view: &View<'_>, group: usize) -> (i64, i64) {
        let (mut low, mut high) = (0, 0);
        if let Some(outcomes) = &self.outcomes {
            for (at, outcome) in outcomes.iter().enumerate() {
                let sum = outcome.sums.iter().find(|(id, _)| *id == group).map_or(0, |(_, sum)| *sum);
                (low, high) = if at == 0 { (sum, sum) } else { (low.min(sum), high.max(sum)) };
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
        let Some(outcomes) = &self.outcomes else { return true };
        let Some(first) = outcomes.first() else { return false };
        outcomes.iter().any(|other| first.sums != other.sums || first.disqualified != other.disqualified)
    }
}
