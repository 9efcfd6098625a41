//! Conditions, points and decisions, from scratch and as PACT.md words them.

use serde_json::Value as Json;
use std::collections::BTreeMap;

/// One fact of a visitor.
#[derive(Clone, Debug)]
pub(crate) enum Fact {
    Text(String),
    Number(f64),
    Flag(bool),
    One(String),
    Many(Vec<String>),
    Declined,
    /// A numeric signal and when it last grew, in milliseconds.
    Signal(f64, Option<i64>),
    /// A text of which only this is drawn: which `contains` conditions hold, and its provider.
    Drawn(Vec<Vec<String>>, &'static str),
    /// A text drawn whole, with any provider.
    DrawnText(String, &'static str),
}

/// A pact and what is known of one visitor.
#[derive(Clone)]
pub(crate) struct World<'p> {
    pub(crate) pact: &'p Json,
    pub(crate) behaviour: bool,
    pub(crate) at: i64,
    pub(crate) facts: BTreeMap<String, Fact>,
}

pub(crate) fn list(json: &Json) -> &[Json] {
    json.as_array().map_or(&[], Vec::as_slice)
}

pub(crate) fn text(json: &Json) -> String {
    json.as_str().unwrap_or_default().to_string()
}

fn texts(json: &Json) -> Vec<String> {
    list(json).iter().map(text).collect()
}

/// The words of a `contains` or `contains_any`, as one thing to compare.
pub(crate) fn words(operand: &Json) -> Vec<String> {
    let mut words = if operand.is_string() { vec![text(operand)] } else { texts(operand) };
    words.sort();
    words.dedup();
    words
}

/// Whether a text of plain small letters holds a word.
fn holds_word(text: &str, word: &str) -> bool {
    text.split(' ').any(|own| own == word)
}

impl<'p> World<'p> {
    pub(crate) fn new(pact: &'p Json, facts: &Json, behaviour: bool, at: i64) -> Self {
        let mut world = Self { pact, behaviour, at, facts: BTreeMap::new() };
        for (id, value) in facts.as_object().unwrap() {
            if let Some(fact) = world.read(id, value) {
                world.facts.insert(id.clone(), fact);
            }
        }
        world
    }

    fn read(&self, id: &str, value: &Json) -> Option<Fact> {
        if let Some(signal) = list(&self.pact["signals"]).iter().find(|signal| signal["id"] == id) {
            if !self.behaviour {
                return None;
            }
            if matches!(signal["measure"].as_str(), Some("query" | "referrer")) {
                return Some(Fact::Text(text(value).trim().to_string())).filter(|_| !text(value).trim().is_empty());
            }
            let number = value.as_f64().or_else(|| value["value"].as_f64())?;
            let last = value["last"].as_str().map(|at| at.parse::<leadpact::Time>().unwrap().0);
            return Some(Fact::Signal(number, last.or((number > 0.0).then_some(self.at))));
        }
        if value["declined"] == true {
            return Some(Fact::Declined);
        }
        match self.field(id)?["kind"].as_str()? {
            "number" => Some(Fact::Number(value.as_f64()?)),
            "yes_no" => Some(Fact::Flag(value.as_bool()?)),
            "choice" => Some(Fact::One(text(value))),
            "choices" => Some(Fact::Many(texts(value))).filter(|_| !list(value).is_empty()),
            _ => Some(Fact::Text(text(value).trim().to_string())).filter(|_| !text(value).trim().is_empty()),
        }
    }

    pub(crate) fn fields(&self) -> &'p [Json] {
        list(&self.pact["fields"])
    }

