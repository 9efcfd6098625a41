//! `leadpact check`, as it is run.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod program;

use program::{PACT, pact, run, write};

#[test]
fn a_valid_pact_is_summed_up_in_a_line() {
    let ran = run(&["check", PACT]);
    assert_eq!(ran.code, 0);
    let expected = format!("{PACT}: valid: 7 fields, 2 signals, 5 criteria, threshold 50, hash {}\n", pact().hash);
    assert_eq!(ran.stdout, expected);
    assert_eq!(ran.stderr, "");
}

#[test]
fn every_problem_is_named_by_its_place_in_the_order_of_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let text = std::fs::read_to_string(PACT).unwrap();
    let text = text.replace(r#""fact": "sector""#, r#""fact": "sectr""#).replace(r#""locales""#, r#""locals""#);
    let file = write(&folder, "bad.json", &text);
    let ran = run(&["check", &file]);
    assert_eq!(ran.code, 1);
    assert_eq!(ran.stdout, "");
    let expected = format!(
        "{file}:2:56: locals: unknown key `locals`, did you mean `locales`?\n\
         {file}:24:75: criteria[0].when.fact: no field or signal is called `sectr`, did you mean `sector`?\n\
         error: `{file}` is not a valid pact: 2 problems\n"
    );
    assert_eq!(ran.stderr, expected);

    let said: serde_json::Value = serde_json::from_str(&run(&["check", &file, "--format", "json"]).stdout).unwrap();
    assert_eq!(said["valid"], false);
    assert_eq!(said["problems"][1]["line"], 24);
    assert_eq!(said["problems"][1]["path"], "criteria[0].when.fact");
}

#[test]
fn what_is_not_json_is_refused_at_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let file = write(&folder, "bad.json", "{\n  \"pact\": 1,\n}");
    let ran = run(&["check", &file]);
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.starts_with(&format!("{file}:3:1: not valid JSON: ")), "{}", ran.stderr);
    let deep = write(&folder, "deep.json", "[".repeat(1 << 19) + &"]".repeat(1 << 19));
    assert!(run(&["check", &deep]).stderr.contains("nested deeper than 64"));
    let long = write(&folder, "long.json", " ".repeat((1 << 20) + 1));
    assert!(run(&["check", &long]).stderr.contains("a pact has at most 1048576 bytes"));
}

#[test]
fn of_very_many_problems_the_first_thousand_are_said() {
    let folder = tempfile::tempdir().unwrap();
    let keys: String = (0..20_000).map(|at| format!("\"k{at}\": 1,\n")).collect();
    let text = std::fs::read_to_string(PACT).unwrap();
    let file = write(&folder, "bad.json", text.replacen('{', &format!("{{\n{keys}"), 1));
    let ran = run(&["check", &file]);
    let lines: Vec<&str> = ran.stderr.lines().collect();
    assert_eq!((ran.code, lines.len()), (1, 1_002));
    let more = |lines: &[&str]| -> usize {
        lines[1_000].strip_prefix("and ").unwrap().strip_suffix(" problems more").unwrap().parse().unwrap()
    };
    assert!(lines[1_001].ends_with(&format!("is not a valid pact: {} problems", more(&lines) + 1_000)));
    let json = run(&["check", &file, "--format", "json"]).stdout;
    let said: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!((said["problems"].as_array().unwrap().len(), &said["more"]), (1_000, &more(&lines).into()));
}

#[test]
fn what_cannot_be_read_has_a_code_of_its_own() {
    assert_eq!(run(&["check", "no-such-file.json"]).code, 2);
    assert_eq!(run(&["check", env!("CARGO_MANIFEST_DIR")]).code, 2);
    assert_eq!(run(&["check"]).code, 2);
    assert_eq!(run(&["chek", PACT]).code, 2);
}

#[test]
fn size_and_missing_translations_are_advised_against_and_do_not_fail() {
    let folder = tempfile::tempdir().unwrap();
    let text = std::fs::read_to_string(PACT).unwrap();
    let text = text.replace(r#""fr": "Secteur", "#, "");
    let padded = format!("\u{feff}{}{}", text, " ".repeat(50 * 1024));
    let file = write(&folder, "pact.json", &padded);
    let ran = run(&["check", &file]);
    assert_eq!(ran.code, 0);
    assert!(ran.stderr.contains("warning: the pact has "), "{}", ran.stderr);
    assert!(ran.stderr.contains(":6:49: warning: fields[2].label: the text is missing in `fr`"), "{}", ran.stderr);
    assert!(ran.stdout.contains(": valid: "));
}

#[test]
fn an_autocomplete_that_browsers_do_not_know_or_that_asks_for_a_secret_is_advised_against() {
    let folder = tempfile::tempdir().unwrap();
    let text = std::fs::read_to_string(PACT).unwrap();
    let with = |token: &str| {
        let text = text.replace(r#""autocomplete": "name""#, &format!(r#""autocomplete": "{token}""#));
        run(&["check", &write(&folder, "pact.json", text)])
    };
    for (token, said) in [
        ("phone-number", "`phone-number` is no `autocomplete` that browsers know, did you mean `tel`?"),
        ("cc-number", "`cc-number` has no place in a lead form"),
        ("current-password", "`current-password` has no place in a lead form"),
    ] {
        let ran = with(token);
        assert_eq!(ran.code, 0);
        assert!(ran.stderr.contains(&format!(":4:69: warning: fields[0].autocomplete: {said}")), "{}", ran.stderr);
        assert!(ran.stdout.contains(": valid: "));
    }
    assert_eq!(with("work email").stderr, "");
    let json = run(&[
        "check",
        &write(&folder, "pact.json", text.replace(r#""name", "label""#, r#""nom", "label""#)),
        "--format",
        "json",
    ]);
    let said: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(said["warnings"][0]["path"], "fields[0].autocomplete");
}
