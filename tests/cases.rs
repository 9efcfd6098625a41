//! The golden cases of `tests/cases`, each a test of its own name.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::unreachable,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    missing_docs,
    reason = "test helpers fail by panicking"
)]

#[path = "cases/run.rs"]
mod run;

use leadpact::{Assessment, Lead, Pact, Promise, Time, Value, parse};
use libtest_mimic::{Arguments, Trial};
use std::path::Path;

fn main() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "json"));
    files.sort();
    let trials = files.iter().flat_map(|file| trials(file)).collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

fn trials(file: &Path) -> Vec<Trial> {
    let theme = file.file_stem().unwrap().to_string_lossy().into_owned();
    let source = std::fs::read_to_string(file).unwrap();
    let Value::List(cases) = parse(&source).unwrap_or_else(|problem| panic!("{theme}: {problem}")) else {
        panic!("{theme} is no list of cases");
    };
    let trial = |case: Value| {
        let Some(Value::Text(name)) = case.get("name").cloned() else { panic!("{theme}: a case has no name") };
        Trial::test(format!("{theme}::{name}"), move || Ok(run::run(&case, &HOST)?))
    };
    cases.into_iter().map(trial).collect()
}

const HOST: run::Host = run::Host { source: Some(str::parse), words: true, json, promise };

fn promise(lead: &Lead, _: &Pact, at: Time) -> Option<Promise> {
    lead.promise(at)
}

fn json(assessment: &Assessment) -> Value {
    parse(&serde_json::to_string(assessment).unwrap()).unwrap()
}
