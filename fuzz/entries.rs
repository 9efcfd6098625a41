//! What is fuzzed: each entry takes any text and panics where a promise is broken. `tests/fuzz_entries.rs` calls the
//! same entries with texts that proptest makes.

use leadpact::{
    Claim, Columns, Consent, Lead, LeadLine, Pact, Received, Time, Value, Verification, locate, parse, path_matches,
    verify,
};
use std::sync::OnceLock;

/// 2026-11-20T10:00:00Z
const AT: Time = Time(1_795_168_800_000);

fn full() -> &'static Pact {
    static FULL: OnceLock<Pact> = OnceLock::new();
    FULL.get_or_init(|| include_str!("../tests/schema/full.json").parse().unwrap())
}

/// What holds of every assessment.
fn is_sound(lead: &Lead) {
    let said = lead.assess(AT);
    assert!(said.low <= said.high);
    assert_eq!(said.score, said.fit + said.interest);
    let odds = [said.odds.handoff, said.odds.nurture, said.odds.disqualified];
    assert!(odds.iter().all(|share| (0.0..=1.0 + 1e-9).contains(share)), "{odds:?}");
    assert!((odds.iter().sum::<f64>() - 1.0).abs() < 1e-9, "{odds:?}");
    assert_eq!(said.complete, said.missing.is_empty());
    assert!(said.ask.iter().all(|ask| ask.gain.is_finite()));
    assert_eq!(lead.points(AT).score(), said.score);
    assert_eq!(lead.decision(AT), said.decision);
}

/// Any text is a pact or refused with problems that have a place; a pact's leads can be assessed.
pub(crate) fn pact(text: &str) {
    match text.parse::<Pact>() {
        Ok(pact) => {
            assert_eq!(pact.hash.len(), 64);
            is_sound(&Lead::new(&pact));
            let mut denied = Lead::new(&pact);
            denied.set_behaviour(false);
            is_sound(&denied);
        }
        Err(problems) => {
            assert!(!problems.0.is_empty(), "refused without a reason");
            for problem in problems.0.iter().take(20) {
                assert!(!problem.message.is_empty());
                let (line, column) = problem.place.unwrap_or_else(|| locate(text, &problem.path));
                assert!(line >= 1 && column >= 1);
                assert!(line <= text.lines().count() + 1);
            }
        }
    }
}

/// Any text is a line of a lead file or refused; its lead can be assessed, and is the same from its own facts.
pub(crate) fn lead_line(text: &str) {
    let Ok(tree) = parse(text) else { return };
    let Ok(line) = LeadLine::read(full(), &tree, Some(AT)) else { return };
    is_sound(&line.lead);
    let (again, refused) = Lead::from_facts(full(), &line.lead.facts(), line.lead.behaviour(), line.at);
    assert!(refused.is_empty(), "{refused:?}");
    let json = |lead: &Lead| serde_json::to_string(&lead.assess(line.at)).unwrap();
    assert_eq!(json(&line.lead), json(&again));
}

/// Any text is a record: it is verified, and a record of what is found of it is true.
pub(crate) fn record(text: &str) {
    let Ok(tree) = parse(text) else { return };
    is_true(full(), &verify(&tree, full(), AT), AT);
}

/// Any pact, record, answers and times that the text holds, by their keys; a pact that is none is another one.
pub(crate) fn received(text: &str) {
    let Ok(tree) = parse(text) else { return };
    let source = tree.get("pact").map(|pact| serde_json::to_string(pact).unwrap()).unwrap_or_default();
    let read: Option<Pact> = source.parse().ok();
    let pact = read.as_ref().unwrap_or(full());
    let answers: Vec<(String, Vec<String>)> = match tree.get("answers") {
        Some(Value::Object(entries)) => entries.iter().map(|(name, value)| (name.clone(), texts(value))).collect(),
        _ => Vec::new(),
    };
    let time = |key: &str| match tree.get(key) {
        Some(Value::Number(at)) => Time(*at as i64),
        _ => AT,
    };
    let (at, first) = (time("at"), time("first"));
    let found = Received { record: tree.get("record"), answers: &answers, at, first }.verify(pact);
    assert!(tree.get("record").is_none() || found.attempt >= 1);
    if at == first && (0..AT.0 * 2).contains(&at.0) {
        is_true(pact, &found, at);
    }
}

fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Text(text) => vec![text.clone()],
        Value::List(items) => items.iter().flat_map(texts).collect(),
        other => vec![serde_json::to_string(other).unwrap()],
    }
}

/// What is found of a lead is the same from its own facts, and nothing about a record of that differs.
fn is_true(pact: &Pact, found: &Verification, at: Time) {
    let (lead, refused) = Lead::from_facts(pact, &found.facts, found.behaviour, at);
    assert!(refused.is_empty(), "{refused:?}");
    let consent = Consent { behaviour: found.behaviour, ..Consent::default() };
    let claim = Claim { id: "0".repeat(32), attempt: 1, pact_hash: None, asked: Vec::new(), consent, automated: false };
    let record = serde_json::to_string(&lead.hand_off(claim, at)).unwrap();
    let again = verify(&parse(&record).unwrap(), pact, at);
    assert!(again.differences.is_empty(), "{:?}", again.differences);
    assert_eq!(
        (again.assessment.score, again.assessment.decision),
        (found.assessment.score, found.assessment.decision)
    );
}

