//! `leadpact conform`: our own server passes, and a server with a fault fails the checks of that fault and no others.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, clippy::string_slice, reason = "tests")]

mod program;

use program::server::{Server, started};
use program::{Ran, run};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

/// A small endpoint that does everything right, but for one fault.
#[derive(Clone)]
struct Endpoint {
    fault: &'static str,
    leads: Arc<Mutex<Vec<Value>>>,
    answered: Arc<AtomicUsize>,
    url: String,
}

struct Asked {
    method: String,
    path: String,
    headers: Vec<(String, String)>,
    body: String,
}

impl Asked {
    fn read(stream: &TcpStream) -> Option<Self> {
        let mut from = BufReader::new(stream);
        let mut line = || {
            let mut line = String::new();
            from.read_line(&mut line).ok()?;
            Some(line.trim_end().to_owned())
        };
        let first = line()?;
        let mut words = first.split(' ').map(str::to_owned);
        let (method, path) = (words.next()?, words.next()?);
        let mut headers = Vec::new();
        while let Some((name, value)) = line()?.split_once(':') {
            headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
        let mut asked = Self { method, path, headers, body: String::new() };
        let mut body = vec![0; asked.header("content-length").parse().unwrap_or(0)];
        from.read_exact(&mut body).ok()?;
        asked.body = String::from_utf8(body).ok()?;
        Some(asked)
    }

    fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    /// The marked id that stands anywhere in the request.
    fn id(&self) -> Option<String> {
        let all = self.path.clone() + &self.body;
        let ids = all.match_indices("00000000").filter_map(|(at, _)| all.get(at..at + 32));
        ids.map(str::to_owned).find(|id| id.bytes().all(|byte| byte.is_ascii_hexdigit()))
    }

    fn attempt(&self) -> Option<u64> {
        let body = self.body.replace("%22", "\"").replace("%3A", ":");
        let at = body.find("\"attempt\":").map(|at| &body[at + 10..])?;
        at.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
    }
}

impl Endpoint {
    fn start(fault: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let endpoint = Self { fault, leads: Arc::default(), answered: Arc::default(), url };
        let serving = endpoint.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let serving = serving.clone();
                std::thread::spawn(move || serving.speak(stream));
            }
        });
        endpoint
    }

    fn speak(&self, mut stream: TcpStream) -> Option<()> {
        let asked = Asked::read(&stream)?;
        let (status, media, body) = self.answer(&asked);
        let more = if matches!(status, 302 | 303 | 307) { "Location: /thanks\r\n" } else { "" };
        let head = format!("HTTP/1.1 {status} x\r\nContent-Type: {media}\r\nContent-Length: {}\r\n{more}", body.len());
        stream.write_all(format!("{head}Connection: close\r\n\r\n{body}").as_bytes()).ok()
    }

    fn answer(&self, asked: &Asked) -> (u16, &'static str, String) {
        const JSON: &str = "application/json";
        let is = |fault: &str| self.fault == fault;
        let words = match self.fault {
            "repeats what was sent" => asked.body.clone(),
            "repeats it encoded" => asked.body.replace('@', "%40"),
            _ => "{\"error\":\"no\"}".to_owned(),
        };
        let refuse = |status: u16| (status, JSON, words.clone());
        let (media, id) = (asked.header("content-type"), asked.id());
        if let Some((_, id)) = asked.path.split_once("leads.json?id=") {
            let mut found = self.leads.lock().unwrap().clone();
            found.retain(|lead| lead["id"] == id);
            if is("stores attempts as texts") {
                found.iter_mut().for_each(|lead| lead["attempt"] = lead["attempt"].to_string().into());
            }
            return (200, JSON, json!(found).to_string());
        }
        if asked.method != "POST" && !(is("takes leads by GET") && id.is_some()) {
            return refuse(405);
        }
        let limit = match self.fault {
            "takes 64 KiB at most" => 65_536,
            "takes 100 KiB of a form" if asked.header("content-type").contains("urlencoded") => 100 * 1024,
            "takes any length" => usize::MAX,
            _ => 262_144,
        };
        let known = ["json", "text/plain", "form"].iter().any(|known| media.contains(known));
        let broken =
            media.contains("json") && serde_json::from_str::<Value>(&asked.body).map_or(true, |v| !v.is_object());
        let packed = !asked.header("content-encoding").is_empty();
        if let Some(id) = id.as_ref().filter(|_| is("keeps what it refuses") && (packed || asked.body.len() > limit)) {
            self.store(asked, id);
        }
        match asked {
            _ if asked.body.len() > limit => return refuse(413),
            _ if asked.method == "POST" && !known => return refuse(415),
            _ if is("reads no text/plain") && media.contains("text/plain") => return refuse(415),
            _ if is("reads no CloudEvents") && asked.body.contains("specversion") => return refuse(400),
            _ if is("knows no CloudEvents") && media.contains("cloudevents") => return refuse(415),
            _ if packed => return refuse(415),
            _ if broken && asked.method == "POST" => {
                return refuse(if is("breaks on half a body") { 500 } else { 400 });
            }
            _ if is("refuses what it doubts") && asked.body.contains("9999") => return refuse(422),
            _ if is("refuses broken records") && !asked.body.contains("assessment") && id.is_some() => {
                return refuse(422);
            }
            _ if is("refuses plain forms") && id.is_none() => return refuse(400),
            _ if is("refuses hidden sites") && asked.header("origin") == "null" => return refuse(403),
            _ if is("refuses other sites") && !asked.header("origin").is_empty() => return refuse(403),
            _ => {}
        }
        let id = id.unwrap_or_else(|| "f".repeat(32));
        self.store(asked, &id);
        if asked.header("accept").contains("text/html") && !is("answers visitors in JSON") {
            let status = match self.fault {
                "redirects visitors by 302" => 302,
                "redirects visitors by 307" => 307,
                _ => 303,
            };
            return (status, "text/html", String::new());
        }
        match self.fault {
            "redirects programs" => (303, JSON, String::new()),
            "calls JSON text" => (200, "text/plain", json!({"id": id}).to_string()),
            "echoes no id" => (200, JSON, "{}".to_owned()),
            // No fault: there is no room for the id.
            "answers 204" => (204, JSON, String::new()),
            "answers each time anew" => {
                let number = self.answered.fetch_add(1, Ordering::Relaxed);
                (200, JSON, json!({"id": id, "number": number}).to_string())
            }
            _ => (200, JSON, json!({"id": id}).to_string()),
        }
    }

    fn store(&self, asked: &Asked, id: &str) {
        let (numbered, attempt) = (asked.attempt(), asked.attempt().unwrap_or(1));
        let what = if self.fault == "flags the pact alone" { "pact.id" } else { "score" };
        let differences = if asked.body.contains("9999") { json!([{"what": what}]) } else { json!([]) };
        let lead = json!({"id": id, "attempt": attempt, "differences": differences, "answers": asked.body});
        let mut leads = self.leads.lock().unwrap();
        let there = leads.iter_mut().find(|lead| lead["id"] == id).filter(|_| self.fault != "stores each anew");
        match there {
            _ if self.fault == "stores nothing" => {}
            None => leads.push(lead),
            Some(_) if self.fault == "keeps the first" => {}
            Some(there) if numbered.is_none() && self.fault == "begins anew without a record" => *there = lead,
            Some(there) if numbered.is_none() => there["answers"] = lead["answers"].clone(),
            Some(there) if self.fault == "keeps the first answers" => {
                there["attempt"] = attempt.max(there["attempt"].as_u64().unwrap()).into();
            }
            Some(there) if attempt >= there["attempt"].as_u64().unwrap() || self.fault == "keeps the last" => {
                *there = lead;
            }
            Some(there) if self.fault == "keeps older answers" => there["answers"] = lead["answers"].clone(),
            Some(_) => {}
        }
    }
}

