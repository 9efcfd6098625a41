//! Fields: the facts that a form can ask.

use super::condition::RawCondition;
use super::read::{Object, Reader, unique};
use super::share::Share;
use crate::json::Node;
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

const KEYS: [&str; 19] = [
    "id",
    "label",
    "kind",
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

/// Kind by name; what it takes is read after.
const KINDS: [(&str, &str); 9] = [
    ("text", "text"),
    ("paragraph", "paragraph"),
    ("email", "email"),
    ("phone", "phone"),
    ("url", "url"),
    ("number", "number"),
    ("choice", "choice"),
    ("choices", "choices"),
    ("yes_no", "yes_no"),
];

const ASKS: [(&str, Ask); 3] = [("always", Ask::Always), ("when_useful", Ask::WhenUseful), ("never", Ask::Never)];

/// Reads a field; its condition is read once all facts are known.
pub(super) fn read<'v>(node: &Node<'v>, r: &mut Reader) -> Option<(Field, Option<RawCondition<'v>>)> {
    let object = node.object(&KEYS, r)?;
    let id = object.need("id", r).and_then(|id| id.fact_id(r));
    let label = object.need("label", r).and_then(|label| label.text(r));
    let kind =
        object.need("kind", r).and_then(|kind| kind.word(&KINDS, r)).and_then(|name| read_kind(name, &object, r));
    let ask = object.get("ask").and_then(|ask| ask.word(&ASKS, r)).unwrap_or(Ask::WhenUseful);
    let required = object.flag("required", r).unwrap_or(ask == Ask::Always);
    let decline = object.flag("decline", r).unwrap_or(false);
    let remember = object.flag("remember", r);
    let friction = object.get("friction").and_then(|friction| friction.positive(1_000_000, r));
    let help = object.text("help", r);
    let placeholder = object.text("placeholder", r);
    let autocomplete = object.name("autocomplete", r);
    let (id, label, kind) = (id?, label?, kind?);
    let friction = friction.unwrap_or_else(|| usual_friction(&kind, required));
    let remember = remember.unwrap_or(!matches!(kind, Kind::Email | Kind::Phone | Kind::Text | Kind::Paragraph));
    let field = Field {
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
    Some((field, object.get("when")))
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

fn read_kind(name: &str, object: &Object<'_>, r: &mut Reader) -> Option<Kind> {
    let takes: &[&str] = match name {
        "choice" | "choices" => &["options"],
        "number" => &["bands", "min", "max", "step", "unit"],
        "yes_no" => &["share"],
        _ => &[],
    };
    for key in ["options", "bands", "share", "min", "max", "step", "unit"] {
        if let Some(node) = object.get(key)
            && !takes.contains(&key)
        {
            r.refuse(&node, || ["a `", name, "` field takes no `", key, "`"].concat());
        }
    }
    Some(match name {
        "text" => Kind::Text,
        "paragraph" => Kind::Paragraph,
        "email" => Kind::Email,
        "phone" => Kind::Phone,
        "url" => Kind::Url,
        "number" => Kind::Number(read_number(object, r)),
        "choice" => Kind::Choice(read_options(object, true, r)?),
        "choices" => Kind::Choices(read_options(object, false, r)?),
        _ => Kind::YesNo(object.get("share").and_then(|share| Share::read(&share, r))),
    })
}

fn read_options(object: &Object<'_>, one: bool, r: &mut Reader) -> Option<Table<Choice>> {
    let list = object.need("options", r)?;
    let nodes = list.list(r);
    if nodes.is_empty() {
        r.refuse(&list, || "expected at least one option");
    }
    if nodes.len() > MOST_OPTIONS {
        r.refuse(&list, || ["more than ", &MOST_OPTIONS.to_string(), " options"].concat());
        return None;
    }
    let mut options = Vec::with_capacity(nodes.len());
    let mut values = Vec::with_capacity(nodes.len());
    for node in &nodes {
        let Some(option) = node.object(&["value", "label", "share"], r) else { continue };
        let value = option.need("value", r);
        values.extend(value);
        let value = value.and_then(|value| read_value(&value, one, r));
        let label = option.text("label", r);
        let share = option.get("share").and_then(|share| Share::read(&share, r));
        if let Some(value) = value {
            let label = label.unwrap_or_else(|| Text { by_locale: vec![(String::new(), value.clone())] });
            options.push(Choice { value, label, share });
        }
    }
    unique(&values, r);
    if one && !options.is_empty() && options.iter().all(|option| option.share.as_ref().is_some_and(Share::is_nothing)) {
        r.refuse(&list, || "the shares sum to 0");
    }
    Some(options.into_iter().collect())
}

fn read_value(node: &Node<'_>, one: bool, r: &mut Reader) -> Option<String> {
    let text = node.string(r)?;
    if text.trim().is_empty() || text.trim() != text {
        r.refuse(node, || "expected text without white space at its ends");
    } else if !one && text.contains('|') {
        r.refuse(node, || "`|` parts the values of one answer in CSV: a value of `choices` goes without");
    } else {
        return Some(text.into());
    }
    None
}

fn read_number(object: &Object<'_>, r: &mut Reader) -> Number {
    let min = object.get("min").and_then(|min| min.number(r));
    let max = object.get("max").and_then(|max| max.number(r));
    if let (Some(low), Some(high), Some(node)) = (min, max, object.get("max"))
        && high < low
    {
        r.refuse(&node, || "`max` is below `min`");
    }
    let step = object.get("step").and_then(|step| step.positive(i64::MAX, r));
    let unit = object.text("unit", r);
    Number { min, max, step, unit, bands: read_bands(object, r) }
}

fn read_bands(object: &Object<'_>, r: &mut Reader) -> Vec<Band> {
    let nodes = object.items("bands", r);
    let mut bands: Vec<Band> = Vec::with_capacity(nodes.len());
    if let Some(list) = object.get("bands")
        && (nodes.is_empty() || nodes.len() > MOST_OPTIONS)
    {
        r.refuse(&list, || ["expected 1 to ", &MOST_OPTIONS.to_string(), " bands"].concat());
        return bands;
    }
    for (at, node) in nodes.iter().enumerate() {
        let Some(band) = node.object(&["below", "share"], r) else { continue };
        let below = band.get("below").and_then(|below| below.number(r));
        let last = at + 1 == nodes.len();
        if last && band.has("below") {
            r.refuse(node, || "the last band has no `below`: it takes the rest of the line");
        } else if !last && !band.has("below") {
            r.refuse(node, || "`below` is missing: only the last band goes without");
        }
        if let (Some(below), Some(before)) = (below, bands.last().and_then(|band| band.below))
            && below <= before
        {
            r.refuse(node, || "bands ascend: `below` is not above the band before");
        }
        let share = band.need("share", r).and_then(|share| Share::read(&share, r)).unwrap_or_default();
        bands.push(Band { below, share });
    }
    if let Some(list) = object.get("bands")
        && bands.iter().all(|band| band.share.is_nothing())
    {
        r.refuse(&list, || "the shares sum to 0");
    }
    bands
}

impl Field {
    /// The shares of the field's answers, where the pact gives them.
    pub(crate) fn shares(&self) -> impl Iterator<Item = &Share> {
        let (bands, own) = match &self.kind {
            Kind::Number(number) => (number.bands.as_slice(), None),
            Kind::YesNo(share) => (&[][..], share.as_ref()),
            _ => (&[][..], None),
        };
        let options = self.kind.options().iter().filter_map(|option| option.share.as_ref());
        options.chain(bands.iter().map(|band| &band.share)).chain(own)
    }
}
