//! `inventory`: what a page with this pact asks, measures, keeps and sends.

use crate::inventory::{Delivery, Inventory, in_words};
use crate::language::Language;
use crate::pact_file;
use anyhow::Result;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

/// Lists every datum of a pact: its purpose, how long it stays on the device, whether consent is needed, who gets it
///
/// For records of processing and privacy notices, in French and in English. Exit code: 0 listed, 2 the pact could not
/// be read.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The pact, a JSON file; `-` reads stdin
    pact: PathBuf,
    /// The language, `fr` or `en`; both where not given
    #[arg(long)]
    locale: Option<Language>,
    /// For how many days the page remembers: its `data-leadpact-retention`
    #[arg(long, value_name = "DAYS", default_value_t = 90, value_parser = clap::value_parser!(u32).range(1..=395))]
    retention: u32,
    /// How the page delivers its form
    #[arg(long, value_enum, default_value_t = Delivery::Native)]
    delivery: Delivery,
    /// How to list it
    #[arg(long, value_enum, default_value_t = Format::Markdown)]
    format: Format,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Format {
    /// For people: a table a language
    Markdown,
    /// For programs: one JSON object
    Json,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let pact = pact_file::read(&args.pact)?;
    let inventory = Inventory::of(&pact, args.retention, args.delivery);
    let mut out = anstream::stdout().lock();
    match args.format {
        Format::Json => writeln!(out, "{}", serde_json::to_string_pretty(&inventory)?)?,
        Format::Markdown => {
            let both = [Language::French, Language::English];
            let pages: Vec<String> = both
                .into_iter()
                .filter(|language| args.locale.is_none_or(|wanted| wanted == *language))
                .map(|language| in_words(&inventory, &pact, language))
                .collect();
            write!(out, "{}", pages.join("\n"))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
