//! What a form or a program sends, whatever way it is written.

use super::entries::Entries;
use super::files;
use encoding_rs::{Encoding, WINDOWS_1252};
use leadpact::{FormEntries, Value, parse};
use percent_encoding::percent_decode;
use serde_json::value::RawValue;

/// A form's entries as they came.
type Raw = Vec<(Vec<u8>, Vec<u8>)>;

/// The names that carry what is not an answer.
const RECORD: &str = "leadpact";
const ID: &str = "leadpact_id";
const PACT: &str = "leadpact_pact";
const LANGUAGE: &str = "leadpact_lang";
/// The name under which a form says its encoding (HTML, 4.10.21.5).
const CHARSET: &str = "_charset_";

/// What was sent.
#[derive(Debug, Default)]
pub(crate) struct Submission {
    /// The form's own entries.
    pub(crate) answers: FormEntries,
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
            "multipart/form-data" => submission.form(&multipart(content_type, body).await?),
            "application/json" | "application/cloudevents+json" => submission.json(&body)?,
            // Pages of another origin send JSON so, to be let through without being asked first.
            "text/plain" | "" if json => submission.json(&body)?,
            "text/plain" => submission.lines(&body),
            "application/x-www-form-urlencoded" | "" => submission.form(&urlencoded(&body)),
            _ => return Err(Unreadable::Type),
        }
        let empty = submission.answers.as_slice().is_empty() && submission.record.is_none();
        if empty { Err(Unreadable::Empty) } else { Ok(submission) }
    }

    /// Whether its record can be read, and so says which attempt this is.
    pub(crate) fn is_numbered(&self) -> bool {
        matches!(self.record, Some(Ok(Value::Object(_))))
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
            CHARSET => {}
            _ => self.answers.add(name, value),
        }
    }

    /// The entries of a form, in the encoding that it names.
    fn form(&mut self, entries: &Raw) {
        let named = entries.iter().find(|(name, _)| name == CHARSET.as_bytes());
        let encoding = named.and_then(|(_, label)| Encoding::for_label(label));
        for (name, value) in entries {
            self.take(&decoded(name, encoding), decoded(value, encoding));
        }
    }

    /// A form of `enctype="text/plain"`: a line an entry. Such a form marks no value's end, so that a line without `=` goes
    /// on with the value before it.
    fn lines(&mut self, body: &[u8]) {
        let text = decoded(body, None);
        let mut last: Option<(&str, String)> = None;
        for line in text.lines() {
            match (line.split_once('='), &mut last) {
                (Some((name, value)), _) => {
                    if let Some((name, value)) = last.replace((name, value.to_owned())) {
                        self.take(name, value);
                    }
                }
                (None, Some((_, value))) => {
                    value.push('\n');
                    value.push_str(line);
                }
                (None, None) => {}
            }
        }
        if let Some((name, value)) = last {
            self.take(name, value);
        }
    }

    /// A record alone, an object of a form's entries, or either in a CloudEvent.
    fn json(&mut self, body: &[u8]) -> Result<(), Unreadable> {
        let text = std::str::from_utf8(body).map_err(|_| Unreadable::Broken("the body is not UTF-8 text"))?;
        let text = text.trim_start_matches('\u{feff}').trim();
        let entries = Entries::of(text).ok_or_else(|| match serde_json::from_str::<&RawValue>(text) {
            Ok(_) => Unreadable::Broken("expected a JSON object"),
            Err(_) => Unreadable::Broken("the body is not valid JSON"),
        })?;
        let event = ["specversion", "type", "source", "id"].iter().all(|name| entries.get(name).is_some());
        if !event || entries.get(RECORD).is_some() {
            self.object(text, entries);
            return Ok(());
        }
        const EXPECTED: Unreadable = Unreadable::Broken("expected a CloudEvent whose `data` is a JSON object");
        let data = entries.get("data").ok_or(EXPECTED)?;
        self.object(data, Entries::of(data).ok_or(EXPECTED)?);
        if self.id.is_none() && !matches!(self.record, Some(Ok(_))) {
            // The event's id is the lead's, and which attempt it is.
            self.id = entries.text("id").and_then(|id| Some(id.split_once('.')?.0.to_owned()));
        }
        Ok(())
    }

    fn object(&mut self, text: &str, entries: Entries<'_>) {
        // A form may have a field of this name, and has an id then.
        let alone = entries.get(RECORD).is_none() && entries.get(ID).is_none();
        if alone && entries.get("record").is_some() {
            return self.take(RECORD, text.to_owned());
        }
        for (name, value) in entries.0 {
            let value = value.get();
            let list: Option<Vec<&RawValue>> = if name == RECORD { None } else { serde_json::from_str(value).ok() };
            match list {
                Some(items) => items.iter().for_each(|item| self.take(&name, written(item.get()))),
                None if value == "null" => {}
                None => self.take(&name, written(value)),
            }
        }
    }
}

