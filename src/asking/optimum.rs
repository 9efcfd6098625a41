//! The exact optimum where little is left to know: backward induction over all states of knowledge (ASKING.md, *Plan*).
//!
//! A state says of each field that still matters whether it is unknown or which answer it got. From the states in which
//! everything is known back to the present one: what is expected from asking on, or what ending is worth.

use super::worth::{Goal, Stakes};
use super::{Plan, UNKNOWN};
use crate::lead::{Lead, Truths};
use crate::outlook::possible::{MOST_JOINT, Possible, possible_to};
use crate::outlook::view::View;
use crate::pact::condition::{Gate, Truth};
use crate::pact::field::Ask;
use crate::pact::qualification::Decision;
use crate::table::Table;

/// A field that still matters, as a digit of the number of a state: 0 unknown, else one more than its answer.
struct Digit {
    possible: Possible,
    /// What one answer adds to a state's number.
    stride: usize,
    /// Whether it is the engine's to ask.
    asks: bool,
    friction: f64,
    /// The probability that the visitor stays through the question.
    stay: f64,
}

/// What is known of one state before anything is expected of it.
#[derive(Clone)]
struct State {
    decision: Decision,
    /// The worth of what sales needs and does not know.
    lost: f64,
    /// The fields that apply and are unknown, a bit each.
    open: u64,
    /// How many questions were asked on the way.
    asked: i64,
}

/// By candidate, what asking each of these first is worth, from now on; nothing where there are too many states.
pub(super) fn optimum(plan: &Plan<'_>, order: &[usize], goal: Goal, left: usize) -> Option<Table<f64>> {
    let lead = plan.lead;
    let budget = i64::try_from(left).unwrap_or(i64::MAX);
    let [case] = plan.forecast.cases.as_slice() else { return None };
    let stakes = Stakes::of(&lead.terms().asking);
    let digits = digits(lead, &case.view, &stakes)?;
    let mut walk = Walk { view: &case.view, digits: &digits, truths: case.view.truths.clone(), states: Vec::new() };
    walk.go(0, 0);
    let states = Table(walk.states);
    let nothing = |value: f64| Table::filled(value, states.len());
    let mut ahead =
        Ahead { goal, digits: &digits, ends: Table::filled(0, states.len()), p: nothing(0.0), v: nothing(0.0) };
    for number in (0..states.len()).rev() {
        let state = &states[number];
        ahead.p[number] = ahead.handoff(number, state);
        ahead.ends[number] = ahead.ends(number, state);
        let mut best = ahead.ending(number, stakes.worth(state.decision, ahead.p[number], state.lost));
        for (at, digit) in digits.iter().enumerate() {
            if state.asked < budget && digit.asks && state.open >> at & 1 == 1 {
                best = best.max(ahead.asking(number, digit));
            }
        }
        // What cannot be proved by asking is waited for.
        ahead.v[number] = if best.is_finite() { best } else { 0.0 };
    }
    let mut values = Table::filled(UNKNOWN, plan.candidates.len());
    for at in order {
        let field = plan.candidates[*at].field;
        let digit = digits.iter().find(|digit| digit.possible.field == field)?;
        values[*at] = ahead.asking(0, digit);
    }
    Some(values)
}

/// What is expected, by state.
struct Ahead<'d> {
    goal: Goal,
    digits: &'d [Digit],
    /// The decisions that may come in the end, a bit each.
    ends: Table<u8>,
    /// The probability that the lead is handed over in the end.
    p: Table<f64>,
    /// What the best way of asking on is worth.
    v: Table<f64>,
}

impl Ahead<'_> {
    fn ends(&self, number: usize, state: &State) -> u8 {
        let Some(digit) = self.digits.get(state.open.trailing_zeros() as usize) else {
            return 1 << state.decision as u8;
        };
        let mut ends = 0;
        for answer in 1..=digit.possible.answers.len() {
            ends |= self.ends[number + answer * digit.stride];
        }
        ends
    }

    /// What ending in a state is to the goal.
    fn ending(&self, number: usize, worth: f64) -> f64 {
        match self.goal {
            Goal::Worth => worth,
            Goal::Proof if self.ends[number].is_power_of_two() => 0.0,
            Goal::Proof => f64::NEG_INFINITY,
        }
    }

    fn handoff(&self, number: usize, state: &State) -> f64 {
        match self.digits.get(state.open.trailing_zeros() as usize) {
            None => f64::from(u8::from(state.decision == Decision::Handoff)),
            Some(digit) => mean(&self.p, number, digit),
        }
    }

    fn asking(&self, number: usize, digit: &Digit) -> f64 {
        self.goal.asking(mean(&self.v, number, digit), digit.stay, digit.friction)
    }
}

