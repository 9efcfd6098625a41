//! Answers: what a visitor says, as it comes and as it is kept.

use crate::json::Value;
use crate::pact::condition::{Comparison, Fact, Quantity, Test};
use crate::pact::field::{Field, Kind};
use crate::sorted::set;
use crate::text::{folded, holds};
use std::borrow::Cow;

use super::provider::Provider;

/// The longest answer, in bytes.
pub const LONGEST_ANSWER: usize = 16 * 1024;

/// What is given for a fact, before it is held against the pact.
#[derive(Clone, Debug, PartialEq)]
pub enum Given {
    /// Nothing: the fact is unknown.
    Blank,
    /// "I'd rather not say".
    Declined,
    /// A text; also an option's value, and a number or a yes or no as a form writes them.
    Text(String),
    /// A number.
    Number(f64),
    /// Yes or no.
    Flag(bool),
    /// Values of options.
    List(Vec<String>),
}

impl From<&str> for Given {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}

impl From<f64> for Given {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

impl From<bool> for Given {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl From<&[&str]> for Given {
    fn from(values: &[&str]) -> Self {
        Self::List(values.iter().map(|value| (*value).into()).collect())
    }
}

impl TryFrom<&Value> for Given {
    type Error = &'static str;

    fn try_from(value: &Value) -> Result<Self, &'static str> {
        Ok(match value {
            Value::Null => Self::Blank,
            Value::Bool(flag) => Self::Flag(*flag),
            Value::Number(number) => Self::Number(*number),
            Value::Text(text) => Self::Text(text.clone()),
            Value::List(items) => {
                let mut texts = Vec::new();
                for item in items {
                    let Value::Text(text) = item else { return Err("expected a list of texts") };
                    texts.push(text.clone());
                }
                Self::List(texts)
            }
            Value::Object(entries) => match entries.as_slice() {
                [(key, Value::Bool(true))] if key == "declined" => Self::Declined,
                _ => return Err("expected a value, or `{\"declined\": true}`"),
            },
        })
    }
}

/// An answer that fits its field.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// Not known.
    Blank,
    /// The visitor would rather not say: not known, and not asked again.
    Declined,
    /// A text, trimmed.
    Text(String),
    /// A number.
    Number(f64),
    /// The position of the option; for `yes_no` 0 is no and 1 is yes.
    Choice(usize),
    /// The positions of the options, ascending.
    Choices(Vec<usize>),
}

impl Answer {
    /// Whether the fact is known.
    #[must_use]
    pub fn is_known(&self) -> bool {
        !matches!(self, Self::Blank | Self::Declined)
    }

    /// Fits what is given to a field.
    ///
    /// # Errors
    /// What was expected, where it does not fit.
    pub(crate) fn new(field: &Field, given: &Given) -> Result<Self, &'static str> {
        let bytes = match given {
            Given::Blank => return Ok(Self::Blank),
            Given::Declined => return Ok(Self::Declined),
            Given::Text(text) if text.trim().is_empty() => return Ok(Self::Blank),
            Given::List(values) if values.is_empty() => return Ok(Self::Blank),
            Given::Text(text) => text.len(),
            Given::List(values) => values.iter().map(String::len).sum(),
            Given::Number(_) | Given::Flag(_) => 0,
        };
        if bytes > LONGEST_ANSWER {
            return Err("an answer has at most 16384 bytes");
        }
        match (&field.kind, given) {
            (kind, Given::Text(text)) if kind.is_text() => Ok(Self::Text(text.trim().into())),
            (Kind::Number(bounds), Given::Number(number)) => within(*number, bounds.min, bounds.max),
            (Kind::Number(bounds), Given::Text(text)) => within(number(text)?, bounds.min, bounds.max),
            (Kind::YesNo(_), Given::Flag(flag)) => Ok(Self::Choice(usize::from(*flag))),
            (Kind::YesNo(_), Given::Text(text)) => Ok(Self::Choice(yes_no(text)?)),
            (Kind::Choice(_), Given::Text(text)) => Ok(Self::Choice(option(field, text)?)),
            (Kind::Choices(_), Given::List(values)) => {
                let mut chosen = Vec::new();
                for value in values {
                    chosen.push(option(field, value)?);
                }
                Ok(Self::Choices(set(chosen)))
            }
            (Kind::Number(_), _) => Err("expected a number"),
            (Kind::YesNo(_), _) => Err("expected true or false"),
            (Kind::Choice(_), _) => Err("expected the value of an option"),
            (Kind::Choices(_), _) => Err("expected a list of the values of options"),
            _ => Err("expected text"),
        }
    }

    /// Whether a test of this known answer holds.
    pub(crate) fn passes<'t>(&'t self, fact: Fact, test: &Test, folded: &mut Option<Cow<'t, str>>) -> bool {
        match (test, self) {
            (Test::Known, _) => true,
            (Test::OneOf(options), Self::Text(text)) if matches!(fact, Fact::Provider(_)) => {
                options.contains(&(Provider::of(text) as usize))
            }
            (Test::OneOf(options), Self::Choice(choice)) => options.contains(choice),
            (Test::Includes(options, Quantity::Any), Self::Choices(chosen)) => {
                options.iter().any(|o| chosen.contains(o))
            }
            (Test::Includes(options, Quantity::All), Self::Choices(chosen)) => {
                options.iter().all(|o| chosen.contains(o))
            }
            (_, Self::Number(number)) => number_passes(test, *number),
            (_, Self::Text(text)) => text_passes(test, text, folded),
            _ => false,
        }
    }
}

