//! Conditions in Kleene's three-valued logic, read into the gates of one circuit for the whole pact.
//!
//! A pact's conditions share their tests: each distinct test of a fact is one gate, so that a fact that changes
//! re-evaluates only what depends on it. Gates stand in an order in which each comes after all it depends on.

use super::field::{Choice, Field, Kind};
use super::read::Reader;
use super::signal::Signal;
use crate::json::{Node, Value};
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

/// A condition that is not yet read.
pub(crate) type RawCondition<'v> = Node<'v>;

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
pub(crate) struct Facts {
    pub(crate) fields: Table<Field>,
    pub(crate) signals: Table<Signal>,
    pub(crate) names: Names,
    /// Ids that the pact gives to facts that could not be read: not worth a second message.
    broken: Vec<String>,
}

impl Facts {
    pub(crate) fn new() -> Self {
        Self { fields: Table(Vec::new()), signals: Table(Vec::new()), names: Names::new(), broken: Vec::new() }
    }

    pub(crate) fn add_field(&mut self, field: Field) {
        let id = self.fields.len();
        if let Kind::Email = field.kind {
            self.names.keep([&field.id, ".provider"].concat(), Fact::Provider(id));
        }
        self.names.keep(field.id.clone(), Fact::Field(id));
        self.fields.0.push(field);
    }

    pub(crate) fn add_signal(&mut self, signal: Signal) {
        self.names.keep(signal.id.clone(), Fact::Signal(self.signals.len()));
        self.signals.0.push(signal);
    }

    /// Notes the id of a fact, unless it was read.
    pub(crate) fn broken(&mut self, id: &str) {
        if self.names.get(id).is_none() {
            self.broken.push(id.into());
        }
    }

