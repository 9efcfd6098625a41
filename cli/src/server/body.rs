//! A request's body: whole, within its limits, and in time.

use super::files::WithoutFiles;
use axum::body::Body;
use axum::http::{HeaderMap, StatusCode, header};
use http_body_util::BodyExt;
use std::time::Duration;
use tokio::time::Instant;

/// The longest body, in bytes, of what carries a record or an id.
pub(super) const LONGEST: usize = 256 * 1024;
/// The longest form without either.
pub(super) const LONGEST_FORM: usize = 64 * 1024;
/// How much of a body that is too long is read.
const MOST_DROPPED: usize = 8 * 1024 * 1024;
/// The longest form with its files, in bytes. They are passed over as they come.
const LONGEST_WITH_FILES: usize = 32 * 1024 * 1024;
/// How long a body may take to arrive, whatever it brings.
pub(super) const PATIENCE: Duration = Duration::from_secs(20);
/// How long it may take at most; until then, what has arrived buys time.
const LONGEST_WAIT: Duration = Duration::from_secs(120);
/// The same for a form with files: 20 MB take three minutes at 1 Mbit/s.
const LONGEST_WAIT_WITH_FILES: Duration = Duration::from_secs(600);
/// The longest boundary between the parts of a form, in bytes (RFC 2046, 5.1.1).
const LONGEST_BOUNDARY: usize = 70;
/// What buys a second more: slow lines are waited for, those that only hold a place are not.
const SLOWEST: usize = 256;

/// Why there is no body, for whoever sent it.
pub(super) type Refusal = (StatusCode, &'static str);

pub(super) const TOO_LONG: Refusal =
    (StatusCode::PAYLOAD_TOO_LARGE, "too long: a body with a record or an id has at most 262144 bytes");
pub(super) const FORM_TOO_LONG: Refusal =
    (StatusCode::PAYLOAD_TOO_LARGE, "too long: a form without a record or an id has at most 65536 bytes");
const FILES_TOO_LONG: Refusal =
    (StatusCode::PAYLOAD_TOO_LARGE, "too long: a form has at most 33554432 bytes with its files");
const SLOW: Refusal = (StatusCode::REQUEST_TIMEOUT, "the body took too long to arrive");
const BROKEN: Refusal = (StatusCode::BAD_REQUEST, "the body did not arrive whole");
const PACKED: Refusal = (StatusCode::UNSUPPORTED_MEDIA_TYPE, "expected a body without Content-Encoding");

/// Reads a body that is not taken, as far as most programs send it before they look at an answer.
pub(super) async fn dropped(mut body: Body, patience: Duration) {
    let reading = async {
        let mut read = 0_usize;
        while let (Some(Ok(frame)), true) = (body.frame().await, read <= MOST_DROPPED) {
            read = read.saturating_add(frame.into_data().unwrap_or_default().len());
        }
    };
    let _ = tokio::time::timeout(patience, reading).await;
}

/// The whole body, but for what files hold. What is too long is read a while and dropped, since most programs look at an
/// answer only when they have sent everything.
pub(super) async fn whole(headers: &HeaderMap, mut body: Body) -> Result<Vec<u8>, Refusal> {
    let text = |name| headers.get(name).and_then(|value: &header::HeaderValue| value.to_str().ok());
    let packed = text(header::CONTENT_ENCODING).is_some_and(|how| !how.trim().eq_ignore_ascii_case("identity"));
    let announced = text(header::CONTENT_LENGTH).and_then(|length| length.parse::<usize>().ok()).unwrap_or_default();
    let mut files = text(header::CONTENT_TYPE)
        .and_then(|kind| multer::parse_boundary(kind).ok())
        .filter(|boundary| boundary.len() <= LONGEST_BOUNDARY)
        .map(|boundary| WithoutFiles::new(&boundary));
    let (longest, most, longest_wait, too_long) = match files {
        Some(_) => (LONGEST_WITH_FILES, LONGEST_WITH_FILES, LONGEST_WAIT_WITH_FILES, FILES_TOO_LONG),
        None => (LONGEST, MOST_DROPPED, LONGEST_WAIT, TOO_LONG),
    };
    if headers.contains_key(header::EXPECT) && (packed || announced > longest) {
        // Whoever asks before sending is told before sending.
        return Err(if packed { PACKED } else { too_long });
    }
    let start = Instant::now();
    let (mut bytes, mut read, mut held) = (Vec::with_capacity(announced.min(LONGEST_FORM)), 0_usize, 0);
    loop {
        let earned = Duration::from_secs(u64::try_from(read / SLOWEST).unwrap_or(u64::MAX));
        let until = start + PATIENCE.saturating_add(earned).min(longest_wait);
        let frame = tokio::time::timeout_at(until, body.frame()).await.map_err(|_| SLOW)?;
        let Some(frame) = frame else { break };
        let data = frame.map_err(|_| BROKEN)?.into_data().unwrap_or_default();
        read = read.saturating_add(data.len());
        if read > most {
            break;
        }
        if !packed && bytes.len() + held <= LONGEST {
            match &mut files {
                Some(files) => held = files.take(&data, &mut bytes),
                None => bytes.extend_from_slice(&data),
            }
        }
    }
    if packed || bytes.len() + held > LONGEST || read > most {
        return Err(match (packed, read > most) {
            (true, _) => PACKED,
            (_, true) => too_long,
            _ => TOO_LONG,
        });
    }
    if let Some(files) = files {
        files.end(&mut bytes);
    }
    Ok(bytes)
}
