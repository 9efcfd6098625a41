//! Small pacts and visitors, made from bytes: a shorter or smaller list of bytes makes a simpler pact, so that what
//! proptest shrinks to can be read.

use serde_json::{Value as Json, json};

/// 2026-11-20T10:00:00Z
pub(crate) const AT: i64 = 1_795_168_800_000;

/// Bytes as choices; 0 for ever once they are spent.
pub(crate) struct Bytes<'b>(pub(crate) &'b [u8]);

impl Bytes<'_> {
    pub(crate) fn below(&mut self, most: usize) -> usize {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        usize::from(*first) % most.max(1)
    }

    fn one_in(&mut self, most: usize) -> bool {
        self.below(most) == most - 1
    }

    fn pick<'o, T: ?Sized>(&mut self, from: &[&'o T]) -> &'o T {
        from[self.below(from.len())]
    }

    fn points(&mut self) -> i64 {
        [10, 5, 20, -5, 3, 0, -20, 7][self.below(8)]
    }

    fn part(&mut self) -> f64 {
        [0.5, 0.25, 0.1, 0.0, 1.0, 0.75][self.below(6)]
    }
}

/// A pact and one visitor.
#[derive(Debug)]
pub(crate) struct Made {
    pub(crate) pact: Json,
    pub(crate) facts: Json,
    pub(crate) behaviour: bool,
}

const WORDS: [&str; 3] = ["data", "sales", "tech"];
const ADDRESSES: [&str; 3] = ["ana@acme.example", "ana@gmail.com", "ana@yopmail.com"];

struct Maker<'b> {
    bytes: Bytes<'b>,
    fields: Vec<Json>,
    signals: Vec<Json>,
    segment: Option<String>,
}

pub(crate) fn made(bytes: &[u8]) -> Made {
    let bytes = Bytes(bytes);
    let mut maker = Maker { bytes, fields: Vec::new(), signals: Vec::new(), segment: None };
    maker.signals();
    maker.fields();
    let pact = maker.pact();
    let facts = maker.facts();
    let behaviour = !maker.bytes.one_in(4);
    Made { pact, facts, behaviour }
}

/// Facts of another visitor of the same pact.
pub(crate) fn answers_to(pact: &Json, bytes: &[u8]) -> Json {
    let list = |key: &str| pact[key].as_array().unwrap().clone();
    Maker { bytes: Bytes(bytes), fields: list("fields"), signals: list("signals"), segment: None }.facts()
}

