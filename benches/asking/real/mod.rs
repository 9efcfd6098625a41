//! The same on real leads, where the data are: questions asked, agreement and AUC on the half that was not fitted on.

mod card;
mod data;
mod proof;

use crate::table::table;
use card::{Card, answer_id, column_id};
use data::{Leads, Row, SOURCES, Source};
use leadpact::{Lead, Next, Time};
use proof::Proof;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::Path;

/// 2026-11-20T10:00:00Z
const NOW: Time = Time(1_795_168_800_000);

/// A table a data set.
pub(crate) fn report(folder: &Path) -> String {
    let mut text = String::new();
    for source in &SOURCES {
        match Leads::read(folder, source) {
            Some(leads) => text.push_str(&compared(source, &leads)),
            None => {
                let _ = writeln!(text, "**{}**: skipped, not in the folder of data\n", source.name);
            }
        }
    }
    text
}

/// How one way to ask does on all leads.
#[derive(Default)]
struct Counted {
    questions: usize,
    agrees: usize,
    scores: Vec<(i64, bool)>,
}

/// What is counted on: a card, and what a proof takes.
struct Trial<'t> {
    leads: &'t Leads,
    card: Card,
    proof: Proof,
}

/// What is known of a lead: its points, and the questions asked, a bit each.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Known {
    segment: usize,
    asked: usize,
    points: i64,
}

fn compared(source: &Source, leads: &Leads) -> String {
    let card = Card::fit(leads);
    let trial = Trial { leads, proof: Proof::of(leads, &card), card };
    let segment = leads.columns.iter().position(|column| column.name == source.segment);
    let best = trial.counted(|known, _| {
        let missing = trial.card.threshold - known.points;
        let open = !trial.proof.is_proved(known.asked, missing);
        open.then(|| trial.proof.questions[trial.proof.best(&trial.card, known.asked, missing).1])
    });
    let order = trial.proof.best_order(leads, &trial.card);
    let mut ways = vec![
        ("**LeadPact, `certain`**", trial.engine("certain", None)),
        ("**LeadPact, `certain`**, shares by segment", trial.engine("certain", segment)),
        ("*the fewest until proved, by the shares*", best),
        ("the best fixed order, until proved", trial.in_order(&order)),
    ];
    let mut by_range = (0..order.len()).collect::<Vec<_>>();
    by_range.sort_by_key(|at| -trial.card.most(trial.proof.questions[*at]));
    ways.push(("by range of points, until proved", trial.in_order(&by_range)));
    ways.push(("**LeadPact, `value`**", trial.engine("value", None)));
    ways.push(("**LeadPact, `value`**, shares by segment", trial.engine("value", segment)));
    let every =
        |known: Known, _: &Row| leads.questions().find(|column| known.asked_bit(&trial, *column) == Some(false));
    ways.push(("everything", trial.counted(every)));
    ways.push(("nothing", trial.counted(|_, _| None)));
    let fewest = ways[2].1.questions as f64;
    let rows: Vec<Vec<String>> = ways.iter().map(|(name, counted)| trial.line(name, counted, fewest)).collect();
    let header = ["asks", "questions a lead", "÷ the fewest", "agrees with the decision on everything", "AUC"];
    format!(
        "**{}**: points from {} leads, counted on {} others; {} of {} questions earn points\n\n{}\n",
        source.name,
        leads.fit.len(),
        leads.count.len(),
        trial.proof.questions.len(),
        leads.questions().len(),
        table(&header, &rows)
    )
}

impl Known {
    /// Whether a question was asked; none where it earns nothing.
    fn asked_bit(self, trial: &Trial<'_>, column: usize) -> Option<bool> {
        let at = trial.proof.questions.iter().position(|own| *own == column)?;
        Some(self.asked >> at & 1 == 1)
    }
}

impl Trial<'_> {
    /// Asks every lead what a rule says, until it says nothing.
    fn counted(&self, mut rule: impl FnMut(Known, &Row) -> Option<usize>) -> Counted {
        let mut counted = Counted::default();
        for row in &self.leads.count {
            let mut known = Known { segment: 0, asked: 0, points: self.card.score(row, 0..self.leads.free) };
            while let Some(column) = rule(known, row) {
                let at = self.proof.questions.iter().position(|own| *own == column).expect("a question with points");
                known.asked |= 1 << at;
                known.points += self.card.points[column][row.answers[column]];
                counted.questions += 1;
            }
            let last = self.card.score(row, 0..self.leads.columns.len());
            let handed_over = |points: i64| points >= self.card.threshold;
            counted.agrees += usize::from(handed_over(known.points) == handed_over(last));
            counted.scores.push((known.points, row.good));
        }
        counted
    }

    fn in_order(&self, order: &[usize]) -> Counted {
        self.counted(|known, _| {
            let open = !self.proof.is_proved(known.asked, self.card.threshold - known.points);
            let next = order.iter().find(|at| known.asked >> *at & 1 == 0)?;
            open.then(|| self.proof.questions[*next])
        })
    }

    /// The engine; where nothing tells two leads apart, it is asked once.
    fn engine(&self, mode: &str, segment: Option<usize>) -> Counted {
        let text = self.card.json(self.leads, mode, segment).to_string();
        let blank = Lead::new(&text.parse().expect("a pact"));
        let mut said: HashMap<Known, Option<usize>> = HashMap::new();
        self.counted(|mut known, row| {
            known.segment = segment.map_or(0, |segment| row.answers[segment]);
            *said.entry(known).or_insert_with(|| {
                let mut lead = blank.clone();
                for (column, answer) in row.answers.iter().enumerate() {
                    if column < self.leads.free || known.asked_bit(self, column) == Some(true) {
                        lead.answer(&column_id(column), &*answer_id(*answer)).expect("an answer that fits");
                    }
                }
                match lead.next(0, NOW) {
                    Next::Ask(ask) => ask.field.get(1..)?.parse().ok(),
                    Next::Stop(_) => None,
                }
            })
        })
    }

    fn line(&self, name: &str, counted: &Counted, fewest: f64) -> Vec<String> {
        let rows = self.leads.count.len() as f64;
        vec![
            name.to_owned(),
            format!("{:.2}", counted.questions as f64 / rows),
            format!("{:.3}", counted.questions as f64 / fewest),
            format!("{:.1} %", 100.0 * counted.agrees as f64 / rows),
            format!("{:.3}", area(&counted.scores)),
        ]
    }
}

/// The probability that a good lead scores more than another, ties counted half (Mann and Whitney 1947).
fn area(scores: &[(i64, bool)]) -> f64 {
    let mut by_score: HashMap<i64, [f64; 2]> = HashMap::new();
    for (score, good) in scores {
        by_score.entry(*score).or_default()[usize::from(*good)] += 1.0;
    }
    let mut sorted: Vec<(i64, [f64; 2])> = by_score.into_iter().collect();
    sorted.sort_by_key(|(score, _)| *score);
    let (mut below, mut wins, mut good) = (0.0, 0.0, 0.0);
    for (_, [bad, own]) in sorted {
        wins += own * (below + bad / 2.0);
        below += bad;
        good += own;
    }
    wins / (below * good)
}
