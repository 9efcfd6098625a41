//! Fields: the facts that a form can ask.

use super::condition::Facts;
use super::read::{Reader, all, owned};
use super::share::Share;
use crate::json::Value;
use crate::table::Table;
use crate::text::Text;

/// How many options a field may have.
pub const MOST_OPTIONS: usize = 2_000;

/// A fact that a form can ask.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its id, shared with no other field or signal.
    pub id: String,
    /// The question as the visitor reads it.
    pub label: Text,
    /// What kind of answer it takes.
    pub kind: Kind,
    /// Who brings the answer.
    pub ask: Ask,
    /// What answering costs the visitor, in easy questions; above 0.
    pub friction: f64,
    /// Whether the visitor may answer "I'd rather not say".
    pub decline: bool,
    /// Whether it must be answered, when shown, to submit.
    pub required: bool,
    /// Whether the answer may be kept between visits, given consent.
    pub remember: bool,
    /// Help shown with the question.
    pub help: Option<Text>,
    /// An example inside the empty input; never the only label.
    pub placeholder: Option<Text>,
    /// HTML's `autocomplete` token.
    pub autocomplete: Option<String>,
    /// Whether it applies only under a condition.
    pub(crate) when: Option<usize>,
}

/// What kind of answer a field takes.
#[derive(Clone, Debug)]
pub enum Kind {
    /// A line of text.
    Text,
    /// Several lines of text.
    Paragraph,
    /// An e-mail address, which also gives the derived fact `ID.provider`.
    Email,
    /// A telephone number.
    Phone,
    /// A web address.
    Url,
    /// A number.
    Number(Number),
    /// One of the options.
    Choice(Table<Choice>),
    /// Any of the options.
    Choices(Table<Choice>),
    /// Yes or no, with how often the answer is yes.
    YesNo(Option<Share>),
}

impl Kind {
    /// The kind's name in the pact.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Paragraph => "paragraph",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Url => "url",
            Self::Number(_) => "number",
            Self::Choice(_) => "choice",
            Self::Choices(_) => "choices",
            Self::YesNo(_) => "yes_no",
        }
    }

    /// The options of `choice` and `choices`.
    #[must_use]
    pub fn options(&self) -> &[Choice] {
        match self {
            Self::Choice(options) | Self::Choices(options) => &options.0,
            _ => &[],
        }
    }

    /// Whether the answer is free text.
    #[must_use]
    pub fn is_text(&self) -> bool {
        matches!(self, Self::Text | Self::Paragraph | Self::Email | Self::Phone | Self::Url)
    }
}

/// An option of `choice` or `choices`.
#[derive(Clone, Debug)]
pub struct Choice {
    /// What is recorded.
    pub value: String,
    /// What the visitor reads.
    pub label: Text,
    /// How often a visitor gives this answer.
    pub share: Option<Share>,
}

/// The bounds and shares of a `number` field.
#[derive(Clone, Debug, Default)]
pub struct Number {
    /// The smallest answer.
    pub min: Option<f64>,
    /// The largest answer.
    pub max: Option<f64>,
    /// The step of the input; the engine takes any number.
    pub step: Option<f64>,
    /// The unit, as shown.
    pub unit: Option<Text>,
    /// How often an answer falls in each band, ascending; empty where the pact gives none.
    pub bands: Vec<Band>,
}

/// A part of the line, up to `below`, from where the band before it ends.
#[derive(Clone, Debug)]
pub struct Band {
    /// Where the band ends, itself not in it; none for the last.
    pub below: Option<f64>,
    /// How often an answer falls in it.
    pub share: Share,
}

/// Who brings the answer to a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// It is in the form from the start.
    Always,
    /// The engine decides whether to ask.
    WhenUseful,
    /// The page or an enrichment gives it.
    Never,
}

const KEYS: [&str; 16] = [
    "options",
    "bands",
    "share",
    "ask",
    "when",
    "friction",
    "decline",
    "required",
    "min",
    "max",
    "step",
    "unit",
    "help",
    "placeholder",
    "autocomplete",
    "remember",
];

const KINDS: [&str; 9] = ["text", "paragraph", "email", "phone", "url", "number", "choice", "choices", "yes_no"];
/// The keys that only some kinds take.
const OF_KINDS: [&str; 7] = ["options", "bands", "share", "min", "max", "step", "unit"];
/// Those that each of `KINDS` takes.
const TAKES: [&[&str]; 9] =
    [&[], &[], &[], &[], &[], &["bands", "min", "max", "step", "unit"], &["options"], &["options"], &["share"]];
const ASKS: [&str; 3] = ["always", "when_useful", "never"];
const ASKED: [Ask; 3] = [Ask::Always, Ask::WhenUseful, Ask::Never];

/// Reads a field, unless it is broken, and adds it to the facts; its condition is read once all facts are known.
pub(super) fn read<'v>(field: &'v Value, facts: &mut Facts<'v>, r: &mut Reader) {
    if !r.object(field, &["id", "label", "kind"], &KEYS) {
        return;
    }
    let id = r.fact_id(field.get("id"));
    let label = r.text(field.get("label"));
    let kind = read_kind(field, r);
    let ask = r.word(field.get("ask"), &ASKS, &ASKED).unwrap_or(Ask::WhenUseful);
    let required = r.flag(field.get("required")).unwrap_or(ask == Ask::Always);
    let decline = r.flag(field.get("decline")).unwrap_or(false);
    let remember = r.flag(field.get("remember"));
    let friction = r.positive(field.get("friction"), 1_000_000);
    let help = r.text(field.get("help"));
    let placeholder = r.text(field.get("placeholder"));
    let autocomplete = r.name(field.get("autocomplete"));
    let (Some(id), Some(label), Some(kind)) = (id, label, kind) else { return };
    let friction = friction.unwrap_or_else(|| usual_friction(&kind, required));
    let remember = remember.unwrap_or(!matches!(kind, Kind::Email | Kind::Phone | Kind::Text | Kind::Paragraph));
    let (id, autocomplete) = (owned(id), autocomplete.map(owned));
    let read = Field {
        id,
        label,
        kind,
        ask,
        friction,
        decline,
        required,
        remember,
        help,
        placeholder,
        autocomplete,
        when: None,
    };
    facts.add_field(read, field);
}

