//! Lead files as tables.

use super::{Entry, LONGEST_LINE};
use anyhow::{Context, Result, bail};
use leadpact::{Columns, LeadLine, Pact, Problems, Step, Time};
use std::cell::Cell;
use std::io::{self, BufRead, Cursor, Read};
use std::rc::Rc;

/// How much the reader of tables takes at a time.
const BUFFER: usize = 64 * 1024;

/// The header, which was read ahead, the rest, and a line's end that the last row may lack.
type Whole<R> = io::Chain<io::Chain<Cursor<Vec<u8>>, R>, &'static [u8]>;

/// The leads of a CSV file: a header, then a row a lead.
pub(crate) struct Rows<'p, R: Read> {
    pact: &'p Pact,
    now: Option<Time>,
    columns: Columns,
    table: csv::Reader<Fused<Whole<R>>>,
    left: Rc<Cell<usize>>,
    row: csv::ByteRecord,
    broken: bool,
}

impl<'p, R: BufRead> Rows<'p, R> {
    /// Leads of `pact`; `now` is the time of those that have none.
    ///
    /// # Errors
    /// Where the header cannot be read, or has a column without a meaning.
    pub(crate) fn new(pact: &'p Pact, mut from: R, now: Option<Time>) -> Result<Self> {
        let header = first_line(&mut from)?;
        let separator = separator(&header);
        let left = Rc::new(Cell::new(LONGEST_LINE));
        let fused = Fused { from: Cursor::new(header).chain(from).chain(b"\n".as_slice()), left: Rc::clone(&left) };
        let mut table = csv::ReaderBuilder::new()
            .delimiter(separator)
            .flexible(true)
            // A carriage return before it is white space at the end of a cell.
            .terminator(csv::Terminator::Any(b'\n'))
            .buffer_capacity(BUFFER)
            .from_reader(fused);
        let names = table.headers().context("cannot read the header")?.clone();
        let columns = Columns::read(pact, &names).map_err(|problems| refused(&names, &problems))?;
        Ok(Self { pact, now, columns, table, left, row: csv::ByteRecord::new(), broken: false })
    }

    /// The next lead; none at the end.
    pub(crate) fn next(&mut self) -> io::Result<Option<Entry>> {
        while !self.broken {
            self.left.set(LONGEST_LINE);
            match self.table.read_byte_record(&mut self.row) {
                Ok(false) => return Ok(None),
                Ok(true) => {}
                Err(error) => return self.stop(error),
            }
            if self.row.len() > 1 || self.row.iter().any(|cell| !cell.trim_ascii().is_empty()) {
                return Ok(Some(self.read()));
            }
        }
        Ok(None)
    }

    fn read(&self) -> Entry {
        let line = self.line();
        let Ok(cells) = self.row.iter().map(std::str::from_utf8).collect::<Result<Vec<&str>, _>>() else {
            return Entry::refuse(line, "not UTF-8 text: save the table as UTF-8");
        };
        let lead = self.columns.row(cells).map_err(|problem| Problems(vec![problem]));
        let lead = lead.and_then(|value| LeadLine::read(self.pact, &value, self.now));
        Entry { line, lead }
    }

    /// Where the row begins. The reader stands behind it, and passes over blank lines before a row unseen.
    fn line(&self) -> u64 {
        let within = self.row.as_slice().iter().filter(|byte| **byte == b'\n').count() as u64;
        self.table.position().line().saturating_sub(within + 1)
    }

    /// A row that does not end cannot be passed over: what follows is part of it.
    fn stop(&mut self, error: csv::Error) -> io::Result<Option<Entry>> {
        let line = self.table.position().line();
        match error.into_kind() {
            csv::ErrorKind::Io(error) if error.kind() == io::ErrorKind::FileTooLarge => {
                self.broken = true;
                let message = format!("a row has at most {LONGEST_LINE} bytes: is a quote missing?");
                Ok(Some(Entry::refuse(line, message)))
            }
            csv::ErrorKind::Io(error) => Err(error),
            kind => Err(io::Error::other(format!("{kind:?}"))),
        }
    }
}

