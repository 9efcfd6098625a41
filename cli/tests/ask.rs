//! `leadpact ask`, as it is run.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod program;

use program::{PACT, Ran, run, run_with, write};
use serde_json::Value;

/// What is known when the form has just begun.
const BEGUN: &str = r#"{"email": "a@b.fr", "team": 60, "pricing": {"value": 2, "last": "2026-11-13T10:00:00Z"}}"#;
const AT: [&str; 2] = ["--at", "2026-11-20T10:00:00Z"];

fn ask(facts: &str, args: &[&str]) -> Ran {
    run_with(&[&["ask", PACT, "-"], args, &AT].concat(), facts.as_bytes())
}

#[test]
fn the_decision_comes_first_then_the_questions_then_what_would_change_it() {
    let ran = ask(BEGUN, &["--locale", "en"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    let expected = "\
Were the form sent now: kept by marketing.
Were every question answered: 15% handed over to sales, 85% kept by marketing.

Score: 28 points, 20 of them for fit and 8 for interest.
  The company: 20 points.
    +20 More than 50
  visit: 8 points.
    +8 Pricing

Worth asking, the best first

 1. Industry: moves the chance of hand-over from 15% to 0% or 30%.
      30%  “Manufacturing” (50% of answers)
       0%  “Retail” (50% of answers)
    Rather than stopping here: 12.4 qualified leads more in 100 such visits (1.5
    visitors leave at this question).

 2. Soon: moves the chance of hand-over from 15% to 0% or 50%.
      50%  yes (30% of answers)
       0%  no (70% of answers)
";
    assert!(ran.stdout.starts_with(expected), "{}", ran.stdout);
    assert!(ran.stdout.contains("Phone: sales needs it, and the chance of hand-over is 15%."), "{}", ran.stdout);
    assert!(!ran.stdout.contains('\u{1b}'), "colour is for terminals");
    assert!(ran.stdout.lines().all(|line| line.chars().count() <= 80), "{}", ran.stdout);
}

#[test]
fn the_language_is_the_pacts_first_unless_asked_otherwise() {
    let french = ask(BEGUN, &[]);
    assert_eq!(french.stdout, ask(BEGUN, &["--locale", "fr"]).stdout);
    let expected = "\
Si le formulaire partait maintenant\u{a0}: suivi par le marketing.
Si tout était répondu\u{a0}: 15\u{202f}% transmis aux commerciaux, 85\u{202f}% suivi par le
marketing.

Score\u{a0}: 28 points, dont 20 pour l’adéquation et 8 pour l’intérêt.
  L’entreprise\u{a0}: 20 points.
    +20 Plus de 50
  visit\u{a0}: 8 points.
    +8 Tarifs

À demander, du plus utile au moins utile

 1. Secteur\u{a0}: fait passer la probabilité de transmission de 15\u{202f}% à 0\u{202f}% ou 30\u{202f}%.
      30\u{202f}%  «\u{a0}Industrie\u{a0}» (50\u{202f}% des réponses)
       0\u{202f}%  «\u{a0}Commerce\u{a0}» (50\u{202f}% des réponses)
    Plutôt que de s’arrêter là\u{a0}: 12,4 leads qualifiés de plus pour 100 visites
    semblables (1,5 visiteur part à cette question).
";
    assert!(french.stdout.starts_with(expected), "{}", french.stdout);
}

#[test]
fn a_finished_lead_is_told_why_nothing_is_asked_and_what_would_have_changed_it() {
    let lead = r#"{"id": "L-7", "at": "2026-11-20T10:00:00Z", "behaviour": true, "facts": {"email": "a@b.fr",
        "phone": "01 23 45 67 89", "sector": "industry", "team": 60, "tools": ["erp"], "soon": true}}"#;
    let ran = ask(lead, &["--locale", "en"]);
    let expected = "\
L-7
Were the form sent now: handed over to sales.
Were every question answered: 100% handed over to sales.

Score: 50 points, 40 of them for fit and 10 for interest.
  The company: 40 points (55, of which at most 40 count).
    +30 Manufacturer
    +20 More than 50
    +5 ERP
  visit: 10 points.
    +10 Soon

Nothing more to ask: no other answer will change the decision (handed over to
sales).

What would have changed the decision: “Industry”, with the answer “Retail”. The
lead would then have been kept by marketing.
";
    assert_eq!((ran.code, ran.stdout.as_str()), (0, expected));
}

