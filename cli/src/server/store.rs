//! Where leads are kept: one row a lead, by its id.

use super::writer::Writer;
use anyhow::{Context, Result, ensure};
use leadpact::Time;
use rusqlite::{Connection, OptionalExtension, ToSql, TransactionBehavior};
use serde_json::Value as Json;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How many leads are shown.
const SHOWN: u32 = 50;
/// How long another program may hold the file before a lead is refused: less than a page waits for its answer.
const HELD: Duration = Duration::from_secs(5);
/// The version of the table that this program writes.
pub(super) const VERSION: i64 = 2;

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
        differences TEXT NOT NULL,    -- JSON
        change INTEGER NOT NULL DEFAULT 0, -- of all writes, which one was this row's last
        erased_at INTEGER             -- of a lead of which nothing is left but that it was there
    ) STRICT;
    CREATE INDEX IF NOT EXISTS leads_by_time ON leads (received_at);
    CREATE UNIQUE INDEX IF NOT EXISTS leads_by_change ON leads (change);";

/// What a table of version 1 lacks.
const FROM_1: &str = "
    ALTER TABLE leads ADD COLUMN change INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE leads ADD COLUMN erased_at INTEGER;
    UPDATE leads SET change = number;";

/// What is looked at of a lead.
const LOOK: &str = "
    SELECT id, attempt, received_at, updated_at, pact, answers, behaviour, facts, assessment, sla, asked, differences
    FROM leads WHERE erased_at IS NULL";

/// A lead's row; texts are JSON where nothing else is said.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    /// The submission's id, which is no JSON.
    pub(crate) id: String,
    /// Which version of the answers this is.
    pub(crate) attempt: u32,
    /// When it first arrived.
    pub(crate) received_at: Time,
    /// When this version arrived.
    pub(crate) updated_at: Time,
    /// The pact that it was held against: id, revision, hash.
    pub(crate) pact: String,
    /// What the form itself sent.
    pub(crate) answers: String,
    /// Whether behaviour was measured.
    pub(crate) behaviour: bool,
    /// The facts that were assessed.
    pub(crate) facts: String,
    /// The server's own assessment.
    pub(crate) assessment: Option<String>,
    /// What sales promises.
    pub(crate) sla: Option<String>,
    /// The questions that were asked.
    pub(crate) asked: String,
    /// Where the record claims something else, and what else is doubtful.
    pub(crate) differences: String,
}

/// A lead that is to be kept.
#[derive(Clone, Debug)]
pub(crate) struct Arrival {
    pub(crate) row: Row,
    /// The record as it was sent.
    pub(crate) record: Option<String>,
    /// The record can be read, and says which attempt this is. Of one that came without, the answers count as the newest,
    /// and the record and the attempt that are stored stay.
    pub(crate) numbered: bool,
}

/// A lead as it is looked at: see [`Row`].
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    pub(crate) id: String,
    pub(crate) attempt: u32,
    pub(crate) received_at: Time,
    pub(crate) updated_at: Time,
    pub(crate) pact: Json,
    pub(crate) answers: Json,
    pub(crate) behaviour: bool,
    pub(crate) facts: Json,
    pub(crate) assessment: Option<Json>,
    pub(crate) sla: Option<Json>,
    pub(crate) asked: Json,
    pub(crate) differences: Json,
}

/// What the page of thanks says of a lead.
#[derive(Clone, Debug)]
pub(crate) struct Brief {
    pub(crate) pact: Json,
    pub(crate) assessment: Option<Json>,
}

/// The leads of one server, on three connections, so that none of these waits for another: writing, what every lead needs,
/// and looking at leads.
pub(crate) struct Store {
    writer: Writer,
    /// A few values of one lead.
    quick: Mutex<Connection>,
    /// Whole leads.
    whole: Mutex<Connection>,
}

