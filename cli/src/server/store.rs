//! Where leads are kept: one row a lead, by its id.

use anyhow::{Context, Result};
use leadpact::Time;
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::Value as Json;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How many leads are shown.
const SHOWN: u32 = 50;

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS leads (
        number INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        attempt INTEGER NOT NULL,
        received_at INTEGER NOT NULL, -- first received, milliseconds since 1970
        updated_at INTEGER NOT NULL,
        pact TEXT NOT NULL,           -- JSON: id, revision, hash
        answers TEXT NOT NULL,        -- JSON: what the form itself sent
        record TEXT,                  -- as it was sent
        behaviour INTEGER NOT NULL,
        facts TEXT NOT NULL,          -- JSON: what was assessed
        assessment TEXT,              -- JSON: the server's own; none where it failed
        sla TEXT,                     -- JSON
        asked TEXT NOT NULL,          -- JSON
        differences TEXT NOT NULL     -- JSON
    ) STRICT;
    CREATE INDEX IF NOT EXISTS leads_by_time ON leads (received_at);
    PRAGMA user_version = 1;";

/// A lead as it is kept.
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    /// The submission's id.
    pub(crate) id: String,
    /// Which version of the answers this is.
    pub(crate) attempt: u32,
    /// When it first arrived.
    pub(crate) received_at: Time,
    /// When this version arrived.
    pub(crate) updated_at: Time,
    /// The pact that it was held against: id, revision, hash.
    pub(crate) pact: Json,
    /// What the form itself sent.
    pub(crate) answers: Json,
    /// The record as it was sent.
    pub(crate) record: Option<String>,
    /// Whether behaviour was measured.
    pub(crate) behaviour: bool,
    /// The facts that were assessed.
    pub(crate) facts: Json,
    /// The server's own assessment.
    pub(crate) assessment: Option<Json>,
    /// What sales promises.
    pub(crate) sla: Option<Json>,
    /// The questions that were asked.
    pub(crate) asked: Json,
    /// Where the record claims something else, and what else is doubtful.
    pub(crate) differences: Json,
}

/// The leads of one server.
#[derive(Clone)]
pub(crate) struct Store(Arc<Mutex<Connection>>);

impl Store {
    /// Opens the file, or makes it.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let open = || -> rusqlite::Result<Connection> {
            let connection = Connection::open(path)?;
            connection.busy_timeout(Duration::from_secs(10))?;
            connection.pragma_update(None, "journal_mode", "WAL")?;
            // An answer is given only when the disk has the lead.
            connection.pragma_update(None, "synchronous", "FULL")?;
            connection.execute_batch(SCHEMA)?;
            Ok(connection)
        };
        let connection = open().with_context(|| format!("cannot keep leads in `{}`", path.display()))?;
        Ok(Self(Arc::new(Mutex::new(connection))))
    }

    /// Keeps a lead. The same id again replaces what is kept, unless its attempt is lower; the time of first receipt
    /// stays.
    pub(crate) fn keep(&self, lead: &Kept) -> Result<()> {
        self.lock().execute(
            "INSERT INTO leads (id, attempt, received_at, updated_at, pact, answers, record, behaviour, facts,
                                assessment, sla, asked, differences)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
             ON CONFLICT (id) DO UPDATE SET
                attempt = excluded.attempt, updated_at = excluded.updated_at, pact = excluded.pact,
                answers = excluded.answers, record = excluded.record, behaviour = excluded.behaviour,
                facts = excluded.facts, assessment = excluded.assessment, sla = excluded.sla,
                asked = excluded.asked, differences = excluded.differences
             WHERE excluded.attempt >= leads.attempt",
            params![
                lead.id,
                lead.attempt,
                lead.received_at.0,
                lead.updated_at.0,
                lead.pact.to_string(),
                lead.answers.to_string(),
                lead.record,
                lead.behaviour,
                lead.facts.to_string(),
                lead.assessment.as_ref().map(Json::to_string),
                lead.sla.as_ref().map(Json::to_string),
                lead.asked.to_string(),
                lead.differences.to_string(),
            ],
        )?;
        Ok(())
    }

    /// When the lead with this id first arrived.
    pub(crate) fn received_at(&self, id: &str) -> Result<Option<Time>> {
        let connection = self.lock();
        let mut find = connection.prepare_cached("SELECT received_at FROM leads WHERE id = ?1")?;
        Ok(find.query_row([id], |row| row.get(0).map(Time)).optional()?)
    }

    /// The lead with this id.
    pub(crate) fn get(&self, id: &str) -> Result<Option<Kept>> {
        let connection = self.lock();
        let mut find = connection.prepare_cached("SELECT * FROM leads WHERE id = ?1")?;
        Ok(find.query_row([id], read).optional()?)
    }

    /// The last leads, the newest first.
    pub(crate) fn last(&self) -> Result<Vec<Kept>> {
        let connection = self.lock();
        let mut find =
            connection.prepare_cached("SELECT * FROM leads ORDER BY received_at DESC, number DESC LIMIT ?1")?;
        let leads = find.query_map([SHOWN], read)?.collect::<rusqlite::Result<Vec<Kept>>>()?;
        Ok(leads)
    }

    /// A statement either ran or did not, so what another thread left behind can be used.
    fn lock(&self) -> MutexGuard<'_, Connection> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<Kept> {
    let json = |name: &str| -> rusqlite::Result<Option<Json>> {
        let text: Option<String> = row.get(name)?;
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
    };
    Ok(Kept {
        id: row.get("id")?,
        attempt: row.get("attempt")?,
        received_at: Time(row.get("received_at")?),
        updated_at: Time(row.get("updated_at")?),
        pact: json("pact")?.unwrap_or_default(),
        answers: json("answers")?.unwrap_or_default(),
        record: row.get("record")?,
        behaviour: row.get("behaviour")?,
        facts: json("facts")?.unwrap_or_default(),
        assessment: json("assessment")?,
        sla: json("sla")?,
        asked: json("asked")?.unwrap_or_default(),
        differences: json("differences")?.unwrap_or_default(),
    })
}
