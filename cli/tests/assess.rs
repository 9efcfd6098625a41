//! `leadpact assess`, as it is run.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod program;

use program::{PACT, PROGRAM, Ran, run, run_with, write};
use serde_json::Value;
use std::io::Read;
use std::process::{Command, Stdio};

fn assess(args: &[&str], leads: &str) -> Ran {
    run_with(&[&["assess", PACT, "-"], args].concat(), leads.as_bytes())
}

fn ids(ran: &Ran) -> Vec<String> {
    let id = |line: &str| serde_json::from_str::<Value>(line).unwrap()["id"].as_str().unwrap().to_owned();
    ran.stdout.lines().map(id).collect()
}

#[test]
fn an_assessment_has_its_exact_form() {
    let ran = assess(
        &[],
        r#"{"id": "L-1", "at": "2026-11-20T10:00:00Z", "facts": {"email": "a@b.fr", "phone": "01", "sector": "industry", "tools": ["erp"], "team": 60, "soon": true, "pricing": {"value": 2, "last": "2026-11-13T10:00:00Z"}, "name": "Ana"}}"#,
    );
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    let expected = concat!(
        r#"{"id":"L-1","score":58,"fit":40,"interest":18,"grade":"A2","stage":"mql","decision":"handoff","#,
        r#""complete":true,"missing":[],"low":58,"high":58,"odds":{"handoff":1.0,"nurture":0.0,"disqualified":0.0},"#,
        r#""certain":true,"assumed":false,"reasons":[{"criterion":"industry","points":30},"#,
        r#"{"criterion":"large","points":20},{"criterion":"erp","points":5},{"criterion":"soon","points":10},"#,
        r#"{"criterion":"pricing","points":8}],"groups":[{"group":"company","points":40,"raw":55},"#,
        r#"{"group":"visit","points":18,"raw":18}],"ask":[],"route":"field_sales"}"#,
        "\n"
    );
    assert_eq!(ran.stdout, expected);
}

#[test]
fn a_bad_line_is_named_and_does_not_stop_the_others() {
    let leads = "\u{feff}{\"id\": \"1\"}\r\n\r\n{\"id\": \"2\"\n{\"id\": \"3\", \"facts\": {\"sectr\": \"secret\"}}\n\
                 {\"id\": \"4\", \"at\": \"2026-11-20\", \"colour\": 1}\n{\"id\": \"5\"}";
    let ran = assess(&[], leads);
    assert_eq!(ran.code, 1);
    assert_eq!(ids(&ran), ["1", "5"]);
    let lines: Vec<&str> = ran.stderr.lines().collect();
    assert!(lines[0].starts_with("<stdin>:3:") && lines[0].contains("not valid JSON"), "{}", lines[0]);
    assert_eq!(lines[1], "<stdin>:4: facts.sectr: the pact has no such fact, did you mean `sector`?");
    assert!(lines.iter().any(|line| line.starts_with("<stdin>:5: colour: unknown key")), "{lines:?}");
    assert!(lines.iter().any(|line| line.starts_with("<stdin>:5: at: expected a time")), "{lines:?}");
    assert!(!ran.stderr.contains("secret"));
}

#[test]
fn a_fact_that_does_not_fit_is_left_unknown_with_a_warning_that_hides_its_value() {
    let lead =
        r#"{"id": "1", "facts": {"sector": "secret", "team": "secret", "soon": 7, "phone": {"declined": true}}}"#;
    let ran = assess(&[], &format!("{lead}\n{{\"id\": \"2\"}}"));
    assert_eq!(ran.code, 0);
    assert_eq!(ids(&ran), ["1", "2"]);
    assert!(ran.stderr.starts_with("<stdin>:1: warning: facts.sector: no option has this value; left unknown\n"));
    assert_eq!(ran.stderr.lines().count(), 3);
    assert!(!ran.stderr.contains("secret"));

    let strict = assess(&["--strict"], &format!("{{\"id\": \"0\"}}\n{lead}\n{{\"id\": \"2\"}}"));
    assert_eq!(strict.code, 1);
    assert_eq!(ids(&strict), ["0"]);
}

