//! When a lead is handed over, and what sales needs to know by then.

use super::condition::{Fact, Facts, Gates};
use super::read::{Reader, all, owned};
use crate::json::Value;
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

const KEYS: [&str; 5] = ["minimums", "without_behaviour", "disqualify", "needs", "grades"];

/// Reads the qualification; what is broken of it is left out.
#[inline(never)]
pub(super) fn read(value: Option<&Value>, gates: &mut Gates, facts: &Facts<'_>, r: &mut Reader) -> Qualification {
    let mut read = Qualification {
        threshold: 0,
        least_fit: None,
        least_interest: None,
        threshold_without_behaviour: None,
        disqualify: Vec::new(),
        needs: Vec::new(),
        grades: None,
    };
    let Some(value) = value else { return read };
    if !r.object(value, &["threshold"], &KEYS) {
        return read;
    }
    read.threshold = points(value.get("threshold"), r).unwrap_or(0);
    if let Some(minimums) = value.get("minimums")
        && r.object(minimums, &[], &["fit", "interest"])
    {
        read.least_fit = points(minimums.get("fit"), r);
        read.least_interest = points(minimums.get("interest"), r);
    }
    if let Some(without) = value.get("without_behaviour")
        && r.object(without, &[], &["threshold"])
    {
        read.threshold_without_behaviour = points(without.get("threshold"), r);
    }
    let disqualify = r.items(value, "disqualify");
    r.unique(&all(&[disqualify], "id"));
    for item in disqualify {
        read_disqualifier(item, &mut read.disqualify, gates, facts, r);
    }
    for need in r.items(value, "needs") {
        read_need(need, &mut read.needs, gates, facts, r);
    }
    if let Some(grades) = value.get("grades")
        && r.object(grades, &["fit", "interest"], &[])
    {
        let (fit, interest) = (read_steps(grades.get("fit"), r), read_steps(grades.get("interest"), r));
        read.grades = Some(Grades { fit, interest });
    }
    read
}

fn points(value: Option<&Value>, r: &mut Reader) -> Option<i64> {
    r.whole(value, -MOST_THRESHOLD, MOST_THRESHOLD)
}

fn read_disqualifier(
    value: &Value,
    disqualify: &mut Vec<Disqualifier>,
    gates: &mut Gates,
    facts: &Facts<'_>,
    r: &mut Reader,
) {
    if !r.object(value, &["id", "when"], &["label"]) {
        return;
    }
    let id = r.id(value.get("id"));
    let label = r.text(value.get("label"));
    let when = gates.read(value.get("when"), facts, r);
    if let (Some(id), Some(when)) = (id, when) {
        disqualify.push(Disqualifier { id: owned(id), label, when });
    }
}

fn read_need(value: &Value, needs: &mut Vec<Need>, gates: &mut Gates, facts: &Facts<'_>, r: &mut Reader) {
    let (mut fact, mut worth, mut when) = (Some(value), None, None);
    if !matches!(value, Value::Text(_)) {
        if !r.object(value, &["fact"], &["when", "worth"]) {
            return;
        }
        fact = value.get("fact");
        worth = r.part(value.get("worth"));
        when = gates.read(value.get("when"), facts, r);
    }
    let (Some(fact), Some(found)) = (fact, facts.find(fact, r)) else { return };
    match found {
        Fact::Field(field) if needs.iter().any(|need| need.field == field) => {
            r.refuse(fact, || "this fact is needed twice");
        }
        Fact::Field(field) => needs.push(Need { field, worth: worth.unwrap_or(USUAL_WORTH), when }),
        _ => r.refuse(fact, || "`needs` names fields, which somebody can answer"),
    }
}

fn read_steps(value: Option<&Value>, r: &mut Reader) -> [i64; 3] {
    let mut steps = [0; 3];
    let Some(value) = value else { return steps };
    let mut count = 0;
    for item in r.list(value).unwrap_or_default() {
        let Some(step) = points(Some(item), r) else { continue };
        if let Some(slot) = steps.get_mut(count) {
            *slot = step;
        }
        count += 1;
    }
    let [first, second, third] = steps;
    if count != 3 || first < second || second < third {
        r.refuse(value, || "expected three whole numbers, the largest first");
    }
    steps
}
