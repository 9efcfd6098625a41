//! `report`: measurements that take minutes, and the pages of `docs/` that hold them.

use std::path::PathBuf;

use anyhow::{Context as _, Result, ensure};

use crate::{paths, run, setup};

/// Options of `report`.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// What to report on
    #[arg(value_enum)]
    on: On,
    /// Renews the tables on its page in `docs/`
    #[arg(long)]
    write: bool,
    /// Of `asking`: shows the pacts on which the engine does worst, and where it leaves the best way
    #[arg(long)]
    worst: bool,
    /// Of `asking`: how many random pacts a table is made from
    #[arg(long)]
    pacts: Option<u32>,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum On {
    /// How near the choice of questions comes to the best there is: `docs/asking.md`
    Asking,
    /// What the receiver takes, and what is left of it when it is killed: `docs/reliability.md`
    Load,
}

impl On {
    /// The benchmark that makes the report, and its package.
    fn bench(self) -> (&'static str, &'static str) {
        match self {
            Self::Asking => ("leadpact", "asking"),
            Self::Load => ("leadpact-cli", "load"),
        }
    }
}

/// Builds the report's program as it is released and runs it.
pub(crate) fn report(args: &Args) -> Result<()> {
    let (package, bench) = args.on.bench();
    let mut cargo = run::cargo();
    cargo.args(["bench", "--package", package, "--bench", bench, "--"]);
    if let On::Load = args.on {
        ensure!(!args.worst && args.pacts.is_none(), "`--worst` and `--pacts` are for the report on `asking`");
        cargo.env("WRK", wrk()?);
    }
    for (wanted, flag) in [(args.write, "--write"), (args.worst, "--worst")] {
        cargo.args(wanted.then_some(flag));
    }
    if let Some(pacts) = args.pacts {
        cargo.args(["--pacts", &pacts.to_string()]);
    }
    run::step(bench, || run::run(&mut cargo))
}

/// The program that sends the load, installed where that can be done.
fn wrk() -> Result<PathBuf> {
    if paths::program(&["wrk"]).is_none() {
        setup::apt(&["wrk"])?;
    }
    paths::program(&["wrk"]).context("`wrk` is not on the PATH")
}
