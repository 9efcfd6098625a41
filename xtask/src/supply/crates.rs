//! Crates: all that Cargo.lock names, and those that end up in one of our products.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use serde::Deserialize;

use crate::toolchain::TARGET;
use crate::{paths, run};

/// A crate by its name and version.
#[derive(Clone, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct Id {
    pub name: String,
    pub version: String,
}

/// A package as a Cargo.lock has it.
#[derive(Deserialize)]
pub(crate) struct Locked {
    #[serde(flatten)]
    pub id: Id,
    /// Absent for a package of the workspace.
    pub source: Option<String>,
    /// The SHA-256 of what the registry gave.
    pub checksum: Option<String>,
}

/// Which module, by its cargo features besides none.
#[derive(Clone, Copy)]
pub(crate) enum Module {
    Page,
    Explaining,
    Server,
}

impl Module {
    fn features(self) -> &'static str {
        match self {
            Self::Page => "browser",
            Self::Explaining => "browser,explain",
            Self::Server => "browser,verify",
        }
    }
}

/// The packages of a Cargo.lock.
pub(crate) fn locked(file: &Path) -> Result<Vec<Locked>> {
    #[derive(Deserialize)]
    struct Lock {
        package: Vec<Locked>,
    }
    let text = fs::read_to_string(file).with_context(|| paths::shown(file))?;
    let lock: Lock = toml::from_str(&text).with_context(|| paths::shown(file))?;
    Ok(lock.package)
}

/// A crate as its own Cargo.toml has it.
#[derive(Deserialize)]
pub(crate) struct Published {
    #[serde(flatten)]
    pub id: Id,
    /// Absent where it names none.
    pub license: Option<String>,
    /// Its Cargo.toml, beside its papers.
    pub manifest_path: PathBuf,
}

/// Each crate that a Cargo.toml leads to, for any target and feature.
pub(crate) fn published(manifest: &str) -> Result<Vec<Published>> {
    #[derive(Deserialize)]
    struct Metadata {
        packages: Vec<Published>,
    }
    let mut cargo = run::cargo();
    cargo.args(["metadata", "--locked", "--all-features", "--format-version=1", "--manifest-path", manifest]);
    let metadata: Metadata = serde_json::from_str(&run::read(&mut cargo)?).context("cargo metadata")?;
    Ok(metadata.packages)
}

/// The crates whose code is in a module's wasm, ours included, each with its licence.
pub(crate) fn of_module(module: Module) -> Result<BTreeMap<Id, String>> {
    tree(&["--package=leadpact", "--target", TARGET, "--no-default-features", "--features", module.features()])
}

/// The crates whose code is in the program `leadpact` on any of its platforms, ours included.
pub(crate) fn of_program() -> Result<BTreeSet<Id>> {
    Ok(tree(&["--package=leadpact-cli", "--target=all"])?.into_keys().collect())
}

/// What cargo links: macros and build scripts run at the build and stay there.
///
/// `cargo metadata` would give the features of the whole workspace together, and crates that no module has.
fn tree(of: &[&str]) -> Result<BTreeMap<Id, String>> {
    let mut cargo = run::cargo();
    cargo.args(["tree", "--locked", "--edges=normal,no-proc-macro", "--prefix=none", "--format={p}|{l}"]).args(of);
    let text = run::read(&mut cargo)?;
    text.lines()
        .filter(|line| !line.is_empty())
        .map(|line| read(line).with_context(|| format!("cargo tree: {line}")))
        .collect()
}

/// Reads `serde v1.0.229|MIT OR Apache-2.0 (*)`.
fn read(line: &str) -> Option<(Id, String)> {
    let (package, licence) = line.split_once('|')?;
    let mut words = package.split(' ');
    let (name, version) = (words.next()?, words.next()?.strip_prefix('v')?);
    let licence = licence.trim_end_matches(" (*)");
    Some((Id { name: name.to_owned(), version: version.to_owned() }, licence.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::{Id, read};

    #[test]
    fn a_line_of_the_tree_is_a_crate_with_its_licence() {
        let ours = read("leadpact v0.1.0 (/somewhere/leadpact)|MIT OR Apache-2.0");
        let id = |name: &str, version: &str| Id { name: name.to_owned(), version: version.to_owned() };
        assert_eq!(ours, Some((id("leadpact", "0.1.0"), "MIT OR Apache-2.0".to_owned())));
        assert_eq!(read("libm v0.2.16|MIT (*)"), Some((id("libm", "0.2.16"), "MIT".to_owned())));
        assert_eq!(read("libm"), None);
    }
}
