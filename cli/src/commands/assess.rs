//! `assess`: what the engine says of leads in a file.

use crate::leads::{Entry, Lines, Rows};
use crate::{pact_file, say};
use anyhow::{Context, Result};
use leadpact::{Assessment, LeadLine, Time};
use serde::Serialize;
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// How much is read and written at a time.
const BUFFER: usize = 64 * 1024;

/// Assesses the leads of a file, one JSON object a line on stdout
///
/// Leads come as JSON lines, or as CSV with a column a fact. A bad line is named on stderr and does not stop the
/// others; a fact that does not fit the pact is left unknown, with a warning.
///
/// Exit code: 0 all lines were read, 1 some were not, 2 nothing could be read.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The pact, a JSON file
    pact: PathBuf,
    /// The leads, one a line; `-` reads stdin
    leads: PathBuf,
    /// What the leads come as; by the file's ending where not given, on stdin `jsonl`
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Stop at the first line that is bad or has a fact that does not fit
    #[arg(long)]
    strict: bool,
    /// Assess at this time instead of each lead's own `at`, like `2026-11-20T10:00:00Z`
    #[arg(long, value_name = "TIME", value_parser = |text: &str| text.parse::<Time>())]
    at: Option<Time>,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// One JSON object a line
    Jsonl,
    /// A table with a header, separated by `,` or `;`
    Csv,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let pact = pact_file::read(&args.pact)?;
    let stdin = args.leads.as_os_str() == "-";
    let name = if stdin { "<stdin>".to_owned() } else { args.leads.display().to_string() };
    let from: Box<dyn BufRead> = match stdin {
        true => Box::new(io::stdin().lock()),
        false => Box::new(BufReader::with_capacity(BUFFER, open(&args.leads, &name)?)),
    };
    let mut report = Report { name: &name, strict: args.strict, at: args.at, faultless: true };
    let mut to = BufWriter::with_capacity(BUFFER, io::stdout().lock());
    match args.format.unwrap_or_else(|| Format::of(&args.leads)) {
        Format::Jsonl => {
            let mut lines = Lines::new(&pact, from, args.at);
            assess_all(|| lines.next(), &mut report, &mut to)?;
        }
        Format::Csv => {
            let mut rows = Rows::new(&pact, from, args.at).with_context(|| format!("cannot read `{name}`"))?;
            assess_all(|| rows.next(), &mut report, &mut to)?;
        }
    }
    to.flush()?;
    Ok(if report.faultless { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

impl Format {
    fn of(path: &Path) -> Self {
        let csv = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv"));
        if csv { Self::Csv } else { Self::Jsonl }
    }
}

fn open(path: &Path, name: &str) -> Result<File> {
    let file = File::open(path).with_context(|| format!("cannot read `{name}`"))?;
    let folder = file.metadata().is_ok_and(|data| data.is_dir());
    anyhow::ensure!(!folder, "cannot read `{name}`: it is a folder");
    Ok(file)
}

fn assess_all(
    mut next: impl FnMut() -> io::Result<Option<Entry>>,
    report: &mut Report<'_>,
    to: &mut impl Write,
) -> Result<()> {
    while let Some(entry) = next().with_context(|| format!("cannot read on in `{}`", report.name))? {
        if let Some(lead) = report.take(entry) {
            write(&lead, report.at.unwrap_or(lead.at), to)?;
        }
        if report.stops() {
            break;
        }
    }
    Ok(())
}

fn write(line: &LeadLine, at: Time, to: &mut impl Write) -> Result<()> {
    #[derive(Serialize)]
    struct Line<'l> {
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<&'l str>,
        #[serde(flatten)]
        assessment: Assessment,
    }
    serde_json::to_writer(&mut *to, &Line { id: line.id.as_deref(), assessment: line.lead.assess(at) })?;
    to.write_all(b"\n")?;
    Ok(())
}

/// What is said of bad lines, and whether to go on.
struct Report<'n> {
    name: &'n str,
    strict: bool,
    at: Option<Time>,
    faultless: bool,
}

impl Report<'_> {
    /// The lead, where its line can be assessed; says what is wrong with it.
    fn take(&mut self, entry: Entry) -> Option<LeadLine> {
        let place = format!("{}:{}", self.name, entry.line);
        let lead = match entry.lead {
            Ok(lead) => lead,
            Err(problems) => {
                self.faultless = false;
                for problem in &problems.0 {
                    let column = problem.place.map(|(_, column)| format!(":{column}")).unwrap_or_default();
                    say::problem(&format!("{place}{column}"), &problem.to_string());
                }
                return None;
            }
        };
        for refused in &lead.refused {
            let (fact, message) = (&refused.fact, &refused.message);
            let path = if fact == "outcome" { "outcome".to_owned() } else { format!("facts.{fact}") };
            match self.strict {
                true => say::problem(&place, &format!("{path}: {message}")),
                false => say::warning(&place, &format!("{path}: {message}; left unknown")),
            }
        }
        if self.strict && !lead.refused.is_empty() {
            self.faultless = false;
            return None;
        }
        Some(lead)
    }

    fn stops(&self) -> bool {
        self.strict && !self.faultless
    }
}
