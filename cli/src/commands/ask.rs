//! `ask`: which question next, or none, and why.

use crate::language::Language;
use crate::pact_file::{self, Source};
use crate::say::{self, BOLD};
use anyhow::{Result, ensure};
use leadpact::{AskWords, EffectWords, LeadLine, Pact, Problem, Step, Thinking, Time, Value, Words, limits};
use serde::Serialize;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

/// How wide the text is, in letters.
const WIDE: usize = 80;
/// How many answers to a question are shown.
const MOST_ANSWERS: usize = 12;
/// The keys of a lead in a lead file.
const LEAD: [&str; 5] = ["id", "at", "behaviour", "facts", "outcome"];

/// Says which questions are worth asking a lead, why, and what each answer would do
///
/// The facts are one JSON object: a lead as in lead files, or what is known of it by field, like `{"team": 12}`. A fact
/// that does not fit the pact is left unknown, with a warning. Sentences are in French for a French locale, else in
/// English.
///
/// Exit code: 0 answered, 1 the facts are not those of a lead, 2 nothing could be read.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The pact, a JSON file
    pact: PathBuf,
    /// What is known of the lead, a JSON file; `-` reads stdin
    facts: PathBuf,
    /// The language, like `fr` or `en`; the pact's first locale where not given
    #[arg(long)]
    locale: Option<String>,
    /// How many questions this visit has asked already, beyond those always asked
    #[arg(long, value_name = "N", default_value_t = 0)]
    asked: usize,
    /// Answer for this time instead of the lead's own `at`, else now, like `2026-11-20T10:00:00Z`
    #[arg(long, value_name = "TIME", value_parser = |text: &str| text.parse::<Time>())]
    at: Option<Time>,
    /// How to say it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Format {
    /// For people: sentences
    Text,
    /// For programs: one JSON object, the sentences included
    Json,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let stdin = |path: &PathBuf| path.as_os_str() == "-";
    ensure!(!(stdin(&args.pact) && stdin(&args.facts)), "only one of the pact and the facts can come from stdin");
    let pact = pact_file::read(&args.pact)?;
    let source = Source::open(&args.facts)?;
    let now = args.at.unwrap_or_else(|| Time(jiff::Timestamp::now().as_millisecond()));
    let Some(line) = read(&pact, &source, now) else { return Ok(ExitCode::from(1)) };
    let first = || pact.locales.first().cloned().unwrap_or_else(|| "en".to_owned());
    let locale = args.locale.clone().unwrap_or_else(first);
    let thinking = line.lead.explain(args.asked, args.at.unwrap_or(line.at));
    let words = thinking.words(&pact, &locale);
    match args.format {
        Format::Text => {
            let language = Language::named(&locale).unwrap_or(Language::English);
            write!(anstream::stdout().lock(), "{}", in_words(&words, line.id.as_deref(), language))?;
        }
        Format::Json => in_json(&thinking, &words, line.id.as_deref())?,
    }
    Ok(ExitCode::SUCCESS)
}

/// The lead, where the file tells of one; says what is wrong with it.
fn read(pact: &Pact, source: &Source, now: Time) -> Option<LeadLine> {
    let refuse = |problems: &[Problem]| {
        for placed in source.place(problems) {
            say::problem(&source.at(&placed), &placed.words());
        }
    };
    if source.text.len() > limits::LONGEST {
        let message = format!("a lead has at most {} bytes, this one has more", limits::LONGEST);
        refuse(&[Problem { path: Vec::new(), message, place: None }]);
        return None;
    }
    let value = match leadpact::parse(&source.text) {
        Ok(value) => value,
        Err(problem) => {
            refuse(&[problem]);
            if has_many(&source.text) {
                say::error("expected one lead, found a lead a line: give one line of the file, or use `assess`");
            }
            return None;
        }
    };
    let whole = is_lead(pact, &value);
    let value = if whole { value } else { Value::Object(vec![("facts".into(), value)]) };
    // The file has no `facts` around bare facts.
    let own = |path: Vec<Step>| if whole { path } else { path.into_iter().skip(1).collect() };
    match LeadLine::read(pact, &value, Some(now)) {
        Ok(line) => {
            let refused = line.refused.iter().map(|refused| {
                let path = [Step::Key("facts".into()), Step::Key(refused.fact.clone())];
                let path = if refused.fact == "outcome" { vec![Step::Key("outcome".into())] } else { own(path.into()) };
                Problem { path, message: format!("{}; left unknown", refused.message), place: None }
            });
            for placed in source.place(&refused.collect::<Vec<_>>()) {
                say::warning(&source.at(&placed), &placed.words());
            }
            Some(line)
        }
        Err(problems) => {
            let mine = |problem: Problem| Problem { path: own(problem.path), ..problem };
            refuse(&problems.0.into_iter().map(mine).collect::<Vec<_>>());
            None
        }
    }
}

