//! `POST /leads`: every form that is submitted arrives.

use super::difference::{Differences, is_close};
use super::store::Kept;
use super::submission::{Submission, Unreadable};
use super::words::Language;
use super::{Shared, answer, now};
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use http_body_util::BodyExt;
use leadpact::terms::{Field, Kind};
use leadpact::{Lead, Pact, Time, Value};
use serde_json::{Value as Json, json};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

/// The longest body, in bytes.
const LONGEST: usize = 256 * 1024;
/// How much of a body that is too long is read.
const MOST_DROPPED: usize = 8 * 1024 * 1024;
/// How long a body may take to arrive.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long an assessment may take; past it, the lead is kept without one.
const ASSESSING: Duration = Duration::from_secs(5);
/// How many assessments may run at once, those that were given up among them.
pub(super) const MOST_AT_ONCE: usize = 8;

pub(super) async fn receive(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let accepts_json = accepts_json(&head.headers);
    let language = Language::accepted(&head.headers);
    let refuse = |status, message: &str| answer::refused(status, message, language, accepts_json);
    let body = match whole(body).await {
        Ok(body) => body,
        Err((status, message)) => return refuse(status, message),
    };
    let content_type = head.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let submission = match Submission::read(content_type, body).await {
        Ok(submission) => submission,
        Err(Unreadable::Type) => return refuse(StatusCode::UNSUPPORTED_MEDIA_TYPE, "expected a form or JSON"),
        Err(Unreadable::Broken(what)) => return refuse(StatusCode::BAD_REQUEST, what),
        Err(Unreadable::Empty) => return refuse(StatusCode::BAD_REQUEST, "nothing was sent"),
    };
    let language = submission.language.as_deref().and_then(Language::named).unwrap_or(language);
    let elsewhere = is_from_elsewhere(&head.headers);
    match keep(shared, submission, elsewhere).await {
        Ok(id) => answer::kept(&id, language, accepts_json),
        Err(error) => {
            crate::say::error(&format!("a lead could not be kept: {error:#}"));
            answer::refused(
                StatusCode::INTERNAL_SERVER_ERROR,
                "the lead could not be kept: send it again",
                language,
                accepts_json,
            )
        }
    }
}

/// The whole body, if it comes in time and is not too long. What is too long is read a while and dropped, since most
/// programs look at an answer only when they have sent everything.
async fn whole(mut body: Body) -> Result<Vec<u8>, (StatusCode, &'static str)> {
    const TOO_LONG: (StatusCode, &str) = (StatusCode::PAYLOAD_TOO_LARGE, "a body has at most 262144 bytes");
    let (mut bytes, mut read) = (Vec::new(), 0_usize);
    let reading = async {
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|_| (StatusCode::BAD_REQUEST, "the body did not arrive whole"))?;
            let data = frame.into_data().unwrap_or_default();
            read = read.saturating_add(data.len());
            if read <= LONGEST {
                bytes.extend_from_slice(&data);
            } else if read > MOST_DROPPED {
                return Err(TOO_LONG);
            }
        }
        Ok(())
    };
    let outcome = tokio::time::timeout(PATIENCE, reading).await;
    outcome.unwrap_or(Err((StatusCode::REQUEST_TIMEOUT, "the body took too long")))?;
    if read > LONGEST { Err(TOO_LONG) } else { Ok(bytes) }
}

fn accepts_json(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accept.contains("application/json") && !accept.contains("text/html")
}

/// Whether a page of another site sent the form. There is no login to abuse, so it is said and not refused.
fn is_from_elsewhere(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value: &header::HeaderValue| value.to_str().ok());
    match (text(header::ORIGIN), text(header::HOST)) {
        (Some(origin), Some(host)) => origin.split_once("://").is_none_or(|(_, from)| from != host),
        _ => false,
    }
}

