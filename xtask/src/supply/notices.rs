//! `THIRD-PARTY-NOTICES.txt`, what the licences of linked crates ask to be passed on: the papers that lie in each.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};

use super::crates::{self, Id, Module};

/// Its name in the package.
const FILE: &str = "THIRD-PARTY-NOTICES.txt";

const HEAD: &str =
    "The wasm files of this package hold code of the crates below, and of Rust's standard library, which is under
the same two licences as this package: LICENSE-MIT, by The Rust Project Contributors, and LICENSE-APACHE.
";

/// What papers are called.
const PAPERS: [&str; 5] = ["LICENSE", "LICENCE", "COPYING", "COPYRIGHT", "NOTICE"];

/// Writes the papers of every crate that is in one of the package's modules, equal ones once.
pub(crate) fn write(package: &Path) -> Result<()> {
    let mut linked = BTreeMap::new();
    for module in [Module::Page, Module::Explaining, Module::Server] {
        linked.extend(crates::of_module(module)?);
    }
    let mut holders = BTreeMap::<String, Vec<String>>::new();
    for found in crates::published("Cargo.toml")? {
        let Some(licence) = linked.get(&found.id).filter(|_| found.id.name != "leadpact") else { continue };
        for paper in papers(&found.id, found.manifest_path.parent().unwrap_or(Path::new("")))? {
            holders.entry(paper).or_default().push(format!("{} {} ({licence})", found.id.name, found.id.version));
        }
    }
    let mut text = HEAD.to_owned();
    for (paper, crates) in holders {
        write!(text, "\n{}\n\n{}\n\n{paper}\n", "=".repeat(80), crates.join("\n"))?;
    }
    fs::write(package.join(FILE), text).context(FILE)
}

/// The texts of a crate's papers; an error where it has none.
fn papers(id: &Id, folder: &Path) -> Result<Vec<String>> {
    let mut papers = Vec::new();
    for file in fs::read_dir(folder).with_context(|| format!("the sources of {}", id.name))? {
        let file = file?;
        let name = file.file_name().to_string_lossy().to_uppercase();
        if file.path().is_file() && PAPERS.iter().any(|paper| name.contains(paper)) {
            let text = fs::read_to_string(file.path()).with_context(|| format!("{name} of {}", id.name))?;
            papers.push(text.replace("\r\n", "\n").trim().to_owned());
        }
    }
    ensure!(!papers.is_empty(), "{} {} has no licence in its sources", id.name, id.version);
    papers.sort();
    Ok(papers)
}
