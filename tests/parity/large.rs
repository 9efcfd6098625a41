//! Pacts of the size that teams sign, whose shares, ages and bounds are no round numbers.

use crate::make::{AT, Made};
use crate::pairs::Chance;
use serde_json::{Value as Json, json};

const KINDS: [&str; 10] =
    ["choice", "choice", "choice", "choice", "choices", "yes_no", "yes_no", "number", "text", "email"];
const WORDS: [&str; 6] = ["stratégie", "Straße", "export", "ΟΔΥΣΣΕΎΣ", "4.0", "C++"];
const TEXTS: [&str; 7] = [
    "Directrice de la Strate\u{301}gie",
    "STRASSE 5",
    "Οδυσσεύς",
    "Industrie 4.0 — EXPORT",
    "c++ \u{a0} c",
    "İstanbul",
    " ",
];
const MAILS: [&str; 4] = ["ana@acme.example", "Ana@GMail.com", "ana@yopmail.com", "no address"];
const MEASURES: [&str; 4] = ["page_views", "engaged_seconds", "visits", "scroll_percent"];
const DIMENSIONS: [&str; 2] = ["fit", "interest"];

pub(crate) fn large(chance: &mut Chance) -> Made {
    let mut maker = Maker { segment: chance.below(4), chance, fields: Vec::new(), signals: Vec::new() };
    maker.signals();
    maker.fields();
    let pact = maker.pact();
    let facts = maker.facts();
    Made { pact, facts, behaviour: !maker.chance.one_in(5) }
}

struct Maker<'c> {
    chance: &'c mut Chance,
    fields: Vec<Json>,
    signals: Vec<Json>,
    /// 0: by the first field, 1: by a text signal, else none.
    segment: usize,
}