    /// The fact called `node`, where there is one.
    pub(crate) fn find(&self, node: &Node<'_>, r: &mut Reader) -> Option<Fact> {
        let id = node.string(r)?;
        let found = self.names.get(id).copied();
        if found.is_none() && !self.broken.iter().any(|broken| broken == id) {
            let near = nearest(id, self.names.keys().map(String::as_str));
            r.refuse(node, || ["no field or signal is called `", &shorten(id), "`", &near].concat());
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

fn shorten(text: &str) -> String {
    text.chars().take(64).collect()
}

/// Gates in the order in which they were read.
#[derive(Default)]
pub(crate) struct Gates {
    pub(crate) gates: Vec<Gate>,
    /// The tests of each fact.
    tests: Vec<(Fact, Vec<usize>)>,
}

const OPERATORS: [(&str, Operator); 12] = [
    ("is", Operator::Is),
    ("in", Operator::In),
    ("at_least", Operator::Compare(Comparison::AtLeast)),
    ("above", Operator::Compare(Comparison::Above)),
    ("at_most", Operator::Compare(Comparison::AtMost)),
    ("below", Operator::Compare(Comparison::Below)),
    ("includes", Operator::Includes),
    ("includes_any", Operator::IncludesList(Quantity::Any)),
    ("includes_all", Operator::IncludesList(Quantity::All)),
    ("contains", Operator::Contains),
    ("contains_any", Operator::ContainsAny),
    ("known", Operator::Known),
];

#[derive(Clone, Copy)]
enum Operator {
    Is,
    In,
    Compare(Comparison),
    Includes,
    IncludesList(Quantity),
    Contains,
    ContainsAny,
    Known,
}

const SHAPE: &str = "expected `fact` with one operator, or one of `all`, `any`, `not`";

impl Gates {
    /// Reads a condition and returns its gate.
    pub(crate) fn read(&mut self, node: &Node<'_>, facts: &Facts, r: &mut Reader) -> Option<usize> {
        self.read_nested(node, facts, 1, r)
    }

    fn read_nested(&mut self, node: &Node<'_>, facts: &Facts, depth: usize, r: &mut Reader) -> Option<usize> {
        if depth > DEEPEST_CONDITION {
            r.refuse(node, || ["conditions nest at most ", &DEEPEST_CONDITION.to_string(), " deep"].concat());
            return None;
        }
        let object = node.map(r)?;
        if object.has("fact") {
            return self.read_test(node, facts, r);
        }
        let mut keys = object.keys();
        let (Some((key, inner)), None) = (keys.next(), keys.next()) else {
            r.refuse(node, || SHAPE);
            return None;
        };
        match key {
            "all" | "any" => {
                let parts = each(&inner, r, |part, r| self.read_nested(part, facts, depth + 1, r))?;
                Some(self.push(if key == "all" { Gate::All(parts) } else { Gate::Any(parts) }))
            }
            "not" => {
                let part = self.read_nested(&inner, facts, depth + 1, r)?;
                Some(self.push(Gate::Not(part)))
            }
            _ => {
                let near = nearest(key, ["all", "any", "not", "fact"]);
                r.refuse(&inner, || [SHAPE, ", found `", &shorten(key), "`", &near].concat());
                None
            }
        }
    }

    fn push(&mut self, gate: Gate) -> usize {
        self.gates.push(gate);
        self.gates.len() - 1
    }

    fn read_test(&mut self, node: &Node<'_>, facts: &Facts, r: &mut Reader) -> Option<usize> {
        let object = node.map(r)?;
        let fact = object.get("fact").and_then(|fact| facts.find(&fact, r));
        let mut operators = object.keys().filter(|(key, _)| *key != "fact");
        let (Some((word, operand)), None) = (operators.next(), operators.next()) else {
            r.refuse(node, || "expected exactly one operator beside `fact`");
            return None;
        };
        let Some((_, operator)) = OPERATORS.iter().find(|(name, _)| *name == word) else {
            let near = nearest(word, OPERATORS.iter().map(|(name, _)| *name));
            r.refuse(&operand, || ["unknown operator `", &shorten(word), "`", &near].concat());
            return None;
        };
        let fact = fact?;
        if let Operator::Known = operator {
            let known = operand.flag(r)?;
            let test = self.test(fact, Test::Known);
            return Some(if known { test } else { self.push(Gate::Not(test)) });
        }
        let test = read_operand(word, *operator, facts.domain(fact), &operand, r)?;
        Some(self.test(fact, test))
    }

    /// The gate of this test; equal tests of a fact are one gate.
    fn test(&mut self, fact: Fact, test: Test) -> usize {
        let known = match self.tests.iter().position(|(own, _)| *own == fact) {
            Some(known) => known,
            None => {
                self.tests.push((fact, Vec::new()));
                self.tests.len() - 1
            }
        };
        let Some((_, tests)) = self.tests.get_mut(known) else { return 0 };
        let same = |id: &&usize| matches!(self.gates.get(**id), Some(Gate::Test(_, asked)) if *asked == test);
        if let Some(id) = tests.iter().find(same) {
            return *id;
        }
        let id = self.gates.len();
        tests.push(id);
        self.gates.push(Gate::Test(fact, test));
        id
    }
}

fn read_operand(word: &str, operator: Operator, domain: Domain<'_>, node: &Node<'_>, r: &mut Reader) -> Option<Test> {
    Some(match (operator, domain) {
        (Operator::Is, Domain::Provider) => Test::OneOf(vec![provider(node, r)?]),
        (Operator::In, Domain::Provider) => Test::OneOf(set(each(node, r, provider)?)),
        (Operator::Is, Domain::Choice(options)) => Test::OneOf(vec![option(node, options, r)?]),
        (Operator::In, Domain::Choice(options)) => Test::OneOf(option_list(node, options, r)?),
        (Operator::Is, Domain::YesNo) => Test::OneOf(vec![usize::from(node.flag(r)?)]),
        (Operator::In, Domain::YesNo) => Test::OneOf(set(each(node, r, |item, r| item.flag(r).map(usize::from))?)),
        (Operator::Is, Domain::Number) => Test::NumberIn(vec![node.number(r)?]),
        (Operator::In, Domain::Number) => Test::NumberIn(each(node, r, Node::number)?),
        (Operator::Is, Domain::Text) => Test::TextIn(vec![words(node, r)?.trim().into()]),
        (Operator::In, Domain::Text) => {
            Test::TextIn(set(each(node, r, |item, r| Some(words(item, r)?.trim().into()))?))
        }
        (Operator::Compare(comparison), Domain::Number) => Test::Number(comparison, node.number(r)?),
        (Operator::Includes, Domain::Choices(options)) => {
            Test::Includes(vec![option(node, options, r)?], Quantity::Any)
        }
        (Operator::IncludesList(quantity), Domain::Choices(options)) => {
            let options = option_list(node, options, r)?;
            // Of one option, any and all are the same test.
            Test::Includes(options.clone(), if options.len() == 1 { Quantity::Any } else { quantity })
        }
        (Operator::Contains, Domain::Text) => Test::Contains(vec![fold(words(node, r)?)]),
        (Operator::ContainsAny, Domain::Text) => {
            Test::Contains(set(each(node, r, |item, r| Some(fold(words(item, r)?)))?))
        }
        (_, domain) => {
            let takes = match domain {
                Domain::Text => "`is`, `in`, `contains`, `contains_any`, `known`",
                Domain::Number => "`is`, `in`, `at_least`, `above`, `at_most`, `below`, `known`",
                Domain::YesNo | Domain::Provider | Domain::Choice(_) => "`is`, `in`, `known`",
                Domain::Choices(_) => "`includes`, `includes_any`, `includes_all`, `known`",
            };
            r.refuse(node, || ["`", word, "` does not fit this fact, which takes ", takes].concat());
            return None;
        }
    })
}

/// Reads every item of a list; all problems are found.
fn each<'v, T>(
    node: &Node<'v>,
    r: &mut Reader,
    mut read: impl FnMut(&Node<'v>, &mut Reader) -> Option<T>,
) -> Option<Vec<T>> {
    let (mut items, mut whole) = (Vec::new(), matches!(node.value, Value::List(_)));
    for item in node.list(r) {
        match read(&item, r) {
            Some(item) => items.push(item),
            None => whole = false,
        }
    }
    whole.then_some(items)
}

/// A text that is not blank.
fn words<'v>(node: &Node<'v>, r: &mut Reader) -> Option<&'v str> {
    let text = node.string(r)?;
    if text.trim().is_empty() || fold(text).is_empty() {
        r.refuse(node, || "expected text that is not blank");
        return None;
    }
    Some(text)
}

fn option(node: &Node<'_>, options: &[Choice], r: &mut Reader) -> Option<usize> {
    let value = node.string(r)?;
    let found = options.iter().position(|option| option.value == value.trim());
    if found.is_none() {
        let near = nearest(value, options.iter().map(|option| option.value.as_str()));
        r.refuse(node, || ["no option has the value `", &shorten(value), "`", &near].concat());
    }
    found
}

fn provider(node: &Node<'_>, r: &mut Reader) -> Option<usize> {
    let [business, free, disposable] = Provider::NAMES;
    node.word(&[(business, 0), (free, 1), (disposable, 2)], r)
}

fn option_list(node: &Node<'_>, options: &[Choice], r: &mut Reader) -> Option<Vec<usize>> {
    Some(set(each(node, r, |item, r| option(item, options, r))?))
}
