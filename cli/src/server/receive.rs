//! `POST /leads`: every form that is submitted arrives.

use super::assess::{self, note, record, text};
use super::origin::Sender;
use super::store::{Arrival, Row};
use super::submission::{Submission, Unreadable};
use super::{Shared, answer, body, listen, now};
use crate::language::Language;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use leadpact::{Difference, Time, Value, is_id, parse};
use serde_json::{Value as Json, json};
use std::sync::Arc;

/// How many leads that have arrived may be on their way to the disk at once.
pub(super) const MOST_RECEIVED: usize = 256;
/// How many of them are read and assessed at once: what a body says may take many times its room.
pub(super) const MOST_READ: usize = 32;

pub(super) async fn receive(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let refuse = |refusal| answer::refuse(&head.headers, refusal);
    let body = match body::whole(&head.headers, body).await {
        Ok(body) => body,
        Err(refusal) => return refuse(refusal),
    };
    // Only now: a body that does not come holds its connection, and no place of those that have come.
    let Ok(place) = Arc::clone(&shared.receiving).try_acquire_owned() else { return refuse(listen::FULL) };
    let turn = Arc::clone(&shared.reading).acquire_owned().await;
    let submission = match read(&head.headers, body).await {
        Ok(submission) => submission,
        Err(refusal) => return refuse(refusal),
    };
    let named = submission.language.as_deref().and_then(Language::named);
    let language = named.unwrap_or_else(|| answer::language(&head.headers));
    let elsewhere = Sender::of(&shared.origins, &head.headers) == Sender::Elsewhere;
    // A task of its own: a visitor who leaves has sent the lead all the same.
    let keeping = tokio::spawn(async move {
        let _held = place;
        let lead = arrival(&shared, submission, elsewhere).await?;
        // What is left of it is about as small as it came, and waits for the disk alone.
        drop(turn);
        let id = lead.row.id.clone();
        shared.store.keep(lead).await?;
        Ok(id)
    });
    let json = answer::is_for_program(&head.headers);
    match keeping.await.unwrap_or_else(|_| Err(fault())) {
        Ok(id) => answer::kept(&id, language, json),
        Err(error) => {
            crate::say::error(&format!("a lead could not be kept: {error:#}"));
            let message = "the lead could not be kept: send it again in a while";
            answer::refused(StatusCode::SERVICE_UNAVAILABLE, message, language, json)
        }
    }
}

/// A panic, without what it says: that may hold an answer.
fn fault() -> anyhow::Error {
    anyhow::anyhow!("a fault of the program")
}

/// What a body says, within its limits.
async fn read(headers: &HeaderMap, body: Vec<u8>) -> Result<Submission, body::Refusal> {
    let length = body.len();
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let submission = Submission::read(content_type, body).await.map_err(|unreadable| match unreadable {
        Unreadable::Type => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "expected a form or JSON"),
        Unreadable::Broken(what) => (StatusCode::BAD_REQUEST, what),
        Unreadable::Empty => (StatusCode::BAD_REQUEST, "nothing was sent"),
    })?;
    let alone = submission.record.is_none() && submission.id.is_none();
    if alone && length > body::LONGEST_FORM { Err(body::FORM_TOO_LONG) } else { Ok(submission) }
}

/// What is to be kept of a lead: it is assessed, and where it cannot be, kept all the same.
async fn arrival(shared: &Arc<Shared>, mut submission: Submission, elsewhere: bool) -> anyhow::Result<Arrival> {
    let now = now();
    let mut differences = Vec::new();
    if elsewhere {
        differences.push(note("origin", "sent by a page of another site, or by one that does not say whose it is"));
    }
    differences.extend(submission.answers.left_out());
    let id = choose_id(&submission, &mut differences)?;
    if let Some(Err(message)) = &submission.record {
        differences.push(note("record", message.chars().take(200).collect::<String>()));
    }
    let (record, numbered) = (submission.record_text.take(), submission.is_numbered());
    let before = before(shared, id.clone(), numbered).await?;
    if let Some(stored) = before.record {
        differences.push(note("record", "came without one that can be read: the one that is stored counts"));
        submission.record = Some(Ok(stored));
    }
    let first = before.received_at.unwrap_or(now);
    let submission = Arc::new(submission);
    let mut assessed = assess::in_time(shared, &submission, first, now).await;
    differences.append(&mut assessed.differences);
    let row = Row {
        id,
        attempt: assess::received(&submission, first, now).attempt(),
        received_at: first,
        updated_at: now,
        pact: assessed.pact,
        answers: answers(&submission).to_string(),
        behaviour: assessed.behaviour,
        facts: assessed.facts,
        assessment: assessed.assessment,
        sla: assessed.sla,
        asked: assessed.asked,
        differences: serde_json::to_string(&differences)?,
    };
    Ok(Arrival { row, record, numbered })
}

/// What is stored of a lead that comes again.
struct Before {
    received_at: Option<Time>,
    /// Its record, where the one that comes now cannot be read.
    record: Option<Value>,
}

async fn before(shared: &Arc<Shared>, id: String, numbered: bool) -> anyhow::Result<Before> {
    let shared = Arc::clone(shared);
    let find = move || -> anyhow::Result<Before> {
        let received_at = shared.store.received_at(&id)?;
        let stored = if numbered || received_at.is_none() { None } else { shared.store.record(&id)? };
        let record = stored.and_then(|text| parse(&text).ok()).filter(|record| matches!(record, Value::Object(_)));
        Ok(Before { received_at, record })
    };
    tokio::task::spawn_blocking(find).await.map_err(|_| fault())?
}

/// The form's id, else the record's, else a new one.
fn choose_id(submission: &Submission, differences: &mut Vec<Difference>) -> anyhow::Result<String> {
    let in_record = record(submission).and_then(|record| text(record, "id"));
    let in_form = submission.id.as_deref();
    if in_form.zip(in_record).is_some_and(|(form, record)| form != record) {
        differences.push(note("id", "the form and the record have different ids"));
    }
    if in_form.is_some_and(|id| !is_id(id)) {
        differences.push(note("id", "expected 32 hexadecimal digits in the form's own id"));
    }
    if let Some(id) = in_form.into_iter().chain(in_record).find(|id| is_id(id)) {
        return Ok(id.to_owned());
    }
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes).map_err(|error| anyhow::anyhow!("no random id: {error}"))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// What the form itself sent: a text a name, or a list where it sent several.
fn answers(submission: &Submission) -> Json {
    let one = |values: &Vec<String>| match values.as_slice() {
        [value] => json!(value),
        values => json!(values),
    };
    submission.answers.as_slice().iter().map(|(name, values)| (name.clone(), one(values))).collect()
}
