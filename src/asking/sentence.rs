//! Explanations as sentences, in the words of the pact: French where the locale is French, else English.

use super::explain::{Answers, Change, Effect, Explanation, Span, Thinking};
use super::{Stop, Why};
use crate::pact::Terms;
use crate::pact::field::{Field, Kind};
use crate::pact::qualification::Decision;
use crate::text::Text;

/// Who reads, and in which language.
#[derive(Clone, Copy)]
struct Reader<'t> {
    terms: &'t Terms,
    locale: &'t str,
    french: bool,
}

impl Thinking {
    /// What the engine thinks, a sentence a line, in the locale's language: French, or else English.
    #[must_use]
    pub fn sentences(&self, terms: &Terms, locale: &str) -> Vec<String> {
        let reader = Reader::of(terms, locale);
        let mut lines = Vec::new();
        for asked in &self.ask {
            lines.push(asked.sentence(terms, locale, self.odds.handoff));
        }
        if let Some(stop) = self.stop {
            lines.push(reader.stop(stop, self.decision));
        }
        if let Some(change) = &self.change {
            lines.push(reader.change(change));
        }
        lines
    }
}

impl Explanation {
    /// Why the question is asked: `Company size: moves the chance of hand-over from 46 % to 12 % or 81 %.`
    #[must_use]
    pub fn sentence(&self, terms: &Terms, locale: &str, today: f64) -> String {
        let reader = Reader::of(terms, locale);
        let label = reader.label(&self.field);
        let chance = reader.percent(today);
        if self.why == Why::Needed {
            return match reader.french {
                true => format!(
                    "{label} : les commerciaux en ont besoin, et le contact leur sera transmis avec une probabilité de {chance}."
                ),
                false => format!("{label}: sales needs it, and the chance of hand-over is {chance}."),
            };
        }
        let mut chances: Vec<f64> = self.answers.iter().map(|effect| effect.odds.handoff).collect();
        chances.sort_unstable_by(f64::total_cmp);
        let mut said: Vec<String> = chances.iter().map(|chance| reader.percent(*chance)).collect();
        said.dedup();
        match (reader.french, said.is_empty()) {
            (true, true) => format!("{label} : la réponse peut changer la décision."),
            (false, true) => format!("{label}: the answer may change the decision."),
            (true, false) => {
                let or = either(&said, " ou ");
                format!("{label} : fait passer la probabilité de transmission de {chance} à {or}.")
            }
            (false, false) => {
                let or = either(&said, " or ");
                format!("{label}: moves the chance of hand-over from {chance} to {or}.")
            }
        }
    }

    /// What each answer would do, a line each: `51–200: 81 %`.
    #[must_use]
    pub fn effects(&self, terms: &Terms, locale: &str) -> Vec<String> {
        let reader = Reader::of(terms, locale);
        self.answers.iter().map(|effect| reader.effect(&self.field, effect)).collect()
    }
}

impl<'t> Reader<'t> {
    fn of(terms: &'t Terms, locale: &'t str) -> Self {
        let language = locale.get(..2).unwrap_or_default();
        Self { terms, locale, french: language.eq_ignore_ascii_case("fr") }
    }

