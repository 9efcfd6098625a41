//! A lead as a salesperson reads it.

mod known;
mod why;

use crate::language::Language;
use crate::server::pacts::Pacts;
use crate::server::store::{Brief, Kept};
use jiff::tz::{TimeZone, TimeZoneDatabase};
use leadpact::terms::Text;
use leadpact::{Lead, Pact, Time};
use maud::{Markup, html};
use serde_json::Value as Json;
use std::sync::LazyLock;

/// The tables that due times are computed by, whatever those of this machine say.
static ZONES: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);
/// How many letters of a field's id are shown where the pact has no label for it.
const LONGEST_ID: usize = 60;
/// Milliseconds in an hour.
const HOUR: f64 = 3_600_000.0;

/// What a card is made of.
struct View<'v> {
    lead: &'v Kept,
    /// The pact, where the server still has it.
    pact: Option<&'v Pact>,
    /// The lead's facts, read by that pact.
    facts: Option<Lead>,
    language: Language,
    zone: TimeZone,
    now: Time,
}

/// The card of a lead.
pub(in crate::server) fn card(lead: &Kept, pacts: &Pacts, language: Language, now: Time) -> Markup {
    let pact = lead.pact.get("id").and_then(Json::as_str).and_then(|id| pacts.get(id));
    let facts = pact.and_then(|pact| {
        let facts = leadpact::parse(&lead.facts.to_string()).ok()?;
        Some(Lead::from_facts(pact, &facts, lead.behaviour, lead.updated_at).0)
    });
    let zone = pact.and_then(|pact| pact.handoff.calendar.as_ref());
    let zone = zone.and_then(|calendar| ZONES.get(&calendar.zone).ok()).unwrap_or_else(TimeZone::system);
    View { lead, pact, facts, language, zone, now }.card()
}

/// What the pact offers a lead that is handed over: the words and the address.
pub(in crate::server) fn offer(lead: &Brief, pacts: &Pacts, language: Language) -> Option<(String, String)> {
    let assessment = lead.assessment.as_ref()?;
    if assessment.get("decision")?.as_str()? != "handoff" {
        return None;
    }
    let pact = pacts.get(lead.pact.get("id")?.as_str()?)?;
    let to = assessment.get("route")?.as_str()?;
    let offer = pact.handoff.routes.iter().find(|route| route.to == to)?.offer.as_ref()?;
    Some((offer.label.pick(language.tag(), &pact.locales).to_owned(), offer.url.clone()))
}

