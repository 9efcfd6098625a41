//! The released server on a store of its own, and the leads that are sent to it.

use rusqlite::Connection;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

const PACT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../www/pacts/saas/pact.json");

/// A running server; dropped, it is killed.
pub(crate) struct Server {
    child: Child,
    pub(crate) url: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    /// Starts the server on the leads of this folder.
    pub(crate) fn start(folder: &Path) -> Self {
        let mut program = Command::new(env!("CARGO_BIN_EXE_leadpact"));
        program.args(["serve", "--port", "0", "--pact", PACT, "--db"]).arg(store(folder));
        let mut child = program.stdout(Stdio::piped()).spawn().expect("the server starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("piped")).read_line(&mut line).expect("the server speaks");
        let url = line.trim().strip_prefix("listening on ").expect("its address").to_owned() + "/leads";
        Self { child, url }
    }

    /// Kills it, as a crash does.
    pub(crate) fn kill(mut self) {
        self.child.kill().expect("it runs");
    }

    /// Its process.
    pub(crate) fn process(&self) -> u32 {
        self.child.id()
    }
}

fn store(folder: &Path) -> PathBuf {
    folder.join("leads.sqlite")
}

/// The ids that are stored, and how many rows there are.
pub(crate) fn stored(folder: &Path) -> (BTreeSet<String>, usize) {
    let connection = Connection::open(store(folder)).expect("the store opens");
    let mut find = connection.prepare("SELECT id FROM leads").expect("it has leads");
    let ids: Vec<String> =
        find.query_map([], |row| row.get(0)).expect("they are read").map(|id| id.expect("a text")).collect();
    let rows = ids.len();
    (ids.into_iter().collect(), rows)
}

/// What the page of the demo sends of a visitor who answered all, under this id.
pub(crate) fn body(id: &str) -> String {
    let pact: leadpact::Pact = std::fs::read_to_string(PACT).expect("the demo's pact").parse().expect("a sound pact");
    let now = leadpact::Time(jiff::Timestamp::now().as_millisecond());
    let mut lead = leadpact::Lead::new(&pact);
    let mut entries = serde_json::Map::new();
    for field in &pact.fields {
        let answer = match field.kind.options().first() {
            Some(option) => option.value.clone(),
            None => match field.kind.name() {
                "email" => "ana@example.com",
                "phone" => "+33 1 99 00 12 34",
                "url" => "https://www.example.com/",
                "number" => "60",
                "yes_no" => "true",
                _ => "We weld frames and look for a way to quote faster.",
            }
            .to_owned(),
        };
        if lead.take(&field.id, &leadpact::Value::Text(answer.clone()), now).is_ok() {
            entries.insert(field.id.clone(), json!(answer));
        }
    }
    let consent = leadpact::Consent::default();
    let claim = leadpact::Claim {
        id: id.to_owned(),
        attempt: 1,
        pact_hash: None,
        asked: Vec::new(),
        consent,
        automated: false,
    };
    entries.insert("leadpact".into(), json!(lead.hand_off(claim, now)));
    entries.insert("leadpact_id".into(), json!(id));
    Value::Object(entries).to_string()
}