/// Assesses a lead and keeps it; where it cannot be assessed, keeps it all the same.
async fn keep(shared: Arc<Shared>, submission: Submission, elsewhere: bool) -> anyhow::Result<String> {
    let submission = Arc::new(submission);
    let now = now();
    let mut differences = Differences::default();
    if elsewhere {
        differences.note("origin", "sent by a page of another site");
    }
    if submission.too_many {
        differences.note("answers", "too many different names: the last ones are left out");
    }
    let id = choose_id(&submission, &mut differences)?;
    let first = {
        let (shared, id) = (Arc::clone(&shared), id.clone());
        tokio::task::spawn_blocking(move || shared.store.received_at(&id)).await??.unwrap_or(now)
    };
    let assessed = {
        let (permits, shared, submission) = (&shared.assessing, Arc::clone(&shared), Arc::clone(&submission));
        in_time(permits, ASSESSING, move || assess(&shared, &submission, first, now)).await
    };
    let mut assessed = assessed.unwrap_or_else(|| {
        let mut assessed = Assessed::default();
        assessed.differences.note("assessment", "the lead could not be assessed");
        assessed
    });
    differences.0.append(&mut assessed.differences.0);
    let kept = Kept {
        id: id.clone(),
        attempt: attempt(&submission),
        received_at: first,
        updated_at: now,
        pact: assessed.pact,
        answers: answers(&submission),
        record: submission.record_text.clone(),
        behaviour: assessed.behaviour,
        facts: assessed.facts,
        assessment: assessed.assessment,
        sla: assessed.sla,
        asked: assessed.asked,
        differences: serde_json::to_value(&differences.0)?,
    };
    tokio::task::spawn_blocking(move || shared.store.keep(&kept)).await??;
    Ok(id)
}

/// Does work on a thread of its own, if one of the permits is free in time and the work is done in time. A thread
/// cannot be stopped: its permit is free again only when it ends. A panic or a delay in the engine must not cost the
/// lead.
async fn in_time<T: Send + 'static>(
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

/// The form's id, else the record's, else a new one.
fn choose_id(submission: &Submission, differences: &mut Differences) -> anyhow::Result<String> {
    let valid = |id: &&str| id.len() == 32 && id.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let in_record = record(submission).and_then(|record| text(record, "id"));
    let given: Vec<&str> = submission.id.as_deref().into_iter().chain(in_record).collect();
    if given.windows(2).any(|pair| matches!(pair, [a, b] if a != b)) {
        differences.note("id", "the form and the record have different ids");
    }
    match given.iter().copied().find(valid) {
        Some(id) => Ok(id.to_owned()),
        None => {
            if !given.is_empty() {
                differences.note("id", "expected 32 hexadecimal digits; the lead got a new id");
            }
            let mut bytes = [0_u8; 16];
            getrandom::fill(&mut bytes).map_err(|error| anyhow::anyhow!("no random id: {error}"))?;
            Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
        }
    }
}

fn record(submission: &Submission) -> Option<&Value> {
    submission.record.as_ref()?.as_ref().ok()
}

fn text<'v>(value: &'v Value, key: &str) -> Option<&'v str> {
    match value.get(key) {
        Some(Value::Text(text)) => Some(text),
        _ => None,
    }
}

fn attempt(submission: &Submission) -> u32 {
    match record(submission).and_then(|record| record.get("attempt")) {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "held within bounds first")]
        Some(Value::Number(attempt)) => attempt.clamp(1.0, f64::from(u32::MAX)) as u32,
        _ => 1,
    }
}

/// What the form itself sent: a text a name, or a list where it sent several.
fn answers(submission: &Submission) -> Json {
    let one = |values: &Vec<String>| match values.as_slice() {
        [value] => json!(value),
        values => json!(values),
    };
    submission.answers.iter().map(|(name, values)| (name.clone(), one(values))).collect()
}

/// What the server finds of a lead.
#[derive(Debug, Default)]
struct Assessed {
    pact: Json,
    behaviour: bool,
    facts: Json,
    assessment: Option<Json>,
    sla: Option<Json>,
    asked: Json,
    differences: Differences,
}

