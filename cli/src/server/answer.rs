//! What whoever sent a lead gets back.

use super::words::Language;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use maud::{DOCTYPE, Markup, html};
use serde_json::json;

/// The lead is kept: a page of thanks, or its id for programs.
pub(crate) fn kept(id: &str, language: Language, json: bool) -> Response {
    if json {
        return self::json(StatusCode::OK, &json!({"id": id}));
    }
    let to = format!("/thanks?id={id}&lang={}", language.tag());
    (StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response()
}

/// The lead is not kept, and why.
pub(crate) fn refused(status: StatusCode, message: &str, language: Language, json: bool) -> Response {
    if json {
        return self::json(status, &json!({"error": message}));
    }
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
    (status, page(language, title, &body)).into_response()
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
