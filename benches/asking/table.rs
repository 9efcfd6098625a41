//! Numbers as a page shows them.

use std::fmt::Write as _;

/// What a list of numbers comes to.
pub(crate) struct Spread {
    sorted: Vec<f64>,
}

impl Spread {
    pub(crate) fn of(numbers: impl IntoIterator<Item = f64>) -> Self {
        let mut sorted: Vec<f64> = numbers.into_iter().collect();
        sorted.sort_by(f64::total_cmp);
        Self { sorted }
    }

    pub(crate) fn mean(&self) -> f64 {
        self.sorted.iter().sum::<f64>() / self.sorted.len() as f64
    }

    /// The number below which this part of them lies.
    pub(crate) fn quantile(&self, part: f64) -> f64 {
        let last = self.sorted.len() - 1;
        self.sorted[(part * last as f64).round() as usize]
    }
}

/// A table in Markdown; the first column is text, the others numbers.
pub(crate) fn table(header: &[&str], rows: &[Vec<String>]) -> String {
    let mut text = format!("| {} |\n| ---{} |\n", header.join(" | "), " | ---:".repeat(header.len() - 1));
    for row in rows {
        let _ = writeln!(text, "| {} |", row.join(" | "));
    }
    text
}

/// The page with new text between the markers of this name.
pub(crate) fn between(page: &str, name: &str, text: &str) -> String {
    let (open, close) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->"));
    let (before, rest) = page.split_once(&open).expect("an opening marker");
    let (_, after) = rest.split_once(&close).expect("a closing marker");
    [before, &open, text, &close, after].concat()
}
