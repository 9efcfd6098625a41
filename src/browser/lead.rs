//! What the page's class `Lead` (`lead.js`) stands on.

use super::value::from_text;
use super::{now, to_json};
use crate::pact::field::Field;
use crate::{Answer, FactError, Given, Pact, Problem, Problems, Time, Value};
use wasm_bindgen::prelude::*;

/// The last millisecond, in the year 9999, that every reader of a record takes.
const LAST: f64 = 253_402_207_200_000.0;

/// One visitor as a pact sees them; [`crate::Lead`] for JavaScript. What is given as JSON was written by the platform.
#[wasm_bindgen(js_name = Engine)]
pub struct Lead {
    pub(super) inner: crate::Lead,
}

#[wasm_bindgen(js_class = Engine)]
impl Lead {
    /// [`Self::new`], which throws what is refused.
    #[wasm_bindgen(constructor)]
    pub fn open(pact: &str) -> Lead {
        // What is thrown here leaves nothing borrowed behind.
        Self::new(pact).unwrap_or_else(|refused| wasm_bindgen::throw_str(&refused))
    }

    /// Records an answer: text, number, flag, list, `null` or `{"declined": true}`. Returns why not, where the field is
    /// not in the pact or the answer does not fit it; the fact is then unknown.
    pub fn answer(&mut self, id: &str, value: &str) -> Option<String> {
        let given = match from_text(value) {
            Ok(value) => Given::try_from(&value).map_err(String::from),
            Err(problem) => Err(problem.message),
        };
        let done = self.inner.field(id).and_then(|field| match given {
            Ok(given) => self.inner.answer_field(field, &given),
            Err(message) => Err(FactError { fact: id.into(), message }),
        });
        unfit(done)
    }

    /// Records what a signal has grown to; `at` is when, in milliseconds, now where absent. Returns why not, where the
    /// signal is not in the pact, the value does not fit it, or behaviour is not measured.
    pub fn observe(&mut self, id: &str, value: &str, at: Option<f64>) -> Option<String> {
        #[expect(clippy::cast_possible_truncation, reason = "held within what can be written as a date")]
        let at = at.filter(|at| at.is_finite()).map_or_else(now, |at| Time(at.clamp(0.0, LAST) as i64));
        let done = match from_text(value) {
            Ok(Value::Text(text)) => self.inner.observe_text(id, &text),
            Ok(Value::Number(value)) => self.inner.observe(id, value, at),
            _ => self.inner.observe(id, -1.0, at),
        };
        unfit(done)
    }

    /// Says whether behaviour may be measured; without, what was measured is dropped.
    #[wasm_bindgen(js_name = setBehaviour)]
    pub fn set_behaviour(&mut self, measured: bool) {
        self.inner.set_behaviour(measured);
    }

    /// Whether behaviour may be measured.
    pub fn behaviour(&self) -> bool {
        self.inner.behaviour()
    }

    /// The handle of a field, for the setters; none where no field is called so.
    pub fn field(&self, id: &str) -> Option<usize> {
        self.inner.field(id).ok()
    }

    /// Answers as [`Self::answer`] does. Like every setter: what does not fit leaves the fact unknown. Returns whether
    /// the fact changed.
    pub fn say(&mut self, field: usize, value: &str) -> bool {
        let given = from_text(value).ok().and_then(|value| Given::try_from(&value).ok());
        self.inner.say(field, &given.unwrap_or(Given::Blank))
    }

    /// Answers with a text, and returns the score.
    #[wasm_bindgen(js_name = setText)]
    pub fn set_text(&mut self, field: usize, text: String) -> f64 {
        self.inner.say_text(field, text);
        self.points(0)
    }

    /// Answers with a number (0), yes or no (1), the option at a position (2), or takes one in (3) or out (4), and
    /// returns the score.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a position is whole and not below 0")]
    pub fn set(&mut self, field: usize, how: u32, value: f64) -> f64 {
        let option = value as usize;
        match how {
            2 => self.inner.choose(field, option),
            3 | 4 => self.inner.toggle(field, option, how == 3),
            _ => {
                let given = if how == 0 { Given::Number(value) } else { Given::Flag(value > 0.0) };
                self.inner.say(field, &given);
            }
        }
        self.points(0)
    }

    /// Whether the answer is wanted, and not only whether there is one: a condition looks at it, it is remembered, or it
    /// is no text.
    pub fn reads(&self, field: usize) -> bool {
        let wanted = |asked: &Field| !asked.kind.is_text() || asked.remember || self.inner.looks_at(field);
        self.inner.pact().fields.entry(field).is_some_and(wanted)
    }

    /// How a field stands: 0 where it does not apply, 1 where it waits for an answer, 2 where it has one.
    pub fn standing(&self, field: usize) -> u32 {
        match (self.inner.applies(field), self.inner.known(field)) {
            (false, _) => 0,
            (true, Answer::Blank) => 1,
            (true, _) => 2,
        }
    }

    /// The score (0), fit (1) or interest (2).
    #[expect(clippy::cast_precision_loss, reason = "points stay within 2⁵³")]
    pub fn points(&self, part: u32) -> f64 {
        let points = self.inner.points(self.when());
        let part = match part {
            0 => points.score(),
            1 => points.fit,
            _ => points.interest,
        };
        part as f64
    }

    /// Where the lead goes: `handoff` (0), `nurture` (1) or `disqualified` (2).
    pub fn decision(&self) -> u32 {
        self.inner.decision(self.when()) as u32
    }

    /// Everything the engine says of the lead now, after so many questions, as JSON.
    pub fn assess(&self, asked: usize) -> String {
        to_json(&self.inner.assess_after(asked, now()))
    }
}

impl Lead {
    /// A visitor of whom nothing is known, and whose behaviour is not measured until they agree.
    ///
    /// # Errors
    /// Every place that is wrong in the pact, a line each.
    pub fn new(pact: &str) -> Result<Self, String> {
        let pact = from_text(pact).map_err(|problem| Problems(vec![problem])).and_then(|tree| Pact::read(&tree));
        let mut inner = crate::Lead::new(&pact.map_err(|problems| refused(&problems.0))?);
        inner.set_behaviour(false);
        inner.draw(js_sys::Math::random());
        Ok(Self { inner })
    }

    /// Now, unless the time does not matter to the points: asking the clock costs as much as a keystroke.
    fn when(&self) -> Time {
        if self.inner.pact().fading.is_empty() { Time(0) } else { now() }
    }
}

pub(super) fn refused(problems: &[Problem]) -> String {
    let mut lines = String::from("the pact cannot be read");
    for problem in problems {
        lines.push('\n');
        lines.push_str(&problem.path());
        lines.push_str(": ");
        lines.push_str(&problem.message);
    }
    lines
}

/// Why a fact was not recorded.
fn unfit(done: Result<(), FactError>) -> Option<String> {
    done.err().map(|error| ["`", &error.fact, "`: ", &error.message].concat())
}
