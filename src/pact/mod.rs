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

#[cfg(feature = "verify")]
mod canonical;

use crate::json::Value;
use crate::problem::Problems;
use crate::table::Table;
use crate::text::Text;
use asking::Asking;
use circuit::{Circuit, add};
use condition::{Facts, Gates, Names, Truth};
use criterion::{Before, Criterion, Earns, Group};
use field::Field;
use handoff::Handoff;
use pipeline::Pipeline;
use qualification::Qualification;
use read::{Reader, all, is_locale, owned};
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
        match read_terms(source, &mut r) {
            Some(terms) if r.is_content() => Ok(Self(Arc::new(terms))),
            _ => Err(r.problems(source)),
        }
    }
}

#[cfg(feature = "verify")]
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

const NEEDED: [&str; 4] = ["pact", "id", "fields", "qualification"];
const KEYS: [&str; 10] = [
    "revision",
    "locales",
    "signatures",
    "definitions",
    "signals",
    "groups",
    "criteria",
    "asking",
    "handoff",
    "pipeline",
];

fn read_terms(source: &Value, r: &mut Reader) -> Option<Terms> {
    if !is_this_format(source, r) || !r.object(source, &NEEDED, &KEYS) {
        return None;
    }
    let id = r.id(source.get("id"));
    let revision = r.name(source.get("revision"));
    let locales = read_locales(source, r);

    let facts = read_facts(source, r);
    let mut gates = Gates::default();
    let mut whens = Vec::new();
    for field in &facts.places {
        whens.push(gates.read(field.get("when"), &facts, r));
    }
    let (groups, criteria) = read_criteria(source, &mut gates, &facts, r);
    let qualification = qualification::read(source.get("qualification"), &mut gates, &facts, r);
    let asking = asking::read(source.get("asking"), &facts, r);
    asking::check_shares(&facts, &asking, r);
    let handoff = handoff::read(source.get("handoff"), &mut gates, &facts, r);
    let Shared { signatures, definitions, pipeline } = read_shared(source, r);

    let (circuit, place, circle) = Circuit::new(gates.gates, &whens, facts.signals.len());
    refuse_circle(&circle, &facts, r);
    let mut terms = Terms {
        id: id.map(owned).unwrap_or_default(),
        revision: revision.map(owned),
        locales,
        signatures,
        definitions,
        fields: facts.fields,
        signals: facts.signals,
        groups: Table(groups),
        criteria: Table(criteria),
        qualification,
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
    if r.is_content() {
        terms.place(&place);
        terms.connect();
    }
    Some(terms)
}

impl Terms {
    /// Moves every gate to its place in the circuit.
    fn place(&mut self, place: &Table<usize>) {
        for criterion in &mut self.criteria.0 {
            if let Earns::When(gate) = &mut criterion.earns {
                *gate = place[*gate];
            }
        }
        for disqualifier in &mut self.qualification.disqualify {
            disqualifier.when = place[disqualifier.when];
        }
        for need in &mut self.qualification.needs {
            need.when = need.when.map(|gate| place[gate]);
        }
        for route in &mut self.handoff.routes {
            route.when = route.when.map(|gate| place[gate]);
        }
        for sla in &mut self.handoff.sla {
            sla.when = sla.when.map(|gate| place[gate]);
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
                    add(&mut self.watch[gate], id);
                    self.decides[gate] |= criterion.points != 0;
                }
                Earns::Each { signal, .. } => add(&mut self.counted[signal], id),
            }
            if criterion.half_life_days.is_some() {
                add(&mut self.fading, id);
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

fn is_this_format(source: &Value, r: &mut Reader) -> bool {
    if r.map(source).is_none() {
        return false;
    }
    r.need(source, "pact");
    match source.get("pact") {
        Some(Value::Number(number)) if *number == 1.0 => return true,
        Some(version @ Value::Number(number)) if *number > 1.0 => {
            r.refuse(version, || "this pact is of a newer format: this engine reads format 1, a newer one is needed");
        }
        Some(version) => r.refuse(version, || "expected the format version 1, as a number"),
        None => {}
    }
    false
}

fn read_locales(source: &Value, r: &mut Reader) -> Vec<String> {
    let items = r.items(source, "locales");
    let mut locales = Vec::new();
    let mut places = Vec::new();
    for item in items {
        match r.string(Some(item)) {
            Some(tag) if is_locale(tag) => locales.push(owned(tag)),
            Some(_) => r.refuse(item, || "expected a locale, like `fr` or `en-GB`"),
            None => {}
        }
        places.push(item);
    }
    r.unique(&places);
    locales
}

/// What the two teams say to each other. A page has no use for it, and goes without the bytes that read it.
#[derive(Default)]
struct Shared {
    signatures: Vec<Signature>,
    definitions: Vec<(String, Text)>,
    pipeline: Pipeline,
}

#[cfg(not(feature = "verify"))]
fn read_shared(_: &Value, _: &mut Reader) -> Shared {
    Shared::default()
}

#[cfg(feature = "verify")]
fn read_shared(source: &Value, r: &mut Reader) -> Shared {
    let mut shared = Shared::default();
    for signature in r.items(source, "signatures") {
        shared.signatures.extend(read_signature(signature, r));
    }
    let definitions = source.get("definitions").and_then(|definitions| r.map(definitions));
    for (term, text) in definitions.unwrap_or_default() {
        if !read::ignored(term)
            && let Some(text) = r.text(Some(text))
        {
            shared.definitions.push((owned(term), text));
        }
    }
    shared.pipeline = pipeline::read(source.get("pipeline"), r);
    shared
}

#[cfg(feature = "verify")]
fn read_signature(value: &Value, r: &mut Reader) -> Option<Signature> {
    if !r.object(value, &["team"], &["name", "on"]) {
        return None;
    }
    let (team, name, on) = (r.name(value.get("team")), r.name(value.get("name")), r.date(value.get("on")));
    Some(Signature { team: owned(team?), name: name.map(owned), on: on.map(owned) })
}

fn read_facts<'v>(source: &'v Value, r: &mut Reader) -> Facts<'v> {
    let fields = limited(source, "fields", MOST_FACTS, r);
    let signals = limited(source, "signals", MOST_FACTS, r);
    let given = all(&[fields, signals], "id");
    r.unique(&given);
    let mut facts = Facts::new(given);
    for field in fields {
        field::read(field, &mut facts, r);
    }
    for signal in signals {
        signal::read(signal, &mut facts, r);
    }
    facts
}

/// The items under `key`, refused whole above the limit.
#[inline(never)]
fn limited<'v>(source: &'v Value, key: &str, most: usize, r: &mut Reader) -> &'v [Value] {
    let items = r.items(source, key);
    match source.get(key) {
        Some(list) if items.len() > most => {
            r.refuse(list, || {
                ["at most ", &most.to_string(), " ", key, ", this pact has ", &items.len().to_string()].concat()
            });
            &[]
        }
        _ => items,
    }
}

fn read_criteria(source: &Value, gates: &mut Gates, facts: &Facts<'_>, r: &mut Reader) -> (Vec<Group>, Vec<Criterion>) {
    let items = limited(source, "groups", MOST_CRITERIA, r);
    r.unique(&all(&[items], "id"));
    let mut groups = Vec::new();
    for group in items {
        criterion::read_group(group, &mut groups, r);
    }
    let before = Before { facts, groups: &groups, broken_groups: groups.len() < items.len() };
    let items = limited(source, "criteria", MOST_CRITERIA, r);
    r.unique(&all(&[items], "id"));
    let mut criteria = Vec::new();
    for criterion in items {
        criterion::read(criterion, &before, gates, &mut criteria, r);
    }
    (groups, criteria)
}

fn refuse_circle(circle: &[usize], facts: &Facts<'_>, r: &mut Reader) {
    let first = circle.first().and_then(|field| facts.places.get(*field));
    if let Some(when) = first.and_then(|field| field.get("when")) {
        r.refuse(when, || {
            let ids: Vec<&str> = circle.iter().map(|field| facts.fields[*field].id.as_str()).collect();
            ["`when` depends on itself: ", &ids.join(" → ")].concat()
        });
    }
}