    pub(crate) fn field(&self, id: &str) -> Option<&'p Json> {
        self.fields().iter().find(|field| field["id"] == id)
    }

    pub(crate) fn applies(&self, field: &Json) -> bool {
        field.get("when").is_none_or(|when| self.truth(when) == Some(true))
    }

    /// What is known of a fact; a numeric signal is known from the start, as 0.
    fn known(&self, id: &str) -> Option<Fact> {
        let signal = list(&self.pact["signals"]).iter().find(|signal| signal["id"] == id);
        if let Some(signal) = signal {
            let numeric = !matches!(signal["measure"].as_str(), Some("query" | "referrer"));
            let start = (numeric && self.behaviour).then_some(Fact::Signal(0.0, None));
            return self.facts.get(id).cloned().or(start);
        }
        self.facts.get(id).filter(|fact| !matches!(fact, Fact::Declined)).cloned()
    }

    /// The truth of a condition; `None` is unknown.
    pub(crate) fn truth(&self, condition: &Json) -> Option<bool> {
        if let Some(parts) = condition.get("all") {
            let parts: Vec<_> = list(parts).iter().map(|part| self.truth(part)).collect();
            return if parts.contains(&Some(false)) { Some(false) } else { parts.into_iter().all_known() };
        }
        if let Some(parts) = condition.get("any") {
            let parts: Vec<_> = list(parts).iter().map(|part| self.truth(part).map(|truth| !truth)).collect();
            let none = if parts.contains(&Some(false)) { Some(false) } else { parts.into_iter().all_known() };
            return none.map(|none| !none);
        }
        if let Some(part) = condition.get("not") {
            return self.truth(part).map(|truth| !truth);
        }
        let fact = condition["fact"].as_str().unwrap();
        let (operator, operand) = condition.as_object().unwrap().iter().find(|(key, _)| *key != "fact").unwrap();
        self.test(fact, operator, operand)
    }

    fn test(&self, fact: &str, operator: &str, operand: &Json) -> Option<bool> {
        let (id, provider) = fact.strip_suffix(".provider").map_or((fact, false), |id| (id, true));
        if self.field(id).is_some_and(|field| !self.applies(field)) {
            return Some(operator == "known" && operand == false);
        }
        let known = self.known(id);
        if operator == "known" {
            return Some(known.is_some() == (operand == true));
        }
        Some(match known? {
            Fact::Number(number) | Fact::Signal(number, _) => compare(number, operator, operand),
            Fact::Flag(flag) => one_of(&Json::Bool(flag), operator, operand),
            Fact::One(value) => one_of(&Json::String(value), operator, operand),
            Fact::Many(values) => match operator {
                "includes" => values.contains(&text(operand)),
                "includes_any" => list(operand).iter().any(|value| values.contains(&text(value))),
                _ => list(operand).iter().all(|value| values.contains(&text(value))),
            },
            Fact::Text(own) if provider => one_of(&Json::String(provider_of(&own).into()), operator, operand),
            Fact::Drawn(_, own) | Fact::DrawnText(_, own) if provider => {
                one_of(&Json::String(own.into()), operator, operand)
            }
            Fact::Text(own) | Fact::DrawnText(own, _) => match operator {
                "contains" | "contains_any" => words(operand).iter().any(|word| holds_word(&own, word)),
                _ => one_of(&Json::String(own), operator, operand),
            },
            Fact::Drawn(holds, _) => matches!(operator, "contains" | "contains_any") && holds.contains(&words(operand)),
            Fact::Declined => unreachable!(),
        })
    }

    /// What each criterion earns, by id.
    pub(crate) fn reasons(&self) -> Vec<(&'p Json, i64)> {
        list(&self.pact["criteria"]).iter().map(|criterion| (criterion, self.worth(criterion))).collect()
    }

    fn worth(&self, criterion: &Json) -> i64 {
        let points = criterion["points"].as_i64().unwrap();
        let full = match criterion["each"].as_str().map(|signal| self.known(signal)) {
            Some(Some(Fact::Signal(value, _))) => {
                points * (value.floor() as i64).min(criterion["up_to"].as_i64().unwrap())
            }
            Some(_) => 0,
            None if self.truth(&criterion["when"]) == Some(true) => points,
            None => 0,
        };
        let Some(half_life) = criterion["half_life_days"].as_f64() else { return full };
        let mut signals = Vec::new();
        facts_in(criterion, &mut signals);
        signals.extend(criterion["each"].as_str().map(String::from));
        let grew = signals.iter().filter_map(|signal| match self.facts.get(signal) {
            Some(Fact::Signal(_, last)) => *last,
            _ => None,
        });
        let age = grew.max().map_or(0.0, |last| (self.at - last).max(0) as f64 / 86_400_000.0);
        let exact = full as f64 * 2_f64.powf(-age / half_life);
        ((exact.abs() + 0.5).floor() * exact.signum()) as i64
    }

    /// Every group's id, points and sum before its bounds.
    pub(crate) fn groups(&self) -> Vec<(String, i64, i64)> {
        let reasons = self.reasons();
        let total = |group: &Json| {
            let own = reasons.iter().filter(|(criterion, _)| criterion["group"] == group["id"]);
            let raw: i64 = own.map(|(_, points)| points).sum();
            let held = group["min"].as_i64().map_or(raw, |min| raw.max(min));
            (text(&group["id"]), group["max"].as_i64().map_or(held, |max| held.min(max)), raw)
        };
        list(&self.pact["groups"]).iter().map(total).collect()
    }

    /// The sum of the groups of a dimension.
    pub(crate) fn sum(&self, dimension: &str) -> i64 {
        let groups = list(&self.pact["groups"]).iter().zip(self.groups());
        groups.filter(|(group, _)| group["dimension"] == dimension).map(|(_, (_, points, _))| points).sum()
    }

    pub(crate) fn score(&self) -> i64 {
        self.sum("fit") + self.sum("interest")
    }

    pub(crate) fn decision(&self) -> &'static str {
        let terms = &self.pact["qualification"];
        if list(&terms["disqualify"]).iter().any(|excluded| self.truth(&excluded["when"]) == Some(true)) {
            return "disqualified";
        }
        let usual = terms["threshold"].as_i64().unwrap();
        let without = terms["without_behaviour"]["threshold"].as_i64().unwrap_or(usual);
        let threshold = if self.behaviour { usual } else { without };
        let fits = terms["minimums"]["fit"].as_i64().is_none_or(|least| self.sum("fit") >= least);
        let least_interest = terms["minimums"]["interest"].as_i64().filter(|_| self.behaviour);
        let interested = least_interest.is_none_or(|least| self.sum("interest") >= least);
        if self.score() >= threshold && fits && interested { "handoff" } else { "nurture" }
    }

    pub(crate) fn stage(&self) -> &'static str {
        let reached = |field: &&Json| {
            field["kind"] == "email" && self.applies(field) && self.known(&text(&field["id"])).is_some()
        };
        match self.decision() {
            "disqualified" => "disqualified",
            "handoff" => "mql",
            _ if self.fields().iter().any(|field| reached(&field)) => "lead",
            _ => "visitor",
        }
    }

    pub(crate) fn grade(&self) -> Option<String> {
        let grades = self.pact["qualification"].get("grades")?;
        let rank =
            |points: i64, from: &Json| list(from).iter().filter(|least| points < least.as_i64().unwrap()).count();
        let fit = ["A", "B", "C", "D"][rank(self.sum("fit"), &grades["fit"])];
        let interest = ["1", "2", "3", "4"][rank(self.sum("interest"), &grades["interest"])];
        Some(format!("{fit}{}", if self.behaviour { interest } else { "-" }))
    }

    pub(crate) fn missing(&self) -> Vec<String> {
        let open = |need: &&Json| {
            let id = need.as_str().or(need["fact"].as_str()).unwrap();
            let wanted = need.get("when").is_none_or(|when| self.truth(when) == Some(true));
            wanted && self.applies(self.field(id).unwrap()) && !self.facts.contains_key(id)
        };
        let needs = list(&self.pact["qualification"]["needs"]).iter().filter(open);
        needs.map(|need| text(if need.is_string() { need } else { &need["fact"] })).collect()
    }

    pub(crate) fn route(&self) -> Option<String> {
        let routes = list(&self.pact["handoff"]["routes"]).iter();
        let mut taken = routes.filter(|route| route.get("when").is_none_or(|when| self.truth(when) == Some(true)));
        taken.next().map(|route| text(&route["to"]))
    }
}

