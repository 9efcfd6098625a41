//! The server's half: what a record claims against what follows from its facts, natively. `tests/server/` holds the same
//! against what Node finds.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::unreachable,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    missing_docs,
    reason = "test helpers fail by panicking, and not every test uses each"
)]

#[path = "parity/large.rs"]
mod large;
#[path = "oracle/make.rs"]
mod make;
#[path = "parity/pairs.rs"]
mod pairs;
#[path = "verify/make.rs"]
mod records;
#[path = "verify/sample.rs"]
mod sample;

use leadpact::{Lead, Pact, Received, Time, Verification, limits, verify};
use pairs::Chance;
use records::{AT, figures, record, tampered, tree, true_record};
use sample::{hashed, sample};
use serde_json::{Value as Json, json};

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// A pact that has all that a record can be wrong about.
fn source() -> Json {
    json!({
        "pact": 1, "id": "all", "revision": "r2",
        "fields": [
            {"id": "email", "label": "E-mail", "kind": "email", "ask": "always"},
            {"id": "team", "label": "Team", "kind": "number", "min": 0},
            {"id": "tools", "label": "Tools", "kind": "choices", "options": [{"value": "erp"}, {"value": "paper"}]}
        ],
        "signals": [
            {"id": "pricing", "measure": "page_views", "path": "/pricing"},
            {"id": "source", "measure": "query", "name": "utm_source"}
        ],
        "groups": [{"id": "company", "dimension": "fit"}, {"id": "visit", "dimension": "interest"}],
        "criteria": [
            {"id": "large", "group": "company", "points": 40, "when": {"fact": "team", "at_least": 50}},
            {"id": "keen", "group": "visit", "points": 10, "each": "pricing", "up_to": 3, "half_life_days": 7}
        ],
        "qualification": {"threshold": 50, "needs": ["tools"], "grades": {"fit": [40, 20, 10], "interest": [20, 10, 5]}},
        "asking": {"holdout": 0.5},
        "handoff": {
            "routes": [{"to": "field", "when": {"fact": "team", "at_least": 50}}, {"to": "desk"}],
            "sla": [{"respond_within_hours": 4, "channels": ["phone", "email"], "attempts": 3, "every_hours": 24}]
        }
    })
}

fn pact(source: &Json) -> Pact {
    source.to_string().parse().unwrap()
}

/// A lead of a team of 60 who has just seen the prices twice.
fn lead(pact: &Pact, at: Time) -> Lead {
    let facts = json!({"team": 60, "pricing": {"value": 2, "last": at.to_string()}});
    let (mut lead, refused) = Lead::from_facts(pact, &tree(&facts), true, at);
    assert!(refused.is_empty(), "{refused:?}");
    lead.draw(0.75);
    lead
}

fn whats(verified: &Verification) -> Vec<&str> {
    verified.differences.iter().map(|difference| difference.what.as_str()).collect()
}

/// What differs of the record with this change, received when it was made.
fn changed(change: impl FnOnce(&mut Json)) -> Vec<String> {
    let pact = pact(&source());
    let mut record = record(&lead(&pact, AT), Vec::new(), AT);
    change(&mut record);
    whats(&verify(&tree(&record), &pact, AT)).into_iter().map(str::to_owned).collect()
}

type Change = fn(&mut Json);