impl View<'_> {
    fn card(&self) -> Markup {
        let l = self.language;
        let decision = self.word("decision").unwrap_or("unknown");
        let differences = self.lead.differences.as_array().map(Vec::as_slice).unwrap_or_default();
        html! {
            li class={ "lead-card lead-card--" (decision) } id={ "lead-" (self.lead.id) } {
                div class="lead-card__head" {
                    h2 { (self.title()) }
                    p class="lead-card__badges" {
                        (self.decision(decision))
                        @if let Some(grade) = self.word("grade") {
                            " " span class="badge badge--plain" { (l.of("Classe", "Grade")) " " (grade) }
                        }
                    }
                }
                (self.score())
                (self.excluded(decision))
                (self.due(decision))
                (self.missing())
                (self.facts())
                (self.reasons())
                (self.change(decision))
                (self.asked())
                (self.differences(differences))
                (self.foot())
            }
        }
    }

    fn word(&self, key: &str) -> Option<&str> {
        self.lead.assessment.as_ref()?.get(key)?.as_str()
    }

    fn number(&self, key: &str) -> Option<i64> {
        self.lead.assessment.as_ref()?.get(key)?.as_i64()
    }

    fn list(&self, key: &str) -> &[Json] {
        let list = self.lead.assessment.as_ref().and_then(|assessment| assessment.get(key)?.as_array());
        list.map(Vec::as_slice).unwrap_or_default()
    }

    fn decision(&self, decision: &str) -> Markup {
        let l = self.language;
        match decision {
            "handoff" => html! { span class="badge badge--handoff" { (l.of("Pour les ventes", "For sales")) } },
            "nurture" => html! { span class="badge badge--nurture" { (l.of("À mûrir", "Nurture")) } },
            "disqualified" => {
                html! { span class="badge badge--disqualified" { (l.of("Hors cible", "Disqualified")) } }
            }
            _ => html! { span class="badge badge--late" { (l.of("Non évalué", "Not assessed")) } },
        }
    }

    fn score(&self) -> Markup {
        let l = self.language;
        let Some(score) = self.number("score") else { return html! {} };
        let terms = self.pact.map(|pact| &pact.qualification);
        let threshold = terms.map(|terms| terms.threshold(self.lead.behaviour));
        let measured = self.lead.behaviour;
        let fit = self.part(l.of("profil", "fit"), "fit", terms.and_then(|terms| terms.least_fit));
        let least = terms.and_then(|terms| terms.least_interest).filter(|_| measured);
        let interest = self.part(l.of("intérêt", "interest"), "interest", least);
        html! {
            p class="lead-card__sum" {
                span class="lead-card__score" { (minus(score)) @if let Some(least) = threshold { " / " (minus(least)) } }
                " " span class="muted small" {
                    (fit) " · " (interest)
                    @if !measured { ", " (l.of("visite non mesurée", "visit not measured")) }
                }
            }
        }
    }

    /// A part of the score, and the least that the pact asks for where it falls short.
    fn part(&self, name: &str, key: &str, least: Option<i64>) -> Markup {
        let points = self.number(key).unwrap_or_default();
        let short = least.filter(|least| points < *least);
        html! {
            (name) " " (minus(points))
            @if let Some(least) = short {
                " " strong { "(" (self.language.of("il en faut", "needs")) " " (minus(least)) ")" }
            }
        }
    }

    /// Why it is outside what the pact is about.
    fn excluded(&self, decision: &str) -> Markup {
        let Some(facts) = self.facts.as_ref().filter(|_| decision == "disqualified") else { return html! {} };
        let why: Vec<&str> = facts
            .disqualified_by()
            .map(|excluded| excluded.label.as_ref().map_or(excluded.id.as_str(), |label| self.text(label)))
            .collect();
        html! {
            @if !why.is_empty() {
                p class="lead-card__excluded" {
                    (self.language.of("Écarté", "Excluded")) (self.language.colon()) (why.join(", "))
                }
            }
        }
    }

    /// By when sales promised to answer, by channel.
    fn due(&self, decision: &str) -> Markup {
        let l = self.language;
        let Some(sla) = self.lead.sla.as_ref().filter(|_| decision == "handoff") else { return html! {} };
        let hours = sla.get("respond_within_hours").and_then(Json::as_f64).unwrap_or_default();
        let due = sla.get("due_at").and_then(Json::as_object).and_then(|due| due.values().next()?.as_str());
        let due = due.and_then(|due| due.parse::<Time>().ok());
        let channels = sla.get("channels").and_then(Json::as_array).map(Vec::as_slice).unwrap_or_default();
        let channels: Vec<&str> = channels.iter().filter_map(Json::as_str).map(|c| self.channel(c)).collect();
        let channels = channels.join(l.of(" ou ", " or "));
        html! {
            p class="lead-card__due" {
                @match due {
                    Some(due) => {
                        @if due < self.now {
                            span class="badge badge--late" { (l.of("En retard", "Late")) } " "
                            (l.of("à joindre avant", "was due")) " "
                        } @else {
                            span class="badge badge--due" { (self.left(due)) } " "
                            (l.of("à joindre avant", "due")) " "
                        }
                        time datetime=(due.to_string()) { (l.time(due, &self.zone)) }
                    }
                    None => {
                        span class="badge badge--due" {
                            (l.number(hours)) @if self.counts_working_hours() { (l.of(" h ouvrées", " working hours")) }
                            @else { (l.of(" h", " h")) }
                        }
                        @if self.counts_working_hours() && !channels.is_empty() {
                            " " (l.of("sans échéance : le calendrier du pacte n’en compte pas autant en dix ans",
                                "never due: the pact’s calendar has fewer in ten years"))
                        }
                    }
                }
                @if !channels.is_empty() { (l.of(", par ", ", by ")) (channels) }
            }
        }
    }

    fn counts_working_hours(&self) -> bool {
        self.pact.is_some_and(|pact| pact.handoff.calendar.is_some())
    }

    /// How long is left.
    #[expect(clippy::cast_precision_loss, reason = "shown to the hour")]
    fn left(&self, due: Time) -> String {
        let l = self.language;
        let hours = due.0.saturating_sub(self.now.0) as f64 / HOUR;
        match hours {
            ..1.0 => format!("{} {:.0} min", l.of("dans", "in"), (hours * 60.0).ceil()),
            ..48.0 => format!("{} {:.0} h", l.of("dans", "in"), hours.ceil()),
            _ => format!("{} {:.0} {}", l.of("dans", "in"), (hours / 24.0).floor(), l.of("jours", "days")),
        }
    }

    fn channel<'c>(&self, channel: &'c str) -> &'c str {
        match (self.language, channel) {
            (Language::French, "email") => "e-mail",
            (Language::French, "phone") => "téléphone",
            (Language::French, "sms") => "SMS",
            (Language::French, "chat") => "chat",
            (Language::French, "meeting") => "rendez-vous",
            (Language::English, "email") => "e-mail",
            (Language::English, "sms") => "text message",
            _ => channel,
        }
    }

    fn missing(&self) -> Markup {
        let l = self.language;
        let missing: Vec<String> =
            self.list("missing").iter().filter_map(Json::as_str).map(|id| self.field(id)).collect();
        html! {
            @if !missing.is_empty() && self.word("decision") != Some("disqualified") {
                p class="lead-card__missing" {
                    (l.of("Il manque aux ventes", "Sales still needs")) (l.colon()) (missing.join(", "))
                }
            }
        }
    }

    fn text<'t>(&'t self, text: &'t Text) -> &'t str {
        text.pick(self.language.tag(), self.pact.map(|pact| pact.locales.as_slice()).unwrap_or_default())
    }

    /// The label of a field; its id where the pact has none such.
    fn field(&self, id: &str) -> String {
        let field = self.pact.and_then(|pact| pact.fields.iter().find(|field| field.id == id));
        field.map_or_else(|| cut(id, LONGEST_ID), |field| self.text(&field.label).to_owned())
    }

    fn foot(&self) -> Markup {
        let l = self.language;
        let pact = |key: &str| self.lead.pact.get(key).and_then(Json::as_str);
        let short: String = self.lead.id.chars().take(8).collect();
        html! {
            p class="lead-card__foot" {
                (l.of("Reçu ", "Received "))
                time datetime=(self.lead.received_at.to_string()) { (l.time(self.lead.received_at, &self.zone)) }
                @if self.lead.attempt > 1 { " · " (l.of("envoi n° ", "attempt ")) (self.lead.attempt) }
                @if let Some(id) = pact("id") {
                    " · " (l.of("pacte ", "pact ")) (id) @if let Some(revision) = pact("revision") { " " (revision) }
                }
                " · " code title=(self.lead.id) { (short) }
            }
        }
    }
}

/// Points with a true minus sign.
fn minus(points: i64) -> String {
    if points < 0 { format!("−{}", points.unsigned_abs()) } else { points.to_string() }
}

fn written(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        Json::Array(items) => items.iter().map(written).collect::<Vec<_>>().join(", "),
        value => value.to_string(),
    }
}

/// A text of at most so many letters; all of it is in `/leads.json`.
fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text.to_owned(),
    }
}
