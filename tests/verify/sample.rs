//! What Node is asked about too: records and what is found of them, pacts and their hashes, by number.

use crate::pairs::{Chance, pair};
use crate::records::{AT, figures, tampered, true_record};
use leadpact::{Pact, Received, Time, Value};
use serde_json::{Value as Json, json};

/// A record of which half are true, and what is found of it.
pub(crate) fn sample(seed: u64) -> Json {
    let mut chance = Chance(seed ^ 0xbeef);
    let made = true_record(seed, AT);
    let mut record = made.record;
    if chance.below(2) > 0 {
        let figures = figures(&record);
        record = tampered(&record, &figures[chance.below(figures.len())]);
        record["facts"]["nothing"] = json!(1);
        let strange = [json!({"strange": true}), json!("a"), json!(0.1), json!(["b"])];
        record["facts"]["f0"] = strange[chance.below(4)].clone();
    }
    let answers = [("f1".to_owned(), vec![chance.pick(&["a", "1 200", "on", "é\u{301}", ""]).to_owned()])];
    let at = Time(AT.0 + [0, 9 * 60_000, 3 * 86_400_000 + 7, -86_400_000][chance.below(4)]);
    let first = Time(at.0 - [0, 3_600_000][chance.below(2)]);
    let text = record.to_string();
    let parsed: Value = leadpact::parse(&text).unwrap();
    let verified = Received { record: Some(&parsed), answers: &answers, at, first }.verify(&made.pact);
    json!({
        "pact": made.source, "record": text, "answers": [["f1", answers[0].1[0]]], "at": at.0, "first": first.0,
        "verified": verified
    })
}

/// A pact with notes that are hard to write alike, and its hash.
pub(crate) fn hashed(seed: u64) -> Json {
    let mut chance = Chance(seed ^ 0xcafe);
    let mut source = pair(seed).pact;
    source["x-note"] = any(&mut chance, 3);
    let text = if chance.below(2) > 0 { source.to_string() } else { format!("{source:#}") };
    let pact: Pact = text.parse().unwrap_or_else(|problems| panic!("{seed}: {problems}"));
    json!({"pact": text, "hash": pact.hash})
}

fn any(chance: &mut Chance, deep: usize) -> Json {
    match chance.below(if deep == 0 { 4 } else { 6 }) {
        0 => json!(number(chance)),
        1 => json!(word(chance)),
        2 => json!(chance.below(2) > 0),
        3 => Json::Null,
        4 => (0..chance.below(5)).map(|_| any(chance, deep - 1)).collect(),
        _ => Json::Object((0..chance.below(6)).map(|_| (word(chance), any(chance, deep - 1))).collect()),
    }
}

/// A number of every size that a pact may have.
fn number(chance: &mut Chance) -> f64 {
    let sign = [1.0, -1.0][chance.below(2)];
    let power = chance.below(40) as i32 - 25;
    let value = sign * chance.part() * 10_f64.powi(power);
    [value, value.trunc(), 0.0, -0.0, 9_007_199_254_740_992.0, 5e-324, 1e-7, 0.000_001][chance.below(8)]
}

/// A word of letters that sort otherwise in bytes than in the units that RFC 8785 sorts by, and of all that is escaped.
fn word(chance: &mut Chance) -> String {
    const LETTERS: [char; 16] = [
        'a', 'B', '1', '"', '\\', '/', '\u{8}', '\n', '\u{1f}', '\u{7f}', 'é', '€', '\u{2028}', '\u{fb33}', '\u{ffff}',
        '😀',
    ];
    (0..chance.below(5)).map(|_| LETTERS[chance.below(LETTERS.len())]).collect()
}
