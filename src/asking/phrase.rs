//! Answers in words: options, spans of numbers, what a text holds.

use super::explain::{Answers, Span};
use super::sentence::{NARROW, NO_BREAK, Reader};
use crate::pact::field::{Field, Kind};

/// How many answers or words are listed.
const MOST_LISTED: usize = 6;

impl<'t> Reader<'t> {
    pub(super) fn quoted(self, text: &str) -> String {
        if self.french { format!("«{NO_BREAK}{text}{NO_BREAK}»") } else { format!("“{text}”") }
    }

    /// Digits in groups, with the language's signs.
    pub(crate) fn number(self, number: f64) -> String {
        let plain = number.to_string();
        let (whole, part) = plain.split_once('.').unwrap_or((&plain, ""));
        let digits = whole.trim_start_matches('-').len();
        let mut text = String::new();
        for (at, digit) in whole.chars().rev().enumerate() {
            if digits > 4 && at > 0 && at % 3 == 0 && digit != '-' {
                text.insert(0, if self.french { NARROW } else { ',' });
            }
            text.insert(0, digit);
        }
        if !part.is_empty() {
            text.push_str(self.word(",", "."));
            text.push_str(part);
        }
        text
    }

    /// The answers in words; empty where they are whatever does not count.
    pub(super) fn answer(self, id: &str, answers: &Answers) -> String {
        let Some(field) = self.field(id) else { return String::new() };
        let or = self.word(" ou ", " or ");
        let one_of = |options: &[String]| {
            let said: Vec<String> = options.iter().map(|value| self.option(field, value)).collect();
            either(&said, or)
        };
        let words = |words: &Vec<String>| {
            let said: Vec<String> = words.iter().map(|word| self.quoted(word)).collect();
            [self.word("un texte avec ", "a text with "), &either(&said, or)].concat()
        };
        let provider = |name: &&str| self.provider(name).to_owned();
        let mut said = vec![one_of(&answers.options)];
        said.push(either(&answers.spans.iter().map(|span| self.span(field, span)).collect::<Vec<_>>(), or));
        said.push(either(&answers.texts.iter().map(|text| self.quoted(text)).collect::<Vec<_>>(), or));
        said.push(either(&answers.providers.iter().map(provider).collect::<Vec<_>>(), or));
        said.extend(answers.includes.iter().map(|options| one_of(options)));
        said.extend(answers.contains.iter().map(words));
        said.retain(|said| !said.is_empty());
        // A comma keeps `one or another, and a third` from being read in two ways.
        let apart = said.len() > 1 && said.iter().any(|said| said.contains(or));
        said.join(if apart { self.word(", et ", ", and ") } else { self.word(" et ", " and ") })
    }

    fn option(self, field: &Field, value: &str) -> String {
        if field.kind.options().is_empty() {
            return if value == "yes" { self.word("oui", "yes") } else { self.word("non", "no") }.to_owned();
        }
        let own = field.kind.options().iter().find(|option| option.value == value);
        self.quoted(own.map_or(value, |option| option.label.pick(self.locale, &self.terms.locales)))
    }

    fn provider(self, name: &str) -> &'static str {
        match name {
            "business" => self.word("une adresse d’entreprise", "a business address"),
            "free" => self.word("une adresse gratuite", "a free address"),
            _ => self.word("une adresse jetable", "a disposable address"),
        }
    }

    /// `20 to 249 people`: the ends of a span that the field itself does not set.
    fn span(self, field: &'t Field, span: &Span) -> String {
        let Kind::Number(number) = &field.kind else { return String::new() };
        let low = span.at_least.map(|at| (at, true)).or(span.above.map(|at| (at, false)));
        let high = span.at_most.map(|at| (at, true)).or(span.below.map(|at| (at, false)));
        let low = low.filter(|(at, _)| number.min.is_none_or(|min| *at > min));
        let high = high.filter(|(at, _)| number.max.is_none_or(|max| *at < max));
        let whole = number.step.is_some_and(|step| libm::trunc(step) == step)
            && number.min.is_none_or(|min| libm::trunc(min) == min);
        let said = match (low, high) {
            (Some(low), Some(high)) => self.between(low, high, whole),
            (low, high) => self.up_to_one_end(low, high),
        };
        match &number.unit {
            Some(unit) if low.or(high).is_some() => format!("{said}{NO_BREAK}{}", self.text(unit)),
            _ => said,
        }
    }

    fn up_to_one_end(self, low: Option<(f64, bool)>, high: Option<(f64, bool)>) -> String {
        let (words, at) = match (low, high) {
            (Some((at, true)), _) => (self.word("au moins ", "at least "), at),
            (Some((at, false)), _) => (self.word("plus de ", "more than "), at),
            (None, Some((at, true))) => (self.word("au plus ", "at most "), at),
            (None, Some((at, false))) => (self.word("moins de ", "under "), at),
            (None, None) => return self.word("tout nombre", "any number").to_owned(),
        };
        [words, &self.number(at)].concat()
    }

    /// Between two ends, each with whether it is in the span. Whole numbers are said up to the last that is.
    fn between(self, low: (f64, bool), high: (f64, bool), whole: bool) -> String {
        let from = if whole && !low.1 { libm::floor(low.0) + 1.0 } else { low.0 };
        let to = if whole && !high.1 { libm::ceil(high.0) - 1.0 } else { high.0 };
        let (starts, ends) = (self.number(from), self.number(to));
        match (low.1 || whole, high.1 || whole) {
            (true, true) if from == to => starts,
            (true, true) => format!("{}{starts}{}{ends}", self.word("de ", ""), self.word(" à ", " to ")),
            (true, false) => {
                format!("{}{starts}{}{ends}", self.word("de ", ""), self.word(" à moins de ", " to under "))
            }
            (false, _) => {
                let rest = self.up_to_one_end(None, Some(high));
                format!("{}{starts}{}{rest}", self.word("plus de ", "more than "), self.word(" et ", " and "))
            }
        }
    }
}

/// `a, b or c`; of many, the first few.
pub(super) fn either(said: &[String], or: &str) -> String {
    let shown: Vec<&str> = said.iter().take(MOST_LISTED).map(String::as_str).collect();
    match shown.split_last() {
        Some(_) if said.len() > MOST_LISTED => [&shown.join(", "), ", …"].concat(),
        Some((last, rest)) if !rest.is_empty() => [&rest.join(", "), or, last].concat(),
        _ => shown.concat(),
    }
}
