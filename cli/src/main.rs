//! The command line of LeadPact: checks pacts, assesses leads, says what to ask them and what is known of them, receives them, and
//! holds other receivers against what pages expect.

mod autocomplete;
mod commands;
mod conformance;
mod inventory;
mod language;
mod leads;
mod pact_file;
mod places;
mod say;
mod server;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// One pact between marketing and sales: check it, score leads with it, know what to ask, receive them
#[derive(Parser)]
#[command(name = "leadpact", version, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Check(commands::check::Args),
    Assess(commands::assess::Args),
    Ask(commands::ask::Args),
    Inventory(commands::inventory::Args),
    Serve(commands::serve::Args),
    Erase(commands::erase::Args),
    Conform(commands::conform::Args),
}

fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Check(args) => commands::check::run(&args),
        Command::Assess(args) => commands::assess::run(&args),
        Command::Ask(args) => commands::ask::run(&args),
        Command::Inventory(args) => commands::inventory::run(&args),
        Command::Serve(args) => commands::serve::run(args),
        Command::Erase(args) => commands::erase::run(&args),
        Command::Conform(args) => commands::conform::run(&args),
    };
    match outcome {
        Ok(code) => code,
        Err(error) if say::is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            say::error(&format!("{error:#}"));
            ExitCode::from(2)
        }
    }
}