/// Whether a test of a number holds.
pub(crate) fn number_passes(test: &Test, number: f64) -> bool {
    match test {
        Test::Number(Comparison::AtLeast, bound) => number >= *bound,
        Test::Number(Comparison::Above, bound) => number > *bound,
        Test::Number(Comparison::AtMost, bound) => number <= *bound,
        Test::Number(Comparison::Below, bound) => number < *bound,
        Test::NumberIn(numbers) => numbers.contains(&number),
        Test::Known => true,
        _ => false,
    }
}

/// Whether a test of a text holds. The folded text is kept for the tests that follow.
pub(crate) fn text_passes<'t>(test: &Test, text: &'t str, plain: &mut Option<Cow<'t, str>>) -> bool {
    match test {
        Test::TextIn(texts) => texts.iter().any(|other| other == text),
        Test::Contains(words) => {
            let text = plain.get_or_insert_with(|| folded(text));
            words.iter().any(|word| holds(text, word))
        }
        Test::Known => true,
        _ => false,
    }
}

fn option(field: &Field, value: &str) -> Result<usize, &'static str> {
    let options = field.kind.options();
    options.iter().position(|option| option.value == value.trim()).ok_or("no option has this value")
}

fn within(number: f64, min: Option<f64>, max: Option<f64>) -> Result<Answer, &'static str> {
    if !number.is_finite() || number.abs() > crate::json::LARGEST {
        return Err("expected a number within ±2^53");
    }
    if min.is_some_and(|min| number < min) {
        return Err("the number is below `min`");
    }
    if max.is_some_and(|max| number > max) {
        return Err("the number is above `max`");
    }
    Ok(Answer::Number(number + 0.0))
}

pub(crate) fn yes_no(text: &str) -> Result<usize, &'static str> {
    match text.trim().to_ascii_lowercase().as_str() {
        // A checkbox without a value of its own says `on`.
        "true" | "yes" | "on" => Ok(1),
        "false" | "no" => Ok(0),
        _ => Err("expected `true` or `false`, or `yes` or `no`"),
    }
}

/// Reads a number as people and forms write it: digits, which spaces may group, and a decimal point or comma. No
/// exponent, no unit. A comma before exactly three digits may group or part them, so it is refused.
///
/// # Errors
/// What was expected.
pub(crate) fn number(text: &str) -> Result<f64, &'static str> {
    const SHAPE: &str = "expected a number, like `12`, `-3` or `12.5`";
    let text = text.trim();
    let digits = text.strip_prefix('-').unwrap_or(text);
    let part = digits.bytes().position(|byte| matches!(byte, b'.' | b',')).map(|point| digits.len() - point - 1);
    if part == Some(3) && digits.bytes().any(|byte| byte == b',') {
        return Err("a comma before three digits can be read in two ways: write `1200` or `1.2`");
    }
    // Up to 15 digits and a power of ten up to 10^22 are exact, so their quotient is rounded once.
    let (mut value, mut scale, mut significant) = (0.0, 1.0, 0);
    // How many digits stand since the last mark, and whether they must be a group of three.
    let (mut run, mut grouped, mut parted) = (0, false, false);
    for c in digits.chars() {
        let ends = run > 0 && (run == 3 || !grouped) && !parted;
        match c {
            '0'..='9' => {
                value = value * 10.0 + f64::from(u32::from(c) - u32::from('0'));
                scale *= if parted { 10.0 } else { 1.0 };
                significant += usize::from(parted || value > 0.0);
                run += 1;
            }
            ' ' | '\u{a0}' | '\u{202f}' if ends => (grouped, run) = (true, 0),
            '.' | ',' if ends => (grouped, parted, run) = (false, true, 0),
            _ => return Err(SHAPE),
        }
    }
    if run == 0 || (grouped && run != 3) {
        return Err(SHAPE);
    }
    if significant > 15 {
        return Err("a number has at most 15 digits");
    }
    let sign = if digits.len() < text.len() { -1.0 } else { 1.0 };
    Ok(sign * (value / scale) + 0.0)
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn numbers_are_read_in_one_documented_way() {
        for (text, value) in [
            ("12", 12.0),
            ("-3", -3.0),
            ("12.5", 12.5),
            ("12,5", 12.5),
            (" 1 200 ", 1200.0),
            ("1\u{202f}200,75", 1200.75),
            ("0.1", 0.1),
            ("007", 7.0),
            ("1.200", 1.2),
            ("-0", 0.0),
            ("123456789012345", 123_456_789_012_345.0),
        ] {
            assert_eq!(number(text), Ok(value), "{text}");
        }
        for text in [
            "",
            "-",
            "1e3",
            "1 200 €",
            "１２",
            "1,200",
            "1.2.3",
            "1 20",
            " .5",
            "12.",
            "+1",
            "0x10",
            "NaN",
            "1234567890123456",
        ] {
            assert!(number(text).is_err(), "{text}");
        }
    }

    #[test]
    fn numbers_are_rounded_as_the_standard_parser_rounds_them() {
        for text in ["0.3", "1.005", "99999.99999", "0.000000000000001", "12345.6789012345"] {
            assert_eq!(number(text), Ok(text.parse().unwrap()));
        }
    }
}
