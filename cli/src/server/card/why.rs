//! Why a lead has its score, and what about it is doubtful.

use super::{View, cut, minus, written};
use crate::language::Language;
use leadpact::terms::Decision;
use maud::{Markup, html};
use serde_json::Value as Json;

/// How many questions that were asked are shown: no page asks so many.
const MOST_ASKED: usize = 20;

impl View<'_> {
    /// What earned points, in words, and where a group's bound held them.
    pub(super) fn reasons(&self) -> Markup {
        let l = self.language;
        let reasons: Vec<(&str, i64)> = self
            .list("reasons")
            .iter()
            .filter_map(|reason| Some((reason.get("criterion")?.as_str()?, reason.get("points")?.as_i64()?)))
            .collect();
        let held: Vec<String> = self.list("groups").iter().filter_map(|group| self.held(group)).collect();
        html! {
            @if !reasons.is_empty() {
                details class="lead-card__why" open {
                    summary { (l.of("Pourquoi cette note", "Why this score")) }
                    ul class="lead-card__reasons" {
                        @for (criterion, points) in &reasons {
                            li {
                                span class=(if *points < 0 { "points points--minus" } else { "points" }) {
                                    (signed(*points))
                                }
                                " " (self.criterion(criterion))
                            }
                        }
                    }
                    @for held in &held { p class="small muted" { (held) } }
                }
            }
        }
    }

    fn criterion(&self, id: &str) -> String {
        let criterion = self.pact.and_then(|pact| pact.criteria.iter().find(|criterion| criterion.id == id));
        criterion.map_or_else(|| id.to_owned(), |criterion| self.text(&criterion.label).to_owned())
    }

    fn held(&self, group: &Json) -> Option<String> {
        let (points, raw) = (group.get("points")?.as_i64()?, group.get("raw")?.as_i64()?);
        if points == raw {
            return None;
        }
        let id = group.get("group")?.as_str()?;
        let label = self.pact.and_then(|pact| pact.groups.iter().find(|group| group.id == id)?.label.as_ref());
        let label = label.map_or(id, |label| self.text(label));
        Some(match self.language {
            Language::French => format!("{label}\u{a0}: {raw} points, comptés pour {points}"),
            Language::English => format!("{label}: {raw} points, counted as {points}"),
        })
    }

    /// The cheapest answer that would change the decision. What would only take a lead out that is not for sales yet
    /// helps nobody.
    pub(super) fn change(&self, decision: &str) -> Markup {
        let change = self.facts.as_ref().and_then(|facts| facts.change(self.lead.updated_at));
        let change = change.filter(|change| decision == "handoff" || change.decision != Decision::Disqualified);
        html! {
            @if let (Some(pact), Some(change)) = (self.pact, change) {
                p class="lead-card__change small" { (change.sentence(pact, self.language.tag())) }
            }
        }
    }

    pub(super) fn asked(&self) -> Markup {
        let l = self.language;
        let asked = self.lead.asked.as_array().map(Vec::as_slice).unwrap_or_default();
        let more = asked.len() > MOST_ASKED;
        let asked: Vec<String> = asked
            .iter()
            .take(MOST_ASKED)
            .filter_map(|asked| {
                let why = match asked.get("why").and_then(Json::as_str) {
                    Some("decides") => l.of("pouvait décider", "could decide"),
                    Some("needed") => l.of("nécessaire aux ventes", "needed by sales"),
                    _ => l.of("posée", "asked"),
                };
                Some(format!("{} ({why})", self.field(asked.get("field")?.as_str()?)))
            })
            .collect();
        html! {
            @if !asked.is_empty() {
                p class="small" { (l.of("Questions ajoutées", "Questions added")) (l.colon()) (asked.join(", ")) @if more { ", …" } }
            }
        }
    }

    /// What the record claims and the server does not find.
    pub(super) fn differences(&self, differences: &[Json]) -> Markup {
        let l = self.language;
        let title = match (l, differences.len()) {
            (_, 0) => return html! {},
            (Language::French, 1) => "1 écart avec ce que la page a envoyé".to_owned(),
            (Language::French, n) => format!("{n} écarts avec ce que la page a envoyé"),
            (Language::English, 1) => "1 difference from what the page sent".to_owned(),
            (Language::English, n) => format!("{n} differences from what the page sent"),
        };
        html! {
            details class="lead-card__differences" {
                summary { (title) }
                ul {
                    @for difference in differences {
                        li {
                            code { (difference.get("what").and_then(Json::as_str).unwrap_or_default()) } (l.colon())
                            @let note = difference.get("note").and_then(Json::as_str);
                            @let values = ["claimed", "found"].map(|key| difference.get(key));
                            @if note.is_none() || values != [None, None] {
                                (l.of("envoyé ", "sent ")) (shown(values[0]))
                                (l.of(", trouvé ", ", found ")) (shown(values[1]))
                                @if note.is_some() { "; " }
                            }
                            @if let Some(note) = note { span lang="en" { (note) } }
                        }
                    }
                }
            }
        }
    }
}

fn signed(points: i64) -> String {
    if points < 0 { minus(points) } else { format!("+{points}") }
}

/// A value of a difference, cut to what can be read at a glance.
fn shown(value: Option<&Json>) -> String {
    cut(&value.map_or_else(|| "–".to_owned(), written), 120)
}
