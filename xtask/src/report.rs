//! `report`: measurements that take minutes, and the pages of `docs/` that hold them.

use anyhow::Result;

use crate::run;

/// Options of `report`.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// What to report on
    #[arg(value_enum)]
    on: On,
    /// Renews the tables on its page in `docs/`
    #[arg(long)]
    write: bool,
    /// Shows the pacts on which the engine does worst, and where it leaves the best way
    #[arg(long)]
    worst: bool,
    /// How many random pacts a table is made from
    #[arg(long)]
    pacts: Option<u32>,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum On {
    /// How near the choice of questions comes to the best there is: `docs/asking.md`
    Asking,
}

impl On {
    /// The benchmark that makes the report.
    fn bench(self) -> &'static str {
        match self {
            Self::Asking => "asking",
        }
    }
}

/// Builds the report's program as it is released and runs it.
pub(crate) fn report(args: &Args) -> Result<()> {
    let mut cargo = run::cargo();
    cargo.args(["bench", "--package", "leadpact", "--bench", args.on.bench(), "--"]);
    for (wanted, flag) in [(args.write, "--write"), (args.worst, "--worst")] {
        cargo.args(wanted.then_some(flag));
    }
    if let Some(pacts) = args.pacts {
        cargo.args(["--pacts", &pacts.to_string()]);
    }
    run::step(args.on.bench(), || run::run(&mut cargo))
}
