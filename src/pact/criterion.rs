//! Groups and criteria: what earns points.

use super::condition::{Fact, Facts, Gates};
use super::read::Reader;
use crate::json::Node;
use crate::table::Table;
use crate::text::Text;

/// The most points that a criterion gives or takes.
pub const MOST_POINTS: i64 = 1_000;
/// The furthest bound of a group, either way: 5,000 groups sum to less than 2⁵³.
pub const MOST_BOUND: i64 = 1_000_000_000;
/// The most that `up_to` counts.
pub const MOST_TIMES: i64 = 1_000_000;

/// Whether points speak of who the visitor is or of what the visitor does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dimension {
    /// Who the visitor is: sector, size, revenue, persona.
    Fit,
    /// What the visitor does: behaviour.
    Interest,
}

/// Criteria whose points are summed and held within bounds.
#[derive(Clone, Debug)]
pub struct Group {
    /// Its id.
    pub id: String,
    /// Which sum it counts in.
    pub dimension: Dimension,
    /// What people call it.
    pub label: Option<Text>,
    /// The least it counts.
    pub min: Option<i64>,
    /// The most it counts.
    pub max: Option<i64>,
}

impl Group {
    /// The sum held within the group's bounds.
    #[must_use]
    pub fn hold(&self, raw: i64) -> i64 {
        raw.max(self.min.unwrap_or(i64::MIN)).min(self.max.unwrap_or(i64::MAX))
    }
}

/// Something that earns points.
#[derive(Clone, Debug)]
pub struct Criterion {
    /// Its id.
    pub id: String,
    /// What people call it; its id where the pact gives none.
    pub label: Text,
    /// The group that it counts in.
    pub group: usize,
    /// From −1000 to 1000.
    pub points: i64,
    /// The days after which its worth has halved.
    pub half_life_days: Option<f64>,
    pub(crate) earns: Earns,
    /// The signals whose growth its age counts from.
    pub(crate) aged_by: Vec<usize>,
}

/// How a criterion earns its points.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Earns {
    /// Once, where the condition is true.
    When(usize),
    /// For each whole unit of a signal, up to a number of times.
    Each { signal: usize, up_to: i64 },
}

const DIMENSIONS: [(&str, Dimension); 2] = [("fit", Dimension::Fit), ("interest", Dimension::Interest)];

pub(super) fn read_group(node: &Node<'_>, r: &mut Reader) -> Option<Group> {
    let object = node.object(&["id", "dimension", "label", "min", "max"], r)?;
    let id = object.need("id", r).and_then(|id| id.id(r));
    let dimension = object.need("dimension", r).and_then(|dimension| dimension.word(&DIMENSIONS, r));
    let min = object.get("min").and_then(|min| min.whole(-MOST_BOUND, MOST_BOUND, r));
    let max = object.get("max").and_then(|max| max.whole(-MOST_BOUND, MOST_BOUND, r));
    if let (Some(low), Some(high), Some(node)) = (min, max, object.get("max"))
        && high < low
    {
        r.refuse(&node, || "`max` is below `min`");
    }
    let label = object.text("label", r);
    Some(Group { id: id?, dimension: dimension?, label, min, max })
}

const KEYS: [&str; 8] = ["id", "label", "group", "points", "when", "each", "up_to", "half_life_days"];

pub(super) fn read(
    node: &Node<'_>,
    groups: &Table<Group>,
    broken_groups: bool,
    gates: &mut Gates,
    facts: &Facts,
    r: &mut Reader,
) -> Option<Criterion> {
    let object = node.object(&KEYS, r)?;
    let id = object.need("id", r).and_then(|id| id.id(r));
    let label = object.text("label", r);
    let group = object.need("group", r).and_then(|node| {
        let id = node.string(r)?;
        let found = groups.iter().position(|group| group.id == id);
        if found.is_none() && !broken_groups {
            let near = crate::problem::nearest(id, groups.iter().map(|group| group.id.as_str()));
            r.refuse(&node, || ["no group has the id `", id, "`", &near].concat());
        }
        found
    });
    let points = object.need("points", r).and_then(|points| points.whole(-MOST_POINTS, MOST_POINTS, r));
    let half_life_days = object.get("half_life_days").and_then(|days| days.positive(1_000_000, r));
    let earns = match (object.get("when"), object.get("each")) {
        (Some(when), None) => {
            if let Some(up_to) = object.get("up_to") {
                r.refuse(&up_to, || "`up_to` goes with `each`");
            }
            gates.read(&when, facts, r).map(Earns::When)
        }
        (None, Some(each)) => {
            let up_to = object.need("up_to", r).and_then(|up_to| up_to.whole(0, MOST_TIMES, r));
            read_each(&each, facts, r).and_then(|signal| Some(Earns::Each { signal, up_to: up_to? }))
        }
        _ => {
            r.refuse(node, || "expected either `when` or `each`");
            None
        }
    };
    let (id, earns) = (id?, earns?);
    let mut aged_by = Vec::new();
    if let Some(node) = object.get("half_life_days") {
        match aging_signals(earns, gates, facts) {
            Some(signals) => aged_by = signals,
            None => r.refuse(&node, || "only a criterion that depends on numeric signals alone has a half-life"),
        }
    }
    let label = label.unwrap_or_else(|| Text { by_locale: vec![(String::new(), id.clone())] });
    Some(Criterion { id, label, group: group?, points: points?, half_life_days, earns, aged_by })
}

fn read_each(node: &Node<'_>, facts: &Facts, r: &mut Reader) -> Option<usize> {
    match facts.find(node, r)? {
        Fact::Signal(signal) if !facts.signals[signal].measure.is_text() => Some(signal),
        _ => {
            r.refuse(node, || "`each` counts a numeric signal");
            None
        }
    }
}

/// The signals that a criterion depends on, where it depends on numeric signals alone.
fn aging_signals(earns: Earns, gates: &Gates, facts: &Facts) -> Option<Vec<usize>> {
    let gate = match earns {
        Earns::Each { signal, .. } => return Some(vec![signal]),
        Earns::When(gate) => gate,
    };
    let numeric = |signal: usize| !facts.signals[signal].measure.is_text();
    let rests = super::circuit::facts_of(&gates.gates, gate);
    let signals: Option<Vec<usize>> = rests
        .iter()
        .map(|fact| match fact {
            Fact::Signal(signal) if numeric(*signal) => Some(*signal),
            _ => None,
        })
        .collect();
    signals.filter(|signals| !signals.is_empty())
}
