//! Runs a golden case. What reads a pact's source and writes an assessment differs by host; all else is here.

use leadpact::{Assessment, Lead, Pact, Problem, Promise, Time, Value};

type Source = fn(&str) -> Result<Pact, leadpact::Problems>;

/// What a host brings.
pub(crate) struct Host {
    /// Reads a pact from its source; none where the host reads no sources.
    pub(crate) source: Option<Source>,
    /// Whether its messages say what is wrong; a page only says where.
    pub(crate) words: bool,
    pub(crate) json: fn(&Assessment) -> Value,
    /// What sales promises for a lead at a time, by the host's own time zones.
    pub(crate) promise: fn(&Lead, &Pact, Time) -> Option<Promise>,
}

/// Runs a case.
///
/// # Errors
/// What is not as expected.
pub(crate) fn run(case: &Value, host: &Host) -> Result<(), String> {
    let pact = match (case.get("pact"), case.get("text"), host.source) {
        (Some(pact), _, _) => Pact::read(pact),
        (_, Some(Value::Text(text)), Some(source)) => source(text),
        (_, Some(Value::Text(_)), None) => return Ok(()),
        _ => return Err("a case has a `pact` or a `text`".into()),
    };
    match (pact, case.get("problems")) {
        // What both teams share in words alone, no page reads; and its zones are those of its browser.
        (Ok(_), Some(problems)) if !host.words && list(Some(problems)).iter().all(is_of_words) => Ok(()),
        (Ok(_), Some(_)) => Err("the pact is accepted".into()),
        (Err(problems), None) => Err(format!("the pact is refused: {problems}")),
        (Err(problems), Some(expected)) => {
            let place = |problem: &Problem| (problem.path(), problem.message.clone());
            let found: Vec<(String, String)> = problems.0.iter().map(place).collect();
            refusals(&found, list(Some(expected)), "path", host.words)
        }
        (Ok(pact), None) => assess(&pact, case, host),
    }
}

fn assess(pact: &Pact, case: &Value, host: &Host) -> Result<(), String> {
    let nothing = Value::Object(Vec::new());
    let lead = case.get("lead").ok_or("a case has a `lead`")?;
    let at: Time = text(lead.get("at")).parse()?;
    let behaviour = lead.get("behaviour") != Some(&Value::Bool(false));
    let facts = lead.get("facts").unwrap_or(&nothing);
    let (lead, errors) = Lead::from_facts(pact, facts, behaviour, at);
    if behaviour {
        let found: Vec<(String, String)> = errors.into_iter().map(|error| (error.fact, error.message)).collect();
        refusals(&found, list(case.get("refused")), "fact", host.words)?;
    }
    if let Some(due) = case.get("due") {
        is_due((host.promise)(&lead, pact, at), due)?;
    }
    let asked = if let Some(Value::Number(asked)) = case.get("asked") { *asked as usize } else { 0 };
    let said = (host.json)(&lead.assess_after(asked, at));
    holds(case.get("expect").unwrap_or(&nothing), Some(&said), "assessment")
}

/// Whether a promise is due then by each of its channels; by none where the case says `null`.
fn is_due(promise: Option<Promise>, expected: &Value) -> Result<(), String> {
    let promise = promise.ok_or("nothing is promised")?;
    let due = promise.due_at.iter().map(|(_, at)| at.to_string());
    let channels = promise.due_at.iter().map(|(channel, _)| *channel);
    let holds = match expected {
        Value::Text(time) => {
            !promise.channels.is_empty() && channels.eq(promise.channels.clone()) && due.clone().all(|at| at == *time)
        }
        _ => promise.due_at.is_empty(),
    };
    if holds { Ok(()) } else { Err(format!("due {:?}, expected {expected:?}", due.collect::<Vec<_>>())) }
}

fn list(value: Option<&Value>) -> &[Value] {
    match value {
        Some(Value::List(items)) => items,
        _ => &[],
    }
}

fn text(value: Option<&Value>) -> &str {
    match value {
        Some(Value::Text(text)) => text,
        _ => "",
    }
}

/// Whether a problem is in a part of the pact of which a page reads nothing.
fn is_of_words(problem: &Value) -> bool {
    ["signatures", "definitions", "pipeline", "handoff.calendar.zone"]
        .iter()
        .any(|part| text(problem.get("path")).starts_with(part))
}

/// What is refused is what was expected to be, in any order; with `words`, with a part of the message.
fn refusals(found: &[(String, String)], expected: &[Value], place: &str, words: bool) -> Result<(), String> {
    let matches = |want: &Value| {
        let says = text(want.get("says"));
        found.iter().any(|(at, message)| at == text(want.get(place)) && (!words || message.contains(says)))
    };
    if found.len() == expected.len() && expected.iter().all(matches) {
        return Ok(());
    }
    Err(format!("refused {found:?}, expected {expected:?}"))
}

/// Whether `said` holds what is expected.
fn holds(expected: &Value, said: Option<&Value>, path: &str) -> Result<(), String> {
    let fail = || Err(format!("{path} is {said:?}, expected {expected:?}"));
    match (expected, said) {
        (Value::Null, None | Some(Value::Null)) => Ok(()),
        (Value::Number(a), Some(Value::Number(b))) if (a - b).abs() <= 1e-9 => Ok(()),
        (Value::List(wanted), Some(Value::List(items))) if wanted.len() == items.len() => {
            let mut pairs = wanted.iter().zip(items).enumerate();
            pairs.try_for_each(|(at, (want, item))| holds(want, Some(item), &format!("{path}[{at}]")))
        }
        (Value::Object(wanted), Some(said @ Value::Object(_))) => {
            let mut entries = wanted.iter();
            entries.try_for_each(|(key, want)| holds(want, said.get(key), &format!("{path}.{key}")))
        }
        (Value::Bool(_) | Value::Text(_), Some(said)) if said == expected => Ok(()),
        _ => fail(),
    }
}
