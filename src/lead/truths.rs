//! The truth of every condition for one lead, kept up to date fact by fact.

use crate::pact::Terms;
use crate::pact::circuit::Circuit;
use crate::pact::condition::{Gate, Truth};
use crate::score::Points;
use crate::table::Table;

/// The truth of every gate, and the sums of the criteria that only conditions decide.
#[derive(Clone, Debug)]
pub(crate) struct Truths {
    /// What a test says of its fact alone, whether or not the fact applies.
    said: Table<Truth>,
    truth: Table<Truth>,
    /// How many parts of a gate are unknown.
    unknown: Table<u32>,
    /// How many parts of a gate settle it: false ones of `all`, true ones of `any`.
    settling: Table<u32>,
    /// Points by group, before the group's bounds, of criteria without half-life.
    pub(crate) raw: Table<i64>,
    /// The sums of these points within the groups' bounds, kept up to date: they are read at every keystroke.
    pub(crate) held: Points,
    /// A bit a gate: what has to be looked at again.
    dirty: Vec<u64>,
    /// Whether a condition that is unknown yet may still come true: a field behind it is then neither in nor out.
    pending: bool,
}

impl Truths {
    /// The truths of a lead of whom nothing is known.
    pub(crate) fn new(terms: &Terms) -> Self {
        let gates = &terms.circuit.gates;
        let said = |gate: &Gate| match gate {
            Gate::Test(_, crate::pact::condition::Test::Known) => Truth::False,
            _ => Truth::Unknown,
        };
        let parts = |gate: &Gate| match gate {
            Gate::All(parts) | Gate::Any(parts) => u32::try_from(parts.len()).unwrap_or(u32::MAX),
            Gate::Test(..) | Gate::Not(_) => 0,
        };
        let mut truths = Self {
            said: gates.iter().map(said).collect(),
            truth: Table::filled(Truth::Unknown, gates.len()),
            unknown: gates.iter().map(parts).collect(),
            settling: Table::filled(0, gates.len()),
            raw: Table::filled(0, terms.groups.len()),
            held: Points { fit: 0, interest: 0 },
            dirty: vec![0; gates.len().div_ceil(64)],
            pending: false,
        };
        for group in &terms.groups {
            truths.held.add(group.dimension, group.hold(0));
        }
        (0..gates.len()).for_each(|gate| truths.touch(gate));
        truths.settle(terms);
        truths
    }

    #[inline(always)]
    pub(crate) fn of(&self, gate: usize) -> Truth {
        self.truth[gate]
    }

    /// Whether a field applies.
    pub(crate) fn applies(&self, circuit: &Circuit, field: usize) -> Truth {
        circuit.guard_of[field].map_or(Truth::True, |gate| self.truth[gate])
    }

    /// What a test says of its fact; takes effect with [`Self::settle`].
    #[inline(always)]
    pub(crate) fn say(&mut self, test: usize, truth: Truth) {
        if self.said[test] != truth {
            self.said[test] = truth;
            self.touch(test);
        }
    }

    /// Looks again at every field that waits for its condition, which may come true later.
    pub(crate) fn expect_answers(&mut self, terms: &Terms) {
        self.pending = true;
        for tests in &terms.circuit.of_field {
            tests.iter().for_each(|test| self.touch(*test));
        }
    }

    #[inline(always)]
    fn touch(&mut self, gate: usize) {
        if let Some(word) = self.dirty.get_mut(gate / 64) {
            *word |= 1 << (gate % 64);
        }
    }

    /// Brings every gate up to date. Gates stand after what they depend on, so each is looked at once.
    pub(crate) fn settle(&mut self, terms: &Terms) {
        let mut at = 0;
        while let Some(word) = self.dirty.get_mut(at) {
            if *word == 0 {
                at += 1;
                continue;
            }
            let gate = at * 64 + word.trailing_zeros() as usize;
            *word &= *word - 1;
            let (was, is) = (self.truth[gate], self.evaluate(&terms.circuit, gate));
            if was != is {
                self.truth[gate] = is;
                self.pass_on(terms, gate, was, is);
            }
        }
    }

    fn evaluate(&self, circuit: &Circuit, gate: usize) -> Truth {
        let open = self.unknown[gate] > 0;
        match &circuit.gates[gate] {
            Gate::Test(fact, _) => self.effective(circuit, fact.field(), self.said[gate]),
            Gate::Not(part) => match self.truth[*part] {
                Truth::True => Truth::False,
                Truth::Unknown => Truth::Unknown,
                Truth::False => Truth::True,
            },
            Gate::All(_) if self.settling[gate] > 0 => Truth::False,
            Gate::Any(_) if self.settling[gate] > 0 => Truth::True,
            Gate::All(_) | Gate::Any(_) if open => Truth::Unknown,
            Gate::All(_) => Truth::True,
            Gate::Any(_) => Truth::False,
        }
    }

    /// Every test is false on a field that does not apply.
    fn effective(&self, circuit: &Circuit, field: Option<usize>, said: Truth) -> Truth {
        let Some(field) = field else { return said };
        match self.applies(circuit, field) {
            Truth::True => said,
            Truth::Unknown if self.pending && said != Truth::False => Truth::Unknown,
            Truth::Unknown | Truth::False => Truth::False,
        }
    }

    fn pass_on(&mut self, terms: &Terms, gate: usize, was: Truth, is: Truth) {
        let circuit = &terms.circuit;
        for parent in &circuit.parents[gate] {
            let settles = match &circuit.gates[*parent] {
                Gate::All(_) => Truth::False,
                _ => Truth::True,
            };
            if !matches!(circuit.gates[*parent], Gate::Not(_)) {
                step(&mut self.unknown[*parent], was == Truth::Unknown, is == Truth::Unknown);
                step(&mut self.settling[*parent], was == settles, is == settles);
            }
            self.touch(*parent);
        }
        for field in &circuit.guards[gate] {
            circuit.of_field[*field].iter().for_each(|test| self.touch(*test));
        }
        let times = i64::from(is == Truth::True) - i64::from(was == Truth::True);
        if times != 0 {
            for criterion in &terms.watch[gate] {
                self.earn(terms, *criterion, times);
            }
        }
    }

    /// Adds what a criterion earns to its group, unless it fades.
    pub(crate) fn earn(&mut self, terms: &Terms, criterion: usize, times: i64) {
        let criterion = &terms.criteria[criterion];
        if criterion.half_life_days.is_some() {
            return;
        }
        let group = &terms.groups[criterion.group];
        let raw = &mut self.raw[criterion.group];
        let before = group.hold(*raw);
        *raw += criterion.points * times;
        self.held.add(group.dimension, group.hold(*raw) - before);
    }
}

fn step(count: &mut u32, was: bool, is: bool) {
    *count = (*count + u32::from(is)).saturating_sub(u32::from(was));
}
