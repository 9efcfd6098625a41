//! Groups and criteria: what earns points.

use super::circuit::facts_of;
use super::condition::{Fact, Facts, Gates};
use super::read::{Reader, owned};
use crate::json::Value;
use crate::problem::nearest;
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

/// Reads a group, unless it is broken.
pub(super) fn read_group(group: &Value, groups: &mut Vec<Group>, r: &mut Reader) {
    if !r.object(group, &["id", "dimension"], &["label", "min", "max"]) {
        return;
    }
    let id = r.id(group.get("id"));
    let dimension = r.word(group.get("dimension"), &["fit", "interest"], &[Dimension::Fit, Dimension::Interest]);
    let min = r.whole(group.get("min"), -MOST_BOUND, MOST_BOUND);
    let max = r.whole(group.get("max"), -MOST_BOUND, MOST_BOUND);
    if let (Some(low), Some(high), Some(value)) = (min, max, group.get("max"))
        && high < low
    {
        r.refuse(value, || "`max` is below `min`");
    }
    let label = r.text(group.get("label"));
    if let (Some(id), Some(dimension)) = (id, dimension) {
        groups.push(Group { id: owned(id), dimension, label, min, max });
    }
}

/// What is read before criteria.
pub(super) struct Before<'b> {
    pub(super) facts: &'b Facts<'b>,
    pub(super) groups: &'b [Group],
    /// Whether some groups could not be read.
    pub(super) broken_groups: bool,
}

const KEYS: [&str; 5] = ["label", "when", "each", "up_to", "half_life_days"];

/// Reads a criterion, unless it is broken.
pub(super) fn read(
    criterion: &Value,
    before: &Before<'_>,
    gates: &mut Gates,
    criteria: &mut Vec<Criterion>,
    r: &mut Reader,
) {
    if !r.object(criterion, &["id", "group", "points"], &KEYS) {
        return;
    }
    let id = r.id(criterion.get("id"));
    let group = find_group(criterion.get("group"), before, r);
    let points = r.whole(criterion.get("points"), -MOST_POINTS, MOST_POINTS);
    let half_life_days = r.positive(criterion.get("half_life_days"), 1_000_000);
    let label = r.text(criterion.get("label"));
    let earns = read_earns(criterion, before.facts, gates, r);
    let (Some(id), Some(earns)) = (id, earns) else { return };
    let mut aged_by = Vec::new();
    if let Some(value) = criterion.get("half_life_days") {
        aged_by = aging_signals(earns, gates, before.facts);
        if aged_by.is_empty() {
            r.refuse(value, || "only a criterion that depends on numeric signals alone has a half-life");
        }
    }
    if let (Some(group), Some(points)) = (group, points) {
        let label = label.unwrap_or_else(|| Text::plain(id));
        criteria.push(Criterion { id: owned(id), label, group, points, half_life_days, earns, aged_by });
    }
}

fn find_group(group: Option<&Value>, before: &Before<'_>, r: &mut Reader) -> Option<usize> {
    let id = r.string(group)?;
    let found = before.groups.iter().position(|group| group.id == id);
    if found.is_none() && !before.broken_groups {
        r.refuse(group?, || {
            let near = nearest(id, before.groups.iter().map(|group| group.id.as_str()));
            ["no group has the id `", id, "`", &near].concat()
        });
    }
    found
}

fn read_earns(criterion: &Value, facts: &Facts<'_>, gates: &mut Gates, r: &mut Reader) -> Option<Earns> {
    let (when, each, up_to) = (criterion.get("when"), criterion.get("each"), criterion.get("up_to"));
    if when.is_some() == each.is_some() {
        r.refuse(criterion, || "expected either `when` or `each`");
        return None;
    }
    if each.is_none() {
        if let Some(up_to) = up_to {
            r.refuse(up_to, || "`up_to` goes with `each`");
        }
        return gates.read(when, facts, r).map(Earns::When);
    }
    r.need(criterion, "up_to");
    let up_to = r.whole(up_to, 0, MOST_TIMES);
    match facts.find(each, r)? {
        Fact::Signal(signal) if !facts.signals[signal].measure.is_text() => Some(Earns::Each { signal, up_to: up_to? }),
        _ => {
            r.refuse(each?, || "`each` counts a numeric signal");
            None
        }
    }
}

/// The signals that a criterion depends on; none where it does not depend on numeric signals alone.
fn aging_signals(earns: Earns, gates: &Gates, facts: &Facts<'_>) -> Vec<usize> {
    let gate = match earns {
        Earns::Each { signal, .. } => return vec![signal],
        Earns::When(gate) => gate,
    };
    let mut signals = Vec::new();
    for fact in facts_of(&gates.gates, gate) {
        match fact {
            Fact::Signal(signal) if !facts.signals[signal].measure.is_text() => signals.push(signal),
            _ => return Vec::new(),
        }
    }
    signals
}
