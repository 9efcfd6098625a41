//! All conditions of a pact as one circuit, in which each gate comes after all that it depends on.

use super::condition::{Fact, Gate};
use crate::sorted::set;
use crate::table::Table;

/// All conditions of a pact as one circuit.
#[derive(Debug)]
pub(crate) struct Circuit {
    /// Each gate after all that it depends on.
    pub(crate) gates: Table<Gate>,
    /// The gates that a gate is part of.
    pub(crate) parents: Table<Vec<usize>>,
    /// The tests of a field and of what derives from it.
    pub(crate) of_field: Table<Vec<usize>>,
    /// The tests of a signal.
    pub(crate) of_signal: Table<Vec<usize>>,
    /// The fields whose `when` a gate is.
    pub(crate) guards: Table<Vec<usize>>,
    /// The gate of a field's `when`.
    pub(crate) guard_of: Table<Option<usize>>,
    /// Fields in an order in which each comes after those its `when` names.
    pub(crate) order: Vec<usize>,
}

impl Circuit {
    /// Orders the gates. `whens` holds the gate of each field's `when`. Also returns where each gate was moved, and the
    /// fields that depend on themselves, in a circle: where there are any, the circuit is of no use.
    pub(crate) fn new(read: Vec<Gate>, whens: &[Option<usize>], signals: usize) -> (Self, Table<usize>, Vec<usize>) {
        let needs = needs(&read, whens);
        let (order, circle) = order_fields(&needs);
        let (levels, deepest) = levels(&read, whens, &needs, &order);
        let (gates, place) = arrange(read, &levels, deepest);
        let mut guard_of = Vec::new();
        for when in whens {
            guard_of.push(when.map(|gate| place[gate]));
        }
        let mut circuit = Self {
            parents: Table::filled(Vec::new(), gates.len()),
            of_field: Table::filled(Vec::new(), whens.len()),
            of_signal: Table::filled(Vec::new(), signals),
            guards: Table::filled(Vec::new(), gates.len()),
            guard_of: Table(guard_of),
            order,
            gates: Table(gates),
        };
        circuit.link();
        (circuit, place, circle)
    }

    fn link(&mut self) {
        for (id, gate) in self.gates.iter().enumerate() {
            match gate {
                Gate::Test(Fact::Signal(signal), _) => add(&mut self.of_signal[*signal], id),
                Gate::Test(Fact::Field(field) | Fact::Provider(field), _) => add(&mut self.of_field[*field], id),
                Gate::All(parts) | Gate::Any(parts) => {
                    for part in parts {
                        add(&mut self.parents[*part], id);
                    }
                }
                Gate::Not(part) => add(&mut self.parents[*part], id),
            }
        }
        for (field, guard) in self.guard_of.iter().enumerate() {
            if let Some(gate) = guard {
                add(&mut self.guards[*gate], field);
            }
        }
    }
}

/// The facts that a gate rests on, each once, without those behind their fields' `when`.
#[inline(never)]
pub(crate) fn facts_of(gates: &[Gate], root: usize) -> Vec<Fact> {
    let (mut open, mut seen, mut facts) = (vec![root], vec![false; gates.len()], Vec::new());
    while let Some(id) = open.pop() {
        let Some(mark) = seen.get_mut(id).filter(|mark| !**mark) else { continue };
        *mark = true;
        match gates.get(id) {
            Some(Gate::Test(fact, _)) if !facts.contains(fact) => facts.push(*fact),
            Some(Gate::All(parts) | Gate::Any(parts)) => open.extend(parts),
            Some(Gate::Not(part)) => open.push(*part),
            _ => {}
        }
    }
    facts
}

/// The fields that each field's `when` names.
fn needs(gates: &[Gate], whens: &[Option<usize>]) -> Table<Vec<usize>> {
    let mut needs = Table::filled(Vec::new(), whens.len());
    for (field, when) in whens.iter().enumerate() {
        let Some(gate) = when else { continue };
        let mut fields = Vec::new();
        for fact in facts_of(gates, *gate) {
            fields.extend(fact.field());
        }
        needs[field] = set(fields);
    }
    needs
}

/// Fields in an order in which each comes after those its `when` names, and the circle that forbids one.
fn order_fields(needs: &Table<Vec<usize>>) -> (Vec<usize>, Vec<usize>) {
    let mut waits = Table::filled(0, needs.len());
    let mut feeds = Table::filled(Vec::new(), needs.len());
    let mut order = Vec::new();
    for (field, needed) in needs.iter().enumerate() {
        waits[field] = needed.len();
        for other in needed {
            add(&mut feeds[*other], field);
        }
        if needed.is_empty() {
            add(&mut order, field);
        }
    }
    let mut at = 0;
    while let Some(field) = order.get(at).copied() {
        at += 1;
        for next in &feeds[field] {
            waits[*next] -= 1;
            if waits[*next] == 0 {
                add(&mut order, *next);
            }
        }
    }
    let stuck = waits.iter().position(|waits| *waits > 0);
    (order, stuck.map_or(Vec::new(), |stuck| circle(needs, &waits, stuck)))
}

/// Follows what waits until a field comes again.
fn circle(needs: &Table<Vec<usize>>, waits: &Table<usize>, start: usize) -> Vec<usize> {
    let mut walk = vec![start];
    let mut last = start;
    while let Some(next) = needs[last].iter().copied().find(|field| waits[*field] > 0) {
        let first = walk.iter().position(|field| *field == next);
        add(&mut walk, next);
        if let Some(first) = first {
            return walk.split_off(first);
        }
        last = next;
    }
    walk
}

/// Adds an id to a list, in one place of the machine code.
#[inline(never)]
pub(super) fn add(list: &mut Vec<usize>, id: usize) {
    list.push(id);
}

/// How many `when` stand one behind the other before each gate, and the most.
fn levels(
    gates: &[Gate],
    whens: &[Option<usize>],
    needs: &Table<Vec<usize>>,
    order: &[usize],
) -> (Table<usize>, usize) {
    let (mut of_field, mut deepest) = (Table::filled(0, needs.len()), 0);
    for field in order {
        let mut level = usize::from(whens.get(*field).is_some_and(Option::is_some));
        for other in &needs[*field] {
            level = level.max(of_field[*other] + 1);
        }
        of_field[*field] = level;
        deepest = deepest.max(level);
    }
    let mut levels = Table::filled(0, gates.len());
    for (id, gate) in gates.iter().enumerate() {
        let mut level = 0;
        match gate {
            Gate::Test(fact, _) => level = fact.field().map_or(0, |field| of_field[field]),
            Gate::All(parts) | Gate::Any(parts) => {
                for part in parts {
                    level = level.max(levels[*part]);
                }
            }
            Gate::Not(part) => level = levels[*part],
        }
        levels[id] = level;
    }
    (levels, deepest)
}

/// The gates by level, then as they were read, so that each comes after its parts; and where each was moved.
fn arrange(mut read: Vec<Gate>, levels: &Table<usize>, deepest: usize) -> (Vec<Gate>, Table<usize>) {
    let mut gates = Vec::new();
    let mut place = Table::filled(0, read.len());
    for level in 0..=deepest {
        for (id, gate) in read.iter_mut().enumerate() {
            if levels[id] != level {
                continue;
            }
            match gate {
                Gate::Test(..) => {}
                Gate::All(parts) | Gate::Any(parts) => {
                    for part in parts {
                        *part = place[*part];
                    }
                }
                Gate::Not(part) => *part = place[*part],
            }
            place[id] = gates.len();
            gates.push(std::mem::replace(gate, Gate::Not(0)));
        }
    }
    (gates, place)
}
