//! The engine against a slow one written from PACT.md alone: random small pacts and visitors.
#![allow(missing_docs, reason = "tests")]

#[path = "oracle/mod.rs"]
mod slow;

use proptest::prelude::*;
use serde_json::{Value as Json, json};
use slow::assessed;
use slow::complete::{Fill, completions, lacks_shares};
use slow::evaluate::World;
use slow::make::{AT, Made, made};

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(any::<u8>(), 0..260)
}

/// Random cases: as many as fit a test run; `PROPTEST_CASES` sets another number.
fn config(cases: u32) -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(cases);
    ProptestConfig { cases, max_shrink_iters: 20_000, failure_persistence: None, ..ProptestConfig::default() }
}

fn world<'p>(made: &'p Made) -> World<'p> {
    World::new(&made.pact, &made.facts, made.behaviour, AT)
}

fn engine(made: &Made) -> Json {
    assessed(&made.pact, &made.facts, made.behaviour, AT)
}

fn odds(completions: &[(f64, World<'_>)]) -> Json {
    let of = |decision: &str| -> f64 {
        completions.iter().filter(|(_, world)| world.decision() == decision).map(|(share, _)| share).sum()
    };
    json!({"handoff": of("handoff"), "nurture": of("nurture"), "disqualified": of("disqualified")})
}

/// Whether the segment waits for a condition that contradicts itself: the format says nothing of what its shares then are.
fn has_segment_that_never_applies(world: &World<'_>, all: &[(f64, World<'_>)]) -> bool {
    let Some(id) = world.pact["asking"]["segment"].as_str() else { return false };
    let waits = world.field(id).is_some_and(|field| field.get("when").is_some() && field["ask"] != "never");
    waits && !all.iter().any(|(_, last)| last.facts.contains_key(id))
}

fn near(a: &Json, b: &Json) -> bool {
    ["handoff", "nurture", "disqualified"]
        .iter()
        .all(|key| (a[key].as_f64().unwrap() - b[key].as_f64().unwrap()).abs() < 1e-9)
}

proptest! {
    #![proptest_config(config(3000))]

    #[test]
    fn points_decision_and_what_follows_from_them_are_exact(bytes in bytes()) {
        let made = made(&bytes);
        let (world, said) = (world(&made), engine(&made));
        let reasons: Vec<Json> = world.reasons().into_iter().filter(|(_, points)| *points != 0)
            .map(|(criterion, points)| json!({"criterion": criterion["id"], "points": points})).collect();
        let groups: Vec<Json> = world.groups().into_iter()
            .map(|(group, points, raw)| json!({"group": group, "points": points, "raw": raw})).collect();
        let mut expected = json!({
            "score": world.score(), "fit": world.sum("fit"), "interest": world.sum("interest"),
            "decision": world.decision(), "stage": world.stage(), "missing": world.missing(),
            "complete": world.missing().is_empty(), "reasons": reasons, "groups": groups,
        });
        if let Some(grade) = world.grade() {
            expected["grade"] = json!(grade);
        }
        if let Some(route) = world.route() {
            expected["route"] = json!(route);
        }
        for (key, value) in expected.as_object().unwrap() {
            prop_assert_eq!(&said[key], value, "{}: {:#?}", key, made);
        }
        prop_assert_eq!(said.get("grade").is_some(), expected.get("grade").is_some());
        prop_assert_eq!(said.get("route").is_some(), expected.get("route").is_some());
    }

    #[test]
    fn the_outlook_is_what_listing_every_completion_gives(bytes in bytes()) {
        let made = made(&bytes);
        let (world, said) = (world(&made), engine(&made));
        let all = completions(&world, Fill::AsWritten);
        prop_assume!(!has_segment_that_never_applies(&world, &all));
        let scores = all.iter().map(|(_, world)| world.score());
        prop_assert!(said.get("approximate").is_none(), "{:#?}", made);
        prop_assert_eq!(said["low"].as_i64(), scores.clone().min(), "low: {:#?}", made);
        prop_assert_eq!(said["high"].as_i64(), scores.max(), "high: {:#?}", made);
        let expected = odds(&all);
        prop_assert!(near(&said["odds"], &expected), "odds: {} is not {expected}: {:#?}", said["odds"], made);
        let first = all[0].1.decision();
        let certain = all.iter().all(|(_, world)| world.decision() == first);
        prop_assert_eq!(&said["certain"], &json!(certain), "certain: {:#?}", made);
    }

    #[test]
    fn odds_are_assumed_where_another_guess_would_change_them(bytes in bytes()) {
        let made = made(&bytes);
        let (world, said) = (world(&made), engine(&made));
        let all = completions(&world, Fill::AsWritten);
        prop_assume!(!has_segment_that_never_applies(&world, &all));
        let bent = odds(&completions(&world, Fill::Bent));
        if !near(&odds(&all), &bent) {
            prop_assert_eq!(&said["assumed"], &json!(true), "{:#?}", made);
        }
        let open = |field: &Json| all.iter().any(|(_, last)| {
            let id = field["id"].as_str().unwrap();
            last.facts.contains_key(id) && !world.facts.contains_key(id)
        });
        let given = !world.fields().iter().any(|field| open(field) && lacks_shares(field));
        if given || said["certain"] == true {
            prop_assert_eq!(&said["assumed"], &json!(false), "{:#?}", made);
        }
    }
}
