//! What marketing and sales signed: the pact, read whole or refused with everything that is wrong.

pub(crate) mod asking;
pub(crate) mod circuit;
pub(crate) mod condition;
pub(crate) mod criterion;
pub(crate) mod field;
pub(crate) mod handoff;
pub(crate) mod pipeline;
pub(crate) mod qualification;
pub(crate) mod read;
pub(crate) mod share;
pub(crate) mod signal;

#[cfg(feature = "text")]
mod canonical;

use crate::json::{Node, Value};
use crate::problem::Problems;
use crate::table::Table;
use crate::text::Text;
use asking::Asking;
use circuit::Circuit;
use condition::{Facts, Gates, Names, Truth};
use criterion::{Criterion, Earns, Group};
use field::Field;
use handoff::Handoff;
use pipeline::Pipeline;
use qualification::Qualification;
use read::{Object, Reader, ids, is_locale, unique};
use signal::Signal;
use std::ops::Deref;
use std::sync::Arc;

/// The longest pact, in bytes.
pub const LONGEST: usize = 1 << 20;
/// How many fields, and how many signals, a pact may have.
pub const MOST_FACTS: usize = 500;
/// How many criteria a pact may have.
pub const MOST_CRITERIA: usize = 5_000;

/// A pact that has been read: valid, and cheap to clone.
///
/// ```
/// use leadpact::Pact;
///
/// let pact: Pact = r#"{
///     "pact": 1, "id": "demo",
///     "fields": [{"id": "email", "label": "E-mail", "kind": "email", "ask": "always"}],
///     "qualification": {"threshold": 50}
/// }"#.parse()?;
/// assert_eq!(pact.qualification.threshold, 50);
/// # Ok::<(), leadpact::Problems>(())
/// ```
#[derive(Clone, Debug)]
pub struct Pact(Arc<Terms>);

impl Deref for Pact {
    type Target = Terms;

    fn deref(&self) -> &Terms {
        &self.0
    }
}

/// What a pact says.
#[derive(Debug)]
pub struct Terms {
    /// The pact's id.
    pub id: String,
    /// Which revision both teams signed.
    pub revision: Option<String>,
    /// The locales of its texts, the first of which serves where a page's own is missing.
    pub locales: Vec<String>,
    /// Who signed.
    pub signatures: Vec<Signature>,
    /// The shared language: what a term means, by term.
    pub definitions: Vec<(String, Text)>,
    /// What a form can ask.
    pub fields: Table<Field>,
    /// What the browser measures.
    pub signals: Table<Signal>,
    /// Groups of criteria.
    pub groups: Table<Group>,
    /// What earns points.
    pub criteria: Table<Criterion>,
    /// When a lead is handed over.
    pub qualification: Qualification,
    /// How questions are chosen.
    pub asking: Asking,
    /// What happens to a lead that is handed over.
    pub handoff: Handoff,
    /// What becomes of it then.
    pub pipeline: Pipeline,
    /// SHA-256 of the pact's canonical JSON (RFC 8785), in hexadecimal; empty where the pact was not read from text.
    pub hash: String,
    pub(crate) circuit: Circuit,
    /// Which criteria a gate decides.
    pub(crate) watch: Table<Vec<usize>>,
    /// Which criteria count a signal.
    pub(crate) counted: Table<Vec<usize>>,
    /// Criteria whose worth depends on the time.
    pub(crate) fading: Vec<usize>,
    /// Gates that the decision depends on.
    pub(crate) decides: Table<bool>,
    pub(crate) names: Names,
}

/// A team's signature.
#[derive(Clone, Debug)]
pub struct Signature {
    /// The team.
    pub team: String,
    /// Who signed for it.
    pub name: Option<String>,
    /// When, like `2026-11-20`.
    pub on: Option<String>,
}

impl Pact {
    /// Reads a pact from a tree of JSON.
    ///
    /// # Errors
    /// Everything that is wrong with it, each with its place.
    pub fn read(source: &Value) -> Result<Self, Problems> {
        let mut r = Reader::default();
        let terms = read_terms(&Node { value: source }, &mut r);
        r.finish(source, terms).map(|terms| Self(Arc::new(terms)))
    }
}

#[cfg(feature = "text")]
impl std::str::FromStr for Pact {
    type Err = Problems;

    fn from_str(text: &str) -> Result<Self, Problems> {
        if text.len() > LONGEST {
            let message = format!("a pact has at most {LONGEST} bytes, this one has {}", text.len());
            return Err(Problems(vec![crate::Problem { path: Vec::new(), message, place: None }]));
        }
        let source = crate::json::parse(text).map_err(|problem| Problems(vec![problem]))?;
        let pact = Self::read(&source)?;
        let mut terms = Arc::into_inner(pact.0).ok_or_else(|| Problems(Vec::new()))?;
        terms.hash = canonical::hash(&source);
        Ok(Self(Arc::new(terms)))
    }
}

