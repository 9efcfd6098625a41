//! `leadpact inventory`, as it is run.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod program;

use program::{PACT, pact, run, write};
use serde_json::Value;

#[test]
fn every_fact_of_the_pact_has_a_line_in_both_languages() {
    let ran = run(&["inventory", PACT]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    let pact = pact();
    let ids = pact.fields.iter().map(|field| &field.id).chain(pact.signals.iter().map(|signal| &signal.id));
    for id in ids {
        assert_eq!(
            ran.stdout.matches(&format!("(`{id}`)")).count() + ran.stdout.matches(&format!("| `{id}` |")).count(),
            2,
            "{id}"
        );
    }
    assert!(ran.stdout.contains("# Inventaire des données") && ran.stdout.contains("# Inventory of the data"));
    assert!(!run(&["inventory", PACT, "--locale", "en"]).stdout.contains("Inventaire"));
}

#[test]
fn json_says_what_is_kept_and_what_needs_consent() {
    let ran = run(&["inventory", PACT, "--format", "json", "--retention", "30"]);
    let all: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(
        (all["retention_days"].as_u64(), all["key"].as_str()),
        (Some(30), Some(format!("leadpact:{}", pact().id).as_str()))
    );
    let datum = |id: &str| all["data"].as_array().unwrap().iter().find(|datum| datum["id"] == id).unwrap().clone();
    let email = datum("email");
    assert_eq!([&email["kept"], &email["sent"], &email["consent"]], [false, true, false]);
    let signal = datum(&pact().signals[0].id);
    assert_eq!([&signal["kept"], &signal["sent"], &signal["consent"]], [true, true, true]);
    assert_eq!(datum("person")["sent"], false);
}

#[test]
fn label_cannot_break_the_table() {
    let folder = tempfile::tempdir().unwrap();
    let pact = r#"{"pact": 1, "id": "x", "fields": [{"id": "a", "label": "one | two\nthree", "kind": "text"}], "qualification": {"threshold": 1}}"#;
    let ran = run(&["inventory", &write(&folder, "pact.json", pact), "--locale", "en"]);
    assert!(ran.stdout.contains("| one \\| two three (`a`) |"), "{}", ran.stdout);
}

#[test]
fn retention_beyond_395_days_is_refused() {
    let ran = run(&["inventory", PACT, "--retention", "396"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("395"), "{}", ran.stderr);
}