#[test]
fn the_time_of_assessment_can_be_chosen() {
    let lead = r#"{"id": "1", "at": "2026-11-20T10:00:00Z", "facts": {"pricing": 3}}"#;
    let interest = |args: &[&str]| -> i64 {
        let ran = assess(args, lead);
        serde_json::from_str::<Value>(&ran.stdout).unwrap()["interest"].as_i64().unwrap()
    };
    assert_eq!(interest(&[]), 24);
    assert_eq!(interest(&["--at", "2026-11-27T10:00:00Z"]), 12);
    assert_eq!(assess(&["--at", "tomorrow"], lead).code, 2);
}

#[test]
fn a_table_says_the_same_as_lines() {
    let folder = tempfile::tempdir().unwrap();
    let table = "\u{feff}id;at;behaviour;sector;tools;team;soon;pricing;pricing.last;campaign;name\r\n\
        L-1;2026-11-20T10:00:00Z;;industry;erp|paper;1 200;yes;2;2026-11-13T10:00:00Z;ads;\"Ana; \"\"Roux\"\"\"\r\n\
        \r\n\
        L-2;2026-11-20T10:00:00Z;no;;;;;;;;\r\n\
        L-3;2026-11-20T10:00:00Z;;industry\r\n\
        L-4;2026-11-20T10:00:00Z;;steel;;12,5;;;;;=cmd()\r\n";
    let lines = concat!(
        r#"{"id": "L-1", "at": "2026-11-20T10:00:00Z", "facts": {"sector": "industry", "tools": ["erp", "paper"], "team": 1200, "soon": true, "pricing": {"value": 2, "last": "2026-11-13T10:00:00Z"}, "campaign": "ads", "name": "Ana; \"Roux\""}}"#,
        "\n",
        r#"{"id": "L-2", "at": "2026-11-20T10:00:00Z", "behaviour": false, "facts": {}}"#,
        "\n",
        r#"{"id": "L-4", "at": "2026-11-20T10:00:00Z", "facts": {"team": 12.5, "name": "=cmd()"}}"#,
        "\n"
    );
    let file = write(&folder, "leads.CSV", table);
    let ran = run(&["assess", PACT, &file]);
    assert_eq!(ran.code, 1);
    assert_eq!(ran.stdout, assess(&[], lines).stdout);
    let expected = format!(
        "{file}:5: expected 11 cells as in the header, found 4\n\
         {file}:6: warning: facts.sector: no option has this value; left unknown\n"
    );
    assert_eq!(ran.stderr, expected);
}

#[test]
fn a_table_with_a_column_without_meaning_is_refused() {
    for (header, message) in [
        ("id,sectr\n", "column 2: no fact of the pact is called `sectr`, did you mean `sector`?"),
        ("id,team,team\n", "column 3: the column `team` stands twice"),
        ("campaign.last\n", "no fact of the pact is called `campaign.last`"),
        ("\n", "the file is empty"),
        ("", "the file is empty"),
    ] {
        let ran = assess(&["--format", "csv"], header);
        assert_eq!(ran.code, 2, "{header}");
        assert!(ran.stderr.contains(message), "{}", ran.stderr);
    }
}

#[test]
fn what_cannot_be_read_has_a_code_of_its_own() {
    assert_eq!(run(&["assess", PACT, "no-such-file.jsonl"]).code, 2);
    assert_eq!(run(&["assess", PACT, env!("CARGO_MANIFEST_DIR")]).code, 2);
    assert_eq!(run(&["assess", "no-such-file.json", "-"]).code, 2);
    assert_eq!(assess(&[], "").code, 0);
}

#[test]
fn a_reader_that_leaves_is_not_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let file = write(&folder, "leads.jsonl", "{\"id\": \"L\"}\n".repeat(20_000));
    let mut program = Command::new(PROGRAM);
    program.args(["assess", PACT, &file]).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = program.spawn().unwrap();
    child.stdout.take().unwrap().read_exact(&mut [0; 16]).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stderr.is_empty());
}
