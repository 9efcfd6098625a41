//! One visitor: the facts that are known, and the truth of the pact's conditions about them.

pub(crate) mod answer;
mod facts;
mod provider;
#[cfg(feature = "browser")]
mod quick;
mod truths;

pub use answer::{Answer, Given};
pub use provider::Provider;
pub(crate) use truths::Truths;

use crate::outlook::possible::{Shelf, shelf};
use crate::pact::condition::Fact;
use crate::pact::condition::{Gate, Test, Truth};
use crate::pact::criterion::Earns;
use crate::pact::{Pact, Terms};
use crate::problem::{FactError, nearest};
use crate::table::Table;
use crate::time::Time;

/// How many characters a text signal may have.
const LONGEST_SIGNAL: usize = 256;

/// What was measured.
#[derive(Clone, Debug, PartialEq)]
pub enum Measured {
    /// A number and when it last grew; it begins at 0.
    Number(f64, Option<Time>),
    /// A text, unknown until it is seen.
    Text(Option<String>),
}

/// One visitor as a pact sees them: what is known, by fact.
///
/// Recording a fact re-evaluates only what depends on it.
///
/// ```
/// use leadpact::{Lead, Pact, Time};
///
/// let pact: Pact = r#"{
///     "pact": 1, "id": "demo",
///     "fields": [{"id": "size", "label": "Size", "kind": "number"}],
///     "signals": [{"id": "pricing_views", "measure": "page_views", "path": "/pricing"}],
///     "groups": [{"id": "company", "dimension": "fit"}, {"id": "visit", "dimension": "interest", "max": 20}],
///     "criteria": [
///         {"id": "large", "group": "company", "points": 40, "when": {"fact": "size", "at_least": 50}},
///         {"id": "pricing", "group": "visit", "points": 5, "each": "pricing_views", "up_to": 4}
///     ],
///     "qualification": {"threshold": 50}
/// }"#.parse()?;
/// let mut lead = Lead::new(&pact);
/// let now = Time(1_790_000_000_000);
/// lead.answer("size", 120.0)?;
/// lead.observe("pricing_views", 3.0, now)?;
/// assert_eq!(lead.assess(now).score, 55);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Lead {
    pact: Pact,
    answers: Table<Answer>,
    signals: Table<Measured>,
    behaviour: bool,
    pub(crate) truths: Truths,
    /// The random number of the visit's experiment.
    pub(crate) drawn: Option<f64>,
    /// What may be answered to each field where there is no segment: the pact alone says it, so it is worked out once.
    pub(crate) possible: Shelf,
}

impl Lead {
    /// A visitor of whom nothing is known, and whose behaviour is measured.
    #[must_use]
    pub fn new(pact: &Pact) -> Self {
        let mut lead = Self {
            answers: Table::filled(Answer::Blank, pact.fields.len()),
            signals: Table(Vec::new()),
            behaviour: false,
            truths: Truths::new(pact),
            pact: pact.clone(),
            drawn: None,
            possible: shelf(pact.fields.len()),
        };
        lead.forget_behaviour();
        lead.set_behaviour(true);
        lead
    }

    /// The pact that the lead is held against.
    #[must_use]
    pub fn pact(&self) -> &Pact {
        &self.pact
    }

    /// Whether behaviour is measured.
    #[must_use]
    pub fn behaviour(&self) -> bool {
        self.behaviour
    }

    /// Says whether behaviour may be measured. Without consent every signal is unknown, and what was measured is dropped.
    pub fn set_behaviour(&mut self, measured: bool) {
        if measured == self.behaviour {
            return;
        }
        if !measured {
            self.forget_behaviour();
        }
        self.behaviour = measured;
        for signal in 0..self.signals.len() {
            self.test_signal(signal);
        }
        self.truths.settle(&self.pact);
    }

    fn forget_behaviour(&mut self) {
        for signal in 0..self.signals.len() {
            self.earn(signal, 0.0);
        }
        self.signals.0.clear();
        for signal in &self.pact.signals {
            let text = signal.measure.is_text();
            self.signals.0.push(if text { Measured::Text(None) } else { Measured::Number(0.0, None) });
        }
    }

    /// Records an answer.
    ///
    /// # Errors
    /// Where the field is not in the pact or the answer does not fit it; the fact is then unknown.
    pub fn answer(&mut self, id: &str, given: impl Into<Given>) -> Result<(), FactError> {
        let field = self.field(id)?;
        self.answer_field(field, &given.into())
    }

    /// The handle of a field.
    ///
    /// # Errors
    /// Where no field is called so.
    pub fn field(&self, id: &str) -> Result<usize, FactError> {
        match self.pact.names.get(id) {
            Some(Fact::Field(field)) => Ok(*field),
            _ => Err(self.unknown(id, "field")),
        }
    }

    /// The handle of a signal.
    ///
    /// # Errors
    /// Where no signal is called so.
    pub fn signal(&self, id: &str) -> Result<usize, FactError> {
        match self.pact.names.get(id) {
            Some(Fact::Signal(signal)) => Ok(*signal),
            _ => Err(self.unknown(id, "signal")),
        }
    }

    fn unknown(&self, id: &str, what: &str) -> FactError {
        let near = nearest(id, self.pact.names.keys().map(String::as_str));
        let fact: String = id.chars().take(64).collect();
        FactError { fact, message: ["the pact has no such ", what, &near].concat() }
    }

