//! `check`: is this a valid pact?

use crate::autocomplete;
use crate::pact_file::{MOST_SAID, Placed, Source, say_more};
use crate::say::{self, GREEN};
use anyhow::Result;
use leadpact::{Pact, Problem, Step, Value};
use serde_json::json;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

/// Above this many bytes, a pact costs the visitors of a page.
const ADVISED: usize = 50 * 1024;
/// The keys under which people's texts stand.
const TEXTS: [&str; 5] = ["label", "help", "placeholder", "unit", "means"];

/// Says whether a pact is valid, and everything that is wrong with it, by line
///
/// At most 1,000 problems and warnings are said, and how many more there are.
///
/// Exit code: 0 valid, 1 not valid, 2 cannot be read. Warnings do not change it.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The pact, a JSON file; `-` reads stdin
    pact: PathBuf,
    /// How to say it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Format {
    /// For people: problems on stderr as `FILE:LINE:COLUMN`, the summary on stdout
    Text,
    /// For programs: one JSON object on stdout
    Json,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let source = Source::open(&args.pact)?;
    let checked = source.pact();
    let warnings = checked.as_ref().map(|pact| advise(&source, pact)).unwrap_or_default();
    match args.format {
        Format::Text => in_words(&source, &checked, &warnings)?,
        Format::Json => in_json(&source, &checked, &warnings)?,
    }
    Ok(if checked.is_ok() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn in_words(source: &Source, checked: &Result<Pact, Vec<Placed>>, warnings: &[Placed]) -> Result<()> {
    let pact = match checked {
        Ok(pact) => pact,
        Err(problems) => {
            source.refuse(problems);
            return Ok(());
        }
    };
    for warning in warnings.iter().take(MOST_SAID) {
        say::warning(&source.at(warning), &warning.words());
    }
    say_more(warnings.len(), "warning");
    let counts = [
        say::count(pact.fields.len(), "field"),
        say::count(pact.signals.len(), "signal"),
        say::count(pact.criteria.len(), "criterion"),
        format!("threshold {}", pact.qualification.threshold),
        format!("hash {}", pact.hash),
    ];
    let name = say::plain(&source.name);
    writeln!(anstream::stdout(), "{name}: {GREEN}valid{GREEN:#}: {}", counts.join(", "))?;
    Ok(())
}

fn in_json(source: &Source, checked: &Result<Pact, Vec<Placed>>, warnings: &[Placed]) -> Result<()> {
    let list = |placed: &[Placed]| -> Vec<serde_json::Value> {
        let one = |p: &Placed| {
            let (path, message) = (say::plain(&p.path), say::plain(&p.message));
            json!({"line": p.line, "column": p.column, "path": path, "message": message})
        };
        placed.iter().take(MOST_SAID).map(one).collect()
    };
    let more = |placed: &[Placed]| placed.len().saturating_sub(MOST_SAID);
    let said = match checked {
        Err(problems) => json!({
            "file": source.name, "valid": false, "problems": list(problems), "warnings": [], "more": more(problems),
        }),
        Ok(pact) => json!({
            "file": source.name, "valid": true, "problems": [], "warnings": list(warnings), "more": more(warnings),
            "id": pact.id, "revision": pact.revision, "hash": pact.hash,
            "fields": pact.fields.len(), "signals": pact.signals.len(), "criteria": pact.criteria.len(),
            "threshold": pact.qualification.threshold,
        }),
    };
    writeln!(std::io::stdout().lock(), "{said}")?;
    Ok(())
}

/// What is valid and yet worth a second look.
fn advise(source: &Source, pact: &Pact) -> Vec<Placed> {
    let mut warnings = Vec::new();
    if source.text.len() > ADVISED {
        let message = format!(
            "the pact has {} bytes: every visitor loads them, at most {ADVISED} are advised",
            source.text.len()
        );
        warnings.push(Placed { line: 1, column: 1, path: String::new(), message });
    }
    if let Ok(tree) = leadpact::parse(&source.text) {
        let mut found = Vec::new();
        untranslated(&tree, &mut Vec::new(), &pact.locales, &mut found);
        for (at, field) in pact.fields.iter().enumerate() {
            if let Some(message) = field.autocomplete.as_deref().and_then(autocomplete::advice) {
                let path = vec![Step::Key("fields".into()), Step::Item(at), Step::Key("autocomplete".into())];
                found.push(Problem { path, message, place: None });
            }
        }
        warnings.extend(source.place(&found));
    }
    warnings.sort();
    warnings
}

/// Finds the texts that miss one of the locales.
fn untranslated(value: &Value, path: &mut Vec<Step>, locales: &[String], found: &mut Vec<Problem>) {
    match value {
        Value::List(items) => {
            for (at, item) in items.iter().enumerate() {
                path.push(Step::Item(at));
                untranslated(item, path, locales, found);
                path.pop();
            }
        }
        Value::Object(_) if is_text(path) => {
            let missing: Vec<String> = locales
                .iter()
                .filter(|locale| value.get(locale).is_none())
                .map(|locale| format!("`{locale}`"))
                .collect();
            if !missing.is_empty() {
                let message = format!("the text is missing in {}", missing.join(" and "));
                found.push(Problem { path: path.clone(), message, place: None });
            }
        }
        Value::Object(entries) => {
            for (key, value) in entries.iter().filter(|(key, _)| !key.starts_with("x-")) {
                path.push(Step::Key(key.clone()));
                untranslated(value, path, locales, found);
                path.pop();
            }
        }
        _ => {}
    }
}

/// Whether people's text stands at this path.
fn is_text(path: &[Step]) -> bool {
    match path {
        [Step::Key(top), Step::Key(_)] if top == "definitions" => true,
        [.., Step::Key(last)] => TEXTS.contains(&last.as_str()),
        _ => false,
    }
}
