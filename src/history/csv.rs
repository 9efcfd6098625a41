//! Lead files as tables: a column a fact.

use crate::json::Value;
use crate::lead::answer;
use crate::pact::Pact;
use crate::pact::condition::Fact;
use crate::pact::field::Kind;
use crate::problem::{Problem, Problems, Step, nearest};
use std::collections::HashMap;

/// What a table may hold besides facts.
const OWN: [&str; 5] = ["id", "at", "behaviour", "outcome.stage", "outcome.rejected"];

/// The columns of a table of leads, by its header.
///
/// A blank cell says nothing. Values of `choices` stand in one cell with `|` between them, and numbers and yes or no
/// are read as a form's texts are.
///
/// ```
/// use leadpact::{Columns, LeadLine, Pact};
///
/// let pact: Pact = r#"{
///     "pact": 1, "id": "demo",
///     "fields": [{"id": "team", "label": "Team", "kind": "number"}],
///     "qualification": {"threshold": 50}
/// }"#.parse()?;
/// let columns = Columns::read(&pact, ["id", "team"])?;
/// let row = columns.row(["L-1", "12"])?;
/// let line = LeadLine::read(&pact, &row, None)?;
/// assert!(line.lead.known(0).is_known());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Columns(Vec<Column>);

#[derive(Clone, Debug)]
enum Column {
    Id,
    At,
    Behaviour,
    Stage,
    Rejected,
    Fact(String),
    /// Values with `|` between them.
    Choices(String),
    /// When a signal last grew.
    Last(String),
}

impl Columns {
    /// Reads the header. `id`, `at` and `behaviour` are the line's own, even where a fact is called so.
    ///
    /// # Errors
    /// Every column that has no meaning or stands twice, each with its position.
    pub fn read<'h>(pact: &Pact, header: impl IntoIterator<Item = &'h str>) -> Result<Self, Problems> {
        let (mut columns, mut problems) = (Vec::new(), Vec::new());
        let mut seen = HashMap::new();
        for (at, name) in header.into_iter().enumerate() {
            let name = name.trim();
            let found = match seen.insert(name.to_owned(), at) {
                Some(_) => Err(["the column `", name, "` stands twice"].concat()),
                None => Column::new(pact, name),
            };
            match found {
                Ok(column) => columns.push(column),
                Err(message) => problems.push(Problem { path: vec![Step::Item(at)], message, place: None }),
            }
        }
        if problems.is_empty() { Ok(Self(columns)) } else { Err(Problems(problems)) }
    }

    /// The line of a lead file that a row stands for.
    ///
    /// # Errors
    /// Where the row has not as many cells as the header, or says of `behaviour` what is neither yes nor no.
    pub fn row<'r>(&self, cells: impl IntoIterator<Item = &'r str>) -> Result<Value, Problem> {
        let mut line = Line::default();
        let mut columns = self.0.iter();
        let mut many = 0_usize;
        for cell in cells {
            many += 1;
            if let Some(column) = columns.next() {
                line.take(column, cell.trim())?;
            }
        }
        if many != self.0.len() {
            let message =
                ["expected ", &self.0.len().to_string(), " cells as in the header, found ", &many.to_string()].concat();
            return Err(Problem { path: Vec::new(), message, place: None });
        }
        Ok(line.value())
    }
}

impl Column {
    fn new(pact: &Pact, name: &str) -> Result<Self, String> {
        match name {
            "id" => return Ok(Self::Id),
            "at" => return Ok(Self::At),
            "behaviour" => return Ok(Self::Behaviour),
            "outcome.stage" => return Ok(Self::Stage),
            "outcome.rejected" => return Ok(Self::Rejected),
            "" => return Err("a column has no name".into()),
            _ => {}
        }
        let fact = |id: &str| pact.names.get(id).copied();
        if let Some(signal) = name.strip_suffix(".last")
            && let Some(Fact::Signal(id)) = fact(signal)
            && pact.signals.entry(id).is_some_and(|signal| !signal.measure.is_text())
        {
            return Ok(Self::Last(signal.into()));
        }
        match fact(name) {
            Some(Fact::Field(id)) => {
                let choices = pact.fields.entry(id).is_some_and(|field| matches!(field.kind, Kind::Choices(_)));
                Ok(if choices { Self::Choices(name.into()) } else { Self::Fact(name.into()) })
            }
            Some(Fact::Signal(_)) => Ok(Self::Fact(name.into())),
            Some(Fact::Provider(_)) => Err(["`", name, "` is derived, and cannot be given"].concat()),
            None => {
                let near = nearest(name, OWN.into_iter().chain(pact.names.keys().map(String::as_str)));
                let name: String = name.chars().take(64).collect();
                Err(["no fact of the pact is called `", &name, "`", &near].concat())
            }
        }
    }
}

/// A line in the making.
#[derive(Default)]
struct Line {
    entries: Vec<(String, Value)>,
    facts: Vec<(String, Value)>,
    outcome: Vec<(String, Value)>,
    last: Vec<(String, Value)>,
}

