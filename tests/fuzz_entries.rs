//! The entries that are fuzzed, without a fuzzer: given the seeds, and texts that proptest makes.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::unreachable,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    missing_docs,
    reason = "test helpers fail by panicking"
)]

#[path = "../fuzz/entries.rs"]
mod entries;
#[path = "oracle/mod.rs"]
mod slow;

use proptest::prelude::*;
use serde_json::{Value as Json, json};
use std::path::Path;

fn config(cases: u32) -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(cases);
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

#[test]
fn seeds_keep_the_promises() {
    type Entry = fn(&str);
    let entries: [(&str, Entry); 8] = [
        ("pact", entries::pact),
        ("lead_line", entries::lead_line),
        ("record", entries::record),
        ("verify", entries::received),
        ("canonical", entries::canonical),
        ("csv", entries::csv),
        ("contains", entries::contains),
        ("glob", entries::glob),
    ];
    for (name, entry) in entries {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus-seeds").join(name);
        let seeds: Vec<_> = std::fs::read_dir(folder).unwrap().map(|seed| seed.unwrap().path()).collect();
        assert!(!seeds.is_empty(), "{name}");
        seeds.iter().for_each(|seed| entry(&std::fs::read_to_string(seed).unwrap()));
    }
}

fn full() -> Json {
    serde_json::from_str(include_str!("schema/full.json")).unwrap()
}

fn seed(name: &str) -> Json {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus-seeds").join(name);
    serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap()
}

/// Any JSON, with words that mean something to a pact.
fn any_json() -> impl Strategy<Value = Json> {
    let word = prop::sample::select(vec![
        "pact",
        "id",
        "fields",
        "when",
        "fact",
        "all",
        "any",
        "not",
        "is",
        "in",
        "known",
        "choice",
        "number",
        "size",
        "mail.provider",
        "role",
        "else",
        "share",
        "x-a",
        "$schema",
        "__proto__",
        "constructor",
        "",
        "é",
    ]);
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        prop_oneof![
            Just(0.0),
            Just(-1.0),
            Just(1.0),
            Just(0.5),
            Just(1e15),
            Just(9_007_199_254_740_992.0),
            any::<i16>().prop_map(f64::from)
        ]
        .prop_map(Json::from),
        word.clone().prop_map(Json::from),
        ".{0,6}".prop_map(Json::from),
    ];
    leaf.prop_recursive(4, 24, 4, move |inner| {
        let key = word.clone().prop_map(String::from);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Json::from),
            prop::collection::vec((key, inner), 0..4).prop_map(|entries| Json::Object(entries.into_iter().collect())),
        ]
    })
}

fn places(json: &Json, path: &str, found: &mut Vec<String>) {
    found.push(path.to_string());
    match json {
        Json::Object(entries) => entries.iter().for_each(|(key, value)| {
            places(value, &format!("{path}/{}", key.replace('~', "~0").replace('/', "~1")), found);
        }),
        Json::Array(items) => {
            items.iter().enumerate().for_each(|(at, value)| places(value, &format!("{path}/{at}"), found));
        }
        _ => {}
    }
}

/// The document with other JSON at some of its places, or with a place doubled or taken out.
fn changed(mut json: Json, changes: &[(u16, u8, Json)]) -> Json {
    for (place, how, value) in changes {
        let mut all = Vec::new();
        places(&json, "", &mut all);
        let place = all[usize::from(*place) % all.len()].clone();
        let copy = json.pointer(&all[usize::from(*how) * 7 % all.len()]).cloned();
        match (json.pointer_mut(&place).unwrap(), how % 4) {
            (Json::Array(items), 0) if !items.is_empty() => items.extend_from_within(..1),
            (Json::Array(items), 1) => drop(items.pop()),
            (Json::Object(entries), 1) => drop(entries.keys().next().cloned().and_then(|key| entries.remove(&key))),
            (here, 2) => *here = copy.unwrap(),
            (here, _) => *here = value.clone(),
        }
    }
    json
}

fn bytes(most: usize) -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), 0..most)
}