fn usual_friction(kind: &Kind, required: bool) -> f64 {
    match kind {
        Kind::YesNo(_) => 0.5,
        Kind::Choice(options) if options.len() > 7 => 1.5,
        Kind::Choice(_) => 0.5,
        Kind::Text | Kind::Email | Kind::Url | Kind::Choices(_) => 1.0,
        Kind::Phone if required => 6.0,
        Kind::Phone => 1.5,
        Kind::Number(_) => 2.0,
        Kind::Paragraph => 3.0,
    }
}

#[inline(never)]
fn read_kind(field: &Value, r: &mut Reader) -> Option<Kind> {
    let kind = r.position(field.get("kind"), &KINDS)?;
    let takes = TAKES.get(kind).copied().unwrap_or_default();
    for key in &OF_KINDS {
        if let Some(value) = field.get(key)
            && !takes.contains(key)
        {
            let name = || KINDS.get(kind).copied().unwrap_or_default();
            r.refuse(value, || ["a `", name(), "` field takes no `", key, "`"].concat());
        }
    }
    // In the order of `KINDS`.
    Some(match kind {
        0 => Kind::Text,
        1 => Kind::Paragraph,
        2 => Kind::Email,
        3 => Kind::Phone,
        4 => Kind::Url,
        5 => Kind::Number(read_number(field, r)),
        6 => Kind::Choice(read_options(field, true, r)?),
        7 => Kind::Choices(read_options(field, false, r)?),
        _ => Kind::YesNo(Share::read(field.get("share"), r)),
    })
}

#[inline(never)]
fn read_options(field: &Value, one: bool, r: &mut Reader) -> Option<Table<Choice>> {
    r.need(field, "options");
    let list = field.get("options")?;
    let items = r.list(list).unwrap_or_default();
    if items.is_empty() {
        r.refuse(list, || "expected at least one option");
    }
    if items.len() > MOST_OPTIONS {
        r.refuse(list, || ["more than ", &MOST_OPTIONS.to_string(), " options"].concat());
        return None;
    }
    let mut options = Vec::new();
    let mut nothing = one;
    for option in items {
        if !r.object(option, &["value"], &["label", "share"]) {
            continue;
        }
        let value = read_value(option.get("value"), one, r);
        let label = r.text(option.get("label"));
        let share = Share::read(option.get("share"), r);
        if let Some(value) = value {
            nothing &= share.as_ref().is_some_and(Share::is_nothing);
            options.push(Choice { value: owned(value), label: label.unwrap_or_else(|| Text::plain(value)), share });
        }
    }
    r.unique(&all(&[items], "value"));
    if nothing && !options.is_empty() {
        r.refuse(list, || "the shares sum to 0");
    }
    Some(Table(options))
}

fn read_value<'v>(value: Option<&'v Value>, one: bool, r: &mut Reader) -> Option<&'v str> {
    let (value, text) = (value?, r.string(value)?);
    if text.is_empty() || text.trim().len() != text.len() {
        r.refuse(value, || "expected text without white space at its ends");
    } else if !one && text.as_bytes().contains(&b'|') {
        r.refuse(value, || "`|` parts the values of one answer in CSV: a value of `choices` goes without");
    } else {
        return Some(text);
    }
    None
}

fn read_number(field: &Value, r: &mut Reader) -> Number {
    let min = r.number(field.get("min"));
    let max = r.number(field.get("max"));
    if let (Some(low), Some(high), Some(value)) = (min, max, field.get("max"))
        && high < low
    {
        r.refuse(value, || "`max` is below `min`");
    }
    let step = r.positive(field.get("step"), i64::MAX);
    Number { min, max, step, unit: r.text(field.get("unit")), bands: read_bands(field.get("bands"), r) }
}

fn read_bands(list: Option<&Value>, r: &mut Reader) -> Vec<Band> {
    let mut bands: Vec<Band> = Vec::new();
    let Some(list) = list else { return bands };
    let items = r.list(list).unwrap_or_default();
    if items.is_empty() || items.len() > MOST_OPTIONS {
        r.refuse(list, || ["expected 1 to ", &MOST_OPTIONS.to_string(), " bands"].concat());
        return bands;
    }
    let mut nothing = true;
    for (at, band) in items.iter().enumerate() {
        if !r.object(band, &[], &["below", "share"]) {
            continue;
        }
        let below = r.number(band.get("below"));
        match (at + 1 == items.len(), band.get("below").is_some()) {
            (true, true) => r.refuse(band, || "the last band has no `below`: it takes the rest of the line"),
            (false, false) => r.refuse(band, || "`below` is missing: only the last band goes without"),
            _ => {}
        }
        if let (Some(below), Some(before)) = (below, bands.last().and_then(|band| band.below))
            && below <= before
        {
            r.refuse(band, || "bands ascend: `below` is not above the band before");
        }
        r.need(band, "share");
        let share = Share::read(band.get("share"), r).unwrap_or_default();
        nothing &= share.is_nothing();
        bands.push(Band { below, share });
    }
    if nothing {
        r.refuse(list, || "the shares sum to 0");
    }
    bands
}
