//! Conditions in Kleene's three-valued logic, read into the gates of one circuit for the whole pact.
//!
//! A pact's conditions share their tests: each distinct test of a fact is one gate, so that a fact that changes
//! re-evaluates only what depends on it. Gates stand in an order in which each comes after all it depends on.

use super::field::{Choice, Field, Kind};
use super::read::{Reader, each_once, ignored, owned, shorten};
use super::signal::Signal;
use crate::json::Value;
use crate::lead::Provider;
use crate::problem::nearest;
use crate::sorted::{Sorted, set};
use crate::table::Table;
use crate::text::fold;

/// How deep conditions may nest.
pub const DEEPEST_CONDITION: usize = 32;

/// Kleene's truth values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Truth {
    /// It does not hold.
    False,
    /// It depends on a fact that is not known.
    Unknown,
    /// It holds.
    True,
}

impl From<bool> for Truth {
    fn from(value: bool) -> Self {
        if value { Self::True } else { Self::False }
    }
}

/// What a test looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fact {
    Field(usize),
    /// The derived `ID.provider` of an email field.
    Provider(usize),
    Signal(usize),
}

impl Fact {
    /// The field that the fact belongs to.
    pub(crate) fn field(self) -> Option<usize> {
        match self {
            Self::Field(field) | Self::Provider(field) => Some(field),
            Self::Signal(_) => None,
        }
    }
}

