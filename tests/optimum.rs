//! The choice of questions against the exact optimum and against what must not matter to it: random small pacts.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    clippy::disallowed_methods,
    missing_docs,
    reason = "test helpers fail by panicking, and are shared with the report"
)]

#[path = "../benches/asking/exact.rs"]
mod exact;
#[path = "../benches/asking/make.rs"]
mod make;
#[path = "../benches/asking/model.rs"]
mod model;
#[path = "../benches/asking/policy.rs"]
mod policy;
#[path = "../benches/asking/random.rs"]
mod random;

use exact::Exact;
use leadpact::{Assessment, Lead, Next, Stop, Time};
use make::{additive, tangled, visitor};
use model::{Answer, Field, Group, Model, Need, Shares, State, field_id};
use policy::{Engine, Policy, play};
use random::Random;

const NOW: Time = Time(1_795_168_800_000);

fn assessed(model: &Model, state: State) -> Assessment {
    lead(model, "value", state).assess(NOW)
}

fn lead(model: &Model, mode: &str, state: State) -> Lead {
    Engine::new(&Exact::new(model), mode, &Shares::True).lead(model.fields.len(), state)
}

/// What the engine asks first.
fn first(model: &Model) -> Option<usize> {
    Engine::new(&Exact::new(model), "value", &Shares::True).next(&mut Exact::new(model), State::default())
}

/// What the engine takes a visit to be worth.
fn value(model: &Model) -> f64 {
    let end = Exact::new(model).end(State::default());
    assessed(model, State::default()).ask.first().map_or(end, |ask| end + ask.gain)
}

fn assert_optimal(model: &Model, name: &str) {
    let mut exact = Exact::new(model);
    let optimum = exact.value(State::default());
    let mut engine = Engine::new(&exact, "value", &Shares::True);
    let worth = play(&mut exact, &mut engine).worth;
    assert!((worth - optimum).abs() < 1e-9, "{name}: {worth} of {optimum}\n{}", model.json("value", &Shares::True));
}

#[test]
fn few_questions_are_asked_as_well_as_can_be() {
    for seed in 0..25 {
        assert_optimal(&additive(seed, 5, seed % 2 == 0), &format!("additive {seed}"));
        assert_optimal(&tangled(seed, 5), &format!("tangled {seed}"));
    }
}

#[test]
fn more_questions_with_plain_sums_are_asked_nearly_so() {
    for seed in 0..3 {
        let model = additive(seed, 7, true);
        let mut exact = Exact::new(&model);
        let mut engine = Engine::new(&exact, "value", &Shares::True);
        let share = play(&mut exact, &mut engine).worth / exact.value(State::default());
        assert!(share > 0.99, "{seed}: {share}");
    }
}

/// A test of each field passes with probability `p`; `k` of them are enough.
fn k_of_n(random: &mut Random, fields: usize, k: i64) -> Model {
    let field = |random: &mut Random| {
        let p = random.between(0.05, 0.95);
        let answers = [(0, 1.0 - p), (1, p)].map(|(points, share)| Answer { points, share, disqualifies: false });
        Field { answers: answers.to_vec(), group: 0, friction: random.between(0.5, 4.0), when: None, need: None }
    };
    Model {
        fields: (0..fields).map(|_| field(random)).collect(),
        groups: vec![Group::default()],
        joints: Vec::new(),
        threshold: k,
        least_fit: None,
        loss: 0.02,
        wrong_handoff: 0.5,
        nurtured_value: 0.1,
    }
}

/// A field that is both among those that prove success soonest and among those that prove failure soonest (Ben-Dov 1981).
fn k_of_n_rule(exact: &mut Exact<'_>, state: State) -> Option<usize> {
    let (open, model) = (exact.model.open(state), exact.model);
    let missing = model.threshold - model.points(state).0;
    let spare = open.len() as i64 - missing;
    if missing <= 0 || spare < 0 {
        return None;
    }
    let cheapest = |answer: usize, many: i64| {
        let rank = |field: &usize| model.fields[*field].friction / model.fields[*field].answers[answer].share;
        let mut order = open.clone();
        order.sort_by(|one, other| rank(one).total_cmp(&rank(other)));
        order.truncate(many as usize);
        order
    };
    let (passing, failing) = (cheapest(1, missing), cheapest(0, spare + 1));
    passing.into_iter().find(|field| failing.contains(field))
}

