//! The receiver's promises: what is acknowledged is stored once, whatever comes twice, late or out of order.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, clippy::string_slice, reason = "tests")]

mod program;

use program::server::{FORM, JSON, Server, differences, form, id, page, post, record, rest, started, stored};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io::Write;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

fn event(data: &Value) -> Value {
    let event_id = format!("{}.{}", data["leadpact_id"].as_str().unwrap(), data["leadpact"]["attempt"]);
    json!({
        "specversion": "1.0", "type": "org.leadpact.lead", "source": "https://www.example.com/demo", "id": event_id,
        "time": data["leadpact"]["at"], "datacontenttype": JSON, "data": data,
    })
}

fn multipart(data: &Value) -> String {
    let part =
        |name: &str, value: &str| format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    let parts: String = data.as_object().unwrap().iter().map(|(name, value)| part(name, &plain(value))).collect();
    parts + "--b--\r\n"
}

fn urlencoded(data: &Value) -> String {
    let entries: Vec<(&String, String)> =
        data.as_object().unwrap().iter().map(|(name, value)| (name, plain(value))).collect();
    form_urlencoded::Serializer::new(String::new()).extend_pairs(entries).finish()
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[test]
fn everything_that_the_page_sends_is_one_lead_without_differences() {
    let (_folder, server) = started();
    let key = format!("\"{}\"", id(9));
    for (n, (content_type, body)) in [
        (JSON, page(1, 1, 60).to_string()),
        ("text/plain;charset=UTF-8", page(2, 1, 60).to_string()),
        (FORM, urlencoded(&page(3, 1, 60))),
        ("multipart/form-data; boundary=b", multipart(&page(4, 1, 60))),
        ("application/cloudevents+json", event(&page(5, 1, 60)).to_string()),
        ("text/plain", event(&page(6, 1, 60)).to_string()),
        (JSON, record(&id(7), 1, &json!({"email": "ana@example.com", "team": 60})).to_string()),
    ]
    .into_iter()
    .enumerate()
    {
        let headers = [("content-type", content_type), ("accept", JSON), ("idempotency-key", key.as_str())];
        let answer = post(&server, &headers, body);
        assert_eq!((answer.status, answer.header("content-type")), (200, JSON), "{content_type}");
        assert_eq!(serde_json::from_str::<Value>(&answer.body).unwrap(), json!({"id": id(n + 1)}));
        let found: Value = serde_json::from_str(&server.get(&format!("/leads.json?id={}", id(n + 1))).body).unwrap();
        assert_eq!(found.as_array().unwrap().len(), 1);
        assert_eq!(
            (&found[0]["differences"], &found[0]["facts"]["team"]),
            (&json!([]), &json!(60.0)),
            "{content_type}"
        );
    }
    assert_eq!(server.leads().len(), 7);
    assert_eq!(server.get("/leads.json?id=unknown").body, "[]");
}

#[test]
fn rel_17_the_same_id_twenty_times_at_once_is_one_row_and_one_answer() {
    let (folder, server) = started();
    let body = page(9, 1, 60).to_string();
    let answers = Mutex::new(BTreeSet::new());
    std::thread::scope(|scope| {
        for _ in 0..20 {
            scope.spawn(|| {
                let answer = server.post(JSON, body.clone());
                answers.lock().unwrap().insert((answer.status, answer.body));
            });
        }
    });
    assert_eq!(
        answers.into_inner().unwrap().into_iter().collect::<Vec<_>>(),
        [(200, json!({"id": id(9)}).to_string())]
    );
    assert_eq!(stored(folder.path()), [id(9)]);
    assert_eq!(server.lead()["differences"], json!([]));
}

#[test]
fn rel_17_another_body_replaces_the_lead_unless_its_attempt_is_lower() {
    let (folder, server) = started();
    let send = |attempt: u32, team: u32| {
        assert_eq!(server.post(JSON, page(7, attempt, team).to_string()).id(), id(7));
        let lead = server.lead();
        (
            lead["attempt"].as_u64().unwrap(),
            lead["answers"]["team"].as_str().unwrap().to_owned(),
            lead["received_at"].clone(),
        )
    };
    let first = send(2, 10);
    for (attempt, team, kept) in [(1, 20, (2, "10")), (2, 30, (2, "30")), (3, 40, (3, "40")), (2, 50, (3, "40"))] {
        let (kept_attempt, kept_team, received) = send(attempt, team);
        assert_eq!((kept_attempt, kept_team.as_str()), kept);
        assert_eq!(received, first.2, "the first receipt counts");
    }
    assert_eq!(stored(folder.path()), [id(7)]);
}

#[test]
fn rel_17_attempts_that_come_at_once_leave_the_highest() {
    let (folder, server) = started();
    std::thread::scope(|scope| {
        for attempt in 1..=20 {
            let server = &server;
            scope.spawn(move || assert_eq!(server.post(JSON, page(7, attempt, attempt).to_string()).id(), id(7)));
        }
    });
    let lead = server.lead();
    assert_eq!((&lead["attempt"], &lead["answers"]["team"]), (&json!(20), &json!("20")));
    assert_eq!(stored(folder.path()), [id(7)]);
}

/// Sends leads with ids from `from` on until the server is gone; returns the ids acknowledged and all those sent.
fn load(url: &str, from: usize, most: usize, gone: impl Fn(usize) + Sync) -> (BTreeSet<String>, BTreeSet<String>) {
    let (next, sent) = (AtomicUsize::new(from), Mutex::new((BTreeSet::new(), BTreeSet::new())));
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let agent = ureq::Agent::new_with_config(ureq::Agent::config_builder().max_redirects(0).build());
                loop {
                    let n = next.fetch_add(1, Ordering::Relaxed);
                    if n >= from + most {
                        return;
                    }
                    sent.lock().unwrap().1.insert(id(n));
                    let request = agent.post(format!("{url}/leads")).header("content-type", JSON);
                    let Ok(mut answer) = request.send(page(n, 1, 60).to_string()) else { return };
                    let Ok(body) = answer.body_mut().read_to_string() else { return };
                    assert_eq!(body, json!({"id": id(n)}).to_string());
                    let mut sent = sent.lock().unwrap();
                    sent.0.insert(id(n));
                    let acknowledged = sent.0.len();
                    drop(sent);
                    gone(acknowledged);
                }
            });
        }
    });
    sent.into_inner().unwrap()
}

