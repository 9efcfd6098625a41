//! What the server itself finds of a lead, in bounded time.

use super::Shared;
use super::submission::Submission;
use leadpact::{Difference, Pact, Received, Time, Value};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

/// How long an assessment may take; past it, the lead is kept without one.
const ASSESSING: Duration = Duration::from_secs(5);
/// How many assessments may run at once, those that were given up among them.
pub(super) const MOST_AT_ONCE: usize = 8;
/// What the server finds of a lead: JSON texts, and what differs.
#[derive(Debug)]
pub(super) struct Assessed {
    pub(super) pact: String,
    pub(super) behaviour: bool,
    pub(super) facts: String,
    pub(super) assessment: Option<String>,
    pub(super) sla: Option<String>,
    pub(super) asked: String,
    pub(super) differences: Vec<Difference>,
}

impl Assessed {
    /// Nothing but what differs.
    fn none(differences: Vec<Difference>) -> Self {
        Self {
            pact: "null".into(),
            behaviour: false,
            facts: "{}".into(),
            assessment: None,
            sla: None,
            asked: "[]".into(),
            differences,
        }
    }
}

/// Assesses a lead; where that takes too long or stops, nothing is found but that.
pub(super) async fn in_time(shared: &Arc<Shared>, submission: &Arc<Submission>, first: Time, now: Time) -> Assessed {
    let work = {
        let (shared, submission) = (Arc::clone(shared), Arc::clone(submission));
        move || whole(&shared, &submission, first, now)
    };
    let assessed = on_a_thread(&shared.assessing, ASSESSING, work).await.and_then(Result::ok);
    assessed.unwrap_or_else(|| Assessed::none(vec![note("assessment", "the lead could not be assessed")]))
}

/// Does work on a thread of its own, if one of the permits is free in time and the work is done in time. A thread
/// cannot be stopped: its permit is free again only when it ends. A panic or a delay in the engine must not cost the
/// lead.
async fn on_a_thread<T: Send + 'static>(
    permits: &Arc<Semaphore>,
    patience: Duration,
    work: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    let done = async {
        let permit = Arc::clone(permits).acquire_owned().await.ok()?;
        let work = move || {
            let _held = permit;
            work()
        };
        tokio::task::spawn_blocking(work).await.ok()
    };
    tokio::time::timeout(patience, done).await.ok().flatten()
}

/// What was received, as the engine takes it.
pub(super) fn received(submission: &Submission, first: Time, at: Time) -> Received<'_> {
    Received { record: record(submission), answers: submission.answers.as_slice(), at, first }
}

/// Recomputes everything from the facts, at the server's clock. Decay counts to `now`, what sales promises from the
/// first receipt.
fn whole(shared: &Shared, submission: &Submission, first: Time, now: Time) -> serde_json::Result<Assessed> {
    let mut differences = Vec::new();
    let Some(pact) = choose_pact(shared, submission, &mut differences) else {
        return Ok(Assessed::none(differences));
    };
    let verified = received(submission, first, now).verify(pact);
    differences.extend(verified.differences);
    Ok(Assessed {
        pact: serde_json::to_string(&verified.pact)?,
        behaviour: verified.behaviour,
        facts: serde_json::to_string(&verified.facts)?,
        assessment: Some(serde_json::to_string(&verified.assessment)?),
        sla: verified.sla.as_ref().map(serde_json::to_string).transpose()?,
        asked: serde_json::to_string(&verified.asked)?,
        differences,
    })
}

/// The pact that the record names, else the form; else the one that knows most of the form's fields.
fn choose_pact<'s>(shared: &'s Shared, submission: &Submission, differences: &mut Vec<Difference>) -> Option<&'s Pact> {
    let claimed = record(submission).and_then(|record| text(record.get("pact")?, "id"));
    let named = [claimed, submission.pact.as_deref()];
    let pact = named.into_iter().flatten().find_map(|id| shared.pacts.get(id));
    let in_record = match record(submission).and_then(|record| record.get("facts")) {
        Some(Value::Object(facts)) => facts.as_slice(),
        _ => &[],
    };
    let names = submission.answers.as_slice().iter().map(|(name, _)| name.as_str());
    let pact = pact.or_else(|| shared.pacts.nearest(names.chain(in_record.iter().map(|(name, _)| name.as_str()))));
    // What the record says of its pact is compared with all else that it says.
    if let Some(id) = &submission.pact
        && pact.is_none_or(|pact| pact.id != *id)
    {
        let short: String = id.chars().take(64).collect();
        let found = pact.map(|pact| Value::Text(pact.id.clone()));
        differences.push(Difference { claimed: Some(Value::Text(short)), found, ..note("pact.id", "") });
    }
    pact
}

/// Says that something is wrong.
pub(super) fn note(what: &str, note: impl Into<String>) -> Difference {
    let note = Some(note.into()).filter(|note| !note.is_empty());
    Difference { what: what.into(), claimed: None, found: None, note }
}

/// The record, where it can be read.
pub(super) fn record(submission: &Submission) -> Option<&Value> {
    submission.record.as_ref()?.as_ref().ok()
}

/// A text in an object.
pub(super) fn text<'v>(value: &'v Value, key: &str) -> Option<&'v str> {
    match value.get(key) {
        Some(Value::Text(text)) => Some(text),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    #[tokio::test]
    async fn work_that_does_not_end_holds_its_permit_and_a_panic_gives_it_back() {
        let (permits, short) = (Arc::new(Semaphore::new(1)), Duration::from_millis(50));
        assert_eq!(on_a_thread(&permits, ASSESSING, || 1).await, Some(1));
        assert_eq!(on_a_thread(&permits, ASSESSING, || -> u8 { panic!("as an engine might") }).await, None);
        let (end, until) = mpsc::channel::<()>();
        assert_eq!(on_a_thread(&permits, short, move || until.recv().is_ok()).await, None);
        assert_eq!(on_a_thread(&permits, short, || 2).await, None);
        end.send(()).unwrap();
        assert_eq!(on_a_thread(&permits, ASSESSING, || 3).await, Some(3));
    }
}