#[test]
fn sec_09_each_tampered_figure_is_named_and_the_servers_own_counts() {
    let table: [(&[&str], Change); 33] = [
        (&[], |_| {}),
        (&["score"], |r| r["assessment"]["score"] = json!(99)),
        (&["fit"], |r| r["assessment"]["fit"] = json!(41)),
        (&["interest"], |r| r["assessment"]["interest"] = json!(0)),
        (&["grade"], |r| r["assessment"]["grade"] = json!("D4")),
        (&["decision"], |r| r["assessment"]["decision"] = json!("nurture")),
        (&["missing"], |r| r["assessment"]["missing"] = json!([])),
        (&["odds"], |r| r["assessment"]["odds"]["handoff"] = json!(0.5)),
        (&["reasons"], |r| r["assessment"]["reasons"] = json!([])),
        (&["reasons"], |r| r["assessment"]["reasons"][0]["points"] = json!(41)),
        (&["groups"], |r| r["assessment"]["groups"][0]["raw"] = json!(41)),
        (&["approximate"], |r| r["assessment"]["approximate"] = json!(true)),
        (&["route"], |r| r["assessment"]["route"] = json!("ceo")),
        (&["route"], |r| r["route"] = json!("ceo")),
        (&["assessment"], |r| r["assessment"] = json!("good")),
        (&["sla.due_at.phone"], |r| r["sla"]["due_at"]["phone"] = json!("2026-11-26T10:00:00Z")),
        (&["sla.due_at"], |r| r["sla"]["due_at"]["sms"] = json!("2026-11-26T10:00:00Z")),
        (&["sla.respond_within_hours"], |r| r["sla"]["respond_within_hours"] = json!(1)),
        (&["sla.channels"], |r| r["sla"]["channels"] = json!(["phone"])),
        (&["sla"], |r| r["sla"] = Json::Null),
        (&["pact.hash"], |r| r["pact"]["hash"] = json!("0".repeat(64))),
        (&["pact.revision"], |r| r["pact"]["revision"] = json!("r1")),
        (&["pact.id"], |r| r["pact"]["id"] = json!("another")),
        (&["record"], |r| r["record"] = json!(2)),
        (&["record"], |r| r["record"] = json!("1")),
        (&["id"], |r| r["id"] = json!("0123456789ABCDEF0123456789ABCDEF")),
        (&["attempt"], |r| r["attempt"] = json!(0)),
        (&["attempt"], |r| r["attempt"] = json!(1.5)),
        (&["experiment"], |r| r["experiment"]["arm"] = json!("holdout")),
        (&["asked"], |r| r["asked"] = json!([{"field": "nothing", "why": "decides"}])),
        (&["asked"], |r| r["asked"] = json!(null)),
        (&["at"], |r| r["at"] = json!("2026-11-25T12:00:00Z")),
        (&["at"], |r| r["at"] = json!(0)),
    ];
    for (line, (named, change)) in table.into_iter().enumerate() {
        assert_eq!(changed(change), named, "line {line}");
    }
    let pact = pact(&source());
    let mut record = record(&lead(&pact, AT), Vec::new(), AT);
    record["assessment"]["score"] = json!(99);
    let verified = verify(&tree(&record), &pact, AT);
    assert_eq!((verified.assessment.score, verified.route()), (60, Some("field")));
    assert_eq!(json!(verified.differences), json!([{"what": "score", "claimed": 99, "found": 60}]));
}

/// What a test reads of a verification.
trait Says {
    fn route(&self) -> Option<&str>;
}

impl Says for Verification {
    fn route(&self) -> Option<&str> {
        self.assessment.route.as_deref()
    }
}

#[test]
fn sec_09_facts_that_do_not_fit_are_named_and_left_unknown() {
    let named = |facts: Json| {
        let pact = pact(&source());
        let mut record = record(&lead(&pact, AT), Vec::new(), AT);
        record["facts"] = facts;
        let verified = verify(&tree(&record), &pact, AT);
        let facts: Vec<String> =
            whats(&verified).into_iter().filter(|what| what.starts_with("facts")).map(str::to_owned).collect();
        (facts, json!(verified.facts))
    };
    let unknown = named(json!({"team": 60, "nothing": 1, "__proto__": 1}));
    assert_eq!(
        unknown,
        (vec!["facts.__proto__".into(), "facts.nothing".into()], json!({"team": 60.0, "pricing": 0.0}))
    );
    let refused = named(
        json!({"team": -1, "tools": ["nonsense"], "pricing": {"value": 2, "last": "soon"}, "email.provider": "free"}),
    );
    let all = ["facts.email.provider", "facts.pricing", "facts.team", "facts.tools"];
    assert_eq!(refused, (all.map(String::from).to_vec(), json!({"pricing": 0.0})));
    assert_eq!(named(json!([])).0, ["facts"]);
    let many: serde_json::Map<String, Json> = (0..30_000).map(|n| (format!("n{n}"), json!(1))).collect();
    let (named, _) = named(Json::Object(many));
    assert_eq!((named.len(), named[20].as_str()), (21, "facts"));
}

#[test]
fn sec_09_behaviour_counts_only_with_consent() {
    assert!(changed(|r| r["consent"]["behaviour"] = json!(false)).contains(&"consent".into()));
    assert!(changed(|r| r["consent"] = json!(null)).contains(&"consent".into()));
    let pact = pact(&source());
    let mut record = record(&lead(&pact, AT), Vec::new(), AT);
    record["consent"]["behaviour"] = json!(false);
    let verified = verify(&tree(&record), &pact, AT);
    assert_eq!((verified.behaviour, json!(verified.facts)), (false, json!({"team": 60.0})));
    assert_eq!((verified.assessment.score, verified.assessment.interest), (40, 0));
    // What was measured although nothing was to be measured is named as well.
    record["behaviour"] = json!(false);
    assert!(whats(&verify(&tree(&record), &pact, AT)).contains(&"facts.pricing"));
}

