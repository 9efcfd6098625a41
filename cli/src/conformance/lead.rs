//! Leads that nobody sent: made by the engine, as the page makes them, of `example.com` and numbers for fiction.

use leadpact::terms::{Field, Kind};
use leadpact::{Claim, Consent, Lead, Pact, Time, Value};
use serde_json::{Value as Json, json};

/// What all ids of such leads begin with: 32 zero bits.
const MARK: &str = "00000000";
/// How many fields are answered.
const MOST_ANSWERS: usize = 50;
/// What parts of a multipart body stand between.
const BOUNDARY: &str = "leadpact-conformance";

/// The id of the pact below.
pub(super) const OWN_PACT: &str = "leadpact_conformance";

/// A pact for endpoints whose own is not given; they need not know it to keep a lead.
pub(crate) const PACT: &str = r#"{
    "pact": 1, "id": "leadpact_conformance", "locales": ["en"],
    "fields": [
        {"id": "email", "label": "E-mail", "kind": "email", "ask": "always"},
        {"id": "company", "label": "Company", "kind": "text", "ask": "always"},
        {"id": "team", "label": "Team size", "kind": "number", "min": 1, "max": 100000}
    ],
    "groups": [{"id": "company_fit", "dimension": "fit"}],
    "criteria": [{"id": "size", "label": "Large", "group": "company_fit", "points": 30,
        "when": {"fact": "team", "at_least": 1}}],
    "qualification": {"threshold": 50, "needs": ["email"]}
}"#;

/// A lead as the page has it when it is submitted.
#[derive(Clone)]
pub(super) struct TestLead {
    /// Its id.
    pub(super) id: String,
    /// The hand-off record.
    pub(super) record: Json,
    /// The form's own entries.
    pub(super) answers: Vec<(String, String)>,
}

/// A body and what it says it is.
pub(super) struct Body {
    pub(super) media: String,
    pub(super) bytes: Vec<u8>,
}

impl TestLead {
    /// A lead with an id of its own.
    pub(super) fn new(pact: &Pact) -> Self {
        let mut bytes = [0_u8; 12];
        // Without chance the ids of two runs are the same, and the second run is a retry of the first.
        let _ = getrandom::fill(&mut bytes);
        let id = MARK.to_owned() + &bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        let now = Time(jiff::Timestamp::now().as_millisecond());
        let (mut lead, mut answers) = (Lead::new(pact), Vec::new());
        for field in &pact.fields {
            let Some(text) = example(field) else { continue };
            let value = Value::Text(text.clone());
            let value = if matches!(field.kind, Kind::Choices(_)) { Value::List(vec![value]) } else { value };
            if answers.len() < MOST_ANSWERS && lead.take(&field.id, &value, now).is_ok() {
                answers.push((field.id.clone(), text));
            }
        }
        let consent = Consent { by: Some("conformance".into()), ..Consent::default() };
        let claim = Claim { id: id.clone(), attempt: 1, pact_hash: None, asked: Vec::new(), consent, automated: true };
        let record = json!(lead.hand_off(claim, now));
        Self { id, record, answers }
    }

    /// The same lead, edited and sent again.
    pub(super) fn again(&self, attempt: u32) -> Self {
        let mut again = self.clone();
        if let Some(Json::Object(record)) = Some(&mut again.record) {
            record.insert("attempt".into(), attempt.into());
        }
        again.answers.push(("leadpact_conformance".into(), format!("attempt {attempt}")));
        again
    }

    /// With something else at a key of the record.
    pub(super) fn with(&self, key: &str, value: Json) -> Self {
        let mut other = self.clone();
        if let Json::Object(record) = &mut other.record {
            record.insert(key.to_owned(), value);
        }
        other
    }

    /// All entries, as the page sends them.
    pub(super) fn entries(&self) -> Json {
        let mut entries: serde_json::Map<String, Json> =
            self.answers.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
        entries.insert("leadpact_id".into(), json!(self.id));
        entries.insert("leadpact".into(), self.record.clone());
        Json::Object(entries)
    }

    /// As JSON.
    pub(super) fn json(&self) -> Body {
        body("application/json", self.entries().to_string())
    }

    /// As JSON that calls itself text, which browsers send to other sites without asking them first.
    pub(super) fn text(&self) -> Body {
        body("text/plain;charset=UTF-8", self.entries().to_string())
    }

    /// As a form.
    pub(super) fn form(&self) -> Body {
        form(&self.fields())
    }

    /// As a form with room for files.
    pub(super) fn multipart(&self) -> Body {
        let part = |(name, value): &(String, String)| {
            format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
        };
        let parts: String = self.fields().iter().map(part).collect();
        body(&format!("multipart/form-data; boundary={BOUNDARY}"), format!("{parts}--{BOUNDARY}--\r\n"))
    }

    /// As a CloudEvent, 1.0, in structured mode.
    pub(super) fn event(&self) -> Json {
        json!({
            "specversion": "1.0",
            "type": "org.leadpact.lead",
            "source": "https://www.example.com/demo",
            "id": format!("{}.{}", self.id, self.record.get("attempt").unwrap_or(&Json::Null)),
            "time": self.record.get("at"),
            "datacontenttype": "application/json",
            "data": self.entries(),
        })
    }

    /// What a form has: the entries, with the record as text.
    fn fields(&self) -> Vec<(String, String)> {
        let own = [("leadpact_id".to_owned(), self.id.clone()), ("leadpact".to_owned(), self.record.to_string())];
        self.answers.iter().cloned().chain(own).collect()
    }
}

/// Entries as a form.
pub(super) fn form(entries: &[(String, String)]) -> Body {
    let text = form_urlencoded::Serializer::new(String::new()).extend_pairs(entries).finish();
    body("application/x-www-form-urlencoded", text)
}

/// A text of this media type.
pub(super) fn body(media: &str, text: impl Into<String>) -> Body {
    Body { media: media.to_owned(), bytes: text.into().into_bytes() }
}

/// An answer to a field that is nobody's.
fn example(field: &Field) -> Option<String> {
    let text = match &field.kind {
        Kind::Text | Kind::Paragraph => "LeadPact conformance".to_owned(),
        Kind::Email => "conformance@example.com".to_owned(),
        // One of those that are given to nobody, for films.
        Kind::Phone => "+33 1 99 00 12 34".to_owned(),
        Kind::Url => "https://www.example.com/".to_owned(),
        Kind::Number(number) => number.min.or(number.max).unwrap_or(1.0).to_string(),
        Kind::Choice(_) | Kind::Choices(_) => field.kind.options().first()?.value.clone(),
        Kind::YesNo(_) => "true".to_owned(),
    };
    Some(text)
}