impl Maker<'_> {
    fn signals(&mut self) {
        for n in 0..1 + self.chance.below(3) {
            let measure = self.chance.pick(&MEASURES);
            self.signals.push(json!({"id": format!("s{n}"), "measure": measure}));
        }
        self.signals.push(json!({"id": "source", "measure": "query", "name": "utm_source"}));
    }

    fn fields(&mut self) {
        let count = if self.chance.one_in(16) { 20 + self.chance.below(21) } else { 8 + self.chance.below(9) };
        for n in 0..count {
            let kind = if n == 0 { "choice" } else { self.chance.pick(&KINDS) };
            let mut field = json!({"id": format!("f{n}"), "label": "?", "kind": kind});
            self.answers(&mut field, kind, n == 0);
            match self.chance.below(12) {
                0 => field["ask"] = json!("never"),
                1 => field["ask"] = json!("always"),
                2 => field["friction"] = json!(0.1 + 3.0 * self.chance.part()),
                _ => {}
            }
            if n > 0 && self.chance.one_in(8) {
                field["when"] = self.test(n.saturating_sub(3), n);
            }
            field["decline"] = json!(self.chance.one_in(4));
            self.fields.push(field);
        }
    }

    fn answers(&mut self, field: &mut Json, kind: &str, plain: bool) {
        match kind {
            "choice" | "choices" => {
                let most = if kind == "choice" { 6 } else { 3 };
                let options = 2 + self.chance.below(most - 1);
                field["options"] = (0..options).map(|n| self.option(n, plain)).collect();
            }
            "yes_no" if !self.chance.one_in(4) => field["share"] = self.share(plain),
            "number" => {
                let (first, second) = (10.0 * self.chance.part(), 10.0 + 90.0 * self.chance.part());
                field["bands"] = json!([
                    {"below": first, "share": self.share(plain)},
                    {"below": second, "share": self.share(plain)},
                    {"share": 0.01 + self.chance.part() / 2.0}
                ]);
                if self.chance.one_in(2) {
                    field["min"] = json!(0.5);
                    field["max"] = json!(150.25);
                }
            }
            _ => {}
        }
    }

    /// The first option's share is a plain number, so that the shares of a choice are never all 0.
    fn option(&mut self, n: usize, plain: bool) -> Json {
        let mut option = json!({"value": format!("v{n}")});
        if n == 0 || !self.chance.one_in(4) {
            option["share"] = self.share(plain || n == 0);
        }
        option
    }

    fn share(&mut self, plain: bool) -> Json {
        let mut part = || 0.001 + 0.999 * self.chance.part();
        match self.segment {
            0 if !plain => json!({"v0": part(), "v1": part(), "else": part()}),
            1 if !plain => json!({"export": part(), "else": part()}),
            _ => json!(part()),
        }
    }

    /// A condition on fields that stand near each other, as teams write them: mostly one test.
    fn condition(&mut self) -> Json {
        let from = self.chance.below(self.fields.len());
        let to = (from + 3).min(self.fields.len());
        match self.chance.below(10) {
            0 => json!({"all": [self.test(from, to), self.test(from, to)]}),
            1 => json!({"any": [self.test(from, to), self.test(from, to)]}),
            2 => json!({"not": self.test(from, to)}),
            _ => self.test(from, to),
        }
    }

    /// A test of one of the fields from `from` to before `to`.
    fn test(&mut self, from: usize, to: usize) -> Json {
        let field = &self.fields[from + self.chance.below(to - from)];
        let id = field["id"].clone();
        let options = field["options"].as_array().map_or(1, Vec::len);
        let value = format!("v{}", self.chance.below(options));
        if self.chance.one_in(12) {
            return json!({"fact": id, "known": self.chance.one_in(2)});
        }
        match field["kind"].as_str().unwrap() {
            "choice" if self.chance.one_in(3) => json!({"fact": id, "in": ["v0", "v1"]}),
            "choice" => json!({"fact": id, "is": value}),
            "choices" => json!({"fact": id, "includes": value}),
            "yes_no" => json!({"fact": id, "is": true}),
            "number" => {
                let operator = self.chance.pick(&["at_least", "above", "at_most", "below"]);
                json!({"fact": id, operator: 120.0 * self.chance.part()})
            }
            "email" => json!({"fact": format!("{}.provider", id.as_str().unwrap()), "is": "business"}),
            _ => json!({"fact": id, "contains": self.chance.pick(&WORDS)}),
        }
    }

    fn pact(&mut self) -> Json {
        let groups = 2 + self.chance.below(5);
        let most = [10, 30, 100][self.chance.below(3)];
        let criteria: Vec<Json> =
            (0..self.fields.len() + self.chance.below(40)).map(|n| self.criterion(n, groups, most)).collect();
        let groups: Vec<Json> = (0..groups).map(|n| self.group(n, most)).collect();
        let qualification = self.qualification(most);
        let asking = self.asking();
        let routes = json!([{"to": "first", "when": self.condition()}, {"to": "second"}]);
        json!({
            "pact": 1, "id": "made", "fields": self.fields, "signals": self.signals, "groups": groups,
            "criteria": criteria, "qualification": qualification, "asking": asking, "handoff": {"routes": routes}
        })
    }

    fn group(&mut self, n: usize, most: usize) -> Json {
        let mut group = json!({"id": format!("g{n}"), "dimension": DIMENSIONS[n % 2]});
        if !self.chance.one_in(3) {
            group["max"] = json!(most + self.chance.below(3 * most));
        }
        if self.chance.one_in(3) {
            group["min"] = json!(-(self.chance.below(most) as i64));
        }
        group
    }

    fn criterion(&mut self, n: usize, groups: usize, most: usize) -> Json {
        let points = self.chance.below(most) as i64 - most as i64 / 4;
        let group = format!("g{}", self.chance.below(groups));
        let mut criterion = json!({"id": format!("c{n}"), "group": group, "points": points});
        if !self.chance.one_in(6) {
            criterion["when"] = self.condition();
            return criterion;
        }
        let signal = format!("s{}", self.chance.below(self.signals.len() - 1));
        if self.chance.one_in(2) {
            criterion["each"] = json!(signal);
            criterion["up_to"] = json!(1 + self.chance.below(9));
        } else {
            criterion["when"] = json!({"fact": signal, "above": 5.0 * self.chance.part()});
        }
        if !self.chance.one_in(3) {
            criterion["half_life_days"] = json!(0.05 + 20.0 * self.chance.part());
        }
        criterion
    }

    fn qualification(&mut self, most: usize) -> Json {
        let threshold = self.chance.below(self.fields.len() * most / 6 + 1);
        let mut terms = json!({"threshold": threshold, "grades": {"fit": [40, 25, 10], "interest": [30, 15, 5]}});
        if self.chance.one_in(3) {
            let mut bound = || self.chance.below(2 * most);
            terms["minimums"] = json!({"fit": bound(), "interest": bound()});
        }
        if self.chance.one_in(2) {
            terms["without_behaviour"] = json!({"threshold": threshold / 2});
        }
        if self.chance.one_in(3) {
            terms["disqualify"] = json!([{"id": "out", "when": self.condition()}]);
        }
        terms["needs"] = (0..self.chance.below(5)).map(|n| self.need(n)).collect();
        terms
    }

    fn need(&mut self, n: usize) -> Json {
        let mut need = json!({"fact": format!("f{}", 2 * n + self.chance.below(2)), "worth": self.chance.part() / 3.0});
        if self.chance.one_in(3) {
            need["when"] = self.condition();
        }
        need
    }

    fn asking(&mut self) -> Json {
        let mut asking = json!({
            "mode": self.chance.pick(&["value", "value", "value", "certain", "queue"]),
            "loss_per_question": 0.05 * self.chance.part(),
            "wrong_handoff": self.chance.part(),
            "nurtured_value": 0.3 * self.chance.part(),
            "per_step": 1 + self.chance.below(2),
        });
        match self.segment {
            0 => asking["segment"] = json!("f0"),
            1 => asking["segment"] = json!("source"),
            _ => {}
        }
        if self.chance.one_in(2) {
            asking["budget"] = json!(1 + self.chance.below(6));
        }
        asking
    }

    fn facts(&mut self) -> Json {
        let mut facts = json!({});
        let answered = self.chance.below(10);
        for field in self.fields.clone() {
            let id = field["id"].as_str().unwrap();
            if self.chance.one_in(25) {
                facts[id] = json!({"declined": true});
            } else if self.chance.one_in(50) {
                facts[id] = json!(["no such option"]);
            } else if self.chance.below(10) < answered {
                facts[id] = self.answer(&field);
            }
        }
        for n in 0..self.signals.len() - 1 {
            let age = (self.chance.part() * 40.0 * 86_400_000.0) as i64;
            let last = leadpact::Time(AT - age).to_string();
            facts[format!("s{n}")] = json!({"value": 12.0 * self.chance.part(), "last": last});
        }
        if self.chance.one_in(2) {
            facts["source"] = json!(self.chance.pick(&["export", "other"]));
        }
        facts
    }

    fn answer(&mut self, field: &Json) -> Json {
        let mut option = || json!(format!("v{}", self.chance.below(field["options"].as_array().map_or(1, Vec::len))));
        match field["kind"].as_str().unwrap() {
            "choice" => option(),
            "choices" => json!([option(), option()]),
            "yes_no" => json!(self.chance.one_in(2)),
            "number" => json!(140.0 * self.chance.part() + 0.5),
            "email" => json!(self.chance.pick(&MAILS)),
            _ => json!(self.chance.pick(&TEXTS)),
        }
    }
}
