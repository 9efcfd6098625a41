//! The pages that people and programs look at.

use super::pacts::Pacts;
use super::store::Kept;
use super::{Shared, answer, body, card, now};
use crate::language::Language;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use maud::html;
use serde::Deserialize;
use serde_json::{Value as Json, json};
use std::sync::Arc;

/// How many look at leads at once: each has fifty of them in memory.
pub(super) const MOST_LOOKS: usize = 4;

const NOT_HERE: body::Refusal = (
    StatusCode::FORBIDDEN,
    "leads are shown to this machine only: open them by `localhost`, or by a proxy with a login (docs/reliability.md)",
);
const TOO_MANY: body::Refusal = (StatusCode::SERVICE_UNAVAILABLE, "too many look at once: try again in a while");
const UNREADABLE: body::Refusal = (StatusCode::INTERNAL_SERVER_ERROR, "the leads cannot be read");

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
        self.lang.as_deref().and_then(Language::named).unwrap_or_else(|| answer::language(headers))
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
        return unseen(NOT_HERE);
    }
    let page = look(&shared, move |shared| Ok(list(&shared.store.last()?, &shared.pacts, language))).await;
    page.unwrap_or_else(unseen)
}

/// The page of these leads.
fn list(leads: &[Kept], pacts: &Pacts, language: Language) -> Response {
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
                    @for lead in leads { (card::card(lead, pacts, language, now)) }
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

/// The last leads for programs, or the one with the `id` in the address, in a list all the same.
pub(super) async fn leads_json(
    State(shared): State<Arc<Shared>>,
    asked: Result<Query<Asked>, QueryRejection>,
    headers: HeaderMap,
) -> Response {
    if !may_look(&shared, &headers) {
        return unseen(NOT_HERE);
    }
    let asked = read(asked);
    let find = move |shared: &Shared| {
        let leads = match &asked.id {
            Some(id) => shared.store.get(id)?.into_iter().collect(),
            None => shared.store.last()?,
        };
        let leads: Vec<Json> = leads.iter().map(in_json).collect();
        Ok(answer::json(StatusCode::OK, &json!(leads)))
    };
    look(&shared, find).await.unwrap_or_else(unseen)
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

/// Looks at stored leads and makes an answer of them, on a thread of its own; where too many do so already, not.
async fn look(
    shared: &Arc<Shared>,
    at: impl FnOnce(&Shared) -> anyhow::Result<Response> + Send + 'static,
) -> Result<Response, body::Refusal> {
    let place = Arc::clone(&shared.looking).try_acquire_owned().map_err(|_| TOO_MANY)?;
    let looking = move |shared: &Shared| {
        let _held = place;
        at(shared)
    };
    apart(shared, looking).await
}

/// Reads the store on a thread of its own.
async fn apart<T: Send + 'static>(
    shared: &Arc<Shared>,
    find: impl FnOnce(&Shared) -> anyhow::Result<T> + Send + 'static,
) -> Result<T, body::Refusal> {
    let shared = Arc::clone(shared);
    let found = tokio::task::spawn_blocking(move || find(&shared)).await;
    // A panic has said where it was.
    found.map_err(|_| UNREADABLE)?.map_err(|error| {
        crate::say::error(&format!("the leads cannot be read: {error:#}"));
        UNREADABLE
    })
}

/// Why no lead is shown.
fn unseen((status, why): body::Refusal) -> Response {
    let mut response = (status, why).into_response();
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().insert(header::RETRY_AFTER, answer::AGAIN.into());
    }
    response
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
    let found = {
        let id = id.clone();
        apart(&shared, move |shared| shared.store.brief(&id)).await
    };
    let lead = match found {
        Ok(Some(lead)) => lead,
        Ok(None) => return not_thanked(StatusCode::NOT_FOUND, language),
        Err((status, _)) => return not_thanked(status, language),
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
                    code { (id) }
                }
            }
            p { a href="/" { (language.of("Retour au site", "Back to the site")) } }
        }
    };
    answer::page(language, title, &body)
}

/// The page of a request that is not stored, or of which that cannot be told.
fn not_thanked(status: StatusCode, language: Language) -> Response {
    let title = match status {
        StatusCode::NOT_FOUND => language.of("Nous ne trouvons pas cette demande", "We cannot find this request"),
        _ => language.of(
            "Nous ne pouvons pas chercher cette demande pour l’instant",
            "We cannot look for this request just now",
        ),
    };
    let body = html! {
        main class="page" id="main" {
            h1 { (title) }
            p { a href="/" { (language.of("Retour au site", "Back to the site")) } }
        }
    };
    (status, answer::page(language, title, &body)).into_response()
}

/// A server of this machine alone shows leads only where it is asked for by a name of this machine, so that a page
/// that has its own name point here cannot read them; and not to whom a proxy speaks for, who may be anybody.
fn may_look(shared: &Shared, headers: &HeaderMap) -> bool {
    const SPOKEN_FOR: [&str; 4] = ["forwarded", "via", "x-forwarded-for", "x-real-ip"];
    if shared.local && SPOKEN_FOR.iter().any(|name| headers.contains_key(*name)) {
        return false;
    }
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let is_port = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let name = host.rsplit_once(':').filter(|(_, port)| is_port(port)).map_or(host, |(name, _)| name);
    !shared.local || matches!(name, "" | "localhost" | "127.0.0.1" | "[::1]") || name.ends_with(".localhost")
}

#[cfg(test)]
mod tests {
    use super::super::{Site, Store, router};
    use super::*;

    const PACT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/pact.json");

    fn shared(folder: &tempfile::TempDir) -> Arc<Shared> {
        let store = Store::open(&folder.path().join("leads.sqlite")).unwrap();
        let pacts = Pacts::read(&[PACT.into()]).unwrap();
        router(Site { pacts, store, www: None, module: None, origins: Vec::new() }, true).0
    }

    /// The answers of `/leads`, `/leads.json` and `/thanks`.
    async fn answers(shared: &Arc<Shared>) -> [Response; 3] {
        let asked = || Ok(Query(Asked { lang: None, id: Some("0".repeat(32)) }));
        let state = || State(Arc::clone(shared));
        [
            leads(state(), asked(), HeaderMap::new()).await,
            leads_json(state(), asked(), HeaderMap::new()).await,
            thanks(state(), asked(), HeaderMap::new()).await,
        ]
    }

    fn statuses(answers: &[Response; 3]) -> [u16; 3] {
        answers.each_ref().map(|answer| answer.status().as_u16())
    }

    #[tokio::test]
    async fn who_looks_while_too_many_do_comes_again_and_thanks_wait_for_none_of_them() {
        let folder = tempfile::tempdir().unwrap();
        let shared = shared(&folder);
        let others = shared.looking.acquire_many(u32::try_from(MOST_LOOKS).unwrap()).await.unwrap();
        let refused = answers(&shared).await;
        assert_eq!(statuses(&refused), [503, 503, 404]);
        assert!(refused[..2].iter().all(|answer| answer.headers().contains_key(header::RETRY_AFTER)));
        drop(others);
        assert_eq!(statuses(&answers(&shared).await), [200, 200, 404]);
    }

    #[tokio::test]
    async fn a_store_that_cannot_be_read_does_not_say_that_a_lead_is_not_there() {
        let folder = tempfile::tempdir().unwrap();
        let shared = shared(&folder);
        let other = rusqlite::Connection::open(folder.path().join("leads.sqlite")).unwrap();
        other.execute_batch("DROP TABLE leads").unwrap();
        assert_eq!(statuses(&answers(&shared).await), [500, 500, 500]);
    }
}
