//! The engine against a slow one written from PACT.md alone: random small pacts and visitors.
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

use proptest::prelude::*;
use serde_json::{Value as Json, json};
use slow::assessed;
use slow::complete::{Fill, completions, lacks_shares};
use slow::evaluate::{World, list};
use slow::make::{AT, Made, made};

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(any::<u8>(), 0..260)
}

/// Random cases: as many as fit a test run; `PROPTEST_CASES` sets another number.
fn config(cases: u32) -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(cases);
    ProptestConfig {
        cases,
        max_shrink_iters: 20_000,
        max_global_rejects: u32::MAX,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
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
    fn priv_05_without_consent_signals_are_unknown_and_neither_earn_nor_cost(bytes in bytes()) {
        let made = made(&bytes);
        let mut without = made.facts.clone();
        let signals: Vec<&str> = made.pact["signals"].as_array().into_iter().flatten().filter_map(|signal| signal["id"].as_str()).collect();
        without.as_object_mut().unwrap().retain(|id, _| !signals.contains(&id.as_str()));
        let said = assessed(&made.pact, &made.facts, false, AT);
        prop_assert_eq!(&said, &assessed(&made.pact, &without, false, AT));
        for reason in said["reasons"].as_array().unwrap() {
            let criterion = list(&made.pact["criteria"]).iter().find(|criterion| criterion["id"] == reason["criterion"]).unwrap();
            prop_assert!(criterion.get("each").is_none(), "{}", criterion);
        }
        prop_assert!(said["grade"].as_str().is_none_or(|grade| grade.ends_with('-')), "{}", said["grade"]);
    }

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

/// The assessment without the questions, of which the pact's order breaks ties.
fn without_asking(mut assessment: Json) -> Json {
    assessment.as_object_mut().unwrap().remove("ask");
    assessment
}

fn reversed(json: &Json) -> Json {
    Json::Array(json.as_array().unwrap().iter().rev().cloned().collect())
}

/// Assessments that differ at most in the order of lists and in how floating-point sums were rounded.
fn alike(one: &Json, other: &Json) -> bool {
    let sorted = |json: &Json, key: &str| {
        let mut items: Vec<String> = json[key].as_array().unwrap().iter().map(Json::to_string).collect();
        items.sort();
        items
    };
    let lists = ["reasons", "groups", "missing"];
    let rest = |json: &Json| {
        let mut json = without_asking(json.clone());
        let entries = json.as_object_mut().unwrap();
        entries.remove("odds");
        lists.iter().for_each(|key| drop(entries.remove(*key)));
        json
    };
    lists.iter().all(|key| sorted(one, key) == sorted(other, key))
        && rest(one) == rest(other)
        && near(&one["odds"], &other["odds"])
}

proptest! {
    #![proptest_config(config(1000))]

    #[test]
    fn facts_in_any_order_with_changes_of_mind_end_as_from_scratch(
        bytes in bytes(), other in bytes(), order in any::<u64>()
    ) {
        let made = made(&bytes);
        let pact = leadpact::Pact::read(&slow::tree(&made.pact)).unwrap();
        let mut facts: Vec<(String, Json)> = made.facts.as_object().unwrap().clone().into_iter().collect();
        let turn = order as usize % facts.len().max(1);
        facts.rotate_left(turn);
        let mut lead = leadpact::Lead::new(&pact);
        // First what another visitor would say, then consent taken back and given, then what this one says.
        let first = slow::make::answers_to(&made.pact, &other);
        for (id, value) in first.as_object().unwrap() {
            let _ = lead.take(id, &slow::tree(value), leadpact::Time(AT));
        }
        lead.set_behaviour(false);
        for (id, _) in first.as_object().unwrap() {
            if lead.field(id).is_ok() {
                lead.take(id, &leadpact::Value::Null, leadpact::Time(AT)).unwrap();
            }
        }
        lead.set_behaviour(made.behaviour);
        for (id, value) in &facts {
            let _ = lead.take(id, &slow::tree(value), leadpact::Time(AT));
            let _ = lead.decision(leadpact::Time(AT));
        }
        let incremental = serde_json::to_value(lead.assess(leadpact::Time(AT))).unwrap();
        prop_assert_eq!(&incremental, &engine(&made), "{:?}", made);
        let points = lead.points(leadpact::Time(AT));
        prop_assert_eq!(json!(points.score()), incremental["score"].clone());
        prop_assert_eq!(json!(lead.decision(leadpact::Time(AT))), incremental["decision"].clone());
    }

    #[test]
    fn the_order_of_fields_criteria_and_groups_does_not_matter(bytes in bytes()) {
        let made = made(&bytes);
        let mut turned = Made { pact: made.pact.clone(), facts: made.facts.clone(), behaviour: made.behaviour };
        for key in ["fields", "signals", "groups", "criteria"] {
            turned.pact[key] = reversed(&made.pact[key]);
        }
        let (one, other) = (engine(&made), engine(&turned));
        prop_assert!(alike(&one, &other), "{one}\n{other}\n{:?}", made);
    }

    #[test]
    fn a_field_that_nothing_rests_on_changes_nothing(bytes in bytes()) {
        let made = made(&bytes);
        let mut more = Made { pact: made.pact.clone(), facts: made.facts.clone(), behaviour: made.behaviour };
        more.pact["fields"].as_array_mut().unwrap().push(json!({"id": "idle", "label": "?", "kind": "yes_no"}));
        prop_assert_eq!(engine(&made), engine(&more), "{:?}", made);
    }

    #[test]
    fn the_order_of_options_does_not_matter(bytes in bytes()) {
        let made = made(&bytes);
        let mut turned = Made { pact: made.pact.clone(), facts: made.facts.clone(), behaviour: made.behaviour };
        for field in turned.pact["fields"].as_array_mut().unwrap() {
            if field.get("options").is_some() {
                field["options"] = reversed(&field["options"]);
            }
        }
        prop_assert!(alike(&engine(&made), &engine(&turned)), "{:?}", made);
    }

    #[test]
    fn an_assessment_is_the_same_each_time(bytes in bytes()) {
        let made = made(&bytes);
        prop_assert_eq!(engine(&made).to_string(), engine(&made).to_string());
    }

    #[test]
    fn without_consent_a_lead_is_as_one_without_signals(bytes in bytes()) {
        let made = made(&bytes);
        let mut facts = made.facts.clone();
        for signal in made.pact["signals"].as_array().unwrap() {
            facts.as_object_mut().unwrap().remove(signal["id"].as_str().unwrap());
        }
        let with = assessed(&made.pact, &made.facts, false, AT);
        prop_assert_eq!(&with, &assessed(&made.pact, &facts, false, AT), "{:?}", made);
        // Measured first and refused later is refused.
        let pact = leadpact::Pact::read(&slow::tree(&made.pact)).unwrap();
        let (mut lead, _) = leadpact::Lead::from_facts(&pact, &slow::tree(&made.facts), true, leadpact::Time(AT));
        lead.set_behaviour(false);
        prop_assert_eq!(&with, &serde_json::to_value(lead.assess(leadpact::Time(AT))).unwrap(), "{:?}", made);
    }

    #[test]
    fn the_facts_of_a_lead_make_the_same_lead_again(bytes in bytes()) {
        let made = made(&bytes);
        let pact = leadpact::Pact::read(&slow::tree(&made.pact)).unwrap();
        let at = leadpact::Time(AT);
        let (lead, _) = leadpact::Lead::from_facts(&pact, &slow::tree(&made.facts), made.behaviour, at);
        let (again, refused) = leadpact::Lead::from_facts(&pact, &lead.facts(), made.behaviour, at);
        prop_assert!(refused.is_empty(), "{refused:?} {:?}", made);
        prop_assert_eq!(
            serde_json::to_value(lead.assess(at)).unwrap(),
            serde_json::to_value(again.assess(at)).unwrap(),
            "{:?}", made
        );
    }

    #[test]
    fn points_and_threshold_scaled_together_decide_the_same(bytes in bytes(), by in 2_i64..9) {
        let mut made = made(&bytes);
        for criterion in made.pact["criteria"].as_array_mut().unwrap() {
            // Rounding after decay does not scale.
            criterion.as_object_mut().unwrap().remove("half_life_days");
        }
        let mut scaled = Made { pact: made.pact.clone(), facts: made.facts.clone(), behaviour: made.behaviour };
        let times = |json: &mut Json| if let Some(points) = json.as_i64() { *json = json!(points * by) };
        for criterion in scaled.pact["criteria"].as_array_mut().unwrap() {
            times(&mut criterion["points"]);
        }
        for group in scaled.pact["groups"].as_array_mut().unwrap() {
            for bound in ["min", "max"] {
                group.get_mut(bound).into_iter().for_each(times);
            }
        }
        let terms = &mut scaled.pact["qualification"];
        times(&mut terms["threshold"]);
        for (object, key) in [("minimums", "fit"), ("minimums", "interest"), ("without_behaviour", "threshold")] {
            terms.get_mut(object).and_then(|object| object.get_mut(key)).into_iter().for_each(times);
        }
        let (one, other) = (engine(&made), engine(&scaled));
        prop_assert_eq!(&one["decision"], &other["decision"]);
        prop_assert_eq!(&one["certain"], &other["certain"]);
        prop_assert!(near(&one["odds"], &other["odds"]));
    }
}
