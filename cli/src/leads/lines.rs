//! Lead files as lines of JSON.

use super::{Entry, LONGEST_LINE};
use leadpact::{LeadLine, Pact, Problems, Time, parse};
use std::io::{self, BufRead, Read};

/// The leads of a file with one JSON object a line. Blank lines are passed over.
pub(crate) struct Lines<'p, R> {
    pact: &'p Pact,
    now: Option<Time>,
    from: R,
    line: u64,
    buffer: Vec<u8>,
}

impl<'p, R: BufRead> Lines<'p, R> {
    /// Leads of `pact`; `now` is the time of those that have none.
    pub(crate) fn new(pact: &'p Pact, from: R, now: Option<Time>) -> Self {
        Self { pact, now, from, line: 0, buffer: Vec::new() }
    }

    /// The next lead; none at the end.
    pub(crate) fn next(&mut self) -> io::Result<Option<Entry>> {
        loop {
            self.buffer.clear();
            self.line += 1;
            let most = LONGEST_LINE as u64 + 1;
            if self.from.by_ref().take(most).read_until(b'\n', &mut self.buffer)? == 0 {
                return Ok(None);
            }
            if self.buffer.len() > LONGEST_LINE && !self.buffer.ends_with(b"\n") {
                self.from.skip_until(b'\n')?;
                return Ok(Some(Entry::refuse(self.line, format!("a line has at most {LONGEST_LINE} bytes"))));
            }
            let Ok(text) = std::str::from_utf8(&self.buffer) else {
                return Ok(Some(Entry::refuse(self.line, "not UTF-8 text")));
            };
            let text = if self.line == 1 { text.strip_prefix('\u{feff}').unwrap_or(text) } else { text };
            if !text.trim().is_empty() {
                let lead = parse(text).map_err(|problem| Problems(vec![problem]));
                let lead = lead.and_then(|value| LeadLine::read(self.pact, &value, self.now));
                return Ok(Some(Entry { line: self.line, lead }));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcomes(text: &[u8]) -> Vec<(u64, bool)> {
        let pact: Pact =
            r#"{"pact": 1, "id": "demo", "fields": [], "qualification": {"threshold": 1}}"#.parse().unwrap();
        let mut lines = Lines::new(&pact, text, None);
        let mut found = Vec::new();
        while let Some(entry) = lines.next().unwrap() {
            found.push((entry.line, entry.lead.is_ok()));
        }
        found
    }

    #[test]
    fn blank_lines_a_mark_and_windows_endings_are_passed_over() {
        assert_eq!(outcomes(b"\xef\xbb\xbf{}\r\n\r\n \n{}"), [(1, true), (4, true)]);
        assert_eq!(outcomes(b""), []);
        assert_eq!(outcomes(b"\xef\xbb\xbf"), []);
    }

    #[test]
    fn a_bad_line_does_not_stop_the_others() {
        assert_eq!(outcomes(b"{}\n{\n{}\n\xff\n{}"), [(1, true), (2, false), (3, true), (4, false), (5, true)]);
    }

    #[test]
    fn a_line_beyond_the_limit_is_passed_over_whole() {
        let mut text = vec![b' '; LONGEST_LINE + 10];
        text.extend_from_slice(b"\n{}\n");
        assert_eq!(outcomes(&text), [(1, false), (2, true)]);
        let mut whole = vec![b' '; LONGEST_LINE - 2];
        whole.extend_from_slice(b"{}\n{}");
        assert_eq!(outcomes(&whole), [(1, true), (2, true)]);
    }
}