/// What is expected over the answers to a field.
fn mean(of: &Table<f64>, number: usize, digit: &Digit) -> f64 {
    let mut sum = 0.0;
    for (answer, (_, share)) in digit.possible.answers.iter().enumerate() {
        sum += share * of[number + (answer + 1) * digit.stride];
    }
    sum
}

/// The fields that can change the decision or are needed, each after those its `when` names; the last has stride 1.
fn digits(lead: &Lead, view: &View<'_>, stakes: &Stakes) -> Option<Vec<Digit>> {
    let terms = view.terms;
    let (wanted, mut fields) = (tests_of_needs(lead), Vec::new());
    for field in 0..terms.fields.len() {
        let tests = terms.circuit.of_field[field].iter().any(|test| terms.decides[*test] || wanted[*test]);
        let needed = terms.qualification.needs.iter().any(|need| need.field == field);
        if view.open[field] && (tests || needed) {
            fields.push(field);
        }
    }
    if fields.len() > MOST_JOINT.ilog2() as usize {
        return None;
    }
    let mut digits = Vec::new();
    let mut states = 1;
    for field in terms.circuit.order.iter().rev() {
        if !fields.contains(field) {
            continue;
        }
        let mut tests = terms.circuit.of_field[*field].clone();
        tests.retain(|test| terms.decides[*test] || wanted[*test]);
        let possible = possible_to(terms, *field, tests, view.segment());
        let own = &terms.fields[*field];
        let asks = own.ask == Ask::WhenUseful;
        if possible.answers.is_empty() {
            return None;
        }
        let stride = states;
        states *= possible.answers.len() + 1;
        if states > MOST_JOINT {
            return None;
        }
        digits.push(Digit { possible, stride, asks, friction: own.friction, stay: stakes.stay(own.friction) });
    }
    digits.reverse();
    Some(digits)
}

/// The tests that the conditions of needs rest on.
fn tests_of_needs(lead: &Lead) -> Table<bool> {
    let terms = lead.terms();
    let mut wanted = Table::filled(false, terms.circuit.gates.len());
    let mut todo = Vec::new();
    for need in &terms.qualification.needs {
        todo.extend(need.when);
    }
    while let Some(gate) = todo.pop() {
        if std::mem::replace(&mut wanted[gate], true) {
            continue;
        }
        match &terms.circuit.gates[gate] {
            Gate::Test(fact, _) => todo.extend(fact.field().and_then(|field| terms.circuit.guard_of[field])),
            Gate::All(parts) | Gate::Any(parts) => todo.extend(parts),
            Gate::Not(part) => todo.push(*part),
        }
    }
    wanted
}

/// Walks through all states in the order of their numbers.
struct Walk<'w, 'l> {
    view: &'w View<'l>,
    digits: &'w [Digit],
    truths: Truths,
    states: Vec<State>,
}

impl Walk<'_, '_> {
    /// `known` has a bit for each field that is answered.
    fn go(&mut self, at: usize, known: u64) {
        let Some(digit) = self.digits.get(at) else {
            let state = self.state(known);
            self.states.push(state);
            return;
        };
        let terms = self.view.terms;
        let start = self.states.len();
        self.go(at + 1, known);
        let applies = self.truths.applies(&terms.circuit, digit.possible.field) == Truth::True;
        for (says, _) in &digit.possible.answers {
            if applies {
                self.truths.suppose(terms, &digit.possible.tests, says);
                self.go(at + 1, known | 1 << at);
            } else {
                // What was answered before another answer made it fall away is ignored.
                self.states.extend_from_within(start..start + digit.stride);
            }
        }
        if applies {
            self.truths.forget(terms, digit.possible.field);
        }
    }

    fn state(&self, known: u64) -> State {
        let terms = self.view.terms;
        let (mut open, mut asked) = (0, 0);
        for (at, digit) in self.digits.iter().enumerate() {
            let bit = 1 << at;
            if known & bit != 0 {
                asked += i64::from(digit.asks);
            } else if self.truths.applies(&terms.circuit, digit.possible.field) == Truth::True {
                open |= bit;
            }
        }
        let mut lost = 0.0;
        for need in &terms.qualification.needs {
            let wanted = need.when.is_none_or(|gate| self.truths.of(gate) == Truth::True);
            let at = self.digits.iter().position(|digit| digit.possible.field == need.field);
            lost += if wanted && at.is_some_and(|at| open >> at & 1 == 1) { need.worth } else { 0.0 };
        }
        State { decision: self.view.decision_with(&self.truths), lost, open, asked }
    }
}
