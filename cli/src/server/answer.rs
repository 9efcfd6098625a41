//! What whoever sent a lead gets back.

use crate::language::Language;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use maud::{DOCTYPE, Markup, html};
use serde_json::json;

/// When to try again, in seconds, what could not be kept just now.
pub(super) const AGAIN: u16 = 5;

/// Whether a program reads the answer, and no person: it says so, or it sends what no form sends.
pub(super) fn is_for_program(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok()).unwrap_or_default();
    let (accept, content_type) = (text(header::ACCEPT), text(header::CONTENT_TYPE).to_ascii_lowercase());
    let sends_json = ["application/json", "application/cloudevents+json"];
    !accept.contains("text/html")
        && (accept.contains("application/json") || sends_json.iter().any(|json| content_type.starts_with(json)))
}

/// The language of whoever reads the answer.
pub(super) fn language(headers: &HeaderMap) -> Language {
    let header = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    Language::accepted(header.unwrap_or_default())
}

/// The lead is kept: a page of thanks, or its id for programs.
pub(crate) fn kept(id: &str, language: Language, json: bool) -> Response {
    if json {
        return self::json(StatusCode::OK, &json!({"id": id}));
    }
    let to = format!("/thanks?id={id}&lang={}", language.tag());
    (StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response()
}

/// The lead of a request with these headers is not kept, and why.
pub(super) fn refuse(headers: &HeaderMap, (status, message): (StatusCode, &str)) -> Response {
    refused(status, message, language(headers), is_for_program(headers))
}

/// Leads are sent by POST and looked at by GET.
pub(super) async fn other_method(method: Method, headers: HeaderMap) -> Response {
    const ALLOWED: [(HeaderName, &str); 1] = [(header::ALLOW, "GET, HEAD, POST, OPTIONS")];
    if method == Method::OPTIONS {
        return (StatusCode::NO_CONTENT, ALLOWED).into_response();
    }
    (ALLOWED, refuse(&headers, (StatusCode::METHOD_NOT_ALLOWED, "expected POST"))).into_response()
}

/// The lead is not kept, and why.
pub(crate) fn refused(status: StatusCode, message: &str, language: Language, json: bool) -> Response {
    let mut response = match json {
        true => self::json(status, &json!({"error": message})),
        false => (status, refusal(message, language)).into_response(),
    };
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().insert(header::RETRY_AFTER, AGAIN.into());
    }
    response
}

/// The page of a lead that is not kept.
fn refusal(message: &str, language: Language) -> Response {
    let title = language.of("Votre demande n’est pas arrivée", "Your request did not arrive");
    let advice = language.of(
        "Revenez à la page précédente : vos réponses y sont encore. Puis envoyez-les de nouveau.",
        "Go back to the page before: your answers are still there. Then send them again.",
    );
    let body = html! {
        main class="page" id="main" {
            section class="thanks" role="alert" {
                h1 { (title) }
                p { (advice) }
                p class="small muted" lang="en" { (message) }
            }
        }
    };
    page(language, title, &body)
}

/// A page of the server's own.
pub(crate) fn page(language: Language, title: &str, body: &Markup) -> Response {
    let skip = language.of("Aller au contenu", "Skip to content");
    let page = html! {
        (DOCTYPE)
        html lang=(language.tag()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="robots" content="noindex";
                title { (title) }
                link rel="stylesheet" href="/leads.css";
            }
            body {
                a class="skip" href="#main" { (skip) }
                (body)
            }
        }
    };
    typed("text/html; charset=utf-8", page.into_string())
}

/// An answer for programs.
pub(crate) fn json(status: StatusCode, value: &serde_json::Value) -> Response {
    (status, typed("application/json", value.to_string())).into_response()
}

/// A text of this media type.
pub(crate) fn typed(media: &'static str, text: String) -> Response {
    let headers: [(HeaderName, &str); 1] = [(header::CONTENT_TYPE, media)];
    (headers, text).into_response()
}