#[test]
fn sec_09_the_forms_own_answers_win_and_what_the_record_says_else_is_named() {
    let pact = pact(&source());
    let record = tree(&record(&lead(&pact, AT), Vec::new(), AT));
    let answers =
        |team: &str| vec![("team".to_owned(), vec![team.to_owned()]), ("page".to_owned(), vec!["x".to_owned()])];
    let found = |answers: &[(String, Vec<String>)]| {
        let verified = Received { record: Some(&record), answers, at: AT, first: AT }.verify(&pact);
        (verified.assessment.fit, whats(&verified).contains(&"facts.team"))
    };
    assert_eq!(found(&answers("60")), (40, false));
    assert_eq!(found(&answers("12")), (0, true));
    assert_eq!(found(&answers(" ")), (40, false));
    // What the form says cannot be used: the record's word counts, and that is said.
    assert_eq!(found(&answers("about sixty")), (40, true));
    let alone = Received { record: None, answers: &answers("60"), at: AT, first: AT }.verify(&pact);
    assert_eq!((alone.assessment.score, whats(&alone), &alone.id, alone.attempt), (40, vec![], &None, 1));
}

#[test]
fn sec_09_a_form_that_ends_lines_its_own_way_says_the_same_as_the_record() {
    let mut source = source();
    source["fields"].as_array_mut().unwrap().push(json!({"id": "story", "label": "Story", "kind": "paragraph"}));
    let pact = pact(&source);
    let mut lead = lead(&pact, AT);
    lead.answer("story", "two\nlines\n\nand more").unwrap();
    let record = record(&lead, Vec::new(), AT);
    for story in ["two\r\nlines\r\n\r\nand more", "two\rlines\r\rand more", "two\nlines\n\nand more"] {
        let answers = [("story".to_owned(), vec![story.to_owned()])];
        let record = tree(&record);
        let verified = Received { record: Some(&record), answers: &answers, at: AT, first: AT }.verify(&pact);
        assert_eq!(whats(&verified), Vec::<&str>::new());
        assert_eq!(json!(verified.facts)["story"], "two\nlines\n\nand more");
    }
}

#[test]
fn sec_10_a_record_further_from_its_receipt_than_clocks_differ_is_flagged() {
    let pact = pact(&source());
    let record = tree(&record(&lead(&pact, AT), Vec::new(), AT));
    for (skew, flagged) in [
        (0, false),
        (10 * MINUTE, false),
        (-10 * MINUTE, false),
        (10 * MINUTE + 1, true),
        (-10 * MINUTE - 1, true),
        (HOUR, true),
        (-2 * HOUR, true),
        (2 * DAY, true),
    ] {
        let verified = verify(&record, &pact, Time(AT.0 + skew));
        assert_eq!(whats(&verified).contains(&"at"), flagged, "{skew}");
        assert_eq!(whats(&verified).is_empty(), !flagged, "{skew}: {:?}", whats(&verified));
    }
}

#[test]
fn sec_10_what_fades_and_what_is_due_go_by_the_time_of_receipt() {
    let pact = pact(&source());
    let mut made = record(&lead(&pact, AT), Vec::new(), AT);
    assert_eq!(made["assessment"]["interest"], 20);
    let week = Time(AT.0 + 7 * DAY);
    let verified = verify(&tree(&made), &pact, week);
    assert_eq!(
        (verified.assessment.interest, verified.sla.as_ref().unwrap().due_at[0].1),
        (10, Time(week.0 + 4 * HOUR))
    );
    // A signal that grew in the future would never fade.
    made["facts"]["pricing"]["last"] = json!("2100-01-01T00:00:00Z");
    let verified = verify(&tree(&made), &pact, AT);
    assert_eq!(whats(&verified), ["facts.pricing.last"]);
    assert_eq!(json!(verified.facts)["pricing"]["last"], json!(AT.to_string()));
    // The id's first receipt is what sales promised from.
    let record = tree(&record(&lead(&pact, week), Vec::new(), week));
    let verified = Received { record: Some(&record), answers: &[], at: week, first: AT }.verify(&pact);
    assert!(verified.differences.is_empty(), "{:?}", verified.differences);
    assert_eq!(verified.sla.unwrap().due_at[0].1, Time(AT.0 + 4 * HOUR));
}