/// However JSON is written, a pact that holds it has one hash; other JSON has another.
pub(crate) fn canonical(text: &str) {
    let Ok(tree) = parse(text) else { return };
    let hash = |note: &str| {
        let source = format!(r#"{{"pact":1,"id":"c","fields":[],"qualification":{{"threshold":1}},"x-note":{note}}}"#);
        source.parse::<Pact>().ok().map(|pact| pact.hash.clone())
    };
    let (Some(own), Some(plain)) = (hash(text), hash(&serde_json::to_string(&backwards(&tree)).unwrap())) else {
        // One level deeper than the text itself, or too long.
        return;
    };
    assert_eq!(own, plain);
    assert_eq!(hash(&serde_json::to_string_pretty(&tree).unwrap()).as_ref(), Some(&own));
    assert_ne!(hash(&format!("[{}]", serde_json::to_string(&tree).unwrap())), Some(own));
}

/// The same with the keys of each object in the opposite order.
fn backwards(value: &Value) -> Value {
    match value {
        Value::List(items) => Value::List(items.iter().map(backwards).collect()),
        Value::Object(entries) => {
            Value::Object(entries.iter().rev().map(|(key, value)| (key.clone(), backwards(value))).collect())
        }
        other => other.clone(),
    }
}

/// Any table is read row by row; the first line is its header.
pub(crate) fn csv(text: &str) {
    let mut lines = text.lines().map(|line| line.split([',', ';']));
    let Some(header) = lines.next() else { return };
    let Ok(columns) = Columns::read(full(), header) else { return };
    for cells in lines {
        let Ok(tree) = columns.row(cells) else { continue };
        if let Ok(line) = LeadLine::read(full(), &tree, Some(AT)) {
            is_sound(&line.lead);
        }
    }
}

/// `contains` is total, and a text contains itself; the first line is what is sought, the rest the text.
pub(crate) fn contains(text: &str) {
    let (words, text) = text.split_once('\n').unwrap_or((text, text));
    let quote = |text: &str| serde_json::to_string(text).unwrap();
    let source = format!(
        r#"{{"pact": 1, "id": "c", "fields": [{{"id": "t", "label": "T", "kind": "text"}}],
            "groups": [{{"id": "g", "dimension": "fit"}}],
            "criteria": [{{"id": "c", "group": "g", "points": 1, "when": {{"fact": "t", "contains": {}}}}}],
            "qualification": {{"threshold": 1}}}}"#,
        quote(words)
    );
    let Ok(pact) = source.parse::<Pact>() else { return };
    let holds = |text: &str| {
        let mut lead = Lead::new(&pact);
        lead.answer("t", text).is_ok() && lead.points(AT).score() == 1
    };
    if words.len() < 8_000 {
        assert!(holds(words), "a text holds itself");
        assert!(holds(&format!("- {words} -")), "a text holds itself between others");
    }
    let held = holds(text);
    if words.is_ascii() && text.is_ascii() && text.len() <= 16 * 1024 {
        assert_eq!(held, slowly_holds(text, words), "{words:?} in {text:?}");
    }
}

/// Whole words in plain ASCII, position by position.
fn slowly_holds(text: &str, words: &str) -> bool {
    // What Unicode calls white space: unlike ASCII's own, it has the vertical tab.
    let plain = |text: &str| text.to_ascii_lowercase().split_whitespace().collect::<Vec<_>>().join(" ");
    let (text, words) = (plain(text).into_bytes(), plain(words).into_bytes());
    let letter = |at: usize| text.get(at).is_some_and(u8::is_ascii_alphanumeric);
    text.windows(words.len()).enumerate().any(|(at, window)| {
        let end = at + words.len();
        let joined_before = at > 0 && letter(at - 1) && letter(at);
        let joined_after = letter(end - 1) && letter(end);
        window == words && !joined_before && !joined_after
    })
}

/// A glob matches as its definition says; the first line is the glob, the rest the path.
pub(crate) fn glob(text: &str) {
    let (glob, path) = text.split_once('\n').unwrap_or((text, ""));
    let matched = path_matches(glob, path);
    let (glob, path): (Vec<char>, Vec<char>) = (glob.chars().collect(), path.chars().collect());
    if glob.iter().filter(|c| **c == '*').count() <= 6 && path.len() <= 24 {
        assert_eq!(matched, slowly_matches(&glob, &path), "{text:?}");
    }
}

fn slowly_matches(glob: &[char], path: &[char]) -> bool {
    match glob {
        [] => path.is_empty(),
        ['*', '*', rest @ ..] => (0..=path.len()).any(|taken| slowly_matches(rest, &path[taken..])),
        ['*', rest @ ..] => {
            let segment = path.iter().position(|c| *c == '/').unwrap_or(path.len());
            (0..=segment).any(|taken| slowly_matches(rest, &path[taken..]))
        }
        [c, rest @ ..] => path.first() == Some(c) && slowly_matches(rest, &path[1..]),
    }
}
