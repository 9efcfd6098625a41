//! The pacts that a server holds leads against.

use crate::pact_file;
use anyhow::{Context, Result, ensure};
use leadpact::Pact;
use std::path::{Path, PathBuf};

/// How deep folders of pacts are looked into.
const DEEPEST: usize = 8;

/// One pact or more, each with an id of its own.
pub(crate) struct Pacts(Vec<Pact>);

impl Pacts {
    /// Reads the pacts in these files, and every `pact.json` below these folders.
    pub(crate) fn read(paths: &[PathBuf]) -> Result<Self> {
        let mut files = Vec::new();
        for path in paths {
            let before = files.len();
            match path.is_dir() {
                true => collect(path, DEEPEST, &mut files)?,
                false => files.push(path.clone()),
            }
            ensure!(files.len() > before, "no pact.json below `{}`", path.display());
        }
        files.sort();
        files.dedup();
        let mut pacts: Vec<Pact> = Vec::new();
        for file in &files {
            let pact = pact_file::read(file)?;
            let twice = pacts.iter().any(|other| other.id == pact.id);
            ensure!(!twice, "two pacts have the id `{}`, the second in `{}`", pact.id, file.display());
            pacts.push(pact);
        }
        Ok(Self(pacts))
    }

    /// The pact with this id.
    pub(crate) fn get(&self, id: &str) -> Option<&Pact> {
        self.0.iter().find(|pact| pact.id == id)
    }

    /// The pact that knows the most of these names as its fields; the first where several do.
    pub(crate) fn nearest<'n>(&self, names: impl Iterator<Item = &'n str> + Clone) -> Option<&Pact> {
        let known = |pact: &Pact| names.clone().filter(|name| pact.fields.iter().any(|f| f.id == **name)).count();
        self.0.iter().rev().max_by_key(|pact| known(pact))
    }
}

fn collect(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) -> Result<()> {
    let entries = folder.read_dir().with_context(|| format!("cannot read `{}`", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() && depth > 0 && !path.is_symlink() {
            collect(&path, depth - 1, files)?;
        } else if path.file_name().is_some_and(|name| name == "pact.json") && path.is_file() {
            files.push(path);
        }
    }
    Ok(())
}
