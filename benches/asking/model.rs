//! A small pact described apart from the engine, with the meaning that PACT.md gives it, and the same as JSON.

use serde_json::{Value, json};

/// The most fields a model may have: a state keeps four bits of each.
pub(crate) const MOST_FIELDS: usize = 16;

/// An answer to a field.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) points: i64,
    pub(crate) share: f64,
    pub(crate) disqualifies: bool,
}

/// Holds where the field has one of these answers, a bit each.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Gate {
    pub(crate) field: usize,
    pub(crate) answers: u32,
}

/// What sales loses where it does not know a field.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Need {
    pub(crate) worth: f64,
    pub(crate) when: Option<Gate>,
}

/// A question.
#[derive(Clone, Debug)]
pub(crate) struct Field {
    pub(crate) answers: Vec<Answer>,
    pub(crate) group: usize,
    pub(crate) friction: f64,
    pub(crate) when: Option<Gate>,
    pub(crate) need: Option<Need>,
}

/// Points for two answers together.
#[derive(Clone, Debug)]
pub(crate) struct Joint {
    pub(crate) one: (usize, usize),
    pub(crate) other: (usize, usize),
    pub(crate) group: usize,
    pub(crate) points: i64,
}

/// A group of points.
#[derive(Clone, Debug, Default)]
pub(crate) struct Group {
    pub(crate) interest: bool,
    pub(crate) min: Option<i64>,
    pub(crate) max: Option<i64>,
}

/// Where a lead goes; as a number, the place of its odds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    Handoff,
    Nurture,
    Disqualified,
}

/// A pact.
#[derive(Clone, Debug)]
pub(crate) struct Model {
    pub(crate) fields: Vec<Field>,
    pub(crate) groups: Vec<Group>,
    pub(crate) joints: Vec<Joint>,
    pub(crate) threshold: i64,
    pub(crate) least_fit: Option<i64>,
    pub(crate) loss: f64,
    pub(crate) wrong_handoff: f64,
    pub(crate) nurtured_value: f64,
}

/// What is known of a visitor: of each field four bits, 0 while it is unknown, else one more than the answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct State(pub(crate) u64);

impl State {
    pub(crate) fn answer(self, field: usize) -> Option<usize> {
        ((self.0 >> (4 * field) & 15) as usize).checked_sub(1)
    }

    pub(crate) fn with(self, field: usize, answer: usize) -> Self {
        Self(self.0 | (answer as u64 + 1) << (4 * field))
    }

    /// How many fields are known.
    pub(crate) fn known(self) -> usize {
        (0..MOST_FIELDS).filter(|field| self.answer(*field).is_some()).count()
    }

    fn passes(self, gate: Gate) -> bool {
        self.answer(gate.field).is_some_and(|answer| gate.answers >> answer & 1 == 1)
    }
}

impl Model {
    /// The fields that apply and are unknown, in the pact's order.
    pub(crate) fn open(&self, state: State) -> Vec<usize> {
        let open = |field: &usize| state.answer(*field).is_none() && self.applies(state, *field);
        (0..self.fields.len()).filter(open).collect()
    }

    fn applies(&self, state: State, field: usize) -> bool {
        self.fields[field].when.is_none_or(|when| state.passes(when))
    }

    /// Fit and interest, with groups held within their bounds.
    pub(crate) fn points(&self, state: State) -> (i64, i64) {
        let mut totals = vec![0; self.groups.len()];
        for (at, field) in self.fields.iter().enumerate() {
            totals[field.group] += state.answer(at).map_or(0, |answer| field.answers[answer].points);
        }
        for joint in &self.joints {
            let has = |(field, answer): (usize, usize)| state.answer(field) == Some(answer);
            totals[joint.group] += if has(joint.one) && has(joint.other) { joint.points } else { 0 };
        }
        let (mut fit, mut interest) = (0, 0);
        for (group, total) in self.groups.iter().zip(totals) {
            let held = total.min(group.max.unwrap_or(i64::MAX)).max(group.min.unwrap_or(i64::MIN));
            *if group.interest { &mut interest } else { &mut fit } += held;
        }
        (fit, interest)
    }

    /// The decision on what is known.
    pub(crate) fn decision(&self, state: State) -> Decision {
        let excluded =
            |(at, field): (usize, &Field)| state.answer(at).is_some_and(|answer| field.answers[answer].disqualifies);
        let (fit, interest) = self.points(state);
        if self.fields.iter().enumerate().any(excluded) {
            Decision::Disqualified
        } else if fit + interest >= self.threshold && self.least_fit.is_none_or(|least| fit >= least) {
            Decision::Handoff
        } else {
            Decision::Nurture
        }
    }

    /// The worth of a need that is open.
    pub(crate) fn lost_without(&self, state: State, field: usize) -> f64 {
        let Some(need) = self.fields[field].need else { return 0.0 };
        let wanted = need.when.is_none_or(|when| state.passes(when));
        let open = wanted && state.answer(field).is_none() && self.applies(state, field);
        if open { need.worth } else { 0.0 }
    }

    /// The worth of ending now, with `p` the odds that the lead is handed over in the end.
    pub(crate) fn worth(&self, state: State, p: f64) -> f64 {
        let lost: f64 = (0..self.fields.len()).map(|field| self.lost_without(state, field)).sum();
        match self.decision(state) {
            Decision::Handoff => p - (1.0 - p) * self.wrong_handoff - p * lost,
            Decision::Nurture => p * self.nurtured_value,
            Decision::Disqualified => 0.0,
        }
    }

