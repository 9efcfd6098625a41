//! What the receiver reads of a request: whatever it makes of it, a form that says the same is read the same.
#![allow(clippy::expect_used, reason = "a promise that is broken is told by a panic")]

use crate::server::submission::Submission;

/// The first line is the content type, the rest the body.
pub(crate) fn body(data: &[u8]) {
    let line = data.iter().position(|byte| *byte == b'\n').unwrap_or(data.len());
    let (content_type, body) = data.split_at(line);
    let content_type = String::from_utf8_lossy(content_type);
    let Some(first) = read(&content_type, body.get(1..).unwrap_or_default().to_vec()) else { return };
    let again = read("application/x-www-form-urlencoded", as_form(&first).into_bytes()).expect("a form");
    assert_eq!(again.answers.as_slice(), first.answers.as_slice());
    assert_eq!(again.record_text, first.record_text);
    assert_eq!(again.record.map(|record| record.is_ok()), first.record.map(|record| record.is_ok()));
    assert_eq!((again.id, again.pact, again.language), (first.id, first.pact, first.language));
}

fn read(content_type: &str, body: Vec<u8>) -> Option<Submission> {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(Submission::read(content_type, body)).ok()
}

fn as_form(submission: &Submission) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    for (name, values) in submission.answers.as_slice() {
        for value in values {
            form.append_pair(name, value);
        }
    }
    let parts = [
        ("leadpact", &submission.record_text),
        ("leadpact_id", &submission.id),
        ("leadpact_pact", &submission.pact),
        ("leadpact_lang", &submission.language),
    ];
    for (name, value) in parts {
        if let Some(value) = value {
            form.append_pair(name, value);
        }
    }
    form.finish()
}