impl Maker<'_> {
    fn signals(&mut self) {
        for n in 0..self.bytes.below(3) {
            self.signals.push(json!({"id": format!("views{n}"), "measure": "page_views", "path": "/a/**"}));
        }
        if self.bytes.one_in(3) {
            self.signals.push(json!({"id": "source", "measure": "query", "name": "utm_source"}));
        }
    }

    fn fields(&mut self) {
        let count = 1 + self.bytes.below(5);
        if self.bytes.one_in(3) {
            let text = self.signals.iter().any(|signal| signal["id"] == "source") && self.bytes.one_in(2);
            self.segment = Some(if text { "source".into() } else { "f0".into() });
        }
        for n in 0..count {
            let id = format!("f{n}");
            let first = n == 0 && self.segment.as_deref() == Some("f0");
            let kind = if first {
                "choice"
            } else {
                self.bytes.pick(&["choice", "yes_no", "number", "choices", "text", "email", "choice"])
            };
            let mut field = json!({"id": id, "label": id, "kind": kind});
            self.answers(&mut field, kind, first);
            match self.bytes.below(8) {
                6 => field["ask"] = json!("never"),
                5 => field["ask"] = json!("always"),
                _ => {}
            }
            if n > 0 && self.bytes.one_in(3) {
                field["when"] = self.condition(2);
            }
            if self.bytes.one_in(4) {
                field["decline"] = json!(true);
            }
            self.fields.push(field);
        }
        // The condition of the first may name the others that name nothing.
        if self.bytes.one_in(4) && self.fields.iter().all(|field| field.get("when").is_none()) && count > 1 {
            let first = self.fields.remove(0);
            let mut first = first;
            first["when"] = self.condition(2);
            self.fields.insert(0, first);
        }
    }

    fn share(&mut self, plain: bool) -> Json {
        match self.segment.as_deref() {
            Some("f0") if !plain && self.bytes.one_in(2) => {
                json!({"a": self.bytes.part(), "b": self.bytes.part(), "else": self.bytes.part()})
            }
            Some("source") if self.bytes.one_in(2) => {
                json!({"data": self.bytes.part(), "else": self.bytes.part()})
            }
            _ => json!(self.bytes.part()),
        }
    }

    fn answers(&mut self, field: &mut Json, kind: &str, plain: bool) {
        match kind {
            "choice" | "choices" => {
                let most = if kind == "choice" { 3 } else { 2 };
                let options: Vec<Json> = (0..2 + self.bytes.below(most - 1)).map(|n| self.option(n, plain)).collect();
                field["options"] = json!(options);
                let nothing = |share: &Json| {
                    share == &json!(0.0)
                        || share.as_object().is_some_and(|by| by.values().all(|own| own == &json!(0.0)))
                };
                if kind == "choice" && options.iter().all(|o| o.get("share").is_some_and(nothing)) {
                    field["options"][0]["share"] = json!(0.5);
                }
                if kind == "choice" && options.iter().all(|o| o.get("share").is_some_and(Json::is_object)) {
                    field["options"][0].as_object_mut().unwrap().remove("share");
                }
            }
            "yes_no" if self.bytes.one_in(2) => field["share"] = self.share(false),
            "number" => {
                if self.bytes.one_in(4) {
                    field["min"] = json!(self.bytes.below(4));
                    if self.bytes.one_in(2) {
                        field["max"] = json!(3 + self.bytes.below(5));
                    }
                }
                if self.bytes.one_in(3) {
                    let below = 1 + self.bytes.below(4);
                    field["bands"] = json!([
                        {"below": below, "share": self.share(false)},
                        {"below": below + 2, "share": 0.25},
                        {"share": 0.5}
                    ]);
                }
            }
            _ => {}
        }
    }

    fn option(&mut self, n: usize, plain: bool) -> Json {
        let mut option = json!({"value": (["a", "b", "c"][n])});
        if self.bytes.one_in(2) {
            option["share"] = self.share(plain);
        }
        option
    }

    /// A condition on any of the facts made so far.
    fn condition(&mut self, deep: usize) -> Json {
        match self.bytes.below(if deep == 0 { 5 } else { 9 }) {
            5 => json!({"all": [self.condition(deep - 1), self.condition(deep - 1)]}),
            6 => json!({"any": [self.condition(deep - 1), self.condition(deep - 1)]}),
            7 => json!({"not": self.condition(deep - 1)}),
            8 => json!({"all": []}),
            _ => self.test(),
        }
    }

    fn test(&mut self) -> Json {
        let facts = self.fields.len() + self.signals.len();
        let at = self.bytes.below(facts);
        let (id, kind) = match self.fields.get(at) {
            Some(field) => (field["id"].clone(), field["kind"].as_str().unwrap().to_string()),
            None => {
                let signal = &self.signals[at - self.fields.len()];
                (signal["id"].clone(), if signal["measure"] == "query" { "text" } else { "number" }.to_string())
            }
        };
        if self.bytes.one_in(6) {
            return json!({"fact": id, "known": self.bytes.below(2) == 1});
        }
        match kind.as_str() {
            "number" => {
                let operator = self.bytes.pick(&["at_least", "above", "at_most", "below", "is", "in"]);
                let bound = self.bytes.below(7);
                match operator {
                    "in" => json!({"fact": id, "in": [bound, bound + 2]}),
                    _ => json!({"fact": id, operator: bound}),
                }
            }
            "yes_no" => json!({"fact": id, "is": self.bytes.below(2) == 0}),
            "choice" => match self.bytes.below(4) {
                3 => json!({"fact": id, "in": ["a", "b"]}),
                n => json!({"fact": id, "is": (["a", "b", "a"][n])}),
            },
            "choices" => match self.bytes.below(4) {
                0 => json!({"fact": id, "includes_all": ["a", "b"]}),
                1 => json!({"fact": id, "includes_any": ["a", "b"]}),
                n => json!({"fact": id, "includes": (["a", "b"][n - 2])}),
            },
            kind => {
                if kind == "email" && self.bytes.below(2) == 0 {
                    let provider = format!("{}.provider", id.as_str().unwrap());
                    return json!({"fact": provider, "is": self.bytes.pick(&["business", "free", "disposable"])});
                }
                match self.bytes.below(4) {
                    0 => json!({"fact": id, "contains_any": [WORDS[0], WORDS[1]]}),
                    3 => json!({"fact": id, "is": WORDS[0]}),
                    n => json!({"fact": id, "contains": WORDS[n - 1]}),
                }
            }
        }
    }

    fn pact(&mut self) -> Json {
        let groups: Vec<Json> = (0..1 + self.bytes.below(3)).map(|n| self.group(n)).collect();
        let criteria: Vec<Json> = (0..self.bytes.below(8)).map(|n| self.criterion(n, groups.len())).collect();
        let mut terms = json!({"threshold": ([10, 15, 5, 0, 25][self.bytes.below(5)])});
        if self.bytes.one_in(3) {
            terms["minimums"] = json!({"fit": self.bytes.points(), "interest": self.bytes.points()});
        }
        if self.bytes.one_in(3) {
            terms["without_behaviour"] = json!({"threshold": self.bytes.points()});
        }
        if self.bytes.one_in(3) {
            terms["disqualify"] = json!([{"id": "out", "when": self.condition(2)}]);
        }
        if self.bytes.one_in(2) {
            terms["grades"] = json!({"fit": [20, 10, 0], "interest": [15, 5, 0]});
        }
        let mut needs: Vec<Json> = Vec::new();
        for n in 0..self.fields.len() {
            match self.bytes.below(4) {
                2 => needs.push(json!(format!("f{n}"))),
                3 => needs.push(json!({"fact": format!("f{n}"), "when": self.condition(1), "worth": 0.3})),
                _ => {}
            }
        }
        terms["needs"] = json!(needs);
        let mut asking = json!({});
        if let Some(segment) = &self.segment {
            asking["segment"] = json!(segment);
        }
        let routes = json!([{"to": "first", "when": self.condition(1)}, {"to": "second"}]);
        json!({
            "pact": 1, "id": "made", "fields": self.fields, "signals": self.signals, "groups": groups,
            "criteria": criteria, "qualification": terms, "asking": asking, "handoff": {"routes": routes}
        })
    }

    fn group(&mut self, n: usize) -> Json {
        let dimension = if self.bytes.below(2) == 0 { "fit" } else { "interest" };
        let mut group = json!({"id": format!("g{n}"), "dimension": dimension});
        if self.bytes.one_in(3) {
            group["max"] = json!([15, 8, 30][self.bytes.below(3)]);
        }
        if self.bytes.one_in(4) {
            group["min"] = json!([0, -5, 4][self.bytes.below(3)]);
        }
        group
    }

    fn criterion(&mut self, n: usize, groups: usize) -> Json {
        let group = format!("g{}", self.bytes.below(groups));
        let mut criterion = json!({"id": format!("c{n}"), "group": group, "points": self.bytes.points()});
        let signal = self.signals.first().filter(|signal| signal["measure"] == "page_views");
        let signal = signal.map(|signal| signal["id"].clone());
        match (signal, self.bytes.below(5)) {
            (Some(signal), 4) => {
                criterion["each"] = signal;
                criterion["up_to"] = json!(self.bytes.below(5));
                if self.bytes.one_in(2) {
                    criterion["half_life_days"] = json!([7.0, 0.5, 3.3][self.bytes.below(3)]);
                }
            }
            (Some(signal), 3) => {
                criterion["when"] = match self.signals.get(1).filter(|other| other["measure"] == "page_views") {
                    Some(other) => {
                        json!({"any": [{"fact": signal, "at_least": 2}, {"fact": other["id"], "at_least": 1}]})
                    }
                    None => json!({"fact": signal, "above": 1}),
                };
                criterion["half_life_days"] = json!(7);
            }
            _ => criterion["when"] = self.condition(2),
        }
        criterion
    }

    fn facts(&mut self) -> Json {
        let mut facts = json!({});
        for field in self.fields.clone() {
            let id = field["id"].as_str().unwrap();
            match self.bytes.below(6) {
                0..3 => {}
                3 => facts[id] = json!({"declined": true}),
                _ => facts[id] = self.answer(&field),
            }
        }
        for signal in self.signals.clone() {
            let id = signal["id"].as_str().unwrap();
            let value = [1.0, 0.0, 2.5, 4.0][self.bytes.below(4)];
            match (signal["measure"] == "query", self.bytes.below(4)) {
                (_, 0) => {}
                (true, _) => facts[id] = json!(self.bytes.pick(&["data", " sales data ", "other", " "])),
                (false, 1) => facts[id] = json!(value),
                (false, _) => {
                    let days = [7.0, 0.5, 14.0, -3.0, 1.25, 3.3][self.bytes.below(6)];
                    let last = leadpact::Time(AT - (days * 86_400_000.0) as i64).to_string();
                    facts[id] = json!({"value": value, "last": last});
                }
            }
        }
        facts
    }

    fn answer(&mut self, field: &Json) -> Json {
        match field["kind"].as_str().unwrap() {
            "yes_no" => json!(self.bytes.below(2) == 0),
            "choice" => json!(["a", "b"][self.bytes.below(2)]),
            "choices" => json!([vec!["a"], vec!["a", "b"], vec![], vec!["b"]][self.bytes.below(4)]),
            "number" => {
                let low = field["min"].as_i64().unwrap_or(0);
                json!(low.max(self.bytes.below(4) as i64))
            }
            "email" => json!(self.bytes.pick(&ADDRESSES)),
            _ => json!(self.bytes.pick(&["sales tech", "data", "other", "  ", " data "])),
        }
    }
}
