//! A line of a lead file.

use crate::json::Value;
use crate::lead::Lead;
use crate::pact::Pact;
use crate::pact::read::{Reader, ignored, owned};
use crate::problem::{FactError, Problems};
use crate::time::Time;

/// A lead as a line of a lead file tells of it.
///
/// ```
/// use leadpact::{LeadLine, Pact, parse};
///
/// let pact: Pact = r#"{
///     "pact": 1, "id": "demo",
///     "fields": [{"id": "team", "label": "Team", "kind": "number"}],
///     "qualification": {"threshold": 50}
/// }"#.parse()?;
/// let line = parse(r#"{"id": "L-1", "at": "2026-11-20T10:00:00Z", "facts": {"team": 12}}"#)?;
/// let line = LeadLine::read(&pact, &line, None)?;
/// assert_eq!(line.lead.assess(line.at).score, 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct LeadLine {
    /// The lead's id, where the line has one.
    pub id: Option<String>,
    /// When the facts were as they are here: the time of the assessment.
    pub at: Time,
    /// The lead.
    pub lead: Lead,
    /// What became of it.
    pub outcome: Option<Outcome>,
    /// Facts that do not fit the pact: they are left unknown.
    pub refused: Vec<FactError>,
}

/// What became of a lead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The stage that it reached.
    Stage(String),
    /// The reason for which sales rejected it.
    Rejected(String),
}

impl LeadLine {
    /// Reads a line. `now` is the time of a line that has none.
    ///
    /// # Errors
    /// Everything that makes it no line of a lead file, facts that the pact does not know included.
    pub fn read(pact: &Pact, line: &Value, now: Option<Time>) -> Result<Self, Problems> {
        let mut r = Reader::default();
        match read(pact, line, now, &mut r) {
            Some(read) if r.is_content() => Ok(read),
            _ => Err(r.problems(line)),
        }
    }
}

fn read(pact: &Pact, line: &Value, now: Option<Time>, r: &mut Reader) -> Option<LeadLine> {
    if !r.object(line, &[], &["id", "at", "behaviour", "facts", "outcome"]) {
        return None;
    }
    let id = r.string(line.get("id")).map(owned);
    let at = read_time(line, now, r);
    let behaviour = r.flag(line.get("behaviour")).unwrap_or(true);
    let mut refused = Vec::new();
    let mut lead = Lead::new(pact);
    lead.set_behaviour(behaviour);
    let facts = line.get("facts").and_then(|facts| r.map(facts));
    for (fact, value) in facts.unwrap_or_default() {
        if ignored(fact) {
            continue;
        }
        let known = pact.names.get(fact.as_str()).is_some();
        match lead.take(fact, value, at.unwrap_or(Time(0))) {
            Err(error) if !known => r.refuse(value, || error.message),
            taken => refused.extend(taken.err()),
        }
    }
    let outcome = line.get("outcome").and_then(|outcome| read_outcome(pact, outcome, &mut refused, r));
    Some(LeadLine { id, at: at?, lead, outcome, refused })
}

/// Without any time, ages are 0 only as long as no signal says when it grew.
fn read_time(line: &Value, now: Option<Time>, r: &mut Reader) -> Option<Time> {
    if let Some(at) = line.get("at") {
        let text = r.string(Some(at))?;
        return text.parse().map_err(|message: String| r.refuse(at, || message)).ok();
    }
    let dated = |value: &Value| value.get("last").is_some();
    let needs_time =
        matches!(line.get("facts"), Some(Value::Object(facts)) if facts.iter().any(|(_, value)| dated(value)));
    if now.is_none() && needs_time {
        r.refuse(line, || "`at` is missing: the age of a signal counts from it");
        return None;
    }
    Some(now.unwrap_or(Time(0)))
}

fn read_outcome(pact: &Pact, value: &Value, refused: &mut Vec<FactError>, r: &mut Reader) -> Option<Outcome> {
    if !r.object(value, &[], &["stage", "rejected", "times"]) {
        return None;
    }
    let outcome = match (r.name(value.get("stage")), r.name(value.get("rejected"))) {
        (Some(stage), None) => Outcome::Stage(owned(stage)),
        (None, Some(reason)) => Outcome::Rejected(owned(reason)),
        _ => {
            r.refuse(value, || "expected either `stage` or `rejected`");
            return None;
        }
    };
    let (id, known): (&str, Vec<&str>) = match &outcome {
        Outcome::Stage(id) => (id, pact.pipeline.stages.iter().map(|stage| stage.id.as_str()).collect()),
        Outcome::Rejected(id) => (id, pact.pipeline.rejections.iter().map(|reason| reason.id.as_str()).collect()),
    };
    if !known.is_empty() && !known.contains(&id) {
        let message = ["the pact's pipeline has no `", id, "`", &crate::problem::nearest(id, known)].concat();
        refused.push(FactError { fact: "outcome".into(), message });
    }
    Some(outcome)
}
