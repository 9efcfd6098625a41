//! A scorecard of whole points: logistic regression with a ridge, scaled and rounded.

use super::data::{Leads, Row};
use serde_json::{Value, json};

/// The most points there are.
const MOST: f64 = 100.0;
/// The part of leads that is handed over.
const HANDED_OVER: f64 = 0.4;
/// Half the weight of a squared coefficient.
const RIDGE: f64 = 1.0;
const NEWTON_STEPS: usize = 12;

/// Points by column and answer, each column from 0 up, and the threshold.
pub(crate) struct Card {
    pub(crate) points: Vec<Vec<i64>>,
    pub(crate) threshold: i64,
    /// How likely each answer is.
    pub(crate) shares: Vec<Vec<f64>>,
}

impl Card {
    pub(crate) fn fit(leads: &Leads) -> Self {
        let weights = regression(leads);
        let least = |own: &[f64]| own.iter().copied().fold(f64::INFINITY, f64::min);
        let range = |own: &[f64]| own.iter().copied().fold(f64::NEG_INFINITY, f64::max) - least(own);
        let unit = MOST / weights.iter().map(|own| range(own)).sum::<f64>();
        let whole = |own: &Vec<f64>| own.iter().map(|weight| ((weight - least(own)) * unit).round() as i64).collect();
        let points: Vec<Vec<i64>> = weights.iter().map(whole).collect();
        let shares = (0..points.len()).map(|column| shares(leads, column, &leads.fit)).collect();
        let mut card = Self { points, threshold: 0, shares };
        let mut scores: Vec<i64> = leads.fit.iter().map(|row| card.score(row, 0..leads.columns.len())).collect();
        scores.sort_unstable();
        card.threshold = scores[((1.0 - HANDED_OVER) * scores.len() as f64) as usize];
        card
    }

    /// The points of a lead for its answers in some columns.
    pub(crate) fn score(&self, row: &Row, columns: impl IntoIterator<Item = usize>) -> i64 {
        columns.into_iter().map(|column| self.points[column][row.answers[column]]).sum()
    }

    pub(crate) fn most(&self, column: usize) -> i64 {
        self.points[column].iter().copied().max().unwrap_or(0)
    }

    /// The pact: columns known at capture are facts that nobody asks.
    pub(crate) fn json(&self, leads: &Leads, mode: &str, segment: Option<usize>) -> Value {
        let field = |column: usize| {
            let options = (0..self.points[column].len()).map(|answer| {
                json!({"value": answer_id(answer), "label": "?", "share": self.share(leads, column, answer, segment)})
            });
            let ask = if column < leads.free { "never" } else { "when_useful" };
            json!({"id": column_id(column), "label": "?", "kind": "choice", "friction": 1, "ask": ask,
                "options": options.collect::<Vec<_>>()})
        };
        let mut criteria = Vec::new();
        for (column, points) in self.points.iter().enumerate() {
            for (answer, points) in points.iter().enumerate().filter(|(_, points)| **points != 0) {
                criteria.push(json!({"id": format!("c{}", criteria.len()), "group": "all", "points": points,
                    "when": {"fact": column_id(column), "is": answer_id(answer)}}));
            }
        }
        let mut asking = json!({"mode": mode});
        if let Some(segment) = segment {
            asking["segment"] = column_id(segment).into();
        }
        json!({"pact": 1, "id": "real", "fields": (0..self.points.len()).map(field).collect::<Vec<_>>(),
            "groups": [{"id": "all", "dimension": "fit"}], "criteria": criteria,
            "qualification": {"threshold": self.threshold}, "asking": asking})
    }

    fn share(&self, leads: &Leads, column: usize, answer: usize, segment: Option<usize>) -> Value {
        let plain = self.shares[column][answer];
        let Some(segment) = segment.filter(|segment| *segment != column) else { return plain.into() };
        let mut by_value = json!({"else": plain});
        for value in 0..self.points[segment].len() {
            let within: Vec<Row> = leads.fit.iter().filter(|row| row.answers[segment] == value).cloned().collect();
            by_value[answer_id(value)] = shares(leads, column, &within)[answer].into();
        }
        by_value
    }
}

/// The id of a column in JSON.
pub(crate) fn column_id(column: usize) -> String {
    format!("c{column:02}")
}

/// The value of an answer in JSON.
pub(crate) fn answer_id(answer: usize) -> String {
    format!("v{answer}")
}

/// How often each answer is given, half a lead added to each.
fn shares(leads: &Leads, column: usize, rows: &[Row]) -> Vec<f64> {
    let mut counts = vec![0.5; leads.columns[column].answers.len()];
    for row in rows {
        counts[row.answers[column]] += 1.0;
    }
    let all: f64 = counts.iter().sum();
    counts.iter().map(|count| count / all).collect()
}

/// The coefficient of each answer, by Newton's method.
fn regression(leads: &Leads) -> Vec<Vec<f64>> {
    let mut first = vec![1];
    for column in &leads.columns {
        first.push(first[first.len() - 1] + column.answers.len());
    }
    let size = first[first.len() - 1];
    // The first feature is the constant.
    let features = |row: &Row| -> Vec<usize> {
        let own = row.answers.iter().zip(&first).map(|(answer, first)| first + answer);
        std::iter::once(0).chain(own).collect()
    };
    let rows: Vec<(Vec<usize>, f64)> =
        leads.fit.iter().map(|row| (features(row), f64::from(u8::from(row.good)))).collect();
    let mut beta = vec![0.0; size];
    for _ in 0..NEWTON_STEPS {
        let mut slope: Vec<f64> = beta.iter().map(|beta| -RIDGE * beta).collect();
        let mut bend = vec![vec![0.0; size]; size];
        for (at, row) in bend.iter_mut().enumerate() {
            row[at] = RIDGE;
        }
        for (features, good) in &rows {
            let sum: f64 = features.iter().map(|feature| beta[*feature]).sum();
            let p = 1.0 / (1.0 + (-sum).exp());
            for one in features {
                slope[*one] += good - p;
                for other in features {
                    bend[*one][*other] += p * (1.0 - p);
                }
            }
        }
        for (beta, step) in beta.iter_mut().zip(solved(bend, slope)) {
            *beta += step;
        }
    }
    first.windows(2).map(|ends| beta[ends[0]..ends[1]].to_vec()).collect()
}

/// Solves a positive definite system by elimination.
fn solved(mut matrix: Vec<Vec<f64>>, mut right: Vec<f64>) -> Vec<f64> {
    let size = right.len();
    for at in 0..size {
        let (above, below) = matrix.split_at_mut(at + 1);
        let pivot = &above[at];
        for (row, other) in below.iter_mut().zip(at + 1..) {
            let factor = row[at] / pivot[at];
            for (cell, own) in row.iter_mut().zip(pivot).skip(at) {
                *cell -= factor * own;
            }
            right[other] -= factor * right[at];
        }
    }
    for at in (0..size).rev() {
        let known: f64 = (at + 1..size).map(|other| matrix[at][other] * right[other]).sum();
        right[at] = (right[at] - known) / matrix[at][at];
    }
    right
}
