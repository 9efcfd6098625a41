//! `torture`: whatever the module calls of the platform fails in turn, and no lead is lost.

use std::process::Command;

use anyhow::Result;

use crate::browsers::Engine;
use crate::{build, demo, paths, run};

/// Options of `torture`.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// What `node tests/faults/torture.mjs --help` lists: `--mode B`, `--sample 200 --seed 7`, `--only NAME`
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    args: Vec<String>,
}

/// Every fault, which takes the better part of an hour, or those that are asked for.
pub(crate) fn torture(args: &Args) -> Result<()> {
    let mut node = program()?;
    run::run(node.args(&args.args))
}

/// The program that has the faults come to pass, for what is built now.
pub(crate) fn program() -> Result<Command> {
    let package = build::build()?.package.clone();
    let leadpact = demo::tested_program()?;
    let mut node = run::program("node");
    node.arg("tests/faults/torture.mjs").env("LEADPACT_BIN", leadpact).env("LEADPACT_PKG", package);
    node.env("LEADPACT_WWW", paths::root("www"));
    for found in Engine::ALL.into_iter().filter_map(Engine::found) {
        node.envs(found.programs);
    }
    Ok(node)
}