    /// The probability that the visitor stays through a question.
    pub(crate) fn stay(&self, field: usize) -> f64 {
        (1.0 - self.loss).powf(self.fields[field].friction)
    }

    /// Whether all that is known comes down to which fields are known and what they sum to.
    pub(crate) fn is_additive(&self) -> bool {
        let plain = |field: &Field| {
            let excludes = field.answers.iter().any(|answer| answer.disqualifies);
            field.when.is_none() && !excludes && field.need.is_none_or(|need| need.when.is_none())
        };
        let unbounded = |group: &Group| group.min.is_none() && group.max.is_none();
        let together = self.joints.is_empty() && self.least_fit.is_none();
        together && self.fields.iter().all(plain) && self.groups.iter().all(unbounded)
    }
}

/// The shares that the JSON of a model carries.
#[derive(Clone, Debug)]
pub(crate) enum Shares {
    /// Those of the model.
    True,
    /// None: the engine assumes even ones.
    Absent,
    /// Others, by field and answer.
    Believed(Vec<Vec<f64>>),
}

impl Shares {
    fn of(&self, model: &Model, field: usize, answer: usize) -> Option<f64> {
        match self {
            Self::True => Some(model.fields[field].answers[answer].share),
            Self::Absent => None,
            Self::Believed(shares) => Some(shares[field][answer]),
        }
    }
}

/// The id of a field in JSON.
pub(crate) fn field_id(field: usize) -> String {
    format!("f{field:02}")
}

/// The value of an answer in JSON.
pub(crate) fn answer_id(answer: usize) -> String {
    format!("v{answer}")
}

fn is(field: usize, answer: usize) -> Value {
    json!({"fact": field_id(field), "is": answer_id(answer)})
}

fn gate(gate: Gate) -> Value {
    let values: Vec<String> = (0..32).filter(|answer| gate.answers >> answer & 1 == 1).map(answer_id).collect();
    json!({"fact": field_id(gate.field), "in": values})
}

impl Model {
    /// The pact as the engine reads it.
    pub(crate) fn json(&self, mode: &str, shares: &Shares) -> Value {
        let fields: Vec<Value> = (0..self.fields.len()).map(|field| self.field_json(field, shares)).collect();
        let group = |(at, group): (usize, &Group)| {
            let dimension = if group.interest { "interest" } else { "fit" };
            let mut json = json!({"id": format!("g{at}"), "dimension": dimension});
            set(&mut json, "min", group.min);
            set(&mut json, "max", group.max);
            json
        };
        let groups: Vec<Value> = self.groups.iter().enumerate().map(group).collect();
        let (mut qualification, asking) = (
            json!({"threshold": self.threshold, "needs": self.needs_json()}),
            json!({
                "mode": mode, "loss_per_question": self.loss, "wrong_handoff": self.wrong_handoff,
                "nurtured_value": self.nurtured_value,
            }),
        );
        set(&mut qualification, "disqualify", Some(self.disqualify_json()));
        set(&mut qualification, "minimums", self.least_fit.map(|least| json!({"fit": least})));
        json!({"pact": 1, "id": "random", "fields": fields, "groups": groups, "criteria": self.criteria_json(),
            "qualification": qualification, "asking": asking})
    }

    fn field_json(&self, at: usize, shares: &Shares) -> Value {
        let field = &self.fields[at];
        let option = |answer: usize| {
            let mut json = json!({"value": answer_id(answer), "label": "?"});
            set(&mut json, "share", shares.of(self, at, answer));
            json
        };
        let options: Vec<Value> = (0..field.answers.len()).map(option).collect();
        let mut json = json!({"id": field_id(at), "label": "?", "kind": "choice", "friction": field.friction,
            "options": options});
        set(&mut json, "when", field.when.map(gate));
        json
    }

    fn criteria_json(&self) -> Vec<Value> {
        let mut criteria = Vec::new();
        let mut add = |group: usize, points: i64, when: Value| {
            let id = format!("c{}", criteria.len());
            criteria.push(json!({"id": id, "group": format!("g{group}"), "points": points, "when": when}));
        };
        for (at, field) in self.fields.iter().enumerate() {
            for (nth, answer) in field.answers.iter().enumerate().filter(|(_, answer)| answer.points != 0) {
                add(field.group, answer.points, is(at, nth));
            }
        }
        for joint in &self.joints {
            let both = [joint.one, joint.other].map(|(field, answer)| is(field, answer));
            add(joint.group, joint.points, json!({"all": both}));
        }
        criteria
    }

    fn needs_json(&self) -> Vec<Value> {
        let mut needs = Vec::new();
        for (at, field) in self.fields.iter().enumerate() {
            if let Some(need) = field.need {
                let mut json = json!({"fact": field_id(at), "worth": need.worth});
                set(&mut json, "when", need.when.map(gate));
                needs.push(json);
            }
        }
        needs
    }

    fn disqualify_json(&self) -> Vec<Value> {
        let mut rules = Vec::new();
        for (at, field) in self.fields.iter().enumerate() {
            for (nth, _) in field.answers.iter().enumerate().filter(|(_, answer)| answer.disqualifies) {
                rules.push(json!({"id": format!("d{}", rules.len()), "when": is(at, nth)}));
            }
        }
        rules
    }
}

fn set(json: &mut Value, key: &str, value: Option<impl Into<Value>>) {
    if let Some(value) = value {
        json[key] = value.into();
    }
}
