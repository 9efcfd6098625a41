//! The server's half: everything that a record says is computed anew from its facts, at the server's clock.

use super::difference::{Difference, Differences, is_close, time, tree};
use super::given::Signals;
use super::record::{PactRef, Promise};
use crate::json::Value;
use crate::lead::Lead;
use crate::pact::Pact;
use crate::pact::condition::Fact;
use crate::score::assessment::Assessment;
use crate::time::Time;
use serde::Serialize;

/// The longest record, in bytes.
pub const LONGEST_RECORD: usize = 256 * 1024;
/// A receipt is held within the times from which ten years on can still be written.
const EARLIEST: Time = Time(0);
const LATEST: Time = Time(253_085_983_200_000);

/// What was received of a lead, and when.
///
/// Form and record are claims of whoever sent them: any value will do.
#[derive(Clone, Copy, Debug)]
pub struct Received<'r> {
    /// The hand-off record; a form that was sent without the module has none.
    pub record: Option<&'r Value>,
    /// What the form itself sent: each name once, with all its values. A field's own answer wins over the record's fact.
    pub answers: &'r [(String, Vec<String>)],
    /// When this arrived, by the server's clock: decay counts to it.
    pub at: Time,
    /// When the id first arrived: what sales promises counts from it.
    pub first: Time,
}

/// What the server itself finds of a lead, and how that differs from what the record claims.
#[derive(Clone, Debug, Serialize)]
pub struct Verification {
    /// The record's id; absent where it is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Which version of the answers this is, from 1: the highest wins.
    pub attempt: u32,
    /// The pact that the lead was held against.
    pub pact: PactRef,
    /// Whether what was measured of the visitor counts: the record says so, and the consent in it allows it.
    pub behaviour: bool,
    /// The facts that were assessed, by id.
    pub facts: Value,
    /// Everything the engine says of them at the time of receipt.
    pub assessment: Assessment,
    /// What sales promises, from the first receipt on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sla: Option<Promise>,
    /// The questions that were asked, as the record has them.
    pub asked: Value,
    /// Where the record claims something else; empty where it is true.
    pub differences: Vec<Difference>,
}

/// Computes everything that a record says anew, at the time of its receipt, and says what differs.
///
/// Any JSON is a record: nothing is refused, and what cannot be used is a difference. That none is said means that the
/// record follows from its facts, not that the facts are true.
///
/// ```
/// use leadpact::{Pact, Time, parse, verify};
///
/// let pact: Pact = r#"{
///     "pact": 1, "id": "demo",
///     "fields": [{"id": "team", "label": "Team", "kind": "number"}],
///     "groups": [{"id": "company", "dimension": "fit"}],
///     "criteria": [{"id": "large", "group": "company", "points": 60, "when": {"fact": "team", "at_least": 50}}],
///     "qualification": {"threshold": 50}
/// }"#.parse()?;
/// let record = parse(r#"{"record": 1, "facts": {"team": 12}, "assessment": {"score": 99}}"#)?;
/// let verified = verify(&record, &pact, Time(1_795_168_800_000));
/// assert_eq!(verified.assessment.score, 0);
/// assert!(verified.differences.iter().any(|difference| difference.what == "score"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[cfg(feature = "text")]
#[must_use]
pub fn verify(record: &Value, pact: &Pact, received_at: Time) -> Verification {
    Received::record(record, received_at).verify(pact)
}

impl<'r> Received<'r> {
    /// A record alone, received for the first time.
    #[must_use]
    pub fn record(record: &'r Value, at: Time) -> Self {
        Self { record: Some(record), answers: &[], at, first: at }
    }

