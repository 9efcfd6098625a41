//! The server: pages, pacts, and the place where leads arrive.

mod answer;
mod assess;
mod body;
mod card;
mod entries;
mod erasure;
mod files;
mod listen;
mod look;
mod origin;
mod pacts;
mod receive;
mod store;
mod submission;
mod writer;

pub(crate) use erasure::{Which, erase};
pub(crate) use origin::Origin;
pub(crate) use pacts::Pacts;
pub(crate) use store::Store;

use anyhow::{Context, Result};
use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderValue, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::Response;
use axum::routing::get;
use leadpact::Time;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::services::ServeDir;

/// Nothing from elsewhere, nothing inline, no frame around it.
const POLICY: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; \
    font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; \
    frame-ancestors 'none'";

/// What the server serves.
pub(crate) struct Site {
    /// The pacts that leads are held against.
    pub(crate) pacts: Pacts,
    /// Where leads are kept.
    pub(crate) store: Store,
    /// The folder of the pages.
    pub(crate) www: Option<PathBuf>,
    /// The folder of the module.
    pub(crate) module: Option<PathBuf>,
    /// The other sites whose pages send leads; where none is named, all may.
    pub(crate) origins: Vec<Origin>,
}

/// What every request sees.
struct Shared {
    pacts: Pacts,
    store: Store,
    /// Only this machine can reach the server.
    local: bool,
    /// The other sites whose pages send leads.
    origins: Vec<Origin>,
    /// One permit a lead, from its last byte until it is kept.
    receiving: Arc<Semaphore>,
    /// One permit a lead, while it is read and assessed.
    reading: Arc<Semaphore>,
    /// One permit an assessment, for as long as its thread runs.
    assessing: Arc<Semaphore>,
    /// One permit a look at stored leads.
    looking: Arc<Semaphore>,
}

/// How long all that is under way may take once the server is told to stop.
const STOPPING: Duration = Duration::from_secs(10);

/// Serves until the program is told to stop.
pub(crate) fn run(site: Site, address: SocketAddr) -> Result<()> {
    std::panic::set_hook(Box::new(|panic| {
        // What a panic says may hold an answer; where it was says enough.
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        crate::say::error(&format!("a fault of the program at {place}"));
    }));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let served = runtime.block_on(serve(site, address));
    // Every lead is kept by now; an assessment that was given up may still run.
    runtime.shutdown_timeout(Duration::from_secs(1));
    served
}

async fn serve(site: Site, address: SocketAddr) -> Result<()> {
    let listener = tokio::net::TcpListener::bind(address).await;
    let listener = listener.with_context(|| format!("cannot listen on {address}"))?;
    let bound = listener.local_addr()?;
    if !bound.ip().is_loopback() {
        crate::say::warning("serve", "whoever reaches this address can read the leads at /leads: there is no login");
    }
    let (shared, app) = router(site, bound.ip().is_loopback());
    {
        use std::io::Write;
        let mut to = std::io::stdout().lock();
        // Whoever started the server may have stopped listening; visitors have not.
        let _ = writeln!(to, "listening on http://{bound}").and_then(|()| to.flush());
    }
    let end = listen::serve(listener, app, Arc::clone(&shared), told_to_stop(), STOPPING).await;
    // Leads whose visitors have gone are kept as well.
    let all = u32::try_from(receive::MOST_RECEIVED).unwrap_or(u32::MAX);
    let _ = tokio::time::timeout_at(end, shared.receiving.acquire_many(all)).await;
    tokio::task::spawn_blocking(move || shared.store.close()).await?;
    Ok(())
}

fn router(site: Site, local: bool) -> (Arc<Shared>, Router) {
    let shared = Arc::new(Shared {
        pacts: site.pacts,
        store: site.store,
        local,
        origins: site.origins,
        receiving: Arc::new(Semaphore::new(receive::MOST_RECEIVED)),
        reading: Arc::new(Semaphore::new(receive::MOST_READ)),
        assessing: Arc::new(Semaphore::new(assess::MOST_AT_ONCE)),
        looking: Arc::new(Semaphore::new(look::MOST_LOOKS)),
    });
    let leads = get(look::leads).post(receive::receive).fallback(answer::other_method);
    let mut app = Router::new()
        .route("/leads", leads.layer(from_fn_with_state(Arc::clone(&shared), origin::check)))
        .route("/leads.json", get(look::leads_json))
        .route("/leads.css", get(look::style))
        .route("/thanks", get(look::thanks))
        .with_state(Arc::clone(&shared));
    if let Some(module) = site.module {
        app = app.nest_service("/leadpact", ServeDir::new(module));
    }
    if let Some(www) = site.www {
        app = app.fallback_service(ServeDir::new(www));
    }
    (shared, app.layer(CatchPanicLayer::new()).layer(from_fn(with_headers)))
}

async fn with_headers(request: Request, next: Next) -> Response {
    // Of pages with a form, browsers that may not store them do not keep what was typed for whoever comes back to them.
    let path = request.uri().path();
    let stored = if path.starts_with("/leads") || path == "/thanks" { "no-store" } else { "no-cache" };
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::CACHE_CONTROL, stored),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Ends on Ctrl-C, and where a system stops its services.
async fn told_to_stop() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    if let Ok(mut stop) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        tokio::select! {
            _ = interrupted => {}
            _ = stop.recv() => {}
        }
        return;
    }
    let _ = interrupted.await;
}

/// The server's clock, which governs.
fn now() -> Time {
    Time(jiff::Timestamp::now().as_millisecond())
}
