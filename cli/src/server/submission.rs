//! What a form or a program sends, whatever way it is written.

use leadpact::{Value, parse};
use std::collections::HashMap;

/// The names that carry what is not an answer.
const RECORD: &str = "leadpact";
const ID: &str = "leadpact_id";
const PACT: &str = "leadpact_pact";
const LANGUAGE: &str = "leadpact_lang";
/// How many names of answers are kept; no form has so many.
const MOST_NAMES: usize = 2_000;

/// What was sent.
#[derive(Debug, Default)]
pub(crate) struct Submission {
    /// The form's own entries, in their order, each name once with all its values.
    pub(crate) answers: Vec<(String, Vec<String>)>,
    /// Where each name stands in them.
    places: HashMap<String, usize>,
    /// There were more names than are kept.
    pub(crate) too_many: bool,
    /// The hand-off record as it came.
    pub(crate) record_text: Option<String>,
    /// The record, or why it cannot be read.
    pub(crate) record: Option<Result<Value, String>>,
    /// The submission's id.
    pub(crate) id: Option<String>,
    /// The id of the pact that the form belongs to.
    pub(crate) pact: Option<String>,
    /// The language of the page.
    pub(crate) language: Option<String>,
}

/// Why nothing can be made of what was sent.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Unreadable {
    /// In a way that this server does not read.
    Type,
    /// It is not what it says it is.
    Broken(&'static str),
    /// Nothing was sent.
    Empty,
}

impl Submission {
    /// Reads a body by its content type.
    pub(crate) async fn read(content_type: &str, body: Vec<u8>) -> Result<Self, Unreadable> {
        let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let json = body.trim_ascii_start().starts_with(b"{");
        let mut submission = Self::default();
        match essence.as_str() {
            "multipart/form-data" => submission.multipart(content_type, body).await?,
            "application/json" => submission.json(&body)?,
            // Pages of another origin send JSON so, to be let through without being asked first.
            "text/plain" | "" if json => submission.json(&body)?,
            "text/plain" => submission.lines(&body),
            "application/x-www-form-urlencoded" | "" => {
                for (name, value) in form_urlencoded::parse(&body) {
                    submission.take(&name, value.into_owned());
                }
            }
            _ => return Err(Unreadable::Type),
        }
        let empty = submission.answers.is_empty() && submission.record.is_none();
        if empty { Err(Unreadable::Empty) } else { Ok(submission) }
    }

    fn take(&mut self, name: &str, value: String) {
        match name {
            RECORD if value.trim().is_empty() => {}
            RECORD => {
                self.record = Some(parse(&value).map_err(|problem| problem.to_string()));
                self.record_text = Some(value);
            }
            ID => self.id = Some(value),
            PACT => self.pact = Some(value),
            LANGUAGE => self.language = Some(value),
            _ => self.answer(name, value),
        }
    }

    fn answer(&mut self, name: &str, value: String) {
        let known = self.places.get(name).and_then(|place| self.answers.get_mut(*place));
        if let Some((_, values)) = known {
            values.push(value);
        } else if self.answers.len() < MOST_NAMES {
            self.places.insert(name.to_owned(), self.answers.len());
            self.answers.push((name.to_owned(), vec![value]));
        } else {
            self.too_many = true;
        }
    }

    /// The values of an answer.
    pub(crate) fn values(&self, name: &str) -> Option<&[String]> {
        let (_, values) = self.answers.get(*self.places.get(name)?)?;
        Some(values)
    }

    /// Files are passed over: no fact is a file.
    async fn multipart(&mut self, content_type: &str, body: Vec<u8>) -> Result<(), Unreadable> {
        const BROKEN: Unreadable = Unreadable::Broken("the form is not whole");
        let boundary = multer::parse_boundary(content_type).map_err(|_| BROKEN)?;
        let mut parts = multer::Multipart::with_reader(body.as_slice(), boundary);
        while let Some(part) = parts.next_field().await.map_err(|_| BROKEN)? {
            let name = part.name().map(str::to_owned);
            if let (Some(name), None) = (name, part.file_name()) {
                let value = part.bytes().await.map_err(|_| BROKEN)?;
                self.take(&name, String::from_utf8_lossy(&value).into_owned());
            }
        }
        Ok(())
    }

    /// A form of `enctype="text/plain"`: a line an entry.
    fn lines(&mut self, body: &[u8]) {
        for line in String::from_utf8_lossy(body).lines() {
            if let Some((name, value)) = line.split_once('=') {
                self.take(name, value.to_owned());
            }
        }
    }

