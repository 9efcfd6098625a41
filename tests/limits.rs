//! What is as large as it may be is read; what is larger is refused by name, and nothing takes for ever.
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

use leadpact::{Lead, Pact, Time, limits};
use serde_json::{Value as Json, json};

const AT: Time = Time(1_795_168_800_000);

fn pact(change: impl FnOnce(&mut Json)) -> Result<Pact, String> {
    let mut pact = json!({
        "pact": 1, "id": "a", "fields": [{"id": "f", "label": "F", "kind": "yes_no"}], "signals": [],
        "groups": [{"id": "g", "dimension": "fit"}], "criteria": [], "qualification": {"threshold": 1},
    });
    change(&mut pact);
    pact.to_string().parse::<Pact>().map_err(|problems| problems.to_string())
}

/// The same list one entry longer is refused with these words.
fn holds_to(key: &str, most: usize, entry: impl Fn(usize) -> Json, says: &str) {
    let list = |len: usize| Json::Array((0..len).map(&entry).collect());
    let of = |len: usize| pact(|pact| pact[key] = list(len));
    of(most).unwrap_or_else(|problem| panic!("{most} {key}: {problem}"));
    let refused = of(most + 1).map(|_| ()).unwrap_err();
    assert!(refused.contains(says), "{refused}");
}

#[test]
fn fields_signals_and_criteria_are_counted() {
    let field = |n: usize| json!({"id": format!("f{n}"), "label": "F", "kind": "yes_no"});
    holds_to("fields", 500, field, "at most 500 fields");
    holds_to("signals", 500, |n| json!({"id": format!("s{n}"), "measure": "visits"}), "at most 500 signals");
    let criterion =
        |n: usize| json!({"id": format!("c{n}"), "group": "g", "points": 1, "when": {"fact": "f", "is": true}});
    holds_to("criteria", 5_000, criterion, "at most 5000 criteria");
    assert_eq!((limits::MOST_FACTS, limits::MOST_CRITERIA), (500, 5_000));
}

#[test]
fn a_field_has_at_most_2000_options() {
    let options = |len: usize| -> Vec<Json> { (0..len).map(|n| json!({"value": n.to_string()})).collect() };
    let of =
        |len| pact(|p| p["fields"][0] = json!({"id": "f", "label": "F", "kind": "choice", "options": options(len)}));
    assert!(of(limits::MOST_OPTIONS).is_ok());
    assert!(of(2_001).unwrap_err().contains("more than 2000 options"));
}

#[test]
fn conditions_nest_32_deep() {
    let nested = |deep: usize| (1..deep).fold(json!({"fact": "f", "is": true}), |inner, _| json!({"not": inner}));
    let of = |deep| pact(|p| p["criteria"] = json!([{"id": "c", "group": "g", "points": 1, "when": nested(deep)}]));
    assert!(of(32).is_ok());
    let refused = of(33).unwrap_err();
    assert!(refused.contains("nest at most 32 deep"), "{refused}");
}

#[test]
fn a_pact_has_at_most_a_mebibyte() {
    let source = json!({"pact": 1, "id": "a", "fields": [], "qualification": {"threshold": 1}}).to_string();
    let padded = |len: usize| source.clone() + &" ".repeat(len - source.len());
    assert!(padded(1 << 20).parse::<Pact>().is_ok());
    let refused = padded((1 << 20) + 1).parse::<Pact>().unwrap_err().to_string();
    assert!(refused.contains("1048576 bytes"), "{refused}");
}

#[test]
fn an_answer_has_at_most_16_kibibytes() {
    let pact = pact(|p| p["fields"][0]["kind"] = json!("text")).unwrap();
    let mut lead = Lead::new(&pact);
    assert!(lead.answer("f", "é".repeat(8 * 1024).as_str()).is_ok());
    let refused = lead.answer("f", ("é".repeat(8 * 1024) + "x").as_str()).unwrap_err().to_string();
    assert!(refused.contains("16384 bytes"), "{refused}");
    assert!(!lead.known(0).is_known(), "what is refused is unknown");
}

#[test]
fn all_json_nests_at_most_64_deep() {
    let nested = (0..100).fold(json!(1), |inner, _| json!([inner]));
    let refused = pact(|p| p["x-deep"] = nested).unwrap_err();
    assert!(refused.contains("nested deeper"), "{refused}");
    assert!("[".repeat(1_000_000).parse::<Pact>().is_err());
}