    /// Records an answer by the field's handle.
    ///
    /// # Errors
    /// Where there is no such field or the answer does not fit it; the fact is then unknown.
    pub fn answer_field(&mut self, field: usize, given: &Given) -> Result<(), FactError> {
        let Some(asked) = self.pact.fields.entry(field) else { return Err(self.unknown("", "field")) };
        let (answer, refused) = match Answer::new(asked, given) {
            Ok(answer) => (answer, Ok(())),
            Err(message) => (Answer::Blank, Err(FactError { fact: asked.id.clone(), message: message.into() })),
        };
        self.record(field, answer);
        refused
    }

    /// Records an answer that fits its field, and returns whether it is another than before.
    pub(crate) fn record(&mut self, field: usize, answer: Answer) -> bool {
        if self.answers[field] == answer {
            return false;
        }
        let mut folded = None;
        for test in &self.pact.circuit.of_field[field] {
            let Gate::Test(fact, asks) = &self.pact.circuit.gates[*test] else { continue };
            let says = match (answer.is_known(), asks) {
                (true, asks) => answer.passes(*fact, asks, &mut folded).into(),
                (false, Test::Known) => Truth::False,
                (false, _) => Truth::Unknown,
            };
            self.truths.say(*test, says);
        }
        self.answers[field] = answer;
        self.truths.settle(&self.pact);
        true
    }

    /// Records what a numeric signal has grown to, and when.
    ///
    /// # Errors
    /// Where the signal is not in the pact, is a text, or behaviour is not measured.
    pub fn observe(&mut self, id: &str, value: f64, last: Time) -> Result<(), FactError> {
        let signal = self.signal(id)?;
        self.observe_signal(signal, value, Some(last))
    }

    /// Records a numeric signal by its handle; `last` is the time it last grew, if ever.
    ///
    /// # Errors
    /// As [`Self::observe`].
    pub fn observe_signal(&mut self, signal: usize, value: f64, last: Option<Time>) -> Result<(), FactError> {
        let refuse = |lead: &Self, message: &str| {
            let fact = lead.pact.signals.entry(signal).map(|signal| signal.id.clone()).unwrap_or_default();
            Err(FactError { fact, message: message.into() })
        };
        if !matches!(self.signals.entry(signal), Some(Measured::Number(..))) {
            return refuse(self, "expected a numeric signal");
        }
        if !(0.0..=crate::json::LARGEST).contains(&value) {
            return refuse(self, "expected a number from 0 to 2^53");
        }
        if !self.behaviour {
            return refuse(self, "behaviour is not measured");
        }
        self.earn(signal, value);
        self.signals[signal] = Measured::Number(value, last);
        self.test_signal(signal);
        self.truths.settle(&self.pact);
        Ok(())
    }

    /// Records a text signal.
    ///
    /// # Errors
    /// Where the signal is not in the pact, is numeric, is too long, or behaviour is not measured.
    pub fn observe_text(&mut self, id: &str, text: &str) -> Result<(), FactError> {
        let signal = self.signal(id)?;
        let refuse = |message: &str| Err(FactError { fact: id.into(), message: message.into() });
        if !matches!(self.signals[signal], Measured::Text(_)) {
            return refuse("expected a number: the signal is numeric");
        }
        if text.chars().count() > LONGEST_SIGNAL {
            return refuse("a text signal has at most 256 characters");
        }
        if !self.behaviour {
            return refuse("behaviour is not measured");
        }
        let text = text.trim();
        self.signals[signal] = Measured::Text((!text.is_empty()).then(|| text.into()));
        self.test_signal(signal);
        self.truths.settle(&self.pact);
        Ok(())
    }

    /// Moves what each unit of a signal earns from its present value to `value`.
    fn earn(&mut self, signal: usize, value: f64) {
        let Measured::Number(present, _) = self.signals[signal] else { return };
        for id in &self.pact.counted[signal] {
            if let Earns::Each { up_to, .. } = self.pact.criteria[*id].earns {
                self.truths.earn(&self.pact, *id, times(value, up_to) - times(present, up_to));
            }
        }
    }

    fn test_signal(&mut self, signal: usize) {
        let mut folded = None;
        for test in &self.pact.circuit.of_signal[signal] {
            let Gate::Test(_, asks) = &self.pact.circuit.gates[*test] else { continue };
            let says = match (&self.signals[signal], asks) {
                (Measured::Number(value, _), asks) if self.behaviour => answer::number_passes(asks, *value).into(),
                (Measured::Text(Some(text)), asks) if self.behaviour => {
                    answer::text_passes(asks, text, &mut folded).into()
                }
                (_, Test::Known) => Truth::False,
                _ => Truth::Unknown,
            };
            self.truths.say(*test, says);
        }
    }

    /// What is known of a field. Whether the field applies is another matter: [`Self::applies`].
    #[must_use]
    pub fn known(&self, field: usize) -> &Answer {
        self.answers.entry(field).unwrap_or(&Answer::Blank)
    }

    /// What was measured of a signal, where behaviour is measured.
    #[must_use]
    pub fn measured(&self, signal: usize) -> Option<&Measured> {
        self.signals.entry(signal).filter(|_| self.behaviour)
    }

    /// Whether a field applies: its `when` is true or absent.
    #[must_use]
    pub fn applies(&self, field: usize) -> bool {
        field < self.answers.len() && self.truths.applies(&self.pact.circuit, field) == Truth::True
    }

    pub(crate) fn terms(&self) -> &Terms {
        &self.pact
    }
}

/// How many times a signal counts: its whole units, up to a number.
#[expect(clippy::cast_possible_truncation, reason = "whole, and held within `up_to` first")]
pub(crate) fn times(value: f64, up_to: i64) -> i64 {
    #[expect(clippy::cast_precision_loss, reason = "`up_to` is small")]
    let most = up_to as f64;
    libm::floor(value).min(most) as i64
}
