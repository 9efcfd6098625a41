//! Whatever comes over the wire, the server answers in words or closes, stays up, and says nothing of what was in it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, clippy::string_slice, reason = "tests")]

#[allow(dead_code, clippy::as_conversions, clippy::cast_possible_truncation, reason = "other tests use the rest of it")]
#[path = "../../tests/parity/chance.rs"]
mod chance;
mod program;

use chance::Chance;
use program::server::{Answer, FORM, Server, differences, form, id, record, rest, started, stored};
use serde_json::{Value, json};
use std::io::Write;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// What no answer to a refused request and no log may say.
const CANARY: &str = "canary-9f3e.ana@example.com";
const TYPES: [&str; 8] = [
    FORM,
    "application/json",
    "application/cloudevents+json",
    "multipart/form-data; boundary=b",
    "text/plain",
    "image/png",
    "",
    "multipart/form-data",
];

/// The status of an answer as it came over the wire; none where the connection was closed without one.
fn status(answer: &str) -> Option<u16> {
    answer.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok()
}

fn head(content_type: &str, more: &str) -> String {
    format!("POST /leads HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: {content_type}\r\n{more}\r\n")
}

/// The server still takes a lead.
fn assert_up(server: &Server) {
    let answer = server.post_form(&[("sector", "industry"), ("leadpact_id", &id(0xfff))]);
    assert_eq!(answer.id(), id(0xfff));
}

fn assert_silent(server: &Server) {
    assert!(!server.said().contains("canary"), "{}", server.said());
}

#[test]
fn a_body_that_stalls_is_given_up_and_holds_up_nobody() {
    let (_folder, server) = started();
    let mut stalled: Vec<_> = (0..100)
        .map(|_| {
            let mut stream = server.connect();
            let start = head(FORM, "Content-Length: 1000\r\n") + "sector=" + CANARY;
            stream.write_all(start.as_bytes()).unwrap();
            stream
        })
        .collect();
    let mut silent: Vec<_> = (0..100).map(|_| server.connect()).collect();
    for stream in &mut silent {
        stream.write_all(b"POST /leads HTTP/1.1\r\nX-Slow: ").unwrap();
    }
    assert_up(&server);
    for stream in &mut stalled {
        let answer = rest(stream);
        assert_eq!(status(&answer), Some(408), "{answer}");
        assert!(answer.contains("took too long") && !answer.contains("canary"));
    }
    for stream in &mut silent {
        assert!(matches!(status(&rest(stream)), None | Some(408)));
    }
    assert_eq!(server.leads().len(), 1);
    assert_silent(&server);
}