proptest! {
    #![proptest_config(config(600))]

    #[test]
    fn any_text_is_a_pact_or_refused(text in any::<String>()) {
        entries::pact(&text);
    }

    #[test]
    fn any_json_is_a_pact_or_refused(json in any_json()) {
        entries::pact(&json.to_string());
        let mut pact = json!({"pact": 1, "id": "a", "fields": [], "qualification": {"threshold": 1}});
        if let Json::Object(entries) = json {
            pact.as_object_mut().unwrap().extend(entries);
        }
        entries::pact(&pact.to_string());
    }

    #[test]
    fn a_changed_pact_is_a_pact_or_refused(changes in prop::collection::vec((any::<u16>(), any::<u8>(), any_json()), 1..4)) {
        entries::pact(&changed(full(), &changes).to_string());
    }

    #[test]
    fn a_pact_with_other_bytes_is_a_pact_or_refused(at in any::<u16>(), byte in prop::sample::select(b"{}[]\",:0-9e\\x \n".to_vec())) {
        let mut text = full().to_string().into_bytes();
        let at = usize::from(at) % text.len();
        text[at] = byte;
        entries::pact(&String::from_utf8_lossy(&text));
        text.truncate(at);
        entries::pact(&String::from_utf8_lossy(&text));
    }

    #[test]
    fn made_pacts_keep_the_promises(bytes in bytes(260)) {
        entries::pact(&slow::make::made(&bytes).pact.to_string());
    }

    #[test]
    fn any_lead_line_is_read_or_refused(fact in "(origin|tools|size|urgent|mail|job|pricing|source|nothing)", value in any_json(), behaviour: bool) {
        let line = json!({"id": "L", "at": "2026-11-20T10:00:00Z", "behaviour": behaviour, "facts": {fact: value.clone()}});
        entries::lead_line(&line.to_string());
        entries::lead_line(&value.to_string());
    }

    #[test]
    fn any_json_is_a_record(json in any_json(), changes in prop::collection::vec((any::<u16>(), any::<u8>(), any_json()), 1..4)) {
        entries::record(&json.to_string());
        entries::record(&changed(seed("record/true.json"), &changes).to_string());
    }

    #[test]
    fn whatever_is_received_is_verified(bytes in bytes(260), changes in prop::collection::vec((any::<u16>(), any::<u8>(), any_json()), 0..4), at: i64, name in "(f0|f1|views0|origin)", value in any_json()) {
        let made = slow::make::made(&bytes);
        let received = json!({"pact": made.pact, "record": {"record": 1, "facts": made.facts, "behaviour": made.behaviour, "consent": {"behaviour": made.behaviour}}});
        let mut received = changed(received, &changes);
        if let Json::Object(entries) = &mut received {
            entries.insert("answers".into(), json!({name: value}));
            entries.insert("at".into(), json!(at >> 12));
        }
        entries::received(&received.to_string());
        entries::received(&changed(seed("verify/all.json"), &changes).to_string());
    }

    #[test]
    fn json_has_one_hash_however_it_is_written(json in any_json(), any in any::<String>()) {
        entries::canonical(&json.to_string());
        entries::canonical(&serde_json::to_string(&any).unwrap());
        entries::canonical(&any);
    }

    #[test]
    fn any_table_is_read_or_refused(header in "(id|at|size|tools|urgent|pricing|pricing.last|mail|outcome.stage)([,;](size|job|source|mail)){0,3}", rows in "([a-z0-9|.@\u{e9} :TZ-]{0,12}[,;\n]){0,12}") {
        entries::csv(&format!("{header}\n{rows}"));
        entries::csv(&rows);
    }

    #[test]
    fn words_are_found_in_any_text(words in "[ab c+.\u{e9}\u{300}\u{df}]{1,4}", text in "[abc +.,\u{e9}\u{301}\u{df}]{0,24}", any in any::<String>()) {
        entries::contains(&format!("{words}\n{text}"));
        entries::contains(&any);
    }

    #[test]
    fn globs_match_as_defined(glob in "[ab/*]{0,8}", path in "[ab/]{0,12}", any in any::<String>()) {
        entries::glob(&format!("{glob}\n{path}"));
        entries::glob(&any);
    }
}
