//! Random pacts whose decision is open and in which asking pays, each from its seed.

use crate::exact::Exact;
use crate::model::{Answer, Field, Gate, Group, Joint, Model, Need, State};
use crate::random::Random;

/// The part of visitors lost to one unit of friction; a question loses 2 to 10 %.
const LOSS: f64 = 0.02;
/// The odds of a hand-over lie between this and one less it.
const OPEN: f64 = 0.05;

/// Plain sums of `fields` fields, where wanted with needs.
pub(crate) fn additive(seed: u64, fields: usize, needs: bool) -> Model {
    retried(seed, |random| {
        let fields = (0..fields).map(|_| field(random)).collect();
        let mut model = model(random, fields, vec![Group::default()]);
        if needs {
            add_needs(random, &mut model);
        }
        model
    })
}

/// Bounded groups, joint conditions, fields that apply by another's answer, needs, a minimum or a disqualifying answer.
pub(crate) fn tangled(seed: u64, fields: usize) -> Model {
    retried(seed, |random| {
        let groups = 2 + random.place(2);
        let fields: Vec<Field> = (0..fields).map(|_| field(random)).collect();
        let mut model = model(random, fields, vec![Group::default(); groups]);
        for field in &mut model.fields {
            field.group = random.place(groups);
        }
        add_joints(random, &mut model);
        add_gates(random, &mut model);
        add_needs(random, &mut model);
        add_bounds(random, &mut model);
        add_exclusion(random, &mut model);
        model
    })
}

/// The first model of the seed that is worth a look.
fn retried(seed: u64, mut make: impl FnMut(&mut Random) -> Model) -> Model {
    let mut random = Random::new(seed);
    loop {
        let mut model = make(&mut random);
        place_threshold(&mut random, &mut model);
        let mut exact = Exact::new(&model);
        let ahead = exact.ahead(State::default());
        let open = !ahead.is_certain() && (OPEN..=1.0 - OPEN).contains(&ahead.handoff());
        if open && exact.value(State::default()) > 1.001 * exact.end(State::default()).max(0.001) {
            return model;
        }
    }
}

fn model(random: &mut Random, fields: Vec<Field>, groups: Vec<Group>) -> Model {
    Model {
        fields,
        groups,
        joints: Vec::new(),
        threshold: 0,
        least_fit: None,
        loss: LOSS,
        wrong_handoff: hundredths(random.between(0.2, 1.0)),
        nurtured_value: hundredths(random.between(0.02, 0.3)),
    }
}

fn field(random: &mut Random) -> Field {
    let number = 2 + random.place(3);
    let weights: Vec<f64> = (0..number).map(|_| random.between(0.1, 1.0)).collect();
    let all: f64 = weights.iter().sum();
    let answer = |weight: &f64| {
        let points = if random.happens(0.15) { random.whole(-10, -1) } else { random.whole(0, 20) };
        Answer { points, share: weight / all, disqualifies: false }
    };
    let mut answers: Vec<Answer> = weights.iter().map(answer).collect();
    // An answer that earns nothing: without it the decision could be proved by points that nobody has earned yet.
    answers[random.place(number)].points = 0;
    let lost: f64 = random.between(0.02, 0.1);
    let friction = ((1.0 - lost).ln() / (1.0 - LOSS).ln() * 10.0).round() / 10.0;
    Field { answers, group: 0, friction, when: None, need: None }
}

/// One to three needs.
fn add_needs(random: &mut Random, model: &mut Model) {
    for _ in 0..1 + random.place(3) {
        let field = random.place(model.fields.len());
        let mut when = None;
        if !model.is_additive() && random.happens(0.3) {
            let other = random.place(model.fields.len());
            when = (other != field).then(|| gate(random, model, other));
        }
        model.fields[field].need = Some(Need { worth: hundredths(random.between(0.05, 0.3)), when });
        if random.happens(0.4) {
            model.fields[field].answers.iter_mut().for_each(|answer| answer.points = 0);
        }
    }
}

fn add_joints(random: &mut Random, model: &mut Model) {
    for _ in 0..1 + random.place(3) {
        let (one, other) = (random.place(model.fields.len()), random.place(model.fields.len()));
        if one != other {
            let answer = |random: &mut Random, field: usize| random.place(model.fields[field].answers.len());
            let (first, second) = (answer(random, one), answer(random, other));
            let group = random.place(model.groups.len());
            let points = random.whole(-10, 20);
            let points = if points == 0 { 5 } else { points };
            model.joints.push(Joint { one: (one, first), other: (other, second), group, points });
        }
    }
}

fn add_gates(random: &mut Random, model: &mut Model) {
    for _ in 0..1 + random.place(2) {
        let parent = random.place(model.fields.len() - 1);
        let child = parent + 1 + random.place(model.fields.len() - parent - 1);
        model.fields[child].when = Some(gate(random, model, parent));
    }
}

/// Some answers of a field, at least one and not all.
fn gate(random: &mut Random, model: &Model, field: usize) -> Gate {
    let number = model.fields[field].answers.len() as i64;
    Gate { field, answers: random.whole(1, (1 << number) - 2) as u32 }
}

fn add_bounds(random: &mut Random, model: &mut Model) {
    for at in 0..model.groups.len() {
        model.groups[at].interest = at % 2 == 1;
        let own = model.fields.iter().filter(|field| field.group == at);
        let most: i64 = own.map(|field| field.answers.iter().map(|answer| answer.points).max().unwrap_or(0)).sum();
        if random.happens(0.8) {
            model.groups[at].max = Some((most as f64 * random.between(0.4, 0.8)) as i64);
        }
        if random.happens(0.2) {
            model.groups[at].min = Some(0);
        }
    }
    if random.happens(0.25) {
        model.least_fit = Some(random.whole(1, 15));
    }
}

fn add_exclusion(random: &mut Random, model: &mut Model) {
    if random.happens(0.25) {
        let field = random.place(model.fields.len());
        let answers = &mut model.fields[field].answers;
        let at = random.place(answers.len());
        answers[at].disqualifies = true;
    }
}

/// Puts the threshold where between 5 and 95 % of visitors reach it.
fn place_threshold(random: &mut Random, model: &mut Model) {
    let mut scores = Vec::new();
    for _ in 0..300 {
        let (fit, interest) = model.points(visitor(random, model));
        scores.push(fit + interest);
    }
    scores.sort_unstable();
    model.threshold = scores[15 + random.place(270)];
}

/// A visitor who has answered everything.
pub(crate) fn visitor(random: &mut Random, model: &Model) -> State {
    let mut state = State::default();
    while let Some(field) = model.open(state).first() {
        let answers = &model.fields[*field].answers;
        state = state.with(*field, random.drawn(answers.iter().map(|answer| answer.share)));
    }
    state
}

/// Shares as counted from past leads, half a lead added to each answer.
pub(crate) fn counted(random: &mut Random, model: &Model, leads: usize) -> Vec<Vec<f64>> {
    let mut counts: Vec<Vec<f64>> = model.fields.iter().map(|field| vec![0.5; field.answers.len()]).collect();
    for _ in 0..leads {
        let state = visitor(random, model);
        for (field, counts) in counts.iter_mut().enumerate() {
            if let Some(answer) = state.answer(field) {
                counts[answer] += 1.0;
            }
        }
    }
    for counts in &mut counts {
        let all: f64 = counts.iter().sum();
        counts.iter_mut().for_each(|count| *count /= all);
    }
    counts
}

fn hundredths(number: f64) -> f64 {
    (number * 100.0).round() / 100.0
}