#[test]
fn some_of_many_are_proved_at_the_cost_of_the_best_rule() {
    let mut random = Random::new(7);
    let mut ratios = Vec::new();
    for k in 1..=7 {
        let model = k_of_n(&mut random, 7, k);
        let mut exact = Exact::new(&model);
        let least = exact.proof(State::default());
        let rule = play(&mut exact, &mut (k_of_n_rule as fn(&mut Exact<'_>, State) -> Option<usize>)).friction;
        assert!((rule - least).abs() < 1e-9, "{k}: {rule}, {least}");
        let mut engine = Engine::new(&exact, "certain", &Shares::True);
        ratios.push(play(&mut exact, &mut engine).friction / least);
    }
    assert!(ratios.iter().sum::<f64>() / 7.0 < 1.03 && ratios.iter().all(|ratio| *ratio < 1.1), "{ratios:?}");
}

#[test]
fn the_order_of_fields_and_options_does_not_matter() {
    for seed in 0..20 {
        let model = additive(seed, 7, seed % 2 == 0);
        let mut turned = model.clone();
        turned.fields.reverse();
        turned.fields.iter_mut().for_each(|field| field.answers.reverse());
        // Equal gains go to the field that stands first, so that another of them may come first here.
        let best = first(&model).map(|field| field_id(6 - field));
        let asks = assessed(&turned, State::default()).ask;
        let same = asks.iter().find(|ask| best.as_ref() == Some(&ask.field)).unwrap();
        assert!(
            same.gain > asks[0].gain - 1e-12,
            "{seed}: {best:?} {asks:?} {:?}",
            assessed(&model, State::default()).ask
        );
        assert!(
            (value(&turned) - value(&model)).abs() < 1e-12,
            "{seed}: {} {} {asks:#?} {:#?}",
            value(&turned),
            value(&model),
            assessed(&model, State::default()).ask
        );
    }
}

#[test]
fn a_group_without_bounds_may_be_split() {
    for seed in 0..20 {
        let model = additive(seed, 7, seed % 2 == 0);
        let mut split = model.clone();
        split.groups.push(Group { interest: true, ..Group::default() });
        split.fields.iter_mut().step_by(2).for_each(|field| field.group = 1);
        assert_eq!(first(&split), first(&model), "{seed}");
        assert!((value(&split) - value(&model)).abs() < 1e-12, "{seed}");
    }
}

#[test]
fn a_field_worth_nothing_is_not_asked_and_changes_nothing() {
    for seed in 0..20 {
        let model = tangled(seed, 5);
        let mut more = model.clone();
        let mut idle = model.fields[0].clone();
        idle.answers.iter_mut().for_each(|answer| (answer.points, answer.disqualifies) = (0, false));
        (idle.need, idle.when) = (None, None);
        more.fields.push(idle);
        assert_eq!(first(&more), first(&model), "{seed}");
        assert!((value(&more) - value(&model)).abs() < 1e-12, "{seed}");
        assert!(lead(&more, "certain", State::default()).assess(NOW).ask.iter().all(|ask| ask.field != field_id(5)));
    }
}

#[test]
fn points_and_threshold_may_be_scaled_together() {
    for seed in 0..20 {
        let model = additive(seed, 7, seed % 2 == 0);
        let mut scaled = model.clone();
        scaled.threshold *= 7;
        scaled.fields.iter_mut().flat_map(|field| &mut field.answers).for_each(|answer| answer.points *= 7);
        assert_eq!(first(&scaled), first(&model), "{seed}");
        assert!((value(&scaled) - value(&model)).abs() < 1e-12, "{seed}");
    }
}

#[test]
fn a_visit_is_worth_less_the_more_leave() {
    for seed in 0..15 {
        let mut model = additive(seed, 7, seed % 2 == 0);
        let mut before = f64::INFINITY;
        for loss in [0.0, 0.01, 0.03, 0.1, 0.3, 0.9] {
            model.loss = loss;
            let own = value(&model);
            assert!(own <= before + 1e-12, "{seed}: {own} after {before}");
            before = own;
        }
    }
}

#[test]
fn where_everybody_leaves_nothing_is_asked() {
    for seed in 0..15 {
        let mut model = tangled(seed, 6);
        model.loss = 0.9999;
        assert_eq!(lead(&model, "value", State::default()).next(0, NOW), Next::Stop(Stop::Value), "{seed}");
    }
}

#[test]
fn what_is_needed_more_is_worth_more_to_ask() {
    let mut random = Random::new(3);
    let mut model = k_of_n(&mut random, 3, 1);
    model.fields[2].answers.iter_mut().for_each(|answer| answer.points = 0);
    let state = State::default().with(0, 1);
    let mut before = f64::NEG_INFINITY;
    for worth in [0.0, 0.01, 0.05, 0.1, 0.3, 1.0] {
        model.fields[2].need = Some(Need { worth, when: None });
        let lead = lead(&model, "certain", state);
        let gain = lead.assess(NOW).ask[0].gain;
        let stay = 0.98_f64.powf(model.fields[2].friction);
        assert!((gain - (stay - (1.0 - worth))).abs() < 1e-12 && gain > before, "{worth}: {gain}");
        before = gain;
    }
}

#[test]
fn the_odds_after_the_answers_come_to_those_of_today() {
    let mut random = Random::new(11);
    for seed in 0..25 {
        let model = tangled(seed, 6);
        let mut state = State::default();
        let all = visitor(&mut random, &model);
        while let Some(field) = model.open(state).first() {
            let now = assessed(&model, state).odds.handoff;
            let exact = Exact::new(&model);
            let mean: f64 = exact
                .after(state, *field)
                .iter()
                .map(|(share, next)| share * assessed(&model, *next).odds.handoff)
                .sum();
            assert!((mean - now).abs() < 1e-12, "{seed}: {mean}, {now}");
            state = state.with(*field, all.answer(*field).unwrap());
        }
    }
}