const KEYS: [&str; 14] = [
    "pact",
    "id",
    "revision",
    "locales",
    "signatures",
    "definitions",
    "fields",
    "signals",
    "groups",
    "criteria",
    "qualification",
    "asking",
    "handoff",
    "pipeline",
];

fn read_terms(node: &Node<'_>, r: &mut Reader) -> Option<Terms> {
    let object = node.map(r)?;
    if !is_this_format(&object, r) {
        return None;
    }
    let object = node.object(&KEYS, r)?;
    let id = object.need("id", r).and_then(|id| id.id(r));
    let revision = object.name("revision", r);
    let locales = read_locales(&object, r);

    let (facts, later) = read_facts(&object, r);
    let mut gates = Gates::default();
    let whens: Vec<Option<usize>> =
        later.iter().map(|later| later.when.as_ref().and_then(|when| gates.read(when, &facts, r))).collect();
    let (groups, broken_groups) = read_groups(&object, r);
    let criteria = read_criteria(&object, &groups, broken_groups, &mut gates, &facts, r);
    let qualification = object.need("qualification", r);
    let qualification = qualification.and_then(|node| qualification::read(&node, &mut gates, &facts, r));
    let asking = asking::read(object.get("asking"), &facts, r);
    for (field, later) in facts.fields.iter().zip(&later) {
        asking::check_shares(field, &facts, &asking, &later.node, r);
    }
    let handoff = handoff::read(object.get("handoff"), &mut gates, &facts, r);
    let Shared { signatures, definitions, pipeline } = read_shared(&object, r);

    let (circuit, place) = match Circuit::new(&gates, &whens, facts.signals.len()) {
        Ok(made) => made,
        Err(circle) => {
            refuse_circle(&circle, &facts, &later, r);
            return None;
        }
    };
    let mut terms = Terms {
        id: id?,
        revision,
        locales,
        signatures,
        definitions,
        fields: facts.fields,
        signals: facts.signals,
        groups,
        criteria,
        qualification: qualification?,
        asking,
        handoff,
        pipeline,
        hash: String::new(),
        watch: Table::filled(Vec::new(), circuit.gates.len()),
        counted: Table::filled(Vec::new(), circuit.of_signal.len()),
        fading: Vec::new(),
        decides: Table::filled(false, circuit.gates.len()),
        circuit,
        names: facts.names,
    };
    terms.place(&place);
    terms.connect();
    Some(terms)
}

impl Terms {
    /// Moves every gate to its place in the circuit.
    fn place(&mut self, place: &Table<usize>) {
        let criteria = self.criteria.0.iter_mut().filter_map(|criterion| match &mut criterion.earns {
            Earns::When(gate) => Some(gate),
            Earns::Each { .. } => None,
        });
        let disqualify = self.qualification.disqualify.iter_mut().map(|disqualifier| &mut disqualifier.when);
        let needs = self.qualification.needs.iter_mut().filter_map(|need| need.when.as_mut());
        let routes = self.handoff.routes.iter_mut().filter_map(|route| route.when.as_mut());
        let sla = self.handoff.sla.iter_mut().filter_map(|sla| sla.when.as_mut());
        for gate in criteria.chain(disqualify).chain(needs).chain(routes).chain(sla) {
            *gate = place[*gate];
        }
        for (field, gate) in self.fields.0.iter_mut().zip(&self.circuit.guard_of) {
            field.when = *gate;
        }
    }

    /// Notes which criteria depend on what, and which gates the decision rests on.
    fn connect(&mut self) {
        for (id, criterion) in self.criteria.iter().enumerate() {
            match criterion.earns {
                Earns::When(gate) => {
                    self.watch[gate].push(id);
                    self.decides[gate] |= criterion.points != 0;
                }
                Earns::Each { signal, .. } => self.counted[signal].push(id),
            }
            if criterion.half_life_days.is_some() {
                self.fading.push(id);
            }
        }
        for disqualifier in &self.qualification.disqualify {
            self.decides[disqualifier.when] = true;
        }
        // Gates stand after what they depend on, so one pass from the end reaches everything.
        for gate in (0..self.circuit.gates.len()).rev() {
            let above = self.circuit.parents[gate].iter().any(|parent| self.decides[*parent]);
            let guards = self.circuit.guards[gate]
                .iter()
                .any(|field| self.circuit.of_field[*field].iter().any(|test| self.decides[*test]));
            self.decides[gate] |= above || guards;
        }
    }

    /// Whether the condition of a thing that applies by condition is true or absent.
    pub(crate) fn holds(when: Option<usize>, truth: impl Fn(usize) -> Truth) -> bool {
        when.is_none_or(|gate| truth(gate) == Truth::True)
    }
}

fn is_this_format(object: &Object<'_>, r: &mut Reader) -> bool {
    let Some(version) = object.need("pact", r) else { return false };
    match version.value {
        Value::Number(number) if *number == 1.0 => true,
        Value::Number(number) if *number > 1.0 => {
            r.refuse(&version, || "this pact is of a newer format: this engine reads format 1, a newer one is needed");
            false
        }
        _ => {
            r.refuse(&version, || "expected the format version 1, as a number");
            false
        }
    }
}