#[test]
fn rel_17_a_server_killed_under_load_has_all_that_it_acknowledged_and_a_retry_is_one_lead() {
    let folder = tempfile::tempdir().unwrap();
    let (mut acknowledged, mut sent) = (BTreeSet::new(), BTreeSet::new());
    for round in 0..30_usize {
        let server = Server::start(folder.path());
        let (url, server) = (server.url.clone(), Mutex::new(server));
        // At once after an answer, a few more each round: were a lead acknowledged before the disk had it, it would be
        // lost.
        let (of_round, all) = load(&url, round * 1_000, 500, |so_far| {
            if so_far > round * 3 {
                server.lock().unwrap().child.kill().unwrap();
            }
        });
        assert!(!of_round.is_empty() && of_round.len() < 500, "{}", of_round.len());
        acknowledged.extend(of_round);
        sent.extend(all);
    }
    let server = Server::start(folder.path());
    let kept = stored(folder.path());
    assert_eq!(kept.iter().cloned().collect::<BTreeSet<_>>().len(), kept.len());
    let lost: Vec<_> = acknowledged.iter().filter(|id| !kept.contains(id)).collect();
    assert!(lost.is_empty(), "acknowledged and not stored: {lost:?}");
    // Whoever got no answer sends again.
    for unsure in sent.difference(&acknowledged) {
        let n = usize::from_str_radix(unsure, 16).unwrap();
        assert_eq!(server.post(JSON, page(n, 1, 60).to_string()).id(), *unsure);
    }
    assert_eq!(stored(folder.path()), sent.into_iter().collect::<Vec<_>>());
}

