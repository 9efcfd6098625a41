//! `demo`: from a fresh clone to a page in the browser.

use std::fs;
use std::path::PathBuf;

use anyhow::Result;

use crate::{build, paths, run};

/// Options of `demo`.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The port on this machine
    #[arg(long, default_value_t = 8080)]
    port: u16,
}

/// Builds the module and the program, and serves the demo until it is interrupted.
pub(crate) fn demo(args: &Args) -> Result<()> {
    // Installs what it needs itself; browsers and drivers would take minutes more.
    build::build()?;
    let leadpact = program()?;
    fs::create_dir_all(paths::target(""))?;
    let port = args.port;
    eprintln!();
    eprintln!("   The demo           http://localhost:{port}/      (English: http://localhost:{port}/en/)");
    eprintln!("   What sales reads   http://localhost:{port}/leads");
    eprintln!("   Ctrl-C stops it; the leads stay in {}", paths::shown(&paths::target("demo.sqlite")));
    eprintln!();
    let mut serve = run::program(leadpact);
    serve.args(["serve", "--pact", "www/pacts", "--www", "www", "--module", "pkg", "--db"]);
    run::run(serve.arg(paths::target("demo.sqlite")).args(["--port", &port.to_string()]))
}

/// Builds the command line and returns where it is.
fn program() -> Result<PathBuf> {
    run::step("command line", || run::run(run::cargo().args(["build", "--release", "--package", "leadpact-cli"])))?;
    Ok(paths::target("release/leadpact"))
}

/// The same with the checks for overflow, for tests, which have it built already.
pub(crate) fn tested_program() -> Result<PathBuf> {
    run::step("command line", || run::run(run::cargo().args(["build", "--package", "leadpact-cli"])))?;
    Ok(paths::target("debug/leadpact"))
}
