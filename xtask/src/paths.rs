//! Where things are in the repository.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;

/// The repository, or a file in it.
pub(crate) fn root(file: &str) -> PathBuf {
    let xtask =
        std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    let root = xtask.parent().unwrap_or(Path::new(".")).to_path_buf();
    if file.is_empty() { root } else { root.join(file) }
}

/// A file in the folder of everything built.
pub(crate) fn target(file: &str) -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root("target"), |dir| root("").join(dir));
    target.join(file)
}

/// The path as it reads in a message: from the repository on.
pub(crate) fn shown(path: &Path) -> String {
    path.strip_prefix(root("")).unwrap_or(path).display().to_string()
}

/// The first program of these names on the `PATH`.
pub(crate) fn program(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    names.iter().find_map(|name| std::env::split_paths(&path).map(|dir| dir.join(name)).find(|file| file.is_file()))
}

/// The files of a folder whose names end so, in order; none if there is no such folder.
pub(crate) fn ending(dir: &Path, end: &str) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    if dir.is_dir() {
        for file in fs::read_dir(dir)? {
            let file = file?.path();
            if file.to_string_lossy().ends_with(end) {
                files.push(file);
            }
        }
    }
    files.sort();
    Ok(files)
}