fn conform(url: &str, more: &[&str]) -> Ran {
    run(&[&["conform", &format!("{url}/leads")], more].concat())
}

/// The ids of the checks that failed.
fn failed(ran: &Ran) -> Vec<&str> {
    ran.stdout.lines().filter_map(|line| line.strip_prefix("FAIL  ")?.split(' ').next()).collect()
}

fn assert_passes(ran: &Ran, skipped: &[&str]) {
    assert_eq!((ran.code, failed(ran)), (0, vec![]), "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stdout.contains(&format!(" passed, 0 failed, {} skipped", skipped.len())), "{}", ran.stdout);
    assert!(skipped.iter().all(|id| ran.stdout.contains(&format!("skip  {id}"))), "{}", ran.stdout);
}

#[test]
fn rel_17_our_own_server_passes_with_what_it_stored() {
    let (_folder, server) = started();
    let elsewhere = format!("--stored={}/leads.json", server.url);
    assert_passes(&conform(&server.url, &["--stored", "--foreign-origin", "kept"]), &["cross-origin"]);
    assert_passes(&conform(&server.url, &["--pact", program::PACT, &elsewhere]), &["cross-origin"]);
    assert_eq!(server.said(), "");
}

#[test]
fn sec_21_our_own_server_passes_where_it_refuses_other_sites() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start_with(folder.path(), &["--origin", "https://www.example.com"]);
    let site = ["--page-origin", "https://www.example.com"];
    assert_passes(&conform(&server.url, &[&["--stored", "--foreign-origin", "refused"], &site[..]].concat()), &[]);
    let ran = conform(&server.url, &["--foreign-origin", "kept"]);
    assert_eq!((ran.code, failed(&ran)), (1, vec!["origin"]), "{}", ran.stdout);
}