impl Line {
    fn take(&mut self, column: &Column, cell: &str) -> Result<(), Problem> {
        if cell.is_empty() {
            return Ok(());
        }
        let text = Value::Text(cell.into());
        match column {
            Column::Id => self.entries.push(("id".into(), text)),
            Column::At => self.entries.push(("at".into(), text)),
            Column::Behaviour => {
                let refuse = |message: &str| Problem {
                    path: vec![Step::Key("behaviour".into())],
                    message: message.into(),
                    place: None,
                };
                let measured = answer::yes_no(cell).map_err(refuse)?;
                self.entries.push(("behaviour".into(), Value::Bool(measured == 1)));
            }
            Column::Stage => self.outcome.push(("stage".into(), text)),
            Column::Rejected => self.outcome.push(("rejected".into(), text)),
            Column::Fact(id) => self.facts.push((id.clone(), text)),
            Column::Choices(id) => {
                let values = cell.split('|').map(|value| Value::Text(value.trim().into())).collect();
                self.facts.push((id.clone(), Value::List(values)));
            }
            Column::Last(signal) => self.last.push((signal.clone(), text)),
        }
        Ok(())
    }

    fn value(mut self) -> Value {
        // A signal without a value never grew, whatever its time.
        for (signal, last) in self.last {
            if let Some((_, value)) = self.facts.iter_mut().find(|(id, _)| *id == signal) {
                let number = std::mem::replace(value, Value::Null);
                *value = Value::Object(vec![("value".into(), number), ("last".into(), last)]);
            }
        }
        self.entries.push(("facts".into(), Value::Object(self.facts)));
        if !self.outcome.is_empty() {
            self.entries.push(("outcome".into(), Value::Object(self.outcome)));
        }
        Value::Object(self.entries)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::LeadLine;
    use crate::lead::{Answer, Measured};

    fn pact() -> Pact {
        r#"{"pact": 1, "id": "demo",
            "fields": [
                {"id": "team", "label": "Team", "kind": "number"},
                {"id": "tools", "label": "Tools", "kind": "choices",
                 "options": [{"value": "erp", "label": "ERP"}, {"value": "paper", "label": "Paper"}]},
                {"id": "soon", "label": "Soon", "kind": "yes_no"}],
            "signals": [{"id": "visits", "measure": "visits"}, {"id": "campaign", "measure": "query", "name": "c"}],
            "qualification": {"threshold": 50}}"#
            .parse()
            .unwrap()
    }

    fn line(header: &[&str], row: &[&str]) -> LeadLine {
        let columns = Columns::read(&pact(), header.iter().copied()).unwrap();
        LeadLine::read(&pact(), &columns.row(row.iter().copied()).unwrap(), None).unwrap()
    }

    #[test]
    fn a_row_reads_as_the_line_it_stands_for() {
        let header = ["id", "at", "team", "tools", "soon", "visits", "visits.last", "campaign", "outcome.stage"];
        let row =
            ["L-1", "2026-11-20T10:00:00Z", "1 200", "paper| erp", "yes", "3", "2026-11-18T09:00:00Z", "ads", "won"];
        let line = line(&header, &row);
        assert!(line.refused.is_empty(), "{:?}", line.refused);
        assert_eq!(line.id.as_deref(), Some("L-1"));
        assert_eq!(*line.lead.known(0), Answer::Number(1200.0));
        assert_eq!(*line.lead.known(1), Answer::Choices(vec![0, 1]));
        assert_eq!(*line.lead.known(2), Answer::Choice(1));
        let last = "2026-11-18T09:00:00Z".parse().ok();
        assert_eq!(line.lead.measured(0), Some(&Measured::Number(3.0, last)));
        assert_eq!(line.lead.measured(1), Some(&Measured::Text(Some("ads".into()))));
        assert_eq!(line.outcome, Some(crate::Outcome::Stage("won".into())));
    }

    #[test]
    fn blank_cells_say_nothing() {
        let line = line(
            &["team", "tools", "behaviour", "visits", "visits.last"],
            &["", " ", "no", "", "2026-11-18T09:00:00Z"],
        );
        assert!(line.refused.is_empty());
        assert!(!line.lead.behaviour());
        assert!(!line.lead.known(0).is_known() && !line.lead.known(1).is_known());
    }

    #[test]
    fn columns_that_mean_nothing_are_named_with_what_is_near() {
        let refused = |header: &[&str]| Columns::read(&pact(), header.iter().copied()).unwrap_err().to_string();
        assert_eq!(refused(&["taem"]), "[0]: no fact of the pact is called `taem`, did you mean `team`?");
        assert_eq!(refused(&["id", "team", "team"]), "[2]: the column `team` stands twice");
        assert_eq!(refused(&["id", ""]), "[1]: a column has no name");
        assert!(refused(&["campaign.last"]).contains("campaign.last"));
        assert!(refused(&["outcome.stge"]).contains("did you mean `outcome.stage`?"));
    }

    #[test]
    fn a_row_has_as_many_cells_as_the_header() {
        let columns = Columns::read(&pact(), ["id", "team"]).unwrap();
        for row in [&["L-1"][..], &["L-1", "2", "3"]] {
            let message = columns.row(row.iter().copied()).unwrap_err().message;
            assert_eq!(message, format!("expected 2 cells as in the header, found {}", row.len()));
        }
        assert!(Columns::read(&pact(), ["behaviour"]).unwrap().row(["maybe"]).is_err());
    }
}
