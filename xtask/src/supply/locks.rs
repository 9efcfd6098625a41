//! What the lock files must hold: a registry and a hash for everything that is not ours.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;

use super::crates::{self, Locked};
use crate::paths;

const CRATES: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// The Cargo.lock files, each with the packages in it that are ours.
pub(super) const CARGO: [(&str, &[&str]); 2] =
    [("Cargo.lock", &["leadpact", "leadpact-cli", "xtask"]), ("fuzz/Cargo.lock", &["leadpact", "leadpact-fuzz"])];

/// npm's lock files: the build's and the tests', the embedding fixtures', the example servers'.
pub(super) const NPM: [&str; 3] = ["package-lock.json", "tests/embed/package-lock.json", "examples/package-lock.json"];

/// A package of npm's lock file.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct NpmPackage {
    pub version: Option<String>,
    #[serde(default)]
    pub license: String,
    resolved: Option<String>,
    integrity: Option<String>,
    /// A folder of ours.
    #[serde(default)]
    link: bool,
}

/// Checks every lock file.
pub(super) fn check() -> Result<()> {
    for (file, ours) in CARGO {
        let problems = crates_of(&crates::locked(&paths::root(file))?, ours);
        ensure!(problems.is_empty(), "{file}: {}", problems.join("; "));
    }
    for file in NPM {
        let problems = npm_of(&npm(file)?);
        ensure!(problems.is_empty(), "{file}: {}", problems.join("; "));
    }
    Ok(())
}

/// The packages of npm's lock file, by their places.
pub(super) fn npm(file: &'static str) -> Result<BTreeMap<String, NpmPackage>> {
    #[derive(Deserialize)]
    struct Lock {
        packages: BTreeMap<String, NpmPackage>,
    }
    let lock: Lock = serde_json::from_str(&fs::read_to_string(paths::root(file)).context(file)?).context(file)?;
    Ok(lock.packages)
}

/// Whether the place is one where npm puts what it fetched: our own folders are elsewhere.
pub(super) fn fetched(place: &str) -> bool {
    place.starts_with("node_modules/") || place.contains("/node_modules/")
}

fn crates_of(packages: &[Locked], ours: &[&str]) -> Vec<String> {
    let mut problems = Vec::new();
    for Locked { id, source, checksum } in packages {
        let problem = match source.as_deref() {
            None if ours.contains(&id.name.as_str()) => continue,
            None => "has no source: expected crates.io or a package of the workspace".to_owned(),
            Some(CRATES) if checksum.is_some() => continue,
            Some(CRATES) => "has no checksum".to_owned(),
            Some(other) => format!("comes from `{other}`: expected crates.io"),
        };
        problems.push(format!("{} {} {problem}", id.name, id.version));
    }
    problems
}

fn npm_of(packages: &BTreeMap<String, NpmPackage>) -> Vec<String> {
    let mut problems = Vec::new();
    for (place, package) in packages.iter().filter(|(place, package)| fetched(place) && !package.link) {
        // Without `resolved` npm asks the registry that is set, whose answer the hash holds to what it was.
        if let Some(address) = &package.resolved {
            problems.push(format!("{place} comes from `{address}`: expected the registry, by its version"));
        }
        if package.version.is_none() {
            problems.push(format!("{place} has no version"));
        }
        if !package.integrity.as_deref().is_some_and(|hash| hash.starts_with("sha512-")) {
            problems.push(format!("{place} has no `integrity` of SHA-512"));
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::{CRATES, crates_of, npm_of};
    use crate::supply::crates::{Id, Locked};

    fn locked(name: &str, source: Option<&str>, checksum: Option<&str>) -> Locked {
        let id = Id { name: name.to_owned(), version: "1.0.0".to_owned() };
        Locked { id, source: source.map(str::to_owned), checksum: checksum.map(str::to_owned) }
    }

    #[test]
    fn crates_come_from_the_registry_with_a_hash_or_are_ours() {
        let problems = |package| crates_of(&[package], &["leadpact"]).len();
        assert_eq!(problems(locked("leadpact", None, None)), 0);
        assert_eq!(problems(locked("serde", Some(CRATES), Some("00"))), 0);
        assert_eq!(problems(locked("serde", Some(CRATES), None)), 1);
        assert_eq!(problems(locked("serde", None, None)), 1);
        assert_eq!(problems(locked("serde", Some("git+https://example.com/serde"), None)), 1);
        assert_eq!(problems(locked("leadpact", Some("registry+https://example.com/index"), Some("00"))), 1);
    }

    #[test]
    fn npm_packages_come_from_the_registry_with_a_hash_or_are_folders_of_ours() {
        let problems = |place: &str, entry: &str| {
            let package = serde_json::from_str(entry).expect("an entry of a lock file");
            npm_of(&[(place.to_owned(), package)].into()).len()
        };
        let hash = r#""version": "1.0.0", "integrity": "sha512-AA==""#;
        assert_eq!(problems("node_modules/a", &format!("{{{hash}}}")), 0);
        assert_eq!(problems("node_modules/leadpact", r#"{"resolved": "../pkg", "link": true}"#), 0);
        assert_eq!(problems("", r#"{"license": "MIT"}"#), 0);
        assert_eq!(problems("../pkg", r#"{"version": "0.1.0"}"#), 0);
        assert_eq!(problems("node_modules/a", &format!(r#"{{{hash}, "resolved": "git+ssh://example.com/a"}}"#)), 1);
        assert_eq!(problems("node_modules/a", r#"{"version": "1.0.0", "integrity": "sha1-AA=="}"#), 1);
        assert_eq!(problems("node_modules/a/node_modules/b", "{}"), 2);
    }
}
