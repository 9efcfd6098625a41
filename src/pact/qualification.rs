//! When a lead is handed over, and what sales needs to know by then.

use super::condition::{Fact, Facts, Gates};
use super::read::{Object, Reader, ids, unique};
use crate::json::Node;
use crate::text::Text;
use serde::Serialize;

/// How many points a threshold or a minimum may ask for, either way.
pub const MOST_THRESHOLD: i64 = 1_000_000_000;
/// How much of a lead's value is lost, unless the pact says otherwise, when sales does not have what it needs.
const USUAL_WORTH: f64 = 0.1;

/// When a lead is handed over.
#[derive(Clone, Debug)]
pub struct Qualification {
    /// The score from which a lead is handed over.
    pub threshold: i64,
    /// The least fit.
    pub least_fit: Option<i64>,
    /// The least interest; does not count where behaviour was not measured.
    pub least_interest: Option<i64>,
    /// The threshold where behaviour was not measured; the same where absent.
    pub threshold_without_behaviour: Option<i64>,
    /// What excludes a lead whatever its score.
    pub disqualify: Vec<Disqualifier>,
    /// What sales needs to know.
    pub needs: Vec<Need>,
    /// Where grades begin.
    pub grades: Option<Grades>,
}

/// What excludes a lead.
#[derive(Clone, Debug)]
pub struct Disqualifier {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub label: Option<Text>,
    pub(crate) when: usize,
}

/// A fact that sales needs to know of a lead that is handed over.
#[derive(Clone, Debug)]
pub struct Need {
    /// The field.
    pub field: usize,
    /// How much of a lead's value is lost when sales does not have it, from 0 to 1.
    pub worth: f64,
    pub(crate) when: Option<usize>,
}

/// Where grades begin: at the first number A or 1, at the second B or 2, at the third C or 3.
#[derive(Clone, Debug)]
pub struct Grades {
    /// Fit, descending.
    pub fit: [i64; 3],
    /// Interest, descending.
    pub interest: [i64; 3],
}

impl Grades {
    /// The grade, `A1` … `D4`; with `-` for the interest that was not measured.
    #[must_use]
    pub fn grade(&self, fit: i64, interest: Option<i64>) -> String {
        let step = |value: i64, from: &[i64; 3]| from.iter().position(|least| value >= *least).unwrap_or(3);
        let letter = ["A", "B", "C", "D"].get(step(fit, &self.fit)).copied().unwrap_or_default();
        let digit = interest
            .map_or("-", |value| ["1", "2", "3", "4"].get(step(value, &self.interest)).copied().unwrap_or_default());
        [letter, digit].concat()
    }
}

/// Where a lead goes. It says nothing of whether the lead is delivered: every form that is submitted arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Decision {
    /// To sales.
    Handoff,
    /// Stays with marketing.
    Nurture,
    /// Outside what the pact is about.
    Disqualified,
}

impl Qualification {
    /// The decision for these points.
    #[must_use]
    pub fn decide(&self, fit: i64, interest: i64, disqualified: bool, behaviour: bool) -> Decision {
        if disqualified {
            return Decision::Disqualified;
        }
        let enough = fit.saturating_add(interest) >= self.threshold(behaviour);
        let fits = self.least_fit.is_none_or(|least| fit >= least);
        let interested = !behaviour || self.least_interest.is_none_or(|least| interest >= least);
        if enough && fits && interested { Decision::Handoff } else { Decision::Nurture }
    }

    /// The threshold that applies.
    #[must_use]
    pub fn threshold(&self, behaviour: bool) -> i64 {
        if behaviour { self.threshold } else { self.threshold_without_behaviour.unwrap_or(self.threshold) }
    }
}

const KEYS: [&str; 6] = ["threshold", "minimums", "without_behaviour", "disqualify", "needs", "grades"];