impl Store {
    /// Opens the file, or makes it.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let open = || -> Result<Self> {
            let connection = connect(path)?;
            let [quick, whole] = [reader(path)?, reader(path)?];
            Ok(Self { writer: Writer::start(connection)?, quick, whole })
        };
        open().with_context(|| format!("cannot keep leads in `{}`", path.display()))
    }

    /// Keeps a lead. The same id again replaces what is kept, unless its attempt is lower; the time of first receipt
    /// stays. When this returns, the disk has it.
    pub(crate) async fn keep(&self, lead: Arrival) -> Result<()> {
        self.writer.keep(lead).await
    }

    /// Writes what waits, and puts everything into the one file.
    pub(crate) fn close(&self) {
        self.writer.close();
    }

    /// When the lead with this id first arrived, one that was erased since as well.
    pub(crate) fn received_at(&self, id: &str) -> Result<Option<Time>> {
        let connection = lock(&self.quick);
        let mut find = connection.prepare_cached("SELECT received_at FROM leads WHERE id = ?1")?;
        Ok(find.query_row([id], |row| row.get(0).map(Time)).optional()?)
    }

    /// The record of the lead with this id, as it was sent.
    pub(crate) fn record(&self, id: &str) -> Result<Option<String>> {
        let connection = lock(&self.quick);
        let mut find = connection.prepare_cached("SELECT record FROM leads WHERE id = ?1 AND erased_at IS NULL")?;
        Ok(find.query_row([id], |row| row.get(0)).optional()?.flatten())
    }

    /// What to thank for the lead with this id.
    pub(crate) fn brief(&self, id: &str) -> Result<Option<Brief>> {
        let texts: Option<(String, Option<String>)> = {
            let connection = lock(&self.quick);
            let mut find =
                connection.prepare_cached("SELECT pact, assessment FROM leads WHERE id = ?1 AND erased_at IS NULL")?;
            find.query_row([id], |row| Ok((row.get(0)?, row.get(1)?))).optional()?
        };
        Ok(texts.map(|(pact, assessment)| Brief { pact: json(&pact), assessment: assessment.as_deref().map(json) }))
    }

    /// The lead with this id.
    pub(crate) fn get(&self, id: &str) -> Result<Option<Kept>> {
        Ok(self.find("AND id = ?1", id)?.pop())
    }

    /// The last leads, the newest first.
    pub(crate) fn last(&self) -> Result<Vec<Kept>> {
        self.find("ORDER BY received_at DESC, number DESC LIMIT ?1", SHOWN)
    }

    fn find(&self, which: &str, parameter: impl ToSql) -> Result<Vec<Kept>> {
        let rows = {
            let connection = lock(&self.whole);
            let mut find = connection.prepare_cached(&format!("{LOOK} {which}"))?;
            find.query_map([parameter], read)?.collect::<rusqlite::Result<Vec<Row>>>()?
        };
        // Reading the texts takes most of the time, and no connection.
        Ok(rows.into_iter().map(Kept::from).collect())
    }
}

/// A statement either ran or did not, so what another thread left behind can be used.
fn lock(connection: &Mutex<Connection>) -> MutexGuard<'_, Connection> {
    connection.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A connection that writes. Nothing is written yet.
pub(super) fn open(path: &Path) -> Result<Connection> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(HELD)?;
    // An answer is given only when the disk has the lead; on macOS, `FULL` alone leaves it in the drive's memory.
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "fullfsync", true)?;
    // What is erased, now or by another program later, has left no copy in the file's free places.
    connection.pragma_update(None, "secure_delete", true)?;
    Ok(connection)
}

/// The same to a store that is as this program writes it.
fn connect(path: &Path) -> Result<Connection> {
    keep_private(path);
    let mut connection = open(path)?;
    let version = version(&connection)?;
    ensure!(version <= VERSION, "its version is {version}, made by a newer leadpact; expected {VERSION} at most");
    connection.pragma_update(None, "journal_mode", "WAL")?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Another program may have done it in the meantime.
    let old = self::version(&transaction)? == 1;
    if old {
        transaction.execute_batch(FROM_1)?;
    }
    transaction.execute_batch(SCHEMA)?;
    transaction.pragma_update(None, "user_version", VERSION)?;
    transaction.commit()?;
    if old {
        connection.execute_batch("VACUUM")?; // free places may hold copies
    }
    Ok(connection)
}

/// The version of the table; 0 where there is none.
pub(super) fn version(connection: &Connection) -> rusqlite::Result<i64> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}

/// A connection that only reads.
fn reader(path: &Path) -> Result<Mutex<Connection>> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(HELD)?;
    connection.pragma_update(None, "query_only", true)?;
    Ok(Mutex::new(connection))
}

/// Makes the file where there is none, for nobody else on this machine to read: it holds what people said of themselves.
/// SQLite gives its log the same rights, and says what is wrong with the path.
fn keep_private(path: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        let _ = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    }
    #[cfg(not(unix))]
    let _ = path;
}

fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Row> {
    Ok(Row {
        id: row.get("id")?,
        attempt: row.get("attempt")?,
        received_at: Time(row.get("received_at")?),
        updated_at: Time(row.get("updated_at")?),
        pact: row.get("pact")?,
        answers: row.get("answers")?,
        behaviour: row.get("behaviour")?,
        facts: row.get("facts")?,
        assessment: row.get("assessment")?,
        sla: row.get("sla")?,
        asked: row.get("asked")?,
        differences: row.get("differences")?,
    })
}

fn json(text: &str) -> Json {
    serde_json::from_str(text).unwrap_or_default()
}

impl From<Row> for Kept {
    fn from(row: Row) -> Self {
        Self {
            pact: json(&row.pact),
            answers: json(&row.answers),
            facts: json(&row.facts),
            assessment: row.assessment.as_deref().map(json),
            sla: row.sla.as_deref().map(json),
            asked: json(&row.asked),
            differences: json(&row.differences),
            id: row.id,
            attempt: row.attempt,
            received_at: row.received_at,
            updated_at: row.updated_at,
            behaviour: row.behaviour,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_commit_waits_for_the_disk() {
        let folder = tempfile::tempdir().unwrap();
        let connection = connect(&folder.path().join("leads.sqlite")).unwrap();
        let setting = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0)).unwrap();
        let journal: String = connection.pragma_query_value(None, "journal_mode", |row| row.get(0)).unwrap();
        assert_eq!((journal.as_str(), setting("synchronous"), setting("fullfsync")), ("wal", 2, 1));
    }
}
