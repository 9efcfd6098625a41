//! What a page with a pact asks, measures, keeps on the device and sends: a line a datum.

mod words;

use leadpact::Pact;
use leadpact::terms::Ask;
use serde::Serialize;

pub(crate) use words::in_words;

/// Everything that is known of a visitor.
#[derive(Serialize)]
pub(crate) struct Inventory {
    /// The pact.
    pub(crate) pact: String,
    /// The key of the entry in the browser's `localStorage`.
    pub(crate) key: String,
    /// For how many days the entry stays, from when it was first written.
    pub(crate) retention_days: u32,
    /// Where the form and what is in it go.
    pub(crate) recipient: Recipient,
    pub(crate) data: Vec<Datum>,
    /// What is kept on the device until a submission has arrived.
    pub(crate) until_sent: Vec<UntilSent>,
}

/// How a page delivers its form: what its tag says.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Delivery {
    /// The browser sends it
    Native,
    /// `data-leadpact-delivery="fetch"`
    Fetch,
    /// The same with `data-leadpact-outbox`
    Outbox,
}

/// An entry on the device that is there until a submission was acknowledged.
#[derive(Serialize)]
pub(crate) struct UntilSent {
    /// How its key begins.
    pub(crate) key: String,
    pub(crate) area: Area,
    /// Whether it is there with the visitor's consent only; else because the visitor sent the form, and is told.
    pub(crate) consent: bool,
}

/// Where a browser keeps an entry.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Area {
    /// As long as the tab is open.
    SessionStorage,
    /// For a day at most.
    LocalStorage,
}

/// Who gets what is sent.
#[derive(Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Recipient {
    /// The address in the form's own `action`.
    Form,
    /// The endpoint of delivery by fetch, else the form's `action`.
    Endpoint,
}

/// One thing that is known of a visitor.
#[derive(Serialize)]
pub(crate) struct Datum {
    /// What it is: a fact of the pact, or what the module adds.
    pub(crate) id: String,
    pub(crate) source: Source,
    /// Whether it stays on the device, given consent.
    pub(crate) kept: bool,
    /// Whether it leaves with the submitted form.
    pub(crate) sent: bool,
    /// Whether it is there with the visitor's consent only; else the visitor gives it by sending the form.
    pub(crate) consent: bool,
}

/// Where a datum comes from.
#[derive(Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Source {
    /// The visitor answers it.
    Answer,
    /// The page or an enrichment gives it.
    Page,
    /// The browser measures it.
    Behaviour,
    /// The module needs it to remember.
    Memory,
    /// It is worked out from the others.
    Record,
}

/// What the entry holds beside facts.
const MEMORY: [&str; 6] = ["v", "since", "active", "person", "salt", "drawn"];
/// What the hand-off record holds beside facts.
const RECORD: [&str; 13] = [
    "id",
    "attempt",
    "at",
    "pact",
    "behaviour",
    "assessment",
    "route",
    "sla",
    "asked",
    "experiment",
    "consent",
    "automated",
    "record",
];

impl Inventory {
    /// Everything that a page with this pact knows of a visitor.
    pub(crate) fn of(pact: &Pact, retention_days: u32, delivery: Delivery) -> Self {
        let mut data = Vec::new();
        for field in pact.fields.iter() {
            let source = if field.ask == Ask::Never { Source::Page } else { Source::Answer };
            // What stays on the device does so with consent; what is sent is sent by the visitor.
            data.push(Datum { id: field.id.clone(), source, kept: field.remember, sent: true, consent: false });
        }
        for signal in pact.signals.iter() {
            let id = signal.id.clone();
            data.push(Datum { id, source: Source::Behaviour, kept: true, sent: true, consent: true });
        }
        for id in MEMORY {
            data.push(Datum { id: id.into(), source: Source::Memory, kept: true, sent: false, consent: true });
        }
        for id in RECORD {
            data.push(Datum { id: id.into(), source: Source::Record, kept: false, sent: true, consent: false });
        }
        let key = format!("leadpact:{}", pact.id);
        let recipient = if delivery == Delivery::Native { Recipient::Form } else { Recipient::Endpoint };
        Self { pact: pact.id.clone(), key, retention_days, recipient, data, until_sent: until_sent(pact, delivery) }
    }
}

fn until_sent(pact: &Pact, delivery: Delivery) -> Vec<UntilSent> {
    let id = UntilSent { key: format!("leadpact:sending:{}:", pact.id), area: Area::SessionStorage, consent: true };
    let lead = UntilSent { key: "leadpact:outbox:".to_owned(), area: Area::LocalStorage, consent: false };
    match delivery {
        Delivery::Native | Delivery::Fetch => vec![id],
        Delivery::Outbox => vec![id, lead],
    }
}