    fn word(self, french: &'static str, english: &'static str) -> &'static str {
        if self.french { french } else { english }
    }

    fn text(self, text: &'t Text) -> &'t str {
        text.pick(self.locale, &self.terms.locales)
    }

    fn field(self, id: &str) -> Option<&'t Field> {
        self.terms.fields.iter().find(|field| field.id == id)
    }

    fn label(self, id: &'t str) -> &'t str {
        self.field(id).map_or(id, |field| self.text(&field.label))
    }

    /// A probability as people say it; what is neither impossible nor certain is not called so.
    fn percent(self, share: f64) -> String {
        let space = self.word("\u{a0}%", "%");
        let whole = libm::round(share * 100.0);
        if share > 0.0 && whole < 1.0 {
            format!("< 1{space}")
        } else if share < 1.0 && whole > 99.0 {
            format!("> 99{space}")
        } else {
            format!("{whole}{space}")
        }
    }

    fn stop(self, stop: Stop, decision: Decision) -> String {
        let reason = match stop {
            Stop::Off => self.word("le pacte ne pose pas de question supplémentaire", "the pact asks nothing extra"),
            Stop::Budget => {
                self.word("le nombre de questions de la visite est atteint", "the visit's questions are spent")
            }
            Stop::Certain => self.word("la décision est acquise", "the decision is settled"),
            Stop::Nothing => {
                self.word("aucune question ne peut changer la décision", "no question left can change the decision")
            }
            Stop::Value => self.word(
                "une question de plus perdrait plus de visiteurs qu'elle n'apporterait",
                "one more question would lose more visitors than it would bring",
            ),
            Stop::Holdout => self.word("cette visite sert de témoin", "this visit is held out"),
        };
        let decision = self.decision(decision);
        match self.french {
            true => format!("Plus rien à demander : {reason} ({decision})."),
            false => format!("Nothing more to ask: {reason} ({decision})."),
        }
    }

    fn decision(self, decision: Decision) -> &'static str {
        match decision {
            Decision::Handoff => self.word("transmis aux commerciaux", "handed over to sales"),
            Decision::Nurture => self.word("gardé par le marketing", "kept by marketing"),
            Decision::Disqualified => self.word("hors cible", "disqualified"),
        }
    }

    fn change(self, change: &Change) -> String {
        let (label, decision) = (self.label(&change.field), self.decision(change.decision));
        let answer = self.answer(&change.field, &change.answer);
        match self.french {
            true => format!("Ce qui changerait la décision : {label} = {answer} ({decision})."),
            false => format!("What would change the decision: {label} = {answer} ({decision})."),
        }
    }

    fn effect(self, field: &str, effect: &Effect) -> String {
        let answer = self.answer(field, &effect.answer);
        format!("{answer}{} {}", self.word("\u{a0}:", ":"), self.percent(effect.odds.handoff))
    }

    fn answer(self, field: &str, answers: &Answers) -> String {
        let field = self.field(field);
        let mut said = Vec::new();
        for value in &answers.options {
            let options = field.map_or(&[][..], |field| field.kind.options());
            let label = options.iter().find(|option| option.value == *value).map(|option| self.text(&option.label));
            let own = match (label, value.as_str()) {
                (Some(label), _) => label,
                (None, "yes") => self.word("oui", "yes"),
                (None, "no") => self.word("non", "no"),
                (None, value) => value,
            };
            said.push(own.to_owned());
        }
        let unit = match field.map(|field| &field.kind) {
            Some(Kind::Number(number)) => number.unit.as_ref().map_or("", |unit| self.text(unit)),
            _ => "",
        };
        said.extend(answers.spans.iter().map(|span| self.span(span, unit)));
        said.extend(answers.words.iter().map(|word| match self.french {
            true => format!("contient « {word} »"),
            false => format!("holds “{word}”"),
        }));
        said.extend(answers.provider.map(|provider| match provider {
            "business" => self.word("adresse d'entreprise", "business address").to_owned(),
            "free" => self.word("adresse gratuite", "free address").to_owned(),
            _ => self.word("adresse jetable", "disposable address").to_owned(),
        }));
        match said.is_empty() {
            true => self.word("autre réponse", "another answer").to_owned(),
            false => either(&said, self.word(" ou ", " or ")),
        }
    }

    fn span(self, span: &Span, unit: &str) -> String {
        let from = span.at_least.map(|at| format!("≥ {at}")).or(span.above.map(|at| format!("> {at}")));
        let to = span.at_most.map(|at| format!("≤ {at}")).or(span.below.map(|at| format!("< {at}")));
        let ends = match (span.at_least, span.at_most) {
            (Some(one), Some(other)) if one == other => one.to_string(),
            _ => [from, to].into_iter().flatten().collect::<Vec<_>>().join(self.word(" et ", " and ")),
        };
        let ends = if ends.is_empty() { self.word("tout nombre", "any number").to_owned() } else { ends };
        if unit.is_empty() { ends } else { format!("{ends} {unit}") }
    }
}

/// `a, b or c`; of many, the first few.
fn either(said: &[String], or: &str) -> String {
    const MOST: usize = 6;
    let shown: Vec<&str> = said.iter().take(MOST).map(String::as_str).collect();
    let more = if said.len() > MOST { ", …" } else { "" };
    match shown.split_last() {
        Some((last, rest)) if !rest.is_empty() && more.is_empty() => [&rest.join(", "), or, last].concat(),
        _ => [&shown.join(", "), more].concat(),
    }
}
