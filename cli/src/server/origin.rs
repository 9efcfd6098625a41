//! From which sites leads are taken.

use super::{Shared, answer, body};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// How long a browser may remember that it may send, in seconds.
const REMEMBERED: &str = "86400";

const REFUSED: body::Refusal =
    (StatusCode::FORBIDDEN, "leads are not taken from pages of this site: name it with --origin");

/// A site that may send leads: `https://www.example.com`, or `null`, which is what a sandboxed frame calls itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Origin(String);

impl fmt::Display for Origin {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(&self.0)
    }
}

impl FromStr for Origin {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let written = text.trim().to_ascii_lowercase();
        let is_origin = |text: &str| {
            let (scheme, site) = text.split_once("://")?;
            let is_site = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']');
            (matches!(scheme, "http" | "https") && !site.is_empty() && site.chars().all(is_site)).then_some(())
        };
        if written == "null" || is_origin(&written).is_some() {
            return Ok(Self(plain(&written)));
        }
        Err("expected `null` or a scheme and a host without a path, like `https://www.example.com`".to_owned())
    }
}

/// Who sent a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sender {
    /// A program, or a page of the server's own site.
    Here,
    /// A page of a site that was named to the server.
    Allowed,
    /// A page of another site, where none was named: whether that was forgotten cannot be known. Or a page that does not
    /// say whose it is.
    Elsewhere,
    /// A page of another site than those named.
    Refused,
}

impl Sender {
    /// Who sent a request with these headers. There is no login to abuse: where no site was named, a lead is kept
    /// whatever page it came from.
    pub(super) fn of(allowed: &[Origin], headers: &HeaderMap) -> Self {
        let Some(origin) = headers.get(header::ORIGIN) else { return Self::Here };
        let origin = plain(&String::from_utf8_lossy(origin.as_bytes()).to_ascii_lowercase());
        if is_own(&origin, headers) {
            return Self::Here;
        }
        match allowed {
            _ if allowed.iter().any(|allowed| allowed.0 == origin) => Self::Allowed,
            [] => Self::Elsewhere,
            // A page that tells nobody where its visitors come from calls itself so: no lead is lost for its privacy.
            _ if origin == "null" => Self::Elsewhere,
            _ => Self::Refused,
        }
    }
}

/// Whether a page of this origin is the server's own. Under `Referrer-Policy: no-referrer` it hides its name, and the
/// browser says in its stead, in a header that no page can write, that both are the same site.
fn is_own(origin: &str, headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if origin == "null" {
        return text("sec-fetch-site") == "same-origin";
    }
    let host = text("host").to_ascii_lowercase();
    origin.split_once("://").is_some_and(|(scheme, site)| !host.is_empty() && site == plain_site(scheme, &host))
}

/// An origin without the port that its scheme has anyway.
fn plain(origin: &str) -> String {
    match origin.split_once("://") {
        Some((scheme, site)) => format!("{scheme}://{}", plain_site(scheme, site)),
        None => origin.to_owned(),
    }
}

fn plain_site<'s>(scheme: &str, site: &'s str) -> &'s str {
    let port = if scheme == "https" { ":443" } else { ":80" };
    site.strip_suffix(port).unwrap_or(site)
}

/// Lets pages of the sites that were named read what their leads are answered, and refuses all others once one is named.
/// What was stored is for no page of another site: leads are looked at by GET, and that is never let through.
pub(super) async fn check(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    let sends = matches!(*request.method(), Method::POST | Method::OPTIONS);
    let asked = request.headers().clone();
    let mut response = match Sender::of(&shared.origins, &asked) {
        Sender::Refused if sends => {
            let (head, body) = request.into_parts();
            body::dropped(body, body::PATIENCE).await;
            answer::refuse(&head.headers, REFUSED)
        }
        Sender::Allowed if *request.method() == Method::OPTIONS => preflight(),
        _ => next.run(request).await,
    };
    match sends {
        true => shows(&shared.origins, &asked, &mut response),
        false => varies(&mut response),
    }
    response
}

/// Lets a page of a site that was named read what its lead is answered.
pub(super) fn shows(allowed: &[Origin], asked: &HeaderMap, response: &mut Response) {
    varies(response);
    if let (Some(origin), Sender::Allowed) = (asked.get(header::ORIGIN), Sender::of(allowed, asked)) {
        let headers = response.headers_mut();
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("Retry-After"));
    }
}

fn varies(response: &mut Response) {
    response.headers_mut().append(header::VARY, HeaderValue::from_static("Origin"));
}

/// What a browser asks before it sends what a form could not.
fn preflight() -> Response {
    let headers = [
        (header::ACCESS_CONTROL_ALLOW_METHODS, "POST"),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, "Content-Type, Idempotency-Key"),
        (header::ACCESS_CONTROL_MAX_AGE, REMEMBERED),
    ];
    (StatusCode::NO_CONTENT, headers).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(allowed: &[&str], more: &[(&'static str, &str)]) -> Sender {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, "leads.example.com".parse().unwrap());
        for (name, value) in more {
            headers.insert(*name, value.parse().unwrap());
        }
        let allowed: Vec<Origin> = allowed.iter().map(|text| text.parse().unwrap()).collect();
        Sender::of(&allowed, &headers)
    }

    #[test]
    fn programs_and_the_servers_own_pages_are_here() {
        let named = ["https://www.example.com"];
        let own = |origin: &str, host: &str| from(&named, &[("origin", origin), ("host", host)]);
        assert_eq!(from(&named, &[]), Sender::Here);
        assert_eq!(own("https://leads.example.com", "leads.example.com"), Sender::Here);
        assert_eq!(own("https://leads.example.com", "Leads.Example.com:443"), Sender::Here);
        assert_eq!(own("http://127.0.0.1:8080", "127.0.0.1:8080"), Sender::Here);
        assert_eq!(own("http://127.0.0.1:8081", "127.0.0.1:8080"), Sender::Refused);
    }

    #[test]
    fn once_a_site_is_named_only_it_is_allowed() {
        let named = ["https://www.example.com:443", "HTTP://[::1]:3000"];
        for origin in ["https://www.example.com", "https://WWW.example.com", "http://[::1]:3000"] {
            assert_eq!(from(&named, &[("origin", origin)]), Sender::Allowed, "{origin}");
        }
        for origin in ["http://www.example.com", "https://www.example.com.evil.example", "", "https://"] {
            assert_eq!(from(&named, &[("origin", origin)]), Sender::Refused, "{origin}");
            assert_eq!(from(&[], &[("origin", origin)]), Sender::Elsewhere, "{origin}");
        }
    }

    #[test]
    fn a_page_that_hides_its_name_is_never_refused() {
        let hidden = ("origin", "null");
        for named in [&[][..], &["https://www.example.com"]] {
            assert_eq!(from(named, &[hidden, ("sec-fetch-site", "same-origin")]), Sender::Here);
            assert_eq!(from(named, &[hidden, ("sec-fetch-site", "same-site")]), Sender::Elsewhere);
            assert_eq!(from(named, &[hidden, ("sec-fetch-site", "cross-site")]), Sender::Elsewhere);
            assert_eq!(from(named, &[hidden]), Sender::Elsewhere);
        }
        assert_eq!(from(&["null"], &[hidden]), Sender::Allowed);
    }

    #[test]
    fn what_is_no_origin_is_not_taken_for_one() {
        for text in ["", "*", "www.example.com", "https://", "https://www.example.com/", "https://a b", "file://x"] {
            assert!(text.parse::<Origin>().is_err(), "{text}");
        }
    }
}
