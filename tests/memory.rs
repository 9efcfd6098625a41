//! SEC-12: no assessment takes more than 64 MiB, whatever the pact.
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

use leadpact::{Lead, Pact, Time};
use peak_alloc::PeakAlloc;
use serde_json::{Value as Json, json};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

const AT: Time = Time(1_795_168_800_000);
const MIB: usize = 1 << 20;

/// The most that an assessment of a lead without answers takes beyond what was taken before.
fn taken(pact: &Json) -> usize {
    let pact: Pact = pact.to_string().parse().unwrap();
    let lead = Lead::new(&pact);
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    let _ = lead.assess(AT);
    MEMORY.peak_usage() - before
}

/// A pact of so many yes-or-no fields, whose points go up to 1,000 and have nothing in common.
fn wide(fields: usize) -> Json {
    let id = |n: usize| format!("f{n}");
    json!({
        "pact": 1, "id": "wide",
        "fields": (0..fields).map(|n| json!({"id": id(n), "label": "F", "kind": "yes_no", "share": 0.3})).collect::<Vec<_>>(),
        "groups": [{"id": "g", "dimension": "fit"}],
        "criteria": (0..fields).map(|n| json!({"id": id(n), "label": "C", "group": "g", "points": 1000 - (n * 7) % 400,
            "when": {"fact": id(n), "is": true}})).collect::<Vec<_>>(),
        "qualification": {"threshold": 20_000}, "asking": {"mode": "certain"},
    })
}

#[test]
fn sec_12_no_assessment_takes_more_than_64_mib() {
    for fields in [50, 100, 150, 200, 500] {
        let taken = taken(&wide(fields));
        assert!(taken <= 64 * MIB, "{fields} wide fields: {} MiB", taken / MIB);
    }
    for seed in 0..200 {
        let taken = taken(&pairs::pair(seed).pact);
        assert!(taken <= 64 * MIB, "pair {seed}: {} MiB", taken / MIB);
    }
}