#[cfg(unix)]
#[test]
fn a_server_told_to_stop_answers_what_is_under_way_and_leaves_one_file() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::start(folder.path());
    let body = form(&[("leadpact_id", &id(1)), ("sector", "industry")]);
    let mut stream = server.connect();
    let head =
        format!("POST /leads HTTP/1.1\r\nHost: x\r\nContent-Type: {FORM}\r\nContent-Length: {}\r\n\r\n", body.len());
    stream.write_all((head + &body[..20]).as_bytes()).unwrap();
    let idle = server.connect();
    // Answered, so the first connection is being read too.
    server.post_form(&[("leadpact_id", &id(2)), ("sector", "industry")]);
    server.tell_to_stop();
    while std::net::TcpStream::connect(server.address()).is_ok() {
        std::thread::sleep(Duration::from_millis(20));
    }
    stream.write_all(&body.as_bytes()[20..]).unwrap();
    let answer = rest(&mut stream);
    assert!(answer.starts_with("HTTP/1.1 303") && answer.contains(&id(1)), "{answer}");
    drop(idle);
    assert_eq!(server.child.wait().unwrap().code(), Some(0));
    let files: Vec<_> = folder.path().read_dir().unwrap().map(|file| file.unwrap().file_name()).collect();
    assert_eq!(files, ["leads.sqlite"], "the log is put into the file");
    assert_eq!(stored(folder.path()), [id(1), id(2)]);
}

#[cfg(unix)]
#[test]
fn a_lead_whose_visitor_leaves_before_the_answer_is_kept() {
    let (folder, mut server) = started();
    for n in 1..=20 {
        let body = page(n, 1, 60).to_string();
        let mut stream = server.connect();
        let head = format!(
            "POST /leads HTTP/1.1\r\nHost: x\r\nContent-Type: {JSON}\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all((head + &body).as_bytes()).unwrap();
    }
    // Told to stop, it reads what has come all the same.
    std::thread::sleep(Duration::from_millis(200));
    server.tell_to_stop();
    assert_eq!(server.child.wait().unwrap().code(), Some(0));
    assert_eq!(stored(folder.path()), (1..=20).map(id).collect::<Vec<_>>());
}

#[test]
fn a_form_alone_has_64_kib_and_a_record_256_kib() {
    let (folder, server) = started();
    let filled = |entries: &[(&str, &str)], length: usize| {
        let start = form(entries) + "&more=";
        start.clone() + &"x".repeat(length - start.len())
    };
    let alone = [("sector", "industry")];
    let with_id = [("sector", "industry"), ("leadpact_id", &id(1))];
    let with_record = [("sector", "industry"), ("leadpact", "{}")];
    for (entries, length, status, limit) in [
        (&alone[..], 64 * 1024, 303, ""),
        (&alone, 64 * 1024 + 1, 413, "65536"),
        (&with_id, 256 * 1024, 303, ""),
        (&with_id, 256 * 1024 + 1, 413, "262144"),
        (&with_record, 256 * 1024, 303, ""),
        (&with_record, 9 * 1024 * 1024, 413, "262144"),
    ] {
        let body = filled(entries, length);
        // The longest is not read to its end, so what sends it may not get to reading.
        let head = format!("POST /leads HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: {FORM}\r\n");
        let lengths =
            [format!("Content-Length: {length}\r\n"), format!("Content-Length: {length}\r\nExpect: 100-continue\r\n")];
        for more in lengths.iter().skip(usize::from(length > 8 * 1024 * 1024)) {
            let answer = server.raw(format!("{head}{more}\r\n{body}").as_bytes());
            let answer = answer.trim_start_matches("HTTP/1.1 100 Continue\r\n\r\n");
            assert!(
                answer.starts_with(&format!("HTTP/1.1 {status}")) && answer.contains(limit),
                "{length} {more} {answer}"
            );
        }
    }
    assert_eq!(stored(folder.path()).len(), 5);
}

#[test]
fn h10_a_form_with_a_large_file_is_a_lead_like_any_other_and_its_texts_have_the_same_limits() {
    let (_folder, server) = started();
    let file = |length: usize| {
        let head = "--b\r\nContent-Disposition: form-data; name=\"plan\"; filename=\"plan.pdf\"\r\n\r\n";
        [head.as_bytes(), &b"\r\n--".repeat(length / 4), b"\r\n"].concat()
    };
    let post = |length: usize, fields: &Value| {
        let body = [file(length), multipart(fields).into_bytes()].concat();
        let request = ureq::http::Request::post(format!("{}/leads", server.url)).header("accept", JSON);
        server.send(request.header("content-type", "multipart/form-data; boundary=b").body(body).unwrap())
    };
    let answer = post(3 * 1024 * 1024, &page(1, 1, 60));
    assert_eq!((answer.status, answer.id()), (200, id(1)));
    let lead = server.lead();
    assert_eq!((&lead["differences"], &lead["answers"]["plan"]), (&json!([]), &Value::Null));
    assert_eq!(post(3 * 1024 * 1024, &json!({"sector": "industry"})).status, 200);
    // To the byte, as of any other form.
    let (head, tail) = ("--b\r\nContent-Disposition: form-data; name=\"sector\"\r\n\r\n", "\r\n--b--\r\n");
    for (length, status) in [(64 * 1024, 303), (64 * 1024 + 1, 413)] {
        let text = "x".repeat(length - head.len() - tail.len());
        assert_eq!(server.post("multipart/form-data; boundary=b", format!("{head}{text}{tail}")).status, status);
    }
    for (length, fields, limit) in [
        (1024, json!({"sector": "x".repeat(65 * 1024)}), "65536"),
        (1024, json!({"sector": "x".repeat(257 * 1024), "leadpact_id": id(2)}), "262144"),
        (32 * 1024 * 1024, json!({"sector": "industry"}), "33554432"),
    ] {
        let answer = post(length, &fields);
        assert!(answer.status == 413 && answer.body.contains(limit), "{answer:?}");
    }
    assert_eq!(server.leads().len(), 3);
}

#[test]
fn only_posts_write() {
    let (folder, server) = started();
    let to = format!("{}/leads?sector=industry&leadpact_id={}", server.url, id(1));
    for method in ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"] {
        let request = ureq::http::Request::builder().method(method).uri(&to).header("content-type", FORM);
        let answer = server.send(request.body(Vec::new()).unwrap());
        let allowed = answer.header("allow");
        match method {
            "GET" | "HEAD" => assert_eq!(answer.status, 200),
            "OPTIONS" => assert_eq!((answer.status, allowed), (204, "GET, HEAD, POST, OPTIONS")),
            _ => assert_eq!((answer.status, allowed), (405, "GET, HEAD, POST, OPTIONS"), "{method}"),
        }
    }
    assert_eq!(stored(folder.path()).len(), 0);
}

