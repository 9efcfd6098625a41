//! Blocks: fields that conditions tie together, and everything that their answers may bring about together.

use super::possible::{MOST_JOINT, Possible, possible};
use super::view::View;
use crate::pact::condition::{Gate, Truth};
use crate::pact::criterion::Earns;
use crate::sorted::set;
use crate::table::Table;

/// Fields whose answers interact, and what depends on them.
pub(crate) struct Block {
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
    let criteria = terms.criteria.iter().enumerate().filter_map(|(id, criterion)| match criterion.earns {
        Earns::When(gate) if criterion.points != 0 => Some((gate, Some(id))),
        _ => None,
    });
    let disqualifiers = terms.qualification.disqualify.iter().map(|excluded| (excluded.when, None));
    let mut joined: Table<usize> = (0..terms.fields.len()).collect();
    let mut roots = Vec::new();
    for (gate, criterion) in criteria.chain(disqualifiers) {
        let fields = open_fields_of(view, gate);
        let Some(first) = fields.first().copied() else { continue };
        fields.iter().for_each(|field| join(&mut joined, first, *field));
        roots.push((first, gate, criterion));
    }
    let mut blocks: Vec<Block> = Vec::new();
    let mut place: Table<Option<usize>> = Table::filled(None, terms.fields.len());
    for (first, gate, criterion) in roots {
        let root = find(&joined, first);
        let at = *place[root].get_or_insert_with(|| {
            blocks.push(Block {
                fields: Vec::new(),
                criteria: Vec::new(),
                disqualifiers: Vec::new(),
                outcomes: None,
                assumed: false,
            });
            blocks.len() - 1
        });
        let Some(block) = blocks.get_mut(at) else { continue };
        match criterion {
            Some(id) => block.criteria.push(id),
            None => block.disqualifiers.push(gate),
        }
    }
    for field in &terms.circuit.order {
        let at = if view.open[*field] { place[find(&joined, *field)] } else { None };
        if let Some(block) = at.and_then(|at| blocks.get_mut(at)) {
            block.fields.push(*field);
        }
    }
    blocks
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
    let listed: Option<Vec<Possible>> =
        block.fields.iter().map(|field| possible(view.terms, *field, view.segment.as_deref())).collect();
    let Some(listed) = listed else {
        block.assumed = true;
        return;
    };
    let groups = set(block.criteria.iter().map(|id| view.terms.criteria[*id].group).collect());
    let mut walk = Walk {
        view,
        block,
        listed: &listed,
        groups,
        truths: view.truths.clone(),
        answers: Vec::new(),
        outcomes: Some(Vec::new()),
    };
    walk.go(1.0);
    block.outcomes = walk.outcomes;
    block.assumed = listed.iter().enumerate().any(|(place, possible)| possible.assumed && block.asks(place));
}

/// Walks through every joint answer of a block.
struct Walk<'w> {
    view: &'w View<'w>,
    block: &'w Block,
    listed: &'w [Possible],
    groups: Vec<usize>,
    truths: crate::lead::Truths,
    answers: Vec<Option<usize>>,
    outcomes: Option<Vec<Outcome>>,
}

impl Walk<'_> {
    fn go(&mut self, share: f64) {
        let at = self.answers.len();
        let (Some(field), Some(possible)) = (self.block.fields.get(at), self.listed.get(at)) else {
            return self.note(share);
        };
        // Its `when` rests on fields that stand before it, so this is final.
        if self.truths.applies(&self.view.terms.circuit, *field) != Truth::True {
            self.answers.push(None);
            self.go(share);
            self.answers.pop();
            return;
        }
        for (answer, (says, own)) in possible.answers.iter().enumerate() {
            if self.outcomes.is_none() {
                return;
            }
            self.truths.suppose(self.view.terms, &possible.tests, says);
            self.answers.push(Some(answer));
            self.go(share * own);
            self.answers.pop();
        }
        self.truths.forget(self.view.terms, *field);
    }

    fn note(&mut self, share: f64) {
        let change = |group: &usize| (*group, self.truths.raw[*group] - self.view.truths.raw[*group]);
        let outcome = Outcome {
            sums: self.groups.iter().map(change).collect(),
            disqualified: self.block.disqualifiers.iter().any(|gate| self.truths.of(*gate) == Truth::True),
            share,
            answers: self.answers.clone(),
        };
        let full = match &mut self.outcomes {
            Some(outcomes) => {
                outcomes.push(outcome);
                outcomes.len() > MOST_JOINT
            }
            None => false,
        };
        if full {
            self.outcomes = None;
        }
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
        let Some(outcomes) = &self.outcomes else { return self.reach_of_criteria(view, group) };
        let added = |outcome: &Outcome| outcome.sums.iter().find(|(id, _)| *id == group).map_or(0, |(_, sum)| *sum);
        let sums = outcomes.iter().map(added);
        (sums.clone().min().unwrap_or(0), sums.max().unwrap_or(0))
    }

    /// The same where the joint answers are too many to list: each open criterion may or may not come true.
    fn reach_of_criteria(&self, view: &View<'_>, group: usize) -> (i64, i64) {
        let (mut low, mut high) = (0, 0);
        for criterion in self.criteria.iter().map(|id| &view.terms.criteria[*id]).filter(|c| c.group == group) {
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
}