/// A body as a form of the usual encoding sends it.
fn urlencoded(body: &[u8]) -> Raw {
    let plain = |text: &[u8]| {
        let spaced: Vec<u8> = text.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
        percent_decode(&spaced).collect()
    };
    let pair = |entry: &[u8]| {
        let mut parts = entry.splitn(2, |byte| *byte == b'=').map(plain);
        (parts.next().unwrap_or_default(), parts.next().unwrap_or_default())
    };
    body.split(|byte| *byte == b'&').filter(|entry| !entry.is_empty()).map(pair).collect()
}

/// Files are passed over: no fact is a file.
async fn multipart(content_type: &str, body: Vec<u8>) -> Result<Raw, Unreadable> {
    const BROKEN: Unreadable = Unreadable::Broken("the form is not whole");
    let boundary = multer::parse_boundary(content_type).map_err(|_| BROKEN)?;
    let mut parts = multer::Multipart::with_reader(body.as_slice(), boundary);
    let mut entries = Vec::new();
    while let Some(part) = parts.next_field().await.map_err(|_| BROKEN)? {
        // Names that are not in UTF-8, or of files, are only to be had as they came.
        let said = part.headers().get("content-disposition").map_or(&b""[..], |value| value.as_bytes());
        let is_file = files::is_file(said);
        let name = part.name().map(str::as_bytes).or_else(|| parameter(said, b"name")).map(<[u8]>::to_vec);
        if let (Some(name), false) = (name, is_file) {
            entries.push((name, part.bytes().await.map_err(|_| BROKEN)?.to_vec()));
        }
    }
    Ok(entries)
}

/// What stands in quotes after this name in a head of a part.
fn parameter<'h>(head: &'h [u8], name: &[u8]) -> Option<&'h [u8]> {
    head.split(|byte| *byte == b';').find_map(|said| {
        let said = said.trim_ascii().strip_prefix(name)?.strip_prefix(b"=\"")?;
        said.strip_suffix(b"\"")
    })
}

/// A text in the encoding that was named, else UTF-8; what is none is from a page that says nothing of its encoding, and
/// browsers take such pages for windows-1252 (HTML, 13.2.3.2).
fn decoded(bytes: &[u8], encoding: Option<&'static Encoding>) -> String {
    if let Some(encoding) = encoding {
        return encoding.decode_without_bom_handling(bytes).0.into_owned();
    }
    std::str::from_utf8(bytes)
        .map_or_else(|_| WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned(), str::to_owned)
}

/// A value as a form would send it; what is no text as it was written.
fn written(value: &str) -> String {
    serde_json::from_str(value).unwrap_or_else(|_| value.to_owned())
}