/// What a test asks of its fact.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Test {
    Known,
    /// One of these options; a `yes_no` has no (0) and yes (1), a provider its three.
    OneOf(Vec<usize>),
    Includes(Vec<usize>, Quantity),
    Number(Comparison, f64),
    NumberIn(Vec<f64>),
    TextIn(Vec<String>),
    /// Any of these, folded, as whole words.
    Contains(Vec<String>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Quantity {
    Any,
    All,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Comparison {
    AtLeast,
    Above,
    AtMost,
    Below,
}

/// A gate of the circuit: a test of a fact, or what joins others.
#[derive(Clone, Debug)]
pub(crate) enum Gate {
    Test(Fact, Test),
    All(Vec<usize>),
    Any(Vec<usize>),
    Not(usize),
}

/// Facts by id.
pub(crate) type Names = Sorted<String, Fact>;

/// What may be tested of a fact.
#[derive(Clone, Copy)]
pub(crate) enum Domain<'f> {
    Text,
    Number,
    YesNo,
    Provider,
    Choice(&'f [Choice]),
    Choices(&'f [Choice]),
}

/// The facts that conditions may name.
pub(crate) struct Facts<'v> {
    pub(crate) fields: Table<Field>,
    pub(crate) signals: Table<Signal>,
    pub(crate) names: Names,
    /// Where each field stands.
    pub(crate) places: Vec<&'v Value>,
    /// All ids that the pact gives to facts. One that could not be read is not worth a second message.
    given: Vec<&'v Value>,
}

impl<'v> Facts<'v> {
    pub(crate) fn new(given: Vec<&'v Value>) -> Self {
        let (fields, signals) = (Table(Vec::new()), Table(Vec::new()));
        Self { fields, signals, names: Names::new(), places: Vec::new(), given }
    }

    #[inline(never)]
    pub(crate) fn add_field(&mut self, field: Field, place: &'v Value) {
        let id = self.fields.len();
        if let Kind::Email = field.kind {
            self.names.keep([&field.id, ".provider"].concat(), Fact::Provider(id));
        }
        self.names.keep(owned(&field.id), Fact::Field(id));
        self.fields.0.push(field);
        self.places.push(place);
    }

    pub(crate) fn add_signal(&mut self, signal: Signal) {
        self.names.keep(owned(&signal.id), Fact::Signal(self.signals.len()));
        self.signals.0.push(signal);
    }

    fn is_given(&self, id: &str) -> bool {
        self.given.iter().any(|given| matches!(given, Value::Text(given) if given == id))
    }

    /// The fact called `value`, where there is one.
    #[inline(never)]
    pub(crate) fn find(&self, value: Option<&Value>, r: &mut Reader) -> Option<Fact> {
        let (value, id) = (value?, r.string(value)?);
        let found = self.names.get(id).copied();
        if found.is_none() && !self.is_given(id) {
            r.refuse(value, || {
                let near = nearest(id, self.names.keys().map(String::as_str));
                ["no field or signal is called `", &shorten(id), "`", &near].concat()
            });
        }
        found
    }

    pub(crate) fn domain(&self, fact: Fact) -> Domain<'_> {
        match fact {
            Fact::Provider(_) => Domain::Provider,
            Fact::Signal(signal) if self.signals[signal].measure.is_text() => Domain::Text,
            Fact::Signal(_) => Domain::Number,
            Fact::Field(field) => match &self.fields[field].kind {
                Kind::Number(_) => Domain::Number,
                Kind::YesNo(_) => Domain::YesNo,
                Kind::Choice(options) => Domain::Choice(&options.0),
                Kind::Choices(options) => Domain::Choices(&options.0),
                _ => Domain::Text,
            },
        }
    }
}

/// Gates in the order in which they were read.
#[derive(Default)]
pub(crate) struct Gates {
    pub(crate) gates: Vec<Gate>,
    /// The tests of each fact.
    tests: Vec<(Fact, Vec<usize>)>,
}

const WORDS: [&str; 12] = [
    "is",
    "in",
    "at_least",
    "above",
    "at_most",
    "below",
    "includes",
    "includes_any",
    "includes_all",
    "contains",
    "contains_any",
    "known",
];
const OPERATORS: [Operator; 12] = [
    Operator::Is(One),
    Operator::Is(Several),
    Operator::Compare(Comparison::AtLeast),
    Operator::Compare(Comparison::Above),
    Operator::Compare(Comparison::AtMost),
    Operator::Compare(Comparison::Below),
    Operator::Includes(One, Quantity::Any),
    Operator::Includes(Several, Quantity::Any),
    Operator::Includes(Several, Quantity::All),
    Operator::Contains(One),
    Operator::Contains(Several),
    Operator::Known,
];

#[derive(Clone, Copy)]
enum Operator {
    Is(Takes),
    Compare(Comparison),
    Includes(Takes, Quantity),
    Contains(Takes),
    Known,
}

/// What an operator takes: one operand, or a list of them.
#[derive(Clone, Copy)]
enum Takes {
    One,
    Several,
}
use Takes::{One, Several};

const SHAPE: &str = "expected `fact` with one operator, or one of `all`, `any`, `not`";

impl Gates {
    /// Reads a condition and returns its gate.
    pub(crate) fn read(&mut self, value: Option<&Value>, facts: &Facts<'_>, r: &mut Reader) -> Option<usize> {
        self.read_nested(value?, facts, 1, r)
    }

    fn read_nested(&mut self, value: &Value, facts: &Facts<'_>, depth: usize, r: &mut Reader) -> Option<usize> {
        if depth > DEEPEST_CONDITION {
            r.refuse(value, || ["conditions nest at most ", &DEEPEST_CONDITION.to_string(), " deep"].concat());
            return None;
        }
        let entries = r.map(value)?;
        let fact = value.get("fact");
        let Some((key, inner)) = only(entries) else {
            let test = "expected exactly one operator beside `fact`";
            if fact.is_some() {
                facts.find(fact, r);
            }
            r.refuse(value, || if fact.is_some() { test } else { SHAPE });
            return None;
        };
        if fact.is_some() {
            return self.read_test(facts.find(fact, r), key, inner, facts, r);
        }
        match key {
            "not" => {
                let part = self.read_nested(inner, facts, depth + 1, r)?;
                Some(self.push(Gate::Not(part)))
            }
            "all" | "any" => {
                let items = r.list(inner)?;
                let mut parts = Vec::new();
                for item in items {
                    if let Some(part) = self.read_nested(item, facts, depth + 1, r) {
                        parts.push(part);
                    }
                }
                if parts.len() < items.len() {
                    return None;
                }
                Some(self.push(if key == "all" { Gate::All(parts) } else { Gate::Any(parts) }))
            }
            _ => {
                r.refuse(inner, || {
                    let near = nearest(key, ["all", "any", "not", "fact"]);
                    [SHAPE, ", found `", &shorten(key), "`", &near].concat()
                });
                None
            }
        }
    }

    fn push(&mut self, gate: Gate) -> usize {
        self.gates.push(gate);
        self.gates.len() - 1
    }

    fn read_test(
        &mut self,
        fact: Option<Fact>,
        word: &str,
        operand: &Value,
        facts: &Facts<'_>,
        r: &mut Reader,
    ) -> Option<usize> {
        let known = WORDS.iter().position(|name| *name == word);
        let Some(operator) = known.and_then(|at| OPERATORS.get(at)) else {
            r.refuse(operand, || ["unknown operator `", &shorten(word), "`", &nearest(word, WORDS)].concat());
            return None;
        };
        let fact = fact?;
        if let Operator::Known = operator {
            let known = r.flag(Some(operand))?;
            let test = self.test(fact, Test::Known);
            return Some(if known { test } else { self.push(Gate::Not(test)) });
        }
        let test = read_operand(word, *operator, facts.domain(fact), operand, r)?;
        Some(self.test(fact, test))
    }

    /// The gate of this test; equal tests of a fact are one gate.
    #[inline(never)]
    fn test(&mut self, fact: Fact, test: Test) -> usize {
        let known = match self.tests.iter().position(|(own, _)| *own == fact) {
            Some(known) => known,
            None => {
                self.tests.push((fact, Vec::new()));
                self.tests.len() - 1
            }
        };
        let Some((_, tests)) = self.tests.get_mut(known) else { return 0 };
        for id in tests.iter() {
            if let Some(Gate::Test(_, asked)) = self.gates.get(*id)
                && *asked == test
            {
                return *id;
            }
        }
        tests.push(self.gates.len());
        self.push(Gate::Test(fact, test))
    }
}

/// The one entry that an object has, beside `fact`.
fn only(entries: &[(String, Value)]) -> Option<(&str, &Value)> {
    let mut found = None;
    for (key, value) in entries {
        if ignored(key) || key == "fact" {
            continue;
        }
        if found.is_some() {
            return None;
        }
        found = Some((key.as_str(), value));
    }
    found
}

fn read_operand(word: &str, operator: Operator, domain: Domain<'_>, operand: &Value, r: &mut Reader) -> Option<Test> {
    let takes = match (operator, domain) {
        (Operator::Compare(_), Domain::Number) => One,
        (Operator::Is(_), Domain::Choices(_)) => return misfit(word, domain, operand, r),
        (Operator::Is(takes), _)
        | (Operator::Includes(takes, _), Domain::Choices(_))
        | (Operator::Contains(takes), Domain::Text) => takes,
        _ => return misfit(word, domain, operand, r),
    };
    let items = match takes {
        One => std::slice::from_ref(operand),
        Several => r.list(operand)?,
    };
    match domain {
        Domain::Number => {
            let numbers = numbers(items, r)?;
            match operator {
                Operator::Compare(comparison) => Some(Test::Number(comparison, *numbers.first()?)),
                _ => Some(Test::NumberIn(numbers)),
            }
        }
        Domain::Text => match operator {
            Operator::Contains(_) => Some(Test::Contains(texts(items, true, r)?)),
            _ => Some(Test::TextIn(texts(items, false, r)?)),
        },
        _ => {
            let places = places(items, domain, r)?;
            match operator {
                // Of one option, any and all are the same test.
                Operator::Includes(_, Quantity::All) if places.len() != 1 => {
                    Some(Test::Includes(places, Quantity::All))
                }
                Operator::Includes(..) => Some(Test::Includes(places, Quantity::Any)),
                _ => Some(Test::OneOf(places)),
            }
        }
    }
}

fn misfit(word: &str, domain: Domain<'_>, operand: &Value, r: &mut Reader) -> Option<Test> {
    r.refuse(operand, || {
        let takes = match domain {
            Domain::Text => "`is`, `in`, `contains`, `contains_any`, `known`",
            Domain::Number => "`is`, `in`, `at_least`, `above`, `at_most`, `below`, `known`",
            Domain::YesNo | Domain::Provider | Domain::Choice(_) => "`is`, `in`, `known`",
            Domain::Choices(_) => "`includes`, `includes_any`, `includes_all`, `known`",
        };
        ["`", word, "` does not fit this fact, which takes ", takes].concat()
    });
    None
}

/// Numbers, unless one is none; all problems are found.
fn numbers(items: &[Value], r: &mut Reader) -> Option<Vec<f64>> {
    let mut numbers = Vec::new();
    for item in items {
        if let Some(number) = r.number(Some(item)) {
            numbers.push(number);
        }
    }
    (numbers.len() == items.len()).then_some(numbers)
}

/// Texts that are not blank, each once: folded, or trimmed.
fn texts(items: &[Value], folds: bool, r: &mut Reader) -> Option<Vec<String>> {
    let mut texts = Vec::new();
    for item in items {
        let Some(text) = r.string(Some(item)) else { continue };
        let folded = fold(text);
        if folded.is_empty() {
            r.refuse(item, || "expected text that is not blank");
        } else {
            texts.push(if folds { folded } else { owned(text.trim()) });
        }
    }
    (texts.len() == items.len()).then(|| each_once(&texts))
}

/// Where the values stand among those of their fact, each once.
fn places(items: &[Value], domain: Domain<'_>, r: &mut Reader) -> Option<Vec<usize>> {
    let mut places = Vec::new();
    for item in items {
        let place = match domain {
            Domain::Provider => r.position(Some(item), &Provider::NAMES),
            Domain::Choice(options) | Domain::Choices(options) => option(item, options, r),
            _ => r.flag(Some(item)).map(usize::from),
        };
        if let Some(place) = place {
            places.push(place);
        }
    }
    (places.len() == items.len()).then(|| set(places))
}

fn option(value: &Value, options: &[Choice], r: &mut Reader) -> Option<usize> {
    let text = r.string(Some(value))?;
    let wanted = text.trim();
    let found = options.iter().position(|option| option.value == wanted);
    if found.is_none() {
        r.refuse(value, || {
            let near = nearest(text, options.iter().map(|option| option.value.as_str()));
            ["no option has the value `", &shorten(text), "`", &near].concat()
        });
    }
    found
}
