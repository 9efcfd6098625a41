//! The package built a second time, in another folder and from nothing, is the same to the byte.
//!
//! What is shared are the downloads: Debian's compiler with the standard library that was built once, and `node_modules`.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use sha2::{Digest as _, Sha384};

use crate::{paths, run};

/// Builds the sources of this repository again, and compares each file of the package.
pub(super) fn check(package: &Path) -> Result<()> {
    let copy = Copy::new()?;
    let mut again = run::program(std::env::current_exe().context("this program has no path")?);
    again.arg("build").current_dir(&copy.0);
    again.env("CARGO_MANIFEST_DIR", copy.0.join("xtask")).env("CARGO_TARGET_DIR", copy.0.join("target"));
    run::run(&mut again)?;
    compare(package, &copy.0.join("pkg"))
}

/// A copy of the sources in the system's folder for such things, gone in the end.
struct Copy(PathBuf);

impl Copy {
    fn new() -> Result<Copy> {
        let copy = Copy(std::env::temp_dir().join(format!("leadpact-built-again-{}", std::process::id())));
        copy_folder(&paths::root(""), &copy.0)?;
        fs::create_dir_all(copy.0.join("target"))?;
        // The lock file as a link too: npm's packages are fresh where its time says so.
        let lock = copy.0.join("package-lock.json");
        fs::remove_file(&lock)?;
        symlink(paths::root("package-lock.json"), lock)?;
        symlink(paths::root("node_modules"), copy.0.join("node_modules"))?;
        let sysroot = paths::target("wasm-sysroot");
        if sysroot.exists() {
            symlink(sysroot, copy.0.join("target/wasm-sysroot"))?;
        }
        Ok(copy)
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Copies what is written by people: nothing built, nothing fetched.
fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from).with_context(|| paths::shown(from))? {
        let (entry, name) = entry.map(|entry| (entry.path(), entry.file_name()))?;
        let skipped = ["target", "pkg", "node_modules", ".git"].iter().any(|skipped| name == *skipped);
        if skipped || entry == paths::target("") || entry.is_symlink() {
            continue;
        }
        let copy = to.join(name);
        if entry.is_dir() {
            copy_folder(&entry, &copy)?;
        } else {
            fs::copy(&entry, copy).with_context(|| paths::shown(&entry))?;
        }
    }
    Ok(())
}

/// Prints a hash a file; an error says where the first two files that differ do so.
fn compare(first: &Path, second: &Path) -> Result<()> {
    let (files, others) = (super::files(first)?, super::files(second)?);
    let apart: BTreeSet<_> = files.symmetric_difference(&others).collect();
    ensure!(apart.is_empty(), "only one of the two packages has {apart:?}");
    for file in &files {
        let [first, second] = [first, second].map(|package| fs::read(package.join(file)));
        let (first, second) = (first?, second?);
        if let Some(place) = difference(&first, &second) {
            bail!("the second build's {file} is another one: {place}");
        }
        let hash: String = Sha384::digest(&first).iter().map(|byte| format!("{byte:02x}")).collect();
        eprintln!("   sha384 {hash} {file}");
    }
    Ok(())
}

/// Where two files part: a section of a wasm, else a byte.
fn difference(first: &[u8], second: &[u8]) -> Option<String> {
    if first == second {
        return None;
    }
    let byte = first.iter().zip(second).take_while(|(first, second)| first == second).count();
    let section = match (sections(first), sections(second)) {
        (Ok(first), Ok(second)) => {
            let mut pairs = first.into_iter().zip(second);
            pairs.find(|(first, second)| first != second).map(|(first, _)| format!("its section `{}`, ", first.0))
        }
        _ => None,
    };
    Some(format!("{}byte {byte} of {} and {}", section.unwrap_or_default(), first.len(), second.len()))
}

/// The sections of a wasm by their names, with their bytes.
fn sections(wasm: &[u8]) -> Result<Vec<(String, &[u8])>> {
    use wasmparser::{Parser, Payload};
    let names = [
        "custom",
        "type",
        "import",
        "function",
        "table",
        "memory",
        "global",
        "export",
        "start",
        "element",
        "code",
        "data",
        "data count",
        "tag",
    ];
    let mut sections = Vec::new();
    for payload in Parser::new(0).parse_all(wasm) {
        let payload = payload?;
        let Some((id, range)) = payload.as_section() else { continue };
        let name = match &payload {
            Payload::CustomSection(custom) => custom.name(),
            _ => names.get(usize::from(id)).copied().unwrap_or("unknown"),
        };
        sections.push((name.to_owned(), wasm.get(range).unwrap_or_default()));
    }
    Ok(sections)
}

#[cfg(test)]
mod tests {
    use super::difference;

    /// A module with a custom section of this name and content.
    fn wasm(name: &str, content: &str) -> Vec<u8> {
        let mut bytes = b"\0asm\x01\0\0\0\0".to_vec();
        bytes.push((1 + name.len() + content.len()) as u8);
        bytes.push(name.len() as u8);
        bytes.extend(name.bytes().chain(content.bytes()));
        bytes
    }

    #[test]
    fn files_that_differ_are_told_apart_by_section_or_byte() {
        assert_eq!(difference(&wasm("a", "same"), &wasm("a", "same")), None);
        let place = difference(&wasm("notes", "one way"), &wasm("notes", "other"));
        assert_eq!(place.as_deref(), Some("its section `notes`, byte 9 of 23 and 21"));
        assert_eq!(difference(b"abc", b"abd").as_deref(), Some("byte 2 of 3 and 3"));
    }
}