    /// The record's id, where it is one: 32 hexadecimal digits.
    #[must_use]
    pub fn id(&self) -> Option<&'r str> {
        match self.record?.get("id")? {
            Value::Text(id) if is_id(id) => Some(id),
            _ => None,
        }
    }

    /// Which version of the answers this is; 1 where the record does not say it.
    #[must_use]
    pub fn attempt(&self) -> u32 {
        match self.record.and_then(|record| record.get("attempt")) {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "held within bounds first")]
            Some(Value::Number(attempt)) => attempt.clamp(1.0, f64::from(u32::MAX)) as u32,
            _ => 1,
        }
    }

    /// [`verify`], for this receipt.
    #[cfg(feature = "text")]
    #[must_use]
    pub fn verify(self, pact: &Pact) -> Verification {
        let calendar = pact.handoff.calendar.as_ref();
        let zone = calendar.and_then(|calendar| super::zone::zone(&calendar.zone));
        self.verify_in(pact, &|at| super::zone::ahead(zone.as_ref()?, at))
    }

    /// [`Self::verify`], where `ahead` says by how many milliseconds the clocks of the calendar's zone are ahead of UTC at
    /// an instant, if that is known.
    #[must_use]
    pub fn verify_in(mut self, pact: &Pact, ahead: &dyn Fn(Time) -> Option<i64>) -> Verification {
        [self.at, self.first] = [self.at, self.first].map(|at| at.clamp(EARLIEST, LATEST));
        let mut differences = Differences::default();
        let hash = Some(pact.hash.clone()).filter(|hash| !hash.is_empty());
        let own = PactRef { id: pact.id.clone(), revision: pact.revision.clone(), hash };
        if let Some(record) = self.record {
            self.compare_heads(record, &tree(&own), &mut differences);
        }
        let signals = self.record.map_or(Signals::Denied, |record| measured(record, &mut differences));
        let mut lead = self.lead(pact, signals, &mut differences);
        if let Some(Value::Number(draw)) = self.below("experiment", "draw") {
            lead.draw(*draw);
        }
        let asked = match self.record.and_then(|record| record.get("asked")) {
            Some(Value::List(asked)) => asked.clone(),
            _ => Vec::new(),
        };
        let assessment = lead.assess_after(asked.len(), self.at);
        let sla = lead.promise_in(self.first, ahead);
        if let Some(record) = self.record {
            self.compare(record, &lead, asked.len(), &assessment, &mut differences);
            compare_asked(record.get("asked"), pact, &mut differences);
            // A later attempt is honest where it counts from the time at which it was made.
            let at_own_time = time(record.get("at")).filter(|at| is_close(*at, self.first) || is_close(*at, self.at));
            let promised = at_own_time.and_then(|at| lead.promise_in(at, ahead));
            let [own, found] = [&promised, &sla].map(|promise| promise.as_ref().map(tree));
            compare_promises(record.get("sla"), found.as_ref(), own.as_ref(), &mut differences);
        }
        Verification {
            id: self.id().map(str::to_owned),
            attempt: self.attempt(),
            pact: own,
            behaviour: signals == Signals::Count,
            facts: lead.facts(),
            assessment,
            sla,
            asked: Value::List(asked),
            differences: differences.0,
        }
    }

    fn below(&self, key: &str, inner: &str) -> Option<&'r Value> {
        self.record?.get(key)?.get(inner)
    }

    /// What says which record this is, of which pact, and when it was made.
    fn compare_heads(&self, record: &Value, pact: &Value, differences: &mut Differences) {
        let format = record.get("record");
        match (record, format) {
            (Value::Object(_), Some(Value::Number(format))) if *format == 1.0 => {}
            (Value::Object(_), Some(Value::Number(format))) if *format > 1.0 => {
                differences.note("record", "of a newer format than 1: only what this engine knows was compared");
            }
            (Value::Object(_), _) => differences.note("record", "expected the format 1, as a number"),
            (other, _) => differences.note("record", ["expected an object, found ", other.kind()].concat()),
        }
        if self.id().is_none() {
            differences.note("id", "expected 32 hexadecimal digits");
        }
        match record.get("attempt") {
            Some(Value::Number(attempt)) if f64::from(self.attempt()) == *attempt => {}
            _ => differences.note("attempt", "expected a whole number from 1"),
        }
        // A pact that was not read from text has no hash to compare with.
        let keys = ["id", "revision", "hash"];
        for key in keys.iter().filter(|key| **key != "hash" || pact.get(key).is_some()) {
            differences.compare(["pact.", key].concat(), self.below("pact", key), pact.get(key));
        }
        differences.compare_clocks(record.get("at"), self.at);
    }

    /// What follows from the facts. A score that fades may have changed since the record was made: where the clocks agree,
    /// what follows at the record's `own` time is no difference.
    fn compare(&self, record: &Value, lead: &Lead, asked: usize, found: &Assessment, differences: &mut Differences) {
        let claimed = record.get("assessment").unwrap_or(&Value::Null);
        let own = time(record.get("at")).filter(|at| is_close(*at, self.at) && !lead.pact().fading.is_empty());
        let found = own.map_or_else(|| tree(found), |at| tree(&lead.assess_after(asked, at)));
        differences.compare_assessments(claimed, &found);
        if !differences.0.iter().any(|difference| difference.what == "route") {
            differences.compare("route", record.get("route"), found.get("route"));
        }
        differences.compare(
            "experiment",
            record.get("experiment"),
            lead.experiment().map(|drawn| tree(&drawn)).as_ref(),
        );
    }
}

