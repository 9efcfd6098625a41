//! What the engine says natively of 12,000 pacts and visitors, for `parity_wasm.rs` to hold what it says in Node and in
//! browsers against. `cargo xtask test parity` runs all three.
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

use pairs::{PAIRS, said};

fn read(text: &str) -> leadpact::Value {
    leadpact::parse(text).unwrap_or_else(|problem| panic!("{problem}: {text}"))
}

/// Writes a line for each pair to the file that `LEADPACT_PARITY` names.
#[test]
#[ignore = "slow unless optimised: `cargo xtask test parity`"]
fn every_pair_is_assessed_and_all_that_an_assessment_says_is_said() {
    let file = std::env::var_os("LEADPACT_PARITY").expect("LEADPACT_PARITY names a file to write");
    let lines: Vec<String> = (0..PAIRS).map(|seed| said(seed, read) + "\n").collect();
    for part in PARTS {
        let found = lines.iter().filter(|line| line.contains(part)).count();
        assert!(found > 20, "only {found} pairs of {PAIRS} say {part}");
    }
    std::fs::write(file, lines.concat()).unwrap();
}

const PARTS: [&str; 13] = [
    r#""decision":"handoff""#,
    r#""decision":"nurture""#,
    r#""decision":"disqualified""#,
    r#""approximate":true"#,
    r#""certain":true"#,
    r#""assumed":true"#,
    r#""why":"decides""#,
    r#""why":"needed""#,
    r#""stop":"value""#,
    r#""stop":"budget""#,
    r#""stop":"certain""#,
    r#""stop":"nothing""#,
    r#""refused":["f"#,
];