/// The first line that is not blank, without a byte order mark, and with the ends of the blank lines before it, so
/// that lines keep their numbers.
fn first_line(from: &mut impl BufRead) -> Result<Vec<u8>> {
    let (mut line, mut read, mut blank) = (Vec::new(), 0, 0);
    while line.trim_ascii().is_empty() {
        line.clear();
        let taken = from.take(LONGEST_LINE.saturating_sub(read) as u64).read_until(b'\n', &mut line)?;
        if taken == 0 {
            bail!("the file is empty: expected a header with the names of facts");
        }
        if read == 0 && line.starts_with(b"\xef\xbb\xbf") {
            line.drain(..3);
        }
        read += taken;
        blank += 1;
    }
    line.splice(..0, std::iter::repeat_n(b'\n', blank - 1));
    if std::str::from_utf8(&line).is_err() {
        bail!("the header is not UTF-8 text: save the table as UTF-8");
    }
    Ok(line)
}

/// The separator: whichever of comma and semicolon the header has more of, outside quotes.
fn separator(header: &[u8]) -> u8 {
    let (mut commas, mut semicolons, mut quoted) = (0, 0, false);
    for byte in header {
        match byte {
            b'"' => quoted = !quoted,
            b',' if !quoted => commas += 1,
            b';' if !quoted => semicolons += 1,
            _ => {}
        }
    }
    if semicolons > commas { b';' } else { b',' }
}

fn refused(names: &csv::StringRecord, problems: &Problems) -> anyhow::Error {
    let words: Vec<String> = problems
        .0
        .iter()
        .map(|problem| match problem.path.as_slice() {
            [Step::Item(at)] if names.len() > 1 => format!("column {}: {}", at + 1, problem.message),
            _ => problem.message.clone(),
        })
        .collect();
    anyhow::anyhow!("{}", words.join("\n"))
}

/// Stops reading in the middle of a row that is too long.
struct Fused<R> {
    from: R,
    left: Rc<Cell<usize>>,
}

impl<R: Read> Read for Fused<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.from.read(buffer)?;
        match self.left.get().checked_sub(read) {
            Some(left) => self.left.set(left),
            None => return Err(io::ErrorKind::FileTooLarge.into()),
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pact() -> Pact {
        r#"{"pact": 1, "id": "demo", "fields": [{"id": "team", "label": "Team", "kind": "number"},
            {"id": "name", "label": "Name", "kind": "text"}], "qualification": {"threshold": 1}}"#
            .parse()
            .unwrap()
    }

    fn outcomes(text: &str) -> Vec<(u64, bool)> {
        let pact = pact();
        let mut rows = Rows::new(&pact, text.as_bytes(), None).unwrap();
        let mut found = Vec::new();
        while let Some(entry) = rows.next().unwrap() {
            found.push((entry.line, entry.lead.is_ok()));
        }
        found
    }

    #[test]
    fn a_mark_semicolons_quotes_and_windows_endings_are_read() {
        let text = "\u{feff}id;team;name\r\nL-1;12;\"a;\nb\"\r\n\r\nL-2;;\r\n";
        assert_eq!(outcomes(text), [(2, true), (5, true)]);
    }

    #[test]
    fn blank_lines_before_the_header_are_passed_over_and_counted() {
        assert_eq!(outcomes("\u{feff}\r\n  \n\nid,team\nL-1,2\n"), [(5, true)]);
    }

    #[test]
    fn a_ragged_row_is_named_by_its_line_and_does_not_stop_the_others() {
        assert_eq!(outcomes("id,team\nL-1\nL-2,3\nL-3,4,5\n"), [(2, false), (3, true), (4, false)]);
    }

    #[test]
    fn a_quote_that_never_closes_stops_at_the_limit() {
        let text = format!("id,name\nL-1,ok\nL-2,\"{}", "x,y\n".repeat(LONGEST_LINE / 2));
        let found = outcomes(&text);
        assert_eq!(found.first(), Some(&(2, true)));
        assert!(found.len() == 2 && !found[1].1, "{found:?}");
    }

    #[test]
    fn a_header_without_meaning_is_refused_by_column() {
        let pact = pact();
        let refused = |text: &str| Rows::new(&pact, text.as_bytes(), None).err().unwrap().to_string();
        assert!(refused("id,taem").contains("column 2: no fact of the pact is called `taem`, did you mean `team`?"));
        for empty in ["", "\u{feff}", "\n \r\n"] {
            assert!(refused(empty).contains("the file is empty"));
        }
    }
}