/// Recomputes everything from the facts, at the server's clock. Decay counts to `now`, what sales promises from the
/// first receipt.
fn assess(shared: &Shared, submission: &Submission, first: Time, now: Time) -> Assessed {
    let mut found = Assessed { asked: json!([]), facts: json!({}), ..Assessed::default() };
    let record = record(submission);
    if let Some(Err(message)) = &submission.record {
        found.differences.note("record", message.chars().take(200).collect::<String>());
    }
    let claimed_pact = record.and_then(|record| record.get("pact"));
    let Some(pact) = choose_pact(shared, submission, claimed_pact, &mut found.differences) else { return found };
    found.pact = json!({"id": pact.id, "revision": pact.revision, "hash": pact.hash});

    found.behaviour = record.is_some_and(|record| measured(record, &mut found.differences));
    let facts = merge(pact, submission, record, found.behaviour, now, &mut found.differences);
    let (mut lead, refused) = Lead::from_facts(pact, &facts, found.behaviour, now);
    if let Some(draw) = record.and_then(drawn) {
        lead.draw(draw);
    }
    for error in refused {
        found.differences.note(format!("facts.{}", error.fact), error.message);
    }
    found.facts = json!(lead.facts());
    let asked = record.and_then(|record| record.get("asked"));
    let count = if let Some(Value::List(asked)) = asked { asked.len() } else { 0 };
    found.asked = asked.map_or_else(|| json!([]), |asked| json!(asked));

    let assessment = json!(lead.assess_after(count, now));
    let sla = lead.promise(first).map(|promise| json!(promise));
    if let Some(record) = record {
        let record = json!(record);
        let claimed = record.get("assessment").unwrap_or(&Json::Null);
        found.differences.compare_assessments(claimed, &assessment);
        found.differences.compare_times("at", record.get("at"), now);
        let own = at_its_own_time(&lead, record.get("at"), first);
        compare_promises(record.get("sla"), sla.as_ref(), own.as_ref(), &mut found.differences);
        if let (Some(route), None) = (record.get("route"), claimed.get("route")) {
            found.differences.compare("route", Some(route), assessment.get("route"));
        }
        for key in ["revision", "hash"] {
            let claimed = record.get("pact").and_then(|pact| pact.get(key));
            found.differences.compare(format!("pact.{key}"), claimed, found.pact.get(key));
        }
    }
    found.assessment = Some(assessment);
    found.sla = sla;
    found
}

/// What was drawn for the visit's experiment.
fn drawn(record: &Value) -> Option<f64> {
    match record.get("experiment")?.get("draw")? {
        Value::Number(draw) => Some(*draw),
        _ => None,
    }
}

/// The pact that the record names, else the form; else the one that knows most of the form's fields.
fn choose_pact<'s>(
    shared: &'s Shared,
    submission: &Submission,
    claimed: Option<&Value>,
    differences: &mut Differences,
) -> Option<&'s Pact> {
    let claimed = claimed.and_then(|pact| text(pact, "id"));
    let named = [claimed, submission.pact.as_deref()];
    let pact = named.into_iter().flatten().find_map(|id| shared.pacts.get(id));
    let in_record = match record(submission).and_then(|record| record.get("facts")) {
        Some(Value::Object(facts)) => facts.as_slice(),
        _ => &[],
    };
    let names = submission.answers.iter().map(|(name, _)| name.as_str());
    let pact = pact.or_else(|| shared.pacts.nearest(names.chain(in_record.iter().map(|(name, _)| name.as_str()))));
    for id in named.into_iter().flatten() {
        if pact.is_none_or(|pact| pact.id != id) {
            let short: String = id.chars().take(64).collect();
            differences.differ("pact.id", Some(short.into()), pact.map(|pact| pact.id.clone().into()));
        }
    }
    pact
}

/// Whether behaviour was measured: the record says so, and the consent in it allows it.
fn measured(record: &Value, differences: &mut Differences) -> bool {
    let says = record.get("behaviour") == Some(&Value::Bool(true));
    let may = record.get("consent").and_then(|consent| consent.get("behaviour")) == Some(&Value::Bool(true));
    if says && !may {
        differences.note("consent", "behaviour was measured without consent: what was measured is left out");
    }
    says && may
}

