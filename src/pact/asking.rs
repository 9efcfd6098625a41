//! How the pact wants questions to be chosen.

use super::condition::{Domain, Fact, Facts};
use super::field::{Field, Kind};
use super::read::Reader;
use super::share::Share;
use crate::json::Value;
use crate::problem::nearest;

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

const MODES: [&str; 4] = ["value", "certain", "queue", "off"];
const CHOSEN: [Mode; 4] = [Mode::Value, Mode::Certain, Mode::Queue, Mode::Off];

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

#[inline(never)]
pub(super) fn read(asking: Option<&Value>, facts: &Facts<'_>, r: &mut Reader) -> Asking {
    let mut read = Asking::default();
    let Some(asking) = asking else { return read };
    if !r.object(asking, &[], &KEYS) {
        return read;
    }
    read.mode = r.word(asking.get("mode"), &MODES, &CHOSEN).unwrap_or(read.mode);
    read.loss_per_question = part(asking, "loss_per_question", read.loss_per_question, r);
    read.nurtured_value = part(asking, "nurtured_value", read.nurtured_value, r);
    read.holdout = part(asking, "holdout", read.holdout, r);
    read.explore = part(asking, "explore", read.explore, r);
    read.wrong_handoff = r.number_to(asking.get("wrong_handoff"), 1_000, true).unwrap_or(read.wrong_handoff);
    read.budget = r.whole(asking.get("budget"), 0, 500);
    read.per_step = r.whole(asking.get("per_step"), 1, 500).unwrap_or(read.per_step);
    read.segment = read_segment(asking.get("segment"), facts, r);
    read
}

#[inline(never)]
fn part(asking: &Value, key: &str, usual: f64, r: &mut Reader) -> f64 {
    r.part(asking.get(key)).unwrap_or(usual)
}

fn read_segment(segment: Option<&Value>, facts: &Facts<'_>, r: &mut Reader) -> Option<Fact> {
    let fact = facts.find(segment, r)?;
    match (fact, facts.domain(fact)) {
        (Fact::Field(_), Domain::Choice(_)) | (Fact::Signal(_), Domain::Text) => Some(fact),
        _ => {
            r.refuse(segment?, || "expected a `choice` field or a text signal");
            None
        }
    }
}

/// Refuses shares of fields by segment that name no value of the segment.
pub(super) fn check_shares(facts: &Facts<'_>, asking: &Asking, r: &mut Reader) {
    for (field, place) in facts.fields.iter().zip(&facts.places) {
        for option in field.kind.options() {
            if let Some(share) = &option.share {
                check_share(share, field, place, facts, asking, r);
            }
        }
        match &field.kind {
            Kind::Number(number) => {
                for band in &number.bands {
                    check_share(&band.share, field, place, facts, asking, r);
                }
            }
            Kind::YesNo(Some(share)) => check_share(share, field, place, facts, asking, r),
            _ => {}
        }
    }
}

#[inline(never)]
fn check_share(share: &Share, field: &Field, place: &Value, facts: &Facts<'_>, asking: &Asking, r: &mut Reader) {
    if share.by_segment.is_empty() {
        return;
    }
    let segment = match asking.segment {
        None => return r.refuse(place, || "shares by segment need `asking.segment`"),
        Some(Fact::Field(segment)) => &facts.fields[segment],
        Some(_) => return,
    };
    if segment.id == field.id {
        return r.refuse(place, || "the segment itself is drawn by plain shares");
    }
    let options = segment.kind.options();
    for (value, _) in &share.by_segment {
        if !options.iter().any(|option| option.value == *value) {
            r.refuse(place, || {
                let near = nearest(value, options.iter().map(|option| option.value.as_str()));
                ["the segment has no option `", value, "`", &near].concat()
            });
        }
    }
}