#[cfg(test)]
#[path = "../../../fuzz/body.rs"]
mod fuzzed;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_of_the_fuzzer_keep_its_promise() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus-seeds/body");
        let seeds: Vec<_> = std::fs::read_dir(folder).unwrap().map(|seed| seed.unwrap().path()).collect();
        assert!(!seeds.is_empty());
        seeds.iter().for_each(|seed| fuzzed::body(&std::fs::read(seed).unwrap()));
    }

    fn read(content_type: &str, body: &str) -> Result<Submission, Unreadable> {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(Submission::read(content_type, body.as_bytes().to_vec()))
    }

    fn named(name: &str, values: &[&str]) -> (String, Vec<String>) {
        (name.to_owned(), values.iter().map(|&value| value.to_owned()).collect())
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
            assert_eq!(read.answers.as_slice(), [named("tools", &["erp", "paper"])]);
            assert_eq!(read.id.as_deref(), Some("abc"));
        }
    }

    #[test]
    fn a_form_of_another_encoding_is_read_as_it_was_typed() {
        let read = |body: &[u8]| {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let read = Submission::read("application/x-www-form-urlencoded", body.to_vec());
            runtime.block_on(read).unwrap().answers.as_slice().to_vec()
        };
        let expected = [named("société", &["Énergie 2000 €"])];
        assert_eq!(read("société=Énergie+2000+%E2%82%AC".as_bytes()), expected);
        assert_eq!(read(b"soci%E9t%E9=%C9nergie+2000+%80"), expected);
        assert_eq!(read(b"_charset_=windows-1252&soci%E9t%E9=%C9nergie+2000+%80"), expected);
        assert_eq!(read(b"_charset_=Shift_JIS&name=%93%FA%96%7B"), [named("name", &["日本"])]);
        assert_eq!(read(b"_charset_=nonsense&name=%C3%A9"), [named("name", &["é"])]);
    }

    #[test]
    fn a_form_with_files_in_another_encoding_keeps_its_fields_and_no_file() {
        let part = |head: &[u8], value: &[u8]| {
            [b"--x\r\nContent-Disposition: form-data; ", head, b"\r\n\r\n", value, b"\r\n"].concat()
        };
        let body = [
            part(b"name=\"soci\xe9t\xe9\"", b"\xc9nergie"),
            part(b"name=\"devis\"; filename=\"Devis \xe9t\xe9.pdf\"", b"%PDF"),
            part(b"name=\"plan\"; FileName*=UTF-8''plan.pdf", b"%PDF"),
            part(b"name=\"note\"\r\nContent-Type: text/plain; filename=x", b"a text"),
            b"--x--\r\n".to_vec(),
        ]
        .concat();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let read = runtime.block_on(Submission::read("multipart/form-data; boundary=x", body)).unwrap();
        assert_eq!(read.answers.as_slice(), [named("société", &["Énergie"]), named("note", &["a text"])]);
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
    fn a_field_named_record_is_an_answer_where_the_form_has_an_id() {
        let read = read("application/json", r#"{"record": "gold", "sector": "x", "leadpact_id": "abc"}"#).unwrap();
        assert_eq!(read.answers.as_slice(), [named("record", &["gold"]), named("sector", &["x"])]);
        assert!(read.record.is_none() && read.id.as_deref() == Some("abc"));
    }

    #[test]
    fn a_value_of_several_lines_is_read_whole() {
        let body = "nothing yet\r\nmessage=Hello,\r\n\r\ntwo machines\r\nsector=x\r\nsector=\r\ny\r\n";
        let read = read("text/plain", body).unwrap();
        let expected = [named("message", &["Hello,\n\ntwo machines"]), named("sector", &["x", "\ny"])];
        assert_eq!(read.answers.as_slice(), expected);
    }

    #[test]
    fn a_cloud_event_holds_what_its_data_holds_and_its_id_names_the_lead() {
        let event = |data: &str| {
            let id = format!("{:032x}.3", 7);
            format!(r#"{{"specversion":"1.0","type":"org.leadpact.lead","source":"/","id":"{id}","data":{data}}}"#)
        };
        for media in ["application/cloudevents+json; charset=utf-8", "application/json", "text/plain;charset=UTF-8"] {
            let form =
                read(media, &event(r#"{"leadpact_id": "abc", "leadpact": {"record": 1}, "sector": "x"}"#)).unwrap();
            assert_eq!((form.id.as_deref(), form.answers.as_slice().len()), (Some("abc"), 1));
            assert!(form.record.unwrap().is_ok());
            assert!(read(media, &event(r#"{"record": 1}"#)).unwrap().record.unwrap().is_ok());
            let broken = read(media, &event(r#"{"leadpact": "{", "sector": "x"}"#)).unwrap();
            assert_eq!(broken.id, Some(format!("{:032x}", 7)));
            assert!(matches!(read(media, &event("[1]")), Err(Unreadable::Broken(_))));
        }
        assert_eq!(read("application/cloudevents-batch+json", "[]").unwrap_err(), Unreadable::Type);
    }

    #[test]
    fn whatever_stands_beside_an_answer_in_json_the_answer_is_read() {
        let deep = "[".repeat(5_000) + &"]".repeat(5_000);
        let body = format!(
            r#"{{"leadpact": {deep}, "a": null, "b": "\ud800", "c": {{"d": {deep}}}, "e": [1, true, "x"], "sector": "x"}}"#
        );
        let read = read("application/json", &body).unwrap();
        assert!(read.record.as_ref().unwrap().is_err());
        assert_eq!(read.record_text.as_ref().unwrap().len(), deep.len());
        let nested = format!(r#"{{"d": {deep}}}"#);
        let expected = [
            named("b", &[r#""\ud800""#]),
            named("c", &[&nested]),
            named("e", &["1", "true", "x"]),
            named("sector", &["x"]),
        ];
        assert!(read.answers.as_slice() == expected, "the answers are others");
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
        assert_eq!(read.answers.as_slice(), [named("lang", &["rust"])]);
        assert_eq!(read.language.as_deref(), Some("fr"));
    }
}
