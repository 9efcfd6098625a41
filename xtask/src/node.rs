//! Node and what the build and the tests use from npm.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::SystemTime;

use anyhow::{Context as _, Result};

use crate::{paths, run, setup};

/// Installs the npm packages of the build and of most tests.
pub(crate) fn packages() -> Result<()> {
    packages_in("")
}

/// Installs the npm packages of a folder unless they are there as its `package-lock.json` has them.
pub(crate) fn packages_in(folder: &str) -> Result<()> {
    if paths::program(&["node"]).is_none() || paths::program(&["npm"]).is_none() {
        setup::apt(&["nodejs", "npm"]).context("Node and npm are missing")?;
    }
    fs::create_dir_all(paths::target(""))?;
    let lock = fs::File::create(paths::target("npm.lock"))?;
    lock.lock().context("could not lock target/npm.lock")?;
    let root = paths::root(folder);
    if changed(&root.join("node_modules/.package-lock.json")) >= changed(&root.join("package-lock.json")) {
        return Ok(());
    }
    let mut install = run::program("npm");
    install.args(["ci", "--ignore-scripts", "--loglevel=error"]).current_dir(root);
    run::step("npm packages", || run::run(&mut install))
}

fn changed(file: &Path) -> SystemTime {
    fs::metadata(file).and_then(|file| file.modified()).unwrap_or(SystemTime::UNIX_EPOCH)
}

/// A program that an npm package brings.
pub(crate) fn npm_program(name: &str) -> Command {
    run::program(paths::root("node_modules/.bin").join(name))
}

/// A short script of ours in `xtask/js/`.
pub(crate) fn script(name: &str) -> Command {
    let mut node = run::program("node");
    node.arg(paths::root("xtask/js").join(name));
    node
}
