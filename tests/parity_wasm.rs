//! What the engine says in Node and in browsers of 12,000 pacts and visitors, byte for byte what it says natively:
//! `parity.rs` has written that to a file just before. `cargo xtask test parity` runs all three.
#![cfg(target_arch = "wasm32")]
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::unreachable,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    missing_docs,
    reason = "test helpers fail by panicking, and not every test uses each"
)]

#[path = "parity/large.rs"]
mod large;
#[path = "oracle/make.rs"]
mod make;
#[path = "parity/pairs.rs"]
mod pairs;

use leadpact::Value;
use leadpact::browser::to_value;
use pairs::{PAIRS, said};
use wasm_bindgen_test::wasm_bindgen_test;

/// Without it this does not compile: nothing is compared with nothing.
const NATIVE: &str = include_str!(env!("LEADPACT_PARITY", "written by the native half: `cargo xtask test parity`"));
/// So many differences are shown.
const SHOWN: usize = 3;

fn read(text: &str) -> Value {
    to_value(&js_sys::JSON::parse(text).unwrap()).unwrap()
}

#[wasm_bindgen_test]
fn every_pair_is_assessed_as_natively() {
    let natively: Vec<&str> = NATIVE.lines().collect();
    assert_eq!(natively.len() as u64, PAIRS);
    let differs = |(seed, native): (u64, &str)| {
        let here = said(seed, read);
        (here != native).then(|| format!("pair {seed}\n  natively {native}\n  here     {here}"))
    };
    let different: Vec<String> = (0..).zip(natively).filter_map(differs).collect();
    let shown = different.iter().take(SHOWN).cloned().collect::<Vec<_>>().join("\n");
    assert!(different.is_empty(), "{} of {PAIRS} pairs differ:\n{shown}", different.len());
    wasm_bindgen_test::console_log!("{PAIRS} pairs are assessed as natively");
}