pub(super) fn read(node: &Node<'_>, gates: &mut Gates, facts: &Facts, r: &mut Reader) -> Option<Qualification> {
    let object = node.object(&KEYS, r)?;
    let threshold = object.need("threshold", r).and_then(|threshold| points(&threshold, r));
    let minimums = object.get("minimums").and_then(|minimums| minimums.object(&["fit", "interest"], r));
    let least = |key: &str, r: &mut Reader| minimums.as_ref()?.get(key).and_then(|least| points(&least, r));
    let (least_fit, least_interest) = (least("fit", r), least("interest", r));
    let without = object.get("without_behaviour").and_then(|without| without.object(&["threshold"], r));
    let threshold_without_behaviour = without.and_then(|without| points(&without.get("threshold")?, r));
    let disqualify = read_disqualify(&object, gates, facts, r);
    let needs = read_needs(&object, gates, facts, r);
    let grades = object.get("grades").and_then(|grades| read_grades(&grades, r));
    Some(Qualification {
        threshold: threshold?,
        least_fit,
        least_interest,
        threshold_without_behaviour,
        disqualify,
        needs,
        grades,
    })
}

fn points(node: &Node<'_>, r: &mut Reader) -> Option<i64> {
    node.whole(-MOST_THRESHOLD, MOST_THRESHOLD, r)
}

fn read_disqualify(object: &Object<'_>, gates: &mut Gates, facts: &Facts, r: &mut Reader) -> Vec<Disqualifier> {
    let nodes = object.items("disqualify", r);
    let mut read = Vec::with_capacity(nodes.len());
    unique(&ids(&nodes), r);
    for node in &nodes {
        let Some(object) = node.object(&["id", "label", "when"], r) else { continue };
        let id = object.need("id", r).and_then(|id| id.id(r));
        let label = object.text("label", r);
        let when = object.need("when", r).and_then(|when| gates.read(&when, facts, r));
        if let (Some(id), Some(when)) = (id, when) {
            read.push(Disqualifier { id, label, when });
        }
    }
    read
}

fn read_needs(object: &Object<'_>, gates: &mut Gates, facts: &Facts, r: &mut Reader) -> Vec<Need> {
    let nodes = object.items("needs", r);
    let mut read: Vec<Need> = Vec::with_capacity(nodes.len());
    for node in &nodes {
        let (fact, worth, when) = match node.value {
            crate::json::Value::Text(_) => (Some(*node), None, None),
            _ => {
                let Some(need) = node.object(&["fact", "when", "worth"], r) else { continue };
                let worth = need.get("worth").and_then(|worth| worth.part(r));
                let when = need.get("when").map(|when| gates.read(&when, facts, r));
                (need.need("fact", r), worth, when)
            }
        };
        let Some(fact) = fact else { continue };
        match facts.find(&fact, r) {
            Some(Fact::Field(field)) if read.iter().any(|need| need.field == field) => {
                r.refuse(&fact, || "this fact is needed twice");
            }
            Some(Fact::Field(field)) => {
                read.push(Need { field, worth: worth.unwrap_or(USUAL_WORTH), when: when.flatten() });
            }
            Some(_) => r.refuse(&fact, || "`needs` names fields, which somebody can answer"),
            None => {}
        }
    }
    read
}

fn read_grades(node: &Node<'_>, r: &mut Reader) -> Option<Grades> {
    let object = node.object(&["fit", "interest"], r)?;
    let fit = object.need("fit", r).and_then(|steps| read_steps(&steps, r));
    let interest = object.need("interest", r).and_then(|steps| read_steps(&steps, r));
    Some(Grades { fit: fit?, interest: interest? })
}

fn read_steps(node: &Node<'_>, r: &mut Reader) -> Option<[i64; 3]> {
    let steps: Vec<i64> = node.list(r).iter().filter_map(|step| points(step, r)).collect();
    match steps.as_slice() {
        [first, second, third] if first >= second && second >= third => Some([*first, *second, *third]),
        _ => {
            r.refuse(node, || "expected three whole numbers, the largest first");
            None
        }
    }
}