#[test]
fn sec_21_once_sites_are_named_their_pages_may_read_and_those_of_others_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start_with(folder.path(), &["--origin", "https://www.example.com", "--origin", "null"]);
    let own = server.url.clone();
    let body = page(1, 1, 60).to_string();
    for (origin, status, readable) in [
        ("https://www.example.com", 200, "https://www.example.com"),
        ("null", 200, "null"),
        (own.as_str(), 200, ""),
        ("https://elsewhere.example", 403, ""),
        ("http://www.example.com", 403, ""),
    ] {
        for (content_type, accept) in [("text/plain", JSON), (JSON, "*/*")] {
            let headers = [("content-type", content_type), ("accept", accept), ("origin", origin)];
            let answer = post(&server, &headers, body.clone());
            assert_eq!((answer.status, answer.header("access-control-allow-origin")), (status, readable), "{origin}");
            assert!(answer.headers.get_all("vary").iter().any(|vary| vary == "Origin"));
            assert!(status == 200 || answer.body.contains("--origin"), "{answer:?}");
        }
        let ask = ureq::http::Request::options(format!("{}/leads", server.url)).header("origin", origin);
        let ask = ask.header("access-control-request-method", "POST");
        let answer = server.send(ask.body(Vec::new()).unwrap());
        assert_eq!(answer.header("access-control-allow-origin"), readable, "{origin}");
        let allowed = answer.header("access-control-allow-headers");
        assert_eq!(allowed, if readable.is_empty() { "" } else { "Content-Type, Idempotency-Key" });
    }
    // An error can be read as well.
    let answer = post(&server, &[("content-type", JSON), ("origin", "https://www.example.com")], "{");
    assert_eq!((answer.status, answer.header("access-control-allow-origin")), (400, "https://www.example.com"));
    assert_eq!(server.lead()["differences"], json!([]));
}

