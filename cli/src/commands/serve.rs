//! `serve`: pages, pacts and a place to receive leads.

use crate::server::{self, Pacts, Site, Store};
use anyhow::{Result, ensure};
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;

/// Serves pages and receives leads
///
/// `POST /leads` takes a form or a hand-off record, assesses it anew at its own clock, keeps it and answers with a
/// page of thanks. `/leads` shows the last leads as sales reads them, `/leads.json` gives them to programs. There is
/// no login: keep it to this machine, or put it behind one.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// A pact, or a folder with a `pact.json` in it or below; may be given several times
    #[arg(long, required = true, num_args = 1.., value_name = "FILE|DIR")]
    pact: Vec<PathBuf>,
    /// The folder of the pages, served at `/`
    #[arg(long, value_name = "DIR")]
    www: Option<PathBuf>,
    /// The folder of the built module, served at `/leadpact/`
    #[arg(long, value_name = "DIR")]
    module: Option<PathBuf>,
    /// The SQLite file that keeps the leads; made where there is none
    #[arg(long, value_name = "FILE", default_value = "leads.sqlite")]
    db: PathBuf,
    /// The port; 0 takes any that is free
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// The address to listen on
    #[arg(long, default_value = "127.0.0.1")]
    host: IpAddr,
}

pub(crate) fn run(args: Args) -> Result<ExitCode> {
    let pacts = Pacts::read(&args.pact)?;
    for folder in args.www.iter().chain(&args.module) {
        ensure!(folder.is_dir(), "no folder `{}`", folder.display());
    }
    let store = Store::open(&args.db)?;
    let site = Site { pacts, store, www: args.www, module: args.module };
    server::run(site, SocketAddr::new(args.host, args.port))?;
    Ok(ExitCode::SUCCESS)
}
