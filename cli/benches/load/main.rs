//! The receiver under load, on loopback, with a disk that syncs: `cargo xtask report load`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "a report")]
#![allow(clippy::disallowed_methods, reason = "it measures time")]

mod killed;
mod server;
mod wrk;

use std::fs;

/// The page that holds the tables.
const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/reliability.md");
/// How long each run with `wrk` takes, in seconds.
const SECONDS: u32 = 10;

fn main() {
    // On the disk of the repository: a temporary folder may be in memory, which syncs at once.
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
    let mut page = fs::read_to_string(PAGE).expect("docs/reliability.md");
    for (name, table) in [("load", wrk::table(folder.path(), SECONDS)), ("killed", killed::table(folder.path()))] {
        println!("{table}");
        let (from, to) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->"));
        let start = page.find(&from).expect("the table's begin") + from.len();
        let end = page.find(&to).expect("the table's end");
        page.replace_range(start..end, &table);
    }
    if std::env::args().any(|argument| argument == "--write") {
        fs::write(PAGE, page).expect("the page is written");
    }
}
