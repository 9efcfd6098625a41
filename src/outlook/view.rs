//! What an outlook looks at: a lead's conditions as they are, and as they are while answers are still awaited.

use super::block::open_fields_of;
use super::possible::{Possible, option_shares, possible};
use crate::lead::{Answer, Lead, Measured, Truths};
use crate::pact::Terms;
use crate::pact::condition::{Fact, Gate, Test, Truth};
use crate::pact::criterion::Dimension;
use crate::pact::field::{Ask, Field, Kind};
use crate::pact::qualification::Decision;
use crate::table::Table;
use crate::time::Time;

/// A lead on whom some answers may be supposed.
#[derive(Clone)]
pub(crate) struct View<'l> {
    pub(crate) terms: &'l Terms,
    pub(crate) behaviour: bool,
    /// The truths with what is known and supposed.
    pub(crate) truths: Truths,
    /// The same where every open field is still awaited: what is not unknown here is settled for good.
    pub(crate) ahead: Truths,
    /// Fields that are still to be answered.
    pub(crate) open: Table<bool>,
    /// Points by group, before the groups' bounds, that no answer changes: those that fade.
    pub(crate) faded: Table<i64>,
    /// The value of the pact's segment.
    pub(crate) segment: Option<String>,
}

impl<'l> View<'l> {
    pub(crate) fn of(lead: &'l Lead, now: Time) -> Self {
        let terms = lead.terms();
        let mut faded = lead.raw(now);
        for (sum, steady) in faded.0.iter_mut().zip(&lead.truths.raw) {
            *sum -= steady;
        }
        let awaited = |(id, field): (usize, &Field)| field.ask != Ask::Never && *lead.known(id) == Answer::Blank;
        let mut view = Self {
            terms,
            behaviour: lead.behaviour(),
            truths: lead.truths.clone(),
            ahead: lead.truths.clone(),
            open: terms.fields.iter().enumerate().map(awaited).collect(),
            faded,
            segment: segment_of(lead),
        };
        view.look_ahead();
        view
    }

    fn look_ahead(&mut self) {
        for (field, open) in self.open.iter().enumerate() {
            if *open {
                self.ahead.await_answer(self.terms, field);
            }
        }
        self.ahead.expect_answers(self.terms);
        self.ahead.settle(self.terms);
        for (field, open) in self.open.0.iter_mut().enumerate() {
            *open &= self.ahead.applies(&self.terms.circuit, field) != Truth::False;
        }
    }

    /// The same lead, had it given this answer.
    pub(crate) fn supposing(&self, field: usize, tests: &[usize], says: &[bool]) -> Self {
        let mut view = self.clone();
        view.open[field] = false;
        view.truths.suppose(self.terms, tests, says);
        view.ahead.suppose(self.terms, tests, says);
        view.look_ahead();
        view
    }

    /// The pact's segment, where it is a field that is still open.
    pub(crate) fn open_segment(&self) -> Option<usize> {
        match self.terms.asking.segment {
            Some(Fact::Field(field)) if self.open[field] && self.may_apply(field) => Some(field),
            _ => None,
        }
    }

    /// Whether an open field applies, or may once others are answered.
    fn may_apply(&self, field: usize) -> bool {
        let waits = |gate: &usize| self.truths.of(*gate) != Truth::True && open_fields_of(self, *gate).is_empty();
        !self.terms.circuit.guard_of[field].as_ref().is_some_and(waits)
    }

    /// The cases of the open segment: how likely each is, and the lead in it. One case where no segment is open.
    pub(crate) fn cases(&self) -> Vec<(f64, Self)> {
        let Some(field) = self.open_segment() else { return vec![(1.0, self.clone())] };
        let options = self.terms.fields[field].kind.options();
        let plain = option_shares(options, None);
        let mut cases: Vec<(Vec<bool>, Option<&str>, f64)> = Vec::new();
        let tests: Vec<usize> =
            self.terms.circuit.of_field[field].iter().copied().filter(|test| self.terms.decides[*test]).collect();
        for ((at, option), share) in options.iter().enumerate().zip(plain) {
            let says: Vec<bool> = tests.iter().map(|test| self.option_passes(*test, at)).collect();
            let named = self.terms.fields.iter().flat_map(Field::shares).any(|s| s.names(&option.value));
            let name = named.then_some(option.value.as_str());
            match cases.iter_mut().find(|(same, segment, _)| *same == says && *segment == name) {
                Some((_, _, total)) => *total += share,
                None => cases.push((says, name, share)),
            }
        }
        let case = |(says, segment, share): (Vec<bool>, Option<&str>, f64)| {
            let mut view = self.supposing(field, &tests, &says);
            view.segment = segment.map(String::from);
            (share, view)
        };
        cases.into_iter().map(case).collect()
    }