/// The record's facts, with the form's own answers over them: what the visitor saw and sent counts.
fn merge(
    pact: &Pact,
    submission: &Submission,
    record: Option<&Value>,
    behaviour: bool,
    now: Time,
    differences: &mut Differences,
) -> Value {
    let mut facts = match record.and_then(|record| record.get("facts")) {
        Some(Value::Object(facts)) => facts.clone(),
        _ => Vec::new(),
    };
    if !behaviour {
        facts.retain(|(id, _)| pact.signals.iter().all(|signal| signal.id != *id));
    }
    let (claimed, _) = Lead::from_facts(pact, &Value::Object(facts.clone()), behaviour, now);
    for (id, field) in pact.fields.iter().enumerate() {
        let Some(value) = submission.values(&field.id).and_then(|values| plain(field, values)) else { continue };
        let mut probe = Lead::new(pact);
        if let Err(error) = probe.take(&field.id, &value, now) {
            if !claimed.known(id).is_known() {
                differences.note(format!("facts.{}", field.id), error.message);
            }
            continue;
        }
        if record.is_some() && probe.known(id) != claimed.known(id) {
            let before = facts.iter().find(|(name, _)| *name == field.id).map(|(_, value)| json!(value));
            differences.differ(format!("facts.{}", field.id), before, Some(json!(value)));
        }
        facts.retain(|(name, _)| *name != field.id);
        facts.push((field.id.clone(), value));
    }
    Value::Object(facts)
}

/// What a form's entries say of a field; nothing where they are blank. Of several, one answer is the last: a checkbox
/// stands behind the hidden input that says what it means unticked.
fn plain(field: &Field, values: &[String]) -> Option<Value> {
    let mut said = values.iter().filter(|value| !value.trim().is_empty()).map(|value| Value::Text(value.clone()));
    if !matches!(field.kind, Kind::Choices(_)) {
        return said.next_back();
    }
    let list: Vec<Value> = said.collect();
    (!list.is_empty()).then_some(Value::List(list))
}

/// What was promised at the record's own time, where that is close to its first receipt.
fn at_its_own_time(lead: &Lead, at: Option<&Json>, first: Time) -> Option<Json> {
    let at: Time = at?.as_str()?.parse().ok()?;
    is_close(at, first).then(|| lead.promise(at).map(|promise| json!(promise)))?
}

/// Compares what the record says was promised with what the server finds. Two clocks that agree but for a moment may be a
/// night apart in working hours, so what follows from the record's `own` time is no difference.
fn compare_promises(claimed: Option<&Json>, found: Option<&Json>, own: Option<&Json>, differences: &mut Differences) {
    if claimed.is_none() || found.is_none() {
        return differences.compare("sla", claimed, found);
    }
    for key in ["respond_within_hours", "channels"] {
        let [claimed, found] = [claimed, found].map(|sla| sla.and_then(|sla| sla.get(key)));
        differences.compare(format!("sla.{key}"), claimed, found);
    }
    let due = |sla: Option<&Json>| sla.and_then(|sla| sla.get("due_at")?.as_object().cloned()).unwrap_or_default();
    let (claimed, found, own) = (due(claimed), due(found), due(own));
    for (channel, at) in &found {
        let claims = claimed.get(channel);
        if claims.is_some() && claims == own.get(channel) {
            continue;
        }
        if let Some(at) = at.as_str().and_then(|at| at.parse().ok()) {
            differences.compare_times(&format!("sla.due_at.{channel}"), claims, at);
        }
    }
    for channel in claimed.keys().filter(|channel| !found.contains_key(*channel)) {
        differences.differ(format!("sla.due_at.{channel}"), claimed.get(channel).cloned(), None);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    #[tokio::test]
    async fn work_that_does_not_end_holds_its_permit_and_a_panic_gives_it_back() {
        let (permits, short) = (Arc::new(Semaphore::new(1)), Duration::from_millis(50));
        assert_eq!(in_time(&permits, ASSESSING, || 1).await, Some(1));
        assert_eq!(in_time(&permits, ASSESSING, || -> u8 { panic!("as an engine might") }).await, None);
        let (end, until) = mpsc::channel::<()>();
        assert_eq!(in_time(&permits, short, move || until.recv().is_ok()).await, None);
        assert_eq!(in_time(&permits, short, || 2).await, None);
        end.send(()).unwrap();
        assert_eq!(in_time(&permits, ASSESSING, || 3).await, Some(3));
    }
}