/// Whether a text can be the id of a submission: 32 hexadecimal digits, in small letters.
#[must_use]
pub fn is_id(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// Whether what was measured counts: the record says that it was, and the consent in it allows it.
fn measured(record: &Value, differences: &mut Differences) -> Signals {
    let consent = record.get("consent");
    let says = record.get("behaviour") == Some(&Value::Bool(true));
    let may = consent.and_then(|consent| consent.get("behaviour")) == Some(&Value::Bool(true));
    if says && !may {
        differences.note("consent", "behaviour was measured without consent: what was measured is left out");
    }
    let given = time(consent.and_then(|consent| consent.get("at")));
    // A consent manager may go by another clock than the page.
    if let (Some(given), Some(at)) = (given, time(record.get("at")))
        && given > at
        && !is_close(given, at)
    {
        differences.note("consent.at", "the consent is younger than the record");
    }
    match (says, may) {
        (true, true) => Signals::Count,
        (true, false) => Signals::LeftOut,
        (false, _) => Signals::Denied,
    }
}

/// Questions are the pact's; one may have been asked, gone and asked again.
fn compare_asked(asked: Option<&Value>, pact: &Pact, differences: &mut Differences) {
    let is_ours = |asked: &Value| match asked.get("field") {
        Some(Value::Text(id)) => matches!(pact.names.get(id.as_str()), Some(Fact::Field(_))),
        _ => false,
    };
    if !matches!(asked, Some(Value::List(asked)) if asked.iter().all(is_ours)) {
        differences.note("asked", "expected a list of questions of the pact");
    }
}

/// Compares what the record says was promised with what is found. Two clocks that agree but for a moment may be a night
/// apart in working hours, so what follows from the record's `own` time is no difference.
fn compare_promises(
    claimed: Option<&Value>,
    found: Option<&Value>,
    own: Option<&Value>,
    differences: &mut Differences,
) {
    let (Some(Value::Object(_)), Some(promised)) = (claimed, found) else {
        return differences.compare("sla", claimed, found);
    };
    for key in ["respond_within_hours", "channels", "attempts", "every_hours"] {
        let claims = claimed.and_then(|sla| sla.get(key));
        differences.compare(["sla.", key].concat(), claims, promised.get(key));
    }
    let due = |sla: Option<&'_ Value>| sla.and_then(|sla| sla.get("due_at")).cloned();
    let (claimed, own) = (due(claimed), due(own));
    let found = match promised.get("due_at") {
        Some(Value::Object(found)) => found.as_slice(),
        _ => &[],
    };
    for (channel, at) in found {
        let claims = claimed.as_ref().and_then(|due| due.get(channel));
        let own = own.as_ref().and_then(|due| due.get(channel));
        if let Some(at) = time(Some(at)).filter(|_| claims.is_none() || claims != own) {
            differences.compare_times(&["sla.due_at.", channel].concat(), claims, at);
        }
    }
    let more = match &claimed {
        None => false,
        Some(Value::Object(claimed)) => claimed.iter().any(|(key, _)| found.iter().all(|(channel, _)| channel != key)),
        Some(_) => true,
    };
    if more {
        differences.note("sla.due_at", "there are times for more than the channels that are promised");
    }
}