#[test]
fn a_fault_fails_its_own_checks_and_no_others() {
    let every_json = ["json", "text", "form", "multipart", "event", "event-text"];
    let repeats = ["twice", "at-once", "newer", "older", "unnumbered"];
    let doubts = ["broken-record", "tampered", "unknown-pact", "large", "origin", "no-referrer"];
    let all_acknowledged = [&every_json[..], &repeats, &doubts].concat();
    let with = |more: &[&'static str]| {
        let mut all = all_acknowledged.clone();
        more.iter().for_each(|id| all.insert(every_json.len(), id));
        all
    };
    for (fault, expected) in [
        ("", vec![]),
        ("answers 204", vec![]),
        ("stores each anew", [&repeats[..], &["broken-record"]].concat()),
        ("keeps the first", vec!["newer"]),
        ("keeps the last", vec!["older"]),
        ("stores nothing", with(&["native"])),
        ("echoes no id", all_acknowledged.clone()),
        ("redirects programs", with(&["answer"])),
        ("calls JSON text", vec!["answer"]),
        ("answers visitors in JSON", vec!["native", "plain"]),
        ("refuses plain forms", vec!["plain"]),
        ("reads no text/plain", vec!["text", "event-text", "origin"]),
        ("reads no CloudEvents", vec!["event", "event-text"]),
        ("refuses broken records", vec!["unnumbered", "broken-record"]),
        ("refuses what it doubts", vec!["tampered"]),
        ("takes 64 KiB at most", vec!["large"]),
        ("takes 100 KiB of a form", vec!["large"]),
        ("keeps the first answers", vec!["newer"]),
        ("stores attempts as texts", with(&["native"])),
        ("knows no CloudEvents", vec![]),
        ("begins anew without a record", vec!["unnumbered"]),
        ("redirects visitors by 302", vec![]),
        ("redirects visitors by 307", vec!["native", "plain"]),
        ("takes any length", vec!["too-long"]),
        ("breaks on half a body", vec!["broken-json"]),
        ("takes leads by GET", vec!["get"]),
        ("repeats what was sent", vec!["silent"]),
        ("refuses other sites", vec!["origin", "no-referrer"]),
        ("refuses hidden sites", vec!["no-referrer"]),
        ("answers each time anew", vec!["twice", "at-once"]),
        ("keeps older answers", vec!["older"]),
        ("keeps what it refuses", vec!["too-long", "packed"]),
        ("repeats it encoded", vec!["silent"]),
        ("flags the pact alone", vec![]),
    ] {
        let endpoint = Endpoint::start(fault);
        let ran = conform(&endpoint.url, &["--stored", "--foreign-origin", "kept"]);
        assert_eq!(failed(&ran), expected, "{fault}\n{}", ran.stdout);
        assert_eq!(ran.code, i32::from(!expected.is_empty()));
        assert_eq!(ran.stdout.matches("hint ").count(), expected.len(), "each has its hint");
    }
}

#[test]
fn an_endpoint_whose_answer_no_page_of_that_site_can_read_fails() {
    let endpoint = Endpoint::start("");
    let ran = conform(&endpoint.url, &["--stored", "--page-origin", "https://www.example.com"]);
    assert_eq!(failed(&ran), ["cross-origin"], "{}", ran.stdout);
}

#[test]
fn an_endpoint_that_knows_the_pact_flags_the_score_itself() {
    let endpoint = Endpoint::start("flags the pact alone");
    let ran = conform(&endpoint.url, &["--stored", "--pact", program::PACT]);
    assert_eq!(failed(&ran), ["tampered"], "{}", ran.stdout);
}

#[test]
fn an_endpoint_that_cannot_be_checked_is_no_failed_check() {
    let (_folder, server) = started();
    for (url, more, words) in [
        ("http://127.0.0.1:9", &[][..], "cannot be reached"),
        ("ftp://127.0.0.1", &[], "expected an address like"),
        ("nonsense", &[], "expected an address like"),
        (&server.url, &["--pact", "no-such-file.json"], "no-such-file.json"),
        (&server.url, &["--timeout", "0"], "--timeout"),
    ] {
        let ran = conform(url, more);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
        assert!(ran.stderr.contains(words), "{}", ran.stderr);
    }
    assert_eq!(server.leads().len(), 0);
    let ran = conform(&server.url, &["--stored=/nowhere"]);
    assert_eq!(ran.code, 1);
    assert!(ran.stdout.contains("the stored leads cannot be read: 404"), "{}", ran.stdout);
}