#[test]
fn sec_10_records_of_1970_and_of_2100_are_verified_at_the_servers_clock() {
    let pact = pact(&source());
    for year in ["1970-01-01T00:00:00Z", "2100-02-28T23:59:59.999Z", "0001-01-01T00:00:00Z", "9999-12-30T00:00:00Z"] {
        let record = record(&lead(&pact, AT), Vec::new(), year.parse().unwrap());
        let verified = verify(&tree(&record), &pact, AT);
        assert!(whats(&verified).contains(&"at"), "{year}");
        assert_eq!(verified.sla.unwrap().due_at[0].1, Time(AT.0 + 4 * HOUR), "{year}");
        assert_eq!(verified.assessment.score, 60, "{year}");
    }
    // No clock of a server stops it.
    let record = tree(&record(&lead(&pact, AT), Vec::new(), AT));
    for at in [i64::MIN, -1, 0, 253_402_300_800_000, i64::MAX] {
        let verified = verify(&record, &pact, Time(at));
        assert!(json!(verified.sla.unwrap())["due_at"]["phone"].as_str().unwrap().parse::<Time>().is_ok(), "{at}");
    }
}

/// Working days of eight hours, on both days on which the clocks of Paris change in 2026.
#[test]
fn sec_10_working_hours_are_counted_over_the_days_on_which_clocks_change() {
    let mut source = source();
    source["handoff"]["sla"] = json!([{"respond_within_hours": 8, "channels": ["phone"]}]);
    source["handoff"]["calendar"] = json!({
        "zone": "Europe/Paris",
        "hours": {"sat": ["20:00-24:00"], "sun": ["00:00-06:00"], "mon": ["09:00-17:00"]}
    });
    let pact = pact(&source);
    for (at, due) in [
        // From three in the morning on the clocks show summer time: the night has five hours, not six.
        ("2026-03-28T19:00:00Z", "2026-03-29T03:00:00.000Z"),
        ("2026-03-28T20:00:00Z", "2026-03-29T04:00:00.000Z"),
        ("2026-03-28T20:30:00Z", "2026-03-30T07:30:00.000Z"),
        // Three in the morning comes twice: seven hours.
        ("2026-10-24T18:00:00Z", "2026-10-25T02:00:00.000Z"),
        ("2026-10-24T22:00:00Z", "2026-10-26T09:00:00.000Z"),
    ] {
        let at: Time = at.parse().unwrap();
        let mut made = record(&lead(&pact, at), Vec::new(), at);
        let verified = verify(&tree(&made), &pact, at);
        assert_eq!(json!(verified.sla)["due_at"]["phone"], due);
        assert_eq!(whats(&verified), Vec::<&str>::new());
        // A client whose zone or clock says otherwise wins nothing.
        made["sla"]["due_at"]["phone"] = json!("2026-12-31T00:00:00Z");
        assert_eq!(whats(&verify(&tree(&made), &pact, at)), ["sla.due_at.phone"]);
    }
}

#[test]
fn t6_a_record_sent_again_after_a_day_or_with_a_consent_that_is_younger_is_flagged() {
    let pact = pact(&source());
    let mut made = record(&lead(&pact, AT), Vec::new(), AT);
    let note = |verified: &Verification| verified.differences[0].note.clone().unwrap();
    let later = verify(&tree(&made), &pact, Time(AT.0 + DAY + 1));
    assert!(note(&later).starts_with("older than a day"), "{later:?}");
    made["consent"]["at"] = json!(Time(AT.0 + 11 * MINUTE).to_string());
    assert_eq!(whats(&verify(&tree(&made), &pact, AT)), ["consent.at"]);
    // By another clock, a little.
    made["consent"]["at"] = json!(Time(AT.0 + MINUTE).to_string());
    assert_eq!(whats(&verify(&tree(&made), &pact, AT)), Vec::<&str>::new());
}