/// Sound bounds and odds, and told to be approximate, of pacts whose completions nobody can list.
#[test]
fn what_cannot_be_listed_is_approximate_and_sound() {
    let field = |n: usize| json!({"id": format!("f{n}"), "label": "F", "kind": "yes_no", "share": 0.5});
    let test = |n: usize| json!({"fact": format!("f{}", n % 40), "is": true});
    let tied = |n: usize| {
        let all = [test(n), test(n * 7 + 3), test(n * 11 + 5)];
        json!({"id": format!("c{n}"), "group": "g", "points": 1, "when": {"all": all}})
    };
    let pact = pact(|p| {
        p["fields"] = Json::Array((0..40).map(field).collect());
        p["criteria"] = Json::Array((0..120).map(tied).collect());
        p["qualification"]["threshold"] = json!(5);
    })
    .unwrap();
    let said = Lead::new(&pact).assess(AT);
    assert!(said.approximate);
    assert!(said.low <= 0 && said.high >= 120, "{} to {}", said.low, said.high);
    assert!(!said.certain);
    assert!(said.odds.handoff > 0.9, "{:?}", said.odds);
    assert!(!said.ask.is_empty());
}

/// Two conditions that rest on forty fields each: the outlook is parted by one of them after the other.
#[test]
fn what_many_fields_decide_together_is_exact_where_single_answers_settle_it() {
    let field = |n: usize| json!({"id": format!("f{n}"), "label": "F", "kind": "yes_no", "share": 0.5});
    let test = |n: usize| json!({"fact": format!("f{n}"), "is": true});
    let pact = pact(|p| {
        p["fields"] = Json::Array((0..40).map(field).collect());
        p["criteria"] = json!([
            {"id": "all", "group": "g", "points": 10, "when": {"all": (0..40).map(test).collect::<Vec<_>>()}},
            {"id": "any", "group": "g", "points": 5, "when": {"any": (0..40).map(test).collect::<Vec<_>>()}},
        ]);
        p["qualification"]["threshold"] = json!(5);
    })
    .unwrap();
    let said = Lead::new(&pact).assess(AT);
    assert!(!said.approximate);
    assert_eq!((said.low, said.high, said.certain), (0, 15, false));
    assert!((said.odds.nurture - 0.5_f64.powi(40)).abs() < 1e-15, "{:?}", said.odds);
}

#[test]
fn more_conditions_on_one_field_than_can_be_listed_are_drawn() {
    let number = json!({"id": "n", "label": "N", "kind": "number"});
    let options: Vec<Json> = (0..2_000).map(|n| json!({"value": format!("o{n}"), "label": "O"})).collect();
    let choice = json!({"id": "n", "label": "N", "kind": "choice", "options": options});
    let is = |n: usize| json!({"fact": "n", "is": n});
    let is_in = |n: usize| json!({"fact": "n", "in": [format!("o{}", n % 2_000), format!("o{}", n / 2_000)]});
    for (field, tests) in
        [(number, (0..20_000).map(is).collect()), (choice, (0..10_000).map(is_in).collect::<Vec<_>>())]
    {
        let pact = pact(|pact| {
            pact["fields"] = json!([field]);
            pact["criteria"] = json!([{"id": "c", "group": "g", "points": 5, "when": {"any": tests}}]);
        });
        let assessment = Lead::new(&pact.unwrap()).assess(AT);
        assert!(assessment.approximate);
        assert_eq!((assessment.low, assessment.high), (0, 5));
        assert!(!assessment.certain && !assessment.ask.is_empty());
        let odds = assessment.odds;
        assert!((odds.handoff + odds.nurture + odds.disqualified - 1.0).abs() < 1e-9);
    }
}

#[test]
fn the_largest_pact_is_assessed() {
    let field = |n: usize| {
        json!({"id": format!("f{n}"), "label": "F", "kind": "choice",
        "options": (0..10).map(|v| json!({"value": format!("v{v}")})).collect::<Vec<_>>()})
    };
    let points = |n: usize| i64::try_from((n * 7919) % 2001).unwrap() - 1000;
    let criterion = |n: usize| {
        json!({"id": format!("c{n}"), "group": "g", "points": points(n),
        "when": {"fact": format!("f{}", n % 500), "is": format!("v{}", n / 500)}})
    };
    let pact = pact(|p| {
        p["fields"] = Json::Array((0..500).map(field).collect());
        p["groups"] = json!([{"id": "g", "dimension": "fit", "max": 5000, "min": -5000}]);
        p["criteria"] = Json::Array((0..5_000).map(criterion).collect());
        p["qualification"]["threshold"] = json!(2000);
    })
    .unwrap();
    let said = Lead::new(&pact).assess(AT);
    assert!(said.low <= said.high);
    assert!((said.odds.handoff + said.odds.nurture + said.odds.disqualified - 1.0).abs() < 1e-9);
}