/// Whether it is a lead as in lead files, rather than the facts alone.
fn is_lead(pact: &Pact, value: &Value) -> bool {
    let Value::Object(entries) = value else { return false };
    let fact = |key: &str| pact.fields.iter().any(|f| f.id == key) || pact.signals.iter().any(|s| s.id == key);
    let keyed = |key: &str| LEAD.contains(&key) && !fact(key);
    let facts = keyed("facts") && value.get("facts").is_some();
    facts || (!entries.is_empty() && entries.iter().all(|(key, _)| keyed(key)))
}

/// Whether the text is that of several leads, a line each.
fn has_many(text: &str) -> bool {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let objects = |line: &str| matches!(leadpact::parse(line), Ok(Value::Object(_)));
    lines.next().is_some_and(objects) && lines.next().is_some_and(objects)
}

fn in_json(thinking: &Thinking, words: &Words, id: Option<&str>) -> Result<()> {
    #[derive(Serialize)]
    struct Said<'s> {
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<&'s str>,
        #[serde(flatten)]
        thinking: &'s Thinking,
        sentences: &'s Words,
    }
    let said = serde_json::to_string(&Said { id, thinking, sentences: words })?;
    writeln!(std::io::stdout().lock(), "{said}")?;
    Ok(())
}

/// The decision and the odds; where the points come from; each question with its answers; why it stops; what would change the decision.
fn in_words(words: &Words, id: Option<&str>, language: Language) -> String {
    let mut text = String::new();
    if let Some(id) = id {
        text.push_str(&format!("{BOLD}{}{BOLD:#}\n", say::plain(id)));
    }
    for line in [&words.decision, &words.odds].into_iter().chain(&words.caveats) {
        paragraph(&mut text, "", line);
    }
    text.push('\n');
    paragraph(&mut text, "", &words.score);
    for group in words.groups.iter().filter(|group| !group.criteria.is_empty()) {
        paragraph(&mut text, "  ", &group.sentence);
        for criterion in &group.criteria {
            paragraph(&mut text, "    ", criterion);
        }
    }
    if !words.ask.is_empty() {
        let title = language.of("À demander, du plus utile au moins utile", "Worth asking, the best first");
        text.push_str(&format!("\n{BOLD}{title}{BOLD:#}\n"));
    }
    for (at, asked) in words.ask.iter().enumerate() {
        text.push('\n');
        question(&mut text, at + 1, asked, language);
    }
    for line in words.stop.iter().chain(&words.change) {
        text.push('\n');
        paragraph(&mut text, "", line);
    }
    text
}

fn question(text: &mut String, number: usize, asked: &AskWords, language: Language) {
    let first = format!("{number:>2}. ");
    let margin = " ".repeat(first.len());
    paragraph(text, &first, &asked.sentence);
    let shown = asked.answers.get(..MOST_ANSWERS).unwrap_or(&asked.answers);
    let wide = shown.iter().map(|answer| answer.chance.chars().count()).max().unwrap_or_default();
    for answer in shown {
        effect(text, &margin, wide, answer, language);
    }
    if let more @ 1.. = asked.answers.len().saturating_sub(shown.len()) {
        let others = language.of("autres réponses possibles", "other answers possible");
        paragraph(text, &format!("{margin}  "), &format!("… {more} {others}"));
    }
    paragraph(text, &margin, &asked.cost);
}

/// `  81%  “Manufacturing” (50% of answers)`, the chances in a column.
fn effect(text: &mut String, margin: &str, wide: usize, answer: &EffectWords, language: Language) {
    let EffectWords { answer, chance, share, disqualified } = answer;
    let blank = " ".repeat(wide.saturating_sub(chance.chars().count()));
    let of = language.of("des réponses", "of answers");
    let also = disqualified.as_ref().map(|risk| format!(", {risk}")).unwrap_or_default();
    paragraph(text, &format!("{margin}  {blank}{chance}  "), &format!("{answer} ({share} {of}){also}"));
}

/// Adds lines that begin with `first`, the next ones as far to the right, and break between words.
fn paragraph(text: &mut String, first: &str, words: &str) {
    let margin = first.chars().count();
    let words = say::plain(words);
    let mut at = margin;
    text.push_str(first);
    for (nth, word) in words.split([' ', '\n']).enumerate() {
        let wide = word.chars().count();
        if nth > 0 && at + 1 + wide > WIDE {
            text.push('\n');
            text.push_str(&" ".repeat(margin));
            at = margin;
        } else if nth > 0 {
            text.push(' ');
            at += 1;
        }
        text.push_str(word);
        at += wide;
    }
    text.push('\n');
}
