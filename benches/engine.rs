//! How fast the engine is: recording an answer and reading the score, and a full assessment with everything ahead.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    missing_docs,
    reason = "a benchmark that cannot start fails"
)]

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use leadpact::{Lead, Pact, Time};
use serde_json::{Value, json};
use std::hint::black_box;

/// 2026-11-20T10:00:00Z
const NOW: Time = Time(1_795_168_800_000);

/// A pact of `fields` choices of `options` options each, all of which earn points in one of `groups` capped groups.
fn pact(fields: usize, options: usize, groups: usize) -> Pact {
    let option = |n: usize| json!({"value": format!("v{n}"), "share": 1.0 / (n + 2) as f64});
    let field = |n: usize| {
        let options: Vec<Value> = (0..options).map(option).collect();
        json!({"id": format!("f{n}"), "label": "?", "kind": "choice", "options": options})
    };
    let criterion = |n: usize| {
        let (field, option) = (n / options, n % options);
        let group = format!("g{}", field % groups);
        let points = (field * 7 + option * 5) % 11;
        json!({"id": format!("c{n}"), "group": group, "points": points,
            "when": {"fact": format!("f{field}"), "is": format!("v{option}")}})
    };
    let group = |n: usize| json!({"id": format!("g{n}"), "dimension": (["fit", "interest"][n % 2]), "max": 3 * fields});
    let pact = json!({
        "pact": 1, "id": "bench",
        "fields": (0..fields).map(field).collect::<Vec<_>>(),
        "groups": (0..groups).map(group).collect::<Vec<_>>(),
        "criteria": (0..fields * options).map(criterion).collect::<Vec<_>>(),
        "qualification": {"threshold": 5 * fields, "minimums": {"fit": fields}, "needs": ["f0", "f1"]},
        "asking": {"mode": "value"},
    });
    pact.to_string().parse().unwrap()
}

fn engine(c: &mut Criterion) {
    for (fields, options, groups) in [(12, 4, 3), (40, 5, 6), (60, 6, 8)] {
        let pact = pact(fields, options, groups);
        let name = |what: &str| format!("{what}/{fields} fields × {options} options × {groups} groups");
        let mut lead = Lead::new(&pact);
        let mut turn = 0;
        c.bench_function(&name("answer and score"), |b| {
            b.iter(|| {
                turn = (turn + 1) % 2;
                lead.answer("f3", if turn == 0 { "v0" } else { "v1" }).unwrap();
                black_box(lead.points(NOW).score())
            });
        });
        for answered in [0, fields / 2] {
            let mut lead = Lead::new(&pact);
            (0..answered).for_each(|n| lead.answer(&format!("f{n}"), "v1").unwrap());
            let what = format!("assess, {answered} answered");
            c.bench_function(&name(&what), |b| b.iter(|| black_box(lead.assess(NOW))));
        }
        c.bench_function(&name("a new lead"), |b| {
            b.iter_batched(|| (), |()| black_box(Lead::new(&pact)), BatchSize::SmallInput);
        });
    }
}

criterion_group!(benches, engine);
criterion_main!(benches);
