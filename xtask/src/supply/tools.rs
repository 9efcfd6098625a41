//! `cargo deny`, `cargo audit` and `npm audit`, where they are installed and where their data can be had.

use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use super::locks::{CARGO, NPM};
use crate::{paths, run};

/// Runs what is installed; returns what could not be checked, and why.
pub(super) fn check() -> Result<Vec<String>> {
    let mut missing = Vec::new();
    if installed("deny") {
        run::run(deny().args(["check", "licenses", "bans", "sources"]))?;
    } else {
        missing.push("without cargo-deny: `cargo install --locked cargo-deny`".to_owned());
    }
    missing.extend(advisories()?);
    for lock in NPM {
        // A registry that does not answer does not answer the next time either.
        if let Some(why) = npm(lock.trim_end_matches("package-lock.json"))? {
            missing.push(why);
            break;
        }
    }
    Ok(missing)
}

/// Holds the crates against RustSec's advisories; returns why not, where their database cannot be fetched.
fn advisories() -> Result<Vec<String>> {
    let mut missing = Vec::new();
    if installed("deny") {
        // Apart, so that a network that is away is told from an advisory that applies.
        match run::read(deny().args(["fetch", "db"])) {
            Ok(_) => run::run(deny().args(["check", "advisories"]))?,
            Err(_) => {
                missing.push("without `cargo deny check advisories`: RustSec's database cannot be fetched".to_owned());
            }
        }
    }
    if installed("audit") {
        missing.extend(audit()?);
    } else {
        missing.push("without cargo-audit: `cargo install --locked cargo-audit`".to_owned());
    }
    Ok(missing)
}

/// `cargo audit`, which says both with the same exit code: that an advisory applies, and that it has none.
fn audit() -> Result<Option<String>> {
    let mut missing = None;
    for (lock, _) in CARGO {
        let mut audit = run::cargo();
        let output = audit.args(["audit", "--json", "--file", lock]).output().context("could not start cargo audit")?;
        let report: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
        let Some(found) = report.pointer("/vulnerabilities/found").and_then(Value::as_bool) else {
            missing = Some("without `cargo audit`: RustSec's database cannot be fetched".to_owned());
            continue;
        };
        ensure!(!found, "advisories apply to {lock}: `cargo audit --file {lock}` names them");
    }
    Ok(missing)
}

/// Holds the npm packages of a folder against the registry's advisories, from `high` on.
fn npm(folder: &str) -> Result<Option<String>> {
    let mut npm = run::program("npm");
    npm.args(["audit", "--json", "--package-lock-only"]).current_dir(paths::root(folder));
    let output = npm.output().context("could not start npm")?;
    let report: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
    let Some(found) = report.pointer("/metadata/vulnerabilities") else {
        let why = report.get("message").and_then(Value::as_str).unwrap_or("no answer");
        return Ok(Some(format!("without `npm audit`: {}", without_addresses(why))));
    };
    let grave: u64 = ["high", "critical"].iter().filter_map(|level| found.get(level)?.as_u64()).sum();
    ensure!(grave == 0, "`npm audit` in `./{folder}` finds {grave} advisories that are high or critical");
    Ok(None)
}

fn installed(tool: &str) -> bool {
    run::read(run::cargo().args([tool, "--version"])).is_ok()
}

fn deny() -> Command {
    let mut cargo = run::cargo();
    cargo.args(["deny", "--workspace"]);
    cargo
}

/// The registry that is set is nobody's business.
fn without_addresses(text: &str) -> String {
    let words = text.split_whitespace().filter(|word| !word.contains("://"));
    words.collect::<Vec<_>>().join(" ")
}
