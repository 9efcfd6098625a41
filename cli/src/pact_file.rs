//! Pacts in files: reading them, and naming the places of what is wrong with them.

use crate::places::Places;
use crate::say;
use anyhow::{Context, Result};
use leadpact::{Pact, Problem, limits};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// How many problems of a pact are said, and how many warnings.
pub(crate) const MOST_SAID: usize = 1_000;

/// The text of a pact, or of as much of a file as tells that it is none.
pub(crate) struct Source {
    /// The file's name as it was given.
    pub(crate) name: String,
    /// Its text, without a byte order mark.
    pub(crate) text: String,
}

/// What is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Placed {
    /// The line, from 1.
    pub(crate) line: usize,
    /// The column, from 1.
    pub(crate) column: usize,
    /// The way from the top of the pact, like `criteria[3].when`.
    pub(crate) path: String,
    /// What is wrong and what was expected.
    pub(crate) message: String,
}

impl Source {
    /// Reads a file, or stdin for `-`.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let stdin = path.as_os_str() == "-";
        let name = if stdin { "<stdin>".to_owned() } else { path.display().to_string() };
        let mut bytes = Vec::new();
        // One byte more than allowed, so that a reader sees that it is too long.
        let most = limits::LONGEST as u64 + 4;
        let read = match stdin {
            true => io::stdin().lock().take(most).read_to_end(&mut bytes),
            false => File::open(path).and_then(|file| file.take(most).read_to_end(&mut bytes)),
        };
        read.with_context(|| format!("cannot read `{name}`"))?;
        let text = String::from_utf8(bytes).or_else(|error| match error.utf8_error().error_len() {
            // Cut in the middle of a letter: too long in any case.
            None => Ok(String::from_utf8_lossy(error.as_bytes()).into_owned()),
            Some(_) => Err(anyhow::anyhow!("`{name}` is not UTF-8 text")),
        })?;
        let text = text.strip_prefix('\u{feff}').map_or(text.clone(), str::to_owned);
        Ok(Self { name, text })
    }

    /// Reads the pact, or says everything that is wrong with it, by place.
    pub(crate) fn pact(&self) -> Result<Pact, Vec<Placed>> {
        if self.text.len() > limits::LONGEST {
            let message = format!("a pact has at most {} bytes, this one has more", limits::LONGEST);
            return Err(vec![Placed { line: 1, column: 1, path: String::new(), message }]);
        }
        self.text.parse().map_err(|problems: leadpact::Problems| {
            let mut placed = self.place(&problems.0);
            placed.sort();
            placed
        })
    }

    /// Where problems stand in the text.
    pub(crate) fn place(&self, problems: &[Problem]) -> Vec<Placed> {
        let places = std::cell::OnceCell::new();
        let place = |problem: &Problem| {
            let find = || places.get_or_init(|| Places::find(&self.text)).of(&problem.path);
            let (line, column) = problem.place.unwrap_or_else(find);
            Placed { line, column, path: problem.path(), message: problem.message.clone() }
        };
        problems.iter().map(place).collect()
    }

    /// `pact.json:12:7`, for editors and terminals to open.
    pub(crate) fn at(&self, placed: &Placed) -> String {
        format!("{}:{}:{}", self.name, placed.line, placed.column)
    }

    /// Says everything that is wrong, and how much it is.
    pub(crate) fn refuse(&self, problems: &[Placed]) {
        say::error(&self.refusal(problems));
    }

    /// Says what is wrong, as much of it as anybody reads, and returns how much it is.
    fn refusal(&self, problems: &[Placed]) -> String {
        for placed in problems.iter().take(MOST_SAID) {
            say::problem(&self.at(placed), &placed.words());
        }
        say_more(problems.len(), "problem");
        format!("`{}` is not a valid pact: {}", self.name, say::count(problems.len(), "problem"))
    }
}

/// Says how many there are beyond those that are said.
pub(crate) fn say_more(number: usize, what: &str) {
    if let more @ 1.. = number.saturating_sub(MOST_SAID) {
        say::line(&format!("and {} more", say::count(more, what)));
    }
}

impl Placed {
    /// The way and the message.
    pub(crate) fn words(&self) -> String {
        if self.path.is_empty() { self.message.clone() } else { format!("{}: {}", self.path, self.message) }
    }
}

/// Reads a pact that a command needs; where it is not valid, says why and stops.
pub(crate) fn read(path: &Path) -> Result<Pact> {
    let source = Source::open(path)?;
    source.pact().map_err(|problems| anyhow::Error::msg(source.refusal(&problems)))
}
