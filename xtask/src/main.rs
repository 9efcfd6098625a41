//! Every chore of the project, one file each; `cargo xtask --help` lists them.

mod bench;
mod browsers;
mod build;
mod demo;
mod node;
mod parts;
mod paths;
mod report;
mod run;
mod setup;
mod sizes;
mod supply;
mod sysroot;
mod test;
mod test_runner;
mod toolchain;
mod torture;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The chores of LeadPact. Start with `cargo xtask demo`; before a pull request, `cargo xtask test`.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Installs what is missing to build and test: a compiler for wasm32, npm packages, three browsers
    Setup,
    /// Builds the module for web pages into `pkg/`, and its twin for Node into `target/wasm-node/`
    Build,
    /// Builds everything and serves the demo, with the leads it receives
    Demo(demo::Args),
    /// Runs every check and test, or one step of them
    Test(test::Args),
    /// Weighs what a visitor loads against its ceiling and the table in `docs/sizes.md`
    Sizes(sizes::Args),
    /// Checks lock files and licences, and the list of them in `THIRD-PARTY.md`
    Supply(supply::Args),
    /// Runs the benchmarks: in Node against the built module, then `cargo bench`
    Bench,
    /// Compares ways to ask, or another report that takes minutes
    Report(report::Args),
    /// Has each call that the module makes of the platform fail in turn: no lead may be lost, and none doubled
    #[command(disable_help_flag = true)]
    Torture(torture::Args),
    /// Runs one compiled wasm test file; `cargo test` calls this, people do not
    #[command(hide = true, disable_help_flag = true)]
    TestRunner {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<OsString>,
    },
}

fn main() -> ExitCode {
    let done = match Cli::parse().verb {
        Verb::Setup => setup::setup(),
        Verb::Build => build::build().map(|_| ()),
        Verb::Demo(args) => demo::demo(&args),
        Verb::Test(args) => test::test(&args),
        Verb::Sizes(args) => sizes::sizes(&args),
        Verb::Supply(args) => supply::supply(&args),
        Verb::Bench => bench::bench(),
        Verb::Report(args) => report::report(&args),
        Verb::Torture(args) => torture::torture(&args),
        Verb::TestRunner { args } => test_runner::test_runner(args),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