#[test]
fn a_body_that_comes_slowly_is_waited_for() {
    let (_folder, server) = started();
    let body = form(&[("sector", "industry"), ("leadpact_id", &id(1))]);
    let mut stream = server.connect();
    stream.write_all(head(FORM, &format!("Content-Length: {}\r\n", body.len())).as_bytes()).unwrap();
    for byte in body.bytes() {
        stream.write_all(&[byte]).unwrap();
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(status(&rest(&mut stream)), Some(303));
}

#[test]
fn half_a_body_is_no_lead() {
    let (_folder, server) = started();
    for (more, body) in [
        ("Content-Length: 1000\r\n", "sector=industry".to_owned()),
        ("Transfer-Encoding: chunked\r\n", "5\r\nsecto".to_owned()),
        ("Transfer-Encoding: chunked\r\n", "zz\r\nsector=industry\r\n0\r\n\r\n".to_owned()),
        ("Transfer-Encoding: chunked\r\n", "f\r\nsector=industry\r\n".to_owned()),
        ("Transfer-Encoding: chunked\r\n", format!("ffffffffffffffffff\r\n{CANARY}")),
    ] {
        let mut stream = server.connect();
        stream.write_all((head(FORM, more) + &body).as_bytes()).unwrap();
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        let answer = rest(&mut stream);
        assert!(matches!(status(&answer), None | Some(400)), "{more} {body} {answer}");
    }
    assert_eq!(server.leads().len(), 0);
    assert_up(&server);
    assert_silent(&server);
}

#[test]
fn what_follows_a_body_is_another_request_and_not_part_of_it() {
    let (_folder, server) = started();
    // Longer than it says: what is beyond is no HTTP.
    let lie = "POST /leads HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 8\r\n\r\n";
    let answer = server.raw(format!("{lie}sector=industry{CANARY}\r\n\r\n").as_bytes());
    assert_eq!(status(&answer), Some(303), "{answer}");
    assert!(answer.matches("HTTP/1.1 ").count() <= 2 && !answer.contains("canary"), "{answer}");
    // Two lengths, or a length of no number, are refused whole.
    for more in ["Content-Length: 8\r\nContent-Length: 9\r\n", "Content-Length: -1\r\n", "Content-Length: 1e3\r\n"] {
        assert_eq!(status(&server.raw((head(FORM, more) + "sector=industry").as_bytes())), Some(400), "{more}");
    }
    let before = server.leads().len();
    let one = |n: usize| {
        let body = form(&[("sector", "industry"), ("leadpact_id", &id(n))]);
        format!(
            "POST /leads HTTP/1.1\r\nHost: x\r\nContent-Type: {FORM}\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
    };
    let mut pipelined: String = (1..=20).map(one).collect();
    pipelined += "GET /thanks HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let answers = server.raw(pipelined.as_bytes());
    let at = |n: usize| answers.find(&id(n)).unwrap_or_else(|| panic!("{answers}"));
    assert!((1..20).all(|n| at(n) < at(n + 1)), "in their order");
    assert_eq!(server.leads().len(), before + 20);
}

#[test]
fn heads_without_end_are_refused() {
    let (_folder, server) = started();
    let long = head(FORM, &format!("X-Long: {}\r\n", CANARY.repeat(10_000)));
    let many = head(FORM, &(0..5_000).map(|n| format!("X-{n}: {CANARY}\r\n")).collect::<String>());
    let path = format!("POST /leads?{} HTTP/1.1\r\nHost: x\r\n\r\n", CANARY.repeat(10_000));
    for head in [long, many, path] {
        let answer = server.raw(head.as_bytes());
        assert!(matches!(status(&answer), None | Some(414 | 431)), "{answer}");
        assert!(!answer.contains("canary"));
    }
    assert_up(&server);
    assert_silent(&server);
}

#[test]
fn a_packed_body_is_refused_and_not_unpacked() {
    let (_folder, server) = started();
    for (how, expected) in [("gzip", 415), ("br", 415), ("gzip, gzip", 415), ("identity", 303)] {
        let body = form(&[("sector", "industry")]);
        let more = format!("Content-Encoding: {how}\r\nContent-Length: {}\r\n", body.len());
        let answer = server.raw((head(FORM, &more) + &body).as_bytes());
        assert_eq!(status(&answer), Some(expected), "{how}");
        assert!(expected != 415 || answer.contains("Content-Encoding"), "{answer}");
    }
    assert_eq!(server.leads().len(), 1);
}

#[test]
fn more_connections_than_there_are_places_are_told_so() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start_with(folder.path(), &["--origin", "https://www.example.com"]);
    // Places, and a few more than are told.
    let streams: Vec<_> = (0..1_100).map_while(|_| std::net::TcpStream::connect(server.address()).ok()).collect();
    if streams.len() < 1_100 {
        return; // This system gives a process fewer connections than the server has places.
    }
    // Its body is read first: most programs look at an answer only when they have sent everything.
    let request = ureq::http::Request::post(format!("{}/leads", server.url)).header("content-type", "text/plain");
    let request = request.header("origin", "https://www.example.com").body(vec![b'x'; 4_000_000]);
    let answer = server.send(request.unwrap());
    assert_eq!((answer.status, answer.header("retry-after")), (503, "5"), "{answer:?}");
    assert_eq!(answer.header("access-control-allow-origin"), "https://www.example.com", "a page can read that");
    assert!(answer.body.contains("too many at once"), "{answer:?}");
    drop(streams);
    let again = || server.raw((head(FORM, "Content-Length: 15\r\n") + "sector=industry").as_bytes());
    let answers = std::iter::repeat_with(again).take(200);
    assert!(answers.map(|answer| status(&answer)).any(|status| status == Some(303)), "places are free again");
}

#[test]
fn bodies_that_do_not_come_hold_no_place_of_those_that_do() {
    let (_folder, server) = started();
    let stalled = |n: usize| {
        let mut stream = server.connect();
        let body = form(&[("sector", "industry"), ("leadpact_id", &id(n))]);
        let start = head(FORM, &format!("Content-Length: {}\r\n", body.len()));
        stream.write_all((start + &body[..10]).as_bytes()).unwrap();
        (stream, body)
    };
    let waiting: Vec<_> = (0..400).map(stalled).collect();
    assert_up(&server);
    for (mut stream, body) in waiting {
        stream.write_all(&body.as_bytes()[10..]).unwrap();
        assert_eq!(status(&rest(&mut stream)), Some(303));
    }
}

#[test]
fn more_leads_at_once_than_there_is_memory_for_are_told_to_come_again() {
    let (folder, server) = started();
    // Nothing is kept until it lets go.
    let other = rusqlite::Connection::open(folder.path().join("leads.sqlite")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let told = |answer: &Answer| answer.status == 503 && answer.body.contains("too many at once");
    let (seen, kept) = (AtomicBool::new(false), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for n in 0..300 {
            let (server, seen, kept) = (&server, &seen, &kept);
            scope.spawn(move || {
                loop {
                    let answer = server.post_form(&[("sector", "industry"), ("leadpact_id", &id(n))]);
                    assert!(answer.status == 303 || answer.header("retry-after") == "5", "{answer:?}");
                    seen.fetch_or(told(&answer), Ordering::Relaxed);
                    if answer.status == 303 {
                        kept.lock().unwrap().push(id(n));
                    }
                    if answer.status == 303 || seen.load(Ordering::Relaxed) {
                        return;
                    }
                }
            });
        }
        while !seen.load(Ordering::Relaxed) {
            std::thread::sleep(Duration::from_millis(10));
        }
        other.execute_batch("COMMIT").unwrap();
    });
    let mut kept = kept.into_inner().unwrap();
    kept.sort();
    assert_eq!(stored(folder.path()), kept);
    assert_up(&server);
}

#[test]
fn j5_a_record_that_is_as_heavy_as_can_be_is_stored_and_flagged() {
    let (_folder, server) = started();
    let deep = format!("{}{}", "[".repeat(60_000), "]".repeat(60_000));
    let mut wide = record(&id(2), 1, &json!({"team": 60}));
    wide["facts"] = (0..3_000).map(|n| (format!("unknown_{n}"), json!({"value": 1e308, "last": CANARY}))).collect();
    let mut long = record(&id(3), 1, &json!({"team": 60}));
    long["facts"]["name"] = json!("x".repeat(200_000));
    let mut asked = record(&id(4), 1, &json!({"team": 60}));
    asked["asked"] = (0..5_000).map(|_| json!({"field": "team", "why": "needed"})).collect();
    asked["assessment"]["reasons"] = json!((0..5_000).collect::<Vec<_>>());
    for (n, record) in [(1, deep), (2, wide.to_string()), (3, long.to_string()), (4, asked.to_string())] {
        let body = format!("{{\"leadpact_id\": \"{}\", \"sector\": \"industry\", \"leadpact\": {record}}}", id(n));
        assert_eq!(server.post("application/json", body).id(), id(n));
    }
    for lead in server.leads() {
        assert!(!differences(&lead).is_empty(), "{}", lead["id"]);
        assert_eq!(lead["answers"], json!({"sector": "industry"}));
    }
    assert_eq!(server.leads().len(), 4);
    assert_silent(&server);
}

#[test]
fn bodies_of_chance_are_answered_in_words_and_never_said_again() {
    let (_folder, server) = started();
    let made = record(&id(1), 1, &json!({"email": CANARY, "team": 60})).to_string();
    let form = form(&[("leadpact", &made), ("email", CANARY), ("team", "60")]);
    let json = format!("{{\"leadpact_id\":\"{}\",\"leadpact\":{made},\"email\":\"{CANARY}\"}}", id(1));
    let multipart = format!("--b\r\nContent-Disposition: form-data; name=\"email\"\r\n\r\n{CANARY}\r\n--b--\r\n");
    let mut chance = Chance(20_261_126);
    for round in 0..1_500 {
        let content_type = TYPES[chance.below(TYPES.len())];
        let mut body = [&form, &json, &multipart, &made][chance.below(4)].clone().into_bytes();
        for _ in 0..chance.below(8) {
            let at = chance.below(body.len());
            match chance.below(4) {
                0 => body.truncate(at.max(1)),
                1 => body[at] = u8::try_from(chance.below(256)).unwrap(),
                2 => body.splice(at..at, std::iter::repeat_n(b"[{\",\0"[chance.below(5)], 300)).for_each(drop),
                _ => drop(body.remove(at)),
            }
            body.push(b'}');
        }
        let answer = server.post(content_type, body);
        assert!(matches!(answer.status, 200 | 303 | 400 | 415), "round {round}: {answer:?}");
        assert!(!answer.body.contains("canary"), "round {round}: {answer:?}");
    }
    assert_up(&server);
    assert_silent(&server);
}

#[test]
fn bytes_of_chance_do_not_bring_it_down() {
    let (_folder, server) = started();
    let mut chance = Chance(7);
    for _ in 0..500 {
        let start = ["", "POST /leads HTTP/1.1\r\n", "GET /leads.json?id=", "PRI * HTTP/2.0\r\n\r\n"][chance.below(4)];
        let mut bytes = start.as_bytes().to_vec();
        bytes.extend((0..chance.below(2_000)).map(|_| u8::try_from(chance.below(256)).unwrap()));
        let mut stream = server.connect();
        let _ = stream.write_all(&bytes);
        let _ = stream.shutdown(std::net::Shutdown::Write);
        let answer = rest(&mut stream);
        assert!(matches!(status(&answer), None | Some(200 | 400..=499)), "{answer}");
    }
    assert_up(&server);
}

#[test]
fn priv_14_no_answer_stands_in_an_error_or_a_log() {
    let (_folder, server) = started();
    for (content_type, body) in [
        ("application/json", format!("{{\"email\": \"{CANARY}\"")),
        ("application/json", format!("[\"{CANARY}\"]")),
        ("image/png", CANARY.to_owned()),
        (FORM, format!("email={}", CANARY.repeat(4_000))),
        ("multipart/form-data; boundary=b", format!("--b\r\nContent-Disposition: form-data; name=\"{CANARY}\"")),
    ] {
        let answer = server.post(content_type, body);
        assert!(answer.status >= 400 && !answer.body.contains("canary"), "{answer:?}");
        assert!(answer.headers.values().all(|value| !value.to_str().unwrap().contains("canary")));
    }
    let kept = json!({"leadpact_id": CANARY, "leadpact": format!("{{\"{CANARY}"), "email": CANARY, "team": CANARY});
    let answer = server.post("application/json", kept.to_string());
    assert_eq!(answer.status, 200);
    assert!(!answer.body.contains("canary"));
    assert_eq!(serde_json::from_str::<Value>(&answer.body).unwrap()["id"].as_str().unwrap().len(), 32);
    assert_eq!(server.said(), "");
}
