//! The JSON Schema of the pact, `pact.schema.json`, held against the reader.
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

#[path = "oracle/mod.rs"]
mod slow;

use jsonschema::Validator;
use leadpact::Pact;
use proptest::prelude::*;
use serde_json::{Value as Json, json};
use std::path::Path;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &Path) -> Json {
    let source = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&source).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn schema() -> Validator {
    jsonschema::validator_for(&read(&root().join("pact.schema.json"))).unwrap()
}

fn full() -> Json {
    read(&root().join("tests/schema/full.json"))
}

fn accepted(pact: &Json) -> bool {
    leadpact::parse(&pact.to_string()).is_ok_and(|tree| Pact::read(&tree).is_ok())
}

/// The files below a folder that are called so.
fn files(folder: &Path, fits: &dyn Fn(&Path) -> bool) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| if path.is_dir() { files(&path, fits) } else { vec![path] })
        .filter(|path| fits(path))
        .collect()
}

#[test]
fn the_schema_is_one() {
    assert!(jsonschema::meta::is_valid(&read(&root().join("pact.schema.json"))));
}

#[test]
fn every_key_is_described() {
    let schema = read(&root().join("pact.schema.json"));
    let mut bare = Vec::new();
    let objects = schema["$defs"].as_object().unwrap().iter().map(|(name, one)| (name.as_str(), one));
    for (name, object) in objects.chain([("pact", &schema)]) {
        for (key, value) in object["properties"].as_object().into_iter().flatten() {
            let described = |value: &Json| value.get("description").is_some();
            let target = value["$ref"].as_str().and_then(|at| schema.pointer(at.trim_start_matches('#')));
            if value.is_object() && !described(value) && !target.is_some_and(described) {
                bare.push(format!("{name}.{key}"));
            }
        }
    }
    assert!(bare.is_empty(), "without a description: {bare:?}");
}

#[test]
fn every_pact_that_is_read_fits_the_schema() {
    let schema = schema();
    let mut pacts = vec![("full".to_string(), full())];
    for path in files(&root().join("www/pacts"), &|path| path.ends_with("pact.json")) {
        pacts.push((path.display().to_string(), read(&path)));
    }
    for path in files(&root().join("tests/cases"), &|path| path.extension().is_some_and(|own| own == "json")) {
        for case in read(&path).as_array().unwrap() {
            pacts.extend(case.get("pact").map(|pact| (case["name"].to_string(), pact.clone())));
        }
    }
    let read: Vec<_> = pacts.iter().filter(|(_, pact)| accepted(pact)).collect();
    assert!(read.len() > 60);
    for (name, pact) in read {
        let errors: Vec<String> =
            schema.iter_errors(pact).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(errors.is_empty(), "{name}: {errors:?}");
    }
}

/// Every place of a document, as JSON pointers.
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

/// A full pact with one thing wrong at each of its places: what was done, and the pact.
fn spoilt() -> Vec<(String, Json)> {
    let full = full();
    let mut all = Vec::new();
    places(&full, "", &mut all);
    let mut spoilt = Vec::new();
    for place in all {
        if place == "/$schema" {
            continue;
        }
        // Any key may stand among terms, and any value of a segment among shares.
        let free = place == "/definitions" || place.ends_with("/share");
        let mut wrong = full.clone();
        let here = wrong.pointer_mut(&place).unwrap();
        if let (Json::Object(entries), false) = (here, free) {
            entries.insert("no such key".into(), json!("unknown"));
            spoilt.push((format!("an unknown key in {place}"), wrong.clone()));
        }
        let mut wrong = full.clone();
        let here = wrong.pointer_mut(&place).unwrap();
        *here = if here.is_object() || here.is_array() { json!(true) } else { json!([]) };
        spoilt.push((format!("a wrong type at {place}"), wrong));
    }
    spoilt
}

#[test]
fn unknown_keys_and_wrong_types_are_refused_by_both() {
    let (schema, spoilt) = (schema(), spoilt());
    assert!(accepted(&full()));
    assert!(spoilt.len() > 200, "{}", spoilt.len());
    for (what, pact) in spoilt {
        assert!(!accepted(&pact), "the reader accepts {what}");
        assert!(!schema.is_valid(&pact), "the schema accepts {what}");
    }
}

#[test]
fn the_schema_refuses_nothing_that_is_read() {
    let (schema, full) = (schema(), full());
    let mut all = Vec::new();
    places(&full, "", &mut all);
    let mut missed = 0;
    for place in all {
        let Some((parent, key)) = place.rsplit_once('/') else { continue };
        let mut less = full.clone();
        match less.pointer_mut(parent).unwrap() {
            Json::Object(entries) => drop(entries.remove(key)),
            Json::Array(items) => drop(items.remove(key.parse().unwrap())),
            _ => continue,
        }
        assert!(schema.is_valid(&less) || !accepted(&less), "the reader accepts, the schema refuses: without {place}");
        missed += usize::from(!schema.is_valid(&less));
    }
    assert!(missed > 30, "{missed} required keys");
}

#[test]
fn keys_for_others_are_ignored_by_both() {
    let mut pact = full();
    let mut all = Vec::new();
    places(&pact, "", &mut all);
    for place in all {
        if let Some(Json::Object(entries)) = pact.pointer_mut(&place) {
            entries.insert("x-note".into(), json!([1]));
        }
    }
    assert!(accepted(&pact));
    assert!(schema().is_valid(&pact));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn made_pacts_fit_the_schema(bytes in proptest::collection::vec(any::<u8>(), 0..260)) {
        thread_local!(static SCHEMA: Validator = schema());
        let made = slow::make::made(&bytes);
        prop_assert!(SCHEMA.with(|schema| schema.is_valid(&made.pact)), "{:#}", made.pact);
    }
}