trait AllKnown {
    fn all_known(self) -> Option<bool>;
}

impl<I: Iterator<Item = Option<bool>>> AllKnown for I {
    /// True where all are true; unknown where one is.
    fn all_known(mut self) -> Option<bool> {
        self.all(|truth| truth == Some(true)).then_some(true)
    }
}

/// The facts that a condition names.
pub(crate) fn facts_in(json: &Json, found: &mut Vec<String>) {
    match json {
        Json::Object(entries) => {
            if let Some(fact) = entries.get("fact").and_then(Json::as_str) {
                found.push(fact.trim_end_matches(".provider").into());
            }
            entries.values().for_each(|value| facts_in(value, found));
        }
        Json::Array(items) => items.iter().for_each(|item| facts_in(item, found)),
        _ => {}
    }
}

pub(crate) fn compare(number: f64, operator: &str, operand: &Json) -> bool {
    let bound = operand.as_f64();
    match operator {
        "at_least" => number >= bound.unwrap(),
        "above" => number > bound.unwrap(),
        "at_most" => number <= bound.unwrap(),
        "below" => number < bound.unwrap(),
        "is" => number == bound.unwrap(),
        _ => list(operand).iter().any(|own| own.as_f64() == Some(number)),
    }
}

fn one_of(value: &Json, operator: &str, operand: &Json) -> bool {
    if operator == "in" { list(operand).contains(value) } else { value == operand }
}

fn provider_of(address: &str) -> &'static str {
    match address.rsplit('@').next() {
        Some("gmail.com") => "free",
        Some("yopmail.com") => "disposable",
        _ => "business",
    }
}
