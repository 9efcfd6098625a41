//! The thread that writes leads: all that wait go in one transaction, since it is the disk that takes the time.

use super::store::Arrival;
use anyhow::{Context, Result, anyhow};
use rusqlite::{Connection, params};
use std::sync::{Mutex, PoisonError};
use std::thread::JoinHandle;
use tokio::sync::{mpsc, oneshot};

/// How many leads go in one transaction at most.
const MOST: usize = 128;
/// How many leads may wait: as many as may be on their way at once.
const WAITING: usize = super::receive::MOST_RECEIVED;

/// The same id again replaces what is kept, unless its attempt is lower; the time of first receipt stays. Where it does not
/// say its attempt (`?14`), its answers replace what is kept, unless it has none. What was erased comes back only by a higher
/// attempt: that is no retry, the visitor edited it and sent it anew.
const KEEP: &str = "
    INSERT INTO leads (id, attempt, received_at, updated_at, pact, answers, record, behaviour, facts,
                       assessment, sla, asked, differences, change)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, (SELECT coalesce(max(change), 0) + 1 FROM leads))
    ON CONFLICT (id) DO UPDATE SET
        attempt = max(excluded.attempt, leads.attempt), updated_at = excluded.updated_at, pact = excluded.pact,
        answers = excluded.answers, behaviour = excluded.behaviour, facts = excluded.facts,
        record = iif(?14, excluded.record, coalesce(leads.record, excluded.record)),
        assessment = excluded.assessment, sla = excluded.sla,
        asked = excluded.asked, differences = excluded.differences, change = excluded.change, erased_at = NULL
    WHERE iif(leads.erased_at IS NULL, iif(?14, excluded.attempt >= leads.attempt, excluded.answers <> '{}'),
              ?14 AND excluded.attempt > leads.attempt)";

/// A lead, and who waits until the disk has it.
struct Waiting {
    lead: Arrival,
    kept: oneshot::Sender<Result<(), String>>,
}

/// The thread, and the way to it.
pub(super) struct Writer {
    leads: Mutex<Option<mpsc::Sender<Waiting>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Writer {
    /// Starts the thread, which owns the connection.
    pub(super) fn start(connection: Connection) -> Result<Self> {
        // What is wrong with the table is said now and not to the first visitor.
        connection.prepare_cached(KEEP)?;
        let (leads, waiting) = mpsc::channel(WAITING);
        let work = move || write(connection, waiting);
        let thread = std::thread::Builder::new().name("leads".into()).spawn(work).context("no thread for the leads")?;
        Ok(Self { leads: Mutex::new(Some(leads)), thread: Mutex::new(Some(thread)) })
    }

    /// Keeps a lead: when this returns, the disk has it.
    pub(super) async fn keep(&self, lead: Arrival) -> Result<()> {
        let (kept, answer) = oneshot::channel();
        let leads = self.leads.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let leads = leads.context("the store is closed")?;
        leads.send(Waiting { lead, kept }).await.map_err(|_| anyhow!("the store has stopped"))?;
        answer.await.context("the store has stopped")?.map_err(|error| anyhow!(error))
    }

    /// Writes what waits and ends. What is written has left the log for the file itself.
    pub(super) fn close(&self) {
        self.leads.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take() {
            let _ = thread.join();
        }
    }
}

fn write(mut connection: Connection, mut waiting: mpsc::Receiver<Waiting>) {
    let mut together = Vec::with_capacity(MOST);
    while waiting.blocking_recv_many(&mut together, MOST) > 0 {
        let outcomes = transact(&mut connection, &together);
        for (waiting, outcome) in together.drain(..).zip(outcomes) {
            // Whoever sent it may have gone; the lead is kept all the same.
            let _ = waiting.kept.send(outcome);
        }
    }
    let _ = connection.pragma_update(None, "wal_checkpoint", "TRUNCATE");
}

/// Writes these leads; each is kept only if its own statement and the whole transaction worked.
fn transact(connection: &mut Connection, leads: &[Waiting]) -> Vec<Result<(), String>> {
    let mut whole = || -> rusqlite::Result<Vec<Result<(), String>>> {
        let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        let mut outcomes = Vec::with_capacity(leads.len());
        for waiting in leads {
            match insert(&transaction, &waiting.lead) {
                // The disk is full or broken: SQLite has taken everything back.
                Err(error) if transaction.is_autocommit() => return Err(error),
                outcome => outcomes.push(outcome.map_err(|error| error.to_string())),
            }
        }
        transaction.commit()?;
        Ok(outcomes)
    };
    whole().unwrap_or_else(|error| vec![Err(error.to_string()); leads.len()])
}

fn insert(connection: &Connection, Arrival { row, record, numbered }: &Arrival) -> rusqlite::Result<()> {
    connection.prepare_cached(KEEP)?.execute(params![
        row.id,
        row.attempt,
        row.received_at.0,
        row.updated_at.0,
        row.pact,
        row.answers,
        record,
        row.behaviour,
        row.facts,
        row.assessment,
        row.sla,
        row.asked,
        row.differences,
        numbered,
    ])?;
    Ok(())
}
