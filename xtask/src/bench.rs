//! `bench`: how fast the engine is, in wasm under Node and natively.

use anyhow::Result;

use crate::{build, paths, run};

/// Runs `benches/node/*.mjs` against the published wasm, then the native benchmarks.
pub(crate) fn bench() -> Result<()> {
    build::build()?;
    for file in paths::ending(&paths::root("benches/node"), ".mjs")? {
        run::step(&paths::shown(&file), || {
            run::run(run::program("node").arg(&file).env("LEADPACT_NODE", paths::target("wasm-node/leadpact.js")))
        })?;
    }
    run::step("native benchmarks", || run::run(run::cargo().args(["bench", "--package", "leadpact", "--benches"])))
}
