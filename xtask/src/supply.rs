//! `supply`: what others wrote and we build with: where it comes from, under which licence, and what is built of it.

pub(crate) mod crates;
mod licences;
mod locks;
pub(crate) mod notices;
mod rebuilt;
pub(crate) mod sbom;
mod tools;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail, ensure};

use crate::{build, node, paths, run};

/// The committed list of what others wrote.
const LIST: &str = "THIRD-PARTY.md";

/// Options of `supply`.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Writes THIRD-PARTY.md
    #[arg(long)]
    write: bool,
}

/// Checks lock files and licences, and that the list of them is up to date.
pub(crate) fn supply(args: &Args) -> Result<()> {
    locks::check()?;
    let list = licences::list()?;
    if args.write {
        return fs::write(paths::root(LIST), list).context(LIST);
    }
    let committed = fs::read_to_string(paths::root(LIST)).unwrap_or_default();
    if let Some(line) = first_difference(&committed, &list) {
        bail!("{LIST} is out of date at line {line}: `cargo xtask supply --write` renews it");
    }
    Ok(())
}

/// The whole step; returns what it had to leave out, and why.
pub(crate) fn test() -> Result<Vec<String>> {
    supply(&Args { write: false })?;
    let missing = tools::check()?;
    let built = build::build()?;
    let tests = paths::ending(&paths::root("tests/supply"), ".test.mjs")?;
    ensure!(!tests.is_empty(), "tests/supply has no *.test.mjs");
    node::packages()?;
    let mut node = run::program("node");
    node.args(["--test", "--test-reporter=spec"]).args(tests);
    run::run(node.env("LEADPACT_PKG", &built.package))?;
    run::step("the package a second time, elsewhere", || rebuilt::check(&built.package))?;
    Ok(missing)
}

/// The files in a folder and the folders in it, by their paths from there.
fn files(folder: &Path) -> Result<BTreeSet<String>> {
    let mut files = BTreeSet::new();
    for entry in fs::read_dir(folder).with_context(|| paths::shown(folder))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.path().is_dir() {
            files.extend(self::files(&entry.path())?.into_iter().map(|file| format!("{name}/{file}")));
        } else {
            files.insert(name);
        }
    }
    Ok(files)
}

fn first_difference(old: &str, new: &str) -> Option<usize> {
    if old == new {
        return None;
    }
    let same = old.lines().zip(new.lines()).take_while(|(old, new)| old == new).count();
    Some(same + 1)
}

#[cfg(test)]
mod tests {
    use super::first_difference;

    #[test]
    fn a_stale_list_is_told_by_its_first_line_that_differs() {
        assert_eq!(first_difference("a\nb\n", "a\nb\n"), None);
        assert_eq!(first_difference("a\nb\n", "a\nc\n"), Some(2));
        assert_eq!(first_difference("a\n", "a\nc\n"), Some(2));
        assert_eq!(first_difference("", "a\n"), Some(1));
    }
}
