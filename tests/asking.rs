//! Which questions may be asked at all, held against every completion: random small pacts and visitors.
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
use slow::complete::{Fill, completions};
use slow::evaluate::{Fact, World, list};
use slow::make::{AT, Made, made};
use slow::{assessed, tree};
use std::collections::BTreeMap;

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(any::<u8>(), 0..260)
}

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

fn with_asking(mut made: Made, asking: &[(&str, Json)]) -> Made {
    for (key, value) in asking {
        made.pact["asking"][key] = value.clone();
    }
    made
}

fn asked(made: &Made) -> Vec<Json> {
    list(&assessed(&made.pact, &made.facts, made.behaviour, AT)["ask"]).to_vec()
}

fn ids(asked: &[Json]) -> Vec<&str> {
    asked.iter().map(|ask| ask["field"].as_str().unwrap()).collect()
}

/// Whether two completions that differ in this field's answer alone, and in what it brings up, end differently.
fn can_change_the_decision(all: &[(f64, World<'_>)], field: &str) -> bool {
    // By the other answers: what is answered in both must be the same in both.
    let others = |world: &World<'_>| -> BTreeMap<String, String> {
        let own = world.facts.iter().filter(|(id, _)| *id != field);
        own.map(|(id, fact)| (id.clone(), format!("{fact:?}"))).collect()
    };
    let answered: Vec<_> = all.iter().filter(|(_, world)| world.facts.contains_key(field)).collect();
    let listed: Vec<_> = answered.iter().map(|(_, world)| (others(world), world.decision())).collect();
    listed.iter().enumerate().any(|(at, (one, decision))| {
        listed.iter().skip(at + 1).any(|(other, different)| {
            decision != different && one.iter().all(|(id, fact)| other.get(id).is_none_or(|own| own == fact))
        })
    })
}

/// Whether the decision now is one that no completion gives: it is proved by points that nobody has earned yet.
fn is_unearned(all: &[(f64, World<'_>)], now: &World<'_>) -> bool {
    all.iter().all(|(_, last)| last.decision() != now.decision())
}

/// Fields that are needed, apply and are not known or declined.
fn open_needs(world: &World<'_>) -> Vec<String> {
    world.missing()
}

proptest! {
    #![proptest_config(config(1500))]

    #[test]
    fn what_is_asked_applies_is_open_and_is_the_engines_to_ask(bytes in bytes()) {
        let made = made(&bytes);
        let world = World::new(&made.pact, &made.facts, made.behaviour, AT);
        for ask in asked(&made) {
            let id = ask["field"].as_str().unwrap();
            let field = world.field(id).unwrap();
            prop_assert!(world.applies(field), "{id} does not apply: {:?}", made);
            prop_assert!(!world.facts.contains_key(id), "{id} is answered: {:?}", made);
            prop_assert!(field.get("ask").is_none_or(|ask| ask == "when_useful"), "{id}: {:?}", made);
            prop_assert!(ask["gain"].as_f64().unwrap().is_finite());
        }
    }

    #[test]
    fn what_is_asked_can_change_the_decision_or_is_needed(bytes in bytes()) {
        let made = made(&bytes);
        let world = World::new(&made.pact, &made.facts, made.behaviour, AT);
        let all = completions(&world, Fill::AsWritten);
        prop_assume!(all.len() <= 1500);
        let reachable = all.iter().any(|(_, world)| world.decision() == "handoff");
        let needs = open_needs(&world);
        for ask in asked(&made) {
            let id = ask["field"].as_str().unwrap();
            let needed = needs.iter().any(|need| need == id) && reachable;
            let decides = is_unearned(&all, &world) || can_change_the_decision(&all, id);
            prop_assert!(needed || decides, "{id} changes nothing: {:?}", made);
            match ask["why"].as_str().unwrap() {
                "needed" => prop_assert!(needed, "{id} is not needed: {:?}", made),
                _ => prop_assert!(decides, "{id} decides nothing: {:?}", made),
            }
        }
    }

    #[test]
    fn nothing_is_asked_where_the_decision_is_certain_and_nothing_is_needed(bytes in bytes()) {
        let made = made(&bytes);
        let world = World::new(&made.pact, &made.facts, made.behaviour, AT);
        let said = assessed(&made.pact, &made.facts, made.behaviour, AT);
        let needs = open_needs(&world);
        let holds = said["odds"][said["decision"].as_str().unwrap()] == 1.0;
        if said["certain"] == true && holds {
            for ask in list(&said["ask"]) {
                prop_assert_eq!(&ask["why"], "needed", "{:?}", made);
                prop_assert!(needs.iter().any(|need| ask["field"] == **need));
            }
        }
    }

    #[test]
    fn a_question_that_may_settle_the_decision_is_asked_in_mode_certain(bytes in bytes()) {
        let made = with_asking(made(&bytes), &[("mode", json!("certain"))]);
        let world = World::new(&made.pact, &made.facts, made.behaviour, AT);
        let all = completions(&world, Fill::AsWritten);
        prop_assume!(all.len() <= 1500);
        // A segment that is drawn and then does not apply is at work unseen.
        let segment = made.pact["asking"]["segment"].as_str().and_then(|id| world.field(id));
        prop_assume!(segment.is_none_or(|field| field.get("when").is_none()));
        let said = assessed(&made.pact, &made.facts, made.behaviour, AT);
        let asked = ids(list(&said["ask"])).iter().map(ToString::to_string).collect::<Vec<_>>();
        // Only where somebody is expected to give an answer that matters: what nobody says is not worth asking for.
        let likely: Vec<_> = all.iter().filter(|(share, _)| *share > 0.0).cloned().collect();
        for field in world.fields() {
            let id = field["id"].as_str().unwrap();
            let open = world.applies(field) && !world.facts.contains_key(id);
            let ours = field.get("ask").is_none_or(|ask| ask == "when_useful");
            if open && ours && can_change_the_decision(&likely, id) {
                prop_assert!(asked.iter().any(|own| own == id), "{id} is not asked: {:?}", made);
            }
            let reachable = all.iter().any(|(_, world)| world.decision() == "handoff");
            if open && ours && reachable && open_needs(&world).iter().any(|need| need == id) {
                prop_assert!(asked.iter().any(|own| own == id), "{id} is needed and not asked: {:?}", made);
            }
        }
    }

    #[test]
    fn a_spent_budget_and_mode_off_ask_nothing(bytes in bytes()) {
        prop_assert!(asked(&with_asking(made(&bytes), &[("budget", json!(0))])).is_empty());
        prop_assert!(asked(&with_asking(made(&bytes), &[("mode", json!("off"))])).is_empty());
        let two = with_asking(made(&bytes), &[("budget", json!(2))]);
        let pact = leadpact::Pact::read(&tree(&two.pact)).unwrap();
        let (lead, _) = leadpact::Lead::from_facts(&pact, &tree(&two.facts), two.behaviour, leadpact::Time(AT));
        prop_assert!(lead.assess_after(2, leadpact::Time(AT)).ask.is_empty());
    }

    #[test]
    fn a_queue_keeps_the_pacts_order(bytes in bytes()) {
        let made = with_asking(made(&bytes), &[("mode", json!("queue"))]);
        let asked = asked(&made);
        let mut sorted = ids(&asked);
        sorted.sort_unstable();
        prop_assert_eq!(ids(&asked), sorted);
    }

    #[test]
    fn twins_are_asked_in_the_pacts_order(copies in 2_usize..6, points in 1_i64..20, threshold in 1_i64..60) {
        let field = |n: usize| json!({"id": format!("f{n}"), "label": "?", "kind": "yes_no"});
        let criterion = |n: usize| json!({"id": format!("c{n}"), "group": "g", "points": points,
            "when": {"fact": format!("f{n}"), "is": true}});
        let pact = json!({
            "pact": 1, "id": "twins", "fields": (0..copies).map(field).collect::<Vec<_>>(),
            "groups": [{"id": "g", "dimension": "fit"}], "criteria": (0..copies).map(criterion).collect::<Vec<_>>(),
            "qualification": {"threshold": threshold},
        });
        let asked = asked(&Made { pact, facts: json!({}), behaviour: true });
        let mut sorted = ids(&asked);
        sorted.sort_unstable();
        prop_assert_eq!(ids(&asked), sorted);
    }
}

#[test]
fn declined_text_is_a_fact_that_is_not_known() {
    let made = Made {
        pact: json!({"pact": 1, "id": "d", "fields": [{"id": "f0", "label": "?", "kind": "text"}],
            "qualification": {"threshold": 0, "needs": ["f0"]}}),
        facts: json!({"f0": {"declined": true}}),
        behaviour: true,
    };
    assert!(matches!(World::new(&made.pact, &made.facts, true, AT).facts["f0"], Fact::Declined));
    assert!(asked(&made).is_empty());
}
