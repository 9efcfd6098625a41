//! The hand-off record: the lead, the assessment, and what was promised.

use super::clock;
use crate::asking::Why;
use crate::asking::visit::Experiment;
use crate::json::Value;
use crate::lead::Lead;
use crate::pact::Terms;
use crate::pact::condition::Truth;
use crate::pact::handoff::{Channel, Sla};
use crate::score::assessment::Assessment;
use crate::time::Time;
use serde::Serialize;

/// Milliseconds in an hour.
const HOUR: f64 = 3_600_000.0;

/// What travels with a lead. Given the same pact, anyone can recompute it from the facts.
#[derive(Clone, Debug, Serialize)]
pub struct Record {
    /// The format of the record: 1.
    pub record: u32,
    /// A random id, the same however often the record is sent.
    pub id: String,
    /// Which version of the answers this is, from 1: the highest wins.
    pub attempt: u32,
    /// The pact that both teams signed.
    pub pact: PactRef,
    /// When the record was made, by the clock of who made it.
    pub at: Time,
    /// Whether behaviour was measured.
    pub behaviour: bool,
    /// The facts, by id.
    pub facts: Value,
    /// Everything the engine says of them.
    pub assessment: Assessment,
    /// Who takes the lead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub route: Option<String>,
    /// What sales promises.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sla: Option<Promise>,
    /// The questions that were asked beyond those always asked, in their order.
    pub asked: Vec<Asked>,
    /// What was drawn for the visit; absent where the pact makes no experiment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub experiment: Option<Experiment>,
    /// What the visitor consented to.
    pub consent: Consent,
    /// Whether a program seems to have filled the form; absent where nothing says so. No reason to refuse a lead.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub automated: bool,
}

/// Which pact a record was made with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PactRef {
    /// Its id.
    pub id: String,
    /// The revision that was signed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revision: Option<String>,
    /// SHA-256 of its canonical JSON; absent where it could not be computed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hash: Option<String>,
}

/// What sales promises for a lead.
#[derive(Clone, Debug, Serialize)]
pub struct Promise {
    /// Hours until the first response.
    pub respond_within_hours: f64,
    /// By when, by channel; empty where the pact's calendar has no such time within ten years, or its zone is not known.
    #[serde(skip_serializing_if = "Vec::is_empty", serialize_with = "by_channel")]
    pub due_at: Vec<(Channel, Time)>,
    /// By which channels.
    pub channels: Vec<Channel>,
    /// How many tries before the lead is given up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attempts: Option<i64>,
    /// Hours between tries.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub every_hours: Option<f64>,
}

fn by_channel<S: serde::Serializer>(due: &[(Channel, Time)], to: S) -> Result<S::Ok, S::Error> {
    to.collect_map(due.iter().map(|(channel, at)| (channel, at)))
}

/// A question that was asked.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Asked {
    /// The field's id.
    pub field: String,
    /// Why it was asked.
    pub why: Why,
    /// How likely it was to be asked then; absent where the pact does not explore.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub probability: Option<f64>,
}

/// What the visitor consented to, and how that is known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Consent {
    /// Whether behaviour may be measured.
    pub behaviour: bool,
    /// Who says so, such as the consent manager.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// When it was said, as the page gave it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// Which text was agreed to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text_version: Option<String>,
    /// Whether the browser sent Global Privacy Control, by which its user objects to being measured unless asked.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub gpc: bool,
}

/// What a record says beyond the lead itself.
#[derive(Clone, Debug)]
pub struct Claim {
    /// The submission's id.
    pub id: String,
    /// Which version of the answers this is, from 1.
    pub attempt: u32,
    /// The pact's hash, where the pact itself does not know it.
    pub pact_hash: Option<String>,
    /// The questions that were asked.
    pub asked: Vec<Asked>,
    /// What the visitor consented to.
    pub consent: Consent,
    /// Whether a program seems to have filled the form.
    pub automated: bool,
}

impl Lead {
    /// The record of this lead at the time `now`.
    #[cfg(feature = "text")]
    #[must_use]
    pub fn hand_off(&self, claim: Claim, now: Time) -> Record {
        let terms = self.terms();
        let own_hash = (!terms.hash.is_empty()).then(|| terms.hash.clone());
        let assessment = self.assess_after(claim.asked.len(), now);
        Record {
            record: 1,
            id: claim.id,
            attempt: claim.attempt,
            pact: PactRef {
                id: terms.id.clone(),
                revision: terms.revision.clone(),
                hash: own_hash.or(claim.pact_hash),
            },
            at: now,
            behaviour: self.behaviour(),
            facts: self.facts(),
            route: assessment.route.clone(),
            assessment,
            sla: self.promise(now),
            asked: claim.asked,
            experiment: self.experiment(),
            consent: claim.consent,
            automated: claim.automated,
        }
    }

    /// What sales promises for this lead: the first SLA whose condition is true or absent, counted from `from`.
    #[cfg(feature = "text")]
    #[must_use]
    pub fn promise(&self, from: Time) -> Option<Promise> {
        let calendar = self.terms().handoff.calendar.as_ref();
        let zone = calendar.and_then(|calendar| super::zone::zone(&calendar.zone));
        self.promise_in(from, &|at| super::zone::ahead(zone.as_ref()?, at))
    }

    /// [`Self::promise`], where `ahead` says by how many milliseconds the clocks of the calendar's zone are ahead of UTC at
    /// an instant, if that is known.
    #[must_use]
    pub fn promise_in(&self, from: Time, ahead: &dyn Fn(Time) -> Option<i64>) -> Option<Promise> {
        let handoff = &self.terms().handoff;
        let applies = |sla: &&Sla| Terms::holds(sla.when, |gate| -> Truth { self.truths.of(gate) });
        let sla = handoff.sla.iter().find(applies)?;
        #[expect(clippy::cast_possible_truncation, reason = "at most ten years")]
        let promised = libm::round(sla.respond_within_hours * HOUR) as i64;
        let due = match &handoff.calendar {
            Some(calendar) => clock::due(calendar, from, promised, ahead),
            None => Some(Time(from.0.saturating_add(promised))),
        };
        let at = |channel: &Channel| Some((*channel, due?));
        Some(Promise {
            respond_within_hours: sla.respond_within_hours,
            due_at: sla.channels.iter().filter_map(at).collect(),
            channels: sla.channels.clone(),
            attempts: sla.attempts,
            every_hours: sla.every_hours,
        })
    }
}