    /// Either a record alone, or an object of a form's entries.
    fn json(&mut self, body: &[u8]) -> Result<(), Unreadable> {
        let text = std::str::from_utf8(body).map_err(|_| Unreadable::Broken("the body is not UTF-8 text"))?;
        let value = parse(text).map_err(|_| Unreadable::Broken("the body is not valid JSON"))?;
        if value.get("record").is_some() && value.get(RECORD).is_none() {
            self.take(RECORD, text.to_owned());
            return Ok(());
        }
        let Value::Object(entries) = value else { return Err(Unreadable::Broken("expected a JSON object")) };
        for (name, value) in entries {
            match value {
                Value::Null => {}
                Value::List(items) => items.iter().for_each(|item| self.take(&name, written(item))),
                value => self.take(&name, written(&value)),
            }
        }
        Ok(())
    }
}

/// A value as a form would send it.
fn written(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        value => serde_json::to_string(value).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(content_type: &str, body: &str) -> Result<Submission, Unreadable> {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(Submission::read(content_type, body.as_bytes().to_vec()))
    }

    #[test]
    fn every_way_of_writing_a_form_says_the_same() {
        let multipart = "--x\r\nContent-Disposition: form-data; name=\"tools\"\r\n\r\nerp\r\n--x\r\n\
            Content-Disposition: form-data; name=\"tools\"\r\n\r\npaper\r\n--x\r\n\
            Content-Disposition: form-data; name=\"cv\"; filename=\"cv.pdf\"\r\n\r\n%PDF\r\n--x\r\n\
            Content-Disposition: form-data; name=\"leadpact_id\"\r\n\r\nabc\r\n--x--\r\n";
        for (content_type, body) in [
            ("application/x-www-form-urlencoded", "tools=erp&tools=paper&leadpact_id=abc"),
            ("multipart/form-data; boundary=x", multipart),
            ("application/json", r#"{"tools": ["erp", "paper"], "leadpact_id": "abc"}"#),
            ("text/plain;charset=UTF-8", "tools=erp\r\ntools=paper\r\nleadpact_id=abc\r\n"),
        ] {
            let read = read(content_type, body).unwrap();
            assert_eq!(read.answers, [("tools".to_owned(), vec!["erp".to_owned(), "paper".to_owned()])]);
            assert_eq!(read.id.as_deref(), Some("abc"));
        }
    }

    #[test]
    fn a_record_is_read_alone_and_inside_a_form() {
        for (content_type, body) in [
            ("application/json", r#"{"record": 1}"#),
            ("text/plain", r#"{"leadpact": {"record": 1}}"#),
            ("application/x-www-form-urlencoded", "leadpact=%7B%22record%22%3A1%7D"),
        ] {
            let read = read(content_type, body).unwrap();
            assert!(read.record.unwrap().unwrap().get("record").is_some());
        }
    }

    #[test]
    fn what_cannot_be_read_is_refused_and_a_broken_record_is_not() {
        assert_eq!(read("application/json", "{").unwrap_err(), Unreadable::Broken("the body is not valid JSON"));
        assert_eq!(read("application/json", "[]").unwrap_err(), Unreadable::Broken("expected a JSON object"));
        assert_eq!(read("image/png", "x=1").unwrap_err(), Unreadable::Type);
        assert_eq!(read("", "").unwrap_err(), Unreadable::Empty);
        assert!(matches!(read("multipart/form-data", "x"), Err(Unreadable::Broken(_))));
        let broken = read("application/x-www-form-urlencoded", "a=1&leadpact=%7B").unwrap();
        assert!(broken.record.unwrap().is_err());
    }

    #[test]
    fn the_language_has_a_name_of_its_own_and_lang_is_an_answer() {
        let read = read("application/x-www-form-urlencoded", "lang=rust&leadpact_lang=fr").unwrap();
        assert_eq!(read.answers, [("lang".to_owned(), vec!["rust".to_owned()])]);
        assert_eq!(read.language.as_deref(), Some("fr"));
    }

    #[test]
    fn names_beyond_the_most_are_left_out_and_it_is_known() {
        let form = |names: usize| (0..names).map(|at| format!("n{at}=1&")).collect::<String>() + "n0=2";
        let whole = read("application/x-www-form-urlencoded", &form(MOST_NAMES)).unwrap();
        assert_eq!((whole.answers.len(), whole.too_many), (MOST_NAMES, false));
        let cut = read("application/x-www-form-urlencoded", &form(40_000)).unwrap();
        assert_eq!((cut.answers.len(), cut.too_many), (MOST_NAMES, true));
        assert_eq!(cut.values("n0").unwrap(), ["1", "2"]);
        assert!(cut.values("n2000").is_none());
    }
}
