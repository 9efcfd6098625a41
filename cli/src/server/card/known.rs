//! Who a lead is, and what is known of it.

use super::{LONGEST_ID, View, cut, written};
use leadpact::Answer;
use leadpact::terms::{Field, Kind};
use maud::{Markup, html};

/// How many letters of an answer are shown.
const LONGEST_SHOWN: usize = 600;
/// How many letters of a name are shown.
const LONGEST_NAME: usize = 120;
/// How long an address may be for a click to lead there: as long as one of e-mail is (RFC 3696, erratum 1690).
const LONGEST_ADDRESS: usize = 254;

impl View<'_> {
    /// Who it is: name and company where the pact says which fields those are, else how to write to them.
    pub(super) fn title(&self) -> String {
        let told = |tokens: &[&str]| {
            self.answer_to(|field| field.autocomplete.as_deref().is_some_and(|token| tokens.contains(&token)))
        };
        let given =
            told(&["given-name"]).zip(told(&["family-name"])).map(|(given, family)| format!("{given} {family}"));
        let name = told(&["name"]).or(given);
        let company = told(&["organization"]);
        let email = || self.answer_to(|field| matches!(field.kind, Kind::Email));
        match (name, company) {
            (Some(name), Some(company)) => format!("{name}, {company}"),
            (Some(one), None) | (None, Some(one)) => one,
            (None, None) => email().unwrap_or_else(|| self.language.of("Lead sans nom", "Lead without a name").into()),
        }
    }

    fn answer_to(&self, is: impl Fn(&Field) -> bool) -> Option<String> {
        let (pact, facts) = (self.pact?, self.facts.as_ref()?);
        pact.fields.iter().enumerate().filter(|(_, field)| is(field)).find_map(|(id, _)| match facts.known(id) {
            Answer::Text(text) => Some(cut(text, LONGEST_NAME)),
            _ => None,
        })
    }

    /// What is known, in words, then what the form sent beyond the pact.
    pub(super) fn facts(&self) -> Markup {
        let l = self.language;
        let known: Vec<(&str, Markup)> = match (self.pact, &self.facts) {
            (Some(pact), Some(facts)) => pact
                .fields
                .iter()
                .enumerate()
                .filter(|(id, _)| facts.applies(*id))
                .filter_map(|(id, field)| Some((self.text(&field.label), self.answer(field, facts.known(id))?)))
                .collect(),
            _ => Vec::new(),
        };
        let beyond = self.lead.answers.as_object().into_iter().flatten().filter(|(name, value)| {
            let field = self.pact.is_some_and(|pact| pact.fields.iter().any(|field| field.id == **name));
            !field && value.as_str() != Some("")
        });
        let beyond: Vec<(&str, String)> =
            beyond.map(|(name, value)| (name.as_str(), cut(&written(value), LONGEST_SHOWN))).collect();
        let route = self.word("route");
        html! {
            dl class="lead-card__facts" {
                @for (label, answer) in &known { dt { (label) } dd { (answer) } }
                @for (name, value) in &beyond { dt { (cut(name, LONGEST_ID)) } dd { (value) } }
                @if let Some(route) = route { dt { (l.of("Suivi par", "Goes to")) } dd { (route) } }
            }
        }
    }

    fn answer(&self, field: &Field, answer: &Answer) -> Option<Markup> {
        let l = self.language;
        let label = |option: &usize| field.kind.options().get(*option).map(|option| self.text(&option.label));
        Some(match answer {
            Answer::Blank => return None,
            Answer::Declined => {
                html! { span class="muted" { (l.of("ne souhaite pas le dire", "would rather not say")) } }
            }
            Answer::Text(text) => match address(field, text) {
                Some(to) => html! { a href=(to) { (text) } },
                None => html! { (cut(text, LONGEST_SHOWN)) },
            },
            Answer::Number(number) => {
                let unit = match &field.kind {
                    Kind::Number(bounds) => bounds.unit.as_ref().map(|unit| self.text(unit)),
                    _ => None,
                };
                html! { (l.number(*number)) @if let Some(unit) = unit { " " (unit) } }
            }
            Answer::Choice(yes) if field.kind.options().is_empty() => {
                html! { (if *yes == 1 { l.of("oui", "yes") } else { l.of("non", "no") }) }
            }
            Answer::Choice(option) => html! { (label(option)?) },
            Answer::Choices(chosen) => html! { (chosen.iter().filter_map(label).collect::<Vec<_>>().join(", ")) },
        })
    }
}

/// Where a click on an answer leads; only where it is surely one address and no more.
fn address(field: &Field, text: &str) -> Option<String> {
    let plain = |more: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || more.contains(c));
    match field.kind {
        _ if text.len() > LONGEST_ADDRESS => None,
        Kind::Email if plain("@._+-") && text.matches('@').count() == 1 => Some(format!("mailto:{text}")),
        Kind::Phone if text.chars().all(|c| c.is_ascii_digit() || "+ .-()".contains(c)) => {
            Some(format!("tel:{}", text.replace([' ', '.', '-', '(', ')'], "")))
        }
        _ => None,
    }
}
