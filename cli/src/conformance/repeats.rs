//! What comes twice, at once, edited or late is one lead.

use super::endpoint::{Endpoint, Reply};
use super::lead::{TestLead, form};
use super::{Check, Outcome, Wrong, ensure};
use std::collections::BTreeSet;

/// How many at once.
const MANY: usize = 20;

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "twice",
        what: "the same lead twice is one lead, with the same answer",
        expected: "2xx with the id both times, and one lead",
        hint: "keep ids under a unique index; whoever sends again has not seen the first answer",
        run: twice,
    },
    Check {
        id: "at-once",
        what: "the same lead twenty times at once is one lead, with the same answer",
        expected: "2xx with the id each time, and one lead",
        hint: "upsert in one statement: looking first and then writing lets two through",
        run: at_once,
    },
    Check {
        id: "newer",
        what: "an edited lead with a higher attempt replaces the first",
        expected: "2xx with the id, and the higher attempt stored, with its answers",
        hint: "the same id with another body is no conflict: the highest `attempt` wins",
        run: newer,
    },
    Check {
        id: "older",
        what: "an older attempt that comes late is acknowledged and changes nothing",
        expected: "2xx with the id, and the higher attempt still stored, with its answers",
        hint: "write only where the attempt is at least the stored one; answer as ever",
        run: older,
    },
    Check {
        id: "unnumbered",
        what: "the id without a record, as a page sends what is too large, is the same lead",
        expected: "2xx with the id, and the attempt that is stored stays",
        hint: "without a record there is no attempt: take the answers, and leave the record and its attempt",
        run: unnumbered,
    },
];

fn twice(endpoint: &Endpoint, lead: &TestLead) -> Outcome {
    let replies = [(); 2].map(|()| endpoint.deliver(&lead.json(), &lead.id));
    all_alike(replies)?;
    endpoint.has_once(&lead.id, 1).map(|_| ())
}

fn at_once(endpoint: &Endpoint, lead: &TestLead) -> Outcome {
    let body = lead.json();
    let replies: Vec<Result<Reply, Wrong>> = std::thread::scope(|scope| {
        let sent: Vec<_> = (0..MANY).map(|_| scope.spawn(|| endpoint.deliver(&body, &lead.id))).collect();
        let lost = || Err("a sender stopped".to_owned().into());
        sent.into_iter().map(|sent| sent.join().unwrap_or_else(|_| lost())).collect()
    });
    all_alike(replies)?;
    endpoint.has_once(&lead.id, 1).map(|_| ())
}

/// All are the same answer.
fn all_alike(replies: impl IntoIterator<Item = Result<Reply, Wrong>>) -> Outcome {
    let mut first = None;
    for reply in replies {
        let reply = reply?;
        let first = first.get_or_insert_with(|| reply.clone());
        ensure((first.status, &first.body) == (reply.status, &reply.body), || {
            format!("one is {}, another {}", first.shown(), reply.shown())
        })?;
    }
    Ok(())
}

fn newer(endpoint: &Endpoint, first: &TestLead) -> Outcome {
    let answers = answers_after(endpoint, &[(first, 1), (&first.again(2), 2)])?;
    ensure(answers.len() != 1, || "the answers of the first attempt are stored".to_owned())
}

fn older(endpoint: &Endpoint, first: &TestLead) -> Outcome {
    let answers = answers_after(endpoint, &[(&first.again(3), 3), (&first.again(2), 3), (first, 3)])?;
    ensure(answers.len() <= 1, || "the answers of an older attempt are stored".to_owned())
}

/// Delivers each, has this attempt stored after it, and gives the different answers that were, where the endpoint tells.
fn answers_after(endpoint: &Endpoint, sent: &[(&TestLead, u64)]) -> Result<BTreeSet<String>, Wrong> {
    let mut answers = BTreeSet::new();
    for (lead, attempt) in sent {
        endpoint.deliver(&lead.json(), &lead.id)?;
        let stored = endpoint.has_once(&lead.id, *attempt)?;
        answers.extend(stored.and_then(|lead| Some(lead.get("answers")?.to_string())));
    }
    Ok(answers)
}

fn unnumbered(endpoint: &Endpoint, first: &TestLead) -> Outcome {
    let lead = first.again(2);
    endpoint.deliver(&lead.json(), &lead.id)?;
    let mut entries = lead.answers.clone();
    entries.push(("leadpact_id".to_owned(), lead.id.clone()));
    endpoint.deliver(&form(&entries), &lead.id)?;
    endpoint.has_once(&lead.id, 2).map(|_| ())
}
