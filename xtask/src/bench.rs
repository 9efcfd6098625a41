//! `bench`: how fast the engine is, in wasm under Node and natively.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::{build, paths, run};

/// Runs `benches/node/*.mjs` against the published wasm, then the native benchmarks.
pub(crate) fn bench() -> Result<()> {
    build::build()?;
    for file in scripts(&paths::root("benches/node"), ".mjs")? {
        run::step(&paths::shown(&file), || {
            run::run(run::program("node").arg(&file).env("LEADPACT_NODE", paths::target("wasm-node/leadpact.js")))
        })?;
    }
    run::step("native benchmarks", || run::run(run::cargo().args(["bench", "--package", "leadpact", "--benches"])))
}

/// The files of a folder whose names end so, in order; none if there is no such folder.
pub(crate) fn scripts(dir: &Path, end: &str) -> Result<Vec<PathBuf>> {
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
