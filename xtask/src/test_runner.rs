//! `test-runner`: what cargo calls for each wasm test file.

use std::ffi::OsString;

use anyhow::Result;

/// Runs the tests of one wasm file in Node or in a browser, as the `WASM_BINDGEN_TEST_*` variables say.
pub(crate) fn test_runner(args: Vec<OsString>) -> Result<()> {
    let name = OsString::from("wasm-bindgen-test-runner");
    wasm_bindgen_cli::wasm_bindgen_test_runner::run_cli_with_args(std::iter::once(name).chain(args))
}