fn read_locales(object: &Object<'_>, r: &mut Reader) -> Vec<String> {
    let nodes = object.items("locales", r);
    let mut locales = Vec::with_capacity(nodes.len());
    for node in &nodes {
        match node.string(r) {
            Some(tag) if is_locale(tag) => locales.push(tag.into()),
            Some(_) => r.refuse(node, || "expected a locale, like `fr` or `en-GB`"),
            None => {}
        }
    }
    unique(&nodes, r);
    locales
}

/// What the two teams say to each other. A page has no use for it, and goes without the bytes that read it.
#[derive(Default)]
struct Shared {
    signatures: Vec<Signature>,
    definitions: Vec<(String, Text)>,
    pipeline: Pipeline,
}

#[cfg(not(feature = "text"))]
fn read_shared(_: &Object<'_>, _: &mut Reader) -> Shared {
    Shared::default()
}

#[cfg(feature = "text")]
fn read_shared(object: &Object<'_>, r: &mut Reader) -> Shared {
    Shared {
        signatures: object.items("signatures", r).iter().filter_map(|node| read_signature(node, r)).collect(),
        definitions: read_definitions(object, r),
        pipeline: pipeline::read(object.get("pipeline"), r),
    }
}

#[cfg(feature = "text")]
fn read_signature(node: &Node<'_>, r: &mut Reader) -> Option<Signature> {
    let object = node.object(&["team", "name", "on"], r)?;
    object.need("team", r);
    let on = object.get("on").and_then(|on| on.date(r));
    let (team, name) = (object.name("team", r), object.name("name", r));
    Some(Signature { team: team?, name, on })
}

#[cfg(feature = "text")]
fn read_definitions(object: &Object<'_>, r: &mut Reader) -> Vec<(String, Text)> {
    let Some(terms) = object.get("definitions").and_then(|definitions| definitions.map(r)) else { return Vec::new() };
    terms.keys().filter_map(|(term, node)| Some((term.into(), node.text(r)?))).collect()
}

/// What of a field is read once all facts are known: where it stands, and its `when`.
struct Later<'v> {
    node: Node<'v>,
    when: Option<Node<'v>>,
}

fn read_facts<'v>(object: &Object<'v>, r: &mut Reader) -> (Facts, Vec<Later<'v>>) {
    object.need("fields", r);
    let field_nodes = limited(object, "fields", MOST_FACTS, r);
    let signal_nodes = limited(object, "signals", MOST_FACTS, r);
    let mut given = ids(&field_nodes);
    given.extend(ids(&signal_nodes));
    unique(&given, r);
    let (mut facts, mut later) = (Facts::new(), Vec::new());
    for node in &field_nodes {
        if let Some((field, when)) = field::read(node, r) {
            facts.add_field(field);
            later.push(Later { node: *node, when });
        }
    }
    for node in &signal_nodes {
        if let Some(signal) = signal::read(node, r) {
            facts.add_signal(signal);
        }
    }
    for id in &given {
        if let Value::Text(id) = id.value {
            facts.broken(id);
        }
    }
    (facts, later)
}

/// The items under `key`, refused whole above the limit.
fn limited<'v>(object: &Object<'v>, key: &str, most: usize, r: &mut Reader) -> Vec<Node<'v>> {
    let nodes = object.items(key, r);
    match object.get(key) {
        Some(list) if nodes.len() > most => {
            r.refuse(&list, || {
                ["at most ", &most.to_string(), " ", key, ", this pact has ", &nodes.len().to_string()].concat()
            });
            Vec::new()
        }
        _ => nodes,
    }
}

/// The groups, and whether some could not be read.
fn read_groups(object: &Object<'_>, r: &mut Reader) -> (Table<Group>, bool) {
    let nodes = limited(object, "groups", MOST_CRITERIA, r);
    unique(&ids(&nodes), r);
    let groups: Table<Group> = nodes.iter().filter_map(|node| criterion::read_group(node, r)).collect();
    let broken = groups.len() < nodes.len();
    (groups, broken)
}

fn read_criteria(
    object: &Object<'_>,
    groups: &Table<Group>,
    broken_groups: bool,
    gates: &mut Gates,
    facts: &Facts,
    r: &mut Reader,
) -> Table<Criterion> {
    let nodes = limited(object, "criteria", MOST_CRITERIA, r);
    unique(&ids(&nodes), r);
    nodes.iter().filter_map(|node| criterion::read(node, groups, broken_groups, gates, facts, r)).collect()
}

fn refuse_circle(circle: &[usize], facts: &Facts, later: &[Later<'_>], r: &mut Reader) {
    let ids: Vec<&str> = circle.iter().map(|field| facts.fields[*field].id.as_str()).collect();
    let place = circle.first().and_then(|field| later.get(*field)?.when.as_ref());
    if let Some(node) = place {
        r.refuse(node, || ["`when` depends on itself: ", &ids.join(" → ")].concat());
    }
}
