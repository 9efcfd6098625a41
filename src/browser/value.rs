//! From JavaScript values to the engine's small tree of JSON.

use crate::json::{DEEPEST, LARGEST};
use crate::pact::LONGEST;
use crate::{Problem, Step, Value};
use std::str::Chars;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = JSON)]
    fn stringify(value: &JsValue) -> Result<Option<String>, JsValue>;

    /// The number that its digits write.
    #[wasm_bindgen(js_name = Number)]
    fn number(digits: &str) -> f64;
}

/// Reads what `JSON.stringify` makes of a JavaScript value, so that getters, proxies and circles end there.
///
/// The bound on size counts the bytes of that text, which has no blanks: a longer file may pass here that
/// `leadpact check` refuses.
///
/// # Errors
/// The first place that is not JSON that every reader reads alike.
pub fn to_value(source: &JsValue) -> Result<Value, Problem> {
    match stringify(source) {
        Err(_) => Err(refuse(Vec::new(), "expected JSON: plain objects, lists, texts and numbers")),
        Ok(None) => Err(refuse(Vec::new(), "expected JSON, found nothing")),
        Ok(Some(text)) => from_text(&text),
    }
}

/// Reads what `JSON.stringify` made of a value.
pub(super) fn from_text(text: &str) -> Result<Value, Problem> {
    if text.len() > LONGEST {
        return Err(refuse(Vec::new(), "a pact has at most 1048576 bytes"));
    }
    let mut reader = Reader { next: END, rest: text.chars(), depth: 0, path: Vec::new() };
    reader.step();
    reader.value().map_err(|message| {
        reader.path.reverse();
        refuse(reader.path, message)
    })
}

fn refuse(path: Vec<Step>, message: &str) -> Problem {
    Problem { path, message: message.into(), place: None }
}

/// What stands behind the text; no JSON has it.
const END: char = '\0';

/// Reads what the platform wrote, and so expects no mistake: JSON without blanks, with no other escapes than it needs.
struct Reader<'t> {
    next: char,
    rest: Chars<'t>,
    depth: usize,
    /// After an error: the way to its place, backwards.
    path: Vec<Step>,
}

impl Reader<'_> {
    #[inline(never)]
    fn step(&mut self) -> char {
        std::mem::replace(&mut self.next, self.rest.next().unwrap_or(END))
    }

    /// Whether there is another entry before `end`.
    fn goes_on(&mut self, end: char) -> bool {
        if self.next == ',' {
            self.step();
        }
        self.next != END && (self.next != end || self.step() != end)
    }

    fn value(&mut self) -> Result<Value, &'static str> {
        let first = self.step();
        if matches!(first, '[' | '{') && self.depth >= DEEPEST {
            return Err("nested deeper than 64");
        }
        self.depth += 1;
        let read = match first {
            '"' => Value::Text(self.text()?),
            '[' => Value::List(self.list()?),
            '{' => Value::Object(self.object()?),
            'a'..='z' => self.word(first),
            _ => self.number(first)?,
        };
        self.depth -= 1;
        Ok(read)
    }

    fn list(&mut self) -> Result<Vec<Value>, &'static str> {
        let mut items = Vec::new();
        while self.goes_on(']') {
            let item = self.value();
            if item.is_err() {
                self.path.push(Step::Item(items.len()));
            }
            items.push(item?);
        }
        Ok(items)
    }

    fn object(&mut self) -> Result<Vec<(String, Value)>, &'static str> {
        let mut entries = Vec::new();
        while self.goes_on('}') {
            self.step();
            let key = self.text()?;
            // The colon.
            self.step();
            match self.value() {
                Ok(value) => entries.push((key, value)),
                Err(message) => {
                    self.path.push(Step::Key(key));
                    return Err(message);
                }
            }
        }
        Ok(entries)
    }

    /// `null`, `true` or `false`.
    fn word(&mut self, first: char) -> Value {
        while self.next.is_ascii_lowercase() {
            self.step();
        }
        if first == 'n' { Value::Null } else { Value::Bool(first == 't') }
    }

    fn number(&mut self, first: char) -> Result<Value, &'static str> {
        let mut digits = String::from(first);
        while !matches!(self.next, ',' | ']' | '}' | END) {
            digits.push(self.step());
        }
        let number = number(&digits);
        if number.abs() <= LARGEST { Ok(Value::Number(number + 0.0)) } else { Err("a number beyond ±2^53") }
    }

    /// The text behind its first quotation mark.
    fn text(&mut self) -> Result<String, &'static str> {
        let mut text = String::new();
        loop {
            text.push(match self.step() {
                '"' | END => return Ok(text),
                '\\' => self.escaped()?,
                plain => plain,
            });
        }
    }

    fn escaped(&mut self) -> Result<char, &'static str> {
        Ok(match self.step() {
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => {
                let code = (0..4).fold(0, |code, _| code * 16 + self.step().to_digit(16).unwrap_or(0));
                // The platform writes half of a surrogate pair so, which Rust could only replace.
                char::from_u32(code).ok_or("a lone surrogate")?
            }
            plain => plain,
        })
    }
}
