//! `serve`: pages, pacts and a place to receive leads.

use crate::server::{self, Origin, Pacts, Site, Store};
use anyhow::{Result, ensure};
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Serves pages and receives leads
///
/// `POST /leads` takes a form or a hand-off record, assesses it anew at its own clock, keeps it and answers, once the
/// disk has it, with a page of thanks or, to programs, `{"id": …}`. The same id again is the same lead: the highest
/// `attempt` wins. `/leads` shows the last leads as sales reads them, `/leads.json` gives them to programs,
/// `/leads.json?id=…` one of them. There is no login: keep it to this machine, or put it behind one.
///
/// A body with a record or an id has at most 256 KiB, a form alone 64 KiB; files in a form are passed over, and
/// with them it has at most 32 MiB. HTTPS is for a reverse proxy in front: it passes the `Host` on, or the site is named
/// with `--origin`.
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
    /// The SQLite file that keeps the leads; made where there is none, and never in a folder that is served
    #[arg(long, value_name = "FILE", default_value = "leads.sqlite")]
    db: PathBuf,
    /// The port; 0 takes any that is free
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// The address to listen on
    #[arg(long, default_value = "127.0.0.1")]
    host: IpAddr,
    /// A site whose pages send leads here from elsewhere, or `null` for sandboxed frames; may be given several times
    ///
    /// Its pages may read the answer to a lead (CORS), no lead that is stored. Leads from pages of any other site are
    /// refused, but for the server's own, whose name is the `Host` of the request. Where no site is named, leads from
    /// everywhere are kept, and those of other sites say so in their differences; so do those of pages that do not
    /// say whose they are (`Referrer-Policy: no-referrer`), unless the browser says that they are the server's own, or
    /// `null` is named.
    #[arg(long, value_name = "SITE")]
    origin: Vec<Origin>,
}

pub(crate) fn run(args: Args) -> Result<ExitCode> {
    let pacts = Pacts::read(&args.pact)?;
    for folder in args.www.iter().chain(&args.module) {
        ensure!(folder.is_dir(), "no folder `{}`", folder.display());
    }
    for folder in args.www.iter().chain(&args.module) {
        ensure!(
            !lies_in(&args.db, folder),
            "`{}` lies in `{}`, which is served: whoever asks for it would have all leads; name a file elsewhere with --db",
            args.db.display(),
            folder.display()
        );
    }
    let store = Store::open(&args.db)?;
    let site = Site { pacts, store, www: args.www, module: args.module, origins: args.origin };
    server::run(site, SocketAddr::new(args.host, args.port))?;
    Ok(ExitCode::SUCCESS)
}

/// Whether a file, or what it is a link to, lies in a folder or below it.
fn lies_in(file: &Path, folder: &Path) -> bool {
    let Ok(folder) = folder.canonicalize() else { return false };
    let parent = file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // Where there is no such place, the store says so.
    [parent, file].iter().any(|path| path.canonicalize().is_ok_and(|path| path.starts_with(&folder)))
}
