//! `serve`: pages, pacts and a place to receive leads.

use anyhow::Result;
use std::process::ExitCode;

/// Serves pages and receives leads
#[derive(clap::Args)]
pub(crate) struct Args {}

pub(crate) fn run(_args: Args) -> Result<ExitCode> {
    Ok(ExitCode::SUCCESS)
}
