//! The pages that people and programs look at.

use super::store::Kept;
use super::words::Language;
use super::{Shared, answer, card, now};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use maud::html;
use serde::Deserialize;
use serde_json::{Value as Json, json};
use std::sync::Arc;

/// What may stand in the address of these pages.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    lang: Option<String>,
    #[serde(default)]
    id: Option<String>,
}

impl Asked {
    fn language(&self, headers: &HeaderMap) -> Language {
        self.lang.as_deref().and_then(Language::named).unwrap_or_else(|| Language::accepted(headers))
    }
}

/// What cannot be read was not asked.
fn read(asked: Result<Query<Asked>, QueryRejection>) -> Asked {
    asked.map(|asked| asked.0).unwrap_or_default()
}

/// The look of the demo's pages, and what only the list of leads needs.
pub(super) async fn style() -> Response {
    let style = [include_str!("../../../www/demo.css"), include_str!("leads.css")].concat();
    answer::typed("text/css; charset=utf-8", style)
}

/// The last leads as sales reads them.
pub(super) async fn leads(
    State(shared): State<Arc<Shared>>,
    asked: Result<Query<Asked>, QueryRejection>,
    headers: HeaderMap,
) -> Response {
    let language = read(asked).language(&headers);
    if !may_look(&shared, &headers) {
        return (StatusCode::FORBIDDEN, "leads are shown to this machine only: open them by `localhost`")
            .into_response();
    }
    let Some(leads) = last(&shared).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let title = language.of("Leads reçus", "Leads received");
    let other = if language == Language::French { Language::English } else { Language::French };
    let now = now();
    let body = html! {
        header class="site-header" {
            div class="wrap" {
                a class="brand" href="/" { "LeadPact" }
                nav class="site-nav" aria-label=(language.of("Langue", "Language")) {
                    a href={ "?lang=" (other.tag()) } hreflang=(other.tag()) lang=(other.tag()) {
                        (other.of("Français", "English"))
                    }
                }
            }
        }
        main class="page page--wide" id="main" {
            h1 { (title) }
            p class="muted" { (summary(leads.len(), language)) }
            @if leads.is_empty() {
                p class="empty" {
                    (language.of("Aucun lead pour l’instant. Le premier formulaire envoyé apparaîtra ici.",
                        "No lead yet. The first form that is sent appears here."))
                }
            } @else {
                ol class="lead-list" {
                    @for lead in &leads { (card::card(lead, &shared.pacts, language, now)) }
                }
            }
        }
    };
    answer::page(language, title, &body)
}

fn summary(many: usize, language: Language) -> String {
    match (language, many) {
        (_, 0) => String::new(),
        (Language::French, 1) => "Le dernier lead, réévalué par le serveur à son arrivée.".into(),
        (Language::French, n) => {
            format!("Les {n} derniers, du plus récent au plus ancien, réévalués par le serveur à leur arrivée.")
        }
        (Language::English, 1) => "The last lead, assessed anew by the server on arrival.".into(),
        (Language::English, n) => format!("The last {n}, newest first, assessed anew by the server on arrival."),
    }
}

/// The last leads for programs.
pub(super) async fn leads_json(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> Response {
    if !may_look(&shared, &headers) {
        return (StatusCode::FORBIDDEN, "leads are shown to this machine only: open them by `localhost`")
            .into_response();
    }
    let Some(leads) = last(&shared).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let leads: Vec<Json> = leads.iter().map(in_json).collect();
    answer::json(StatusCode::OK, &json!(leads))
}

fn in_json(lead: &Kept) -> Json {
    json!({
        "id": lead.id,
        "attempt": lead.attempt,
        "received_at": lead.received_at,
        "updated_at": lead.updated_at,
        "pact": lead.pact,
        "behaviour": lead.behaviour,
        "facts": lead.facts,
        "assessment": lead.assessment,
        "sla": lead.sla,
        "asked": lead.asked,
        "differences": lead.differences,
        "answers": lead.answers,
    })
}

async fn last(shared: &Arc<Shared>) -> Option<Vec<Kept>> {
    let shared = Arc::clone(shared);
    let read = tokio::task::spawn_blocking(move || shared.store.last()).await;
    match read {
        Ok(Ok(leads)) => Some(leads),
        Ok(Err(error)) => {
            crate::say::error(&format!("the leads cannot be read: {error:#}"));
            None
        }
        Err(_) => None,
    }
}

/// The page after a form: it arrived, and what comes next.
pub(super) async fn thanks(
    State(shared): State<Arc<Shared>>,
    asked: Result<Query<Asked>, QueryRejection>,
    headers: HeaderMap,
) -> Response {
    let asked = read(asked);
    let language = asked.language(&headers);
    let id = asked.id.unwrap_or_default();
    let lead = {
        let shared = Arc::clone(&shared);
        tokio::task::spawn_blocking(move || shared.store.get(&id)).await.ok().and_then(Result::ok).flatten()
    };
    let Some(lead) = lead else {
        let title = language.of("Nous ne trouvons pas cette demande", "We cannot find this request");
        let body = html! {
            main class="page" id="main" {
                h1 { (title) }
                p { a href="/" { (language.of("Retour au site", "Back to the site")) } }
            }
        };
        return (StatusCode::NOT_FOUND, answer::page(language, title, &body)).into_response();
    };
    let title = language.of("Merci, votre demande est bien arrivée", "Thank you, your request has arrived");
    let body = html! {
        main class="page" id="main" {
            section class="thanks" role="status" {
                h1 { (title) }
                p {
                    (language.of("Elle est enregistrée. Une personne de l’équipe la lira et vous répondra.",
                        "It is stored. Someone of the team will read it and get back to you."))
                }
                @if let Some((label, url)) = card::offer(&lead, &shared.pacts, language) {
                    p { a class="button" href=(url) rel="noopener" { (label) } }
                }
                p class="small muted" {
                    (language.of("Numéro de votre demande", "The number of your request")) (language.colon())
                    code { (lead.id) }
                }
            }
            p { a href="/" { (language.of("Retour au site", "Back to the site")) } }
        }
    };
    answer::page(language, title, &body)
}

/// A server of this machine alone shows leads only where it is asked for by a name of this machine, so that a page
/// that has its own name point here cannot read them.
fn may_look(shared: &Shared, headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let is_port = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let name = host.rsplit_once(':').filter(|(_, port)| is_port(port)).map_or(host, |(name, _)| name);
    !shared.local || matches!(name, "" | "localhost" | "127.0.0.1" | "[::1]") || name.ends_with(".localhost")
}
