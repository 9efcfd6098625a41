//! Connections: how many, for how long, and how they end.

use super::{Shared, answer, body, origin};
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::StatusCode;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use std::convert::Infallible;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

/// How many connections are served at once.
const MOST: usize = 1_024;
/// How many more are told so; past them, a connection is closed without a word.
const MOST_TOLD: usize = 256;
/// How long the head of a request may take, the wait for it included.
const HEAD: Duration = Duration::from_secs(20);
/// The same where there is no place, and how long the body may take then.
const TOLD: Duration = Duration::from_secs(2);
/// The longest head, in bytes.
const LONGEST_HEAD: usize = 64 * 1024;
/// How long to wait where the system has no connection to give.
const PAUSE: Duration = Duration::from_millis(200);

/// Serves connections until `stop`, then has those under way end within `patience`; when that is over.
pub(super) async fn serve(
    listener: TcpListener,
    app: Router,
    shared: Arc<Shared>,
    stop: impl Future<Output = ()>,
    patience: Duration,
) -> Instant {
    let connections = Connections {
        app,
        shared,
        places: Arc::new(Semaphore::new(MOST)),
        told: Arc::new(Semaphore::new(MOST_TOLD)),
        graceful: GracefulShutdown::new(),
    };
    tokio::pin!(stop);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stop => break,
        };
        match accepted {
            Ok((stream, _)) => connections.take(stream),
            // Most often there are too many open files: some will be closed.
            Err(_) => tokio::time::sleep(PAUSE).await,
        }
    }
    drop(listener);
    let end = Instant::now() + patience;
    // What does not end in time was not answered, so whoever sent it sends it again.
    let _ = tokio::time::timeout_at(end, connections.graceful.shutdown()).await;
    end
}

struct Connections {
    app: Router,
    shared: Arc<Shared>,
    places: Arc<Semaphore>,
    told: Arc<Semaphore>,
    graceful: GracefulShutdown,
}

impl Connections {
    fn take(&self, stream: TcpStream) {
        // An answer is one small write: it must not wait for more to come.
        let _ = stream.set_nodelay(true);
        if let Ok(place) = Arc::clone(&self.places).try_acquire_owned() {
            self.speak(stream, HEAD, true, TowerToHyperService::new(self.app.clone()), place);
        } else if let Ok(place) = Arc::clone(&self.told).try_acquire_owned() {
            let shared = Arc::clone(&self.shared);
            let told = hyper::service::service_fn(move |request| full(Arc::clone(&shared), request));
            self.speak(stream, TOLD, false, told, place);
        }
    }

    fn speak<S>(&self, stream: TcpStream, patience: Duration, stays: bool, service: S, place: OwnedSemaphorePermit)
    where
        S: hyper::service::Service<Request<Incoming>, Response = axum::response::Response, Error = Infallible>,
        S: Send + 'static,
        S::Future: Send,
    {
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new()).header_read_timeout(patience).max_buf_size(LONGEST_HEAD).keep_alive(stays);
        // A client that has said all it will say may still be waiting for its answer.
        http.half_close(true);
        let connection = self.graceful.watch(http.serve_connection(TokioIo::new(stream), service));
        tokio::spawn(async move {
            let _held = place;
            // However a connection ends, its client knows, and nobody else is concerned.
            let _ = connection.await;
        });
    }
}

async fn full(shared: Arc<Shared>, request: Request<Incoming>) -> Result<axum::response::Response, Infallible> {
    let (head, body) = request.map(Body::new).into_parts();
    body::dropped(body, TOLD).await;
    let mut response = answer::refuse(&head.headers, FULL);
    origin::shows(&shared.origins, &head.headers, &mut response);
    Ok(response)
}

/// What is answered where there is no place.
pub(super) const FULL: (StatusCode, &str) =
    (StatusCode::SERVICE_UNAVAILABLE, "too many at once: send it again in a while");
