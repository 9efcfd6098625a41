//! How the pact wants questions to be chosen.

use super::condition::{Domain, Fact, Facts};
use super::field::{Choice, Field};
use super::read::Reader;
use super::share::Share;
use crate::json::Node;

/// How questions are chosen.
#[derive(Clone, Debug)]
pub struct Asking {
    /// The rule of choice.
    pub mode: Mode,
    /// The part of visitors lost to one easy question, from 0 to 1.
    pub loss_per_question: f64,
    /// What a wrong hand-over costs, in good leads.
    pub wrong_handoff: f64,
    /// What a good lead is still worth if it goes to nurturing, in good leads.
    pub nurtured_value: f64,
    /// How many questions a visit may ask beyond those that are always asked; no limit where absent.
    pub budget: Option<i64>,
    /// How many questions are asked at once.
    pub per_step: i64,
    /// The part of visits in which nothing extra is asked.
    pub holdout: f64,
    /// The part of visits in which one choice is made at random.
    pub explore: f64,
    /// The fact by whose values shares may differ.
    pub(crate) segment: Option<Fact>,
}

/// The rule by which the next question is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// What is worth more than it costs.
    Value,
    /// Until the decision is proved and what sales needs is known.
    Certain,
    /// The pact's order of fields, until the budget is spent.
    Queue,
    /// Nothing extra.
    Off,
}

const MODES: [(&str, Mode); 4] =
    [("value", Mode::Value), ("certain", Mode::Certain), ("queue", Mode::Queue), ("off", Mode::Off)];

const KEYS: [&str; 9] = [
    "mode",
    "loss_per_question",
    "wrong_handoff",
    "nurtured_value",
    "budget",
    "per_step",
    "holdout",
    "explore",
    "segment",
];

impl Default for Asking {
    fn default() -> Self {
        Self {
            mode: Mode::Value,
            loss_per_question: 0.03,
            wrong_handoff: 0.5,
            nurtured_value: 0.1,
            budget: None,
            per_step: 1,
            holdout: 0.0,
            explore: 0.0,
            segment: None,
        }
    }
}

pub(super) fn read(node: Option<Node<'_>>, facts: &Facts, r: &mut Reader) -> Asking {
    let usual = Asking::default();
    let Some(object) = node.and_then(|node| node.object(&KEYS, r)) else { return usual };
    let part = |key: &str, or: f64, r: &mut Reader| object.get(key).and_then(|node| node.part(r)).unwrap_or(or);
    Asking {
        mode: object.get("mode").and_then(|mode| mode.word(&MODES, r)).unwrap_or(usual.mode),
        loss_per_question: part("loss_per_question", usual.loss_per_question, r),
        wrong_handoff: object.get("wrong_handoff").and_then(|cost| cost_of(&cost, r)).unwrap_or(usual.wrong_handoff),
        nurtured_value: part("nurtured_value", usual.nurtured_value, r),
        budget: object.get("budget").and_then(|budget| budget.whole(0, 500, r)),
        per_step: object.get("per_step").and_then(|steps| steps.whole(1, 500, r)).unwrap_or(usual.per_step),
        holdout: part("holdout", usual.holdout, r),
        explore: part("explore", usual.explore, r),
        segment: object.get("segment").and_then(|segment| read_segment(&segment, facts, r)),
    }
}

fn cost_of(node: &Node<'_>, r: &mut Reader) -> Option<f64> {
    let cost = node.number(r)?;
    if (0.0..=1_000.0).contains(&cost) {
        return Some(cost);
    }
    r.refuse(node, || "expected a number from 0 to 1000");
    None
}

fn read_segment(node: &Node<'_>, facts: &Facts, r: &mut Reader) -> Option<Fact> {
    let fact = facts.find(node, r)?;
    match (fact, facts.domain(fact)) {
        (Fact::Field(_), Domain::Choice(_)) | (Fact::Signal(_), Domain::Text) => Some(fact),
        _ => {
            r.refuse(node, || "expected a `choice` field or a text signal");
            None
        }
    }
}

/// Refuses shares of a field by segment that name no value of the segment.
pub(super) fn check_shares(field: &Field, facts: &Facts, asking: &Asking, node: &Node<'_>, r: &mut Reader) {
    for share in field.shares().filter(|share| !share.by_segment.is_empty()) {
        match asking.segment {
            None => r.refuse(node, || "shares by segment need `asking.segment`"),
            Some(Fact::Field(segment)) if facts.fields[segment].id == field.id => {
                r.refuse(node, || "the segment itself is drawn by plain shares");
            }
            Some(Fact::Field(segment)) => check_values(share, facts.fields[segment].kind.options(), node, r),
            Some(_) => {}
        }
    }
}

fn check_values(share: &Share, options: &[Choice], node: &Node<'_>, r: &mut Reader) {
    for (value, _) in &share.by_segment {
        if !options.iter().any(|option| option.value == *value) {
            let near = crate::problem::nearest(value, options.iter().map(|option| option.value.as_str()));
            r.refuse(node, || ["the segment has no option `", value, "`", &near].concat());
        }
    }
}