    fn option_passes(&self, test: usize, option: usize) -> bool {
        match &self.terms.circuit.gates[test] {
            Gate::Test(_, Test::OneOf(options)) => options.contains(&option),
            _ => true,
        }
    }

    /// Whether the shares of the open segment are assumed.
    pub(crate) fn segment_assumed(&self) -> bool {
        self.open_segment().is_some_and(|field| match &self.terms.fields[field].kind {
            Kind::Choice(options) => options.iter().filter(|option| option.share.is_none()).count() > 1,
            _ => false,
        })
    }

    pub(crate) fn disqualified(&self) -> bool {
        let excluded = &self.terms.qualification.disqualify;
        // What no open field can change stays as it is, though it may wait for what nobody will say.
        let stays = |gate: usize| self.truths.of(gate) == Truth::True && open_fields_of(self, gate).is_empty();
        excluded.iter().any(|excluded| self.ahead.of(excluded.when) == Truth::True || stays(excluded.when))
    }

    pub(crate) fn decide(&self, fit: i64, interest: i64, disqualified: bool) -> Decision {
        self.terms.qualification.decide(fit, interest, disqualified, self.behaviour)
    }

    /// The decision on the points earned so far.
    pub(crate) fn decision(&self) -> Decision {
        self.decision_with(&self.truths)
    }

    /// The same with other truths.
    pub(crate) fn decision_with(&self, truths: &Truths) -> Decision {
        let (mut fit, mut interest) = (0_i64, 0_i64);
        for (id, group) in self.terms.groups.iter().enumerate() {
            let sum = match group.dimension {
                Dimension::Fit => &mut fit,
                Dimension::Interest => &mut interest,
            };
            *sum = sum.saturating_add(group.hold(truths.raw[id] + self.faded[id]));
        }
        let excluded = &self.terms.qualification.disqualify;
        let disqualified = excluded.iter().any(|excluded| truths.of(excluded.when) == Truth::True);
        self.decide(fit, interest, disqualified)
    }

    /// Points of a group, before its bounds, as they stand.
    pub(crate) fn raw(&self, group: usize) -> i64 {
        self.truths.raw[group] + self.faded[group]
    }

    /// What may be answered to `field`.
    pub(crate) fn possible(&self, field: usize) -> Option<Possible> {
        possible(self.terms, field, self.segment.as_deref())
    }
}

/// The value of the segment, where it is known.
fn segment_of(lead: &Lead) -> Option<String> {
    match lead.terms().asking.segment? {
        Fact::Field(field) => match lead.known(field) {
            Answer::Choice(option) if lead.applies(field) => {
                Some(lead.terms().fields[field].kind.options().get(*option)?.value.clone())
            }
            _ => None,
        },
        Fact::Signal(signal) => match lead.measured(signal)? {
            Measured::Text(text) => text.clone(),
            Measured::Number(..) => None,
        },
        Fact::Provider(_) => None,
    }
}

impl Truths {
    /// Supposes what tests come to say.
    pub(crate) fn suppose(&mut self, terms: &Terms, tests: &[usize], says: &[bool]) {
        for (test, says) in tests.iter().zip(says) {
            self.say(*test, (*says).into());
        }
        self.settle(terms);
    }

    /// Takes back what was supposed of a field.
    pub(crate) fn forget(&mut self, terms: &Terms, field: usize) {
        for test in &terms.circuit.of_field[field] {
            self.say(*test, if is_known_test(terms, *test) { Truth::False } else { Truth::Unknown });
        }
        self.settle(terms);
    }

    /// Leaves open whether the field will be known.
    fn await_answer(&mut self, terms: &Terms, field: usize) {
        for test in &terms.circuit.of_field[field] {
            self.say(*test, Truth::Unknown);
        }
    }
}

fn is_known_test(terms: &Terms, test: usize) -> bool {
    matches!(&terms.circuit.gates[test], Gate::Test(_, Test::Known))
}