#[test]
fn j4_records_of_another_pact_an_older_revision_or_a_newer_engine_are_assessed_and_flagged() {
    let mut older = source();
    older["revision"] = json!("r1");
    older["qualification"]["threshold"] = json!(80);
    let (older, pact) = (pact(&older), pact(&source()));
    let mut made = record(&lead(&older, AT), Vec::new(), AT);
    let verified = verify(&tree(&made), &pact, AT);
    assert_eq!(json!(verified.assessment.decision), "handoff");
    assert_eq!(whats(&verified)[..2], ["pact.revision", "pact.hash"]);
    assert!(whats(&verified).contains(&"decision"));
    made["pact"] = json!({"id": "unknown", "hash": "?"});
    assert_eq!(whats(&verify(&tree(&made), &pact, AT))[..3], ["pact.id", "pact.revision", "pact.hash"]);
    made["record"] = json!(2);
    made["assessment"]["mood"] = json!("good");
    let verified = verify(&tree(&made), &pact, AT);
    assert_eq!((whats(&verified)[0], verified.assessment.score), ("record", 60));
}

#[test]
fn sec_12_any_json_is_a_record() {
    let pact = pact(&source());
    let odd = [
        json!(null),
        json!([]),
        json!("x"),
        json!({}),
        json!({"record": 1, "pact": 7, "facts": [], "assessment": [], "asked": {}, "sla": 7, "attempt": -1, "at": {}}),
        json!({"record": {}, "id": [], "facts": {"pricing": {"value": 1e15, "last": 3}}, "behaviour": true, "consent": {"behaviour": true}}),
        json!({"attempt": 1e15, "asked": [1, {"field": 2}], "experiment": {"draw": -1e15}, "sla": {"due_at": [1]}}),
        json!({"assessment": {"odds": {"handoff": {}}}, "sla": {"due_at": {"phone": {}}}, "consent": {"at": 7}, "route": {}}),
    ];
    for record in odd {
        let verified = verify(&tree(&record), &pact, AT);
        assert!(!verified.differences.is_empty(), "{record}");
        assert_eq!(verified.assessment.fit, 0);
    }
}

#[test]
fn sec_14_a_record_that_nests_deep_or_is_a_mebibyte_of_brackets_is_refused_before_it_is_read() {
    let deep = format!("{{\"record\":1,\"facts\":{}{}}}", "[".repeat(5_000), "]".repeat(5_000));
    for text in [deep, "[".repeat(1 << 20), "{\"a\":".repeat(200_000)] {
        assert!(leadpact::parse(&text).unwrap_err().message.contains("nested deeper than 64"));
    }
    assert_eq!(limits::LONGEST_RECORD, 262_144);
}

#[test]
fn sec_09_a_true_record_has_no_differences_and_any_other_figure_is_named() {
    for seed in 0..120 {
        let made = true_record(seed, AT);
        let verified = verify(&tree(&made.record), &made.pact, AT);
        assert!(verified.differences.is_empty(), "{seed}: {:?}\n{:#}", verified.differences, made.record);
        assert_eq!(json!(verified.assessment), made.record["assessment"], "{seed}");
        let mut chance = Chance(seed);
        let figures = figures(&made.record);
        for _ in 0..5 {
            let path = &figures[chance.below(figures.len())];
            let other = tampered(&made.record, path);
            assert!(!verify(&tree(&other), &made.pact, AT).differences.is_empty(), "{seed}: {path} in {other:#}");
        }
    }
}

/// Some minutes between the page and the server are no difference, though the scores fade.
#[test]
fn sec_10_a_true_record_some_minutes_later_has_no_differences() {
    for seed in 0..120 {
        let made = true_record(seed, AT);
        let verified = verify(&tree(&made.record), &made.pact, Time(AT.0 + 9 * MINUTE));
        assert!(verified.differences.is_empty(), "{seed}: {:?}\n{:#}", verified.differences, made.record);
    }
}

/// How many records Node is asked about too, and how many pacts' hashes.
const RECORDS: u64 = 1_500;
const HASHES: u64 = 10_000;

/// Writes what is found of records to the file that `LEADPACT_VERIFIED` names, a line each, and hashes of pacts to the one
/// that `LEADPACT_HASHES` names; `tests/server/` holds both against Node.
#[test]
#[ignore = "`cargo xtask test server` runs it"]
fn every_record_is_verified_and_every_pact_is_hashed() {
    let file = |name: &str| std::env::var_os(name).unwrap_or_else(|| panic!("{name} names a file to write"));
    let lines: String = (0..RECORDS).map(|seed| sample(seed).to_string() + "\n").collect();
    std::fs::write(file("LEADPACT_VERIFIED"), lines).unwrap();
    let lines: String = (0..HASHES).map(|seed| hashed(seed).to_string() + "\n").collect();
    std::fs::write(file("LEADPACT_HASHES"), lines).unwrap();
}
