//! `erase`: takes leads out of the store.

use crate::server::{Which, erase};
use anyhow::Result;
use leadpact::Time;
use std::collections::BTreeSet;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

const DAY: i64 = 86_400_000;

/// Erases leads from the store of `serve`, for good
///
/// For people who ask for it, and for leads that were kept for long enough. Of an erased lead stay its id, its `attempt`
/// and its times: the same request that comes late brings nothing back. A server may go on running. Prints the ids.
/// Backups and what was passed on to a CRM are yours to erase.
///
/// Exit code: 0 all that was named is erased, 1 some of it was not there or stands in the log of a store that another
/// program reads, 2 nothing could be erased.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The SQLite file that keeps the leads
    #[arg(long, value_name = "FILE", default_value = "leads.sqlite")]
    db: PathBuf,
    #[command(flatten)]
    leads: Leads,
}

#[derive(clap::Args)]
#[group(required = true, multiple = true)]
struct Leads {
    /// The ids of leads
    #[arg(value_name = "ID")]
    id: Vec<String>,
    /// All leads with this e-mail address as an answer; may be given several times
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    email: Vec<String>,
    /// All leads of which nothing came for so many days
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..))]
    older_than: Option<u32>,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let now = jiff::Timestamp::now().as_millisecond();
    let Leads { id, email, older_than } = &args.leads;
    let named = id.iter().map(|id| Which::Id(id)).chain(email.iter().map(|email| Which::Email(email)));
    let old = older_than.map(|days| Which::Before(Time(now - i64::from(days) * DAY)));
    let which: Vec<_> = named.chain(old).collect();
    let erased = erase(&args.db, &which, Time(now))?;
    let mut whole = erased.from_log;
    if !whole {
        crate::say::error(
            "the store's log still holds what was erased: another program reads it; erase again, or stop the server",
        );
    }
    for (which, ids) in which.iter().zip(&erased.ids) {
        if let (Which::Id(name) | Which::Email(name), []) = (which, ids.as_slice()) {
            whole = false;
            crate::say::error(&format!("no lead is stored with `{name}`"));
        }
    }
    let mut out = anstream::stdout().lock();
    let ids: BTreeSet<&String> = erased.ids.iter().flatten().collect();
    for id in ids {
        writeln!(out, "{id}")?;
    }
    Ok(if whole { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// Text that may be an address: a blank one would be found in nearly every lead.
fn address(text: &str) -> Result<String, String> {
    let parts = text.trim().split_once('@');
    let is_one = parts.is_some_and(|(name, host)| !name.is_empty() && !host.is_empty());
    if is_one { Ok(text.to_owned()) } else { Err("expected an address like `ana@example.com`".to_owned()) }
}
