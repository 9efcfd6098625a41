//! `conform`: holds an endpoint against what pages expect of it.

use crate::conformance::{self, Check, Endpoint, Foreign, Outcome, Stored, Wrong};
use crate::pact_file;
use crate::say::{self, BOLD, GREEN, RED, YELLOW};
use crate::server::Origin;
use anyhow::{Result, anyhow};
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

/// Holds any endpoint that receives leads against what pages expect of it
///
/// It WRITES LEADS there: about twenty, some of them again and again, of `example.com` addresses, with ids that begin
/// with eight zeros, and the answer `LeadPact conformance` where the pact has a text field. Not for an endpoint that
/// calls somebody up for each.
///
/// With `--stored`, acknowledged leads are read back from an address that takes `?id=` and gives a JSON list of
/// objects with `id`, `attempt` and `differences` (each with `what`), and, where it gives them, with `answers`, all that
/// the form sent, which an edit must change and an older attempt must not; other keys are passed over.
///
/// Exit code: 0 everything passed, 1 something failed, 2 nothing could be checked.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The endpoint, the address that the form's `action` or the pact's `deliver` names
    #[arg(value_name = "URL")]
    url: String,
    /// Where stored leads can be read; `/leads.json` of the same server where no address is given
    #[arg(long, value_name = "URL", num_args = 0..=1, require_equals = true, default_missing_value = "/leads.json")]
    stored: Option<String>,
    /// The pact of the leads; without it, one that the endpoint need not know
    #[arg(long, value_name = "FILE")]
    pact: Option<PathBuf>,
    /// What the endpoint does with leads from pages of other sites; either where not given
    #[arg(long, value_enum)]
    foreign_origin: Option<Foreign>,
    /// A site whose pages deliver there by fetch: they must be able to read the answer
    #[arg(long, value_name = "SITE")]
    page_origin: Option<Origin>,
    /// The longest body that the endpoint takes, in bytes
    #[arg(long, value_name = "BYTES", default_value_t = 256 * 1024, value_parser = clap::value_parser!(u32).range(1_024..=16_777_216))]
    limit: u32,
    /// How long an answer may take, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=120))]
    timeout: u64,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let pact = match &args.pact {
        Some(file) => pact_file::read(file)?,
        None => conformance::PACT.parse().map_err(|problems| anyhow!("{problems}"))?,
    };
    let stored = args.stored.as_deref().map(|text| Stored::at(text, &args.url)).transpose()?;
    let endpoint = Endpoint::new(&args.url, pact, stored, Duration::from_secs(args.timeout))?;
    let page_origin = args.page_origin.as_ref().map(ToString::to_string);
    let endpoint = endpoint.expecting(args.foreign_origin, page_origin, usize::try_from(args.limit)?);
    endpoint.reach()?;
    let (mut passed, mut failed, mut skipped) = (0, 0, 0);
    for check in conformance::checks() {
        let outcome = check.run(&endpoint);
        *match outcome {
            Ok(()) => &mut passed,
            Err(Wrong::Failed(_)) => &mut failed,
            Err(Wrong::Skipped(_)) => &mut skipped,
        } += 1;
        write!(anstream::stdout().lock(), "{}", row(check, &outcome))?;
    }
    let mut last = format!("\n{passed} passed, {failed} failed, {skipped} skipped");
    if args.stored.is_none() {
        last.push_str("; what is stored was not read: --stored");
    }
    writeln!(anstream::stdout().lock(), "{last}")?;
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// A line a check; where it failed, what was expected, what was found and what to look at.
fn row(check: &Check, outcome: &Outcome) -> String {
    let Check { id, what, expected, hint, .. } = check;
    let (verdict, style, more) = match outcome {
        Ok(()) => ("pass", GREEN, None),
        Err(Wrong::Failed(found)) => ("FAIL", RED, Some(found)),
        Err(Wrong::Skipped(_)) => ("skip", YELLOW, None),
    };
    let mut text = format!("{style}{verdict}{style:#}  {BOLD}{id:<14}{BOLD:#}{what}");
    if let Err(Wrong::Skipped(why)) = outcome {
        let _ = write!(text, ": {why}");
    }
    text.push('\n');
    if let Some(found) = more {
        for (name, words) in [("expected", *expected), ("found", &say::plain(found)), ("hint", *hint)] {
            let _ = writeln!(text, "{:20}{name:<10}{words}", "");
        }
    }
    text
}
