//! The endpoint under test: requests with an end in time and size, and what it says it has stored.

use super::lead::{Body, TestLead};
use super::{Outcome, Wrong, ensure};
use anyhow::{Context, Result, bail};
use leadpact::Pact;
use serde_json::Value as Json;
use std::time::Duration;
use ureq::http::{Method, Request, Response, Uri, header};

/// The longest answer that a page reads, in bytes.
pub(super) const LONGEST_ANSWER: u64 = 64 * 1024;
/// The longest list of stored leads, in bytes: an address that passes over `?id=` gives more than one.
const LONGEST_LIST: u64 = 16 * 1024 * 1024;
/// How often what the endpoint has no time for is sent again.
const TRIES: u32 = 4;
/// How long to wait then.
const PAUSE: Duration = Duration::from_secs(1);

/// What the endpoint does with a lead from a page of another site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Foreign {
    /// It is kept
    Kept,
    /// It is refused with 403
    Refused,
}

/// Where the endpoint says what it has stored.
#[derive(Clone, Debug)]
pub(crate) struct Stored(Uri);

/// An endpoint, and the leads that are made for it.
pub(crate) struct Endpoint {
    agent: ureq::Agent,
    url: Uri,
    stored: Option<Stored>,
    pub(super) pact: Pact,
    pub(super) foreign: Option<Foreign>,
    pub(super) page_origin: Option<String>,
    pub(super) longest: usize,
}

/// What came back.
#[derive(Clone, Debug)]
pub(super) struct Reply {
    pub(super) status: u16,
    /// The media type, without its parameters.
    pub(super) media: String,
    pub(super) location: String,
    /// Whose pages may read it.
    pub(super) readable_by: String,
    pub(super) headers: String,
    pub(super) body: String,
    /// The body is longer than is read.
    pub(super) cut: bool,
}

impl Stored {
    /// The address `text`, which may be relative to the endpoint's.
    pub(crate) fn at(text: &str, endpoint: &str) -> Result<Self> {
        let whole = match text.strip_prefix('/') {
            Some(_) => {
                let parts = address(endpoint)?.into_parts();
                let (scheme, site) = (parts.scheme.context("no scheme")?, parts.authority.context("no host")?);
                format!("{scheme}://{site}{text}")
            }
            None => text.to_owned(),
        };
        Ok(Self(address(&whole)?))
    }
}

fn address(text: &str) -> Result<Uri> {
    let whole = |uri: &Uri| matches!(uri.scheme_str(), Some("http" | "https")) && uri.host().is_some();
    let uri = text.parse().ok().filter(whole);
    uri.with_context(|| format!("expected an address like `https://www.example.com/leads`, found `{text}`"))
}

impl Endpoint {
    /// The endpoint at this address.
    pub(crate) fn new(url: &str, pact: Pact, stored: Option<Stored>, patience: Duration) -> Result<Self> {
        let config = ureq::Agent::config_builder()
            .timeout_global(Some(patience))
            .max_redirects(0)
            .http_status_as_error(false)
            .allow_non_standard_methods(true)
            .user_agent(concat!("leadpact-conform/", env!("CARGO_PKG_VERSION")));
        let agent = ureq::Agent::new_with_config(config.build());
        Ok(Self { agent, url: address(url)?, stored, pact, foreign: None, page_origin: None, longest: 256 * 1024 })
    }

    /// What it is to do with leads from pages of other sites, which of these are to read its answers, and the longest body
    /// that it takes.
    pub(crate) fn expecting(self, foreign: Option<Foreign>, page_origin: Option<String>, longest: usize) -> Self {
        Self { foreign, page_origin, longest, ..self }
    }

    /// Whether anything answers there.
    pub(crate) fn reach(&self) -> Result<()> {
        match self.request(Method::GET, "", &[], &[]) {
            Ok(_) => Ok(()),
            Err(why) => bail!("{} cannot be reached: {why}", self.url),
        }
    }

    /// A lead that nobody has sent yet.
    pub(super) fn lead(&self) -> TestLead {
        TestLead::new(&self.pact)
    }

