//! The server as people run it, and requests as programs and browsers send them.

use super::{PACT, PROGRAM, pact};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;

pub(crate) const FORM: &str = "application/x-www-form-urlencoded";
pub(crate) const JSON: &str = "application/json";

/// A running server; dropped, it is killed.
pub(crate) struct Server {
    pub(crate) child: Child,
    pub(crate) url: String,
    said: Arc<Mutex<String>>,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What the server answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) location: String,
    pub(crate) body: String,
    pub(crate) headers: ureq::http::HeaderMap,
}

impl Answer {
    /// The id of the lead, as a program or a browser gets it.
    pub(crate) fn id(&self) -> String {
        if let Ok(answer) = serde_json::from_str::<Value>(&self.body) {
            return answer["id"].as_str().unwrap_or_else(|| panic!("{self:?}")).to_owned();
        }
        let id = self.location.strip_prefix("/thanks?id=").unwrap_or_else(|| panic!("{self:?}"));
        id.split('&').next().unwrap().to_owned()
    }

    /// A header, blank where there is none.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

impl Server {
    pub(crate) fn start(folder: &Path) -> Self {
        Self::start_with(folder, &[])
    }

    pub(crate) fn start_with(folder: &Path, more: &[&str]) -> Self {
        Self::start_by(Command::new(PROGRAM), folder, more)
    }

    /// Starts the server by a command that may have something to say before it.
    pub(crate) fn start_by(mut program: Command, folder: &Path, more: &[&str]) -> Self {
        program.args(["serve", "--pact", PACT, "--port", "0", "--db"]).arg(folder.join("leads.sqlite")).args(more);
        let mut child = program.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let said = Arc::new(Mutex::new(String::new()));
        listen(child.stderr.take().unwrap(), &said);
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        listen(stdout, &said);
        let url = line.trim().strip_prefix("listening on ").unwrap_or_else(|| panic!("{said:?}")).to_owned();
        assert!(url.starts_with("http://127.0.0.1:"), "{url}");
        Self { child, url, said }
    }

    /// Everything that it said so far, but for its address.
    pub(crate) fn said(&self) -> String {
        self.said.lock().unwrap().clone()
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> &str {
        self.url.strip_prefix("http://").unwrap()
    }

    /// A connection of its own, on which reading does not wait for ever.
    pub(crate) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address()).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        stream
    }

    /// Sends bytes and returns all that comes back until the server closes the connection.
    pub(crate) fn raw(&self, bytes: &[u8]) -> String {
        let mut stream = self.connect();
        // The server may have closed the connection, with its answer on the way.
        let _ = stream.write_all(bytes);
        rest(&mut stream)
    }

    /// Tells it to stop, as a system does.
    pub(crate) fn tell_to_stop(&self) {
        let told = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(told.success());
    }

    /// Kills it, as a power cut does but for the disk.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    pub(crate) fn send(&self, request: ureq::http::Request<Vec<u8>>) -> Answer {
        let config = ureq::Agent::config_builder().max_redirects(0).http_status_as_error(false).build();
        let mut answer = ureq::Agent::new_with_config(config).run(request).unwrap();
        let headers = answer.headers().clone();
        let location = headers.get("location").map(|to| to.to_str().unwrap().to_owned()).unwrap_or_default();
        let status = answer.status().as_u16();
        Answer { status, location, body: answer.body_mut().read_to_string().unwrap(), headers }
    }

    pub(crate) fn post(&self, content_type: &str, body: impl Into<Vec<u8>>) -> Answer {
        let request = ureq::http::Request::post(format!("{}/leads", self.url)).header("content-type", content_type);
        self.send(request.body(body.into()).unwrap())
    }

    pub(crate) fn post_form(&self, entries: &[(&str, &str)]) -> Answer {
        self.post(FORM, form(entries))
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.send(ureq::http::Request::get(format!("{}{path}", self.url)).body(Vec::new()).unwrap())
    }

    pub(crate) fn leads(&self) -> Vec<Value> {
        serde_json::from_str(&self.get("/leads.json").body).unwrap()
    }

    /// The only lead there is.
    pub(crate) fn lead(&self) -> Value {
        let leads = self.leads();
        assert_eq!(leads.len(), 1);
        leads[0].clone()
    }
}

/// All that comes on a connection until it ends.
pub(crate) fn rest(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Gathers what a program says, so that it never has to wait for a reader.
fn listen(from: impl Read + Send + 'static, said: &Arc<Mutex<String>>) {
    let said = Arc::clone(said);
    std::thread::spawn(move || {
        for line in BufReader::new(from).lines().map_while(Result::ok) {
            eprintln!("{line}");
            said.lock().unwrap().push_str(&(line + "\n"));
        }
    });
}

pub(crate) fn form(entries: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(entries).finish()
}

pub(crate) fn now() -> leadpact::Time {
    leadpact::Time(jiff::Timestamp::now().as_millisecond())
}

pub(crate) fn id(n: usize) -> String {
    format!("{n:032x}")
}

/// The record that a browser makes of these facts.
pub(crate) fn record(id: &str, attempt: u32, facts: &Value) -> Value {
    let pact = pact();
    let facts = leadpact::parse(&facts.to_string()).unwrap();
    let (lead, refused) = leadpact::Lead::from_facts(&pact, &facts, true, now());
    assert!(refused.is_empty(), "{refused:?}");
    let consent = leadpact::Consent { behaviour: true, ..leadpact::Consent::default() };
    let claim =
        leadpact::Claim { id: id.into(), attempt, pact_hash: None, asked: Vec::new(), consent, automated: false };
    json!(lead.hand_off(claim, now()))
}

pub(crate) fn differences(lead: &Value) -> Vec<&str> {
    lead["differences"].as_array().unwrap().iter().map(|difference| difference["what"].as_str().unwrap()).collect()
}

pub(crate) fn started() -> (TempDir, Server) {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path());
    (folder, server)
}

/// What the page sends: the form's own entries, and the two of the module.
pub(crate) fn page(n: usize, attempt: u32, team: u32) -> Value {
    let record = record(&id(n), attempt, &json!({"email": "ana@example.com", "team": team}));
    json!({"leadpact_id": id(n), "leadpact": record, "email": "ana@example.com", "team": team.to_string()})
}

/// Posts a lead with these headers.
pub(crate) fn post(server: &Server, headers: &[(&str, &str)], body: impl Into<Vec<u8>>) -> Answer {
    let mut request = ureq::http::Request::post(format!("{}/leads", server.url));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    server.send(request.body(body.into()).unwrap())
}

/// The ids that are stored, each as often as it is.
pub(crate) fn stored(folder: &Path) -> Vec<String> {
    let connection = rusqlite::Connection::open(folder.join("leads.sqlite")).unwrap();
    let mut find = connection.prepare("SELECT id FROM leads ORDER BY id").unwrap();
    find.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}
