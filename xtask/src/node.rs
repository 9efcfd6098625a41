//! Node and what the build and the tests use from npm.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::SystemTime;

use anyhow::{Context as _, Result, ensure};

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
    recent_node()?;
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

/// The oldest that all packages take.
const OLDEST: (u32, u32) = (20, 19);

fn recent_node() -> Result<()> {
    let said = run::read(run::program("node").arg("--version"))?;
    let mut numbers = said.trim().trim_start_matches('v').split('.').map_while(|number| number.parse().ok());
    let version = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
    ensure!(version >= OLDEST, "Node is {}: expected {}.{} or newer", said.trim(), OLDEST.0, OLDEST.1);
    Ok(())
}

/// Fetches or compiles the native half of a package, this file of it, which an installation without scripts leaves out.
pub(crate) fn compiled(folder: &str, package: &str, file: &str) -> Result<()> {
    let root = paths::root(folder);
    if root.join("node_modules").join(package).join(file).exists() {
        return Ok(());
    }
    let mut npm = run::program("npm");
    npm.args(["rebuild", package, "--loglevel=error"]).current_dir(root);
    // Node's headers, where they came with it: else they are fetched.
    let node = run::read(run::program("node").args(["--print", "process.execPath"]))?;
    let prefix = Path::new(node.trim()).parent().and_then(Path::parent);
    if let Some(prefix) = prefix.filter(|prefix| prefix.join("include/node/node.h").exists()) {
        npm.env("npm_config_nodedir", prefix);
    }
    run::step(package, || run::run(&mut npm))
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
