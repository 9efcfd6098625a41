//! Taking leads out of the store: that one was there stays known, so that a retry does not bring it back.

use super::store::{self, VERSION};
use anyhow::{Context, Result, ensure};
use leadpact::Time;
use rusqlite::{Connection, TransactionBehavior, params};
use std::collections::BTreeSet;
use std::path::Path;

/// How many leads are erased in one transaction: a server that runs waits for no more.
const TOGETHER: usize = 200;

/// Which leads.
pub(crate) enum Which<'a> {
    /// The one with this id.
    Id(&'a str),
    /// Those with this e-mail address as a whole answer.
    Email(&'a str),
    /// Those of which nothing came at this time or since.
    Before(Time),
}

/// What was erased.
pub(crate) struct Erased {
    /// The ids, by what was asked for.
    pub(crate) ids: Vec<Vec<String>>,
    /// Whether nothing of them stands in the store's log any more; else it does until the server is stopped.
    pub(crate) from_log: bool,
}

/// What is left of a lead: its id, its attempt, and its times.
const ERASE: &str = "
    UPDATE leads SET
        pact = 'null', answers = '{}', record = NULL, behaviour = 0, facts = '{}', assessment = NULL, sla = NULL,
        asked = '[]', differences = '[]', change = (SELECT max(change) + 1 FROM leads), erased_at = ?2
    WHERE id = ?1 AND erased_at IS NULL";

/// Answers may be lists; a record may be all that there is of a lead.
const BY_EMAIL: &str = "
    SELECT id FROM leads WHERE erased_at IS NULL AND EXISTS (
        SELECT 1 FROM (
            SELECT atom FROM json_tree(leads.answers) UNION ALL SELECT atom FROM json_tree(leads.facts) UNION ALL
            SELECT atom FROM json_tree(iif(json_valid(leads.record), leads.record, 'null')))
        WHERE lower(trim(atom)) = lower(trim(?1)))
    ORDER BY received_at";

/// Erases leads for good.
///
/// A server may run on the same file in the meantime.
///
/// # Errors
/// There is no such file, it is none of ours or of another version, or it cannot be written.
pub(crate) fn erase(path: &Path, which: &[Which<'_>], now: Time) -> Result<Erased> {
    let erase = || -> Result<Erased> {
        ensure!(path.is_file(), "there is no such file");
        let mut connection = store::open(path)?;
        let version = store::version(&connection)?;
        ensure!(version != 0, "it is no store of leads");
        ensure!(
            version == VERSION,
            "its version is {version}, expected {VERSION}: start the server once, of this version"
        );
        let ids = which.iter().map(|one| find(&connection, one)).collect::<rusqlite::Result<Vec<_>>>()?;
        let all: Vec<&String> = ids.iter().flatten().collect::<BTreeSet<_>>().into_iter().collect();
        for some in all.chunks(TOGETHER) {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            for id in some {
                transaction.execute(ERASE, params![id, now.0])?;
            }
            transaction.commit()?;
        }
        // Until then what was erased stands in the log; it waits for whoever reads at this moment.
        let busy: i64 = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
        Ok(Erased { ids, from_log: busy == 0 })
    };
    erase().with_context(|| format!("cannot erase leads in `{}`", path.display()))
}

fn find(connection: &Connection, which: &Which<'_>) -> rusqlite::Result<Vec<String>> {
    let ids = |statement: &str, parameter: &dyn rusqlite::ToSql| {
        let mut find = connection.prepare_cached(statement)?;
        find.query_map([parameter], |row| row.get(0))?.collect()
    };
    match which {
        Which::Id(id) => ids("SELECT id FROM leads WHERE erased_at IS NULL AND id = ?1", id),
        Which::Email(address) => ids(BY_EMAIL, address),
        Which::Before(time) => {
            ids("SELECT id FROM leads WHERE erased_at IS NULL AND updated_at < ?1 ORDER BY received_at", &time.0)
        }
    }
}