    /// Sends one request. What `query` adds to the address begins with `?`.
    pub(super) fn request(
        &self,
        method: Method,
        query: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Result<Reply, String> {
        let mut request = Request::builder().method(method).uri(format!("{}{query}", self.url));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(body).map_err(|error| error.to_string())?;
        let answer = self.agent.run(request).map_err(|error| format!("no answer: {error}"))?;
        Reply::read(answer, LONGEST_ANSWER)
    }

    /// Posts a body as the page does.
    pub(super) fn post(&self, body: &Body, headers: &[(&str, &str)]) -> Result<Reply, String> {
        let mut all = vec![("content-type", body.media.as_str()), ("accept", "application/json")];
        all.retain(|(name, _)| headers.iter().all(|(other, _)| other != name));
        all.extend(headers);
        self.request(Method::POST, "", &all, &body.bytes)
    }

    /// Posts a body until the endpoint has time for it, and has it acknowledged with the id.
    pub(super) fn deliver(&self, body: &Body, id: &str) -> Result<Reply, Wrong> {
        let mut reply = self.post(body, &[])?;
        for _ in 1..TRIES {
            if !matches!(reply.status, 408 | 409 | 425 | 429 | 503) {
                break;
            }
            std::thread::sleep(PAUSE);
            reply = self.post(body, &[])?;
        }
        reply.acknowledges(id)?;
        Ok(reply)
    }

    /// Delivers a lead as this body, and has it stored once.
    pub(super) fn keeps(&self, lead: &TestLead, body: &Body) -> Outcome {
        self.deliver(body, &lead.id)?;
        self.has_once(&lead.id, 1).map(|_| ())
    }

    /// The stored leads of this id, where the endpoint tells.
    pub(super) fn stored(&self, id: &str) -> Result<Option<Vec<Json>>, String> {
        let Some(Stored(uri)) = &self.stored else { return Ok(None) };
        let with = if uri.query().is_some() { '&' } else { '?' };
        let request = Request::get(format!("{uri}{with}id={id}")).header(header::ACCEPT, "application/json").body(());
        let answer = self.agent.run(request.map_err(|error| error.to_string())?);
        let answer = answer.map_err(|error| format!("the stored leads cannot be read: {error}"))?;
        let reply = Reply::read(answer, LONGEST_LIST)?;
        if reply.cut {
            return Err(format!("the stored leads cannot be read: more than {LONGEST_LIST} bytes"));
        }
        if reply.status != 200 {
            return Err(format!("the stored leads cannot be read: {}", reply.shown()));
        }
        let leads: Vec<Json> = serde_json::from_str(&reply.body)
            .map_err(|_| "the stored leads cannot be read: expected a JSON list of objects with an `id`".to_owned())?;
        Ok(Some(leads.into_iter().filter(|lead| lead.get("id").and_then(Json::as_str) == Some(id)).collect()))
    }

    /// The lead is not stored, where the endpoint tells.
    pub(super) fn has_none(&self, id: &str) -> Outcome {
        let stored = self.stored(id)?.is_some_and(|leads| !leads.is_empty());
        ensure(!stored, || "refused, and stored all the same".to_owned())
    }

    /// The lead is stored once, with this attempt, where the endpoint tells.
    pub(super) fn has_once(&self, id: &str, attempt: u64) -> Result<Option<Json>, Wrong> {
        let Some(leads) = self.stored(id)? else { return Ok(None) };
        let mut leads = leads.into_iter();
        let (Some(lead), None) = (leads.next(), leads.next()) else {
            return Err(Wrong::Failed("acknowledged, and not stored exactly once".to_owned()));
        };
        let kept = lead.get("attempt").unwrap_or(&Json::Null);
        ensure(kept.as_u64() == Some(attempt), || {
            format!("`attempt` is stored as {kept}, and the number {attempt} was the newest")
        })?;
        Ok(Some(lead))
    }
}

impl Reply {
    /// Reads an answer, if its body has at most `longest` bytes.
    fn read(mut answer: Response<ureq::Body>, longest: u64) -> Result<Self, String> {
        let header = |name| answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let media = header(header::CONTENT_TYPE).split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let location = header(header::LOCATION).to_owned();
        let readable_by = header(header::ACCESS_CONTROL_ALLOW_ORIGIN).to_owned();
        let headers = format!("{:?}", answer.headers());
        let status = answer.status().as_u16();
        // Half an answer is none: the page would not take it for one either.
        let read = answer.body_mut().with_config().limit(longest + 1).read_to_vec();
        let (bytes, cut) = match read {
            Err(ureq::Error::BodyExceedsLimit(_)) => (Vec::new(), true),
            read => (read.map_err(|error| format!("{status}, and its body broke off: {error}"))?, false),
        };
        let body = String::from_utf8_lossy(&bytes).into_owned();
        Ok(Self { status, media, location, readable_by, headers, body, cut })
    }

    /// The answer in a line.
    pub(super) fn shown(&self) -> String {
        let media = if self.media.is_empty() { "no content type" } else { &self.media };
        let start: String = self.body.chars().take(120).collect();
        match (self.location.is_empty(), start.is_empty()) {
            (false, _) => format!("{} to {}", self.status, self.location),
            (true, true) => format!("{}, {media}, without a body", self.status),
            (true, false) => format!("{}, {media}: {}", self.status, start.replace(char::is_whitespace, " ")),
        }
    }

    /// It says that the lead of this id is kept. `204` has no room for the id.
    pub(super) fn acknowledges(&self, id: &str) -> Outcome {
        if self.status == 204 {
            return Ok(());
        }
        let found: Option<Json> = serde_json::from_str(&self.body).ok();
        let echoed = found.as_ref().and_then(|found| found.get("id")).and_then(Json::as_str);
        ensure((200..300).contains(&self.status), || self.shown())?;
        ensure(echoed == Some(id), || format!("{}, without the id {id}", self.shown()))
    }

    /// It thanks a visitor: a page, or the way to one.
    pub(super) fn thanks(&self) -> Outcome {
        let page = (200..300).contains(&self.status) && self.media == "text/html";
        // After a POST, browsers go to all three by GET.
        let sent_on = matches!(self.status, 301..=303) && !self.location.is_empty();
        ensure(page || sent_on, || self.shown())
    }

    /// It refuses with one of these.
    pub(super) fn refuses(&self, statuses: &[u16]) -> Outcome {
        ensure(statuses.contains(&self.status), || self.shown())
    }
}