#[test]
fn questions_already_asked_count_against_the_budget() {
    let folder = tempfile::tempdir().unwrap();
    let text = std::fs::read_to_string(PACT).unwrap();
    let text = text.replacen("\"handoff\": {", "\"asking\": {\"budget\": 3}, \"handoff\": {", 1);
    let pact = write(&folder, "pact.json", text);
    let facts = write(&folder, "facts.json", BEGUN);
    let asked = |n: &str| run(&[&["ask", &pact, &facts, "--locale", "en", "--asked", n], &AT[..]].concat()).stdout;
    assert!(asked("1").contains("Worth asking"));
    assert!(asked("3").contains("Nothing more to ask: this visit has had all the questions that the pact allows"));
}

#[test]
fn programs_get_the_data_and_the_sentences_as_one_object() {
    let lead = format!(r#"{{"id": "L-1", "facts": {BEGUN}}}"#);
    let ran = ask(&lead, &["--locale", "en", "--format", "json"]);
    assert_eq!((ran.code, ran.stdout.lines().count()), (0, 1));
    let said: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!((&said["id"], &said["decision"]), (&"L-1".into(), &"nurture".into()));
    assert_eq!((&said["ask"][0]["field"], &said["ask"][1]["field"]), (&"sector".into(), &"soon".into()));
    assert_eq!(said["ask"][1]["answers"][0]["answer"]["options"][0], "yes");
    assert_eq!(said["ask"][1]["answers"][0]["share"], 0.3);
    assert_eq!(said["sentences"]["ask"][1]["answers"][0]["chance"], "50%");
    assert_eq!(said["sentences"]["decision"], "Were the form sent now: kept by marketing.");
    assert!(said.get("stop").is_none());
}

#[test]
fn a_fact_that_does_not_fit_is_left_unknown_with_a_warning_that_hides_its_value() {
    let folder = tempfile::tempdir().unwrap();
    let bare = write(&folder, "facts.json", "{\n  \"sector\": \"secret\",\n  \"soon\": true}");
    let ran = run(&["ask", PACT, &bare]);
    assert_eq!(ran.code, 0);
    assert_eq!(ran.stderr, format!("{bare}:2:13: warning: sector: no option has this value; left unknown\n"));
    let lead = write(&folder, "lead.json", r#"{"id": "L", "facts": {"sector": "secret"}}"#);
    let ran = run(&["ask", PACT, &lead]);
    assert_eq!(ran.stderr, format!("{lead}:1:33: warning: facts.sector: no option has this value; left unknown\n"));
}

#[test]
fn what_is_no_lead_is_refused_by_its_place() {
    for (facts, message) in [
        (r#"{"sectr": "retail"}"#, "<stdin>:1:11: sectr: the pact has no such fact, did you mean `sector`?"),
        (r#"{"facts": {}, "colour": 1}"#, "<stdin>:1:25: colour: unknown key `colour`"),
        (r#"{"id": "L", "at": "yesterday"}"#, "<stdin>:1:19: at: expected a time"),
        ("[1]", "<stdin>:1:1: expected an object, found a list"),
        ("{\n", "<stdin>:2:"),
        ("", "not valid JSON"),
        ("{\"id\": \"1\"}\n{\"id\": \"2\"}\n", "expected one lead, found a lead a line"),
    ] {
        let ran = ask(facts, &[]);
        assert_eq!((ran.code, ran.stdout.as_str()), (1, ""), "{facts}");
        assert!(ran.stderr.contains(message), "{facts}: {}", ran.stderr);
    }
}

#[test]
fn nothing_known_is_a_visitor_like_any_other() {
    let ran = ask("{}", &["--locale", "en"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    assert!(ran.stdout.contains("Worth asking"), "{}", ran.stdout);
}

#[test]
fn what_cannot_be_read_has_a_code_of_its_own() {
    assert_eq!(run(&["ask", PACT, "no-such-file.json"]).code, 2);
    assert_eq!(run(&["ask", "no-such-file.json", "-"]).code, 2);
    assert_eq!(run(&["ask", PACT]).code, 2);
    assert_eq!(run(&["ask", PACT, "-", "--at", "yesterday"]).code, 2);
    let both = run(&["ask", "-", "-"]);
    assert_eq!(both.code, 2);
    assert!(both.stderr.contains("only one of the pact and the facts can come from stdin"));
    let folder = tempfile::tempdir().unwrap();
    let wrong = write(&folder, "pact.json", "{}");
    assert_eq!(run(&["ask", &wrong, "-"]).code, 2);
}
