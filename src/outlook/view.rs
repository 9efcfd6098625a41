//! What an outlook looks at: a lead's conditions as they are, and as they are while answers are still awaited.

use super::block::open_fields_of;
use super::part::Point;
use super::possible::{Possible, Shelf, possible, shelf, without_share};
use crate::lead::{Answer, Lead, Measured, Truths};
use crate::pact::Terms;
use crate::pact::condition::{Fact, Gate, Test, Truth};
use crate::pact::criterion::Dimension;
use crate::pact::field::{Ask, Kind};
use crate::pact::qualification::Decision;
use crate::table::Table;
use crate::time::Time;
use std::sync::Arc;

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
    segment: Option<&'l str>,
    /// Whether an answer that was supposed has a share that the pact does not give.
    pub(crate) assumed: bool,
    /// What may be answered to each field in this segment, once somebody asked.
    possible: Shelf,
}

impl<'l> View<'l> {
    pub(crate) fn of(lead: &'l Lead, now: Time) -> Self {
        let terms = lead.terms();
        let mut faded = lead.raw(now);
        for (id, sum) in faded.0.iter_mut().enumerate() {
            *sum -= lead.truths.raw[id];
        }
        let mut open = Table(Vec::new());
        for (id, field) in terms.fields.iter().enumerate() {
            open.0.push(field.ask != Ask::Never && *lead.known(id) == Answer::Blank);
        }
        let mut view = Self {
            terms,
            behaviour: lead.behaviour(),
            truths: lead.truths.clone(),
            ahead: lead.truths.clone(),
            open,
            faded,
            segment: segment_of(lead),
            assumed: false,
            possible: lead.possible.clone(),
        };
        if view.segment.is_some() {
            view.set_segment(view.segment);
        }
        view.look_ahead();
        view
    }

    /// Sets the value of the segment, by which shares may differ.
    pub(crate) fn set_segment(&mut self, segment: Option<&'l str>) {
        self.segment = segment;
        self.possible = shelf(self.terms.fields.len());
    }

    pub(crate) fn segment(&self) -> Option<&'l str> {
        self.segment
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
    pub(crate) fn supposing(&self, field: usize, tests: &[usize], says: &[u8]) -> Self {
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

    /// Whether the shares of the open segment are assumed.
    pub(crate) fn segment_assumed(&self) -> bool {
        self.open_segment().is_some_and(|field| match &self.terms.fields[field].kind {
            Kind::Choice(options) => without_share(&options.0) > 1,
            _ => false,
        })
    }

    pub(crate) fn disqualified(&self) -> bool {
        // What no open field can change stays as it is, though it may wait for what nobody will say.
        let stays = |gate: usize| self.truths.of(gate) == Truth::True && open_fields_of(self, gate).is_empty();
        let excluded = &self.terms.qualification.disqualify;
        excluded.iter().any(|excluded| self.ahead.of(excluded.when) == Truth::True || stays(excluded.when))
    }

    /// Fit and interest are one where no minimum tells them apart.
    pub(crate) fn told_apart(&self, dimension: Dimension) -> Dimension {
        let qualification = &self.terms.qualification;
        let apart = qualification.least_fit.is_some() || (self.behaviour && qualification.least_interest.is_some());
        if apart { dimension } else { Dimension::Fit }
    }

    pub(crate) fn decide(&self, point: Point, disqualified: bool) -> Decision {
        self.terms.qualification.decide(point.fit, point.interest, disqualified, self.behaviour)
    }

    /// The decision on the points earned so far.
    pub(crate) fn decision(&self) -> Decision {
        self.decision_with(&self.truths)
    }

    /// The same with other truths.
    pub(crate) fn decision_with(&self, truths: &Truths) -> Decision {
        let excluded = &self.terms.qualification.disqualify;
        let disqualified = excluded.iter().any(|excluded| truths.of(excluded.when) == Truth::True);
        let mut point = Point::default();
        for (id, group) in self.terms.groups.iter().enumerate() {
            point.add(group.dimension, group.hold(truths.raw[id] + self.faded[id]));
        }
        self.decide(point, disqualified)
    }

    /// Points of a group, before its bounds, as they stand.
    pub(crate) fn raw(&self, group: usize) -> i64 {
        self.truths.raw[group] + self.faded[group]
    }

    /// What may be answered to `field`.
    pub(crate) fn possible(&self, field: usize) -> Arc<Possible> {
        let make = || Arc::new(possible(self.terms, field, self.segment));
        self.possible[field].get_or_init(make).clone()
    }
}

/// The value of the segment, where it is known.
fn segment_of(lead: &Lead) -> Option<&str> {
    match lead.terms().asking.segment? {
        Fact::Field(field) => match lead.known(field) {
            Answer::Choice(option) if lead.applies(field) => {
                Some(&lead.terms().fields[field].kind.options().get(*option)?.value)
            }
            _ => None,
        },
        Fact::Signal(signal) => match lead.measured(signal)? {
            Measured::Text(text) => text.as_deref(),
            Measured::Number(..) => None,
        },
        Fact::Provider(_) => None,
    }
}

impl Truths {
    /// Supposes what tests come to say.
    pub(crate) fn suppose(&mut self, terms: &Terms, tests: &[usize], says: &[u8]) {
        for (test, says) in tests.iter().zip(says) {
            self.say(*test, (*says == 1).into());
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
