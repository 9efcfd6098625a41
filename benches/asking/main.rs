//! How near the engine's asking comes to the best there is, beside how other products ask: `cargo xtask report asking`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    clippy::disallowed_methods,
    missing_docs,
    reason = "a report that cannot go on fails, and runs on one machine alone"
)]

mod exact;
mod make;
mod model;
mod policy;
mod random;
mod real;
mod rows;
mod table;

use std::fs;
use std::path::PathBuf;

/// Where real leads are looked for, unless `LEADPACT_DATA` names another folder.
const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data");
/// Where the tables stand.
const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/asking.md");

/// What the command line says.
struct Args {
    write: bool,
    /// Shows the pact on which the engine does worst, and where it leaves the best way.
    worst: bool,
    pacts: u64,
}

impl Args {
    fn read() -> Self {
        let all: Vec<String> = std::env::args().skip(1).collect();
        let has = |name: &str| all.iter().any(|arg| arg == name);
        let pacts = all.iter().position(|arg| arg == "--pacts").and_then(|at| all.get(at + 1)?.parse().ok());
        Self { write: has("--write"), worst: has("--worst"), pacts: pacts.unwrap_or(200) }
    }
}

fn main() {
    let args = Args::read();
    let folder = std::env::var_os("LEADPACT_DATA").map_or_else(|| PathBuf::from(DATA), PathBuf::from);
    let real = real::report(&folder);
    println!("{real}");
    let random = rows::report(args.pacts, args.worst);
    println!("{random}");
    if args.write {
        let page = fs::read_to_string(PAGE).expect("the page");
        let page = table::between(&page, "random", &random);
        let page = table::between(&page, "real", &real);
        fs::write(PAGE, page).expect("the page is written");
    }
}