#[test]
fn rel_17_a_form_sent_again_without_its_record_gives_newer_answers_and_costs_no_record() {
    let (folder, server) = started();
    assert_eq!(server.post(JSON, page(1, 2, 60).to_string()).id(), id(1));
    let record = || -> Option<String> {
        let connection = rusqlite::Connection::open(folder.path().join("leads.sqlite")).unwrap();
        connection.query_row("SELECT record FROM leads", [], |row| row.get(0)).unwrap()
    };
    let before = record();
    // The module has gone, the id in the form has not; or half a record came.
    for (n, broken) in [None, Some("{\"record\": 1, ")].into_iter().enumerate() {
        let team = (70 + n).to_string();
        let mut entries = vec![("leadpact_id", id(1)), ("team", team.clone()), ("sector", "industry".to_owned())];
        entries.extend(broken.map(|text| ("leadpact", text.to_owned())));
        let entries: Vec<(&str, &str)> = entries.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert_eq!(server.post_form(&entries).id(), id(1));
        let lead = server.lead();
        assert_eq!((&lead["attempt"], &lead["answers"]["team"]), (&json!(2), &json!(team)));
        assert_eq!(
            (&lead["facts"]["email"], &lead["facts"]["sector"]),
            (&json!("ana@example.com"), &json!("industry"))
        );
        assert!(differences(&lead).contains(&"record") && lead["behaviour"] == true, "{lead}");
        assert_eq!(record(), before);
    }
    // Nothing but half a record brings no answers.
    assert_eq!(server.post_form(&[("leadpact_id", &id(1)), ("leadpact", "{")]).id(), id(1));
    assert_eq!(server.lead()["answers"]["team"], "71");
    // A lead that came without a record has it from when one comes.
    server.post_form(&[("leadpact_id", &id(1)), ("team", "70")]);
    assert_eq!(server.post(JSON, page(1, 2, 80).to_string()).id(), id(1));
    assert_eq!((&server.lead()["answers"]["team"], record() == before), (&json!("80"), false));
}

#[test]
fn sec_21_a_site_that_may_send_leads_may_not_read_those_that_are_stored() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start_with(folder.path(), &["--origin", "https://www.example.com", "--origin", "null"]);
    server.post(JSON, page(1, 1, 60).to_string());
    for origin in ["https://www.example.com", "null"] {
        for (method, path) in
            [("GET", "/leads"), ("HEAD", "/leads"), ("PUT", "/leads"), ("GET", "/leads.json"), ("GET", "/thanks")]
        {
            let request = ureq::http::Request::builder().method(method).uri(format!("{}{path}", server.url));
            let answer = server.send(request.header("origin", origin).body(Vec::new()).unwrap());
            assert!(!answer.headers.contains_key("access-control-allow-origin"), "{method} {path} {origin}");
        }
    }
}

#[test]
fn sec_21_a_form_of_a_page_that_hides_its_name_is_kept_and_nothing_may_read_its_answer() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start_with(folder.path(), &["--origin", "https://www.example.com"]);
    // `Referrer-Policy: no-referrer`; older browsers do not say the rest.
    for (n, (site, flagged)) in
        [("same-origin", vec![]), ("cross-site", vec!["origin"]), ("", vec!["origin"])].into_iter().enumerate()
    {
        let headers = [("content-type", FORM), ("origin", "null"), ("sec-fetch-site", site)];
        let answer = post(&server, &headers, urlencoded(&page(n, 1, 60)));
        assert_eq!((answer.id(), answer.header("access-control-allow-origin")), (id(n), ""), "{site}");
        let kept: Value = serde_json::from_str(&server.get(&format!("/leads.json?id={}", id(n))).body).unwrap();
        assert_eq!(differences(&kept[0]), flagged, "{site}");
    }
}

#[test]
fn sec_21_where_no_site_is_named_a_lead_from_elsewhere_is_kept_and_says_so() {
    let (_folder, server) = started();
    for (n, origin) in ["https://elsewhere.example", "null", "nonsense"].into_iter().enumerate() {
        let answer = post(&server, &[("content-type", JSON), ("origin", origin)], page(n, 1, 60).to_string());
        assert_eq!((answer.id(), answer.header("access-control-allow-origin")), (id(n), ""), "{origin}");
    }
    assert!(server.leads().iter().all(|lead| differences(lead) == ["origin"]));
    let ran = program::run(&["serve", "--pact", program::PACT, "--origin", "www.example.com"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("https://www.example.com"), "{}", ran.stderr);
}
